"""Runs the units on abstract values: statements in order, branches both ways, loops twice, calls into their functions.

The interpreter knows languages only through the catalog. What a call means is decided in `effects`; this module says
what reaches it. Work is counted in steps, so the same input always ends at the same place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import PurePosixPath
from posixpath import dirname, join, normpath

from pcmfa_lint.analysis.effects import uses
from pcmfa_lint.analysis.interpreter import objects
from pcmfa_lint.analysis.interpreter.statements import Statements
from pcmfa_lint.analysis.matching.arguments import Given
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import ROOT_STEPS, Spent
from pcmfa_lint.analysis.state.requests import Context
from pcmfa_lint.analysis.values import ClassVal, Env, FuncVal, Map, Obj, Str, Vals
from pcmfa_lint.evidence.model import FILE, Place
from pcmfa_lint.evidence.terms import TOO_MUCH
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Class, Define, Func, Member, Name, Unit


class Interpreter(Statements):
    """Runs every unit once as a root, then every function that was not reached."""

    def run(self, units: Sequence[Unit], seeds: Collection[str]) -> None:
        """Bodies of all files first, then the functions that nobody called: all of a seed's own, and elsewhere those
        that call a function whose arguments are wanted."""
        self.seeds = frozenset(seeds)
        for unit in units:
            self.ensure(unit)
        for unit, func in objects.set_up([u for u in units if self.program.index(u.language).set_up], self.program):
            self._root(lambda unit=unit, func=func: self._run_alone(unit, func), unit)  # type: ignore[misc]
        self._uncalled([unit for unit in units if unit.path in seeds], lambda func: True)
        for unit in units:
            if unit.path in seeds:
                self._root(lambda unit=unit: self._want_users(unit), unit)  # type: ignore[misc]
        for _ in range(2):  # what is asked for may own a client that others ask for
            wanted = frozenset(self.asked)
            for unit in units:
                if unit.path not in seeds:
                    self._uncalled([unit], partial(self._is_asked, wanted))
            self._want_owners()
            if wanted >= set(self.asked):
                break

    def _is_asked(self, wanted: frozenset[str], func: Func) -> bool:
        return func.owner in self.owners or bool(_mentioned(func) & wanted)

    def _want_users(self, unit: Unit) -> None:
        """The files that use what a seed knows: a host in a constant or a field, or in what a function gives back."""
        for name, vals in self.globals[unit.path].vars.items():
            if self._hosts(vals):
                self.want_callers(vals[0].label or name)
                self._want_importers(unit, name)
        giving = {key for (key, _), runs in self._runs.items() if any(map(self._hosts, runs))}
        for stmt in walk.statements(unit.body):
            if isinstance(stmt, Define) and isinstance(stmt.what, Class):
                cls = ClassVal(stmt.what, unit, place=Place(unit.path, stmt.what.span))
                if any(map(self._hosts, self.fields(cls).values())):
                    self.want_callers(stmt.what.name)
                    self._want_importers(unit, stmt.what.name)
        for func in walk.functions(unit.body):
            if id(func) in giving:
                self.want_callers(func.name)

    def _want_owners(self) -> None:
        """The files that use objects which hold a client of Partner Center."""
        for obj in self.objects():
            for name, vals in obj.attrs.items() if obj.cls is not None else ():
                clients = (v for v in vals if isinstance(v, Obj) and self._hosts(v.attrs.get("base_url", ())))
                if obj.cls is not None and any(clients) and self.program.index(obj.cls.unit.language).exports:
                    self.want_callers(obj.cls.cls.name)
                    self._want_importers(obj.cls.unit, name)

    def _want_importers(self, unit: Unit, name: str) -> None:
        """The files that import a file by its path, and in them what uses this name, however short it is."""
        if self.program.index(unit.language).exports:
            stem = PurePosixPath(unit.path).stem
            self.wants.update({f"/{stem}'": None, f'/{stem}"': None})
            self.asked[name.casefold()] = None

    def _hosts(self, vals: Vals) -> bool:
        return any(isinstance(v, (Str, Map)) for v in vals) and bool(uses.told(self, vals) & uses.HOSTS)

    def ensure(self, unit: Unit) -> Env:
        """The variables of a file after its body ran; runs it if it has not."""
        if unit.path not in self.globals:
            self.globals[unit.path] = env = Env()
            index = self.program.index(unit.language)
            frame = Frame(unit, index, env, Context("frame", None, unit))
            for imp in unit.imports:
                if imp.kind == "source":
                    found = self.program.targets(unit, imp)
                    if not found and unit.path in self.seeds:
                        self.wants[FILE + normpath(join(dirname(unit.path), imp.module))] = None
                    for path in found:
                        env.vars.update(self.ensure(self.program.units[path]).vars)
            self._root(lambda: self.block(unit.body, frame), unit)
        return self.globals[unit.path]

    def _root(self, work: Callable[[], object], unit: Unit) -> None:
        saved, self._left = self._left, min(ROOT_STEPS, self._all)
        stack, self._stack = self._stack, []
        before, self.path = self.path, unit.path
        self.at(unit.path)
        try:
            work()
        except (Spent, RecursionError):
            self.notes[TOO_MUCH.format(path=unit.path)] = None
        finally:
            self._all -= ROOT_STEPS - self._left
            self._left, self._stack = saved, stack
            self.path = before
            if before:
                self.at(before)

    def _uncalled(self, units: Iterable[Unit], wanted: Callable[[Func], bool]) -> None:
        """Functions that no root reached, callers before callees as far as names tell."""
        own = [
            (unit, func)
            for unit in units
            for func in walk.functions(unit.body)
            if id(func) not in self.reached and func.name and wanted(func)
        ]
        called = set().union(*(_called(func) for _, func in own))
        for unit, func in sorted(own, key=lambda one: one[1].name.casefold() in called):
            if id(func) not in self.reached:
                self._root(lambda unit=unit, func=func: self._run_alone(unit, func), unit)  # type: ignore[misc]

    def _run_alone(self, unit: Unit, func: Func) -> None:
        env = self.ensure(unit)
        frame = Frame(unit, self.program.index(unit.language), env, Context("frame", None, unit))
        this: Obj | None = None
        if func.owner and (cls := self.program.cls(unit, func.owner)) is not None:
            this = None if func.static else self.any_instance(cls, frame)
        place = Place(unit.path, func.span)
        vals = self.call_function(FuncVal(func, unit, this=this, env=env, place=place), Given(place), frame, None)
        uses.returned_to_nobody(self, vals, place)

    def any_instance(self, cls: ClassVal, frame: Frame) -> Obj:
        """An object of the class as somebody in the repository makes it, else as nobody does."""
        made = [obj for obj in self._objects.values() if obj.cls == cls]
        if made:
            return made[-1]
        vals = self.construct(cls, Given(Place(cls.unit.path, cls.cls.span)), frame)
        return next(v for v in vals if isinstance(v, Obj))


def _mentioned(func: Func) -> set[str]:
    """Last names of everything that a function names: what it calls, and what it reads."""
    found = set()
    for value in walk.values(func.body):
        if isinstance(value, (Name, Member)):
            found.add(walk.dotted(value).rpartition(".")[2].casefold())
    return found


def _called(func: Func) -> set[str]:
    """Last names of what a function calls."""
    calls = (v for v in walk.values(func.body) if isinstance(v, Call))
    return {walk.dotted(call.callee).rpartition(".")[2].casefold() for call in calls}
