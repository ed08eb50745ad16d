"""Groovy's tokens: one pass over the text, linear in its length.

A text with values in it is one token whose `parts` are ranges of plain text and the tokens of each value. The end of a
line is a token only where it may end a statement: not between `(` and `)` or `[` and `]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pcmfa_lint.limits import NESTED_NODES, SLASHY_CHARS

Kind: TypeAlias = Literal["name", "number", "text", "sign", "line", "end", "bad"]
Piece: TypeAlias = "tuple[int, int] | list[GroovyToken]"

_BLANK = re.compile(r"(?:[ \t\f\u00a0\ufeff]|\\(?:\r\n|\r|\n))+")
_LINE = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"(?:[^\W\d]|\$)[\w$]*")
_NUMBER = re.compile(
    r"0[xX][\da-fA-F_]+[gGlLiI]?|0[bB][01_]+[gGlLiI]?|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?[gGlLiIdDfF]?"
)
_SIGN = re.compile(
    r">>>=|\.\.\.|\.\.<|<=>|\*\*=|<<=|>>=|===|!==|==~|\?\.@|\?\?\.|\?=|->|\+\+|--|\*\*|&&|\|\||==|!=|<=|>=|\+=|-=|\*=|/=|%="
    r"|&=|\|=|\^=|=~|\.\.|\?\.|\?:|\*\.|\*:|\.&|\.@|::|<<|!in\b|!instanceof\b|[-+*/%&|^~!<>=?:;,.@(){}\[\]]"
)
_COMMENT = re.compile(r"//[^\r\n]*|#![^\r\n]*")
_PATH = re.compile(r"\$[^\W\d][\w]*(?:\.[^\W\d][\w]*)*")
_STOPS = {  # what ends plain text, by the quotes around it
    '"': re.compile(r'\\(?:\r\n|.)|"|\$(?=\{|[^\W\d])|[\r\n]', re.DOTALL),
    '"""': re.compile(r'\\.|"""|\$(?=\{|[^\W\d])', re.DOTALL),
    "'": re.compile(r"\\(?:\r\n|.)|'|[\r\n]", re.DOTALL),
    "'''": re.compile(r"\\.|'''", re.DOTALL),
    "/": re.compile(r"\\/|/|\$(?=\{|[^\W\d])", re.DOTALL),
    "$/": re.compile(r"\$\$|\$/|/\$|\$(?=\{|[^\W\d])", re.DOTALL),
}
_ENDS = {"$/": "/$"}
_BEFORE_VALUE = frozenset(["return", "in", "case", "throw", "assert", "else", "do", "instanceof", "as", "new", "yield"])
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True)
class GroovyToken:
    """`text`: as written, of a text its opening quotes. `spaced`: a blank stands before it."""

    kind: Kind
    text: str
    start: int
    end: int
    spaced: bool = False
    parts: list[Piece] = field(default_factory=list)


class _Brackets:
    """The brackets that are open, each kind counted, so that one that closes nothing costs nothing."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self._count = {"(": 0, "[": 0, "{": 0}

    def ends_lines(self) -> bool:
        """Whether the end of a line may end a statement here."""
        return not self.open or self.open[-1] == "{"

    def push(self, bracket: str) -> None:
        self.open.append(bracket)
        self._count[bracket] += 1

    def close(self, opening: str) -> None:
        """Takes away the bracket that is closed, with those in it that nobody closed; nothing if there is none."""
        while self._count[opening]:
            bracket = self.open.pop()
            self._count[bracket] -= 1
            if bracket == opening:
                return


@dataclass
class Lexer:
    """Reads tokens from `at` on; remembers comments, literals, and what is not closed (`open`)."""

    source: str
    at: int = 0
    comments: list[tuple[int, int]] = field(default_factory=list)
    literals: list[tuple[int, int]] = field(default_factory=list)
    open: list[tuple[int, int]] = field(default_factory=list)
    depth: int = 0

    def tokens(self, hole: bool = False) -> list[GroovyToken]:
        """The tokens up to the end; of a hole, up to the brace that closes it."""
        result: list[GroovyToken] = []
        brackets = _Brackets()
        source, size = self.source, len(self.source)
        spaced = False
        while self.at < size:
            char, at = source[self.at], self.at
            if match := _BLANK.match(source, at):
                self.at, spaced = match.end(), True
                continue
            if match := _LINE.match(source, at):
                self.at, spaced = match.end(), True
                if brackets.ends_lines() and not hole:
                    result.append(GroovyToken("line", "\n", at, self.at))
                continue
            if self._comment(char):
                spaced = True
                continue
            token = self._token(char, result[-1] if result else None)
            token.spaced, spaced = spaced, False
            if token.kind == "sign" and token.text in "([{":
                brackets.push(token.text)
            elif token.kind == "sign" and token.text in _PAIRS:
                if hole and not brackets.open and token.text == "}":
                    return [*result, GroovyToken("end", "", at, at)]
                brackets.close(_PAIRS[token.text])
            result.append(token)
        return [*result, GroovyToken("end", "", size, size)]

    def _comment(self, char: str) -> bool:
        start, source = self.at, self.source
        if char == "/" and source.startswith("/*", start):
            end = source.find("*/", start + 2)
            self.at = end + 2 if end >= 0 else len(source)
            if end < 0:
                self.open.append((start, self.at))
        elif (char == "/" or (char == "#" and not start)) and (match := _COMMENT.match(source, start)):
            self.at = match.end()
        else:
            return False
        self.comments.append((start, self.at))
        return True

    def _token(self, char: str, last: GroovyToken | None) -> GroovyToken:
        start, source = self.at, self.source
        quotes = self._quotes(char, last)
        if quotes:
            return self._text(quotes)
        for kind, form in (("name", _NAME), ("number", _NUMBER), ("sign", _SIGN)):
            if match := form.match(source, start):
                self.at = match.end()
                if kind == "number":
                    self.literals.append((start, self.at))
                return GroovyToken(kind, match[0], start, self.at)  # type: ignore[arg-type]
        self.at = start + 1
        return GroovyToken("bad", char, start, self.at)

    def _quotes(self, char: str, last: GroovyToken | None) -> str:
        if char in "\"'":
            return char * 3 if self.source.startswith(char * 3, self.at) else char
        if char not in "/$" or (char == "$" and not self.source.startswith("$/", self.at)):
            return ""
        if char == "$":
            return "$/"
        value = last is not None and (
            last.kind in ("number", "text")
            or (last.kind == "name" and last.text not in _BEFORE_VALUE)
            or (last.kind == "sign" and last.text in (")", "]", "}"))
        )
        if value or self.source.startswith("/=", self.at):
            return ""
        return "/" if self.source.find("/", self.at + 1, self.at + SLASHY_CHARS) >= 0 else ""

    def _text(self, quotes: str) -> GroovyToken:
        """A text: its pieces of plain text as ranges, its values as tokens."""
        start, source, stops = self.at, self.source, _STOPS[quotes]
        self.at += len(quotes)
        token = GroovyToken("text", quotes, start, start)
        piece = self.at
        while True:
            match = stops.search(source, self.at)
            if match is None:
                self.at = len(source)
                break
            literal = match[0]
            if literal in (_ENDS.get(quotes, quotes), "\n", "\r"):
                self._piece(token, piece, match.start())
                self.at = match.end() if literal not in ("\n", "\r") else match.start()
                if literal in ("\n", "\r"):
                    self.open.append((start, self.at))
                token.end = self.at
                return token
            if literal != "$" or self.depth >= NESTED_NODES:
                self.at = match.end()
                continue
            self._piece(token, piece, match.start())
            self._hole(token, match.start())
            piece = self.at
        self._piece(token, piece, self.at)
        self.open.append((start, self.at))
        token.end = self.at
        return token

    def _piece(self, token: GroovyToken, start: int, end: int) -> None:
        """Plain text, with the quotes and marks around it."""
        if start < end:
            token.parts.append((start, end))
            self.literals.append((start, end))

    def _hole(self, token: GroovyToken, at: int) -> None:
        """`${a}` or `$a.b` in a text."""
        if self.source.startswith("${", at):
            self.at = at + 2
            self.depth += 1
            token.parts.append(self.tokens(hole=True))
            self.depth -= 1
            self.at = min(self.at, len(self.source))
            return
        match = _PATH.match(self.source, at)
        if match is None:
            self.at = at + 1
            return
        self.at = match.end()
        path: list[GroovyToken] = []
        where = at + 1
        for number, word in enumerate(match[0][1:].split(".")):
            if number:
                path.append(GroovyToken("sign", ".", where - 1, where))
            path.append(GroovyToken("name", word, where, where + len(word)))
            where += len(word) + 1
        token.parts.append([*path, GroovyToken("end", "", self.at, self.at)])
