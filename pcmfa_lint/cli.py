"""The command line. Exit status: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage or configuration;
3 something was skipped and --strict; 4 our own fault. 4 beats 3 beats 1."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pcmfa_lint import __version__
from pcmfa_lint.config import FAIL_ON, Config, Settings, UsageFault, load_config
from pcmfa_lint.finding import LEVELS, Report
from pcmfa_lint.report import FORMATS

if TYPE_CHECKING:
    from pcmfa_lint.rule import Rule

FOUND, USAGE, SKIPPED, FAULT = 1, 2, 3, 4
INTERRUPTED = 130
_STATUSES = """\b
Exit status:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage or configuration
  3  something was skipped, and --strict was given
  4  a fault of pcmfa-lint itself
"""
Function = TypeVar("Function", bound=Callable[..., Any])


def main() -> None:
    """The program: runs the command line and ends the process with its exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and gives its exit status. Nothing that is printed holds text of a scanned file."""
    try:
        status = cli.main(list(arguments), "pcmfa-lint", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return USAGE
    except UsageFault as fault:
        _say(str(fault))
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open until the end
        return USAGE
    except Exception as error:
        _say_fault(error, verbose=any(each in ("-v", "--verbose") for each in arguments))
        return FAULT


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pcmfa-lint")
def cli() -> None:
    """Finds the places in code that stop working when Microsoft enforces MFA for Partner Center.

    \b
    Start with:
      pcmfa-lint scan                     the repository or folder you are in
      pcmfa-lint explain PCM201           what a finding means and what to do
      pcmfa-lint sweep ~/src --out DIR    many repositories at once
    """


def _choosing(function: Function) -> Function:
    """The options that say what is looked for and what counts."""
    options = (
        click.option("--fail-on", type=click.Choice(FAIL_ON), help="Lowest level that fails. [default: warning]"),
        click.option("--min-level", type=click.Choice(LEVELS[::-1]), help="Lowest level to report. [default: note]"),
        click.option("--strict", is_flag=True, help="Exit with 3 if a file was skipped."),
        click.option("--exit-zero", is_flag=True, help="Exit with 0 although there are findings."),
        click.option("--select", multiple=True, metavar="RULE", help="Only these: ids, beginnings of ids, or classes."),
        click.option("--ignore", multiple=True, metavar="RULE", help="Not these: ids, beginnings of ids, or classes."),
        click.option("--rules", multiple=True, metavar="DIR", help="A folder with more rules and catalog files."),
        click.option(
            "--jobs", type=click.IntRange(1), metavar="N", help="Worker processes. [default: one a processor]"
        ),
        click.option("-q", "--quiet", is_flag=True, help="Only findings: no summary, no progress."),
        click.option("-v", "--verbose", is_flag=True, help="Also list what was excluded."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Choice:
    """What `_choosing` gives, as one value. What is None was not given."""

    fail_on: str | None
    min_level: str | None
    strict: bool
    exit_zero: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    rules: tuple[str, ...]
    jobs: int | None
    quiet: bool
    verbose: bool

    def settings(self, config: Config, force_exclude: bool = False, list_rules: bool = False) -> Settings:
        """The settings of a run: what was given here, else what the project's configuration says."""
        return Settings(
            exclude=config.exclude,
            select=_words(self.select) or config.select,
            ignore=_words(self.ignore) or config.ignore,
            min_level=self.min_level or config.min_level,  # type: ignore[arg-type]  # click checked it
            rules=self.rules,
            force_exclude=force_exclude,
            list_rules=list_rules,
            jobs=self.jobs or 0,
        )

    def status(self, report: Report, config: Config) -> int:
        """The exit status of one report."""
        if self.strict and report.files.skipped:
            return SKIPPED
        fail_on = self.fail_on or config.fail_on
        if self.exit_zero or fail_on == "never":
            return 0
        floor = LEVELS.index(fail_on)
        return FOUND if any(LEVELS.index(each.level) >= floor for each in report.findings) else 0


