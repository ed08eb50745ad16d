"""The report for people."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import click
import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import CodeLine, Files, Report
from pcmfa_lint.report import Options, write
from tests.helpers.reports import silent_at

Render = Callable[..., str]


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "text", Options(width=90, verbose=True)) == snapshot


def test_colour_adds_styles_and_changes_nothing_else(report: Report, render: Render) -> None:
    colored = render(report, "text", Options(color=True))
    assert "\x1b[" in colored
    assert click.unstyle(colored) == render(report, "text")


@pytest.mark.parametrize("width", [1, 40, 72, 200])
def test_text_fits_the_width_and_code_is_left_alone(report: Report, render: Render, width: int) -> None:
    lines = render(report, "text", Options(width=width)).splitlines()
    code = "        $token = New-PartnerAccessToken -ApplicationId $id -RefreshToken $kept `"
    assert code in lines
    wrapped = [line for line in lines if line.startswith("    ") and " | " not in line and "PCM" not in line]
    prose = [line for line in wrapped if "$" not in line and "-Scopes" not in line and "http" not in line]
    assert max(map(len, prose)) <= max(width, 40)


def test_why_is_printed_once_a_rule_and_every_different_fix(report: Report, render: Render) -> None:
    flat = " ".join(render(report, "text").split())
    assert flat.count("Partner Center asks every app+user token") == 1
    assert flat.count("Use the Secure Application Model") == 1
    assert flat.count("Move to app-only") == 1
    assert "Why, fix: as for PCM201 at src/sync.py:12:5" not in flat  # its why stands at src/other.py, its fix here
    assert "Why: as for PCM201 at src/other.py:7:5" in flat
    assert "Fix: as for PCM201 at src/sync.py:12:5" in flat


def test_the_caret_stands_under_the_code_after_wide_characters(render: Render) -> None:
    finding = replace(silent_at("a.ps1", 1), code=(CodeLine(1, "\u6f22e\u0301(x)", 4, 7),))
    lines = render(Report("x", findings=(finding,)), "text").splitlines()
    assert lines[1:3] == ["    1 | \u6f22e\u0301(x)", "      |    ^^^"]


def test_excluded_files_are_listed_on_demand_and_always_counted(report: Report, render: Render) -> None:
    assert "vendor/a.ps1" not in render(report, "text")
    assert "2 excluded" in render(report, "text")
    assert "vendor/a.ps1" in render(report, "text", Options(verbose=True))


def test_summary_can_be_left_out(report: Report, render: Render) -> None:
    quiet = render(report, "text", Options(summary=False))
    assert render(report, "text").startswith(quiet)
    assert "Files:" not in quiet


def test_nothing_found_says_what_was_read(render: Render) -> None:
    assert render(Report("contoso", files=Files(irrelevant=4, read=2)), "text").splitlines()[:3] == [
        "Nothing found in contoso.",
        "Not shown: 0 suppressed, 0 in the baseline, 0 below level.",
        "Files: 2 read, 4 not relevant, 0 excluded, 0 partly read, 0 skipped.",
    ]
    assert render(Report("contoso"), "text").startswith("No file was read in contoso.")


def test_what_the_stream_cannot_say_becomes_a_question_mark(report: Report) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    write(report, "text", stream)
    stream.flush()
    assert b"Zw?lf #1/50%??.ps1:3:1: warning PCM401" in raw.getvalue()
