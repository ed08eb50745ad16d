"""Objects in languages that name them by a word (`this`), and whose members may be named bare.

There a bare name can be a member of the object or of its class; methods have overloads; a class may be written in
several files; and what a constructor or a field holds may be told by its type alone, where a container fills it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects import dispatch
from pcmfa_lint.analysis.effects.sending import clients, uses
from pcmfa_lint.analysis.interpreter.classes.library_classes import library_base
from pcmfa_lint.analysis.interpreter.functions.choice_of_method import marked
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    ObjectValue,
    StringValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import NOWHERE, Assign, Call, Define, Expression, Func, Name, Param, Unit, Unknown
from pcmfa_lint.knowledge.catalog import CallSpec
from pcmfa_lint.limits import BASES, STAND_IN_OBJECTS, TOLD_APART_OBJECTS

if TYPE_CHECKING:
    from pcmfa_lint.analysis.program.symbols import Program
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def declared(value: Expression) -> str | None:
    """The type of a field that is declared without a value; None if it has one."""
    if isinstance(value, Unknown) and value.reason == "declared":
        return walk.dotted(value.parts[0]).rpartition(".")[2] if value.parts else ""
    return None


def parts(cls: ClassVal) -> tuple[ClassVal, ...]:
    """The class in all the places where it is written."""
    return (cls, *cls.others)


def members(run: RunState, cls: ClassVal, depth: int = BASES) -> dict[str, str]:
    """The names of a class's members, its bases' too, with the types of those that are declared without a value."""
    types_by_name = run.members.get(cls)
    if types_by_name is not None:
        return types_by_name
    run.members[cls] = types_by_name = {}
    index = run.program.index(cls.unit.language)
    for part in parts(cls):
        for base in part.cls.bases if depth else ():
            parent = run.base(base, part.unit)
            if parent is not None:
                types_by_name.update(members(run, parent, depth - 1))
    for part in parts(cls):
        for stmt in part.cls.body:
            if isinstance(stmt, Define):
                types_by_name[stmt.what.name] = ""
            elif isinstance(stmt, Assign):
                kind = index.type_of(stmt.type) or declared(stmt.value) or ""
                types_by_name.update({t.id: kind for t in stmt.targets if isinstance(t, Name)})
    return types_by_name


def home(run: RunState, frame: Frame) -> tuple[ObjectValue | None, ClassVal | None]:
    """The object and the class whose members may be named bare here."""
    this = next((v for v in frame.this if isinstance(v, ObjectValue) and v.cls is not None), None)
    if this is not None:
        return this, this.cls
    owner = frame.func.func.owner if frame.func is not None else ""
    return None, run.program.cls(frame.unit, owner) if owner else None


def bare(run: RunState, name: str, place: Place, frame: Frame) -> Values | None:
    """The value of a bare name as a member; None if it is none."""
    this, cls = home(run, frame)
    if cls is None or not frame.semantics.bare_members or name not in members(run, cls):
        return None
    if this is not None:
        return run.member_of(this, _key(name, place), place, frame)
    return run.member_of(cls, _key(name, place), place, frame)


def by_import(run: RunState, name: str, place: Place, frame: Frame) -> Values | None:
    """A class by the other name that the file gives it, or a member of a class whose members it imports."""
    for imp in frame.unit.imports:
        holder = imp.module.rpartition(".")[2]
        shared = any(original == "*" or local == name for original, local in imp.names)
        if not holder or (imp.alias != name and not shared):
            continue
        cls = run.program.cls(frame.unit, holder)
        if cls is not None and imp.alias == name:
            return (cls,)
        if cls is not None and name in members(run, cls):
            return run.member_of(cls, _key(name, place), place, frame)
        full = f"{holder}.{name}"
        if shared and (frame.index.function(full) is not None or frame.index.read(full) is not None):
            return (ExternalSymbol(full, place=place),)
    return None


def store_bare(run: RunState, name: str, vals: Values, place: Place, frame: Frame) -> bool:
    """Assigns to a member that is named bare; False if it is none."""
    this, cls = home(run, frame)
    if cls is None or not frame.semantics.bare_members or not (name in members(run, cls) or library_base(run, cls)):
        return False
    keep(run, this if this is not None else cls, name, vals, place)
    return True


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def keep(run: RunState, holder: ObjectValue | ClassVal, name: str, vals: Values, place: Place) -> None:
    """Stores add up: an object stands for all that are made at one place, a class for all of its static members."""
    if isinstance(holder, ObjectValue):
        run.heap.store(holder, name, vals)
    else:
        fields = run.fields(holder)
        fields[name] = join(vals, fields.get(name, ()))
        run.leave(static_name(holder), name, vals)
    uses.kept_in_memory(run, vals, place)


def static_name(cls: ClassVal) -> str:
    """The name that the static members of a class are kept under."""
    return f"{cls.unit.path}:{cls.cls.span.line}:{cls.cls.name}"


def _key(name: str, place: Place) -> Values:
    return (StringValue(name, place=place),)


# --- what the type tells ----------------------------------------------------------------------------------------------


def of_type(run: RunState, name: str, place: Place, frame: Frame, owner: str = "") -> Values:
    """The values that a container hands to a parameter or field of a type: what was set up for its owner or for the
    type, what the catalog knows, or an object of the repository's class. Empty if nothing is known."""
    for key in (f"{owner}:{name}", name):
        if key in run.provided:
            return (run.provided[key],)
        run.missed.add(key)
    cls, name = _type(run, name, frame)
    existing = made_by_somebody(run, cls) if cls is not None else ()
    if existing:
        return existing
    ours = cls is not None and _is_imported(cls, name.rpartition(".")[2], frame.unit)
    spec = None if ours else frame.index.injected(name) or frame.index.injected(name.rpartition(".")[2])
    if spec is not None and spec.match.imports and not _means_library(run.program, name, spec, frame.unit):
        spec = None
    spec = spec or (_client(name, frame) if cls is None else None)
    if spec is not None:
        return _handed_out(run, spec) or dispatch.apply(run, spec, Arguments(place, name=name), frame)
    if cls is None:
        generated = run.program.documents and frame.index.client(name) is not None
        return (run.object(name.rpartition(".")[2], place),) if generated else ()
    return join(*((run.any_instance(one, frame),) for one in concrete(run, cls)[:2]))


