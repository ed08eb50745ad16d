"""Many repositories at once: a SARIF file for each, and one inventory. One repository's fault is a line of its own."""

# ruff: noqa: PTH112
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pcmfa_lint.config import Settings, UsageFault
from pcmfa_lint.discover import VENDORED
from pcmfa_lint.engine import scan
from pcmfa_lint.finding import Finding, Report
from pcmfa_lint.output import write_to
from pcmfa_lint.report import write

COLUMNS = ("repository", "path", "line", "class", "rule", "flow", "account", "level")
INVENTORY = "inventory.csv"
_SCRIPTS = (".ps1", ".psm1", ".py")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is run by spreadsheets
_FAULT = 4

SettingsOf = Callable[[str], tuple[Settings, Callable[[Report], int]]]  # of a repository; and its exit status
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Repository:
    """`name` is its path below the root of the sweep, with `/`; `path` is absolute."""

    name: str
    path: str


def sweep(root: str, out: str, settings_of: SettingsOf, say: Say) -> int:
    """Scans all repositories below `root` and writes to the folder `out`. The exit status is the gravest of all
    repositories. Raises UsageFault for a missing root, an unusable `out`, and where there is nothing to scan."""
    if not os.path.isdir(root):
        raise UsageFault(f"{root}: there is no such folder")
    folder = _made(out)
    found = [each for each in repositories(os.path.realpath(root)) if each.path != str(folder)]
    if not found:
        raise UsageFault(f"{root}: there is no work tree and no folder of scripts in it")
    status = 0
    rows: list[tuple[str, ...]] = []
    names = _Names()
    for number, repository in enumerate(found, 1):
        one, line, more = _one(repository, folder / f"{names.safe(repository.name)}.sarif", settings_of)
        status = max(status, one)
        rows += more
        say(f"[{number}/{len(found)}] {repository.name}: {line}")
    write_to(str(folder / INVENTORY), lambda stream: _inventory(rows, stream))
    return status


def repositories(root: str) -> list[Repository]:
    """Work trees at or below `root`, and outside of them the top-most folders that hold scripts; sorted by name.
    What lies inside a found one belongs to it, unless it is a work tree of its own."""
    found = [Repository(_name(root, path), path) for path in _below(root)]
    return sorted(found, key=lambda repository: repository.name)


def _below(root: str) -> Iterator[str]:
    stack = [(root, False)]  # a folder, and whether one above it was found
    while stack:
        folder, inside = stack.pop()
        try:
            with os.scandir(folder) as scan_:
                entries = list(scan_)
        except OSError:
            continue  # a folder of scripts above it lists it as skipped; otherwise nobody knows what it holds
        work_tree = any(entry.name == ".git" for entry in entries)
        scripts = not inside and any(
            entry.name.lower().endswith(_SCRIPTS) and entry.is_file(follow_symlinks=False) for entry in entries
        )
        if work_tree or scripts:
            yield folder
        stack += [
            (entry.path, inside or work_tree or scripts)
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not VENDORED.search(entry.name + "/")
        ]


def _name(root: str, path: str) -> str:
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    return Path(root).name or "root" if relative == "." else relative


def _one(repository: Repository, sarif: Path, settings_of: SettingsOf) -> tuple[int, str, list[tuple[str, ...]]]:
    """Scans one repository: exit status, the line to say, rows of the inventory."""
    try:
        settings, status_of = settings_of(repository.path)
        report = scan([repository.path], settings)
        write_to(str(sarif), lambda stream: write(report, "sarif", stream))
    except UsageFault as fault:
        return 2, f"not scanned: {fault}", [_failed(repository, str(fault))]
    except Exception as error:  # its text may hold what stood in a file
        reason = f"not scanned: {type(error).__name__}"
        return _FAULT, reason, [_failed(repository, reason)]
    skipped = f", {len(report.files.skipped)} files skipped" if report.files.skipped else ""
    classes = {rule.id: rule.family for rule in report.rules}
    rows = [_row(repository, finding, classes[finding.rule]) for finding in report.findings]
    return status_of(report), f"{len(rows)} findings, {report.files.read} files read{skipped}", rows


def _row(repository: Repository, finding: Finding, class_: str) -> tuple[str, ...]:
    facts = dict(finding.properties)
    return (
        repository.name,
        finding.place.path,
        str(finding.place.span.line),
        class_,
        finding.rule,
        facts.get("flow", ""),
        facts.get("account", ""),
        finding.level,
    )


def _failed(repository: Repository, reason: str) -> tuple[str, ...]:
    return (repository.name, "", "", "not-scanned", "", "", "", reason)


def _inventory(rows: list[tuple[str, ...]], stream: TextIO) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(cell) for cell in row] for row in rows)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _made(out: str) -> Path:
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageFault(f"{out} cannot be made: {error.strerror}") from None
    return Path(out).resolve()


class _Names:
    """File names for repositories: safe everywhere, and no two the same, also where case does not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def safe(self, name: str) -> str:
        """A name of its own."""
        base = re.sub(r"[^A-Za-z0-9._+-]+", "-", name.replace("/", "__")).strip(".-")[:150] or "repository"
        chosen, number = base, 1
        while chosen.lower() in self._taken:
            number += 1
            chosen = f"{base}-{number}"
        self._taken.add(chosen.lower())
        return chosen
