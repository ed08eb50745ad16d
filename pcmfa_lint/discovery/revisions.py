"""The store of git: commits, their trees, the index, and the contents of files in them.

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
from dataclasses import dataclass, field, replace

from pcmfa_lint.discovery.discover import Listing
from pcmfa_lint.discovery.git import ask
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.limits import HASHED_BYTES

_FILE_MODES = ("100644", "100755")
_LINK, _SUBMODULE = "120000", "160000"
_BATCH = 64_000_000  # bytes of contents that are held at once
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Tree:
    """The contents of a commit or the index, by path, each with its object: files, symbolic links, submodules."""

    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    submodules: Mapping[str, str] = field(default_factory=dict)

    def holds(self, path: str) -> bool:
        """Whether a path, something below it, or something that leads to it is in here."""
        every = [*self.files, *self.links, *self.submodules]
        return path in every or any(each.startswith(f"{path}/") or path.startswith(f"{each}/") for each in every)


@dataclass(frozen=True, slots=True)
class StagedTree(Tree):
    """The index. `apart`: the files of which the work tree need not hold the same."""

    apart: frozenset[str] = frozenset()


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
    commit = commit_of(top, revision)
    if not commit and _is_shallow(top):
        raise UsageFault(f"{named}: this shallow clone does not reach back to it; {_deepen(revision)}")
    if not commit:
        raise UsageFault(f"{named}: there is no such commit in this clone; git fetch gets what others have pushed")
    answer = ask(top, "merge-base", commit, "HEAD")
    if answer is not None and answer.returncode == 0:
        return os.fsdecode(answer.stdout).split()[0]
    if _is_shallow(top):
        raise UsageFault(f"{named}: this shallow clone does not reach back to where HEAD left it; {_deepen(commit)}")
    return commit


def commit_of(top: str, revision: str) -> str:
    """The object of the commit that a revision names; "" if there is none."""
    if "\0" in revision:
        return ""
    answer = ask(top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    if answer is None:
        raise UsageFault("git is needed to compare revisions, but it does not respond")
    return os.fsdecode(answer.stdout).strip() if answer.returncode == 0 else ""


def tree_of(top: str, commit: str) -> Tree:
    """The contents of a commit; nothing for "" (no commit)."""
    kinds = _Kinds()
    for entry in _listed(top, "ls-tree", "-r", "-z", "--full-tree", commit) if commit else ():
        about, _, path = entry.partition("\t")
        mode, _, name = about.split(" ")
        kinds.add(mode, path, name)
    return Tree(kinds.files, kinds.links, kinds.submodules)


def index_of(top: str) -> StagedTree:
    """The index of a work tree; within a hook, the one that is about to be committed."""
    listed = listed_in_index(top)
    files, apart = listed.files, set(listed.apart)
    with_filters = dict.fromkeys(_filters(top), "")
    changed = ("diff-files", "-z", "--name-only", "--no-renames", "--ignore-submodules=all")
    stale = [path for path in _listed(top, *changed, index=True, settings=with_filters) if path in files]
    apart.update(path for path in stale if not _is_same(top, path, files[path]))
    return replace(listed, apart=frozenset(apart))


def listed_in_index(top: str) -> StagedTree:
    """Does what `index_of` does, without a look at the work tree: `apart` are only the files at which git was told not
    to look."""
    kinds, apart = _Kinds(), set()
    for entry in _listed(top, "ls-files", "-z", "-s", "-v", "--full-name", index=True):
        about, _, path = entry.partition("\t")
        flag, mode, name, stage = about.split(" ")
        if stage == "0":
            kinds.add(mode, path, name)
            if flag != "H" and mode in _FILE_MODES:
                apart.add(path)
    return StagedTree(kinds.files, kinds.links, kinds.submodules, frozenset(apart))


def renamed(top: str, commit: str) -> dict[str, str]:
    """The files of the index that git takes for files of the commit under another name, with that name. Both are
    compared as they are stored."""
    command = ("diff-index", "--cached", "-r", "-z", "-M30%", "--diff-filter=R", "--ignore-submodules=all", commit)
    fields = _listed(top, *command, index=True)
    return {new: old for _, old, new in zip(fields[::3], fields[1::3], fields[2::3], strict=False)}


def attributes(top: str, paths: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The attributes that `.gitattributes` gives files: path, attribute, value."""
    answer = ask(top, "check-attr", "-z", "--stdin", *names, stdin="\0".join(paths).encode(errors="surrogateescape"))
    fields = os.fsdecode(answer.stdout).split("\0") if answer is not None else []
    for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        if value != "unspecified":
            yield path, name, value