def _handed_out(run: RunState, spec: CallSpec) -> Values:
    """The library's object that a container was given to hand out for a type; empty if it was not."""
    kind = clients.library_type(spec.result.get("type", ""))
    run.missed.add(kind)
    return (run.provided[kind],) if kind in run.provided else ()


def class_of(run: RunState, name: str, frame: Frame) -> ClassVal | None:
    """The class of the repository that a type's name means."""
    return _type(run, name, frame)[0]


def _type(run: RunState, name: str, frame: Frame) -> tuple[ClassVal | None, str]:
    """The class that a type's name means, and its full name. Where types are values, the name is one of a module."""
    if frame.semantics.types_by_name or not name:
        return (run.program.cls(frame.unit, name.rpartition(".")[2]) if name else None), name
    first, *rest = name.split(".")
    vals = run.lookup(first, frame) or run.imported(first, frame)
    for word in rest:
        vals = tuple(
            v for val in vals for v in run.member_of(val, _key(word, Place("", NOWHERE)), Place("", NOWHERE), frame)
        )
    cls = next((val for val in vals if isinstance(val, ClassVal)), None)
    return cls, next((val.name for val in vals if isinstance(val, ExternalSymbol)), name)


def _is_imported(cls: ClassVal, name: str, unit: Unit) -> bool:
    """Whether a file means this class of the repository by a name that a library has for one of its own: it imports it
    from where it lies, or lies beside it."""
    where = cls.unit.path.casefold().split("/")[:-1]
    for imp in unit.imports:
        holder, _, last = imp.module.casefold().rpartition(".")
        if any(local == name for _, local in imp.names):
            return imp.module.casefold().split(".")[-1:] == where[-1:]
        if holder and not imp.names and name.casefold() == (imp.alias or last).casefold():
            return holder.split(".")[-1:] == where[-1:]
    return cls.unit.path.rpartition("/")[0] == unit.path.rpartition("/")[0]


