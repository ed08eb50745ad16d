"""Every example of every rule, through the whole pipeline."""

from __future__ import annotations

import pytest

from pcmfa_lint.knowledge import Knowledge, load_knowledge
from pcmfa_lint.ruletest import Case, cases, failure

KNOWLEDGE = load_knowledge()


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return KNOWLEDGE


@pytest.mark.parametrize("case", cases(KNOWLEDGE.rules), ids=lambda case: case.id)
def test_example(case: Case, knowledge: Knowledge) -> None:
    assert failure(case, knowledge) == ""
