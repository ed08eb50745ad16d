"""The JUnit report, in the dialect that Azure DevOps, GitLab and Jenkins have in common.

A file is a test suite, a finding a test case: failed at warning and error, skipped at note. Names hold no
lines, so that these programs know a case again in the next run. One case stands for the scan itself: some programs
refuse a file without any.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import TextIO
from xml.etree import ElementTree

from pcmfa_lint.findings.model import Files, Finding, Report, ShownFile
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.words import BLIND_SPOT, BROKE_OFF, clean, files_line, not_shown, valid, verdict, where

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_UNREAD = "changed, but not fully read"


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write one XML document. No option changes it."""
    titles = {rule.id: rule.title for rule in report.rules}
    root = ElementTree.Element("testsuites", name="pcmfa-lint")
    root.append(_suite("pcmfa-lint", [_scan(report)]))
    findings = sorted(report.findings, key=lambda finding: (finding.place, finding.rule))
    for path, same in groupby(findings, key=lambda finding: finding.place.path):
        root.append(_suite(path, _cases(same, titles)))
    if notes := _notes(report.files):
        root.append(
            _suite("files", [_file(status, note) for status, note in sorted(notes, key=lambda pair: pair[1].path)])
        )
    _sum(root, root.iter("testsuite"))
    ElementTree.indent(root)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(ElementTree.tostring(root, encoding="unicode") + "\n")


def _scan(report: Report) -> ElementTree.Element:
    case = _element("testcase", name="scan", classname="pcmfa-lint", time="0")
    if not report.complete:
        case.append(_element("error", BROKE_OFF, message=BROKE_OFF, type="incomplete"))
    lines = [verdict(report), not_shown(report), files_line(report), *(f"Note: {note}" for note in report.notes)]
    case.append(_element("system-out", "\n".join([*map(clean, lines), BLIND_SPOT])))
    return case


def _cases(findings: Iterable[Finding], titles: dict[str, str]) -> list[ElementTree.Element]:
    counts: Counter[str] = Counter()
    cases = []
    for finding in findings:
        counts[finding.rule] += 1
        title = f"{finding.rule} {titles.get(finding.rule, finding.name)}"
        number = f" ({counts[finding.rule]})" if counts[finding.rule] > 1 else ""
        place = finding.place
        case = _element(
            "testcase",
            name=title + number,
            classname=clean(place.path),
            file=place.path,
            line=str(place.span.line),
            time="0",
        )
        if finding.level == "note":
            case.append(_element("skipped", message=f"note: {finding.message}"))
            case.append(_element("system-out", _text(finding)))
        else:
            case.append(_element("failure", _text(finding), message=finding.message, type=finding.level))
        cases.append(case)
    return cases


def _text(finding: Finding) -> str:
    code = [f"{line.number} | {line.text}" for line in finding.code]
    trace = [f"{number}. {where(step.place)} {step.text}" for number, step in enumerate(finding.trace, 1)]
    related = [f"- {where(step.place)} {step.text}" for step in finding.related]
    head = f"{where(finding.place)}: {finding.level} {finding.rule} {finding.message}"
    return "\n".join([head, *code, *trace, *related, f"Why: {finding.why}", f"Fix: {finding.fix}"])


def _notes(files: Files) -> list[tuple[str, ShownFile]]:
    """The files that were not read as a whole, each once, with what is wrong."""
    failed = {note.path for note in files.unread}
    others = [("skipped", note) for note in files.skipped] + [("partly read", note) for note in files.partly]
    return [(_UNREAD, note) for note in files.unread] + [pair for pair in others if pair[1].path not in failed]


def _file(status: str, note: ShownFile) -> ElementTree.Element:
    case = _element("testcase", name=clean(note.path), classname="files", file=note.path, time="0")
    line = f" (line {note.line})" if note.line else ""
    tag = "failure" if status == _UNREAD else "skipped"
    case.append(_element(tag, message=f"{status}{line}: {note.reason}"))
    return case


def _suite(name: str, cases: list[ElementTree.Element]) -> ElementTree.Element:
    suite = _element("testsuite", name=clean(name))
    suite.extend(cases)
    _sum(suite, [suite])
    return suite


def _sum(element: ElementTree.Element, suites: Iterable[ElementTree.Element]) -> None:
    """The attributes that count what is inside."""
    cases = [case for suite in suites for case in suite.iter("testcase")]
    element.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    element.set("time", "0")


def _element(tag: str, text: str | None = None, /, **attributes: str) -> ElementTree.Element:
    element = ElementTree.Element(tag, {key: _legal(value) for key, value in attributes.items()})
    element.text = None if text is None else _legal(text)
    return element


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", valid(text))
