"""What is new: the findings of a state of a repository that an earlier state does not have.

Both states are judged: the files that differ, each in its own state, together with the files that are the same. So a
change in one file that makes another one wrong is new, and a moved line is not. Lines of a diff would show neither, nor
anything of a file in UTF-16, which git takes for binary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import VENDORED, Found, discover, others, root_of, shown
from pcmfa_lint.discovery.gitignore import Ignore
from pcmfa_lint.discovery.revisions import Index, base_of, commit_of, index_of, is_merging, tree_of
from pcmfa_lint.discovery.scope import Scope
from pcmfa_lint.engine.scan import MakeExecutor, Progress, Run
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings.model import Finding, Report
from pcmfa_lint.triage.baseline import entries_of, match

if TYPE_CHECKING:
    from pcmfa_lint.ir.nodes import Unit

STORED = "stored-credential"  # the class whose findings are new when what is stored has changed


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: the work tree, or the index if `staged`, with where HEAD left `since`, or with HEAD itself."""

    since: str = ""
    staged: bool = False


def scan_new(
    paths: Sequence[str],
    settings: Settings,
    asked: Asked,
    make_executor: MakeExecutor | None = None,
    progress: Progress = lambda stage, count: None,
) -> Report:
    """As `scan.scan`, and what is not new is in the list of known findings. Raises UsageFault also where git cannot
    tell what has changed."""
    root, git = root_of(paths)
    if not git:
        raise UsageFault(f"{shown(root)} is no work tree of git, so nobody knows what is new in it")
    commit = base_of(root, asked.since) if asked.since else commit_of(root, "HEAD")
    base, index = tree_of(root, commit) if commit else {}, index_of(root)
    head = _staged(root, settings, base, index) if asked.staged else _work_tree(root, paths, settings, base, index)
    scope = Scope(root, paths, head.files)
    if asked.staged:
        head = replace(head, files=tuple(path for path in head.files if scope.holds(path)))
    with Run(head, scope, settings, make_executor, progress) as run:
        report = run.report()
        units = run.units
    old: tuple[Finding, ...] = ()
    if report.findings and base:
        same = {path for path, name in base.items() if index.files.get(path) == name}
        same = same if asked.staged else same - index.apart
        found = _before(root, base, same, head.stored, settings)
        every = replace(settings, select=(), ignore=(), min_level="note", baseline="", per_path=(), list_rules=False)
        kept = {path: unit for path, unit in units.items() if path in same}
        with Run(found, Scope(root, [root]), every, make_executor, progress, kept) as run:
            earlier, before = run.report(), run.units
        is_gone = (lambda path: path not in index.files) if asked.staged else scope.is_gone
        old = known(report, earlier, is_gone, _Texts(units), _Texts(before))
    return _told(report, old, asked, commit, len(head.files))


def known(
    report: Report,
    earlier: Report,
    is_gone: Callable[[str], bool],
    text: Callable[[Finding], str],
    text_before: Callable[[Finding], str],
) -> tuple[Finding, ...]:
    """The findings of `report` that `earlier` has too. `is_gone` says of an earlier path that there is no such file
    any more: it may have been renamed. A stored credential is known only if its code, unmasked, is still the same."""
    stored = {rule.id for rule in report.rules if rule.family == STORED}
    left = Counter((each.rule, text_before(each)) for each in earlier.findings if each.rule in stored)
    same = []
    for finding in match(entries_of(earlier.findings), report.findings, is_gone, lambda path: True).known:
        if finding.rule in stored:
            if not left[finding.rule, text(finding)]:
                continue
            left[finding.rule, text(finding)] -= 1
        same.append(finding)
    return tuple(same)


class _Texts:
    """The lines of a finding as they stand in its file, without blanks."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self._units = units

    def __call__(self, finding: Finding) -> str:
        unit, span = self._units.get(finding.place.path), finding.place.span
        return "".join("".join(unit.lines[span.line - 1 : span.end_line]).split()) if unit else ""


def _work_tree(root: str, paths: Sequence[str], settings: Settings, base: Mapping[str, str], index: Index) -> Found:
    """The files of the work tree that differ from the base, new ones among them."""
    found = discover(paths, settings.exclude, settings.force_exclude)

    def differs(path: str) -> bool:
        return path not in index.files or path in index.apart or index.files[path] != base.get(path)

    files = tuple(filter(differs, found.files))
    return replace(found, files=files, around=lambda: others(root, files))


def _staged(root: str, settings: Settings, base: Mapping[str, str], index: Index) -> Found:
    """The files of the index that differ from the base. All that may differ from the work tree are read from git."""
    if is_merging(root):
        raise UsageFault("the index holds files that are not merged yet; resolve the conflict first")
    kept = {path: name for path, name in index.files.items() if not VENDORED.search(path)}
    files = tuple(sorted(path for path, name in kept.items() if base.get(path) != name))
    stored = {path: kept[path] for path in {*files, *index.apart} if path in kept}
    rest = sorted(kept.keys() - set(files))
    return Found(root, files, (), (), Ignore(settings.exclude), (), lambda: rest, stored)


def _before(
    root: str, base: Mapping[str, str], same: Collection[str], stored: Collection[str], settings: Settings
) -> Found:
    """The files of the base: what differs is read from git, what is the `same` from where it is read now."""
    files = tuple(sorted(path for path in base if path not in same and not VENDORED.search(path)))
    objects = {path: base[path] for path in {*files, *stored} if path in base}
    around = sorted(path for path in same if not VENDORED.search(path))
    return Found(root, files, (), (), Ignore(settings.exclude), (), lambda: around, objects)


def _told(report: Report, old: Sequence[Finding], asked: Asked, commit: str, count: int) -> Report:
    """The report with known findings in their list, and a note on what was compared."""
    ids = set(map(id, old))
    state, base = "the index" if asked.staged else "the work tree", asked.since or "HEAD"
    against = f"{base} ({commit[:12]})" if commit else "nothing, since there is no commit yet"
    differing = "1 file differs" if count == 1 else f"{count:,} files differ"
    kept = f"; {len(old):,} findings that were there before count as known" if old else ""
    return replace(
        report,
        findings=tuple(each for each in report.findings if id(each) not in ids),
        baselined=tuple(sorted((*report.baselined, *old), key=lambda each: (each.place, each.rule))),
        notes=(f"Compared {state} with {against}: {differing}{kept}.", *report.notes),
    )
