"""The place in Groovy's tokens up to which a file is read, and what is known of the code around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pcmfa_lint.frontend.jvm.groovy.tokens import GroovyToken
from pcmfa_lint.ir.nodes import Arg, Expression, Import, Problem, Span, Stmt
from pcmfa_lint.limits import NESTED_NODES, TYPE_TOKENS
from pcmfa_lint.source.text import LineIndex

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class UnexpectedTokenError(Exception):
    """A token that may not stand here; the statement around it is left out."""


@dataclass
class TokenCursor:
    """`block`, `value`, `command`, `switch`, `arguments`, `members` read the statements up to a closing brace, an
    expression, one that may be a call without parentheses, a switch, arguments in parentheses, the members of a class
    up to its closing brace. `uses_it`: whether each closure around this place names `it`. `declared`: the variables of
    each function around it; the first are those of the file."""

    source: str
    tokens: list[GroovyToken]
    path: str
    block: Callable[[TokenCursor], tuple[Stmt, ...]]
    value: Callable[[TokenCursor], Expression]
    command: Callable[[TokenCursor], Expression]
    switch: Callable[[TokenCursor], tuple[Stmt, ...]]
    arguments: Callable[[TokenCursor], tuple[Arg, ...]]
    members: Callable[[TokenCursor, str], tuple[Stmt, ...]]
    at: int = 0
    depth: int = 0
    owner: str = ""
    in_case: bool = False  # an arrow ends what stands here
    uses_it: list[bool] = field(default_factory=lambda: [False])  # first: outside of all closures
    declared: list[set[str]] = field(default_factory=lambda: [set()])
    imports: list[Import] = field(default_factory=list)
    statics: dict[str, str] = field(default_factory=dict)  # names that are imported from a class
    aliases: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    blind: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._index = LineIndex(self.source)

    # --- tokens -------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> GroovyToken:
        return self.tokens[self.at]

    def ahead(self, count: int = 1) -> GroovyToken:
        """A token further on; the last one, if there are not so many."""
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    @property
    def last(self) -> GroovyToken:
        """The token that was read last."""
        return self.tokens[max(0, self.at - 1)]

    def take(self) -> GroovyToken:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def sees(self, *texts: str) -> bool:
        """Whether a sign or word stands here."""
        token = self.tokens[self.at]
        return token.kind in ("sign", "name") and token.text in texts

    def skip(self, *texts: str) -> bool:
        """Reads a sign or word if it stands here."""
        if not self.sees(*texts):
            return False
        self.at += 1
        return True

    def want(self, text: str) -> GroovyToken:
        if not self.sees(text):
            raise UnexpectedTokenError
        return self.take()

    def name(self) -> GroovyToken:
        if self.now.kind != "name":
            raise UnexpectedTokenError
        return self.take()

    def lines(self) -> None:
        """Passes over ends of lines."""
        while self.tokens[self.at].kind == "line":
            self.at += 1

    def behind_lines(self) -> GroovyToken:
        """The next token that is no end of a line."""
        at = self.at
        while self.tokens[at].kind == "line":
            at += 1
        return self.tokens[at]

    def ends(self) -> bool:
        """Whether a statement may end here."""
        return self.now.kind in ("line", "end") or self.sees(";", "}")

    def closing(self, at: int, most: int) -> int:
        """The token that closes the bracket at `at`; -1 if there is none among the next `most`."""
        depth = 0
        for index in range(at, min(at + most, len(self.tokens))):
            token = self.tokens[index]
            if token.kind != "sign":
                continue
            if token.text in _OPENING:
                depth += 1
            elif token.text in _CLOSING:
                depth -= 1
                if depth == 0:
                    return index
        return -1

    def recover(self, start: int) -> None:
        """Passes over the rest of a statement that cannot be read: up to the end of a line in the same block."""
        first, depth = self.tokens[start], 0
        while self.now.kind != "end":
            if self.now.kind == "sign" and self.now.text in _OPENING:
                depth += 1
            elif self.now.kind == "sign" and self.now.text in _CLOSING:
                if depth == 0 and self.now.text == "}":
                    break
                depth = max(0, depth - 1)
            elif depth == 0 and (self.now.kind == "line" or self.sees(";")):
                break
            self.at += 1
        if self.at == start:
            self.take()
        self.failed(first.start, self.last.end, "This part could not be parsed.")

    def failed(self, start: int, end: int, reason: str) -> None:
        """Notes what was not read."""
        self.blind.append((start, max(end, start + 1)))
        self.problems.append(Problem(reason, self._index.at(start)[0]))

    def deeper(self) -> None:
        """Goes into what is nested; `depth` must be set back."""
        if self.depth >= NESTED_NODES:
            self.problems.append(Problem("This part is nested too deeply.", self._index.at(self.now.start)[0]))
            raise UnexpectedTokenError
        self.depth += 1

    # --- places -------------------------------------------------------------------------------------------------------

    def span(self, start: int, end: int | None = None) -> Span:
        """The place between two offsets; by default, up to the token that was read last."""
        return self._index.span(start, max(start, self.last.end if end is None else end))

    def offset(self, span: Span) -> int:
        """The offset where a span begins."""
        return self._index.offset(span.line, span.col)

    def end_of(self, span: Span) -> int:
        """The offset where a span ends."""
        return self._index.offset(span.end_line, span.end_col)

    def place(self, token: GroovyToken) -> Span:
        return self._index.span(token.start, token.end)

    # --- names --------------------------------------------------------------------------------------------------------

    def declare(self, name: str) -> str:
        """Notes a variable; gives the scope that its name has."""
        self.declared[-1].add(name)
        return "local" if len(self.declared) > 1 else ""

    def knows(self, name: str) -> bool:
        return any(name in names for names in self.declared)

    # --- types --------------------------------------------------------------------------------------------------------

    def type_end(self, at: int) -> int:
        """The token where a type ends that begins at a token: `a.B<C, D>[]`; -1 if there is none."""
        if self.tokens[at].kind != "name":
            return -1
        at += 1
        while self._is(at, ".") and self.tokens[at + 1].kind == "name":
            at += 2
        if self._is(at, "<"):
            at = self._generic_end(at)
        while at > 0 and self._is(at, "[") and self._is(at + 1, "]"):
            at += 2
        if at > 0 and self._is(at, "..."):
            at += 1
        return at

    def _is(self, at: int, text: str) -> bool:
        return at < len(self.tokens) and self.tokens[at].kind == "sign" and self.tokens[at].text == text

    def _generic_end(self, at: int) -> int:
        depth = 0
        for index in range(at, min(at + TYPE_TOKENS, len(self.tokens))):
            token = self.tokens[index]
            if token.text == "<" and token.kind == "sign":
                depth += 1
            elif token.text == ">" and token.kind == "sign":
                depth -= 1
                if depth == 0:
                    return index + 1
            elif not (token.kind == "name" or (token.kind == "sign" and token.text in _IN_TYPES)):
                return -1
        return -1

    def skip_generics(self) -> None:
        """Passes over `<A, B<C>>`."""
        end = self._generic_end(self.at)
        if end < 0:
            raise UnexpectedTokenError
        self.at = end

    def type(self) -> tuple[str, Span]:
        """Reads a type as it is written, without blanks."""
        start, end = self.at, self.type_end(self.at)
        if end < 0:
            raise UnexpectedTokenError
        self.at = end
        written = self.source[self.tokens[start].start : self.tokens[end - 1].end]
        return re.sub(r"\s+", " ", written), self.span(self.tokens[start].start)


_IN_TYPES = frozenset((".", ",", "?", "[", "]", "&", "@"))
