"""The files to look at: what git tracks and does not ignore, elsewhere a walk with `.gitignore` semantics.

Nothing of the scanned repository runs: git is asked without hooks, monitors, lazy fetches and the user's settings.
Links are not followed: what they lead to inside the root is looked at in its own place.
"""

# ruff: noqa: PTH112, PTH116, PTH118, PTH120
# Texts instead of Path objects: this runs once for every file of a repository.

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from pcmfa_lint.discovery.gitignore import IGNORE_FILE, Ignore
from pcmfa_lint.discovery.not_here import is_noted, not_here
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.source.file_note import FileNote

# Other people's code, and what a build leaves behind. `packages` and `bin` are often a repository's own: only NuGet's
# (a version in the folder's name) and MSBuild's are left out. `node_modules` is also put aside under other names.
VENDORED = re.compile(
    r"(?:^|/)(?:\.git|\.hg|\.svn|node_modules[^/]*|bower_components|vendor|dist|obj|site-packages|__pycache__|\.?venv|\.tox"
    r"|\.nox|\.mypy_cache|\.terraform|bin/(?:Debug|Release|x64|x86)|packages/[^/]+\.\d+\.\d[^/]*)/"
    r"|\.min\.(?:js|css)$",
    re.IGNORECASE,
)


class Listing(NamedTuple):
    """The files of one run, sorted, relative to the absolute `root`, with `/`. `excluded` names files and whole
    folders (with a `/` at the end). `ignore` says of a file whether it is left out; it is asked of the few files
    that passed the prefilter, since it costs more than the prefilter. `around` lists the other files of the
    repository, in which is looked up what these files use; `stored`: files that are read from git's objects, and
    not from the disk; `contents`: what files hold that are in memory already."""

    root: str
    files: tuple[str, ...]
    excluded: tuple[str, ...]
    skipped: tuple[FileNote, ...]
    ignore: Ignore
    notes: tuple[str, ...] = ()
    around: Callable[[], Sequence[str]] = tuple
    stored: Mapping[str, str] = MappingProxyType({})
    contents: Mapping[str, bytes] = MappingProxyType({})

    def not_on_disk(self, path: str) -> bool:
        """Whether a file is read from git's objects or is in memory already."""
        return path in self.stored or path in self.contents


def discover(paths: Sequence[str], exclude: Sequence[str] = (), force_exclude: bool = False) -> Listing:
    """The files at or below `paths`, which must lie in one root. A path that is named is taken even if it is ignored
    or excluded, unless `force_exclude`. Raises UsageFault for a missing path and for several roots."""
    root, git = root_of(paths)
    lister = _Lister(root, Ignore(exclude))
    for path in paths:
        lister.add(os.path.realpath(path), git, force_exclude)
    listing = lister.listing()
    if not git or root in map(os.path.realpath, paths):
        return listing
    return listing._replace(around=lambda: others(root, listing.files))


def single_file(path: str, data: bytes, exclude: Sequence[str] = ()) -> Listing:
    """One file at `path`, which need not be there: it holds `data`, whatever the disk says. Raises UsageFault if its
    folder is not there."""
    full = os.path.abspath(path)  # noqa: PTH100
    folder = os.path.realpath(os.path.dirname(full))
    root, git = root_of([folder])
    relative = os.path.relpath(os.path.join(folder, os.path.basename(full)), root).replace(os.sep, "/")  # noqa: PTH119
    around: Callable[[], Sequence[str]] = (lambda: others(root, (relative,))) if git else tuple
    return Listing(root, (relative,), (), (), Ignore(exclude), (), around, contents={relative: data})


def others(root: str, files: Collection[str]) -> list[str]:
    """The files of a work tree that are not among `files`, as far as git lists them and they are not vendored."""
    from pcmfa_lint.discovery.git import list_files

    named = frozenset(files)
    listed = list_files(root) or ()
    return [path for path in listed if path not in named and not path.endswith("/") and not VENDORED.search(path)]


def root_of(paths: Sequence[str]) -> tuple[str, bool]:
    """The one root of `paths` and whether git knows it: the top of the work tree; for what git ignores or where there
    is none, the folder itself. Raises UsageFault."""
    roots: dict[str, bool] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise UsageFault(f"{printable(path)}: there is no such file or folder")
        root, git = _root(os.path.realpath(path))
        roots[root] = git
    plain = [root for root, git in roots.items() if not git]
    outer = [root for root in roots if not any(is_inside(root, other) for other in plain if other != root)]
    if len(outer) > 1:
        listed = ", ".join(map(printable, sorted(outer)))
        raise UsageFault(f"the paths are in different roots ({listed}): use sweep for several repositories")
    return outer[0], roots[outer[0]]


