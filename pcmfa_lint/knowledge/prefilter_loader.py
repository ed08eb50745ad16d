"""The literals of the first pass over a repository.

Most runs of a commit hook end after that pass. Reading all rules, or only importing their types, takes longer than the
pass itself; so this module reads no more of the files than it needs, and imports little.
`tests/knowledge/test_loader.py` holds it against what reading everything gives.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from pcmfa_lint.knowledge.compiled import Compiled, is_catalog
from pcmfa_lint.knowledge.paths import shipped_folder
from pcmfa_lint.knowledge.prefilter import MarkerSpec, PrefilterGate

_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*([\w-]+)[\w. \t-]*\]\]?[ \t]*(?:#.*)?$", re.MULTILINE)
_PREFILTER_TABLES = frozenset({"prefilter", "marker"})
_TEXT_RULE = re.compile(r"^on[ \t]*=[ \t]*[\"']text[\"']", re.MULTILINE)


class PrefilterSpec(NamedTuple):
    """The literals of the first pass: the gates of the catalog, one gate for every text rule (its id is the rule's),
    and the markers that have literals."""

    gates: tuple[PrefilterGate, ...]
    markers: tuple[MarkerSpec, ...]


def load_prefilter() -> PrefilterSpec:
    """Gives what `prefilter_of(load_knowledge())` gives, quickly. With folders of the user's own, load everything
    instead, so that a broken file of theirs is reported even if nothing passes a gate.

    Raises OSError, KeyError or ValueError where our own files are not as they were shipped."""
    compiled = Compiled(shipped_folder())
    cached = compiled.read("prefilter")
    if cached is not None:
        try:
            return _spec(cached)
        except (KeyError, TypeError, ValueError, AttributeError):
            pass  # foreign; what we make of the sources is right
    tables = prefilter_tables(compiled.sources)
    compiled.keep("prefilter", tables)
    return _spec(tables)


def tables_of(sources: Mapping[str, bytes]) -> dict[str, Any]:
    """The plain tables of catalog and rules, by the names of their sources."""
    return {name: _parsed(data.decode("utf-8-sig")) for name, data in sources.items()}


def prefilter_tables(sources: Mapping[str, bytes]) -> dict[str, Any]:
    """Of the sources of catalog and rules, by name, what the first pass needs, as plain tables."""
    texts = {name: data.decode("utf-8") for name, data in sources.items()}
    rules = sorted((name for name in texts if not is_catalog(name)), key=lambda name: name.rpartition("/")[2])
    return {
        "catalog": [_parsed(_prefilter_tables(text)) for name, text in texts.items() if is_catalog(name)],
        "rules": [
            {key: rule[key] for key in ("id", "literals", "files")}
            for rule in (_top_level(texts[name]) for name in rules if _TEXT_RULE.search(texts[name]))
        ],
    }


def _spec(tables: Mapping[str, Any]) -> PrefilterSpec:
    gates: list[PrefilterGate] = []
    markers: list[MarkerSpec] = []
    for table in tables["catalog"]:
        gates += (
            _gate(each["id"], each["all"], each.get("files", []), each.get("across_files", False))
            for each in _several(table.get("prefilter", []))
        )
        for each in _several(table.get("marker", [])):
            markers.append(MarkerSpec(each["kind"], each["name"], _texts(each.get("literal", []))))
    gates += (_gate(rule["id"], [rule["literals"]], rule["files"]) for rule in tables["rules"])
    return PrefilterSpec(tuple(gates), tuple(marker for marker in markers if marker.literal))


def _gate(name: str, groups: Any, files: Any, across_files: bool = False) -> PrefilterGate:
    return PrefilterGate(name, tuple(_texts(group) for group in _several(groups)), _texts(files), across_files)


def _several(value: Any) -> tuple[Any, ...]:
    """A single value stands for a list of one, as everywhere in these files."""
    return tuple(value) if isinstance(value, list) else (value,)


def _texts(value: Any) -> tuple[str, ...]:
    texts = _several(value)
    if not all(isinstance(each, str) for each in texts):
        raise TypeError
    return texts


def _prefilter_tables(text: str) -> str:
    """Of a catalog file, the tables that the first pass needs. All of it, where a long text could hide a header."""
    if '"""' in text or "'''" in text:
        return text
    headers = list(_TABLE.finditer(text))
    if not headers:
        return text
    ends = [*(header.start() for header in headers[1:]), len(text)]
    tables = zip(headers, ends, strict=True)
    return "".join(text[header.start() : end] for header, end in tables if header[1] in _PREFILTER_TABLES)


def _top_level(text: str) -> dict[str, Any]:
    """A rule up to its first table; all of it, where that turns out to be the inside of a text or a list."""
    table = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    try:
        return _parsed(text[: table.start()] if table else text)
    except ValueError:
        return _parsed(text)


def _parsed(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text.replace("\r\n", "\n"))
