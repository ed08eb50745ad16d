"""Functions that a call is handed to run, and decorators that run a function."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects import callbacks, clients
from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.matching.arguments import Arguments, BoundArguments, Loose
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.building import form
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    ExternalSymbol,
    FuncVal,
    ListValue,
    ObjectValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import NOWHERE, Call, Name

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


_GIVEN = Name("what the function was given", NOWHERE, "local")  # holds a mapping that the function filled


def run(call: CatalogCall) -> Values:
    """Runs the functions it is given; inside, the context says by whom."""
    funcs = tuple(v for v in call.role("func") if isinstance(v, FuncVal))
    inner = Arguments(call.place, piped=call.arguments.piped, open=True)
    if call.role("value"):
        inner.add(None, call.role("value"))
        inner.nodes["0"] = _GIVEN
    if not funcs and call.spec.args.get("value"):  # a function of somebody else's is handed a value
        holders = tuple(v for v in call.role("func") if isinstance(v, (ExternalSymbol, ObjectValue)))
        return call.run.call_values(holders, inner, call.frame, None) if holders else UNCLEAR
    if not funcs and call.spec.is_ == "retry":
        return clients.policy(call)
    if not funcs:  # what was run already
        return call.role("func") or UNCLEAR
    _hand_on(call, inner)
    frame = call.frame
    context = frame.context
    spec = call.spec if call.spec.is_ == "retry" else None
    results: list[Values] = []
    try:
        for func in funcs:
            loose = _loose(call, func)
            if spec is not None or loose is not None:
                frame.context = Context(
                    "run",
                    context,
                    frame.unit,
                    context.activation,
                    spec=spec,
                    bound=call.bound,
                    loose=loose,
                    at=call.place,
                )
            returned, this = callbacks.on_object(call, func, call.role("this"), inner)
            returned = (
                call.role("each") if form(call.role("each")) is not None else returned
            )  # written down field by field
            vals = call.frame.env.vars.pop(_GIVEN.id, call.role("value"))
            results.append({"this": this, "value": vals}.get(call.spec.result.get("is", ""), returned))
        return join(*results)
    finally:
        frame.context = context


def _loose(call: CatalogCall, func: FuncVal) -> Loose | None:
    """Where an error in a function that the call begins has no way up."""
    how, condition = (call.spec.result.get(key, "") for key in ("error", "error_if"))
    if not how or (condition and call.bound.has(condition) is not True) or not call.run.goes_on(call.frame):
        return None
    if how in ("kept", "collected"):
        return call.arguments.loose if call.arguments.loose is not None and call.arguments.loose.errors else None
    if how == "shown":
        return Loose(errors="shown")
    return Loose(errors="stay") if how == "lost" or func.func.runs else None


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
        callee = decorator.callee if isinstance(decorator, Call) else decorator
        name = walk.dotted(callee)
        for val in run.imported(name.partition(".")[0], replace(frame, unit=target.unit)) if name else ():
            if isinstance(val, ExternalSymbol):
                name = val.name + (name[name.index(".") :] if "." in name else "")
        spec = index.decorator(name) or index.function(name)
        if spec is not None and spec.is_ == "cache":
            run.cached.add(id(target.func))
        if spec is not None and spec.is_ == "retry":
            arguments = Arguments(called or Place(target.unit.path, target.func.span))
            if isinstance(decorator, Call):
                arguments = run.arguments_of(decorator, frame)
            bound = BoundArguments(spec, arguments, index.ignore_case)
            outer = Context("run", context.outer, target.unit, context.activation, spec=spec, bound=bound)
            context = replace(context, outer=outer)
    return context
