"""Where our own rules lie, and the literals of the first pass over a repository.

Most runs of a commit hook end after that pass. Reading all rules, or only importing their types, takes longer than the
pass itself; so this module reads no more of the files than it needs, and imports little. `tests/test_knowledge.py`
holds it against what reading everything gives.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pcmfa_lint.knowledge.prefilter import MarkerSpec, Sift

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from pcmfa_lint.knowledge.model import Knowledge

CATALOG = "catalog"  # name of the folder of catalog files in a folder of rules
INVENTORY = "inventory"  # and of that with what is known of whole integrations
_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*([\w-]+)[\w. \t-]*\]\]?[ \t]*(?:#.*)?$", re.MULTILINE)
_SIFTED = frozenset({"sift", "marker"})
_TEXT_RULE = re.compile(r"^on[ \t]*=[ \t]*[\"']text[\"']", re.MULTILINE)


class SiftSpec(NamedTuple):
    """What the first pass looks for: the gates of the catalog, one gate for every text rule (its id is the rule's),
    and the markers that have literals."""

    gates: tuple[Sift, ...]
    markers: tuple[MarkerSpec, ...]


def shipped() -> Path:
    """The folder of our own rules: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_sift() -> SiftSpec:
    """What `sift_of(load_knowledge())` gives, quickly. With folders of the user's own, load everything instead, so
    that a broken file of theirs is reported even if nothing passes a gate.

    Raises OSError, KeyError or ValueError where our own files are not as they were shipped."""
    folder = shipped()
    gates: list[Sift] = []
    markers: list[MarkerSpec] = []
    for path in toml_files(folder / CATALOG):
        tables = tomllib.loads(_sift_tables(path.read_text("utf-8")))
        gates += (
            _gate(each["id"], each["all"], each.get("files", []), each.get("apart", False))
            for each in _several(tables.get("sift", []))
        )
        for each in _several(tables.get("marker", [])):
            literal, call = _several(each.get("literal", [])), _several(each.get("call", []))
            markers.append(MarkerSpec(each["kind"], each["name"], literal, call))
    for path in sorted(rule_files(folder), key=lambda path: path.stem):
        text = path.read_text("utf-8")
        if _TEXT_RULE.search(text):
            rule = _top_level(text)
            gates.append(_gate(rule["id"], [rule["literals"]], rule["files"]))
    return SiftSpec(tuple(gates), tuple(marker for marker in markers if marker.literal))


def sift_of(knowledge: Knowledge) -> SiftSpec:
    """What the first pass looks for, out of everything that is known."""
    files = knowledge.catalog.files
    texts = (Sift(rule.id, (rule.literals,), rule.files) for rule in knowledge.rules if rule.on == "text")
    return SiftSpec(
        (*(gate for file in files for gate in file.sift), *texts),
        tuple(marker for file in files for marker in file.marker if marker.literal),
    )


def toml_files(folder: Path) -> list[Path]:
    """The TOML files right in a folder, sorted."""
    return sorted(path for path in folder.glob("*.toml") if path.is_file())


def rule_files(folder: Path) -> list[Path]:
    """The files of a folder itself and of its folders of rules; links to folders are not followed."""
    folders = [folder, *sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())]
    return [path for each in folders if each.name not in (CATALOG, INVENTORY) for path in toml_files(each)]


def _gate(name: str, groups: Any, files: Any, apart: bool = False) -> Sift:
    return Sift(name, tuple(_several(group) for group in _several(groups)), _several(files), apart)


def _several(value: Any) -> tuple[Any, ...]:
    """A single value stands for a list of one, as everywhere in these files."""
    return tuple(value) if isinstance(value, list) else (value,)


def _sift_tables(text: str) -> str:
    """Of a catalog file, the tables that the first pass needs. All of it, where a long text could hide a header."""
    if '"""' in text or "'''" in text:
        return text
    headers = list(_TABLE.finditer(text))
    if not headers:
        return text
    ends = [*(header.start() for header in headers[1:]), len(text)]
    tables = zip(headers, ends, strict=True)
    return "".join(text[header.start() : end] for header, end in tables if header[1] in _SIFTED)


def _top_level(text: str) -> dict[str, Any]:
    """A rule up to its first table; all of it, where that turns out to be the inside of a text or a list."""
    table = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    try:
        return tomllib.loads(text[: table.start()] if table else text)
    except tomllib.TOMLDecodeError:
        return tomllib.loads(text)
