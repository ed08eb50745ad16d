"""What the author of a rule is told when an example does not do what it says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pcmfa_lint.evidence.levels import Level
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.explain.rule_examples import cases, run_tests
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.findings.redaction import place, words
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.knowledge.loader import load_knowledge
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.knowledge.rule import Rule
from tests.helpers.rule_files import RULE

GATE = '[[prefilter]]\nid = "invented"\nall = [["x = "], ["1", "one"]]\nfiles = "*.py"\n'


def author(folder: Path, gate: str = GATE) -> tuple[Knowledge, list[Rule]]:
    for name, text in {"ours/ABC101.toml": RULE, "catalog/ours.toml": gate}.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    knowledge = load_knowledge([folder])
    assert knowledge.faults == ()
    return knowledge, [rule for rule in knowledge.rules if rule.id == "ABC101"]


def finding(rule: str, path: str, line: int, level: Level = "error") -> Finding:
    return Finding(rule, "n", level, place(Place(path, Span(line, 1, line, 2))), words("m"), "w", "f")


def report(monkeypatch: pytest.MonkeyPatch, rule: str = "ABC101", level: Level = "error", word: str = "x = 1") -> None:
    """Makes the pipeline report every line that holds a word."""

    def scan(files: Mapping[str, str], _: Knowledge) -> tuple[Finding, ...]:
        found = [
            (path, n) for path, text in files.items() for n, line in enumerate(text.splitlines(), 1) if word in line
        ]
        return tuple(finding(rule, path, line, level) for path, line in found)

    monkeypatch.setattr("pcmfa_lint.engine.pipeline.scan_texts", scan)


def test_names_and_files_of_cases(tmp_path: Path) -> None:
    _, rules = author(tmp_path)
    found = cases(rules)
    assert [case.id for case in found] == [
        "ABC101-1-bad-one",
        "ABC101-1-good-one",
        "ABC101-2-bad-two",
        "ABC101-2-good-two",
    ]
    assert [sorted(case.files) for case in found] == [["example.py"], ["example.py"], ["a.py", "b.py"], ["a.py"]]
    assert [case.lines for case in found] == [{"example.py:1"}, set(), {"a.py:1"}, set()]


def test_all_as_expected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge, rules = author(tmp_path)
    report(monkeypatch)
    assert run_tests(knowledge, rules) == []


def test_nothing_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge, rules = author(tmp_path)
    report(monkeypatch, word="never")
    assert run_tests(knowledge, rules) == [
        'ABC101, example "One" (bad): expected example.py:1; came nothing',
        'ABC101, example "Two" (bad): expected a.py:1; came nothing',
    ]


def test_reported_by_another_rule_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge, rules = author(tmp_path)
    report(monkeypatch, rule="ABC999")
    assert len(run_tests(knowledge, rules)) == 2


@pytest.mark.parametrize(("level", "failures"), [("error", 2), ("warning", 2), ("note", 0)])
def test_good_code_gives_no_warning_of_any_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: Level, failures: int
) -> None:
    knowledge, rules = author(tmp_path)
    report(monkeypatch, rule="ABC999", level=level, word="x = 2")
    loud = [line for line in run_tests(knowledge, rules) if "(good)" in line]
    assert len(loud) == failures
    assert all("expected nothing at warning or above; came ABC999 at " in line for line in loud)


@pytest.mark.parametrize("gate", [GATE.replace('"x = "', '"y = "'), GATE.replace("*.py", "*.ps1")])
def test_an_example_that_no_scan_would_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: str) -> None:
    knowledge, rules = author(tmp_path, gate)
    report(monkeypatch)
    assert [line.rpartition("; came ")[2] for line in run_tests(knowledge, rules)] == [
        "none, so that no scan would read it"
    ] * 2
