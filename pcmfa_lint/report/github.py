"""Annotations of a GitHub Actions run: workflow commands, one a line.

GitHub shows ten annotations of a level and step and drops the rest, so the gravest come first, no more than ten of a
level are written, and the last line says what is missing. How the text is escaped: `toolkit/command.ts` of
actions/toolkit; without it a file name could give orders to the runner.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TextIO

from pcmfa_lint.evidence.levels import LEVELS, Level
from pcmfa_lint.findings.model import Finding, Report
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.words import BROKE_OFF, by_level, clean, count, first_line, valid, worst_first

SHOWN = 10  # of a level, in one step
_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write the commands; nothing at all if there is nothing to say. No option changes it."""
    for line in _lines(report):
        stream.write(valid(line) + "\n")


def _lines(report: Report) -> Iterator[str]:
    titles = {rule.id: rule.title for rule in report.rules}
    for note in report.files.unread[:SHOWN]:
        line = {"line": str(note.line)} if note.line else {}
        place = {"file": note.path, **line, "title": "pcmfa-lint: not fully read"}
        yield _command("error", place, f"{note.reason} Its contents are not known.")
    findings = worst_first(report.findings)
    annotated, more = _split(findings, SHOWN)
    if rest := _rest(report, more):
        if sum(finding.level == "note" for finding in annotated) == SHOWN:  # the last line is a notice too
            annotated, more = annotated[:-1], [*more, annotated[-1]]
            rest = _rest(report, more)
        yield from (_annotation(finding, titles.get(finding.rule, finding.name)) for finding in annotated)
        yield _command("notice", {"title": "pcmfa-lint"}, rest)
        return
    yield from (_annotation(finding, titles.get(finding.rule, finding.name)) for finding in annotated)


def _split(findings: list[Finding], most: int) -> tuple[list[Finding], list[Finding]]:
    """The first `most` of each level, and the others."""
    by = {level: [finding for finding in findings if finding.level == level] for level in LEVELS[::-1]}
    return [f for same in by.values() for f in same[:most]], [f for same in by.values() for f in same[most:]]


def _annotation(finding: Finding, title: str) -> str:
    span = first_line(finding)
    properties = {"file": finding.place.path, "line": str(span.line), "endLine": str(span.end_line)}
    if span.line == span.end_line:  # GitHub takes columns on one line only
        properties |= {"col": str(span.col), "endColumn": str(span.end_col)}
    properties["title"] = f"{finding.rule} {clean(title)}"
    advice = " ".join(finding.fix.strip().split("\n\n", 1)[0].split())
    return _command(_COMMANDS[finding.level], properties, f"{clean(finding.message)}\n{advice}".strip())


def _rest(report: Report, more: list[Finding]) -> str:
    """What the annotations do not tell; empty if they tell all."""
    remarks = []
    if more:
        remarks.append(f"{by_level(more)} more: GitHub shows ten annotations of a kind. The report has all.")
    if report.files.skipped:
        remarks.append(f"{count(len(report.files.skipped), 'file')} skipped; the report says why.")
    if not report.complete:
        remarks.append(BROKE_OFF)
    return " ".join(remarks)


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    pairs = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    return f"::{name} {pairs}::{_escaped(message, _DATA)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(char) or clean(char) for char in text)
