"""The way in which a block of statements is left when the status is 401."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

from pcmfa_lint.analysis.failures.error_answers import STATUS, STATUS_KEYS, hands_on, is_error_answer, is_error_status
from pcmfa_lint.analysis.failures.roles import Role, Subject
from pcmfa_lint.analysis.failures.shown_body import holds_body
from pcmfa_lint.analysis.failures.verdicts import Truth, evaluate_under_401, in_handler
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.evidence.words import Then
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.exhaustive import assert_never
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    Call,
    Define,
    Expression,
    ExpressionStatement,
    If,
    Jump,
    Lambda,
    Loop,
    Mapping,
    Member,
    Name,
    Raise,
    Return,
    Stmt,
    Text,
    Try,
    With,
)
from pcmfa_lint.knowledge.catalog import CallSpec

Exit: TypeAlias = Literal["raise", "end", "value", "continue", "break", "fall-through"]
Flags = dict[str, bool]  # variables that hold a known true or false here

_TRACE = re.compile(r"exception|print_exc|format_exc|exc_info")  # what logs the error at hand with all that led to it
_WHOLE = ("caught", "response", "answer", "body", "status", "error")  # what an error keeps the status or the code with


@dataclass(frozen=True, slots=True)
class BlockExit:
    """The way in which statements are left when the status is 401."""

    then: Exit = "fall-through"
    distinguishes: bool = False
    reads_code: bool = False
    logs: bool = False
    keeps: bool = True  # a raise keeps the error it got
    other: bool = False  # looks at other statuses
    error: Expression | None = None  # what a raise raises
    shows_code: bool = False  # the body goes into the error or a log
    tells: bool = False  # the error that it got, or its status, goes into a log, or to a function that nobody knows
    traces: bool = False  # so does all that led to the error

    @property
    def outcome(self) -> Then:
        """The outcome for the failure: behind a loop that is left, the program goes on."""
        return "continue" if self.then == "break" else self.then


def exit_of(
    block: Iterable[Stmt], subject: Subject, index: Index, flags: Flags | None = None, again: bool = False
) -> BlockExit:
    """Follows the statements under the assumption, in order, until something leaves the block. `flags`: what is known
    of variables before; afterwards, what is known then. `again`: it is not the first 401, and what was done once for
    the first is not done again."""
    flags = {} if flags is None else flags
    state = BlockExit()

    def role(value: Expression) -> Role:
        flag = flags.get(index.key(value.id)) if isinstance(value, Name) else None
        return subject(value) if flag is None else "true" if flag else "false"

    stmts = tuple(block)
    for number, stmt in enumerate(stmts):
        state = _noted(state, stmt, role, index)
        _remember(stmt, flags, index)
        if isinstance(stmt, If):
            state = _branch(state, stmt.arms, role, index, flags, again)
        elif isinstance(stmt, (With, Try)):
            state = _joined(state, exit_of(stmt.body, subject, index, flags, again))
        elif (
            isinstance(stmt, ExpressionStatement)
            and isinstance(stmt.value, Call)
            and isinstance(stmt.value.callee, Lambda)
        ):
            inner = exit_of(stmt.value.callee.func.body, subject, index, dict(flags), again)
            goes_on = inner.then == "value" and number + 1 < len(stmts)  # what it gives back is nobody's
            state = _joined(state, _with(inner, "fall-through") if goes_on else inner)
        elif isinstance(stmt, (ExpressionStatement, Assign)) and isinstance(stmt.value, Block):
            state = _joined(state, exit_of(stmt.value.body, subject, index, flags, again))
        elif isinstance(stmt, Loop):
            inner = exit_of(stmt.body, subject, index, dict(flags), again)
            state = _joined(state, _with(inner, "fall-through"))
        else:
            error = _error(stmt, stmts[:number])
            state = _with(state, _exit(stmt, index), _keeps(stmt, error, subject), error)
        if state.then != "fall-through":
            return state
    return state


def _remember(stmt: Stmt, flags: Flags, index: Index) -> None:
    if isinstance(stmt, Assign):
        for target in stmt.targets:
            if isinstance(target, Name):
                key, value = index.key(target.id), stmt.value
                flags.pop(key, None)
                if isinstance(value, Text) and value.kind == "constant" and value.value in ("True", "False"):
                    flags[key] = value.value == "True"


def _error(stmt: Stmt, before: tuple[Stmt, ...]) -> Expression | None:
    """What a statement raises; of a variable, what was put into it just before."""
    error = stmt.value if isinstance(stmt, Raise) else None
    if isinstance(error, Name):
        for one in reversed(before):
            if isinstance(one, Assign) and any(walk.dotted(target) == error.id for target in one.targets):
                return one.value
    return error


def _with(state: BlockExit, then: Exit, keeps: bool = True, error: Expression | None = None) -> BlockExit:
    return replace(state, then=then, keeps=keeps, error=error)


def _joined(state: BlockExit, inner: BlockExit) -> BlockExit:
    return BlockExit(
        inner.then,
        state.distinguishes or inner.distinguishes,
        state.reads_code or inner.reads_code,
        state.logs or inner.logs,
        inner.keeps,
        state.other or inner.other,
        inner.error,
        state.shows_code or inner.shows_code,
        state.tells or inner.tells,
        state.traces or inner.traces,
    )


def _noted(state: BlockExit, stmt: Stmt, subject: Subject, index: Index) -> BlockExit:
    """The state with what a statement logs, and what it hands up."""
    logs, shows, tells, traces = state.logs, state.shows_code, state.tells, state.traces
    for value in (v for head in walk.heads(stmt) for v in walk.within(head)):
        spec = _spec(value, index) if isinstance(value, Call) else None
        if isinstance(value, Call) and spec is not None and _is_told(value, spec, subject):
            logs, shows = True, shows or holds_body(value, subject)
            traces = traces or _logs_trace(value)
    if isinstance(stmt, ExpressionStatement) and isinstance(stmt.value, Call):
        tells = tells or traces or _holds_error([v for one in _taken(stmt.value) for v in walk.within(one)], subject)
    if isinstance(stmt, (Raise, Return)) and stmt.value is not None:
        shows = shows or holds_body(stmt.value, subject)
    return replace(state, logs=logs, shows_code=shows, tells=tells, traces=traces)


def _is_told(call: Call, spec: CallSpec, subject: Subject) -> bool:
    """Whether a call logs, or sends what is known of the failure to somebody else, as to the webhook of a chat."""
    if spec.is_ == "http":
        return _holds_error([v for one in _taken(call) for v in walk.within(one)], subject)
    return spec.is_ == "log" and spec.marker != "quiet"


def _taken(call: Call) -> list[Expression]:
    """What a call is given."""
    return [arg.value for arg in call.args] + ([] if call.piped is None else [call.piped])


def _logs_trace(log: Expression) -> bool:
    """Whether a call that logs writes the trace of the error at hand: `log.exception(…)`, `exc_info=True`."""
    if not isinstance(log, Call):
        return False
    return any(_TRACE.fullmatch(name) for name in (walk.last(log.callee), *(arg.name or "" for arg in log.args)))


def _spec(call: Call, index: Index) -> CallSpec | None:
    """What the catalog says of a call by its name alone."""
    name = walk.dotted(call.callee)
    spec = index.command(name) if call.kind == "command" else index.function(name)
    return spec or index.method(name.rpartition(".")[2], "")


def gives_up(block: Iterable[Stmt], index: Index) -> bool:
    """Whether statements that are sent again say, on what may be a 401, that it is enough."""
    for stmt in block:
        arms = stmt.arms if isinstance(stmt, If) else ()
        inner: list[tuple[Stmt, ...]] = [] if arms else [*walk.blocks(stmt)]
        for arm in arms:
            truth = evaluate_under_401(arm.test, in_handler).truth if arm.test is not None else True
            inner += [arm.body] if truth is not False else []
            if truth:
                break
        calls = [v for head in walk.heads(stmt) for v in walk.within(head, lambdas=False) if isinstance(v, Call)]
        specs = (index.new(walk.dotted(v.callee)) if v.kind == "new" else _spec(v, index) for v in calls)
        if any(spec is not None and spec.is_ == "give-up" for spec in specs):
            return True
        if any(gives_up(body, index) for body in inner):
            return True
    return False


def waits(block: Iterable[Stmt], index: Index) -> bool:
    """Whether statements wait for a while."""
    calls = (v for v in walk.values(block) if isinstance(v, Call))
    return any((spec := _spec(call, index)) is not None and spec.marker == "wait" for call in calls)


def _branch(
    state: BlockExit, arms: tuple[Arm, ...], subject: Subject, index: Index, flags: Flags, again: bool
) -> BlockExit:
    exits: list[BlockExit] = []
    before = dict(flags)
    for arm in arms:
        verdict = evaluate_under_401(arm.test, subject, again=again) if arm.test is not None else Truth(True)
        state = replace(
            state,
            distinguishes=state.distinguishes or verdict.distinguishes,
            reads_code=state.reads_code or verdict.reads_code,
            other=state.other or (verdict.involved and not verdict.distinguishes),
        )
        if verdict.truth is False:
            continue
        if verdict.truth:
            exits.append(exit_of(arm.body, subject, index, flags if not exits else before, again))
            break
        flags_of_arm = dict(before)
        exits.append(exit_of(arm.body, subject, index, flags_of_arm, again))
        for name in [n for n in flags if flags_of_arm.get(n) != flags[n]]:
            del flags[name]
    else:
        exits.append(BlockExit())  # no arm need be taken
    return _worst(state, exits)


def _worst(state: BlockExit, exits: list[BlockExit]) -> BlockExit:
    """Several ways out: the one that hides most decides; what any of them says is known to be said somewhere."""
    rank: list[Exit] = ["fall-through", "continue", "break", "value", "end", "raise"]
    inner = min(exits, key=lambda e: rank.index(e.then))
    return BlockExit(
        inner.then,
        state.distinguishes or any(e.distinguishes for e in exits),
        state.reads_code or any(e.reads_code for e in exits),
        state.logs or all(e.logs for e in exits) or inner.logs,
        inner.keeps,
        state.other or any(e.other for e in exits),
        inner.error,
        state.shows_code or any(e.shows_code for e in exits),
        state.tells or any(e.tells for e in exits),
        state.traces or any(e.traces for e in exits),
    )


def _exit(stmt: Stmt, index: Index) -> Exit:
    match stmt:
        case Return(value=Mapping() as answer) | Assign(targets=(Member(),), value=answer) if is_error_answer(answer):
            return "raise"
        case Assign(targets=(Member(key=Text(value=key)),), value=status) if key in STATUS_KEYS:
            return "raise" if is_error_status(status) else "fall-through"
        case Raise():
            return "raise"
        case Return(value=Call() as call) | ExpressionStatement(value=Call() as call) if hands_on(call, index):
            return "raise"
        case Return():
            return "value"
        case Jump(kind=kind):
            return "end" if kind == "exit" else kind
        case ExpressionStatement(value=Call(callee=callee, kind=kind)):
            name = walk.dotted(callee)
            spec = index.command(name) if kind == "command" else index.function(name)
            if spec is not None and spec.is_ == "give-up" and spec.result.get("how") == "raise":
                return "raise"
            return "end" if spec is not None and spec.is_ == "exit" else "fall-through"
        case Assign() | ExpressionStatement() | If() | Loop() | Try() | With() | Define():
            return "fall-through"
        case _:
            return assert_never(stmt)


def _keeps(stmt: Stmt, error: Expression | None, subject: Subject) -> bool:
    """A raise keeps the status if it re-raises, hands on the error or answer it got, or says something of a status."""
    if not isinstance(stmt, (Raise, Return, ExpressionStatement)) or stmt.value is None:
        return True
    expressions = (stmt.value,) if error is None or error is stmt.value else (stmt.value, error)
    return _holds_error([value for expression in expressions for value in walk.within(expression)], subject)


def _holds_error(inside: list[Expression], subject: Subject) -> bool:
    """Whether the error that was got, an answer or a status is among these values."""
    types = {id(v.callee) for v in inside if isinstance(v, Call) and v.kind == "new"}
    if any(subject(v) in _WHOLE for v in inside if isinstance(v, (Name, Member))):
        return True
    names = {walk.dotted(v) or walk.last(v) for v in inside if isinstance(v, (Name, Member)) and id(v) not in types}
    return any(STATUS.search(n) or re.search(r"(^|\.)(_|e|ex|err|error|exc|exception)($|\.)", n, re.I) for n in names)


def assigns(block: Iterable[Stmt]) -> bool:
    """Whether a block sets a variable: then the error has become an ordinary value."""
    return any(isinstance(stmt, Assign) for stmt in walk.statements(block))