def ignored(top: str) -> list[str]:
    """The files that git neither tracks nor shows, since an ignore file of the work tree says so."""
    return _listed(top, "ls-files", "-z", "--others", "--ignored", "--exclude-standard")


class _Kinds:
    """Sorts the entries of a tree."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.submodules: dict[str, str] = {}

    def add(self, mode: str, path: str, name: str) -> None:
        if mode in _FILE_MODES:
            self.files[path] = name
        elif mode == _LINK:
            self.links[path] = name
        elif mode == _SUBMODULE:
            self.submodules[path] = name


def is_merging(top: str) -> bool:
    """Whether the index holds files that are not merged yet."""
    return bool(_listed(top, "ls-files", "-z", "-u", index=True))


def contents_of(listing: Listing, paths: Sequence[str], limit: int) -> Iterator[Content]:
    """The contents of files that are not read from the disk: in memory already, or stored in git."""
    in_memory = listing.contents
    for path in paths:
        if path in in_memory:
            size = len(in_memory[path])
            yield Content(path, in_memory[path] if size <= limit else None, size)
    stored = [path for path in paths if path not in in_memory]
    if stored:
        yield from contents(listing.root, listing.stored, stored, limit)


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
    answer = ask(top, "cat-file", "--batch-check=%(objectname) %(objectsize)", stdin="\n".join(sorted(names)).encode())
    if answer is None or answer.returncode:
        raise UsageFault("git could not read the objects of this repository")
    rows = (line.split(" ") for line in answer.stdout.decode("ascii", "replace").splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def _fetched(top: str, objects: Mapping[str, str], paths: Sequence[str]) -> Iterator[Content]:
    answer = ask(top, "cat-file", "--batch", stdin="\n".join(objects[path] for path in paths).encode())
    if answer is None:
        raise UsageFault("git could not read the objects of this repository")
    at = 0
    for path in paths:
        end = answer.stdout.find(b"\n", at)
        header = answer.stdout[at:end].split(b" ") if end >= 0 else []
        if len(header) != 3 or not header[2].isdigit():  # `missing`, or git ended early
            yield Content(path, None, -1)
            at = end + 1 if end >= 0 else len(answer.stdout)
            continue
        size = int(header[2])
        yield Content(path, answer.stdout[end + 1 : end + 1 + size], size)
        at = end + 1 + size + 1


def _listed(top: str, *arguments: str, index: bool = False, settings: Mapping[str, str] | None = None) -> list[str]:
    """What a git command lists, one entry each. Raises UsageFault if it fails."""
    answer = ask(top, *arguments, index=index, settings=settings or {})
    if answer is None or answer.returncode:
        raise UsageFault(f"git {arguments[0]} failed in this repository")
    return [each for each in os.fsdecode(answer.stdout).split("\0") if each]


def _filters(top: str) -> list[str]:
    """The settings that make git run a program on a file before it compares it."""
    answer = ask(top, "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$")
    return [key for key in os.fsdecode(answer.stdout).split("\0") if key] if answer is not None else []


def _is_same(top: str, path: str, name: str) -> bool:
    """Whether a file of the work tree is, byte for byte, the stored object. Git only knows that its time has changed,
    as it has in every copy of a repository."""
    full = os.path.join(top, path)
    try:
        status = os.lstat(full)
        if not stat.S_ISREG(status.st_mode) or status.st_size > HASHED_BYTES:
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
    answer = ask(top, "rev-parse", "--is-shallow-repository")
    return answer is not None and answer.stdout.strip() == b"true"


def _deepen(revision: str) -> str:
    target = f" origin {revision}" if _COMMIT.fullmatch(revision) else ""
    return f"deepen it with: git fetch --unshallow{target} (in GitHub Actions: fetch-depth: 0 of actions/checkout)"
