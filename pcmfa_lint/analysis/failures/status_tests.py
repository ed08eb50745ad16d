"""The check of a response in a chain of tests, decided for 401."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.failures.on_401 import exit_of
from pcmfa_lint.analysis.failures.roles import Role, Subject
from pcmfa_lint.analysis.failures.verdicts import Truth, evaluate_under_401, in_handler, written
from pcmfa_lint.analysis.state.requests import StatusTest
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.model import AbstractValue, ExternalSymbol, ListValue, ResponseValue, TokenValue, Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Expression, Stmt

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Following, Frame

_ROLES: dict[str, Role] = {"status": "status", "ok": "ok", "": "response", "body": "body", "error": "error"}
_ROLES["failed"] = "response"  # given back in its place, where there is none
_TOKEN_ROLES: dict[str, Role] = {"": "answer", "error": "error", "access": "response", "refresh": "response"}
_FAILURE = ("failed", "ok", "error", "status")
_FIRST = ("failed", "ok", "error", "status", "")
_TELLING: dict[str, Role] = {"status": "status", "ok": "ok", "answer": "response", "body": "body", "error": "error"}


class Seen:
    """The values of the parts of a test when it was evaluated, as `on_401` asks for it: `roles` by id, of one response;
    `failure`: a part of the test is what a failure looks like, and not just the answer."""

    def __init__(self, evaluated: dict[int, Values], roles: Mapping[int, Role], failure: bool, refused: int) -> None:
        self._seen, self._roles, self.failure, self.refused = evaluated, roles, failure, refused

    def role(self, value: Expression) -> Role:
        return self._roles.get(id(value), "")

    def words(self, value: Expression) -> list[str]:
        names = [t for val in self._seen.get(id(value), ()) for t in _spoken(val)]
        return names or written(value)


def seen_by_response(evaluated: dict[int, Values], refused: Callable[[int], int]) -> list[tuple[Seen, list[int]]]:
    """The views of a test, with the numbers of the responses that it sees so: hundreds of requests through one wrapper
    are told apart by nothing that matters here. `refused`: the status by which each of them is refused."""
    parts: dict[int, dict[int, list[ResponseValue | TokenValue]]] = {}
    for key, vals in evaluated.items():
        for val in vals:
            if isinstance(val, (ResponseValue, TokenValue)):
                parts.setdefault(val.record, {}).setdefault(key, []).append(val)
    alike: dict[tuple[tuple[tuple[int, Role], ...], bool, int], list[int]] = {}
    for number, own in sorted(parts.items()):
        failure = any(val.part in _FAILURE for vals in own.values() for val in vals)
        roles = tuple((key, role) for key, vals in own.items() if (role := _role(vals)))
        alike.setdefault((roles, failure, refused(number)), []).append(number)
    return [(Seen(evaluated, dict(roles), failure, status), all_) for (roles, failure, status), all_ in alike.items()]


def subject_of(parts: Mapping[int, str]) -> Subject:
    """The subject in statements that run on an error status. `parts`: which part of the answer values are known to be;
    of others their names tell."""

    def subject(value: Expression) -> Role:
        return _TELLING.get(parts.get(id(value), ""), "") or in_handler(value)

    return subject


def checked(
    arms: list[tuple[Expression | None, tuple[Stmt, ...]]],
    subject: Seen,
    frame: Frame,
    repeats: bool,
    following: Following | None = None,
) -> StatusTest | None:
    """The check that a chain of tests makes of one response, decided for 401. `following`: what runs behind it."""
    chain = _Chain(subject, frame).along(arms)
    if chain.place is None:
        return None
    branch = chain.branch
    only_data = all(v.data for v in chain.verdicts if v.involved)
    follows = branch is None and chain.guards and following is not None
    if follows and following is not None:
        branch = following.statements() or None
    if only_data and not _gives_up(branch, frame):  # what is missing is missing, and nobody asks why
        return StatusTest(chain.place, False, None, frame.unit)
    once = any(v.once for v in chain.verdicts)
    return StatusTest(
        chain.place,
        any(v.distinguishes for v in chain.verdicts),
        branch,
        frame.unit,
        accepts=branch is None and any(v.accepts for v in chain.verdicts),
        repeats=repeats,
        reads_code=any(v.reads_code for v in chain.verdicts),
        leaves=chain.leaves,
        follows=follows,
        failure=subject.failure,
        spared=tuple(chain.spared),
        once=once,
        truth=(first := next(v for v in chain.verdicts if v.involved)).truth,
        good=first.good,
        later=_Chain(subject, frame, again=True).along(arms).branch or () if once else (),
    )


def _gives_up(branch: tuple[Stmt, ...] | None, frame: Frame) -> bool:
    return branch is not None and exit_of(branch, in_handler, frame.index).then in ("raise", "end")


class _Chain:
    """A chain of tests under the assumption of a 401, arm by arm. `branch`: the statements that run; `spared`: where it
    does not come by; `leaves`: a branch for success leaves the block; `guards`: and so what follows runs on failure.
    `again`: it is not the first 401."""

    def __init__(self, subject: Seen, frame: Frame, again: bool = False) -> None:
        self._subject, self._frame, self._again = subject, frame, again
        self.verdicts: list[Truth] = []
        self.leaves = self.guards = False
        self.spared: list[Place] = []
        self.branch: tuple[Stmt, ...] | None = None
        self.place: Place | None = None

    def along(self, arms: list[tuple[Expression | None, tuple[Stmt, ...]]]) -> _Chain:
        """Itself, with all arms decided up to one without a test."""
        for test, body in arms:
            if test is None:
                self.otherwise(body)
                break
            self.arm(test, body)
        return self

    def otherwise(self, body: tuple[Stmt, ...]) -> None:
        if self.branch is not None:
            self.spared += _spared(body, self._frame)
        elif any(v.involved for v in self.verdicts):
            self.branch = body

    def arm(self, test: Expression, body: tuple[Stmt, ...]) -> None:
        if self.branch is not None:
            self.spared += _spared(body, self._frame)
            return
        subject, frame = self._subject, self._frame
        verdict = evaluate_under_401(test, subject.role, subject.words, subject.refused, self._again)
        self.verdicts.append(verdict)
        if verdict.involved and self.place is None:
            self.place = Place(frame.unit.path, test.span)
        if verdict.truth and verdict.involved:
            self.branch = body
        elif verdict.truth is False and verdict.involved and body:
            left = exit_of(body, lambda _: "", frame.index).then
            self.leaves = self.leaves or left in ("break", "value")
            self.guards = self.guards or (verdict.good is True and left != "fall-through")
            self.spared += _spared(body, frame)


def _spared(body: tuple[Stmt, ...], frame: Frame) -> list[Place]:
    """Where a 401 does not come by."""
    if not body:
        return []
    last = body[-1].span
    return [Place(frame.unit.path, replace(body[0].span, end_line=last.end_line, end_col=last.end_col))]


def _role(own: list[ResponseValue | TokenValue]) -> Role:
    """The role of a value that is parts of one response; where it can be several things, what tells most."""
    for val in sorted(own, key=lambda one: _FIRST.index(one.part) if one.part in _FIRST else len(_FIRST)):
        if isinstance(val, ResponseValue):
            return _ROLES.get(val.part, "text")
        if val.part in _TOKEN_ROLES:
            return _TOKEN_ROLES[val.part]
    return ""


def _spoken(val: AbstractValue) -> list[str]:
    if isinstance(val, ListValue):
        return [t for item in val.items for t in texts(item)]
    return [val.name] if isinstance(val, ExternalSymbol) else texts((val,))
