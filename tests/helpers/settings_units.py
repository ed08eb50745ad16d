"""What the unit of a settings file says."""

from __future__ import annotations

from pcmfa_lint.ir.nodes import Span, Unit
from pcmfa_lint.source.text import LineIndex


def under(unit: Unit, text: str, span: Span) -> str:
    index = LineIndex(text)
    return text[index.offset(span.line, span.col) : index.offset(span.end_line, span.end_col)]


def flat(unit: Unit) -> dict[tuple[str, ...], str]:
    return {entry.path: entry.value for entry in unit.settings}


def shown(unit: Unit) -> str:
    """What is left of the text when everything opaque or blind is taken out."""
    text = "\n".join(unit.lines)
    index = LineIndex(text)
    keep = bytearray(b"\1" * len(text))
    for span in (*unit.opaque, *unit.blind):
        start, end = index.offset(span.line, span.col), index.offset(span.end_line, span.end_col)
        keep[start:end] = bytes(end - start)
    return "".join(char for char, kept in zip(text, keep, strict=True) if kept)
