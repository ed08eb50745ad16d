"""A lexical scan of Python that needs no parser: where literals and comments stand, and how hard parsing would be.

libcst 1.9 crashes the process on deep nesting and takes quadratic time for long chains (`a+a+…`, `a.b().c()…`). The
scan therefore measures *strain*: for every bracket that is open and every operator before it that a parser still has
to remember, a weight in proportion to the stack that libcst takes. Strings are told apart exactly, f-string fields
included (they are code and nest), since a bracket hidden in a string would otherwise hide the depth. Linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pcmfa_lint.ir.nodes import Comment, Span, Unit
from pcmfa_lint.source.text import LineIndex, lines

# Weights: from the depth at which libcst crashes on a small stack, and at which a tree can no longer be pickled.
_BRACKET, _BLOCK, _OPERATOR, _LIGHT, _STRING = 32, 16, 8, 4, 1
_HEAVY = {"lambda": 24, "if": 16, "not": 16}
_CASE_BRACKET = 300  # libcst takes four times as long for each parenthesis within another in a pattern
_EASY = 400  # strain below this costs libcst no time worth counting

_KEYWORDS = "and|or|not|if|else|in|is|for|await|lambda|elif|case"
_INDENT = re.compile(r"([ \t\f]*)(?=[^\s#])")
# Skips what is of no interest, then takes one token. The last two alternatives always match, so nothing backtracks.
_CODE = re.compile(
    rf"""
    (?: [ \t\f=]+ | (?!(?:{_KEYWORDS})(?!\w)|[bBfFrRtTuU]{{1,2}}["'])[^\W\d]\w* )*
    (?:
      (?P<number>\.?\d(?:[eE][-+]\d|[\w.])*)
    | (?P<operator>[-*/%@&|^~<>!.]|(?:else|in|is|for|await)(?!\w))
    | (?P<light>[+]|(?:and|or)(?!\w))
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
    | (?P<colon>:)
    | (?P<heavy>(?:if|not|lambda)(?!\w))
    | (?P<elif>elif)
    | (?P<case>case)
    | (?P<other>\\(?:\r\n|\r|\n)|.)
    | \Z
    )
    """,
    re.VERBOSE | re.DOTALL,
)


def _text_of(quote: str, raw: bool, spec: bool) -> re.Pattern[str]:
    """What may end, or open a field in, the text or the format specification of an f-string."""
    skipped = r"\\(?:\r\n|[^{}])"  # a brace is one, backslash or not
    skipped = skipped if raw else r"\\N\{[^}\r\n]*\}|" + skipped
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
    """`_base`, `_chain`, `_lambdas` hold, for each open bracket, its own strain, the strain since the last comma, and
    how many lambdas still have their parameters read (whose commas end nothing). `_fields`: the f-string fields that
    are open, as (depth, quote, raw, in a format specification)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pos = 0
        self._base = [0]
        self._chain = [0]
        self._lambdas = [0]
        self._total = 0
        self._indents: list[int] = []
        self._bracket = _BRACKET  # what one weighs in this line
        self._fields: list[tuple[int, str, bool, bool]] = []
        self._scan = Scan()

    def run(self) -> Scan:
        steps = {name[4:]: getattr(self, name) for name in dir(self) if name.startswith("_on_")}
        take, text, scanned = _CODE.match, self._text, self._scan
        while (match := take(text, self._pos)) and (kind := match.lastgroup):
            self._pos = match.end()
            if kind == "operator":
                self._chain[-1] += _OPERATOR
                self._total += _OPERATOR
            elif kind in steps:
                steps[kind](match)
            if self._total > _EASY:
                scanned.work += self._total - _EASY
                scanned.peak = max(scanned.peak, self._total)
        scanned.torn = scanned.torn or bool(self._fields)
        return scanned

    def _strain(self, weight: int) -> None:
        self._chain[-1] += weight
        self._total += weight

    def _on_light(self, match: re.Match[str]) -> None:
        self._strain(_LIGHT)

    def _on_open(self, match: re.Match[str]) -> None:
        self._strain(_OPERATOR)
        self._base.append(self._bracket)
        self._chain.append(0)
        self._lambdas.append(0)
        self._total += self._bracket

    def _close(self) -> None:
        if len(self._base) > 1:
            self._total -= self._base.pop() + self._chain.pop()
            self._lambdas.pop()

    def _on_close(self, match: re.Match[str]) -> None:
        inside = self._fields and self._fields[-1][0] == len(self._base)
        self._close()
        if inside and match["close"] == "}":
            _, quote, raw, spec = self._fields.pop()
            self._text_until(quote, raw, spec)

    def _on_comma(self, match: re.Match[str]) -> None:
        if not self._lambdas[-1]:
            self._total -= self._chain[-1]
            self._chain[-1] = 0

    def _on_line(self, match: re.Match[str]) -> None:
        if len(self._base) > 1:
            return
        self._bracket = _BRACKET
        indent = _INDENT.match(self._text, self._pos)
        if indent and match["line"] != ";":
            width = len(indent.group().expandtabs())
            while self._indents and self._indents[-1] >= width:
                self._indents.pop()
            if width:
                self._indents.append(width)
        self._chain[0] = self._lambdas[0] = 0
        self._base[0] = self._total = _BLOCK * len(self._indents)

    def _on_case(self, match: re.Match[str]) -> None:
        if len(self._base) == 1:
            self._bracket = _CASE_BRACKET

    def _on_colon(self, match: re.Match[str]) -> None:
        if self._fields and self._fields[-1][0] == len(self._base):
            _, quote, raw, _ = self._fields[-1]
            self._text_until(quote, raw, spec=True)
        elif self._lambdas[-1]:
            self._lambdas[-1] -= 1

    def _on_heavy(self, match: re.Match[str]) -> None:
        self._strain(_HEAVY[match["heavy"]])
        self._lambdas[-1] += match["heavy"] == "lambda"

    def _on_elif(self, match: re.Match[str]) -> None:
        self._scan.elifs += 1

    def _on_number(self, match: re.Match[str]) -> None:
        self._scan.literals.append(match.span(match.lastgroup or 0))

    def _on_comment(self, match: re.Match[str]) -> None:
        self._scan.comments.append(match.span(match.lastgroup or 0))

    def _on_string(self, match: re.Match[str]) -> None:
        self._strain(_STRING)
        self._scan.literals.append(match.span(match.lastgroup or 0))
        token = match["string"].lstrip("rRbBuU")
        quote = token[:3] if token[:3] in ('"""', "'''") else token[0]
        if len(token) < 2 * len(quote) or not token.endswith(quote):
            self._scan.torn = True

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
                self._scan.literals.append((start, match.start()))
            if kind == "open":
                self._on_open(match)
                self._fields.append((len(self._base), quote, raw, spec))
                return
            if kind == "close":
                self._close()
                _, quote, raw, spec = self._fields.pop()
                start = self._pos
                continue
            self._scan.torn = self._scan.torn or kind == "line" or spec
            if spec:
                self._close()
                self._fields.pop()
            return
        self._scan.torn = True
        self._scan.literals.append((start, len(self._text)))
        self._pos = len(self._text)


def read_as_text(text: str, path: str) -> Unit:
    """A Python file without its tree: lines, comments, and where its literals stand. Where a literal has no end,
    nobody can tell code from text, and the whole file is blind."""
    scanned = scan(text)
    index = LineIndex(text)
    comments = [Comment(text[start:end].lstrip("#").strip(), index.span(start, end)) for start, end in scanned.comments]
    literals = [index.span(start, end) for start, end in scanned.literals]
    rows = lines(text)
    return Unit(
        path,
        "python",
        rows,
        read="text",
        comments=tuple(comments),
        opaque=tuple(sorted(literals + [comment.span for comment in comments])),
        blind=(Span(1, 1, len(rows), len(rows[-1]) + 1),) if scanned.torn else (),
    )
