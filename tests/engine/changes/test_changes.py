"""What is new: against a revision, in the index, and for files that are named one by one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.config import USAGE
from pcmfa_lint.knowledge import loader
from pcmfa_lint.knowledge.model import Knowledge
from tests.helpers.git import commit, git
from tests.helpers.repository import ROPC, put

HELPER = """\
import requests


def send_it(body):
    return requests.post("https://login.microsoftonline.com/common/oauth2/token", data=body)
"""
CALLER = """\
from helper import send_it

send_it({
    "grant_type": "password",
    "resource": "https://api.partnercenter.microsoft.com",
    "username": "invented@example.com",
    "password": "invented-value",
})
"""
HARMLESS = "print('hello')\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    return root


def report(root: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """Exit status and JSON report of a scan."""
    target = root.parent / "report.json"
    status = cli.run(["scan", str(root), "--min-level", "warning", "--report", f"json={target}", *arguments])
    return status, json.loads(target.read_text("utf-8"))


def told(root: Path, *arguments: str, part: str = "findings") -> list[tuple[str, str]]:
    found = report(root, *arguments)[1][part]
    assert isinstance(found, list)
    return sorted((each["rule"], each["path"]) for each in found)


def refused(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said to a run that cannot be made; it is one line."""
    capsys.readouterr()
    assert cli.run(["scan", str(root), *arguments]) == USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


# --- against a revision -----------------------------------------------------------------------------------------------


def test_a_new_file_is_new_and_an_old_one_is_known(repository: Path) -> None:
    base = commit(repository, {"old.py": ROPC})
    commit(repository, {"new.py": ROPC})
    status, _ = report(repository, "--changed-since", base)
    assert status == 1
    assert {path for _, path in told(repository, "--changed-since", base)} == {"new.py"}


def test_moved_and_reindented_lines_are_not_new(repository: Path) -> None:
    base = commit(repository, {"a.py": ROPC})
    indented = "def main():\n" + "".join(f"    {line}\n" if line else "\n" for line in ROPC.splitlines()) + "main()\n"
    commit(repository, {"a.py": "# a comment\n\n" + indented})
    assert report(repository, "--changed-since", base)[0] == 0
    assert told(repository, "--changed-since", base, part="baselined")


def test_another_password_in_the_same_place_is_new(repository: Path) -> None:
    base = commit(repository, {"a.py": ROPC})
    commit(repository, {"a.py": ROPC.replace("invented-value", "another-invented-value")})
    assert told(repository, "--changed-since", base) == [("PCM101", "a.py")]


def test_what_was_committed_on_the_other_side_since_is_not_new(repository: Path) -> None:
    """Comparing with the tip would call new what the other branch has mended in the meantime."""
    commit(repository, {"a.py": ROPC})
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit(repository, {"b.ps1": "Write-Host 1\n"})
    git(repository, "checkout", "--quiet", "main")
    commit(repository, {"a.py": HARMLESS})
    git(repository, "checkout", "--quiet", "topic")
    assert report(repository, "--changed-since", "main")[0] == 0


def test_a_renamed_file_is_not_new_also_when_it_changes(repository: Path) -> None:
    base = commit(repository, {"a.py": ROPC})
    git(repository, "mv", "a.py", "sub.py")
    put(repository, {"sub.py": "# moved\n" * 40 + ROPC})
    assert report(repository, "--changed-since", base)[0] == 0
    commit(repository)
    assert report(repository, "--changed-since", base)[0] == 0


def test_a_copy_is_new(repository: Path) -> None:
    base = commit(repository, {"a.py": ROPC})
    commit(repository, {"b.py": ROPC})
    assert {path for _, path in told(repository, "--changed-since", base)} == {"b.py"}


def test_a_file_in_utf_16_that_git_calls_binary(repository: Path) -> None:
    script = "$body = @{ grant_type = 'password'; username = 'invented@example.com'; password = 'invented-value'\n"
    script += "  resource = 'https://api.partnercenter.microsoft.com' }\n"
    call = "Invoke-RestMethod https://login.microsoftonline.com/common/oauth2/token -Method Post -Body $body\n"
    base = commit(repository, {"a.ps1": script.encode("utf-16")})
    commit(repository, {"a.ps1": ("# one more line\n" + script + call).encode("utf-16")})
    assert "Binary" in git(repository, "diff", base)
    assert ("PCM201", "a.ps1") in told(repository, "--changed-since", base)
    commit(repository, {"a.ps1": ("# two\n# lines\n" + script + call).encode("utf-16")})
    assert report(repository, "--changed-since", "HEAD^")[0] == 0


