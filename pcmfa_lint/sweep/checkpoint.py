"""What a sweep has found, kept so that the next one can skip what is unchanged.

A file a repository, JSON. It counts only for the same content, rules, settings and version; what cannot be read does
not count. Nothing in it is more than the reports hold.
"""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import json
import os
import types
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pcmfa_lint import __version__
from pcmfa_lint.config import Settings
from pcmfa_lint.discovery import git
from pcmfa_lint.discovery.discover import Found
from pcmfa_lint.findings import model, redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.inventory.model.estate import Scanned
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.knowledge.paths import rule_files, shipped, toml_files
from pcmfa_lint.source.atomic_write import PRIVATE, write_to


def key_of(found: Found, path: str, settings: Settings, fresh: str) -> str:
    """By what a repository is known again: its commit, its files with size and time, and all that a run depends on."""
    seen = sha256(f"{__version__}\0{fresh}\0{_plain(settings)}\0{git.head(path)}".encode("utf-8", "surrogateescape"))
    for file in (*found.files, *filter(None, [settings.baseline])):
        seen.update(f"\0{file}\0{_stamp(os.path.join(found.root, file))}".encode("utf-8", "surrogateescape"))
    return seen.hexdigest()


def digest(folders: tuple[str, ...]) -> str:
    """What the rules are: ours and those of the user's folders."""
    seen = sha256()
    for folder in (shipped(), *map(Path, folders)):
        inside = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
        for file in (
            *(rule_files(folder) if folder.is_dir() else ()),
            *(file for each in inside for file in toml_files(each)),
        ):
            seen.update(file.name.encode() + b"\0" + sha256(file.read_bytes()).digest())
    return seen.hexdigest()


def keep(file: Path, key: str, scanned: Scanned, today: date) -> None:
    """Writes what was found. Raises OSError."""
    data = {"key": key, "day": today.isoformat(), "scanned": asdict(scanned)}
    write_to(str(file), lambda stream: json.dump(data, stream), PRIVATE)


def saved(file: str, key: str, today: date) -> Scanned | None:
    """What an earlier sweep found, if it still holds: nothing that it depends on is different, and no suppression has
    expired since."""
    try:
        data = json.loads(Path(file).read_bytes())
        if data["key"] != key:
            return None
        scanned = _revived(Scanned, data["scanned"])
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
    return repr(
        [(each.name, getattr(settings, each.name)) for each in fields(settings) if each.name not in ("jobs", "today")]
    )


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(
        cls, localns={"Span": Span, **vars(model)}
    )  # findings name types of code without importing them


def _revived(kind: Any, value: Any) -> Any:
    """Plain JSON as the type that it was written from. Raises KeyError, TypeError or ValueError where it does not."""
    if is_dataclass(kind) and isinstance(kind, type):
        names = _hints(kind)
        return kind(**{each.name: _revived(names[each.name], value[each.name]) for each in fields(kind)})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError
        inner = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_revived(each, part) for each, part in zip(inner, value, strict=True))
    if origin in (Union, types.UnionType):
        return None if value is None else _revived(next(each for each in arguments if each is not type(None)), value)
    if kind is SafeText:
        return redaction.stored(value)
    fits = value in arguments if origin is Literal else type(value) is kind
    if not fits:
        raise TypeError
    return value
