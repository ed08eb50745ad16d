"""Members that are named without their object, because a function runs on it (`this` of an entry), and members that
are written as methods (`getX()`, `setX(…)`) or the other way round.

The object that a function runs on is a variable of its scope, named as the language calls a method's object; scopes
around it may have others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects import dispatch
from pcmfa_lint.analysis.effects.values import copies
from pcmfa_lint.analysis.interpreter.classes import library_classes, objects
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.building import concat
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ClassVal,
    Env,
    ExternalSymbol,
    MappingValue,
    ObjectValue,
    ResponseValue,
    StringValue,
    TokenValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import NOWHERE, Member, Name, Text

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

_FILLED = {"put", "add", "set", "append", "putall", "addall", "setall"}  # what a mapping is filled by


def around(frame: Frame) -> Iterator[Values]:
    """The objects that the functions around this place run on, the nearest first."""
    env: Env | None = frame.env
    while env is not None and frame.semantics.declarations:
        vals = env.vars.get(frame.semantics.receiver)
        if vals:
            yield vals
        env = env.outer


def member(run: RunState, name: str, place: Place, frame: Frame) -> Values | None:
    """The value of a bare name as a member of such an object; None if it is none."""
    for vals in around(frame):
        for val in vals:
            if isinstance(val, ObjectValue) and _is_member(run, val, name, frame):
                key = (StringValue(name, place=place),)
                read = accessor(run, val, key, place, frame) if val.cls is None else None
                return read or run.member_of(val, key, place, frame)
    return None


def _is_member(run: RunState, val: ObjectValue, name: str, frame: Frame) -> bool:
    """Whether a class has a member of this name; of a library's, where it was set, or is read by a method `getX`."""
    if val.cls is not None:
        return name in objects.members(run, val.cls)
    if not frame.semantics.accessors or not val.type:
        return False
    return name in val.attrs or frame.index.method(_accessor("get", name), val.type) is not None


def call(run: RunState, name: str, arguments: Arguments, frame: Frame) -> Values | None:
    """The result of a bare call as one of such an object's method; None if it is none."""
    scopes = list(around(frame))
    if run.lookup(name, frame) is not None:
        return None
    if (
        _runs_on(run, name, frame)
        or _inherited(run, name, frame)
        or (_copies(frame) and _is_copy(run, name, arguments))
    ):
        scopes.append(frame.this)
    this = Name(frame.semantics.receiver, NOWHERE)
    callee = Member(this, Text(name, NOWHERE, "bare"), NOWHERE)
    for vals in scopes:
        if all(isinstance(val, StringValue) for val in vals) and name == "append" and arguments.positional:
            run.bind(this, concat([vals, arguments.positional[0]], arguments.place), frame)
            return vals
        if vals is frame.this or any(_has(run, val, name, frame) for val in vals):
            inner = replace(arguments, receiver=vals)
            return join(*(run.method_of(val, name, callee, inner, frame) for val in vals))
    cls = objects.home(run, frame)[1] if frame.func is not None and frame.func.func.static else None
    own = library_classes.inherited(run, cls, name, arguments.place, frame) if cls is not None else None
    if own is not None:  # a method of the class itself, in another one
        return dispatch.apply(run, own[0], replace(arguments, receiver=(own[1],)), frame)
    return None


def _runs_on(run: RunState, name: str, frame: Frame) -> bool:
    """Whether a bare call runs a function on the object that the method around it belongs to: `apply { … }`."""
    index = frame.index
    runs_on_receiver = (
        frame.this
        and frame.semantics.bare_members
        and index.function(name) is None
        and run.program.function(frame.unit, name) is None
    )
    return bool(runs_on_receiver) and any(
        spec.is_ == "invoke" and "receiver" in spec.args.values() for spec in index.methods(name)
    )


def _inherited(run: RunState, name: str, frame: Frame) -> bool:
    """Whether a bare call is one of a method that the class around it has from a library's client."""
    this = next((val for val in frame.this if isinstance(val, ObjectValue) and val.cls is not None), None)
    if not frame.semantics.bare_members or this is None or this.cls is None or name in objects.members(run, this.cls):
        return False
    return library_classes.inherits(run, this.cls, name) and run.program.function(frame.unit, name) is None


def _copies(frame: Frame) -> bool:
    """Whether a bare call may be one of a method that each object has."""
    return frame.semantics.bare_members and any(isinstance(v, ObjectValue) and v.cls is not None for v in frame.this)


def _is_copy(run: RunState, name: str, arguments: Arguments) -> bool:
    return name in run.names.copies and bool(arguments.named)


