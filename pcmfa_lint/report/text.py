"""The text report: for people at a terminal.

What breaks first comes first. A finding says where, what was seen and by which way; why that matters and what to do
follow once for each rule, so that forty findings of one rule stay readable. The summary comes last, where the reader
stands: it accounts for every finding and every file, and says what to type next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

import click

from pcmfa_lint.findings.report import NOTHING, Report, ShownFile
from pcmfa_lint.frontend.languages import LANGUAGES, title_of
from pcmfa_lint.report import ReportOptions
from pcmfa_lint.report.prose import INDENT, label, paragraph, prose, wrapped
from pcmfa_lint.report.words import (
    BLIND_SPOT,
    BROKE_OFF,
    clean,
    count,
    files_line,
    not_shown,
    verdict,
    where,
    worst_first,
)

if TYPE_CHECKING:  # see finding.py
    from pcmfa_lint.findings.model import CodeLine, Finding, ShownStep

COLORS = {"error": "red", "warning": "yellow", "note": "cyan"}
_MIN_WIDTH = 40
_LANGUAGES = frozenset(language.name for language in LANGUAGES)
_ENDS = 3  # steps of a trace that is shown whole; of a longer one, its ends
_FEW = 3  # findings that are in sight with the summary
_PLACES = 10  # places of errors in the summary


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write findings, advice by rule, then the summary. `options.color` decides alone on colour."""
    write_lines(_Page(report, options).lines(), stream, options)


def write_lines(lines: Iterable[str], stream: TextIO, options: ReportOptions) -> None:
    """Write styled lines, without styles if no colour is wanted; what the stream cannot encode becomes `?`."""
    encoding = stream.encoding or "utf-8"
    for line in lines:
        plain = line if options.color else click.unstyle(line)
        stream.write(plain.encode(encoding, "replace").decode(encoding) + "\n")


def headline(finding: Finding, title: str) -> str:
    """Place, level, rule and title of a finding, on one line."""
    level = click.style(finding.level, fg=COLORS[finding.level], bold=True)
    return f"{click.style(where(finding.place), bold=True)}: {level} {finding.rule} {clean(title)}"


