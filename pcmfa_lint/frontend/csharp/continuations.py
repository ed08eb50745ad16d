"""`task.ContinueWith(t => …)`, which asks the task whether it failed: written with `try` and `catch`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    Call,
    Compare,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    Lambda,
    Member,
    Name,
    Span,
    Try,
)

# What a task says of itself: where it is done, and where it failed.
_SAYS = {"IsFaulted": ("False", "True"), "IsCompletedSuccessfully": ("True", "False"), "IsCanceled": ("False", "False")}
_ERROR = "Exception"


def continued(base: Expression, args: tuple[Arg, ...], span: Span) -> Block | None:
    """The task, and what is done with its result or its error; None where neither is asked for."""
    handler = args[0].value if args else None
    if not isinstance(handler, Lambda) or len(handler.func.params) != 1:
        return None
    name = handler.func.params[0].name
    asked = {
        walk.last(v) for v in walk.values(handler.func.body) if isinstance(v, Member) and walk.dotted(v.base) == name
    }
    if any(isinstance(v, Block) for v in walk.values(handler.func.body)):  # in another one each would be there twice
        return None
    only = {walk.last(v) for arg in args[1:] for v in walk.within(arg.value) if isinstance(v, (Name, Member))}
    if not asked & {*_SAYS, _ERROR} and "OnlyOnFaulted" not in only:
        return None
    error = Name(name, span)
    done = Call(_with_answers(handler, name, False), (Arg(error, span),), span)
    caught = Call(_with_answers(handler, name, True), (Arg(error, span),), span)
    on_error = Handler((), name, (ExpressionStatement(caught, span),), handler.span)
    waited = Assign((error,), curly_braces.awaited(base), span)
    otherwise = ExpressionStatement(error if "OnlyOnFaulted" in only else done, span)
    return Block((Try((waited,), (on_error,), span, otherwise=(otherwise,)),), span)


def _with_answers(handler: Lambda, name: str, failed: bool) -> Lambda:
    """The function with the task's answers where it asks for them."""

    def answered(value: Any) -> Any:
        if (
            isinstance(value, Compare)
            and walk.dotted(value.left) == f"{name}.{_ERROR}"
            and walk.dotted(value.right) == ""
        ):
            return curly_braces.constant(str(failed is (value.op in ("!=", "is-not"))), value.span)
        if isinstance(value, Member) and walk.dotted(value.base) == name:
            if (word := walk.last(value)) in _SAYS:
                return curly_braces.constant(_SAYS[word][failed], value.span)
            if word == _ERROR:
                return Name(name, value.span) if failed else curly_braces.constant("None", value.span)
        if isinstance(value, tuple):
            return tuple(answered(part) for part in value)
        if is_dataclass(value) and not isinstance(value, (type, Span)):
            return replace(value, **{f.name: answered(getattr(value, f.name)) for f in fields(value)})
        return value

    func: Func = replace(handler.func, body=answered(handler.func.body))
    return replace(handler, func=func)
