"""Programs in pairs that look alike, of which one must be reported and the other must not (pairs.toml)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.code import loud

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAIRS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("pairs.toml").read_text("utf-8"))["pair"]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair["name"]))
def test_the_bad_one_only_is_reported(pair: dict[str, Any]) -> None:
    bad, good = (code if isinstance(code, dict) else {pair["path"]: code} for code in (pair["bad"], pair["good"]))
    assert loud(bad, pair["family"]) != []
    assert loud(good, pair["family"]) == []
