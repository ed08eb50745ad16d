"""Members of the object that a closure runs on, named without it: `request.uri.path = '/a'`, `response.failure { }`.

They become calls, so that the catalog can say what each sets: `request.uri.path=('/a')` and, for members of any name,
`request.uri.=('path', '/a')`. What is said of variables stays, for nobody can tell here whether a closure runs on an
object.
"""

from __future__ import annotations

from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor
from pcmfa_lint.frontend.jvm.library import dotted
from pcmfa_lint.ir.nodes import Arg, Assign, Call, Expression, ExpressionStatement, Lambda, Member, Name, Stmt, Text

_ANSWER = "response"  # what is handed a closure for each way that it may turn out
_NO_OBJECTS = frozenset(("this", "super", "it", "env", "params", "currentBuild"))


def set_members(c: TokenCursor, stmt: Stmt) -> tuple[Stmt, ...]:
    """A statement, and what it sets of the object that the closure around it runs on, or of a variable's:
    `client.handler.failure = { }` is a call on `client`, too."""
    if handler := _handler(c, stmt):
        return (stmt, handler)
    if len(c.uses_it) < 2:
        return (stmt,)
    if isinstance(stmt, Assign) and stmt.op == "=" and isinstance(stmt.targets[0], Member):
        target, value = stmt.targets[0], stmt.value
    elif (
        isinstance(stmt, ExpressionStatement)
        and isinstance(stmt.value, Call)
        and isinstance(stmt.value.callee, Member)
        and stmt.value.args
        and isinstance(stmt.value.args[-1].value, Lambda)
    ):
        target, value = stmt.value.callee, stmt.value.args[-1].value
    else:
        return (stmt,)
    path = dotted(target.base)
    root = path.partition(".")[0]
    if not path or root in _NO_OBJECTS or not root[:1].islower() or c.knows(root):
        return (stmt,)
    calls = tuple(ExpressionStatement(call, stmt.span) for call in _called(path, target, value))
    if isinstance(stmt, Assign):
        return (stmt, *calls)
    return calls if path.endswith(_ANSWER) else (stmt,)


def _handler(c: TokenCursor, stmt: Stmt) -> Stmt | None:
    """What gives a member of an object that a variable holds a closure, as a call on that object."""
    target = stmt.targets[0] if isinstance(stmt, Assign) and stmt.op == "=" else None
    if not isinstance(stmt, Assign) or not isinstance(target, Member) or not isinstance(stmt.value, Lambda):
        return None
    root, _, path = dotted(target).partition(".")
    if "." not in path or not c.knows(root):
        return None
    span = target.span
    callee = Member(Name(root, span), Text(f"{path}=", span, "bare"), span)
    return ExpressionStatement(Call(callee, (Arg(stmt.value, stmt.value.span),), span), stmt.span)


def _called(path: str, target: Member, value: Expression) -> list[Call]:
    arg = Arg(value, value.span)
    key = Arg(target.key, target.key.span)
    calls = [Call(Name(f"{path}.=", target.base.span), (key, arg), target.span)]
    if isinstance(target.key, Text):
        calls.append(Call(Name(f"{path}.{target.key.value}=", target.base.span), (arg,), target.span))
    return calls
