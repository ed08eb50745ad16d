"""The text report: for people at a terminal.

Each finding says where, what was seen, why it matters and what to do. Why and fix are printed in full where they come
first and referred to afterwards, so that forty findings of one rule stay readable; a fix that differs is printed again.
The summary accounts for every finding and every file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

import click

from pcmfa_lint.findings.report import NOTHING, Report, ShownFile
from pcmfa_lint.report import Options
from pcmfa_lint.report.words import BLIND_SPOT, BROKE_OFF, clean, files_line, not_shown, verdict, where

if TYPE_CHECKING:  # see finding.py
    from pcmfa_lint.findings.model import CodeLine, Finding, ShownStep

_COLORS = {"error": "red", "warning": "yellow", "note": "cyan"}
_INDENT = "    "
_MIN_WIDTH = 40
_LIST_ITEM = re.compile(r"(?:[-*]|\d+\.)\s+")


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
        title = click.style(clean(self.titles.get(finding.rule, finding.name)), bold=True)
        yield f"{click.style(where(finding.place), bold=True)}: {level} {finding.rule} {title}"
        yield from _code(finding.code, _COLORS[finding.level])
        yield from self.prose(finding.message)
        yield from self.steps("Trace:", finding.trace, numbered=True)
        yield from self.steps("See also:", finding.related, numbered=False)
        yield from self.advice(finding)

    def advice(self, finding: Finding) -> Iterator[str]:
        """Why and fix, or where they were given."""
        here = where(finding.place)
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

    def steps(self, label: str, steps: tuple[ShownStep, ...], *, numbered: bool) -> Iterator[str]:
        if not steps:
            return
        yield _INDENT + _label(label)
        for number, step in enumerate(steps, 1):
            mark = f"{number}. " if numbered else "- "
            yield from self.wrapped(f"{where(step.place)} {clean(step.text)}", _INDENT + "  " + mark)

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
            yield f"  {count:>5}  {rule}  {clean(self.titles.get(rule, ''))}".rstrip()
        yield not_shown(report)
        yield files_line(report)
        yield from _file_notes("Partly read:", files.partly)
        yield from _file_notes("Skipped:", files.skipped)
        yield from _file_notes("Changed and not read as a whole, which fails the run:", files.unread)
        if self.options.verbose:
            yield from _file_notes("Excluded:", (ShownFile(path, NOTHING) for path in files.excluded))
        for note in report.notes:
            yield from _wrapped(f"Note: {clean(note)}", self.width)
        if not report.complete:
            yield click.style(BROKE_OFF, fg="red", bold=True)
        yield from _wrapped(BLIND_SPOT, self.width)


def _wrapped(text: str, width: int, first: str = "", hang: str = "") -> list[str]:
    """Lines of whole words: names and addresses are there to be copied. One line at least."""
    import textwrap  # only where there is something to tell

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
    nothing_read = not report.findings and not report.files.read and not report.files.irrelevant
    return click.style(verdict(report), fg="yellow" if nothing_read else None, bold=True)


def _code(lines: tuple[CodeLine, ...], color: str) -> Iterator[str]:
    margin = max((len(str(line.number)) for line in lines), default=0) + len(_INDENT)
    for line in lines:
        yield f"{line.number:>{margin}} | {clean(line.text)}".rstrip()
        if 0 < line.start < line.end:
            text = clean(line.text)
            left, under = _cells(text[: line.start - 1]), _cells(text[line.start - 1 : line.end - 1])
            yield f"{'':>{margin}} | {' ' * left}{click.style('^' * under, fg=color)}"


def _cells(text: str) -> int:
    """Columns of a terminal: wide characters take two, combining ones none."""
    from unicodedata import combining, east_asian_width

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
            text.append(clean(line.expandtabs(4)) if fenced else clean(line.strip()))
    if text:
        yield ("\n" if fenced else " ").join(text), fenced


def _file_notes(label: str, notes: Iterable[ShownFile]) -> Iterator[str]:
    for number, note in enumerate(notes):
        if not number:
            yield label
        line = f":{note.line}" if note.line else ""
        yield f"  {clean(note.path)}{line}" + (f": {clean(note.reason)}" if note.reason else "")


def _label(text: str) -> str:
    return click.style(text, bold=True)
