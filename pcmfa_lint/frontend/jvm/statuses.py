"""Spring's `onStatus(test, function)`: what else is written with `catch` and a test of the error's status."""

from __future__ import annotations

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    BooleanOperation,
    Call,
    Compare,
    Expression,
    ExpressionStatement,
    If,
    Lambda,
    Member,
    Name,
    Raise,
    Return,
    Span,
    Stmt,
    Text,
)

_ERROR = "failure"
_MAKES_ERROR = {"createException", "createError"}
_STANDS = {"Mono.empty", "Mono.error"}  # nothing that is raised, and what is raised anyhow


def answered(test: Expression, function: Expression, span: Span) -> tuple[str, Stmt | None]:
    """The body of the handler, and how it calls the error; no body where the function or the test is out of sight."""
    status = Member(Name(_ERROR, span), Text("statusCode", span, "bare"), span)
    asked = _test(test, status)
    if isinstance(function, Lambda):
        # Two parameters: it returns without an error unless it raises one. One: it gives back the error.
        body = function.func.body if len(function.func.params) > 1 else tuple(map(_given_back, function.func.body))
        args = tuple(Arg(Name(param.name, param.span), param.span) for param in function.func.params)
        lowered = replace(function, func=replace(function.func, body=body))
        does: Stmt = ExpressionStatement(Call(lowered, args, function.span), function.span)
    elif walk.last(function) in _MAKES_ERROR:
        does = Raise(Name(_ERROR, span), function.span)
    else:
        return _ERROR, None
    otherwise = Raise(Name(_ERROR, span), span)
    return _ERROR, If((Arm(asked, (does,)), Arm(None, (otherwise,))), span) if asked is not None else None


def _test(test: Expression, status: Member) -> Expression | None:
    """The predicate as a test of the status."""
    if isinstance(test, Lambda):
        name = test.func.params[0].name if len(test.func.params) == 1 else ""
        results = [stmt.value for stmt in test.func.body if isinstance(stmt, Return) and stmt.value is not None]
        return _of(results[0], name, status) if name and len(results) == len(test.func.body) == 1 else None
    if not isinstance(test, Member) or not isinstance(test.key, Text):
        return None
    if test.key.value in ("equals", "isSameCodeAs"):  # `HttpStatus.UNAUTHORIZED::equals`
        return Compare("==", status, test.base, test.span)
    return Call(replace(test, base=status), (), test.span)


def _of(value: Expression, name: str, status: Member) -> Expression:
    """An expression with the status in the place of what has this name."""
    match value:
        case Name(id=id_) if id_ == name:
            return status
        case Member():
            return replace(value, base=_of(value.base, name, status))
        case Call():
            args = tuple(replace(arg, value=_of(arg.value, name, status)) for arg in value.args)
            return replace(value, callee=_of(value.callee, name, status), args=args)
        case Compare():
            return replace(value, left=_of(value.left, name, status), right=_of(value.right, name, status))
        case BooleanOperation():
            return replace(value, items=tuple(_of(item, name, status) for item in value.items))
        case _:
            return value


def _given_back(stmt: Stmt) -> Stmt:
    """A statement in which an error that is given back is raised."""
    match stmt:
        case Return(value=value) if value is not None:
            written = walk.dotted(value.callee) if isinstance(value, Call) else ""
            return stmt if written in _STANDS else Raise(value, stmt.span)
        case If():
            arms = tuple(replace(arm, body=tuple(map(_given_back, arm.body))) for arm in stmt.arms)
            return replace(stmt, arms=arms)
        case _:
            return stmt
