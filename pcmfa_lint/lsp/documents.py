"""The state of one open document in the language server: its findings, where they stand, and what can be done about
them.

Nothing here speaks the protocol. Positions are as in findings: from 1, counted in characters.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import single_file
from pcmfa_lint.engine.scan import examine
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.findings.report import Report
from pcmfa_lint.frontend.comment_marks import comment_line
from pcmfa_lint.source.atomic_write import write_to
from pcmfa_lint.source.text import lines
from pcmfa_lint.triage.baseline import BaselineEntry, entries_of, load, render
from pcmfa_lint.triage.statement_lines import StatementLines

_BOM = b"\xef\xbb\xbf"  # the text of an editor is decoded already, whatever the file says of its encoding
REASON = "say why"


@dataclass(frozen=True, slots=True)
class Suppressing:
    """A line that silences a finding: it goes above line `line` (from 1) of the document."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ExaminedDocument:
    """One state of a document. `lines`: its text without line ends. `suppressing`: by the fingerprint of a finding."""

    root: str
    relative: str
    lines: Sequence[str]
    report: Report
    suppressing: Mapping[str, Suppressing]
    baseline: str = ""

    def finding(self, fingerprint: str) -> Finding | None:
        """The finding of this fingerprint, if it is there."""
        return next((each for each in self.report.findings if each.fingerprint == fingerprint), None)


def examined(path: str, text: str, settings_for: Callable[[str], Settings]) -> ExaminedDocument:
    """Scans a document as it stands in an editor. `settings_for` gives the settings of a root. Raises UsageFault."""
    text = text.removeprefix("\ufeff")
    data = _BOM + text.encode("utf-8", "replace")
    listing = single_file(path, data)
    settings = settings_for(listing.root)
    listing = single_file(path, data, settings.exclude)
    result = examine([path], settings, listing=listing)
    (relative,) = listing.files
    findings_here = [each for each in result.report.findings if each.place.path == relative]
    document_lines = lines(text)
    unit = result.units.get(relative)
    suppressing = {}
    if unit is not None:
        statements = StatementLines(unit)
        for finding in findings_here:
            if line := comment_line(path, f"pcmfa: ignore[{finding.rule}] {REASON}"):
                above = min(statements.lines(finding.place.span))
                code = document_lines[above - 1] if above <= len(document_lines) else ""
                blank = code[: len(code) - len(code.lstrip(" \t"))]
                suppressing[finding.fingerprint] = Suppressing(above, blank + line)
    return ExaminedDocument(listing.root, relative, document_lines, result.report, suppressing, settings.baseline)


def accept(document: ExaminedDocument, fingerprint: str) -> bool:
    """Puts one finding into the configured baseline, and says whether it was there. Raises UsageFault and OSError."""
    finding = document.finding(fingerprint)
    if finding is None or not document.baseline:
        return False
    report = document.report
    together = sorted((*report.findings, *report.baselined), key=lambda each: (each.place, each.rule))
    ours = dict(zip((each.fingerprint for each in together), entries_of(together), strict=True))
    file = document.baseline
    entries: set[BaselineEntry] = {*(load(file) if os.path.lexists(file) else ()), ours[fingerprint]}
    text = render(entries)
    write_to(file, lambda stream: stream.write(text))
    return True
