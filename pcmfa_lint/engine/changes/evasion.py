"""Finds files that a change hides: that it moves, links, ignores, gives to another repository, or re-encodes.

Nothing of it is a fault as such. But what the base would have shown is to be looked at all the same, and where that
cannot be done, said.
"""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pcmfa_lint.discovery.discover import VENDORED, Listing, has_reader, is_inside
from pcmfa_lint.discovery.gitignore import IGNORE_FILE, Ignore
from pcmfa_lint.discovery.revisions import StagedTree, Tree, attributes, contents, ignored, renamed
from pcmfa_lint.frontend.languages import suffixes_of_script
from pcmfa_lint.source.file_note import FileNote

_ATTRIBUTES = ".gitattributes"
_MODULES = ".gitmodules"
_POINTER = b"version https://git-lfs.github.com/spec/"
_FIRST_LINE = 1_000  # bytes
_MANY = 3  # names in one note


@dataclass(frozen=True, slots=True)
class ComparedStates:
    """Two states of a repository: `base`, and `index`, which holds what the change has made of it. `covers` says of a
    path whether the run looks at it."""

    root: str
    commit: str
    base: Tree
    index: StagedTree
    covers: Callable[[str], bool]
    size_limit: int


@dataclass(frozen=True, slots=True)
class Unhidden:
    """The files of a run with those that the change has hidden, notes on them, and what new files were before."""

    listing: Listing
    notes: tuple[str, ...]
    old_names: Mapping[str, str]


def unhidden(listing: Listing, change: ComparedStates) -> Unhidden:
    """Adds the files that the change has hidden to the files of the run."""
    new = {path for path in change.index.files.keys() - change.base.files.keys() if change.covers(path)}
    old_names = _old_names(change, new)
    vendored = sorted(path for path in new if VENDORED.search(path) and not VENDORED.search(old_names.get(path, "")))
    moved = sorted(path for path in new if _is_moved_away(listing.ignore, path, old_names.get(path, "")))
    unignored = _shown_by_base(listing, change)
    for path in moved:
        listing.ignore.name(path)
    files = tuple(sorted({*listing.files, *vendored, *unignored}))
    stored = {**listing.stored, **_recoded(change, files)}
    notes = (
        *_note("puts files into folders that are not scanned; these were scanned", [*moved, *vendored]),
        *_note("makes git ignore files; these were scanned", unignored),
        *_note("adds other repositories, which are not scanned", _modules(change)),
    )
    return Unhidden(listing._replace(files=files, stored=stored), notes, old_names)


def unreadable(
    change: ComparedStates, visible: Unhidden, is_meant: Callable[[str, bytes], bool]
) -> tuple[FileNote, ...]:
    """The files of the change that cannot be read, and why. `is_meant` says of a name and bytes whether they hold what
    is looked for."""
    return (
        *_links(visible.listing.ignore, change, is_meant),
        *_submodules(visible.listing.ignore, change),
        *_renamed(change, visible.old_names, is_meant),
        *_pointers(change, visible.listing.files),
        *_scripts(change, visible.listing.files, is_meant),
    )


def _old_names(change: ComparedStates, new: set[str]) -> dict[str, str]:
    """What new files were at the base, as far as git can tell or their own names do."""
    deleted = change.base.files.keys() - change.index.files.keys()
    by_name = {path.rpartition("/")[2].lower(): path for path in sorted(deleted)}
    by_stem = {_stem(path): path for path in sorted(deleted)}
    guessed = {path: by_name.get(path.rpartition("/")[2].lower()) or by_stem.get(_stem(path)) for path in new}
    names = {path: old for path, old in guessed.items() if old}
    if deleted and new:
        names |= {path: old for path, old in renamed(change.root, change.commit).items() if path in new}
    return names


def _stem(path: str) -> str:
    """The path without all that comes behind the first dot of its name."""
    folder, slash, name = path.lower().rpartition("/")
    return folder + slash + (name[:1] + name[1:].partition(".")[0])


def _is_moved_away(ignore: Ignore, path: str, old: str) -> bool:
    """Whether a file comes from a place that is looked at to one that the configuration excludes."""
    return bool(old) and ignore.covers(path) and not ignore.covers(old) and not VENDORED.search(old)


def _shown_by_base(listing: Listing, change: ComparedStates) -> list[str]:
    """The files that the ignore files of the work tree leave out and those of the base do not."""

    def ignore_files(tree: Tree) -> dict[str, str]:
        return {path: name for path, name in tree.files.items() if path.rpartition("/")[2] == IGNORE_FILE}

    base = ignore_files(change.base)
    if base == ignore_files(change.index) and not change.index.apart.intersection(base):
        return []
    ignore = Ignore()
    for each in contents(change.root, base, sorted(base), change.size_limit):
        ignore.enter_text(each.path.rpartition("/")[0], (each.data or b"").decode("utf-8", "replace"))
    listed = (path for path in ignored(change.root) if change.covers(path) and not VENDORED.search(path))
    return sorted(path for path in listed if not ignore.covers(path) and not listing.ignore.covers(path))


def _recoded(change: ComparedStates, files: Sequence[str]) -> dict[str, str]:
    """The files that git writes into the work tree in another encoding than it stores them: they are read as stored."""
    if not _has_attributes(change.index):
        return {}
    ours = [path for path in files if path in change.index.files and path not in change.index.apart]
    return {path: change.index.files[path] for path, _, _ in attributes(change.root, ours, ["working-tree-encoding"])}


