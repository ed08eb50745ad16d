"""The JSON report: everything that a Report holds, under a version, described by `schemas/report.schema.json`.

Only `line_hash` is left out, which is made of raw text. A new key does not change the version; a key that goes, or
means something else, does. ASCII only, so that no console or redirection can spoil it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from pcmfa_lint.evidence.levels import LEVELS
from pcmfa_lint.findings.model import Finding, Report, ShownFile, ShownPlace, ShownStep
from pcmfa_lint.report import ReportOptions, utf8

VERSION = 1


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write the report as one JSON object with a closing line break. No option changes it."""
    dump(_report(report), stream)


def dump(document: dict[str, Any], stream: TextIO) -> None:
    """Writes one object with a closing line break, in ASCII; its texts may be names of files that are no UTF-8."""
    json.dump(_valid_unicode(document), stream, indent=2)
    stream.write("\n")


def _report(report: Report) -> dict[str, Any]:
    return {
        "version": VERSION,
        "tool": {"name": "pcmfa-lint", "version": report.version},
        "root": report.root,
        "complete": report.complete,
        "summary": _summary(report),
        "findings": [_finding(finding) for finding in report.findings],
        "suppressed": [_finding(finding) for finding in report.suppressed],
        "baselined": [_finding(finding) for finding in report.baselined],
        "below": [_finding(finding) for finding in report.below],
        "suppressions": [asdict(each) for each in report.suppressions],
        "files": {
            "irrelevant": report.files.irrelevant,
            "read": report.files.read,
            "excluded": list(report.files.excluded),
            "partly": _notes(report.files.partly),
            "skipped": _notes(report.files.skipped),
            "unread": _notes(report.files.unread),
        },
        "rules": [asdict(rule) for rule in report.rules],
        "notes": list(report.notes),
        "extra": dict(report.extra),
    }


def _summary(report: Report) -> dict[str, Any]:
    levels = Counter(finding.level for finding in report.findings)
    return {
        "findings": len(report.findings),
        "levels": {level: levels[level] for level in reversed(LEVELS)},
        "rules": dict(sorted(Counter(finding.rule for finding in report.findings).items())),
        "suppressed": len(report.suppressed),
        "baselined": len(report.baselined),
        "below": len(report.below),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "name": finding.name,
        "level": finding.level,
        **_place(finding.place),
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "code": [asdict(line) for line in finding.code],
        "trace": _steps(finding.trace),
        "related": _steps(finding.related),
        "fingerprint": finding.fingerprint,
        "language": finding.language,
        "properties": dict(finding.properties),
    }


def _steps(steps: Iterable[ShownStep]) -> list[dict[str, Any]]:
    return [{**_place(step.place), "text": step.text} for step in steps]


def _place(place: ShownPlace) -> dict[str, Any]:
    span = place.span
    return {
        "path": place.path,
        "line": span.line,
        "column": span.col,
        "end_line": span.end_line,
        "end_column": span.end_col,
    }


def _notes(notes: Iterable[ShownFile]) -> list[dict[str, Any]]:
    return [asdict(note) for note in notes]


def _valid_unicode(value: Any) -> Any:
    """File names that are not UTF-8 hold lone surrogates, which many JSON readers refuse."""
    if isinstance(value, str):
        return utf8(value).decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_valid_unicode(key): _valid_unicode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_valid_unicode(item) for item in value]
    return value