def _means_library(program: Program, name: str, spec: CallSpec, unit: Unit) -> bool:
    """Whether a name that others may have as well means a library's type: the file imports it from there or, if it
    imports no such name, any file imports the library."""
    library, last = spec.match.imports, name.rpartition(".")[2]
    named = [
        imp.module
        for imp in unit.imports
        if imp.module.rpartition(".")[2] == last or any(local == last for _, local in imp.names)
    ]
    modules = named or [imp.module for one in program.units.values() for imp in one.imports]
    return name.startswith(library) or any(module.startswith(library) for module in modules)


def _client(name: str, frame: Frame) -> CallSpec | None:
    """What makes a client of this type."""
    spec = frame.index.function(name) or frame.index.new(name)
    if spec is None or spec.is_ != "session" or _is_from_elsewhere(name, spec, frame.unit):
        return None
    return spec


def _is_from_elsewhere(name: str, spec: CallSpec, unit: Unit) -> bool:
    """Whether a file imports a type of this name, and not from the packages of the library that has one, too."""
    library = spec.match.imports
    if not library or any(imp.module.startswith(library) for imp in unit.imports):
        return False
    return any(imp.module.rpartition(".")[2] == name or ("*", "*") in imp.names for imp in unit.imports)


def instances(run: RunState, vals: Values, place: Place, frame: Frame) -> Values:
    """The objects that a container hands out for types, given as such or by their names."""
    results: list[Values] = []
    for val in vals:
        name = (
            val.cls.name
            if isinstance(val, ClassVal)
            else val.name
            if isinstance(val, (ExternalSymbol, UnknownValue))
            else ""
        )
        results.append(of_type(run, name or next(iter(texts((val,))), ""), place, frame))
    return join(*results)


def made_by_somebody(run: RunState, cls: ClassVal) -> Values:
    """Objects of a class that the code itself makes."""
    existing = run.heap.of_class(cls)
    return tuple(existing) if len(existing) <= TOLD_APART_OBJECTS else ()


def concrete(run: RunState, cls: ClassVal) -> list[ClassVal]:
    """The classes that can stand for a type: itself, or what implements it."""
    if not any(marked(part.cls.decorators, word) for part in parts(cls) for word in ("interface", "abstract")):
        return [cls]
    return run.program.implementing(cls) or [cls]


def derived(program: Program, cls: ClassVal) -> list[ClassVal]:
    """The classes that are derived of this one and of which none is derived in turn."""
    results: list[ClassVal] = []
    waiting = [cls]
    visited = {cls}
    while waiting and len(visited) < STAND_IN_OBJECTS:
        one = waiting.pop(0)
        below = [other for other in program.implementing(one) if other not in visited]
        visited.update(below)
        waiting += below
        results += [one] if not below and one is not cls else []
    return results


def parameter(run: RunState, param: Param, owner: str, frame: Frame) -> Values:
    """The values that a container hands to a constructor; nothing for plain types. The settings may say where a client
    sends that is asked for by this name."""
    kind = frame.index.type_of(param.type)
    qualifiers = _names_by_annotation(run, param.decorators, "instance", frame)
    for key in (*(key for name in qualifiers for key in (f"{kind} {name}", name)), f"{kind} {param.name}"):
        if key in run.provided:
            return (run.provided[key],)
        run.missed.add(key)
    if not kind[:1].isupper():
        return run.program.injected_values.of(param.name, owner)
    vals = of_type(run, kind, frame.place(param), frame, owner)
    spec = frame.index.injected(kind)
    if spec is not None and spec.is_ == "session" and "{}" in spec.name:
        names = (*qualifiers, param.name, _CAMEL.sub(".", param.name))
        base = run.program.addresses.of_client(spec.name, names)
        for val in vals:
            if base and isinstance(val, ObjectValue):
                val.attrs.setdefault("base_url", base)
    return vals


