"""Assignments: to variables, members, and the places that the catalog knows."""

from __future__ import annotations

from pcmfa_lint.analysis.effects import unknown_calls
from pcmfa_lint.analysis.effects.sending import clients, uses
from pcmfa_lint.analysis.interpreter import expressions
from pcmfa_lint.analysis.interpreter.classes import declared_types, implicit_this, members, objects
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.alternatives import join, labelled, texts
from pcmfa_lint.analysis.values.building import as_map, concat
from pcmfa_lint.analysis.values.model import (
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
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Assign,
    Call,
    Expression,
    Member,
    Name,
    Seq,
)

# What is changed in what was read from there goes back there.
_WRITTEN_BACK = ("secret-store", "database", "plain-file", "exported")


def assign(run: RunState, stmt: Assign, frame: Frame) -> None:
    vals = run.eval(stmt.value, frame, used=not _is_dropped(run, stmt, frame))
    if stmt.type:
        vals = declared_types.or_declared(run, vals, stmt.type, frame.place(stmt), frame)
    for target in stmt.targets:
        if stmt.op != "=":
            before = run.eval(target, frame)
            place = frame.place(stmt)
            for holder in before if stmt.op == "<<" else ():
                if isinstance(holder, SourceValue):  # a file that is open
                    uses.kept_in(run, holder, "", vals, place)
            defined = tuple(v for v in before if not isinstance(v, UnknownValue))
            now = join(defined, vals) if stmt.op == "??=" else concat([before, vals], place)
            run.bind(target, now, frame)
        else:
            run.bind(target, vals, frame)


def _is_dropped(run: RunState, stmt: Assign, frame: Frame) -> bool:
    """Whether a result is only given a name that nobody reads."""
    if not isinstance(stmt.value, Call) or frame.func is None or stmt.op != "=":
        return False
    names = [target.id for target in stmt.targets if isinstance(target, Name) and target.scope != "outer"]
    if len(names) < len(stmt.targets):
        return False
    if all(name == "_" for name in names):
        return True
    mentions = run.program.outline.mentions(frame.func.func)
    return all(mentions[name] == 1 for name in names)


def bind(run: RunState, target: Expression, vals: Values, frame: Frame) -> None:
    match target:
        case Name(id=name, scope=scope):
            set_variable(run, name, labelled(vals, name), frame, scope, frame.place(target))
            if scope in ("global", "script"):
                uses.kept_in_memory(run, vals, frame.place(target))
        case Seq(items=items):
            for number, item in enumerate(items):
                run.bind(item, tuple(v for val in vals for v in _item_of_value(run, val, number, frame)), frame)
        case Member(base=base, key=key):
            _store(run, target, base, key, vals, frame)
        case Call(kind="cast", args=(arg, *_)):
            run.bind(arg.value, vals, frame)


def fill(run: RunState, target: Expression, vals: Values, frame: Frame) -> None:
    """What holds a mapping or a list holds it with more in it: a variable of a function around a block or lambda, or of
    the file, is still that one."""
    key = frame.index.key(target.id) if isinstance(target, Name) and target.scope in ("", "outer") else ""
    env = _holder(run, key, frame) if key else None
    of_file = run.globals.get(frame.unit.path)
    if key and env is None and of_file is not None and key in of_file.vars:
        env = of_file
    if env is not None and env is not frame.env and isinstance(target, Name):
        env.vars[key] = labelled(vals, target.id)
        if env is of_file:
            _leave(run, key, vals, frame)
    else:
        run.bind(target, vals, frame)


def _item_of_value(run: RunState, val: AbstractValue, number: int, frame: Frame) -> Values:
    """What unpacking gives at a position: of a list, a pair, or an object that is unpacked as it is constructed."""
    if isinstance(val, ObjectValue) and val.cls is not None:
        constructors = [v for v in members.class_attribute(run, val.cls, "__init__", frame) if isinstance(v, FuncVal)]
        names = [param.name for v in constructors[:1] for param in v.func.params]
        if number < len(names):
            return run.member_of(val, (StringValue(names[number]),), val.place, frame)
    return _item(val, number)


def set_variable(
    run: RunState, name: str, vals: Values, frame: Frame, scope: str = "", place: Place | None = None
) -> None:
    if frame.semantics.declarations and place is not None and scope != "local":
        env = _holder(run, name, frame)
        if env is not None:
            env.vars[name] = vals
            return
        if implicit_this.store(run, name, vals, place, frame) or objects.store_bare(run, name, vals, place, frame):
            return
    if scope == "outer":
        _set_outer(run, name, vals, place, frame)
        return
    env = run.globals.get(frame.unit.path, frame.env) if scope in ("global", "script") else frame.env
    env.vars[frame.index.key(name)] = vals
    if env is not frame.env:
        _leave(run, frame.index.key(name), vals, frame)
    if not scope and frame.semantics.module_files and env is run.globals.get(frame.unit.path):
        scope = "script" if frame.unit.path.lower().endswith(frame.semantics.module_files) else ""
    if scope in ("global", "script") and (holder := run.program.shared_scope(frame.unit, scope)):
        run.leave(holder, frame.index.key(name), vals, shared=True)


