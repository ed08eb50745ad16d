"""The text report: for people at a terminal.

Each finding says where, what was seen, why it matters and what to do. Why and fix are printed in full where they come
first and referred to afterwards, so that forty findings of one rule stay readable; a fix that differs is printed again.
The summary accounts for every finding and every file.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO
from unicodedata import combining, east_asian_width

import click

from pcmfa_lint.finding import LEVELS, CodeLine, FileNote, Finding, Report
from pcmfa_lint.report import Options

if TYPE_CHECKING:  # see finding.py
    from pcmfa_lint.evidence import Place, Step

BLIND_SPOT = (
    "What static analysis cannot see: whether the token's amr claim holds mfa, what Conditional Access asks for, and "
    "whether the identity provider issues the claim. Check these in the tenant."
)
_COLORS = {"error": "red", "warning": "yellow", "note": "cyan"}
_INDENT = "    "
_MIN_WIDTH = 40
_LIST_ITEM = re.compile(r"(?:[-*]|\d+\.)\s+")
# Names of files and of things in the code may hold what drives a terminal or breaks a line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def write(report: Report, stream: TextIO, options: Options) -> None:
    """Write findings by path and line, then the summary. `options.color` decides alone on colour."""
    page = _Page(report, options)
    encoding = stream.encoding or "utf-8"
    for line in page.lines():
        plain = line if options.color else click.unstyle(line)
        stream.write(plain.encode(encoding, "replace").decode(encoding) + "\n")


class _Page:
    """What has been said already, so that it need not be said again."""

    def __init__(self, report: Report, options: Options) -> None:
        self.report = report
        self.options = options
        self.width = max(options.width, _MIN_WIDTH)
        self.titles = {rule.id: rule.title for rule in report.rules}
        self.why_at: dict[tuple[str, str], str] = {}
        self.fix_at: dict[tuple[str, str], str] = {}

    def lines(self) -> Iterator[str]:
        findings = sorted(self.report.findings, key=lambda finding: (finding.place, finding.rule))
        for finding in findings:
            yield from self.finding(finding)
            yield ""
        if self.options.summary:
            yield from self.summary()

    def finding(self, finding: Finding) -> Iterator[str]:
        level = click.style(finding.level, fg=_COLORS[finding.level], bold=True)
        title = click.style(_clean(self.titles.get(finding.rule, finding.name)), bold=True)
        yield f"{click.style(_where(finding.place), bold=True)}: {level} {finding.rule} {title}"
        yield from _code(finding.code, _COLORS[finding.level])
        yield from self.prose(finding.message)
        yield from self.steps("Trace:", finding.trace, numbered=True)
        yield from self.steps("See also:", finding.related, numbered=False)
        yield from self.advice(finding)

    def advice(self, finding: Finding) -> Iterator[str]:
        """Why and fix, or where they were given."""
        here = _where(finding.place)
        why = self.why_at.setdefault((finding.rule, finding.why), here)
        fix = self.fix_at.setdefault((finding.rule, finding.fix), here)
        if why == fix != here:
            yield f"{_INDENT}{_label('Why, fix:')} as for {finding.rule} at {why}"
            return
        yield from self.once("Why:", finding.why, f"as for {finding.rule} at {why}" if why != here else "")
        yield from self.once("Fix:", finding.fix, f"as for {finding.rule} at {fix}" if fix != here else "")

    def once(self, label: str, text: str, reference: str) -> Iterator[str]:
        if reference:
            yield f"{_INDENT}{_label(label)} {reference}"
        elif text:
            yield from self.prose(text, label)

    def steps(self, label: str, steps: tuple[Step, ...], *, numbered: bool) -> Iterator[str]:
        if not steps:
            return
        yield _INDENT + _label(label)
        for number, step in enumerate(steps, 1):
            mark = f"{number}. " if numbered else "- "
            yield from self.wrapped(f"{_where(step.place)} {_clean(step.text)}", _INDENT + "  " + mark)

    def prose(self, markdown: str, label: str = "") -> Iterator[str]:
        """Paragraphs and list items wrapped, code blocks as they are. The label stands before the first line."""
        first = f"{_INDENT}{_label(label)} " if label else _INDENT
        for text, is_code in _blocks(markdown):
            if is_code:
                yield from (first.rstrip(),) if first != _INDENT else ()
                yield from (f"{_INDENT * 2}{line}".rstrip() for line in text.split("\n"))
            else:
                item = _LIST_ITEM.match(text)
                yield from self.wrapped(text[item.end() :] if item else text, first + (item[0] if item else ""))
            first = _INDENT

    def wrapped(self, text: str, first: str) -> Iterator[str]:
        """One paragraph; the lines after the first are indented to where a list item's text begins."""
        plain = click.unstyle(first)
        hang = " " * len(plain) if _LIST_ITEM.match(plain.lstrip()) else _INDENT
        head, *rest = _wrapped(text, self.width, "\0" * len(plain), hang)
        yield first + head.removeprefix("\0" * len(plain))
        yield from rest

    def summary(self) -> Iterator[str]:
        report, files = self.report, self.report.files
        yield _headline(report)
        for rule, count in sorted(Counter(finding.rule for finding in report.findings).items()):
            yield f"  {count:>5}  {rule}  {_clean(self.titles.get(rule, ''))}".rstrip()
        aside = [
            (report.suppressed, "suppressed"),
            (report.baselined, "in the baseline"),
            (report.below, "below level"),
        ]
        yield f"Not shown: {', '.join(f'{len(findings):,} {what}' for findings, what in aside)}."
        yield (
            f"Files: {files.read:,} read, {files.irrelevant:,} not relevant, {len(files.excluded):,} excluded, "
            f"{len(files.partly):,} partly read, {len(files.skipped):,} skipped."
        )
        yield from _file_notes("Partly read:", files.partly)
        yield from _file_notes("Skipped:", files.skipped)
        if self.options.verbose:
            yield from _file_notes("Excluded:", (FileNote(path, "") for path in files.excluded))
        for note in report.notes:
            yield from _wrapped(f"Note: {_clean(note)}", self.width)
        if not report.complete:
            yield click.style("The run broke off: there may be more than is shown here.", fg="red", bold=True)
        yield from _wrapped(BLIND_SPOT, self.width)


