"""Runs the units on abstract values: statements in order, branches both ways, loops twice, calls into their functions.

The interpreter knows languages only through the catalog. What a call means is decided in `effects`; this module says
what reaches it. Work is counted in steps, so the same input always ends at the same place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from pcmfa_lint.analysis.effects.sending import uses
from pcmfa_lint.analysis.interpreter import assignments, expressions, imports, statements
from pcmfa_lint.analysis.interpreter.classes import construction, members, objects
from pcmfa_lint.analysis.interpreter.functions import calls, function_runs
from pcmfa_lint.analysis.interpreter.functions.decorated import by_own
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.budget import Spent
from pcmfa_lint.analysis.state.call_graph import file_context
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.heap import Members
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import ClassVal, Env, FuncVal, ObjectValue
from pcmfa_lint.evidence.model import NOT_AGAIN, Place
from pcmfa_lint.ir.nodes import Func, Unit
from pcmfa_lint.limits import PASSES, PYTHON_FRAMES, STAND_IN_OBJECTS, TOLD_APART_OBJECTS


class Interpreter(RunState):
    """Runs every unit once as a root, then every function that was not reached."""

    eval = expressions.evaluate
    evaluate_name = calls.evaluate_name
    evaluate_member = calls.evaluate_member
    lookup = expressions.lookup
    imported = imports.imported
    member_of = members.member_of
    base = members.base
    named_base = members.named_base
    fields = members.fields
    call = calls.call
    arguments_of = calls.arguments_of
    call_values = calls.call_values
    method_of = calls.method_of
    call_function = function_runs.call_function
    block = statements.block
    assign = assignments.assign
    bind = assignments.bind
    judge_tests = statements.judge_tests
    note_checks = statements.note_checks
    fill = assignments.fill
    goes_on = expressions.goes_on
    as_sources = members.as_sources
    configured = imports.configured
    construct_named = construction.construct_named
    bind_settings = construction.bind_settings
    bind_read = construction.bind_read
    instances = construction.instances

    def run(self, units: Sequence[Unit]) -> None:
        """Follows everything, again and again until nobody reads what changes afterwards. What an answer held, and
        words, are handed on from object to object without end; they are followed a second time, and no further."""
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, PYTHON_FRAMES))
        try:
            for number in range(PASSES):
                if number:
                    self._begin_pass()
                self._pass(units)
                if not (self.heap.moved_far if number else self.heap.moved):
                    break
                if not self.budget.allows_another_pass() or number + 1 == PASSES:
                    self.notes[NOT_AGAIN] = None
                    break
        finally:
            sys.setrecursionlimit(before)

    def _pass(self, units: Sequence[Unit]) -> None:
        """Bodies of all files first, then what sets up containers, then every function that nobody calls."""
        for unit in units:
            self.ensure(unit)
        for unit, func in objects.set_up(units, self.program):
            self._root(id(func), lambda unit=unit, func=func: self._run_alone(unit, func), unit)  # type: ignore[misc]
        self._uncalled(units)

    def ensure(self, unit: Unit) -> Env:
        """The variables of a file after its body ran; runs it if it has not."""
        if unit.path not in self.globals:
            self.globals[unit.path] = env = Env(on_lookup=partial(self.heap.read_variable, unit.path))
            index = self.program.index(unit.language)
            frame = Frame(unit, index, env, file_context(unit))
            for imp in unit.imports:
                if imp.kind == "source":
                    for path in self.program.targets(unit, imp):
                        env.vars.update(self.ensure(self.program.units[path]).vars)
            self._root(unit.path, lambda: self.block(unit.body, frame), unit)
            self.given_back[unit.path] = join(*frame.returns)
            for name, vals in self.known_left(unit.path).items():
                env.vars[name] = join(env.vars.get(name, ()), vals)
        return self.globals[unit.path]

    def _root(self, key: Hashable, work: Callable[[], object], unit: Unit) -> None:
        stack, self.stack = self.stack, []
        callers, self.callers = self.callers, [None]
        outer = self.heap.enter_root()
        before, self.path = self.path, unit.path
        self.at(unit.path)
        try:
            with self.budget.root(key, unit.path):
                work()
        except (Spent, RecursionError):
            self.note_limit(unit)
        finally:
            self.stack, self.callers = stack, callers
            self.heap.leave_root(outer)
            self.path = before
            if before:
                self.at(before)

    def _uncalled(self, units: Iterable[Unit]) -> None:
        """Functions that no root reached, callers before callees as far as names tell."""
        own = [
            (unit, func)
            for unit in units
            for func in self.program.outline.functions(unit)
            if id(func) not in self.reached and func.name
        ]
        called = {name.casefold() for _, func in own for name in self.program.outline.called(func)}

        def order(one: tuple[Unit, Func]) -> tuple[bool, bool, bool, bool]:
            on_object = bool(one[1].owner) and not one[1].static  # after what may make the object
            declared = not one[1].body  # after all who may call it
            return declared, id(one[1]) in self.called_before, one[1].name.casefold() in called, on_object

        for unit, func in sorted(own, key=order):
            if id(func) not in self.reached:
                self._root(id(func), lambda unit=unit, func=func: self._run_alone(unit, func), unit)  # type: ignore[misc]

        for closure in list(self.lambdas.values()):  # those that were handed to something out of sight
            if id(closure.func) not in self.reached:
                self._root(id(closure.func), lambda closure=closure: self._run_closure(closure), closure.unit)  # type: ignore[misc]

    def _run_closure(self, closure: FuncVal) -> None:
        """Runs a function without a name that nobody in sight calls, with the variables that it was made among."""
        frame = Frame(
            closure.unit,
            self.program.index(closure.unit.language),
            self.ensure(closure.unit),
            file_context(closure.unit),
        )
        place = Place(closure.unit.path, closure.func.span)
        uses.returned_to_nobody(self, self.call_function(closure, Arguments(place), frame, None), place)

    def _run_alone(self, unit: Unit, func: Func) -> None:
        env = self.ensure(unit)
        frame = Frame(unit, self.program.index(unit.language), env, file_context(unit))
        cls = self.program.cls(unit, func.owner) if func.owner and not func.static else None
        place = Place(unit.path, func.span)
        for this in self._stand_ins(cls, func, frame) if cls is not None else (None,):
            target = FuncVal(func, unit, this=this, env=env, place=place)
            around = (v for v in by_own(self, target) if isinstance(v, FuncVal))
            vals = join(*(self.call_function(v, Arguments(place), frame, None) for v in around))
            objects.hand_out(self, func, vals, frame)
            uses.returned_to_nobody(self, vals, place)

    def _stand_ins(self, cls: ClassVal, func: Func, frame: Frame) -> Iterator[ObjectValue]:
        """The objects that a method is run on which nobody calls: one of its class or, where nobody makes such a one,
        one of each class that inherits the method."""
        derived = [] if self.heap.of_class(cls) else objects.derived(self.program, cls)
        heirs = (one for one in derived[:STAND_IN_OBJECTS] if self._inherits(one, func, frame))
        for one in list(islice(heirs, TOLD_APART_OBJECTS)) or [cls]:
            yield self.any_instance(one, frame)

    def _inherits(self, cls: ClassVal, func: Func, frame: Frame) -> bool:
        vals = members.class_attribute(self, cls, func.name, frame, called=True)
        return any(isinstance(val, FuncVal) and val.func is func for val in vals)

    def any_instance(self, cls: ClassVal, frame: Frame) -> ObjectValue:
        """An object of the class as somebody in the repository makes it; where there are several, or nobody makes one,
        one that stands for all."""
        existing = self.heap.of_class(cls)
        if len(existing) == 1:
            return existing[0]
        self.callers.append(None)
        vals = construction.construct(self, cls, Arguments(Place(cls.unit.path, cls.cls.span)), frame)
        self.callers.pop()
        instance = next(v for v in vals if isinstance(v, ObjectValue))
        if isinstance(instance.attrs, Members):
            fields_of_each = [obj.attrs for obj in existing[:STAND_IN_OBJECTS] if isinstance(obj.attrs, Members)]
            instance.attrs.share(fields_of_each)
        return instance
