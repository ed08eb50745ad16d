"""What a sweep does not read it names; plain folders are one estate; "nothing found" is only said of what was read."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from pcmfa_lint import cli
from tests.helpers.git import repository
from tests.helpers.repository import ROPC, put
from tests.sweep.test_run import FILES, rows

HOST = "https://api.partnercenter.microsoft.com/v1/customers"
SWIFT = f'// a client\nlet address = URL(string: "{HOST}")\n'


def swept(tmp_path: Path, files: dict[str, str | bytes], *more: str) -> list[dict[str, str]]:
    put(tmp_path / "estate", files)
    cli.run(["sweep", str(tmp_path / "estate"), "--out", str(tmp_path / "out"), *more])
    return rows(tmp_path / "out")


def test_a_client_in_a_language_without_a_reader_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = swept(tmp_path, {"app/Sources/Client.swift": SWIFT, "app/Sources/Second.swift": SWIFT})
    assert [(row["path"], row["line"], row["flows"], row["exposure"]) for row in found] == [
        ("Client.swift", "2", "unknown", "cannot-tell")
    ]
    assert "There is no reader for .swift files yet" in found[0]["reason"]
    said = "Nothing was found in 1 repository, but 2 files that name Partner Center were not read."
    assert said in capsys.readouterr().err
    assert said in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_nothing_found_is_only_said_of_what_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    swept(tmp_path / "read", {"app/a.py": "x = 1\n"})
    assert "Nothing was found in 1 repository; everything there was read." in capsys.readouterr().err
    swept(tmp_path / "archive", {"app/a.py": "x = 1\n", "app/export.7z": "x"})
    assert "Nothing was found in 1 repository, but 1 file was not read." in capsys.readouterr().err


def test_folders_of_a_plain_root_are_linked(tmp_path: Path) -> None:
    common = """function Get-OurToken {
    $body = @{ grant_type = 'password'; username = $env:PC_USER; password = $env:PC_PASSWORD
               resource = 'https://api.partnercenter.microsoft.com' }
    $uri = 'https://login.microsoftonline.com/common/oauth2/token'
    (Invoke-RestMethod -Method Post -Uri $uri -Body $body).access_token
}
"""
    job = f""". ../Modules/Common.ps1
$headers = @{{ Authorization = "Bearer $(Get-OurToken)" }}
Invoke-RestMethod -Uri '{HOST}' -Headers $headers
"""
    found = swept(tmp_path, {"Modules/Common.ps1": common, "Jobs/Nightly.ps1": job, "Letters/a.docx": ""})
    by_name = {row["repository"]: row for row in found}
    assert by_name["Letters"]["exposure"] == "not-scanned"
    assert "no file that can be read" in by_name["Letters"]["reason"]
    assert by_name["estate"]["path"] in ("Jobs/Nightly.ps1", "Modules/Common.ps1")
    assert by_name["estate"]["business_functions"]
    assert by_name["estate"]["flows"] == "ropc"
    assert len(found) == 2


def test_a_folder_in_which_nothing_can_be_read_is_no_fault(tmp_path: Path) -> None:
    put(tmp_path / "estate", {"jobs/a.py": "x = 1\n", "letters/a.docx": ""})
    command = ["sweep", str(tmp_path / "estate"), "--out", str(tmp_path / "out"), "--strict"]
    assert cli.run(command) == 0
    whole = json.loads((tmp_path / "out" / "inventory.json").read_text())
    assert [each["name"] for each in whole["repositories"] if each["not_scanned"]] == ["letters"]
    assert "letters" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_row_that_was_read_is_not_there_twice(tmp_path: Path) -> None:
    found = swept(tmp_path, {"app/bad.py": ROPC, "app/Client.swift": SWIFT})
    assert [(row["path"], row["exposure"]) for row in found] == [
        ("bad.py", "breaks-now"),
        ("Client.swift", "cannot-tell"),
    ]


@pytest.mark.parametrize(
    ("grant", "flow", "exposure"),
    [
        ("password", "ropc", "breaks-now"),
        ("client_credentials", "app-only", "cannot-tell"),
        ("refresh_token", "refresh-token", "cannot-tell"),
        ("our_own", "unknown", "cannot-tell"),
    ],
)
def test_a_grant_in_a_text_that_was_not_read_is_told_and_nothing_survives(
    grant: str, flow: str, exposure: str, tmp_path: Path
) -> None:
    found = swept(tmp_path, {"app/Client.swift": f'{SWIFT}let body = ["grant_type": "{grant}"]\n'})
    assert [(row["flows"].split(" ")[0], row["exposure"]) for row in found] == [(flow, exposure)]
    assert exposure == "breaks-now" or "no reader" in found[0]["reason"]


def test_a_folder_that_looks_like_the_output_of_a_sweep_is_named(tmp_path: Path) -> None:
    repository(tmp_path / "estate/a", {"bad.py": ROPC})
    put(tmp_path / "estate", {"b/bad.py": ROPC, "b/.resume/x": "", "b/sarif/x": ""})
    out = tmp_path / "out"
    cli.run(["sweep", str(tmp_path / "estate"), "--out", str(out)])
    assert "the folder contains the output of a sweep" in (out / "inventory.csv").read_text("utf-8")
    repository(tmp_path / "estate/b", {})
    cli.run(["sweep", str(tmp_path / "estate"), "--out", str(out)])
    assert [row["path"] for row in rows(out)].count("bad.py") == 2


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are Unicode there")
def test_a_name_that_is_no_utf8_costs_no_file_of_the_sweep(tmp_path: Path) -> None:
    root = tmp_path / "estate"
    root.mkdir()
    (root / os.fsdecode(b"Rechnungspr\xfcfung.py")).write_text(ROPC)
    out = tmp_path / "out"
    assert cli.run(["sweep", str(root), "--out", str(out)]) == 1
    assert {path.name for path in out.iterdir()} >= FILES
