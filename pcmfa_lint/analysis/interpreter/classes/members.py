"""Members: of objects, classes, modules, mappings, answers."""

from __future__ import annotations

from pcmfa_lint.analysis.effects import dispatch
from pcmfa_lint.analysis.effects.call import read_trace
from pcmfa_lint.analysis.effects.sending import uses
from pcmfa_lint.analysis.interpreter import imports
from pcmfa_lint.analysis.interpreter.classes import library_classes, objects, typed_settings
from pcmfa_lint.analysis.interpreter.classes.declared_types import is_open
from pcmfa_lint.analysis.interpreter.functions.decorated import by_own
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.call_graph import file_context
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.building import as_map, form
from pcmfa_lint.analysis.values.contents import held_by
from pcmfa_lint.analysis.values.model import (
    CUT,
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
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.exhaustive import assert_never
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Assign,
    Class,
    Define,
    Expression,
    Func,
    Text,
    Unit,
    Unknown,
)
from pcmfa_lint.knowledge.catalog import CallSpec
from pcmfa_lint.limits import BASES


def as_sources(run: RunState, vals: Values, frame: Frame) -> Values:
    """The values; what is read from outside as a whole as the place that it comes from."""
    return tuple(_as_source(run, val, frame) for val in vals)


def _as_source(run: RunState, val: AbstractValue, frame: Frame) -> AbstractValue:
    if isinstance(val, CredentialValue):
        return next((replace(v, key="") for v in val.secret if isinstance(v, SourceValue)), val)
    spec = frame.index.read(val.name) if isinstance(val, ExternalSymbol) else None
    if spec is None or spec.is_ != "source":
        return val
    return SourceValue(spec.origin or "unknown", "", place=val.place)


def entry(run: RunState, spec: CallSpec, keys: Values, place: Place, frame: Frame) -> Values:
    """An entry of a place that the catalog knows: of the environment, of the settings."""
    name = (texts(keys) or [""])[0]
    trace = read_trace(spec, name, place)
    source = SourceValue(spec.origin or "unknown", name, place=place, label=name, trace=trace)
    return _in_module(run, spec, name, frame) or run.program.addresses.named(name) or (source,)


def _in_module(run: RunState, spec: CallSpec, name: str, frame: Frame) -> Values:
    """A setting that a module of the repository sets, where a framework hands out its names as settings."""
    module = spec.result.get("module")
    vals = imports.attribute_of_module(run, module, name, frame) if module else ()
    return tuple(val for val in vals if not isinstance(val, ExternalSymbol))


def member_of(run: RunState, base: AbstractValue, keys: Values, place: Place, frame: Frame) -> Values:
    names = texts(keys)
    name = names[0] if names else ""
    match base:
        case MappingValue():
            return _entry_of_mapping(base, name, place, frame)
        case ListValue():
            return _item_of_list(run, base, keys, name, place, frame)
        case ObjectValue():
            return _attribute(run, base, name, place, frame)
        case ClassVal() if not name:
            return (base,)  # `Foo[Bar]`
        case ClassVal():
            return _static_member(run, base, name, place, frame)
        case ExternalSymbol(name=module) if (
            (spec := frame.index.read(module)) is not None and spec.is_ == "source" and names
        ):
            return entry(run, spec, keys, place, frame)
        case ExternalSymbol():
            return _member_of_symbol(run, base, keys, name, place, frame)
        case SourceValue(of=ClassVal() as cls) if name:
            return _entry_of_settings(run, base, cls, name, place, frame)
        case TokenValue() | ResponseValue() | CredentialValue() | SourceValue():
            return uses.member(run, base, name, place, frame)
        case UnknownValue(name=holder):
            root = objects.root(run, base, name, place, frame)
            if root is not None:
                return run.member_of(root, keys, place, frame)
            return (UnknownValue(name or holder, place=place, label=name),)
        case StringValue():
            fields = as_map(base)
            values = fields.get(name) if fields is not None else None
            return values or ((base,) if name.casefold() in ("value", "name", "_value_") else UNCLEAR)
        case FuncVal():
            return UNCLEAR
        case _:
            return assert_never(base)


def _item_of_list(run: RunState, base: ListValue, keys: Values, name: str, place: Place, frame: Frame) -> Values:
    """An item by its position or its name, or the member of each item."""
    items = base.items
    number = frame.semantics.elements.get(name) if len(items) > 1 else None
    if name.lstrip("-").isdigit() and abs(int(name)) < len(items):
        number = int(name)
    if number is not None and number < len(items):
        return items[number]
    return join(*(run.member_of(v, keys, place, frame) for item in items for v in item)) or UNCLEAR


def _static_member(run: RunState, cls: ClassVal, name: str, place: Place, frame: Frame) -> Values:
    """A member of a class itself; of a property, what its function gives back."""
    values = class_attribute(run, cls, name, frame)
    of_class = [v for v in values if isinstance(v, FuncVal) and (v.func.static or frame.semantics.declarations)]
    if any(walk.is_property(v.func) for v in of_class):
        return run.call_values(values, Arguments(place), frame, None)
    if name and all(isinstance(v, UnknownValue) for v in values):
        return library_classes.inherited_member(run, cls, name, place) or values
    return values


