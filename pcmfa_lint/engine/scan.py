"""Scans of one root, as the entry points ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.discover import Listing, discover, single_file
from pcmfa_lint.discovery.scope import Scope
from pcmfa_lint.engine.run import MakeExecutor, Progress, Run, ScanResult, silent
from pcmfa_lint.findings.report import Report

if TYPE_CHECKING:
    from pcmfa_lint.knowledge.model import Knowledge


def scan(paths: Sequence[str], settings: Settings, progress: Progress = silent) -> Report:
    """Scans the files at or below `paths`, which lie in one root. Raises UsageFault for wrong paths, rules and
    catalogs."""
    with opened(paths, settings, progress=progress) as run:
        key = run.key()
        if not key:
            return run.report()
        from pcmfa_lint.engine.result_cache import kept_or_made

        return kept_or_made(Report, key, run.report, lambda: run.lost_nothing)


def scan_given(path: str, data: bytes, settings: Settings, progress: Progress = silent) -> Report:
    """Scans one file as if it held `data`, such as the unsaved text of an editor; what it uses is read from the disk.
    Raises UsageFault if its folder is not there."""
    with opened([path], settings, single_file(path, data, settings.exclude), progress=progress) as run:
        return run.report()


def examine(paths: Sequence[str], settings: Settings, listing: Listing | None = None) -> ScanResult:
    """Does what `scan` does, and also gives what the code does, right or wrong. `listing`: the files, where they were
    listed before."""
    with opened(paths, settings, listing) as run:
        return run.examined()


def opened(
    paths: Sequence[str],
    settings: Settings,
    listing: Listing | None = None,
    knowledge: Knowledge | None = None,
    make_executor: MakeExecutor | None = None,
    progress: Progress = silent,
) -> Run:
    """A run that has not begun; its workers are ended with it. `listing`, `knowledge`: the files, and what the
    settings' rules are, where they were listed and loaded before. `make_executor` gives an executor with so many
    workers; without it processes of this machine are used."""
    listing = listing or discover(paths, settings.exclude, settings.force_exclude)
    scope = Scope(listing.root, paths)
    return Run(listing, scope, settings, progress, make_executor=make_executor, knowledge=knowledge)
