"""What the syntax of a repository says by itself, looked up once: its functions, and what each of them names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Func, Name, Stmt, Unit


class Outline:
    """Answers about units and functions, each worked out at its first question."""

    def __init__(self) -> None:
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
        """What the body of a unit and each of its functions call."""
        yield self.called(unit)
        for func in self.functions(unit):
            yield self.called(func)

    def mentions(self, func: Func) -> Counter[str]:
        """How often each name stands in a function, and in those that are defined in it."""
        if id(func) not in self._mentions:
            bodies = (func.body, *(inner.body for inner in walk.functions(func.body)))
            self._mentions[id(func)] = Counter(name for body in bodies for name in _names(body))
        return self._mentions[id(func)]

    def names(self, unit: Unit) -> frozenset[str]:
        """The names that stand anywhere in a unit."""
        if unit.path not in self._names:
            bodies = (unit.body, *(func.body for func in self.functions(unit)))
            self._names[unit.path] = frozenset(name for body in bodies for name in _names(body))
        return self._names[unit.path]


def _names(body: Iterable[Stmt]) -> Iterable[str]:
    return (value.id for value in walk.values(body) if isinstance(value, Name))
