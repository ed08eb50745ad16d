"""Classes whose fields are settings: marked by a base or an annotation, bound to a section by a call, or what is read
from a file.

What such a field holds comes from outside, unless it has a value of its own; so do the fields of the classes that are
the types of its fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.values import wire_names
from pcmfa_lint.analysis.interpreter.classes import objects
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    FuncVal,
    ObjectValue,
    SourceValue,
    Trace,
    Values,
)
from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Assign, Call, Class, Define, Expression, Mapping, Name, Text
from pcmfa_lint.limits import SETTINGS_BASES

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState
    from pcmfa_lint.knowledge.catalog import CallSpec


_READ = ("plain-file", "setting")  # what is read as a whole


def bind(run: RunState, types: Values, spec: CallSpec, section: str) -> None:
    """A call says that a class holds the settings of a section."""
    for val in types:
        if isinstance(val, ClassVal):
            run.settings.bound.setdefault(val, (_source(spec), section))


def read_whole(vals: Values) -> SourceValue | None:
    """The source among the values that is read as a whole: the content of a file, a section of the settings."""
    return next((val for val in vals if isinstance(val, SourceValue) and val.kind in _READ), None)


def bind_read(run: RunState, cls: ClassVal | None, source: SourceValue) -> None:
    """Makes an object of a class of what is read as a whole: all of its objects hold that."""
    if cls is None or cls in run.settings.bound:
        return
    run.settings.bound[cls] = run.settings.read[cls] = (replace(source, key=""), "")
    if cls in run.settings.missed:
        run.heap.note_moved()


def _source(spec: CallSpec) -> SourceValue:
    return SourceValue(spec.origin or "setting")


def hand_on(run: RunState, cls: ClassVal, frame: Frame) -> None:
    """The classes that are types of its fields hold settings, too."""
    declared = run.settings.bound.get(cls) or _marked(run, cls, frame)
    for name, kind in objects.members(run, cls).items() if declared is not None else ():
        inner = run.program.cls(cls.unit, kind.rpartition(".")[2]) if kind else None
        if declared is not None and inner is not None and inner != cls:
            bound = run.settings.bound if cls in run.settings.bound else run.settings.marked
            if bound.get(inner) is None:
                bound[inner] = (declared[0], _joined(declared[1], wire_names.of_class(run, cls).get(name, name)))


def read(run: RunState, obj: ObjectValue, name: str, place: Place, frame: Frame) -> Values:
    """The value of a field of an object that is a setting; empty if it is none."""
    if obj.cls is None or not name:
        return ()
    declared = run.settings.bound.get(obj.cls)
    marked = declared is None
    declared = declared or _marked(run, obj.cls, frame)
    if declared is None:
        run.settings.missed.add(obj.cls)
        return ()
    source, section = declared
    written = wire_names.of_class(run, obj.cls).get(name, name)
    cls = inner_class(run, obj.cls, name)
    if cls is not None:
        (run.settings.marked if marked else run.settings.bound)[cls] = (declared[0], _joined(declared[1], written))
        return ()
    stmt, path = next(_declared(obj.cls, name), (None, ""))
    at = Place(path, stmt.span) if marked and stmt is not None else place
    full = _joined(section, written)
    step = Trace(Step(at, "setting", (("setting", full),)))
    file = source.name if source.kind == "plain-file" else ""
    entry = replace(source.entry(full, at), label=full, trace=step, key=full if file else "")
    return run.program.addresses.named(full, file) or (entry,)


def declared(
    run: RunState, base: AbstractValue, methods: Values, name: str, arguments: Arguments, frame: Frame
) -> Values:
    """What a method gives that an interface of settings only declares; empty if it is none."""
    if arguments.order or not isinstance(base, ObjectValue):
        return ()
    is_declared = all(isinstance(val, FuncVal) and not val.func.body for val in methods)
    return read(run, base, name, arguments.place, frame) if is_declared else ()


def in_section(run: RunState, vals: Values, written: str, frame: Frame) -> Values:
    """Settings that a container hands out for a class: `IOptions<Foo>` are those of the section that `Foo` is bound
    to."""
    name = written.partition("<")[2] or written
    return _of_class(run, vals, run.program.cls(frame.unit, name.strip("<>? ").rpartition(".")[2]))


def in_section_of(run: RunState, vals: Values, types: Values) -> Values:
    """Settings that a container was asked for, as those of a class among these."""
    cls = next((val for val in types if isinstance(val, ClassVal)), None)
    return _of_class(run, vals, cls) if cls is not None else vals


def _of_class(run: RunState, vals: Values, cls: ClassVal | None) -> Values:
    section = run.settings.bound[cls][1] if cls is not None and cls in run.settings.bound else ""
    return tuple(
        replace(v, name=v.name or section, of=cls) if isinstance(v, SourceValue) and v.kind == "setting" else v
        for v in vals
    )


def inner_class(run: RunState, cls: ClassVal, name: str) -> ClassVal | None:
    """The class of the repository that a field is declared as: a section in the settings."""
    kind = objects.members(run, cls).get(name, "")
    inner = run.program.cls(cls.unit, kind.rpartition(".")[2]) if kind else None
    return inner if inner != cls else None


def _declared(cls: ClassVal, name: str) -> Iterator[tuple[Assign, str]]:
    """Where a class declares a field."""
    for part in objects.parts(cls):
        for stmt in part.cls.body:
            if isinstance(stmt, Assign) and any(isinstance(t, Name) and t.id == name for t in stmt.targets):
                yield stmt, part.unit.path


def _marked(run: RunState, cls: ClassVal, frame: Frame, depth: int = SETTINGS_BASES) -> tuple[SourceValue, str] | None:
    """What a class's annotations and bases say."""
    if cls not in run.settings.marked:
        run.settings.marked[cls] = None
        run.settings.marked[cls] = _look(run, cls, frame, depth)
    return run.settings.marked[cls]


