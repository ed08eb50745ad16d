"""Questions to git about a work tree, asked so that nothing of it runs and no setting of the user matters."""

# ruff: noqa: PTH109, PTH113, PTH117, PTH118, PTH120
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timezone
from functools import lru_cache
from pathlib import Path

from pcmfa_lint.processes import limits
from pcmfa_lint.processes.start import Answer, TooSlow, run

# Whatever a repository's own configuration could start is switched off: file monitor, hooks, transports for lazy
# fetches. Paths of ignore files outside the repository could be anything, a pipe too.
_SAFE = (
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", f"core.excludesFile={os.devnull}"),
    *("-c", "protocol.allow=never", "-c", "safe.directory=*", "-c", "core.untrackedCache=false"),
    *("-c", f"core.attributesFile={os.devnull}", "-c", "log.mailmap=false"),
    *("-c", "mailmap.file=", "-c", "mailmap.blob="),
    *("-c", "core.pager=cat", "-c", "gc.auto=0", "-c", "maintenance.auto=false"),
)
# Of our own environment, git gets what it needs to start, and nothing else.
_PASSED = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C",
}
_NONE: Mapping[str, str] = {}
_silent: set[str] = set()  # work trees in which git did not answer in time: it is not asked there again
_BLAMED = re.compile(rb"[0-9a-f]{40,64} \d+ \d+")


def program(top: str = "") -> str | None:
    """The absolute path of git, by the folders of PATH; None if it is not there. A program in the current folder or in
    the work tree `top` is not git: what is scanned brings it."""
    return next((path for path in _programs(_folders()) if _is_foreign(os.path.dirname(path), top)), None)


def search_path(top: str = "") -> str:
    """The folders of PATH in which git may look for programs, by the same measure."""
    return os.pathsep.join(each for each in _folders() if _is_foreign(os.path.realpath(each), top))


def _is_foreign(folder: str, top: str) -> bool:
    """Whether nothing in a folder comes from what is scanned."""
    from pcmfa_lint.discovery.discover import is_inside

    try:
        current = os.path.realpath(os.getcwd())
    except OSError:  # it is gone
        current = ""
    return folder != current and not (top and is_inside(folder, os.path.realpath(top)))


def _folders() -> tuple[str, ...]:
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return tuple(each for each in dict.fromkeys(folders) if os.path.isabs(each))


@lru_cache(maxsize=1)
def _programs(folders: tuple[str, ...]) -> tuple[str, ...]:
    """What is called git in some folders."""
    name = "git.exe" if sys.platform == "win32" else "git"
    paths = (os.path.join(os.path.realpath(folder), name) for folder in folders)
    return tuple(path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK))


def list_files(top: str, below: str = "") -> list[str] | None:
    """The files that git tracks, and those that are neither tracked nor ignored, below a folder of the work tree `top`:
    paths relative to it. A path that ends in `/` is another repository. None if git is not there or does not answer."""
    options = ("--cached", "--others", "--exclude-standard")
    listed = ask(top, "--literal-pathspecs", "ls-files", "-z", *options, "--", below or ".")
    if listed is None or listed.returncode:
        return None
    return [path for path in os.fsdecode(listed.stdout).split("\0") if path]


def is_sparse(top: str) -> bool:
    """Whether a work tree holds only a part of what git tracks."""
    folder = _folder(top)
    return bool(folder) and os.path.lexists(os.path.join(folder, "info", "sparse-checkout"))


def entries(top: str, below: str = "") -> Iterator[tuple[bool, bool, str]]:
    """The entries that git tracks below a folder of the work tree `top`: whether it is left out of the work tree,
    whether it is a submodule, and its path."""
    listed = ask(top, "--literal-pathspecs", "ls-files", "-z", "-t", "--stage", "--", below or ".")
    for entry in os.fsdecode(listed.stdout).split("\0") if listed is not None and not listed.returncode else ():
        state, _, path = entry.partition("\t")
        if path:
            yield state.startswith("S"), state[2:8] == "160000", path


def is_ignored(top: str, path: str) -> bool:
    """Whether git ignores `path` (relative to the work tree `top`); what is tracked is not ignored."""
    answer = ask(top, "check-ignore", "-q", "--", f"./{path}")
    return answer is not None and answer.returncode == 0


