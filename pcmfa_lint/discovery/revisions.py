"""What git has stored: commits, their trees, the index, and the contents of files in them.

Contents are read as they are stored: nothing is checked out, no filter, hook or program of the repository runs.
"""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pcmfa_lint.discovery.git import ask
from pcmfa_lint.errors import UsageFault

_FILE_MODES = ("100644", "100755")
_BATCH = 64_000_000  # bytes of contents that are held at once
_HASHED = 64_000_000  # bytes of a file that is compared by its hash
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Index:
    """The files of the index, each with its object. `apart`: those of which the work tree need not hold the same."""

    files: Mapping[str, str]
    apart: frozenset[str]


@dataclass(frozen=True, slots=True)
class Content:
    """One stored file. `data` is None if it is too large to be read (`size` in bytes) or not there (`size` is -1)."""

    path: str
    data: bytes | None
    size: int


def base_of(top: str, revision: str) -> str:
    """The commit at which HEAD left `revision`; if their histories have nothing in common, `revision` itself.
    Raises UsageFault, with what helps, if it cannot be told."""
    named = "".join(char if char.isprintable() else "?" for char in revision)
    if not commit_of(top, "HEAD"):
        raise UsageFault(f"{named}: there is no commit in this repository yet, so there is nothing to compare with")
    there = commit_of(top, revision)
    if not there and _is_shallow(top):
        raise UsageFault(f"{named}: this shallow clone does not reach back to it; {_deepen(revision)}")
    if not there:
        raise UsageFault(f"{named}: there is no such commit here; git fetch brings what others have pushed")
    asked = ask(top, "merge-base", there, "HEAD")
    if asked is not None and asked.returncode == 0:
        return os.fsdecode(asked.stdout).split()[0]
    if _is_shallow(top):
        raise UsageFault(f"{named}: this shallow clone does not reach back to where HEAD left it; {_deepen(there)}")
    return there


def commit_of(top: str, revision: str) -> str:
    """The object of the commit that a revision names; "" if there is none."""
    if "\0" in revision:
        return ""
    asked = ask(top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    if asked is None:
        raise UsageFault("git is needed to compare revisions, and it does not answer")
    return os.fsdecode(asked.stdout).strip() if asked.returncode == 0 else ""


def tree_of(top: str, commit: str) -> dict[str, str]:
    """The files of a commit, each with its object; no links, no submodules."""
    files = {}
    for entry in _listed(top, "ls-tree", "-r", "-z", "--full-tree", commit):
        about, _, path = entry.partition("\t")
        mode, _, name = about.split(" ")
        if mode in _FILE_MODES:
            files[path] = name
    return files


def index_of(top: str) -> Index:
    """The index of a work tree; within a hook, the one that is about to be committed."""
    files, apart = {}, set()
    for entry in _listed(top, "ls-files", "-z", "-s", "-v", "--full-name", index=True):
        about, _, path = entry.partition("\t")
        flag, mode, name, stage = about.split(" ")
        if mode in _FILE_MODES and stage == "0":
            files[path] = name
            if flag != "H":  # git was told not to look at the file in the work tree
                apart.add(path)
    with_filters = dict.fromkeys(_filters(top), "")
    changed = ("diff-files", "-z", "--name-only", "--no-renames", "--ignore-submodules=all")
    stale = [path for path in _listed(top, *changed, index=True, settings=with_filters) if path in files]
    return Index(files, frozenset(apart).union(path for path in stale if not _is_same(top, path, files[path])))


def is_merging(top: str) -> bool:
    """Whether the index holds files that are not merged yet."""
    return bool(_listed(top, "ls-files", "-z", "-u", index=True))


def contents(top: str, objects: Mapping[str, str], paths: Sequence[str], limit: int) -> Iterator[Content]:
    """The contents of `paths`, each up to `limit` bytes, as stored in `objects` (by path)."""
    sizes = _sizes(top, {objects[path] for path in paths})
    batch: list[str] = []
    total = 0
    for path in paths:
        size = sizes.get(objects[path], -1)
        if not 0 <= size <= limit:
            yield Content(path, None, size)
            continue
        if batch and total + size > _BATCH:
            yield from _fetched(top, objects, batch)
            batch, total = [], 0
        batch.append(path)
        total += size
    if batch:
        yield from _fetched(top, objects, batch)


def _sizes(top: str, names: Iterable[str]) -> dict[str, int]:
    asked = ask(top, "cat-file", "--batch-check=%(objectname) %(objectsize)", given="\n".join(sorted(names)).encode())
    if asked is None or asked.returncode:
        raise UsageFault("git could not read its own objects here")
    rows = (line.split(" ") for line in asked.stdout.decode("ascii", "replace").splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def _fetched(top: str, objects: Mapping[str, str], paths: Sequence[str]) -> Iterator[Content]:
    asked = ask(top, "cat-file", "--batch", given="\n".join(objects[path] for path in paths).encode())
    if asked is None:
        raise UsageFault("git could not read its own objects here")
    at = 0
    for path in paths:
        end = asked.stdout.find(b"\n", at)
        header = asked.stdout[at:end].split(b" ") if end >= 0 else []
        if len(header) != 3 or not header[2].isdigit():  # `missing`, or git ended early
            yield Content(path, None, -1)
            at = end + 1 if end >= 0 else len(asked.stdout)
            continue
        size = int(header[2])
        yield Content(path, asked.stdout[end + 1 : end + 1 + size], size)
        at = end + 1 + size + 1


def _listed(top: str, *arguments: str, index: bool = False, settings: Mapping[str, str] | None = None) -> list[str]:
    """What a git command lists, one entry each. Raises UsageFault if it fails."""
    asked = ask(top, *arguments, index=index, settings=settings or {})
    if asked is None or asked.returncode:
        raise UsageFault(f"git {arguments[0]} failed in this repository")
    return [each for each in os.fsdecode(asked.stdout).split("\0") if each]


def _filters(top: str) -> list[str]:
    """The settings that make git run a program on a file before it compares it."""
    asked = ask(top, "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$")
    return [key for key in os.fsdecode(asked.stdout).split("\0") if key] if asked is not None else []


def _is_same(top: str, path: str, name: str) -> bool:
    """Whether a file of the work tree is, byte for byte, the stored object. Git only knows that its time has changed,
    as it has in every copy of a repository."""
    full = os.path.join(top, path)
    try:
        status = os.lstat(full)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _HASHED:
            return False
        handle = os.open(full, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            data = stream.read()
    except OSError:
        return False
    digest = hashlib.sha256() if len(name) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data) + data)
    return digest.hexdigest() == name


def _is_shallow(top: str) -> bool:
    asked = ask(top, "rev-parse", "--is-shallow-repository")
    return asked is not None and asked.stdout.strip() == b"true"


def _deepen(revision: str) -> str:
    what = f" origin {revision}" if _COMMIT.fullmatch(revision) else ""
    return f"deepen it with: git fetch --unshallow{what} (in GitHub Actions: fetch-depth: 0 of actions/checkout)"
