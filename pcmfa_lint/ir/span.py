"""Regions of text, apart from the nodes: a report that is kept needs them alone."""

from __future__ import annotations

from pcmfa_lint.ir.frozen import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A region of text: 1-based lines and columns in code points, end exclusive."""

    line: int
    col: int
    end_line: int
    end_col: int


NOWHERE = Span(1, 1, 1, 1)
