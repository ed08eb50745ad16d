"""A record of where every file of a run went: read, left out, skipped, read in part, or gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pcmfa_lint.discovery.discover import Listing
from pcmfa_lint.engine.workers.worker import PrefilterResult
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.report import Files, ShownFile
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:
    from pcmfa_lint.ir.nodes import Unit


class FileLedger:
    """The files of one run that were read, left out or skipped; none of them is looked at again. `read_before`: paths
    of files that are there already."""

    def __init__(self, listing: Listing, read_before: Iterable[str]) -> None:
        self._listing = listing
        self._looked = set(read_before)
        self._excluded: list[str] = []
        self._partly: list[FileNote] = []
        self._skipped: list[FileNote] = []
        self._vanished = 0

    def is_open(self, path: str) -> bool:
        """Whether nothing was decided of a file yet."""
        return path not in self._looked

    def leave_out(self, path: str) -> bool:
        """Whether an ignore file covers a path; then it is noted as excluded."""
        if not self._listing.ignore.covers(path):
            return False
        if path not in self._looked:
            self._excluded.append(path)
            self._looked.add(path)
        return True

    def take(self, paths: Iterable[str]) -> list[str]:
        """Those of `paths` that are to be read now, sorted; from now on they are decided."""
        fresh = sorted({path for path in paths if path not in self._looked and not self.leave_out(path)})
        self._looked.update(fresh)
        return fresh

    def keep(self, prefiltered: PrefilterResult) -> None:
        """Notes what the prefilter says of files that are not read; what is ignored is left out without a word."""
        skipped = [note for note in prefiltered.skipped if not self.leave_out(note.path)]
        self._looked.update(note.path for note in skipped)
        self._skipped += skipped
        self._partly += [note for note in prefiltered.partly if not self.leave_out(note.path)]
        self._vanished += prefiltered.vanished

    def skip(self, notes: Iterable[FileNote]) -> None:
        """Notes files that could not be read."""
        self._skipped += notes

    def skipped(self) -> frozenset[str]:
        """The paths of files that could not be read."""
        return frozenset(note.path for note in self._skipped)

    def files(self, units: Iterable[Unit], around: Collection[str]) -> Files:
        """The record of the named files; those `around` them are nobody's business."""
        left = {note.path for note in self._skipped}  # those of them that have a unit all the same have no tree
        units = [unit for unit in units if unit.path not in around and unit.path not in left]
        partly = [
            FileNote(unit.path, unit.problems[0].reason, unit.problems[0].line) for unit in units if unit.problems
        ]
        partly += [note for note in self._partly if note.path not in left]
        skipped = [note for note in self._skipped if note.path not in around]
        excluded = [path for path in self._excluded if path not in around]
        elsewhere = len(units) + len(skipped) + len(excluded) + self._vanished
        return Files(
            irrelevant=len(self._listing.files) - elsewhere,
            read=len(units),
            excluded=tuple(map(redaction.path, sorted({*self._listing.excluded, *excluded}))),
            partly=_masked(partly),
            skipped=_masked([*self._listing.skipped, *skipped]),
        )


def _masked(notes: Iterable[FileNote]) -> tuple[ShownFile, ...]:
    return tuple(map(redaction.file_note, sorted(notes, key=lambda note: note.path)))
