"""What an expression can be: names, members, mappings."""

from __future__ import annotations

from dataclasses import replace

from pcmfa_lint.analysis.effects import dispatch, given_up, uses
from pcmfa_lint.analysis.effects.call import read_trace
from pcmfa_lint.analysis.interpreter import implicit_this, objects, typed_settings
from pcmfa_lint.analysis.interpreter.declared_types import is_open
from pcmfa_lint.analysis.interpreter.imports import Modules
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.call_graph import file_context
from pcmfa_lint.analysis.state.frame import Frame
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
    UnknownValue,
    Values,
    as_map,
    concat,
    join,
    labelled,
    merge,
    texts,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import (
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    Lambda,
    Mapping,
    Member,
    Name,
    Seq,
    Stmt,
    Text,
    Unit,
    Unknown,
)
from pcmfa_lint.knowledge.catalog import CallSpec


class Expressions(Modules):
    """Evaluates values."""

    def eval(self, value: Expression, frame: Frame, used: bool = True) -> Values:
        """What the value can be. `used`: False where the result is thrown away."""
        self.budget.step()
        vals = self._eval(value, frame, used)
        if self._watch is not None:
            self._watch[id(value)] = vals
        return vals

    def _eval(self, value: Expression, frame: Frame, used: bool) -> Values:
        match value:
            case Text(value=text):
                return (StringValue(text, place=frame.place(value)),)
            case Name():
                return self.asked(self._name(value, frame), value, frame)
            case Member(key=Text(kind="bare")) if frame.index.uniform_access:
                return self.asked_of(value, frame)
            case Member():
                return self._member(value, frame)
            case Call():
                return self.call(value, frame, used)
            case Concatenation(parts=parts):
                return concat([self.eval(part, frame) for part in parts], frame.place(value))
            case Mapping():
                return self._mapping(value, frame)
            case Seq(items=items):
                return (ListValue(tuple(self.eval(item, frame) for item in items), place=frame.place(value)),)
            case Lambda(func=func):
                return (FuncVal(func, frame.unit, this=_this(frame), env=frame.env, place=frame.place(value)),)
            case Conditional(items=items, test=test):
                return self._choice(items, test, frame)
            case Block(body=body):
                return self._value_block(body, frame, used)
            case Compare(left=left, right=right):
                self.eval(left, frame)
                self.eval(right, frame)
            case BooleanOperation(items=items) | Unknown(parts=items):
                found = [self.eval(item, frame) for item in items]
                if isinstance(value, Unknown) and value.reason == "yield":
                    frame.returns += found
                    return join(*found) or UNCLEAR
                if isinstance(value, Unknown) and value.reason == "include":
                    return self.included(value, frame) or UNCLEAR
        return UNCLEAR

    def goes_on(self, frame: Frame) -> bool:
        """Whether an error that nobody waits for ends nothing here: anywhere, or only in the code of a page."""
        page = frame.index.page
        return not page or not self.program.outline.names(frame.unit).isdisjoint(page)

    def _choice(self, items: tuple[Expression, ...], test: Expression | None, frame: Frame) -> Values:
        if test is None:
            return self._default(items, frame)
        ways = [(ExpressionStatement(item, item.span),) for item in items]
        checks = self.judge_tests([(test, ways[0]), *((None, way) for way in ways[1:])], frame)
        given = self.given_truth(test, frame)
        taken = slice(None) if given is None else slice(0, 1) if given else slice(1, None)
        found: list[Values] = []
        for item, way in zip(items[taken], ways[taken], strict=True):
            failed = [number for number, check in checks.items() if check.taken is way]
            found.append(given_up.marked(self.eval(item, frame), failed))
        return join(*found)

    def _default(self, items: tuple[Expression, ...], frame: Frame) -> Values:
        """`a or b`, `a ?? b`: the first may be nothing because a request failed, and then the second runs."""
        found = [self.eval(items[0], frame)]
        way = (ExpressionStatement(items[1], items[1].span),) if len(items) == 2 else ()
        if way and any(isinstance(v, ResponseValue) and v.part in ("failed", "ok") for v in found[0]):
            nothing = Compare("is", items[0], Text("None", items[0].span, "constant"), items[0].span)
            self.note_checks([(nothing, way)], {id(items[0]): found[0]}, frame)
        return join(*found, *(self.eval(item, frame) for item in items[1:]))

    def _value_block(self, body: tuple[Stmt, ...], frame: Frame, used: bool) -> Values:
        saved, frame.outputs = frame.outputs, []
        valued, frame.valued = frame.valued, used
        self.block(body, frame)
        frame.valued = valued
        found, frame.outputs = join(*frame.outputs) if frame.outputs else (), saved
        return found or UNCLEAR

    def _mapping(self, value: Mapping, frame: Frame) -> Values:
        built = [MappingValue((), place=frame.place(value))]
        for spread in value.spreads:
            found = self.as_sources(self.eval(spread, frame), frame)
            built = [merge(left, val) for left in built for val in found][:4] or built
        for entry in value.entries:
            vals, keys = self.eval(entry.value, frame), self.eval(entry.key, frame)
            if len(value.entries) == 1 and not texts(keys) and entry.span == value.span:  # a pair with a status
                return (ListValue((keys, vals), place=frame.place(value)),)
            for key in texts(keys) or [""]:
                built = [m.with_entry(key, labelled(vals, key)) if key else replace(m, open=True) for m in built]
        return tuple(built)

    def _name(self, value: Name, frame: Frame) -> Values:
        key = frame.index.key(value.id)
        if key in ("this", "self") and frame.this and frame.index.ignore_case:
            return frame.this
        found = self.lookup(key, frame)
        if value.scope in ("global", "script") or (found is None and frame.index.modules):
            found = self._shared_variable(key, value.scope or "script", found, frame)
        if found is None and key == frame.index.receiver:
            cls = objects.home(self, frame)[1]  # a field's initialiser and a static method know their class only
            if frame.this or cls is not None:
                return frame.this or (cls,)  # type: ignore[return-value]
        if found is not None:
            return found
        if frame.index.this:
            return self._by_name(value, frame)
        if not frame.index.ignore_case or "." in value.id:
            return self.imported(value.id, frame) or (ExternalSymbol(value.id, place=frame.place(value)),)
        cls = self.program.cls(frame.unit, value.id)
        return (cls,) if cls is not None else (UnknownValue(value.id, place=frame.place(value), label=value.id),)

    def _shared_variable(self, key: str, scope: str, own: Values | None, frame: Frame) -> Values | None:
        """A variable of a scope that the files of a module share: what this file knows of it, and what others leave."""
        holder = self.program.shared_scope(frame.unit, scope)
        others = self.shared(holder, key) if holder else ()
        if not others:
            return own
        start = own is not None and all(isinstance(v, StringValue) and v.text in ("", "None") for v in own)
        return others if start or own is None else join(own, others)

    def _by_name(self, value: Name, frame: Frame) -> Values:
        """A name that no variable has: a member of the object or its class, a type, or something unknown."""
        place = frame.place(value)
        found = implicit_this.member(self, value.id, place, frame) or objects.bare(self, value.id, place, frame)
        if found is not None:
            return found
        cls = self.program.cls(frame.unit, value.id.rpartition(".")[2])
        if cls is not None:
            return (cls,)
        found = objects.by_import(self, value.id, place, frame)
        if found is not None:
            return found
        known = frame.index.function(value.id) is not None
        func = self.program.function(frame.unit, value.id if known else value.id.rpartition(".")[2])
        if func is not None and not func.func.owner:
            return (func,)
        last = value.id.rpartition(".")[2]  # behind the name of its module
        declares = self.program.variable(frame.unit, last)
        if declares is not None and (vals := self.ensure(declares).vars.get(last)):
            return vals
        if value.id[:1].islower() and not known:
            return (UnknownValue(value.id, place=place, label=value.id),)
        return self.imported(value.id, frame) or (ExternalSymbol(value.id, place=place),)

    def given_truth(self, test: Expression, frame: Frame) -> bool | None:
        """What a test of a parameter gives in this call: whether the caller gave it, and what. None if that is not
        known, or decided elsewhere: what the code itself sets may be set otherwise tomorrow."""
        if isinstance(test, BooleanOperation) and test.op == "not":
            inner = self.given_truth(test.items[0], frame)
            return None if inner is None else not inner
        if not isinstance(test, Name) or frame.caller is None or frame.func is None:
            return None
        vals = self.lookup(frame.index.key(test.id), frame) or ()
        own = any(param.name == test.id for param in frame.func.func.params)
        said = {val.text for val in vals if isinstance(val, StringValue)}
        absent = [val for val in vals if isinstance(val, UnknownValue) and val.absent]
        if len(absent) + sum(isinstance(val, StringValue) for val in vals) < len(vals) or not vals:
            return None
        if said <= {"False", "None", ""} and (absent or own):
            return False
        return True if own and not absent and said == {"True"} else None

    def lookup(self, key: str, frame: Frame) -> Values | None:
        """A variable: in this scope and those around it; where names are dynamic, in the callers' scopes too."""
        found = frame.env.get(key)
        if found is not None or not frame.index.ignore_case or not self.program.outline.may_be_set(key):
            return found
        with_step = [frame]
        here = frame.caller
        while found is None and here is not None:
            found = here.env.get(key)
            with_step.append(here)
            here = here.caller
        for one in with_step if found is None else with_step[:-1]:
            one.free.setdefault(key, found)
        return found

    def _member(self, value: Member, frame: Frame) -> Values:
        name = walk.dotted(value)
        spec = frame.index.read(walk.dotted(value.base)) if name or isinstance(value.base, (Name, Member)) else None
        keys = self.eval(value.key, frame)
        place = frame.place(value)
        if spec is not None and not self._shadowed(value.base, frame):
            return self._entry(spec, keys, place)
        bases = self.eval(value.base, frame)
        told = [implicit_this.accessor(self, base, keys, place, frame) for base in bases]
        found = [
            self.member_of(base, keys, place, frame) if v is None else v for base, v in zip(bases, told, strict=True)
        ]
        return join(*found) or UNCLEAR

    def as_sources(self, vals: Values, frame: Frame) -> Values:
        """The values; what is read from outside as a whole as the place that it comes from."""
        return tuple(self._as_source(val, frame) for val in vals)

    def _as_source(self, val: AbstractValue, frame: Frame) -> AbstractValue:
        if isinstance(val, CredentialValue):
            return next((replace(v, secret_kind="", key="") for v in val.secret if isinstance(v, Source)), val)
        spec = frame.index.read(val.name) if isinstance(val, ExternalSymbol) else None
        if spec is None or spec.is_ != "source":
            return val
        return Source(spec.origin, "", spec.secret_kind, place=val.place)

    def _entry(self, spec: CallSpec, keys: Values, place: Place) -> Values:
        """An entry of a place that the catalog knows: of the environment, of the settings."""
        name = (texts(keys) or [""])[0]
        trace = read_trace(spec, name, place)
        source = Source(spec.origin, name, spec.secret_kind, place=place, label=name, trace=trace)
        return self.program.address(name) or (source,)

    def _shadowed(self, base: Expression, frame: Frame) -> bool:
        root = base
        while isinstance(root, Member):
            root = root.base
        if not isinstance(root, Name):
            return False
        found = self.lookup(frame.index.key(root.id), frame)
        if found is None and not frame.index.ignore_case:
            found = self.imported(root.id, frame)
        return any(
            self._module_env(v.name, frame) is not None
            if isinstance(v, ExternalSymbol)
            else not isinstance(v, UnknownValue)
            for v in found or ()
        )

    def member_of(self, base: AbstractValue, keys: Values, place: Place, frame: Frame) -> Values:
        names = texts(keys)
        name = names[0] if names else ""
        match base:
            case MappingValue():
                if not name:
                    return join(*(vals for _, vals in base.entries)) or UNCLEAR
                found = base.held(name, place)
                return (
                    found
                    if found is not None
                    else ((UnknownValue(name, absent=not base.open, place=place, label=name),))
                )
            case ListValue(items=items):
                number = frame.index.elements.get(name) if len(items) > 1 else None
                if name.lstrip("-").isdigit() and abs(int(name)) < len(items):
                    number = int(name)
                if number is not None and number < len(items):
                    return items[number]
                return join(*(self.member_of(v, keys, place, frame) for item in items for v in item)) or UNCLEAR
            case ObjectValue():
                return self._attribute(base, name, place, frame)
            case ClassVal() if not name:
                return (base,)  # `Foo[Bar]`
            case ClassVal():
                found = self._class_attribute(base, name, frame)
                if any(isinstance(v, FuncVal) and v.func.static and dispatch.is_property(v) for v in found) or (
                    frame.index.this and any(isinstance(v, FuncVal) and dispatch.is_property(v) for v in found)
                ):
                    return self.call_values(found, Arguments(place), frame, None)
                return found
            case ExternalSymbol(name=module) if (
                (spec := frame.index.read(module)) is not None and spec.is_ == "source" and names
            ):
                return self._entry(spec, keys, place)
            case ExternalSymbol(name=module):
                full = f"{module}.{name}" if name else module
                known = frame.unit.imports or module in self.program.units
                found = self.attribute_of_module(module, name, frame) if name and known else ()
                own = tuple(v for v in found if not isinstance(v, ExternalSymbol) or v.name in self.program.units)
                if name in frame.index.exports and found:
                    return found
                root = None if own else objects.root(self, base, name, place, frame)
                if root is not None:
                    return self.member_of(root, keys, place, frame)
                return own or (ExternalSymbol(full, place=place, owner=base.owner),)
            case Token() | ResponseValue() | CredentialValue() | Source():
                return uses.member(self, base, name, place, frame)
            case UnknownValue(name=holder):
                root = objects.root(self, base, name, place, frame)
                if root is not None:
                    return self.member_of(root, keys, place, frame)
                return (UnknownValue(name or holder, place=place, label=name),)
            case StringValue():
                fields = as_map(base)
                found = fields.get(name) if fields is not None else None
                return found or ((base,) if name.casefold() in ("value", "name", "_value_") else UNCLEAR)
            case _:
                return UNCLEAR

    def _attribute(self, obj: ObjectValue, name: str, place: Place, frame: Frame) -> Values:
        key = frame.index.key(name)
        found = obj.attrs.get(key)
        if found is not None and (obj.cls is None or not all(map(is_open, found))):
            if obj.cls is None or key in obj.attrs:
                return found
            first = self._class_attribute(obj.cls, name, frame)  # what it holds until another root stores something
            return join(found, tuple(v for v in first if not isinstance(v, (FuncVal, UnknownValue))))
        if obj.cls is not None:
            inherited = self._class_attribute(obj.cls, name, frame)
            bound = tuple(replace(v, this=obj) if isinstance(v, FuncVal) else v for v in inherited)
            if found is not None:  # a method of this name is not meant
                bound = tuple(v for v in bound if not isinstance(v, FuncVal) or dispatch.is_property(v))
            if bound and not all(isinstance(v, UnknownValue) for v in bound):
                if any(isinstance(v, FuncVal) and dispatch.is_property(v) for v in bound):
                    return self.call_values(bound, Arguments(place), frame, None)
                return bound
        if obj.cls is not None and (setting := typed_settings.read(self, obj, name, place, frame)):
            return setting
        if obj.cls is not None:
            told = objects.members(self, obj.cls).get(name)
            home = replace(frame, unit=obj.cls.unit, env=self.ensure(obj.cls.unit)) if told else frame
            vals = objects.of_type(self, told, place, home) if told else ()
            if vals or found is not None or (told is not None and frame.index.this):
                return vals or found or ()
        kind = obj.type if obj.cls is None else ""
        same = frame.index.method(name, kind) if kind and (frame.index.this or frame.index.ignore_case) else None
        if same is not None and same.is_ == "transform" and same.args.get("value") == "receiver":
            return (obj,)  # a property that is the object itself in another shape
        if same is not None and same.is_ == "invoke":  # a property that is only made when it is asked for
            return dispatch.apply(self, same, Arguments(place, receiver=(obj,)), frame, True)
        if kind:
            return (ExternalSymbol(f"{kind}.{name}", place=place, owner=obj),)
        return (UnknownValue(name, place=place, label=name),)

    def _class_attribute(self, cls: ClassVal, name: str, frame: Frame, depth: int = 6, called: bool = False) -> Values:
        key = frame.index.key(name)
        methods = tuple(
            FuncVal(stmt.what, part.unit, env=self.ensure(part.unit), place=Place(part.unit.path, stmt.what.span))
            for part in objects.parts(cls)
            for stmt in part.cls.body
            if isinstance(stmt, Define) and isinstance(stmt.what, Func) and frame.index.key(stmt.what.name) == key
        )
        own = self.fields(cls).get(key) if not called else None  # a field may have a method's name
        if methods and not own:
            return methods if frame.index.this else methods[:1]
        if own is not None:
            return own
        bases = [(base, part.unit) for part in objects.parts(cls) for base in part.cls.bases]
        for base, unit in bases if depth else ():
            parent = self.base(base, unit)
            if parent is not None:
                found = self._class_attribute(parent, name, frame, depth - 1, called)
                if not all(isinstance(v, UnknownValue) for v in found):
                    return found
        return (UnknownValue(name, label=name),)

    def base(self, base: Expression, unit: Unit) -> ClassVal | None:
        """The class of the repository that a base names."""
        frame = Frame(unit, self.program.index(unit.language), self.ensure(unit), file_context(unit))
        return next((v for v in self.eval(base, frame) if isinstance(v, ClassVal)), None)

    def fields(self, cls: ClassVal) -> dict[str, Values]:
        """The values that a class gives its fields; where members may be named bare, also what is stored later."""
        index = self.program.index(cls.unit.language)
        if cls in self._field_values:  # also while they are set up: an initialiser may name its own class
            return self._field_values[cls]
        env = Env()
        self._field_values[cls] = env.vars
        self._callers.append(None)  # made once for all
        for part in objects.parts(cls):
            env.outer = self.ensure(part.unit)
            frame = Frame(part.unit, index, env, file_context(part.unit))
            for stmt in part.cls.body:
                if isinstance(stmt, Assign) and not _only_declares(stmt.value):
                    if index.receiver:
                        frame.func = FuncVal(Func("", (), (), stmt.span, part.cls.name), part.unit)
                    self.assign(stmt, frame)
        self._callers.pop()
        for name, vals in self.known_left(objects.static_name(cls)).items():
            env.vars[name] = join(env.vars.get(name, ()), vals)
        typed_settings.hand_on(self, cls, frame)
        return env.vars


def _only_declares(value: Expression) -> bool:
    """A field without a value, or with none yet."""
    if isinstance(value, Text):
        return value.kind == "constant" and value.value == "None"
    return isinstance(value, Unknown) and value.reason == "declared"


def _this(frame: Frame) -> ObjectValue | None:
    return next((v for v in frame.this if isinstance(v, ObjectValue)), None)
