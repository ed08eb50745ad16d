"""One run over one root: files in, a Report out.

discover, prefilter, read, the pure `pipeline`, triage. Whether a repository is a partner's is decided once, from all
its files: then all of its code is read; else only the files that pass the prefilter. The report is the same for any
number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pcmfa_lint import __version__
from pcmfa_lint.config import OWN_FILE, Settings
from pcmfa_lint.discovery.discover import Listing, has_reader, is_code
from pcmfa_lint.discovery.scope import Scope
from pcmfa_lint.engine.workers.file_ledger import FileLedger
from pcmfa_lint.engine.workers.first_look import FirstLook, of_others
from pcmfa_lint.engine.workers.prefilter import REMARKS, PrefilterPlan, make_plan, names_plan, paired
from pcmfa_lint.engine.workers.reading import Reading, limits_of
from pcmfa_lint.engine.workers.search import Search
from pcmfa_lint.engine.workers.third_party import ThirdParty
from pcmfa_lint.engine.workers.worker import ONLY_TEXT, PrefilterResult
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.report import Report
from pcmfa_lint.limits import CODE_CHARS, SPREAD_FILES, SUPPORT_ROUNDS
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pcmfa_lint.engine.workers.follow import FollowTask
    from pcmfa_lint.engine.workers.pool import Pool, Processes
    from pcmfa_lint.evidence.model import Evidence
    from pcmfa_lint.findings.model import Finding, RuleInfo
    from pcmfa_lint.ir.nodes import Unit
    from pcmfa_lint.knowledge.model import Knowledge
    from pcmfa_lint.triage.baseline import BaselineEntry


MakeExecutor = Callable[[int], "Executor | Processes"]
Progress = Callable[[str, int], None]  # what is being done now, and to how many files

Result = TypeVar("Result")


class ScanResult(NamedTuple):
    """A report, and the evidence that it was made from (None: no file was worth linking). Evidence is not masked: it
    may hold secrets, and no report may show it as it is."""

    report: Report
    evidence: Evidence | None = None
    units: Mapping[str, Unit] = MappingProxyType({})  # what was read, by path
    seeds: frozenset[str] = frozenset()  # those of them that passed the first look
    files: tuple[str, ...] = ()  # all that were listed


def load_knowledge(folders: Sequence[str]) -> Knowledge:
    """Our rules and catalog and those of the user's `folders`. Raises UsageFault with every fault there is."""
    from pathlib import Path

    from pcmfa_lint.knowledge import loader

    loaded = loader.load_knowledge([Path(folder) for folder in folders])
    if loaded.faults:
        raise UsageFault("\n".join(map(str, loaded.faults)))
    return loaded


def silent(stage: str, count: int) -> None:
    """Progress that nobody is told."""


