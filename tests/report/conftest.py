"""A report, and how it looks in a format."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from pcmfa_lint.findings.model import Report
from pcmfa_lint.report import DEFAULTS, ReportOptions, write
from tests.helpers.reports import full_report


@pytest.fixture
def report() -> Report:
    return full_report()


@pytest.fixture
def render() -> Callable[..., str]:
    def rendered(report: Report, format_: str, options: ReportOptions = DEFAULTS) -> str:
        stream = io.StringIO()
        write(report, format_, stream, options)
        return stream.getvalue()

    return rendered
