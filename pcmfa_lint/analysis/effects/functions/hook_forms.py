"""The forms in which a client takes what it runs on every answer, each as a function of the answer: one that is handed
other things before it; a condition and a handler; a function that gives back the error; an object that is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.failures.verdicts import results
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    FuncVal,
    ObjectValue,
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
HANDLER = "handler"  # the label of such a function


def registered(call: CatalogCall, vals: Values) -> Values:
    """The functions among values, as functions of the answer. Of an object, or of a class that the client makes one of,
    what is run are the methods that an `on-response` names, or the one by which it is called itself. What a library
    keeps hooks in comes as it is."""
    names = call.spec.name.split("|") if call.spec.name and call.spec.is_ == "on-response" else ["__call__"]
    hooks: list[Values] = []
    for val in inside(vals):
        if isinstance(val, ClassVal) and call.spec.name:
            val = call.run.any_instance(val, call.frame)
        own: Values = (val,)
        if isinstance(val, ObjectValue) and val.cls is not None:
            own = join(*(call.run.member_of(val, (StringValue(n),), call.place, call.frame) for n in names))
        hooks.append(tuple(_of_answer(call, v) for v in own if isinstance(v, FuncVal)))
        hooks.append(tuple(v for v in own if isinstance(v, ObjectValue)))
    return join(*hooks)


def around(call: CatalogCall, vals: Values) -> Values:
    """The functions among values that stand around the sending, as functions of what sends, which stands for the
    answer: it comes behind the request, or alone where they give back a function of the request."""
    funcs = (val for val in registered(call, vals) if isinstance(val, FuncVal))
    return tuple(_behind(func, 1) if len(_params(func)) > 1 else func for func in funcs)


def _of_answer(call: CatalogCall, func: FuncVal) -> FuncVal:
    number = int(call.spec.result.get("hooked", "0"))
    return _behind(func, number) if number else func


def _behind(func: FuncVal, number: int) -> FuncVal:
    """A function that is handed the answer, or what sends, behind so many other things."""
    params = _params(func)
    own = func.func.params[: len(func.func.params) - len(params)]
    return replace(func, func=replace(func.func, params=(*own, *params[number:], *params[:number])))


def _params(func: FuncVal) -> tuple[Param, ...]:
    """The parameters of a function without the one for the object that it is called on."""
    params = func.func.params
    return params[1:] if func.func.owner and params and params[0].name in ("self", "cls") else params


def as_hook(call: CatalogCall, handler: FuncVal) -> FuncVal:
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
    return replace(handler, func=stands_for, place=replace(call.place, span=span), label=HANDLER)


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


def is_asked(call: CatalogCall) -> bool:
    """Whether the client asks an object first whether an answer is an error, and does nothing else with an error."""
    return "asks" in call.spec.result and not call.role("when")


def lets_all_pass(call: CatalogCall) -> bool:
    """Whether the object is the library's own that takes no answer for an error."""
    silent = call.spec.result.get("nothing")
    return any(isinstance(val, ObjectValue) and val.type == silent for val in call.role("value"))


def asked(call: CatalogCall, vals: Values) -> Values:
    """What objects that are asked first do with an answer, as functions of it."""
    objects = (call.run.any_instance(v, call.frame) if isinstance(v, ClassVal) else v for v in inside(vals))
    return tuple(func for val in objects if (func := _deciding(call, val)) is not None)


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
    return replace(whole, func=func, place=replace(call.place, span=span), label=HANDLER)


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
