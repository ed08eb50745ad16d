"""Reports: from a `Report` to a stream, one module a format.

A format module has one function `write(report, stream, options)`. It gets only what a Report holds, which is masked,
and gives the same text for the same report. Modules are imported when their format is asked for.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import NamedTuple, TextIO

from pcmfa_lint.findings.report import Report

FORMATS = {
    "text": "pcmfa_lint.report.text",
    "concise": "pcmfa_lint.report.concise",
    "json": "pcmfa_lint.report.json",
    "sarif": "pcmfa_lint.report.sarif",
    "github": "pcmfa_lint.report.github",
    "markdown": "pcmfa_lint.report.markdown",
    "html": "pcmfa_lint.report.html",
    "csv": "pcmfa_lint.report.csv",
    "junit": "pcmfa_lint.report.junit",
    "gitlab": "pcmfa_lint.report.gitlab",
}
TERMINAL = ("text", "concise")  # those for people: written in the encoding of the terminal


class ReportOptions(NamedTuple):
    """Options of a report. `color`, `width` (columns), `clip` (cut lines of code to it), `verbose` (every step of a
    trace, every excluded file) and `summary` are for text, the last also for concise;
    `include_suppressed` adds suppressed and baselined results to SARIF and CSV, marked as such. `link_base` is the
    address of the root's folder on a web site (`https://…/blob/SHA/`), for links in markdown and HTML."""

    color: bool = False
    width: int = 100
    clip: bool = False
    verbose: bool = False
    summary: bool = True
    include_suppressed: bool = False
    link_base: str = ""


DEFAULTS = ReportOptions()
_LONE_SURROGATES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def write(report: Report, format_: str, stream: TextIO, options: ReportOptions = DEFAULTS) -> None:
    """Write the report in one of FORMATS. For text, what the stream's encoding cannot say becomes `?`; all others need
    a stream that takes Unicode and leaves line ends alone."""
    import_module(FORMATS[format_]).write(report, stream, options)


def utf8(text: str) -> bytes:
    """The text as UTF-8; the bytes of a file name that are no UTF-8 come back as they are on the disk."""
    return _LONE_SURROGATES.sub("\ufffd", text).encode("utf-8", "surrogateescape")
