"""Operators of Reactor and of futures that catch: what else is written with `try` and `catch`."""

from __future__ import annotations

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Block,
    Call,
    Conditional,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    If,
    Lambda,
    Member,
    Name,
    Raise,
    Return,
    Span,
    Stmt,
    Text,
    Try,
)

_VALUES = {"onErrorReturn", "onErrorReturnItem", "recoverWithItem"}
_NOTHING = {"onErrorComplete", "recoverWithNull", "otherwiseEmpty"}
_HANDLERS = {"onErrorResume", "onErrorResumeNext", "exceptionally", "exceptionallyCompose", "recoverWithUni", "catch"}
_OTHERS = {"onErrorMap"}
_AGAIN = {"retry", "retryWhen"}
_FILTERS = {"filter", "onlyIf", "from"}
_REACTIVE = {"bodyToMono", "bodyToFlux", "exchangeToMono", "exchangeToFlux", "toEntity", "toBodilessEntity"}
_OF_ERRORS = {"onFailure"}  # `uni.onFailure(X.class).recoverWithItem(a)`


def handled(callee: Expression, args: tuple[Arg, ...], span: Span) -> Block | Call | None:
    """`mono.onErrorReturn(X.class, a)`, `mono.onErrorResume(e -> b)`, `mono.onErrorMap(e -> c)`, `mono.retry(n)`,
    `future.exceptionally(e -> d)`; None for other calls."""
    if not isinstance(callee, Member) or not isinstance(callee.key, Text) or len(args) > 2:
        return None
    method, last = callee.key.value, args[-1].value if args else None
    if method in _AGAIN and _is_reactive(callee.base):
        return _again(callee, args, span)
    types = [arg.value.id for arg in args[:-1] if isinstance(arg.value, Name)]
    base = callee.base
    if isinstance(base, Call) and walk.last(base.callee) in _OF_ERRORS and isinstance(base.callee, Member):
        types += [arg.value.id for arg in base.args if isinstance(arg.value, Name)]
        base = base.callee.base
    name, body = _body(method, last, span)
    if body is None:
        return None
    tried = Try((ExpressionStatement(base, base.span),), (Handler(tuple(types), name, (body,), span),), span)
    return Block((tried,), span)


def _is_reactive(value: Expression) -> bool:
    """Whether a chain is one of Reactor's."""
    while isinstance(value, (Call, Member)):
        value, name = (value.callee, "") if isinstance(value, Call) else (value.base, walk.last(value))
        if name in _REACTIVE:
            return True
    return False


def _again(callee: Member, args: tuple[Arg, ...], span: Span) -> Call | None:
    """`mono.retry(n)`, `mono.retryWhen(Retry.max(n))`: the function that gives what stands before, and how often. What
    is repeated only for some errors is left alone."""
    policies = [v for arg in args for v in walk.within(arg.value)]
    if any(isinstance(v, Lambda) or walk.last(v) in _FILTERS for v in policies):
        return None
    sent = Lambda(Func("", (), (Return(callee.base, callee.base.span),), callee.base.span), callee.base.span)
    counts = tuple(arg for v in policies if isinstance(v, Call) for arg in v.args[:1]) or args[:1]
    return Call(Name("Mono.retry", span), (Arg(sent, callee.base.span), *counts[:1]), span)


def _body(method: str, last: Expression | None, span: Span) -> tuple[str, Stmt | None]:
    """What such a method does with an error, and what it calls the error."""
    if method in _NOTHING and last is None:
        last = Text("None", span, "constant")
    elif last is None or method in _NOTHING:
        return "", None
    if method in _VALUES or method in _NOTHING:
        return "", called(Lambda(Func("", (), (Return(last, last.span),), last.span), last.span))
    if method in _HANDLERS and isinstance(last, Lambda):
        return parameter(last), called(last)
    if method in _OTHERS and isinstance(last, Lambda):
        value = next((stmt.value for stmt in last.func.body if isinstance(stmt, Return) and stmt.value), None)
        return parameter(last), Raise(value, last.span)
    return "", None


def parameter(handler: Lambda) -> str:
    """The name by which a function calls what it is given."""
    return handler.func.params[0].name if handler.func.params else ""


def called(handler: Lambda) -> ExpressionStatement:
    """A call of a function that handles an error, with the error."""
    body = tuple(each for stmt in handler.func.body for each in _branches(stmt))
    handler = replace(handler, func=replace(handler.func, body=body))
    args = tuple(Arg(Name(param.name, param.span), param.span) for param in handler.func.params[:1])
    return ExpressionStatement(Call(handler, args, handler.span), handler.span)


def _branches(stmt: Stmt) -> tuple[Stmt, ...]:
    """`return a ? b : c` as an If, since one way may raise."""
    if (
        isinstance(stmt, Return)
        and isinstance(stmt.value, Conditional)
        and stmt.value.test
        and len(stmt.value.items) == 2
    ):
        one, other = ((Return(item, item.span),) for item in stmt.value.items)
        return (If((Arm(stmt.value.test, one), Arm(None, other)), stmt.span),)
    return (stmt,)
