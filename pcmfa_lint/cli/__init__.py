"""The command line. Exit status: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage or configuration;
3 something was skipped and --strict; 4 our own fault. 4 beats 3 beats 1."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from pcmfa_lint import __version__
from pcmfa_lint.cli.options import say, say_fault
from pcmfa_lint.cli.streams import flushed, no_output, standard_streams
from pcmfa_lint.config import FAULT, USAGE
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.processes.limits import collect_rarely, refused_by_machine

INTERRUPTED = 130
_COMMANDS = {  # and the modules that hold them, of which a run imports its own alone
    "baseline": "triage",
    "collect": "collect",
    "explain": "explain",
    "lsp": "lsp",
    "rules": "explain",
    "scan": "scan",
    "suppressions": "triage",
    "sweep": "sweep",
}


def main() -> None:
    """The program: runs the command line and ends the process with its exit status."""
    os.environ["PYTHONSAFEPATH"] = "1"  # no Python that is started from here looks into the current folder
    collect_rarely()
    standard_streams()
    sys.exit(flushed(run(sys.argv[1:])))


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
        say(str(fault))
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has enough
        no_output()
        return USAGE
    except Exception as error:
        if reason := refused_by_machine(error):
            say(reason)
            return USAGE
        say_fault(error, verbose=any(each in ("-v", "--verbose") for each in arguments))
        return FAULT


class _Commands(click.Group):
    """Our commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"pcmfa_lint.cli.{_COMMANDS[cmd_name]}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A file or folder in the place of a command is meant to be scanned."""
        if args and args[0] not in _COMMANDS and os.path.lexists(args[0]):
            ctx.fail(f"No such command '{args[0]}'. To scan it: pcmfa-lint scan {args[0]}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pcmfa-lint")
def cli() -> None:
    """Find the code that stops working when Microsoft enforces MFA for Partner Center.

    \b
    Start with:
      pcmfa-lint scan                     the current repository or folder
      pcmfa-lint explain PCM201           what a finding means and what to do
      pcmfa-lint sweep ~/src --out DIR    many repositories at once
    """
