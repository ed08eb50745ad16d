"""Files that a script writes and reads again: an answer that goes through a file is still that answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.shell.script import script_of
from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Arg, Assign, Call, Expression, ExpressionStatement, Name, Span, Stmt

NOWHERE = ("/dev/null", "/dev/stdout", "-", "/dev/fd/1")
_TEMPORARY = (*(f"/{each}/" for each in ("tmp", "var/tmp", "dev/shm")), "$TMPDIR/", "${TMPDIR}/")


def key(r: Reader, path: Node) -> str:
    """The variable that stands for what a file holds."""
    return "file:" + r.text(path).strip("'\"").replace("{", "").replace("}", "")


def written(r: Reader, node: Node) -> str:
    """The file that the script wrote before and that an argument names: `$f`, `@$f`, `file://$f`, `token=@$f`."""
    name = key(r, node)
    files = script_of(r).files
    path = re.split(r"@|file://|=", name.removeprefix("file:"))[-1].strip("'\"")
    return "file:" + path if "file:" + path in files else ""


def given_files(r: Reader, args: tuple[Arg, ...], nodes: list[Node]) -> Iterator[Arg]:
    """The arguments, with what files hold that the script wrote and a program is given by name."""
    ends = {(r.span(node).end_line, r.span(node).end_col): name for node in nodes if (name := written(r, node))}
    for arg in args:
        name = ends.get((arg.span.end_line, arg.span.end_col), "")
        if arg.name is not None or not name:
            yield arg
        if name:
            yield replace(arg, value=Name(name, arg.span))


def content(r: Reader, path: Node, span: Span) -> Expression:
    """The content of a file: what the script wrote into it, else what is read from it."""
    name = key(r, path)
    if name in script_of(r).files:
        return Name(name, span)
    return Call(Name("cat", span), (Arg(r.value(path), r.span(path)),), span, "command")


def written_to_file(r: Reader, value: Expression, path: Node, span: Span) -> tuple[Stmt, ...]:
    """`value > path`. A temporary file is no store."""
    target = r.text(path).strip("'\"")
    if target in NOWHERE:
        return (ExpressionStatement(value, span),)
    script, name = script_of(r), key(r, path)
    script.files.add(name)
    stmts: tuple[Stmt, ...] = (Assign((Name(name, span),), value, span),)
    variable = re.fullmatch(r"\$\{?(\w+)\}?.*", target)
    if not target.startswith(_TEMPORARY) and (variable is None or variable[1] not in script.temporary):
        args = (Arg(r.value(path), r.span(path)), Arg(Name(name, span), span))
        stmts += (ExpressionStatement(Call(Name("write-file", span), args, span, "command"), span),)
    return stmts
