"""Statements in order: branches both ways, loops twice, handlers after what they guard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pcmfa_lint.analysis.effects import clients, given_up, uses
from pcmfa_lint.analysis.failures.status_tests import Seen, checked
from pcmfa_lint.analysis.interpreter import declared_types, implicit_this, objects
from pcmfa_lint.analysis.interpreter.calls import Invocations, elements
from pcmfa_lint.analysis.interpreter.expressions import _this
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.requests import StatusTest, Use
from pcmfa_lint.analysis.values import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    Env,
    ExternalSymbol,
    FuncVal,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    Source,
    StringValue,
    Token,
    UnknownValue,
    Values,
    as_map,
    concat,
    join,
    labelled,
    texts,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
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
    Member,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Try,
    With,
)


class Statements(Invocations):
    """Runs statements, and notes what they look at."""

    def block(self, stmts: Iterable[Stmt], frame: Frame) -> bool:
        """Runs statements; False if the end is not reached."""
        stmts = tuple(stmts)
        failed = frame.failed
        for number, stmt in enumerate(stmts):
            self.budget.step()
            if isinstance(stmt, (Try, Loop)):
                frame.rest = stmts[number + 1 :]
            if not self.statement(stmt, frame):
                frame.failed = failed
                return False
        frame.failed = failed
        return True

    def statement(self, stmt: Stmt, frame: Frame) -> bool:
        match stmt:
            case ExpressionStatement(value=value):
                frame.outputs.append(self.eval(value, frame, used=frame.valued))
            case Assign():
                self.assign(stmt, frame)
            case If():
                return self._if(stmt, frame)
            case Loop():
                self._loop(stmt, frame)
            case Try():
                return self._try(stmt, frame)
            case With(items=items, body=body):
                for value, target in items:
                    vals = self.entered(self.eval(value, frame), frame.place(value), frame)
                    if target is not None:
                        self.bind(target, vals, frame)
                return self.block(body, frame)
            case Return(value=value):
                if value is not None:
                    frame.returns.append(given_up.marked(self.eval(value, frame), frame.failed))
                return False
            case Raise(value=value):
                if value is not None:
                    self._watched([value], frame)
                return False
            case Jump(value=value):
                if value is not None:
                    self.eval(value, frame)
                return False
            case Define(what=what):
                self._define(what, frame)
        return True

    def _define(self, what: Func | Class, frame: Frame) -> None:
        if isinstance(what, Class):
            whole = self.program.cls(frame.unit, what.name) if frame.index.this else None
            found: Values = (whole or ClassVal(what, frame.unit, place=frame.place(what)),)
        elif not what.name:  # a script's own parameters
            for param in what.params:
                self._set(param.name, self._parameter(param, frame, frame.unit.path, ""), frame)
            return
        else:
            found = (FuncVal(what, frame.unit, this=_this(frame), env=frame.env, place=frame.place(what)),)
            for decorator in () if frame.index.this else reversed(what.decorators):
                found = self._decorated(decorator, found, frame)
        frame.env.vars[frame.index.key(("function:" if frame.index.ignore_case else "") + what.name)] = found

    def _decorated(self, decorator: Expression, found: Values, frame: Frame) -> Values:
        for val in self.eval(decorator, frame):
            if isinstance(val, FuncVal):
                given = Arguments(frame.place(decorator))
                given.add(None, found)
                inner = self.call_function(val, given, frame, None)
                found = tuple(v for v in inner if isinstance(v, FuncVal)) or found
        return found

    def assign(self, stmt: Assign, frame: Frame) -> None:
        vals = self.eval(stmt.value, frame, used=not self._is_dropped(stmt, frame))
        if stmt.type:
            vals = declared_types.known(self, vals, stmt.type, frame.place(stmt), frame)
        for target in stmt.targets:
            if stmt.op != "=":
                before = self.eval(target, frame)
                place = frame.place(stmt)
                known = tuple(v for v in before if not isinstance(v, UnknownValue))
                now = join(known, vals) if stmt.op == "??=" else concat([before, vals], place)
                self.bind(target, now, frame)
            else:
                self.bind(target, vals, frame)

    def _is_dropped(self, stmt: Assign, frame: Frame) -> bool:
        """Whether a result is only given a name that nobody reads."""
        if not isinstance(stmt.value, Call) or frame.func is None or stmt.op != "=":
            return False
        names = [target.id for target in stmt.targets if isinstance(target, Name) and target.scope != "outer"]
        if len(names) < len(stmt.targets):
            return False
        if all(name == "_" for name in names):
            return True
        mentions = self.program.outline.mentions(frame.func.func)
        return all(mentions[name] == 1 for name in names)

    def bind(self, target: Expression, vals: Values, frame: Frame) -> None:
        match target:
            case Name(id=name, scope=scope):
                self._set(name, labelled(vals, name), frame, scope, frame.place(target))
                if scope in ("global", "script"):
                    uses.kept_in_memory(self, vals, frame.place(target))
            case Seq(items=items):
                for number, item in enumerate(items):
                    self.bind(item, tuple(v for val in vals for v in self._item(val, number, frame)), frame)
            case Member(base=base, key=key):
                self._store(target, base, key, vals, frame)
            case Call(kind="cast", args=(arg, *_)):
                self.bind(arg.value, vals, frame)

    def _item(self, val: AbstractValue, number: int, frame: Frame) -> Values:
        """What unpacking gives at a position: of a list, a pair, or an object that is unpacked as it is constructed."""
        if isinstance(val, ObjectValue) and val.cls is not None:
            made = [v for v in self._class_attribute(val.cls, "__init__", frame) if isinstance(v, FuncVal)]
            names = [param.name for v in made[:1] for param in v.func.params]
            if number < len(names):
                return self.member_of(val, (StringValue(names[number]),), val.place, frame)
        return _item(val, number)

    def _set(self, name: str, vals: Values, frame: Frame, scope: str = "", place: Place | None = None) -> None:
        if frame.index.this and place is not None and scope != "local":
            env = self._holder(name, frame)
            if env is not None:
                env.vars[name] = vals
                return
            if implicit_this.store(self, name, vals, place, frame) or objects.store_bare(
                self, name, vals, place, frame
            ):
                return
        if scope == "outer":
            self._set_outer(name, vals, place, frame)
            return
        env = self.globals.get(frame.unit.path, frame.env) if scope in ("global", "script") else frame.env
        env.vars[frame.index.key(name)] = vals
        if env is not frame.env:
            self._leave(frame.index.key(name), vals, frame)
        if not scope and frame.index.modules and env is self.globals.get(frame.unit.path):
            scope = "script" if frame.unit.path.lower().endswith(frame.index.modules) else ""
        if scope in ("global", "script") and (holder := self.program.shared_scope(frame.unit, scope)):
            self.leave(holder, frame.index.key(name), vals, shared=True)

    def _leave(self, name: str, vals: Values, frame: Frame) -> None:
        """What a function leaves in a variable of its file may be read by what ran before it."""
        if frame.context.activation.func is not None and (
            uses.labels(self, vals) or any(isinstance(v, ObjectValue) for v in vals)
        ):
            self.leave(frame.unit.path, name, vals)

    def _set_outer(self, name: str, vals: Values, place: Place | None, frame: Frame) -> None:
        """A variable of the scope that declares it. What functions leave in a scope around them adds up: nobody knows
        which of them runs first."""
        env: Env | None = frame.env
        while env is not None and name not in env.vars:
            env = env.outer
        if env is None:
            env = self.globals.get(frame.unit.path, frame.env)
        env.vars[name] = vals if env is frame.env else join(vals, env.vars.get(name, ()))
        if env is not frame.env and place is not None:
            uses.kept_in_memory(self, vals, place)
        if env is self.globals.get(frame.unit.path):
            self._leave(name, vals, frame)

    def _holder(self, name: str, frame: Frame) -> Env | None:
        """The scope around a block or lambda that has this variable; a file's own is none."""
        env: Env | None = frame.env
        while env is not None and env is not self.globals.get(frame.unit.path):
            if name in env.vars:
                return env
            env = env.outer
        return None

    def _store(self, target: Member, base: Expression, key: Expression, vals: Values, frame: Frame) -> None:
        """`base.key = vals`: into an object, a mapping that a variable holds, or a place the catalog knows."""
        spec = frame.index.read(walk.dotted(base))
        names = texts(self.eval(key, frame)) or [""]
        if spec is not None and not self._shadowed(base, frame):
            uses.stored(self, spec.origin or "environment", names[0], vals, frame.place(target))
            return
        holders = self.eval(base, frame)
        now: list[AbstractValue] = []
        for holder in holders:
            holder = (as_map(holder) or holder) if isinstance(holder, StringValue) else holder
            if isinstance(holder, ObjectValue):
                for name in names:
                    if implicit_this.put(self, holder, name, vals, frame.place(target), frame):
                        continue
                    held = frame.index.key(name)
                    self.heap.store(holder, held, labelled(vals, name), alone=len(holders) == 1)
                uses.kept_in_memory(self, vals, frame.place(target))
            elif isinstance(holder, ClassVal):
                for name in names:
                    objects.keep(self, holder, name, labelled(vals, name), frame.place(target))
            elif isinstance(holder, MappingValue):
                for name in names:
                    holder = holder.with_entry(name, labelled(vals, name)) if name else replace(holder, open=True)
            elif isinstance(holder, ExternalSymbol) and frame.index.exports and not self._is_free(base, frame):
                clients.set_member(self, holder, names[0], vals, frame)
            elif isinstance(holder, Source) and holder.kind == "secret-store":
                uses.kept_in(self, holder, names[0], vals, frame.place(target))
            elif isinstance(holder, (UnknownValue, ListValue, ExternalSymbol)) and names[0]:
                place = frame.place(target)
                holder = MappingValue(
                    ((names[0], labelled(vals, names[0])),), open=True, place=place, label=holder.label
                )
            now.append(holder)
        if any(isinstance(v, MappingValue) for v in now):
            self.bind(base, tuple(now), frame)

    def _is_free(self, base: Expression, frame: Frame) -> bool:
        """Whether a name is nobody's: neither declared nor imported."""
        return isinstance(base, Name) and self.lookup(base.id, frame) is None and not self.imported(base.id, frame)

    def _if(self, stmt: If, frame: Frame) -> bool:
        alive = False
        after: list[dict[str, Values]] = []
        checks = self.judge_tests([(arm.test, arm.body) for arm in stmt.arms], frame)
        before = dict(frame.env.vars)  # a test may assign
        around = self.heap.branches
        decided = False
        for number, arm in enumerate(stmt.arms):
            given = self.given_truth(arm.test, frame) if arm.test is not None else None
            if given is False or decided:
                continue
            decided = given is True
            frame.env.vars = dict(before)
            self.heap.branches = (*around, id(stmt), number)
            here = {request: check for request, check in checks.items() if check.taken is arm.body}
            replays, failed = frame.replays, frame.failed
            frame.replays = replays or any(check.tells for check in here.values())
            frame.failed = failed | here.keys()
            if self.block(arm.body, frame):
                alive = True
                after.append(frame.env.vars)
            frame.replays, frame.failed = replays, failed
        self.heap.branches = around
        if not decided and all(arm.test is not None for arm in stmt.arms):
            alive = True
            after.append(before)
        frame.env.vars = _joined(after) if after else before
        frame.failed |= {number for number, check in checks.items() if check.taken is None and check.leaves}
        return alive

    def judge_tests(
        self, arms: list[tuple[Expression | None, tuple[Stmt, ...]]], frame: Frame, repeats: bool = False
    ) -> dict[int, StatusTest]:
        """Notes on each response that the tests look at what happens if its status is 401; the checks, by request."""
        seen = self._watched([test for test, _ in arms if test is not None], frame)
        return self.note_checks(arms, seen, frame, repeats)

    def note_checks(
        self,
        arms: list[tuple[Expression | None, tuple[Stmt, ...]]],
        seen: dict[int, Values],
        frame: Frame,
        repeats: bool = False,
    ) -> dict[int, StatusTest]:
        """The same of tests whose parts were evaluated already: `seen`, by id."""
        found: dict[int, StatusTest] = {}
        numbers = {v.record for vals in seen.values() for v in vals if isinstance(v, (ResponseValue, Token))}
        for number in sorted(numbers):
            refused = 400 if self.records[number].kind == "token" else 401
            check = checked(arms, Seen(seen, number, refused), frame, repeats)
            if check is not None:
                record = self.records[number]
                self.note(record, Use("check", check.place, check=check, context=frame.context))
                found[number] = check
        return found

    def _watched(self, values: Iterable[Expression], frame: Frame) -> dict[int, Values]:
        """Evaluates values; what their parts were, by id. Where one is part of an answer, its request remembers it."""
        watch, self._watch = self._watch, {}
        try:
            for value in values:
                self.eval(value, frame)
            seen = self._watch
        finally:
            self._watch = watch
        for number, vals in seen.items():
            for val in vals:
                if isinstance(val, (ResponseValue, Token)):
                    self.records[val.record].parts[number] = val.part or "answer"
        return seen

    def _loop(self, stmt: Loop, frame: Frame) -> None:
        before = dict(frame.env.vars)
        context = frame.context
        frame.context = Context("loop", context, frame.unit, context.activation, stmt=stmt, rest=frame.rest)
        if stmt.source is not None and stmt.target is not None:
            items = elements(self.eval(stmt.source, frame))
            self.bind(stmt.target, declared_types.known(self, items, stmt.type, frame.place(stmt), frame), frame)
        test = stmt.test
        if test is not None and stmt.kind == "until":  # that test ends the loop
            test = BooleanOperation("not", (test,), test.span)
        ends = [before]
        around = self.heap.branches
        self.heap.branches = (*around, id(stmt))
        for _ in range(2):  # the second time round sees what the first left
            self.block(stmt.body, frame)
            ends.append(frame.env.vars)
            frame.env.vars = _joined(ends)
            if test is not None:
                self.judge_tests([(test, stmt.body)], frame, repeats=True)
        frame.context = context
        self.heap.branches = around

    def _try(self, stmt: Try, frame: Frame) -> bool:
        before = dict(frame.env.vars)
        context = frame.context
        flags = _flags(frame.env)
        frame.context = Context("try", context, frame.unit, context.activation, stmt, frame.rest, flags)
        sent = self.records.mark()
        alive = self.block(stmt.body, frame)
        failed = frame.failed | set(self.records.since(sent))
        frame.context = context
        if alive:
            alive = self.block(stmt.otherwise, frame)
        ends = [frame.env.vars] if alive else []
        middle = _joined([before, frame.env.vars])
        around = self.heap.branches
        for handler in stmt.handlers:
            self.heap.branches = (*around, id(handler))
            frame.env.vars = dict(middle)
            if handler.name:
                self._set(handler.name, (UnknownValue(handler.name),), frame)
            outer_failed, frame.failed = frame.failed, failed
            if self.block(handler.body, frame):
                ends.append(frame.env.vars)
            frame.failed = outer_failed
        self.heap.branches = around
        frame.env.vars = _joined(ends) if ends else middle
        final = self.block(stmt.final, frame)
        return bool(ends) and final


def _flags(env: Env) -> dict[str, bool]:
    """The variables of this scope that hold a known true or false."""
    known = {}
    for name, vals in env.vars.items():
        if len(vals) == 1 and isinstance(vals[0], StringValue) and vals[0].text in ("True", "False"):
            known[name] = vals[0].text == "True"
    return known


def _item(val: AbstractValue, number: int) -> Values:
    if isinstance(val, ListValue):
        return val.items[number] if number < len(val.items) else UNCLEAR
    if isinstance(val, MappingValue) and len(val.entries) == 1 and number < 2:  # a pair
        key, vals = val.entries[0]
        return vals if number else (StringValue(key, place=val.place),)
    return (val,) if isinstance(val, (Token, ResponseValue, UnknownValue)) else UNCLEAR


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
