"""Shared parts of the commands: exit statuses, the options of a scan, and messages to the user."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from typing import Any

import click

from pcmfa_lint.config import FAIL_ON, FOUND, SKIPPED, Config, Settings
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.evidence.levels import LEVELS
from pcmfa_lint.findings.report import Report
from pcmfa_lint.processes import limits
from pcmfa_lint.processes.limits import GIT_SECONDS, SECONDS
from pcmfa_lint.source import user_cache

STATUSES = """\b
Exit status:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on
  2  invalid usage or configuration
  3  something was skipped, and --strict was given; or a changed file was not fully read
  4  internal error of pcmfa-lint
"""
_OPTION = "option"  # where the metadata of a field has it


def option(*names: str, **attributes: Any) -> Any:
    """An option of a command, as the field that holds its value; without a default of its own None, False or ()."""
    absent = False if attributes.get("is_flag") else () if attributes.get("multiple") else None
    return field(default=attributes.get("default", absent), metadata={_OPTION: (names, attributes)})


def taking(**groups: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds the options of data classes to a command, in their order. Its function gets one object of each, by name."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def command(**values: Any) -> Any:
            objects = {name: cls(*(values.pop(each.name) for each in fields(cls))) for name, cls in groups.items()}
            return function(**values, **objects)

        for each in reversed([each for cls in groups.values() for each in fields(cls)]):
            names, attributes = each.metadata[_OPTION]
            command = click.option(*names, each.name, **attributes)(command)
        return command

    return add


def settings_of(config: Config) -> Settings:
    """The settings of a run for which only the project's configuration counts."""
    shared = {each.name for each in fields(Config)} & {each.name for each in fields(Settings)}
    return Settings(**{name: getattr(config, name) for name in shared})


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """The options that select rules, levels, and limits, for one repository or many; None means not given."""

    fail_on: str | None = option(
        "--fail-on", type=click.Choice(FAIL_ON), help="Lowest level that fails. [default: warning]"
    )
    min_level: str | None = option(
        "--min-level", type=click.Choice(LEVELS[::-1]), help="Lowest level to report. [default: note]"
    )
    strict: bool = option("--strict", is_flag=True, help="Exit with 3 if a file was skipped.")
    exit_zero: bool = option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
    select: tuple[str, ...] = option(
        "--select", multiple=True, metavar="RULE", help="Use only these rules: ids, id prefixes, or classes."
    )
    ignore: tuple[str, ...] = option(
        "--ignore", multiple=True, metavar="RULE", help="Do not use these rules: ids, id prefixes, or classes."
    )
    rules: tuple[str, ...] = option(
        "--rules", multiple=True, metavar="DIR", help="A folder with more rules and catalog files."
    )
    jobs: int | None = option(
        "--jobs", type=click.IntRange(1), metavar="N", help="Worker processes. [default: one per processor]"
    )
    timeout: float | None = option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help=f"Processor time allowed per file, and again per megabyte of it. [default: {SECONDS:.0f}]",
    )
    git_timeout: float | None = option(
        "--git-timeout",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help=f"Time allowed per git command. [default: {GIT_SECONDS:.0f}]",
    )
    no_cache: bool = option("--no-cache", is_flag=True, help="Neither read nor write the cache folder.")
    quiet: bool = option("-q", "--quiet", is_flag=True, help="Print only findings: no summary, no progress.")
    verbose: bool = option("-v", "--verbose", is_flag=True, help="List excluded files and every step of a trace.")

    def apply(self) -> None:
        """Applies the settings that are the same for the whole process."""
        limits.git[0] = self.git_timeout or limits.GIT_SECONDS
        user_cache.enabled[0] = not self.no_cache

    def settings(
        self, config: Config, force_exclude: bool = False, list_rules: bool = False, baseline: str | None = None
    ) -> Settings:
        """The settings of a run: what was given here, else what the project's configuration says."""
        select, ignore = _words(self.select), _words(self.ignore)
        _check(("--select", select), ("--ignore", ignore), rules=self.rules)
        return replace(
            settings_of(config),
            select=select or config.select,
            ignore=ignore or config.ignore,
            min_level=self.min_level or config.min_level,  # type: ignore[arg-type]  # click checked it
            baseline=baseline or config.baseline,
            rules=self.rules,
            force_exclude=force_exclude,
            list_rules=list_rules,
            jobs=self.jobs or 0,
            seconds=self.timeout or SECONDS,
            git_seconds=self.git_timeout or GIT_SECONDS,
            cache=not self.no_cache,
        )

    def status(self, report: Report, config: Config) -> int:
        """The exit status of one report."""
        if report.files.unread or (self.strict and report.files.skipped):
            return SKIPPED
        fail_on = self.fail_on or config.fail_on
        if self.exit_zero or fail_on == "never":
            return 0
        floor = LEVELS.index(fail_on)
        return FOUND if any(LEVELS.index(each.level) >= floor for each in report.findings) else 0


