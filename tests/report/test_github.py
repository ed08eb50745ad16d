"""Annotations: what GitHub shows, and what a hostile repository cannot make it do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import Files, Finding, Report, ShownFile
from tests.helpers.reports import ropc_at, silent_at

Render = Callable[..., str]
COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def many(level: str, number: int) -> tuple[Finding, ...]:
    return tuple(replace(silent_at("a.ps1", line), level=level) for line in range(1, number + 1))


def kinds(text: str) -> list[str]:
    return [match[1] for line in text.splitlines() if (match := COMMAND.fullmatch(line))]


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "github") == snapshot


def test_nothing_found_says_nothing(render: Render) -> None:
    assert render(Report("contoso"), "github") == ""


def test_ten_of_a_kind_the_worst_first_and_the_rest_is_counted(render: Render) -> None:
    findings = (*many("note", 12), *many("warning", 11), *many("error", 13))
    lines = render(Report("x", findings=findings), "github").splitlines()
    assert kinds("\n".join(lines)) == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert lines[-1].startswith("::notice title=pcmfa-lint::3 errors, 1 warning, 3 notes more")


def test_exactly_ten_of_a_kind_need_no_last_line(render: Render) -> None:
    findings = (*many("note", 10), *many("error", 10))
    lines = render(Report("x", findings=findings), "github").splitlines()
    assert len(lines) == 20
    assert not any("title=pcmfa-lint" in line for line in lines)


def test_skipped_files_and_a_broken_run_are_told(render: Render) -> None:
    (line,) = render(
        Report("x", files=Files(skipped=(ShownFile("b", "Too large."),)), complete=False), "github"
    ).splitlines()
    assert "1 file skipped" in line
    assert "The run was interrupted" in line


@pytest.mark.parametrize(
    ("path", "escaped"),
    [
        ("50%.ps1", "50%25.ps1"),
        ("a,b:c.ps1", "a%2Cb%3Ac.ps1"),
        ("x\n::error::y.ps1", "x%0A%3A%3Aerror%3A%3Ay.ps1"),
        ("x\r##[error]y.ps1", "x%0D##[error]y.ps1"),
    ],
)
def test_a_file_name_gives_no_orders(render: Render, path: str, escaped: str) -> None:
    text = render(Report("x", findings=(silent_at(path, 1),)), "github")
    assert len(text.splitlines()) == 1
    assert f"file={escaped},line=1," in text


def test_a_message_stays_in_its_command(render: Render) -> None:
    odd = replace(silent_at("a.ps1", 1), message="100%\n::add-mask::x", fix="")
    assert render(Report("x", findings=(odd,)), "github").splitlines()[0].endswith("::100%25\ufffd::add-mask::x")


def test_columns_are_those_of_the_first_line(render: Render) -> None:
    text = render(Report("x", findings=(ropc_at("a.py", 7),)), "github")
    assert "line=7,endLine=7,col=5,endColumn=61," in text
    bare = replace(ropc_at("a.py", 7), code=())
    assert "line=7,endLine=8,title=" in render(Report("x", findings=(bare,)), "github")
