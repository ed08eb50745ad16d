"""One repository of a sweep: scanned, and its integrations with owner and start. A fault is a row of its own."""

# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from pcmfa_lint.config import FAULT, USAGE, Settings
from pcmfa_lint.discovery import git
from pcmfa_lint.discovery.discover import Listing, discover
from pcmfa_lint.engine.result_cache import kept_or_made, narrowed
from pcmfa_lint.engine.run import Run, load_knowledge
from pcmfa_lint.engine.scan import opened
from pcmfa_lint.engine.workers.follow import FollowTask, judged
from pcmfa_lint.engine.workers.pool import Kept
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import NOTHING, Report, SafeText
from pcmfa_lint.findings.redaction import message
from pcmfa_lint.findings.rule_info import rule_info
from pcmfa_lint.frontend.read import load_readers, read
from pcmfa_lint.inventory.assembly.entries import in_code
from pcmfa_lint.inventory.model.estate import Scanned
from pcmfa_lint.inventory.model.knowledge import Tables, load_tables
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.processes import limits, start
from pcmfa_lint.processes.workers import RemoteFault
from pcmfa_lint.source import user_cache
from pcmfa_lint.sweep.archives import with_archives
from pcmfa_lint.sweep.checkpoint import key_of, saved
from pcmfa_lint.sweep.clones import CloneFault, fetched
from pcmfa_lint.sweep.git_url import git_url
from pcmfa_lint.sweep.surroundings import FileBeginnings, code_owners, entries_around
from pcmfa_lint.sweep.walk import RepositorySource

SettingsOf = Callable[[str], tuple[Settings, Callable[[Report], int]]]  # of a repository; and its exit status


@dataclass(frozen=True, slots=True)
class RepositoryTask:
    """The task of one repository; plain data, so that it can go to another process or machine.

    `settings_of` must be picklable. `cache`: the folder of clones. `state`: the file of what an earlier sweep found.
    `fresh`: what else it depends on. `today`: the day of the whole sweep."""

    source: RepositorySource
    settings_of: SettingsOf
    cache: str
    state: str
    fresh: str
    today: date


@dataclass(frozen=True, slots=True)
class RepositoryResult:
    """The result of a task. `key`: by which it is known again; `again`: it was taken from an earlier sweep."""

    scanned: Scanned
    key: str = ""
    again: bool = False


def scan_repository(task: RepositoryTask) -> RepositoryResult:
    """Scans one repository. Never raises but for what ends the process."""
    source = task.source
    try:
        return _looked(task)
    except CloneFault as fault:
        return _failed(source, message(str(fault)), 0)
    except UsageFault as fault:
        return _failed(source, message(str(fault)), USAGE)
    except Exception as error:  # its text may hold what stood in a file
        if reason := limits.refused_by_machine(error):
            return _failed(source, message(reason), USAGE)
        kind = error.kind if isinstance(error, RemoteFault) else type(error).__name__
        return _failed(source, message(f"an internal error of pcmfa-lint: {kind}"), FAULT)


def lost(task: RepositoryTask, reason: str) -> RepositoryResult:
    """The result for a repository that cost its worker."""
    return _failed(task.source, message(reason), 0)


def _failed(source: RepositorySource, reason: SafeText, status: int) -> RepositoryResult:
    return RepositoryResult(Scanned(source.name, source.shown, status=status, failed=reason, empty=source.empty))


def _looked(task: RepositoryTask) -> RepositoryResult:
    source = task.source
    if source.failed:
        return _failed(source, message(source.failed), 0)
    path = source.place
    if source.remote:
        url = Path(path).as_uri() if os.path.isabs(path) else path  # noqa: PTH117
        path = fetched(url, Path(task.cache))
    settings, status_of = task.settings_of(path)
    settings = replace(settings, today=task.today, jobs=1)  # files are read in a worker of this one's own
    limits.git[0], user_cache.enabled[0] = settings.git_seconds, settings.cache
    listing = discover([path], settings.exclude, settings.force_exclude)
    key = key_of(listing, path, settings, task.fresh)
    before = saved(task.state, key, task.today)
    if before is not None:
        return RepositoryResult(replace(before, name=source.name, source=source.shown), key, again=True)
    listing = with_archives(listing, settings.size_limit)
    with opened([path], settings, listing, _knowledge(tuple(settings.rules)), _workers) as run:
        result_key = run.key()
        if result_key:
            around = git.head(path), git.origin(path), git.is_shallow(path), code_owners(FileBeginnings(listing))
            result_key = narrowed(result_key, "sweep", source.name, task.fresh, *around)
        scanned = kept_or_made(
            Scanned, result_key, lambda: _scanned(path, source, listing, run), lambda: run.lost_nothing
        )
    status = 0 if scanned.report is None else status_of(scanned.report)
    return RepositoryResult(replace(scanned, source=source.shown, status=status), key)


def _scanned(path: str, source: RepositorySource, listing: Listing, run: Run) -> Scanned:
    examined = run.examined()
    root = redaction.path(source.name.rpartition("/")[2])
    report = replace(examined.report, root=root, rules=())  # `finished` adds them
    written = in_code(examined.evidence) if examined.evidence else ()
    entries = entries_around(listing, source.name, examined, _tables())
    origin_url = git_url(git.origin(path))
    origin = origin_url.shown if origin_url is not None else NOTHING
    return Scanned(
        source.name, source.shown, git.head(path), in_code=written, entries=entries, report=report, origin=origin
    )


def _workers(width: int) -> Kept:
    """The workers for one repository after the other; of each process, and of each thread, its own."""
    return _worker_state(width, os.getpid(), threading.get_ident())


@lru_cache(maxsize=64)
def _worker_state(width: int, process: int, thread: int) -> Kept:
    return Kept(width)


@lru_cache(maxsize=2)
def _knowledge(folders: tuple[str, ...]) -> Knowledge:
    return load_knowledge(folders)


@lru_cache(maxsize=1)
def _tables() -> Tables:
    return load_tables()


def finished(scanned: Scanned, folders: Sequence[str]) -> Scanned:
    """With all rules, which are the same for every repository."""
    if scanned.report is None:
        return scanned
    rules = tuple(rule_info(rule) for rule in _knowledge(tuple(folders)).rules)
    return replace(scanned, report=replace(scanned.report, rules=rules))


def warm(folders: Sequence[str]) -> None:
    """Loads what every task needs, before workers are forked. Raises UsageFault where the user's rules are broken."""
    knowledge = _knowledge(tuple(folders))
    _tables()
    if start.METHOD == "fork":
        load_readers()
        judged(FollowTask((read(b"", "warm.txt"),), knowledge))
