"""Other files of a repository that the named ones have to do with, where only some are scanned: those that define what
they use, and those that use what they define. By names alone, so it costs little; a whole scan needs none of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Assign, Class, Define, Expression, Func, Member, Name, Stmt, Text, Unit
from pcmfa_lint.limits import COMMON_NAME_FILES

SHORTEST = 4  # characters of a name that is looked for


def names(units: Iterable[Unit]) -> frozenset[str]:
    """The names that these files define and use, as far as they may stand in another file."""
    collected: set[str] = set()
    for unit in units:
        collected.add(PurePosixPath(unit.path).stem)
        collected.update(PurePosixPath(imp.module.rpartition(".")[2]).stem for imp in unit.imports)
        for body in _bodies(unit.body):
            collected.update(_defined(body))
            collected.update(_used(body))
    return frozenset(name for name in collected if len(name) >= SHORTEST)


def rare(passes: Iterable[tuple[str, str]]) -> set[str]:
    """Of files by the name that they hold those whose name is not common."""
    pairs = list(passes)
    holders = Counter(name for name, _ in pairs)
    return {path for name, path in pairs if holders[name] <= COMMON_NAME_FILES}


def _bodies(body: tuple[Stmt, ...]) -> Iterator[tuple[Stmt, ...]]:
    yield body
    for stmt in walk.statements(body):
        if isinstance(stmt, Define) and isinstance(stmt.what, Class):
            yield from _bodies(stmt.what.body)
    for func in walk.functions(body):
        yield func.body


def _defined(body: Iterable[Stmt]) -> Iterator[str]:
    for stmt in body:
        if isinstance(stmt, Define) and isinstance(stmt.what, (Func, Class)):
            yield stmt.what.name
            if isinstance(stmt.what, Class):
                yield from (walk.last(base) for base in stmt.what.bases)
            else:
                yield from (param.type for param in stmt.what.params)
        elif isinstance(stmt, Assign):
            yield from (target.id for target in stmt.targets if isinstance(target, Name))


def _used(body: Iterable[Stmt]) -> Iterator[str]:
    for value in walk.values(body):
        yield from _named(value)


def _named(value: Expression) -> Iterator[str]:
    if isinstance(value, Name):
        yield value.id.rpartition(".")[2]
    elif isinstance(value, Member) and isinstance(value.key, Text):
        yield value.key.value
