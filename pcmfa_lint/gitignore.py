"""The `.gitignore` files of a folder that is no work tree, and the user's exclude globs.

Both are hostile input, and pathspec's plain backend uses backtracking patterns: a pattern with many stars against a
long name would never end. Patterns with few stars are harmless and compile fast (2 ms instead of 200 ms for a usual
file); for others the whole file goes to the linear-time backend.
"""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`: it runs once for every file.

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".gitignore"
_SIZE = 256_000  # bytes of one file that are looked at
_PATTERNS = 2_000  # of one file, and a tenth of it where a linear-time backend must compile them
_STARS = 3  # runs of stars in one pattern that a backtracking engine may have
_STAR = re.compile(r"\*+")


class Ignore:
    """Says of a path whether an ignore file or an exclude glob covers it."""

    def __init__(self, exclude: Sequence[str] = ()) -> None:
        self._exclude = compile_globs(exclude) if exclude else None
        self._folders: dict[str, GitIgnoreSpec] = {}
        self._named: set[str] = set()

    def name(self, path: str) -> None:
        """The user named this path: the path itself is never covered, what is below it is as usual."""
        self._named.add(path)

    def enter(self, root: str, folder: str) -> None:
        """Reads the ignore file of a folder (relative to `root`, "" the root), if there is a usable one."""
        lines = _lines(os.path.join(root, folder, IGNORE_FILE))
        if lines and folder not in self._folders and (spec := compile_globs(lines)):
            self._folders[folder] = spec

    def enter_above(self, root: str, path: str) -> None:
        """Reads the ignore files of all folders that lead to `path`."""
        for folder in _above(path):
            self.enter(root, folder)

    def covers(self, path: str, folder: bool = False) -> bool:
        """Whether `path` (relative to the root) is left out. Of ignore files the innermost that says something wins."""
        if path in self._named:
            return False
        if self._exclude is None and not self._folders:
            return False
        name = path + "/" if folder else path
        if self._exclude is not None and self._exclude.check_file(name).include:
            return True
        for above in _above(path):
            spec = self._folders.get(above)
            said = spec.check_file(name[len(above) + 1 if above else 0 :]).include if spec else None
            if said is not None:
                return said
        return False


def compile_globs(lines: Sequence[str]) -> GitIgnoreSpec | None:
    """Globs as in `.gitignore`, ready to match; lines that make no sense are left out, as git does. None if nothing
    is left or there is too much of it."""
    from pathspec import GitIgnoreSpec

    few = [line for line in lines if line.strip() and not line.startswith("#") and _makes_sense(line)]
    wild = any(len(_STAR.findall(line)) > _STARS for line in few)
    if not few or len(few) > (_PATTERNS // 10 if wild else _PATTERNS):
        few = [line for line in few if len(_STAR.findall(line)) <= _STARS][:_PATTERNS]
        wild = False
    try:
        return GitIgnoreSpec.from_lines(few, backend="best" if wild else "simple") if few else None
    except Exception:  # the linear-time backend refuses some patterns, with errors of its own
        return compile_globs([line for line in few if len(_STAR.findall(line)) <= _STARS])


def _makes_sense(line: str) -> bool:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        GitIgnoreSpecPattern(line)
    except (ValueError, re.error):
        return False
    return True


def _above(path: str) -> list[str]:
    """The folders that lead to a path, innermost first, "" last."""
    above = []
    while path:
        path = path.rpartition("/")[0]
        above.append(path)
    return above


def _lines(path: str) -> list[str]:
    """The lines of a regular file of bounded size; nothing if it is none."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return []
            return stream.read(_SIZE).decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return []
