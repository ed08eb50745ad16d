"""The token view of a file for regex rules: for any place, whether it is code, string or comment.

Where a reader has told literals and comments apart, that counts. Where none could (no known language, a broken
region), a small tolerant scanner decides by the marks that the suffix is known for; it resynchronises at line ends, so
a stray quote costs one line.

`matches` runs patterns with the standard engine, but never over more than a window: a match starts within
`PATTERN_WINDOW` characters and is at most `PATTERN_REACH` longer. So time grows with the length of the text, whatever
is in it; together with `check_regex.check_pattern` the factor is bounded too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from pcmfa_lint.ir.nodes import NOWHERE, Span, Unit
from pcmfa_lint.limits import PATTERN_REACH, PATTERN_WINDOW
from pcmfa_lint.source.text import LineIndex

Scope: TypeAlias = Literal["code", "string", "comment"]

_SCOPES: tuple[Scope, ...] = ("code", "string", "comment")
_CODE, _STRING, _COMMENT = range(3)


@dataclass(frozen=True, slots=True)
class Syntax:
    """`line`: marks of comments to the line's end. `block`: comments from mark to mark. `quotes`: texts within one
    line. `long`: texts that may span lines. `escape`: the character that takes a quote its meaning, but not within the
    quotes `raw`."""

    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()
    quotes: str = "\"'"
    long: tuple[tuple[str, str], ...] = ()
    escape: str = "\\"
    raw: str = ""


_C = Syntax(("//",), (("/*", "*/"),), long=(("`", "`"), ('"""', '"""')))
_HASH = Syntax(("#",), raw="'")
_XML = Syntax((), (("<!--", "-->"),))
_SYNTAX: tuple[tuple[Syntax, str], ...] = (
    (Syntax(("#",), long=(('"""', '"""'), ("'''", "'''"))), ".py .pyw .pyi .toml"),
    (
        Syntax(("#",), (("<#", "#>"),), long=(('@"', '\n"@'), ("@'", "\n'@")), escape="`", raw="'"),
        ".ps1 .psm1 .psd1",
    ),
    (_C, ".cs .java .js .mjs .cjs .ts .tsx .jsx .go .kt .kts .scala .swift .c .cpp .h .rs .dart .bicep .pq .m"),
    (Syntax(("//", "#!"), (("/*", "*/"),), long=(('"""', '"""'), ("'''", "'''"))), ".groovy .gradle .jenkinsfile"),
    (Syntax(("//", "#"), (("/*", "*/"),), long=(("<<<EOT", "\nEOT"),)), ".php .tf .tfvars .hcl .json .jsonc"),
    (_HASH, ".yml .yaml .sh .bash .rb .pl .r .env .conf .cfg .properties .http .rest .dockerfile"),
    (Syntax((";", "#")), ".ini .editorconfig"),
    (Syntax(("--",), (("/*", "*/"),), escape=""), ".sql .lua .hs"),
    (Syntax(("'",), quotes='"', escape=""), ".vb .vbs .bas .cls"),
    (Syntax(("::", "REM ", "rem "), quotes='"', escape="^"), ".bat .cmd"),
    (_XML, ".xml .config .html .htm .xaml .csproj .props .md .cshtml .aspx .resx"),
)
_PLAIN = Syntax(quotes='"')
_BY_SUFFIX = {suffix: syntax for syntax, suffixes in _SYNTAX for suffix in suffixes.split()}


class TokenView:
    """One file's text with a scope for every character. `text` has LF line ends; offsets are into it. Scopes are only
    computed when the first is asked for: most texts match no pattern."""

    def __init__(self, lines: tuple[str, ...], marks: Iterable[tuple[int, Span]], blind: Iterable[Span], path: str):
        self.text = "\n".join(lines)
        self._marks, self._blind, self._path = marks, blind, path

    @cached_property
    def folded(self) -> str:
        """The text without the difference between capital and small letters."""
        return self.text.casefold()

    @cached_property
    def _index(self) -> LineIndex:
        return LineIndex(self.text)

    @cached_property
    def _scopes(self) -> bytearray:
        scopes = bytearray(len(self.text) + 1)
        for region in self._blind:
            start, end = self._range(region)
            for kind, first, last in scan(self.text, syntax_of(self._path), start, end):
                scopes[first:last] = bytes((kind,)) * (last - first)
        for kind, span in self._marks:
            first, last = self._range(span)
            scopes[first:last] = bytes((kind,)) * (last - first)
        return scopes

    def scope_at(self, offset: int) -> Scope:
        """The kind of text at an offset: code, string or comment."""
        return _SCOPES[self._scopes[min(offset, len(self.text))]]

    def offset(self, line: int, col: int) -> int:
        """The offset of a position."""
        return self._index.offset(line, col)

    def span(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        return self._index.span(start, end)

    def _range(self, span: Span) -> tuple[int, int]:
        return self.offset(span.line, span.col), self.offset(span.end_line, span.end_col)


def view(unit: Unit) -> TokenView:
    """The view of a unit: by its `opaque` and `comments`, and by the tolerant scanner where nothing is known."""
    marks = [(_STRING, span) for span in unit.opaque]
    marks += [(_COMMENT, comment.span) for comment in unit.comments]
    whole_file = (Span(1, 1, max(len(unit.lines), 1), len(unit.lines[-1]) + 1 if unit.lines else 1),)
    return TokenView(unit.lines, marks, whole_file if unit.read == "text" else unit.blind, unit.path)


def syntax_of(path: str) -> Syntax:
    """The comment and quote marks by the file's name; of an unknown one, only double quotes are believed."""
    name = PurePosixPath(path).name.lower()
    if name.startswith((".env", "dockerfile", "makefile", "jenkinsfile")):
        return _HASH if not name.startswith("jenkinsfile") else _C
    return _BY_SUFFIX.get(PurePosixPath(name).suffix, _PLAIN)


