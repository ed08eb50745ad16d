"""The consequences of a request that fails, as the call, its client and the script say: an answer, a handler, an end of
the run."""

from __future__ import annotations

import re

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.failures.verdicts import lets_401_pass, results
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.model import (
    FuncVal,
    ObjectValue,
    ResponseValue,
    StringValue,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Assign, Func, Handler, Text, Try


def answers_on_401(call: CatalogCall) -> bool:
    """Whether the call is told to give a 401 back as an answer: by a switch, by one that is off, by what it accepts."""
    if call.bound.surely("skip"):
        return True
    accepted_by_client = [
        v for r in call.arguments.receiver if isinstance(r, ObjectValue) for v in r.attrs.get("Accept", ())
    ]
    for val in call.role("accept") or accepted_by_client:
        if isinstance(val, StringValue) and (val.text in ("None", "False") or _holds_401(val.text)):
            return True
        if isinstance(val, FuncVal) and any(lets_401_pass(v) for v in results(val.func)):
            return True
    return False


def _holds_401(statuses: str) -> bool:
    """Whether a list of statuses and ranges of them holds 401: `100:399,401`, `200-499`, `4xx`, `*`."""
    for written in statuses.split(","):
        if written.strip().casefold() in ("*", "4xx", "40x"):
            return True
        ends = [end.strip() for end in re.split(r"[:-]", written)]
        if len(ends) <= 2 and all(end.isdecimal() and len(end) == 3 for end in ends) and ends[0] <= "401" <= ends[-1]:
            return True
    return False


def within_handlers(call: CatalogCall) -> Context:
    """The context of a request: inside the handlers that its client has for every error. `handled` of the entry: the
    member by which a handler says that the error is over, and without which it travels on."""
    context, says = call.frame.context, call.spec.result.get("handled", "")
    for client in call.arguments.receiver:
        for val in client.attrs.get("handlers", ()) if isinstance(client, ObjectValue) else ():
            if isinstance(val, FuncVal) and (not says or _sets(val.func, says)):
                name = val.func.params[0].name if val.func.params else ""
                handler = Handler((), name, val.func.body, val.func.span)
                stmt = Try((), (handler,), val.func.span)
                context = Context("try", context, val.unit, context.activation, stmt=stmt)
    return context


def collected_in(call: CatalogCall) -> list[str]:
    """The variables that a call is told to put its errors into."""
    names = call.frame.semantics.preference.collects
    variables = (text for name in names for text in texts(call.bound.named.get(call.bound._key(name), ())))
    return [name.lstrip("+") for name in variables]


def tell_of_failure(call: CatalogCall, record: Request) -> None:
    """Sets the variables in which the language keeps how the last call went, here and for all that called this."""
    wish = call.frame.semantics.preference
    is_program = record.failure.surfaces_as == "exit-code"
    named = [(name, "ok") for name in wish.worked]
    named += [(name, "error") for name in (wish.exit_status if is_program else wish.errors)]
    frame: Frame | None = call.frame if named else None
    while frame is not None:
        for name, part in named:
            frame.env.vars[frame.index.key(name)] = (ResponseValue(record.number, part, place=call.place),)
        frame = frame.caller


def _sets(func: Func, name: str) -> bool:
    """Whether a function sets a member of this name to true."""
    return any(
        isinstance(stmt, Assign)
        and any(walk.last(target) == name for target in stmt.targets)
        and isinstance(stmt.value, Text)
        and stmt.value.value == "True"
        for stmt in walk.statements(func.body)
    )


def error_preference(call: CatalogCall) -> tuple[bool | None, bool]:
    """Whether an uncaught error ends the run here, and whether it is thrown away at the call."""
    wish = call.frame.semantics.preference
    preferences = [t for name in wish.argument for t in texts(call.bound.named.get(call.bound._key(name), ()))]
    preferences = preferences or texts(
        call.run.lookup(call.frame.index.key(wish.variable), call.frame) or () if wish.variable else ()
    )
    folded = {text.casefold() for text in preferences}
    silent = bool(folded & {s.casefold() for s in wish.silent}) or call.arguments.redirect.startswith("drop")
    stops = bool(folded & {s.casefold() for s in wish.stop}) if wish.variable else None
    if stops and wish.programs and call.spec.failure and call.spec.failure.surfaces_as == "exit-code":
        stops = "True" in texts(call.run.lookup(call.frame.index.key(wish.programs), call.frame) or ())
    return stops, silent
