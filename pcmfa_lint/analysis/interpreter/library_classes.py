"""Classes of the repository that are derived of a library's class, or include its module: they have its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.interpreter import objects
from pcmfa_lint.analysis.values.model import ClassVal, ObjectValue, StringValue, UnknownValue
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
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
    for part in objects.parts(cls):
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
