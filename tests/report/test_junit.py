"""JUnit XML: well-formed whatever names hold, and with the counts that CI servers read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.evidence.levels import Level
from pcmfa_lint.findings.model import Files, Report, ShownFile
from tests.helpers.reports import silent_at

Render = Callable[..., str]


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.encode())


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "junit") == snapshot


def test_counts_are_those_of_the_cases(report: Report, render: Render) -> None:
    root = parsed(render(report, "junit"))
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(count, "")) == len(list(element.iter(tag)))


def test_warnings_and_errors_fail_and_notes_do_not(report: Report, render: Render) -> None:
    levels: tuple[Level, ...] = ("note", "warning", "error")
    findings = tuple(replace(silent_at("a.ps1", line), level=level) for line, level in enumerate(levels, 1))
    root = parsed(render(replace(report, findings=findings), "junit"))
    cases = root.findall("testsuite[@name='a.ps1']/testcase")
    assert [[child.tag for child in case] for case in cases] == [["skipped", "system-out"], ["failure"], ["failure"]]
    assert [case.get("line") for case in cases] == ["1", "2", "3"]


def test_names_of_cases_are_unique_and_hold_no_line(report: Report, render: Render) -> None:
    root = parsed(render(report, "junit"))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)
    moved = replace(
        report,
        findings=tuple(
            replace(each, place=replace(each.place, span=replace(each.place.span, line=each.place.span.line + 100)))
            for each in report.findings
        ),
    )
    again = parsed(render(moved, "junit"))
    assert [(case.get("classname"), case.get("name")) for case in again.iter("testcase")] == names


@pytest.mark.parametrize("name", ["\x00\x0b\ufffe.ps1", "]]><x>&.ps1", "a\n\"'.ps1", "caf\udce9.ps1", "\ud800.ps1"])
def test_it_is_well_formed_whatever_a_name_holds(render: Render, name: str) -> None:
    odd = replace(silent_at(name, 1), message=name)
    files = Files(skipped=(ShownFile(name, name),))
    root = parsed(render(Report(name, findings=(odd,), files=files, notes=(name,)), "junit"))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "1", "1")


def test_a_clean_run_is_one_passed_case_and_a_broken_one_is_not(render: Render) -> None:
    clean = parsed(render(Report("contoso"), "junit"))
    assert [clean.get(name) for name in ("tests", "failures", "errors")] == ["1", "0", "0"]
    broken = parsed(render(Report("contoso", complete=False), "junit"))
    assert broken.get("errors") == "1"