def test_a_change_that_makes_another_file_wrong_is_new(repository: Path) -> None:
    harmless = HELPER.replace("login.microsoftonline.com", "login.example.com")
    base = commit(repository, {"helper.py": harmless, "caller.py": CALLER})
    commit(repository, {"helper.py": HELPER})
    assert ("PCM201", "caller.py") in told(repository, "--changed-since", base)


def test_a_change_elsewhere_does_not_make_known_things_new(repository: Path) -> None:
    base = commit(repository, {"helper.py": HELPER, "caller.py": CALLER})
    commit(repository, {"helper.py": "# a comment\n" + HELPER})
    assert report(repository, "--changed-since", base)[0] == 0
    assert ("PCM201", "caller.py") in told(repository, "--changed-since", base, part="baselined")


def test_a_suppression_that_goes_makes_its_finding_new(repository: Path) -> None:
    silenced = ROPC.replace("requests.post(", "# pcmfa: ignore[PCM2, PCM1] known\nrequests.post(")
    base = commit(repository, {"a.py": silenced})
    commit(repository, {"a.py": ROPC})
    assert ("PCM201", "a.py") in told(repository, "--changed-since", base)


def test_what_is_not_committed_counts_also_when_git_does_not_know_the_file(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS, "b.py": ROPC, ".gitignore": "ignored.py\n"})
    put(repository, {"a.py": ROPC, "new.py": ROPC, "ignored.py": ROPC})
    os.utime(repository / "b.py", (1, 1))  # another time is no change
    assert {path for _, path in told(repository, "--changed-since", base)} == {"a.py", "new.py"}


