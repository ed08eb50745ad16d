"""The report for people."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import click
import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import CodeLine, Files, Report, ShownPlace
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.report import ReportOptions, write
from tests.helpers.reports import ropc_at, silent_at

Render = Callable[..., str]


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "text", ReportOptions(width=90, verbose=True)) == snapshot


def test_colour_adds_styles_and_changes_nothing_else(report: Report, render: Render) -> None:
    colored = render(report, "text", ReportOptions(color=True))
    assert "\x1b[" in colored
    assert click.unstyle(colored) == render(report, "text")


@pytest.mark.parametrize("width", [1, 40, 72, 200])
def test_text_fits_the_width_and_code_is_left_alone(report: Report, render: Render, width: int) -> None:
    lines = render(report, "text", ReportOptions(width=width)).splitlines()
    code = "        $token = New-PartnerAccessToken -ApplicationId $id -RefreshToken $kept `"
    assert code in lines
    wrapped = [line for line in lines if line.startswith("    ") and " | " not in line and "PCM" not in line]
    prose = [line for line in wrapped if "$" not in line and "-Scopes" not in line and "http" not in line]
    assert max(map(len, prose)) <= max(width, 40)


def test_why_and_each_different_fix_are_printed_once_a_rule_with_their_places(report: Report, render: Render) -> None:
    flat = " ".join(render(report, "text").split())
    assert flat.count("Partner Center asks every app+user token") == 1
    assert flat.count("Fix, Python (src/sync.py:12:5 and 1 more place): Use the Secure Application Model") == 1
    assert flat.count("Fix, Python (src/other.py:7:5): Move to app-only") == 1


def test_what_breaks_comes_first_and_the_summary_says_where(render: Render) -> None:
    findings = (silent_at("a.ps1", 1), silent_at("b.ps1", 1), ropc_at("z.py", 3), ropc_at("b.py", 4))
    lines = render(Report("x", findings=findings), "text").splitlines()
    heads = [line.split(" ")[0] for line in lines if ": error PCM" in line or ": warning PCM" in line]
    assert heads == ["b.py:4:5:", "z.py:3:5:", "a.ps1:1:1:", "b.ps1:1:1:"]
    at = lines.index("Errors:")
    assert lines[at + 1 : at + 3] == ["  b.py:4:5", "  z.py:3:5"]
    assert lines[-4] == "Next: fix b.py:4:5 first"
    assert lines[-3].startswith("  more on it: pcmfa-lint explain PCM201")
    assert "Errors:" not in render(Report("x", findings=findings[2:]), "text")


def test_a_long_trace_is_folded_to_its_ends(render: Render) -> None:
    step = silent_at("a.ps1", 1).trace[0]
    lines = [ShownPlace("a.ps1", Span(number, 1, number, 2)) for number in range(1, 6)]
    steps = tuple(replace(step, place=at, text=f"step {letter}") for letter, at in zip("abcde", lines, strict=True))
    report = Report("x", findings=(replace(silent_at("a.ps1", 1), trace=steps),))
    folded = render(report, "text")
    assert [letter for letter in "abcde" if f"step {letter}" in folded] == ["a", "e"]
    assert "... 3 steps between: --verbose shows them" in folded
    whole = render(report, "text", ReportOptions(verbose=True))
    assert [letter for letter in "abcde" if f"step {letter}" in whole] == [*"abcde"]


def test_a_trace_on_one_line_says_nothing_new(render: Render) -> None:
    step = silent_at("a.ps1", 1).trace[0]
    report = Report("x", findings=(replace(silent_at("a.ps1", 1), trace=(step, replace(step, text="then this"))),))
    assert "Trace:" not in render(report, "text")
    assert "then this" in render(report, "text", ReportOptions(verbose=True))


@pytest.mark.parametrize(("start", "end"), [(1, 4), (60, 70), (150, 156), (1, 156), (0, 0)])
def test_on_a_terminal_code_is_cut_to_the_width_around_what_is_underlined(render: Render, start: int, end: int) -> None:
    text = "".join(chr(ord("a") + number % 26) for number in range(155))
    finding = replace(silent_at("a.ps1", 1), code=(CodeLine(1, text, start, end),))
    report = Report("x", findings=(finding,))
    assert text in render(report, "text", ReportOptions(width=60))
    code = [line for line in render(report, "text", ReportOptions(width=60, clip=True)).splitlines() if " | " in line]
    assert all(len(line) <= 60 for line in code)
    shown = code[0].partition(" | ")[2]
    if start:
        under = code[1].partition(" | ")[2]
        marked = "".join(char for char, mark in zip(shown, under, strict=False) if mark == "^")
        assert marked.strip(".") and marked.strip(".") in text[start - 1 : end - 1]
    assert shown.strip(".") in text


def test_the_caret_stands_under_the_code_after_wide_characters(render: Render) -> None:
    finding = replace(silent_at("a.ps1", 1), code=(CodeLine(1, "\u6f22e\u0301(x)", 4, 7),))
    lines = render(Report("x", findings=(finding,)), "text").splitlines()
    assert lines[1:3] == ["    1 | \u6f22e\u0301(x)", "      |    ^^^"]


def test_excluded_files_are_listed_on_demand_and_always_counted(report: Report, render: Render) -> None:
    assert "vendor/a.ps1" not in render(report, "text")
    assert "2 excluded" in render(report, "text")
    assert "vendor/a.ps1" in render(report, "text", ReportOptions(verbose=True))


def test_summary_can_be_left_out(report: Report, render: Render) -> None:
    quiet = render(report, "text", ReportOptions(summary=False))
    assert render(report, "text").startswith(quiet)
    assert "Next:" not in quiet
    assert "Files:" not in quiet


def test_nothing_found_says_what_was_read(render: Render) -> None:
    assert render(Report("contoso", files=Files(irrelevant=4, read=2)), "text").splitlines()[:2] == [
        "Nothing found in contoso.",
        "Files: 2 read, 4 not relevant.",
    ]
    assert render(Report("contoso"), "text").startswith("No file was read in contoso.")


def test_what_the_stream_cannot_say_becomes_a_question_mark(report: Report) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    write(report, "text", stream)
    stream.flush()
    assert b"Zw?lf #1/50%??.ps1:3:1: warning PCM401" in raw.getvalue()