def _pointers(change: ComparedStates, files: Sequence[str]) -> Iterator[FileNote]:
    """Code that a filter keeps elsewhere: what stands in its place is only where to get it."""
    if not _has_attributes(change.index):
        return
    ours = [path for path in files if path in change.index.files and has_reader(path)]
    for path, _, _ in attributes(change.root, ours, ["filter"]):
        if _bytes(os.path.join(change.root, path), len(_POINTER)) == _POINTER:
            yield FileNote(path, "Git keeps its content elsewhere (LFS), and it was not fetched.")


def _scripts(
    change: ComparedStates, files: Sequence[str], is_meant: Callable[[str, bytes], bool]
) -> Iterator[FileNote]:
    """Programs whose names do not say their language. What they were before, too, is no news."""

    def suffixes(path: str, data: bytes) -> tuple[str, ...]:
        first = data[:_FIRST_LINE].partition(b"\n")[0].decode("utf-8", "replace")
        return suffixes_of_script(path, first.lstrip("\ufeff"))

    def is_script(path: str, data: bytes) -> bool:
        return any(is_meant(path + suffix, data) for suffix in suffixes(path, data))

    full = {path: os.path.join(change.root, path) for path in files if not has_reader(path)}
    scripts = [path for path in full if suffixes(path, _bytes(full[path], _FIRST_LINE))]
    new = [path for path in scripts if is_script(path, _bytes(full[path], change.size_limit))]
    old = [path for path in new if path in change.base.files]
    before = contents(change.root, change.base.files, old, change.size_limit)
    scripts_before = {each.path for each in before if each.data is not None and is_script(each.path, each.data)}
    for path in new:
        if path not in scripts_before:
            yield FileNote(path, "It is a program by its first line; files of this name are not read.")


def _has_attributes(index: StagedTree) -> bool:
    return any(path.rpartition("/")[2] == _ATTRIBUTES for path in index.files)


def _links(ignore: Ignore, change: ComparedStates, is_meant: Callable[[str, bytes], bool]) -> Iterator[FileNote]:
    """New links to what is not looked at under its own name."""
    for path in sorted(path for path, name in change.index.links.items() if change.base.links.get(path) != name):
        full = os.path.join(change.root, path)
        target = os.path.realpath(full)
        if not change.covers(path) or not os.path.exists(target):  # noqa: PTH110
            continue
        folder = os.path.isdir(target)  # noqa: PTH112
        if not is_inside(target, change.root):
            if folder or has_reader(path):
                yield FileNote(path, "It is a link that leads out of the repository, and is not followed.")
            continue
        target_path = os.path.relpath(target, change.root).replace(os.sep, "/")
        left_out = bool(VENDORED.search(target_path + "/" * folder)) or ignore.covers(target_path, folder)
        if folder and left_out:
            yield FileNote(path, "It is a link to an excluded folder.")
        unread = not folder and (left_out or not has_reader(target_path))
        if unread and is_meant(path, _bytes(target, change.size_limit)):
            yield FileNote(path, "It is a link to a file that is not read.")


def _modules(change: ComparedStates) -> list[str]:
    """Where the change puts other repositories, or other states of them."""
    base = change.base.submodules
    new = (path for path, commit in change.index.submodules.items() if base.get(path) != commit)
    return sorted(filter(change.covers, new))


def _submodules(ignore: Ignore, change: ComparedStates) -> Iterator[FileNote]:
    """Other repositories that the change brings, or takes from elsewhere: they are somebody's code, too."""
    for path in _modules(change):
        if any(each == path or each.startswith(f"{path}/") for each in change.base.files):
            yield FileNote(path, "Another repository has replaced the files here; it is not scanned.")
        elif not ignore.covers(path, folder=True):
            subject = "Another state of another" if path in change.base.submodules else "Another"
            yield FileNote(path, f"{subject} repository is added here; it is not scanned.")
    index, base = change.index, change.base
    altered = index.files.get(_MODULES) != base.files.get(_MODULES) or _MODULES in index.apart
    if altered and any(map(change.covers, index.submodules)):
        yield FileNote(_MODULES, "It names other repositories, which are not scanned.")


def _renamed(
    change: ComparedStates, old_names: Mapping[str, str], is_meant: Callable[[str, bytes], bool]
) -> Iterator[FileNote]:
    """Files with names under which they are not read, which they were before."""
    lost = {path: old for path, old in sorted(old_names.items()) if has_reader(old) and not has_reader(path)}
    for each in contents(change.root, change.index.files, list(lost), change.size_limit):
        old = lost[each.path]
        if each.data is None or is_meant(old, each.data):
            yield FileNote(each.path, f"It was {old} before; files of this name are not read.")


def _note(statement: str, paths: Sequence[str]) -> Iterator[str]:
    if paths:
        more = f" and {len(paths) - _MANY:,} more" if len(paths) > _MANY else ""
        yield f"This change {statement}: {', '.join(paths[:_MANY])}{more}."


def _bytes(path: str, limit: int) -> bytes:
    """The first bytes of a regular file, which is no link."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            return stream.read(limit) if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else b""
    except OSError:
        return b""