def test_baseline_and_comparison_go_together(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    commit(repository, {"a.py": ROPC, "b.py": ROPC})
    known = repository.parent / "known"
    assert cli.run(["baseline", "write", str(repository / "a.py"), "--baseline", str(known)]) == 0
    new = told(repository, "--changed-since", base, "--baseline", str(known))
    assert new == [("PCM101", "a.py"), ("PCM101", "b.py"), ("PCM201", "b.py")]  # of no password is it known what it was
    assert told(repository, "--changed-since", base, "--baseline", str(known), "--trust-head") == new[1:]
    put(repository, {"b.py": HARMLESS})
    status, found = report(repository, "--changed-since", "HEAD", "--baseline", str(known))
    assert status == 0
    assert "prune" not in json.dumps(found["notes"])  # what was not looked at is not said to be mended


@pytest.mark.parametrize("name", ["a b.py", "a#b.py", "a'\"b.py", "a\nb.py", "ä.py", "a\tb.py", "-a.py", ":a.py"])
def test_odd_names(repository: Path, name: str) -> None:
    if sys.platform == "win32" and set(name) & set("\n\t\"':"):
        pytest.skip("no such names there")
    base = commit(repository, {name: HARMLESS})
    commit(repository, {name: ROPC})
    assert {path for _, path in told(repository, "--changed-since", base)} == {name}
    put(repository, {name: "# one line more\n" + ROPC})
    git(repository, "add", "--all")
    assert report(repository, "--staged")[0] == 0
    assert told(repository, "--staged", part="baselined")


def test_it_is_said_what_was_compared_whatever_the_commit_is_called(repository: Path) -> None:
    base = commit(repository, {"a.py": ROPC})
    commit(repository, {"a.py": "# one line more\n" + ROPC})
    notes = report(repository, "--changed-since", "HEAD~1", "--select", "PCM201")[1]["notes"]
    said = f"Compared the work tree with HEAD~1 ({base[:12]}): 1 file differs; 1 finding that was there before counts"
    assert said in json.dumps(notes)


def test_the_rules_are_loaded_once_for_both_states(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = commit(repository, {"a.py": ROPC})
    commit(repository, {"a.py": ROPC.replace("invented-value", "another-value")})
    load, loads = loader.load_knowledge, list[object]()

    def counted(folders: Sequence[Path]) -> Knowledge:
        loads.append(folders)
        return load(folders)

    monkeypatch.setattr(loader, "load_knowledge", counted)
    assert told(repository, "--changed-since", base) == [("PCM101", "a.py")]
    assert len(loads) == 1


# --- kinds of repositories --------------------------------------------------------------------------------------------


def test_a_shallow_clone_is_told_how_to_deepen(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    commit(repository, {"a.py": ROPC})
    shallow = repository.parent / "shallow"
    git(repository.parent, "clone", "--quiet", "--depth=1", repository.as_uri(), str(shallow))
    said = refused(shallow, capsys, "--changed-since", base)
    command = said[said.index("git fetch") : said.index(" (in")].split()
    git(shallow, *command[1:])
    assert ("PCM201", "a.py") in told(shallow, "--changed-since", base)
    assert "git fetch --unshallow " in refused_depth_2(repository, capsys)


def refused_depth_2(repository: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A clone that holds both ends, and not where they parted."""
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit(repository, {"b.py": HARMLESS})
    commit(repository, {"c.py": HARMLESS})
    git(repository, "checkout", "--quiet", "main")
    commit(repository, {"d.py": HARMLESS})
    both = repository.parent / "both"
    git(repository.parent, "clone", "--quiet", "--depth=1", "--no-single-branch", repository.as_uri(), str(both))
    git(both, "checkout", "--quiet", "topic")
    return refused(both, capsys, "--changed-since", "origin/main")


def test_a_merge_that_a_shallow_clone_holds_is_enough(repository: Path) -> None:
    """What actions/checkout gives with `fetch-depth: 2`."""
    commit(repository, {"a.py": ROPC})
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit(repository, {"b.py": ROPC})
    git(repository, "checkout", "--quiet", "main")
    commit(repository, {"c.py": ROPC})
    git(repository, "merge", "--quiet", "--no-edit", "topic")
    shallow = repository.parent / "shallow"
    git(repository.parent, "clone", "--quiet", "--depth=2", repository.as_uri(), str(shallow))
    assert {path for _, path in told(shallow, "--changed-since", "HEAD^1")} == {"b.py"}


def test_unknown_revisions_and_no_commit(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no commit" in refused(repository, capsys, "--changed-since", "main")
    commit(repository, {"a.py": HARMLESS})
    for revision in ("no-such", "HEAD:a.py", "--help", "HEAD^{tree}", "a b\n", "0" * 40):
        assert "no such commit" in refused(repository, capsys, "--changed-since", revision)
    assert "needs a revision" in refused(repository, capsys, "--changed-since", "")


def test_no_work_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"plain/a.py": HARMLESS})
    assert "not a git work tree" in refused(tmp_path / "plain", capsys, "--staged")
    assert "not a git work tree" in refused(tmp_path / "plain", capsys, "--changed-since", "main")


def test_no_git(repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, {"a.py": HARMLESS})
    monkeypatch.setenv("PATH", "")
    assert "git" in refused(repository, capsys, "--changed-since", "HEAD")


def test_a_detached_head_a_linked_work_tree_and_a_submodule(repository: Path) -> None:
    base = commit(repository, {"a.py": HARMLESS})
    commit(repository, {"a.py": ROPC})
    git(repository, "checkout", "--quiet", "--detach")
    assert report(repository, "--changed-since", base)[0] == 1
    linked = repository.parent / "linked"
    git(repository, "worktree", "add", "--quiet", "--detach", str(linked))
    assert report(linked, "--changed-since", base)[0] == 1
    outer = repository.parent / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "submodule", "--quiet", "add", repository.as_uri(), "sub module")
    commit(outer)
    assert (outer / "sub module/.git").is_file()
    assert report(outer / "sub module", "--changed-since", base)[0] == 1
    put(outer, {"sub module/b.py": ROPC})
    assert report(outer, "--changed-since", "HEAD")[0] == 0  # another repository's business


def test_histories_that_have_nothing_in_common(repository: Path) -> None:
    commit(repository, {"a.py": ROPC})
    git(repository, "checkout", "--quiet", "--orphan", "other")
    commit(repository, {"b.py": ROPC})
    assert {path for _, path in told(repository, "--changed-since", "main")} == {"b.py"}


def test_no_program_of_the_repository_runs(repository: Path) -> None:
    ran = repository.parent / "ran"
    base = commit(repository, {"a.py": HARMLESS})
    trap = f"touch '{ran}'; cat"
    git(repository, "config", "filter.trap.clean", trap)
    git(repository, "config", "filter.trap.smudge", trap)
    git(repository, "config", "filter.trap.required", "true")
    git(repository, "config", "diff.trap.textconv", trap)
    git(repository, "config", "diff.external", trap)
    git(repository, "config", "core.fsmonitor", f"touch '{ran}'")
    put(repository, {"a.py": ROPC, ".gitattributes": "*.py filter=trap diff=trap\n"})
    os.utime(repository / "a.py", (1, 1))
    assert report(repository, "--changed-since", base)[0] == 1
    report(repository, "--staged")
    assert not ran.exists()


# --- the index --------------------------------------------------------------------------------------------------------


def test_the_index_is_read_and_not_the_work_tree(repository: Path) -> None:
    commit(repository, {"a.py": HARMLESS, "b.py": HARMLESS})
    put(repository, {"a.py": ROPC})
    git(repository, "add", "a.py")
    put(repository, {"a.py": HARMLESS, "b.py": ROPC})
    assert {path for _, path in told(repository, "--staged")} == {"a.py"}
    (repository / "a.py").unlink()
    assert {path for _, path in told(repository, "--staged")} == {"a.py"}


def test_what_a_staged_file_uses_comes_from_the_index_too(repository: Path) -> None:
    commit(repository, {"helper.py": HELPER})
    put(repository, {"caller.py": CALLER})
    git(repository, "add", "caller.py")
    put(repository, {"helper.py": HARMLESS})
    assert ("PCM201", "caller.py") in told(repository, "--staged")


def test_the_first_commit(repository: Path) -> None:
    put(repository, {"a.py": ROPC})
    assert report(repository, "--staged")[0] == 0
    git(repository, "add", "a.py")
    assert {path for _, path in told(repository, "--staged")} == {"a.py"}


def test_only_the_named_part_of_the_index(repository: Path) -> None:
    put(repository, {"a/a.py": ROPC, "b/b.py": ROPC})
    git(repository, "add", "--all")
    assert {path for _, path in told(repository / "a", "--staged")} == {"a/a.py"}


def test_a_file_with_a_conflict(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(repository, {"a.py": HARMLESS})
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit(repository, {"a.py": "print(1)\n"})
    git(repository, "checkout", "--quiet", "main")
    commit(repository, {"a.py": "print(2)\n"})
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "topic")
    assert "unmerged" in refused(repository, capsys, "--staged")
    assert report(repository, "--changed-since", "HEAD")[0] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a hook there is a script of git's own shell")
def test_a_plain_git_hook_judges_what_is_about_to_be_committed(repository: Path) -> None:
    """`git commit FILE` makes an index of its own, which only the environment of the hook names."""
    commit(repository, {"a.py": HARMLESS, "b.py": HARMLESS})
    hook = repository / ".git/hooks/pre-commit"
    hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m pcmfa_lint scan --staged --quiet\n")
    hook.chmod(0o755)
    path = os.pathsep.join(sys.path)
    put(repository, {"a.py": ROPC, "b.py": "print(2)\n"})
    git(repository, "commit", "--quiet", "--message", "fine", "b.py", PYTHONPATH=path)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        git(repository, "commit", "--quiet", "--message", "bad", "a.py", PYTHONPATH=path)
    assert b"a.py" in failed.value.stdout + failed.value.stderr


# --- files that are named one by one ----------------------------------------------------------------------------------


def test_a_named_file_is_judged_with_the_files_that_it_uses(repository: Path) -> None:
    commit(repository, {"helper.py": HELPER, "caller.py": CALLER, "other.py": ROPC})
    assert {path for _, path in told(repository / "caller.py")} == {"caller.py"}
    assert told(repository / "caller.py") == [each for each in told(repository) if each[1] == "caller.py"]


def test_a_named_folder_is_judged_with_the_whole_repository(repository: Path) -> None:
    commit(repository, {"shared/helper.py": HELPER, "jobs/caller.py": CALLER.replace("helper", "shared.helper")})
    assert told(repository / "jobs") == told(repository)
    assert ("PCM201", "jobs/caller.py") in told(repository / "jobs")
    assert told(repository / "shared") == []
    assert report(repository / "jobs")[1]["files"] == {
        "irrelevant": 0,
        "read": 1,
        "excluded": [],
        "partly": [],
        "skipped": [],
        "unread": [],
    }
