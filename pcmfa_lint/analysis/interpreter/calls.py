"""Calls: who is meant, what reaches the parameters, what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase

from pcmfa_lint.analysis.effects import callbacks, clients, collections, dispatch, uses
from pcmfa_lint.analysis.interpreter import declared_types, implicit_this, objects, typed_settings
from pcmfa_lint.analysis.interpreter.choice_of_method import fitting, is_callable, known_methods
from pcmfa_lint.analysis.interpreter.expressions import Expressions, _this
from pcmfa_lint.analysis.interpreter.widening import widened
from pcmfa_lint.analysis.matching.arguments import Arguments, Loose
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.state import sign_ins
from pcmfa_lint.analysis.state.call_cache import KnownRun
from pcmfa_lint.analysis.state.call_graph import Activation, Context, Edge
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    CredentialValue,
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
    Trace,
    UnknownValue,
    Values,
    inside,
    join,
    labelled,
    passed_within,
    texts,
    with_answers,
    with_step,
)
from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Assign, Call, Func, Member, Name, Param, Text
from pcmfa_lint.knowledge.catalog import CallSpec

DEPTH = 250  # of functions that call one another
_SELF = ("self", "cls")  # what a method is called on, where that is written among its parameters
_HOLDERS = (ClassVal, CredentialValue, ExternalSymbol, ObjectValue, Source, UnknownValue)  # what has members to ask for


class Invocations(Expressions):
    """Runs calls into the functions of the repository; what others do is `effects`' to say."""

    def call(self, call: Call, frame: Frame, used: bool = True) -> Values:
        loose = None if used else Loose(call.awaited)
        if loose is None or walk.last(call.callee) not in frame.index.begins:
            return self._evaluated(call, loose, frame, used)
        with _inside(frame, loose, frame.place(call)):
            return self._evaluated(call, loose, frame, used)

    def _evaluated(self, call: Call, loose: Loose | None, frame: Frame, used: bool) -> Values:
        given = self.given(call, frame)
        given.loose = loose
        if call.kind == "new" or call.kind == "cast":
            return self._construct_named(call, given, frame)
        if call.kind == "command" and isinstance(call.callee, Name):
            return self._command(call.callee.id, given, frame, used)
        if isinstance(call.callee, Member):
            spec = frame.index.function(walk.dotted(call.callee))
            if spec is not None and not self._shadowed(call.callee.base, frame):
                return dispatch.apply(self, spec, given, frame, used)
            return self._method(call.callee, given, frame, used)
        if isinstance(call.callee, Name) and frame.index.this and call.callee.id in ("base", "super", frame.index.this):
            return self._constructor(call.callee.id, given, frame)
        if not isinstance(call.callee, Name):
            return self.call_values(self.eval(call.callee, frame), given, frame, call, used)
        bare = implicit_this.call(self, call.callee.id, given, frame, used)
        return self.call_values(self._name(call.callee, frame), given, frame, call, used) if bare is None else bare

    def asked(self, vals: Values, name: Name, frame: Frame) -> Values:
        """What a name stands for; where a method is called without parentheses, what that gives back."""
        if not frame.index.uniform_access or not any(_is_method(val, frame) for val in vals):
            return vals
        return self.call_values(vals, Arguments(frame.place(name), name=name.id), frame, None)

    def asked_of(self, member: Member, frame: Frame) -> Values:
        """A member of a value where a method is called without parentheses."""
        name, given = walk.dotted(member), Arguments(frame.place(member), name=walk.dotted(member))
        if frame.index.read(walk.dotted(member.base)) is not None:
            return self._member(member, frame)
        spec = frame.index.function(name)
        if spec is not None and not self._shadowed(member.base, frame):
            return dispatch.apply(self, spec, given, frame, True)
        return self._method(member, given, frame, True)

    def _constructor(self, word: str, given: Arguments, frame: Frame) -> Values:
        """`base(…)`, `this(…)` at the head of a constructor."""
        if word != frame.index.this:
            return self._super("__init__", given, frame)
        this, cls = objects.home(self, frame)
        found = self._class_attribute(cls, "__init__", frame) if cls is not None else ()
        own = frame.func.func if frame.func is not None else None
        others = tuple(replace(v, this=this) for v in found if isinstance(v, FuncVal) and v.func is not own)
        return self.call_values(others, given, frame, None)

    def given(self, call: Call, frame: Frame) -> Arguments:
        given = Arguments(frame.place(call), redirect=call.redirect, name=walk.dotted(call.callee))
        if call.piped is not None:
            given.piped = self.eval(call.piped, frame)
            given.nodes["piped"] = call.piped
        for arg in call.args:
            vals = self.eval(arg.value, frame)
            if arg.spread:
                given.spread(self.as_sources(vals, frame))
            else:
                given.nodes[arg.name or str(len(given.positional))] = arg.value
                given.add(arg.name, vals)
        return given

    def _command(self, name: str, given: Arguments, frame: Frame, used: bool) -> Values:
        name = self.program.alias(frame.unit.language, name)
        local = self.lookup(frame.index.key("function:" + name), frame)
        func = self.program.function(frame.unit, name.rpartition("\\")[2])
        if local or func is not None:
            return self.call_values(local or (func,), given, frame, None, used)  # type: ignore[arg-type]
        variable = self.lookup(frame.index.key(name), frame)  # `& $name`
        if variable and any(isinstance(v, (FuncVal, StringValue)) for v in variable):
            return self.call_values(variable, given, frame, None, used)
        words = tuple(t for vals in given.positional[:3] for t in texts(vals)[:1])
        spec = frame.index.command(name, words)
        if spec is not None:
            self._default_arguments(name, given, frame)
            return dispatch.apply(self, spec, given, frame, used)
        return uses.unknown_call(self, name, given, frame)

    def _default_arguments(self, name: str, given: Arguments, frame: Frame) -> None:
        """Adds the arguments that the script has set for all calls of a command."""
        held = self.lookup(frame.index.key(frame.index.preference.defaults), frame) or ()
        for pattern, vals in (entry for val in held if isinstance(val, MappingValue) for entry in val.entries):
            command, _, argument = pattern.partition(":")
            if argument and argument not in given.named and fnmatchcase(name.casefold(), command.casefold()):
                given.add(argument, vals)

    def _super(self, name: str, given: Arguments, frame: Frame) -> Values:
        """`super().name(…)`: the parent's method, or what the catalog knows of a parent that is not in sight."""
        owner = frame.func.func.owner if frame.func is not None else ""
        cls = self.program.cls(frame.unit, owner) if owner else None
        for base in cls.cls.bases if cls is not None else ():
            for val in self.eval(base, frame):
                if isinstance(val, ClassVal):
                    found = self._class_attribute(val, name, frame)
                    bound = tuple(replace(v, this=_this(frame)) for v in found if isinstance(v, FuncVal))
                    return self.call_values(bound, given, frame, None) if bound else UNCLEAR
                spec = frame.index.function(val.name) if isinstance(val, ExternalSymbol) else None
                if spec is not None and spec.is_ == "session":
                    clients.inherit(self, spec, given, frame)
                if name in frame.index.forwards:
                    return tuple(
                        v for this in frame.this if isinstance(this, ObjectValue) for v in this.attrs.get(name, ())
                    )
        if cls is not None and name == frame.index.make:
            return (self.object(cls.cls.name, given.place, cls),)
        return UNCLEAR

    def _method(self, callee: Member, given: Arguments, frame: Frame, used: bool) -> Values:
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
        found: list[Values] = []
        for base in given.receiver or UNCLEAR:
            found.append(self.method_of(base, name, callee, given, frame, used))
        return join(*found)

    def method_of(
        self, base: AbstractValue, name: str, callee: Member, given: Arguments, frame: Frame, used: bool
    ) -> Values:
        place = given.place
        if isinstance(base, (ClassVal, ObjectValue, ExternalSymbol, MappingValue)):
            if isinstance(base, ClassVal) and name == "new":
                return self.construct(base, given, frame)
            vals = self.member_of(base, (StringValue(name),), place, frame)
            callables = tuple(v for v in vals if isinstance(v, (FuncVal, ClassVal)) or is_callable(v, frame))
            cls = base.cls if isinstance(base, ObjectValue) else base
            if not callables and isinstance(cls, ClassVal):
                methods = self._class_attribute(cls, name, frame, called=True)
                this = base if isinstance(base, ObjectValue) else None
                callables = tuple(replace(v, this=this) for v in methods if isinstance(v, FuncVal))
            if callables:
                return self.call_values(callables, given, frame, None, used)
            if (held := implicit_this.written(self, base, name, given, frame)) is not None:
                return held
            if frame.index.uniform_access and not given.order and not all(map(_is_elsewhere, vals)):
                return vals
        for spec in known_methods(self, base, name, given, frame):
            vals = dispatch.apply(self, spec, replace(given, receiver=(base,)), frame, used)
            if vals or spec.is_ not in ("instance", "settings"):
                return vals
        added = objects.extension(self, name, base, given, frame)
        if added is None:
            added = collections.method(self, base, name, callee, given, frame)
        if added is not None:
            return added
        if frame.index.uniform_access and not given.order and isinstance(base, _HOLDERS):
            return self.member_of(base, (StringValue(name),), place, frame)
        root = objects.root(self, base, name, given.place, frame)
        if root is not None:
            return self.method_of(root, name, callee, given, frame, used)
        return uses.unknown_method(self, base, name, callee, given, frame)

    def call_values(
        self, targets: Values, given: Arguments, frame: Frame, call: Call | None, used: bool = True
    ) -> Values:
        found: list[Values] = []
        if frame.index.this:
            funcs = tuple(t for t in targets if isinstance(t, FuncVal) and t.func.name)
            fit = fitting(funcs, given)
            targets = tuple(t for t in targets if t not in funcs or t in fit)
        for target in targets:
            match target:
                case FuncVal():
                    found.append(self.call_function(target, given, frame, given.place))
                case ClassVal():
                    found.append(self.construct(target, given, frame))
                case ObjectValue(type="deferred"):
                    found.append(callbacks.fulfil(self, target, given))
                case ObjectValue(cls=None) if (spec := frame.index.method("__call__", target.type)) is not None:
                    found.append(dispatch.apply(self, spec, replace(given, receiver=(target,)), frame, used))
                case ExternalSymbol(name=name):
                    if name in self.program.units:
                        whole = self.attribute_of_module(name, frame.index.exports[-1], frame)
                        callable_ = tuple(v for v in whole if isinstance(v, (FuncVal, ClassVal)))
                        if callable_:
                            found.append(self.call_values(callable_, given, frame, call, used))
                            continue
                    spec = frame.index.function(name) or frame.index.command(name)
                    if spec is None and target.owner is not None and frame.index.this:  # `send = client.PostAsync`
                        own = frame.index.method(name.rpartition(".")[2], target.owner.type)
                        if own is not None:
                            handed = replace(given, receiver=(target.owner,))
                            found.append(dispatch.apply(self, own, handed, frame, used))
                            continue
                    if spec is not None:
                        found.append(dispatch.apply(self, spec, replace(given, name=name), frame, used))
                    else:
                        found.append(uses.unknown_call(self, name, given, frame))
                case StringValue(text=name) if frame.index.ignore_case and name and not target.holes:
                    found.append(self._command(name, given, frame, used))
                case _:
                    name = target.name if isinstance(target, UnknownValue) else ""
                    found.append(uses.unknown_call(self, name, given, frame))
        return join(*found)

    def _construct_named(self, call: Call, given: Arguments, frame: Frame) -> Values:
        name = walk.dotted(call.callee)
        if frame.index.exports and call.kind == "new":  # a type is an ordinary value there
            for val in self.eval(call.callee, frame):
                if isinstance(val, ClassVal):
                    return self.construct(val, given, frame)
                name = val.name if isinstance(val, ExternalSymbol) else name
        spec = frame.index.new(name) if call.kind == "new" else frame.index.cast(name)
        theirs = spec is not None and "." in name and name in spec.match.new  # not one of ours of the same last name
        cls = self.program.cls(frame.unit, name.rpartition(".")[2]) if name and not theirs else None
        if cls is not None and call.kind == "new":
            return self.construct(cls, given, frame)
        if spec is not None:
            return dispatch.apply(self, spec, given, frame, True)
        if call.kind == "cast":
            vals = given.positional[0] if given.positional else UNCLEAR
            return declared_types.known(
                self, vals, name.rpartition(".")[2] if frame.index.this else name, given.place, frame
            )
        made = self.object(name or "?", given.place)
        made.attrs.update({key: labelled(vals, key) for key, vals in given.named.items()})
        return (made,) if name != "?" else join((made,), *given.positional)

    def bind_settings(self, types: Values, spec: CallSpec, section: str) -> None:
        typed_settings.bind(self, types, spec, section)

    def instances(self, types: Values, place: Place, frame: Frame) -> Values:
        return objects.instances(self, types, place, frame)

    def _made_by(self, cls: ClassVal, given: Arguments, frame: Frame, index: Index) -> ObjectValue | None:
        """The object that a class hands out itself when it is called."""
        home = replace(frame, unit=cls.unit, index=index)
        makers = self._class_attribute(cls, index.make, home, called=True) if index.make else ()
        funcs = tuple(v for v in makers if isinstance(v, FuncVal))
        vals = self.call_values(funcs, given, frame, None) if funcs else ()
        return next((v for v in vals if isinstance(v, ObjectValue) and v.cls == cls), None)

    def entered(self, vals: Values, place: Place, frame: Frame) -> Values:
        """What a `with` over these values gives: what the method that is run first gives back."""
        found: list[Values] = []
        for val in vals:
            names = frame.index.enter if isinstance(val, ObjectValue) and val.cls is not None else ()
            vals = tuple(
                v for n in names for v in self.member_of(val, (StringValue(n),), place, frame) if isinstance(v, FuncVal)
            )
            found.append(self.call_values(vals, Arguments(place), frame, None) if vals else (val,))
        return join(*found)

    def construct(self, cls: ClassVal, given: Arguments, frame: Frame) -> Values:
        index = self.program.index(cls.unit.language)
        obj = self._made_by(cls, given, frame, index) or self.object(cls.cls.name, given.place, cls)
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
            if given.rest:
                for name in names:
                    obj.attrs.setdefault(index.key(name), self._spread_entry(given, name, frame))
        return (obj,)

    def call_function(self, target: FuncVal, given: Arguments, frame: Frame, called: Place | None) -> Values:
        """Runs a function of the repository with these arguments, or takes what a run with the same ones gave; what it
        gives back. `called`: where it is called; None for a root."""
        func = target.func
        if func.runs == "detached" or (
            func.runs and given.loose is not None and not given.loose.waited and self.goes_on(frame)
        ):
            with _inside(frame, Loose(errors="stay"), given.place):
                return self._entered(target, given, frame, called)
        return self._entered(target, given, frame, called)

    def _entered(self, target: FuncVal, given: Arguments, frame: Frame, called: Place | None) -> Values:
        func = target.func
        sent = objects.annotated(self, target, given, frame)
        if sent is not None:
            self.reached.add(id(func))
            return sent
        if not func.name:  # a block or lambda sees the variables around it, which no argument tells
            run = KnownRun(Activation(target.unit, target))
            if self._too_deep(func) or not self.budget.may_enter():
                return UNCLEAR
            self._call(run, frame, called)
            self._run_function(run, target, given, frame, called)
        else:
            run = self._known_run(target, given, frame, called)
            if run.result is None:  # it runs just now, or cannot
                return UNCLEAR
        return self._handed_back(run, frame, called)

    def _known_run(self, target: FuncVal, given: Arguments, frame: Frame, called: Place | None) -> KnownRun:
        """The run of a function with these arguments: one that there is, or a new one."""
        func = id(target.func)
        often = self._cache.is_often(func)
        if often:
            given = widened(given, self.addresses, self._kept(target.func))
        key = self._key(target, given)
        if (again := self._again(key, given, frame, called, often)) is not None:
            return again
        run = KnownRun(Activation(target.unit, target))
        if self._too_deep(target.func) or not (called is None or self.budget.may_enter() or func in self._signing):
            return run
        if self._cache.is_full(func) and given.order:
            self.note_limit(target.unit)
            return self._known_run(target, Arguments(given.place, open=True), frame, called)
        self._cache.add(key, func, run)
        self._call(run, frame, called)
        mark = self.records.mark()
        self._run_function(run, target, given, frame, called)
        if run.activation.signs_in:
            self._signing.setdefault(func, set()).update(sign_ins.parameters(self.records, mark, target.func.name))
            self._cache.add(self._key(target, given), func, run)
        return run

    def _kept(self, func: Func) -> frozenset[str]:
        """The arguments of a function that matter as they are, by name and position: a sign-in is made of them."""
        names = self._signing.get(id(func), set())
        numbers = (str(n) for n, p in enumerate(p for p in func.params if p.name not in _SELF) if p.name in names)
        return frozenset((*names, *numbers))

    def _again(self, key: object, given: Arguments, frame: Frame, called: Place | None, often: bool) -> KnownRun | None:
        """The run that there is for these arguments, called once more; None if there is none. `often`: whatever the
        variables are that it looks for in its callers' scopes."""
        for run in self._cache.runs(key):
            if often or all(self.lookup(name, frame) == vals for name, vals in run.free.items()):
                self._call(run, frame, called)
                self._fill(run, given, frame)
                return run
        return None

    def _too_deep(self, func: Func) -> bool:
        return self._stack.count(id(func)) > 1 or len(self._stack) > DEPTH

    def _key(self, target: FuncVal, given: Arguments) -> tuple[object, ...]:
        """What tells runs of a function apart. Where it asks for a token, also where its arguments come from."""
        env = target.env if target.env is not None and target.env.outer is not None else None
        key = (id(target.func), target.this, tuple(given.order), given.piped, _filled(target), id(env) if env else 0)
        if id(target.func) not in self._signing:
            return key
        vals = (*(v for _, vals in given.order for v in vals), *given.piped)
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

        def taken(answer: Token | ResponseValue) -> Token | ResponseValue:
            if isinstance(answer, Token) and answer.part == "access":
                return answer
            record = self.records[answer.record]
            if id(record.context.activation) in self._active:
                return answer
            return replace(answer, record=self._taken(record, edge).number)

        return with_answers(vals, taken)

    def _taken(self, record: Request, edge: Edge) -> Request:
        """The answer of a request in the hands of one caller."""
        sent = record.request
        taker = self._takers.get((sent.number, edge))
        if taker is None:
            key = ("taken", sent.number, edge.called)
            handed = replace(
                sent, context=edge.context, events=[], parts={}, sent=sent, edge=edge, givers=[], takers=[]
            )
            taker = self.records.add(key, lambda number: replace(handed, number=number))
            self._takers[sent.number, edge] = taker
        if taker is not record and not any(record is giver for giver in taker.givers):
            taker.givers.append(record)
            record.takers.append(taker)
        return taker

    def _run_function(
        self, run: KnownRun, target: FuncVal, given: Arguments, frame: Frame, called: Place | None
    ) -> None:
        func, unit = target.func, target.unit
        self.reached.add(id(func))
        index = self.program.index(unit.language)
        outer = target.env or self.ensure(unit)
        context = Context("frame", None, unit, run.activation)
        context = dispatch.around(self, target, context, frame, called)
        inner = Frame(unit, index, Env(outer=outer), context, caller=frame if called is not None else None, func=target)
        inner.free = run.free
        inner.this = (target.this,) if target.this is not None else _this_vals(frame, target)
        self._bind_parameters(func, given, inner, called)
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
        self._fill(run, given, frame)
        outputs = inner.outputs if index.ignore_case or not func.name else []
        found = join(*inner.returns, *(o for o in outputs if not all(isinstance(v, UnknownValue) for v in o)))
        uses.handed_back(self, found, context, given.place)
        run.result = declared_types.known(self, found or UNCLEAR, func.type, Place(unit.path, func.span), inner)
        if called is not None:
            frame.context.activation.holds(run.activation)
        elif run.activation.sends:
            self._rooted.add(id(func))

    def _fill(self, run: KnownRun, given: Arguments, frame: Frame) -> None:
        """Mappings that a function filled for its caller: what it was handed has more entries now."""
        for number, name, vals in run.filled:
            node = given.nodes.get(name) or given.nodes.get(str(number))
            if isinstance(node, Name):
                self.bind(node, vals, frame)

    def _bind_parameters(self, func: Func, given: Arguments, frame: Frame, called: Place | None) -> None:
        positional = list(given.positional)
        params = list(func.params)
        if func.owner and not func.static and params and _written_self(frame.index) and params[0].kind == "":
            own: Values = frame.this
            of_class = func.name == frame.index.make or any(walk.dotted(d) == "classmethod" for d in func.decorators)
            if of_class and frame.func is not None:
                cls = self.program.cls(frame.unit, func.owner)
                own = (cls,) if cls is not None else own
            if not any(walk.dotted(d) == "staticmethod" for d in func.decorators):
                frame.env.vars[frame.index.key(params.pop(0).name)] = own or UNCLEAR
        named = {frame.index.key(name): vals for name, vals in given.named.items()}
        for param in params:
            vals = self._argument(param, positional, named, given, frame)
            if vals and called is not None:
                handed = Step(called, "handed", (("function", func.name), ("parameter", param.name)))
                hand_in = passed_within if param.kind in ("rest", "keywords") else with_step
                vals = hand_in(labelled_if_bare(vals, param.name), handed)
            unfilled = self._parameter(param, frame, func.owner, func.name, called is None, given.open)
            vals = declared_types.known(self, vals or unfilled, param.type, frame.place(param), frame)
            frame.env.vars[frame.index.key(param.name)] = vals
        if given.piped:
            frame.env.vars.setdefault("_", elements(given.piped))
            frame.env.vars.setdefault("input", given.piped)

    def _argument(
        self, param: Param, positional: list[Values], named: dict[str, Values], given: Arguments, frame: Frame
    ) -> Values:
        key = frame.index.key(param.name)
        names = [key, *(frame.index.key(a) for a in param.aliases)]
        for name in named:
            if name in names or (frame.index.ignore_case and key.startswith(name) and len(name) > 1):
                return named[name]
        if param.kind == "rest":
            items, positional[:] = tuple(positional), []
            return (ListValue(items, open=given.open),) if items else ()
        if param.kind == "keywords":
            made = MappingValue(tuple(named.items()), open=given.open, rest=given.rest, place=given.place)
            return (made,) if named or given.rest else ()
        if param.kind == "switch":
            return ()
        return positional.pop(0) if positional else self._spread_entry(given, param.name, frame)

    def _spread_entry(self, given: Arguments, name: str, frame: Frame) -> Values:
        """An argument that only what a file holds can tell, which is spread."""
        return join(*(uses.member(self, source, name, given.place, frame) for source in given.rest))

    def _parameter(
        self, param: Param, frame: Frame, owner: str, func: str, alone: bool = True, more: bool = True
    ) -> Values:
        """A parameter that is not filled: its default, or, if nobody in sight calls, whatever a caller gives. `more`:
        the call may give it out of sight."""
        place = frame.place(param)
        default = self.eval(param.default, frame) if param.default is not None else ()
        if param.kind == "switch":
            return (UnknownValue(param.name, absent=not alone and not more),)
        if default and not any(isinstance(v, StringValue) and v.text in ("None", "", "null") for v in default):
            return labelled(default, param.name)
        if alone or func == "__init__":
            handed = objects.parameter(self, param, owner, frame)
            if handed:
                return handed
        if not alone:
            return (UnknownValue(param.name, absent=not more, place=place, label=param.name),)
        trace = Trace(Step(place, "parameter", (("parameter", param.name), ("function", func))))
        name = owner if func == "__init__" else func
        return (Source("parameter", param.name, place=place, label=param.name, trace=trace, func=name),)


