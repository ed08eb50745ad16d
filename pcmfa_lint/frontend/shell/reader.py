"""Shell scripts (bash, sh, zsh, ksh) to a Unit, by the tree-sitter reader.

A command that fails raises an error; `set -e` is the preference that an error ends the script. What a function writes
is what it gives back. Statements, commands, words and tests have modules of their own beside this one, and
`queries/shell.scm` says what is comment and literal."""

from __future__ import annotations

from functools import cache

import tree_sitter_bash
from tree_sitter import Language

from pcmfa_lint.frontend.shell import zsh
from pcmfa_lint.frontend.shell.commands import command, pipeline, redirected
from pcmfa_lint.frontend.shell.statements import STATEMENTS
from pcmfa_lint.frontend.shell.words import VALUES
from pcmfa_lint.frontend.treesitter import Grammar, read
from pcmfa_lint.ir.nodes import Unit


def read_shell(text: str, path: str) -> Unit:
    """Reads a decoded script; never raises. `path` is relative to the root, with `/`."""
    return read(grammar(), text, path)


@cache
def grammar() -> Grammar:
    """The grammar, and how its nodes are lowered."""
    return Grammar(
        name="shell",
        language=Language(tree_sitter_bash.language()),
        values={**VALUES, "command": command, "pipeline": pipeline, "redirected_statement": redirected},
        statements=STATEMENTS,
        plain=lambda text: zsh.plain(
            text.replace("\r", " ")
        ),  # a line ends before it, for the grammar does not know it
        comment_text=lambda written: written.lstrip("#!").strip(),
        closing="(heredoc_end) @closing",
    )
