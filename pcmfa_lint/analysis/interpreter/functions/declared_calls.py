"""Methods without a body whose annotations say what request they send, and that of their class where it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects import dispatch
from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.functions import response_hooks
from pcmfa_lint.analysis.interpreter.classes import declared_types
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.building import concat
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ClassVal,
    FuncVal,
    MappingValue,
    ObjectValue,
    StringValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Call, Define, Func

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

PLAIN = "@"  # the name of an argument whose parameter has no annotation


def annotated(run: RunState, target: FuncVal, arguments: Arguments, frame: Frame) -> Values | None:
    """A method without a body whose annotation says what request it sends."""
    func = target.func
    if func.body or not func.decorators:
        return None
    index = run.program.index(target.unit.language)
    for decorator in func.decorators:
        name = walk.decorator_name(decorator)
        named = (index.decorator(f"{name} -> {part}") for part in re.split(r"\W+", func.type))
        spec = next((one for one in named if one is not None), None) or index.decorator(name)
        if spec is not None and spec.is_ == "http":
            inner = Arguments(arguments.place, open=True, receiver=(target.this,) if target.this is not None else ())
            for arg in decorator.args if isinstance(decorator, Call) else ():
                inner.add(arg.name, run.eval(arg.value, frame))
            for other in func.decorators:
                if isinstance(other, Call) and other is not decorator and other.args:
                    inner.add("@" + walk.last(other.callee), run.eval(other.args[0].value, frame))
            for name, vals in (*_sent(run, func, arguments, frame).items(), *_told_by_class(run, target, frame)):
                inner.add(name, vals)
            return dispatch.apply(run, spec, inner, frame)
    return None


def _told_by_class(run: RunState, target: FuncVal, frame: Frame) -> Iterator[tuple[str, Values]]:
    """The base address of a method's requests, by annotations of its class or else of the client itself."""
    cls = run.program.cls(target.unit, target.func.owner) if target.func.owner else None
    host: Values = ()
    path: Values = ()
    for base, below in _pieces(run, cls, frame) if cls is not None else ():
        host, path = host or base, path or below
    if path and not host and isinstance(target.this, ObjectValue):
        host = target.this.attrs.get("base_url", ())
    if cls is not None and (hooks := tuple(_hooks(run, cls, frame))):
        yield "@hooks", hooks
    if host:
        yield "@base", concat([host, (StringValue("/"),), path], frame.place(target.func)) if path else host


def _hooks(run: RunState, cls: ClassVal, frame: Frame) -> Iterator[AbstractValue]:
    """What the annotations of a class name to be run on every answer: handlers, or a class whose methods give them."""
    index = run.program.index(cls.unit.language)
    for decorator in cls.cls.decorators:
        spec = index.decorator(walk.last(decorator.callee)) if isinstance(decorator, Call) else None
        if spec is None or not isinstance(decorator, Call):
            continue
        own = replace(frame, unit=cls.unit)
        arguments = run.arguments_of(decorator, own)
        bound = index.bound(spec, arguments)
        if spec.is_ == "on-response":
            yield from response_hooks.hooks_of(CatalogCall(run, spec, None, bound, arguments, own))
        for config in bound.role("set_up") if spec.is_ == "session" else ():
            if isinstance(config, ClassVal):
                yield from _given_by(run, config, own)


def _given_by(run: RunState, config: ClassVal, frame: Frame) -> Iterator[AbstractValue]:
    """The handlers that the methods of a class give to a container."""
    for stmt in config.cls.body:
        func = stmt.what if isinstance(stmt, Define) and isinstance(stmt.what, Func) else None
        spec = frame.index.injected(frame.index.type_of(func.type)) if func is not None and func.type else None
        if func is None or spec is None or spec.is_ != "on-response":
            continue
        place = frame.place(func)
        this = run.any_instance(config, frame)
        arguments = Arguments(place)
        for method in run.member_of(this, (StringValue(func.name),), place, frame):
            if isinstance(method, FuncVal):
                arguments.add(None, run.call_function(method, Arguments(place), frame, place))
        bound = frame.index.bound(spec, arguments)
        yield from response_hooks.hooks_of(CatalogCall(run, spec, None, bound, arguments, frame))


def _pieces(run: RunState, cls: ClassVal, frame: Frame) -> Iterator[tuple[Values, Values]]:
    """What each annotation of a class says of its address: the base, and what comes behind it."""
    index = run.program.index(cls.unit.language)
    for decorator in cls.cls.decorators:
        callee = decorator.callee if isinstance(decorator, Call) else decorator
        spec = index.decorator(walk.last(callee))
        if spec is None:
            continue
        arguments = (
            run.arguments_of(decorator, frame) if isinstance(decorator, Call) else Arguments(frame.place(decorator))
        )
        bound = index.bound(spec, arguments)
        if spec.is_ == "session":
            base = bound.role("base")
            path = tuple(v for v in base if isinstance(v, StringValue) and v.text.startswith("/"))
            own = tuple(v for v in base if not isinstance(v, StringValue) or "://" in v.text or "." in v.text)
            named = (*texts(bound.role("key")), cls.cls.name)
            yield own or run.program.addresses.of_client(spec.name, named), (*path, *bound.role("with"))
        elif spec.is_ in ("http", "join"):
            yield (), bound.role("with") or bound.role("url")


def _sent(run: RunState, func: Func, arguments: Arguments, frame: Frame) -> dict[str, Values]:
    """The arguments by the names of the parameters, and by what annotations say of these: `@Field("a")` is the entry
    `a` of `@Field`, and a plain `@Body` the value itself."""
    by_name: dict[str, Values] = {}
    for number, param in enumerate(func.params):
        place = frame.place(param)
        default = run.eval(param.default, frame) if param.default is not None else ()
        vals = arguments.named.get(param.name) or (*arguments.positional[number : number + 1], default)[0]
        vals = declared_types.or_taken(run, vals, param.type, frame)
        if vals:
            by_name[param.name] = vals
        for decorator in param.decorators:
            name = "@" + walk.decorator_name(decorator)
            keys = (
                [text for arg in decorator.args[:1] for text in texts(run.eval(arg.value, frame))]
                if isinstance(decorator, Call)
                else []
            )
            if keys:
                headers = next(
                    (m for m in by_name.get(name, ()) if isinstance(m, MappingValue)), MappingValue((), place=place)
                )
                by_name[name] = (
                    headers.with_entry(keys[0], vals or (UnknownValue(param.name, place=place, label=param.name),)),
                )
            elif vals:
                by_name[name] = vals
        if vals and not param.decorators:
            by_name[PLAIN] = vals
    return by_name
