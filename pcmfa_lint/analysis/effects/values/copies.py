"""Copies of objects in which some members are others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.values.alternatives import labelled
from pcmfa_lint.analysis.values.model import ObjectValue, Values
from pcmfa_lint.evidence.model import Place

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.machine import RunState


def copied(run: RunState, obj: ObjectValue, changes: Iterable[tuple[str, Values]], place: Place) -> ObjectValue:
    """An object like this one, but for these members."""
    copy = run.object(obj.type, place, obj.cls)
    for name in list(obj.attrs) if copy is not obj else ():
        copy.attrs[name] = obj.attrs.get(name) or ()
    copy.attrs.update({name: labelled(vals, name) for name, vals in changes})
    return copy
