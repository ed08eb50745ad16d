"""The names of the fields of the repository's classes in what is sent and read: in JSON, forms and settings files.

An annotation says it (`wire-name` of the catalog). What an answer holds is told by its members alone, whichever class
it is read as; so there a name counts that any class gives such a field.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.state.call_graph import file_context
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.model import AbstractValue, ClassVal, MappingValue, ObjectValue, StringValue, Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Assign, Call, Define, Expression, Func, Member, Name, Text
from pcmfa_lint.limits import BASES

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.machine import RunState

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GETTER = re.compile(r"(?:get|is)(?=[A-Z])")


def of_class(run: RunState, cls: ClassVal, depth: int = BASES) -> dict[str, str]:
    """The fields of a class, of its bases too, that are called otherwise outside."""
    if cls in run.wire_names:
        return run.wire_names[cls]
    run.wire_names[cls] = names = {}
    for part in (cls, *cls.others):
        for base in part.cls.bases if depth else ():
            parent = run.base(base, part.unit)
            names.update(of_class(run, parent, depth - 1) if parent is not None else {})
    for part in (cls, *cls.others):
        for field, decorators in _annotated(part):
            names.update((field, one) for one in _written(run, decorators, part))
    return names


def of_member(run: RunState, name: str) -> tuple[str, ...]:
    """What classes call a member outside of which this is the name, or that of the method that reads it."""
    if run.wired is None:
        wired: dict[str, dict[str, None]] = defaultdict(dict)
        for cls in run.program.classes():
            for field, wire in of_class(run, cls).items():
                wired[field.casefold()][wire] = None
        run.wired = {field: tuple(names) for field, names in wired.items()}
    folded = name.casefold()
    if folded in run.names.same:
        return ()
    return run.wired.get(folded) or run.wired.get(folded.removeprefix("get"), ())


def of_setting(run: RunState, name: str) -> str:
    """What a member is called where settings are written, if it is a field of a class that these are read as."""
    names = (of_class(run, cls).get(name) for cls in run.settings.bound)
    return next((one for one in names if one), name)


def as_forms(run: RunState, vals: Values, place: Place, frame: Frame) -> Values:
    """The values of a request's body; an object with the fields of a token request as the form that it becomes."""
    return tuple(_as_form(run, val, place, frame) for val in vals)


def _as_form(run: RunState, val: AbstractValue, place: Place, frame: Frame) -> AbstractValue:
    if not isinstance(val, ObjectValue) or val.cls is None:
        return val
    wired = of_class(run, val.cls)
    names = {field: wired.get(field) or _CAMEL.sub("_", field).lower() for field in _fields(run, val.cls)}
    if "grant_type" not in names.values():
        return val
    entries = [(wire, run.member_of(val, (StringValue(field),), place, frame)) for field, wire in names.items()]
    return MappingValue(tuple(entries), place=val.place, label=val.label, trace=val.trace)


def _fields(run: RunState, cls: ClassVal, depth: int = BASES) -> Iterator[str]:
    """The names of a class's fields, its bases' first."""
    for part in (cls, *cls.others):
        for base in part.cls.bases if depth else ():
            parent = run.base(base, part.unit)
            if parent is not None and parent != cls:
                yield from _fields(run, parent, depth - 1)
        for stmt in part.cls.body:
            if isinstance(stmt, Assign):
                yield from (target.id for target in stmt.targets if isinstance(target, Name))
            elif isinstance(stmt, Define) and isinstance(stmt.what, Func) and walk.is_property(stmt.what):
                yield stmt.what.name
            elif isinstance(stmt, Define) and isinstance(stmt.what, Func) and stmt.what.name == "__init__":
                yield from _set_by(stmt.what)


def _set_by(constructor: Func) -> Iterator[str]:
    """The members that a constructor sets."""
    for stmt in walk.statements(constructor.body):
        for target in stmt.targets if isinstance(stmt, Assign) else ():
            match target:
                case Member(base=Name(id="this" | "self"), key=Text(value=name)):
                    yield name


def _annotated(cls: ClassVal) -> Iterator[tuple[str, Iterable[Expression]]]:
    """Fields, parameters of constructors and methods that read a field, with what is said of them."""
    for stmt in cls.cls.body:
        match stmt:
            case Assign(targets=(Name(id=name), *_), value=value, decorators=decorators):
                yield name, (*decorators, value) if isinstance(value, Call) else decorators
            case Define(what=Func(name="__init__", params=params)):
                yield from ((param.name, param.decorators) for param in params)
            case Define(what=Func(name=name, decorators=decorators)) if decorators:
                yield _field_of(name), decorators


def _field_of(method: str) -> str:
    """The field that a method reads, by its name."""
    own = _GETTER.sub("", method, count=1)
    return own if own == method else own[:1].lower() + own[1:]


def _written(run: RunState, decorators: Iterable[Expression], cls: ClassVal) -> list[str]:
    """The name that the first of these annotations gives that gives one."""
    index = run.program.index(cls.unit.language)
    for call in (value for one in decorators for value in walk.within(one, lambdas=False)):
        if not isinstance(call, Call):
            continue
        name = walk.decorator_name(call)
        spec = index.decorator(name) or index.decorator(name.rpartition(".")[2])
        if spec is not None and spec.is_ == "wire-name":
            frame = Frame(cls.unit, index, run.ensure(cls.unit), file_context(cls.unit))
            names = texts(index.bound(spec, run.arguments_of(call, frame)).role("name"))
            if names:
                return names[:1]
    return []
