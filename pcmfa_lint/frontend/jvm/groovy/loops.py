"""Methods that run a closure for each of several, or so many times: what is else written with `for`."""

from __future__ import annotations

from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Call,
    Expression,
    ExpressionStatement,
    If,
    Jump,
    Lambda,
    Loop,
    Member,
    Name,
    Return,
    Seq,
    Stmt,
    Text,
    Try,
)

_EACH = ("each", "reverseEach", "eachWithIndex", "eachLine", "eachRow")
_COUNTED = ("times", "upto", "downto", "step")


def loop(call: Call) -> Loop | None:
    """`a.each { … }`, `3.times { … }` as a loop; None for other calls."""
    callee, run = call.callee, call.args[-1].value if call.args else None
    if not isinstance(callee, Member) or not isinstance(callee.key, Text) or not isinstance(run, Lambda):
        return None
    name, base = callee.key.value, callee.base
    if name in _COUNTED:
        args = (Arg(base, base.span), *call.args[:-1])
        source: Expression = Call(Name("range", callee.key.span), args, callee.span)
    elif name in _EACH and len(call.args) == 1:
        source = base
    else:
        return None
    names: list[Expression] = [Name(param.name, param.span, "local") for param in run.func.params]
    if name == "eachWithIndex":
        names = names[:1]
    target = names[0] if len(names) == 1 else Seq(tuple(names), run.span) if names else Name("_", run.span, "local")
    return Loop("for", _run(run.func.body, True), call.span, target, source)


def _run(body: tuple[Stmt, ...], last: bool) -> tuple[Stmt, ...]:
    """The statements of a closure in a loop: what it gives back is dropped, and the next one comes."""
    return tuple(each for at, stmt in enumerate(body) for each in _of(stmt, last and at == len(body) - 1))


def _of(stmt: Stmt, last: bool) -> tuple[Stmt, ...]:
    match stmt:
        case Return(value=value, span=span):
            statement_of_value = () if value is None else (ExpressionStatement(value, value.span),)
            return statement_of_value if last else (*statement_of_value, Jump("continue", span))
        case If(arms=arms, span=span):
            return (If(tuple(Arm(arm.test, _run(arm.body, last)) for arm in arms), span),)
        case Try(body=body, handlers=handlers):
            caught = tuple(replace(handler, body=_run(handler.body, last)) for handler in handlers)
            return (replace(stmt, body=_run(body, last), handlers=caught),)
    return (stmt,)
