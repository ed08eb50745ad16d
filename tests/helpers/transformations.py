"""Changes of the form of code that leave its meaning: once, on Units, for every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Arg, Assign, Call, Class, Define, Func, Import, Name, Return, Stmt, Text, Unit

Transformation = Callable[[Sequence[Unit]], list[Unit] | None]  # None: there is nothing of that kind to change
_BY_NAME = ("csharp", "java", "powershell", "php")  # what another file defines needs no import
_SUFFIX = {"python": "py", "powershell": "ps1"}


def reordered(units: Sequence[Unit]) -> list[Unit] | None:
    """Functions, classes and their methods stand in the opposite order."""
    changed = [replace(unit, body=_reordered(unit.body)) for unit in units]
    return changed if changed != list(units) else None


def _reordered(body: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    last_first = iter([stmt for stmt in body if _defines(stmt)][::-1])
    return tuple(_inner_reordered(next(last_first)) if _defines(stmt) else stmt for stmt in body)


def _inner_reordered(stmt: Stmt) -> Stmt:
    if isinstance(stmt, Define) and isinstance(stmt.what, Class):
        return replace(stmt, what=replace(stmt.what, body=_reordered(stmt.what.body)))
    return stmt


def _defines(stmt: Stmt) -> bool:
    return isinstance(stmt, Define) and bool(stmt.what.name)


def split(units: Sequence[Unit]) -> list[Unit] | None:
    """Each function and class of a file, but the first, stands in a file of its own."""
    changed: list[Unit] = []
    for unit in units:
        defined = [stmt for stmt in unit.body if _defines(stmt)][1:] if unit.language in _BY_NAME else []
        head, _, suffix = unit.path.rpartition(".")
        changed.append(replace(unit, body=tuple(stmt for stmt in unit.body if stmt not in defined)))
        changed += [
            replace(unit, path=f"{head}_{number}.{suffix}", body=(stmt,), comments=())
            for number, stmt in enumerate(defined)
        ]
    return changed if len(changed) > len(units) else None


def with_unrelated_code(units: Sequence[Unit]) -> list[Unit]:
    """Files that have nothing to do with the others stand before and after them."""
    first = read(b"function Get-Unrelated($a) { return $a + 1 }\nGet-Unrelated 2\n", "a_unrelated.ps1")
    text = b"def unrelated(a):\n    return a + 1\n\n\nclass Other:\n    def run(self):\n        return unrelated(2)\n"
    return [first, *units, read(text, "z_unrelated.py")]


def wrapped(units: Sequence[Unit]) -> list[Unit] | None:
    """Each plain function is called through another one of its name."""
    changed = [replace(unit, body=tuple(_wrapped(unit))) for unit in units]
    return changed if changed != list(units) else None


def _wrapped(unit: Unit) -> Iterator[Stmt]:
    for stmt in unit.body:
        func = stmt.what if isinstance(stmt, Define) and isinstance(stmt.what, Func) else None
        plain = func is not None and func.name and not func.decorators and not any(p.kind for p in func.params)
        if func is None or not plain or unit.language not in ("python", "powershell", "javascript"):
            yield stmt
            continue
        command = unit.language == "powershell"
        span, name = func.span, func.name + "Inner"
        args = tuple(Arg(Name(p.name, span), span, name=p.name if command else None) for p in func.params)
        call = Call(Name(name, span), args, span, kind="command" if command else "call")
        yield Define(replace(func, name=name), span)
        yield Define(replace(func, body=(Return(call, span),)), span)


def with_constants_elsewhere(units: Sequence[Unit]) -> list[Unit] | None:
    """Texts that variables hold for good stand in a file of their own."""
    changed = [part for unit in units for part in _without_constants(unit)]
    return changed if len(changed) > len(units) else None


def _without_constants(unit: Unit) -> list[Unit]:
    suffix = _SUFFIX.get(unit.language)
    assigned = Counter(target.id for stmt in _assigns(unit) for target in stmt.targets if isinstance(target, Name))
    constants = {name: stmt for stmt in unit.body for name in _constant(stmt)}
    moved = {name: stmt for name, stmt in constants.items() if assigned[name] == 1}
    if suffix is None or not moved:
        return [unit]
    span = unit.body[0].span
    names = tuple((name, name) for name in moved)
    module = "moved_" + PurePosixPath(unit.path).stem
    imp = Import(module, span, names) if suffix == "py" else Import(f"{module}.ps1", span, kind="source")
    path = "/".join([*unit.path.split("/")[:-1], f"{module}.{suffix}"])
    there = replace(unit, path=path, body=tuple(moved.values()), imports=(), comments=())
    kept = tuple(stmt for stmt in unit.body if stmt not in there.body)
    return [replace(unit, body=kept, imports=(*unit.imports, imp)), there]


def _constant(stmt: Stmt) -> Iterator[str]:
    """The name that a statement gives to a text."""
    if isinstance(stmt, Assign) and stmt.op == "=" and len(stmt.targets) == 1 and isinstance(stmt.value, Text):
        target = stmt.targets[0]
        if isinstance(target, Name) and not target.scope:
            yield target.id


def _assigns(unit: Unit) -> Iterator[Assign]:
    for body in (unit.body, *(func.body for func in walk.functions(unit.body))):
        yield from (stmt for stmt in walk.statements(body) if isinstance(stmt, Assign))


TRANSFORMATIONS: dict[str, Transformation] = {
    "reordered": reordered,
    "split": split,
    "with unrelated code": with_unrelated_code,
    "wrapped": wrapped,
    "constants elsewhere": with_constants_elsewhere,
}
