"""The ring around the pure stages: files in, a Report out, for one root.

discover, prefilter, read, the pure `pipeline`, triage. Whether a repository is a partner's is decided once, from all
its
files: then all of its code is read; else only the files that pass the prefilter. The report is the same for any number
of workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pcmfa_lint import __version__
from pcmfa_lint.config import OWN_FILE, Settings
from pcmfa_lint.discovery.discover import Found, discover, given, has_reader, is_code
from pcmfa_lint.discovery.scope import Scope
from pcmfa_lint.engine.file_ledger import FileLedger
from pcmfa_lint.engine.prefilter import REMARKS, Plan, make_plan, matcher, names_plan, paired
from pcmfa_lint.engine.worker import (
    ONLY_TEXT,
    PrefilterResult,
    PrefilterTask,
    ReadResult,
    ReadTask,
    prefilter_files,
    prefilter_stored,
    read_files,
)
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.report import Report
from pcmfa_lint.limits import SPREAD_FILES, SUPPORT_ROUNDS
from pcmfa_lint.processes.limits import Limits, of_file
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pcmfa_lint.engine.follow import FollowTask
    from pcmfa_lint.engine.pool import Pool, Processes
    from pcmfa_lint.evidence.model import Evidence
    from pcmfa_lint.findings.model import Finding, RuleInfo
    from pcmfa_lint.ir.nodes import Unit
    from pcmfa_lint.knowledge.model import Knowledge
    from pcmfa_lint.triage.baseline import Entry

FEW_FILES = 4_000  # up to here workers cost more (60 ms) than they save in the prefilter (16 µs a file)
SIFT_CHUNK = 250
SIFT_SECONDS = 100.0  # for one chunk; only a dead network drive takes longer than six times that

MakeExecutor = Callable[[int], "Executor | Processes"]
Progress = Callable[[str, int], None]  # what is being done now, and to how many files

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Examined:
    """A report, and the evidence that it was made from (None: no file was worth linking). Evidence is not masked: it
    may hold secrets, and no report may show it as it is."""

    report: Report
    evidence: Evidence | None = None
    units: Mapping[str, Unit] = field(default_factory=dict)  # what was read, by path
    seeds: frozenset[str] = frozenset()  # those of them that passed the first look
    files: tuple[str, ...] = ()  # all that were listed


def scan(
    paths: Sequence[str],
    settings: Settings,
    make_executor: MakeExecutor | None = None,
    progress: Progress = lambda stage, count: None,
) -> Report:
    """Scans the files at or below `paths`, which lie in one root. `make_executor` gives an executor with so many
    workers; without it processes of this machine are used. Raises UsageFault for wrong paths, rules and catalogs."""
    return examine(paths, settings, make_executor, progress).report


def scan_given(
    path: str,
    data: bytes,
    settings: Settings,
    progress: Progress = lambda stage, count: None,
) -> Report:
    """Scans one file as if it held `data`, such as the unsaved text of an editor; what it uses is read from the disk.
    Raises UsageFault if its folder is not there."""
    return examine([path], settings, None, progress, found=given(path, data, settings.exclude)).report


def examine(
    paths: Sequence[str],
    settings: Settings,
    make_executor: MakeExecutor | None = None,
    progress: Progress = lambda stage, count: None,
    knowledge: Knowledge | None = None,
    found: Found | None = None,
) -> Examined:
    """Does what `scan` does, and also gives what the code does, right or wrong. `knowledge`: what the settings' rules
    are, and `found`: the files, where they were loaded and listed before."""
    found = found or discover(paths, settings.exclude, settings.force_exclude)
    with Run(found, Scope(found.root, paths), settings, make_executor, progress, knowledge=knowledge) as run:
        report = run.report()
        return Examined(report, run.evidence, run.units, run.seeds, found.files)


def load_knowledge(folders: Sequence[str]) -> Knowledge:
    """Our rules and catalog and those of the user's `folders`. Raises UsageFault with every fault there is."""
    from pathlib import Path

    from pcmfa_lint.knowledge import loader

    loaded = loader.load_knowledge([Path(folder) for folder in folders])
    if loaded.faults:
        raise UsageFault("\n".join(map(str, loaded.faults)))
    return loaded


