"""Functions that a call is handed: run on an object, called back with the result, run to fulfil a promise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.call import Applied
from pcmfa_lint.analysis.matching.arguments import Given
from pcmfa_lint.analysis.values import UNCLEAR, Env, Ext, FuncVal, Obj, Resp, Token, Vals, union

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.machine import Machine


def on_object(call: Applied, func: FuncVal, this: Vals, given: Given) -> tuple[Vals, Vals]:
    """Runs a function, on an object if there is one; what it gives back, and the object after it."""
    env = Env({call.frame.index.this: this} if this else {}, func.env)
    made = call.run.call_function(replace(func, env=env) if this else func, given, call.frame, call.place)
    return made, env.vars.get(call.frame.index.this, ())


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
    """The promise that the method is called on gets its value."""
    for val in call.given.receiver:
        if isinstance(val, Obj):
            fulfil(call.run, val, call.given)
    return UNCLEAR
