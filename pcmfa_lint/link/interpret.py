"""Runs the units on abstract values: statements in order, branches both ways, loops twice, calls into their functions.

The interpreter knows languages only through the catalog. What a call means is decided in `effects`; this module says
what reaches it. Work is counted in steps, so the same input always ends at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pcmfa_lint.catalog import CallSpec
from pcmfa_lint.evidence import FILE, Place, Step
from pcmfa_lint.link import effects, objects, walk
from pcmfa_lint.link.audience import Addresses
from pcmfa_lint.link.calls import Bound, Given, Index
from pcmfa_lint.link.outcome import Role, Verdict, decide, leave, written
from pcmfa_lint.link.program import Program, candidates
from pcmfa_lint.link.records import Check, Context, Event, Record
from pcmfa_lint.link.values import (
    UNCLEAR,
    ClassVal,
    Cred,
    Env,
    Ext,
    FuncVal,
    Many,
    Map,
    Obj,
    Resp,
    Source,
    Str,
    Token,
    Trail,
    Unclear,
    Val,
    Vals,
    as_map,
    concat,
    labelled,
    merge,
    passed,
    texts,
    union,
)
from pcmfa_lint.read import language_of
from pcmfa_lint.unit import (
    NOWHERE,
    Assign,
    Block,
    Call,
    Choice,
    Class,
    Compare,
    Define,
    Expr,
    Func,
    If,
    Import,
    Jump,
    Lambda,
    Logic,
    Loop,
    Mapping,
    Member,
    Name,
    Param,
    Raise,
    Return,
    Seq,
    Stmt,
    Template,
    Text,
    Try,
    Unit,
    Unknown,
    Value,
    With,
)

ROOT_STEPS = 120_000  # one root: a file's body, or a function that nobody calls
ALL_STEPS = 3_000_000
DEPTH = 24
RUNS_TELLING = 100  # of one function, with new arguments that hold the same kinds of host, secret or token
RUNS_PLAIN = 3  # of one function, with other arguments; after that the last result stands for all
RUNS_DRAFT = (2, 1)  # of both, where only the names are asked for that more files would tell of


class Spent(Exception):
    """The steps of a root are used up."""


@dataclass(slots=True)
class Frame:
    """One running function (or a file's body, `func` None)."""

    unit: Unit
    index: Index
    env: Env
    context: Context
    caller: Frame | None = None
    func: FuncVal | None = None
    this: Vals = ()
    returns: list[Vals] = field(default_factory=list)
    outputs: list[Vals] = field(default_factory=list)  # what expression statements leave behind
    rest: tuple[Stmt, ...] = ()  # what follows the try or loop that begins now
    replays: bool = False  # in a branch that is there for a 401

    def place(self, node: Value | Stmt | Param | Func | Class) -> Place:
        return Place(self.unit.path, node.span)


class Interpreter:
    """Runs every unit once as a root, then every function that was not reached."""

    def __init__(self, program: Program, addresses: Addresses, draft: bool = False) -> None:
        self._telling, self._plain = RUNS_DRAFT if draft else (RUNS_TELLING, RUNS_PLAIN)
        self.program = program
        self.addresses = addresses
        self.records: list[Record] = []
        self.wants: dict[str, None] = {}
        self.seeds: frozenset[str] = frozenset()
        self.asked: dict[str, None] = {}  # functions whose callers are wanted
        self.notes: dict[str, None] = {}
        self.stores: list[tuple[str, str, Vals, Place]] = []  # kind of place, its name, what is stored, where
        self.credentials: dict[Cred, None] = {}  # all that are made, used or not
        self.cached: set[int] = set()  # functions whose result is kept from the first call on
        self.policies: dict[Place, tuple[CallSpec, Bound]] = {}  # retry policies, by the place where they are made
        self.markers: dict[tuple[str, str, Place], None] = {}  # kind, name, where
        self.reached: set[int] = set()  # ids of Func objects that ran
        self.globals: dict[str, Env] = {}
        self._objects: dict[tuple[str, Place], Obj] = {}
        self.members: dict[ClassVal, dict[str, str]] = {}  # names of members, with the types of the declared ones
        self.provided: dict[str, Obj] = {}  # what a container hands out, by type, by owner and type, or by name
        self._field_values: dict[ClassVal, dict[str, Vals]] = {}
        self.events = 0
        self._known: dict[object, Vals] = {}
        self._runs: dict[tuple[int, frozenset[str]], list[Vals]] = {}
        self._left = ROOT_STEPS
        self._all = ALL_STEPS
        self._watch: dict[int, Vals] | None = None  # values of a test's parts, while one is looked at
        self._stack: list[int] = []

    # --- roots ---

    def run(self, units: Sequence[Unit], seeds: Collection[str]) -> None:
        """Bodies of all files first, then the functions that nobody called: all of a seed's own, and elsewhere those
        that call a function whose arguments are wanted."""
        self.seeds = frozenset(seeds)
        for unit in units:
            self.ensure(unit)
        for unit, func in objects.set_up([u for u in units if self.program.index(u.language).set_up], self.program):
            self._root(lambda unit=unit, func=func: self._run_alone(unit, func), unit)  # type: ignore[misc]
        for unit in units:
            if unit.path in seeds:
                self._uncalled(unit, lambda func: True)
        for unit in units:
            if unit.path in seeds:
                self._want_users(unit)
        wanted = set(self.asked)
        for unit in units:
            if unit.path not in seeds:
                self._uncalled(unit, lambda func: bool(_mentioned(func) & wanted))

    def _want_users(self, unit: Unit) -> None:
        """The files that use what a seed knows: a host in a constant or a field, or in what a function gives back."""
        for name, vals in self.globals[unit.path].vars.items():
            if self._hosts(vals):
                self.want_callers(vals[0].label or name)
        giving = {key for (key, _), runs in self._runs.items() if any(map(self._hosts, runs))}
        for stmt in walk.statements(unit.body):
            if isinstance(stmt, Define) and isinstance(stmt.what, Class):
                cls = ClassVal(stmt.what, unit, place=Place(unit.path, stmt.what.span))
                if any(map(self._hosts, self.fields(cls).values())):
                    self.want_callers(stmt.what.name)
        for func in walk.functions(unit.body):
            if id(func) in giving:
                self.want_callers(func.name)

    def _hosts(self, vals: Vals) -> bool:
        return any(isinstance(v, (Str, Map)) for v in vals) and bool(effects.told(self, vals) & effects.HOSTS)

    def ensure(self, unit: Unit) -> Env:
        """The variables of a file after its body ran; runs it if it has not."""
        if unit.path not in self.globals:
            self.globals[unit.path] = env = Env()
            index = self.program.index(unit.language)
            frame = Frame(unit, index, env, Context("frame", None, unit))
            for imp in unit.imports:
                if imp.kind == "source":
                    for path in self.program.targets(unit, imp):
                        env.vars.update(self.ensure(self.program.units[path]).vars)
            self._root(lambda: self.block(unit.body, frame), unit)
        return self.globals[unit.path]

    def _root(self, work: Callable[[], object], unit: Unit) -> None:
        saved, self._left = self._left, min(ROOT_STEPS, self._all)
        stack, self._stack = self._stack, []
        try:
            work()
        except (Spent, RecursionError):
            self.notes[f"{unit.path}: too much to follow; what was reached up to the limit is reported"] = None
        finally:
            self._all -= ROOT_STEPS - self._left
            self._left, self._stack = saved, stack

    def _uncalled(self, unit: Unit, wanted: Callable[[Func], bool]) -> None:
        """Functions that no root reached, callers before callees as far as names tell."""
        own = [f for f in walk.functions(unit.body) if id(f) not in self.reached and f.name and wanted(f)]
        called = set().union(*(_called(func) for func in own))
        for func in sorted(own, key=lambda f: f.name.casefold() in called):
            if id(func) not in self.reached:
                self._root(lambda func=func: self._run_alone(unit, func), unit)  # type: ignore[misc]

    def _run_alone(self, unit: Unit, func: Func) -> None:
        env = self.ensure(unit)
        frame = Frame(unit, self.program.index(unit.language), env, Context("frame", None, unit))
        this: Obj | None = None
        if func.owner and (cls := self.program.cls(unit, func.owner)) is not None:
            this = None if func.static else self.any_instance(cls, frame)
        place = Place(unit.path, func.span)
        vals = self.call_function(FuncVal(func, unit, this=this, env=env, place=place), Given(place), frame, None)
        effects.returned_to_nobody(self, vals, place)

    def any_instance(self, cls: ClassVal, frame: Frame) -> Obj:
        """An object of the class as somebody in the repository makes it, else as nobody does."""
        made = [obj for obj in self._objects.values() if obj.cls == cls]
        if made:
            return made[-1]
        vals = self.construct(cls, Given(Place(cls.unit.path, cls.cls.span)), frame)
        return next(v for v in vals if isinstance(v, Obj))

    def step(self, count: int = 1) -> None:
        self._left -= count
        if self._left < 0:
            raise Spent

    def note(self, record: Record, event: Event) -> None:
        """Adds to what happened to a response or token; each event once."""
        if event not in record.events:
            record.events.append(event)
            self.events += 1

    def want(self, name: str, frame: Frame) -> None:
        """The file that defines a name would tell more."""
        last = name.rpartition(".")[2]
        if _is_name(last) and frame.index.command(last) is None:
            for form in frame.index.define:
                self.wants[form.format(name=last)] = None

    def want_callers(self, name: str) -> None:
        """The files that call a function would tell what it is given. Generic names would bring half the repository."""
        if _is_name(name) and len(name) >= 5:
            self.wants[name] = None
            self.asked[name.casefold()] = None

    # --- statements ---

    def block(self, stmts: Iterable[Stmt], frame: Frame) -> bool:
        """Runs statements; False if the end is not reached."""
        stmts = tuple(stmts)
        for number, stmt in enumerate(stmts):
            self.step()
            if isinstance(stmt, (Try, Loop)):
                frame.rest = stmts[number + 1 :]
            if not self.statement(stmt, frame):
                return False
        return True

    def statement(self, stmt: Stmt, frame: Frame) -> bool:
        match stmt:
            case Expr(value=value):
                frame.outputs.append(self.eval(value, frame, used=False))
            case Assign():
                self._assign(stmt, frame)
            case If():
                return self._if(stmt, frame)
            case Loop():
                self._loop(stmt, frame)
            case Try():
                return self._try(stmt, frame)
            case With(items=items, body=body):
                for value, target in items:
                    vals = self.eval(value, frame)
                    if target is not None:
                        self._bind(target, vals, frame)
                return self.block(body, frame)
            case Return(value=value):
                if value is not None:
                    frame.returns.append(self.eval(value, frame))
                return False
            case Raise(value=value) | Jump(value=value):
                if value is not None:
                    self.eval(value, frame)
                return False
            case Define(what=what):
                self._define(what, frame)
        return True

    def _define(self, what: Func | Class, frame: Frame) -> None:
        if isinstance(what, Class):
            found: Vals = (ClassVal(what, frame.unit, place=frame.place(what)),)
        elif not what.name:  # a script's own parameters
            for param in what.params:
                self._set(param.name, self._parameter(param, frame, frame.unit.path, ""), frame)
            return
        else:
            found = (FuncVal(what, frame.unit, this=_this(frame), env=frame.env, place=frame.place(what)),)
            for decorator in () if frame.index.this else reversed(what.decorators):
                found = self._decorated(decorator, found, frame)
        frame.env.vars[frame.index.key(("function:" if frame.index.ignore_case else "") + what.name)] = found

    def _decorated(self, decorator: Value, found: Vals, frame: Frame) -> Vals:
        for val in self.eval(decorator, frame):
            if isinstance(val, FuncVal):
                given = Given(frame.place(decorator))
                given.add(None, found)
                inner = self.call_function(val, given, frame, None)
                found = tuple(v for v in inner if isinstance(v, FuncVal)) or found
        return found

    def _assign(self, stmt: Assign, frame: Frame) -> None:
        vals = self.eval(stmt.value, frame)
        for target in stmt.targets:
            if stmt.op != "=":
                before = self.eval(target, frame)
                place = frame.place(stmt)
                now = union(before, vals) if stmt.op == "??=" else concat([before, vals], place)
                self._bind(target, now, frame)
            else:
                self._bind(target, vals, frame)

    def _bind(self, target: Value, vals: Vals, frame: Frame) -> None:
        match target:
            case Name(id=name, scope=scope):
                self._set(name, labelled(vals, name), frame, scope, frame.place(target))
                if scope in ("global", "script"):
                    effects.kept_in_memory(self, vals, frame.place(target))
            case Seq(items=items):
                for number, item in enumerate(items):
                    self._bind(item, tuple(v for val in vals for v in _item(val, number)), frame)
            case Member(base=base, key=key):
                self._store(target, base, key, vals, frame)
            case Call(kind="cast", args=(arg, *_)):
                self._bind(arg.value, vals, frame)

    def _set(self, name: str, vals: Vals, frame: Frame, scope: str = "", place: Place | None = None) -> None:
        if frame.index.this and place is not None:
            env = self._holder(name, frame)
            if env is not None:
                env.vars[name] = vals
                return
            if objects.store_bare(self, name, vals, place, frame):
                return
        if scope == "outer":
            self._set_outer(name, vals, place, frame)
            return
        env = self.globals.get(frame.unit.path, frame.env) if scope in ("global", "script") else frame.env
        env.vars[frame.index.key(name)] = vals

    def _set_outer(self, name: str, vals: Vals, place: Place | None, frame: Frame) -> None:
        """A variable of the scope that declares it. What functions leave in a scope around them adds up: nobody knows
        which of them runs first."""
        env: Env | None = frame.env
        while env is not None and name not in env.vars:
            env = env.outer
        if env is None:
            env = self.globals.get(frame.unit.path, frame.env)
        env.vars[name] = vals if env is frame.env else union(vals, env.vars.get(name, ()))
        if env is not frame.env and place is not None:
            effects.kept_in_memory(self, vals, place)

    def _holder(self, name: str, frame: Frame) -> Env | None:
        """The scope around a block or lambda that has this variable; a file's own is none."""
        env: Env | None = frame.env
        while env is not None and env is not self.globals.get(frame.unit.path):
            if name in env.vars:
                return env
            env = env.outer
        return None

    def _store(self, target: Member, base: Value, key: Value, vals: Vals, frame: Frame) -> None:
        """`base.key = vals`: into an object, a mapping that a variable holds, or a place the catalog knows."""
        spec = frame.index.read(walk.dotted(base))
        names = texts(self.eval(key, frame)) or [""]
        if spec is not None and not self._shadowed(base, frame):
            effects.stored(self, spec.origin or "environment", names[0], vals, frame.place(target))
            return
        holders = self.eval(base, frame)
        now: list[Val] = []
        for holder in holders:
            holder = (as_map(holder) or holder) if isinstance(holder, Str) else holder
            if isinstance(holder, Obj):
                for name in names:
                    held = frame.index.key(name)
                    holder.attrs[held] = union(labelled(vals, name), holder.attrs.get(held, ()))
                effects.kept_in_memory(self, vals, frame.place(target))
            elif isinstance(holder, ClassVal) and frame.index.this:
                for name in names:
                    objects.keep(self, holder, name, labelled(vals, name), frame.place(target))
            elif isinstance(holder, Map):
                for name in names:
                    holder = holder.with_entry(name, labelled(vals, name)) if name else replace(holder, open=True)
            elif isinstance(holder, Ext) and frame.index.exports and not self._is_free(base, frame):
                effects.set_member(self, holder, names[0], vals, frame)
            elif isinstance(holder, (Unclear, Many, Ext)) and names[0]:
                place = frame.place(target)
                holder = Map(((names[0], labelled(vals, names[0])),), open=True, place=place, label=holder.label)
            now.append(holder)
        if any(isinstance(v, Map) for v in now):
            self._bind(base, tuple(now), frame)

    def _is_free(self, base: Value, frame: Frame) -> bool:
        """Whether a name is nobody's: neither declared nor imported."""
        return isinstance(base, Name) and self.lookup(base.id, frame) is None and not self._imported(base.id, frame)

    def _if(self, stmt: If, frame: Frame) -> bool:
        alive = False
        before = dict(frame.env.vars)
        after: list[dict[str, Vals]] = []
        checks = self._judge_tests([(arm.test, arm.body) for arm in stmt.arms], frame)
        for arm in stmt.arms:
            frame.env.vars = dict(before)
            replays, frame.replays = (
                frame.replays,
                frame.replays or any(c.tells and c.taken is arm.body for c in checks),
            )
            if self.block(arm.body, frame):
                alive = True
                after.append(frame.env.vars)
            frame.replays = replays
        if all(arm.test is not None for arm in stmt.arms):
            alive = True
            after.append(before)
        frame.env.vars = _joined(after) if after else before
        return alive

    def _judge_tests(
        self, arms: list[tuple[Value | None, tuple[Stmt, ...]]], frame: Frame, repeats: bool = False
    ) -> list[Check]:
        """Notes on each response that the tests look at what happens if its status is 401."""
        found: list[Check] = []
        watch, self._watch = self._watch, {}
        try:
            for test, _ in arms:
                if test is not None:
                    self.eval(test, frame)
            seen = self._watch
        finally:
            self._watch = watch
        numbers = {v.record for vals in seen.values() for v in vals if isinstance(v, (Resp, Token))}
        for number in sorted(numbers):
            check = _checked(arms, _Seen(seen, number), frame, repeats)
            if check is not None:
                record = self.records[number]
                self.note(record, Event("check", check.place, check=check, context=frame.context))
                found.append(check)
        return found

    def _loop(self, stmt: Loop, frame: Frame) -> None:
        before = dict(frame.env.vars)
        context = frame.context
        frame.context = Context("loop", context, frame.unit, stmt=stmt, rest=frame.rest)
        if stmt.source is not None and stmt.target is not None:
            self._bind(stmt.target, elements(self.eval(stmt.source, frame)), frame)
        for _ in range(2):  # the second time round sees what the first left
            self.block(stmt.body, frame)
            frame.env.vars = _joined([before, frame.env.vars])
        if stmt.test is not None:
            self._judge_tests([(stmt.test, stmt.body)], frame, repeats=True)
        frame.context = context

    def _try(self, stmt: Try, frame: Frame) -> bool:
        before = dict(frame.env.vars)
        context = frame.context
        frame.context = Context("try", context, frame.unit, stmt=stmt, rest=frame.rest, flags=_flags(frame.env))
        alive = self.block(stmt.body, frame)
        frame.context = context
        if alive:
            alive = self.block(stmt.otherwise, frame)
        ends = [frame.env.vars] if alive else []
        middle = _joined([before, frame.env.vars])
        for handler in stmt.handlers:
            frame.env.vars = dict(middle)
            if handler.name:
                self._set(handler.name, (Unclear(handler.name),), frame)
            if self.block(handler.body, frame):
                ends.append(frame.env.vars)
        frame.env.vars = _joined(ends) if ends else middle
        final = self.block(stmt.final, frame)
        return bool(ends) and final

    # --- values ---

    def eval(self, value: Value, frame: Frame, used: bool = True) -> Vals:
        """What the value can be. `used`: False where the result is thrown away."""
        self.step()
        vals = self._eval(value, frame, used)
        if self._watch is not None:
            self._watch[id(value)] = vals
        return vals

    def _eval(self, value: Value, frame: Frame, used: bool) -> Vals:
        match value:
            case Text(value=text):
                return (Str(text, place=frame.place(value)),)
            case Name():
                return self._name(value, frame)
            case Member():
                return self._member(value, frame)
            case Call():
                return self.call(value, frame, used)
            case Template(parts=parts):
                return concat([self.eval(part, frame) for part in parts], frame.place(value))
            case Mapping():
                return self._mapping(value, frame)
            case Seq(items=items):
                return (Many(tuple(self.eval(item, frame) for item in items), place=frame.place(value)),)
            case Lambda(func=func):
                return (FuncVal(func, frame.unit, this=_this(frame), env=frame.env, place=frame.place(value)),)
            case Choice(items=items, test=test):
                if test is not None:
                    self._judge_tests([(test, ())], frame)
                return union(*(self.eval(item, frame) for item in items))
            case Block(body=body):
                return self._value_block(body, frame)
            case Compare(left=left, right=right):
                self.eval(left, frame)
                self.eval(right, frame)
            case Logic(items=items) | Unknown(parts=items):
                for item in items:
                    self.eval(item, frame)
        return UNCLEAR

    def _value_block(self, body: tuple[Stmt, ...], frame: Frame) -> Vals:
        saved, frame.outputs = frame.outputs, []
        self.block(body, frame)
        found, frame.outputs = union(*frame.outputs) if frame.outputs else (), saved
        return found or UNCLEAR

    def _mapping(self, value: Mapping, frame: Frame) -> Vals:
        built = [Map((), place=frame.place(value))]
        for spread in value.spreads:
            built = [merge(left, val) for left in built for val in self.eval(spread, frame)][:4] or built
        for entry in value.entries:
            vals = self.eval(entry.value, frame)
            for key in texts(self.eval(entry.key, frame)) or [""]:
                built = [m.with_entry(key, labelled(vals, key)) if key else replace(m, open=True) for m in built]
        return tuple(built)

    def _name(self, value: Name, frame: Frame) -> Vals:
        key = frame.index.key(value.id)
        if key in ("this", "self") and frame.this and frame.index.ignore_case:
            return frame.this
        if key in (frame.index.this, frame.index.receiver) and frame.this:
            return frame.this
        found = self.lookup(key, frame)
        if found is not None:
            return found
        if frame.index.this:
            return self._by_name(value, frame)
        if not frame.index.ignore_case or "." in value.id:
            return self._imported(value.id, frame) or (Ext(value.id, place=frame.place(value)),)
        cls = self.program.cls(frame.unit, value.id)
        return (cls,) if cls is not None else (Unclear(value.id, place=frame.place(value), label=value.id),)

    def _by_name(self, value: Name, frame: Frame) -> Vals:
        """A name that no variable has: a member of the object or its class, a type, or something unknown."""
        place = frame.place(value)
        found = objects.bare(self, value.id, place, frame)
        if found is not None:
            return found
        cls = self.program.cls(frame.unit, value.id.rpartition(".")[2])
        if cls is not None:
            return (cls,)
        if value.id[:1].islower():
            return (Unclear(value.id, place=place, label=value.id),)
        return self._imported(value.id, frame) or (Ext(value.id, place=place),)

    def lookup(self, key: str, frame: Frame) -> Vals | None:
        """A variable: in this scope and those around it; where names are dynamic, in the callers' scopes too."""
        found = frame.env.get(key)
        here = frame.caller
        while found is None and here is not None and frame.index.ignore_case:
            found = here.env.get(key)
            here = here.caller
        return found

    def _imported(self, name: str, frame: Frame) -> Vals:
        func = self.program.function(frame.unit, name) if not frame.unit.imports else None
        if func is not None and func.unit.path == frame.unit.path:
            return (func,)
        for imp in frame.unit.imports:
            found = self._from_import(imp, name, frame)
            if found:
                return found
        return ()

    def _from_import(self, imp: Import, name: str, frame: Frame) -> Vals:
        for original, local in imp.names:
            if local == name:
                return self.attribute_of_module(imp.module, original, frame)
            if original == "*":
                found = self._module_env(imp.module, frame)
                if found is not None and (vals := found.get(frame.index.key(name))) is not None:
                    return vals
        if not imp.names and (imp.alias or imp.module.partition(".")[0]) == name:
            return self._whole(imp.module, frame) or (Ext(imp.module if imp.alias else name),)
        return ()

    def _files_of(self, module: str, frame: Frame) -> list[str]:
        """The files that a module can be; a path is that file."""
        if frame.index.exports and module in self.program.units:
            return [module]
        return self.program.targets(frame.unit, Import(module, NOWHERE))

    def _module_env(self, module: str, frame: Frame) -> Env | None:
        if not frame.unit.imports and module not in self.program.units:
            return None
        paths = self._files_of(module, frame)
        return self.ensure(self.program.units[paths[0]]) if len(paths) == 1 else None

    def _whole(self, module: str, frame: Frame) -> Vals:
        """A module as a value, in languages that have such: what it exports as one, else the module itself by its path,
        which means the same in every file. A settings file is its settings."""
        if not frame.index.exports:
            return ()
        paths = self._files_of(module, frame)
        if language_of(module) == "settings":
            return (Source("setting", "", label=module, key=""),)
        if len(paths) != 1:
            self.want_file(module, frame)
            return ()
        env = self.ensure(self.program.units[paths[0]])
        found = env.vars.get(frame.index.exports[0], ())
        return (Ext(paths[0]),) if not found or any(isinstance(v, Map) for v in found) else found

    def want_file(self, module: str, frame: Frame) -> None:
        """The file that is imported by its path would tell more."""
        if module.startswith(("./", "../")) and frame.unit.path in self.seeds:
            self.wants.update((f"{FILE}{path}", None) for path in candidates(frame.unit.path, module))

    def attribute_of_module(self, module: str, name: str, frame: Frame) -> Vals:
        """`module.name`: from the module's file if the repository has it, else by its dotted name."""
        env = self._module_env(module, frame)
        if env is not None:
            found = self._exported(env, name, frame) or env.get(frame.index.key(name))
            found = found or self._re_exported(module, name, frame)
            if found:
                return found
        if name in frame.index.exports:
            return self._whole(module, frame) or (Ext(module),)
        if env is None and frame.index.exports:
            self.want_file(module, frame)
        path = self.program.submodule(frame.unit, module, name)
        full = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
        if path is None and env is None and module.startswith("."):
            self.want(name, frame)
        return (Ext(full),)

    def _exported(self, env: Env, name: str, frame: Frame) -> Vals:
        """What a module that exports one object has under this name."""
        for word in frame.index.exports:
            for val in env.vars.get(word, ()):
                found = val.get(name) if isinstance(val, Map) else None
                if found:
                    return found
        return ()

    def _re_exported(self, module: str, name: str, frame: Frame) -> Vals:
        """A name that a package only hands on."""
        path = self._files_of(module, frame)[0]
        unit = self.program.units[path]
        if unit.path == frame.unit.path or not unit.imports:
            return ()
        inner = Frame(unit, frame.index, self.ensure(unit), frame.context)
        return tuple(v for v in self._imported(name, inner) if not isinstance(v, Ext))

    def _member(self, value: Member, frame: Frame) -> Vals:
        name = walk.dotted(value)
        spec = frame.index.read(walk.dotted(value.base)) if name or isinstance(value.base, (Name, Member)) else None
        keys = self.eval(value.key, frame)
        place = frame.place(value)
        if spec is not None and not self._shadowed(value.base, frame):
            known = texts(keys)
            label = known[0] if known else ""
            return self.program.address(label) or (
                Source(
                    spec.origin,
                    label,
                    spec.noun,
                    place=place,
                    label=label,
                    trail=effects.read_trail(spec, label, place),
                ),
            )
        bases = self.eval(value.base, frame)
        return union(*(self.member_of(base, keys, place, frame) for base in bases)) or UNCLEAR

    def _shadowed(self, base: Value, frame: Frame) -> bool:
        root = base
        while isinstance(root, Member):
            root = root.base
        if not isinstance(root, Name):
            return False
        found = self.lookup(frame.index.key(root.id), frame)
        if found is None and not frame.index.ignore_case:
            found = self._imported(root.id, frame)
        return any(
            self._module_env(v.name, frame) is not None if isinstance(v, Ext) else not isinstance(v, Unclear)
            for v in found or ()
        )

    def member_of(self, base: Val, keys: Vals, place: Place, frame: Frame) -> Vals:
        names = texts(keys)
        name = names[0] if names else ""
        match base:
            case Map():
                if not name:
                    return union(*(vals for _, vals in base.entries)) or UNCLEAR
                found = base.get(name)
                return found if found is not None else ((Unclear(name, place=place, label=name),))
            case Many(items=items):
                if name.lstrip("-").isdigit() and abs(int(name)) < len(items):
                    return items[int(name)]
                return union(*(self.member_of(v, keys, place, frame) for item in items for v in item)) or UNCLEAR
            case Obj():
                return self._attribute(base, name, place, frame)
            case ClassVal():
                found = self._class_attribute(base, name, frame)
                if frame.index.this and any(isinstance(v, FuncVal) and effects.is_property(v) for v in found):
                    return self.call_values(found, Given(place), frame, None)
                return found
            case Ext(name=module):
                full = f"{module}.{name}" if name else module
                known = frame.unit.imports or module in self.program.units
                found = self.attribute_of_module(module, name, frame) if name and known else ()
                own = tuple(v for v in found if not isinstance(v, Ext) or v.name in self.program.units)
                if name in frame.index.exports and found:
                    return found
                return own or (Ext(full, place=place, owner=base.owner),)
            case Token() | Resp() | Cred() | Source():
                return effects.member(self, base, name, place, frame)
            case Unclear(name=holder):
                return (Unclear(name or holder, place=place, label=name),)
            case Str():
                fields = as_map(base)
                found = fields.get(name) if fields is not None else None
                return found or ((base,) if name.casefold() in ("value", "name", "_value_") else UNCLEAR)
            case _:
                return UNCLEAR

    def _attribute(self, obj: Obj, name: str, place: Place, frame: Frame) -> Vals:
        found = obj.attrs.get(frame.index.key(name))
        if found is not None:
            return found
        if obj.cls is not None:
            inherited = self._class_attribute(obj.cls, name, frame)
            bound = tuple(replace(v, this=obj) if isinstance(v, FuncVal) else v for v in inherited)
            if bound and not all(isinstance(v, Unclear) for v in bound):
                if any(isinstance(v, FuncVal) and effects.is_property(v) for v in bound):
                    return self.call_values(bound, Given(place), frame, None)
                return bound
        if obj.cls is not None and frame.index.this:
            told = objects.members(self, obj.cls).get(name)
            if told is not None:
                return objects.of_type(self, told, place, frame) if told else ()
        kind = obj.type if obj.cls is None else ""
        same = frame.index.method(name, kind) if kind and frame.index.this else None
        if same is not None and same.is_ == "transform" and same.args.get("value") == "receiver":
            return (obj,)  # a property that is the object itself in another shape
        if kind:
            return (Ext(f"{kind}.{name}", place=place, owner=obj),)
        return (Unclear(name, place=place, label=name),)

    def _class_attribute(self, cls: ClassVal, name: str, frame: Frame, depth: int = 6) -> Vals:
        key = frame.index.key(name)
        methods = tuple(
            FuncVal(stmt.what, part.unit, env=self.ensure(part.unit), place=Place(part.unit.path, stmt.what.span))
            for part in objects.parts(cls)
            for stmt in part.cls.body
            if isinstance(stmt, Define) and isinstance(stmt.what, Func) and frame.index.key(stmt.what.name) == key
        )
        if methods:
            return methods if frame.index.this else methods[:1]
        own = self.fields(cls).get(key)
        if own is not None:
            return own
        bases = [(base, part.unit) for part in objects.parts(cls) for base in part.cls.bases]
        for base, unit in bases if depth else ():
            parent = self.base(base, unit)
            if parent is not None:
                found = self._class_attribute(parent, name, frame, depth - 1)
                if not all(isinstance(v, Unclear) for v in found):
                    return found
        return (Unclear(name, label=name),)

    def base(self, base: Value, unit: Unit) -> ClassVal | None:
        """The class of the repository that a base names."""
        frame = Frame(unit, self.program.index(unit.language), self.ensure(unit), Context("frame", None, unit))
        return next((v for v in self.eval(base, frame) if isinstance(v, ClassVal)), None)

    def fields(self, cls: ClassVal) -> dict[str, Vals]:
        """The values that a class gives its fields; where members may be named bare, also what is stored later."""
        index = self.program.index(cls.unit.language)
        if index.this and cls in self._field_values:
            return self._field_values[cls]
        env = Env()
        self._field_values[cls] = env.vars
        for part in objects.parts(cls):
            env.outer = self.ensure(part.unit)
            frame = Frame(part.unit, index, env, Context("frame", None, part.unit))
            for stmt in part.cls.body:
                if isinstance(stmt, Assign) and not _only_declares(stmt.value):
                    if index.this:
                        frame.func = FuncVal(Func("", (), (), stmt.span, part.cls.name), part.unit)
                    self._assign(stmt, frame)
        return env.vars

    # --- calls ---

    def call(self, call: Call, frame: Frame, used: bool = True) -> Vals:
        given = self.given(call, frame)
        if call.kind == "new" or call.kind == "cast":
            return self._construct_named(call, given, frame)
        if call.kind == "command" and isinstance(call.callee, Name):
            return self._command(call.callee.id, given, frame, used)
        if isinstance(call.callee, Member):
            spec = frame.index.function(walk.dotted(call.callee))
            if spec is not None and not self._shadowed(call.callee.base, frame):
                return effects.apply(self, spec, given, frame, used)
            return self._method(call.callee, given, frame, used)
        if isinstance(call.callee, Name) and frame.index.this and call.callee.id in ("base", "super", frame.index.this):
            return self._constructor(call.callee.id, given, frame)
        return self.call_values(self.eval(call.callee, frame), given, frame, call, used)

    def _constructor(self, word: str, given: Given, frame: Frame) -> Vals:
        """`base(…)`, `this(…)` at the head of a constructor."""
        if word != frame.index.this:
            return self._super("__init__", given, frame)
        this, cls = objects.home(self, frame)
        found = self._class_attribute(cls, "__init__", frame) if cls is not None else ()
        own = frame.func.func if frame.func is not None else None
        others = tuple(replace(v, this=this) for v in found if isinstance(v, FuncVal) and v.func is not own)
        return self.call_values(others, given, frame, None)

    def given(self, call: Call, frame: Frame) -> Given:
        given = Given(frame.place(call), redirect=call.redirect, name=walk.dotted(call.callee))
        if call.piped is not None:
            given.piped = self.eval(call.piped, frame)
            given.nodes["piped"] = call.piped
        for arg in call.args:
            vals = self.eval(arg.value, frame)
            if arg.spread:
                given.spread(vals)
            else:
                given.nodes[arg.name or str(len(given.positional))] = arg.value
                given.add(arg.name, vals)
        return given

    def _command(self, name: str, given: Given, frame: Frame, used: bool) -> Vals:
        name = self.program.alias(frame.unit.language, name)
        local = self.lookup(frame.index.key("function:" + name), frame)
        func = self.program.function(frame.unit, name.rpartition("\\")[2])
        if local or func is not None:
            return self.call_values(local or (func,), given, frame, None, used)  # type: ignore[arg-type]
        variable = self.lookup(frame.index.key(name), frame)  # `& $name`
        if variable and any(isinstance(v, (FuncVal, Str)) for v in variable):
            return self.call_values(variable, given, frame, None, used)
        words = tuple(t for vals in given.positional[:3] for t in texts(vals)[:1])
        spec = frame.index.command(name, words)
        if spec is not None:
            return effects.apply(self, spec, given, frame, used)
        return effects.unknown_call(self, name, given, frame)

    def _super(self, name: str, given: Given, frame: Frame) -> Vals:
        """`super().name(…)`: the parent's method, or what the catalog knows of a parent that is not in sight."""
        owner = frame.func.func.owner if frame.func is not None else ""
        cls = self.program.cls(frame.unit, owner) if owner else None
        for base in cls.cls.bases if cls is not None else ():
            for val in self.eval(base, frame):
                if isinstance(val, ClassVal):
                    found = self._class_attribute(val, name, frame)
                    bound = tuple(replace(v, this=_this(frame)) for v in found if isinstance(v, FuncVal))
                    return self.call_values(bound, given, frame, None) if bound else UNCLEAR
                spec = frame.index.function(val.name) if isinstance(val, Ext) else None
                if spec is not None and spec.is_ == "session":
                    effects.inherit(self, spec, given, frame)
                if name in frame.index.forwards:
                    return tuple(v for this in frame.this if isinstance(this, Obj) for v in this.attrs.get(name, ()))
        return UNCLEAR

    def _method(self, callee: Member, given: Given, frame: Frame, used: bool) -> Vals:
        if (
            isinstance(callee.key, Text)
            and isinstance(callee.base, Call)
            and walk.dotted(callee.base.callee) == "super"
        ) or (
            isinstance(callee.key, Text)
            and frame.index.this
            and isinstance(callee.base, Name)
            and callee.base.id in ("base", "super")
        ):
            return self._super(callee.key.value, given, frame)
        given.receiver = self.eval(callee.base, frame)
        names = texts(self.eval(callee.key, frame))
        name = names[0] if names else ""
        found: list[Vals] = []
        for base in given.receiver or UNCLEAR:
            found.append(self._method_of(base, name, callee, given, frame, used))
        return union(*found)

    def _method_of(self, base: Val, name: str, callee: Member, given: Given, frame: Frame, used: bool) -> Vals:
        place = given.place
        if isinstance(base, (ClassVal, Obj, Ext, Map)):
            if isinstance(base, ClassVal) and name == "new":
                return self.construct(base, given, frame)
            vals = self.member_of(base, (Str(name),), place, frame)
            callables = tuple(v for v in vals if isinstance(v, (FuncVal, ClassVal)))
            if callables:
                return self.call_values(callables, given, frame, None, used)
        kind = base.type if isinstance(base, Obj) and base.cls is None else ""
        if isinstance(base, Ext):
            spec = frame.index.function(f"{base.name}.{name}")
            kind = base.name
        else:
            spec = None
        spec = spec or frame.index.method(name, kind)
        if spec is None and isinstance(base, (Obj, Ext)) and frame.index.knows_method(name) and kind in ("", "self"):
            spec = frame.index.method(name, "")
        if spec is not None:
            return effects.apply(self, spec, replace(given, receiver=(base,)), frame, used)
        added = objects.extension(self, name, base, given, frame)
        if added is not None:
            return added
        return effects.unknown_method(self, base, name, callee, given, frame)

    def call_values(self, targets: Vals, given: Given, frame: Frame, call: Call | None, used: bool = True) -> Vals:
        found: list[Vals] = []
        if frame.index.this:
            funcs = tuple(t for t in targets if isinstance(t, FuncVal) and t.func.name)
            fit = objects.fitting(funcs, given)
            targets = tuple(t for t in targets if t not in funcs or t in fit)
        for target in targets:
            match target:
                case FuncVal():
                    found.append(self.call_function(target, given, frame, given.place))
                case ClassVal():
                    found.append(self.construct(target, given, frame))
                case Obj(type="deferred"):
                    found.append(effects.fulfil(self, target, given))
                case Obj(cls=None) if (spec := frame.index.method("__call__", target.type)) is not None:
                    found.append(effects.apply(self, spec, replace(given, receiver=(target,)), frame, used))
                case Ext(name=name):
                    if name in self.program.units:
                        whole = self.attribute_of_module(name, frame.index.exports[-1], frame)
                        callable_ = tuple(v for v in whole if isinstance(v, (FuncVal, ClassVal)))
                        if callable_:
                            found.append(self.call_values(callable_, given, frame, call, used))
                            continue
                    spec = frame.index.function(name) or frame.index.command(name)
                    if spec is not None:
                        found.append(effects.apply(self, spec, replace(given, name=name), frame, used))
                    else:
                        found.append(effects.unknown_call(self, name, given, frame))
                case Str(text=name) if frame.index.ignore_case and name and not target.holes:
                    found.append(self._command(name, given, frame, used))
                case _:
                    name = target.name if isinstance(target, Unclear) else ""
                    found.append(effects.unknown_call(self, name, given, frame))
        return union(*found)

    def _construct_named(self, call: Call, given: Given, frame: Frame) -> Vals:
        name = walk.dotted(call.callee)
        if frame.index.exports and call.kind == "new":  # a type is an ordinary value there
            for val in self.eval(call.callee, frame):
                if isinstance(val, ClassVal):
                    return self.construct(val, given, frame)
                name = val.name if isinstance(val, Ext) else name
        cls = self.program.cls(frame.unit, name.rpartition(".")[2]) if name else None
        if cls is not None and call.kind == "new":
            return self.construct(cls, given, frame)
        spec = frame.index.new(name) if call.kind == "new" else frame.index.cast(name)
        if spec is not None:
            return effects.apply(self, spec, given, frame, True)
        if call.kind == "cast":
            return given.positional[0] if given.positional else UNCLEAR
        made = self.object(name or "?", given.place)
        made.attrs.update({key: labelled(vals, key) for key, vals in given.named.items()})
        return (made,) if name != "?" else union((made,), *given.positional)

    def objects(self) -> Iterable[Obj]:
        """All objects that were made."""
        return list(self._objects.values())

    def object(self, kind: str, place: Place, cls: ClassVal | None = None) -> Obj:
        """The object that stands for all of this type made here."""
        return self._objects.setdefault((kind, place), Obj(kind, place, cls))

    def construct(self, cls: ClassVal, given: Given, frame: Frame) -> Vals:
        obj = self.object(cls.cls.name, given.place, cls)
        index = self.program.index(cls.unit.language)
        for key, vals in self.fields(cls).items() if not index.this else ():
            obj.attrs.setdefault(key, vals)
        init = self._class_attribute(cls, "__init__", Frame(cls.unit, index, frame.env, frame.context))
        bound = tuple(replace(v, this=obj) for v in init if isinstance(v, FuncVal))
        if bound:
            self.call_values(bound, given, frame, None)
        if index.this:
            taken = {param.name for one in bound for param in one.func.params}
            obj.attrs.update({name: labelled(vals, name) for name, vals in given.named.items() if name not in taken})
        elif not bound:
            names = [t.id for s in cls.cls.body if isinstance(s, Assign) for t in s.targets if isinstance(t, Name)]
            pairs = [*zip(names, given.positional, strict=False), *given.named.items()]
            obj.attrs.update({index.key(name): labelled(vals, name) for name, vals in pairs})
        return (obj,)

    def call_function(self, target: FuncVal, given: Given, frame: Frame, called: Place | None) -> Vals:
        """Runs a function of the repository with these arguments; what it gives back."""
        func = target.func
        if self._stack.count(id(func)) > 1 or len(self._stack) > DEPTH:
            return UNCLEAR
        self.reached.add(id(func))
        sent = objects.annotated(self, target, given, frame)
        if sent is not None:
            return sent
        if not func.name:  # a block or lambda sees the variables around it, which no argument tells
            return self._run_function(target, given, frame, called)
        seen = (id(func), target.this, tuple(given.order), given.piped)
        here = (*seen, called, frame.context.path())
        for key in (seen, here):
            if key in self._known:
                return self._known[key]
        told = effects.told(self, (*(v for _, vals in given.order for v in vals), *given.piped))
        runs = self._runs.setdefault((id(func), told), [])
        if len(runs) >= (self._telling if told else self._plain):
            return runs[-1]
        before = self._written()
        found = self._run_function(target, given, frame, called)
        self._known[here if self._written() != before else seen] = found
        runs.append(found)
        return found

    def _written(self) -> tuple[int, ...]:
        """How much there is to tell; a call that adds nothing need not be followed again with the same arguments."""
        return (len(self.records), self.events, len(self.stores), len(self.markers))

    def _run_function(self, target: FuncVal, given: Given, frame: Frame, called: Place | None) -> Vals:
        func, unit = target.func, target.unit
        index = self.program.index(unit.language)
        outer = target.env or self.ensure(unit)
        context = Context("frame", frame.context, unit, func=target, called=called)
        context = effects.around(self, target, context, frame)
        inner = Frame(unit, index, Env(outer=outer), context, caller=frame if called is not None else None, func=target)
        inner.this = (target.this,) if target.this is not None else _this_vals(frame, target)
        self._bind_parameters(func, given, inner, called)
        self._stack.append(id(func))
        before = dict(inner.env.vars)
        try:
            self.block(func.body, inner)
        finally:
            self._stack.pop()
        self._changed(func, before, inner, given, frame)
        outputs = inner.outputs if index.ignore_case or not func.name else []
        found = union(*inner.returns, *(o for o in outputs if not all(isinstance(v, Unclear) for v in o)))
        effects.handed_back(self, found, context, given.place)
        return found or UNCLEAR

    def _changed(self, func: Func, before: dict[str, Vals], inner: Frame, given: Given, frame: Frame) -> None:
        """Mappings that a function filled for its caller: what it was handed has more entries now."""
        params = [p for p in func.params if not (func.owner and p.name in ("self", "cls"))]
        for number, param in enumerate(params):
            key = inner.index.key(param.name)
            node = given.nodes.get(param.name) or given.nodes.get(str(number))
            old, new = before.get(key, ()), inner.env.vars.get(key, ())
            if isinstance(node, Name) and old != new and _same_maps(old, new):
                self._bind(node, new, frame)

    def _bind_parameters(self, func: Func, given: Given, frame: Frame, called: Place | None) -> None:
        positional = list(given.positional)
        params = list(func.params)
        if func.owner and not func.static and params and _written_self(frame.index) and params[0].kind == "":
            own: Vals = frame.this
            if any(walk.dotted(d) == "classmethod" for d in func.decorators) and frame.func is not None:
                cls = self.program.cls(frame.unit, func.owner)
                own = (cls,) if cls is not None else own
            if not any(walk.dotted(d) == "staticmethod" for d in func.decorators):
                frame.env.vars[frame.index.key(params.pop(0).name)] = own or UNCLEAR
        named = {frame.index.key(name): vals for name, vals in given.named.items()}
        for param in params:
            vals = self._argument(param, positional, named, given, frame)
            where = f"handed to {func.name or 'the block'} as {param.name}"
            if vals and called is not None:
                vals = passed(labelled_if_bare(vals, param.name), Step(called, where))
            unfilled = self._parameter(param, frame, func.owner, func.name, alone=called is None)
            frame.env.vars[frame.index.key(param.name)] = vals or unfilled
        if given.piped:
            frame.env.vars.setdefault("_", elements(given.piped))
            frame.env.vars.setdefault("input", given.piped)

    def _argument(
        self, param: Param, positional: list[Vals], named: dict[str, Vals], given: Given, frame: Frame
    ) -> Vals:
        key = frame.index.key(param.name)
        names = [key, *(frame.index.key(a) for a in param.aliases)]
        for name in named:
            if name in names or (frame.index.ignore_case and key.startswith(name) and len(name) > 1):
                return named[name]
        if param.kind == "rest":
            items, positional[:] = tuple(positional), []
            return (Many(items, open=given.open),) if items else ()
        if param.kind == "keywords":
            return (Map(tuple(named.items()), open=given.open, place=given.place),) if named else ()
        if param.kind == "switch":
            return ()
        return positional.pop(0) if positional else ()

    def _parameter(self, param: Param, frame: Frame, owner: str, func: str, alone: bool = True) -> Vals:
        """A parameter that is not filled: its default, or, if nobody in sight calls, whatever a caller gives."""
        place = frame.place(param)
        default = self.eval(param.default, frame) if param.default is not None else ()
        if param.kind == "switch":
            return UNCLEAR
        if default and not any(isinstance(v, Str) and v.text in ("None", "", "null") for v in default):
            return labelled(default, param.name)
        if frame.index.this and (alone or func == "__init__"):
            handed = objects.parameter(self, param, owner, frame)
            if handed:
                return handed
        if not alone:
            return (Unclear(param.name, place=place, label=param.name),)
        trail = Trail(Step(place, f"parameter {param.name}" + (f" of {func}" if func else "")))
        name = owner if func == "__init__" else func
        return (Source("parameter", param.name, place=place, label=param.name, trail=trail, func=name),)


def _written_self(index: Index) -> bool:
    """Whether a method's first parameter is its object."""
    return not index.ignore_case and not index.this and not index.receiver


def _flags(env: Env) -> dict[str, bool]:
    """The variables of this scope that hold a known true or false."""
    known = {}
    for name, vals in env.vars.items():
        if len(vals) == 1 and isinstance(vals[0], Str) and vals[0].text in ("True", "False"):
            known[name] = vals[0].text == "True"
    return known


def _same_maps(old: Vals, new: Vals) -> bool:
    """Whether these are the same mappings, only filled further: they were made at the same places."""
    maps = [v for v in (*old, *new) if isinstance(v, Map)]
    return (
        len(maps) == len(old) + len(new)
        and bool(old)
        and {m.place for m in maps[len(old) :]} <= {m.place for m in maps[: len(old)]}
    )


def _only_declares(value: Value) -> bool:
    """A field without a value, or with none yet."""
    if isinstance(value, Text):
        return value.kind == "constant" and value.value == "None"
    return isinstance(value, Unknown) and value.reason == "declared"


def _mentioned(func: Func) -> set[str]:
    """Last names of everything that a function names: what it calls, and what it reads."""
    found = set()
    for value in walk.values(func.body):
        if isinstance(value, (Name, Member)):
            found.add(walk.dotted(value).rpartition(".")[2].casefold())
    return found


def _is_name(text: str) -> bool:
    return len(text) > 5 and text.replace("-", "").replace("_", "").isalnum()


def _called(func: Func) -> set[str]:
    """Last names of what a function calls."""
    calls = (v for v in walk.values(func.body) if isinstance(v, Call))
    return {walk.dotted(call.callee).rpartition(".")[2].casefold() for call in calls}


def labelled_if_bare(vals: Vals, name: str) -> Vals:
    return tuple(v if v.label else replace(v, label=name) for v in vals)


def elements(vals: Vals) -> Vals:
    """What a loop over these values sees, one at a time."""
    found: list[Vals] = []
    for val in vals:
        if isinstance(val, Many):
            found.extend(val.items)
            if val.open:
                found.append(UNCLEAR)
        else:
            found.append((val,) if not isinstance(val, Map) else UNCLEAR)
    return union(*found)


def _item(val: Val, number: int) -> Vals:
    if isinstance(val, Many):
        return val.items[number] if number < len(val.items) else UNCLEAR
    return (val,) if isinstance(val, (Token, Resp, Unclear)) else UNCLEAR


def _joined(several: list[dict[str, Vals]]) -> dict[str, Vals]:
    """Variables after one of several ways; what only some ways set keeps those values."""
    if len(several) == 1:
        return several[0]
    joined: dict[str, Vals] = dict(several[0])
    for more in several[1:]:
        for name, vals in more.items():
            old = joined.get(name)
            if old is None:
                joined[name] = vals
            elif old is not vals:
                joined[name] = union(old, vals)
    return joined


_ROLES: dict[str, Role] = {"status": "status", "ok": "ok", "": "response", "body": "text", "error": "error"}


def _role(vals: Vals, record: int) -> Role:
    for val in vals:
        if isinstance(val, Resp) and val.record == record:
            return _ROLES.get(val.part, "text")
        if isinstance(val, Token) and val.record == record and val.part in ("", "error"):
            return "error" if val.part else "answer"
    return ""


class _Seen:
    """What the parts of a test were when it was evaluated, as `outcome` asks for it."""

    def __init__(self, seen: dict[int, Vals], record: int) -> None:
        self._seen, self._record = seen, record

    def role(self, value: Value) -> Role:
        return _role(self._seen.get(id(value), ()), self._record)

    def words(self, value: Value) -> list[str]:
        found = [t for val in self._seen.get(id(value), ()) for t in _spoken(val)]
        return found or written(value)


def _spoken(val: Val) -> list[str]:
    if isinstance(val, Many):
        return [t for item in val.items for t in texts(item)]
    return [val.name] if isinstance(val, Ext) else texts((val,))


def _checked(
    arms: list[tuple[Value | None, tuple[Stmt, ...]]], seen: _Seen, frame: Frame, repeats: bool
) -> Check | None:
    """The check that a chain of tests makes of one response, decided for 401."""
    verdicts: list[Verdict] = []
    leaves = False
    spared: list[Place] = []
    taken: tuple[Stmt, ...] | None = None
    place: Place | None = None
    for test, body in arms:
        if test is None:
            taken = body if verdicts and any(v.involved for v in verdicts) else None
            break
        verdict = decide(test, seen.role, seen.words)
        verdicts.append(verdict)
        if verdict.involved and place is None:
            place = Place(frame.unit.path, test.span)
        if verdict.truth and verdict.involved:
            taken = body
            break
        if verdict.truth is False and verdict.involved and body:
            leaves = leaves or leave(body, lambda _: "", frame.index).exit in ("break", "value")
            last = body[-1].span
            spared.append(Place(frame.unit.path, replace(body[0].span, end_line=last.end_line, end_col=last.end_col)))
    if place is None:
        return None
    accepts = taken is None and any(v.accepts for v in verdicts)
    reads = any(v.reads_code for v in verdicts)
    tells = any(v.tells for v in verdicts)
    return Check(place, tells, taken, frame.unit, accepts, repeats, reads, leaves, tuple(spared))


def _this(frame: Frame) -> Obj | None:
    return next((v for v in frame.this if isinstance(v, Obj)), None)


def _this_vals(frame: Frame, target: FuncVal) -> Vals:
    return frame.this if not target.func.name or not target.func.owner else ()
