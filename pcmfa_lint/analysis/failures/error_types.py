"""The types of the error that a failed request raises: its library's own, or one that the repository raises in its
place."""

from __future__ import annotations

from typing import TypeAlias

from pcmfa_lint.analysis.program.symbols import Program
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Expression, Member, Name, Unit

ErrorTypes: TypeAlias = frozenset[str]  # folded last names of a type and of its bases; empty: the library's own error

LIBRARY: ErrorTypes = frozenset()
_ANY = ("error", "exception", "throwable")  # types that say nothing of an error


def raised_types(value: Expression | None, unit: Unit, program: Program) -> ErrorTypes:
    """The types of the error that a statement raises; empty where it is the one it got, or not known."""
    name = _type_name(value, unit, program)
    return _with_bases(name, unit, program) if name else LIBRARY


def _type_name(value: Expression | None, unit: Unit, program: Program) -> str:
    """The name of the class that is made, or that is raised as such."""
    if isinstance(value, (Name, Member)):
        name = walk.last(value)
        return name if program.cls(unit, name) is not None else ""
    if not isinstance(value, Call):
        return ""
    name = walk.last(value.callee)
    if value.kind == "new" or program.cls(unit, name) is not None:
        return name
    maker = walk.last(value.callee.base) if isinstance(value.callee, Member) else ""
    if maker and program.cls(unit, maker) is not None:  # `ApiError.of(answer)`
        return maker
    func = program.function(unit, name)
    if func is not None:
        kind = func.func.type.partition("<")[0]
        return kind if kind.casefold() not in _ANY else ""
    return name if name[:1].isupper() and isinstance(value.callee, Name) else ""


def _with_bases(name: str, unit: Unit, program: Program) -> ErrorTypes:
    names: set[str] = set()
    queue = [(name, unit)]
    for one, where in queue:
        folded = one.casefold()
        cls = program.cls(where, one) if folded not in names else None
        names.add(folded)
        if cls is not None:
            bases = (base.callee if isinstance(base, Call) else base for base in cls.cls.bases)
            queue += [(walk.last(base), cls.unit) for base in bases if walk.last(base)]
    return frozenset(names)
