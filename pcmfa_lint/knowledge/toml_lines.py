"""On which line each key of a TOML text stands: the standard parser gives values without positions.

Only called for a text that has already been parsed without fault, and only when there is something to report.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*""")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''',
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]*")


def canonical(path: KeyPath) -> KeyPath:
    """A key path in the one form that is compared: dotted keys split, dashes as underscores, `is_` as `is`."""
    parts: list[str | int] = []
    for part in path:
        if isinstance(part, int):
            parts.append(part)
        else:
            parts.extend(piece.replace("-", "_").rstrip("_") for piece in part.split("."))
    return tuple(parts)


class KeyLines:
    """The lines (from 1) of all keys, table headers and array items of a valid TOML `text`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[KeyPath, int] = {(): 1}
        self._arrays: dict[KeyPath, int] = {}
        self._pos = 0
        self._document()

    def line(self, path: KeyPath) -> int:
        """The line of the longest part of `path` that is written down. An index is skipped where the file has a
        single table in place of a list."""
        nearest: KeyPath = ()
        for part in canonical(path):
            if (*nearest, part) in self._lines:
                nearest = (*nearest, part)
            elif isinstance(part, str):
                break
        return self._lines[nearest]

    def _document(self) -> None:
        prefix: KeyPath = ()
        while self._blank() < len(self._text):
            if self._text.startswith("[", self._pos):
                prefix = self._header()
            else:
                self._pair(prefix)

    def _header(self) -> KeyPath:
        start = self._pos
        double = self._text.startswith("[[", start)
        self._pos += 2 if double else 1
        keys = self._keys()
        self._pos += 2 if double else 1
        path: KeyPath = ()
        for key in keys:
            if path in self._arrays:
                path = (*path, self._arrays[path])
            path = (*path, key)
            self._note(path, start)
        if double:
            self._arrays[path] = self._arrays.get(path, -1) + 1
        if path in self._arrays:
            path = (*path, self._arrays[path])
            self._note(path, start)
        else:
            self._lines[path] = self._line_at(start)  # `[a.b]` may have named `a` before `[a]` is written
        return path

    def _pair(self, prefix: KeyPath) -> None:
        start = self._pos
        path = prefix
        for key in self._keys():
            path = (*path, key)
            self._note(path, start)
        self._pos += 1  # =
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._blank()
        if string := _STRING.match(self._text, self._pos):
            self._pos = string.end()
        elif self._text.startswith("[", self._pos):
            self._pos += 1
            index = 0
            while not self._closed("]"):
                self._note((*path, index), self._pos)
                self._value((*path, index))
                index += 1
        elif self._text.startswith("{", self._pos):
            self._pos += 1
            while not self._closed("}"):
                self._pair(path)
        else:
            self._match(_BARE)

    def _closed(self, bracket: str) -> bool:
        """Steps over blanks and a comma; true behind the closing bracket."""
        if self._text.startswith(",", self._blank()):
            self._pos += 1
            self._blank()
        if self._text.startswith(bracket, self._pos):
            self._pos += 1
            return True
        return self._pos >= len(self._text)

    def _keys(self) -> list[str]:
        """A dotted key, as canonical parts."""
        parts: list[str] = []
        while True:
            key = self._match(_KEY).strip().strip("\"'")
            parts.extend(str(part) for part in canonical((key,)))
            if not self._text.startswith(".", self._pos):
                return parts
            self._pos += 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._pos)
        if match is None:
            raise ValueError("not a valid TOML text")
        self._pos = match.end()
        return match.group()

    def _blank(self) -> int:
        self._match(_BLANK)
        return self._pos

    def _note(self, path: KeyPath, offset: int) -> None:
        self._lines.setdefault(path, self._line_at(offset))

    def _line_at(self, offset: int) -> int:
        return bisect_right(self._breaks, offset - 1) + 1
