"""Promises, functions that are called back, and clients that are told what to run on every answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pcmfa_lint.catalog import CallSpec
from pcmfa_lint.evidence import Place
from pcmfa_lint.link import walk
from pcmfa_lint.link.calls import Given
from pcmfa_lint.link.sending import Applied
from pcmfa_lint.link.values import UNCLEAR, Ext, FuncVal, Map, Obj, Resp, Str, Token, Vals, union
from pcmfa_lint.unit import Define, Func, Return, Text, Value

if TYPE_CHECKING:
    from pcmfa_lint.link.machine import Frame, Machine


def shared_name(spec: CallSpec) -> str:
    """The name of the client that a library's plain functions send with."""
    return f"client:{spec.id.partition('.')[0]}"


def call_back(call: Applied, found: Vals) -> None:
    """Functions among the arguments get the result; the entry says in which parts: `error` is what the library says of
    a refusal, `fault` only of a connection, `answer` the whole, any other word a member of it."""
    inner = Given(call.place, open=True)
    for word in call.spec.result["callback"].split(","):
        made: Vals = UNCLEAR
        if word == "answer":
            made = found
        elif word != "fault":
            made = tuple(replace(v, part=word) if isinstance(v, (Token, Resp)) else v for v in found)
        inner.add(None, made)
    for func in call.role("func") or tuple(v for _, vals in call.given.order[-1:] for v in vals):
        if isinstance(func, FuncVal):
            call.run.call_function(func, inner, call.frame, call.place)


def promise(call: Applied) -> Vals:
    """Runs a function at once that is handed how to fulfil a promise, and how to refuse it."""
    promise = call.run.object("deferred", call.place)
    inner = Given(call.place)
    inner.add(None, (promise,))
    inner.add(None, (Ext("reject"),))
    for func in call.role("func"):
        if isinstance(func, FuncVal):
            call.run.call_function(func, inner, call.frame, call.place)
    return promise.attrs.get("promise", UNCLEAR)


def fulfil(run: Machine, promise: Obj, given: Given) -> Vals:
    """A promise gets its value."""
    vals = given.positional[0] if given.positional else ()
    promise.attrs["promise"] = union(vals, promise.attrs.get("promise", ()))
    return UNCLEAR


def fulfil_receiver(call: Applied) -> Vals:
    for val in call.given.receiver:
        if isinstance(val, Obj):
            fulfil(call.run, val, call.given)
    return UNCLEAR


def hook(call: Applied) -> Vals:
    """A client is told what to run on every answer, and on every error; a library's own client is one, too."""
    for val in call.given.receiver:
        client = val.owner if isinstance(val, Ext) else val if isinstance(val, Obj) else None
        if client is None:
            client = shared_client(call.run, call.spec, call.place)
        for role, attr in (("value", "hooks"), ("handler", "handlers")):
            if vals := call.role(role):
                client.attrs[attr] = union(client.attrs.get(attr, ()), _methods(call, vals))
        if call.spec.result.get("how") == "answers":
            client.attrs["Accept"] = (Str("False", place=call.place),)
    return call.given.receiver


def _methods(call: Applied, vals: Vals) -> Vals:
    """What is run: functions, and of an object the method that the entry names."""
    found: list[Vals] = []
    for val in vals:
        named = isinstance(val, Obj) and val.cls is not None and call.spec.name
        methods = call.run.member_of(val, (Str(call.spec.name),), call.place, call.frame) if named else (val,)
        found.append(methods)
    return union(*found)


def goes_on(deciding: Vals, name: str) -> bool:
    """Whether what decides on sending again never gives nothing back, which would be the end: functions, or the
    methods of this name of objects that stand for one."""
    given: list[Value | None] = []
    for val in deciding:
        body = val.cls.cls.body if isinstance(val, Obj) and val.cls is not None else ()
        funcs = [stmt.what for stmt in body if isinstance(stmt, Define) and isinstance(stmt.what, Func)]
        own = [val.func] if isinstance(val, FuncVal) else [func for func in funcs if func.name == name]
        given += [stmt.value for func in own for stmt in walk.statements(func.body) if isinstance(stmt, Return)]
    return bool(given) and not any(isinstance(value, Text) and value.value == "None" for value in given)


def shared_client(run: Machine, spec: CallSpec, place: Place) -> Obj:
    """The client that a library's plain functions send with."""
    kind = spec.result.get("type", spec.id)
    return run.provided.setdefault(shared_name(spec), run.object(kind, place))


def set_member(run: Machine, holder: Ext, name: str, vals: Vals, frame: Frame) -> None:
    """`client.defaults.x = …`: a role of its constructor that is written so, or one more header."""
    spec = frame.index.read(holder.name)
    client = holder.owner
    if client is None and spec is not None and spec.is_ == "session" and holder.place is not None:
        client = shared_client(run, spec, holder.place)
    made = frame.index.function(client.type) if client is not None else None
    if client is None or made is None:
        return
    if ".headers" in holder.name:
        held = next((v for v in client.attrs.get("headers", ()) if isinstance(v, Map)), Map(()))
        client.attrs["headers"] = (held.with_entry(name, vals),)
        return
    for role, attr in (("base", "base_url"), ("headers", "headers"), ("Accept", "Accept")):
        if made.args.get(role, "").rpartition(".")[2] == name:
            client.attrs[attr] = union(vals, client.attrs.get(attr, ()))
