"""Variables of a shell that are set: `x=1`, `local x=$(…)`, `export X=1`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.shell.script import ShellScript, script_of
from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import (
    Assign,
    Block,
    Call,
    Expression,
    ExpressionStatement,
    Handler,
    Member,
    Name,
    Span,
    Stmt,
    Text,
    Try,
    Unknown,
)


def assignment(r: Reader, node: Node, declared: bool = False) -> Iterator[Stmt]:
    """`x=value`, `x+=value`, `x[key]=value`"""
    named, name_node = node.child_by_field_name("name"), node.child_by_field_name("value")
    if named is None:
        return
    span, script = r.span(node), script_of(r)
    name = r.text(named).partition("[")[0]
    before, script.setting = script.setting, "" if _is_set_before(script, name) else name
    value = _initial_value(r, name_node, node)
    script.setting = before
    script.done.add(name)
    if re.fullmatch(r"\"?\$\?\"?", r.text(name_node) if name_node is not None else ""):
        value = Unknown("status", (), span)
    target: Expression = Name(name, r.span(named), scope(script, name))
    if named.type == "subscript" and (key := named.child_by_field_name("index")) is not None:
        target = Member(target, r.value(key), r.span(named))
    operator = "+=" if any(kid.type == "+=" for kid in node.children) else "="
    stmt = Assign((target,), value, span, operator)
    yield _lost(stmt, span) if declared and may_fail(value) else stmt


def _is_set_before(script: ShellScript, name: str) -> bool:
    """Whether a variable has a value of the script's when it is set here: a function may be called behind its text."""
    return name in script.own or name in script.done or bool(script.function and len(script.mentions.get(name, ())) > 1)


def _initial_value(r: Reader, inner: Node | None, node: Node) -> Expression:
    return Text("", r.span(node)) if inner is None else r.value(inner)


def scope(script: ShellScript, name: str) -> str:
    """The scope of a variable that is set: what a function does not declare as its own may be seen everywhere."""
    return "global" if script.function and script.is_shared(name) else ""


def _lost(stmt: Stmt, span: Span) -> Try:
    """`local x=$(command)` is what `local` says, which never fails."""
    return Try((stmt,), (Handler((), "", (), span),), span)


def may_fail(value: Expression) -> bool:
    """Whether a value is what a command writes that may fail with a status."""
    while isinstance(value, Member):
        value = value.base
    if isinstance(value, Block):
        return any(may_fail(stmt.value) for stmt in value.body if isinstance(stmt, (ExpressionStatement, Assign)))
    if not isinstance(value, Call) or not isinstance(value.callee, Name):
        return False
    return value.callee.id == "wget" or any(arg.name == "fail" for arg in value.args)


def declaration(r: Reader, node: Node) -> Iterator[Stmt]:
    """`local x=1`, `export X=1`, `declare -A x`, `readonly x=1`"""
    word, script = r.text(node.children[0]), script_of(r)
    for kid in parts(node):
        if kid.type == "variable_assignment":
            name = kid.child_by_field_name("name")
            if script.function and word in ("local", "declare", "typeset") and name is not None:
                script.own.add(r.text(name))
            yield from assignment(r, kid, declared=True)
        elif kid.type == "variable_name" and word == "local":
            script.own.add(r.text(kid))
