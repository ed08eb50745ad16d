"""The CSV report: a table for spreadsheets, RFC 4180 in UTF-8, one row a finding and one for a file that was not read.

A cell that a spreadsheet would run as a formula gets an apostrophe before it. Columns keep their names and order; new
ones are added at the end.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from pcmfa_lint.findings.model import Finding, Report, ShownFile
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.words import cell

_FACTS = ("flow", "audience", "host", "account", "account-kind", "secret", "secret-kind", "function", "sure")
COLUMNS = (
    *("state", "level", "rule", "name", "class", "path", "line", "column", "end_line", "end_column", "message"),
    *(fact.replace("-", "_") for fact in _FACTS),
    *("language", "fingerprint"),
)


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write the table. `state` is `reported`, `skipped` or `partly-read`; with `options.include_suppressed` also
    `suppressed` and `baselined`."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(text) for text in row] for row in _rows(report, options))


def _rows(report: Report, options: ReportOptions) -> Iterator[tuple[str, ...]]:
    families = {rule.id: rule.family for rule in report.rules}
    states: list[tuple[str, Iterable[Finding]]] = [("reported", report.findings)]
    if options.include_suppressed:
        states += [("suppressed", report.suppressed), ("baselined", report.baselined)]
    for state, findings in states:
        for finding in sorted(findings, key=lambda each: (each.place, each.rule)):
            yield _row(state, finding, families.get(finding.rule, ""))
    for state, notes in (("skipped", report.files.skipped), ("partly-read", report.files.partly)):
        yield from (_note(state, note) for note in sorted(notes, key=lambda each: (each.path, each.line)))


def _row(state: str, finding: Finding, family: str) -> tuple[str, ...]:
    span, facts = finding.place.span, dict(finding.properties)
    return (
        *(state, finding.level, finding.rule, finding.name, family, finding.place.path),
        *(str(span.line), str(span.col), str(span.end_line), str(span.end_col), finding.message),
        *(facts.get(fact, "") for fact in _FACTS),
        *(finding.language, finding.fingerprint),
    )


def _note(state: str, note: ShownFile) -> tuple[str, ...]:
    cells = {"state": state, "path": note.path, "line": str(note.line or ""), "message": note.reason}
    return tuple(cells.get(column, "") for column in COLUMNS)
