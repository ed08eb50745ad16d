"""Plain walks over the syntax of a Unit, without evaluating anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pcmfa_lint.ir.exhaustive import assert_never
from pcmfa_lint.ir.nodes import (
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    If,
    Jump,
    Lambda,
    Loop,
    Mapping,
    Member,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Text,
    Try,
    Unknown,
    With,
)


def parts(value: Expression) -> Iterable[Expression]:
    """The values directly inside a value."""
    match value:
        case Call(callee=callee, args=args, piped=piped):
            inner = [callee, *[arg.value for arg in args]]
            return inner if piped is None else [piped, *inner]
        case Member(base=base, key=key):
            return (base, key)
        case Text() | Name():
            return ()
        case Concatenation(parts=items) | Unknown(parts=items):
            return items
        case Seq(items=items) | BooleanOperation(items=items):
            return items
        case Conditional(items=items, test=test):
            return items if test is None else (test, *items)
        case Compare(left=left, right=right):
            return (left, right)
        case Mapping(entries=entries, spreads=spreads):
            return [*[v for e in entries for v in (e.key, e.value)], *spreads]
        case Lambda() | Block():
            return ()
        case _:
            return assert_never(value)


def blocks(stmt: Stmt) -> Iterable[tuple[Stmt, ...]]:
    """The statement lists directly inside a statement; definitions keep theirs to themselves."""
    match stmt:
        case If(arms=arms):
            return [arm.body for arm in arms]
        case Loop(body=body) | With(body=body):
            return [body]
        case Try(body=body, handlers=handlers, otherwise=otherwise, final=final):
            return [body, *(h.body for h in handlers), otherwise, final]
        case Assign() | ExpressionStatement() | Return() | Raise() | Jump() | Define():
            return ()
        case _:
            return assert_never(stmt)


def heads(stmt: Stmt) -> Iterable[Expression]:
    """The values that stand directly in a statement."""
    match stmt:
        case Assign(targets=targets, value=value):
            return (value, *targets)
        case ExpressionStatement(value=value):
            return (value,)
        case If(arms=arms):
            return [arm.test for arm in arms if arm.test is not None]
        case Loop(target=target, source=source, test=test):
            return [v for v in (source, target, test) if v is not None]
        case Try(handlers=handlers):
            return [h.test for h in handlers if h.test is not None]
        case With(items=items):
            return [v for pair in items for v in pair if v is not None]
        case Return(value=v) | Raise(value=v) | Jump(value=v):
            return () if v is None else (v,)
        case Define():
            return ()
        case _:
            return assert_never(stmt)


def values(stmts: Iterable[Stmt], lambdas: bool = True) -> Iterator[Expression]:
    """Every value in these statements, outer before inner, in order; not inside definitions."""
    stack: list[Expression | Stmt] = [*stmts]
    return _values(stack[::-1], lambdas)


def within(value: Expression, lambdas: bool = True) -> Iterator[Expression]:
    """The value and every value in it."""
    return _values([value], lambdas)


def _values(stack: list[Expression | Stmt], lambdas: bool) -> Iterator[Expression]:
    """Every value in what is on the stack, its end first: one loop for all depths, so that each costs the same."""
    while stack:
        current = stack.pop()
        kind = type(current)
        if kind in _LEAVES:
            yield current  # type: ignore[misc]
        elif kind in _STATEMENTS:
            for block in [*blocks(current)][::-1]:  # type: ignore[arg-type]
                stack += block[::-1]
            stack += [*heads(current)][::-1]  # type: ignore[arg-type]
        else:
            yield current  # type: ignore[misc]
            if isinstance(current, Lambda):
                stack += current.func.body[::-1] if lambdas else ()
            elif isinstance(current, Block):
                stack += current.body[::-1]
            else:
                stack += [*parts(current)][::-1]  # type: ignore[arg-type]


_LEAVES = frozenset((Text, Name))
_STATEMENTS = frozenset((Assign, ExpressionStatement, If, Loop, Try, With, Return, Raise, Jump, Define))


def statements(stmts: Iterable[Stmt]) -> Iterator[Stmt]:
    """Every statement, outer before inner; not inside definitions."""
    stack = [*stmts][::-1]
    while stack:
        current = stack.pop()
        yield current
        if type(current) in _WITH_BLOCKS:
            for block in [*blocks(current)][::-1]:
                stack += block[::-1]


_WITH_BLOCKS = frozenset((If, Loop, Try, With))


def functions(stmts: Iterable[Stmt]) -> Iterator[Func]:
    """Every function defined in these statements, methods and nested ones too, and functions as values that have got a
    name."""
    for stmt in statements(stmts):
        if isinstance(stmt, Define):
            if isinstance(stmt.what, Func):
                yield stmt.what
            yield from functions(stmt.what.body)
        for head in heads(stmt):
            for value in within(head, lambdas=False):
                if isinstance(value, Lambda):
                    if value.func.name:
                        yield value.func
                    yield from functions(value.func.body)


def last(value: Expression) -> str:
    """The last name of a Name or Member, whatever it is a member of; "" for anything else."""
    if isinstance(value, Member):
        return value.key.value if isinstance(value.key, Text) else ""
    return value.id if isinstance(value, Name) else ""


def decorator_name(value: Expression) -> str:
    """`a.b` of the decorator or annotation `@a.b` or `@a.b(c)`."""
    return dotted(value.callee if isinstance(value, Call) else value)


def is_property(func: Func) -> bool:
    """Whether a method is read as a member."""
    return any(dotted(one).rpartition(".")[2] in ("property", "cached_property") for one in func.decorators)


def dotted(value: Expression) -> str:
    """`a.b.c` of a Name or of Members with written-out keys; "" for anything else."""
    if isinstance(value, Name):
        return value.id
    if isinstance(value, Member) and isinstance(value.key, Text):
        base = dotted(value.base)
        return f"{base}.{value.key.value}" if base else ""
    return ""
