"""The meaning of a declared type for a variable, a parameter or a result whose value is not in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.sending.clients import AS_DECLARED, as_declared
from pcmfa_lint.analysis.interpreter.classes import objects, typed_settings
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import AbstractValue, ObjectValue, SourceValue, UnknownValue, Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Call, Name

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


AS_TAKEN = "?"  # the type of an object that is constructed as whatever its taker is declared as


def or_declared(run: RunState, vals: Values, written: str, place: Place, frame: Frame) -> Values:
    """The values, or what their declared type tells where nothing is known of them."""
    if not written or not all(map(is_open, vals)):
        if written and (source := typed_settings.read_whole(vals)) is not None:
            typed_settings.bind_read(run, objects.class_of(run, frame.index.type_of(written), frame), source)
        elif written and any(isinstance(val, ObjectValue) and val.type == AS_DECLARED for val in vals):
            cls = objects.class_of(run, frame.index.type_of(written), frame)
            return as_declared(run, vals, cls) if cls is not None else vals
        return or_taken(run, vals, written, frame)
    declared = objects.of_type(run, frame.index.type_of(written), place, frame)
    return declared or vals


def or_taken(run: RunState, vals: Values, written: str, frame: Frame) -> Values:
    """The values; an object of no type as one of the declared type of what takes it."""
    untyped = [val for val in vals if isinstance(val, ObjectValue) and val.type == AS_TAKEN] if written else []
    if not untyped:
        return vals
    handed = [part for val in untyped for parts in val.attrs.values() for part in parts]
    others = tuple(val for val in vals if val not in untyped and val not in handed)
    return join(others, *(_constructed(run, val, frame.index.type_of(written), frame) for val in untyped))


def _constructed(run: RunState, untyped: ObjectValue, name: str, frame: Frame) -> Values:
    """What is constructed of the declared type with the arguments that an object of no type was handed."""
    arguments = Arguments(untyped.place)
    for key, vals in untyped.attrs.items():
        arguments.add(None if key.isdigit() else key, vals)
    span = untyped.place.span
    return run.construct_named(Call(Name(name, span), (), span, "new"), arguments, frame)


def is_open(val: AbstractValue) -> bool:
    """Whether nothing is known of a value but perhaps who handed it in."""
    return isinstance(val, UnknownValue) or (isinstance(val, SourceValue) and val.kind == "parameter")
