"""Whether a failed call is the last thing that a script does, whose status is then that of the script."""

from __future__ import annotations

from collections.abc import Sequence

from pcmfa_lint.analysis.state.call_graph import Activation
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Assign, ExpressionStatement, If, Return, Stmt
from pcmfa_lint.limits import CALL_DEPTH


def ends_the_script(record: Request) -> bool:
    """Whether the request stands last in its script, or in functions whose calls all stand last."""
    return _is_last(record.context.activation, record.place, CALL_DEPTH)


def _is_last(activation: Activation, place: Place, depth: int) -> bool:
    body = activation.unit.body if activation.func is None else activation.func.func.body
    if depth <= 0 or not _stands_last(body, place):
        return False
    if activation.func is None:
        return True
    calls = [_is_last(edge.context.activation, edge.called, depth - 1) for edge in activation.edges.values()]
    return bool(calls) and all(calls)


def _stands_last(body: Sequence[Stmt], place: Place) -> bool:
    """Whether a call is the last command of statements, and gives them its status: nothing stands behind it in a
    pipeline. Where its output goes is a statement of its own, at the same place."""
    for stmt in (one for one in body if one.span == body[-1].span):
        match stmt:
            case ExpressionStatement(value=value) | Assign(value=value) if value.span == place.span:
                return True
            case Return(value=value) if value is not None and value.span == place.span:
                return True
            case If(arms=arms) if any(_stands_last(arm.body, place) for arm in arms):
                return True
    return False