class Progress:
    """One line on a terminal's standard error that says what is being done; nothing elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self.live = not quiet and sys.stderr.isatty()
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Clears the line."""
        self.show("")
        if self._width:
            click.echo("\r", nl=False, err=True)

    def stage(self, title: str, count: int) -> None:
        """Shows a new stage."""
        self.show(f"{title} {count:,} files")

    def show(self, line: str) -> None:
        """Puts the line in place of what was there."""
        if self.live:
            click.echo("\r" + line.ljust(self._width), nl=False, err=True)
            self._width = max(self._width, len(line))


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    """Several words may be given at once, separated by commas."""
    return tuple(word.strip() for each in values for word in each.split(",") if word.strip())


def _check(*options: tuple[str, tuple[str, ...]], rules: tuple[str, ...]) -> None:
    """Raises UsageFault for a word that names no rule."""
    if not any(words for _, words in options):
        return
    from pcmfa_lint.knowledge.selectors import rule_names

    names = rule_names(rules)
    for option, words in options:
        for word in words:
            if not names.names_any(word):
                fault = f"{option} {shown_word(word)} names no rule, no prefix of rule ids, and no class"
                raise UsageFault(fault + names.hint(word))


def shown_word(word: str) -> str:
    """A word of the command line as it may be repeated."""
    return word if word.isprintable() and len(word) <= 40 else "(a word that is not shown)"


def print_out(text: str) -> None:
    """Writes to standard output; what its encoding cannot say becomes `?`."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def say_plain(line: str) -> None:
    """One line for the user, on standard error; a file name with a line break stays on its line, and what looks like a
    secret does not get out."""
    from pcmfa_lint.findings.redaction import message

    clean = "".join(char if char.isprintable() else "?" for char in message(line))
    click.echo(clean.encode("ascii", "backslashreplace").decode(), err=True)


def say(text: str) -> None:
    for line in text.split("\n"):
        say_plain(f"pcmfa-lint: {line}")


def say_fault(error: BaseException, verbose: bool) -> None:
    """A fault of our own: type and place, never the text of the exception, which may hold what stood in a file."""
    kind, frames = _describe(error)
    ours = [frame for frame in frames if "pcmfa_lint" in frame[0]] or list(frames)
    place = f"{os.path.basename(ours[-1][0])}:{ours[-1][1]}, {ours[-1][2]}" if ours else "unknown place"  # noqa: PTH119
    say(f"an internal error of pcmfa-lint: {kind} in {place}")
    if verbose:
        for file, line, name in frames:
            say(f"  {file}:{line}: {name}")
    say("please report it to the project, with this line" + ("s" if verbose else "; -v shows more"))


def _describe(error: BaseException) -> tuple[str, Sequence[tuple[str, int | None, str]]]:
    """The type of an exception and where it was raised, also where that was in a worker."""
    import traceback

    if type(error).__name__ == "RemoteFault":
        return error.kind, error.frames  # type: ignore[attr-defined]
    frames = traceback.extract_tb(error.__traceback__)
    return type(error).__name__, [(frame.filename, frame.lineno, frame.name) for frame in frames]
