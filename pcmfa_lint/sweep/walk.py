"""The repositories below a folder, and what there is beside them: no folder is left out without a word."""

# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pcmfa_lint.discovery.discover import VENDORED
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.limits import JOINED_FILES
from pcmfa_lint.report.words import count
from pcmfa_lint.sweep.archives import is_archive
from pcmfa_lint.sweep.file_kinds import may_be_code

# What makes a folder a project although git does not know it: an export, an unpacked download. Not a README, which a
# file share may have, too.
_PROJECT = re.compile(
    r"\.gitignore|\.gitattributes|\.github|\.editorconfig|pyproject\.toml|setup\.(?:py|cfg)|package\.json|composer\.json"
    r"|pom\.xml|build\.gradle(?:\.kts)?|go\.mod|host\.json|.*\.(?:sln|slnx|csproj|psd1)",
    re.IGNORECASE,
)
BARE = frozenset({"HEAD", "objects", "refs"})
_OURS = frozenset({".resume", "sarif"})  # what a sweep has written
_FOLDERS_NAMED = 8  # of those that are one repository together
_KINDS_NAMED = 4  # of the files in a folder in which nothing can be read


@dataclass(frozen=True, slots=True)
class RepositorySource:
    """One repository. `name` is its own in the sweep; `place` an absolute path or a URL, which may hold a credential
    and is never shown; `shown` may be. `failed`: why it cannot be scanned, where that is clear from the start; `empty`:
    since there is nothing in it to read."""

    name: SafeText
    place: str
    shown: SafeText
    remote: bool = False
    failed: str = ""
    empty: bool = False


@dataclass(slots=True)
class _Folder:
    """One folder of the walk. kind: `git`, `bare`, `plain` (a top-most folder of scripts or a project), `inside` of a
    plain one or of a work tree, `open` (none of these), `closed` (it cannot be looked into), `vendored`."""

    path: str
    kind: str
    parent: int
    failed: str = ""
    endings: Counter[str] = field(default_factory=Counter)  # of the files in it and below it
    code: int = 0  # of these files, how many may be code
    leads: bool = False  # something below it is scanned, or cannot be looked into


def below(root: str, without: str = "") -> tuple[list[RepositorySource], list[str]]:
    """Work trees at or below `root`, bare repositories, and outside of them the top-most folders that hold code or are
    a project; sorted by name; and what is to be said of it. What lies inside a found one belongs to it, unless it is a
    work tree of its own. Where there is no work tree and no bare repository, all folders are one estate, since they may
    use each other's files. Folders without anything to read are there with that reason. `without`: a folder that is not
    looked at."""
    folders = _gathered(root, without)
    plain = [each for each in folders if each.kind == "plain"]
    scanned = [each for each in folders if each.kind in ("git", "bare", "plain")]
    notes: list[str] = []
    if len(plain) > 1 and len(plain) == len(scanned):
        if sum(each.code for each in plain) <= JOINED_FILES:
            name = redaction.path(Path(root).name or "root")
            notes.append(_joined([_name(root, each.path) for each in plain]))
            others = [_source(root, each) for each in folders if each.kind != "plain" and _stands(folders, each)]
            return sorted([RepositorySource(name, root, name), *others], key=_name_of), notes
        notes.append(
            f"the {count(len(plain), 'folder')} are scanned separately: "
            f"together they contain more than {JOINED_FILES:,} files"
        )
    sources = [_source(root, each) for each in folders if each in scanned or _stands(folders, each)]
    return sorted(sources, key=_name_of), notes


def _joined(names: Sequence[str]) -> str:
    """What it means that folders without git are one, and what to do about it."""
    listed = ", ".join(sorted(names)[:_FOLDERS_NAMED]) + (", …" if len(names) > _FOLDERS_NAMED else "")
    return (
        f"{len(names):,} folders without git are analyzed as one repository ({listed}), since they may use each "
        "other's files: a setting may be taken from the wrong folder. To separate them, run git init in each, or sweep "
        "a list that names one folder per line"
    )


