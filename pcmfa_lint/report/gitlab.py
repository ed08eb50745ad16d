"""The Code Quality report of GitLab: a JSON array, one object a finding.

Fields: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab knows a finding again by its
fingerprint, which must be unique in the report.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TextIO

from pcmfa_lint.evidence.levels import Level
from pcmfa_lint.findings.model import Finding, Report
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.words import clean, valid, worst_first

_SEVERITY: dict[Level, str] = {"error": "critical", "warning": "major", "note": "info"}
_UNREAD = "not-read-as-a-whole"


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write the array; changed files that could not be read as a whole are in it, too. No option changes it."""
    counts: Counter[str] = Counter()
    issues = [
        _issue(
            f"{finding.rule} {clean(finding.message)}",
            finding.rule,
            finding.place.path,
            (finding.place.span.line, finding.place.span.end_line),
            _SEVERITY[finding.level],
            _unique(finding, counts),
        )
        for finding in worst_first(report.findings)
    ]
    issues += [
        _issue(
            f"This changed file was not fully read: {clean(note.reason)}",
            _UNREAD,
            note.path,
            (note.line or 1, note.line or 1),
            "blocker",
            f"{_UNREAD}:{note.path}",
        )
        for note in report.files.unread
    ]
    stream.write(valid(json.dumps(issues, ensure_ascii=False, indent=2)) + "\n")


def _issue(
    description: str, rule: str, path: str, lines: tuple[int, int], severity: str, identity: str
) -> dict[str, object]:
    begin, end = lines
    return {
        "description": description,
        "check_name": rule,
        "fingerprint": sha256(identity.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": begin, "end": end}},
    }


def _unique(finding: Finding, counts: Counter[str]) -> str:
    identity = finding.fingerprint or f"{finding.rule}:{finding.place.path}"
    counts[identity] += 1
    return f"{identity}:{counts[identity]}" if counts[identity] > 1 else identity
