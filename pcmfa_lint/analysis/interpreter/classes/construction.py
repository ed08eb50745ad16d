"""Objects: how they are made, by a constructor, a maker, or a name that nobody knows."""

from __future__ import annotations

from collections.abc import Container, Iterator

from pcmfa_lint.analysis.effects import dispatch
from pcmfa_lint.analysis.effects.handed_over import handed_over
from pcmfa_lint.analysis.effects.sending import clients, uses
from pcmfa_lint.analysis.effects.values import wire_names
from pcmfa_lint.analysis.interpreter.classes import declared_types, members, objects, typed_settings
from pcmfa_lint.analysis.interpreter.functions import parameters
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.state.call_graph import file_context
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.alternatives import join, labelled
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    ClassVal,
    Env,
    ExternalSymbol,
    FuncVal,
    ObjectValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Assign, Call, Expression, Func, Member, Name
from pcmfa_lint.knowledge.catalog import CallSpec


def construct_named(run: RunState, call: Call, arguments: Arguments, frame: Frame) -> Values:
    name = walk.dotted(call.callee)
    if frame.semantics.exports and call.kind == "new":  # a type is an ordinary value there
        for val in run.eval(call.callee, frame):
            if isinstance(val, ClassVal):
                return construct(run, val, arguments, frame)
            if isinstance(val, ExternalSymbol):
                name = val.name
                arguments.receiver = (val.owner,) if val.owner is not None else ()
    spec = frame.index.new(name) if call.kind == "new" else frame.index.cast(name)
    is_library_type = (
        spec is not None and "." in name and name in spec.match.new
    )  # not one of ours of the same last name
    cls = run.program.cls(frame.unit, name.rpartition(".")[2]) if name and not is_library_type else None
    if cls is not None and call.kind == "new":
        return construct(run, cls, arguments, frame)
    if spec is not None:
        return dispatch.apply(run, spec, arguments, frame)
    if call.kind == "cast":
        vals = arguments.positional[0] if arguments.positional else UNCLEAR
        return declared_types.or_declared(
            run, vals, name.rpartition(".")[2] if frame.semantics.declarations else name, arguments.place, frame
        )
    handed_over(run, name, arguments)
    handed = (val for vals in arguments.positional for val in vals)
    uses.escaped(run, tuple(v for v in handed if isinstance(v, TokenValue) and v.part == "refresh"), arguments.place)
    obj = run.object(name or "?", arguments.place)
    obj.attrs.update({key: labelled(vals, key) for key, vals in arguments.named.items()})
    clients.carry(obj, tuple(v for _, vals in arguments.order for v in vals))
    if name != declared_types.AS_TAKEN:
        return (obj,)
    obj.attrs.update({str(number): vals for number, vals in enumerate(arguments.positional)})
    return join((obj,), *arguments.positional)


def bind_settings(run: RunState, types: Values, spec: CallSpec, section: str) -> None:
    typed_settings.bind(run, types, spec, section)


def bind_read(run: RunState, types: Values, vals: Values) -> None:
    source = typed_settings.read_whole(vals)
    for val in types if source is not None else ():
        cls = val.cls if isinstance(val, ObjectValue) else val
        if source is not None and isinstance(cls, ClassVal):
            typed_settings.bind_read(run, cls, source)


def instances(run: RunState, types: Values, holding: Values, place: Place, frame: Frame) -> Values:
    return typed_settings.in_section_of(run, objects.instances(run, types, place, frame), holding)


def _from_maker(run: RunState, cls: ClassVal, arguments: Arguments, frame: Frame, index: Index) -> ObjectValue | None:
    """The object that a class hands out itself when it is called."""
    home = replace(frame, unit=cls.unit, index=index)
    makers = members.class_attribute(run, cls, index.semantics.make, home, called=True) if index.semantics.make else ()
    funcs = tuple(v for v in makers if isinstance(v, FuncVal))
    vals = run.call_values(funcs, arguments, frame, None) if funcs else ()
    return next((v for v in vals if isinstance(v, ObjectValue) and v.cls == cls), None)


