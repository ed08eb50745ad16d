"""What git knows of a work tree, asked so that nothing of it runs and no setting of the user matters."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from pathlib import Path

# Whatever a repository's own configuration could start is switched off: file monitor, hooks, transports for lazy
# fetches. Paths of ignore files outside the repository could be anything, a pipe too.
_SAFE = (
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", f"core.excludesFile={os.devnull}"),
    *("-c", "protocol.allow=never", "-c", "safe.directory=*", "-c", "core.untrackedCache=false"),
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_SECONDS = 120
_NONE: Mapping[str, str] = {}
_BLAMED = re.compile(rb"[0-9a-f]{40,64} \d+ \d+")


def list_files(top: str, below: str = "") -> list[str] | None:
    """What git tracks, and what is neither tracked nor ignored, below a folder of the work tree `top`: paths relative
    to it. A path that ends in `/` is another repository. None if git is not there or does not answer."""
    which = ("--cached", "--others", "--exclude-standard")
    listed = ask(top, "--literal-pathspecs", "ls-files", "-z", *which, "--", below or ".")
    if listed is None or listed.returncode:
        return None
    return [path for path in os.fsdecode(listed.stdout).split("\0") if path]


def is_ignored(top: str, path: str) -> bool:
    """Whether git ignores `path` (relative to the work tree `top`); what is tracked is not ignored."""
    asked = ask(top, "check-ignore", "-q", "--", f"./{path}")
    return asked is not None and asked.returncode == 0


def line_dates(top: str, path: str) -> list[tuple[bytes, date]]:
    """The lines of a file as last committed, each with the day (UTC) on which it was written. Nothing where git does
    not know it. What is not committed is not asked about: that would run the repository's filters."""
    # The user's files of revisions to pass over are not ours to open; textconv would run programs of the repository.
    asked = ask(top, "-c", "blame.ignoreRevsFile=", "blame", "--no-textconv", "--porcelain", "HEAD", "--", f"./{path}")
    if asked is None or asked.returncode:
        return []
    dates: dict[bytes, date] = {}
    dated: list[tuple[bytes, date]] = []
    commit = b""
    for line in asked.stdout.split(b"\n"):
        if line.startswith(b"\t"):
            dated.append((line[1:], dates[commit]))
        elif line.startswith(b"author-time "):
            dates[commit] = datetime.fromtimestamp(int(line.split()[1]), timezone.utc).date()
        elif _BLAMED.match(line):
            commit = line.split()[0]
    return dated


def head(top: str) -> str:
    """The commit that is checked out; empty if there is none."""
    asked = ask(top, "rev-parse", "--verify", "--quiet", "HEAD")
    return "" if asked is None or asked.returncode else os.fsdecode(asked.stdout).strip()


def is_shallow(top: str) -> bool:
    """Whether the history is cut off, so that it does not tell who changed a file."""
    asked = ask(top, "rev-parse", "--is-shallow-repository")
    return asked is None or asked.stdout.strip() != b"false"


def last_author(top: str, paths: Sequence[str]) -> str:
    """Who committed the newest change to one of `paths` (relative to the work tree `top`): `name <address>`. Empty
    where git does not know it. Machines that commit are passed over."""
    shape = ("--format=%aN <%aE>", "-z", "--max-count=20", "--no-show-signature")
    asked = ask(top, "--literal-pathspecs", "log", *shape, "HEAD", "--", *(f"./{path}" for path in paths))
    if asked is None or asked.returncode:
        return ""
    authors = [each for each in asked.stdout.decode("utf-8", "replace").split("\0") if each.strip()]
    return next((each for each in authors if "[bot]" not in each and "noreply@github" not in each), "")[:200]


def ask(
    top: str,
    *arguments: str,
    given: bytes = b"",
    index: bool = False,
    settings: Mapping[str, str] = _NONE,
) -> subprocess.CompletedProcess[bytes] | None:
    """Runs git in the work tree `top`; None if it is not there or does not answer. `given` goes to its input. `index`:
    the index that git has set for the hook we run in, if it is one of this repository. `settings`: more of git's
    configuration, for this call."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    # A broken `.git` must not make git look further up, and `core.worktree` must not lead elsewhere.
    environment |= _ENVIRONMENT | {"GIT_CEILING_DIRECTORIES": str(Path(top).parent), "GIT_WORK_TREE": top}
    environment["GIT_CONFIG_COUNT"] = str(len(settings))
    for number, (key, value) in enumerate(settings.items()):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    if index and (file := _hook_index(top)):
        environment["GIT_INDEX_FILE"] = file
    try:
        return subprocess.run(
            ["git", *_SAFE, *arguments],
            cwd=top,
            env=environment,
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _hook_index(top: str) -> str:
    """The index of the commit that is being made (`git commit FILE` makes one of its own), "" outside of a hook."""
    named = os.environ.get("GIT_INDEX_FILE", "")
    asked = ask(top, "rev-parse", "--absolute-git-dir") if named else None
    if asked is None or asked.returncode:
        return ""
    file = Path(named).absolute()
    return str(file) if Path(os.fsdecode(asked.stdout).rstrip("\n")) in file.parents else ""