class Run:
    """One run over one root, and what it has gathered so far. `units`: files that were read before and are looked at
    with the others."""

    def __init__(
        self,
        found: Found,
        scope: Scope,
        settings: Settings,
        make_executor: MakeExecutor | None,
        progress: Progress,
        units: Mapping[str, Unit] = MappingProxyType({}),
        knowledge: Knowledge | None = None,
    ) -> None:
        self._found = found
        self._scope = scope
        self._settings = settings
        self._make_executor = make_executor
        self._pool_made: Pool | None = None
        self._progress = progress
        self._knowledge = knowledge
        self._units: dict[str, Unit] = dict(units)
        self._seeds: frozenset[str] = frozenset()
        self._candidates: frozenset[str] = frozenset()
        self._ledger = FileLedger(found, units)
        self._around: Sequence[str] | None = None
        self._notes = [*found.notes, *_unused_configurations(found.files)]
        self._entries: tuple[Entry, ...] = ()  # of the baseline
        self._text_only = False
        self.evidence: Evidence | None = None

    @property
    def knowledge(self) -> Knowledge | None:
        """The rules and the catalog, if they were needed."""
        return self._knowledge

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._pool_made is not None:
            self._pool_made.end(kill=kind is not None)

    @property
    def seeds(self) -> frozenset[str]:
        """The files that passed the first look."""
        return self._seeds

    @property
    def candidates(self) -> frozenset[str]:
        """The files whose bytes hold what is looked for, read or not."""
        return self._candidates

    @property
    def size_limit(self) -> int:
        """Bytes of a file that is read."""
        return self._settings.size_limit

    @property
    def units(self) -> Mapping[str, Unit]:
        """All files that were read so far."""
        return self._units

    def report(self) -> Report:
        """Does all stages."""
        if self._settings.baseline:
            from pcmfa_lint.triage.baseline import load

            self._entries = load(self._settings.baseline)
        if self._settings.rules or self._settings.list_rules:
            self._know()  # a fault in them is told even where nothing is found
        self._progress("looking at", len(self._found.files))
        prefiltered = self._prefilter(self._found.files, self.plan)
        self._ledger.keep(prefiltered)
        around = self._look_around(prefiltered)
        wanted = (*prefiltered.seeds, *self._apart([*prefiltered.partial_matches, *around.partial_matches]))
        self._candidates = frozenset((*wanted, *prefiltered.lost))
        self._read(wanted)
        self._seeds = frozenset(self._units)
        if prefiltered.marked or around.marked:
            self._read_partners(prefiltered, around)
        findings = self._judge() if self._units else ()
        self._read(prefiltered.remarked)  # last: a suppression comment does not change what is linked
        return self._made(findings)

    def _pool(self) -> Pool:
        """The workers, made when the first task comes: most runs of a commit hook need none."""
        if self._pool_made is None:
            from pcmfa_lint.engine.pool import Pool, processors

            self._pool_made = Pool(self._settings.jobs or processors(), self._make_executor)
        return self._pool_made

    def _know(self) -> Knowledge:
        if self._knowledge is None:
            self._knowledge = load_knowledge(self._settings.rules)
        return self._knowledge

    @cached_property
    def plan(self) -> Plan:
        """What is looked for in the first pass."""
        if self._knowledge:
            from pcmfa_lint.knowledge.loader import prefilter_of  # everything is loaded anyway

            spec = prefilter_of(self._knowledge)
        else:
            from pcmfa_lint.knowledge.prefilter_loader import load_prefilter

            spec = load_prefilter()
        return make_plan(spec.gates, [marker for marker in spec.markers if marker.kind == "partner"], REMARKS)

    def _others(self) -> Sequence[str]:
        """The files of the repository that nobody asked about."""
        if self._around is None:
            self._around = self._found.around()
        return self._around

    def _look_around(self, named: PrefilterResult) -> PrefilterResult:
        """What other files of the repository mean for the named ones: sightings, halves that complete theirs, settings
        that they may look up."""
        asked = named.seeds or named.partial_matches or self._units or any(map(is_code, self._found.files))
        if not asked or not self._others():
            return PrefilterResult()
        around = self._prefilter(self._others(), self.plan)
        begun = {gate for gate, _, _ in named.partial_matches}
        partial_matches = tuple(half for half in around.partial_matches if half[0] in begun)
        return PrefilterResult(marked=around.marked, partial_matches=partial_matches, touched=around.touched)

    def _read_partners(self, named: PrefilterResult, around: PrefilterResult) -> None:
        """Reads a partner's repository: all of its code, and what settings and sightings say. Where only some files
        are asked about, of the others those that they have to do with."""
        self._read(path for each in (named, around) for _, path in each.marked if has_reader(path))
        self._read((*filter(is_code, self._found.files), *named.touched, *around.touched))
        others = [path for path in self._others() if is_code(path)]
        if others:
            self._read_related(others)

    def _read_related(self, others: Sequence[str]) -> None:
        """Reads the files that have to do with the named ones, by the names that they share."""
        from pcmfa_lint.engine import support_files

        budget = self._settings.support_files
        known: frozenset[str] = frozenset()
        for _ in range(SUPPORT_ROUNDS):
            names = support_files.names(self._units.values()) - known
            plan = names_plan(names)
            rest = [path for path in others if self._ledger.is_open(path)]
            found = sorted(support_files.rare(self._prefilter(rest, plan).passes)) if plan.literals and rest else []
            if len(found) > budget:
                self._notes.append(
                    f"Only {self._settings.support_files} other files were read that have to do with these; "
                    f"{len(found) - budget} more might have told something."
                )
            self._read(found[:budget])
            budget -= len(found[:budget])
            known |= names

    def _prefilter(self, paths: Sequence[str], plan: Plan) -> PrefilterResult:
        stored = [path for path in paths if self._not_on_disk(path)]
        if not stored:
            return self._prefilter_disk(paths, plan)
        from pcmfa_lint.discovery.revisions import contents_of

        task = PrefilterTask(self._found.root, (), plan, self._settings.size_limit)
        look = prefilter_stored(task, contents_of(self._found, stored, self._settings.size_limit))
        return PrefilterResult.joined(
            [look, self._prefilter_disk([path for path in paths if not self._not_on_disk(path)], plan)]
        )

    def _not_on_disk(self, path: str) -> bool:
        return path in self._found.stored or path in self._found.held

    def _prefilter_disk(self, paths: Sequence[str], plan: Plan) -> PrefilterResult:
        def task(chunk: Sequence[str]) -> PrefilterTask:
            return PrefilterTask(self._found.root, tuple(chunk), plan, self._settings.size_limit)

        if len(paths) <= FEW_FILES:
            return prefilter_files(task(paths))
        matcher(plan).load()  # before the workers are forked
        tasks = [task(paths[at : at + SIFT_CHUNK]) for at in range(0, len(paths), SIFT_CHUNK)]
        results = self._pool().run(
            prefilter_files,
            tasks,
            lambda whole: [task([path]) for path in whole.paths],
            lambda one, reason: PrefilterResult(skipped=(FileNote(one.paths[0], reason),), lost=one.paths),
            Limits(SIFT_SECONDS, 6 * SIFT_SECONDS, self._settings.memory),
        )
        return PrefilterResult.joined(results)

    def _apart(self, partial_matches: Iterable[tuple[str, str, str]]) -> list[str]:
        """The files that only together meet a gate, such as an address in one and the grant in another."""
        files, cut = paired(partial_matches, SPREAD_FILES)
        if cut:
            self._notes.append(
                f"{cut} more files could belong to a sign-in that is spread over files; they were not read."
            )
        return files

    def _read(self, paths: Iterable[str]) -> None:
        fresh = self._ledger.take(paths)
        if not fresh:
            return
        self._progress("reading", len(fresh))
        data = self._data([path for path in fresh if self._not_on_disk(path)])

        def task(path: str, no_tree: str = "") -> ReadTask | None:
            if not self._not_on_disk(path):
                return ReadTask(self._found.root, (path,), self._settings.size_limit, (), no_tree)
            stored = ((path, data[path]),) if path in data else ()
            return ReadTask(self._found.root, (), self._settings.size_limit, stored, no_tree) if stored else None

        lost = self._read_each(filter(None, map(task, fresh)))
        self._ledger.skip(FileNote(note.path, note.reason + ONLY_TEXT) for note in lost)
        # One that stalls or crashes its parser gets none; what needs no tree is looked at all the same.
        self._read_each(filter(None, (task(note.path, note.reason) for note in lost)))

    def _read_each(self, tasks: Iterable[ReadTask]) -> list[FileNote]:
        """Reads files, each within its limits. Gives those that cost a worker, sorted."""
        results: list[ReadResult] = self._pool().run(
            read_files,
            list(tasks),
            lambda one: [one],
            lambda one, reason: ReadResult(lost=(FileNote(one.names[0], reason),)),
            self._limits(),
        )
        for result in results:
            self._units.update((unit.path, unit) for unit in result.units)
            self._ledger.skip(result.skipped)
        return sorted((note for result in results for note in result.lost), key=lambda note: note.path)

    def _limits(self, files: int = 0) -> Limits:
        """What one file may cost where so many files are followed together."""
        return of_file(self._settings.seconds + 0.1 * files, self._settings.memory * (2 if files else 1))

    def _data(self, paths: Sequence[str]) -> dict[str, bytes]:
        """What files hold that are not read from the disk. They were sifted, so they can be had."""
        if not paths:
            return {}
        from pcmfa_lint.discovery.revisions import contents_of

        got = contents_of(self._found, paths, self._settings.size_limit)
        return {each.path: each.data for each in got if each.data is not None}

    def _judge(self) -> tuple[Finding, ...]:
        from pcmfa_lint.engine.follow import judged, load
        from pcmfa_lint.evidence.model import Evidence

        self._know()
        load()
        self._progress("linking", len(self._units))
        found = self._follow(judged)
        if found is None:
            self._text_only = True
            reason = "The code could not be followed within the limits." + ONLY_TEXT
            self._ledger.skip(FileNote(path, reason) for path in sorted(self._seeds - self._ledger.skipped()))
        self.evidence, findings = found or self._follow(judged) or (Evidence(()), ())
        self._notes += self.evidence.notes
        return findings

    def _follow(self, call: Callable[[FollowTask], Result]) -> Result | None:
        from pcmfa_lint.engine.follow import FollowTask, follow

        def task() -> FollowTask:
            return FollowTask(tuple(self._units.values()), self._know(), self._text_only)

        return follow(self._pool(), call, task, self._limits(len(self._units)), self._units, self._ledger.skip)

    def _made(self, findings: Sequence[Finding]) -> Report:
        named = {redaction.path(path) for path in self._units if self._scope.holds(path)}
        findings = [finding for finding in findings if finding.place.path in named]
        knowledge = self._know() if findings or self._settings.list_rules else None
        report = Report(
            root=redaction.path(os.path.basename(self._found.root) or "/"),  # noqa: PTH119
            files=self._ledger.files(self._units.values(), frozenset(self._around or ())),
            rules=_infos(knowledge, findings, self._settings.list_rules) if knowledge else (),
            notes=tuple(map(redaction.message, self._notes)),
            version=__version__,
        )
        if not self._units and not self._entries:
            return report
        from pcmfa_lint.engine.triaged import triaged

        named_units = {path: unit for path, unit in self._units.items() if self._scope.holds(path)}
        return triaged(report, findings, named_units, self._entries, self._settings, self._scope)


def _unused_configurations(files: Iterable[str]) -> list[str]:
    """What to say of configuration files below the root."""
    nested = [path for path in files if path.endswith(f"/{OWN_FILE}")]
    return [f"{path} is not used: only the one at the root counts, or --config FILE." for path in nested]


def _infos(knowledge: Knowledge, findings: Iterable[Finding], every: bool) -> tuple[RuleInfo, ...]:
    """The rules of the findings, or every rule."""
    from pcmfa_lint.findings.rule_info import rule_info

    hit = {finding.rule for finding in findings}
    return tuple(rule_info(rule) for rule in knowledge.rules if every or rule.id in hit)
