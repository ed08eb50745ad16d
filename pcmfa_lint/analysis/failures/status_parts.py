"""Parts of a status that tests look at: its hundreds, its first digit, the span that it lies in."""

from __future__ import annotations

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Expression, Member, Text, Unknown

_BEGINS = {"startswith", "starts_with", "start_with?", "str_starts_with", "hasprefix"}


def hundreds(value: Expression) -> Expression | None:
    """The value that is divided by a hundred: `status / 100`, `Math.floor(status / 100)`, `intdiv($status, 100)`."""
    if isinstance(value, Call) and len(value.args) == 1:
        return hundreds(value.args[0].value)
    if isinstance(value, Call) and walk.last(value.callee) == "intdiv":
        operands = tuple(arg.value for arg in value.args)
    else:
        operands = value.parts if isinstance(value, Unknown) and value.reason in ("/", "//") else ()
    return operands[0] if len(operands) == 2 and _number(operands[1]) == 100 else None


def interval(value: Expression) -> range | None:
    """The numbers of `range(200, 300)` and `200..299`."""
    if isinstance(value, Call) and walk.dotted(value.callee) == "range" and len(value.args) == 2:
        first, end = (_number(arg.value) for arg in value.args)
        return range(first, end) if first is not None and end is not None else None
    if isinstance(value, Unknown) and value.reason == ".." and len(value.parts) == 2:
        first, last = map(_number, value.parts)
        return range(first, last + 1) if first is not None and last is not None else None
    return None


def begun(test: Call) -> tuple[Expression, str] | None:
    """`String(status).startsWith("2")`: what is asked, and for which first digit; None for other calls."""
    values = [arg.value for arg in test.args]
    if isinstance(test.callee, Member) and len(values) == 1:
        values.insert(0, test.callee.base)
    if walk.last(test.callee).casefold() not in _BEGINS or len(values) != 2:
        return None
    digit = values[1]
    is_digit = isinstance(digit, Text) and len(digit.value) == 1 and digit.value.isdecimal()
    return (values[0], digit.value) if is_digit and isinstance(digit, Text) else None


def _number(value: Expression) -> int | None:
    return int(value.value) if isinstance(value, Text) and value.value.isdecimal() else None
