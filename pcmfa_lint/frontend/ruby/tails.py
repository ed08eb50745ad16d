"""The results of a body: in Ruby the value of its last statement, in each of the ways that it can end."""

from __future__ import annotations

from collections.abc import Callable

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    Call,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Jump,
    Loop,
    Member,
    Name,
    Raise,
    Return,
    Span,
    Stmt,
    Text,
    Try,
)

Make = Callable[[Expression], Stmt]

_SHOWN = ("puts", "print", "p", "pp", "warn", "printf", "putc", "sleep")  # whose value nobody wants
_LEAVES = (Raise, Return, Jump)


def returned(stmts: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The body of a method or block: its last value is what it gives back."""
    return _last(stmts, lambda value: Return(value, value.span))


def left(stmts: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """Statements used as a value: only the last one leaves something."""
    first = tuple(_dropped(stmt) for stmt in stmts[:-1])
    return first + _last(stmts[-1:], lambda value: ExpressionStatement(value, value.span), left)


def ran(stmts: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """Statements in a row: a name whose value nobody takes is a call."""
    return tuple(_called(stmt) for stmt in stmts[:-1]) + stmts[-1:]


def again(stmt: Try, span: Span) -> Loop:
    """`begin … rescue … retry end`: a loop that ends where nothing begins it again."""
    ended = Jump("break", span)
    handlers = tuple(replace(one, body=_ends(one.body, ended)) for one in stmt.handlers)
    return Loop("while", (replace(stmt, handlers=handlers), ended), span, test=curly_braces.constant("True", span))


def _ends(body: tuple[Stmt, ...], ended: Jump) -> tuple[Stmt, ...]:
    return body if body and isinstance(body[-1], _LEAVES) else (*body, ended)


def _dropped(stmt: Stmt) -> Stmt:
    if not isinstance(stmt, ExpressionStatement):
        return stmt
    return Assign((Name("_", stmt.span, "local"),), stmt.value, stmt.span)


def _called(stmt: Stmt) -> Stmt:
    value = stmt.value if isinstance(stmt, ExpressionStatement) else None
    member = isinstance(value, Member) and isinstance(value.key, Text) and value.key.kind == "bare"
    if (member or isinstance(value, Name)) and value is not None and walk.last(value)[:1].islower():
        return ExpressionStatement(Call(value, (), value.span), stmt.span)
    return stmt


def _last(
    stmts: tuple[Stmt, ...], make: Make, inner: Callable[[tuple[Stmt, ...]], tuple[Stmt, ...]] | None = None
) -> tuple[Stmt, ...]:
    """The statements with `make` of what the last one leaves. `inner`: does the same in the ways of a branch."""
    if not stmts:
        return stmts
    within = inner or (lambda some: _last(some, make))
    *first, stmt = stmts
    return (*first, *_of(stmt, make, within))


def _of(stmt: Stmt, make: Make, within: Callable[[tuple[Stmt, ...]], tuple[Stmt, ...]]) -> tuple[Stmt, ...]:
    match stmt:
        case ExpressionStatement(value=Block(body=body)) if body and isinstance(body[-1], _LEAVES):
            return (stmt,)
        case ExpressionStatement(value=value):
            return (stmt,) if _is_shown(value) else (make(value),)
        case Assign(targets=(target, *_)):
            return (stmt, make(replace(target, scope="") if isinstance(target, Name) else target))
        case If(arms=arms, span=span):
            return (If(tuple(Arm(arm.test, within(arm.body)) for arm in arms), span),)
        case Try():
            return (_tried(stmt, within),)
        case Loop(body=(Try() as tried, Jump(kind="break") as ended)):
            handlers = tuple(replace(one, body=_without(one.body, ended)) for one in tried.handlers)
            wrapped = _tried(replace(tried, handlers=handlers), within)
            closed = tuple(replace(one, body=_ends(one.body, ended)) for one in wrapped.handlers)
            return (replace(stmt, body=(replace(wrapped, handlers=closed), ended)),)
    return (stmt,)


def _tried(stmt: Try, within: Callable[[tuple[Stmt, ...]], tuple[Stmt, ...]]) -> Try:
    handlers: tuple[Handler, ...] = tuple(replace(one, body=within(one.body)) for one in stmt.handlers)
    if stmt.otherwise:
        return replace(stmt, otherwise=within(stmt.otherwise), handlers=handlers)
    return replace(stmt, body=within(stmt.body), handlers=handlers)


def _without(body: tuple[Stmt, ...], ended: Jump) -> tuple[Stmt, ...]:
    return body[:-1] if body and body[-1] is ended else body


def _is_shown(value: Expression) -> bool:
    """Whether a call only shows something: of the language, or of what is called a log."""
    if not isinstance(value, Call):
        return False
    if isinstance(value.callee, Name):
        return value.callee.id in _SHOWN
    return isinstance(value.callee, Member) and "log" in walk.last(value.callee.base).lower()