@lru_cache(maxsize=64)
def _token(syntax: Syntax) -> re.Pattern[str]:
    """One pattern that finds the next mark that opens a comment or a text, or an escaped character."""
    marks = [opening for opening, _ in (*syntax.block, *syntax.long)] + [*syntax.line, *syntax.quotes]
    marks.sort(key=len, reverse=True)
    # a comment mark of one character counts at a word's start only: `$#`, `a#b`, URLs' `//` behind a colon do not
    parts = [r"(?<![\w$:])" + re.escape(mark) if mark in syntax.line else re.escape(mark) for mark in marks]
    escape = [re.escape(syntax.escape) + r"[^\n]"] if syntax.escape else []
    return re.compile("|".join(escape + parts))


def scan(text: str, syntax: Syntax, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(kind, start, end) of the comments and texts in `text[start:end]`, in order; kind 1 text, 2 comment."""
    token = _token(syntax)
    closing = dict((*syntax.block, *syntax.long))
    kinds = {opening: _COMMENT for opening, _ in syntax.block} | {opening: _STRING for opening, _ in syntax.long}
    unclosed: set[str] = set()  # what was sought to the end once is not sought again: linear
    at = start
    while (match := token.search(text, at, end)) is not None:
        mark, first = match[0], match.start()
        at = match.end()
        if mark in closing and mark not in unclosed:
            stop = text.find(closing[mark], at, end)
            if stop < 0:
                unclosed.add(mark)
                stop = _line_end(text, at, end) if kinds[mark] == _STRING else end
            else:
                stop += len(closing[mark])
            yield kinds[mark], first, stop
            at = stop
        elif mark in syntax.line:
            at = _line_end(text, at, end)
            yield _COMMENT, first, at
        elif mark in syntax.quotes:
            at = _closed(text, mark, "" if mark in syntax.raw else syntax.escape, at, end)
            yield _STRING, first, at


def _line_end(text: str, at: int, end: int) -> int:
    stop = text.find("\n", at, end)
    return end if stop < 0 else stop


@lru_cache(maxsize=64)
def _body(quote: str, escape: str) -> re.Pattern[str]:
    stop = re.escape(quote) + re.escape(escape)
    return re.compile(rf"[^{stop}\n]*(?:{re.escape(escape)}[^\n][^{stop}\n]*)*" if escape else rf"[^{stop}\n]*")


def _closed(text: str, quote: str, escape: str, at: int, end: int) -> int:
    """The offset behind a text that was opened before `at`; its line's end if it is not closed there."""
    match = _body(quote, escape).match(text, at, end)
    stop = match.end() if match else at
    return stop + 1 if text.startswith(quote, stop, end) else _line_end(text, stop, end)


def matches(view: TokenView, pattern: re.Pattern[str], scope: Scope | Literal["any"]) -> Iterator[tuple[Span, ...]]:
    """The places where `pattern` matches: the spans of the whole match and of each group (`NOWHERE` if it took no
    part), in order, not overlapping. A match counts by the scope in which it starts."""
    text = view.text
    start = 0
    while start < len(text):
        edge = _edge(text, start + PATTERN_WINDOW)
        limit = _edge(text, edge + PATTERN_REACH)
        at = start
        while (match := pattern.search(text, at, limit)) is not None and match.start() < edge:
            at = match.end() if match.end() > match.start() else match.end() + 1
            if match.end() > match.start() and scope in ("any", view.scope_at(match.start())):
                yield tuple(
                    view.span(*match.span(group)) if match.start(group) >= 0 else NOWHERE
                    for group in range((pattern.groups) + 1)
                )
        start = max(edge, at)


def _edge(text: str, at: int) -> int:
    """A place near `at` where a window may end: behind the last line end of the window, if it has one."""
    if at >= len(text):
        return len(text)
    cut = text.rfind("\n", at - PATTERN_WINDOW // 2, at)
    return cut + 1 if cut >= 0 else at
