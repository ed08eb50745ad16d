"""The entries of a settings file as the tree that they were written as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pcmfa_lint.ir.nodes import NOWHERE, Setting, Span


@dataclass(slots=True)
class Node:
    """An object, a list (the keys are numbers), or a text with its `entry`."""

    entry: Setting | None = None
    kids: dict[str, Node] = field(default_factory=dict)

    def get(self, *path: str) -> Node | None:
        """The node below at this path; keys are compared without case."""
        current: Node | None = self
        for key in path:
            if current is None:
                return None
            current = current.kids.get(key) or next(
                (kid for name, kid in current.kids.items() if _same(name, key)), None
            )
        return current

    def text(self, *path: str) -> str:
        """The text that stands below at this path, "" if there is none."""
        inner = self.get(*path)
        return inner.entry.value if inner is not None and inner.entry is not None else ""

    def items(self) -> list[tuple[str, Node]]:
        """The parts with their names; those of a list go by the name that each says it has."""
        if not self.is_list():
            return list(self.kids.items())
        return [(kid.text("name") or number, kid) for number, kid in self.kids.items()]

    def is_list(self) -> bool:
        """Whether all keys are numbers."""
        return bool(self.kids) and all(key.isdigit() for key in self.kids)

    def leaves(self) -> Iterator[Setting]:
        """All entries at and below this place, in order of the keys."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.entry is not None:
                yield node.entry
            stack.extend(reversed(node.kids.values()))

    def span(self) -> Span:
        """From the first entry to the last."""
        spans = [entry.span for entry in self.leaves()]
        if not spans:
            return NOWHERE
        first, last = min(spans), max(spans, key=lambda span: (span.end_line, span.end_col))
        return Span(first.line, first.col, last.end_line, last.end_col)


def tree(settings: Iterable[Setting]) -> Node:
    """The root of the tree."""
    root = Node()
    for entry in settings:
        node = root
        for part in entry.path:
            node = node.kids.setdefault(part, Node())
        node.entry = entry
    return root


def _same(name: str, key: str) -> bool:
    return name.casefold() == key.casefold()
