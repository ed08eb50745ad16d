"""Jobs of Ruby: what a class says of the errors of its `perform` is put around that method.

`retry_on` and `sidekiq_options retry: n` decorate it, so that the catalog can say what they repeat; `discard_on` is a
handler, with what its block does. A job that decides itself what is retried (`sidekiq_retry_in`) is left alone."""

from __future__ import annotations

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Call,
    Define,
    Expression,
    Func,
    Handler,
    Lambda,
    Mapping,
    Name,
    Seq,
    Stmt,
    Text,
    Try,
)

_RETRY, _DISCARD, _SIDEKIQ, _DECIDES = "retry_on", "discard_on", "sidekiq_options", "sidekiq_retry_in"
_WORDS = (_RETRY, _DISCARD, _SIDEKIQ, _DECIDES)
_NEVER = ("False", "0")


def with_errors(members: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The members of a class with what it says of errors put around `perform`."""
    declared = [(_word(stmt), stmt) for stmt in members if isinstance(stmt, Assign) and _word(stmt) in _WORDS]
    if not declared:
        return members
    decides = any(word == _DECIDES for word, _ in declared)
    others: list[Stmt] = []
    for member in members:
        if isinstance(member, Define) and isinstance(member.what, Func) and member.what.name == "perform":
            func = member.what
            for word, stmt in declared:
                func = _around(func, word, stmt, decides)
            member = replace(member, what=func)
        others.append(member)
    return tuple(others)


def _word(stmt: Assign) -> str:
    """What is said: a call in the body of a class is a field of its name."""
    target = stmt.targets[0]
    return target.id if isinstance(target, Name) else ""


def _around(func: Func, word: str, stmt: Assign, decides: bool) -> Func:
    values: list[Expression] = list(stmt.value.items) if isinstance(stmt.value, Seq) else [stmt.value]
    if word == _DISCARD:
        types = tuple(walk.dotted(value).rpartition(".")[2] for value in values if walk.dotted(value))
        block = next((value for value in values if isinstance(value, Lambda)), None)
        body = block.func.body if block is not None else ()
        name = block.func.params[-1].name if block is not None and block.func.params else ""
        return replace(func, body=(Try(func.body, (Handler(types, name, body, stmt.span),), stmt.span),))
    if word == _RETRY:
        return _decorated(func, word, [value for value in values if not isinstance(value, Lambda)], stmt)
    times = _entry(values, "retry") if word == _SIDEKIQ else None
    if times is None or decides or (isinstance(times, Text) and times.value in _NEVER):
        return func
    return _decorated(func, word, values, stmt)


def _decorated(func: Func, word: str, values: list[Expression], stmt: Assign) -> Func:
    args = tuple(Arg(value, value.span) for value in values)
    return replace(func, decorators=(*func.decorators, Call(Name(word, stmt.span), args, stmt.span)))


def _entry(values: list[Expression], name: str) -> Expression | None:
    """An entry of the options."""
    entries = [entry for value in values if isinstance(value, Mapping) for entry in value.entries]
    return next((e.value for e in entries if isinstance(e.key, Text) and e.key.value == name), None)
