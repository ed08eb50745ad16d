"""Triage: each finding goes to exactly one list, and the first that claims it keeps it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.config import PerPath
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.frontend.read import read
from pcmfa_lint.knowledge.selectors import RuleNames
from pcmfa_lint.triage.baseline import entries_of
from pcmfa_lint.triage.suppressions import SuppressionPolicy
from pcmfa_lint.triage.triage import KnownFindings, LevelsByPath, Rules, Triaged, notes, triage
from tests.helpers.findings import FINDINGS, finding

NAMES = RuleNames({"PCM101": "stored-credential", "PCM201": "ropc", "PCM210": "ropc", "ABC1": "own"})
POLICY = SuppressionPolicy(NAMES, date(2026, 6, 15))
QUIET = "x = 1  # pcmfa: ignore[PCM201] x\n"
ALL_RULES = Rules(NAMES)
NO_BASELINE = KnownFindings()


def sorted_out(
    findings: list[Finding], text: str = "", rules: Rules = ALL_RULES, known: KnownFindings = NO_BASELINE
) -> Triaged:
    return triage(findings, {"a.py": read(text.encode(), "a.py")}, POLICY, rules, known)


@given(FINDINGS, FINDINGS, st.sampled_from(["note", "warning", "error"]), st.booleans(), st.booleans())
def test_every_finding_ends_in_exactly_one_list(
    findings: list[Finding], before: list[Finding], floor: str, off: bool, selected: bool
) -> None:
    rules = Rules(
        NAMES,
        select=("ropc",) if selected else (),
        min_level=floor,  # type: ignore[arg-type]
        per_path=(PerPath(("b.py",), ("PCM1",) if off else (), {"PCM2": "note"}),),
    )
    done = sorted_out(findings, QUIET * 3, rules, KnownFindings(entries_of(before)))
    places = Counter((each.rule, each.place, each.code) for each in findings)
    lists = (*done.findings, *done.suppressed, *done.baselined, *done.below)
    assert Counter((each.rule, each.place, each.code) for each in lists) == places


def test_a_comment_comes_before_the_baseline_and_that_before_levels() -> None:
    every = [finding(line=1), finding(line=2), finding(line=3, rule="PCM101"), finding(line=4, rule="ABC1")]
    known = KnownFindings(entries_of(every[:2]))
    done = sorted_out(every, QUIET, Rules(NAMES, ignore=("PCM201", "own")), known)
    assert [each.place.span.line for each in done.suppressed] == [1]
    assert [each.place.span.line for each in done.baselined] == [2]
    assert [each.rule for each in done.findings] == ["PCM101"]
    assert [each.rule for each in done.below] == ["ABC1"]


@pytest.mark.parametrize(
    ("table", "path", "rule", "level"),
    [
        (PerPath(("legacy/**",), ("PCM2",)), "legacy/a/b.ps1", "PCM201", "off"),
        (PerPath(("legacy/**",), ("PCM2",)), "a/legacy/b.ps1", "PCM201", "error"),
        (PerPath(("legacy",), ("PCM2",)), "a/legacy/b.ps1", "PCM201", "off"),
        (PerPath(("*.ps1", "!keep.ps1"), ("ropc",)), "a/keep.ps1", "PCM201", "error"),
        (PerPath(("*.ps1", "!keep.ps1"), ("ropc",)), "a/b.ps1", "PCM201", "off"),
        (PerPath(("**",), (), {"pcm201": "note"}), "a.ps1", "PCM201", "note"),
        (PerPath(("**",), (), {"PCM201": "note"}), "a.ps1", "PCM210", "error"),
        (PerPath(("**",), (), {"PCM2": "warning", "PCM201": "note"}), "a.ps1", "PCM201", "note"),
        (PerPath(("**",), ("own",), {"own": "warning"}), "a.ps1", "ABC1", "off"),
    ],
)
def test_levels_by_path(table: PerPath, path: str, rule: str, level: str) -> None:
    assert LevelsByPath([table], NAMES).lowered(path, rule, "error")[0] == level


def test_a_level_is_never_raised() -> None:
    levels = LevelsByPath([PerPath(("**",), (), {"PCM201": "warning"})], NAMES)
    assert levels.lowered("a.ps1", "PCM201", "note") == ("note", ())


def test_words_for_rules() -> None:
    assert NAMES.meets("pcm2", "PCM201")
    assert NAMES.meets("ROPC", "PCM201")
    assert not NAMES.meets("rop", "PCM201")
    assert not NAMES.meets("", "PCM201")
    assert not NAMES.names_any("PCM3")


EVERY = [finding(line=1), finding(line=2, rule="PCM101"), finding(line=3, rule="ABC1")]


@pytest.mark.parametrize(
    ("rules", "reported"),
    [
        (Rules(NAMES), ["PCM201", "PCM101", "ABC1"]),
        (Rules(NAMES, select=("ropc",)), ["PCM201"]),
        (Rules(NAMES, select=("PCM",), ignore=("PCM101",)), ["PCM201"]),
        (Rules(NAMES, ignore=("own",)), ["PCM201", "PCM101"]),
        (
            Rules(NAMES, min_level="error", per_path=(PerPath(("a.py",), (), {"PCM201": "warning"}),)),
            ["PCM101", "ABC1"],
        ),
        (Rules(NAMES, per_path=(PerPath(("a.py",), ("PCM1",)),)), ["PCM201", "ABC1"]),
    ],
)
def test_what_is_not_selected_is_below(rules: Rules, reported: list[str]) -> None:
    done = sorted_out(EVERY, rules=rules)
    assert [each.rule for each in done.findings] == reported
    assert [each.rule for each in done.below] == [each.rule for each in EVERY if each.rule not in reported]


def test_a_finding_has_the_level_that_its_path_gives_it_and_keeps_its_own_where_it_is_off() -> None:
    table = PerPath(("a.py",), ("PCM1",), {"PCM201": "note"})
    done = sorted_out(EVERY, rules=Rules(NAMES, per_path=(table,)))
    assert [(each.rule, each.level) for each in done.findings] == [("PCM201", "note"), ("ABC1", "error")]
    assert [(each.rule, each.level) for each in done.below] == [("PCM101", "error")]


def test_only_a_run_over_everything_says_that_a_suppression_is_unused() -> None:
    unused = sorted_out([], QUIET)
    assert [str(note) for note in notes(unused, whole_root=True)] == [
        "a.py:1: the suppression of PCM201 has no effect; it can be removed."
    ]
    assert notes(unused, whole_root=False) == ()
    half = sorted_out([finding(line=1)], "x = 1  # pcmfa: ignore[PCM201, PCM101] x\n")
    assert [str(note) for note in notes(half, whole_root=True)] == [
        "a.py:1: PCM101 in the suppression of PCM201, PCM101 has no effect."
    ]
    assert notes(half, whole_root=False) == ()
