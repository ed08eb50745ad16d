"""The pure pipeline, the same for a scan and for the examples of rules: units → evidence → findings."""

from __future__ import annotations

from collections.abc import Mapping

from pcmfa_lint.analysis.analyze import At, link
from pcmfa_lint.evidence.model import Evidence
from pcmfa_lint.findings.judge import judge
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.findings.text_rules import with_text_hits
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.model import Knowledge


def evaluate(
    units: Mapping[str, Unit], knowledge: Knowledge, at: At = lambda path: None, text_only: bool = False
) -> tuple[Evidence, tuple[Finding, ...]]:
    """The evidence of one repository and the findings of all rules in it. `units` by path; `at` as for `link`.
    `text_only`: the code is not followed."""
    evidence = Evidence(()) if text_only else link(list(units.values()), knowledge.catalog, at)
    evidence = with_text_hits(evidence, list(units.values()), knowledge.rules)
    return evidence, judge(evidence, units, knowledge.rules, knowledge.catalog.public_words())


def scan_texts(files: Mapping[str, str], knowledge: Knowledge) -> tuple[Finding, ...]:
    """The findings of the rules in a repository of the given texts by path. All files are read, and
    no finding is suppressed."""
    units = {path: read(text.encode("utf-8"), path) for path, text in sorted(files.items())}
    return evaluate(units, knowledge)[1]