@contextmanager
def _inside(frame: Frame, loose: Loose, place: Place) -> Iterator[None]:
    """Runs what follows as a part of a call whose result nobody takes."""
    context = frame.context
    frame.context = Context("run", context, frame.unit, context.activation, loose=loose, at=place)
    try:
        yield
    finally:
        frame.context = context


def _is_method(val: AbstractValue, frame: Frame) -> bool:
    """Whether a bare name means a function: one of the repository, or one that the catalog knows."""
    if isinstance(val, FuncVal):
        return bool(val.func.name)
    return isinstance(val, ExternalSymbol) and val.name[:1].islower() and frame.index.function(val.name) is not None


def _is_elsewhere(val: AbstractValue) -> bool:
    """Whether a member is nothing that the code has given it."""
    return isinstance(val, (UnknownValue, ExternalSymbol))


def _filled(target: FuncVal) -> int:
    """How much an object holds by now, of which its method makes something."""
    held = target.this.attrs if isinstance(target.this, ObjectValue) else {}
    return sum(len(vals) for vals in held.values())


def _filled_maps(func: Func, before: dict[str, Values], inner: Frame) -> list[tuple[int, str, Values]]:
    """The parameters whose mappings a function filled, with what they hold now."""
    found = []
    params = [p for p in func.params if not (func.owner and p.name in ("self", "cls"))]
    for number, param in enumerate(params):
        key = inner.index.key(param.name)
        old, new = before.get(key, ()), inner.env.vars.get(key, ())
        if old is not new and old != new and _same_maps(old, new):
            found.append((number, param.name, new))
    return found


def _written_self(index: Index) -> bool:
    """Whether a method's first parameter is its object."""
    return not index.ignore_case and not index.receiver


def _same_maps(old: Values, new: Values) -> bool:
    """Whether these are the same mappings, only filled further: they were made at the same places."""
    maps = [v for v in (*old, *new) if isinstance(v, MappingValue)]
    return (
        len(maps) == len(old) + len(new)
        and bool(old)
        and {m.place for m in maps[len(old) :]} <= {m.place for m in maps[: len(old)]}
    )


def labelled_if_bare(vals: Values, name: str) -> Values:
    return tuple(v if v.label else replace(v, label=name) for v in vals)


def elements(vals: Values) -> Values:
    """What a loop over these values sees, one at a time."""
    found: list[Values] = []
    for val in vals:
        if isinstance(val, ListValue):
            found.extend(val.items)
            if val.open:
                found.append(UNCLEAR)
        else:
            found.append((val,) if not isinstance(val, MappingValue) else UNCLEAR)
    return join(*found)


def _this_vals(frame: Frame, target: FuncVal) -> Values:
    return frame.this if not target.func.name or not target.func.owner else ()
