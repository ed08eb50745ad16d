"""`scan`: one root."""

from __future__ import annotations

import os
import re
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from io import TextIOWrapper

import click

from pcmfa_lint.cli.options import STATUSES, Progress, ScanOptions, option, say, taking
from pcmfa_lint.config import Settings
from pcmfa_lint.engine.policy import Named, ScanPolicy, policy_of_head
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings.report import Report
from pcmfa_lint.report import FORMATS, TERMINAL


@dataclass(frozen=True, slots=True)
class ScanCommandOptions:
    """The options that only this command has; None means not given."""

    format: str = option("--format", type=click.Choice(list(FORMATS)), default="text", help="[default: text]")
    output: str | None = option("--output", metavar="FILE", help="Write the report to FILE. [default: standard output]")
    reports: tuple[str, ...] = option(
        "--report", multiple=True, metavar="F=FILE", help="Write an additional report in format F."
    )
    config: str | None = option(
        "--config",
        metavar="FILE",
        help="Configuration file. [default: .pcmfa-lint.toml or pyproject.toml at the root]",
    )
    baseline: str | None = option(
        "--baseline", metavar="FILE", help="Do not report the findings in this baseline: see baseline write."
    )
    changed_since: str | None = option(
        "--changed-since", metavar="REV", help="Report only what is new since HEAD left this revision."
    )
    trust_head: bool = option(
        "--trust-head", is_flag=True, help="Apply the configuration and the suppressions of the change itself."
    )
    config_from: str | None = option(
        "--config-from",
        metavar="REV",
        help="Take configuration, baseline, and rules from REV. [default: --changed-since]",
    )
    staged: bool = option(
        "--staged", is_flag=True, help="Report only what is new in the index; read it instead of the disk."
    )
    stdin_filename: str | None = option(
        "--stdin-filename", metavar="FILE", help="The path that `-` (standard input) stands for."
    )
    force_exclude: bool = option(
        "--force-exclude", is_flag=True, help="Skip ignored and excluded files even if they are named."
    )
    include_suppressed: bool = option(
        "--include-suppressed", is_flag=True, help="Include suppressed and known findings in SARIF and CSV."
    )


@click.command(epilog=STATUSES)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@taking(options=ScanCommandOptions, chosen=ScanOptions)
def scan(paths: tuple[str, ...], options: ScanCommandOptions, chosen: ScanOptions) -> int:
    """Scan one repository, a folder, or files of it. PATH is the current folder if none is given, `-` is standard
    input.

    \b
    Examples:
      pcmfa-lint scan
      pcmfa-lint scan scripts/ --min-level warning
      pcmfa-lint scan --format sarif --output pcmfa.sarif --report json=pcmfa.json
      pcmfa-lint scan --select ropc --select PCM3 --fail-on error
      pcmfa-lint scan --changed-since origin/main
      pcmfa-lint scan - --stdin-filename scripts/Sync.ps1 < Sync.ps1
    """
    for name, revision in (("--changed-since", options.changed_since), ("--config-from", options.config_from)):
        if revision == "":
            raise UsageFault(f"{name} needs a revision, such as origin/main")
    targets = [(options.format, options.output or "-"), *map(_target, options.reports)]
    paths, data = _standard_input(paths, options)
    chosen.apply()
    named = Named(options.config or "", options.baseline or "", chosen.rules)
    trusted = "" if options.trust_head else options.config_from or options.changed_since or ""
    places = paths if data is None else (os.path.dirname(paths[0]) or ".",)  # noqa: PTH120
    with Progress(chosen.quiet) as progress, _policy(places, trusted, named) as policy:
        chosen = replace(chosen, rules=policy.rules)
        list_rules = any(each not in TERMINAL for each, _ in targets)
        settings = chosen.settings(policy.config, options.force_exclude, list_rules, policy.baseline)
        if data is None:
            report = _scanned(paths, settings, options, progress)
        else:
            from pcmfa_lint.engine.scan import scan_given

            report = scan_given(paths[0], data, settings, progress.stage)
    from pcmfa_lint.findings.redaction import message

    report = replace(report, notes=(*map(message, policy.notes), *report.notes))
    for each, file in targets:
        _write(report, each, file, chosen, options.include_suppressed)
    if options.format != "text" or chosen.quiet:  # a text report has it
        _say_what_is_missing(report, chosen.quiet)
    files = report.files
    if not (options.changed_since or options.staged or files.read or files.irrelevant or files.skipped):
        say(f"no file was scanned ({len(files.excluded)} excluded)")
    return chosen.status(report, policy.config)


