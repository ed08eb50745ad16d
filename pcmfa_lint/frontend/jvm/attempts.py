"""Attempts: work whose error becomes a value, `runCatching { … }.getOrNull()` or `Try.of(() -> …).getOrElse(x)`, is
what else is written with `try` and `catch`."""

from __future__ import annotations

from pcmfa_lint.frontend.jvm.reactive import called, parameter
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import (
    Arg,
    Block,
    Call,
    Expression,
    ExpressionStatement,
    Handler,
    Lambda,
    Member,
    Name,
    Raise,
    Span,
    Stmt,
    Text,
    Try,
)

_BEGIN = {"runCatching", "Try.of", "Try.ofSupplier", "Try.ofCallable", "Try.run"}
_NOTHING = {"getOrNull"}
_VALUE = {"getOrDefault", "getOrElse", "recover", "recoverCatching"}
_RAISE = {"getOrThrow", "get", "getOrElseThrow"}
_FAILED = {"onFailure"}
_ON = {"map", "mapCatching", "mapTry", "onSuccess", "andThen", "also"}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """`work`, what is then done `on` its value, and what looks at the error where it `failed`."""

    work: Lambda
    on: tuple[Lambda, ...]
    failed: tuple[Lambda, ...]


def value_of(callee: Member, args: tuple[Arg, ...], span: Span) -> Expression | None:
    """The value of an attempt, where a call asks for it; None for other calls."""
    attempt = _attempt(callee.base)
    if attempt is None or not isinstance(callee.key, Text):
        return None
    name, last = callee.key.value, args[-1].value if args else None
    if name in _NOTHING:
        return Block((_tried(attempt, _handled(Text("None", span, "constant")), span),), span)
    if name in _RAISE:
        return Block((_tried(attempt, (Raise(None, span),), span),), span)
    if name == "fold" and len(args) == 2:
        last = next((arg.value for arg in args if arg.name == "onFailure"), last)
    if last is not None and (name in _VALUE or name == "fold"):
        return Block((_tried(attempt, _handled(last), span, last),), span)
    return None


def statement(value: Expression) -> Stmt | None:
    """An attempt that nobody asks for its value, as the statement that it is; None for anything else."""
    attempt = _attempt(value)
    return _tried(attempt, (), value.span) if attempt is not None else None


def _attempt(value: Expression) -> _Attempt | None:
    on: list[Lambda] = []
    failed: list[Lambda] = []
    while isinstance(value, Call) and len(value.args) == 1 and isinstance(value.args[0].value, Lambda):
        func, callee = value.args[0].value, value.callee
        if _begins(callee):
            return _Attempt(func, tuple(reversed(on)), tuple(reversed(failed)))
        if not isinstance(callee, Member) or not isinstance(callee.key, Text):
            return None
        if callee.key.value not in _ON | _FAILED:
            return None
        (on if callee.key.value in _ON else failed).append(func)
        value = callee.base
    return None


def _begins(callee: Expression) -> bool:
    if isinstance(callee, Name):
        return callee.id in _BEGIN
    if not isinstance(callee, Member) or not isinstance(callee.key, Text):
        return False
    function = f"{callee.base.id}.{callee.key.value}" if isinstance(callee.base, Name) else ""
    return function in _BEGIN or callee.key.value == "runCatching"


def _tried(attempt: _Attempt, tail: tuple[Stmt, ...], span: Span, handler: Expression | None = None) -> Try:
    value: Expression = Call(attempt.work, (), attempt.work.span)
    for func in attempt.on:
        value = Call(func, (Arg(value, value.span),), func.span)
    looks = [*attempt.failed, *([handler] if isinstance(handler, Lambda) else [])]
    name = next((parameter(func) for func in looks), "") or "it"
    body = (*(called(func) for func in attempt.failed), *tail)
    return Try((ExpressionStatement(value, span),), (Handler((), name, body, span),), span)


def _handled(value: Expression) -> tuple[Stmt, ...]:
    return (called(value) if isinstance(value, Lambda) else ExpressionStatement(value, value.span),)
