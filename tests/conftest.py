"""Fixtures that tests of several folders take."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers.browser import browser as browser
from tests.helpers.cache import without_cache
from tests.helpers.in_process import keep_knowledge, work_in_process

# A machine that is busy fails no test, and in CI a test fails for a change, not by chance.
settings.register_profile(
    "pcmfa", deadline=None, derandomize=bool(os.environ.get("CI")), suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("pcmfa")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process a core for the whole suite; for tests that are named, none: starting it takes longer than they do."""
    whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
    return len(os.sched_getaffinity(0)) if whole and hasattr(os, "sched_getaffinity") else whole * (os.cpu_count() or 1)


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is cached goes to a folder of the tests' own, in programs that they start, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scans take the rules that were loaded once, and run in the test's own process but in tests about workers."""
    keep_knowledge(monkeypatch)
    without_cache(monkeypatch)
    if request.node.get_closest_marker("workers") is None:
        work_in_process(monkeypatch)