def _gathered(root: str, without: str) -> list[_Folder]:
    """All folders below the root, each before those in it, with what they hold."""
    folders: list[_Folder] = []
    stack = [(root, -1)]
    while stack:
        path, parent = stack.pop()
        if path == without:
            continue
        inside = parent >= 0 and folders[parent].kind in ("git", "plain", "inside")
        if parent >= 0 and VENDORED.search(os.path.basename(path) + "/"):  # noqa: PTH119
            if not inside and not path.endswith("/.git"):
                folders.append(_Folder(path, "vendored", parent))
            continue
        try:
            with os.scandir(path) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            if not inside:  # else what is above it lists it as skipped
                folders.append(_Folder(path, "closed", parent, f"the folder cannot be opened: {error.strerror}"))
            continue
        names = {entry.name for entry in entries}
        if names >= _OURS and ".git" not in names:
            if not inside:  # else its own ignore file keeps it out
                folders.append(_Folder(path, "closed", parent, "the folder contains the output of a sweep"))
            continue
        folder = _Folder(path, _kind(names, entries, inside), parent)
        _count(folder, entries)
        folders.append(folder)
        if folder.kind != "bare":
            number = len(folders) - 1
            stack += [(entry.path, number) for entry in entries if entry.is_dir(follow_symlinks=False)]
    _add_up(folders)
    return folders


def _kind(names: set[str], entries: Sequence[os.DirEntry[str]], inside: bool) -> str:
    if names >= BARE and ".git" not in names:
        return "bare"
    if ".git" in names:
        return "git"
    if inside:
        return "inside"
    return "plain" if any(map(_is_sign, entries)) else "open"


def _is_sign(entry: os.DirEntry[str]) -> bool:
    if _PROJECT.fullmatch(entry.name):
        return True
    return entry.is_file(follow_symlinks=False) and (may_be_code(entry.name) or is_archive(entry.name))


def _count(folder: _Folder, entries: Sequence[os.DirEntry[str]]) -> None:
    for entry in entries:
        if entry.is_file(follow_symlinks=False):
            folder.endings[os.path.splitext(entry.name)[1].lower()] += 1  # noqa: PTH122
            folder.code += may_be_code(entry.name)


def _add_up(folders: Sequence[_Folder]) -> None:
    for each in reversed(folders):
        if each.parent < 0:
            continue
        above = folders[each.parent]
        above.leads |= each.leads or each.kind in ("git", "bare", "plain", "closed")
        above.endings += each.endings
        above.code += each.code if each.kind == "inside" else 0


def _stands(folders: Sequence[_Folder], each: _Folder) -> bool:
    """Whether a folder is named although nothing in it is scanned: the top-most one."""
    if each.kind not in ("open", "closed", "vendored") or each.leads:
        return False
    return each.parent < 0 or folders[each.parent].leads or each.kind == "closed"


def _source(root: str, each: _Folder) -> RepositorySource:
    name = redaction.path(_name(root, each.path))
    if each.kind == "open":
        return RepositorySource(name, each.path, name, failed="; ".join(_nothing(each)), empty=True)
    if each.kind == "vendored":
        reason = "it is left out because of its name: third-party code, or the output of a build"
        return RepositorySource(name, each.path, name, failed=reason, empty=True)
    return RepositorySource(name, each.path, name, each.kind == "bare", each.failed)


def _nothing(each: _Folder) -> Iterator[str]:
    number = sum(each.endings.values())
    if not number:
        yield "it holds no file"
        return
    endings = [ending for ending, _ in sorted(each.endings.items(), key=lambda one: (-one[1], one[0])) if ending]
    named = f": {', '.join(endings[:_KINDS_NAMED])}" if endings else ""
    more = ", …" if len(endings) > _KINDS_NAMED else ""
    yield f"it contains no file that can be read ({count(number, 'file')}{named}{more})"


def _name(root: str, path: str) -> str:
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    return Path(root).name or "root" if relative == "." else relative


def _name_of(source: RepositorySource) -> SafeText:
    return source.name
