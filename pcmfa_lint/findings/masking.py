"""Masks source lines by an allow list of what may be shown, applied when a finding is made.

Findings stand next to passwords and refresh tokens, and reports are uploaded, mailed and kept. So a shown line keeps
identifiers and punctuation of the code; of literals, bare words, comments and setting values (`Unit.opaque`) only the
words that the catalog knows survive, and the rest becomes one token of fixed length, whatever was there. Where nothing
is known about the text (`Unit.blind`, files without a tree), a whole line is treated like a literal.

Pure. Input is a Unit and the catalog's list of words; output is masked lines, which only `redaction` takes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pcmfa_lint.findings.model import MASK
from pcmfa_lint.findings.name_shape import holds_credential, is_disguised, is_token
from pcmfa_lint.ir.nodes import Span, Unit
from pcmfa_lint.source.ranges import merged

ELLIPSIS = "..."
MAX_LINES = 3
MAX_COLUMNS = 160
LEAD_COLUMNS = 40  # kept to the left of the span when a line is cut
WINDOW = 1_000  # raw columns to either side of the span that are looked at; a minified line can be megabytes long

# What separates words inside a literal: URLs, query strings, JSON, connection strings. `-`, `.`, `@`, `_` and the like
# are not in it, so that `Summer-password` is one word and not a known one.
_SEPARATORS = r"\s/\\?&=:;,|+<>(){}\[\]\"'`"
_SEPARATOR_RUN = 4  # kept beside a known word, as in `": "` or `://`; longer runs could be someone's secret
_COUNT = re.compile(r"\d{1,3}")
_DIGITS = 4  # of a number, from which on it could be one that nobody should know
_ALWAYS_SHOWN = frozenset({"http", "https"})
_LEADING_SEPARATORS = re.compile(rf"[{_SEPARATORS}]+")
_TRAILING_SEPARATORS = re.compile(rf"[{_SEPARATORS}]+\Z")
# A word of the code, with what is invisible in it; and what stands before an `@` as in an address, with it.
_WORD = re.compile(
    r"[\w.+~%-]{0,80}:[^\s\"'@/:]{1,80}@[\w.-]{0,80}"
    r"|(?:\d(?:\w|\.\d)*|\w+)(?:[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+\w*)*"
)
# Words that are glued by what glues no names but may stand in a password (`!r` in braces is a conversion of Python);
# and names in backticks that have more than letters.
_SYMBOL = "!#~\u00a1-\u00bf\u2010-\u2027\u2030-\u205e\u20a0-\u2bff\u3000-\u303f"
_GLUED = re.compile(rf"\w+(?:(?!![ars][:}}])[{_SYMBOL}]+\w+)+|`[^`${{}}\n]*[^\w`${{}}\n][^`${{}}\n]*`")
_GLUE = re.compile(rf"[\w{_SYMBOL}]")
_NO_END = re.compile(r"[^\s()\[\]{},;\"'`]")  # of what could not be parsed nobody knows where a word ends
# A key of a settings file, with or without quotes, and the letters that it may have if it is a name.
_KEY = re.compile(r"""(?<=")[^"\s][^"\n]*(?<![\s=])(?=")|(?<=')[^'\s][^'\n]*(?<![\s=])(?=')|[^\s"'{}\[\]()<>=:,;]+""")
_KEY_NAME = re.compile(r"[$@#&*!?/.<-]{0,3}[\w .$:/\\{}()\[\]*+<>~-]*[?%]?")
_OPENING = re.compile(r"""[A-Za-z]{0,2}("{3}|'{3}|["'`])|[@$]{1,2}(["'])""")
_COMMENT_MARK = re.compile(r"(?:#!?|<#|//+|/\*+|<!--|--|REM\b)\s*", re.IGNORECASE)
# Control characters could drive the reader's terminal, bidirectional ones reorder the line, and the separators at the
# end are line breaks to some viewers.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Output `text` that stands for the raw columns start to end (0-based, end exclusive)."""

    text: str
    start: int
    end: int


