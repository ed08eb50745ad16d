"""The examples of rules as tests, for their authors: each goes through the whole pipeline, in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pcmfa_lint.engine.workers.prefilter import make_plan, passed, prefilter
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.knowledge.checks.rule import EXAMPLE_NAMES
from pcmfa_lint.knowledge.loader import prefilter_of
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.knowledge.rule import Example, Rule


@dataclass(frozen=True, slots=True)
class ExampleCase:
    """One side of one example. `id` is short, unique among the cases of a run, and fit for a test's name."""

    id: str
    rule: Rule
    example: Example
    side: Literal["bad", "good"]

    @property
    def files(self) -> dict[str, str]:
        """The texts by path; a single text has the name that its language suggests."""
        text = self.example.bad if self.side == "bad" else self.example.good
        if not isinstance(text, str):
            return text
        return {EXAMPLE_NAMES.get(self.example.language, self.example.language): text}

    @property
    def lines(self) -> set[str]:
        """The places where the rule must report, as "path:line"."""
        if self.side == "good":
            return set()
        only = next(iter(self.files))
        return {f"{only}:{line}" if isinstance(line, int) else line for line in self.example.lines}


def cases(rules: Sequence[Rule]) -> tuple[ExampleCase, ...]:
    """All examples of `rules`, the bad side before the good one."""
    result = []
    for rule in rules:
        for number, example in enumerate(rule.example, 1):
            slug = re.sub(r"[^a-z0-9]+", "-", example.title.lower())[:50].strip("-")
            if example.bad:
                result.append(ExampleCase(f"{rule.id}-{number}-bad-{slug}", rule, example, "bad"))
            if example.good:
                result.append(ExampleCase(f"{rule.id}-{number}-good-{slug}", rule, example, "good"))
    return tuple(result)


def failure(case: ExampleCase, knowledge: Knowledge) -> str:
    """One line on what went otherwise than the example says; empty if nothing did."""
    from pcmfa_lint.engine.pipeline import scan_texts  # the parsers are heavy, and `rules list` needs none

    findings = scan_texts(case.files, knowledge)
    if case.side == "good":
        loud = [f"{each.rule} at {_at(each)}" for each in findings if each.level != "note"]
        return _sentence(case, "nothing at warning or above", ", ".join(loud)) if loud else ""
    reported = {_at(each) for each in findings if each.rule == case.rule.id}
    if reported != case.lines:
        return _sentence(case, _list(case.lines), _list(reported))
    if not _has_seed(case.files, knowledge):
        return _sentence(case, "a file that passes a [[prefilter]] gate", "none, so that no scan would read it")
    return ""


def run_tests(knowledge: Knowledge, rules: Sequence[Rule] | None = None) -> list[str]:
    """Runs the examples of `rules` (of all, if None) and gives one line for each that fails."""
    chosen = cases(knowledge.rules if rules is None else rules)
    return [line for case in chosen if (line := failure(case, knowledge))]


def list_rules(knowledge: Knowledge) -> str:
    """The rules as a table for the terminal: id, level, class, name, title."""
    rows = [(rule.id, rule.level, rule.family, rule.name, rule.title) for rule in knowledge.rules]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return "".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4])) + "\n"
        for row in rows
    )


def _at(finding: Finding) -> str:
    return f"{finding.place.path}:{finding.place.span.line}"


def _list(lines: set[str]) -> str:
    return ", ".join(sorted(lines)) or "nothing"


def _sentence(case: ExampleCase, expected: str, reported: str) -> str:
    return f'{case.rule.id}, example "{case.example.title}" ({case.side}): expected {expected}; came {reported}'


def _has_seed(files: Mapping[str, str], knowledge: Knowledge) -> bool:
    """Whether the first pass of a scan would let one of the files through."""
    plan = make_plan(prefilter_of(knowledge).gates)
    return any(passed(plan, prefilter(text.encode("utf-8"), plan), path) for path, text in files.items())
