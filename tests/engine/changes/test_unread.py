"""No stray mark makes findings go without a word: either they are still found, or the file counts as not understood."""

from __future__ import annotations

from collections import Counter

import pytest

from pcmfa_lint.engine.changes.unread import doubtful, not_understood
from pcmfa_lint.engine.workers.prefilter import REMARKS, PrefilterPlan, make_plan
from pcmfa_lint.explain.rule_examples import cases
from pcmfa_lint.frontend.read import read
from pcmfa_lint.knowledge.loader import prefilter_of
from tests.helpers.code import findings, knowledge

MARKS = ('"', "'", "`", "/*", "<!--", '"""', "'''", "{", "(", "[", "<#", "@'", "x = <<<EOT", "}}}", "x = (", "@A")


def examples() -> dict[str, str]:
    """A single file with a password sign-in in each language, by its name."""
    rules = [rule for rule in knowledge().rules if rule.id == "PCM201"]
    bad = [case.files for case in cases(rules) if case.side == "bad" and len(case.files) == 1]
    return {path: text for files in reversed(bad) for path, text in files.items()}


def plan() -> PrefilterPlan:
    return make_plan(prefilter_of(knowledge()).gates, (), REMARKS)


def counted(path: str, text: str) -> Counter[str]:
    return Counter(each.rule for each in findings({path: text}) if each.level != "note")


@pytest.mark.parametrize("path", examples())
def test_a_stray_mark_hides_nothing_unnoticed(path: str) -> None:
    text = examples()[path]
    whole = counted(path, text)
    assert whole
    silent = []
    for mark in MARKS:
        spoiled = f"{mark}\n{text}" if mark != "@A" or not path.endswith(".kt") else f"{text}\n@B "
        if whole - counted(path, spoiled):
            units = doubtful([read(spoiled.encode(), path)])
            if not list(not_understood(units, lambda path: (), plan(), {path})):
                silent.append(mark)
    assert silent == []