def _wrapped(text: str, width: int, first: str = "", hang: str = "") -> list[str]:
    """Lines of whole words: names and addresses are there to be copied. One line at least."""
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first]


def _headline(report: Report) -> str:
    levels = Counter(finding.level for finding in report.findings)
    root = _clean(report.root)
    if report.findings:
        total = len(report.findings)
        counts = ", ".join(_count(levels[level], level) for level in reversed(LEVELS) if levels[level])
        return click.style(f"{_count(total, 'finding')} in {root}: {counts}.", bold=True)
    if not report.files.read and not report.files.irrelevant:
        return click.style(f"No file was read in {root}.", fg="yellow", bold=True)
    return click.style(f"Nothing found in {root}.", bold=True)


def _code(lines: tuple[CodeLine, ...], color: str) -> Iterator[str]:
    margin = max((len(str(line.number)) for line in lines), default=0) + len(_INDENT)
    for line in lines:
        yield f"{line.number:>{margin}} | {_clean(line.text)}".rstrip()
        if 0 < line.start < line.end:
            text = _clean(line.text)
            left, under = _cells(text[: line.start - 1]), _cells(text[line.start - 1 : line.end - 1])
            yield f"{'':>{margin}} | {' ' * left}{click.style('^' * under, fg=color)}"


def _cells(text: str) -> int:
    """Columns of a terminal: wide characters take two, combining ones none."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _blocks(markdown: str) -> Iterator[tuple[str, bool]]:
    """(text, is code) of each paragraph, list item and fenced code block."""
    text: list[str] = []
    fenced = False
    for line in markdown.strip("\n").split("\n"):
        fence = line.lstrip().startswith("```")
        if text and (fence or (not fenced and (not line.strip() or _LIST_ITEM.match(line.lstrip())))):
            yield ("\n" if fenced else " ").join(text), fenced
            text = []
        if fence:
            fenced = not fenced
        elif fenced or line.strip():
            text.append(_CONTROL.sub("\ufffd", line.expandtabs(4)) if fenced else _clean(line.strip()))
    if text:
        yield ("\n" if fenced else " ").join(text), fenced


def _file_notes(label: str, notes: Iterable[FileNote]) -> Iterator[str]:
    for number, note in enumerate(notes):
        if not number:
            yield label
        line = f":{note.line}" if note.line else ""
        yield f"  {_clean(note.path)}{line}" + (f": {_clean(note.reason)}" if note.reason else "")


def _where(place: Place) -> str:
    return f"{_clean(place.path)}:{place.span.line}:{place.span.col}"


def _label(text: str) -> str:
    return click.style(text, bold=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _clean(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)
