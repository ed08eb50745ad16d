"""One line a finding."""

from __future__ import annotations

from collections.abc import Callable

from pcmfa_lint.findings.model import Report
from pcmfa_lint.report import ReportOptions

Render = Callable[..., str]


def test_one_line_a_finding_and_three_for_the_run(report: Report, render: Render) -> None:
    lines = render(report, "concise", ReportOptions()).splitlines()
    count = len(report.findings)
    assert all(": error PCM" in line or ": warning PCM" in line or ": note PCM" in line for line in lines[:count])
    assert lines[count].startswith(f"{count} findings in contoso: ")
    assert lines[count + 2].startswith("Files: ")


def test_quiet_leaves_the_findings(report: Report, render: Render) -> None:
    findings = render(report, "concise", ReportOptions(summary=False)).splitlines()
    assert findings[: len(report.findings)] == render(report, "concise").splitlines()[: len(report.findings)]
    assert not any(line.startswith("Files: ") for line in findings)
