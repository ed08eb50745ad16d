"""The scripts in a page: `.vue`, `.svelte`, `.html`. What is not script is blanked, so that places stay right."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.source.text import LineIndex

PAGES = (".vue", ".svelte", ".html", ".htm", ".astro")
_OPEN = re.compile(r"<script(?=[\s>])([^>]{0,2000})>", re.IGNORECASE)
_CLOSE = re.compile(r"</script\s*>", re.IGNORECASE)
_TYPE = re.compile(r"""\btype\s*=\s*["']?([\w/.+-]+)""", re.IGNORECASE)
_TYPED = re.compile(r"""\blang\s*=\s*["']?tsx?\b""", re.IGNORECASE)
_BLANKS = re.compile(r"[^\r\n]")


@dataclass(frozen=True)
class Scripts:
    """`regions`: offsets of the scripts in the text, in order. `typed`: one of them is TypeScript."""

    text: str
    regions: tuple[tuple[int, int], ...]
    typed: bool

    def only(self, text: str) -> str:
        """The text with all but the scripts blanked; each script ends its last statement."""
        pieces, at = [], 0
        for start, end in self.regions:
            gap = _BLANKS.sub(" ", text[at:start])
            pieces += [";" + gap[1:] if at and gap[:1] == " " else gap, text[start:end]]
            at = end
        return "".join((*pieces, _BLANKS.sub(" ", text[at:])))

    def with_markup(self, opaque: Iterable[Span]) -> tuple[Span, ...]:
        """Regions of literals, and the markup around the scripts."""
        index, at = LineIndex(self.text), 0
        spans = list(opaque)
        for start, end in (*self.regions, (len(self.text), len(self.text))):
            if at < start:
                spans.append(index.span(at, start))
            at = end
        return tuple(sorted(spans))


def scripts(text: str) -> Scripts:
    """The places of the scripts of a page; data and templates are none."""
    regions: list[tuple[int, int]] = []
    typed, at = False, 0
    while (opened := _OPEN.search(text, at)) is not None:
        closed = _CLOSE.search(text, opened.end())
        end = closed.start() if closed else len(text)
        kind = _TYPE.search(opened[1])
        if kind is None or kind[1].lower() in ("module", "text/babel", "text/jsx") or "javascript" in kind[1].lower():
            regions.append((opened.end(), end))
            typed = typed or _TYPED.search(opened[1]) is not None
        at = end
    return Scripts(text, tuple(regions), typed)
