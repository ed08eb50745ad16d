"""The part of a root that a run was asked to look at, and what it can therefore say of files in which it found
nothing."""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
from collections.abc import Collection, Sequence


class Scope:
    """The named paths of a run. `root` is absolute, paths of files are relative to it, with `/`. `only`: of the files
    there, those that were looked at for their own sake, if not all."""

    def __init__(self, root: str, paths: Sequence[str], only: Collection[str] | None = None) -> None:
        self._root = root
        self._only = None if only is None else frozenset(only)
        named = (os.path.relpath(os.path.realpath(path), root).replace(os.sep, "/") for path in paths)
        self._below = tuple("" if path == "." else path for path in named)

    def state(self) -> tuple[object, ...]:
        """All that its answers depend on but for the disk, as plain data."""
        return self._below, None if self._only is None else tuple(sorted(self._only))

    @property
    def whole(self) -> bool:
        """Whether all of the root was looked at."""
        return "" in self._below and self._only is None

    def covers(self, path: str) -> bool:
        """Whether a file of this name was looked at, or would have been if it were there."""
        return self.holds(path) and (self._only is None or path in self._only)

    def holds(self, path: str) -> bool:
        """Whether a file of this name lies at or below the named paths."""
        return any(not below or path == below or path.startswith(f"{below}/") for below in self._below)

    def is_gone(self, path: str) -> bool:
        """Whether there is no such file any more."""
        return not os.path.lexists(os.path.join(self._root, path))
