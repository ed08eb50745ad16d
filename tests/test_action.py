"""The action's own part: what its inputs become, what it compares with, when it uploads, what it puts out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from pcmfa_lint import action
from pcmfa_lint.action import Inputs, arguments, base_of_pull_request, not_uploaded, revision, upload_may_fail
from pcmfa_lint.config import USAGE
from pcmfa_lint.errors import UsageFault
from tests.helpers.git import commit, git
from tests.helpers.repository import ROPC, put

PULL = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_REPOSITORY": "owner/name"}
EVENT: dict[str, Any] = {"pull_request": {"base": {"sha": "1" * 40}, "head": {"repo": {"full_name": "owner/name"}}}}


@pytest.mark.parametrize(
    ("asked", "environment", "event", "expected"),
    [
        ("none", PULL, EVENT, ""),
        ("v1.0", PULL, EVENT, "v1.0"),
        ("base", {"GITHUB_EVENT_NAME": "push"}, {"before": "2" * 40}, ""),
        ("base", {**PULL, "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": "head"}, EVENT, "HEAD^1"),
        ("base", {**PULL, "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": "another"}, EVENT, "1" * 40),
        ("base", {**PULL, "GITHUB_REF": "refs/heads/main", "GITHUB_SHA": "head"}, EVENT, "1" * 40),
        ("base", {"GITHUB_EVENT_NAME": "merge_group"}, {"merge_group": {"base_sha": "3" * 40}}, "3" * 40),
    ],
)
def test_what_a_run_is_compared_with(
    asked: str, environment: dict[str, str], event: dict[str, Any], expected: str
) -> None:
    assert revision(asked, environment, event, "head") == expected


def test_the_base_of_a_pull_request_decides_whatever_is_compared() -> None:
    assert base_of_pull_request({"GITHUB_EVENT_NAME": "push"}, {}, "head") == ""
    assert base_of_pull_request(PULL, EVENT, "head") == "1" * 40
    with pytest.raises(UsageFault, match="base of the pull request"):
        base_of_pull_request(PULL, {}, "head")


def test_a_pull_request_that_says_nothing_is_new_is_judged_by_its_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, event = tmp_path / "repository", tmp_path / "event.json"
    root.mkdir()
    git(root, "init", "--quiet")
    base = commit(root, {"b.py": "print(1)\n"})
    commit(root, {"a.py": ROPC, ".pcmfa-lint.toml": "fail-on = 'never'"})
    event.write_text(json.dumps({"pull_request": {"base": {"sha": base}}}), "utf-8")
    environment = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)}
    assert run(monkeypatch, root, environment, changed_since="none")[0]["exit-code"] == "1"
    assert run(monkeypatch, root, environment, changed_since="base")[0]["exit-code"] == "1"
    assert run(monkeypatch, root, environment, changed_since="base", trust_head="true")[0]["exit-code"] == "0"


def test_forks_and_dependabot_do_not_upload() -> None:
    inputs = Inputs({"PCMFA_UPLOAD": "true"})
    fork = {"pull_request": {"head": {"repo": {"full_name": "stranger/name"}}}}
    gone = {"pull_request": {"head": {"repo": None}}}
    assert not_uploaded(inputs, "a.sarif", PULL, EVENT) == ""
    assert "fork" in not_uploaded(inputs, "a.sarif", PULL, fork)
    assert "fork" in not_uploaded(inputs, "a.sarif", PULL, gone)
    assert "Dependabot" in not_uploaded(inputs, "a.sarif", {**PULL, "GITHUB_ACTOR": "dependabot[bot]"}, EVENT)
    assert not_uploaded(inputs, "a.sarif", {"GITHUB_EVENT_NAME": "push"}, {}) == ""
    assert "none" in not_uploaded(inputs, "", PULL, EVENT)
    assert "false" in not_uploaded(Inputs({"PCMFA_UPLOAD": "false"}), "a.sarif", PULL, EVENT)


@pytest.mark.parametrize(
    ("upload", "event", "expected"),
    [
        ("auto", {"repository": {"private": True}}, True),
        ("auto", {"repository": {"private": False}}, False),
        ("Auto", {}, True),
        ("true", {"repository": {"private": True}}, False),
        ("false", {}, False),
    ],
)
def test_a_refused_upload_fails_only_where_it_must_work(upload: str, event: dict[str, Any], expected: bool) -> None:
    inputs = Inputs({"PCMFA_UPLOAD": upload})
    assert upload_may_fail(inputs, event) == expected
    assert (not_uploaded(inputs, "a.sarif", {"GITHUB_EVENT_NAME": "push"}, event) == "") == (upload != "false")


def test_no_input_becomes_an_option(tmp_path: Path) -> None:
    inputs = Inputs({"PCMFA_PATHS": "--exit-zero\n  a b \n\n", "PCMFA_CONFIG": "--exit-zero"})
    line = arguments(inputs, tmp_path, "--exit-zero")
    assert line[-3:] == ["--", "--exit-zero", "a b"]
    assert line.count("--exit-zero") == 1
    assert {"--config=--exit-zero", "--changed-since=--exit-zero"} <= set(line)


def run(
    monkeypatch: pytest.MonkeyPatch, root: Path, environment: dict[str, str] | None = None, /, **inputs: str
) -> tuple[dict[str, str], str]:
    """Outputs and summary of a run of the action in `root`."""
    files = {name: root.parent / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for name, file in files.items():
        file.write_text("", "utf-8")
        monkeypatch.setenv(name, str(file))
    monkeypatch.setenv("RUNNER_TEMP", str(root.parent))
    for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REF", "GITHUB_SHA", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (environment or {}).items():
        monkeypatch.setenv(name, value)
    given = {"annotations": "true", "summary": "true", "upload": "true", "changed_since": "base", **inputs}
    for name, value in given.items():
        monkeypatch.setenv(f"PCMFA_{name.upper()}", value)
    monkeypatch.chdir(root)
    action.main()
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines())
    return outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8")


def test_a_fault_gives_outputs_summary_and_annotations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "repository"
    put(root, {"a.py": ROPC})
    outputs, summary = run(monkeypatch, root, formats="html, csv")
    assert (outputs["exit-code"], outputs["highest-level"], outputs["upload"]) == ("1", "error", "true")
    report = json.loads(Path(outputs["json-file"]).read_text("utf-8"))
    assert int(outputs["findings"]) == len(report["findings"]) == report["summary"]["findings"]
    assert {"pcmfa-lint.html", "pcmfa-lint.csv"} <= {path.name for path in Path(outputs["reports"]).iterdir()}
    assert "PCM201" in summary
    printed = capsys.readouterr().out
    assert "::error file=a.py" in printed
    assert "invented-value" not in printed + summary


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such name there")
def test_a_file_name_gives_no_orders_to_the_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "repository"
    put(root, {"::error title=x::.py": ROPC})
    run(monkeypatch, root, annotations="false")
    lines = capsys.readouterr().out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    token = lines[start].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    orders = [number for number, line in enumerate(lines) if line.lstrip().startswith("::")]
    assert [number for number in orders if not start <= number <= end] == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"upload": "yes"}, "upload must be auto, true, or false"),
        ({"strict": "yes"}, "strict must be true or false"),
        ({"formats": "pdf"}, "not pdf"),
        ({"paths": "missing"}, "no such file"),
        ({"working_directory": "missing"}, "working directory"),
        ({"fail_on": "high"}, "high"),
        ({"changed_since": "missing"}, "no such commit"),
    ],
)
def test_a_wrong_input_is_told(
    inputs: dict[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    commit(root, {"a.py": ROPC})
    outputs, summary = run(monkeypatch, root, **inputs)
    assert (outputs["exit-code"], outputs["sarif-file"], outputs["upload"]) == (str(USAGE), "", "false")
    assert summary == ""
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("::error title=pcmfa-lint::"))
    assert said in line
