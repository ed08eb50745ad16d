"""Files that git tracks and the disk does not have: those that a sparse checkout leaves out, and other repositories."""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator

from pcmfa_lint.source.file_note import FileNote

_ABSENT = "It is not checked out (sparse checkout), so it was not scanned."
_FOLDER = "{count} in it are not checked out (sparse checkout), so they were not scanned."
_SUBMODULE = "It is a submodule, another repository, and was not scanned: scan it separately."


def not_here(root: str, below: str, listed: Collection[str]) -> Iterator[FileNote]:
    """The paths among `listed`, which git gave for a folder, that cannot be looked at; whole folders as one."""
    from pcmfa_lint.discovery.git import entries, is_sparse

    if ".gitmodules" not in listed and not os.path.lexists(os.path.join(root, ".gitmodules")) and not is_sparse(root):
        return
    absent: set[str] = set()
    for left_out, is_submodule, path in entries(root, below):
        if is_submodule:
            yield FileNote(path, _SUBMODULE)
        elif left_out and not os.path.lexists(os.path.join(root, path)):
            absent.add(path)
    yield from _by_folder(absent, [path for path in listed if path not in absent])


def _by_folder(absent: Collection[str], present: Collection[str]) -> Iterator[FileNote]:
    """Absent files, those of a folder of which nothing is here together."""
    folders_here = {path[:at] for path in present for at, letter in enumerate(path) if letter == "/"}
    counts = Counter(_highest(path, folders_here) for path in absent)
    for path, count in sorted(counts.items()):
        files = "1 file" if count == 1 else f"{count:,} files"
        yield FileNote(path, _FOLDER.format(count=files) if path.endswith("/") else _ABSENT)


def _highest(path: str, folders_here: Collection[str]) -> str:
    """The highest folder around a file of which nothing is here, with a `/`; the file itself if there is none."""
    for at, letter in enumerate(path):
        if letter == "/" and path[:at] not in folders_here:
            return path[: at + 1]
    return path


def is_noted(path: str, notes: Collection[str]) -> bool:
    """Whether a file is among paths that were not looked at, or lies in a folder or submodule that is."""
    parents = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    return path in notes or any(folder in notes or f"{folder}/" in notes for folder in parents)
