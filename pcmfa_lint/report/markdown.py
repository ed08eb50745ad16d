"""The markdown report, made for a job summary: verdict, tables by rule and of findings, files that were not read.

GitHub refuses a summary above 1 MiB, so the tables are cut below that, the gravest findings first, and say how many are
missing. Whatever comes from scanned code is escaped: it is text and no markup, link or mention.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TextIO

from pcmfa_lint.evidence.levels import LEVELS
from pcmfa_lint.findings.model import Report, ShownFile, ShownPlace
from pcmfa_lint.report import ReportOptions, utf8
from pcmfa_lint.report.links import line_address
from pcmfa_lint.report.words import (
    BLIND_SPOT,
    BROKE_OFF,
    clean,
    count,
    files_line,
    not_shown,
    valid,
    verdict,
    worst_first,
)

_FOR_FINDINGS, _FOR_FILES = 600_000, 200_000
# What means something in markdown; an underscore inside a word does not, nor what no bracket stands before.
_MARKUP = re.compile(r"[\\`*\[\]~$]|(?<![^\W_])_|_(?![^\W_])|^[-+#]|#(?=\d)")
_LINKS = re.compile(r":(?=//)|(?<=\bwww)\.|(?<!\w)@", re.IGNORECASE)  # an address, and whom GitHub would call
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", '"': "&quot;"})


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write the summary. With `options.link_base` (`https://…/blob/SHA/`) places are links into the code."""
    for line in _lines(report, options.link_base):
        stream.write(valid(line) + "\n")


def _lines(report: Report, base: str) -> Iterator[str]:
    yield f"## pcmfa-lint: {escaped(verdict(report))}"
    if not report.complete:
        yield from ("", f"**{BROKE_OFF}**")
    if report.findings:
        yield from ("", *_by_rule(report), "", "### Findings", "")
        yield from _table(("Level", "Where", "Rule", "What"), _findings(report, base), _FOR_FINDINGS, "finding")
    yield from ("", not_shown(report), "", files_line(report))
    files = report.files
    unread = ("Changed files that were not fully read, which fails the run", files.unread)
    for title, notes in (unread, ("Skipped files", files.skipped), ("Partly read files", files.partly)):
        if notes:
            yield from ("", f"### {title}", "")
            yield from _table(("File", "Why"), _files(notes), _FOR_FILES // 2, "file")
    yield from _cut((line for note in report.notes for line in ("", f"Note: {escaped(note)}")), 20_000, "line")
    yield from ("", BLIND_SPOT)


def _by_rule(report: Report) -> Iterator[str]:
    rules = {rule.id: rule for rule in report.rules}
    counts = Counter((finding.rule, finding.level) for finding in report.findings)
    names = {finding.rule: finding.name for finding in report.findings}
    levels = LEVELS[::-1]
    yield f"| Rule | What it finds | {' | '.join(f'{level}s' for level in levels)} |"
    yield f"| --- | --- {'| ---: ' * len(levels)}|"
    for id_ in sorted(names):
        title = rules[id_].title if id_ in rules else names[id_]
        numbers = " | ".join(f"{counts[id_, level]:,}" if counts[id_, level] else "" for level in levels)
        yield f"| {escaped(id_)} | {escaped(title)} | {numbers} |"


def _findings(report: Report, base: str) -> Iterator[tuple[str, ...]]:
    for finding in worst_first(report.findings):
        yield finding.level, _link(finding.place, base), escaped(finding.rule), escaped(finding.message)


def _files(notes: Iterable[ShownFile]) -> Iterator[tuple[str, ...]]:
    for note in sorted(notes, key=lambda each: (each.path, each.line)):
        line = f":{note.line}" if note.line else ""
        yield f"{escaped(note.path)}{line}", escaped(note.reason)


def _link(place: ShownPlace, base: str) -> str:
    text = f"{escaped(place.path)}:{place.span.line}"
    address = line_address(base, place.path, place.span.line)
    if not address:
        return text
    return f"[{text}](<{address}>)"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], most: int, noun: str) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from _cut((f"| {' | '.join(row)} |" for row in rows), most, noun)


def _cut(lines: Iterable[str], most: int, noun: str) -> Iterator[str]:
    """The first lines, together at most `most` bytes, and how many more there are."""
    more = 0
    for line in lines:
        most -= len(utf8(line)) + 1
        if more or most < 0:
            more += 1
        else:
            yield line
    if more:
        yield from ("", f"**{count(more, f'more {noun}')}** not listed here; the other reports have them.")


def escaped(text: str) -> str:
    """Any text as markdown that shows it, on one line, also in a cell of a table."""
    safe = _MARKUP.sub(r"\\\g<0>", clean(text)).translate(_ENTITIES)
    return _LINKS.sub(lambda match: f"&#{ord(match[0])};", safe)
