"""What does not change the meaning of code does not change what is found in it: over the examples of all rules."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pcmfa_lint.engine.pipeline import evaluate
from pcmfa_lint.explain.rule_examples import ExampleCase, cases
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Unit
from tests.helpers.code import knowledge
from tests.helpers.transformations import TRANSFORMATIONS

RULES = sorted({case.rule.id for case in cases(knowledge().rules)})
# A test of a status that is handed to a library by name is judged by what it says, not by what it calls.
KNOWN = {("wrapped", "PCM403-12-good-a-predicate-that-retries-every-status-one-that-lea")}


def found(units: Sequence[Unit]) -> set[tuple[str, str]]:
    """The rules that speak, with their levels; places may differ."""
    return {(each.rule, each.level) for each in evaluate({unit.path: unit for unit in units}, knowledge())[1]}


def units_of(case: ExampleCase) -> list[Unit]:
    return [read(text.encode(), path) for path, text in sorted(case.files.items())]


@pytest.mark.parametrize("name", TRANSFORMATIONS)
@pytest.mark.parametrize("rule", RULES)
def test_the_form_of_code_does_not_matter(rule: str, name: str) -> None:
    differ = []
    for case in cases([one for one in knowledge().rules if one.id == rule]):
        units = units_of(case)
        changed = TRANSFORMATIONS[name](units) if any(unit.body for unit in units) else None
        if changed is not None and found(changed) != found(units) and (name, case.id) not in KNOWN:
            differ.append((case.id, found(units) ^ found(changed)))
    assert not differ
