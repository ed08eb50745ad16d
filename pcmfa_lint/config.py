"""What a run is asked to do: the settings of one scan, from the command line and the project's own file.

The file is `.pcmfa-lint.toml` at the root, or `[tool.pcmfa-lint]` in its `pyproject.toml`; the first wins. The command
line wins over both.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FAIL_ON = ("error", "warning", "note", "never")
OWN_FILE = ".pcmfa-lint.toml"
PROJECT_FILE = "pyproject.toml"
_TABLE = re.compile(r"^[ \t]*\[tool\.pcmfa-lint\][^\n]*\n(.*?)(?=^[ \t]*\[|\Z)", re.MULTILINE | re.DOTALL)
CONFIG_LIMIT = 1_000_000  # bytes; a larger file is no configuration


class UsageFault(Exception):
    """Wrong usage or configuration: exit status 2. Its text is one or several sentences for the user."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a project's file may say. The keys are the field names, with dashes.

    exclude: globs as in `.gitignore`. select, ignore: rule ids, prefixes of ids, or families.
    fail_on, min_level: as the options of the same name.
    """

    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Literal["error", "warning", "note", "never"] = "warning"
    min_level: Literal["error", "warning", "note"] = "note"


@dataclass(frozen=True, slots=True)
class Settings:
    """One scan. jobs 0: as many as there are processors. size_limit in bytes, seconds per file of wall time."""

    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_level: Literal["error", "warning", "note"] = "note"
    rules: tuple[str, ...] = ()  # folders with further rules and catalog files
    force_exclude: bool = False
    list_rules: bool = False  # the report names every rule, not only those with findings
    jobs: int = 0
    size_limit: int = 5_000_000
    seconds: float = 30.0
    support_files: int = 400


def load_config(root: str, named: str = "") -> Config:
    """The configuration of the project at `root`, or the file `named` by the user.

    Raises UsageFault if a file is there and cannot be used; a file that does not mention pcmfa-lint is none of ours.
    """
    if named:
        path = Path(named)
        return _project(path) if path.name == PROJECT_FILE else _own(path)
    folder = Path(root)
    if os.path.lexists(folder / OWN_FILE):
        return _own(folder / OWN_FILE)
    project = folder / PROJECT_FILE
    return _project(project) if os.path.lexists(project) and _mentions_us(project) else Config()


def _own(path: Path) -> Config:
    return _config(_text(path), path.name)


def _project(path: Path) -> Config:
    """Only the table [tool.pcmfa-lint] is ours; the rest of the file may be anything."""
    from pcmfa_lint.schema import parse

    text = _text(path)
    tables, fault = parse(text, path.name)
    if fault is not None:
        raise UsageFault(str(fault))
    if "pcmfa-lint" not in tables.get("tool", {}):
        return Config()
    table = _TABLE.search(text)
    if table is None:
        raise UsageFault(f"{path.name}: write the settings of pcmfa-lint as a table [tool.pcmfa-lint]")
    before = text.count("\n", 0, table.start(1))
    return _config("\n" * before + table[1], path.name)  # empty lines keep the line numbers of faults


def _config(text: str, name: str) -> Config:
    from pcmfa_lint.schema import load

    config, faults = load(Config, text, name)
    if config is None:
        raise UsageFault("\n".join(map(str, faults)))
    return config


def _read(path: Path) -> bytes:
    """The bytes of a regular file of reasonable size; opening a pipe does not wait. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("not a regular file")
        return stream.read(CONFIG_LIMIT)


def _mentions_us(path: Path) -> bool:
    try:
        return b"pcmfa-lint" in _read(path)
    except OSError:
        return False


def _text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8-sig")
    except OSError as error:
        raise UsageFault(f"{path.name} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageFault(f"{path.name} is not UTF-8") from None
