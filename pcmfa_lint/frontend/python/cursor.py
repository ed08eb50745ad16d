"""A cursor over source text that a walk over a syntax tree moves forward, token by token.

libcst's trees carry no positions, and its position metadata costs more than parsing. But a walk that visits every
token in source order knows which token comes next, so the place of each node is where the cursor stands before and
after it. Every token is compared with the text: a walk that misses one stops with `Misread` and gives no wrong place.
"""

from __future__ import annotations

import re

from pcmfa_lint.ir.nodes import Comment, Span
from pcmfa_lint.source.text import LineIndex

_TRIVIA = re.compile(r"(?:[ \t\f\r\n]|\\(?:\r\n|\r|\n)|#[^\r\n]*)*")
_COMMENT = re.compile(r"#[^\r\n]*")
_BLANKS = frozenset(" \t\f\r\n\\#")


class Misread(Exception):
    """The walk and the text disagree; the message names the line."""


class TextCursor:
    """`pos` is the end of the last token taken; `opaque` and `comments` are gathered in source order on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.index = LineIndex(text)
        self.comments: list[Comment] = []
        self.opaque: list[Span] = []

    def peek(self) -> int:
        """The offset where the next token starts."""
        pos = self.pos
        if pos < len(self.text) and self.text[pos] in _BLANKS:
            match = _TRIVIA.match(self.text, pos)
            return match.end() if match else pos
        return pos

    def _advance(self) -> int:
        start = self.peek()
        if start != self.pos:
            if "#" in self.text[self.pos : start]:
                self._take_comments(start)
            self.pos = start
        return start

    def _take_comments(self, end: int) -> None:
        for match in _COMMENT.finditer(self.text, self.pos, end):
            span = self.index.span(match.start(), match.end())
            self.comments.append(Comment(match.group().lstrip("#").strip(), span))
            self.opaque.append(span)

    def eat(self, token: str) -> int:
        """Takes `token`, which must come next but for blanks and comments; gives its start."""
        start = self._advance()
        if not self.text.startswith(token, start):
            raise Misread(f"The walk lost its place in line {self.index.at(start)[0]}.")
        self.pos = start + len(token)
        return start

    def exactly(self, token: str) -> Span:
        """Takes `token`, which must stand right here, blanks included: a piece of an f-string."""
        start = self.pos
        if not self.text.startswith(token, start):
            raise Misread(f"The walk lost its place in line {self.index.at(start)[0]}.")
        self.pos = start + len(token)
        return self.index.span(start, self.pos)

    def since(self, start: int) -> Span:
        """From `start` to the end of the last token."""
        return self.index.span(start, self.pos)

    def here(self) -> Span:
        """The place, without width, where the next token starts."""
        start = self.peek()
        return self.index.span(start, start)

    def hide(self, span: Span) -> None:
        """Marks a literal."""
        self.opaque.append(span)

    def finish(self) -> None:
        """Takes what blanks and comments are left; anything else is a `Misread`."""
        if self._advance() != len(self.text):
            raise Misread(f"The walk ended in line {self.index.at(self.pos)[0]}, before the text did.")
