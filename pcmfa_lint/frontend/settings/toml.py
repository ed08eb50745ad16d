"""TOML by an own scanner, since no TOML library tells where a value stands. Its own stack; depth costs no recursion.

Paths are table, dotted key and, in lists and arrays of tables, the index. It accepts a little more than TOML (duplicate
keys are kept), never less."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pcmfa_lint.frontend.settings.collector import Collector, missing, too_deep
from pcmfa_lint.limits import SETTINGS_DEPTH

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"[ \t\r\n]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[A-Za-z0-9_+.:-]+(?: \d\d:[0-9:.]+(?:Z|[+-]\d\d:\d\d)?)?")
_STRING = re.compile(
    r'"""(?:\r\n|\n)?(?P<multi>[^"\\]*(?:(?:\\[\s\S]|"{1,2}(?!"))[^"\\]*)*"{0,2})"""'
    r"|'''(?:\r\n|\n)?(?P<multiraw>[^']*(?:'{1,2}(?!')[^']*)*'{0,2})'''"
    r'|"(?P<basic>[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"'
    r"|'(?P<raw>[^'\r\n]*)'"
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([ \t]*\r?\n[ \t\r\n]*)|(.))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}

Key = tuple[tuple[str, ...], tuple[int, int]]


@dataclass(slots=True)
class _Frame:
    """An open list or inline table; `path` is its own."""

    is_list: bool
    path: tuple[str, ...]
    index: int = 0
    after_value: bool = False


class _Scanner:
    def __init__(self, out: Collector) -> None:
        self.out = out
        self.text = out.text
        self.at = 0
        self.tables: dict[tuple[str, ...], int] = {}  # arrays of tables: last index
        self.table: tuple[str, ...] = ()

    def run(self) -> None:
        while True:
            self.blank()
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                self.header()
            else:
                self.entry()
            self.line_end()

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def blank(self) -> None:
        """Skips white space, line ends and comments."""
        while True:
            self.skip(_BLANK)
            if not self.comment():
                return

    def comment(self) -> bool:
        if not self.text.startswith("#", self.at):
            return False
        end = self.out.line_end(self.at)
        self.out.comment(self.at, end, (self.at + 1, end))
        self.at = end
        return True

    def line_end(self) -> None:
        self.skip(_SPACE)
        self.comment()
        if self.at < len(self.text) and self.text[self.at] not in "\r\n":
            missing("something follows a value on its line", self.at)

    def expect(self, mark: str) -> None:
        self.skip(_SPACE)
        if not self.text.startswith(mark, self.at):
            missing(f"'{mark}' is missing", self.at)
        self.at += len(mark)

    def header(self) -> None:
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        path, _ = self.key()
        self.expect("]]" if is_array else "]")
        resolved: tuple[str, ...] = ()
        for part in path[:-1] if is_array else path:
            resolved = self.resolve((*resolved, part))
        if is_array:
            array = (*resolved, path[-1])
            self.tables[array] = self.tables.get(array, -1) + 1
            resolved = self.resolve(array)
        self.table = resolved

    def resolve(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The path, with the index of its last table if it is an array of tables."""
        return (*path, str(self.tables[path])) if path in self.tables else path

    def key(self) -> Key:
        """A dotted key: its parts, and where the last one stands."""
        parts: list[str] = []
        while True:
            self.skip(_SPACE)
            string = _STRING.match(self.text, self.at)
            bare = _BARE_KEY.match(self.text, self.at)
            if string is not None:
                value, place = _string(string)
                self.at = string.end()
            elif bare is not None:
                value, place = bare[0], bare.span()
                self.at = bare.end()
            else:
                missing("a key is missing", self.at)
            parts.append(value)
            self.skip(_SPACE)
            if len(parts) > SETTINGS_DEPTH:
                too_deep(self.at)
            if not self.text.startswith(".", self.at):
                return tuple(parts), place
            self.at += 1

    def entry(self) -> None:
        path, place = self.key()
        self.expect("=")
        frames: list[_Frame] = []
        self.value((*self.table, *path), place, frames)
        while frames:
            self.step(frames)

    def step(self, frames: list[_Frame]) -> None:
        """Reads on in the innermost open list or inline table."""
        frame = frames[-1]
        self.blank()
        closing = "]" if frame.is_list else "}"
        if self.text.startswith(closing, self.at):
            self.at += 1
            frames.pop()
        elif frame.after_value:
            self.expect(",")
            frame.after_value = False
            frame.index += 1
        elif frame.is_list:
            frame.after_value = True
            self.value((*frame.path, str(frame.index)), None, frames)
        else:
            frame.after_value = True
            path, place = self.key()
            self.expect("=")
            self.value((*frame.path, *path), place, frames)

    def value(self, path: tuple[str, ...], key: tuple[int, int] | None, frames: list[_Frame]) -> None:
        self.skip(_SPACE)
        mark = self.text[self.at : self.at + 1]
        if mark and mark in "[{":
            if len(frames) >= SETTINGS_DEPTH:
                too_deep(self.at)
            self.at += 1
            frames.append(_Frame(mark == "[", path))
            return
        string = _STRING.match(self.text, self.at)
        match = string or _BARE_VALUE.match(self.text, self.at)
        if match is None:
            missing("a value is missing", self.at)
        value, place = _string(string) if string is not None else (match[0], match.span())
        self.at = match.end()
        if key is None:
            self.out.add_item(path, place, value)
        else:
            self.out.add(path, key, place, value)


def _string(match: re.Match[str]) -> tuple[str, tuple[int, int]]:
    """A string's value, and where it stands without quotes."""
    kind = str(match.lastgroup)
    raw = match[kind]
    value = raw if kind.endswith("raw") else _ESCAPE.sub(_unescape, raw)
    return value.replace("\r\n", "\n"), match.span(kind)


def _unescape(match: re.Match[str]) -> str:
    number = match[1] or match[2]
    if number:
        code = int(number, 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return "" if match[3] is not None else _ESCAPED.get(match[4], match[4])


def read(out: Collector) -> None:
    """Reads TOML. Raises FormatError."""
    _Scanner(out).run()
