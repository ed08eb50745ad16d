"""Decides which findings are reported: suppression comments, the baseline, levels by path, and what was asked for.
Pure.

Each finding goes one way: suppressed by a comment, else known from the baseline, else below what is reported, else
reported. A comment or an entry counts as used by a finding that would not be reported anyway: whether it can go does
not depend on the options of one run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from pcmfa_lint.config import PerPath
from pcmfa_lint.discovery.gitignore import Globs
from pcmfa_lint.evidence.levels import LEVELS, Level
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import Finding, SafeText, Suppression
from pcmfa_lint.findings.redaction import message
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.selectors import RuleNames
from pcmfa_lint.triage.baseline import BaselineEntry, Matched, match
from pcmfa_lint.triage.suppressions import SuppressionPolicy, silence

_TOLD = 20  # suppressions that need a look; the rest is counted


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that decide of a finding besides comments and baseline. `select`, `ignore`: words for rules; empty
    `select`: all. `moved`: for files that come from another path that path."""

    names: RuleNames
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_level: Level = "note"
    per_path: tuple[PerPath, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownFindings:
    """A baseline and the questions of `baseline.match`. `but`: words for rules of which it accepts nothing."""

    entries: tuple[BaselineEntry, ...] = ()
    but: tuple[str, ...] = ()
    is_gone: Callable[[str], bool] = field(default=lambda path: False)
    is_covered: Callable[[str], bool] = field(default=lambda path: True)


@dataclass(frozen=True, slots=True)
class Triaged:
    """Every finding in one of four lists, all suppressions, and what became of the baseline's entries."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    baselined: tuple[Finding, ...]
    below: tuple[Finding, ...]
    suppressions: tuple[Suppression, ...]
    baseline: Matched


def triage(
    findings: Sequence[Finding],
    units: Mapping[str, Unit],
    policy: SuppressionPolicy,
    rules: Rules,
    known: KnownFindings,
) -> Triaged:
    """Sorts findings, which come and stay in the order of their places. `units` by path: all files that may hold
    suppression comments."""
    suppressed, suppressions = _silenced(findings, units, policy)
    suppressed = suppressed if policy.counts else ()
    quiet = {id(finding) for finding in suppressed}
    unsuppressed = [each for each in findings if id(each) not in quiet]
    matched = match(known.entries, unsuppressed, known.is_gone, known.is_covered)
    accepted = tuple(each for each in matched.known if not _is_named(each.rule, known.but, rules.names))
    quiet.update(map(id, accepted))
    levels = LevelsByPath(rules.per_path, rules.names, rules.moved)
    reported: list[Finding] = []
    below: list[Finding] = []
    for finding in (each for each in findings if id(each) not in quiet):
        level = levels.level(finding)
        leveled = finding if level in ("off", finding.level) else replace(finding, level=level)  # type: ignore[arg-type]
        (reported if level != "off" and _is_told(leveled, rules) else below).append(leveled)
    return Triaged(tuple(reported), suppressed, accepted, tuple(below), suppressions, matched)


class LevelsByPath:
    """The levels that the configuration sets for some paths. Of a file that comes from another path, which `moved`
    gives, the higher of both levels counts."""

    def __init__(
        self, per_path: Sequence[PerPath], names: RuleNames, moved: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._tables = [(Globs(each.path), each) for each in per_path]
        self._names = names
        self._moved = moved

    def level(self, finding: Finding) -> str:
        """The level of a finding, or `off`."""
        path = finding.place.path
        paths = (path, self._moved.get(path, path))
        return max((self.lowered(each, finding.rule, finding.level)[0] for each in paths), key=_rank)

    def lowered(self, path: str, rule: str, level: str) -> tuple[str, tuple[str | int, ...]]:
        """The level of a rule in a file, or `off`, and the key that decides: () for none."""
        decides: tuple[str | int, ...] = ()
        for number, (globs, table) in enumerate(self._tables):
            if not globs.match(path):
                continue
            levels: list[tuple[str, tuple[str | int, ...]]] = [
                *(("off", ("per-path", number, "ignore", index)) for index, _ in self._meeting(table.ignore, rule)),
                *(
                    (table.level[word], ("per-path", number, "level", word))
                    for _, word in self._meeting(table.level, rule)
                ),
            ]
            for lower, key in levels:
                if _rank(lower) < _rank(level):
                    level, decides = lower, key
        return level, decides

    def _meeting(self, words: Iterable[str], rule: str) -> list[tuple[int, str]]:
        return [(index, word) for index, word in enumerate(words) if self._names.meets(word, rule)]


def notes(triaged: Triaged, whole_root: bool) -> tuple[SafeText, ...]:
    """Remarks for users: on suppressions that silence nothing, and entries that match nothing. `whole_root`: the run
    saw the whole root; only then can it say of a suppression that it is unused."""
    remarks = [text for each in triaged.suppressions for text in _remarks(each, whole_root)]
    if len(remarks) > _TOLD:
        rest = len(remarks) - _TOLD
        remarks = [*remarks[:_TOLD], f"{rest} more suppressions need a look: pcmfa-lint suppressions lists them."]
    if stale := len(triaged.baseline.stale):
        entries = "1 entry of the baseline matches" if stale == 1 else f"{stale} entries of the baseline match"
        remarks.append(f"{entries} nothing anymore: pcmfa-lint baseline prune removes fixed findings.")
    return tuple(map(message, remarks))


def _remarks(each: Suppression, whole_root: bool) -> list[str]:
    where, rules = f"{each.path}:{each.line}", ", ".join(each.rules)
    if each.state == "malformed":
        return [f"{where}: this suppression has no effect: {each.fault}{'' if each.fault.endswith('?') else '.'}"]
    if each.state == "expired":
        return [f"{where}: the suppression of {rules} ended on {each.until}; it has no effect anymore."]
    if each.state == "unused" and whole_root:
        return [f"{where}: the suppression of {rules} has no effect; it can be removed."]
    if each.unused and whole_root:
        return [f"{where}: {', '.join(each.unused)} in the suppression of {rules} has no effect."]
    return []


def _silenced(
    findings: Iterable[Finding], units: Mapping[str, Unit], policy: SuppressionPolicy
) -> tuple[tuple[Finding, ...], tuple[Suppression, ...]]:
    """The findings that comments silence, in order, and all suppressions by path and line."""
    by_path: dict[SafeText, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_path[finding.place.path].append(finding)
    suppressed: list[Finding] = []
    suppressions: list[Suppression] = []
    for path in sorted(units):
        quiet, states = silence(units[path], by_path.get(redaction.path(path), []), policy)
        suppressed += quiet
        suppressions += states
    return tuple(suppressed), tuple(suppressions)


def _is_told(finding: Finding, rules: Rules) -> bool:
    """Whether `min_level`, `select` and `ignore` leave a finding in."""
    level = LEVELS.index(finding.level) >= LEVELS.index(rules.min_level)
    selected = not rules.select or _is_named(finding.rule, rules.select, rules.names)
    return level and selected and not _is_named(finding.rule, rules.ignore, rules.names)


def _is_named(rule: str, words: Iterable[str], names: RuleNames) -> bool:
    return any(names.meets(word, rule) for word in words)


def _rank(level: str) -> int:
    """How high a level is; `off` is lowest."""
    return -1 if level == "off" else LEVELS.index(level)