def entered(run: RunState, vals: Values, place: Place, frame: Frame) -> Values:
    """The values that a `with` over these gives: the result of the method that is run first."""
    results: list[Values] = []
    for val in vals:
        names = frame.semantics.enter if isinstance(val, ObjectValue) and val.cls is not None else ()
        vals = tuple(
            v for n in names for v in run.member_of(val, (StringValue(n),), place, frame) if isinstance(v, FuncVal)
        )
        results.append(run.call_values(vals, Arguments(place), frame, None) if vals else (val,))
    return join(*results)


def construct(run: RunState, cls: ClassVal, arguments: Arguments, frame: Frame) -> Values:
    index = run.program.index(cls.unit.language)
    obj = _from_maker(run, cls, arguments, frame, index) or run.object(cls.cls.name, arguments.place, cls)
    for key, vals in run.fields(cls).items() if not index.semantics.declarations else ():
        obj.attrs.setdefault(key, vals)
    init = members.class_attribute(run, cls, "__init__", Frame(cls.unit, index, frame.env, frame.context))
    bound = tuple(replace(v, this=obj) for v in init if isinstance(v, FuncVal))
    if bound:
        run.call_values(bound, arguments, frame, None)
    if index.semantics.initializers:
        params = {param.name for one in bound for param in one.func.params}
        obj.attrs.update({name: labelled(vals, name) for name, vals in arguments.named.items() if name not in params})
    elif not bound:
        names = [t.id for s in cls.cls.body if isinstance(s, Assign) for t in s.targets if isinstance(t, Name)]
        pairs = [*zip(names, arguments.positional, strict=False), *arguments.named.items()]
        obj.attrs.update({index.key(name): labelled(vals, name) for name, vals in pairs})
        if parameters.spread_sources(arguments):
            wired = wire_names.of_class(run, cls)
            for name in names:
                before = obj.attrs.get(index.key(name), ())
                if all(isinstance(val, UnknownValue) for val in before):
                    obj.attrs[index.key(name)] = parameters.spread_entry(run, arguments, wired.get(name, name), frame)
    _set_up_by_methods(run, cls, obj)
    return (obj,)


def _set_up_by_methods(run: RunState, cls: ClassVal, obj: ObjectValue) -> None:
    """Fields that an object's own methods give their first values: what these do is up to what the object was made
    with."""
    index = run.program.index(cls.unit.language)
    if cls not in run.set_up_by_methods:
        run.set_up_by_methods[cls] = tuple(_asking_object(run, cls, index)) if index.semantics.receiver else ()
    for part, stmt in run.set_up_by_methods[cls]:
        func = FuncVal(Func("", (), (), stmt.span, part.cls.name), part.unit, this=obj)
        inner = Frame(
            part.unit, index, Env(outer=run.ensure(part.unit)), file_context(part.unit), func=func, this=(obj,)
        )
        vals = run.eval(stmt.value, inner)
        obj.attrs.update({index.key(t.id): labelled(vals, t.id) for t in stmt.targets if isinstance(t, Name)})


def _asking_object(run: RunState, cls: ClassVal, index: Index) -> Iterator[tuple[ClassVal, Assign]]:
    """The fields of a class whose first values come from methods of the object itself."""
    names = objects.members(run, cls)
    for part in objects.parts(cls):
        for stmt in part.cls.body:
            if isinstance(stmt, Assign) and any(_is_own(v, names, index) for v in walk.within(stmt.value)):
                yield part, stmt


def _is_own(value: Expression, names: Container[str], index: Index) -> bool:
    """Whether a value is the call of a method of the object itself."""
    if not isinstance(value, Call) or value.kind == "new":
        return False
    if isinstance(value.callee, Member):
        return walk.dotted(value.callee.base) == index.semantics.receiver
    return isinstance(value.callee, Name) and value.callee.id in names
