"""Runs of the functions of the repository: which ones there are, one more, what each caller gets of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from pcmfa_lint.analysis.effects.functions import handed_functions
from pcmfa_lint.analysis.effects.handed_over import given_to_library
from pcmfa_lint.analysis.effects.sending import uses
from pcmfa_lint.analysis.interpreter.classes import declared_types
from pcmfa_lint.analysis.interpreter.functions import declared_calls, parameters
from pcmfa_lint.analysis.interpreter.functions.widening import Widening, numbered
from pcmfa_lint.analysis.matching.arguments import Arguments, FloatingCall
from pcmfa_lint.analysis.state.call_cache import KnownRun
from pcmfa_lint.analysis.state.call_graph import Activation, Context, Edge
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.state.sign_ins import SignInParameters
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.contents import inside, with_answers
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    Env,
    FuncVal,
    MappingValue,
    ObjectValue,
    ResponseValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Func, Name
from pcmfa_lint.limits import CALL_DEPTH


def call_function(run: RunState, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None) -> Values:
    """Runs a function of the repository with these arguments, or takes what a run with the same ones gave; what it
    gives back. `called`: where it is called; None for a root."""
    func = target.func
    if func.runs == "detached" or (
        func.runs
        and arguments.loose is not None
        and not (arguments.loose.waited or arguments.loose.used)
        and run.goes_on(frame)
    ):
        with inside_call(frame, FloatingCall(errors="stay"), arguments.place):
            return _entered(run, target, arguments, frame, called)
    if (
        func.runs and arguments.loose is not None and not arguments.loose.waited
    ):  # somebody waits for it later, or collects
        with inside_call(frame, run.begun.setdefault(arguments.place, arguments.loose), arguments.place):
            return _entered(run, target, arguments, frame, called)
    return _entered(run, target, arguments, frame, called)


def _entered(run: RunState, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None) -> Values:
    func = target.func
    sent = declared_calls.annotated(run, target, arguments, frame)
    if sent is not None:
        run.reached.add(id(func))
        for answer in sent if called is None else ():  # nobody in sight sends it
            if isinstance(answer, ResponseValue):
                record = run.records[answer.record]
                record.failure = replace(record.failure, surfaces_as="unknown")
        return sent
    if not func.name:  # a block or lambda sees the variables around it, which no argument tells
        known_run = KnownRun(Activation(target.unit, target))
        if _too_deep(run, target) or not _may_enter(run, target):
            return UNCLEAR
        _call(run, known_run, frame, called)
        _run_function(run, known_run, target, arguments, frame, called)
    else:
        known_run = _known_run(run, target, arguments, frame, called)
        if known_run.result is None:  # it runs just now, or cannot
            return UNCLEAR
    return _handed_back(run, known_run, frame, called)


def _known_run(run: RunState, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None) -> KnownRun:
    """The run of a function with these arguments: one that there is, or a new one."""
    func = id(target.func)
    often = run.call_cache.is_often(func)
    sign_in_args = _sign_in_arguments(run, target.func) if often else None
    if sign_in_args is not None:
        types = run.program.index(target.unit.language).types
        arguments = Widening(run.addresses, types, run.records.alike).arguments(arguments, sign_in_args)
    key = _key(run, target, arguments, sign_in_args)
    if (again := _again(run, key, arguments, frame, called, often)) is not None:
        return again
    known_run = KnownRun(Activation(target.unit, target))
    if _too_deep(run, target) or not (called is None or _may_enter(run, target)):
        return known_run
    if run.call_cache.is_full(func) and arguments.order:
        run.note_limit(target.unit)
        return _known_run(run, target, Arguments(arguments.place, open=True), frame, called)
    run.call_cache.add(key, func, known_run)
    _call(run, known_run, frame, called)
    mark = run.records.mark()
    _run_function(run, known_run, target, arguments, frame, called)
    if known_run.activation.signs_in:
        run.signing.setdefault(func, SignInParameters()).update(run.records, mark, target.func.name)
        run.call_cache.alias(_key(run, target, arguments, sign_in_args), known_run)
    return known_run


def _sign_in_arguments(run: RunState, func: Func) -> frozenset[str]:
    """The arguments of a function that matter as they are, by name and position: a sign-in is made of them."""
    signing = run.signing.get(id(func))
    return _named_or_numbered(func, signing.parts) if signing is not None else frozenset()


def _again(
    run: RunState, key: object, arguments: Arguments, frame: Frame, called: Place | None, often: bool
) -> KnownRun | None:
    """The run that there is for these arguments, called once more; None if there is none. `often`: whatever the
    variables are that it looks for in its callers' scopes."""
    for known_run in run.call_cache.runs(key):
        if often or all(run.lookup(name, frame) == vals for name, vals in known_run.free.items()):
            _call(run, known_run, frame, called)
            _fill(run, known_run, arguments, frame)
            return known_run
    return None


