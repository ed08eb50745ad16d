"""What a declared type tells of a variable, a parameter or a result whose value is not in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.sending.clients import AS_DECLARED, as_declared
from pcmfa_lint.analysis.interpreter.classes import objects, typed_settings
from pcmfa_lint.analysis.values.model import AbstractValue, ObjectValue, SourceValue, UnknownValue, Values
from pcmfa_lint.evidence.model import Place

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def or_declared(run: RunState, vals: Values, written: str, place: Place, frame: Frame) -> Values:
    """The values, or what their declared type tells where nothing is known of them."""
    if not written or not all(map(is_open, vals)):
        if written and (source := typed_settings.read_whole(vals)) is not None:
            typed_settings.bind_read(run, objects.class_of(run, frame.index.type_of(written), frame), source)
        elif written and any(isinstance(val, ObjectValue) and val.type == AS_DECLARED for val in vals):
            cls = objects.class_of(run, frame.index.type_of(written), frame)
            return as_declared(run, vals, cls) if cls is not None else vals
        return vals
    declared = objects.of_type(run, frame.index.type_of(written), place, frame)
    return declared or vals


def is_open(val: AbstractValue) -> bool:
    """Whether nothing is known of a value but perhaps who handed it in."""
    return isinstance(val, UnknownValue) or (isinstance(val, SourceValue) and val.kind == "parameter")
