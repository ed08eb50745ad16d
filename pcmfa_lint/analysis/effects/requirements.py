"""Calls that raise an error by a test: `check(response.isSuccessful) { … }`, `throw_if($response->failed(), …)`."""

from __future__ import annotations

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.values.model import UNCLEAR, Values
from pcmfa_lint.ir.nodes import Arg, Arm, BooleanOperation, Call, Compare, Expression, If, Lambda, Name, Raise, Return


def require(call: CatalogCall) -> Values:
    """Runs the call as the `if` that it stands for, whose branch raises: where `unless` fails, or is not what `equals`
    is, or where `when` holds. The other arguments are what the error says."""
    roles = {role: _argument(call, role) for role in ("unless", "equals", "when")}
    test = roles["unless"] or roles["when"]
    if test is None:
        return UNCLEAR
    others = [node for node in call.arguments.nodes.values() if all(node is not used for used in roles.values())]
    span = call.place.span
    if roles["equals"] is not None:  # such an error shows what was compared
        others.append(test)
        test = Compare("==", test, roles["equals"], span)
    error = Raise(
        Call(Name("Error", span), tuple(Arg(_message(node), node.span) for node in others), span, "new"), span
    )
    condition = BooleanOperation("not", (test,), span) if roles["unless"] is not None else test
    call.run.block((If((Arm(condition, (error,)),), span),), call.frame)
    return UNCLEAR


def _argument(call: CatalogCall, role: str) -> Expression | None:
    places = call.spec.args.get(role, "").split("|")
    return next((call.arguments.nodes[place] for place in places if place in call.arguments.nodes), None)


def _message(node: Expression) -> Expression:
    """The text that a function without a name gives back."""
    last = node.func.body[-1] if isinstance(node, Lambda) and node.func.body else None
    return last.value if isinstance(last, Return) and last.value is not None else node
