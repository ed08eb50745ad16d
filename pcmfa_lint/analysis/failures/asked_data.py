"""Tests of an answer's body for what is in it: `if body.items`, `"next" in page`, `!rows.length`, `body.code`.

The body of a refusal is JSON as well, with a code and a description and without data. So such a test is decided; but
it looks at no failure unless what it leads to raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from pcmfa_lint.analysis.failures.roles import Subject
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Compare, Expression, Member, Name, Text, Unknown

# Names of what a refusal may hold, too, and of a body as a whole.
_REFUSAL = re.compile(r"err|fault|code|status|message|descr|reason|exception|fail|succe|\bok\b|problem", re.IGNORECASE)
_WHOLE = re.compile(
    r"(response_?|answer_?|raw_?)?(body|data|json|content|contents|text|payload|result|response|answer|obj|object"
    r"|output|page|raw|res|resp|root|doc|document|r|d|j|it|_)",
    re.IGNORECASE,
)
_SURELY = re.compile(r"(error_?)?(code|description)|errors?|fault", re.IGNORECASE)  # what a refusal has
_LOOKS_UP = re.compile(
    r"get\w*|opt\w*|has\w*|contains_?key|key\??|include\??|dig|fetch|try_?get\w*|isset|property\w*", re.IGNORECASE
)
_PRESENT = frozenset(
    (
        *("isset", "is_array", "isarray", "len", "count", "sizeof", "bool", "any", "boolean", "size", "nonnull"),
        *("isnotblank", "isnotempty", "isnotnull", "hastext", "haslength"),
    )
)
_ABSENT = frozenset(("empty", "is_null", "isnull", "isempty", "isnullorempty", "isnullorwhitespace", "isblank"))
_COUNTS = frozenset(("length", "count", "size", "len", "strlen"))
_ABSENT_MEMBERS = frozenset(("empty?", "nil?", "blank?", "isempty", "isnullorempty"))
_PRESENT_MEMBERS = frozenset(("any?", "present?", "any", "isnotempty", "exists"))
_NOTHING = frozenset(("none", "null", "$null", "nil", "false", "0", "", "undefined", "nothing"))
_EMPTY = frozenset(("string.empty", "stringutils.empty", "vbnullstring"))
_HOLDING = frozenset(("in", "not-in", "contains", "not-contains"))
There: TypeAlias = Callable[[Expression], "bool | None"]  # under a refusal; None: not known, or no part of an answer


def asked_data(test: Expression, subject: Subject) -> bool | None:
    """The truth of a test under a refusal, where it asks for nothing but what is in the body; else None."""

    def there(value: Expression) -> bool | None:
        if isinstance(value, Call):
            return _looked_up(value, subject)
        if not isinstance(value, (Name, Member)) or subject(value) != "body":
            return None
        return _named(walk.last(value), alone=isinstance(value, Name))

    if isinstance(test, Compare):
        return _compared(test, there) if test.op not in _HOLDING else _held(test, subject)
    present = _called(test, there) if isinstance(test, Call) else None
    return _is_there(test, there) if present is None else present


def asked_error(test: Expression, subject: Subject) -> bool | None:
    """The truth of a test under a refusal, where it asks in so many words whether there is an error, or what comes
    without one; else None."""

    def there(value: Expression) -> bool | None:
        return {"error": True, "response": False}.get(subject(value))

    if isinstance(test, Compare):
        return _compared(test, there)
    if isinstance(test, Call) and walk.last(test.callee).casefold() in _ABSENT and there(test) is not None:
        return not there(test)  # `answer.isNull("access_token")`
    return _called(test, there) if isinstance(test, Call) else None


def _is_there(value: Expression, there: There) -> bool | None:
    """Whether something is there, or any of it."""
    if isinstance(value, Member) and walk.last(value).casefold() in _COUNTS:
        value = value.base
    if isinstance(value, Call) and value.args and walk.last(value.callee).casefold() in _COUNTS:
        value = value.args[0].value
    if isinstance(value, Unknown) and value.reason == "typeof" and value.parts:
        value = value.parts[0]
    return there(value)


def _named(name: str, alone: bool = False) -> bool | None:
    if not name or _WHOLE.fullmatch(name):
        return None
    if _REFUSAL.search(name):
        return True if _SURELY.fullmatch(name) and not alone else None
    return False


def _looked_up(call: Call, subject: Subject) -> bool | None:
    """Whether what a call looks up in the body is there."""
    words = [arg.value.value for arg in call.args if isinstance(arg.value, Text) and arg.value.kind == "plain"]
    base = call.callee.base if isinstance(call.callee, Member) else None
    if base is None or not words or not _LOOKS_UP.fullmatch(walk.last(call.callee).casefold()):
        return None
    return _named(words[-1]) if subject(base) == "body" else None


def _held(test: Compare, subject: Subject) -> bool | None:
    """`"items" in body`"""
    word, holder = (test.left, test.right) if test.op in ("in", "not-in") else (test.right, test.left)
    if not isinstance(word, Text) or word.kind not in ("plain", "bare") or subject(holder) != "body":
        return None
    return _if_there(_named(word.value), not test.op.startswith("not"))


def _called(test: Call, there: There) -> bool | None:
    name = walk.last(test.callee).casefold()
    base = test.callee.base if isinstance(test.callee, Member) else None
    argument = test.args[0].value if test.args else base
    present = _is_there(argument, there) if argument is not None else None
    if present is None:
        return None
    if name in _ABSENT or (not test.args and name in _ABSENT_MEMBERS):
        return not present
    return present if name in _PRESENT or (not test.args and name in _PRESENT_MEMBERS) else None


def _compared(test: Compare, there: There) -> bool | None:
    left, right, op = test.left, test.right, test.op
    if _is_nothing(left):
        left, right = right, left
        op = {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(op, op)
    if not _is_nothing(right):
        return None
    present = _called(left, there) if isinstance(left, Call) else None
    present = _is_there(left, there) if present is None else present
    if op in ("==", "is", "<="):
        return _if_there(present, False)
    return _if_there(present, True) if op in ("!=", "is-not", ">") else None


def _if_there(there: bool | None, wanted: bool) -> bool | None:
    return None if there is None else there == wanted


def _is_nothing(value: Expression) -> bool:
    if isinstance(value, (Name, Member)):
        return walk.dotted(value).casefold() in _EMPTY
    return isinstance(value, Text) and value.value.casefold() in _NOTHING
