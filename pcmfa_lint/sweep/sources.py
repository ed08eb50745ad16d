"""The repositories of a sweep: all below a folder, or those of a list of paths and git URLs."""

# ruff: noqa: PTH112, PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.inventory.export import spreadsheet
from pcmfa_lint.knowledge.toml_schema import parse
from pcmfa_lint.limits import ENDING_PARTS
from pcmfa_lint.source.text import NotText, decode
from pcmfa_lint.sweep.git_url import GitUrl, git_url, may_hold_a_credential
from pcmfa_lint.sweep.walk import BARE, RepositorySource, below

_COMMENT = re.compile(r"\s+#.*")
_COLUMNS = ("url", "repository", "path", "clone_url", "clone", "repo", "ssh_url", "html_url")
_NO_URL = "not a usable git URL: write https://host/owner/name, and leave credentials to git"
_NOTHING = "\0"  # stands for an entry that is neither text nor a table with a path
_NUMBERED = redaction.words("{0} ({1})")


def sources(place: str, without: str) -> tuple[list[RepositorySource], list[str]]:
    """The repositories that `place` (a folder, a file with a list, or a git URL) is about, sorted by name, and what to
    say of it. `without`: the absolute path of a folder that is not looked at. Raises UsageFault where there is
    nothing."""
    if url := git_url(place):
        return [remote(url)], []
    if os.path.isdir(place):
        sources, notes = below(os.path.realpath(place), without)
        if all(each.empty for each in sources):
            raise UsageFault(f"{place}: it contains no work tree and no folder with scripts")
        return sources, notes
    if not os.path.isfile(place):  # noqa: PTH113
        if may_hold_a_credential(place) or not redaction.name(place, "plain-file"):
            raise UsageFault(f"this is not a folder, not a list, and {_NO_URL}")
        raise UsageFault(f"{place}: there is no such folder or list of repositories")
    return listed(place)


def listed(file: str) -> tuple[list[RepositorySource], list[str]]:
    """The repositories of a list: TOML with `repositories = […]`, CSV with a column `url` or `path`, or a line each.
    Paths are relative to the list. Raises UsageFault where it is empty or broken."""
    entries = [(where, entry) for where, entry in _entries(file) if entry]
    if not entries:
        raise UsageFault(f"{file}: this list contains no path and no URL")
    folder = os.path.dirname(os.path.realpath(file))  # noqa: PTH120
    sources = [_source(entry, where, folder) for where, entry in entries]
    by_place: dict[str, RepositorySource] = {}
    notes = []
    for source in sources:
        key = re.sub(r"(?:/?\.git)?/*$", "", source.place)
        if key in by_place:
            notes.append(f"{source.shown} is in the list more than once; it is scanned once")
        by_place.setdefault(key, source)
    return sorted(named_apart(by_place.values()), key=lambda source: source.name), list(dict.fromkeys(notes))


def _entries(file: str) -> list[tuple[SafeText, str]]:
    """The entries of a list, each with where it stands."""
    try:
        data = Path(file).read_bytes()
        text = decode(data).text
    except OSError as error:
        raise UsageFault(f"{file}: the list cannot be read: {error.strerror}") from None
    except NotText:
        raise UsageFault(f"{file}: this is not text; a list must be text, CSV, or TOML") from None
    if "\0" in text or text.startswith("PK"):  # a workbook, which is a ZIP file
        raise UsageFault(f"{file}: this is not text; save it as CSV (UTF-8)")
    if file.lower().endswith(".toml"):
        return _numbered("entry", file, _of_toml(text, file))
    rows = spreadsheet.read(data, file)
    columns = [column for column in _COLUMNS if any(column in row for row in rows)]
    if columns:
        return _numbered("row", file, (_cell(row, columns) for row in rows))
    if file.lower().endswith(".csv") and any(len(row) > 1 for row in rows):
        raise UsageFault(f"{file}: the first row must have a column named url or path")
    return _numbered("line", file, map(_of_line, text.splitlines()))


def _numbered(label: str, file: str, entries: Iterable[str]) -> list[tuple[SafeText, str]]:
    of = redaction.path(Path(file).name)
    return [(redaction.message(f"{label} {number} of {of}"), entry) for number, entry in enumerate(entries, 1)]


