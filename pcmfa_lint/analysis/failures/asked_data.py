"""Tests of an answer's body for what is in it: `if body.items`, `"next" in page`, `!rows.length`, `body.code`.

The body of a refusal is JSON as well, with a code and a description and without data. So such a test is decided; but
it looks at no failure unless what it leads to raises.
"""

from __future__ import annotations

import re

from pcmfa_lint.analysis.failures.roles import Subject
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Compare, Expression, Member, Name, Text

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
_PRESENT = frozenset(("isset", "is_array", "isarray", "len", "count", "sizeof", "bool", "any", "boolean", "size"))
_ABSENT = frozenset(("empty", "is_null", "isnull", "isempty", "isnullorempty", "isnullorwhitespace"))
_COUNTS = frozenset(("length", "count", "size", "len"))
_ABSENT_MEMBERS = frozenset(("empty?", "nil?", "blank?", "isempty", "isnullorempty"))
_PRESENT_MEMBERS = frozenset(("any?", "present?", "any", "isnotempty", "exists"))
_NOTHING = frozenset(("none", "null", "$null", "nil", "false", "0", "", "undefined", "nothing"))


def asked_data(test: Expression, subject: Subject) -> bool | None:
    """The truth of a test under a refusal, where it asks for nothing but what is in the body; else None."""
    if isinstance(test, Compare):
        return _compared(test, subject)
    if isinstance(test, Call):
        return _called(test, subject)
    return _is_there(test, subject)


def _is_there(value: Expression, subject: Subject) -> bool | None:
    """Whether a refusal has this part of the body; None where that is not known, or it is no part of it."""
    if isinstance(value, Member) and walk.last(value).casefold() in _COUNTS:
        value = value.base
    if isinstance(value, Call) and value.args and walk.last(value.callee).casefold() in _COUNTS:
        value = value.args[0].value
    if not isinstance(value, (Name, Member)) or subject(value) != "body":
        return None
    return _named(walk.last(value), alone=isinstance(value, Name))


def _named(name: str, alone: bool = False) -> bool | None:
    if not name or _WHOLE.fullmatch(name):
        return None
    if _REFUSAL.search(name):
        return True if _SURELY.fullmatch(name) and not alone else None
    return False


def _called(test: Call, subject: Subject) -> bool | None:
    name = walk.last(test.callee).casefold()
    base = test.callee.base if isinstance(test.callee, Member) else None
    words = [arg.value.value for arg in test.args if isinstance(arg.value, Text) and arg.value.kind == "plain"]
    if base is not None and words and subject(base) == "body" and _LOOKS_UP.fullmatch(name):
        return _named(words[-1])
    asked = test.args[0].value if test.args else base
    there = _is_there(asked, subject) if asked is not None else None
    if there is None:
        return None
    if name in _ABSENT or (not test.args and name in _ABSENT_MEMBERS):
        return not there
    return there if name in _PRESENT or (not test.args and name in _PRESENT_MEMBERS) else None


def _compared(test: Compare, subject: Subject) -> bool | None:
    left, right, op = test.left, test.right, test.op
    if op in ("in", "not-in", "contains", "not-contains"):
        word, holder = (left, right) if op in ("in", "not-in") else (right, left)
        if not isinstance(word, Text) or word.kind not in ("plain", "bare") or subject(holder) != "body":
            return None
        return _if_there(_named(word.value), not op.startswith("not"))
    if _is_nothing(left):
        left, right = right, left
        op = {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(op, op)
    if not _is_nothing(right):
        return None
    there = _called(left, subject) if isinstance(left, Call) else None
    there = _is_there(left, subject) if there is None else there
    if op in ("==", "is", "<="):
        return _if_there(there, False)
    return _if_there(there, True) if op in ("!=", "is-not", ">") else None


def _if_there(there: bool | None, wanted: bool) -> bool | None:
    return None if there is None else there == wanted


def _is_nothing(value: Expression) -> bool:
    return isinstance(value, Text) and value.value.casefold() in _NOTHING