def _say_what_is_missing(report: Report, quiet: bool) -> None:
    """Notes, and changed files that were not read as a whole."""
    for note in report.notes if not quiet else ():
        say(note)
    for unread in report.files.unread:
        line = f":{unread.line}" if unread.line else ""
        say(f"{unread.path}{line}: this changed file was not fully read, so the run fails: {unread.reason}")


def _standard_input(paths: tuple[str, ...], options: ScanCommandOptions) -> tuple[tuple[str, ...], bytes | None]:
    """The paths to scan, and the bytes of the one that is given on standard input, if one is."""
    name = options.stdin_filename
    if "-" not in paths and name is None:
        return paths or (".",), None
    if paths != ("-",) or name is None:
        raise UsageFault("standard input needs a file name, which selects the language: scan - --stdin-filename FILE")
    if options.changed_since or options.staged:
        raise UsageFault("--changed-since and --staged cannot be used with standard input")
    return (name,), sys.stdin.buffer.read()


def _policy(paths: tuple[str, ...], trusted: str, named: Named) -> AbstractContextManager[ScanPolicy]:
    """What decides: the work tree, or what the revision `trusted` says."""
    from pcmfa_lint.discovery.discover import root_of

    root, git = root_of(paths)
    if not trusted or not git:
        return nullcontext(policy_of_head(root, named))
    from pcmfa_lint.engine.changes.base_policy import policy_of_base

    return policy_of_base(root, trusted, named)


def _scanned(paths: tuple[str, ...], settings: Settings, options: ScanCommandOptions, progress: Progress) -> Report:
    if options.changed_since or options.staged:
        from pcmfa_lint.engine.changes.compare import Comparison, scan_new

        comparison = Comparison(options.changed_since or "", options.staged, options.staged or options.trust_head)
        return scan_new(paths, settings, comparison, progress=progress.stage)
    from pcmfa_lint.engine.scan import scan as scan_root

    return scan_root(paths, settings, progress=progress.stage)


def _target(text: str) -> tuple[str, str]:
    format_, equals, file = text.partition("=")
    if not equals or not file or format_ not in FORMATS:
        raise UsageFault(f"--report needs F=FILE, where F is one of {', '.join(FORMATS)}")
    return format_, file


def _write(report: Report, format_: str, file: str, chosen: ScanOptions, include_suppressed: bool) -> None:
    """Writes a report to standard output (`-`) or to a file."""
    from pcmfa_lint.report import ReportOptions, write

    tty = file == "-" and sys.stdout.isatty()
    report_options = ReportOptions(
        color=tty and not os.environ.get("NO_COLOR"),
        width=os.get_terminal_size(sys.stdout.fileno()).columns or ReportOptions().width
        if tty
        else ReportOptions().width,
        clip=tty,
        verbose=chosen.verbose,
        summary=not chosen.quiet,
        include_suppressed=include_suppressed,
        link_base=_link_base(),
    )
    if file == "-":
        if format_ not in TERMINAL and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
        try:
            write(report, format_, sys.stdout, report_options)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UsageFault(f"the report cannot be written to standard output: {error.strerror}") from None
        return
    from pcmfa_lint.source.atomic_write import write_to

    try:
        write_to(file, lambda stream: write(report, format_, stream, report_options))
    except OSError as error:
        raise UsageFault(f"the report cannot be written to {file}: {error.strerror}") from None


def _link_base() -> str:
    """Where the checkout's files can be seen on the web, in a run of GitHub Actions, GitLab or Azure Pipelines; empty
    elsewhere."""
    server, repository = os.environ.get("GITHUB_SERVER_URL", ""), os.environ.get("GITHUB_REPOSITORY", "")
    homes = (
        (f"{server}/{repository}" if repository else "", "GITHUB_SHA", "{0}/blob/{1}/"),
        (os.environ.get("CI_PROJECT_URL", ""), "CI_COMMIT_SHA", "{0}/-/blob/{1}/"),
        (os.environ.get("BUILD_REPOSITORY_URI", ""), "BUILD_SOURCEVERSION", "{0}?version=GC{1}&path=/"),
    )
    for home, variable, form in homes:
        commit = os.environ.get(variable, "")
        if commit and re.fullmatch(r"https://[\w.~%/-]+", home):
            return form.format(home.rstrip("/"), commit)
    return ""
