"""Text that is written in pieces: with values between quotes, or as a form and what fills its holes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pcmfa_lint.ir.nodes import Concatenation, Expression, Span, Text


def joined(pieces: Sequence[Expression], span: Span) -> Text | Concatenation:
    """One literal where nothing but text is in it, else its pieces in order; `span` is that of the whole."""
    if not pieces:
        return Text("", span)
    if len(pieces) == 1 and isinstance(pieces[0], Text):
        return Text(pieces[0].value, span)
    return Concatenation(tuple(pieces), span)


def filled(form: Text, holes: re.Pattern[str], value: Callable[[re.Match[str]], Expression | None]) -> list[Expression]:
    """The pieces of a form such as `a=%s&b=%s`, in order: its own text, and for each hole what `value` makes of it
    (None: nothing)."""
    values: list[Expression] = []
    at = 0
    for hole in holes.finditer(form.value):
        if at < hole.start():
            values.append(Text(form.value[at : hole.start()], form.span))
        at = hole.end()
        piece = value(hole)
        if piece is not None:
            values.append(piece)
    if at < len(form.value):
        values.append(Text(form.value[at:], form.span))
    return values
