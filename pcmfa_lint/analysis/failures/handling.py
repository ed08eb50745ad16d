"""The handling of a failed call: follows each way out of a request, from the send outwards, into an `ErrorHandling`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pcmfa_lint.analysis.failures import retries
from pcmfa_lint.analysis.failures.error_types import LIBRARY, ErrorTypes, raised_types
from pcmfa_lint.analysis.failures.handled_error import HandledError, is_hidden
from pcmfa_lint.analysis.failures.handlers import HandlerExits, catching, with_filter
from pcmfa_lint.analysis.failures.last_calls import ends_the_script
from pcmfa_lint.analysis.failures.later_uses import later_uses
from pcmfa_lint.analysis.failures.on_401 import BlockExit, Exit, Flags, assigns, exit_of, gives_up
from pcmfa_lint.analysis.failures.shown_body import logs_body
from pcmfa_lint.analysis.failures.status_tests import subject_of
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.state.call_graph import Activation, Context, Edge
from pcmfa_lint.analysis.state.requests import Request, StatusTest, Use
from pcmfa_lint.analysis.values.model import FuncVal
from pcmfa_lint.evidence.model import ErrorHandling, Place
from pcmfa_lint.evidence.words import StatusCheck, Then
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Handler,
    Loop,
    Try,
)


def error_handling_of(record: Request, exits: HandlerExits, policies: retries.Policies) -> tuple[HandledError, ...]:
    """The treatments of one request, each once, along all calls that lead to it. `policies`: retry policies by the
    place where they are made."""
    exit_paths = _Ways(record, exits, policies)
    state = retries.sent_again(
        record, ErrorHandling(record.failure.surfaces_as, distinguishes_401=record.replay), policies
    )
    if not record.stops and _asked_later(record):
        state = exit_paths.repeated(record.context, replace(state, surfaces_as="returns-error"))
        return tuple(dict.fromkeys(exit_paths.returned(record, state)))
    if record.silenced:
        return (
            HandledError(replace(state, surfaces_as="continues", checks="any-error", then="continue", at=record.place)),
        )
    state = exit_paths.repeated(record.context, state)
    warns = state.surfaces_as == "continues" and record.stops is None  # a warning, which no handler catches
    by_status = state.surfaces_as == "exit-code" and record.stops is False  # nor that
    if warns or by_status or state.surfaces_as in ("returns-status", "returns-error"):
        return tuple(dict.fromkeys(exit_paths.returned(record, state)))
    outcome = exit_paths.looked_at(record, [*record.events][: record.watched], state, None, ())
    if isinstance(outcome, tuple):
        return tuple(dict.fromkeys(outcome))
    first, with_status = outcome == state, replace(outcome, preserves_status=True)
    return tuple(dict.fromkeys(exit_paths.raised(record.context, with_status, first=first)))


class _Ways:
    """The ways out of one request: from the send to the end of its function, and on along each call of that. What is
    known of a way from one place on is asked once, so that all of it takes time linear in the calls."""

    def __init__(self, record: Request, exits: HandlerExits, policies: retries.Policies) -> None:
        self._record, self._exits, self._policies = record, exits, policies
        self._program = exits.program
        self._handled: dict[object, tuple[HandledError, ...]] = {}

    def repeated(self, start: Context, state: ErrorHandling) -> ErrorHandling:
        """The state with the retries that stand around a place in its function."""
        for context in start.outward():
            if context.kind == "run" and context.spec is not None and context.bound is not None:
                index = self._program.index(context.unit.language)
                sent = [val.func for val in context.bound.role("func") if isinstance(val, FuncVal)]
                ends = any(gives_up(func.body, index) for func in sent)
                state = retries.repeated(state, context.spec, context.bound, self._policies, ends)
        return state

    def _crossed(self, edge: Edge, callee: Activation, caller: Place | None) -> Place | None:
        """The call that stands for all that is in it, once a way leaves a function with a name."""
        named = callee.func is not None and bool(callee.func.func.name)
        return edge.called if named and not edge.called.holds(self._record.place) else caller

    # --- an answer with a status ---

    def returned(
        self, answer: Request, state: ErrorHandling, caller: Place | None = None, used: tuple[Place, ...] = ()
    ) -> tuple[HandledError, ...]:
        """The uses of an answer, here and in the callers that it is given back to."""
        key = (answer.number, state, caller, used)
        if key not in self._handled:
            self._handled[key] = ()  # a way that comes back to where it was adds nothing
            self._handled[key] = self._returned(answer, state, caller, used)
        return self._handled[key]

    def _returned(
        self, answer: Request, state: ErrorHandling, caller: Place | None, used: tuple[Place, ...]
    ) -> tuple[HandledError, ...]:
        done = self.looked_at(answer, answer.events, state, caller, used)
        if isinstance(done, tuple):
            return done
        state = done
        used = (*used, *(event.place for event in later_uses(answer, answer.events) if event.kind == "body"))
        if answer.takers:
            return self._handed_on(answer, state, caller, used)
        if state.then == "unknown":
            state = replace(state, then="fall-through")
        return (HandledError(state, caller, answered=True),)

    def looked_at(
        self,
        answer: Request,
        events: Collection[Use],
        state: ErrorHandling,
        caller: Place | None,
        used: tuple[Place, ...],
    ) -> tuple[HandledError, ...] | ErrorHandling:
        """The outcome of these events for a 401: where it ends, or the state in which it goes on."""
        before = state
        for event in later_uses(answer, events):
            if event.kind == "body":
                used = (*used, event.place)
            elif event.kind == "logged":
                state = replace(state, logs=True)
            elif event.kind == "raise-for-status" and event.context is not None:
                state = replace(state, checks="any-error", preserves_status=True)  # and so the loop around is left
                state = replace(state, retry=before.retry, retry_401=before.retry_401)
                return self.raised(event.context, state, caller)
            elif event.kind == "check" and event.check is not None:
                late = any(not event.check.place.holds(place) for place in used)
                done = self._checked(answer, event, event.check, state, late, caller)
                if isinstance(done, tuple):
                    return done
                state = done
        return state

    def _handed_on(
        self, answer: Request, state: ErrorHandling, caller: Place | None, used: tuple[Place, ...]
    ) -> tuple[HandledError, ...]:
        handled: dict[HandledError, None] = {}
        for taker in answer.takers:
            if taker.edge is not None:
                onward = self._crossed(taker.edge, answer.context.activation, caller)
                inner = self.repeated(taker.edge.context, state)
                handled.update(dict.fromkeys(self.returned(taker, inner, onward, used)))
        return tuple(handled)

    def _checked(
        self, answer: Request, event: Use, check: StatusTest, state: ErrorHandling, late: bool, caller: Place | None
    ) -> tuple[HandledError, ...] | ErrorHandling:
        """`late`: the body was read before; a test that then lets the code go on tells nobody in time."""
        if check.accepts:  # unless a later test tells it from success
            return replace(state, checks="401-as-success", at=check.place)
        if check.repeats and check.branch is not None:
            return replace(state, retry="unbounded", retry_401=True, at=check.place)
        if check.branch is None:
            return self._let_pass(event, check, state)
        index = self._program.index(check.unit.language)
        left = exit_of(check.branch, subject_of(answer.parts), index)
        if left.then == "value" and any(event is watched for watched in [*answer.events][: answer.watched]):
            left = replace(left, then="fall-through")  # what a client runs on every answer hands it on
        distinguishes = (check.distinguishes or left.distinguishes) and not (late and left.then == "fall-through")
        if state.checks == "401-as-success" and not distinguishes and left.then not in ("raise", "end"):
            return state
        state = replace(
            state,
            checks="any-error",
            distinguishes_401=state.distinguishes_401 or distinguishes,
            reads_code=state.reads_code or left.reads_code or check.reads_code,
            shows_code=state.shows_code or left.shows_code or logs_body(answer, check),
            logs=state.logs or left.logs,
            at=check.place,
        )
        if left.then == "raise" and event.context is not None:
            types = raised_types(left.error, check.unit, self._program)
            keeps = left.keeps or _has_told(self._record)
            state = replace(state, preserves_status=keeps or left.tells)
            return self.raised(event.context, state, caller, keeps, types=types)
        if event.context is not None:
            test = left.then == "fall-through"
            renewed = retries.hand_written(state, left, check.branch, event.context, index, test)
            if check.once and renewed.retry == "bounded" != state.retry:
                later = replace(check, branch=check.later, once=False) if check.later else None
                state = replace(renewed, then=left.outcome)
                return self._checked(answer, event, later, state, late, caller) if later is not None else state
            state = renewed
        if left.then == "fall-through":
            return replace(state, then="value" if assigns(check.branch) else "fall-through")
        if left.then == "break" and event.context is not None:
            left = _onward(left, event.context, {}, index, self._exits)
        state = replace(state, then=left.outcome, preserves_status=left.then == "end")
        ended = HandledError(state, caller, answered=True)
        return self._given_up(answer, answer.context.activation, ended)

    def _let_pass(self, event: Use, check: StatusTest, state: ErrorHandling) -> ErrorHandling:
        """After a test that lets a 401 pass."""
        # A token is given or it is not; of another answer it is not said which status is looked at.
        checks: StatusCheck = "any-error" if self._record.kind == "token" else "other-status"
        if check.leaves and event.context is not None:
            index = self._program.index(check.unit.language)
            state = retries.hand_written(state, BlockExit("continue"), (), event.context, index, test=True)
        return replace(state, checks=checks if state.checks == "none" else state.checks, at=state.at or check.place)

    def _given_up(self, answer: Request, activation: Activation, ended: HandledError) -> tuple[HandledError, ...]:
        """A function that gives something back in place of an answer: what the callers that look make of it."""
        edges = {id(edge) for edge in activation.edges.values()}
        takers = [t for t in answer.takers if t.edge is not None and id(t.edge) in edges and _looks(t)]
        if ended.error_handling.then != "value" or not takers:
            return (ended,)
        handled = {} if len(takers) == len(edges) else {ended: None}
        results: list[HandledError] = []
        for taker in takers:
            if taker.edge is not None:
                onward = self._crossed(taker.edge, activation, ended.caller)
                results += self.returned(taker, ended.error_handling, onward)
        if ended.caller is not None and all(is_hidden(result.error_handling) for result in results):
            results = [replace(result, caller=ended.caller) for result in results]  # who looks tells nobody either
        handled.update(dict.fromkeys(replace(result, answered=True, again=ended.again) for result in results))
        return tuple(handled)

    # --- an error that is raised ---

    def raised(
        self,
        start: Context,
        state: ErrorHandling,
        caller: Place | None = None,
        keeps: bool = True,
        first: bool = False,
        types: ErrorTypes = LIBRARY,
    ) -> tuple[HandledError, ...]:
        """An error of these types travels outwards from `start`, and on along each call of the function."""
        key = (id(start), state, caller, keeps, first, types)
        if key not in self._handled:
            self._handled[key] = ()  # a recursion that comes back to where it was adds nothing
            self._handled[key] = self._raised(start, state, caller, keeps, first, types)
        return self._handled[key]

    def _raised(
        self, start: Context, state: ErrorHandling, caller: Place | None, keeps: bool, first: bool, types: ErrorTypes
    ) -> tuple[HandledError, ...]:
        handled: dict[HandledError, None] = {}
        for context in start.outward():
            if context.loose is not None and context.loose.errors:
                return (*handled, HandledError(_lost(state, context)))
            handler = self._handler(context, types)
            if handler is None:
                continue
            index = self._program.index(context.unit.language)
            flags = dict(context.flags)
            left = self._exits.of(handler, context, types)
            state = _handled(state, with_filter(left, handler), handler, context)
            renewed = retries.hand_written(state, left, handler.body, context, index)
            if renewed.retry == "bounded" != state.retry:  # on the first 401: what is done on a later one decides
                later = self._exits.of(handler, context, types, again=True)
                if later.then in ("raise", "end", "value", "break"):
                    state, left = _handled(renewed, later, handler, context), later
            left = _onward(left, context, flags, index, self._exits)
            if left.then != "raise":
                again = _sent_again(left, handler, context)
                ended = HandledError(_ended(state, left, handler, context, index, again), caller, again=again)
                return (*handled, *self._given_up(self._record, context.activation, ended))
            if not (left.keeps or left.tells):  # and nobody who ends the run later can tell it
                state = replace(state, preserves_status=False)
            keeps = keeps and left.keeps
            types = raised_types(left.error, context.unit, self._program) or types
            if not left.keeps and not left.distinguishes and caller is not None:
                handled[HandledError(replace(state, then="raise", preserves_status=False), caller, passed_on=True)] = (
                    None
                )
        activation = start.activation
        if not activation.edges:
            semantics = self._program.index(self._record.unit.language).semantics
            last = semantics.preference.last and ends_the_script(self._record)
            handled[HandledError(_uncaught(self._record, state, keeps, first, last))] = None
        for edge in activation.edges.values():
            onward = self._crossed(edge, activation, caller)
            inner = self.repeated(edge.context, state)
            handled.update(dict.fromkeys(self.raised(edge.context, inner, onward, keeps, first, types)))
        return tuple(handled)

    def _handler(self, context: Context, types: ErrorTypes) -> Handler | None:
        if context.kind != "try" or not isinstance(context.stmt, Try):
            return None
        return catching(context.stmt, self._record, types)


def _asked_later(record: Request) -> bool:
    """Whether an error that nobody catches is asked for afterwards: by `$?`, in `$Error`."""
    if record.failure.surfaces_as not in ("raises", "continues", "exit-code", "unknown"):
        return False
    caught = any(context.kind == "try" for context in record.context.outward())
    later = [*record.events][record.watched :]  # not what the client itself looks at
    return not caught and any(event.check.failure for event in later if event.check is not None)


def _has_told(record: Request) -> bool:
    """Whether the program that sent the request has itself told a person of the error."""
    return record.failure.surfaces_as == "exit-code" and not record.silenced


def _looks(answer: Request, depth: int = 8, visited: set[int] | None = None) -> bool:
    """Whether whoever holds an answer, or is given it from there, tests it for a failure."""
    visited = set() if visited is None else visited
    visited.add(answer.number)
    checks = (event.check for event in answer.events if event.check is not None)
    if any(check.branch is not None and check.failure for check in checks):
        return True
    return depth > 0 and any(_looks(one, depth - 1, visited) for one in answer.takers if one.number not in visited)


def _lost(state: ErrorHandling, context: Context) -> ErrorHandling:
    """The treatment of an error that does not come out of the work it happens in."""
    if context.loose is not None and context.loose.errors == "shown":
        return replace(state, surfaces_as="continues", then="fall-through", preserves_status=False, logs=True)
    return replace(state, then="lost", preserves_status=False, at=state.at or context.at)


def _sent_again(left: BlockExit, handler: Handler, context: Context) -> Place | None:
    """Where a handler that a client has for every error sends the request again without end."""
    client = isinstance(context.stmt, Try) and not context.stmt.body
    call = retries.sent_for_ever(handler) if client and left.then == "value" else None
    return Place(context.unit.path, call.span) if call is not None else None


def _ended(
    state: ErrorHandling, left: BlockExit, handler: Handler, context: Context, index: Index, again: Place | None
) -> ErrorHandling:
    """The treatment where a handler passes the error on to nobody."""
    state = retries.hand_written(state, left, handler.body, context, index)
    if again is not None:
        state = replace(state, retry="unbounded", retry_401=True)
    exit_: Then = "value" if left.then == "fall-through" and assigns(handler.body) else left.outcome
    known = state.preserves_status or left.traces
    return replace(state, then=exit_, preserves_status=exit_ == "end" and known)


def _onward(left: BlockExit, context: Context, flags: Flags, index: Index, exits: HandlerExits) -> BlockExit:
    """A handler that lets its function go on: does what follows still raise, or end the run? `$ok = $false` in the
    handler and `if (-not $ok) { throw }` after it is such a way."""
    exit_: Literal[Exit, "stop"] = left.then
    last = True
    for enclosing in context.outward():
        if enclosing.kind == "frame" or exit_ not in ("fall-through", "break", "value"):
            over = exit_ == "value" or (last and exit_ == "fall-through")
            return replace(left, then="end") if over and left.logs and _is_entry(enclosing) else _left(left)
        if exit_ == "value":
            continue
        last = last and not enclosing.rest
        if enclosing.kind == "loop":
            if exit_ == "fall-through" and isinstance(enclosing.stmt, Loop) and not retries.repeats(enclosing.stmt):
                return replace(left, then="continue")
            exit_ = "fall-through"
        elif enclosing.kind != "try" or exit_ == "break":
            continue
        after = exits.behind(enclosing.rest, index, flags)
        if after.then in ("raise", "end"):
            return replace(left, then=after.then, keeps=after.keeps, logs=left.logs or after.logs)
        if after.then != "fall-through":
            exit_ = after.then if after.then == "break" else "stop"
    return _left(left)


def _left(left: BlockExit) -> BlockExit:
    """The way out of a handler; behind a loop that is left, the program goes on."""
    return replace(left, then="continue") if left.then == "break" else left


def _is_entry(frame: Context) -> bool:
    """Whether a program begins here, and so is over where it ends: what its last handler shows is seen."""
    func = frame.activation.func
    return frame.kind == "frame" and (func is None or func.func.name.casefold() == "main")


def _uncaught(record: Request, state: ErrorHandling, keeps: bool, first: bool, last: bool) -> ErrorHandling:
    """`last`: nothing runs after the request, whose error is that of the script."""
    if record.stops is False and not last and state.checks in ("none", "other-status"):
        return replace(state, surfaces_as="continues", then="fall-through", logs=True)
    raised = state.checks != "none" or not first
    return replace(state, then="raise" if raised else "end", preserves_status=keeps)


def _handled(state: ErrorHandling, left: BlockExit, handler: Handler, context: Context) -> ErrorHandling:
    named = any("unauthori" in t.casefold() or "forbidden401" in t.casefold() for t in handler.types)
    checks: StatusCheck = "other-status" if left.other and not left.distinguishes else "any-error"
    return replace(
        state,
        checks=checks if state.checks == "none" else state.checks,
        distinguishes_401=state.distinguishes_401 or left.distinguishes or named,
        reads_code=state.reads_code or left.reads_code,
        shows_code=state.shows_code or left.shows_code,
        logs=state.logs or left.logs,
        at=state.at or Place(context.unit.path, handler.span),
    )
