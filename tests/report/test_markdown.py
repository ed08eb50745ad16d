"""The job summary: rendered, it shows what is there and nothing that a file name would like to add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import Files, Report, ShownFile
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.markdown import escaped
from tests.helpers.reports import ropc_at, silent_at

Render = Callable[..., str]
GITHUB = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "markdown", ReportOptions(link_base="https://github.com/o/r/blob/abc/")) == snapshot


def test_without_an_address_places_are_no_links(report: Report, render: Render) -> None:
    assert "](" not in render(report, "markdown")


HOSTILE = [
    "a|b.ps1",
    "`x`.ps1",
    "<img src=x onerror=alert(1)>.ps1",
    "[x](javascript:alert(1)).ps1",
    "**b** _i_ ~s~ #1 @octocat.ps1",
    "https://evil.example/www.evil.example",
    "&lt;b&gt;.ps1",
    "back\\slash\\|.ps1",
    "a\n\n# heading.ps1",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_one_cell(render: Render, name: str) -> None:
    files = Files(skipped=(ShownFile(name, name),))
    text = render(Report("x", findings=(silent_at(name, 3),), files=files), "markdown")
    html = GITHUB.render(text)
    shown = name.replace("\n", "\ufffd")
    as_html = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"<td>{as_html}:3</td>" in html
    assert f"<td>{as_html}</td>" in html
    assert html.count("<tr>") == 2 + 2 + 2


def test_names_are_no_mentions_and_no_links(render: Render) -> None:
    text = escaped("@octocat https://evil.example www.evil.example")
    assert "@" not in text
    assert "://" not in text
    assert "www." not in text


@given(st.text(max_size=40))
def test_any_text_comes_back_as_text(text: str) -> None:
    html = GITHUB.renderInline(escaped(text))
    assert "<" not in html


def test_it_is_cut_below_the_limit_and_says_so(render: Render) -> None:
    findings = tuple(ropc_at(f"src/{'x' * 200}/{number}.py", 1) for number in range(6000))
    files = Files(skipped=tuple(ShownFile(f"{'y' * 300}/{number}", "Too large.") for number in range(3000)))
    worst = (*(replace(each, level="note") for each in findings), ropc_at("the-worst.py", 1))
    text = render(Report("x", findings=worst, files=files, notes=("n" * 900,) * 100), "markdown")
    assert len(text.encode()) < 900_000
    rows = [line for line in text.splitlines() if line.startswith(("| note", "| error"))]
    assert "the-worst.py" in rows[0]
    assert f"**{6001 - len(rows):,} more findings** not listed here" in text
    assert "more files** not listed here" in text
    assert "6,001 findings in x: 1 error, 6,000 notes" in text


def test_nothing_found_has_no_table(render: Render) -> None:
    text = render(Report("contoso", files=Files(read=3)), "markdown")
    assert text.startswith("## pcmfa-lint: Nothing found in contoso.")
    assert "|" not in text
