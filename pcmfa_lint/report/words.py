"""Words that several formats share, and names of scanned files made fit to be shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pcmfa_lint.evidence.levels import LEVELS
from pcmfa_lint.findings.report import Report
from pcmfa_lint.report import utf8

if TYPE_CHECKING:  # see finding.py
    from pcmfa_lint.findings.model import Finding, ShownPlace
    from pcmfa_lint.ir.nodes import Span

FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are full-width forms, which some programs take
BLIND_SPOT = (
    "What static analysis cannot see: whether the token's amr claim contains mfa, what Conditional Access requires, "
    "and whether the identity provider issues the claim. Check these in the tenant."
)
BROKE_OFF = "The run was interrupted: there may be more findings than shown here."
# Names of files and of things in the code may hold what drives a terminal, breaks a line or turns its direction.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """The text on one line, without control characters."""
    return _CONTROL.sub("\ufffd", text)


def valid(text: str) -> str:
    """The text as it can be encoded: a file name that is no UTF-8 holds lone surrogates."""
    return utf8(text).decode("utf-8", "replace")


def cell(text: str) -> str:
    """The text as the cell of a table; what a spreadsheet would run as a formula gets an apostrophe before it."""
    return valid(clean(f"'{text}" if text.startswith(FORMULA) else text))


def count(number: int, noun: str) -> str:
    """`1 finding`, `1,200 findings`, `2 repositories`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def where(place: ShownPlace) -> str:
    """`path:line:column`, fit to be shown."""
    return f"{clean(place.path)}:{place.span.line}:{place.span.col}"


def verdict(report: Report) -> str:
    """The run in one sentence."""
    root = clean(report.root)
    if report.findings:
        return f"{count(len(report.findings), 'finding')} in {root}: {by_level(report.findings)}."
    if not report.files.read and not report.files.irrelevant:
        return f"No file was read in {root}."
    return f"Nothing found in {root}."


def by_level(findings: Iterable[Finding]) -> str:
    """`3 errors, 1 note`: the gravest first, without levels that nobody has."""
    levels = Counter(finding.level for finding in findings)
    return ", ".join(count(levels[level], level) for level in reversed(LEVELS) if levels[level])


def not_shown(report: Report) -> str:
    """The number of findings that are in no list, and why."""
    aside = (
        (report.suppressed, "suppressed"),
        (report.baselined, "known before"),
        (report.below, "below level"),
    )
    return f"Not shown: {', '.join(f'{len(findings):,} {reason}' for findings, reason in aside)}."


def files_line(report: Report) -> str:
    """One sentence on where every file went."""
    files = report.files
    return (
        f"Files: {files.read:,} read, {files.irrelevant:,} not relevant, {len(files.excluded):,} excluded, "
        f"{len(files.partly):,} partly read, {len(files.skipped):,} skipped."
    )


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By level, falling; then by place."""
    return sorted(findings, key=lambda finding: (-LEVELS.index(finding.level), finding.place, finding.rule))


def first_line(finding: Finding) -> Span:
    """The place as far as its first line goes: a pull request shows an alert only if all its lines have changed."""
    span = finding.place.span
    until = next((line.until for line in finding.code if line.number == span.line), 0)
    narrow = span.end_line > span.line and until > span.col
    return replace(span, end_line=span.line, end_col=until) if narrow else span
