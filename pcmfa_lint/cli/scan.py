"""`scan`: one root."""

from __future__ import annotations

import os
import re
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from io import TextIOWrapper
from typing import Any

import click

from pcmfa_lint.cli.options import STATUSES, Progress, ScanOptions, choosing, say
from pcmfa_lint.config import Settings
from pcmfa_lint.engine.policy import Named, ScanPolicy, policy_of_head
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.findings.report import Report
from pcmfa_lint.report import FORMATS, TERMINAL


@click.command(epilog=STATUSES)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", help="[default: text]")
@click.option("--output", metavar="FILE", help="Write the report to FILE. [default: standard output]")
@click.option("--report", "reports", multiple=True, metavar="F=FILE", help="Write an additional report in format F.")
@click.option(
    "--config", metavar="FILE", help="Configuration file. [default: .pcmfa-lint.toml or pyproject.toml at the root]"
)
@click.option("--baseline", metavar="FILE", help="Do not report the findings in this baseline: see baseline write.")
@click.option("--changed-since", metavar="REV", help="Report only what is new since HEAD left this revision.")
@click.option("--trust-head", is_flag=True, help="Apply the configuration and the suppressions of the change itself.")
@click.option(
    "--config-from", metavar="REV", help="Take configuration, baseline, and rules from REV. [default: --changed-since]"
)
@click.option("--staged", is_flag=True, help="Report only what is new in the index; read it instead of the disk.")
@click.option("--stdin-filename", metavar="FILE", help="The path that `-` (standard input) stands for.")
@click.option("--force-exclude", is_flag=True, help="Skip ignored and excluded files even if they are named.")
@click.option("--include-suppressed", is_flag=True, help="Include suppressed and known findings in SARIF and CSV.")
@choosing
def scan(
    paths: tuple[str, ...],
    format_: str,
    output: str | None,
    reports: tuple[str, ...],
    config: str | None,
    baseline: str | None,
    changed_since: str | None,
    trust_head: bool,
    config_from: str | None,
    staged: bool,
    stdin_filename: str | None,
    force_exclude: bool,
    include_suppressed: bool,
    **choice: Any,
) -> int:
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
    for option, revision in (("--changed-since", changed_since), ("--config-from", config_from)):
        if revision == "":
            raise UsageFault(f"{option} needs a revision, such as origin/main")
    chosen = ScanOptions(**choice)
    targets = [(format_, output or "-"), *map(_target, reports)]
    paths, data = _standard_input(paths, stdin_filename, changed_since, staged)
    chosen.apply()
    named = Named(config or "", baseline or "", chosen.rules)
    trusted = "" if trust_head else config_from or changed_since or ""
    places = paths if data is None else (os.path.dirname(paths[0]) or ".",)  # noqa: PTH120
    with Progress(chosen.quiet) as progress, _policy(places, trusted, named) as policy:
        chosen = chosen._replace(rules=policy.rules)
        list_rules = any(each not in TERMINAL for each, _ in targets)
        settings = chosen.settings(policy.config, force_exclude, list_rules, policy.baseline)
        if data is None:
            report = _scanned(paths, settings, changed_since or "", trust_head, staged, progress)
        else:
            from pcmfa_lint.engine.scan import scan_given

            report = scan_given(paths[0], data, settings, progress.stage)
    from pcmfa_lint.findings.redaction import message

    report = replace(report, notes=(*map(message, policy.notes), *report.notes))
    for each, file in targets:
        _write(report, each, file, chosen, include_suppressed)
    if format_ != "text" or chosen.quiet:  # a text report has it
        _say_what_is_missing(report, chosen.quiet)
    files = report.files
    if not (changed_since or staged or files.read or files.irrelevant or files.skipped):
        say(f"no file was scanned ({len(files.excluded)} excluded)")
    return chosen.status(report, policy.config)


def _say_what_is_missing(report: Report, quiet: bool) -> None:
    """Notes, and changed files that were not read as a whole."""
    for note in report.notes if not quiet else ():
        say(note)
    for unread in report.files.unread:
        line = f":{unread.line}" if unread.line else ""
        say(f"{unread.path}{line}: this changed file was not fully read, so the run fails: {unread.reason}")


def _standard_input(
    paths: tuple[str, ...], name: str | None, since: str | None, staged: bool
) -> tuple[tuple[str, ...], bytes | None]:
    """The paths to scan, and the bytes of the one that is given on standard input, if one is."""
    if "-" not in paths and name is None:
        return paths or (".",), None
    if paths != ("-",) or name is None:
        raise UsageFault("standard input needs a file name, which selects the language: scan - --stdin-filename FILE")
    if since or staged:
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


def _scanned(
    paths: tuple[str, ...], settings: Settings, since: str, trust_head: bool, staged: bool, progress: Progress
) -> Report:
    if since or staged:
        from pcmfa_lint.engine.changes.compare import Comparison, scan_new

        return scan_new(paths, settings, Comparison(since, staged, staged or trust_head), progress=progress.stage)
    from pcmfa_lint.engine.scan import scan as scan_root

    return scan_root(paths, settings, progress=progress.stage)


def _target(text: str) -> tuple[str, str]:
    format_, equals, file = text.partition("=")
    if not equals or not file or format_ not in FORMATS:
        raise UsageFault(f"--report needs F=FILE, where F is one of {', '.join(FORMATS)}")
    return format_, file


def _write(report: Report, format_: str, file: str, choice: ScanOptions, include_suppressed: bool) -> None:
    """Writes a report to standard output (`-`) or to a file."""
    from pcmfa_lint.report import ReportOptions, write

    tty = file == "-" and sys.stdout.isatty()
    options = ReportOptions(
        color=tty and not os.environ.get("NO_COLOR"),
        width=os.get_terminal_size(sys.stdout.fileno()).columns or ReportOptions().width
        if tty
        else ReportOptions().width,
        clip=tty,
        verbose=choice.verbose,
        summary=not choice.quiet,
        include_suppressed=include_suppressed,
        link_base=_link_base(),
    )
    if file == "-":
        if format_ not in TERMINAL and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
        try:
            write(report, format_, sys.stdout, options)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UsageFault(f"the report cannot be written to standard output: {error.strerror}") from None
        return
    from pcmfa_lint.source.atomic_write import write_to

    try:
        write_to(file, lambda stream: write(report, format_, stream, options))
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
