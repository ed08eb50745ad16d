"""Statements in order: branches both ways, loops twice, handlers after what they guard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pcmfa_lint.analysis.effects.sending import given_up
from pcmfa_lint.analysis.failures.status_tests import checked, seen_by_response
from pcmfa_lint.analysis.interpreter import assignments, expressions
from pcmfa_lint.analysis.interpreter.classes import construction, declared_types
from pcmfa_lint.analysis.interpreter.expressions import FIELD, _this
from pcmfa_lint.analysis.interpreter.functions import parameters
from pcmfa_lint.analysis.interpreter.functions.decorated import decorated
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.frame import Following, Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.state.requests import StatusTest, Use
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.building import list_of_fields, part_of_form
from pcmfa_lint.analysis.values.contents import elements
from pcmfa_lint.analysis.values.model import (
    ClassVal,
    Env,
    FuncVal,
    ListValue,
    MappingValue,
    ResponseValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.exhaustive import assert_never
from pcmfa_lint.ir.nodes import (
    Assign,
    BooleanOperation,
    Call,
    Class,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    If,
    Jump,
    Loop,
    Raise,
    Return,
    Seq,
    Stmt,
    Try,
    Unknown,
    With,
)
from pcmfa_lint.limits import ALTERNATIVES


def block(run: RunState, stmts: Iterable[Stmt], frame: Frame) -> bool:
    """Runs statements; False if the end is not reached."""
    stmts = tuple(stmts)
    failed, replays, following = frame.failed, frame.replays, frame.following
    alive = True
    for number, stmt in enumerate(stmts):
        run.budget.step()
        if isinstance(stmt, ExpressionStatement) and isinstance(stmt.value, Call):
            stmt = frame.index.handled_errors.statement(stmt.value) or stmt
        if isinstance(stmt, (If, Loop, Try, With)):
            frame.following = Following(stmts, number, following)
        if not statement(run, stmt, frame):
            alive = False
            break
    frame.failed, frame.replays, frame.following = failed, replays, following
    return alive


def statement(run: RunState, stmt: Stmt, frame: Frame) -> bool:
    match stmt:
        case ExpressionStatement(value=value):
            frame.outputs.append(run.eval(value, frame, used=frame.valued))
        case Assign():
            run.assign(stmt, frame)
        case If():
            return _if(run, stmt, frame)
        case Loop():
            _loop(run, stmt, frame)
        case Try():
            return _try(run, stmt, frame)
        case With(items=items, body=body):
            for value, target in items:
                vals = construction.entered(run, run.eval(value, frame), frame.place(value), frame)
                if target is not None:
                    run.bind(target, vals, frame)
            return run.block(body, frame)
        case Return(value=value):
            if value is not None:
                frame.returns.append(given_up.marked(run.eval(value, frame), frame.failed))
            return False
        case Raise(value=value):
            if value is not None:
                _watched(run, [value], frame)
            return False
        case Jump(value=value):
            if value is not None:
                run.eval(value, frame)
            return False
        case Define(what=definition):
            _define(run, definition, frame)
        case _:
            assert_never(stmt)
    return True


def _define(run: RunState, definition: Func | Class, frame: Frame) -> None:
    if isinstance(definition, Class):
        declared = run.program.cls(frame.unit, definition.name) if frame.semantics.declarations else None
        vals: Values = (declared or ClassVal(definition, frame.unit, place=frame.place(definition)),)
        for decorator in definition.decorators if not frame.semantics.declarations else ():
            if isinstance(decorator, Call):  # it may tell a container what to hand out
                run.eval(decorator, frame)
    elif not definition.name:  # a script's own parameters
        for param in definition.params:
            assignments.set_variable(
                run, param.name, parameters.unfilled(run, param, frame, frame.unit.path, ""), frame
            )
        return
    else:
        vals = (FuncVal(definition, frame.unit, this=_this(frame), env=frame.env, place=frame.place(definition)),)
        for decorator in () if frame.semantics.declarations else reversed(definition.decorators):
            vals = decorated(run, decorator, vals, frame)
    prefix = "function:" if frame.semantics.own_names_for_functions else ""
    frame.env.vars[frame.index.key(prefix + definition.name)] = vals


def _if(run: RunState, stmt: If, frame: Frame) -> bool:
    alive = False
    after: list[dict[str, Values]] = []
    following = frame.following
    checks = run.judge_tests([(arm.test, arm.body) for arm in stmt.arms], frame, following=following)
    before = dict(frame.env.vars)  # a test may assign
    around = run.heap.branches
    decided = False
    for number, arm in enumerate(stmt.arms):
        truth = expressions.truth_in_this_call(run, arm.test, frame) if arm.test is not None else None
        if truth is False or decided:
            continue
        decided = truth is True
        frame.env.vars = dict(before)
        run.heap.branches = (*around, id(stmt), number)
        checks_of_arm = {request: check for request, check in checks.items() if check.branch is arm.body}
        replays, failed = frame.replays, frame.failed
        frame.replays = replays or any(check.distinguishes for check in checks_of_arm.values())
        frame.failed = failed | checks_of_arm.keys()
        if run.block(arm.body, frame):
            alive = True
            after.append(frame.env.vars)
        frame.replays, frame.failed = replays, failed
    run.heap.branches = around
    if not decided and all(arm.test is not None for arm in stmt.arms):
        alive = True
        after.append(before)
    frame.env.vars = _joined(after) if after else before
    frame.failed |= {number for number, check in checks.items() if check.follows}
    frame.replays |= any(check.distinguishes and check.follows for check in checks.values())
    return alive


def judge_tests(
    run: RunState,
    arms: list[tuple[Expression | None, tuple[Stmt, ...]]],
    frame: Frame,
    repeats: bool = False,
    following: Following | None = None,
) -> dict[int, StatusTest]:
    """Notes on each response that the tests look at what happens if its status is 401; the checks, by request.
    `following`: what runs after the tests and what they guard."""
    evaluated = _watched(run, [test for test, _ in arms if test is not None], frame)
    return run.note_checks(arms, evaluated, frame, repeats, following)


def note_checks(
    run: RunState,
    arms: list[tuple[Expression | None, tuple[Stmt, ...]]],
    evaluated: dict[int, Values],
    frame: Frame,
    repeats: bool = False,
    following: Following | None = None,
) -> dict[int, StatusTest]:
    """The same of tests whose parts were evaluated already: `evaluated`, by id."""
    tests: dict[int, StatusTest] = {}
    for seen, numbers in seen_by_response(evaluated, lambda n: 400 if run.records[n].kind == "token" else 401):
        check = checked(arms, seen, frame, repeats, following)
        if check is not None:
            for number in numbers:
                run.note(run.records[number], Use("check", check.place, check=check, context=frame.context))
                tests[number] = check
    return dict(sorted(tests.items()))


def _watched(run: RunState, values: Iterable[Expression], frame: Frame) -> dict[int, Values]:
    """Evaluates values; what their parts were, by id. Where one is part of an answer, its request remembers it."""
    watch, run.watched_values = run.watched_values, {}
    try:
        for value in values:
            run.eval(value, frame)
        evaluated = run.watched_values
    finally:
        run.watched_values = watch
    for number, vals in evaluated.items():
        for val in vals:
            if isinstance(val, (ResponseValue, TokenValue)):
                run.records[val.record].parts[number] = val.part or "answer"
    return evaluated


def _loop(run: RunState, stmt: Loop, frame: Frame) -> None:
    before = dict(frame.env.vars)
    context, following = frame.context, frame.following
    rest = following.statements() if following is not None else ()
    frame.context = Context("loop", context, frame.unit, context.activation, stmt=stmt, rest=rest)
    frame.following = None
    if stmt.source is not None and stmt.target is not None:
        source = run.eval(stmt.source, frame)
        if (fields := part_of_form(source)) is not None or list_of_fields(source):
            _each_field(run, stmt, fields, list_of_fields(source), frame)
            frame.context, frame.following = context, following
            return
        items = elements(source)
        run.bind(stmt.target, declared_types.or_declared(run, items, stmt.type, frame.place(stmt), frame), frame)
    test = stmt.test
    if test is not None and stmt.kind == "until":  # that test ends the loop
        test = BooleanOperation("not", (test,), test.span)
    ends = [before]
    around = run.heap.branches
    run.heap.branches = (*around, id(stmt))
    around_again = frame.again
    for again in (False,) if around_again else (False, True):  # the second time round sees what the first left
        frame.again = around_again or again
        run.block(stmt.body, frame)
        ends.append(frame.env.vars)
        frame.env.vars = _joined(ends)
        if test is not None:
            run.judge_tests([(test, stmt.body)], frame, repeats=True)
    frame.again = around_again
    frame.context, frame.following = context, following
    run.heap.branches = around


def _each_field(run: RunState, stmt: Loop, fields: MappingValue | None, listed: Sequence[Values], frame: Frame) -> None:
    """A loop over the fields of a token request, which writes them down: each of them in its turn. They may be
    listed as pairs, or by their names alone."""
    place = frame.place(stmt)
    for item in listed[:ALTERNATIVES]:
        if stmt.target is not None:
            run.bind(stmt.target, item, frame)
        run.block(stmt.body, frame)
    named = any(isinstance(v, Unknown) and v.reason == "key" for v in walk.values(stmt.body[:1]))
    alone = not isinstance(stmt.target, Seq) and not frame.semantics.elements
    for key, vals in fields.entries[:ALTERNATIVES] if fields is not None else ():
        name: Values = (StringValue(key, place=place),)
        pair: Values = (ListValue((name, vals), place=place),)
        frame.env.vars[FIELD] = name
        if stmt.target is not None:
            run.bind(stmt.target, vals if named else name if alone else pair, frame)
        run.block(stmt.body, frame)
    frame.env.vars.pop(FIELD, None)


def _try(run: RunState, stmt: Try, frame: Frame) -> bool:
    before = dict(frame.env.vars)
    context, following = frame.context, frame.following
    rest = following.statements() if following is not None else ()
    frame.context = Context("try", context, frame.unit, context.activation, stmt, rest, _flags(frame.env))
    frame.following = Following(stmt.otherwise, -1, following)
    sent = run.records.mark()
    alive = run.block(stmt.body, frame)
    failed = frame.failed | set(run.records.since(sent))
    frame.context, frame.following = context, following
    if alive:
        alive = run.block(stmt.otherwise, frame)
    ends = [frame.env.vars] if alive else []
    middle = _joined([before, frame.env.vars])
    around = run.heap.branches
    for handler in stmt.handlers:
        run.heap.branches = (*around, id(handler))
        frame.env.vars = dict(middle)
        if handler.name:
            assignments.set_variable(run, handler.name, (UnknownValue(handler.name),), frame)
        outer_failed, frame.failed = frame.failed, failed
        if run.block(handler.body, frame):
            ends.append(frame.env.vars)
        frame.failed = outer_failed
    run.heap.branches = around
    frame.env.vars = _joined(ends) if ends else middle
    final = run.block(stmt.final, frame)
    return bool(ends) and final


def _flags(env: Env) -> dict[str, bool]:
    """The variables of this scope that hold a known true or false."""
    flags = {}
    for name, vals in env.vars.items():
        if len(vals) == 1 and isinstance(vals[0], StringValue) and vals[0].text in ("True", "False"):
            flags[name] = vals[0].text == "True"
    return flags


def _joined(several: list[dict[str, Values]]) -> dict[str, Values]:
    """Variables after one of several ways; what only some ways set keeps those values."""
    if len(several) == 1:
        return several[0]
    joined: dict[str, Values] = dict(several[0])
    for more in several[1:]:
        for name, vals in more.items():
            old = joined.get(name)
            if old is None:
                joined[name] = vals
            elif old is not vals:
                joined[name] = join(old, vals)
    return joined