def _has(run: RunState, val: AbstractValue, name: str, frame: Frame) -> bool:
    if isinstance(val, ObjectValue) and val.cls is not None:
        return name in objects.members(run, val.cls)
    if isinstance(val, MappingValue):
        return name.casefold() in _FILLED
    kind = val.type if isinstance(val, ObjectValue) else val.name if isinstance(val, ExternalSymbol) else ""
    has_member = bool(kind) and frame.index.method(name, kind) is not None
    return has_member and run.program.function(frame.unit, name) is None


def store(run: RunState, name: str, vals: Values, place: Place, frame: Frame) -> bool:
    """Assigns to a member of such an object that is named bare; False if it is none."""
    for scope in around(frame):
        for obj in scope:
            if isinstance(obj, ObjectValue) and (obj.cls is None or name in objects.members(run, obj.cls)):
                if not put(run, obj, name, vals, place, frame):
                    objects.keep(run, obj, name, vals, place)
                return True
    return False


def accessor(run: RunState, base: AbstractValue, keys: Values, place: Place, frame: Frame) -> Values | None:
    """The value of `base.x` where there is no `x`, but a method `getX`; None if there is none."""
    name = next(iter(texts(keys)), "")
    if not frame.semantics.accessors or not name.isidentifier():
        return None
    getter = _accessor("get", name)
    match base:
        case ObjectValue(cls=ClassVal() as cls) | (ClassVal() as cls):
            members = objects.members(run, cls)
            if getter in members and name not in members:
                return run.call_values(
                    run.member_of(base, (StringValue(getter),), place, frame), Arguments(place), frame, None
                )
        case ObjectValue(type=kind) | ExternalSymbol(name=kind):
            spec = frame.index.function(f"{kind}.{getter}") or frame.index.method(getter, kind)
            if spec is not None and not (isinstance(base, ObjectValue) and name in base.attrs):
                return dispatch.apply(run, spec, Arguments(place, receiver=(base,)), frame)
        case StringValue():
            spec = frame.index.method(getter, "text")
            if spec is not None and spec.is_ == "http":
                return dispatch.apply(run, spec, Arguments(place, receiver=(base,)), frame)
        case ResponseValue() | TokenValue():
            failure = run.records[base.record].failure
            if getter in (*failure.status, *failure.ok, *failure.failed, *failure.body):
                return run.member_of(base, (StringValue(getter),), place, frame)
    root = objects.root(run, base, getter, place, frame)
    return accessor(run, root, keys, place, frame) if root is not None else None


def written(run: RunState, base: AbstractValue, name: str, arguments: Arguments, frame: Frame) -> Values | None:
    """The result of `base.getX()` or `base.setX(…)` where a class has no such method, but a member `x`."""
    cls = base.cls if isinstance(base, ObjectValue) else base if isinstance(base, ClassVal) else None
    if cls is None or not frame.semantics.accessors or name[:3] not in ("get", "set") or not name[3:4].isupper():
        return None
    own = name[3].lower() + name[4:]
    if own not in objects.members(run, cls) or not isinstance(base, (ObjectValue, ClassVal)):
        return None
    if name[:3] == "get":
        return run.member_of(base, (StringValue(own),), arguments.place, frame)
    objects.keep(run, base, own, arguments.positional[0] if arguments.positional else (), arguments.place)
    return ()


def copied(run: RunState, base: AbstractValue, name: str, arguments: Arguments, frame: Frame) -> ObjectValue | None:
    """The copy that a method makes of its object but for the members that it names, or of which it has the name:
    `copy(x = 1)`, `withX(1)`. None if it is none of these."""
    if not isinstance(base, ObjectValue) or base.cls is None:
        return None
    if _is_copy(run, name, arguments):
        return copies.copied(run, base, arguments.named.items(), arguments.place)
    own = name[4:5].lower() + name[5:]
    named = frame.semantics.accessors and name[:4] == "with" and own in objects.members(run, base.cls)
    if named and len(arguments.positional) == 1:
        return copies.copied(run, base, [(own, arguments.positional[0])], arguments.place)
    return None


def put(run: RunState, obj: ObjectValue, name: str, vals: Values, place: Place, frame: Frame) -> bool:
    """`obj.x = vals` where there is a method `setX`; False if there is none."""
    if not frame.semantics.accessors or not name.isidentifier():
        return False
    setter = _accessor("set", name)
    if obj.cls is None:
        spec = frame.index.method(setter, obj.type) if obj.type else None
        if spec is not None:
            dispatch.apply(run, spec, Arguments(place, [vals], receiver=(obj,), order=[("", vals)]), frame)
        return spec is not None
    members = objects.members(run, obj.cls)
    if name in members or setter not in members:
        return False
    arguments = Arguments(place, [vals], order=[("", vals)])
    run.call_values(run.member_of(obj, (StringValue(setter),), place, frame), arguments, frame, None)
    return True


def _accessor(word: str, name: str) -> str:
    return f"{word}{name[:1].upper()}{name[1:]}"
