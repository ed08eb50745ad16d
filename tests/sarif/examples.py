"""Writes a SARIF file of every rule's bad examples: `python tests/sarif/examples.py OUT [--include-suppressed]`.

The examples become one tree of files, are judged as a scan judges them, and reported. With --include-suppressed a third
of the findings is suppressed and a third in the baseline.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from pcmfa_lint import __version__
from pcmfa_lint.engine.pipeline import scan_texts
from pcmfa_lint.engine.run import load_knowledge
from pcmfa_lint.explain.rule_examples import cases
from pcmfa_lint.findings.model import Files, Finding, Report, ShownFile, ShownPlace, ShownStep, Suppression
from pcmfa_lint.findings.rule_info import rule_info
from pcmfa_lint.report import ReportOptions, write


def report() -> Report:
    """What the bad examples of all rules give; each example is a folder of its own. (That they give something is held
    by the tests of the rules.)"""
    knowledge = load_knowledge(())
    findings = [
        _moved(finding, case.id)
        for case in cases(knowledge.rules)
        if case.side == "bad"
        for finding in scan_texts(case.files, knowledge)
    ]
    return Report(
        "examples",
        findings=tuple(findings),
        files=Files(
            read=len(findings),
            partly=(ShownFile("some folder/half #1.ps1", "A region could not be parsed.", 3),),
            skipped=(ShownFile("big.json", "It is larger than 10 MB."),),
        ),
        rules=tuple(map(rule_info, knowledge.rules)),
        notes=("A limit was reached.",),
        version=__version__,
    )


def silenced(plain: Report) -> Report:
    """The same report with every third finding suppressed, and every third in a baseline."""
    suppressed = plain.findings[1::3]
    comments = tuple(
        Suppression(each.place.path, each.place.span.line, (each.rule,), "Sandbox only.", silences=(each.fingerprint,))
        for each in suppressed
    )
    return replace(
        plain,
        findings=plain.findings[::3],
        suppressed=suppressed,
        baselined=plain.findings[2::3],
        suppressions=comments,
    )


def _moved(finding: Finding, folder: str) -> Finding:
    def place(at: ShownPlace) -> ShownPlace:
        return ShownPlace(f"{folder}/{at.path}", at.span)

    def steps(old: tuple[ShownStep, ...]) -> tuple[ShownStep, ...]:
        return tuple(ShownStep(place(step.place), step.text) for step in old)

    return replace(finding, place=place(finding.place), trace=steps(finding.trace), related=steps(finding.related))


def main(arguments: list[str]) -> None:
    """Writes the file."""
    include = "--include-suppressed" in arguments
    (out,) = (each for each in arguments if not each.startswith("--"))
    plain = report()
    with Path(out).open("w", encoding="utf-8", newline="\n") as stream:
        write(silenced(plain) if include else plain, "sarif", stream, ReportOptions(include_suppressed=include))


if __name__ == "__main__":
    main(sys.argv[1:])
