"""Steps of Jenkins that mean what else is written with statements: variables that a closure is given, errors that are
caught."""

from __future__ import annotations

from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor
from pcmfa_lint.frontend.jvm.groovy.settings_in_closures import set_members
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Call,
    Concatenation,
    Expression,
    ExpressionStatement,
    Handler,
    Lambda,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Return,
    Seq,
    Stmt,
    Text,
    Try,
)
from pcmfa_lint.ir.walk import last

_CATCHES = ("catchError", "warnError")
_BINDS = "withCredentials"
_SETS = "withEnv"
_ENVIRONMENT = "environment"


def steps(c: TokenCursor, step: Call) -> tuple[Stmt, ...]:
    """A step as the statements that it stands for, also where it is called on what a library is given: `steps.sh`."""
    run = step.args[-1].value if step.args else None
    name = last(step.callee)
    if isinstance(run, Lambda):
        if name in _CATCHES:
            return (_caught(run, step),)
        if name in (_BINDS, _SETS) and len(step.args) == 2:
            return (*_bound(name, step.args[0].value), ExpressionStatement(step, step.span))
        if name == _ENVIRONMENT and len(step.args) == 1:
            return tuple(_exported(stmt) for stmt in run.func.body)
    return set_members(c, ExpressionStatement(step, step.span))


def _exported(stmt: Stmt) -> Stmt:
    """`A = b` in `environment { … }` sets a variable of all steps."""
    target = stmt.targets[0] if isinstance(stmt, Assign) else None
    if not isinstance(stmt, Assign) or not isinstance(target, Name):
        return stmt
    env = Member(Name("env", target.span), Text(target.id, target.span, "bare"), target.span)
    return replace(stmt, targets=(target, env))


def _bound(name: str, listed: Expression) -> list[Stmt]:
    """`[usernamePassword(passwordVariable: 'P', …)]` is `P = usernamePassword(…)`; `["A=b"]` is `A = "b"`."""
    items = listed.items if isinstance(listed, Seq) else ()
    return [each for item in items for each in (_credentials(item) if name == _BINDS else _pair(item))]


def _caught(run: Lambda, step: Call) -> Try:
    """`catchError { … }` shows an error and goes on."""
    body = tuple(
        ExpressionStatement(s.value, s.span) if isinstance(s, Return) and s.value else s for s in run.func.body
    )
    echo = Call(Name("echo", step.callee.span), (Arg(Name("error", step.span), step.span),), step.span)
    handler = Handler((), "error", (ExpressionStatement(echo, step.span),), step.span)
    return Try(body, (handler,), step.span)


def _credentials(item: Expression) -> list[Stmt]:
    """The variables that a binding names, each set to the binding with the key of that variable."""
    bindings = item.args[0].value if isinstance(item, Call) and item.args else None
    if not isinstance(bindings, Mapping) or not isinstance(item, Call):
        return []
    stmts: list[Stmt] = []
    rest = tuple(entry for entry in bindings.entries if not _variable(entry))
    for entry in bindings.entries:
        if _variable(entry) and isinstance(entry.value, Text):
            span = entry.value.span
            only = Mapping((*rest, entry), (), bindings.span)
            value = Call(item.callee, (Arg(only, only.span),), item.span)
            env = Member(Name("env", span), Text(entry.value.value, span, "bare"), span)
            stmts += [Assign((Name(entry.value.value, span, "outer"), env), value, entry.span)]
    return stmts


def _variable(entry: MappingEntry) -> bool:
    return isinstance(entry.key, Text) and entry.key.value.lower().endswith("variable")


def _pair(item: Expression) -> list[Stmt]:
    """`"A=b"`"""
    parts = item.parts if isinstance(item, Concatenation) else (item,)
    first = parts[0]
    if not isinstance(first, Text) or "=" not in first.value:
        return []
    name, _, value = first.value.partition("=")
    rest = [*([Text(value, first.span)] if value else []), *parts[1:]]
    if not rest or not name.isidentifier():
        return []
    content = rest[0] if len(rest) == 1 else Concatenation(tuple(rest), item.span)
    env = Member(Name("env", item.span), Text(name, item.span, "bare"), item.span)
    return [Assign((Name(name, item.span, "outer"), env), content, item.span)]
