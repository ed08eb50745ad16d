"""After the call: who looks at a 401, and what becomes of the refresh token. One table for every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.table import Case, cells, faults, tables

TABLES = tables(Path(__file__).with_name("behaviour"))
NEEDED = ("python", "powershell", "csharp", "java", "javascript", "groovy", "ruby", "shell", "go", "vb", "php")


@pytest.mark.parametrize("case", cells(TABLES))
def test_behaviour(case: Case) -> None:
    case.check()


def test_the_tables_are_whole() -> None:
    assert faults(TABLES, NEEDED) == []