def printable(path: str) -> str:
    """A path that can be printed anywhere: bytes that are not text become escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def odd_file(root: str, path: str) -> FileNote | None:
    """The reason why `path` is not a file to read; None if nothing is lost without it."""
    full = os.path.join(root, path)
    try:
        mode = os.lstat(full).st_mode
        if stat.S_ISLNK(mode):
            return _link(root, path, full)
    except OSError as error:
        return FileNote(path, f"It cannot be read: {error.strerror}.")
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "")
    return FileNote(path, f"It is {kind}, not a file.") if kind and has_reader(path) else None


def is_code(path: str) -> bool:
    """Whether a file is one that runs: not settings, not data, not text."""
    from pcmfa_lint.frontend.languages import language_of

    return language_of(path) not in ("", "settings", "text")


def has_reader(path: str) -> bool:
    """Whether a file of this name is read unless it is empty."""
    from pcmfa_lint.frontend.languages import language_of

    return language_of(path) not in ("", "text")


_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


def _link(root: str, path: str, full: str) -> FileNote | None:
    try:
        mode = os.stat(full).st_mode
    except FileNotFoundError:
        return None
    except OSError:  # a loop
        return FileNote(path, "It is a link that leads back to itself.") if has_reader(path) else None
    if is_inside(os.path.realpath(full), root) or not (stat.S_ISDIR(mode) or has_reader(path)):
        return None
    return FileNote(path, "It is a link that leads out of the repository, and is not followed.")


def is_inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or below it; both absolute, without links."""
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def _root(path: str) -> tuple[str, bool]:
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    top = folder
    while not os.path.lexists(os.path.join(top, ".git")):
        parent = os.path.dirname(top)
        if parent == top:
            return folder, False
        top = parent
    if path == top:
        return top, True
    from pcmfa_lint.discovery.git import is_ignored

    return (folder, False) if is_ignored(top, os.path.relpath(path, top)) else (top, True)


class _Lister:
    """Gathers files from named paths; what several of them hold is listed once."""

    def __init__(self, root: str, ignore: Ignore) -> None:
        self._root = root
        self._ignore = ignore
        self._files: set[str] = set()
        self._excluded: set[str] = set()
        self._skipped: dict[str, FileNote] = {}
        self._notes: list[str] = []

    def add(self, path: str, git: bool, force_exclude: bool) -> None:
        """Adds one named path; it is absolute and lies in the root."""
        relative = "" if path == self._root else os.path.relpath(path, self._root).replace(os.sep, "/")
        folder = os.path.isdir(path)
        if force_exclude and relative and self._left_out(relative, folder, git):
            self._excluded.add(relative + "/" * folder)
        elif not folder:
            self._ignore.name(relative)
            self._files.add(relative)
        elif not (git and self._list(relative)):
            self._ignore.name(relative)
            self._walk(relative)

    def listing(self) -> Listing:
        skipped = tuple(sorted(self._skipped.values(), key=lambda note: note.path))
        excluded = tuple(sorted(self._excluded))
        notes = (
            *self._notes,
            *(f"{file} has more patterns than the limit; the rest is ignored." for file in self._ignore.cut),
        )
        return Listing(self._root, tuple(sorted(self._files)), excluded, skipped, self._ignore, notes)

    def _left_out(self, path: str, folder: bool, git: bool) -> bool:
        if git:
            from pcmfa_lint.discovery.git import is_ignored

            if is_ignored(self._root, path):
                return True
        else:
            self._ignore.enter_above(self._root, path)
        return bool(VENDORED.search(path + "/" * folder)) or self._ignore.covers(path, folder)

    def _list(self, below: str) -> bool:
        """Asks git; false if it cannot say."""
        from pcmfa_lint.discovery.git import list_files

        listed = list_files(self._root, below)
        if listed is None:
            self._notes.append("git could not list the files; the folders were walked instead.")
            return False
        cut = len(below) + 1 if below else 0  # a folder that is named is looked at even inside an excluded one
        for path in listed:
            match = VENDORED.search(path, cut)
            if match:
                self._excluded.add(path[: match.end()])
            elif path.endswith("/"):  # another repository inside this one
                self._excluded.add(path)
            else:
                self._files.add(path)
        for note in not_here(self._root, below, listed):
            self._files.discard(note.path)
            self._skipped[note.path] = note
        if self._skipped:
            self._files = {path for path in self._files if not is_noted(path, self._skipped)}
        self._note_folders()
        return True

    def _note_folders(self) -> None:
        """A folder that is named like a script is worth a line: someone may wonder where the script is."""
        for folder in {path.rpartition("/")[0] for path in self._files}:
            if folder.endswith(".ps1") and (note := odd_file(self._root, folder)):
                self._skipped[folder] = note

    def _walk(self, start: str) -> None:
        stack = [start]
        while stack:
            folder = stack.pop()
            try:
                with os.scandir(os.path.join(self._root, folder)) as scan:
                    entries = list(scan)
            except OSError as error:
                reason = f"The folder cannot be opened: {error.strerror}."
                self._skipped[folder] = FileNote(folder or ".", reason)
                continue
            prefix = folder + "/" if folder else ""
            if folder != start and any(entry.name == ".git" for entry in entries):
                self._excluded.add(prefix)  # another repository inside this one
                continue
            if any(entry.name == IGNORE_FILE for entry in entries):
                self._ignore.enter(self._root, folder)
            for entry in entries:
                self._take(entry, prefix + entry.name, stack)

    def _take(self, entry: os.DirEntry[str], path: str, stack: list[str]) -> None:
        if entry.is_file(follow_symlinks=False):
            if path.endswith((".min.js", ".min.css")):
                self._excluded.add(path)
            else:
                self._files.add(path)
        elif entry.is_dir(follow_symlinks=False) and not _is_junction(entry):
            if VENDORED.search(path + "/") or self._ignore.covers(path, folder=True):
                self._excluded.add(path + "/")
                return
            stack.append(path)
            if path.endswith(".ps1"):
                self._skipped[path] = FileNote(path, "It is a folder, not a file; the files in it were scanned.")
        elif note := odd_file(self._root, path):
            self._skipped[path] = note


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """A Windows mount point, which may lead in a circle (known from Python 3.12 on)."""
    return bool(getattr(entry, "is_junction", lambda: False)())