def _cell(row: Mapping[str, str], columns: Sequence[str]) -> str:
    return next((row[column].strip() for column in columns if row.get(column, "").strip()), "")


def _of_line(line: str) -> str:
    """The entry on a line; nothing for a comment."""
    text = line.strip().strip(",;").strip("\"'")
    if text.startswith("#"):
        return ""
    bare = _COMMENT.sub("", text)
    return bare if git_url(bare) else text


def _of_toml(text: str, file: str) -> list[str]:
    data, fault = parse(text, file)
    if fault is not None:
        raise UsageFault(str(fault))
    repositories = next((data[key] for key in ("repositories", "repository", "repos", "repo") if key in data), None)
    if not isinstance(repositories, list):
        raise UsageFault(f'{file}: write the list as repositories = ["…", "…"]')
    return [(each if isinstance(each, str) else _of_table(each)).strip() or _NOTHING for each in repositories]


def _of_table(each: Any) -> str:
    value = next((each[key] for key in _COLUMNS if key in each), "") if isinstance(each, dict) else ""
    return value if isinstance(value, str) else ""


def _source(entry: str, where: SafeText, folder: str) -> RepositorySource:
    """The repository that an entry of a list means, whatever stands there: it ends nothing but itself. What is neither
    an address nor there may be anything, a password too: it is called by its number."""
    if url := git_url(entry):
        return remote(url)
    if entry == _NOTHING:
        return RepositorySource(where, where, where, False, "this is no path and no URL")
    path = os.path.realpath(os.path.join(folder, os.path.expanduser(entry)))  # noqa: PTH111
    if not os.path.exists(path):  # noqa: PTH110
        no_url = may_hold_a_credential(entry)
        reason = f"this is not a folder, and {_NO_URL}" if no_url else "there is no such folder"
        return RepositorySource(where, where, where, False, reason)
    names, failed = set[str](), ""
    try:
        names = set(os.listdir(path))  # noqa: PTH208
    except NotADirectoryError:
        failed = "it is a file, not a folder"
    except OSError as error:
        failed = f"the folder cannot be opened: {error.strerror}"
    name, source = redaction.path(Path(path).name or "root"), redaction.path(entry)
    return RepositorySource(name, path, source, names >= BARE and ".git" not in names, failed)


def remote(url: GitUrl) -> RepositorySource:
    """The repository at an address."""
    return RepositorySource(redaction.path(_of_url(url.shown)), url.url, url.shown, True)


def _of_url(url: str) -> str:
    """`owner/name` of an address."""
    path = re.split(r"[/:\\]+", url.removesuffix("/").removesuffix(".git"))
    return "/".join(part for part in path[-2:] if part and "@" not in part) or "repository"


def _longer(source: RepositorySource, endings: Mapping[tuple[str, ...], int]) -> SafeText:
    """As much of the end of its place as tells a repository from the others; the whole, if nothing does. `endings`: how
    many places end so."""
    parts = _parts(source)
    for ending in _endings(parts):
        if endings[ending] == 1:
            return redaction.path("/".join(ending))
    return redaction.path("/".join(parts))


def _endings(parts: list[str]) -> Iterator[tuple[str, ...]]:
    """The last two parts, the last three and so on."""
    for length in range(2, min(len(parts), ENDING_PARTS) + 1):
        yield tuple(parts[-length:])


def _parts(source: RepositorySource) -> list[str]:
    text = re.sub(r"^[a-z]+://", "", source.shown if source.remote else source.place).removesuffix(".git")
    return [part for part in re.split(r"[/\\]", text) if part]


def named_apart(sources: Iterable[RepositorySource]) -> Iterator[RepositorySource]:
    """Gives each a name of its own: with more of its path, and if that does not tell them apart, a number."""
    sources = list(sources)
    names = Counter(source.name.casefold() for source in sources)
    endings = Counter(ending for source in sources for ending in _endings(_parts(source)))
    used: set[str] = set()
    numbers: Counter[str] = Counter()
    for source in sources:
        name = source.name
        if names[name.casefold()] > 1:
            name = _longer(source, endings)
        chosen = name
        while chosen.casefold() in used:
            numbers[name.casefold()] += 1
            chosen = redaction.filled(_NUMBERED, name, numbers[name.casefold()] + 1)
        used.add(chosen.casefold())
        yield replace(source, name=chosen)