class MaskedLine(NamedTuple):
    """A line of code with the fields of `findings.model.CodeLine`."""

    number: int
    text: str
    start: int = 0
    end: int = 0
    until: int = 0


def masked_lines(unit: Unit, span: Span, public_words: frozenset[str]) -> tuple[MaskedLine, ...]:
    """The first lines of `span` (at most three), masked and cut to about 160 columns around it.

    `public_words` holds the words and phrases that may appear as they are, compared without case and as whole words.
    The columns of a line are those of the masked text; `until` is the raw column where the span ends on that line.
    Lines that the unit does not have are left out.
    """
    last = min(span.end_line, span.line + MAX_LINES - 1, len(unit.lines))
    if last > span.line and span.end_line == last and span.end_col == 1:
        last -= 1  # the span ends with a line break
    return tuple(_code_line(unit, span, number, public_words) for number in range(max(span.line, 1), last + 1))


def mask_text(text: str, public_words: frozenset[str]) -> str:
    """Any other string from a scanned file (a key, a reason), masked like the inside of a literal."""
    return _printable("".join(piece.text for piece in _mask_opaque(text, 0, len(text), public_words)))


def _code_line(unit: Unit, span: Span, number: int, public_words: frozenset[str]) -> MaskedLine:
    line = unit.lines[number - 1]
    indent = len(line) - len(line.lstrip())
    start = min(span.col - 1 if number == span.line else indent, len(line))
    end = min(span.end_col - 1 if number == span.end_line else len(line.rstrip()), len(line))
    pieces = list(_pieces(unit, number, max(0, start - WINDOW), min(len(line), start + WINDOW), public_words))
    text = "".join(piece.text for piece in pieces).rstrip()
    if end <= start:
        return MaskedLine(number, _cut(text, 0)[0])
    left, right = _column_out(pieces, start, opening=True), _column_out(pieces, end, opening=False)
    text, offset = _cut(text, left)
    right = max(min(right + offset, len(text)), left + offset)
    return MaskedLine(number, text, left + offset + 1, right + 1, until=end + 1)


def _pieces(unit: Unit, number: int, low: int, high: int, public_words: frozenset[str]) -> Iterator[_Piece]:
    """The masked pieces of columns low to high of one line, in order and without gaps, fit to print."""
    line, keys = unit.lines[number - 1], unit.language == "settings"
    at = low
    for start, end, opens in _hidden(unit, number, low, high):
        yield from _printable_pieces(_mask_code(line, at, start, public_words, keys))
        alone = line[start - 1 : start].isspace()  # `-Depth 9`: a word of its own, too short to be a secret
        bare = not keys and alone and _COUNT.fullmatch(line, start, end) is not None
        hidden = [_Piece(line[start:end], start, end)] if bare else _mask_literal(line, start, end, opens, public_words)
        yield from _printable_pieces(hidden)
        at = end
    yield from _printable_pieces(_mask_code(line, at, high, public_words, keys))


def _hidden(unit: Unit, number: int, low: int, high: int) -> list[tuple[int, int, str]]:
    """Merged column ranges of the line that are not code, each with how it opens.

    `quote`, `comment`: the literal or comment starts here, so that its mark may stay; `blind`, "": it does not."""
    line = unit.lines[number - 1]
    if unit.read == "text":
        return [(min(high, max(low, len(line) - len(line.lstrip()))), high, "")]
    ranges = [_on_line(span, number, line, "blind") for span in unit.blind if span.line <= number <= span.end_line]
    comments = {(comment.span.line, comment.span.col) for comment in unit.comments}
    for span in _touching(unit.opaque, number):
        kind = "comment" if (span.line, span.col) in comments else "quote"
        ranges.append(_on_line(span, number, line, kind if span.line == number else ""))
    regions: list[tuple[int, int, str]] = []
    for start, end, opens in sorted((max(low, s), min(high, e), o if s >= low else "") for s, e, o in ranges):
        if end <= start:
            continue
        if regions and start < regions[-1][1]:
            regions[-1] = (regions[-1][0], max(regions[-1][1], end), regions[-1][2])
        else:
            regions.append((start, end, opens))
    return list(_widened(line, regions, low, high))


