"""Many repositories: which they are, what is written, and that one broken repository stops nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pcmfa_lint import cli, engine, sweep
from pcmfa_lint.sweep import repositories
from tests.test_engine import ROPC, put


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    root = tmp_path / "estate"
    put(
        root,
        {
            "team/repo/.git/HEAD": "",
            "team/repo/src/bad.py": ROPC,
            "team/repo/inner/.git/HEAD": "",
            "team/repo/inner/x.py": "x = 1\n",
            "exports/a/run.ps1": "Write-Host hello\n",
            "exports/a/deeper/b.ps1": "Write-Host hello\n",
            "Exports/b/bad.py": ROPC,
            "documents/readme.txt": "text\n",
        },
    )
    return root


def inventory(out: Path) -> list[dict[str, str]]:
    with (out / "inventory.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_work_trees_and_topmost_folders_of_scripts(estate: Path) -> None:
    names = [repository.name for repository in repositories(str(estate))]
    assert names == ["Exports/b", "exports/a", "team/repo", "team/repo/inner"]


def test_a_sarif_each_and_one_inventory(estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert cli.run(["sweep", str(estate), "--out", str(out)]) == 1
    files = {path.name for path in out.iterdir()}
    assert files == {
        "Exports__b.sarif",
        "exports__a.sarif",
        "team__repo.sarif",
        "team__repo__inner.sarif",
        "inventory.csv",
    }
    assert json.loads((out / "team__repo.sarif").read_text())["runs"][0]["results"]
    rows = inventory(out)
    assert {row["repository"] for row in rows} == {"Exports/b", "team/repo"}
    ropc = [row for row in rows if row["class"] == "ropc" and row["repository"] == "team/repo"]
    assert ropc[0]["path"] == "src/bad.py"
    assert ropc[0]["flow"] == "ropc"
    assert ropc[0]["line"].isdigit()
    assert len(capsys.readouterr().err.splitlines()) == 4


def test_a_repository_that_fails_is_a_row(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(estate, {"exports/a/.pcmfa-lint.toml": "unknown = 1\n"})
    good = engine.scan

    def fails(paths: list[str], *rest: object) -> object:
        if paths[0].endswith("inner"):
            raise RuntimeError("planted-text")
        return good(paths, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sweep, "scan", fails)
    out = tmp_path / "out"
    assert cli.run(["sweep", str(estate), "--out", str(out)]) == 4
    failed = {row["repository"]: row["level"] for row in inventory(out) if row["class"] == "not-scanned"}
    assert set(failed) == {"exports/a", "team/repo/inner"}
    assert failed["team/repo/inner"] == "not scanned: RuntimeError"
    assert "planted-text" not in "".join(capsys.readouterr())


def test_names_of_files_are_safe_and_their_own() -> None:
    names = sweep._Names()
    given = [names.safe(name) for name in ("a/b", "A/B", "a__b", "../..", "x y:z", "=1")]
    assert len({name.lower() for name in given}) == len(given)
    assert all("/" not in name and not name.startswith(".") and ":" not in name for name in given)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_no_cell_is_run_by_a_spreadsheet(text: str) -> None:
    assert sweep._cell(text) == f"'{text}"
    assert sweep._cell("plain") == "plain"


def test_nothing_to_scan_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"documents/readme.txt": "text\n"})
    assert cli.run(["sweep", str(tmp_path / "documents"), "--out", str(tmp_path / "out")]) == 2
    assert "no work tree" in capsys.readouterr().err
