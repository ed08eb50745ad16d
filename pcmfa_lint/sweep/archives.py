"""ZIP archives of an estate (solutions, function apps, exported runbooks) opened in memory, within bounds.

What an archive holds is looked at as if it were a folder of the archive's name. Nothing is written to the disk, and a
member's name is only a name: it leads nowhere. What is not opened is named with the reason.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from pcmfa_lint.discovery.discover import VENDORED, Listing
from pcmfa_lint.limits import ARCHIVE_BYTES, ARCHIVE_INDEX_BYTES, ARCHIVE_MEMBERS, ARCHIVES, ARCHIVES_BYTES
from pcmfa_lint.report.words import count
from pcmfa_lint.source.damaged_archive import DAMAGED
from pcmfa_lint.source.file_note import FileNote
from pcmfa_lint.sweep.file_kinds import may_be_code

_OPENED = ".zip"
_OTHERS = (".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".cab", ".iso", ".arj")
_UNPACK = "unpack it and sweep the folder."
_TAIL = 66_000  # bytes in which a ZIP file says how much it lists
_ENCRYPTED = 1  # of a member's flags


@dataclass(slots=True)
class Opened:
    """The contents of the archives of one repository. `files`: by their paths, below their archive's; `notes`: what was
    not opened, and why."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[FileNote] = field(default_factory=list)
    size: int = 0

    def add(self, path: str, data: bytes) -> None:
        self.files[path] = data
        self.size += len(data)

    def miss(self, path: str, reason: str) -> None:
        self.notes.append(FileNote(path, reason))


def is_archive(path: str) -> bool:
    """Whether a file is an archive by its name."""
    return path.lower().endswith((_OPENED, *_OTHERS))


def with_archives(listing: Listing, size_limit: int) -> Listing:
    """The files of a repository with those that its archives hold."""
    contents = opened(listing, size_limit)
    if not contents.files and not contents.notes:
        return listing
    skipped = tuple(sorted((*listing.skipped, *contents.notes)))
    return listing._replace(
        files=tuple(sorted({*listing.files, *contents.files})), contents=contents.files, skipped=skipped
    )


def opened(listing: Listing, size_limit: int) -> Opened:
    """Opens the archives among the files of a repository. Never raises for what stands in one."""
    contents = Opened()
    archives = [path for path in listing.files if is_archive(path) and not listing.ignore.covers(path, False)]
    for number, path in enumerate(archives):
        if not path.lower().endswith(_OPENED):
            contents.miss(path, f"It is an archive that is not opened: {_UNPACK}")
        elif number >= ARCHIVES:
            contents.miss(path, f"It is an archive, and there are more than {ARCHIVES}: {_UNPACK}")
        else:
            _open(os.path.join(listing.root, path), path, size_limit, contents)  # noqa: PTH118
    return contents


def _open(place: str, path: str, size_limit: int, contents: Opened) -> None:
    try:
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                return
            if reason := _too_much(stream, status.st_size):
                contents.miss(path, reason)
                return
            with zipfile.ZipFile(stream) as archive:
                _read(archive, path, size_limit, contents)
    except OSError as error:
        contents.miss(path, f"It is an archive that cannot be opened: {error.strerror or 'it is damaged'}.")
    except DAMAGED:
        contents.miss(path, "It is an archive that cannot be opened: it is damaged, or its type is not known.")


def _too_much(stream: BinaryIO, size: int) -> str:
    """Why an archive is not even listed: its end says how much that would be."""
    if size > ARCHIVE_BYTES:
        return f"It is an archive of {size // 1_000_000} MB: {_UNPACK}"
    stream.seek(max(size - _TAIL, 0))
    tail = stream.read(_TAIL)
    stream.seek(0)
    at = tail.rfind(b"PK\5\6")
    index = struct.unpack_from("<I", tail, at + 12)[0] if 0 <= at <= len(tail) - 22 else 0
    if tail[max(at - 20, 0) : max(at, 0)].startswith(b"PK\6\7"):  # of an archive for which 32 bits are not enough
        index = ARCHIVE_INDEX_BYTES + 1
    return f"It is an archive with too many files: {_UNPACK}" if index > ARCHIVE_INDEX_BYTES else ""


def _read(archive: zipfile.ZipFile, path: str, size_limit: int, contents: Opened) -> None:
    missed: dict[str, list[str]] = {}
    members = archive.infolist()
    for info in members[:ARCHIVE_MEMBERS]:
        inside = info.filename.replace("\\", "/")
        if info.is_dir() or VENDORED.search(inside):
            continue
        name, reason = f"{path}/{inside}", _why_not(info, inside, size_limit, contents)
        if reason is None:
            continue
        if not reason and name in contents.files:
            reason = "a second one of the same name"
        if reason:
            missed.setdefault(reason, []).append(inside)
        else:
            try:
                contents.add(name, _bytes(archive, info, size_limit))
            except DAMAGED:
                missed.setdefault("damaged", []).append(inside)
    for text in (*_sentences(missed), *_cut(members)):
        contents.miss(path, text)


def _why_not(info: zipfile.ZipInfo, inside: str, size_limit: int, contents: Opened) -> str | None:
    """Why a member is not read, "" if it is, None if nothing is missed."""
    if is_archive(inside):
        return "an archive itself"
    if not may_be_code(inside):
        return None
    if inside.startswith("/") or ".." in inside.split("/") or inside[1:2] == ":":
        return "under a name that leads out of it"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    if info.file_size > size_limit or contents.size + info.file_size > ARCHIVES_BYTES:
        return "too large"
    return ""


def _bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size_limit: int) -> bytes:
    """What a member holds, and no more than it says and a file may hold."""
    with archive.open(info) as member:
        data = member.read(min(info.file_size, size_limit) + 1)
    if len(data) > min(info.file_size, size_limit):
        raise zipfile.BadZipFile
    return data


def _sentences(missed: dict[str, list[str]]) -> Iterator[str]:
    for reason, names in sorted(missed.items()):
        yield f"In this archive {count(len(names), 'file')} could not be read ({reason}): {_UNPACK}"


def _cut(members: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    if len(members) > ARCHIVE_MEMBERS:
        yield f"It is an archive of which only the first {ARCHIVE_MEMBERS} files were read: unpack it."
