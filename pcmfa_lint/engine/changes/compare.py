"""New findings: those of a state of a repository that an earlier state does not have.

Both states are judged: the files that differ, each in its own state, together with the files that are the same. So a
change in one file that makes another one wrong is new, and a moved line is not. Lines of a diff would show neither, nor
anything of a file in UTF-16, which git takes for binary.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import VENDORED, Listing, discover, has_reader, others, printable, root_of
from pcmfa_lint.discovery.gitignore import Ignore
from pcmfa_lint.discovery.revisions import Content, StagedTree, Tree, base_of, commit_of, index_of, is_merging, tree_of
from pcmfa_lint.discovery.scope import Scope
from pcmfa_lint.engine.changes.evasion import ComparedStates, Unhidden, unhidden, unreadable
from pcmfa_lint.engine.changes.unread import by_path, doubtful, exhausted, garbled, not_understood, vanished
from pcmfa_lint.engine.policy import TRUST
from pcmfa_lint.engine.result_cache import ResultCache
from pcmfa_lint.engine.run import Progress, Run, silent
from pcmfa_lint.engine.workers.prefilter import PrefilterPlan
from pcmfa_lint.engine.workers.worker import PrefilterTask, prefilter_stored
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import NOTHING, Finding, Report, ShownFile, ShownPlace, Suppression
from pcmfa_lint.findings.redaction import filled, message
from pcmfa_lint.source.file_note import FileNote
from pcmfa_lint.triage.baseline import entries_of, match

if TYPE_CHECKING:
    from pcmfa_lint.evidence.model import Evidence
    from pcmfa_lint.ir.nodes import Unit

_COMPARED = redaction.words("Compared {0} with {1} ({2}): {3}")
_NOT_COMPARED = redaction.words("Compared {0} with nothing, since there is no commit yet: {1}")
STORED = "stored-credential"  # the class whose findings are new when what is stored has changed


@dataclass(frozen=True, slots=True)
class Comparison:
    """The states that are compared: the work tree, or the index if `staged`, with where HEAD left `since`, or with HEAD
    itself. `trusted`: what the change itself suppresses, moves out of sight or makes unreadable is taken as it is."""

    since: str = ""
    staged: bool = False
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class _States:
    """What is compared, and with what: `head` are the files that differ."""

    comparison: Comparison
    commit: str
    base: Tree
    index: StagedTree
    head: Listing
    scope: Scope

    def same(self) -> set[str]:
        """The files that the base has too, with the same content."""
        same = {path for path, name in self.base.files.items() if self.index.files.get(path) == name}
        return same if self.comparison.staged else same - self.index.apart

    def is_gone(self, path: str) -> bool:
        """Whether there is no such file any more."""
        return path not in self.index.files if self.comparison.staged else self.scope.is_gone(path)


def scan_new(paths: Sequence[str], settings: Settings, comparison: Comparison, progress: Progress = silent) -> Report:
    """Does what `scan.scan` does, and what is not new is in the list of known findings. Raises UsageFault also where
    git cannot tell what has changed."""
    states, hidden = _compared(paths, settings, comparison)
    judged = (
        settings
        if hidden is None
        else replace(settings, comments=False, never_accepted=(STORED,), moved=hidden.old_names)
    )
    with Run(states.head, states.scope, judged, progress) as run:
        key = _key(run, states) if hidden is None else ""
        if key and (cached := ResultCache().read(Report, key)):
            return cached
        report = run.report()
        lost = () if hidden is None else _lost(hidden, states, report, run)
        suspects = [] if hidden is None else doubtful(run.units[path] for path in _changed(states, run))
        spent = () if hidden is None else exhausted(_changed(states, run), report.notes)
        evidence = run.evidence
    before = _Before({}, Report(NOTHING))
    if (report.findings or report.below or suspects or spent) and states.base.files:
        before = _judged_before(states, settings, run, progress)
    texts = _Texts(run.units, evidence), _Texts(before.units, before.evidence)
    if hidden is not None:
        report = _with_comments(report, before.report, states.is_gone, *texts)
        unread = _unread(report, before, states, suspects, run.plan)
        spent = tuple(each for each in spent if not exhausted([each.path], before.report.notes))
        more = map(redaction.file_note, (*unread, *spent))
        report = replace(report, files=replace(report.files, unread=_sorted((*lost, *more))))
        report = replace(report, notes=(*map(message, hidden.notes), *report.notes))
    old = also_before(report.findings, before.report.findings, _stored(report), states.is_gone, *texts)
    result = _with_known(report, old, states)
    if run.lost_nothing and before.lost_nothing:
        ResultCache().write(key, result)
    return result


def _key(run: Run, states: _States) -> str:
    """What the result is kept under: the base is all that a commit holds, less what is gone by now."""
    deleted = tuple(path for path in states.base.files if states.is_gone(path))
    return run.key(astuple(states.comparison), states.commit, deleted)


@dataclass(frozen=True, slots=True)
class _Before:
    """What was read of the base, and what was found in it."""

    units: Mapping[str, Unit]
    report: Report
    evidence: Evidence | None = None
    lost_nothing: bool = True


def _judged_before(states: _States, settings: Settings, now: Run, progress: Progress) -> _Before:
    """Judges the base by the same rules. `now`: the run on the change, which has read files that are the same."""
    same = states.same()
    every = replace(settings, select=(), ignore=(), min_level="note", baseline="", per_path=(), list_rules=False)
    unchanged = {path: unit for path, unit in now.units.items() if path in same}
    everywhere = Scope(states.head.root, [states.head.root])
    files, rules = _files_of_base(states, same, settings), now.knowledge
    with Run(files, everywhere, every, progress, knowledge=rules, units=unchanged) as run:
        report = run.report()
        return _Before(run.units, report, run.evidence, run.lost_nothing)


def _compared(paths: Sequence[str], settings: Settings, comparison: Comparison) -> tuple[_States, Unhidden | None]:
    """The two states, and what the change has hidden, unless that is not asked."""
    root, git = root_of(paths)
    if not git:
        raise UsageFault(f"{printable(root)} is not a git work tree, so there is nothing to compare with")
    commit = base_of(root, comparison.since) if comparison.since else commit_of(root, "HEAD")
    base, index = tree_of(root, commit), index_of(root)
    if comparison.staged:
        head = _staged(root, settings, base, index)
        scope = Scope(root, paths, head.files)
        head = head._replace(files=tuple(path for path in head.files if scope.holds(path)))
        return _States(comparison, commit, base, index, head, scope), None
    head = _work_tree(root, paths, settings, base, index)
    scope = Scope(root, paths, head.files)
    if comparison.trusted:
        return _States(comparison, commit, base, index, head, scope), None
    change = ComparedStates(root, commit, base, index, scope.holds, settings.size_limit)
    hidden = unhidden(head, change)
    files = hidden.listing.files
    head = hidden.listing._replace(around=lambda: others(root, files))
    return _States(comparison, commit, base, index, head, Scope(root, paths, files)), replace(hidden, listing=head)


def _lost(hidden: Unhidden, states: _States, report: Report, run: Run) -> tuple[ShownFile, ...]:
    """The changed files that hold what is looked for, or may, and were not read at all."""
    plan, limit = run.plan, run.size_limit

    def is_meant(path: str, data: bytes) -> bool:
        look = prefilter_stored(PrefilterTask(states.head.root, (), plan, limit), [Content(path, data, len(data))])
        return bool(look.seeds or look.lost or look.partial_matches)

    change = ComparedStates(states.head.root, states.commit, states.base, states.index, states.scope.holds, limit)
    changed = frozenset(states.head.files) & run.candidates
    changed_paths = {redaction.path(path) for path in changed if has_reader(path)}
    skipped = [note for note in report.files.skipped if note.path in changed_paths]
    units = [run.units[path] for path in _changed(states, run)]
    taken_away, unclear = unreadable(change, hidden, is_meant), garbled(units, plan)
    return (*map(redaction.file_note, taken_away), *skipped, *map(redaction.file_note, unclear))


def _changed(states: _States, run: Run) -> list[str]:
    """The changed files that were read for their own sake."""
    return sorted(frozenset(states.head.files) & run.candidates & run.units.keys())


def _unread(
    report: Report, before: _Before, states: _States, suspects: list[Unit], plan: PrefilterPlan
) -> Iterator[FileNote]:
    """The changed files that were read, and not as a whole where it matters."""
    if suspects:
        now = (*report.findings, *report.baselined, *report.suppressed, *report.below)
        fixed = vanished(now, (*before.report.findings, *before.report.suppressed))
        yield from not_understood(suspects, by_path(before.units, states.is_gone), plan, fixed)


def _sorted(notes: Iterable[ShownFile]) -> tuple[ShownFile, ...]:
    """One note for each file, by path."""
    first: dict[str, ShownFile] = {}
    for note in notes:
        first.setdefault(note.path, note)
    return tuple(first[path] for path in sorted(first))


def _with_comments(
    report: Report,
    earlier: Report,
    is_gone: Callable[[str], bool],
    text: Callable[[Finding], str],
    text_before: Callable[[Finding], str],
) -> Report:
    """The report, in which comments silence only what comments silenced before. What else they would is noted."""
    silenced = {print_ for each in report.suppressions for print_ in each.silences}
    in_question = [each for each in (*report.findings, *report.below) if each.fingerprint in silenced]
    quiet = also_before(in_question, earlier.suppressed, _stored(report), is_gone, text, text_before)
    quiet_prints = {each.fingerprint for each in quiet}
    new = [each for each in report.suppressions if not quiet_prints.issuperset(each.silences)]
    notes = [f"{each.path}:{each.line}: this change suppresses {', '.join(each.rules)}" for each in new]
    return replace(
        report,
        findings=tuple(each for each in report.findings if each.fingerprint not in quiet_prints),
        below=tuple(each for each in report.below if each.fingerprint not in quiet_prints),
        suppressed=tuple(sorted(quiet, key=lambda each: (each.place, each.rule))),
        suppressions=tuple(_counted(each, quiet_prints) for each in report.suppressions),
        notes=(*(message(f"{line}, which has no effect; {TRUST}.") for line in notes), *report.notes),
    )


def _counted(suppression: Suppression, fingerprints: Collection[str]) -> Suppression:
    """A suppression with what it really silences."""
    silences = tuple(each for each in suppression.silences if each in fingerprints)
    unused = suppression.state == "used" and not silences
    return replace(suppression, silences=silences, state="unused" if unused else suppression.state)


def _stored(report: Report) -> frozenset[str]:
    """The rules on stored credentials."""
    return frozenset(rule.id for rule in report.rules if rule.family == STORED)


def also_before(
    findings: Sequence[Finding],
    earlier: Sequence[Finding],
    stored: Collection[str],
    is_gone: Callable[[str], bool],
    text: Callable[[Finding], str],
    text_before: Callable[[Finding], str],
) -> tuple[Finding, ...]:
    """Those of `findings` that `earlier` has too. `is_gone` says of an earlier path that there is no such file any
    more: it may have been renamed. Of the rules in `stored` a finding is known only if its code, unmasked, is still the
    same."""
    left = Counter((each.rule, text_before(each)) for each in earlier if each.rule in stored)
    same = []
    for finding in match(entries_of(earlier), findings, is_gone, lambda path: True).known:
        if finding.rule in stored:
            if not left[finding.rule, text(finding)]:
                continue
            left[finding.rule, text(finding)] -= 1
        same.append(finding)
    return tuple(same)


class _Texts:
    """The lines of a finding as they stand in its file, without blanks, and the secrets that it is about: they may be
    put together from what stands elsewhere."""

    def __init__(self, units: Mapping[str, Unit], evidence: Evidence | None) -> None:
        self._units = {redaction.path(path): unit for path, unit in units.items()}
        self._written: dict[ShownPlace, set[str]] = defaultdict(set)
        for item in evidence.items if evidence is not None else ():
            if written := getattr(item, "written", ""):
                self._written[redaction.place(item.at)].add(written)

    def __call__(self, finding: Finding) -> str:
        unit, span = self._units.get(finding.place.path), finding.place.span
        lines = "".join("".join(unit.lines[span.line - 1 : span.end_line]).split()) if unit else ""
        return "\0".join((lines, *sorted(self._written.get(finding.place, ()))))


def _work_tree(root: str, paths: Sequence[str], settings: Settings, base: Tree, index: StagedTree) -> Listing:
    """The files of the work tree that differ from the base, new ones among them."""
    listing = discover(paths, settings.exclude, settings.force_exclude)

    def differs(path: str) -> bool:
        return path not in index.files or path in index.apart or index.files[path] != base.files.get(path)

    files = tuple(filter(differs, listing.files))
    return listing._replace(files=files, around=lambda: others(root, files))


def _staged(root: str, settings: Settings, base: Tree, index: StagedTree) -> Listing:
    """The files of the index that differ from the base. All that may differ from the work tree are read from git."""
    if is_merging(root):
        raise UsageFault("the index contains unmerged files; resolve the conflict first")
    own_files = {path: name for path, name in index.files.items() if not VENDORED.search(path)}
    files = tuple(sorted(path for path, name in own_files.items() if base.files.get(path) != name))
    stored = {path: own_files[path] for path in {*files, *index.apart} if path in own_files}
    rest = sorted(own_files.keys() - set(files))
    return Listing(root, files, (), (), Ignore(settings.exclude), (), lambda: rest, stored)


def _files_of_base(states: _States, same: Collection[str], settings: Settings) -> Listing:
    """The files of the base: what differs is read from git, what is the `same` from where it is read now."""
    base = states.base.files
    files = tuple(sorted(path for path in base if path not in same and not VENDORED.search(path)))
    objects = {path: base[path] for path in {*files, *states.head.stored} if path in base}
    around = sorted(path for path in same if not VENDORED.search(path))
    return Listing(states.head.root, files, (), (), Ignore(settings.exclude), (), lambda: around, objects)


def _with_known(report: Report, old: Sequence[Finding], states: _States) -> Report:
    """The report with known findings in their list, and a note on what was compared."""
    ids, count = set(map(id, old)), len(states.head.files)
    state = message("the index" if states.comparison.staged else "the work tree")
    against, commit = message(states.comparison.since or "HEAD"), redaction.commit(states.commit)
    differing = "1 file differs" if count == 1 else f"{count:,} files differ"
    before = (
        "1 finding that was there before counts"
        if len(old) == 1
        else f"{len(old):,} findings that were there before count"
    )
    rest = message(f"{differing}; {before} as known." if old else f"{differing}.")
    note = filled(_COMPARED, state, against, commit, rest) if commit else filled(_NOT_COMPARED, state, rest)
    return replace(
        report,
        findings=tuple(each for each in report.findings if id(each) not in ids),
        baselined=tuple(sorted((*report.baselined, *old), key=lambda each: (each.place, each.rule))),
        notes=(note, *report.notes),
    )
