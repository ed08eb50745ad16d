"""YAML from PyYAML's event stream: exact positions, no recursion, and an alias costs no more than a budget.

The second and later documents have a first part of their own, so that a section is one place. An alias repeats the
entries of its anchor under the new path, with the value's position where the value stands; `<<` merges into the mapping
around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml as pyyaml

from pcmfa_lint.frontend.settings.collector import Collector, FormatError, missing, too_deep
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.limits import ALIAS_ENTRIES, SETTINGS_DEPTH

_LOADER = getattr(pyyaml, "CSafeLoader", pyyaml.SafeLoader)
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+|$))*")
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
_TEMPLATE = re.compile(r"^[ \t]*(?:- )?\{[{%]|\{%|:[ \t]+\{\{", re.MULTILINE)
_MERGE = "<<"
_NAMES = ("key", "name")


@dataclass(slots=True)
class _Frame:
    """An open mapping or sequence. `depth`: length of its path. `name`: value of its "key" or "name"."""

    is_list: bool
    first: int
    depth: int
    anchor: str | None
    index: int = 0
    key: str | None = None  # None: a key is due
    key_at: tuple[int, int] = (0, 0)
    name: str | None = None
    name_at: tuple[int, int] = (0, 0)


class _Reader:
    def __init__(self, out: Collector) -> None:
        self.out = out
        self.frames: list[_Frame] = []
        self.path: list[str] = []
        self.anchors: dict[str, tuple[int, int, int]] = {}  # name: first entry, end, depth of its path
        self.copies = 0
        self.documents = 0  # that were read before this one and hold something
        self.tokens: list[tuple[int, int]] = []  # where scalars stand; comments are sought between them

    def run(self) -> None:
        for event in pyyaml.parse(self.out.text, Loader=_LOADER):
            if isinstance(event, pyyaml.ScalarEvent):
                self.scalar(event)
            elif isinstance(event, pyyaml.CollectionStartEvent):
                self.open(event)
            elif isinstance(event, pyyaml.CollectionEndEvent):
                self.close()
            elif isinstance(event, pyyaml.AliasEvent):
                self.alias(event)
            elif isinstance(event, pyyaml.DocumentStartEvent):
                self.anchors.clear()
                self.documents += bool(self.out.settings)
                self.path = [f"#{self.documents + 1}"] if self.documents else []

    def at_key(self) -> bool:
        return bool(self.frames) and not self.frames[-1].is_list and self.frames[-1].key is None

    def part(self) -> tuple[str, ...]:
        if not self.frames:
            return ()
        frame = self.frames[-1]
        return (str(frame.index),) if frame.is_list else (str(frame.key),)

    def step(self) -> None:
        """The value of the open entry is complete."""
        if self.frames:
            frame = self.frames[-1]
            frame.key = None
            frame.index += 1

    def open(self, event: pyyaml.CollectionStartEvent) -> None:
        at = _index(event.start_mark)
        if len(self.frames) >= SETTINGS_DEPTH:
            too_deep(at)
        if self.at_key():
            if self.out.text.startswith("{{", at - 1):
                raise FormatError("The file is a template. It was read line by line.", at)
            self.frames[-1].key_at = (at, at)
            part: tuple[str, ...] = ("?",)  # a collection as key
        else:
            part = self.part()
        self.path.extend(part)
        is_list = isinstance(event, pyyaml.SequenceStartEvent)
        self.frames.append(_Frame(is_list, len(self.out.settings), len(self.path), event.anchor))

    def close(self) -> None:
        frame = self.frames.pop()
        parent = self.frames[-1] if self.frames else None
        if frame.name is not None and parent is not None and parent.is_list:
            self.out.rename(frame.first, frame.depth, frame.name, self.out.span(*frame.name_at))
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.first, len(self.out.settings), frame.depth)
        if parent is None:
            return
        self.path.pop()
        if not parent.is_list and parent.key is None:
            parent.key = "?"  # what closed was the key
        else:
            self.step()

    def scalar(self, event: pyyaml.ScalarEvent) -> None:
        start, end = self.place(event)
        if self.at_key():
            frame = self.frames[-1]
            frame.key, frame.key_at = event.value, (start, end)
            return
        first = len(self.out.settings)
        path = (*self.path, *self.part())
        value = event.value
        if event.tag and event.tag.startswith("!") and len(event.tag) > 1:
            value = f"{event.tag} {value}"
        frame_or_none = self.frames[-1] if self.frames else None
        if frame_or_none is None:
            self.out.add(path, (start, end), (start, end), value)
        elif frame_or_none.is_list:
            self.out.add_item(path, (start, end), value)
        else:
            self.out.add(path, frame_or_none.key_at, (start, end), value)
            if frame_or_none.key in _NAMES:
                frame_or_none.name, frame_or_none.name_at = value, (start, end)
        if event.anchor:
            self.anchors[event.anchor] = (first, len(self.out.settings), len(path))
        self.step()

    def place(self, event: pyyaml.ScalarEvent) -> tuple[int, int]:
        """The place of the scalar's text, without anchor, tag, quotes and a block's header."""
        text, start, end = self.out.text, _index(event.start_mark), _index(event.end_mark)
        self.tokens.append((start, end))
        if event.anchor or event.tag:
            properties = _PROPERTIES.match(text, start, end)
            start = properties.end() if properties else start
        if event.style in ("'", '"'):
            return start + 1, end - 1
        if event.style in ("|", ">"):
            self.out.hide(start, end)
            raw = text[start:end]
            head = min((at for at in (raw.find("\n"), raw.find("\r")) if at >= 0), default=len(raw))
            body = raw[head:]
            start += head + len(body) - len(body.lstrip())
            return min(start, end), max(start, end - len(raw) + len(raw.rstrip())) if body.strip() else min(start, end)
        return start, end

    def alias(self, event: pyyaml.AliasEvent) -> None:
        if self.at_key():
            self.frames[-1].key = "*"
            self.frames[-1].key_at = (_index(event.start_mark), _index(event.end_mark))
            return
        first, end, depth = self.anchors.get(str(event.anchor), (0, 0, 0))
        if self.copies + end - first > ALIAS_ENTRIES:
            if self.copies <= ALIAS_ENTRIES:
                reason = f"Aliases repeat more than {ALIAS_ENTRIES:,} entries; they were not followed further."
                self.out.problem(reason, _index(event.start_mark))
                self.copies = ALIAS_ENTRIES + 1
        else:
            self.copies += end - first
            path = _merged((*self.path, *self.part()))
            for number in range(first, end):
                entry = self.out.settings[number]
                key_span = entry.key_span
                if len(entry.path) == depth and self.frames and not self.frames[-1].is_list:
                    key_span = self.out.span(*self.frames[-1].key_at)
                tail = entry.path[depth:]
                self.out.settings.append(replace(entry, path=(*path, *tail), key_span=key_span))
        self.step()

    def find_comments(self) -> None:
        at = 0
        for start, end in [*self.tokens, (len(self.out.text), len(self.out.text))]:
            for match in _COMMENT.finditer(self.out.text, at, start):
                self.out.comment(*match.span(), (match.start() + 1, match.end()))
            at = max(at, end)


def _index(mark: object) -> int:
    """A mark's offset in code points; its line would count more line ends than editors do."""
    return int(getattr(mark, "index", 0))


def _merged(path: tuple[str, ...]) -> tuple[str, ...]:
    if path[-1:] == (_MERGE,):
        return path[:-1]
    return path[:-2] if path[-2:-1] == (_MERGE,) else path


def read(out: Collector) -> None:
    """Reads YAML. Raises FormatError; a template (Helm, Jinja) is unreadable too."""
    reader = _Reader(out)
    try:
        reader.run()
    except pyyaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        at = min(_index(mark), len(out.text))
        if _TEMPLATE.search(out.text):
            raise FormatError("The file is a template. It was read line by line.", at) from None
        missing("it is not valid YAML", at)
    except UnicodeError:
        missing("it holds characters that YAML does not allow", 0)
    reader.find_comments()
