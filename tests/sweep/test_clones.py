"""Clones of what lies elsewhere: shallow, newest, with the user's git, and nothing of what git says is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint.sweep.clones import CloneFault, fetched
from tests.helpers.git import commit, git, repository
from tests.helpers.repository import put


def test_a_clone_is_shallow_and_follows_what_changes(tmp_path: Path) -> None:
    url = repository(tmp_path / "there", {"a.py": "x = 1\n"})
    put(tmp_path / "there", {"a.py": "x = 2\n"})
    commit(tmp_path / "there")
    clone = Path(fetched(url, tmp_path / "cache"))
    assert (clone / "a.py").read_text() == "x = 2\n"
    assert git(clone, "rev-list", "--count", "HEAD").strip() == "1"
    (tmp_path / "there" / "a.py").unlink()
    put(tmp_path / "there", {"b.py": "x = 3\n"})
    commit(tmp_path / "there")
    put(clone, {"left.py": ""})
    assert Path(fetched(url, tmp_path / "cache")) == clone
    assert sorted(path.name for path in clone.iterdir() if path.name != ".git") == ["b.py"]


def test_hooks_of_a_template_do_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = repository(tmp_path / "there", {"a.py": ""})
    hook = tmp_path / "template" / "hooks" / "post-checkout"
    put(tmp_path, {"template/hooks/post-checkout": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    fetched(url, tmp_path / "cache")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("what", ["nothing there", "no repository", "an empty repository"])
def test_what_cannot_be_fetched_is_a_reason_without_the_url(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "invented-name"
    if what != "nothing there":
        folder.mkdir()
    if what == "an empty repository":
        git(folder, "init", "--quiet")
    with pytest.raises(CloneFault) as raised:
        fetched(folder.as_uri(), tmp_path / "cache")
    assert "invented-name" not in str(raised.value)
    assert ("empty" in str(raised.value)) == (what == "an empty repository")


def test_a_dead_server_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CloneFault, match="server cannot be"):
        fetched("https://user:invented-value@localhost:9/a/b.git", tmp_path / "cache", seconds=20)


def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    url = repository(tmp_path / "there", {"a.py": ""})
    with pytest.raises(CloneFault, match="could not be fetched in 0 seconds"):
        fetched(url, tmp_path / "cache", seconds=0.0)