def _may_enter(run: RunState, target: FuncVal) -> bool:
    """Whether the root that runs may enter a function: it is not through with its steps, or the function sends."""
    return run.budget.may_enter() or id(target.func) in run.sending


def _too_deep(run: RunState, target: FuncVal) -> bool:
    """Whether a function is not entered once more: it calls itself, or too many others have called it."""
    if len(run.stack) > CALL_DEPTH:
        run.note_limit(target.unit)
        return True
    return run.stack.count(id(target.func)) > 1


def _key(
    run: RunState, target: FuncVal, arguments: Arguments, sign_in_args: frozenset[str] | None
) -> tuple[object, ...]:
    """What tells runs of a function apart. Where it asks for a token, also where the secrets among its arguments
    come from; until it is run often, where all come from."""
    env = target.env if target.env is not None and target.env.outer is not None else None
    order: tuple[tuple[str, Values], ...] = tuple(arguments.order)
    if sign_in_args is not None:  # the order in which named arguments stand tells nothing
        fold = run.program.index(target.unit.language).key
        order = tuple(sorted(((fold(name), vals) for name, vals in numbered(arguments)), key=lambda one: one[0]))
    key = (id(target.func), target.this, order, arguments.piped, _filled(target), id(env) if env else 0)
    signing = run.signing.get(id(target.func))
    if signing is None:
        return key
    secrets = None if sign_in_args is None else _named_or_numbered(target.func, signing.secrets)
    vals = tuple(v for name, vals in numbered(arguments) if secrets is None or name in secrets for v in vals)
    vals = (*vals, *arguments.piped) if sign_in_args is None else vals
    return (*key, tuple(val.place for val in inside(vals) if not isinstance(val, UnknownValue)))


def _call(run: RunState, known_run: KnownRun, frame: Frame, called: Place | None) -> None:
    """Notes that the run was called from here."""
    if called is not None:
        if known_run.activation.func is not None:
            _is_called(run, known_run.activation.func.func)
        known_run.activation.edge(called, frame.context)
        frame.context.activation.holds(known_run.activation)


def _is_called(run: RunState, func: Func) -> None:
    """Notes that somebody calls a function. One that ran as a root before is known better in the next pass."""
    if id(func) not in run.called:
        run.called.add(id(func))
        if id(func) in run.rooted and run.passes == 1:
            run.heap.note_moved()


def _handed_back(run: RunState, known_run: KnownRun, frame: Frame, called: Place | None) -> Values:
    """What a run gives back to one of its callers: an answer is from here on that caller's."""
    vals = known_run.result or UNCLEAR
    if called is None:
        return vals
    edge = known_run.activation.edge(called, frame.context)

    def for_caller(answer: TokenValue | ResponseValue) -> TokenValue | ResponseValue:
        if isinstance(answer, TokenValue) and answer.part == "access":
            return answer
        record = run.records[answer.record]
        if id(record.context.activation) in run.active:
            return answer
        return replace(answer, record=_answer_for(run, record, edge).number)

    return with_answers(vals, for_caller)


def _answer_for(run: RunState, record: Request, edge: Edge) -> Request:
    """The answer of a request in the hands of one caller."""
    sent = record.request
    taker = run.answers_taken.get((sent.number, edge))
    if taker is None:
        key = ("taken", sent.number, edge.called)
        handed = replace(
            sent, context=edge.context, events={}, watched=0, parts={}, sent=sent, edge=edge, givers=[], takers=[]
        )
        taker = run.records.add(key, lambda number: replace(handed, number=number))
        run.answers_taken[sent.number, edge] = taker
    if taker is not record and not any(record is giver for giver in taker.givers):
        taker.givers.append(record)
        record.takers.append(taker)
    return taker