def _names_by_annotation(run: RunState, annotations: Sequence[Expression], meaning: str, frame: Frame) -> list[str]:
    """The names by which annotations that mean this ask a container for something, or tell it what it is called."""
    names: list[str] = []
    for annotation in annotations:
        spec = frame.index.decorator(walk.decorator_name(annotation))
        if spec is not None and spec.is_ == meaning and "key" in spec.args and isinstance(annotation, Call):
            bound = frame.index.bound(spec, run.arguments_of(annotation, frame))
            names += [name for val in inside(bound.role("key")) for name in texts((val,))]
    return names


# --- functions that are written elsewhere -----------------------------------------------------------------------------


def extension(run: RunState, name: str, base: AbstractValue, arguments: Arguments, frame: Frame) -> Values | None:
    """A method that a static class adds to somebody else's type: called with its object first."""
    funcs = [f for f in run.program.functions(frame.unit.language, name) if marked(f.func.decorators, "extension")]
    if not funcs or not frame.semantics.declarations:
        return None
    inner = Arguments(arguments.place, open=arguments.open, name=arguments.name)
    inner.add(None, (base,))
    for key, vals in arguments.order:
        inner.add(key or None, vals)
    fit = tuple(f for f in funcs if len(f.func.params) >= len(inner.positional))[:1]
    return run.call_values(fit, inner, frame, None) if fit else None


def set_up(units: Sequence[Unit], program: Program) -> Iterator[tuple[Unit, Func]]:
    """Functions that tell a container what to hand out: they run before all others."""
    for unit in units:
        names = program.index(unit.language).set_up
        for func in program.outline.functions(unit):
            if func.name and (
                program.outline.called(func) & names or _is_handed_out(func, program.index(unit.language))
            ):
                yield unit, func


def _is_handed_out(func: Func, index: Index) -> bool:
    """Whether a container hands out what a function gives back, by its annotation."""
    specs = (index.decorator(walk.decorator_name(d)) for d in func.decorators)
    return any(spec is not None and spec.is_ == "inject" for spec in specs)


def hand_out(run: RunState, func: Func, vals: Values, frame: Frame) -> None:
    """Keeps what a container's function gives back for whoever asks for its type: by the function's name too, or the
    one that its annotations give it, and by the type alone as long as no other function gives such a thing."""
    index = frame.index
    new_object = next((val for val in vals if isinstance(val, ObjectValue)), None)
    kind = index.type_of(func.type)
    if new_object is None or not kind or not _is_handed_out(func, index):
        return
    meanings = ("inject", "instance")
    called = [name for one in meanings for name in _names_by_annotation(run, func.decorators, one, frame)]
    for name in (func.name, *called):
        run.provided[f"{kind} {name}"] = new_object
    clients.provide(run, kind, new_object)


def root(run: RunState, base: AbstractValue, name: str, place: Place, frame: Frame) -> ObjectValue | None:
    """The session that a value of somebody else's is by the member that is asked of it, in a file that imports its
    library; None if it is none."""
    if not isinstance(base, (UnknownValue, ExternalSymbol)) and not (
        isinstance(base, ObjectValue) and base.cls is None
    ):
        return None
    spec = frame.index.root(name, [imp.module for imp in frame.unit.imports])
    kind = spec.result.get("type", "") if spec is not None else ""
    type_name = base.type if isinstance(base, ObjectValue) else base.name
    return run.object(kind, place) if kind and not type_name.startswith(kind) else None
