"""Shell in files of other kinds: what a Dockerfile runs, and the recipes of a Makefile.

What is no shell is made a comment of the same length, so that all places stay those of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from pcmfa_lint.frontend.shell.reader import grammar
from pcmfa_lint.frontend.treesitter import Grammar, read
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Unit

_RUN = re.compile(
    r"\s*(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK[^\n\\]*?CMD|ENV|ARG)(?:\s+--\S+)*\s+(?=[^\s\[])", re.IGNORECASE
)
_OLD_ENV = re.compile(r"\s*ENV\s+\w+\s+[^=\s]", re.IGNORECASE)
_HERE = re.compile(r"<<-?[\"']?(\w+)")
_MAKE_VARIABLE = re.compile(r"\$\(([A-Za-z_]\w*)\)")
_MAKE_SHELL = re.compile(r"\$\(shell\b")
_RECIPE = re.compile(r"\t[@+-]*")
_MAKE_SETS = re.compile(
    r"(?:(?:export|override)[ \t]+)*([A-Za-z_]\w*)[ \t]*[:?+]{0,3}=[ \t]*([^\s#'\"`;|&<>()]*)[ \t\r]*\n?"
)


def read_dockerfile(text: str, path: str) -> Unit:
    """Reads a Dockerfile as the shell script that it runs; never raises."""
    return read(_grammar(dockerfile), text, path)


def read_makefile(text: str, path: str) -> Unit:
    """Reads the recipes of a Makefile as one shell script; never raises."""
    return read(grammar(), makefile(text.replace("\r", " ")), path)


@cache
def _grammar(plain: Callable[[str], str]) -> Grammar:
    return replace(grammar(), plain=lambda text: plain(text.replace("\r", " ")))


def dockerfile(text: str) -> str:
    """The script that a Dockerfile runs, character for character in its place."""
    return "".join(_docker_lines(text.splitlines(keepends=True)))


def _docker_lines(rows: list[str]) -> Iterator[str]:
    runs = goes_on = False
    until = ""
    for row in rows:
        if until:
            until = "" if row.strip() == until else until
            yield row if runs else _comment(row)
            continue
        if not goes_on:
            match = _RUN.match(row) if not _OLD_ENV.match(row) else None
            runs = match is not None
            row = " " * match.end() + row[match.end() :] if match is not None else row
            here_document = _HERE.search(row)
            until = here_document[1] if here_document is not None else ""
        elif row.lstrip().startswith("#"):
            yield row
            continue
        goes_on = row.rstrip().endswith("\\")
        yield row if runs else _comment(row)


def makefile(text: str) -> str:
    """The recipes of a Makefile, character for character in their places."""
    return "".join(_make_lines(text.splitlines(keepends=True)))


def _make_lines(rows: list[str]) -> Iterator[str]:
    recipe = goes_on = False
    for row in rows:
        if not goes_on:
            recipe = row.startswith("\t")
        goes_on = row.rstrip().endswith("\\")
        if not recipe:
            yield _set(row) or _comment(row)
            continue
        row = _RECIPE.sub(lambda match: " " * len(match[0]), row, count=1)
        row = _MAKE_SHELL.sub(lambda match: "$(" + " " * (len(match[0]) - 2), row).replace("$$", " $")
        yield _MAKE_VARIABLE.sub(r"${\1}", row)


def _set(row: str) -> str:
    """`A := b` as a shell writes it, if `b` is one word: the value stays in its place, its name stands right before."""
    plain = _MAKE_VARIABLE.sub(r"${\1}", row.replace("$$", " $"))
    match = _MAKE_SETS.fullmatch(plain)
    if match is None:
        return ""
    name = match[1] + "="
    return " " * (match.start(2) - len(name)) + name + plain[match.start(2) :]


def _comment(row: str) -> str:
    """A line as a comment of the same length."""
    return row if row[:1] in ("\n", "#", "") else "#" + re.sub(r"\\(?=\s*$)", " ", row[1:])
