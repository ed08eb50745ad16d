"""Files into Units, in workers, each within its limits."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import Listing
from pcmfa_lint.engine.workers.file_ledger import FileLedger
from pcmfa_lint.engine.workers.worker import ONLY_TEXT, ReadResult, ReadTask, read_files
from pcmfa_lint.processes.limits import Limits, of_file
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:
    from pcmfa_lint.engine.workers.pool import Pool
    from pcmfa_lint.ir.nodes import Unit

_MEGABYTE = 1_000_000
_FOLLOWING = 5  # times as long as reading


class Reading:
    """Reads the files of one root: `units` by path. `lost`: a file could not be read, or not within its limits."""

    def __init__(
        self, listing: Listing, settings: Settings, ledger: FileLedger, pool: Callable[[], Pool], units: dict[str, Unit]
    ) -> None:
        self._listing = listing
        self._settings = settings
        self._ledger = ledger
        self._pool = pool
        self.units = units
        self.lost = False

    def __call__(self, fresh: Sequence[str]) -> None:
        """Reads files for which nothing was decided yet."""
        data = self._data([path for path in fresh if self._listing.not_on_disk(path)])

        def task(path: str, no_tree: str = "") -> ReadTask | None:
            if not self._listing.not_on_disk(path):
                return ReadTask(self._listing.root, (path,), self._settings.size_limit, (), no_tree)
            stored = ((path, data[path]),) if path in data else ()
            return ReadTask(self._listing.root, (), self._settings.size_limit, stored, no_tree) if stored else None

        lost = self._each(filter(None, map(task, fresh)))
        self._ledger.skip(FileNote(note.path, note.reason + ONLY_TEXT) for note in lost)
        # One that stalls or crashes its parser gets none; what needs no tree is looked at all the same.
        self._each(filter(None, (task(note.path, note.reason) for note in lost)))

    def _each(self, tasks: Iterable[ReadTask]) -> list[FileNote]:
        """Gives the files that cost a worker, sorted."""
        by_size: dict[int, list[ReadTask]] = defaultdict(list)
        for one in tasks:
            by_size[_size(one) // _MEGABYTE].append(one)
        results: list[ReadResult] = []
        for megabytes, alike in sorted(by_size.items()):
            results += self._pool().run(
                read_files,
                alike,
                lambda one: [one],
                lambda one, reason: ReadResult(lost=(FileNote(one.names[0], reason),)),
                limits_of(self._settings, size=megabytes * _MEGABYTE),
            )
        for result in results:
            self.units.update((unit.path, unit) for unit in result.units)
            self._ledger.skip(result.skipped)
            self.lost |= bool(result.lost or result.skipped)
        return sorted((note for result in results for note in result.lost), key=lambda note: note.path)

    def _data(self, paths: Sequence[str]) -> dict[str, bytes]:
        """What files hold that are not read from the disk. They were sifted, so they can be had."""
        if not paths:
            return {}
        from pcmfa_lint.discovery.revisions import contents_of

        contents = contents_of(self._listing, paths, self._settings.size_limit)
        return {each.path: each.data for each in contents if each.data is not None}


def limits_of(settings: Settings, files: int = 0, size: int = 0) -> Limits:
    """The limits for one file of `size` bytes, or so many files of that size together that are followed. Each megabyte
    adds to it, so that a slow machine gets as far as a fast one: what is hostile is bounded by steps."""
    seconds = settings.seconds * (1 + size / _MEGABYTE * (_FOLLOWING if files else 1)) + 0.1 * files
    return of_file(seconds, settings.memory * (2 if files else 1))


def _size(task: ReadTask) -> int:
    """The bytes of a task's file; 0 if it is gone, which its worker will tell."""
    if task.stored:
        return len(task.stored[0][1])
    try:
        return os.path.getsize(os.path.join(task.root, task.paths[0]))  # noqa: PTH202, PTH118 - for every file
    except OSError:
        return 0
