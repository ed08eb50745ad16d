"""The sweep itself: which repositories, what was found in each, and the files that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pcmfa_lint import __version__
from pcmfa_lint.config import SKIPPED, USAGE
from pcmfa_lint.discovery import git
from pcmfa_lint.engine.run import MakeExecutor
from pcmfa_lint.engine.workers.pool import Pool, processors
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.inventory.assembly.partner_requests import app_uses
from pcmfa_lint.inventory.export.table import sheet_of, table, written_by_people
from pcmfa_lint.inventory.export.workbook import Sheet
from pcmfa_lint.inventory.model.estate import Estate, Scanned
from pcmfa_lint.processes.limits import Limits
from pcmfa_lint.report.words import count
from pcmfa_lint.sweep.checkpoint import digest, keep
from pcmfa_lint.sweep.hosts import from_host
from pcmfa_lint.sweep.output_folder import Folder
from pcmfa_lint.sweep.repository import (
    RepositoryResult,
    RepositoryTask,
    SettingsOf,
    finished,
    lost,
    scan_repository,
    warm,
)
from pcmfa_lint.sweep.sources import sources
from pcmfa_lint.sweep.walk import RepositorySource

LIMITS = Limits(900.0, 3_600.0, 8_000_000_000)  # for one repository; what can stall is in workers of its own

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """The options of a sweep. `target`: a folder, a file with a list, or with `from_host` an organisation.
    `merge`, `partner_requests`: files, "" for none. `rules`: folders of the user's. `jobs` 0: one worker a
    processor. `cache`: the folder of clones."""

    target: str
    out: str
    settings_of: SettingsOf
    cache: str
    resume: bool = False
    merge: str = ""
    partner_requests: str = ""
    rules: tuple[str, ...] = ()
    jobs: int = 0
    strict: bool = False  # a repository that is not scanned is a fault
    today: date | None = None
    from_host: bool = False


@dataclass(slots=True)
class SweepObserver:
    """Told how far the sweep is. `begun`: how many repositories there are; `reported`: one is done, and how many
    are; `say`: a sentence; `ended`: what came of it is written."""

    begun: Callable[[int], None] = lambda count: None
    reported: Callable[[RepositoryResult, int], None] = lambda looked, number: None
    say: Say = lambda text: None
    ended: Callable[[Estate], None] = lambda estate: None


@dataclass(slots=True)
class _Run:
    tasks: dict[SafeText, RepositoryTask]  # by the name of their repository
    watch: SweepObserver
    today: date
    done: dict[SafeText, RepositoryResult] = field(default_factory=dict)
    _reported_failure: bool = False

    def add(self, looked: RepositoryResult) -> None:
        self.done[looked.scanned.name] = looked
        if looked.key and not looked.again:
            self._keep(looked)
        self.watch.reported(looked, len(self.done))

    def _keep(self, looked: RepositoryResult) -> None:
        """Keeps what was found for the next sweep. If that cannot be written, the next one looks again."""
        try:
            keep(Path(self.tasks[looked.scanned.name].state), looked.key, looked.scanned, self.today)
        except OSError as error:
            if not self._reported_failure:
                self.watch.say(f"the results cannot be kept for --resume: {error.strerror}")
            self._reported_failure = True

    def go(self, pool: Pool) -> None:
        """Does all tasks; one that costs its worker is a row that says so."""
        try:
            results = pool.run(scan_repository, [*self.tasks.values()], lambda task: [task], lost, LIMITS, self.add)
        finally:
            pool.end(kill=True)
        for looked in results:
            if looked.scanned.name not in self.done:
                self.add(looked)


def sweep(options: SweepOptions, watch: SweepObserver, make_executor: MakeExecutor | None = None) -> int:
    """Scans the repositories and writes all files to the folder `out`. Gives the exit status: the gravest of all
    repositories. `make_executor` gives an executor with so many workers, on this machine or elsewhere; the files are
    the same. Raises UsageFault for what cannot be done at all, KeyboardInterrupt after what there is was written."""
    out = Path(options.out).resolve()
    repositories, notes = from_host(options.target) if options.from_host else sources(options.target, str(out))
    folder = Folder(out)
    with folder.locked():
        return _Sweep(options, watch, folder, repositories, notes).go(make_executor)


class _Sweep:
    """The sweep of the repositories, into a folder that is ours alone."""

    def __init__(
        self,
        options: SweepOptions,
        watch: SweepObserver,
        folder: Folder,
        repositories: Sequence[RepositorySource],
        notes: Sequence[str],
    ) -> None:
        self._options, self._watch, self._folder = options, watch, folder
        self._older, self._older_name = _older(options, folder)
        self._requests = _bytes(options.partner_requests) if options.partner_requests else b""
        self._notes = [*notes, *_beforehand(options, self._older, self._older_name)]
        today = options.today or date.today()
        self._run = _Run(_tasks(repositories, folder, options, today), watch, today)

    def go(self, make_executor: MakeExecutor | None) -> int:
        """Scans all, and writes the files also where that is broken off. Gives the exit status."""
        warm(self._options.rules)
        for sentence in self._notes:
            self._watch.say(sentence)
        repositories = len(self._run.tasks)
        self._watch.begun(repositories)
        try:
            self._run.go(Pool(min(self._options.jobs or processors(), repositories), make_executor))
        except UsageFault:  # there is nobody who could do it: all files stay as they were
            raise
        except BaseException:  # broken off: what there is is written
            self._write(complete=False)
            raise
        return self._write(complete=True)

    def _write(self, complete: bool) -> int:
        """Writes all files; the exit status."""
        options, older, name = self._options, self._older, self._older_name
        results = [_result(task, self._run.done.get(each), options) for each, task in self._run.tasks.items()]
        estate = Estate(tuple(results), __version__, complete, notes=tuple(map(redaction.message, self._notes)))
        if self._requests:
            estate = replace(estate, apps=app_uses(self._requests, options.partner_requests, estate.entries()))
        rows = table(estate, older.rows if older and name else None, name)
        changes = rows.changes if name or older is None else table(estate, older.rows).changes or None
        faults = self._folder.write(replace(estate, changes=changes, people=rows.people()), rows)
        self._watch.ended(estate)
        for sentence in faults:
            self._watch.say(sentence)
        skipped = SKIPPED if options.strict and any(each.failed and not each.empty for each in results) else 0
        return max(USAGE if faults else 0, skipped, *(each.status for each in results))


def _beforehand(options: SweepOptions, old: Sheet | None, name: str) -> Iterator[str]:
    """What is to be said of the older table and of the machine before anything is scanned."""
    if name and not options.merge:
        yield f"the entries that people made in {name} are carried over"
    if old is not None and old.formulas:
        yield f"{name}: {count(old.formulas, 'cell')} with a formula: the value last shown was used"
    if old is not None and old.macros:
        yield f"{name}: it contains macros, which were ignored"
    if git.program() is None:
        yield "git was not found: nothing can be cloned, and the last author of a file is not known"


def _older(options: SweepOptions, folder: Folder) -> tuple[Sheet | None, str]:
    """The table that is merged, and what faults call it: the one that was named, else the one that stands there
    already, if people wrote into it; of two the one that was changed last. One into which nobody wrote has no
    name: it only says what has changed since."""
    if options.merge:
        return sheet_of(_bytes(options.merge), options.merge), options.merge
    last: Sheet | None = None
    for name, data in folder.inventories():
        sheet = sheet_of(data, name)
        if written_by_people(sheet.rows):
            return sheet, name
        last = last or sheet
    return last, ""


def _tasks(
    repositories: Sequence[RepositorySource], folder: Folder, options: SweepOptions, today: date
) -> dict[SafeText, RepositoryTask]:
    fresh, cache = digest(options.rules), str(Path(options.cache).absolute())
    tasks = {}
    for source in repositories:
        file = folder.state_of(source.name)
        if not options.resume:
            with suppress(OSError):  # what is written later takes its place, or says that it cannot be written
                file.unlink(missing_ok=True)
        tasks[source.name] = RepositoryTask(source, options.settings_of, cache, str(file), fresh, today)
    return tasks


def _result(task: RepositoryTask, looked: RepositoryResult | None, options: SweepOptions) -> Scanned:
    if looked is None:
        reason = redaction.words("the sweep was interrupted before it reached this")
        return Scanned(task.source.name, task.source.shown, failed=reason)
    return finished(looked.scanned, options.rules)


def _bytes(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageFault(f"{file} cannot be read: {error.strerror}") from None
