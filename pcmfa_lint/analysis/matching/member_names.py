"""The meaning that a member mostly has by its name, where no library's entry knows it."""

from __future__ import annotations

from collections.abc import Iterable

from pcmfa_lint.knowledge.catalog import CatalogFile


class MemberVocabulary:
    """The `MemberNames` of all catalog files. All questions are asked of names in lower case."""

    def __init__(self, files: Iterable[CatalogFile]) -> None:
        members = [file.members for file in files]
        self.same = frozenset(name for each in members for name in each.same)
        self.answer = frozenset(name for each in members for name in each.answer)
        self.waits = frozenset(name for each in members for name in each.waits)
        self.asks = tuple(name for each in members for name in each.asks)
        self.whole = frozenset(name for each in members for name in each.whole)
        self.copies = frozenset(name for each in members for name in each.copies)
        self.gets = frozenset(name for each in members for name in each.gets)
        self.adds = frozenset(name for each in members for name in each.adds)
        self.removes = frozenset(name for each in members for name in each.removes)
        self.merges = frozenset(name for each in members for name in each.merges)
        self.views = frozenset(name for each in members for name in each.views)
        lookups = [name for each in members for name in each.looks_up]
        self._lookups = frozenset(lookups)
        self._lookup_beginnings = tuple(name[:-1] for name in lookups if name.endswith("*"))

    def looks_up(self, method: str) -> bool:
        """Whether a method gives the member that its argument names."""
        return method in self._lookups or method.startswith(self._lookup_beginnings)
