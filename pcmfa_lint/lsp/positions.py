"""Places of findings as the protocol counts them: lines and characters from 0, characters in units of an encoding."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from pcmfa_lint.ir.nodes import Span


class Positions:
    """Answers for one text; `units` is `utf-8`, `utf-16` or `utf-32`."""

    def __init__(self, lines: Sequence[str], units: str) -> None:
        self._lines = lines
        self._units = units

    def range(self, span: Span) -> types.Range:
        """A place as a range."""
        return types.Range(self._position(span.line, span.col), self._position(span.end_line, span.end_col))

    def holds(self, span: Span, position: types.Position) -> bool:
        """Whether a position of the protocol lies in a place."""
        place = self.range(span)
        start, end = place.start, place.end
        at = (position.line, position.character)
        return (start.line, start.character) <= at <= (end.line, end.character)

    def _position(self, line: int, column: int) -> types.Position:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        before = text[: column - 1] if text else " " * (column - 1)
        if self._units == "utf-8":
            count = len(before.encode("utf-8", "surrogatepass"))
        elif self._units == "utf-16":
            count = len(before.encode("utf-16-le", "surrogatepass")) // 2
        else:
            count = len(before)
        return types.Position(line - 1, count)
