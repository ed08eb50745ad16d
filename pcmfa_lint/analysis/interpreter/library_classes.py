"""Classes of the repository that are derived of a library's class, or include its module: they have its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.values.model import ClassVal, ExternalSymbol, ObjectValue, StringValue, UnknownValue
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Expression, Unit
from pcmfa_lint.knowledge.catalog import CallSpec
from pcmfa_lint.limits import BASES

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def inherited(
    run: RunState, cls: ClassVal, name: str, place: Place, frame: Frame, depth: int = BASES
) -> tuple[CallSpec, ObjectValue] | None:
    """What the catalog says of a method that a class has from a library, and what it is called on: an object of the
    library's type with what the class sets of it. None if it has no such method."""
    found = _of_bases(run, cls, name, frame, depth)
    if found is None:
        return None
    spec, kind = found
    holder = run.object(kind, place)
    for where in spec.args.values():
        for choice in where.split("|"):
            head, _, key = choice.partition(".")
            vals = run.member_of(cls, (StringValue(key),), place, frame) if head == "receiver" and key else ()
            if vals and not all(isinstance(val, UnknownValue) for val in vals):
                holder.attrs[key] = vals
    return spec, holder


def _of_bases(run: RunState, cls: ClassVal, name: str, frame: Frame, depth: int) -> tuple[CallSpec, str] | None:
    """The catalog's entry for a method of one of the classes that a class is derived of, with the name of that one."""
    for part in (cls, *cls.others):
        for base in part.cls.bases:
            kind = walk.dotted(base)
            parent = run.program.cls(part.unit, kind.rpartition(".")[2]) if kind else None
            if parent is not None and parent.cls is not cls.cls:
                found = _of_bases(run, parent, name, frame, depth - 1) if depth else None
                if found is not None:
                    return found
            elif kind and (spec := frame.index.method(name, kind)) is not None and kind in spec.match.on:
                return spec, kind
    return None


def library_base(run: RunState, cls: ClassVal) -> str:
    """The type of the client that a class is derived of, at whatever distance; empty if there is none."""
    if cls not in run.library_bases:
        run.library_bases[cls] = ""  # while it is looked for: a class may be its own base
        run.library_bases[cls] = _found(run, cls, BASES)
    return run.library_bases[cls]


def inherits(run: RunState, cls: ClassVal, method: str) -> bool:
    """Whether a class has a method of the client that it is derived of."""
    kind = library_base(run, cls)
    return bool(kind) and run.program.index(cls.unit.language).method(method, kind) is not None


def _found(run: RunState, cls: ClassVal, depth: int) -> str:
    for part in (cls, *cls.others):
        for base in part.cls.bases if depth else ():
            parent = run.base(base, part.unit)
            name = _client(run, base, part.unit) if parent is None else _found(run, parent, depth - 1)
            if name:
                return name
    return ""


def _client(run: RunState, base: Expression, unit: Unit) -> str:
    """The type of a base that the catalog knows as a client."""
    index = run.program.index(unit.language)
    names = [val.name for val in run.named_base(base, unit) if isinstance(val, ExternalSymbol)]
    for name in (*names, walk.dotted(base)):
        spec = index.function(name) or index.new(name) if name else None
        if spec is not None and spec.is_ == "session":
            return spec.result.get("type", "") or name
    return ""
