"""Repositories of git with invented authors."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.helpers.repository import put

AUTHOR = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(root: Path, *arguments: str, **environment: str) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    ran = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=root,
        env={**clean, **AUTHOR, **environment},
        capture_output=True,
        check=True,
    )
    return ran.stdout.decode().strip()


def commit(root: Path, files: dict[str, str | bytes] | None = None) -> str:
    """Commits all there is, and gives the commit's name."""
    put(root, files or {})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "next")
    return git(root, "rev-parse", "HEAD")


def repository(folder: Path, files: dict[str, str | bytes]) -> str:
    """A repository with one commit; gives its URL."""
    put(folder, files)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder.as_uri()
