"""Files of others among a repository's own: copies of libraries, and what tools made of code.

All code of a partner's repository is read, since any file may hold a wrapper or a caller of what another one sends. A
library that somebody copied into it has nothing to do with that; there may be ten times as much of such code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pcmfa_lint.engine.workers.prefilter import third_party_plan
from pcmfa_lint.engine.workers.search import Search

if TYPE_CHECKING:
    from pcmfa_lint.engine.workers.prefilter import PrefilterPlan
    from pcmfa_lint.ir.nodes import Unit
    from pcmfa_lint.knowledge.model import Knowledge


class ThirdParty:
    """The files of others among those of one root."""

    def __init__(self, search: Search, know: Callable[[], Knowledge]) -> None:
        self._search = search
        self._know = know
        self._seen: set[str] = set()  # the files that were looked at
        self._files: set[str] = set()  # and those of them that are of others

    @cached_property
    def _plan(self) -> PrefilterPlan:
        return third_party_plan([spec for file in self._know().catalog.files for spec in file.third_party])

    def without(self, paths: Iterable[str]) -> list[str]:
        """The paths without those of files of others."""
        paths = list(paths)
        fresh = [path for path in dict.fromkeys(paths) if path not in self._seen]
        self._seen.update(fresh)
        self._files.update(path for _, path in self._search(fresh, self._plan).passes)
        return [path for path in paths if path not in self._files]

    def imported(self, units: Collection[Unit]) -> list[str]:
        """Of the files of others those that units import by path, with their own code as it seems."""
        if not self._files:
            return []
        stems = {
            PurePosixPath(imp.module).stem
            for unit in units
            for imp in unit.imports
            if imp.kind == "module" and imp.module.startswith(".") and "/" in imp.module
        }
        return sorted(path for path in self._files if PurePosixPath(path).stem in stems)
