"""The HTML report of one run. Findings are grouped by rule and by fix, so that what is the same for many of them is
there once. What all pages share is in `page.py`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TextIO

from pcmfa_lint.evidence.levels import LEVELS
from pcmfa_lint.findings.model import Finding, Report, RuleInfo
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.page import write_page
from pcmfa_lint.report.words import BLIND_SPOT, BROKE_OFF, files_line, not_shown, verdict


@dataclass(frozen=True, slots=True)
class _Fix:
    """The findings of a rule that have one fix."""

    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one rule. `level` is the highest of theirs."""

    rule: str
    title: str
    level: str
    why: str
    references: tuple[str, ...]
    fixes: tuple[_Fix, ...]
    count: int


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write the page. With `options.link_base` places are links into the code."""
    write_page(
        "report.html.j2",
        stream,
        scripts=("report.js",),
        report=report,
        link_base=options.link_base,
        groups=_groups(report),
        levels=LEVELS[::-1],
        silenced=_silenced(report),
        reasons={print_: each.reason for each in report.suppressions for print_ in each.silences if each.reason},
        sentences={"verdict": verdict(report), "aside": not_shown(report), "files": files_line(report)},
        broke_off=BROKE_OFF,
        blind_spot=BLIND_SPOT,
    )


def _groups(report: Report) -> list[_Group]:
    rules = {rule.id: rule for rule in report.rules}
    findings = sorted(report.findings, key=lambda finding: (finding.rule, finding.place))
    groups = [_group(id_, list(same), rules.get(id_)) for id_, same in groupby(findings, lambda each: each.rule)]
    return sorted(groups, key=lambda group: (-_rank(group.level), group.rule))


def _group(id_: str, findings: list[Finding], rule: RuleInfo | None) -> _Group:
    by_fix: dict[str, list[Finding]] = {}
    for finding in findings:
        by_fix.setdefault(finding.fix, []).append(finding)
    return _Group(
        id_,
        rule.title if rule else findings[0].name,
        max((finding.level for finding in findings), key=_rank),
        findings[0].why,
        rule.references if rule else (),
        tuple(_Fix(text, tuple(same)) for text, same in by_fix.items()),
        len(findings),
    )


def _rank(level: str) -> int:
    return [*LEVELS].index(level)  # type: ignore[arg-type]


def _silenced(report: Report) -> list[tuple[str, list[Finding]]]:
    lists = (
        ("Suppressed", report.suppressed),
        ("In the baseline", report.baselined),
        ("Below level", report.below),
    )
    return [(name, sorted(silenced, key=lambda each: (each.place, each.rule))) for name, silenced in lists if silenced]
