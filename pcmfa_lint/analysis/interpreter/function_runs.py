"""Runs of the functions of the repository: which ones there are, one more, what each caller gets of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from pcmfa_lint.analysis.effects import handed_functions, uses
from pcmfa_lint.analysis.interpreter import declared_calls, declared_types, parameters
from pcmfa_lint.analysis.interpreter.expressions import Expressions
from pcmfa_lint.analysis.interpreter.widening import Widening, numbered
from pcmfa_lint.analysis.matching.arguments import Arguments, FloatingCall
from pcmfa_lint.analysis.state.call_cache import KnownRun
from pcmfa_lint.analysis.state.call_graph import Activation, Context, Edge
from pcmfa_lint.analysis.state.frame import Frame
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


class FunctionRuns(Expressions):
    """Runs functions, each once for the same arguments."""

    def call_function(self, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None) -> Values:
        """Runs a function of the repository with these arguments, or takes what a run with the same ones gave; what it
        gives back. `called`: where it is called; None for a root."""
        func = target.func
        if func.runs == "detached" or (
            func.runs
            and arguments.loose is not None
            and not (arguments.loose.waited or arguments.loose.used)
            and self.goes_on(frame)
        ):
            with inside_call(frame, FloatingCall(errors="stay"), arguments.place):
                return self._entered(target, arguments, frame, called)
        if (
            func.runs and arguments.loose is not None and not arguments.loose.waited
        ):  # somebody waits for it later, or collects
            with inside_call(frame, self.begun.setdefault(arguments.place, arguments.loose), arguments.place):
                return self._entered(target, arguments, frame, called)
        return self._entered(target, arguments, frame, called)

    def _entered(self, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None) -> Values:
        func = target.func
        sent = declared_calls.annotated(self, target, arguments, frame)
        if sent is not None:
            self.reached.add(id(func))
            for answer in sent if called is None else ():  # nobody in sight sends it
                if isinstance(answer, ResponseValue):
                    record = self.records[answer.record]
                    record.failure = replace(record.failure, surfaces_as="unknown")
            return sent
        if not func.name:  # a block or lambda sees the variables around it, which no argument tells
            run = KnownRun(Activation(target.unit, target))
            if self._too_deep(target) or not self._may_enter(target):
                return UNCLEAR
            self._call(run, frame, called)
            self._run_function(run, target, arguments, frame, called)
        else:
            run = self._known_run(target, arguments, frame, called)
            if run.result is None:  # it runs just now, or cannot
                return UNCLEAR
        return self._handed_back(run, frame, called)

    def _known_run(self, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None) -> KnownRun:
        """The run of a function with these arguments: one that there is, or a new one."""
        func = id(target.func)
        often = self._cache.is_often(func)
        sign_in_args = self._sign_in_arguments(target.func) if often else None
        if sign_in_args is not None:
            types = self.program.index(target.unit.language).types
            arguments = Widening(self.addresses, types, self.records.alike).arguments(arguments, sign_in_args)
        key = self._key(target, arguments, sign_in_args)
        if (again := self._again(key, arguments, frame, called, often)) is not None:
            return again
        run = KnownRun(Activation(target.unit, target))
        if self._too_deep(target) or not (called is None or self._may_enter(target)):
            return run
        if self._cache.is_full(func) and arguments.order:
            self.note_limit(target.unit)
            return self._known_run(target, Arguments(arguments.place, open=True), frame, called)
        self._cache.add(key, func, run)
        self._call(run, frame, called)
        mark = self.records.mark()
        self._run_function(run, target, arguments, frame, called)
        if run.activation.signs_in:
            self._signing.setdefault(func, SignInParameters()).update(self.records, mark, target.func.name)
            self._cache.alias(self._key(target, arguments, sign_in_args), run)
        return run

    def _sign_in_arguments(self, func: Func) -> frozenset[str]:
        """The arguments of a function that matter as they are, by name and position: a sign-in is made of them."""
        signing = self._signing.get(id(func))
        return _named_or_numbered(func, signing.parts) if signing is not None else frozenset()

    def _again(
        self, key: object, arguments: Arguments, frame: Frame, called: Place | None, often: bool
    ) -> KnownRun | None:
        """The run that there is for these arguments, called once more; None if there is none. `often`: whatever the
        variables are that it looks for in its callers' scopes."""
        for run in self._cache.runs(key):
            if often or all(self.lookup(name, frame) == vals for name, vals in run.free.items()):
                self._call(run, frame, called)
                self._fill(run, arguments, frame)
                return run
        return None

    def _may_enter(self, target: FuncVal) -> bool:
        """Whether the root that runs may enter a function: it is not through with its steps, or the function sends."""
        return self.budget.may_enter() or id(target.func) in self._sending

    def _too_deep(self, target: FuncVal) -> bool:
        """Whether a function is not entered once more: it calls itself, or too many others have called it."""
        if len(self._stack) > CALL_DEPTH:
            self.note_limit(target.unit)
            return True
        return self._stack.count(id(target.func)) > 1

    def _key(self, target: FuncVal, arguments: Arguments, sign_in_args: frozenset[str] | None) -> tuple[object, ...]:
        """What tells runs of a function apart. Where it asks for a token, also where the secrets among its arguments
        come from; until it is run often, where all come from."""
        env = target.env if target.env is not None and target.env.outer is not None else None
        order: tuple[tuple[str, Values], ...] = tuple(arguments.order)
        if sign_in_args is not None:  # the order in which named arguments stand tells nothing
            fold = self.program.index(target.unit.language).key
            order = tuple(sorted(((fold(name), vals) for name, vals in numbered(arguments)), key=lambda one: one[0]))
        key = (id(target.func), target.this, order, arguments.piped, _filled(target), id(env) if env else 0)
        signing = self._signing.get(id(target.func))
        if signing is None:
            return key
        secrets = None if sign_in_args is None else _named_or_numbered(target.func, signing.secrets)
        vals = tuple(v for name, vals in numbered(arguments) if secrets is None or name in secrets for v in vals)
        vals = (*vals, *arguments.piped) if sign_in_args is None else vals
        return (*key, tuple(val.place for val in inside(vals) if not isinstance(val, UnknownValue)))

    def _call(self, run: KnownRun, frame: Frame, called: Place | None) -> None:
        """Notes that the run was called from here."""
        if called is not None:
            if run.activation.func is not None:
                self._is_called(run.activation.func.func)
            run.activation.edge(called, frame.context)
            frame.context.activation.holds(run.activation)

    def _is_called(self, func: Func) -> None:
        """Notes that somebody calls a function. One that ran as a root before is known better in the next pass."""
        if id(func) not in self._called:
            self._called.add(id(func))
            self.heap.moved |= id(func) in self._rooted and self._passes == 1

    def _handed_back(self, run: KnownRun, frame: Frame, called: Place | None) -> Values:
        """What a run gives back to one of its callers: an answer is from here on that caller's."""
        vals = run.result or UNCLEAR
        if called is None:
            return vals
        edge = run.activation.edge(called, frame.context)

        def for_caller(answer: TokenValue | ResponseValue) -> TokenValue | ResponseValue:
            if isinstance(answer, TokenValue) and answer.part == "access":
                return answer
            record = self.records[answer.record]
            if id(record.context.activation) in self._active:
                return answer
            return replace(answer, record=self._answer_for(record, edge).number)

        return with_answers(vals, for_caller)

    def _answer_for(self, record: Request, edge: Edge) -> Request:
        """The answer of a request in the hands of one caller."""
        sent = record.request
        taker = self._takers.get((sent.number, edge))
        if taker is None:
            key = ("taken", sent.number, edge.called)
            handed = replace(
                sent, context=edge.context, events=[], watched=0, parts={}, sent=sent, edge=edge, givers=[], takers=[]
            )
            taker = self.records.add(key, lambda number: replace(handed, number=number))
            self._takers[sent.number, edge] = taker
        if taker is not record and not any(record is giver for giver in taker.givers):
            taker.givers.append(record)
            record.takers.append(taker)
        return taker

    def _run_function(
        self, run: KnownRun, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None
    ) -> None:
        func, unit = target.func, target.unit
        self.reached.add(id(func))
        index = self.program.index(unit.language)
        outer = target.env or self.ensure(unit)
        context = Context("frame", None, unit, run.activation)
        context = handed_functions.around(self, target, context, frame, called)
        inner = Frame(unit, index, Env(outer=outer), context, caller=frame if called is not None else None, func=target)
        inner.free = run.free
        inner.this = (target.this,) if target.this is not None else _this_vals(frame, target)
        parameters.bind(self, func, arguments, inner, called)
        self._stack.append(id(func))
        self._callers.append(called if func.name else self._callers[-1])
        self._active.add(id(run.activation))
        before = dict(inner.env.vars)
        try:
            self.block(func.body, inner)
        finally:
            self._stack.pop()
            self._callers.pop()
            self._active.discard(id(run.activation))
            run.result = UNCLEAR  # where the steps are used up
        run.filled = _filled_maps(func, before, inner)
        self._fill(run, arguments, frame)
        outputs = inner.outputs if index.semantics.statements_leave_output or not func.name else []
        result = join(*inner.returns, *(o for o in outputs if not all(isinstance(v, UnknownValue) for v in o)))
        uses.handed_back(self, result, context, arguments.place)
        run.result = declared_types.or_declared(self, result or UNCLEAR, func.type, Place(unit.path, func.span), inner)
        if run.activation.sends:
            self._sending.add(id(func))
        if called is not None:
            frame.context.activation.holds(run.activation)
        elif run.activation.sends:
            self._rooted.add(id(func))

    def _fill(self, run: KnownRun, arguments: Arguments, frame: Frame) -> None:
        """What a function set for its caller: mappings that have more entries now, variables handed by reference."""
        for number, name, vals in run.filled:
            node = arguments.nodes.get(name) or arguments.nodes.get(str(number))
            if isinstance(node, Name):
                self.bind(node, vals, frame)
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
