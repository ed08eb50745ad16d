"""The values that reach the parameters of a function that is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.machine import RunState

from pcmfa_lint.analysis.effects.sending import uses
from pcmfa_lint.analysis.interpreter.classes import declared_types, objects, typed_settings
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.values.alternatives import join, labelled, passed_within, with_step
from pcmfa_lint.analysis.values.contents import elements
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    ListValue,
    MappingValue,
    SourceValue,
    StringValue,
    TokenValue,
    Trace,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Func, Param


def bind(run: RunState, func: Func, arguments: Arguments, frame: Frame, called: Place | None) -> None:
    positional = list(arguments.positional)
    params = list(func.params)
    if func.owner and not func.static and params and frame.semantics.receiver_is_parameter and params[0].kind == "":
        own: Values = frame.this
        of_class = func.name == frame.semantics.make or any(walk.dotted(d) == "classmethod" for d in func.decorators)
        if of_class and frame.func is not None:
            cls = run.program.cls(frame.unit, func.owner)
            own = (cls,) if cls is not None else own
        if not any(walk.dotted(d) == "staticmethod" for d in func.decorators):
            frame.env.vars[frame.index.key(params.pop(0).name)] = own or UNCLEAR
    named = {frame.index.key(name): vals for name, vals in arguments.named.items()}
    for param in params:
        vals = _argument(run, param, positional, named, arguments, frame)
        if vals and called is not None:
            handed = Step(called, "handed", (("function", func.name), ("parameter", param.name)))
            hand_in = passed_within if param.kind in ("rest", "keywords") else with_step
            vals = hand_in(labelled_if_bare(vals, param.name), handed)
        otherwise = unfilled(run, param, frame, func.owner, func.name, called is None, arguments.open)
        vals = declared_types.or_declared(run, vals or otherwise, param.type, frame.place(param), frame)
        frame.env.vars[frame.index.key(param.name)] = vals
    for number, name in enumerate(func.generics):
        if (argument := arguments.named.get(f"<{number}>")) is not None:
            frame.env.vars[frame.index.key(name)] = argument
    if arguments.piped:
        frame.env.vars.setdefault("_", elements(arguments.piped))
        frame.env.vars.setdefault("input", arguments.piped)


def _argument(
    run: RunState, param: Param, positional: list[Values], named: dict[str, Values], arguments: Arguments, frame: Frame
) -> Values:
    key = frame.index.key(param.name)
    names = [key, *(frame.index.key(a) for a in param.aliases)]
    for name in named:
        if name in names or (frame.semantics.abbreviated_parameters and key.startswith(name) and len(name) > 1):
            return named[name]
    if param.kind == "rest":
        items, positional[:] = tuple(positional), []
        return (ListValue(items, open=arguments.open),) if items else ()
    if param.kind == "keywords":
        rest = MappingValue(tuple(named.items()), open=arguments.open, rest=arguments.rest, place=arguments.place)
        return (rest,) if named or arguments.rest else ()
    if param.kind == "switch":
        return ()
    return positional.pop(0) if positional else spread_entry(run, arguments, param.name, frame)


def spread_entry(run: RunState, arguments: Arguments, name: str, frame: Frame) -> Values:
    """An argument that only what a file or an answer holds can tell, which is spread."""
    sources = spread_sources(arguments)
    return join(*(uses.member(run, source, name, arguments.place, frame) for source in sources))


def spread_sources(arguments: Arguments) -> tuple[SourceValue | TokenValue, ...]:
    """The values that are spread and hold an entry for each name."""
    answers = (val for val in arguments.spread_over if isinstance(val, TokenValue) and not val.part)
    return (*arguments.rest, *answers)


def unfilled(
    run: RunState, param: Param, frame: Frame, owner: str, func: str, alone: bool = True, more: bool = True
) -> Values:
    """A parameter that is not filled: its default, or, if nobody in sight calls, whatever a caller gives. `more`:
    the call may give it out of sight."""
    place = frame.place(param)
    default = run.eval(param.default, frame) if param.default is not None else ()
    if param.kind == "switch":
        return (UnknownValue(param.name, absent=not alone and not more),)
    if default and not any(isinstance(v, StringValue) and v.text in ("None", "", "null") for v in default):
        return labelled(default, param.name)
    if alone or func == "__init__":
        handed = objects.parameter(run, param, owner, frame)
        if handed:
            return typed_settings.in_section(run, handed, param.type, frame)
    if not alone:
        return (UnknownValue(param.name, absent=not more, place=place, label=param.name),)
    trace = Trace(Step(place, "parameter", (("parameter", param.name), ("function", func))))
    return (SourceValue("parameter", param.name, place=place, label=param.name, trace=trace),)


def labelled_if_bare(vals: Values, name: str) -> Values:
    return tuple(v if v.label else replace(v, label=name) for v in vals)
