"""Completion in the shell: the scripts that shells load, and what is offered."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def run(**variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    command = [sys.executable, "-c", "from pcmfa_lint.cli import main; main()"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_shell_gets_its_script(shell: str) -> None:
    assert "_PCMFA_LINT_COMPLETE" in run(_PCMFA_LINT_COMPLETE=f"{shell}_source")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("pcmfa-lint s", "plain,scan\nplain,suppressions\nplain,sweep\n"),
        ("pcmfa-lint scan --format gi", "plain,github\nplain,gitlab\n"),
        ("pcmfa-lint scan --changed", "plain,--changed-since\n"),
        ("pcmfa-lint baseline ", "plain,write\nplain,prune\n"),
    ],
)
def test_commands_options_and_values_are_offered(words: str, offered: str) -> None:
    """Also the form that the PowerShell module asks for: a word a line."""
    parts = words.split(" ")
    told = run(_PCMFA_LINT_COMPLETE="bash_complete", COMP_WORDS="\n".join(parts), COMP_CWORD=str(len(parts) - 1))
    assert sorted(told.split()) == sorted(offered.split())
