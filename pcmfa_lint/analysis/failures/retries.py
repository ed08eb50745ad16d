"""Whether a failed request is sent again, and a 401 with it: by its client, a policy, a loop, or a handler."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pcmfa_lint.analysis.failures.on_401 import BlockExit, waits
from pcmfa_lint.analysis.failures.verdicts import evaluate_under_401, in_handler, results
from pcmfa_lint.analysis.matching.arguments import BoundArguments
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ExternalSymbol,
    FuncVal,
    ListValue,
    ObjectValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import ErrorHandling, Place
from pcmfa_lint.evidence.words import Retry
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Assign,
    Call,
    Compare,
    Concatenation,
    Define,
    Expression,
    Func,
    Handler,
    If,
    Loop,
    Member,
    Name,
    Return,
    Stmt,
    Text,
    Try,
)
from pcmfa_lint.knowledge.catalog import CallSpec

Policies = Mapping[Place, tuple[CallSpec, BoundArguments]]  # by the place where they are made
_SPARES = re.compile(r"unauthori|client_?error|rest_?client|partner_?exception", re.I)
_NOT_STATUS = re.compile(  # names of errors that no 401 is
    r"time_?out|conn|socket|dns|chunked|ssl|oserror|server_?error|resource_?access|service_?unavailable|too_?many|gateway",
    re.I,
)
_REQUEST = ("config", "request", "options")  # members of an error that hold the request that failed


def sent_again(record: Request, state: ErrorHandling, policies: Policies) -> ErrorHandling:
    """The retries that the call itself, or the client it is sent by, makes on its own."""
    requested = texts(record.bound.role("retries"))
    if requested and requested[0] != "0":
        return replace(state, retry="bounded", retry_401=True, at=record.place)
    if any("401" in _numbers(val) for val in record.bound.role("statuses")):
        return replace(state, retry="bounded", retry_401=True, at=record.place)
    clients = [client for client in record.bound.arguments.receiver if isinstance(client, ObjectValue)]
    own = [policy for client in clients for policy in (*client.attrs.get("retry", ()), client)]
    for policy in (*record.bound.role("retry"), *own):
        if isinstance(policy, ObjectValue) and policy.place in policies:
            state = repeated(state, *policies[policy.place], policies)
    return state


def repeated(
    state: ErrorHandling, spec: CallSpec, bound: BoundArguments, policies: Policies, ends: bool = False
) -> ErrorHandling:
    """A retry policy around the send: does it repeat a 401, and is there an end to it? `ends`: what is sent again says
    itself that a 401 is not."""
    if state.retry != "none":
        return state
    if spec.retries == "renewal":
        return replace(state, retry="bounded", distinguishes_401=True, at=state.at or bound.arguments.place)
    again = not ends and _repeats_401(spec, bound, policies)
    endless = not ends and _endless(spec, bound, policies)
    return replace(
        state,
        retry="unbounded" if endless else "bounded",
        retry_401=again,
        # what is asked for a new request after a 401, and only then
        distinguishes_401=state.distinguishes_401 or (bool(bound.role("again")) and not endless),
        at=state.at or bound.arguments.place,
    )


def _endless(spec: CallSpec, bound: BoundArguments, policies: Policies, depth: int = 4) -> bool:
    if (spec.retries == "any" and not bound.role("count")) or _goes_on(bound.role("again"), spec.name):
        return True
    used = [v for v in bound.role("policy") if isinstance(v, ObjectValue) and v.place in policies]
    return depth > 0 and any(_endless(*policies[v.place], policies, depth - 1) for v in used)


def _repeats_401(spec: CallSpec, bound: BoundArguments, policies: Policies, depth: int = 4) -> bool:
    statuses = {t for val in bound.role("statuses") for t in _numbers(val)}
    if statuses:
        return "401" in statuses
    if bound.role("again"):  # what ends it by itself only tries a new token
        return _goes_on(bound.role("again"), spec.name)
    if any(
        _SPARES.search(v.name) for v in inside(bound.role("spares")) if isinstance(v, (ExternalSymbol, UnknownValue))
    ):
        return False
    if any(_surely(val, True) for val in bound.role("unless")):
        return False
    others = _policies_repeat(bound.role("policy"), bound, policies, depth)
    tests = _policies_repeat(bound.role("when"), bound, policies, depth)
    tests += [not _surely(val, False) for val in bound.role("when") if isinstance(val, FuncVal)]
    types = [
        v.name
        for val in bound.role("types")
        for v in getattr(val, "items", ((val,),))
        for v in v
        if isinstance(v, ExternalSymbol)
    ]
    if tests:
        own = any(tests)
    elif types:
        own = not all(_NOT_STATUS.search(name) for name in types)
    else:
        own = not others and spec.retries in ("any", "status")
    return own or any(others)


def _policies_repeat(vals: Values, bound: BoundArguments, policies: Policies, depth: int) -> list[bool]:
    """Of each policy among these, whether it repeats a 401."""
    policies_here = [policies[val.place] for val in vals if isinstance(val, ObjectValue) and val.place in policies]
    return [_repeats_401(*one, policies, depth - 1) for one in policies_here if one[1] is not bound and depth]


def _surely(val: AbstractValue, truth: bool) -> bool:
    """Whether a function that decides on an error surely gives this for a 401."""
    return isinstance(val, FuncVal) and any(evaluate_under_401(v, in_handler).truth is truth for v in results(val.func))


def _goes_on(deciding: Values, name: str) -> bool:
    """Whether what decides on sending again never gives nothing back, which would be the end: functions, or the
    methods of this name of objects that stand for one."""
    values: list[Expression | None] = []
    for val in deciding:
        body = val.cls.cls.body if isinstance(val, ObjectValue) and val.cls is not None else ()
        funcs = [stmt.what for stmt in body if isinstance(stmt, Define) and isinstance(stmt.what, Func)]
        own = [val.func] if isinstance(val, FuncVal) else [func for func in funcs if func.name == name]
        values += [stmt.value for func in own for stmt in walk.statements(func.body) if isinstance(stmt, Return)]
    return bool(values) and not any(isinstance(value, Text) and value.value == "None" for value in values)


def _numbers(val: AbstractValue) -> set[str]:
    items = val.items if isinstance(val, ListValue) else ()
    return {t for item in items for t in texts(item)} | set(texts((val,)))


def hand_written(
    state: ErrorHandling, left: BlockExit, block: tuple[Stmt, ...], context: Context, index: Index, test: bool = False
) -> ErrorHandling:
    """The retry that a `block` that runs on a 401 makes of the loop around it. To go on inside `while` or `for attempt
    in …` is a retry, and 401 is in it; but not where it knows the 401, tells somebody and waits until he has signed in,
    and not where a mere `test` of the answer lets a loop ask for its next page."""
    if left.then not in ("fall-through", "continue"):
        return state
    for outer in context.outward():
        if outer.kind == "frame":
            break
        if outer.kind == "loop" and isinstance(outer.stmt, Loop) and repeats(outer.stmt):
            if state.distinguishes_401 and state.logs and waits(outer.stmt.body, index):
                break
            if test and pages(outer.stmt):
                break
            bound: Retry = "bounded" if _counts(outer.stmt) or _flips(block, outer.stmt) else "unbounded"
            return replace(state, retry=bound, retry_401=True)
    return state


def repeats(loop: Loop) -> bool:
    """Whether a loop does one thing again, and not one thing to each of several."""
    if loop.kind != "for":
        return True
    source = loop.source
    return isinstance(source, Call) and walk.dotted(source.callee) in ("range", "count", "itertools.count")


def pages(loop: Loop) -> bool:
    """Whether a loop asks for one page after the other: what its test asks about is set in it, and handed to a call."""
    tested = {v.id for v in walk.within(loop.test) if isinstance(v, Name)} if loop.test is not None else set()
    set_ = {
        target.id
        for stmt in walk.statements(loop.body)
        if isinstance(stmt, Assign)
        for target in stmt.targets
        if isinstance(target, Name)
    }
    calls = [v for v in walk.values(loop.body) if isinstance(v, Call)]
    handed = {v.id for call in calls for arg in call.args for v in walk.within(arg.value) if isinstance(v, Name)}
    return bool(tested & set_ & handed)


def _counts(loop: Loop) -> bool:
    if loop.kind == "for":
        return True
    tests = [loop.test] if loop.test is not None else []
    inner = [v for v in walk.values(loop.body) if isinstance(v, Compare)]
    comparisons = [v for test in tests for v in walk.within(test) if isinstance(v, Compare)]
    return any(c.op in ("<", "<=", ">", ">=") for c in [*comparisons, *inner])


def _flips(block: tuple[Stmt, ...], loop: Loop) -> bool:
    """Whether a block sets a variable to true or false that is never set back in its loop, and asked there."""
    flags = {walk.dotted(t) for stmt in walk.statements(block) if isinstance(stmt, Assign) for t in stmt.targets}
    set_: dict[str, set[str]] = {}
    for stmt in walk.statements(loop.body):
        if isinstance(stmt, Assign):
            value = stmt.value.value if isinstance(stmt.value, Text) and stmt.value.kind == "constant" else ""
            for target in stmt.targets:
                set_.setdefault(walk.dotted(target), set()).add(value)
    once = {name for name in flags if name and len(set_.get(name, ())) == 1 and set_[name] <= {"True", "False"}}
    tests = [loop.test] if loop.test is not None else []
    for stmt in walk.statements(loop.body):
        if isinstance(stmt, If):
            tests += [arm.test for arm in stmt.arms if arm.test is not None]
        elif isinstance(stmt, Try):
            tests += [handler.test for handler in stmt.handlers if handler.test is not None]
    return any(walk.dotted(v) in once for test in tests for v in walk.within(test) if isinstance(v, (Name, Member)))


def sent_for_ever(handler: Handler) -> Call | None:
    """Where a client's own handler sends the failed request again, through the client and so through itself, and
    leaves no mark on the request by which it would know it the next time."""
    failed = {f"{handler.name}.{name}" for name in _REQUEST}
    for stmt in walk.statements(handler.body):
        if isinstance(stmt, Assign) and walk.dotted(stmt.value) in failed:
            failed.update(walk.dotted(target) for target in stmt.targets)
    marked = any(
        isinstance(target, Member) and walk.dotted(target.base) in failed
        for stmt in walk.statements(handler.body)
        if isinstance(stmt, Assign) and (stmt.op != "=" or isinstance(stmt.value, (Text, Concatenation)))
        for target in stmt.targets
    )
    calls = (v for v in walk.values(handler.body) if isinstance(v, Call))
    sent = (v for v in calls if any(walk.dotted(arg.value) in failed for arg in v.args[:1]))
    return None if marked else next(sent, None)
