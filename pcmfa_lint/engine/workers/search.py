"""The first look at the files of one root, in workers where there are many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import Listing
from pcmfa_lint.engine.workers.prefilter import PrefilterPlan, matcher
from pcmfa_lint.engine.workers.worker import PrefilterResult, PrefilterTask, prefilter_files, prefilter_stored
from pcmfa_lint.processes.limits import Limits
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:
    from pcmfa_lint.engine.workers.pool import Pool

FEW_FILES = 4_000  # up to here workers cost more (60 ms) than they save in the prefilter (16 µs a file)
SIFT_CHUNK = 250
SIFT_SECONDS = 100.0  # for one chunk; only a dead network drive takes longer than six times that


class Search:
    """Looks for what is in a plan, in files on the disk and elsewhere. `lost`: a file has cost its worker."""

    def __init__(self, listing: Listing, settings: Settings, pool: Callable[[], Pool]) -> None:
        self._listing = listing
        self._settings = settings
        self._pool = pool
        self.lost = False

    def __call__(self, paths: Sequence[str], plan: PrefilterPlan, digests: bool = False) -> PrefilterResult:
        """What is seen in some files. `digests`: what they hold is told, too."""
        stored = [path for path in paths if self._listing.not_on_disk(path)]
        if not stored:
            return self._on_disk(paths, plan, digests)
        from pcmfa_lint.discovery.revisions import contents_of

        task = PrefilterTask(self._listing.root, (), plan, self._settings.size_limit, digests)
        look = prefilter_stored(task, contents_of(self._listing, stored, self._settings.size_limit))
        rest = [path for path in paths if not self._listing.not_on_disk(path)]
        return PrefilterResult.joined([look, self._on_disk(rest, plan, digests)])

    def _on_disk(self, paths: Sequence[str], plan: PrefilterPlan, digests: bool) -> PrefilterResult:
        def task(chunk: Sequence[str]) -> PrefilterTask:
            return PrefilterTask(self._listing.root, tuple(chunk), plan, self._settings.size_limit, digests)

        if len(paths) <= FEW_FILES:
            return prefilter_files(task(paths))
        matcher(plan).load()  # before the workers are forked
        tasks = [task(paths[at : at + SIFT_CHUNK]) for at in range(0, len(paths), SIFT_CHUNK)]
        results = self._pool().run(
            prefilter_files,
            tasks,
            lambda lost: [task([path]) for path in lost.paths],
            self._not_searched,
            Limits(SIFT_SECONDS, 6 * SIFT_SECONDS, self._settings.memory),
        )
        return PrefilterResult.joined(results)

    def _not_searched(self, one: PrefilterTask, reason: str) -> PrefilterResult:
        self.lost = True
        return PrefilterResult(skipped=(FileNote(one.paths[0], reason),), lost=one.paths)
