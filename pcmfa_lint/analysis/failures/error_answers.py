"""Statements that give an error to somebody who waits: a promise is refused, a server answers with an error status."""

from __future__ import annotations

import re

from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Expression, Mapping, Member, Name, Text

STATUS = re.compile(
    r"status_?code|statuscode|\bstatus\b|status_?text|reason_?phrase|value__|\bcode\b|getcode|http_code|response_code|response_status|error_?category|httpstatus|http_response_header",
    re.IGNORECASE,
)
STATUS_KEYS = ("status", "statusCode", "status_code")


def is_error_answer(value: Expression) -> bool:
    """Whether a mapping is a server's answer with an error status."""
    return isinstance(value, Mapping) and any(
        isinstance(e.key, Text) and e.key.value in STATUS_KEYS and is_error_status(e.value) for e in value.entries
    )


def is_error_status(value: Expression) -> bool:
    return isinstance(value, Text) and value.kind == "number" and value.value.isdigit() and int(value.value) >= 400


def hands_on(call: Call, index: Index) -> bool:
    """Whether a call gives an error to whoever waits: it refuses a promise, calls back with it, answers with it."""
    name = walk.dotted(call.callee)
    spec = index.function(name) or index.method(name.rpartition(".")[2], "") if name else None
    first = call.args[0].value if call.args else None
    if spec is not None and spec.is_ == "raise":
        return first is not None and not (isinstance(first, Text) and first.value == "None")
    return any(_refuses(inner, index) for inner in walk.within(call, lambdas=False) if isinstance(inner, Call))


def _refuses(call: Call, index: Index) -> bool:
    """Whether a call answers as a server with an error status, or with the one that it got."""
    name = walk.dotted(call.callee)
    last = call.callee.key.value if isinstance(call.callee, Member) and isinstance(call.callee.key, Text) else name
    spec = (index.new(name) if call.kind == "new" else index.function(name)) or index.method(last, "")
    if spec is None or spec.is_ != "respond":
        return False
    for where in spec.args.get("status", "").split("|"):
        status = _argument(call, where)
        words = _words(status) if status is not None else []
        if any(word.isdigit() and int(word) >= 400 for word in words):
            return True
        if any(not word.isdigit() and STATUS.search(word) for word in words):
            return True
    return False


def _argument(call: Call, where: str) -> Expression | None:
    """An argument as it is written: by position or name, or an entry of a mapping there."""
    head, _, key = where.partition(".")
    plain = [arg.value for arg in call.args if arg.name is None and not arg.spread]
    value = next((arg.value for arg in call.args if arg.name == head), None)
    if head.isdigit() and int(head) < len(plain):
        value = plain[int(head)]
    if key and isinstance(value, Mapping):
        return next((e.value for e in value.entries if isinstance(e.key, Text) and e.key.value == key), None)
    return None if key else value


def _words(value: Expression) -> list[str]:
    parts = [v for v in walk.within(value, lambdas=False) if isinstance(v, (Text, Name, Member))]
    return [v.value if isinstance(v, Text) else walk.dotted(v) for v in parts]