def _leave(run: RunState, name: str, vals: Values, frame: Frame) -> None:
    """What a function leaves in a variable of its file may be read by what ran before it."""
    if frame.context.activation.func is not None and (
        unknown_calls.labels(run, vals) or any(isinstance(v, ObjectValue) for v in vals)
    ):
        run.leave(frame.unit.path, name, vals)


def _set_outer(run: RunState, name: str, vals: Values, place: Place | None, frame: Frame) -> None:
    """A variable of the scope that declares it. What functions leave in a scope around them adds up: nobody knows
    which of them runs first."""
    env: Env | None = frame.env
    while env is not None and name not in env.vars:
        env = env.outer
    if env is None:
        env = run.globals.get(frame.unit.path, frame.env)
    env.vars[name] = vals if env is frame.env else join(vals, env.vars.get(name, ()))
    if env is not frame.env and place is not None:
        uses.kept_in_memory(run, vals, place)
    if env is run.globals.get(frame.unit.path):
        _leave(run, name, vals, frame)


def _holder(run: RunState, name: str, frame: Frame) -> Env | None:
    """The scope around a block or lambda that has this variable; a file's own is none."""
    env: Env | None = frame.env
    while env is not None and env is not run.globals.get(frame.unit.path):
        if name in env.vars:
            return env
        env = env.outer
    return None


def _store(run: RunState, target: Member, base: Expression, key: Expression, vals: Values, frame: Frame) -> None:
    """`base.key = vals`: into an object, a mapping that a variable holds, or a place the catalog knows."""
    spec = frame.index.read(walk.dotted(base))
    keys = run.eval(key, frame)
    names = texts(keys) or [""]
    if spec is not None and not expressions.is_shadowed(run, base, frame):
        uses.stored(run, spec.origin or "environment", names[0], vals, frame.place(target))
        return
    holders = run.eval(base, frame)
    now: list[AbstractValue] = []
    for holder in holders:
        holder = (as_map(holder) or holder) if isinstance(holder, StringValue) else holder
        if isinstance(holder, ObjectValue):
            for name in names:
                if implicit_this.put(run, holder, name, vals, frame.place(target), frame):
                    continue
                variable = frame.index.key(name)
                run.heap.store(holder, variable, labelled(vals, name), alone=len(holders) == 1)
            uses.kept_in_memory(run, vals, frame.place(target))
        elif isinstance(holder, ClassVal):
            for name in names:
                objects.keep(run, holder, name, labelled(vals, name), frame.place(target))
        elif isinstance(holder, MappingValue):
            for name in names:
                named = labelled(vals, name)
                holder = holder.with_entry(name, named) if name else holder.with_unnamed(keys, vals)
        elif isinstance(holder, ExternalSymbol) and frame.semantics.exports and not _is_free(run, base, frame):
            clients.set_member(run, holder, names[0], vals, frame)
        elif isinstance(holder, SourceValue) and holder.kind in _WRITTEN_BACK:
            uses.kept_in(run, holder, names[0], vals, frame.place(target))
        elif isinstance(holder, SourceValue) and holder.kind == "setting":
            run.unsaved.update(dict.fromkeys(vals))
        elif isinstance(holder, ListValue) and not names[0]:
            holder = replace(holder, items=(*holder.items, vals))
        elif isinstance(holder, (UnknownValue, ListValue, ExternalSymbol)) and names[0]:
            place = frame.place(target)
            holder = MappingValue(((names[0], labelled(vals, names[0])),), open=True, place=place, label=holder.label)
        now.append(holder)
    if any(isinstance(v, (MappingValue, ListValue)) for v in now):
        run.fill(base, tuple(now), frame)


def _is_free(run: RunState, base: Expression, frame: Frame) -> bool:
    """Whether a name is nobody's: neither declared nor imported."""
    return isinstance(base, Name) and run.lookup(base.id, frame) is None and not run.imported(base.id, frame)


def _item(val: AbstractValue, number: int) -> Values:
    if isinstance(val, ListValue):
        return val.items[number] if number < len(val.items) else UNCLEAR
    if isinstance(val, MappingValue) and len(val.entries) == 1 and number < 2:  # a pair
        key, vals = val.entries[0]
        return vals if number else (StringValue(key, place=val.place),)
    return (val,) if isinstance(val, (SourceValue, TokenValue, ResponseValue, UnknownValue)) else UNCLEAR
