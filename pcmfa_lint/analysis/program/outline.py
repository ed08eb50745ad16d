"""The outline of a repository, from its syntax alone and made once: its functions, and what each of them names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.exhaustive import assert_never
from pcmfa_lint.ir.nodes import (
    Assign,
    Block,
    Call,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    If,
    Jump,
    Lambda,
    Loop,
    Member,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Try,
    Unit,
    With,
)

_GIVEN = frozenset(("_", "input", "args", "this"))  # set by a call itself


class Outline:
    """Answers about units and functions, each worked out at its first question."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units
        self._set: frozenset[str] | None = None
        self._functions: dict[str, tuple[Func, ...]] = {}
        self._called: dict[int, frozenset[str]] = {}
        self._mentions: dict[int, Counter[str]] = {}
        self._names: dict[str, frozenset[str]] = {}

    def functions(self, unit: Unit) -> tuple[Func, ...]:
        """Every function of a unit, methods and nested ones too."""
        if unit.path not in self._functions:
            self._functions[unit.path] = tuple(walk.functions(unit.body))
        return self._functions[unit.path]

    def called(self, code: Func | Unit) -> frozenset[str]:
        """The last names of what the body of a function or a file calls, as written; not of functions defined in it."""
        if id(code) not in self._called:
            calls = (v for v in walk.values(code.body) if isinstance(v, Call))
            self._called[id(code)] = frozenset(walk.last(call.callee) for call in calls)
        return self._called[id(code)]

    def all_called(self, unit: Unit) -> Iterable[frozenset[str]]:
        """The names that the body of a unit and each of its functions call."""
        yield self.called(unit)
        for func in self.functions(unit):
            yield self.called(func)

    def members(self, unit: Unit) -> Iterable[str]:
        """The names of all members that a unit and its functions ask for."""
        for body in (unit.body, *(func.body for func in self.functions(unit))):
            yield from (walk.last(value) for value in walk.values(body) if isinstance(value, Member))

    def mentions(self, func: Func) -> Counter[str]:
        """The number of times that each name stands in a function, and in those that are defined in it."""
        if id(func) not in self._mentions:
            bodies = (func.body, *(inner.body for inner in walk.functions(func.body)))
            self._mentions[id(func)] = Counter(name for body in bodies for name in _names(body))
        return self._mentions[id(func)]

    def may_be_set(self, name: str) -> bool:
        """Whether anything in the repository gives a variable of this name a value, or defines a function of it
        (`function:name`); without regard to case."""
        if self._set is None:
            names = {name for unit in self._units for name in self._set_in(unit)}
            self._set = frozenset(name.casefold() for name in names) | _GIVEN
        return name.casefold() in self._set

    def _set_in(self, unit: Unit) -> Iterator[str]:
        funcs = self.functions(unit)
        for func in funcs:
            yield f"function:{func.name}"
        for body in (unit.body, *(func.body for func in funcs)):
            yield from _set_by(body)
        for func in funcs:
            yield from (name for param in func.params for name in (param.name, *param.aliases))

    def names(self, unit: Unit) -> frozenset[str]:
        """The names that stand anywhere in a unit."""
        if unit.path not in self._names:
            bodies = (unit.body, *(func.body for func in self.functions(unit)))
            self._names[unit.path] = frozenset(name for body in bodies for name in _names(body))
        return self._names[unit.path]


def _set_by(body: Iterable[Stmt]) -> Iterator[str]:
    """The variables that statements set, or whose value a method may fill; those of lambdas in them, too."""
    body = list(body)
    yield from _set_by_statements(body)
    for value in walk.values(body):
        match value:
            case Call(callee=Member() as callee):
                yield from _roots(callee)
            case Lambda(func=func):
                yield from (param.name for param in func.params)
                yield from _set_by_statements(func.body)
            case Block(body=inner):
                yield from _set_by_statements(inner)


def _set_by_statements(body: Iterable[Stmt]) -> Iterator[str]:
    for stmt in walk.statements(body):
        for target in _targets(stmt):
            yield from _roots(target)
        if isinstance(stmt, Try):
            yield from (handler.name for handler in stmt.handlers)


def _targets(stmt: Stmt) -> Iterable[Expression]:
    match stmt:
        case Assign(targets=targets):
            return targets
        case Loop(target=target) if target is not None:
            return (target,)
        case With(items=items):
            return [target for _, target in items if target is not None]
        case Loop() | ExpressionStatement() | If() | Try() | Return() | Raise() | Jump() | Define():
            return ()
        case _:
            return assert_never(stmt)


def _roots(target: Expression) -> Iterator[str]:
    """The variables that a target names: of a member, the one that holds it."""
    match target:
        case Name(id=name):
            yield name
        case Member(base=base):
            yield from _roots(base)
        case Seq(items=items):
            for item in items:
                yield from _roots(item)
        case Call(args=args, callee=callee):
            yield from _roots(callee)
            for arg in args:
                yield from _roots(arg.value)


def _names(body: Iterable[Stmt]) -> Iterable[str]:
    return (value.id for value in walk.values(body) if isinstance(value, Name))
