"""The command line: exit status, reports, help, and what it costs to start."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint import cli
from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import scan_given
from tests.helpers.repository import ROPC, put

HELPER = """\
function Get-It($User, $Secret) {
    $body = @{ grant_type = 'password'; username = $User; password = $Secret
        resource = 'https://api.partnercenter.microsoft.com' }
    Invoke-RestMethod https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token -Method Post -Body $body
}
"""
PLANTED = "planted-text-of-a-file"


def program(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pcmfa_lint", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    root = tmp_path / "bad"
    put(root, {"bad.py": ROPC})
    return root


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    root = tmp_path / "clean"
    put(root, {"a.ps1": "Write-Host 'hello'\n"})
    return root


def test_findings_give_one_and_nothing_gives_zero(bad: Path, clean: Path) -> None:
    assert cli.run(["scan", str(bad)]) == 1
    assert cli.run(["scan", str(clean)]) == 0


def test_fail_on_and_exit_zero(bad: Path) -> None:
    assert cli.run(["scan", str(bad), "--exit-zero"]) == 0
    assert cli.run(["scan", str(bad), "--fail-on", "never"]) == 0
    assert cli.run(["scan", str(bad), "--select", "legacy-auth"]) == 0


def test_strict_beats_findings_and_exit_zero(bad: Path) -> None:
    put(bad, {"binary.ps1": bytes(range(256)) * 8})
    assert cli.run(["scan", str(bad)]) == 1
    assert cli.run(["scan", str(bad), "--strict"]) == 3
    assert cli.run(["scan", str(bad), "--strict", "--exit-zero"]) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "no-such-folder"],
        ["scan", "--no-such-option"],
        ["scan", "--format", "pdf"],
        ["scan", "--report", "sarif"],
        ["scan", "--report", "pdf=x"],
        ["scan", "--jobs", "0"],
        ["scan", "--rules", "no-such-folder"],
        ["scan", "--config", "no-such-file"],
        ["scan", "--output", "no-such-folder/report"],
        ["explain", "PCM999"],
        ["sweep", "no-such-folder", "--out", "out"],
        ["no-such-command"],
        [],
    ],
)
def test_wrong_usage_gives_two(
    arguments: list[str], clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(clean)
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err


def test_different_roots_give_two_and_name_sweep(bad: Path, clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["scan", str(bad), str(clean)]) == 2
    assert "sweep" in capsys.readouterr().err


def test_our_own_fault_gives_four_and_no_text_of_the_file(
    bad: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError(PLANTED) from ValueError(PLANTED)

    monkeypatch.setattr("pcmfa_lint.engine.pipeline.link", fails)
    put(bad, {"binary.ps1": bytes(range(256)) * 8})
    for more in ([], ["-v"], ["--strict", "--exit-zero"]):
        assert cli.run(["scan", str(bad), *more]) == 4
        shown = "".join(capsys.readouterr())
        assert PLANTED not in shown
        assert "RuntimeError" in shown
        assert "report it" in shown


def test_several_reports_in_one_run(bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.sarif", tmp_path / "two.json"
    one.write_text("old")
    cli.run(["scan", str(bad), "--format", "sarif", "--output", str(one), "--report", f"json={two}"])
    assert json.loads(one.read_text())["runs"][0]["results"]
    assert json.loads(two.read_text())["findings"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad", "one.sarif", "two.json"]
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no /dev/null")
def test_a_report_to_what_is_no_regular_file_is_written_straight(bad: Path) -> None:
    assert cli.run(["scan", str(bad), "--output", os.devnull]) == 1
    assert not Path(os.devnull).is_file()


def test_a_report_that_fails_leaves_the_old_one(
    bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(report: object, stream: object, options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("pcmfa_lint.report.json.write", fails)
    target = tmp_path / "report.json"
    target.write_text("old")
    assert cli.run(["scan", str(bad), "--format", "json", "--output", str(target)]) == 4
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad", "report.json"]


def test_machine_formats_name_every_rule(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["scan", str(clean), "--format", "json"])
    assert len(json.loads(capsys.readouterr().out)["rules"]) > 10


def test_no_file_at_all_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["scan", str(tmp_path)]) == 0
    assert "no file was scanned" in capsys.readouterr().err


def test_piped_runs_are_quiet_on_standard_error(bad: Path) -> None:
    assert program("scan", str(bad)).stderr == ""


def test_names_that_a_console_cannot_say(bad: Path) -> None:
    put(bad, {"名前.py": ROPC})
    result = program("scan", str(bad), PYTHONIOENCODING="cp1252")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


def test_the_projects_file_is_obeyed_and_the_command_line_wins(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(bad, {".pcmfa-lint.toml": 'fail-on = "never"\n'})
    assert cli.run(["scan", str(bad)]) == 0
    assert cli.run(["scan", str(bad), "--fail-on", "warning"]) == 1
    put(bad, {".pcmfa-lint.toml": 'exclude = ["bad.py"]\n'})
    assert cli.run(["scan", str(bad)]) == 0
    assert cli.run(["scan", str(bad / "bad.py")]) == 1
    assert cli.run(["scan", str(bad / "bad.py"), "--force-exclude"]) == 0
    capsys.readouterr()
    put(bad, {".pcmfa-lint.toml": f'fail_onn = "{PLANTED}"\n'})
    assert cli.run(["scan", str(bad)]) == 2
    shown = capsys.readouterr().err
    assert "fail_on" in shown
    assert PLANTED not in shown


def test_pyproject_counts_where_it_names_us(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(bad, {"pyproject.toml": "not TOML at all ["})
    assert cli.run(["scan", str(bad)]) == 1
    put(bad, {"pyproject.toml": '[tool.other]\nx = 1\n\n[tool.pcmfa-lint]\nignore = ["PCM"]\n\n[tool.z]\ny = 2\n'})
    assert cli.run(["scan", str(bad)]) == 0
    put(bad, {"pyproject.toml": '[tool.other]\nx = 1\n\n[tool.pcmfa-lint]\nselekt = ["PCM"]\n'})
    assert cli.run(["scan", str(bad)]) == 2
    assert "pyproject.toml:5" in capsys.readouterr().err


def test_explain_gives_the_page_of_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "pcm201"]) == 0
    page = capsys.readouterr().out
    for part in ("PCM201", "Why", "What to do", "--language NAME", "--examples", "References"):
        assert part in page
    assert "Example: " not in page
    assert len(page.splitlines()) < 40
    assert cli.run(["explain", "pcm201", "--examples"]) == 0
    assert "Example: " in capsys.readouterr().out


def test_rules_list_names_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["rules", "list"]) == 0
    assert "PCM201" in capsys.readouterr().out


def test_rules_test_refuses_a_broken_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"own/ABC1.toml": f'id = "ABC1"\nnmae = "{PLANTED}"\n'})
    assert cli.run(["rules", "test", str(tmp_path)]) == 2
    shown = "".join(capsys.readouterr())
    assert "ABC1.toml:2" in shown
    assert PLANTED not in shown


@pytest.mark.parametrize(
    "command",
    [
        *("", "scan", "sweep", "explain", "lsp", "rules", "rules list", "rules test", "rules show-config"),
        *("suppressions", "baseline", "baseline write", "baseline prune"),
    ],
)
def test_help(command: str, snapshot: SnapshotAssertion) -> None:
    result = CliRunner().invoke(cli.cli, [*command.split(), "--help"], prog_name="pcmfa-lint", terminal_width=100)
    assert result.exit_code == 0
    assert result.output == snapshot


def test_a_file_without_a_hit_loads_nothing_heavy(clean: Path) -> None:
    heavy = (
        "libcst",
        "sarif_om",
        "tree_sitter",
        "yaml",
        "hyperscan",
        "pathspec",
        "multiprocessing",
        "pcmfa_lint.ir.nodes",
        "pcmfa_lint.findings.model",
        "pcmfa_lint.cli.sweep",
    )
    code = (
        f"import sys; from pcmfa_lint import cli; status = cli.run(['scan', {str(clean / 'a.ps1')!r}]);"
        f"sys.exit(repr([name for name in {heavy!r} if name in sys.modules]) if not status else 'status')"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert result.stderr.strip() == "[]"


def test_standard_input_is_judged_as_the_file_that_it_is_said_to_be(tmp_path: Path) -> None:
    put(tmp_path, {"scripts/job.py": "print('hello')\n"})
    for name, status in (("scripts/job.py", 1), ("scripts/new.py", 1), ("scripts/new.md", 0)):
        command = [
            sys.executable,
            "-P",
            "-m",
            "pcmfa_lint",
            "scan",
            "-",
            "--stdin-filename",
            name,
            "--format",
            "concise",
        ]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            input=ROPC.encode("utf-16"),
            capture_output=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert (name.rpartition("/")[2].encode() + b":" in done.stdout) == bool(status)


@pytest.mark.parametrize(
    "arguments",
    [
        ["-"],
        ["-", "a.py", "--stdin-filename", "b.py"],
        ["a.py", "--stdin-filename", "b.py"],
        ["-", "--stdin-filename", "nowhere/a.py"],
        ["-", "--stdin-filename", "a.py", "--staged"],
    ],
)
def test_standard_input_wants_one_name_whose_folder_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert cli.run(["scan", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_standard_input_uses_is_read_from_the_disk(tmp_path: Path) -> None:
    put(tmp_path, {"helper.ps1": HELPER, "job.ps1": "Write-Host 'saved before'\n"})
    script = b". $PSScriptRoot/helper.ps1\nGet-It -User 'svc@contoso.com' -Secret $env:PC_PASSWORD\n"
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    report = scan_given(str(tmp_path / "job.ps1"), script, Settings())
    assert {(each.rule, each.place.path) for each in report.findings} == {("PCM102", "job.ps1")}


def test_a_folder_in_the_place_of_a_command_is_told_how_it_is_scanned(bad: Path) -> None:
    result = CliRunner().invoke(cli.cli, [str(bad)], prog_name="pcmfa-lint")
    assert result.exit_code == 2
    assert f"To scan it: pcmfa-lint scan {bad}" in result.output
