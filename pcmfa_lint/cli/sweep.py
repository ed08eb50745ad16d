"""`sweep`: many repositories."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from pcmfa_lint.cli.options import STATUSES, Progress, ScanOptions, option, say, say_plain, taking
from pcmfa_lint.config import Settings, load_config
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings.report import Report
from pcmfa_lint.report.words import count

if TYPE_CHECKING:
    from pcmfa_lint.inventory.model.estate import Estate
    from pcmfa_lint.sweep.repository import RepositoryResult

_WORDS: dict[str, tuple[str, str]] = {  # of one, and of several
    "breaks-now": ("fails now or any day", "fail now or any day"),
    "when-mfa-is-demanded": ("breaks when MFA is required", "break when MFA is required"),
    "at-token-renewal": ("breaks at token renewal", "break at token renewal"),
    "refresh-token-ages": ("breaks when its refresh token ages", "break when their refresh token ages"),
    "cannot-tell": ("cannot be judged", "cannot be judged"),
    "untested": ("is right but needs one test", "are right but need one test"),
    "survives": ("survives", "survive"),
}


@dataclass(frozen=True, slots=True)
class SweepCommandOptions:
    """The options that only this command has; None means not given."""

    host: str | None = option(
        "--from",
        metavar="HOST:NAME",
        help="All repositories of github:ORG, azure-devops:ORG/PROJECT, or gitlab:GROUP, listed by your gh, az, or "
        "glab.",
    )
    out: str = option("--out", required=True, metavar="DIR", help="Output folder; created if it does not exist.")
    resume: bool = option(
        "--resume", is_flag=True, help="Skip repositories that are unchanged since the last sweep to DIR."
    )
    merge: str | None = option(
        "--merge",
        metavar="OLD",
        help="Carry over the entries that people made in an older inventory.xlsx or .csv.",
    )
    partner_requests: str | None = option(
        "--partner-requests",
        metavar="FILE",
        help="An exported response of applicationmfaadoptionstatus or partnerRequests, as JSON or CSV.",
    )
    cluster: str | None = option(
        "--cluster",
        metavar="ADDRESS",
        help="Scan on the workers of a Dask scheduler, such as tcp://HOST:8786. Extra: pcmfa-lint[cluster].",
    )
    cache: str | None = option(
        "--cache", metavar="DIR", help="Folder for the clones of URLs. [default: the user's cache folder]"
    )


@click.command(epilog=STATUSES)
@click.argument("source", metavar="ROOT|LIST|URL", required=False)
@taking(options=SweepCommandOptions, chosen=ScanOptions)
def sweep(source: str | None, options: SweepCommandOptions, chosen: ScanOptions) -> int:
    """Find every integration in many repositories: an inventory, and a playbook for when they break.

    ROOT is a folder: all git work trees below it, and plain folders of scripts. LIST is a file with a path or a git URL
    on each line, a CSV with a column url or path, or TOML with repositories = [...]. URLs are cloned with your own git.

    \b
    Writes to DIR:
      report.html                  overview of all repositories, and every integration
      playbook.html, playbook.md   what to do when an integration breaks
      inventory.xlsx, .csv, …      one row per integration
      changes.html                 what is new, gone, or fixed since the last sweep
      sarif/                       the findings of each repository

    A repository that cannot be scanned is a row of the inventory and does not stop the others.

    \b
    Examples:
      pcmfa-lint sweep ~/src --out sweep
      pcmfa-lint sweep repositories.txt --out sweep --resume
      pcmfa-lint sweep --from github:contoso --out sweep
      pcmfa-lint sweep ~/src --out sweep --merge sweep/inventory.xlsx
      pcmfa-lint sweep ~/src --out sweep --partner-requests adoption.json
    """
    from pcmfa_lint.sweep.run import SweepObserver, SweepOptions
    from pcmfa_lint.sweep.run import sweep as sweep_all

    if (source is None) == (options.host is None):
        raise UsageFault("Name a folder, a list, or a URL, or an organization with --from github:ORGANIZATION.")
    chosen = replace(chosen, rules=tuple(str(Path(each).absolute()) for each in chosen.rules))  # workers are elsewhere
    chosen.apply()
    sweep_options = SweepOptions(
        source or options.host or "",
        options.out,
        partial(settings_of, chosen),
        options.cache or default_cache(),
        options.resume,
        options.merge or "",
        options.partner_requests or "",
        chosen.rules,
        chosen.jobs or 0,
        chosen.strict,
        from_host=options.host is not None,
    )
    with Progress(chosen.quiet) as progress:
        reporter = _Reporter(progress, chosen.quiet, options.out)
        watch = SweepObserver(
            reporter.begun, reporter.reported, (lambda text: None) if chosen.quiet else say, reporter.ended
        )
        with _interruptible(progress, options.out):
            if options.cluster is None:
                return sweep_all(sweep_options, watch)
            from pcmfa_lint.sweep.cluster import connected

            with connected(options.cluster) as workers:
                return sweep_all(replace(sweep_options, jobs=chosen.jobs or workers.width), watch, workers.executor)


@contextmanager
def _interruptible(progress: Progress, out: str) -> Iterator[None]:
    """Whoever ends the job, or the terminal that it runs in, gets what there is, as with Ctrl-C."""
    ends = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, _interrupted) for number in ends}
    try:
        yield
    except KeyboardInterrupt:
        progress.clear()
        say(f"interrupted: the results so far are written to {out}; continue with the same command and --resume")
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def settings_of(chosen: ScanOptions, repository: str) -> tuple[Settings, Callable[[Report], int]]:
    """The settings of one repository by its own configuration, and what its report means for the exit status."""
    config = load_config(repository, rules=chosen.rules)
    return chosen.settings(config, list_rules=True), partial(chosen.status, config=config)


def default_cache() -> str:
    """The user's cache folder."""
    from pcmfa_lint.source.user_cache import user_cache_folder

    return user_cache_folder()


