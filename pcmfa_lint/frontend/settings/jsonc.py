"""JSON with comments and trailing commas, by an own scanner: stdlib json tells no positions. Duplicate keys are kept.

The scanner keeps its own stack, so depth costs no recursion."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from pcmfa_lint.frontend.settings.collector import Collector, missing, too_deep
from pcmfa_lint.limits import SETTINGS_DEPTH

_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"[^\"\\\r\n]*(?:\\.[^\"\\\r\n]*)*\")|(?P<mark>[{}\[\],:])"
    r"|(?P<word>[-+\w.]+)|(?P<comment>//[^\r\n]*|/\*)|(?P<end>\Z))"
)
_WORD = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|-?Infinity|NaN")
_NAMES = ("key", "name")


@dataclass(slots=True)
class _Frame:
    """An open object or list. `first`: number of entries before it. `name`: its "key" or "name" and where it stands."""

    is_list: bool
    first: int
    index: int = 0
    key: str | None = None
    key_at: tuple[int, int] = (0, 0)
    name: str | None = None
    name_at: tuple[int, int] = (0, 0)
    state: str = "item"  # item: value or (in an object) key is due; colon; value; comma


class _Scanner:
    def __init__(self, out: Collector) -> None:
        self.out = out
        self.frames: list[_Frame] = []
        self.path: list[str] = []
        self.done = False

    def run(self) -> None:
        at, text = 0, self.out.text
        while True:
            token = _TOKEN.match(text, at)
            if token is None:
                missing("a character that JSON does not have here", at)
            at = token.end()
            kind = token.lastgroup
            if kind == "comment":
                at = self.comment(token.start(kind), at)
            elif kind == "end":
                if self.frames or not self.done:
                    missing("the end comes too early", at)
                return
            elif kind == "mark":
                self.mark(token[kind], token.start(kind))
            else:
                self.scalar(str(token[kind or "word"]), token.start(str(kind)), at)

    def comment(self, start: int, end: int) -> int:
        if self.out.text.startswith("//", start):
            self.out.comment(start, end, (start + 2, end))
            return end
        stop = self.out.text.find("*/", end)
        if stop < 0:
            missing("a comment is not closed", start)
        self.out.comment(start, stop + 2, (end, stop))
        return stop + 2

    def mark(self, mark: str, at: int) -> None:
        frame = self.frames[-1] if self.frames else None
        if mark in "{[":
            self.open(mark == "[", at)
        elif frame is None:
            missing("a mark outside of any object", at)
        elif mark in "}]":
            if frame.is_list != (mark == "]") or frame.state not in ("item", "comma"):
                missing("brackets do not match", at)
            self.close()
        elif mark == ":" and frame.state == "colon":
            frame.state = "value"
        elif mark == "," and frame.state == "comma":
            frame.state = "item"
            frame.index += 1
        else:
            missing("a comma or colon is in the wrong place", at)

    def open(self, is_list: bool, at: int) -> None:
        self.expect_value(at)
        if len(self.frames) >= SETTINGS_DEPTH:
            too_deep(at)
        if self.frames:
            self.path.append(self.part())
        self.frames.append(_Frame(is_list, len(self.out.settings)))

    def close(self) -> None:
        frame = self.frames.pop()
        if frame.name is not None and self.frames and self.frames[-1].is_list:
            self.out.rename(frame.first, len(self.path), frame.name, self.out.span(*frame.name_at))
        if self.frames:
            self.path.pop()
            self.frames[-1].state = "comma"
        else:
            self.done = True

    def part(self) -> str:
        frame = self.frames[-1]
        return str(frame.index) if frame.is_list else str(frame.key)

    def expect_value(self, at: int) -> None:
        frame = self.frames[-1] if self.frames else None
        if self.done if frame is None else frame.state != ("item" if frame.is_list else "value"):
            missing("a value is in the wrong place", at)

    def scalar(self, raw: str, start: int, end: int) -> None:
        quoted = raw[0] == '"'
        if quoted:
            start, end = start + 1, end - 1
        value = _unescape(raw) if quoted else raw
        frame = self.frames[-1] if self.frames else None
        if frame is not None and not frame.is_list and frame.state == "item":
            if not quoted:
                missing("a key has no quotes", start)
            frame.key, frame.key_at, frame.state = value, (start, end), "colon"
            return
        self.expect_value(start)
        if not quoted and not _WORD.fullmatch(raw):
            missing("a value has no quotes", start)
        if frame is None:
            self.out.add((), (start, end), (start, end), value)
            self.done = True
            return
        frame.state = "comma"
        if frame.is_list:
            self.out.add_item((*self.path, self.part()), (start, end), value)
            return
        if frame.key in _NAMES and quoted:
            frame.name, frame.name_at = value, (start, end)
        self.out.add((*self.path, self.part()), frame.key_at, (start, end), value)


def _unescape(raw: str) -> str:
    if "\\" not in raw:
        return raw[1:-1]
    try:
        return str(json.loads(raw, strict=False))
    except ValueError:
        return raw[1:-1]


def read(out: Collector) -> None:
    """Reads JSON or JSONC. Raises FormatError."""
    if out.text.strip():
        _Scanner(out).run()
