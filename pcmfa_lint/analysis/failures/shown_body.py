"""Whether an error or a log line holds the body of a refusal, in which Partner Center's code stands."""

from __future__ import annotations

import re

from pcmfa_lint.analysis.failures.error_answers import STATUS
from pcmfa_lint.analysis.failures.roles import Subject
from pcmfa_lint.analysis.state.requests import Request, StatusTest
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Expression, Member, Name

# Names of what holds the body, or all of the answer, where the analysis does not know the value.
_BODY = re.compile(r"body|content(?!.?(type|length|encoding))|payload|error.?details|response.?text", re.IGNORECASE)
_BODY_ALONE = re.compile(r"(get_?)?(text|json|data|details?|fault)|read", re.IGNORECASE)
_ANSWER = re.compile(r"(get_?)?(response|answer)", re.IGNORECASE)


def holds_body(value: Expression, subject: Subject) -> bool:
    """Whether the body of an answer, a part of it, or the whole answer is in a value. `subject` says what of the answer
    a value is; of one that it does not know, its name tells."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, (Name, Member, Call)):
            if _is_body(current, subject):
                return True
            pending += _arguments(current)
        else:
            pending += walk.parts(current)
    return False


def _is_body(value: Name | Member | Call, subject: Subject) -> bool:
    names = _chain(value)
    if not names:
        return False
    if subject(value) in ("body", "response"):
        return True
    if any(_BODY.search(name) or _BODY_ALONE.fullmatch(name) for name in names[1:]):
        return True
    alone = isinstance(value, Name) and _BODY.search(value.id) and not STATUS.search(value.id)
    return bool(alone or _ANSWER.fullmatch(names[-1]))


def _chain(value: Expression) -> list[str]:
    """The names of `a.b().c`, in order, whatever the first is a result of."""
    names: list[str] = []
    while isinstance(value, (Member, Call)):
        if isinstance(value, Member):
            names.append(walk.last(value))
        value = value.base if isinstance(value, Member) else value.callee
    return [*([value.id] if isinstance(value, Name) else []), *names[::-1]]


def _arguments(value: Expression) -> list[Expression]:
    """The arguments of the calls in `a.b(x).c(y)`, and what is piped into them."""
    arguments: list[Expression] = []
    while isinstance(value, (Member, Call)):
        if isinstance(value, Call):
            arguments += [arg.value for arg in value.args]
            arguments += [value.piped] if value.piped is not None else []
        value = value.base if isinstance(value, Member) else value.callee
    return arguments if isinstance(value, Name) else [*arguments, value]


def logs_body(answer: Request, check: StatusTest) -> bool:
    """Whether the body is logged in the branch that a test leaves for a 401."""
    logged = [event.place for event in answer.events if event.kind == "body-logged"]
    branch = check.branch or ()
    return any(Place(check.unit.path, stmt.span).holds(place) for stmt in branch for place in logged)
