"""`suppressions` and `baseline`: what is known and not reported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import click

from pcmfa_lint.cli.options import Progress, option, print_out, settings_of, taking
from pcmfa_lint.config import load_config
from pcmfa_lint.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pcmfa_lint.triage.baseline import BaselineEntry, Matched


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """The options of all commands here; None means not given."""

    config: str | None = option(
        "--config",
        metavar="FILE",
        help="Configuration file. [default: .pcmfa-lint.toml or pyproject.toml at the root]",
    )
    rules: tuple[str, ...] = option(
        "--rules", multiple=True, metavar="DIR", help="A folder with more rules and catalog files."
    )
    quiet: bool = option("-q", "--quiet", is_flag=True, help="No progress.")


@click.command()
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="[default: text]")
@taking(common=CommonOptions)
def suppressions(path: str, format_: str, common: CommonOptions) -> None:
    """List the comments that suppress findings, at or below PATH.

    For each: file and line, rules, state (used, unused, expired, malformed), end date, age by git, and reason. The
    whole repository is scanned, because other files can decide what a comment suppresses.

    \b
    Example:
      pcmfa-lint suppressions --format json
    """
    from pcmfa_lint.discovery.discover import root_of
    from pcmfa_lint.discovery.scope import Scope
    from pcmfa_lint.engine.scan import scan
    from pcmfa_lint.triage.listing import as_json, as_text, dated

    root = root_of([path])[0]
    today = date.today()
    config = load_config(root, common.config or "", common.rules)
    settings = replace(settings_of(config), rules=common.rules, baseline="", today=today)
    with Progress(common.quiet) as progress:
        report = scan([root], settings, progress=progress.stage)
    scope = Scope(root, [path])
    listed = dated((each for each in report.suppressions if scope.covers(each.path)), root)
    print_out((as_json if format_ == "json" else as_text)(listed, today))


@click.group()
def baseline() -> None:
    """Accept existing findings, so that only new ones are reported.

    \b
    Start with:
      pcmfa-lint baseline write
      pcmfa-lint scan --baseline .pcmfa-baseline
    """


_file = click.option("--baseline", "file", metavar="FILE", help="[default: as configured, or .pcmfa-baseline]")


@baseline.command("write")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_file
@click.option("--grow", is_flag=True, help="Add new findings to an existing baseline.")
@taking(common=CommonOptions)
def baseline_write(paths: tuple[str, ...], file: str | None, grow: bool, common: CommonOptions) -> None:
    """Write the findings at or below PATH to a baseline, and remove fixed ones.

    An existing baseline gets no new entries without --grow. Entries for paths outside PATH stay.
    """
    name, is_there, matched = _compared(paths, file, common)
    if is_there and matched.new and not grow:
        count = len(matched.new)
        subject = "1 finding is" if count == 1 else f"{count} findings are"
        raise UsageFault(f"{name}: {subject} not in this baseline; fix the new ones, or add them with --grow")
    _rewrite(name, matched, new=True)


@baseline.command("prune")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_file
@taking(common=CommonOptions)
def baseline_prune(paths: tuple[str, ...], file: str | None, common: CommonOptions) -> None:
    """Remove fixed findings from the baseline, and follow renamed files. Nothing is added."""
    name, is_there, matched = _compared(paths, file, common)
    if not is_there:
        raise UsageFault(f"{name}: there is no such baseline; create it with pcmfa-lint baseline write")
    _rewrite(name, matched, new=False)


def _compared(paths: tuple[str, ...], file: str | None, common: CommonOptions) -> tuple[str, bool, Matched]:
    """The baseline's file, whether it is there, and what a scan finds held against it."""
    import os

    from pcmfa_lint.discovery.discover import root_of
    from pcmfa_lint.discovery.not_here import is_noted
    from pcmfa_lint.discovery.scope import Scope
    from pcmfa_lint.engine.scan import scan
    from pcmfa_lint.triage.baseline import FILE, load, match

    paths = paths or (".",)
    root = root_of(paths)[0]
    config = load_config(root, common.config or "", common.rules)
    name = file or config.baseline or os.path.join(root, FILE)  # noqa: PTH118
    is_there = os.path.lexists(name)
    entries = load(name) if is_there else ()
    settings = replace(settings_of(config), rules=common.rules, baseline=name if is_there else "")
    with Progress(common.quiet) as progress:
        report = scan(paths, settings, progress=progress.stage)
    scope, skipped = Scope(root, paths), {note.path for note in report.files.skipped}
    findings = sorted((*report.findings, *report.baselined), key=lambda finding: (finding.place, finding.rule))

    def is_gone(path: str) -> bool:
        return scope.is_gone(path) and not is_noted(path, skipped)

    matched = match(entries, findings, is_gone, lambda path: scope.covers(path) and not is_noted(path, skipped))
    return name, is_there, matched


def _rewrite(name: str, matched: Matched, new: bool) -> None:
    """Writes what is known, and with `new` what is new, and says what has changed."""
    from pcmfa_lint.source.atomic_write import write_to
    from pcmfa_lint.triage.baseline import entries_of, render

    added = matched.new if new else ()
    findings = sorted((*matched.known, *added), key=lambda finding: (finding.place, finding.rule))
    entries: Iterable[BaselineEntry] = {*entries_of(findings), *matched.apart}
    text = render(entries)
    try:
        write_to(name, lambda stream: stream.write(text))
    except OSError as error:
        raise UsageFault(f"{name}: the baseline cannot be written: {error.strerror}") from None
    total = len(set(entries))
    print_out(f"{name}: {total} known findings, {len(added)} added, {len(matched.stale)} removed\n")
