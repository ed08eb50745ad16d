"""Steps of Jenkins that mean what else is written with statements: variables that a closure is given, errors that are
caught."""

from __future__ import annotations

from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Call,
    Concatenation,
    Entry,
    Expression,
    ExpressionStatement,
    Handler,
    Lambda,
    Mapping,
    Member,
    Name,
    Return,
    Seq,
    Stmt,
    Text,
    Try,
)

_CATCHES = ("catchError", "warnError")
_BINDS = "withCredentials"
_SETS = "withEnv"


def steps(step: Call) -> tuple[Stmt, ...]:
    """A step as the statements that it stands for."""
    run = step.args[-1].value if step.args else None
    if isinstance(step.callee, Name) and step.callee.id in _CATCHES and isinstance(run, Lambda):
        return (_caught(run, step),)
    return with_bindings(step)


def _caught(run: Lambda, step: Call) -> Try:
    """`catchError { … }` shows an error and goes on."""
    body = tuple(
        ExpressionStatement(s.value, s.span) if isinstance(s, Return) and s.value else s for s in run.func.body
    )
    shown = Call(Name("echo", step.callee.span), (Arg(Name("error", step.span), step.span),), step.span)
    handler = Handler((), "error", (ExpressionStatement(shown, step.span),), step.span)
    return Try(body, (handler,), step.span)


def with_bindings(step: Call) -> tuple[Stmt, ...]:
    """`withCredentials([usernamePassword(passwordVariable: 'P', …)]) { … }` is `P = usernamePassword(…)` and the step;
    `withEnv(["A=b"]) { … }` is `A = "b"` and the step."""
    last = ExpressionStatement(step, step.span)
    if not isinstance(step.callee, Name) or step.callee.id not in (_BINDS, _SETS) or len(step.args) != 2:
        return (last,)
    listed, run = step.args[0].value, step.args[1].value
    if not isinstance(listed, Seq) or not isinstance(run, Lambda):
        return (last,)
    bound = [
        each for item in listed.items for each in (_credentials(item) if step.callee.id == _BINDS else _pair(item))
    ]
    return (*bound, last)


def _credentials(item: Expression) -> list[Stmt]:
    """The variables that a binding names, each set to the binding with the key of that variable."""
    given = item.args[0].value if isinstance(item, Call) and item.args else None
    if not isinstance(given, Mapping) or not isinstance(item, Call):
        return []
    found: list[Stmt] = []
    rest = tuple(entry for entry in given.entries if not _variable(entry))
    for entry in given.entries:
        if _variable(entry) and isinstance(entry.value, Text):
            span = entry.value.span
            only = Mapping((*rest, entry), (), given.span)
            value = Call(item.callee, (Arg(only, only.span),), item.span)
            env = Member(Name("env", span), Text(entry.value.value, span, "bare"), span)
            found += [Assign((Name(entry.value.value, span, "outer"), env), value, entry.span)]
    return found


def _variable(entry: Entry) -> bool:
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
    whole = rest[0] if len(rest) == 1 else Concatenation(tuple(rest), item.span)
    env = Member(Name("env", item.span), Text(name, item.span, "bare"), item.span)
    return [Assign((Name(name, item.span, "outer"), env), whole, item.span)]
