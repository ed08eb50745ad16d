"""Bad input: whatever lies in a repository, the run ends well and says what it did not read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import scan
from pcmfa_lint.findings.model import Report
from tests.helpers.git import git as command
from tests.helpers.git import repository
from tests.helpers.repository import ROPC, put

pytestmark = pytest.mark.workers  # whatever it is, it must not cost the run more than a worker
SEED = '# https://api.partnercenter.microsoft.com https://login.microsoftonline.com grant_type "password"\n'
QUERY = """\
let
    Token = Json.Document(Web.Contents("https://login.microsoftonline.com/example.onmicrosoft.com/oauth2/token", [
        Content = Text.ToBinary(
            "grant_type=password&resource=https://api.partnercenter.microsoft.com&username=" & U & "&password=" & P)
    ]))
in Token
"""


def run(root: Path) -> Report:
    return scan([str(root)], Settings(seconds=20.0))


def listed(report: Report) -> list[str]:
    return [note.path for note in (*report.files.partly, *report.files.skipped)]


@pytest.mark.parametrize("name", ["deep.py", "deep.ps1"])
def test_nested_brackets(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"{SEED}x = {'(' * 1_500}1{')' * 1_500}\n")
    assert listed(run(tmp_path)) == [name]


@pytest.mark.parametrize("name", ["chain.py", "chain.ps1"])
def test_chained_calls(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"{SEED}x = a{'.b()' * 10_000}\n")
    report = run(tmp_path)
    assert listed(report) == [name] or report.files.read == 1


def test_a_long_sum(tmp_path: Path) -> None:
    (tmp_path / "sum.py").write_text(f"{SEED}x = a{'+a' * 20_000}\n")
    assert listed(run(tmp_path)) == ["sum.py"]


def test_a_sparse_file_of_three_gigabytes(tmp_path: Path) -> None:
    with (tmp_path / "big.ps1").open("wb") as stream:
        stream.truncate(3_000_000_000)
    (note,) = run(tmp_path).files.skipped
    assert (note.path, note.reason) == ("big.ps1", "It is too large: 3000 MB.")


def test_a_seed_between_two_windows_of_a_large_file(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_bytes(b"#" * 999_990 + SEED.encode() + b"#" * 6_000_000)
    (tmp_path / "harmless.py").write_bytes(b"#" * 7_000_000)
    report = run(tmp_path)
    assert [note.path for note in report.files.skipped] == ["large.py"]
    assert report.files.irrelevant == 1


def test_a_name_with_a_line_break(tmp_path: Path) -> None:
    name = "line\nbreak.py"
    (tmp_path / name).write_text(f"{SEED}x = {'(' * 1_500}1{')' * 1_500}\n")
    assert listed(run(tmp_path)) == [name]


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.py")
    (tmp_path / name).write_text(SEED)
    assert run(tmp_path).files.read == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file_and_folder(tmp_path: Path) -> None:
    (tmp_path / "closed.ps1").write_text(SEED)
    (tmp_path / "closed.ps1").chmod(0)
    (tmp_path / "folder").mkdir(mode=0)
    assert listed(run(tmp_path)) == ["closed.ps1", "folder"]


def test_binary_content(tmp_path: Path) -> None:
    (tmp_path / "b.ps1").write_bytes(b"\x7fELF\0\0\0\x01\x02" + SEED.encode() + bytes(range(256)) * 8)
    (tmp_path / "b.dll").write_bytes(b"MZ\0\0\0\x01\x02" + SEED.encode() + bytes(range(256)) * 8)
    report = run(tmp_path)
    assert [(note.path, note.reason) for note in report.files.skipped] == [("b.ps1", "It is binary, not text.")]
    assert report.files.irrelevant == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_loops_and_folders(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ps1")
    (tmp_path / "loop.ps1").symlink_to("loop2.ps1")
    (tmp_path / "loop2.ps1").symlink_to("loop.ps1")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "x.ps1").mkdir()
    assert listed(run(tmp_path)) == ["loop.ps1", "loop2.ps1", "pipe.ps1", "x.ps1"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_that_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ps1")
    assert listed(scan([str(tmp_path / "pipe.ps1")], Settings())) == ["pipe.ps1"]


def test_an_empty_folder(tmp_path: Path) -> None:
    report = run(tmp_path)
    assert (report.findings, report.files.read, report.files.irrelevant) == ((), 0, 0)


def test_a_tracked_path_that_leads_out_through_a_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "x.py").write_text(SEED)
    subprocess.run(["git", "init", "-q", str(root)], check=True, capture_output=True)
    subprocess.run(["git", "-C", str(root), "add", "."], check=True, capture_output=True)
    (root / "sub" / "x.py").rename(outside / "x.py")
    (root / "sub").rmdir()
    (root / "sub").symlink_to(outside)
    report = run(root)
    assert report.files.read == 0
    assert listed(report) == ["sub", "sub/x.py"]


@pytest.mark.slow
def test_code_that_stalls_the_analysis_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmfa_lint.analysis.interpreter.run import Interpreter

    good = Interpreter.block

    def stalls(self: Interpreter, body: object, frame: object) -> object:
        while frame.unit.path == "stalls.py":  # type: ignore[attr-defined]
            pass
        return good(self, body, frame)  # type: ignore[arg-type]

    monkeypatch.setattr(Interpreter, "block", stalls)
    put(tmp_path, {"stalls.py": ROPC, "bad.py": ROPC})
    report = scan([str(tmp_path)], Settings(seconds=4.0))
    assert listed(report) == ["stalls.py"]
    assert {finding.place.path for finding in report.findings if finding.rule == "PCM201"} == {"bad.py"}
    assert report.files.read == 1


def test_text_rules_are_held_against_a_file_that_stalls_its_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"invented.pq": QUERY})

    def stalls(data: bytes, path: str) -> None:
        while True:
            pass

    monkeypatch.setattr("pcmfa_lint.frontend.read.read", stalls)
    report = scan([str(tmp_path)], Settings(seconds=2.0))
    assert listed(report) == ["invented.pq"]
    assert [finding.rule for finding in report.findings] == ["PCM208"]


def test_a_mapping_that_holds_itself(tmp_path: Path) -> None:
    held = "".join(f'd["{number}"] = d\n' for number in range(300))
    sent = 'app.acquire_token_by_username_password(d["1"]["2"], d["3"], scopes=["https://api.partnercenter.microsoft.com"])'
    app = 'import msal\napp = msal.PublicClientApplication("11111111-2222-3333-4444-555555555555")\nd = {}\n'
    put(tmp_path, {"a.py": app + held + sent + "\n"})
    report = run(tmp_path)
    assert (listed(report), len(report.findings) > 0) == ([], True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_git_that_does_not_answer_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmfa_lint.discovery import git
    from pcmfa_lint.processes import limits

    monkeypatch.setattr(limits, "git", [1.0])
    put(tmp_path, {"a.ps1": SEED})
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, capture_output=True)
    os.mkfifo(tmp_path / ".gitignore")
    report = run(tmp_path)
    assert "git could not list the files; the folders were walked instead." in report.notes
    assert git.ask(str(tmp_path), "rev-parse", "HEAD") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_who_wrote_what_is_told_without_the_work_tree_s_own_files(tmp_path: Path) -> None:
    from pcmfa_lint.discovery import git

    top = str(tmp_path.resolve())
    repository(tmp_path, {"sub/a.py": "x = 1\n"})
    os.mkfifo(tmp_path / ".mailmap")
    assert git.last_author(top, ["sub/a.py"]) == "a@example.com <a@example.com>"
    assert [line for line, _ in git.line_dates(top, "sub/a.py")] == [b"x = 1"]


def test_a_year_that_no_calendar_reaches(tmp_path: Path) -> None:
    from pcmfa_lint.discovery import git

    top = str(tmp_path.resolve())
    repository(tmp_path, {"a.py": "x = 1\n"})
    tree = command(tmp_path, "rev-parse", "HEAD^{tree}")
    who = "n <a@example.com> 99999999999999 +0000"
    written = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nx\n"
    (tmp_path / ".git" / "next").write_text(written)
    command(tmp_path, "update-ref", "HEAD", command(tmp_path, "hash-object", "-t", "commit", "-w", ".git/next"))
    assert git.line_dates(top, "a.py") == []


def test_git_is_not_looked_for_in_what_is_scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmfa_lint.discovery import git

    top = tmp_path.resolve()
    name = "git.exe" if sys.platform == "win32" else "git"
    put(top, {f"bin/{name}": "", name: ""})
    for file in (top / name, top / "bin" / name):
        file.chmod(0o755)
    real = git.program()
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", str(top / "bin"), str(top), os.environ["PATH"]]))
    assert git.program(str(top)) == real
    assert str(top) not in git.search_path(str(top))
    monkeypatch.chdir(top)
    assert git.program() != str(top / name)