def _widened(line: str, ranges: list[tuple[int, int, str]], low: int, high: int) -> Iterator[tuple[int, int, str]]:
    """The ranges with what is glued to them, so that no piece of a word stays beside its mask. They may touch."""
    at = low
    for (start, end, opens), (after, _, _) in pairwise([*ranges, (high, high, "")]):
        more = _NO_END if opens == "blind" else _GLUE
        first, last = start, end
        while at < first and opens != "comment" and more.match(line[start]) and more.match(line[first - 1]):
            first -= 1
        while last < after and more.match(line[end - 1]) and more.match(line[last]):
            last += 1
        yield first, last, opens if first == start else ""
        at = last


def _touching(spans: tuple[Span, ...], number: int) -> Iterator[Span]:
    """The spans that touch a line. They are sorted by start, but an early one may reach far down."""
    stop = bisect_left(spans, number + 1, key=lambda span: span.line)
    return (span for span in spans[:stop] if span.end_line >= number)


def _on_line(span: Span, number: int, line: str, opens: str) -> tuple[int, int, str]:
    start = span.col - 1 if span.line == number else len(line) - len(line.lstrip())
    end = span.end_col - 1 if span.end_line == number else len(line)
    return start, end, opens


def _mask_code(line: str, start: int, end: int, public_words: frozenset[str], keys: bool) -> Iterator[_Piece]:
    """Identifiers and punctuation as they are; numbers of four digits and more, and what no person names, are not.
    `keys`: it is a file of settings, in which names are whatever somebody wrote."""
    at = start
    for first, last in merged(_no_names(line, start, end, _folded(public_words), keys)):
        yield _Piece(line[at:first], at, first)
        yield _Piece(MASK, first, last)
        at = last
    yield _Piece(line[at:end], at, end)


def _no_names(line: str, start: int, end: int, public_words: frozenset[str], keys: bool) -> Iterator[tuple[int, int]]:
    """The columns of what stands where a name should and is not shaped like one."""
    for match in _WORD.finditer(line, start, end):
        if match[0].casefold() not in public_words and _is_secretive(match[0], keys):
            yield match.span()
    if not keys:
        yield from (match.span() for match in _GLUED.finditer(line, start, end))
        return
    for match in _KEY.finditer(line, start, end):
        word = match[0]
        if re.search(r"\w", word) and word.casefold() not in public_words and not _is_key(word):
            yield match.span()


def _is_key(text: str) -> bool:
    return _KEY_NAME.fullmatch(text) is not None and not (is_disguised(text) or holds_credential(text))


def _is_secretive(word: str, keys: bool) -> bool:
    if word[0].isdigit() and (sum(char.isdigit() for char in word) >= _DIGITS or word[:2].lower() == "0x"):
        return True
    return not word.isprintable() or "@" in word or is_token(word) or (keys and is_disguised(word))


def _mask_literal(line: str, start: int, end: int, opens: str, public_words: frozenset[str]) -> Iterator[_Piece]:
    """The inside masked; the opening quotes, the closing ones that answer them, and a comment's mark stay."""
    pattern = {"quote": _OPENING, "comment": _COMMENT_MARK}.get(opens)
    mark = pattern.match(line, start, end) if pattern else None
    if mark is None:
        yield from _mask_opaque(line, start, end, public_words)
        return
    inner, close = mark.end(), end
    quote = (mark[1] or mark[2]) if opens == "quote" else ""
    if quote and end - inner >= len(quote) and line.endswith(quote, inner, end):
        close = end - len(quote)
    yield _Piece(line[start:inner], start, inner)
    yield from _mask_opaque(line, inner, close, public_words)
    yield _Piece(line[close:end], close, end)


