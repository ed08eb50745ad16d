"""The code files of a partner's repository: in which order they are read, where there are too many for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from pcmfa_lint.discovery.discover import has_reader
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.limits import CODE_BATCH

if TYPE_CHECKING:
    from pcmfa_lint.ir.nodes import Unit
    from pcmfa_lint.knowledge.catalog import CatalogFile


def nearest_first(paths: Iterable[str], seeds: Collection[str]) -> list[str]:
    """Code files in the order in which they are read: those in a language of the seeds first, and of these the ones
    that have most folders in common with a seed."""
    languages = {language_of(path) for path in seeds}
    folders = {folder for path in seeds for folder in _folders(path)}

    def order(path: str) -> tuple[bool, int, str]:
        return language_of(path) not in languages, -sum(folder in folders for folder in _folders(path)), path

    return sorted(paths, key=order)


def batches(paths: Sequence[str]) -> Iterator[tuple[Sequence[str], int]]:
    """The paths, a few at a time, each time with how many are left: what is read must not depend on the workers."""
    for start in range(0, len(paths), CODE_BATCH):
        yield paths[start : start + CODE_BATCH], len(paths) - start


def starters(paths: Iterable[str], catalog: Iterable[CatalogFile]) -> list[str]:
    """The files that start code without a person; not those of which only the kind of file is said."""
    from pcmfa_lint.analysis.collect.jobs import named

    signs = [sign for file in catalog for sign in file.trigger if sign.job and sign.files]
    signs = [sign for sign in signs if not all(glob.startswith("*.") for glob in sign.files)]
    return [path for path in paths if has_reader(path) and any(named(path, sign) for sign in signs)]


def size_of(units: Iterable[Unit]) -> int:
    """Characters of the code files among these."""
    return sum(len(line) + 1 for unit in units if unit.language != "settings" for line in unit.lines)


def _folders(path: str) -> list[str]:
    """The folders that a file lies in, the outermost first."""
    return list(accumulate(path.split("/")[:-1], lambda outer, inner: f"{outer}/{inner}"))
