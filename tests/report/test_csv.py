"""The table: what spreadsheets and scripts read out of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import Files, Report, ShownFile
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.csv import COLUMNS
from tests.helpers.reports import silent_at

Render = Callable[..., str]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "csv").split("\r\n") == snapshot


def test_every_line_ends_with_cr_and_lf_and_has_all_columns(report: Report, render: Render) -> None:
    text = render(report, "csv")
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n") == 10
    assert {len(row) for row in csv.reader(io.StringIO(text, newline=""))} == {len(COLUMNS)}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\uff1d"])
def test_no_cell_is_a_formula(render: Render, start: str) -> None:
    name = f"{start}cmd|'/c calc'!A1"
    files = Files(skipped=(ShownFile(name, name),))
    finding = replace(silent_at(name, 1), message=name, properties=(("account", name),))
    found, skipped = table(render(Report("x", findings=(finding,), files=files), "csv"))
    for cell in (found["path"], found["message"], found["account"], skipped["path"], skipped["message"]):
        assert cell.startswith("'")


def test_quotes_and_commas_come_back(render: Render) -> None:
    (row,) = table(render(Report("x", findings=(silent_at('a,"b".ps1', 4),)), "csv"))
    assert (row["path"], row["line"]) == ('a,"b".ps1', "4")


def test_silenced_findings_on_demand(report: Report, render: Render) -> None:
    assert {row["state"] for row in table(render(report, "csv"))} == {"reported", "skipped", "partly-read"}
    told = table(render(report, "csv", ReportOptions(include_suppressed=True)))
    assert [row["path"] for row in told if row["state"] in ("suppressed", "baselined")] == [
        "src/quiet.ps1",
        "src/known.py",
    ]