def _mask_opaque(line: str, start: int, end: int, public_words: frozenset[str]) -> Iterator[_Piece]:
    """Known words and the separators right beside them; everything between becomes one MASK."""
    at, after_word = start, False
    for match in _known_words(public_words).finditer(line, start, end):
        if match.end() == end < len(line) and not _ends_word(line, end):
            continue
        yield from _gap(line, at, match.start(), after_word, True)
        yield _Piece(match[0], match.start(), match.end())
        at, after_word = match.end(), True
    yield from _gap(line, at, end, after_word, False)


def _ends_word(line: str, end: int) -> bool:
    """Whether a word that reaches the end of what is looked at ends there, and does not go on (`word` of `word_x`)."""
    return not (line[end].isalnum() or line[end] in "_-.")


def _gap(line: str, start: int, end: int, after_word: bool, before_word: bool) -> Iterator[_Piece]:
    """Unknown text between known words."""
    text = line[start:end]
    if not text or text.isspace():
        yield _Piece(text, start, end)
        return
    lead = _LEADING_SEPARATORS.match(text) if after_word else None
    trail = _TRAILING_SEPARATORS.search(text[-_SEPARATOR_RUN - 1 :]) if before_word else None
    if len(text) <= _SEPARATOR_RUN and text in (lead and lead[0], trail and trail[0]):
        yield _Piece(text, start, end)
        return
    left = lead.end() if lead and lead.end() <= _SEPARATOR_RUN else 0
    right = len(trail[0]) if trail and len(trail[0]) <= _SEPARATOR_RUN else 0
    yield _Piece(text[:left], start, start + left)
    yield _Piece(MASK, start + left, end - right)
    yield _Piece(text[len(text) - right :], end - right, end)


@lru_cache(maxsize=8)
def _folded(public_words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in public_words)


@lru_cache(maxsize=8)
def _known_words(public_words: frozenset[str]) -> re.Pattern[str]:
    """Finds the known words that stand alone, the longest first, with the dashes of a parameter's name."""
    bare = {re.sub(rf"^[{_SEPARATORS}]+|[{_SEPARATORS}]+$", "", word) for word in public_words | _ALWAYS_SHOWN} - {""}
    words = "|".join(re.escape(word) for word in sorted(bare, key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<![^{_SEPARATORS}])-{{0,2}}(?:{words})(?![^{_SEPARATORS}])", re.IGNORECASE)


def _printable_pieces(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """The same pieces, with tabs and control characters as pieces of their own."""
    for piece in pieces:
        if len(piece.text) != piece.end - piece.start or not _UNPRINTABLE.search(piece.text):
            yield piece
            continue
        at = 0
        for match in _UNPRINTABLE.finditer(piece.text):
            column = piece.start + match.start()
            yield _Piece(piece.text[at : match.start()], piece.start + at, column)
            yield _Piece(_printable(match[0]), column, column + 1)
            at = match.end()
        yield _Piece(piece.text[at:], piece.start + at, piece.end)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text.replace("\t", "    "))


def _column_out(pieces: list[_Piece], column: int, *, opening: bool) -> int:
    """Where a raw column (0-based) stands in the joined text; inside a masked piece, at its start or its end."""
    out = 0
    for piece in pieces:
        if column < piece.end or (column == piece.end and not opening):
            within = max(0, column - piece.start)
            same = len(piece.text) == piece.end - piece.start and piece.text != MASK
            return out + (within if same else 0 if opening or not within else len(piece.text))
        out += len(piece.text)
    return out


def _cut(text: str, column: int) -> tuple[str, int]:
    """The text cut to MAX_COLUMNS around a 0-based column, and by how much columns have moved. The indentation goes
    first, so that code that is only indented otherwise is cut in the same place."""
    if len(text) <= MAX_COLUMNS:
        return text, 0
    indent = len(text) - len(text.lstrip())
    text, column = text[indent:], column - indent
    low = max(0, min(column - LEAD_COLUMNS, len(text) - MAX_COLUMNS))
    visible = text[low : low + MAX_COLUMNS]
    offset = -indent - low
    if low:
        visible, offset = ELLIPSIS + visible, offset + len(ELLIPSIS)
    if low + MAX_COLUMNS < len(text):
        visible += ELLIPSIS
    return visible, offset