class _Page:
    """One report at one width."""

    def __init__(self, report: Report, options: ReportOptions) -> None:
        self.report = report
        self.options = options
        self.width = max(options.width, _MIN_WIDTH)
        self.titles = {rule.id: rule.title for rule in report.rules}
        self.findings = worst_first(report.findings)

    def lines(self) -> Iterator[str]:
        for finding in self.findings:
            yield from self.finding(finding)
            yield ""
        for rule in dict.fromkeys(finding.rule for finding in self.findings):
            yield from self.advice(rule, [finding for finding in self.findings if finding.rule == rule])
            yield ""
        if self.options.summary:
            yield from self.summary()

    def finding(self, finding: Finding) -> Iterator[str]:
        yield headline(finding, self.titles.get(finding.rule, finding.name))
        yield from self.code(finding.code, COLORS[finding.level])
        yield from prose(finding.message, self.width)
        yield from self.steps("Trace:", finding.trace, numbered=True)
        yield from self.steps("See also:", finding.related, numbered=False)

    def steps(self, name: str, steps: tuple[ShownStep, ...], *, numbered: bool) -> Iterator[str]:
        """The steps; of a long list the first and the last, and none of those that all stand on one line, unless all
        are asked for."""
        lines = {(step.place.path, step.place.span.line) for step in steps}
        if not steps or (numbered and len(lines) == 1 and not self.options.verbose):
            return
        yield INDENT + label(name)
        folded = len(steps) > _ENDS and not self.options.verbose
        for number, step in enumerate(steps, 1):
            if folded and 1 < number < len(steps):
                if number == 2:
                    yield f"{INDENT}  ... {count(len(steps) - 2, 'step')} between: --verbose shows them"
                continue
            mark = f"{number}. " if numbered else "- "
            yield from paragraph(f"{where(step.place)} {clean(step.text)}", self.width, INDENT + "  " + mark)

    def code(self, lines: tuple[CodeLine, ...], color: str) -> Iterator[str]:
        margin = max((len(str(line.number)) for line in lines), default=0) + len(INDENT)
        room = self.width - margin - 3 if self.options.clip else 0
        for line in lines:
            text, start, end = _clipped(clean(line.text), line.start, line.end, room)
            yield f"{line.number:>{margin}} | {text}".rstrip()
            if 0 < start < end:
                left, under = cells(text[: start - 1]), cells(text[start - 1 : end - 1])
                yield f"{'':>{margin}} | {' ' * left}{click.style('^' * under, fg=color)}"

    def advice(self, rule: str, findings: list[Finding]) -> Iterator[str]:
        """Advice on a rule's findings: why they matter, and what to do; each text once, with the places that it is for
        if others get another."""
        heading = f"{rule} {clean(self.titles.get(rule, findings[0].name))}"
        yield f"{click.style(heading, bold=True)} ({count(len(findings), 'place')})"
        for name, texts in (("Why", _same(findings, "why")), ("Fix", _same(findings, "fix"))):
            for text, those in texts.items():
                if len(texts) == 1:
                    yield from prose(text, self.width, f"{name}:")
                    continue
                heading = f"{name}, {_scope(those)}:"
                yield from (label(line) for line in wrapped(heading, self.width, INDENT, INDENT))
                yield from prose(text, self.width)

    def summary(self) -> Iterator[str]:
        report, files = self.report, self.report.files
        nothing_read = not report.findings and not files.read and not files.irrelevant
        yield click.style(verdict(report), fg="yellow" if nothing_read else None, bold=True)
        for rule, number in sorted(Counter(finding.rule for finding in report.findings).items()):
            yield f"  {number:>5}  {rule}  {clean(self.titles.get(rule, ''))}".rstrip()
        yield from self.errors()
        yield from filter(None, map(_without_zeros, (not_shown(report), files_line(report))))
        yield from _file_notes("Partly read:", files.partly)
        yield from _file_notes("Skipped:", files.skipped)
        yield from _file_notes("Changed files that were not fully read, which fails the run:", files.unread)
        if self.options.verbose:
            yield from _file_notes("Excluded:", (ShownFile(path, NOTHING) for path in files.excluded))
        for note in report.notes:
            yield from wrapped(f"Note: {clean(note)}", self.width)
        if not report.complete:
            yield click.style(BROKE_OFF, fg="red", bold=True)
        yield from wrapped(BLIND_SPOT, self.width)
        yield from self.next()

    def next(self) -> Iterator[str]:
        """What to do now."""
        if not self.findings:
            return
        first = self.findings[0]
        language = f" --language {first.language}" if first.language in _LANGUAGES else ""
        commands = (
            (f"explain {first.rule}{language}", "more on it"),
            ("sweep ROOT --out DIR", "all repositories, in the order of work"),
            ("baseline write", "once you have read the rest, report only what is new"),
        )
        yield f"{label('Next:')} fix {where(first.place)} first"
        yield from (f"  {words}: pcmfa-lint {command}" for command, words in commands)

    def errors(self) -> Iterator[str]:
        """The places of the errors: what to look at today."""
        places = list(dict.fromkeys(where(each.place) for each in self.findings if each.level == "error"))
        if len(self.findings) <= _FEW:
            return  # they stand just above
        if places:
            yield label("Errors:")
            yield from (f"  {place}" for place in places[:_PLACES])
        if len(places) > _PLACES:
            yield f"  and at {count(len(places) - _PLACES, 'more place')}"


def _without_zeros(sentence: str) -> str:
    """A sentence of counts without those that are zero; "" where all are."""
    name, _, counts = sentence.rstrip(".").partition(": ")
    present = [each for each in counts.split(", ") if not each.startswith("0 ")]
    return f"{name}: {', '.join(present)}." if present else ""


def _same(findings: Iterable[Finding], attribute: str) -> dict[str, list[Finding]]:
    """The findings by a text that they have in common."""
    texts: dict[str, list[Finding]] = {}
    for finding in findings:
        if text := getattr(finding, attribute):
            texts.setdefault(text, []).append(finding)
    return texts


def _scope(findings: list[Finding]) -> str:
    """The language of the findings if they have one in common, and one or more of their places."""
    languages = {finding.language for finding in findings}
    first = where(findings[0].place)
    places = first if len(findings) == 1 else f"{first} and {count(len(findings) - 1, 'more place')}"
    language = title_of(languages.pop()) if len(languages) == 1 else ""
    return f"{language} ({places})" if language else places


def _clipped(text: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """The text cut to `room` columns (0: as it is) around what is underlined, and the columns of that in it."""
    if not room or cells(text) <= room:
        return text, start, end
    room = max(room - 6, 10)  # dots on both sides
    at = max(min(start - 1 - room // 4, len(text) - room), 0) if start else 0
    left, right = "..." if at else "", "..." if at + room < len(text) else ""
    shift = len(left) - at
    window = left + text[at : at + room] + right
    return window, max(start + shift, 0), min(end + shift, len(left) + room + 1) if end else 0


def cells(text: str) -> int:
    """Columns of a terminal: wide characters take two, combining ones none."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _file_notes(name: str, notes: Iterable[ShownFile]) -> Iterator[str]:
    for number, note in enumerate(notes):
        if not number:
            yield name
        line = f":{note.line}" if note.line else ""
        yield f"  {clean(note.path)}{line}" + (f": {clean(note.reason)}" if note.reason else "")
