"""The results of a sweep, kept so that the next one can skip what is unchanged.

A file a repository, JSON. It counts only for the same content, rules, settings and version; what cannot be read does
not count. Nothing in it is more than the reports hold.
"""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from datetime import date
from hashlib import sha256
from pathlib import Path

from pcmfa_lint import __version__
from pcmfa_lint.config import Settings
from pcmfa_lint.discovery import git
from pcmfa_lint.discovery.discover import Listing
from pcmfa_lint.engine.plain_data import revived
from pcmfa_lint.inventory.model.estate import Scanned
from pcmfa_lint.knowledge.paths import INVENTORY, catalog_files, rule_files, shipped, toml_files
from pcmfa_lint.source.atomic_write import PRIVATE, write_to


def key_of(listing: Listing, path: str, settings: Settings, fresh: str) -> str:
    """By what a repository is known again: its commit, its files with size and time, and all that a run depends on."""
    hashed = sha256(f"{__version__}\0{fresh}\0{_plain(settings)}\0{git.head(path)}".encode("utf-8", "surrogateescape"))
    for file in (*listing.files, *filter(None, [settings.baseline])):
        hashed.update(f"\0{file}\0{_stamp(os.path.join(listing.root, file))}".encode("utf-8", "surrogateescape"))
    return hashed.hexdigest()


def digest(folders: tuple[str, ...]) -> str:
    """A digest of the rules: ours and those of the user's folders."""
    hashed = sha256()
    for folder in (shipped(), *map(Path, folders)):
        rules = rule_files(folder) if folder.is_dir() else []
        for file in (*rules, *catalog_files(folder), *toml_files(folder / INVENTORY)):
            hashed.update(file.name.encode() + b"\0" + sha256(file.read_bytes()).digest())
    return hashed.hexdigest()


def keep(file: Path, key: str, scanned: Scanned, today: date) -> None:
    """Writes what was found. Raises OSError."""
    data = {"key": key, "day": today.isoformat(), "scanned": asdict(scanned)}
    write_to(str(file), lambda stream: json.dump(data, stream), PRIVATE)


def saved(file: str, key: str, today: date) -> Scanned | None:
    """The result of an earlier sweep, if it still holds: nothing that it depends on is different, and no suppression
    has expired since."""
    try:
        data = json.loads(Path(file).read_bytes())
        if data["key"] != key:
            return None
        scanned = revived(Scanned, data["scanned"])
        day, now = data["day"], today.isoformat()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(scanned, Scanned) or scanned.report is None:
        return None
    return None if any(day <= each.until < now for each in scanned.report.suppressions if each.until) else scanned


def _stamp(path: str) -> str:
    try:
        status = os.lstat(path)
    except OSError:
        return "-"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_mode}"


def _plain(settings: Settings) -> str:
    names = [each.name for each in fields(settings) if each.name not in ("jobs", "today", "cache")]
    return repr([(name, getattr(settings, name)) for name in names])
