"""Functions that a call is handed to run, and decorators that run a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.functions import callbacks
from pcmfa_lint.analysis.effects.sending import clients
from pcmfa_lint.analysis.effects.sources import name_of_source
from pcmfa_lint.analysis.matching import library_functions
from pcmfa_lint.analysis.matching.arguments import Arguments, FloatingCall
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.building import form
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ExternalSymbol,
    FuncVal,
    ListValue,
    ObjectValue,
    SourceValue,
    StringValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import NOWHERE, Call, Handler, Name, Return, Try

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


_NOTHING = ("", "void", "unit")  # types of what gives nothing back
_GIVEN = Name("what the function was given", NOWHERE, "local")  # holds a mapping that the function filled


def run(call: CatalogCall) -> Values:
    """Runs the functions it is given; inside, the context says by whom."""
    funcs = tuple(v for v in _handed(call) if isinstance(v, FuncVal))
    inner = Arguments(call.place, piped=call.arguments.piped, open=True)
    if value := call.role("value"):
        if origin := call.spec.origin:  # it is opened for the function
            value = (SourceValue(origin, name_of_source(value, origin), place=call.place),)
        inner.add(None, value)
        inner.nodes["0"] = _GIVEN
    if not funcs and call.spec.args.get("value"):  # a function of somebody else's is handed a value
        holders = tuple(v for v in call.role("func") if isinstance(v, (ExternalSymbol, ObjectValue)))
        return call.run.call_values(holders, inner, call.frame, None) if holders else UNCLEAR
    _hand_on(call, inner)
    named = () if funcs else _named(call, inner)
    if not funcs and not named:  # what was run already, or is not run yet
        return clients.policy(call) if call.spec.is_ == "retry" else call.role("func") or UNCLEAR
    frame = call.frame
    context = frame.context
    results: list[Values] = []
    try:
        for func in funcs or named:
            frame.context = _inside(call, func, context)
            if isinstance(func, FuncVal):
                returned, this = callbacks.on_object(call, func, call.role("this"), inner)
            else:
                open_ = replace(inner, open=call.arguments.open)
                returned, this = call.run.call_values((func,), open_, frame, None), ()
            if form(call.role("each")) is not None:
                returned = call.role("each")  # written down field by field
            vals = call.frame.env.vars.pop(_GIVEN.id, call.role("value"))
            results.append({"this": this, "value": vals}.get(call.spec.result.get("is", ""), returned))
        return join(*results)
    finally:
        frame.context = context


def _inside(call: CatalogCall, func: AbstractValue, context: Context) -> Context:
    """The context of a function that the call runs: it says by whom, where the call repeats it or does not wait."""
    spec = call.spec if call.spec.is_ == "retry" else None
    loose = _loose(call, func)
    if spec is None and loose is None:
        return context
    return replace(
        Context("run", context, call.frame.unit, context.activation),
        spec=spec,
        bound=call.bound,
        loose=loose,
        at=call.place,
    )


def _handed(call: CatalogCall) -> Values:
    """The functions that are handed over; where none is written there, those that are told by name."""
    vals = call.role("func")
    if any(isinstance(val, FuncVal) for val in vals):
        return vals
    return join(*(told_by_name(call.run, val, call.place, call.frame) or (val,) for val in vals))


def told_by_name(run: RunState, val: AbstractValue, place: Place, frame: Frame) -> Values:
    """The function that the text of its name stands for, or the method that an object and a name in one list do."""
    match val:
        case ListValue(items=(holders, name), open=False) if texts(name):
            candidates = join(
                *(run.member_of(one, name, place, frame) for one in holders if isinstance(one, ObjectValue))
            )
        case StringValue(text=text, holes=()):
            func = run.program.function(frame.unit, text) if text.isidentifier() else None
            candidates = (func,) if func is not None else ()
        case _:
            return ()
    return tuple(v for v in candidates if isinstance(v, FuncVal) or library_functions.known(v, frame.index))


def _named(call: CatalogCall, inner: Arguments) -> Values:
    """The functions of libraries that are handed over by name, with all that they need."""
    return tuple(
        val
        for val in _handed(call)
        if library_functions.needs_nothing(val, call.frame.index)
        or (inner.positional and library_functions.known(val, call.frame.index) is not None)
    )


def _loose(call: CatalogCall, func: AbstractValue) -> FloatingCall | None:
    """Where an error in a function that the call begins has no way up."""
    how, condition = (call.spec.result.get(key, "") for key in ("error", "error_if"))
    if not how or (condition and call.bound.has(condition) is not True) or not call.run.goes_on(call.frame):
        return None
    if how in ("kept", "collected"):
        return call.arguments.loose if call.arguments.loose is not None and call.arguments.loose.errors else None
    if how == "shown":
        return FloatingCall(errors="shown")
    return FloatingCall(errors="stay") if how == "lost" or not isinstance(func, FuncVal) or func.func.runs else None


def _hand_on(call: CatalogCall, inner: Arguments) -> None:
    """The arguments that a function is run with: those of a list, those from a position on (`1+`), or each item of a
    list (`each`)."""
    where = call.spec.args.get("args", "")
    if where.endswith("+"):
        for vals in call.bound.positional[int(where[:-1]) :]:
            inner.add(None, vals)
        roles = {name for each in call.spec.args.values() for name in each.split("|")}
        for name, vals in call.arguments.named.items():
            if name not in roles and name[:1] != "<":
                inner.add(name, vals)
        return
    for val in call.role("args"):
        for items in val.items if isinstance(val, ListValue) else ((val,),):
            inner.add(None, items)
    each = call.role("each")
    if each:
        inner.add(None, join(*(item for v in each for item in (v.items if isinstance(v, ListValue) else ((v,),)))))


def around(run: RunState, target: FuncVal, context: Context, frame: Frame, called: Place | None) -> Context:
    """The context of a function's body with the catalogued decorators that run it."""
    index = run.program.index(target.unit.language)
    for decorator in target.func.decorators:
        name = walk.decorator_name(decorator)
        for val in run.imported(name.partition(".")[0], replace(frame, unit=target.unit)) if name else ():
            if isinstance(val, ExternalSymbol):
                name = val.name + (name[name.index(".") :] if "." in name else "")
        spec = index.decorator(name) or index.function(name)
        if spec is not None and spec.is_ == "cache":
            run.cached.add(id(target.func))
        if spec is not None and spec.result.get("error") == "lost" and target.func.type.casefold() in _NOTHING:
            at = called or Place(target.unit.path, target.func.span)
            lost = Context(
                "run", context.outer, target.unit, context.activation, loose=FloatingCall(errors="stay"), at=at
            )
            context = replace(context, outer=lost)
        if spec is not None and spec.is_ == "retry":
            arguments = Arguments(called or Place(target.unit.path, target.func.span))
            if isinstance(decorator, Call):
                arguments = run.arguments_of(decorator, frame)
            bound = index.bound(spec, arguments)
            given_up = _given_up(context, bound.role("given_up"))
            outer = Context("run", given_up, target.unit, context.activation, spec=spec, bound=bound)
            context = replace(context, outer=outer)
    return context


def _given_up(context: Context, vals: Values) -> Context | None:
    """What is around a function that is repeated: a handler, where the value of a function stands for the error after
    the last attempt. One that gives what it is handed may raise the error."""
    for val in vals:
        if isinstance(val, FuncVal):
            names = {param.name for param in val.func.params}
            given = [stmt.value for stmt in walk.statements(val.func.body) if isinstance(stmt, Return) and stmt.value]
            if any(isinstance(v, Name) and v.id in names for one in given for v in walk.within(one)):
                continue
            handler = Handler((), "", val.func.body, val.func.span)
            stmt = Try((), (handler,), val.func.span)
            return Context("try", context.outer, val.unit, context.activation, stmt=stmt)
    return context.outer
