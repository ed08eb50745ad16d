"""The kept tables of rules and catalog: they make a start faster, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pcmfa_lint.knowledge import loader, prefilter_loader, toml_schema
from pcmfa_lint.knowledge.compiled import Compiled
from pcmfa_lint.knowledge.paths import shipped
from pcmfa_lint.source.user_cache import framed
from tests.helpers.cache import with_cache
from tests.helpers.in_process import _load_knowledge, _load_prefilter, shipped_knowledge, shipped_prefilter


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("pcmfa_lint.knowledge.compiled._SHIPPED", "")
    return with_cache(monkeypatch, tmp_path / "cache") / "knowledge"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The sources that were parsed."""
    names: list[str] = []

    def parse(text: str, file: str) -> Any:
        names.append(file)
        return toml_schema.parse(text, file)

    monkeypatch.setattr(loader, "parse", parse)
    yield names


def test_kept_tables_give_what_the_sources_give(cache: Path, parsed: list[str]) -> None:
    assert (_load_prefilter(), _load_knowledge()) == (shipped_prefilter(), shipped_knowledge())
    assert parsed != []
    parsed.clear()
    assert len(list(cache.iterdir())) == 2
    assert (_load_prefilter(), _load_knowledge()) == (shipped_prefilter(), shipped_knowledge())
    assert parsed == []


def test_a_changed_source_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(shipped(), rules)
    monkeypatch.setattr(loader, "shipped", lambda: rules)
    monkeypatch.setattr(prefilter_loader, "shipped_folder", lambda: str(rules))
    before = len(_load_prefilter().gates), len(_load_knowledge().rules)
    gate = '\n[[prefilter]]\nid = "invented"\nall = "invented-word"\n'
    with (rules / "catalog" / "endpoints.toml").open("a") as stream:
        stream.write(gate)
    next(rules.glob("ropc/*.toml")).unlink()
    assert (len(_load_prefilter().gates), len(_load_knowledge().rules)) == (before[0] + 1, before[1] - 1)


FOREIGN: list[Any] = [
    None,
    [],
    {},
    "text",
    {"catalog": 1, "rules": []},
    {"catalog": [{"prefilter": [{"id": 1}]}], "rules": []},
    {"catalog": [{"marker": [{"kind": "k", "name": "n", "literal": [1]}]}], "rules": []},
    {"catalog": [], "rules": [{"id": "A1", "literals": [[]], "files": 3}]},
    {"catalog/endpoints.toml": {"unknown": 1}},
    {"ropc/PCM201.toml": []},
]


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[" * 100_000, *(json.dumps(each).encode() for each in FOREIGN)]
)
def test_foreign_tables_are_ignored(cache: Path, content: bytes) -> None:
    compiled = Compiled(str(shipped()))
    compiled.keep("prefilter", {})
    for kind in ("prefilter", "tables"):
        file = cache / compiled.name(kind)
        file.touch(0o600)
        file.write_bytes(framed(content))
    assert (_load_prefilter(), _load_knowledge()) == (shipped_prefilter(), shipped_knowledge())
