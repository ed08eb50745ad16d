"""The tables of our own catalog and rules as JSON: parsing TOML takes longer than all else that a start does.

A wheel brings them; elsewhere the first run writes them to the user's cache folder. They are named after all sources
together, so that whoever changes one of these gets new tables. What comes out of them is checked like what stands in
the TOML files.
"""

# ruff: noqa: PTH118, PTH120, PTH123
# Texts instead of Path objects: `pathlib` takes long to import.

from __future__ import annotations

import json
import os
from typing import Any

from pcmfa_lint.knowledge.paths import CATALOG, INVENTORY
from pcmfa_lint.source.user_cache import CacheArea, key_of, unframed

_FORMAT = "1"  # of the tables; whoever changes what is chosen for them counts on
_SIZE = 8_000_000  # bytes of one file
_MOST = 16_000_000  # of all
FOLDER = "tables"  # beside this module, in a wheel
_SHIPPED = os.path.join(os.path.dirname(__file__), FOLDER)


class Compiled:
    """The sources in the folder of our own rules, and what was made of them before. `sources`: the bytes of catalog
    and rule files by their name, relative to the folder, with `/`. Raises OSError where they cannot be read."""

    def __init__(self, folder: str) -> None:
        self.sources = dict(_sources(folder))
        self._key = key_of(_FORMAT, *(part for pair in self.sources.items() for part in pair))

    def read(self, kind: str) -> Any:
        """Tables that were kept; None if there are none."""
        data = _shipped(self.name(kind)) or _area().read(self.name(kind))
        try:
            return None if data is None else json.loads(data)
        except (ValueError, RecursionError):
            return None

    def keep(self, kind: str, tables: Any) -> None:
        """Keeps tables for the next run, where that can be done."""
        _area().write(self.name(kind), packed(tables))

    def name(self, kind: str) -> str:
        """The name of a file with tables of this kind."""
        return f"{kind}-{self._key}"


def packed(tables: Any) -> bytes:
    """Tables as they are kept."""
    return json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _area() -> CacheArea:
    return CacheArea("knowledge", _MOST, _SIZE)


def _shipped(name: str) -> bytes | None:
    """What the build put beside this module."""
    try:
        with open(os.path.join(_SHIPPED, name), "rb") as stream:
            return unframed(stream.read())
    except OSError:
        return None


def _sources(folder: str) -> list[tuple[str, bytes]]:
    """The TOML files of rules and catalog in a folder of rules; links to folders are not followed."""
    sources: list[tuple[str, bytes]] = []
    entries = _inside(folder)
    for each in _folders(entries):
        inside = _inside(each.path)
        entries += inside
        for language in _folders(inside) if each.name == CATALOG else ():
            entries += _inside(language.path)
    for entry in entries:
        if entry.name.endswith(".toml") and entry.is_file():
            with open(entry.path, "rb", buffering=0) as stream:
                sources.append((entry.path[len(folder) :].replace(os.sep, "/").lstrip("/"), stream.read()))
    return sorted(sources)


def _inside(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as scan:
        return list(scan)


def _folders(entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    return [each for each in entries if each.name != INVENTORY and each.is_dir(follow_symlinks=False)]


def is_catalog(name: str) -> bool:
    """Whether a source is a file of the catalog; all others are rules."""
    return name.startswith(f"{CATALOG}/")
