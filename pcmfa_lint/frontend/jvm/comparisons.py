"""Methods of Java that compare: what other languages write with an operator."""

from __future__ import annotations

from pcmfa_lint.ir.nodes import Arg, Compare, Expression, Member, Name, Seq, Span, Text

_EQUAL = {"equals", "equalsIgnoreCase", "isSameCodeAs", "contentEquals"}
_STATIC = {"Objects", "StringUtils"}


def compared(callee: Expression, args: tuple[Arg, ...], span: Span) -> Compare | None:
    """`a.equals(b)`, `Objects.equals(a, b)`, `List.of(a, b).contains(c)`, `GOOD.contains(c)`; None for other calls."""
    if not isinstance(callee, Member) or not isinstance(callee.key, Text):
        return None
    method, base, values = callee.key.value, callee.base, [arg.value for arg in args]
    static = isinstance(base, Name) and base.id in _STATIC
    if method in _EQUAL and static and len(values) == 2:
        return Compare("==", values[0], values[1], span)
    if method in _EQUAL and not static and len(values) == 1:
        return Compare("==", base, values[0], span)
    if method == "contains" and len(values) == 1 and _listed(base):
        return Compare("in", values[0], base, span)
    return None


def _listed(value: Expression) -> bool:
    """A list as written, or a constant, which holds one: `contains` of a variable may as well look into a text."""
    return isinstance(value, Seq) or (isinstance(value, Name) and len(value.id) > 1 and value.id.isupper())