def line_dates(top: str, path: str) -> list[tuple[bytes, date]]:
    """The lines of a file as last committed, each with the day (UTC) on which it was written. Nothing where git does
    not know it. What is not committed is not asked about: that would run the repository's filters."""
    # The user's files of revisions to pass over are not ours to open; textconv would run programs of the repository.
    # From outside it opens no file of the work tree, such as `.mailmap`, which could be a pipe.
    how = ("-c", "blame.ignoreRevsFile=", "blame", "--no-textconv", "--porcelain")
    answer = ask(top, *how, "HEAD", "--", path, outside=True)
    if answer is None or answer.returncode:
        return []
    dates: dict[bytes, date] = {}
    dated: list[tuple[bytes, date]] = []
    commit = b""
    for line in answer.stdout.split(b"\n"):
        if line.startswith(b"\t"):
            if commit in dates:
                dated.append((line[1:], dates[commit]))
        elif line.startswith(b"author-time "):
            with suppress(ValueError, OverflowError, OSError):  # a year that the calendar does not reach is not known
                dates[commit] = datetime.fromtimestamp(int(line.split()[1]), timezone.utc).date()
        elif _BLAMED.match(line):
            commit = line.split()[0]
    return dated


def head(top: str) -> str:
    """The commit that is checked out; empty if there is none."""
    answer = ask(top, "rev-parse", "--verify", "--quiet", "HEAD")
    return "" if answer is None or answer.returncode else os.fsdecode(answer.stdout).strip()


def origin(top: str) -> str:
    """The address that a work tree was cloned from, "" if there is none. It may hold a credential."""
    answer = ask(top, "config", "--get", "remote.origin.url")
    return "" if answer is None or answer.returncode else answer.stdout.decode("utf-8", "replace").strip()


def is_shallow(top: str) -> bool:
    """Whether the history is cut off, so that it does not tell who changed a file."""
    answer = ask(top, "rev-parse", "--is-shallow-repository")
    return answer is None or answer.stdout.strip() != b"false"


def last_author(top: str, paths: Sequence[str]) -> str:
    """The author of the newest change to one of `paths` (relative to the work tree `top`): `name <address>`. Empty
    where git does not know it. Machines that commit are passed over."""
    shape = ("--format=%an <%ae>", "--no-mailmap", "-z", "--max-count=20", "--no-show-signature")
    answer = ask(top, "--literal-pathspecs", "log", *shape, "HEAD", "--", *(f"./{path}" for path in paths))
    if answer is None or answer.returncode:
        return ""
    authors = [each for each in answer.stdout.decode("utf-8", "replace").split("\0") if each.strip()]
    return next((each for each in authors if "[bot]" not in each and "noreply@github" not in each), "")[:200]


def ask(
    top: str,
    *arguments: str,
    stdin: bytes = b"",
    index: bool = False,
    settings: Mapping[str, str] = _NONE,
    outside: bool = False,
) -> Answer[bytes] | None:
    """Runs git in the work tree `top`; None if it is not there or does not answer. `stdin` goes to its input. `index`:
    the index that git has set for the hook we run in, if it is one of this repository. `settings`: more of git's
    configuration, for this call. `outside`: with another current folder than the work tree."""
    git = program(top) if top not in _silent else None
    if git is None:
        return None
    environment = {key: value for key, value in os.environ.items() if key.upper() in _PASSED}
    # A broken `.git` must not make git look further up, and `core.worktree` must not lead elsewhere.
    environment |= _ENVIRONMENT | {"GIT_CEILING_DIRECTORIES": str(Path(top).parent)}
    environment["GIT_WORK_TREE"] = top
    environment["PATH"] = search_path(top)
    if outside:
        environment["GIT_DIR"] = _folder(top)
    environment["GIT_CONFIG_COUNT"] = str(len(settings))
    for number, (key, value) in enumerate(settings.items()):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    if index and (file := _hook_index(top)):
        environment["GIT_INDEX_FILE"] = file
    try:
        where = os.path.dirname(__file__) if outside else top
        return run([git, *_SAFE, *arguments], where, environment, limits.git[0], stdin)
    except TooSlow:
        _silent.add(top)
        return None
    except OSError:
        return None


def _hook_index(top: str) -> str:
    """The index of the commit that is being made (`git commit FILE` makes one of its own), "" outside of a hook."""
    named = os.environ.get("GIT_INDEX_FILE", "")
    folder = _folder(top) if named else ""
    file = Path(named).absolute()
    return str(file) if folder and Path(folder) in file.parents else ""


def _folder(top: str) -> str:
    """Where git keeps what it knows of a work tree; "" if it does not say."""
    answer = ask(top, "rev-parse", "--absolute-git-dir")
    return "" if answer is None or answer.returncode else os.fsdecode(answer.stdout).rstrip("\n")
