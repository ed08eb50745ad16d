"""Functions that clients run on every answer: registered, made of what frameworks take in place of a function, and
run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    Func,
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
        if _is_asked(call) and any(isinstance(val, FuncVal) for val in hooks):
            client.attrs["Accept"] = (StringValue("False", place=call.place),)
    return call.arguments.receiver


def hooks_of(call: CatalogCall) -> Values:
    """The functions that a call, or an annotation, tells a client to run on every answer."""
    vals = _methods(call, call.role("value"))
    if _is_asked(call):
        return tuple(func for val in vals if (func := _deciding(call, val)) is not None)
    if number := int(call.spec.result.get("hooked", "0")):
        vals = tuple(_answer_first(val, number) if isinstance(val, FuncVal) else val for val in vals)
    if "when" not in call.spec.args and "raises" not in call.spec.result:
        return vals
    return tuple(_as_hook(call, val) for val in vals if isinstance(val, FuncVal))


def _is_asked(call: CatalogCall) -> bool:
    """Whether the client asks an object first whether an answer is an error, and does nothing else with an error."""
    return "asks" in call.spec.result and not call.role("when")


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
        named = isinstance(val, ObjectValue) and val.cls is not None and call.spec.name and not _is_asked(call)
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

    def raised(stmt: Return, value: Expression) -> Stmt:
        return stmt if _is_nothing(value, nothing) else Raise(value, stmt.span)

    return _with_results(stmts, raised)


def _with_results(stmts: Sequence[Stmt], change: Callable[[Return, Expression], Stmt]) -> tuple[Stmt, ...]:
    """The statements, with something else where they give back a value."""
    return tuple(_with_result(stmt, change) for stmt in stmts)


def _with_result(stmt: Stmt, change: Callable[[Return, Expression], Stmt]) -> Stmt:
    match stmt:
        case Return(value=value) if value is not None:
            return change(stmt, value)
        case If(arms=arms):
            return replace(stmt, arms=tuple(replace(arm, body=_with_results(arm.body, change)) for arm in arms))
        case Try(body=body, handlers=handlers):
            inner = tuple(replace(one, body=_with_results(one.body, change)) for one in handlers)
            return replace(stmt, body=_with_results(body, change), handlers=inner)
    return stmt


def _is_nothing(value: Expression, nothing: str) -> bool:
    if isinstance(value, Call):
        return walk.last(value.callee) in nothing.split("|")
    return isinstance(value, Text) and value.value == "None"


# --- an object whose client asks it first whether an answer is an error, and then what to do, as one function ---


def _deciding(call: CatalogCall, handler: AbstractValue) -> FuncVal | None:
    """What an object does with an answer, as a function of it; None if it leaves all to the library. What it does not
    say itself, the library does: every error is one, and is raised."""
    asks = _own_method(call, handler, call.spec.result["asks"])
    acts = _own_method(call, handler, call.spec.name)
    whole = asks or acts
    if whole is None:
        return None
    span = whole.func.span
    answer = Name(_ANSWER, span, "local")
    body = _given(acts.func, answer) + acts.func.body if acts is not None else (Raise(answer, span),)
    if asks is not None:
        asked = _with_results(asks.func.body, lambda stmt, value: If((Arm(value, body),), stmt.span))
        body = _given(asks.func, answer) + asked
    else:
        failed = Member(answer, Text(call.spec.result.get("failed", ""), span), span)
        body = (If((Arm(failed, body),), span),)
    func = replace(whole.func, name="", params=(Param(answer.id, span),), body=body)
    return replace(whole, func=func, place=replace(call.place, span=span), label=_HANDLER)


def _own_method(call: CatalogCall, obj: AbstractValue, name: str) -> FuncVal | None:
    """A method that the object's class in the repository has, bound to it; the object may be no more than this."""
    if isinstance(obj, FuncVal):
        return obj if obj.func.name == name else None
    if not isinstance(obj, ObjectValue) or obj.cls is None:
        return None
    methods = call.run.member_of(obj, (StringValue(name),), call.place, call.frame)
    return next((val for val in methods if isinstance(val, FuncVal)), None)


def _given(func: Func, answer: Expression) -> tuple[Stmt, ...]:
    """A function's last parameter, set to the answer that it is handed."""
    return tuple(Assign((Name(param.name, func.span, "local"),), answer, func.span) for param in func.params[-1:])


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