def _member_of_symbol(
    run: RunState, base: ExternalSymbol, keys: Values, name: str, place: Place, frame: Frame
) -> Values:
    """A member of a module, of a library's client, or of what nobody knows."""
    full = f"{base.name}.{name}" if name else base.name
    is_module = frame.unit.imports or base.name in run.program.units
    values = imports.attribute_of_module(run, base.name, name, frame) if name and is_module else ()
    own = tuple(v for v in values if not isinstance(v, ExternalSymbol) or v.name in run.program.units)
    if name in frame.semantics.exports and values:
        return values
    root = None if own else objects.root(run, base, name, place, frame)
    if root is not None:
        return run.member_of(root, keys, place, frame)
    return own or (ExternalSymbol(full, place=place, owner=base.owner),)


def own_class(base: AbstractValue, name: str, frame: Frame) -> ClassVal | None:
    """The class that an object was made of, where its member of this name is just that."""
    return base.cls if isinstance(base, ObjectValue) and name and name == frame.semantics.own_class else None


def _attribute(run: RunState, obj: ObjectValue, name: str, place: Place, frame: Frame) -> Values:
    if (cls := own_class(obj, name, frame)) is not None:
        return (cls,)
    key = frame.index.key(name)
    values = obj.attrs.get(key)
    if values is not None and (obj.cls is None or not all(map(is_open, values))):
        if obj.cls is None or key in obj.attrs:
            return _setting_if_empty(run, obj, name, values, place, frame)
        first = class_attribute(run, obj.cls, name, frame)  # what it holds until another root stores something
        return join(values, tuple(v for v in first if not isinstance(v, (FuncVal, UnknownValue))))
    if obj.cls is not None:
        inherited = class_attribute(run, obj.cls, name, frame)
        bound = tuple(
            each for v in inherited for each in (by_own(run, replace(v, this=obj)) if isinstance(v, FuncVal) else (v,))
        )
        if values is not None:  # a method of this name is not meant
            bound = tuple(v for v in bound if not isinstance(v, FuncVal) or walk.is_property(v.func))
        if bound and not all(isinstance(v, UnknownValue) for v in bound):
            if any(isinstance(v, FuncVal) and walk.is_property(v.func) for v in bound):
                return run.call_values(bound, Arguments(place), frame, None)
            return _setting_if_empty(run, obj, name, bound, place, frame)
    if obj.cls is not None and (setting := typed_settings.read(run, obj, name, place, frame)):
        return setting
    if obj.cls is not None:
        declared = objects.members(run, obj.cls).get(name)
        home = replace(frame, unit=obj.cls.unit, env=run.ensure(obj.cls.unit)) if declared else frame
        vals = objects.of_type(run, declared, place, home) if declared else ()
        if vals or values is not None or (declared is not None and frame.semantics.declarations):
            return vals or values or ()
    kind = obj.type if obj.cls is None else library_classes.library_base(run, obj.cls)
    same = frame.index.method(name, kind) if kind and frame.semantics.types_by_name else None
    if same is not None and same.is_ == "transform" and same.args.get("value") == "receiver":
        return (obj,)  # a property that is the object itself in another shape
    if same is not None and same.is_ == "invoke":  # a property that is only made when it is asked for
        return dispatch.apply(run, same, Arguments(place, receiver=(obj,)), frame)
    if kind:
        return (ExternalSymbol(f"{kind}.{name}", place=place, owner=obj),)
    return (UnknownValue(name, place=place, label=name),)


def _setting_if_empty(run: RunState, obj: ObjectValue, name: str, vals: Values, place: Place, frame: Frame) -> Values:
    """The value of a field, which is a setting's if a class of settings gives it no more than an empty text."""
    if not vals or not all(isinstance(val, StringValue) and not val.text for val in vals):
        return vals
    return typed_settings.read(run, obj, name, place, frame) or vals


def _entry_of_settings(
    run: RunState, source: SourceValue, cls: ClassVal, name: str, place: Place, frame: Frame
) -> Values:
    """An entry of settings that a class holds: as they give it or, where they need not, as the class does."""
    vals = uses.member(run, source, name, place, frame)
    if name not in objects.members(run, cls):
        return tuple(replace(v, of=cls) if isinstance(v, SourceValue) else v for v in vals)
    inner = typed_settings.inner_class(run, cls, name)
    if inner is not None:
        return held_by(vals, (inner,))
    if not any(isinstance(val, SourceValue) for val in vals):
        return vals
    given = (*class_attribute(run, cls, name, frame), *_default_of_parameter(run, cls, name, frame))
    first = tuple(val for val in given if isinstance(val, StringValue) and val.text)
    return first if first and all(map(_is_address, first)) else join(vals, first)