class _Reporter:
    """Says how far the sweep is: one moving line on a terminal, a line for each repository elsewhere."""

    def __init__(self, progress: Progress, quiet: bool, out: str) -> None:
        self._progress, self._quiet, self._out = progress, quiet, out
        self._count = self._files = self._findings = 0
        self._start = time.monotonic()

    def begun(self, count: int) -> None:
        self._count = count
        self._progress.show(f"0 of {count:,} repositories")

    def reported(self, looked: RepositoryResult, number: int) -> None:
        scanned = looked.scanned
        report = scanned.report
        self._files += report.files.read if report else 0
        self._findings += len(report.findings) if report else 0
        if self._progress.live:
            left = (time.monotonic() - self._start) / number * (self._count - number)
            self._progress.show(
                f"{number:,} of {self._count:,} repositories, {self._files:,} files read, "
                f"{self._findings:,} findings, {_minutes(left)} left"
            )
        elif not self._quiet:
            say_plain(f"[{number}/{self._count}] {scanned.name}: {_result_line(looked)}")

    def ended(self, estate: Estate) -> None:
        self._progress.clear()
        if self._quiet:
            return
        entries = estate.entries()
        words = {exposure: sum(entry.exposure == exposure for entry in entries) for exposure in _WORDS}
        summary = ", ".join(
            f"{number:,} {_WORDS[exposure][number > 1]}" for exposure, number in words.items() if number
        )
        repositories = count(sum(not each.empty for each in estate.repositories), "repository")
        from pcmfa_lint.inventory.model.credentials import today
        from pcmfa_lint.inventory.model.labels import ENFORCEMENT
        from pcmfa_lint.inventory.pages.summary import verdict

        if all(entry.unread for entry in entries):
            say_plain(verdict(estate))
        else:
            say_plain(f"{count(len(entries), 'integration')} in {repositories}: {summary}.")
        if any(entry.app_and_user for entry in entries):
            say_plain(ENFORCEMENT)
        if first := today(estate.in_code()):
            say_plain(first)
        failed = sum(bool(each.failed) for each in estate.repositories)
        if failed:
            say_plain(f"Not scanned: {failed:,}; the inventory says why.")
        say_plain(
            f"Start with {Path(self._out) / 'report.html'}; when something fails, {Path(self._out) / 'playbook.html'}."
        )


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _result_line(looked: RepositoryResult) -> str:
    scanned, report = looked.scanned, looked.scanned.report
    if report is None:
        return f"not scanned: {scanned.failed}"
    notes = [
        count(len(scanned.entries), "integration"),
        count(len(report.findings), "finding"),
        f"{count(report.files.read, 'file')} read",
    ]
    notes += [f"{count(len(report.files.skipped), 'file')} skipped"] if report.files.skipped else []
    return ", ".join(notes + ["unchanged"] * looked.again)


def _minutes(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {seconds:.0f} s"
