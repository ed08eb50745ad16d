"""A sweep as a user sees it: its files, a row for what fails, going on, breaking off, any executor."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pcmfa_lint import cli
from pcmfa_lint.cli.options import ScanOptions
from pcmfa_lint.cli.sweep import settings_of
from pcmfa_lint.config import USAGE
from pcmfa_lint.engine import scan
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.sweep import run
from pcmfa_lint.sweep.output_folder import FileNames
from pcmfa_lint.sweep.repository import RepositoryResult, RepositoryTask, scan_repository
from pcmfa_lint.sweep.run import SweepObserver, SweepOptions, sweep
from tests.helpers.git import git, repository
from tests.helpers.repository import ROPC, put

CHOICE = ScanOptions(exit_zero=True, quiet=True)
FILES = {
    "report.html",
    "changes.html",
    "playbook.html",
    "playbook.md",
    "inventory.csv",
    "inventory.xlsx",
    "inventory.json",
    "inventory.html",
    "sarif",
    ".resume",
    ".gitignore",
}


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    root = tmp_path / "estate"
    put(
        root,
        {
            "team/repo/.git/HEAD": "",
            "team/repo/src/bad.py": ROPC,
            "exports/a/run.ps1": "Write-Host hello\n",
            "Exports/b/bad.py": ROPC,
        },
    )
    return root


def wish(given: Path, out: Path, **more: Any) -> SweepOptions:
    return SweepOptions(str(given), str(out), partial(settings_of, CHOICE), str(out.parent / "cache"), **more)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "inventory.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def contents(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".resume" not in path.parts
    }


def test_all_files_are_made_and_every_integration_is_a_row(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.run(["sweep", str(estate), "--out", str(out)]) == 1
    assert {path.name for path in out.iterdir()} == FILES
    assert {path.name for path in (out / "sarif").iterdir()} == {
        "Exports__b.sarif",
        "exports__a.sarif",
        "team__repo.sarif",
    }
    assert json.loads((out / "sarif" / "team__repo.sarif").read_text())["runs"][0]["results"]
    found = rows(out)
    assert [(row["repository"], row["path"], row["flows"], row["exposure"]) for row in found] == [
        ("Exports/b", "bad.py", "ropc", "breaks-now"),
        ("team/repo", "src/bad.py", "ropc", "breaks-now"),
    ]
    assert found[0]["accounts"] == "invented@example.com"
    assert "invented-value" not in (out / "inventory.csv").read_text("utf-8")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 7
    assert said[3] == "2 integrations in 3 repositories: 2 fail now or any day."
    assert "since 8 June 2026" in said[4]
    assert said[5].startswith("2 Microsoft credentials are in the code: change them today. ")
    assert "report.html" in said[6]
    assert any(line.endswith("Exports/b: 1 integration, 3 findings, 1 file read") for line in said), said


def test_a_repository_that_fails_is_a_row_and_stops_nothing(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(estate, {"exports/a/.pcmfa-lint.toml": "unknown = 1\n"})
    good = scan.opened

    def fails(paths: list[str], *rest: object, **more: object) -> object:
        if paths[0].endswith("repo"):
            raise RuntimeError("planted-text")
        return good(paths, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("pcmfa_lint.sweep.repository.opened", fails)
    out = tmp_path / "out"
    assert cli.run(["sweep", str(estate), "--out", str(out)]) == 4
    failed = {row["repository"]: row["reason"] for row in rows(out) if row["exposure"] == "not-scanned"}
    assert set(failed) == {"exports/a", "team/repo"}
    assert failed["team/repo"] == "an internal error of pcmfa-lint: RuntimeError"
    assert "planted-text" not in "".join(capsys.readouterr())
    assert any(row["exposure"] == "breaks-now" for row in rows(out))


def test_lists_bring_urls_bare_repositories_and_what_is_dead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = repository(tmp_path / "there", {"bad.py": ROPC})
    os.rename(tmp_path / "there" / ".git", tmp_path / "bare.git")  # noqa: PTH104
    put(tmp_path, {"list.txt": f"bare.git\n{url}\nnowhere\nhttps://user:invented-value@localhost:9/a/b.git\n"})
    out = tmp_path / "out"
    command = ["sweep", str(tmp_path / "list.txt"), "--out", str(out), "--cache", str(tmp_path / "cache")]
    assert cli.run(command) == 1
    assert cli.run([*command, "--strict"]) == 3
    by_name = {row["repository"]: row for row in rows(out)}
    assert by_name["bare.git"]["exposure"] == "breaks-now"
    assert by_name["line 3 of list.txt"]["reason"] == "there is no such folder"
    assert "server" in by_name["a/b"]["reason"]
    assert len(by_name) == 4
    shown = "".join(path.read_text("utf-8", "replace") for path in out.rglob("*") if path.is_file())
    assert "invented-value@localhost" not in shown + "".join(capsys.readouterr())


def test_resume_skips_what_is_unchanged_and_nothing_else(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told: list[tuple[str, bool]] = []
    watch = SweepObserver(reported=lambda looked, number: told.append((looked.scanned.name, looked.again)))
    sweep(wish(estate, out), watch)
    first = contents(out)
    told.clear()
    sweep(wish(estate, out, resume=True), watch)
    assert {again for _, again in told} == {True}
    assert contents(out) == first
    told.clear()
    put(estate, {"exports/a/run.ps1": "Write-Host hello again\n"})
    sweep(wish(estate, out, resume=True), watch)
    assert sorted(told) == [("Exports/b", True), ("exports/a", False), ("team/repo", True)]
    told.clear()
    sweep(wish(estate, out), watch)
    assert {again for _, again in told} == {False}


def test_resume_looks_again_when_a_suppression_has_ended(tmp_path: Path) -> None:
    text = ROPC.replace("requests.post", "# pcmfa: ignore[ropc] until 2026-06-30 planned\nrequests.post")
    put(tmp_path, {"estate/a/bad.py": text})
    again: list[bool] = []
    watch = SweepObserver(reported=lambda looked, number: again.append(looked.again))
    for day in ("2026-06-01", "2026-06-30", "2026-07-01"):
        sweep(wish(tmp_path / "estate", tmp_path / "out", resume=True, today=date.fromisoformat(day)), watch)
    assert again == [False, True, False]


def test_a_state_that_cannot_be_written_ends_nothing(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.run(["sweep", str(estate), "--out", str(out)]) == 1
    first = contents(out)
    for file in (out / ".resume").iterdir():
        file.unlink()
        file.mkdir()  # also for users who may write everything
        put(file, {"x": ""})
    capsys.readouterr()
    assert cli.run(["sweep", str(estate), "--out", str(out), "--resume"]) == 1
    said = capsys.readouterr().err
    assert "cannot be" in said
    assert "internal error of pcmfa-lint" not in said
    assert contents(out) == first


@pytest.mark.parametrize("cache", ["not/there/yet", "file.txt/cache"])
def test_a_cache_that_is_not_there_is_made_or_costs_a_row(cache: str, tmp_path: Path) -> None:
    url = repository(tmp_path / "there", {"bad.py": ROPC})
    put(tmp_path, {"list.txt": f"{url}\nlocal\n", "local/x.py": "", "file.txt": ""})
    out = tmp_path / "out"
    command = ["sweep", str(tmp_path / "list.txt"), "--out", str(out), "--cache", str(tmp_path / cache)]
    made = not cache.startswith("file")
    assert cli.run(command) == (1 if made else USAGE)
    failed = [row for row in rows(out) if row["exposure"] == "not-scanned"]
    assert [bool(row["reason"]) for row in failed] == ([] if made else [True])
    assert (tmp_path / cache).is_dir() is made


@pytest.mark.parametrize("damage", ["{", '{"key": 1}', "[]", '{"key": null, "scanned": {}}', ""])
def test_a_damaged_state_does_not_count(estate: Path, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    sweep(wish(estate, out), SweepObserver())
    first = contents(out)
    for file in (out / ".resume").iterdir():
        file.write_text(damage)
    again: list[bool] = []
    sweep(wish(estate, out, resume=True), SweepObserver(reported=lambda looked, number: again.append(looked.again)))
    assert again == [False, False, False]
    assert contents(out) == first


def test_breaking_off_leaves_what_there_is(estate: Path, tmp_path: Path) -> None:
    def told(looked: RepositoryResult, number: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        sweep(wish(estate, out, jobs=1), SweepObserver(reported=told))
    reasons = [row["reason"] for row in rows(out) if row["exposure"] == "not-scanned"]
    assert reasons == ["the sweep was interrupted before it reached this"]
    assert json.loads((out / "inventory.json").read_text())["complete"] is False
    again: list[bool] = []
    sweep(wish(estate, out, resume=True), SweepObserver(reported=lambda looked, number: again.append(looked.again)))
    assert sorted(again) == [False, True, True]
    assert json.loads((out / "inventory.json").read_text())["complete"] is True


@pytest.mark.workers
@pytest.mark.parametrize("make", [None, ThreadPoolExecutor], ids=["processes", "threads"])
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_same_bytes_from_any_executor(
    estate: Path, tmp_path: Path, make: Callable[[int], Executor] | None, jobs: int
) -> None:
    sweep(wish(estate, tmp_path / "one", jobs=1), SweepObserver())
    sweep(wish(estate, tmp_path / "other", jobs=jobs), SweepObserver(), make)
    assert contents(tmp_path / "other") == contents(tmp_path / "one")


def _dies(task: RepositoryTask) -> RepositoryResult:
    if task.source.name == "team/repo":
        os._exit(7)
    return scan_repository(task)


@pytest.mark.workers
def test_a_repository_that_costs_its_worker_is_a_row(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "scan_repository", _dies)
    out = tmp_path / "out"
    assert sweep(wish(estate, out, jobs=2), SweepObserver()) == 0  # the choice says --exit-zero
    assert [row["repository"] for row in rows(out)] == ["Exports/b", "team/repo"]


def filled(out: Path, **words: str) -> None:
    """Writes into the rows of an inventory what people would."""
    found = [{**row, **words} for row in rows(out)]
    with (out / "inventory.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(found[0]))
        writer.writeheader()
        writer.writerows(found)


@pytest.mark.parametrize("resume", [False, True])
def test_what_people_wrote_is_never_lost(estate: Path, tmp_path: Path, resume: bool) -> None:
    out = tmp_path / "out"
    sweep(wish(estate, out), SweepObserver())
    filled(out, notes="call us\nfirst", Ticket="T-1")
    said: list[str] = []
    sweep(wish(estate, out, resume=resume), SweepObserver(say=said.append))
    assert [(row["notes"], row["Ticket"]) for row in rows(out)] == [("call us\nfirst", "T-1")] * 2
    assert said == ["the entries that people made in inventory.csv are carried over"]


@pytest.mark.slow
def test_it_does_not_scan_what_it_wrote(estate: Path, tmp_path: Path) -> None:
    for out in (estate / "team" / "repo" / "sweep", estate / "sweep"):
        counts = []
        for _ in range(3):
            sweep(wish(estate, out), SweepObserver())
            counts.append((len(rows(out)), {row["repository"] for row in rows(out)}))
        assert counts == [(2, {"Exports/b", "team/repo"})] * 3


def test_nothing_of_a_repository_that_left_stays(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(wish(estate, out), SweepObserver())
    shutil.rmtree(estate / "Exports")
    sweep(wish(estate, out), SweepObserver())
    assert {path.stem for folder in ("sarif", ".resume") for path in (out / folder).iterdir()} - {"lock"} == {
        "exports__a",
        "team__repo",
    }


def test_a_file_that_cannot_be_written_is_said_and_the_others_are(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, {"inventory.html/x": ""})
    said: list[str] = []
    assert sweep(wish(estate, out), SweepObserver(say=said.append)) == 2
    assert "inventory.html cannot be written" in said[0]
    assert (out / "report.html").is_file()


def test_one_url_is_a_sweep_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = repository(tmp_path / "there", {"bad.py": ROPC})
    assert cli.run(["sweep", url, "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]) == 1
    dead = "https://user:invented-value@localhost:9/a/b.git"
    assert cli.run(["sweep", dead, "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]) == 0
    assert "invented-value" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_word_that_names_no_rule_is_refused(
    estate: Path, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["sweep", str(estate), "--out", str(tmp_path / "out"), option, "ropcc"]) == 2
    assert 'did you mean "ropc"?' in capsys.readouterr().err


def test_names_of_files_are_safe_and_their_own() -> None:
    names = FileNames()
    given = [names.safe(name) for name in ("a/b", "A/B", "a__b", "../..", "x y:z", "=1")]
    assert len({name.lower() for name in given}) == len(given)
    assert all("/" not in name and not name.startswith(".") and ":" not in name for name in given)


def test_nothing_to_scan_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"documents/readme.txt": "text\n"})
    assert cli.run(["sweep", str(tmp_path / "documents"), "--out", str(tmp_path / "out")]) == 2
    assert "no work tree" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--merge", "--partner-requests"])
def test_a_file_that_is_missing_is_said_before_anything_is_scanned(
    estate: Path, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["sweep", str(estate), "--out", str(tmp_path / "out"), option, str(tmp_path / "none.csv")]) == 2
    said = capsys.readouterr().err
    assert "none.csv cannot be read" in said
    assert "[1/" not in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_results_and_clones_are_the_users_alone(tmp_path: Path) -> None:
    url = repository(tmp_path / "there", {"bad.py": ROPC})
    (tmp_path / "list.txt").write_text(f"{url}\nu:invented@example.com\n")
    for _ in range(2):
        sweep(wish(tmp_path / "list.txt", tmp_path / "out"), SweepObserver())
        (tmp_path / "out").chmod(0o755)  # as an earlier version left it
    sweep(wish(tmp_path / "list.txt", tmp_path / "out"), SweepObserver())
    below = [tmp_path / "out", *(tmp_path / "out").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in below if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in below if path.is_file()} == {0o600}
    cache = [tmp_path / "cache", *(tmp_path / "cache").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in cache if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o077 for path in cache} == {0}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_folder_that_holds_other_things_keeps_who_may_look_into_it(estate: Path, tmp_path: Path) -> None:
    put(tmp_path / "out", {"mine.txt": ""})
    (tmp_path / "out").chmod(0o755)
    sweep(wish(estate, tmp_path / "out"), SweepObserver())
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "out" / "sarif").stat().st_mode & 0o777 == 0o700


def test_a_mistyped_source_leaves_no_folder(tmp_path: Path) -> None:
    assert cli.run(["sweep", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_what_changed_since_the_last_sweep_is_a_page_of_its_own(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(wish(estate, out), SweepObserver())
    assert 'href="changes.html"' in (out / "report.html").read_text("utf-8")
    assert "or this is the first one" in (out / "changes.html").read_text("utf-8")
    shutil.rmtree(estate / "Exports")
    put(estate, {"exports/a/new.py": ROPC})
    put(estate, {"team/repo/src/bad.py": ROPC.replace('"password"', '"client_credentials"', 1)})
    sweep(wish(estate, out), SweepObserver())
    page = (out / "changes.html").read_text("utf-8")
    assert "Since the last sweep:" in page
    changes = {
        (each["what"], each["repository"]): each for each in json.loads((out / "inventory.json").read_text())["changes"]
    }
    assert changes["gone", "Exports/b"]["before"] == "breaks-now"
    assert changes["new", "exports/a"]["now"] == "breaks-now"
    assert len(rows(out)) == 2  # what is gone is no row, where nobody has written into it


def test_what_people_wrote_is_in_every_format(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(wish(estate, out), SweepObserver())
    filled(out, notes="call us", Ticket="T-1")
    sweep(wish(estate, out), SweepObserver())
    whole = json.loads((out / "inventory.json").read_text())
    assert [each["people"] for each in whole["integrations"]] == [{"notes": "call us", "Ticket": "T-1"}] * 2
    assert "<dt>Ticket</dt><dd>T-1</dd>" in (out / "report.html").read_text("utf-8")


def test_a_clone_is_linked_to_where_it_came_from(tmp_path: Path) -> None:
    root = tmp_path / "estate" / "app"
    repository(root, {"src/bad.py": ROPC})
    git(root, "remote", "add", "origin", "https://user:invented-value@dev.azure.com/o/p/_git/app")
    sweep(wish(tmp_path / "estate", tmp_path / "out"), SweepObserver())
    (row,) = rows(tmp_path / "out")
    assert row["link"].startswith("https://dev.azure.com/o/p/_git/app?version=GC")
    assert "&path=/src/bad.py&line=" in row["link"]
    for page in ("report.html", "inventory.html", "playbook.html"):
        text = (tmp_path / "out" / page).read_text("utf-8")
        assert "https://dev.azure.com/o/p/_git/app?version=GC" in text
        assert "invented-value" not in text


def test_two_sweeps_into_one_folder_do_not_mix(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said: list[str] = []

    def told(looked: RepositoryResult, number: int) -> None:
        if number == 1:
            with pytest.raises(UsageFault) as fault:
                sweep(wish(estate, out), SweepObserver())
            said.append(str(fault.value))

    sweep(wish(estate, out, jobs=1), SweepObserver(reported=told))
    assert said == [f"another sweep is writing to {out}: wait until it ends, or use another folder"]
    assert len(rows(out)) == 2
    sweep(wish(estate, out), SweepObserver())  # and then it may again


def test_what_lies_in_the_folder_and_is_not_ours_stays(estate: Path, tmp_path: Path) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim.html"
    put(out, {".gitignore": "mine\n", "sarif/other.sarif": "{}"})
    victim.write_text("mine")
    (out / "report.html").symlink_to(victim)
    sweep(wish(estate, out), SweepObserver())
    assert (out / ".gitignore").read_text() == "mine\n"
    assert (out / "sarif/other.sarif").read_text() == "{}"
    assert victim.read_text() == "mine"
    assert "<html" in (out / "report.html").read_text("utf-8")


def test_a_folder_whose_inner_folders_lead_elsewhere_is_refused(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "sarif").symlink_to(elsewhere)
    assert cli.run(["sweep", str(estate), "--out", str(out)]) == USAGE
    assert "is a link" in capsys.readouterr().err
    assert not list(elsewhere.iterdir())
