"""`collect`: the script that exports what is not in git."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pcmfa_lint.cli.options import say
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.knowledge.paths import INVENTORY, shipped
from pcmfa_lint.source.atomic_write import write_to

SCRIPT = "collect.ps1"


@click.command()
@click.option("--output", metavar="FILE", help="Write the script to FILE. [default: standard output]")
def collect(output: str | None) -> None:
    """Write a PowerShell script that exports what is not in git, for a sweep.

    The script reads runbooks, Logic Apps, Data Factory, function apps, scheduled tasks, cron and SQL Server
    Agent with your own sign-in, changes nothing, and writes no values of settings. It runs in Windows
    PowerShell 5.1 and in PowerShell 7. Read it before you run it; docs/collect.md says what it does.

    \b
    Examples:
      pcmfa-lint collect --output collect.ps1
      ./collect.ps1 -Out collected
      pcmfa-lint sweep collected --out sweep
    """
    text = script()
    if output is None:
        sys.stdout.write(text)
        return
    try:
        write_to(output, lambda stream: stream.write(text))
    except OSError as error:
        raise UsageFault(f"{Path(output)} cannot be written: {error.strerror}.") from None
    say(f"written to {output}: read it, then sign in (Connect-AzAccount) and run it")


def script() -> str:
    """The text of the script."""
    return (shipped() / INVENTORY / SCRIPT).read_text("utf-8")
