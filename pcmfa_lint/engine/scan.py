"""Scans of one root, as the entry points ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import Listing, discover, single_file
from pcmfa_lint.discovery.scope import Scope
from pcmfa_lint.engine.run import MakeExecutor, Progress, Run, ScanResult
from pcmfa_lint.findings.report import Report

if TYPE_CHECKING:
    from pcmfa_lint.knowledge.model import Knowledge


def scan(
    paths: Sequence[str],
    settings: Settings,
    make_executor: MakeExecutor | None = None,
    progress: Progress = lambda stage, count: None,
) -> Report:
    """Scans the files at or below `paths`, which lie in one root. `make_executor` gives an executor with so many
    workers; without it processes of this machine are used. Raises UsageFault for wrong paths, rules and catalogs."""
    with opened(paths, settings, make_executor, progress) as run:
        key = run.key()
        if not key:
            return run.report()
        from pcmfa_lint.engine.result_cache import kept_or_made

        return kept_or_made(Report, key, run.report, lambda: run.lost_nothing)


def scan_given(
    path: str,
    data: bytes,
    settings: Settings,
    progress: Progress = lambda stage, count: None,
) -> Report:
    """Scans one file as if it held `data`, such as the unsaved text of an editor; what it uses is read from the disk.
    Raises UsageFault if its folder is not there."""
    return examine([path], settings, None, progress, listing=single_file(path, data, settings.exclude)).report


def examine(
    paths: Sequence[str],
    settings: Settings,
    make_executor: MakeExecutor | None = None,
    progress: Progress = lambda stage, count: None,
    knowledge: Knowledge | None = None,
    listing: Listing | None = None,
) -> ScanResult:
    """Does what `scan` does, and also gives what the code does, right or wrong. `knowledge`: what the settings' rules
    are, and `listing`: the files, where they were loaded and listed before."""
    with opened(paths, settings, make_executor, progress, knowledge, listing) as run:
        return run.examined()


def opened(
    paths: Sequence[str],
    settings: Settings,
    make_executor: MakeExecutor | None = None,
    progress: Progress = lambda stage, count: None,
    knowledge: Knowledge | None = None,
    listing: Listing | None = None,
) -> Run:
    """A run that has not begun; its workers are ended with it. Takes what `examine` takes."""
    listing = listing or discover(paths, settings.exclude, settings.force_exclude)
    return Run(listing, Scope(listing.root, paths), settings, make_executor, progress, knowledge=knowledge)
