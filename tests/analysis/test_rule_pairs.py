"""Programs in pairs that look alike, of which one rule must report one and not the other (rule-pairs.toml)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.code import findings, knowledge, loud

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAIRS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("rule-pairs.toml").read_text("utf-8"))["pair"]
FAMILIES = {rule.id: rule.family for rule in knowledge().rules}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['rule']}: {pair['name']}")
def test_the_rule_reports_the_bad_one_only(pair: dict[str, Any]) -> None:
    bad, good = (code if isinstance(code, dict) else {pair["path"]: code} for code in (pair["bad"], pair["good"]))
    rule = pair["rule"]
    assert rule in {each.rule for each in findings(bad)}
    assert set(loud(bad, FAMILIES[rule])) <= {rule}
    assert rule not in {each.rule for each in findings(good)}