def _look(run: RunState, cls: ClassVal, frame: Frame, depth: int) -> tuple[SourceValue, str] | None:
    index = run.program.index(cls.unit.language)
    for part in objects.parts(cls):
        for decorator in part.cls.decorators:
            spec = index.decorator(walk.decorator_name(decorator))
            if spec is not None and spec.is_ == "settings":
                return _source(spec), _section(decorator)
        for base in part.cls.bases if depth else ():
            spec = index.base(_full_name(run, base, part, frame))
            if spec is not None:
                return _source(spec), _prefix(part, spec)
            parent = run.base(base, part.unit)
            inherited = _marked(run, parent, frame, depth - 1) if parent is not None else None
            if inherited is not None:
                return inherited
    return None


def _full_name(run: RunState, base: Expression, part: ClassVal, frame: Frame) -> str:
    """The dotted name of a base, after imports where these decide."""
    if frame.semantics.declarations:
        return walk.dotted(base)
    home = replace(frame, unit=part.unit, env=run.ensure(part.unit))
    return next((val.name for val in run.eval(base, home) if isinstance(val, ExternalSymbol)), "")


def _section(decorator: Expression) -> str:
    """The text that an annotation is given: the section."""
    values = [arg.value for arg in decorator.args] if isinstance(decorator, Call) else []
    return next((value.value for value in values if isinstance(value, Text)), "")


def _prefix(cls: ClassVal, spec: CallSpec) -> str:
    """What the names of all fields begin with: what a class says of itself in a mapping, or in a class of its own."""
    for path in spec.result.get("prefix", "").split("|"):
        holder, _, name = path.partition(".")
        for stmt in cls.cls.body:
            if isinstance(stmt, Define) and isinstance(stmt.what, Class) and stmt.what.name == holder:
                values = [one.value for one in stmt.what.body if isinstance(one, Assign) and _is_target(one, name)]
            elif isinstance(stmt, Assign) and _is_target(stmt, holder):
                values = list(_entries(stmt.value, name))
            else:
                continue
            if text := next((value.value for value in values if isinstance(value, Text)), ""):
                return text
    return ""


def _is_target(stmt: Assign, name: str) -> bool:
    return any(isinstance(target, Name) and target.id == name for target in stmt.targets)


def _entries(value: Expression, name: str) -> Iterator[Expression]:
    """The entries of this name: of a mapping, or of the call that makes one."""
    if isinstance(value, Call):
        yield from (arg.value for arg in value.args if arg.name == name)
    if isinstance(value, Mapping):
        yield from (e.value for e in value.entries if isinstance(e.key, Text) and e.key.value == name)


def _joined(section: str, name: str) -> str:
    """A name in a section; a prefix ends with what stands between."""
    return f"{section}{name}" if section.endswith("_") else f"{section}.{name}" if section else name
