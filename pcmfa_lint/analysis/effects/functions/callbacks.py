"""Functions that a call is handed: run on an object, called back with the result, run to fulfil a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    Env,
    ExternalSymbol,
    FuncVal,
    ObjectValue,
    ResponseValue,
    TokenValue,
    Values,
)
from pcmfa_lint.ir.frozen import replace

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.machine import RunState


def on_object(call: CatalogCall, func: FuncVal, this: Values, arguments: Arguments) -> tuple[Values, Values]:
    """Runs a function, on an object if there is one; what it gives back, and the object after it."""
    env = Env({call.frame.semantics.receiver: this} if this else {}, func.env)
    result = call.run.call_function(replace(func, env=env) if this else func, arguments, call.frame, call.place)
    return result, env.vars.get(call.frame.semantics.receiver, ())


def call_back(call: CatalogCall, results: Values) -> None:
    """Functions among the arguments get the result; the entry says in which parts: `error` is what the library says of
    a refusal, `fault` only of a connection, `answer` the whole, any other word a member of it."""
    inner = Arguments(call.place, open=True)
    for word in call.spec.result["callback"].split(","):
        parts: Values = UNCLEAR
        if word == "answer":
            parts = results
        elif word != "fault":
            parts = tuple(replace(v, part=word) if isinstance(v, (TokenValue, ResponseValue)) else v for v in results)
        inner.add(None, parts)
    for func in call.role("func") or tuple(v for _, vals in call.arguments.order[-1:] for v in vals):
        if isinstance(func, FuncVal):
            call.run.call_function(func, inner, call.frame, call.place)


def promise(call: CatalogCall) -> Values:
    """Runs a function at once that is handed how to fulfil a promise, and how to refuse it."""
    promise = call.run.object("deferred", call.place)
    inner = Arguments(call.place)
    inner.add(None, (promise,))
    inner.add(None, (ExternalSymbol("reject"),))
    for func in call.role("func"):
        if isinstance(func, FuncVal):
            call.run.call_function(func, inner, call.frame, call.place)
    return promise.attrs.get("promise", UNCLEAR)


def fulfil(run: RunState, promise: ObjectValue, arguments: Arguments) -> Values:
    """A promise gets its value."""
    vals = arguments.positional[0] if arguments.positional else ()
    promise.attrs["promise"] = join(vals, promise.attrs.get("promise", ()))
    return UNCLEAR


def fulfil_receiver(call: CatalogCall) -> Values:
    """The promise that the method is called on gets its value."""
    for val in call.arguments.receiver:
        if isinstance(val, ObjectValue):
            fulfil(call.run, val, call.arguments)
    return UNCLEAR
