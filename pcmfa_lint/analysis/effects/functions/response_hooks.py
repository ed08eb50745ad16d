"""Functions that clients run on every answer, and objects between a client and the net: registered, and run."""

from __future__ import annotations

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.functions.hook_forms import (
    HANDLER,
    around,
    as_hook,
    asked,
    is_asked,
    lets_all_pass,
    registered,
)
from pcmfa_lint.analysis.effects.sending.clients import shared_client
from pcmfa_lint.analysis.effects.sending.on_failure import answers_on_401
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    FuncVal,
    ObjectValue,
    ResponseValue,
    StringValue,
    Values,
)
from pcmfa_lint.ir.frozen import replace


def hook(call: CatalogCall) -> Values:
    """A client is told what to run on every answer, and on every error; a library's own client is one, too. An answer
    that is there already is looked at now."""
    hooks = hooks_of(call)
    for val in call.role("target") or call.arguments.receiver:
        if isinstance(val, ResponseValue):
            if answers_on_401(call):
                record = call.run.records[val.record]
                record.failure = replace(record.failure, surfaces_as="returns-status")
            _look_now(call, val, hooks)
            continue
        client = val.owner if isinstance(val, ExternalSymbol) else val if isinstance(val, ObjectValue) else None
        if client is None:
            client = shared_client(call.run, call.spec, call.place)
        for vals, attr in ((hooks, "hooks"), (registered(call, call.role("handler")), "handlers")):
            if vals:
                client.attrs[attr] = join(client.attrs.get(attr, ()), vals)
        if is_asked(call) and (any(isinstance(val, FuncVal) for val in hooks) or lets_all_pass(call)):
            client.attrs["Accept"] = (StringValue("False", place=call.place),)
    return call.arguments.receiver


def hooks_of(call: CatalogCall) -> Values:
    """The functions that a call, or an annotation, tells a client to run on every answer."""
    if is_asked(call):
        return asked(call, call.role("value"))
    vals = (*registered(call, call.role("value")), *around(call, call.role("around")))
    if "when" not in call.spec.args and "raises" not in call.spec.result:
        return vals
    return tuple(as_hook(call, val) for val in vals if isinstance(val, FuncVal))


def _look_now(call: CatalogCall, answer: ResponseValue, hooks: Values) -> None:
    inner = Arguments(call.place)
    inner.add(None, (replace(answer, part=""),))
    for val in hooks:
        if isinstance(val, FuncVal):
            _run(call, val, inner, answer)
    record = call.run.records[answer.record]
    record.watched = len(record.events)


def _run(call: CatalogCall, hook: FuncVal, arguments: Arguments, answer: ResponseValue) -> None:
    """Runs a hook. Where it stands for a handler that takes a 401, the client itself raises nothing."""
    record = call.run.records[answer.record]
    before = len(record.events)
    call.run.forwarded.append((answer,))
    for val in call.run.call_function(hook, arguments, call.frame, call.place):
        if isinstance(val, FuncVal):  # one that is handed what sends gives back what is handed the request
            call.run.call_function(val, Arguments(call.place, open=True), call.frame, call.place)
    call.run.forwarded.pop()
    checks = [event.check for event in [*record.events][before:] if event.check is not None]
    if hook.label == HANDLER and any(check.branch is not None for check in checks):
        record.failure = replace(record.failure, surfaces_as="returns-status")


def run_hooks(call: CatalogCall, response: ResponseValue) -> None:
    """Functions that a client, or the call itself, has registered for every response."""
    clients = [val for val in call.arguments.receiver if isinstance(val, ObjectValue)]
    inner = Arguments(call.place)
    inner.add(None, (response,))
    hung = [hook for client in clients for hook in inside(client.attrs.get("hooks", ()))]
    for hook in (*hung, *registered(call, call.role("hooks")), *around(call, call.role("around"))):
        kept = inside(hook.attrs.get("hooks", ())) if isinstance(hook, ObjectValue) else (hook,)
        for func in kept:
            if isinstance(func, FuncVal):
                _run(call, func, inner, response)
    handlers = [handler for client in clients for handler in client.attrs.get("handlers", ())]
    for handler in (*handlers, *call.role("auth")):  # what signs a request in may look at its answer
        _run_handler(call, handler, response)


def forward(call: CatalogCall) -> Values:
    """What the net, or the next object before it, answers to what a handler hands on."""
    answers = tuple(val for val in call.arguments.receiver if isinstance(val, ResponseValue))
    return answers or (call.run.forwarded[-1] if call.run.forwarded else UNCLEAR)


def _run_handler(call: CatalogCall, handler: AbstractValue, response: ResponseValue) -> None:
    """An object between a client and the net: its method sees the request, and what its base's method answers."""
    run = call.run
    obj = run.any_instance(handler, call.frame) if isinstance(handler, ClassVal) else handler
    if not isinstance(obj, ObjectValue) or obj.cls is None:
        return
    for name in call.frame.index.forwards:
        inner = Arguments(call.place, open=True)
        inner.add("response", (response,))  # so that each response is a call of its own
        run.forwarded.append((response,))
        for method in run.member_of(replace(obj, attrs={}), (StringValue(name),), call.place, call.frame):
            if isinstance(method, FuncVal):
                run.call_function(replace(method, this=obj), inner, call.frame, call.place)
        run.forwarded.pop()
