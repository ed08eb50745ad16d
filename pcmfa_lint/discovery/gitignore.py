"""The `.gitignore` files of a folder that is no work tree, and the user's exclude globs.

Both are hostile input, and pathspec's plain backend uses backtracking patterns: a pattern with many stars against a
long name would never end. Patterns with few stars are harmless and compile fast (2 ms for a usual file, where the
linear-time backend takes 200 ms); only the others go to the linear-time backend. Without one they are not heeded, and
more files are read.
"""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`: it runs once for every file.

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pcmfa_lint.limits import (
    IGNORE_PATTERNS,
    IGNORE_STARS,
    IGNORED_PATH_CHARS,
    SEVERAL_STARS_PATTERNS,
    WILD_IGNORE_CHARS,
    WILD_IGNORE_PATTERNS,
)
from pcmfa_lint.source.small_file import folders_above, text_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec, PathSpec
    from pathspec.pattern import Pattern

IGNORE_FILE = ".gitignore"


class Ignore:
    """Says of a path whether an ignore file or an exclude glob covers it."""

    def __init__(self, exclude: Sequence[str] = ()) -> None:
        self._globs = tuple(exclude)
        self._exclude = Globs(exclude) if exclude else None
        self._folders: dict[str, Globs] = {}
        self._texts: dict[str, str] = {}
        self._named: set[str] = set()
        self.cut: list[str] = []  # ignore files with more patterns than count

    def name(self, path: str) -> None:
        """The user named this path: the path itself is never covered, what is below it is as usual."""
        self._named.add(path)

    def state(self) -> tuple[object, ...]:
        """All that its answers depend on, as plain data."""
        return self._globs, tuple(sorted(self._texts.items())), tuple(sorted(self._named))

    def enter(self, root: str, folder: str) -> None:
        """Reads the ignore file of a folder (relative to `root`, "" the root), if there is a usable one."""
        self.enter_text(folder, text_of(os.path.join(root, folder, IGNORE_FILE)))

    def enter_text(self, folder: str, text: str) -> None:
        """Takes the text of a folder's ignore file."""
        lines = text.splitlines()
        if lines and folder not in self._folders:
            self._folders[folder] = globs = Globs(lines)
            self._texts[folder] = text
            if globs.cut:
                self.cut.append(f"{folder}/{IGNORE_FILE}".lstrip("/"))

    def enter_above(self, root: str, path: str) -> None:
        """Reads the ignore files of all folders that lead to `path`."""
        for folder in folders_above(path):
            self.enter(root, folder)

    def covers(self, path: str, folder: bool = False) -> bool:
        """Whether `path` (relative to the root) is left out. Of ignore files the innermost that says something wins."""
        if path in self._named:
            return False
        if self._exclude is None and not self._folders:
            return False
        name = path + "/" if folder else path
        if self._exclude is not None and self._exclude.match(name):
            return True
        for above in folders_above(path):
            globs = self._folders.get(above)
            is_ignored = globs.match(name[len(above) + 1 if above else 0 :]) if globs else None
            if is_ignored is not None:
                return is_ignored
        return False


class Globs:
    """Patterns as in `.gitignore`: of those that match, the last one decides. Lines that make no sense are left out,
    as git does."""

    def __init__(self, lines: Sequence[str]) -> None:
        numbered = [(number, line) for number, line in enumerate(lines) if line.strip() and not line.startswith("#")]
        good = [(number, line) for number, line in numbered if _makes_sense(line)]
        few = [(number, line) for number, line in good if _stars(line) <= 1]
        several = [(number, line) for number, line in good if 1 < _stars(line) <= IGNORE_STARS]
        wild = [
            (number, line) for number, line in good if _stars(line) > IGNORE_STARS and len(line) <= WILD_IGNORE_CHARS
        ]
        plain = sorted((*few[:IGNORE_PATTERNS], *several[:SEVERAL_STARS_PATTERNS]))
        backend = _linear_backend()
        wild = wild[:WILD_IGNORE_PATTERNS] if backend else []
        first = _first_sure(good, {number for number, _ in (*plain, *wild)})
        decided = [[(number, line) for number, line in part if number >= first] for part in (plain, wild)]
        parts = (_compiled(decided[0], "simple"), _compiled(decided[1], backend))
        self.cut = len(plain) + len(wild) < len(good)
        self._parts = [part for part in parts if part is not None]

    def match(self, name: str) -> bool | None:
        """Whether a path (a folder's ends in `/`) is ignored; None if no pattern matches."""
        last, decision = -1, None
        if len(name) > IGNORED_PATH_CHARS:
            return decision
        for files, folders, numbers in self._parts:
            result = (folders if name.endswith("/") else files).check_file(name)
            if result.index is not None and numbers[result.index] > last:
                last, decision = numbers[result.index], result.include
        return decision


def _linear_backend() -> str:
    """The backend of pathspec that takes linear time, "" if there is none on this machine."""
    return next((name for name in ("hyperscan", "re2") if find_spec(name) is not None), "")


def _compiled(
    lines: Sequence[tuple[int, str]], backend: str
) -> tuple[GitIgnoreSpec, PathSpec[Pattern], list[int]] | None:
    """Patterns ready to match files and folders, and their numbers. For a file, pathspec lets a pattern of the file
    itself win over one of its folder; a folder is looked at before what is in it, and there the last one decides."""
    from pathspec import GitIgnoreSpec, PathSpec

    if not lines:
        return None
    try:
        files = GitIgnoreSpec.from_lines([line for _, line in lines], backend=backend)
        folders: PathSpec[Pattern] = PathSpec(files.patterns, backend=backend)
        return files, folders, [number for number, _ in lines]
    except Exception:  # the linear-time backend refuses some patterns, with errors of its own
        return None


def _first_sure(lines: Sequence[tuple[int, str]], decided: Collection[int]) -> int:
    """The number from which on patterns count: behind the last one that is not kept and would take files back in, so
    that an ignore file with too much in it leaves out less, never more."""
    return max((number for number, line in lines if line.startswith("!") and number not in decided), default=0)


def _stars(line: str) -> int:
    """How many stars a backtracking engine would try against each other. Of several in a row each counts, but for the
    two that stand for any folders."""
    return sum(1 if part == "**" else part.count("*") for part in line.split("/"))


def _makes_sense(line: str) -> bool:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        GitIgnoreSpecPattern(line)
    except (ValueError, re.error):
        return False
    return True
