"""Fixtures that tests of several folders take."""

from __future__ import annotations

import pytest

from tests.helpers.browser import browser as browser
from tests.helpers.in_process import keep_knowledge, work_in_process


@pytest.fixture(autouse=True)
def in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scans take the rules that were loaded once, and run in the test's own process but in tests about workers."""
    keep_knowledge(monkeypatch)
    if request.node.get_closest_marker("workers") is None:
        work_in_process(monkeypatch)
