"""The collection that every settings reader fills: entries, comments, and what a report may not show."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NoReturn

from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Comment, Problem, Setting, Span
from pcmfa_lint.limits import KEY_CHARS, SETTINGS_DEPTH, SETTINGS_ENTRIES
from pcmfa_lint.source.text import LineIndex, lines

_NAME_LIKE = re.compile(r"[\w.:@/$*\[\]-]{1,80}")
_NAMED_ITEM = re.compile(r"([A-Za-z_]\w{0,79})=")


class FormatError(Exception):
    """The text is not of the format after all; the line reader takes over. `reason` never quotes the text."""

    def __init__(self, reason: str, offset: int = -1) -> None:
        super().__init__(reason)
        self.reason, self.offset = reason, offset


class BudgetError(Exception):
    """The budget of entries is used up at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Collector:
    """Gathers entries by offsets. A reader calls `add`, `comment`, `hide` and `problem`; order does not matter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = lines(text)
        self.index = LineIndex(text)
        self._spans: dict[tuple[int, int], Span] = {}
        self.settings: list[Setting] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.hidden: list[tuple[int, int]] = []

    def rows(self) -> Iterator[tuple[int, str]]:
        """Each line with its offset."""
        for number, line in enumerate(self.lines, 1):
            yield self.index.offset(number, 1), line

    def line_end(self, offset: int) -> int:
        """The offset at which the line that holds `offset` ends."""
        number = self.index.at(offset)[0]
        return self.index.offset(number, 1) + len(self.lines[number - 1])

    def whole_text(self) -> Span:
        """The span of the whole text."""
        return self.span(0, len(self.text))

    def span(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`; equal ones are one object, since most are asked for twice."""
        span = self._spans.get((start, end))
        if span is None:
            span = self._spans[start, end] = self.index.span(start, end)
        return span

    def add(self, path: Sequence[str], key: tuple[int, int], at: tuple[int, int], value: str | None = None) -> None:
        """One entry: its key path, where the key and the value stand (without quotes), and the value if it is not
        simply the text there. Hides the value, and the key unless it looks like a name."""
        if len(self.settings) >= SETTINGS_ENTRIES:
            raise BudgetError(at[0])
        span, key_span = self.span(*at), self.span(*key)
        text = _sound(self.text[at[0] : at[1]] if value is None else value)
        names = [part if part.isascii() and len(part) <= KEY_CHARS else _sound(part[:KEY_CHARS]) for part in path]
        self.settings.append(Setting(tuple(names), text, span, key_span))
        self.hide(*at)
        if not _NAME_LIKE.fullmatch(self.text[key[0] : key[1]]):
            self.hide(*key)

    def add_item(self, path: Sequence[str], at: tuple[int, int], value: str) -> None:
        """One scalar of a list. `NAME=value`, as in a compose file's environment, is an entry NAME; all of it is
        hidden, since nothing says that the text before `=` really is a name."""
        named = _NAMED_ITEM.match(value)
        if named is None or self.text[at[0] : at[1]] != value:
            self.add(path, at, at, value)
            return
        start = at[0] + named.end()
        self.add((*path, named[1]), (at[0], start - 1), (start, at[1]))
        self.hide(*at)

    def comment(self, start: int, end: int, inner: tuple[int, int]) -> None:
        """A comment at `start:end`, its text without marks at `inner`."""
        self.comments.append(Comment(self.text[inner[0] : inner[1]].strip(), self.span(start, end)))
        self.hide(start, end)

    def hide(self, start: int, end: int) -> None:
        """Nothing of `start:end` may be shown."""
        if start < end:
            self.hidden.append((start, end))

    def show(self, spans: Iterable[Span]) -> None:
        """Of these regions somebody else says what may be shown."""
        visible = sorted(
            (self.index.offset(span.line, span.col), self.index.offset(span.end_line, span.end_col)) for span in spans
        )
        self.hidden = [left for region in self.hidden for left in _without(region, visible)]

    def problem(self, reason: str, offset: int = -1) -> None:
        """A sentence on what could not be read, and where."""
        self.problems.append(Problem(reason, self.index.at(offset)[0] if offset >= 0 else 0))

    def rename(self, first: int, depth: int, part: str, key: Span) -> None:
        """Gives the entries from number `first` on that pass through "value" at `depth` the part `part` instead."""
        for number in range(first, len(self.settings)):
            entry = self.settings[number]
            if len(entry.path) > depth and entry.path[depth] == "value":
                path = (*entry.path[:depth], part[:KEY_CHARS], *entry.path[depth + 1 :])
                span = key if len(entry.path) == depth + 1 else entry.key_span
                self.settings[number] = replace(entry, path=path, key_span=span)

    def opaque(self) -> tuple[Span, ...]:
        """The hidden regions, sorted, overlaps joined."""
        joined: list[tuple[int, int]] = []
        for start, end in sorted(self.hidden):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return tuple(self.span(start, end) for start, end in joined)


def _without(region: tuple[int, int], visible: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a region without those that are `visible`, which are sorted and apart from each other."""
    start, end = region
    for first, last in visible[max(bisect_right(visible, (start, start)) - 1, 0) :]:
        if first >= end:
            break
        if last > start:
            if start < first:
                yield start, first
            start = last
    if start < end:
        yield start, end


def missing(message: str, offset: int) -> NoReturn:
    """Raises `FormatError` for a syntax error."""
    raise FormatError(f"The file has a syntax error: {message}. It was read line by line.", offset)


def too_deep(offset: int) -> NoReturn:
    """Raises `FormatError` for nesting beyond the budget."""
    raise FormatError(f"The file is nested deeper than {SETTINGS_DEPTH} levels. It was read line by line.", offset)


def _sound(value: str) -> str:
    """The value without lone surrogates, which no output can encode."""
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
