"""Formats at the command line: several at once, on standard output, with and without what is suppressed."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pcmfa_lint.cli import run
from pcmfa_lint.report import FORMATS, TERMINAL

SIGN_IN = """\
body = {
    'grant_type': 'password',
    'username': 'joe@contoso.com',
    'password': 'Zebra-Quartz-1',
    'resource': 'https://api.partnercenter.microsoft.com',
}
"""
SEND = "requests.post('https://login.microsoftonline.com/common/oauth2/token', data=body)\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two sign-ins, one of them suppressed, and a file name that is not ASCII."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "caf\u00e9.py").write_text(f"import requests\n\n{SIGN_IN}{SEND}", encoding="utf-8")
    hushed = f"import requests\n\n{SIGN_IN}# pcmfa: ignore[ropc] sandbox only\n{SEND}"
    (root / "quiet.py").write_text(hushed, encoding="utf-8")
    return root


def test_all_formats_at_once_agree(repository: Path, tmp_path: Path) -> None:
    out = {format_: tmp_path / f"report.{format_}" for format_ in FORMATS}
    reports = [part for format_, file in out.items() for part in ("--report", f"{format_}={file}")]
    assert run(["scan", str(repository), "--output", str(tmp_path / "x"), *reports]) == 1
    texts = {format_: file.read_bytes().decode("utf-8") for format_, file in out.items()}
    count = len(json.loads(texts["json"])["findings"])
    assert count > 0
    assert len(json.loads(texts["sarif"])["runs"][0]["results"]) == count
    assert texts["html"].count("<article") == count
    rows = list(csv.DictReader(texts["csv"].splitlines(keepends=True)))
    assert sum(row["state"] == "reported" for row in rows) == count
    assert len(ElementTree.fromstring(texts["junit"].encode()).findall(".//testcase[@line]")) == count
    assert texts["github"].count("\n::") + 1 == count
    assert sum(line.startswith(("| error", "| note")) for line in texts["markdown"].split("\n")) == count
    assert not any("Zebra" in text for text in texts.values())


@pytest.mark.parametrize("format_", [format_ for format_ in FORMATS if format_ not in TERMINAL])
def test_standard_output_is_utf8_whatever_the_console_speaks(repository: Path, tmp_path: Path, format_: str) -> None:
    file = tmp_path / "report"
    run(["scan", str(repository), "--output", str(tmp_path / "x"), "--report", f"{format_}={file}"])
    command = [sys.executable, "-m", "pcmfa_lint", "scan", str(repository), "--format", format_]
    shown = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "cp437"}, check=False)
    assert shown.returncode == 1
    assert shown.stdout == file.read_bytes()


def test_suppressed_findings_come_into_sarif_only_on_demand(repository: Path, tmp_path: Path) -> None:
    def suppressed(*options: str) -> int:
        file = tmp_path / "report.sarif"
        run(["scan", str(repository), "--format", "sarif", "--output", str(file), *options])
        results = json.loads(file.read_text("utf-8"))["runs"][0]["results"]
        return sum("suppressions" in result for result in results)

    assert suppressed() == 0
    assert suppressed("--include-suppressed") > 0


def test_links_of_a_run_on_github(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SERVER_URL", "https://github.com"), ("REPOSITORY", "contoso/sync"), ("SHA", "abc123")):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    file = tmp_path / "report.md"
    run(["scan", str(repository), "--format", "markdown", "--output", str(file)])
    assert "(<https://github.com/contoso/sync/blob/abc123/caf%C3%A9.py#L" in file.read_text("utf-8")
    monkeypatch.delenv("GITHUB_SHA")
    run(["scan", str(repository), "--format", "markdown", "--output", str(file)])
    assert "](" not in file.read_text("utf-8")