class Run:
    """One run over one root, and what it has gathered so far. `units`: files that were read before and are looked at
    with the others."""

    def __init__(
        self,
        listing: Listing,
        scope: Scope,
        settings: Settings,
        progress: Progress = silent,
        *,
        make_executor: MakeExecutor | None = None,
        knowledge: Knowledge | None = None,
        units: Mapping[str, Unit] = MappingProxyType({}),
    ) -> None:
        self._listing = listing
        self._scope = scope
        self._settings = settings
        self._make_executor = make_executor
        self._pool_made: Pool | None = None
        self._search = Search(listing, settings, self._pool)
        self._third_party = ThirdParty(self._search, self._know)
        self._progress = progress
        self._knowledge = knowledge
        self._units: dict[str, Unit] = dict(units)
        self._seeds: frozenset[str] = frozenset()
        self._candidates: frozenset[str] = frozenset()
        self._ledger = FileLedger(listing, units)
        self._reading = Reading(listing, settings, self._ledger, self._pool, self._units)
        self._around: Sequence[str] | None = None
        self._notes = [*listing.notes, *_unused_configurations(listing.files)]
        self._entries: tuple[BaselineEntry, ...] = ()  # of the baseline
        self._text_only = self._lost = False
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

    def examined(self) -> ScanResult:
        """Does all stages."""
        return ScanResult(self.report(), self.evidence, self._units, self._seeds, self._listing.files)

    @property
    def lost_nothing(self) -> bool:
        """Whether no file was given up for what it cost."""
        return not (self._lost or self._search.lost or self._reading.lost)

    def key(self, *more: object) -> str:
        """The key that the report is kept under, "" where it is not, or is made in no time. `more`: what else it
        depends on."""
        look, others = self._look, self._others()
        unseen = others and not look.around.digests
        if unseen or not (self._settings.cache and (look.seeds or look.marked)):
            return ""
        from pcmfa_lint.engine.result_cache import key

        accepted = [self._scope.is_gone(each.path) for each in self._entries]
        return key(self._listing, self._scope, self._settings, others, look, accepted, *more)

    def report(self) -> Report:
        """Does all stages."""
        look = self._look
        self._candidates = frozenset((*look.seeds, *look.named.lost))
        self._read(look.seeds)
        self._seeds = frozenset(self._units)
        if look.marked:
            self._read_partners(look.named, look.around)
        findings = self._judge() if self._units else ()
        self._read(look.named.remarked)  # last: a suppression comment does not change what is linked
        return self._report(findings)

    @cached_property
    def _look(self) -> FirstLook:
        """The first look, at bytes."""
        if self._settings.baseline:
            from pcmfa_lint.triage.baseline import load

            self._entries = load(self._settings.baseline)
        if self._settings.rules:
            self._know()  # a fault in them is told even where nothing is found
        self._progress("looking at", len(self._listing.files))
        named = self._search(self._listing.files, self.plan, self._settings.cache)
        self._ledger.keep(named)
        around = self._look_around(named)
        seeds = (*named.seeds, *self._apart([*named.partial_matches, *around.partial_matches]))
        return FirstLook(named, around, seeds)

    def _pool(self) -> Pool:
        """The workers, made when the first task comes: most runs of a commit hook need none."""
        if self._pool_made is None:
            from pcmfa_lint.engine.workers.pool import Pool, processors

            self._pool_made = Pool(self._settings.jobs or processors(), self._make_executor)
        return self._pool_made

    def _know(self) -> Knowledge:
        if self._knowledge is None:
            self._knowledge = load_knowledge(self._settings.rules)
        return self._knowledge

    @cached_property
    def plan(self) -> PrefilterPlan:
        """The literals that are looked for in the first pass."""
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
            self._around = self._listing.around()
        return self._around

    def _look_around(self, named: PrefilterResult) -> PrefilterResult:
        is_needed = named.seeds or named.partial_matches or self._units or any(map(is_code, self._listing.files))
        if not is_needed or not self._others():
            return PrefilterResult()
        return of_others(self._search(self._others(), self.plan, self._settings.cache), named)

    def _read_partners(self, named: PrefilterResult, around: PrefilterResult) -> None:
        """Reads a partner's repository: all of its code, and what settings and sightings say. Where only some files
        are asked about, of the others those that they have to do with."""
        from pcmfa_lint.engine import own_code

        self._read(path for each in (named, around) for _, path in each.marked if has_reader(path))
        candidates = (*filter(is_code, self._listing.files), *named.touched, *around.touched)
        own = self._third_party.without(filter(self._ledger.is_open, candidates))
        self._read(path for path in own if not is_code(path))
        self._read(own_code.starters((*self._listing.files, *self._others()), self._know().catalog.files))
        self._read_code(own_code.nearest_first(filter(is_code, own), self._seeds))
        self._read(self._third_party.imported(self._units.values()))
        others = [path for path in self._others() if is_code(path)]
        if others:
            self._read_related(others)

    def _read_code(self, paths: Sequence[str]) -> None:
        """Reads code files in this order, as long as all of them are not too much."""
        from pcmfa_lint.engine import own_code

        size = own_code.size_of(self._units.values())
        for batch, left in own_code.batches(paths):
            if size > CODE_CHARS:
                self._notes.append(f"There is more code than is followed: {left} files were not read.")
                return
            self._read(batch)
            size += own_code.size_of(self._units[path] for path in batch if path in self._units)

    def _read_related(self, others: Sequence[str]) -> None:
        """Reads the files that have to do with the named ones, by the names that they share."""
        from pcmfa_lint.engine import support_files

        budget = self._settings.support_files
        searched: frozenset[str] = frozenset()
        for _ in range(SUPPORT_ROUNDS):
            names = support_files.names(self._units.values()) - searched
            plan = names_plan(names)
            rest = [path for path in others if self._ledger.is_open(path)]
            related = sorted(support_files.rare(self._search(rest, plan).passes)) if plan.literals and rest else []
            related = self._third_party.without(related)
            if len(related) > budget:
                self._notes.append(
                    f"Only {self._settings.support_files} other files that are related to these were read; "
                    f"{len(related) - budget} more might have been relevant."
                )
            self._read(related[:budget])
            budget -= len(related[:budget])
            searched |= names

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
        if fresh:
            self._progress("reading", len(fresh))
            self._reading(fresh)

    def _judge(self) -> tuple[Finding, ...]:
        from pcmfa_lint.engine.workers.follow import judged, load
        from pcmfa_lint.evidence.model import Evidence

        self._know()
        load()
        self._progress("linking", len(self._units))
        judged_items = self._follow(judged)
        if judged_items is None:
            self._text_only = self._lost = True
            reason = "The code could not be followed within the limits." + ONLY_TEXT
            self._ledger.skip(FileNote(path, reason) for path in sorted(self._seeds - self._ledger.skipped()))
        self.evidence, findings = judged_items or self._follow(judged) or (Evidence(()), ())
        self._notes += self.evidence.notes
        return findings

    def _follow(self, call: Callable[[FollowTask], Result]) -> Result | None:
        from pcmfa_lint.engine.workers.follow import FollowTask, follow

        def task() -> FollowTask:
            return FollowTask(tuple(self._units.values()), self._know(), self._text_only)

        def skip(notes: list[FileNote]) -> None:
            self._lost = True
            self._ledger.skip(notes)

        size = sum(len(line) for unit in self._units.values() for line in unit.lines)
        limits = limits_of(self._settings, len(self._units), size)
        return follow(self._pool(), call, task, limits, self._units, skip)

    def _report(self, findings: Sequence[Finding]) -> Report:
        named = {redaction.path(path) for path in self._units if self._scope.holds(path)}
        findings = [finding for finding in findings if finding.place.path in named]
        knowledge = self._know() if findings or self._settings.list_rules else None
        report = Report(
            root=redaction.path(os.path.basename(self._listing.root) or "/"),  # noqa: PTH119
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
    return [f"{path} is not used: only the one at the root applies, or --config FILE." for path in nested]


def _infos(knowledge: Knowledge, findings: Iterable[Finding], every: bool) -> tuple[RuleInfo, ...]:
    """The rules of the findings, or every rule."""
    from pcmfa_lint.findings.rule_info import rule_info

    hit = {finding.rule for finding in findings}
    return tuple(rule_info(rule) for rule in knowledge.rules if every or rule.id in hit)
