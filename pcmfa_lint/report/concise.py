"""The concise report: one line a finding, as compilers write them, for editors, `grep` and a quick look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from pcmfa_lint.findings.report import Report
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.text import headline, write_lines
from pcmfa_lint.report.words import BROKE_OFF, clean, files_line, not_shown, verdict


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write findings by place, then the summary in three lines."""
    write_lines(_lines(report, options), stream, options)


def _lines(report: Report, options: ReportOptions) -> Iterator[str]:
    titles = {rule.id: rule.title for rule in report.rules}
    for finding in sorted(report.findings, key=lambda each: (each.place, each.rule)):
        yield headline(finding, titles.get(finding.rule, finding.name))
    if options.summary:
        yield from (verdict(report), not_shown(report), files_line(report))
        yield from (f"Note: {clean(note)}" for note in report.notes)
    if not report.complete:
        yield BROKE_OFF