@cli.command(epilog=_STATUSES)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", help="[default: text]")
@click.option("--output", metavar="FILE", help="Where the report goes. [default: standard output]")
@click.option("--report", "reports", multiple=True, metavar="F=FILE", help="A further report, of format F.")
@click.option("--config", metavar="FILE", help="Instead of .pcmfa-lint.toml or pyproject.toml at the root.")
@click.option("--force-exclude", is_flag=True, help="Leave out ignored and excluded files even if they are named.")
@_choosing
def scan(
    paths: tuple[str, ...],
    format_: str,
    output: str | None,
    reports: tuple[str, ...],
    config: str | None,
    force_exclude: bool,
    **choice: Any,
) -> int:
    """Scan one repository, a folder, or files of it. PATH is the current folder if none is given.

    \b
    Examples:
      pcmfa-lint scan
      pcmfa-lint scan scripts/ --min-level warning
      pcmfa-lint scan --format sarif --output pcmfa.sarif --report json=pcmfa.json
      pcmfa-lint scan --select ropc --select PCM3 --fail-on error
    """
    from pcmfa_lint.discover import root_of
    from pcmfa_lint.engine import scan as scan_root

    chosen = Choice(**choice)
    targets = [(format_, output or "-"), *map(_target, reports)]
    paths = paths or (".",)
    configured = load_config(root_of(paths)[0], config or "")
    settings = chosen.settings(configured, force_exclude, list_rules=any(each != "text" for each, _ in targets))
    with _Progress(chosen.quiet) as progress:
        report = scan_root(paths, settings, progress=progress.stage)
    for each, file in targets:
        _write(report, each, file, chosen)
    files = report.files
    if not files.read and not files.irrelevant and not files.skipped:
        _say(f"no file was scanned ({len(files.excluded)} excluded)")
    return chosen.status(report, configured)


@cli.command(epilog=_STATUSES)
@click.argument("root", metavar="ROOT")
@click.option("--out", required=True, metavar="DIR", help="Where the reports go; it is made if it is not there.")
@_choosing
def sweep(root: str, out: str, **choice: Any) -> int:
    """Scan all repositories below ROOT: git work trees, and plain folders of scripts.

    DIR gets a SARIF file for each repository and one inventory.csv. A repository that cannot be scanned is a line of
    the inventory and does not stop the others.

    \b
    Example:
      pcmfa-lint sweep ~/src --out reports
    """
    from pcmfa_lint.sweep import sweep as sweep_root

    chosen = Choice(**choice)

    def settings_of(repository: str) -> tuple[Settings, Callable[[Report], int]]:
        config = load_config(repository)
        return chosen.settings(config, list_rules=True), lambda report: chosen.status(report, config)

    return sweep_root(root, out, settings_of, say=(lambda line: None) if chosen.quiet else _say_plain)


