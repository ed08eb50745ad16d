"""A lexical scan of Python that needs no parser: where literals and comments stand, and how hard parsing would be.

libcst 1.9 crashes the process on deep nesting and takes quadratic time for long chains (`a+a+…`, `a.b().c()…`). The
scan therefore measures *strain*: for every bracket that is open and every operator before it that a parser still has
to remember, a weight in proportion to the stack that libcst takes. Strings are told apart exactly, f-string fields
included (they are code and nest), since a bracket hidden in a string would otherwise hide the depth. Linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pcmfa_lint.read.text import LineIndex, lines
from pcmfa_lint.unit import Comment, Span, Unit

_BRACKET, _OPERATOR, _STRING = 32, 8, 1  # weights, from the depth at which libcst crashes on a small stack
_EASY = 400  # strain below this costs libcst no time worth counting

_KEYWORDS = "and|or|not|if|else|in|is|for|await|lambda|elif"
# Skips what is of no interest, then takes one token. The last two alternatives always match, so nothing backtracks.
_CODE = re.compile(
    rf"""
    (?: [ \t\f=]+ | (?!(?:{_KEYWORDS})(?!\w)|[bBfFrRtTuU]{{1,2}}["'])[^\W\d]\w* )*
    (?:
      (?P<operator>[-+*/%@&|^~<>!.]|(?:and|or|not|if|else|in|is|for|await)(?!\w))
    | (?P<comma>,)
    | (?P<line>[\r\n;])
    | (?P<open>[(\[{{])
    | (?P<close>[)\]}}])
    | (?P<fstring>(?:[fFtT][rR]?|[rR][fFtT])(?:\"\"\"|'''|"|'))
    | (?P<string>[bBrRuU]{{0,2}}(?:
          \"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\"\"\"|\Z)
        | '''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|\Z)
        | "[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"?
        | '[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*'?))
    | (?P<comment>\#[^\r\n]*)
    | (?P<colon>:(?!=))
    | (?P<number>\d[\w.]*)
    | (?P<lambda>lambda)
    | (?P<elif>elif)
    | (?P<other>\\(?:\r\n|\r|\n)|.)
    | \Z
    )
    """,
    re.VERBOSE | re.DOTALL,
)


def _text_of(quote: str, raw: bool, spec: bool) -> re.Pattern[str]:
    """What may end, or open a field in, the text or the format specification of an f-string."""
    skipped = r"\\." if raw else r"\\N\{[^}\r\n]*\}|\\."
    doubled = r"(?P<close>\})" if spec else r"\{\{|\}\}"
    line = r"|(?P<line>[\r\n])" if len(quote) == 1 else ""
    return re.compile(rf"{skipped}|{doubled}|(?P<open>\{{)|(?P<end>{quote}){line}", re.DOTALL)


_TEXT_OF = {
    (quote, raw, spec): _text_of(quote, raw, spec)
    for quote in ('"', "'", '"""', "'''")
    for raw in (False, True)
    for spec in (False, True)
}


@dataclass(slots=True)
class Scan:
    """Literals and comments as offsets (start, end), in order. `peak`: the highest strain; `work`: strain above the
    easy, summed over tokens; `elifs`: how many there are; `torn`: some literal has no end."""

    literals: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)
    peak: int = 0
    work: int = 0
    elifs: int = 0
    torn: bool = False


def scan(text: str) -> Scan:
    """Scans any text; what is no Python is scanned as if it were."""
    return _Scanner(text).run()


class _Scanner:
    """`_base` and `_chain` hold, for each open bracket, the strain that stays until it closes, and that which a comma
    ends. `_fields`: the f-string fields being read, as (depth, quote, raw, in a format specification)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pos = 0
        self._base = [0]
        self._chain = [0]
        self._total = 0
        self._fields: list[tuple[int, str, bool, bool]] = []
        self._found = Scan()

    def run(self) -> Scan:
        steps = {
            name: getattr(self, f"_on_{name}")
            for name in ("fstring", "string", "comment", "close", "comma", "line", "colon", "number", "lambda", "elif")
        }
        take, text, found = _CODE.match, self._text, self._found
        while (match := take(text, self._pos)) and (kind := match.lastgroup):
            self._pos = match.end()
            if kind == "operator":
                self._chain[-1] += _OPERATOR
                self._total += _OPERATOR
            elif kind == "open":
                self._open()
            elif kind in steps:
                steps[kind](match)
            if self._total > _EASY:
                found.work += self._total - _EASY
                found.peak = max(found.peak, self._total)
        found.torn = found.torn or bool(self._fields)
        return found

    def _strain(self, weight: int) -> None:
        self._chain[-1] += weight
        self._total += weight

    def _open(self) -> None:
        self._strain(_OPERATOR)
        self._base.append(_BRACKET)
        self._chain.append(0)
        self._total += _BRACKET

    def _close(self) -> None:
        if len(self._base) > 1:
            self._total -= self._base.pop() + self._chain.pop()

    def _on_close(self, match: re.Match[str]) -> None:
        inside = self._fields and self._fields[-1][0] == len(self._base)
        self._close()
        if inside and match["close"] == "}":
            _, quote, raw, spec = self._fields.pop()
            self._text_until(quote, raw, spec)

    def _on_comma(self, match: re.Match[str]) -> None:
        self._total -= self._chain[-1]
        self._chain[-1] = 0

    def _on_line(self, match: re.Match[str]) -> None:
        if len(self._base) == 1:
            self._base[0] = self._chain[0] = self._total = 0

    def _on_colon(self, match: re.Match[str]) -> None:
        if self._fields and self._fields[-1][0] == len(self._base):
            _, quote, raw, _ = self._fields[-1]
            self._text_until(quote, raw, spec=True)

    def _on_lambda(self, match: re.Match[str]) -> None:
        self._base[-1] += _OPERATOR  # commas between parameters do not end it
        self._total += _OPERATOR

    def _on_elif(self, match: re.Match[str]) -> None:
        self._found.elifs += 1

    def _on_number(self, match: re.Match[str]) -> None:
        self._found.literals.append(match.span(match.lastgroup or 0))

    def _on_comment(self, match: re.Match[str]) -> None:
        self._found.comments.append(match.span(match.lastgroup or 0))

    def _on_string(self, match: re.Match[str]) -> None:
        self._strain(_STRING)
        self._found.literals.append(match.span(match.lastgroup or 0))
        token = match["string"].lstrip("rRbBuU")
        quote = token[:3] if token[:3] in ('"""', "'''") else token[0]
        if len(token) < 2 * len(quote) or not token.endswith(quote):
            self._found.torn = True

    def _on_fstring(self, match: re.Match[str]) -> None:
        self._strain(_STRING)
        token = match["fstring"]
        prefix = token.rstrip("\"'")
        self._text_until(token[len(prefix) :], "r" in prefix.lower(), spec=False)

    def _text_until(self, quote: str, raw: bool, spec: bool) -> None:
        """Takes an f-string's text up to its next field or its end; in a field's format specification, up to the
        field's end, and on with what the field stands in."""
        start = self._pos
        while match := _TEXT_OF[quote, raw, spec].search(self._text, self._pos):
            self._pos = match.end()
            kind = match.lastgroup
            if kind is None:
                continue
            if match.start() > start:
                self._found.literals.append((start, match.start()))
            if kind == "open":
                self._open()
                self._fields.append((len(self._base), quote, raw, spec))
                return
            if kind == "close":
                self._close()
                _, quote, raw, spec = self._fields.pop()
                start = self._pos
                continue
            self._found.torn = self._found.torn or kind == "line" or spec
            if spec:
                self._close()
                self._fields.pop()
            return
        self._found.torn = True
        self._found.literals.append((start, len(self._text)))
        self._pos = len(self._text)


def read_as_text(text: str, path: str) -> Unit:
    """A Python file without its tree: lines, comments, and where its literals stand. Where a literal has no end,
    nobody can tell code from text, and the whole file is blind."""
    found = scan(text)
    index = LineIndex(text)
    comments = [Comment(text[start:end].lstrip("#").strip(), index.span(start, end)) for start, end in found.comments]
    literals = [index.span(start, end) for start, end in found.literals]
    rows = lines(text)
    return Unit(
        path,
        "python",
        rows,
        read="text",
        comments=tuple(comments),
        opaque=tuple(sorted(literals + [comment.span for comment in comments])),
        blind=(Span(1, 1, len(rows), len(rows[-1]) + 1),) if found.torn else (),
    )
