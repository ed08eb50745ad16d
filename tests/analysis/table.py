"""Tables of cases: one meaning, one cell of source a language, and the facets that must come out of every cell.

A file holds `[[case]]`s: `name`, `expect`, optionally `subject` (token-request, api-call, stored-secret; what
`expect` speaks of) and one key a language. `expect` is a table, or an array of them where there are several. A cell
is a text, or a table of texts by path; where a language cannot say it, `{ reason = "…" }`. The keys of `expect` are
dotted attributes of the evidence; an origin is written as `kind name`. `rules` holds what must be reported at warning
or above of the class `family`. `fails` names the cells that are known to come out wrong, each with its reason. A
later language adds a cell to every case, and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from pcmfa_lint.evidence.model import SUBJECTS, Origin
from pcmfa_lint.knowledge.checks.rule import EXAMPLE_NAMES
from tests.helpers.code import evidence, loud

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LANGUAGES = (
    "python",
    "powershell",
    "csharp",
    "php",
    "java",
    "javascript",
    "kotlin",
    "go",
    "ruby",
    "shell",
    "vb",
    "groovy",
)
_KEYS = {"name", "subject", "expect", "rules", "family", "fails"}


@dataclass(frozen=True)
class Case:
    """One cell of a table. There must be as many pieces of evidence of the subject as `expect` has tables."""

    name: str
    language: str
    subject: str
    files: dict[str, str]
    expect: list[dict[str, Any]]
    family: str
    rules: tuple[str, ...]

    def check(self) -> None:
        """Asserts that the facets, and what is reported, are those of the table."""
        found = [item for item in evidence(self.files).items if isinstance(item, SUBJECTS[self.subject])]
        got = [{key: _plain(attrgetter(key)(item)) for key in self.expect[0]} for item in found]
        assert sorted(got, key=repr) == sorted(self.expect, key=repr)
        if self.family:
            assert loud(self.files, self.family) == sorted(self.rules)


def _listed(expect: Any) -> list[dict[str, Any]]:
    return list(expect) if isinstance(expect, list) else [expect]


def _plain(value: object) -> object:
    if isinstance(value, Origin):
        return f"{value.kind} {value.name}".strip()
    return sorted(value) if isinstance(value, tuple) else value


def tables(folder: Path) -> list[dict[str, Any]]:
    """The cases of all tables of a folder, as they are written."""
    files = sorted(folder.glob("*.toml"))
    return [case for file in files for case in tomllib.loads(file.read_text("utf-8"))["case"]]


def cells(cases: Sequence[dict[str, Any]]) -> list[Any]:
    """The cells that hold source, as parameters of a test."""
    found = []
    for case in cases:
        for language in LANGUAGES:
            cell = case.get(language)
            if not cell or ("reason" in cell and not isinstance(cell, str)):
                continue
            files = {EXAMPLE_NAMES[language]: cell} if isinstance(cell, str) else dict(cell)
            subject = case.get("subject", "token-request")
            rules = tuple(case.get("rules", ()))
            made = Case(case["name"], language, subject, files, _listed(case["expect"]), case.get("family", ""), rules)
            known = case.get("fails", {}).get(language)
            marks = [pytest.mark.xfail(strict=True, reason=known)] if known else []
            found.append(pytest.param(made, id=f"{case['name']}-{language}", marks=marks))
    return found


def faults(cases: Sequence[dict[str, Any]], needed: Sequence[str] = LANGUAGES) -> list[str]:
    """What is wrong with the tables themselves: two of one name, a key nobody knows, an empty cell without reason in
    a language that must have one in each."""
    names = [case["name"] for case in cases]
    found = [f"{name}: more than once" for name in sorted(set(names)) if names.count(name) > 1]
    for case in cases:
        found += [f"{case['name']}: {key}" for key in case.keys() - _KEYS - set(LANGUAGES)]
        found += [f"{case['name']}: no {key}" for key in (*needed, "expect") if not case.get(key)]
    return found