@cli.command()
@click.argument("rule")
@click.option("--rules", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def explain(rule: str, rules: tuple[str, ...]) -> None:
    """Print the page of RULE: what it finds, why, what to do, examples. RULE is an id or a name.

    \b
    Example:
      pcmfa-lint explain PCM201
    """
    from pcmfa_lint.engine import load_knowledge
    from pcmfa_lint.explain import page

    known = load_knowledge(rules).rules
    _print(page(_rule(rule, known)))


@cli.group()
def rules() -> None:
    """The rules: list them, test them."""


@rules.command("list")
@click.option("--rules", "folders", multiple=True, metavar="DIR", help="A folder with more rules and catalog files.")
def rules_list(folders: tuple[str, ...]) -> None:
    """List all rules: id, level, class, name, title."""
    from pcmfa_lint.engine import load_knowledge
    from pcmfa_lint.ruletest import list_rules

    _print(list_rules(load_knowledge(folders)))


@rules.command("test")
@click.argument("folder", metavar="[DIR]", required=False)
def rules_test(folder: str | None) -> int:
    """Check the rule and catalog files in DIR, and run their examples; those of pcmfa-lint itself without DIR.

    \b
    Exit status:
      0  all examples hold
      1  an example does not hold
      2  a file cannot be used
    """
    from pathlib import Path

    from pcmfa_lint.engine import load_knowledge
    from pcmfa_lint.gates import shipped
    from pcmfa_lint.knowledge import PREFIX
    from pcmfa_lint.ruletest import cases, run_tests

    own = folder is None or Path(folder).resolve() == shipped()
    knowledge = load_knowledge(() if folder is None else (folder,))
    tested = [rule for rule in knowledge.rules if own or not rule.id.startswith(PREFIX)]
    failures = run_tests(knowledge, tested)
    _print("".join(f"{line}\n" for line in failures))
    _print(f"{len(tested)} rules, {len(cases(tested))} examples, {len(failures)} of them do not hold\n")
    return FOUND if failures else 0


class _Progress:
    """One line on a terminal's standard error that says what is being done; nothing elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self._live = not quiet and sys.stderr.isatty()
        self._width = 0

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._show("")
        if self._width:
            click.echo("\r", nl=False, err=True)

    def stage(self, what: str, count: int) -> None:
        """Tells of a new stage."""
        self._show(f"{what} {count:,} files")

    def _show(self, line: str) -> None:
        if self._live:
            click.echo("\r" + line.ljust(self._width), nl=False, err=True)
            self._width = max(self._width, len(line))


def _words(given: tuple[str, ...]) -> tuple[str, ...]:
    """Several words may be given at once, separated by commas."""
    return tuple(word.strip() for each in given for word in each.split(",") if word.strip())


def _target(text: str) -> tuple[str, str]:
    format_, equals, file = text.partition("=")
    if not equals or not file or format_ not in FORMATS:
        raise UsageFault(f"--report wants F=FILE, where F is one of {', '.join(FORMATS)}")
    return format_, file


def _rule(wanted: str, known: Sequence[Rule]) -> Rule:
    from pcmfa_lint.schema import nearest

    for rule in known:
        if wanted.upper() == rule.id or wanted.lower() == rule.name:
            return rule
    names = [name for rule in known for name in (rule.id, rule.name)]
    raise UsageFault(f"there is no such rule{nearest(wanted, names)}")


def _write(report: Report, format_: str, file: str, choice: Choice) -> None:
    """Writes a report to standard output (`-`) or to a file."""
    from pcmfa_lint.output import write_to
    from pcmfa_lint.report import Options, write

    tty = file == "-" and sys.stdout.isatty()
    options = Options(
        color=tty and not os.environ.get("NO_COLOR"),
        width=os.get_terminal_size(sys.stdout.fileno()).columns or Options().width if tty else Options().width,
        verbose=choice.verbose,
        summary=not choice.quiet,
    )
    if file == "-":
        write(report, format_, sys.stdout, options)
        sys.stdout.flush()
        return
    try:
        write_to(file, lambda stream: write(report, format_, stream, options))
    except OSError as error:
        raise UsageFault(f"the report cannot be written to {file}: {error.strerror}") from None


def _print(text: str) -> None:
    """Writes to standard output; what its encoding cannot say becomes `?`."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def _say_plain(line: str) -> None:
    """One line for the user, on standard error; a file name with a line break stays on its line."""
    clean = "".join(char if char.isprintable() else "?" for char in line)
    click.echo(clean.encode("ascii", "backslashreplace").decode(), err=True)


def _say(text: str) -> None:
    for line in text.split("\n"):
        _say_plain(f"pcmfa-lint: {line}")


def _say_fault(error: BaseException, verbose: bool) -> None:
    """A fault of our own: type and place, never the text of the exception, which may hold what stood in a file."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "pcmfa_lint" in frame.filename] or list(frames)
    place = f"{os.path.basename(ours[-1].filename)}:{ours[-1].lineno}, {ours[-1].name}" if ours else "unknown place"  # noqa: PTH119
    _say(f"a fault of pcmfa-lint itself: {type(error).__name__} in {place}")
    if verbose:
        for frame in frames:
            _say(f"  {frame.filename}:{frame.lineno}: {frame.name}")
    _say("please report it to the project, with this line" + ("s" if verbose else "; -v tells more"))