def _run_function(
    run: RunState, known_run: KnownRun, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None
) -> None:
    func, unit = target.func, target.unit
    run.reached.add(id(func))
    index = run.program.index(unit.language)
    outer = target.env or run.ensure(unit)
    context = Context("frame", None, unit, known_run.activation)
    context = handed_functions.around(run, target, context, frame, called)
    inner = Frame(unit, index, Env(outer=outer), context, caller=frame if called is not None else None, func=target)
    inner.free = known_run.free
    inner.this = (target.this,) if target.this is not None else _this_vals(frame, target)
    parameters.bind(run, func, arguments, inner, called)
    run.stack.append(id(func))
    run.callers.append(called if func.name else run.callers[-1])
    run.active.add(id(known_run.activation))
    before = dict(inner.env.vars)
    try:
        run.block(func.body, inner)
    finally:
        run.stack.pop()
        run.callers.pop()
        run.active.discard(id(known_run.activation))
        known_run.result = UNCLEAR  # where the steps are used up
    known_run.filled = _filled_maps(func, before, inner)
    _fill(run, known_run, arguments, frame)
    outputs = inner.outputs if index.semantics.statements_leave_output or not func.name else []
    result = join(*inner.returns, *(o for o in outputs if not all(isinstance(v, UnknownValue) for v in o)))
    uses.handed_back(run, result, context, arguments.place)
    given_to_library(run, func.name, result, inner)
    known_run.result = declared_types.or_declared(run, result or UNCLEAR, func.type, Place(unit.path, func.span), inner)
    if known_run.activation.sends:
        run.heap.moved |= id(func) in run.awaited and id(func) not in run.sending
        run.sending.add(id(func))
    if called is not None:
        frame.context.activation.holds(known_run.activation)
    elif known_run.activation.sends:
        run.rooted.add(id(func))


def _fill(run: RunState, known_run: KnownRun, arguments: Arguments, frame: Frame) -> None:
    """What a function set for its caller: mappings that have more entries now, variables handed by reference."""
    for number, name, vals in known_run.filled:
        node = arguments.nodes.get(name) or arguments.nodes.get(str(number))
        if isinstance(node, Name):
            run.bind(node, vals, frame)
            arguments.out[:] = (variable for variable in arguments.out if variable is not node)


def _named_or_numbered(func: Func, names: Collection[str]) -> frozenset[str]:
    """Parameters by name and by position, as a call may give them."""
    numbers = (str(n) for n, p in enumerate(p for p in func.params if p.name not in _SELF) if p.name in names)
    return frozenset((*names, *numbers))


_SELF = ("self", "cls")  # what a method is called on, where that is written among its parameters


@contextmanager
def inside_call(frame: Frame, loose: FloatingCall, place: Place) -> Iterator[None]:
    """Runs what follows as a part of a call whose result nobody takes."""
    context = frame.context
    frame.context = Context("run", context, frame.unit, context.activation, loose=loose, at=place)
    try:
        yield
    finally:
        frame.context = context


def _filled(target: FuncVal) -> int:
    """How much an object holds by now, of which its method makes something."""
    attrs = target.this.attrs if isinstance(target.this, ObjectValue) else {}
    return sum(len(vals) for vals in attrs.values())


def _filled_maps(func: Func, before: dict[str, Values], inner: Frame) -> list[tuple[int, str, Values]]:
    """The parameters whose mappings a function filled, and those by reference, with what they hold now."""
    filled = []
    params = [p for p in func.params if not (func.owner and p.name in ("self", "cls"))]
    for number, param in enumerate(params):
        key = inner.index.key(param.name)
        old, new = before.get(key, ()), inner.env.vars.get(key, ())
        if param.by_reference or (old is not new and old != new and _same_maps(old, new)):
            filled.append((number, param.name, new))
    return filled


def _same_maps(old: Values, new: Values) -> bool:
    """Whether these are the same mappings, only filled further: they were made at the same places."""
    maps = [v for v in (*old, *new) if isinstance(v, MappingValue)]
    return (
        len(maps) == len(old) + len(new)
        and bool(old)
        and {m.place for m in maps[len(old) :]} <= {m.place for m in maps[: len(old)]}
    )


def _this_vals(frame: Frame, target: FuncVal) -> Values:
    return frame.this if not target.func.name or not target.func.owner else ()
