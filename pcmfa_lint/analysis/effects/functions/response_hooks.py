"""Functions that clients run on every answer: registered, made of what frameworks take in place of a function, and
run."""

from __future__ import annotations

from collections.abc import Sequence

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.sending.clients import shared_client
from pcmfa_lint.analysis.failures.verdicts import results
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    FuncVal,
    ListValue,
    ObjectValue,
    ResponseValue,
    StringValue,
    Values,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Call,
    Compare,
    Expression,
    If,
    Member,
    Name,
    Param,
    Raise,
    Return,
    Span,
    Stmt,
    Text,
    Try,
)

_ANSWER = "the answer"  # the parameter of a function that stands for a handler
_HANDLER = "handler"  # the label of such a function


def hook(call: CatalogCall) -> Values:
    """A client is told what to run on every answer, and on every error; a library's own client is one, too. An answer
    that is there already is looked at now."""
    hooks = hooks_of(call)
    answers = call.spec.result.get("how") == "answers"
    for val in call.role("target") or call.arguments.receiver:
        if isinstance(val, ResponseValue):
            _look_now(call, val, hooks)
            continue
        client = val.owner if isinstance(val, ExternalSymbol) else val if isinstance(val, ObjectValue) else None
        if client is None:
            client = shared_client(call.run, call.spec, call.place)
        for vals, attr in ((hooks, "hooks"), (_methods(call, call.role("handler")), "handlers")):
            if vals:
                client.attrs[attr] = join(client.attrs.get(attr, ()), vals)
        if answers:
            client.attrs["Accept"] = (StringValue("False", place=call.place),)
    return call.arguments.receiver


def hooks_of(call: CatalogCall) -> Values:
    """The functions that a call, or an annotation, tells a client to run on every answer."""
    vals = _methods(call, call.role("value"))
    if number := int(call.spec.result.get("hooked", "0")):
        vals = tuple(_answer_first(val, number) if isinstance(val, FuncVal) else val for val in vals)
    if "when" not in call.spec.args and "raises" not in call.spec.result:
        return vals
    return tuple(_as_hook(call, val) for val in vals if isinstance(val, FuncVal))


def _answer_first(func: FuncVal, number: int) -> FuncVal:
    """A function that is handed the answer, or what sends, behind so many other things."""
    params = func.func.params
    return replace(func, func=replace(func.func, params=(*params[number:], *params[:number])))


def _methods(call: CatalogCall, vals: Values) -> Values:
    """What is run: functions, and of an object, or of a class that the client makes one of, the method that the entry
    names."""
    methods_of_each: list[Values] = []
    listed = [join(*val.items) if isinstance(val, ListValue) else (val,) for val in vals]
    for val in join(*listed):
        if isinstance(val, ClassVal) and call.spec.name:
            val = call.run.any_instance(val, call.frame)
        named = isinstance(val, ObjectValue) and val.cls is not None and call.spec.name
        methods = call.run.member_of(val, (StringValue(call.spec.name),), call.place, call.frame) if named else (val,)
        methods_of_each.append(methods)
    return join(*methods_of_each)


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
    call.run.call_function(hook, arguments, call.frame, call.place)
    checks = [event.check for event in record.events[before:] if event.check is not None]
    if hook.label == _HANDLER and any(check.branch is not None for check in checks):
        record.failure = replace(record.failure, surfaces_as="returns-status")


# --- a condition and a handler, or a function that gives back the error, as a function of the answer ---


def _as_hook(call: CatalogCall, handler: FuncVal) -> FuncVal:
    """`if (condition(answer)) handler(answer)`; without a condition the handler is for all errors. Where the client
    raises what a handler with so many parameters gives back, it is raised there."""
    func, result = handler.func, call.spec.result
    span = func.span
    named = func.params[-1].name if func.params else ""
    answer = Name(named or _ANSWER, span, "local")
    gives_back = result.get("raises") == str(len(func.params))
    body = _raising(func.body, result.get("nothing", "")) if gives_back else func.body
    setting, test = _condition(call, answer, span)
    params = (Param(answer.id, span),)
    stands_for = replace(func, name="", params=params, body=(*setting, If((Arm(test, body),), span)), owner="")
    return replace(handler, func=stands_for, place=replace(call.place, span=span), label=_HANDLER)


def _condition(call: CatalogCall, answer: Name, span: Span) -> tuple[tuple[Stmt, ...], Expression]:
    """The test whether a handler runs, and what must be set before."""
    status = Member(answer, Text(call.spec.result.get("status", ""), span), span)
    for val in call.role("when"):
        if isinstance(val, FuncVal) and (tests := results(val.func)):
            if isinstance(tests[0], Text) and tests[0].value == "True":  # `status -> true`: for all errors
                break
            names = [param.name for param in val.func.params[:1]]
            return tuple(Assign((Name(name, span, "local"),), status, span) for name in names), tests[0]
        if isinstance(val, ExternalSymbol):
            head, _, last = val.name.rpartition(".")
            if last == "equals":
                return (), Compare("==", status, Text(head.rpartition(".")[2], span), span)
            return (), Member(status, Text(last, span), span)
    return (), Member(answer, Text(call.spec.result.get("failed", ""), span), span)


def _raising(stmts: Sequence[Stmt], nothing: str) -> tuple[Stmt, ...]:
    """The statements, with the errors raised that they give back."""
    return tuple(_raised(stmt, nothing) for stmt in stmts)


def _raised(stmt: Stmt, nothing: str) -> Stmt:
    match stmt:
        case Return(value=value) if value is not None and not _is_nothing(value, nothing):
            return Raise(value, stmt.span)
        case If(arms=arms):
            return replace(stmt, arms=tuple(replace(arm, body=_raising(arm.body, nothing)) for arm in arms))
        case Try(body=body, handlers=handlers):
            inner = tuple(replace(one, body=_raising(one.body, nothing)) for one in handlers)
            return replace(stmt, body=_raising(body, nothing), handlers=inner)
    return stmt


def _is_nothing(value: Expression, nothing: str) -> bool:
    if isinstance(value, Call):
        return walk.last(value.callee) in nothing.split("|")
    return isinstance(value, Text) and value.value == "None"


# --- running them ---


def run_hooks(call: CatalogCall, response: ResponseValue) -> None:
    """Functions that a client, or the call itself, has registered for every response."""
    hung = [v for r in call.arguments.receiver if isinstance(r, ObjectValue) for v in r.attrs.get("hooks", ())]
    inner = Arguments(call.place)
    for _ in range(int(call.spec.result.get("hooked", "0"))):  # what a hook is handed before the answer
        inner.add(None, UNCLEAR)
    inner.add(None, (response,))
    for hook in inside((*hung, *call.role("hooks"))):
        if isinstance(hook, FuncVal):
            _run(call, hook, inner, response)
    for handler in (
        v for r in call.arguments.receiver if isinstance(r, ObjectValue) for v in r.attrs.get("handlers", ())
    ):
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
