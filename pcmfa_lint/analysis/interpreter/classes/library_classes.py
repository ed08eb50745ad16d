"""Classes of the repository that are derived of a library's class, or include its module: they have its methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.state.machine import LibraryBase
from pcmfa_lint.analysis.values.model import ClassVal, ExternalSymbol, ObjectValue, StringValue, UnknownValue, Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.knowledge.catalog import CallSpec
from pcmfa_lint.limits import BASES

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def inherited(
    run: RunState, cls: ClassVal, name: str, place: Place, frame: Frame
) -> tuple[CallSpec, ObjectValue] | None:
    """The catalog's entry for a method that a class has from a library, and what it is called on: an object of the
    library's type with what the class sets of it. None if it has no such method."""
    for kind in (kind for base in _library_bases(run, cls) for kind in base.names):
        spec = frame.index.method(name, kind)
        if spec is not None and kind in spec.match.on:
            return spec, _object_of(run, cls, spec, kind, place, frame)
    return None


def inherited_member(run: RunState, cls: ClassVal, name: str, place: Place) -> Values:
    """The object of a library that a class has from its base by this name, such as the manager of a model; nothing if
    the catalog knows no such type."""
    for base in _library_bases(run, cls):
        types = run.program.index(base.language).types
        kind = next((f"{kind}.{name}" for kind in base.names if f"{kind}.{name}" in types), "")
        if kind:
            return (run.object(kind, place),)
    return ()


def _object_of(run: RunState, cls: ClassVal, spec: CallSpec, kind: str, place: Place, frame: Frame) -> ObjectValue:
    holder = run.object(kind, place)
    for where in spec.args.values():
        for choice in where.split("|"):
            head, _, key = choice.partition(".")
            vals = run.member_of(cls, (StringValue(key),), place, frame) if head == "receiver" and key else ()
            if vals and not all(isinstance(val, UnknownValue) for val in vals):
                holder.attrs[key] = vals
    return holder


def library_base(run: RunState, cls: ClassVal) -> str:
    """The type of the client that a class is derived of, at whatever distance; empty if there is none."""
    for base in _library_bases(run, cls):
        index = run.program.index(base.language)
        for name in base.names:
            spec = index.function(name) or index.new(name)
            if spec is not None and spec.is_ == "session":
                return spec.result.get("type", "") or name
    return ""


def inherits(run: RunState, cls: ClassVal, method: str) -> bool:
    """Whether a class has a method of the client that it is derived of."""
    kind = library_base(run, cls)
    return bool(kind) and run.program.index(cls.unit.language).method(method, kind) is not None


def _library_bases(run: RunState, cls: ClassVal) -> tuple[LibraryBase, ...]:
    """The bases outside the repository of a class and of those of the repository that it is derived of."""
    if cls not in run.library_bases:
        run.library_bases[cls] = ()  # while they are looked for: a class may be its own base
        run.library_bases[cls] = tuple(_looked_up(run, cls, BASES, set()))
    return run.library_bases[cls]


def _looked_up(run: RunState, cls: ClassVal, depth: int, visited: set[ClassVal]) -> Iterator[LibraryBase]:
    visited.add(cls)
    for part in (cls, *cls.others):
        for base in part.cls.bases if depth else ():
            meanings = run.named_base(base, part.unit)
            parent = next((val for val in meanings if isinstance(val, ClassVal)), None)
            if parent is not None and parent.cls is not cls.cls:
                if parent not in visited:
                    yield from _looked_up(run, parent, depth - 1, visited)
                continue
            names = dict.fromkeys(val.name for val in meanings if isinstance(val, ExternalSymbol))
            yield LibraryBase(tuple(name for name in (*names, walk.dotted(base)) if name), part.unit.language)
