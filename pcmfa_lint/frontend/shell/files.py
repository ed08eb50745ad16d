"""Files that a script writes and reads again: an answer that goes through a file is still that answer."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.shell.script import script_of
from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.nodes import Arg, Assign, Call, Expression, ExpressionStatement, Name, Span, Stmt

NOWHERE = ("/dev/null", "/dev/stdout", "-", "/dev/fd/1")


def key(r: Reader, path: Node) -> str:
    """The variable that stands for what a file holds."""
    return "file:" + r.text(path).strip("'\"").replace("{", "").replace("}", "")


def content(r: Reader, path: Node, span: Span) -> Expression:
    """What a file holds: what the script wrote into it, else what is read from it."""
    name = key(r, path)
    if name in script_of(r).files:
        return Name(name, span)
    return Call(Name("cat", span), (Arg(r.value(path), r.span(path)),), span, "command")


def kept(r: Reader, value: Expression, path: Node, span: Span) -> tuple[Stmt, ...]:
    """`value > path`. A temporary file is no store."""
    written = r.text(path).strip("'\"")
    if written in NOWHERE:
        return (ExpressionStatement(value, span),)
    script, name = script_of(r), key(r, path)
    script.files.add(name)
    stmts: tuple[Stmt, ...] = (Assign((Name(name, span),), value, span),)
    variable = re.fullmatch(r"\$\{?(\w+)\}?.*", written)
    if variable is None or variable[1] not in script.temporary:
        given = (Arg(r.value(path), r.span(path)), Arg(Name(name, span), span))
        stmts += (ExpressionStatement(Call(Name("write-file", span), given, span, "command"), span),)
    return stmts
