"""Calls out of sight: functions that nobody knows, what they are handed, and what is run with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.handed_over import handed_over
from pcmfa_lint.analysis.effects.sending.uses import escaped
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    CredentialValue,
    FuncVal,
    MappingValue,
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


HOSTS = frozenset({"login", "partner-center", "partner-api"})


def unknown_call(run: RunState, name: str, arguments: Arguments, frame: Frame, taker: str = "") -> Values:
    """A call of something that is not in sight: its functions may run, its values are out of our hands. `taker`: what
    is called, by the type that has it, if more than `name` is known."""
    vals = tuple(v for _, vals in arguments.order for v in vals)
    escaped(run, (*vals, *arguments.piped), arguments.place)
    handed_over(run, taker or name, arguments)
    run_handed(run, vals, arguments, frame)
    return (UnknownValue(name, place=arguments.place, label=name.rpartition(".")[2]),)


def run_handed(run: RunState, vals: Values, arguments: Arguments, frame: Frame) -> None:
    """Runs the functions that are handed to something that is not in sight."""
    context = frame.context
    frame.context = Context("run", context, frame.unit, context.activation)
    try:
        for val in vals:
            if isinstance(val, FuncVal) and not val.func.name:
                run.call_function(val, Arguments(arguments.place, open=True), frame, arguments.place)
    finally:
        frame.context = context


def labels(run: RunState, vals: Values) -> frozenset[str]:
    """Labels of the arguments that somebody does something with: kinds of hosts, secrets, tokens."""
    result: set[str] = set()
    for val in inside(vals):
        match val:
            case CredentialValue() | TokenValue() | FuncVal():
                result.add(type(val).__name__)
            case SourceValue(kind=kind) if kind not in ("parameter", "unknown"):
                result.add(kind)
            case StringValue():
                result |= run.addresses.kinds((val,)) & HOSTS
            case MappingValue() if val.get("grant_type"):
                result.add("grant")
    return frozenset(result)
