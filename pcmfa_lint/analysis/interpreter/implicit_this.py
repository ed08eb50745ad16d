"""Members that are named without their object, because a function runs on it (`this` of an entry), and members that
are written as methods (`getX()`, `setX(…)`) or the other way round.

The object that a function runs on is a variable of its scope, named as the language calls a method's object; scopes
around it may have others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects import dispatch
from pcmfa_lint.analysis.interpreter import objects
from pcmfa_lint.analysis.matching.arguments import Given
from pcmfa_lint.analysis.values import ClassVal, Env, Ext, Map, Obj, Resp, Str, Token, Val, Vals, concat, texts, union
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import NOWHERE, Member, Name, Text

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import Machine

_FILLED = {"put", "add", "set", "append", "putall", "addall"}  # what a mapping is filled by


def around(frame: Frame) -> Iterator[Vals]:
    """The objects that the functions around this place run on, the nearest first."""
    env: Env | None = frame.env
    while env is not None and frame.index.this:
        vals = env.vars.get(frame.index.this)
        if vals:
            yield vals
        env = env.outer


def member(run: Machine, name: str, place: Place, frame: Frame) -> Vals | None:
    """What a bare name means as a member of such an object; None if it is none."""
    for vals in around(frame):
        for val in vals:
            if isinstance(val, Obj) and val.cls is not None and name in objects.members(run, val.cls):
                return run.member_of(val, (Str(name, place=place),), place, frame)
    return None


def call(run: Machine, name: str, given: Given, frame: Frame, used: bool) -> Vals | None:
    """What a bare call means as one of such an object's method; None if it is none."""
    scopes = list(around(frame))
    if run.lookup(name, frame) is not None:
        return None
    scopes += [frame.this] if _runs_on(run, name, frame) else []
    this = Name(frame.index.this, NOWHERE)
    callee = Member(this, Text(name, NOWHERE, "bare"), NOWHERE)
    for vals in scopes:
        if all(isinstance(val, Str) for val in vals) and name == "append" and given.positional:
            run.bind(this, concat([vals, given.positional[0]], given.place), frame)
            return vals
        if vals is frame.this or any(_has(run, val, name, frame) for val in vals):
            inner = replace(given, receiver=vals)
            return union(*(run.method_of(val, name, callee, inner, frame, used) for val in vals))
    return None


def _runs_on(run: Machine, name: str, frame: Frame) -> bool:
    """Whether a bare call runs a function on the object that the method around it belongs to: `apply { … }`."""
    index = frame.index
    known = (
        frame.this and index.bare and index.function(name) is None and run.program.function(frame.unit, name) is None
    )
    return bool(known) and any(spec.is_ == "run" and "receiver" in spec.args.values() for spec in index.methods(name))


def _has(run: Machine, val: Val, name: str, frame: Frame) -> bool:
    if isinstance(val, Obj) and val.cls is not None:
        return name in objects.members(run, val.cls)
    if isinstance(val, Map):
        return name.casefold() in _FILLED
    kind = val.type if isinstance(val, Obj) else val.name if isinstance(val, Ext) else ""
    known = bool(kind) and frame.index.method(name, kind) is not None
    return known and run.program.function(frame.unit, name) is None


def store(run: Machine, name: str, vals: Vals, place: Place, frame: Frame) -> bool:
    """Assigns to a member of such an object that is named bare; False if it is none."""
    for scope in around(frame):
        for obj in scope:
            if isinstance(obj, Obj) and (obj.cls is None or name in objects.members(run, obj.cls)):
                if not put(run, obj, name, vals, place, frame):
                    objects.keep(run, obj, name, vals, place)
                return True
    return False


def accessor(run: Machine, base: Val, keys: Vals, place: Place, frame: Frame) -> Vals | None:
    """What `base.x` is where there is no `x`, but a method `getX`; None if there is none."""
    name = next(iter(texts(keys)), "")
    if not frame.index.accessors or not name.isidentifier():
        return None
    getter = _accessor("get", name)
    match base:
        case Obj(cls=ClassVal() as cls) | (ClassVal() as cls):
            known = objects.members(run, cls)
            if getter in known and name not in known:
                return run.call_values(run.member_of(base, (Str(getter),), place, frame), Given(place), frame, None)
        case Obj(type=kind) | Ext(name=kind):
            spec = frame.index.function(f"{kind}.{getter}") or frame.index.method(getter, kind)
            if spec is not None and not (isinstance(base, Obj) and name in base.attrs):
                return dispatch.apply(run, spec, Given(place, receiver=(base,)), frame, True)
        case Resp() | Token():
            failure = run.records[base.record].failure
            if getter in (*failure.status, *failure.ok, *failure.failed, *failure.body):
                return run.member_of(base, (Str(getter),), place, frame)
    return None


def written(run: Machine, base: Val, name: str, given: Given, frame: Frame) -> Vals | None:
    """What `base.getX()` or `base.setX(…)` means where a class has no such method, but a member `x`."""
    cls = base.cls if isinstance(base, Obj) else base if isinstance(base, ClassVal) else None
    if cls is None or not frame.index.accessors or name[:3] not in ("get", "set") or not name[3:4].isupper():
        return None
    own = name[3].lower() + name[4:]
    if own not in objects.members(run, cls) or not isinstance(base, (Obj, ClassVal)):
        return None
    if name[:3] == "get":
        return run.member_of(base, (Str(own),), given.place, frame)
    objects.keep(run, base, own, given.positional[0] if given.positional else (), given.place)
    return ()


def put(run: Machine, obj: Obj, name: str, vals: Vals, place: Place, frame: Frame) -> bool:
    """`obj.x = vals` where there is a method `setX`; False if there is none."""
    if not frame.index.accessors or not name.isidentifier():
        return False
    setter = _accessor("set", name)
    if obj.cls is None:
        spec = frame.index.method(setter, obj.type) if obj.type else None
        if spec is not None:
            dispatch.apply(run, spec, Given(place, [vals], receiver=(obj,), order=[("", vals)]), frame, False)
        return spec is not None
    known = objects.members(run, obj.cls)
    if name in known or setter not in known:
        return False
    given = Given(place, [vals], order=[("", vals)])
    run.call_values(run.member_of(obj, (Str(setter),), place, frame), given, frame, None)
    return True


def _accessor(word: str, name: str) -> str:
    return f"{word}{name[:1].upper()}{name[1:]}"