def _default_of_parameter(run: RunState, cls: ClassVal, name: str, frame: Frame) -> Values:
    """The value that a field has where the parameter of the constructor that fills it is left out."""
    constructors = (val for val in class_attribute(run, cls, "__init__", frame) if isinstance(val, FuncVal))
    defaults = ((param.default, one.unit) for one in constructors for param in one.func.params if param.name == name)
    return join(*(run.eval(value, replace(frame, unit=unit)) for value, unit in defaults if value is not None))


def class_attribute(
    run: RunState,
    cls: ClassVal,
    name: str,
    frame: Frame,
    depth: int = BASES,
    called: bool = False,
    visited: set[ClassVal] | None = None,
) -> Values:
    """The value that a class or one of its bases gives a name; `visited`: those that do not, which are asked once
    each."""
    visited = set() if visited is None else visited
    visited.add(cls)
    key = frame.index.key(name)
    methods = tuple(
        FuncVal(stmt.what, part.unit, env=run.ensure(part.unit), place=Place(part.unit.path, stmt.what.span))
        for part in objects.parts(cls)
        for stmt in part.cls.body
        if isinstance(stmt, Define) and isinstance(stmt.what, Func) and frame.index.key(stmt.what.name) == key
    )
    own = run.fields(cls).get(key) if not called else None  # a field may have a method's name
    if methods and not own:
        return methods if frame.semantics.declarations else methods[:1]
    if own is not None:
        return own
    if inner := _inner_class(cls, key, frame):
        return inner
    bases = [(base, part.unit) for part in objects.parts(cls) for base in part.cls.bases]
    for base, unit in bases if depth else ():
        parent = run.base(base, unit)
        if parent is not None and parent not in visited:
            vals = class_attribute(run, parent, name, frame, depth - 1, called, visited)
            if not all(isinstance(v, UnknownValue) for v in vals):
                return vals
    return (UnknownValue(name, label=name),)


def _inner_class(cls: ClassVal, key: str, frame: Frame) -> Values:
    """The class of this name that is written within a class."""
    return tuple(
        ClassVal(stmt.what, part.unit, place=Place(part.unit.path, stmt.what.span))
        for part in objects.parts(cls)
        for stmt in part.cls.body
        if isinstance(stmt, Define) and isinstance(stmt.what, Class) and frame.index.key(stmt.what.name) == key
    )


def base(run: RunState, base: Expression, unit: Unit) -> ClassVal | None:
    """The class of the repository that a base names."""
    return next((v for v in run.named_base(base, unit) if isinstance(v, ClassVal)), None)


def named_base(run: RunState, base: Expression, unit: Unit) -> Values:
    """The class that a base names, where its class is written."""
    frame = Frame(unit, run.program.index(unit.language), run.ensure(unit), file_context(unit))
    return run.eval(base, frame)


def fields(run: RunState, cls: ClassVal) -> dict[str, Values]:
    """The values that a class gives its fields; where members may be named bare, also what is stored later."""
    index = run.program.index(cls.unit.language)
    if cls in run.field_values:  # also while they are set up: an initialiser may name its own class
        return run.field_values[cls]
    env = Env()
    run.field_values[cls] = env.vars
    run.callers.append(None)  # made once for all
    for part in objects.parts(cls):
        env.outer = run.ensure(part.unit)
        frame = Frame(part.unit, index, env, file_context(part.unit))
        for stmt in part.cls.body:
            if isinstance(stmt, Assign) and not _only_declares(stmt.value):
                if index.semantics.receiver:
                    frame.func = FuncVal(Func("", (), (), stmt.span, part.cls.name), part.unit)
                run.assign(stmt, frame)
    run.callers.pop()
    for name, vals in run.known_left(objects.static_name(cls)).items():
        env.vars[name] = join(env.vars.get(name, ()), vals)
    typed_settings.hand_on(run, cls, frame)
    return env.vars


def _entry_of_mapping(base: MappingValue, name: str, place: Place, frame: Frame) -> Values:
    """An entry by its key; without a key, any of them, unless these are too many addresses."""
    if not name:
        vals = join(*(vals for _, vals in base.entries))
        return UNCLEAR if CUT in vals and all(map(_is_address, vals)) else vals or UNCLEAR
    values = base.entry(name, place)
    if values is None and form((base,)) is not None and _is_same(frame.index.method(name, "*")):
        return (base,)
    return values if values is not None else (UnknownValue(name, absent=not base.open, place=place, label=name),)


def _is_address(val: AbstractValue) -> bool:
    """Whether a value is an address, or stands for more than can be held."""
    return val == CUT or (isinstance(val, StringValue) and "://" in val.text)


def _only_declares(value: Expression) -> bool:
    """A field without a value, or with none yet."""
    if isinstance(value, Text):
        return value.kind == "constant" and value.value == "None"
    return isinstance(value, Unknown) and value.reason == "declared"


def _is_same(spec: CallSpec | None) -> bool:
    """Whether a member gives what it is asked of in another shape."""
    return spec is not None and spec.is_ == "transform"
