"""Values on their way to a token request: the forms they travel in, where they come from, whom a token is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.link.table import Case, cells, faults, tables

TABLES = tables(Path(__file__).with_name("values"))


@pytest.mark.parametrize("case", cells(TABLES))
def test_a_value_arrives(case: Case) -> None:
    case.check()


def test_the_tables_are_whole() -> None:
    assert faults(TABLES) == []
