"""Shallow clones of remote repositories, made with the user's own git and its credentials, kept in a cache.

Only the newest state is fetched. What git says goes nowhere, since it may repeat a URL with a credential in it: a
failure becomes one of our own sentences. Hooks and other programs of the clone do not run; files that git-lfs keeps
elsewhere are not fetched.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path

from pcmfa_lint.discovery.git import program, search_path
from pcmfa_lint.processes.start import TooSlow, run
from pcmfa_lint.source.atomic_write import private_folder

SECONDS = 900.0  # for one repository
_OPTIONS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never"),
    *("-c", "core.symlinks=false", "-c", "advice.detachedHead=false", "-c", "submodule.recurse=false"),
    *("-c", "core.longpaths=true", "-c", "gc.auto=0", "-c", "maintenance.auto=false"),
)
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "GCM_INTERACTIVE": "never", "LC_ALL": "C"}
# Git needs what tells it about credentials and proxies, and nothing that is about another repository.
_OURS = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
    *("GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_TEMPLATE_DIR", "GIT_EXTERNAL_DIFF", "GIT_EDITOR", "GIT_PAGER"),
)
_BATCH = {"GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}
_REASONS = (  # what git writes, in lower case, and what we say
    ("could not read username", "git has no credential for it; sign in with your own git first"),
    ("authentication failed", "its server refused the credential that git has"),
    ("permission denied", "its server refused the credential that git has"),
    ("terminal prompts disabled", "git has no credential for it; sign in with your own git first"),
    ("not found", "there is no such repository, or it is not visible to you"),
    ("does not appear to be a git repository", "there is no such repository, or it is not visible to you"),
    ("does not exist", "there is no such repository, or it is not visible to you"),
    ("could not resolve", "its server cannot be found"),
    ("unable to access", "its server cannot be reached"),
    ("could not read from remote", "its server cannot be reached, or refused the credential that git has"),
    ("connection", "its server cannot be reached"),
    ("no space left", "there is no space left for the clone"),
    ("couldn't find remote ref head", "it is empty"),
)


class CloneFault(Exception):
    """A repository could not be fetched; the text is a reason to show."""


def fetched(url: str, cache: Path, seconds: float = SECONDS) -> str:
    """The folder of a clone of `url` in its newest state. Raises CloneFault."""
    folder = cache / sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:24]
    private_folder(cache)
    try:
        if not (folder / ".git").is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        private_folder(folder, ours=True)
        if not (folder / ".git").is_dir():
            _git(cache, seconds, "init", "--quiet", "--template=", str(folder))
        _git(folder, seconds, "fetch", "--quiet", "--depth=1", "--no-tags", "--force", "--", url, "HEAD")
        _git(folder, seconds, "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
        _git(folder, seconds, "clean", "--quiet", "-ffdx")
    except CloneFault:
        if not (folder / ".git" / "HEAD").is_file() or not any(folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return str(folder)


def _git(where: Path, seconds: float, *arguments: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in _OURS}
    environment |= _ENVIRONMENT | {"PATH": search_path(str(where))}
    for key, value in _BATCH.items():
        environment.setdefault(key, value)
    git = program(str(where))
    if git is None:
        raise CloneFault("git was not found, so it could not be fetched")
    try:
        answer = run([git, *_OPTIONS, *arguments], str(where), environment, seconds)
    except TooSlow:
        raise CloneFault(
            f"it could not be fetched in {seconds:.0f} seconds; clone it yourself and list its path"
        ) from None
    except OSError:
        raise CloneFault("git was not found, so it could not be fetched") from None
    if answer.returncode:
        message = answer.stderr.decode("utf-8", "replace").lower()
        reason = next((ours for git_message, ours in _REASONS if git_message in message), "git could not fetch it")
        raise CloneFault(reason)
