"""One call under its catalog entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.matching.arguments import Arguments, BoundArguments
from pcmfa_lint.analysis.values.model import Trace, Values
from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.knowledge.catalog import CallSpec, Case

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


@dataclass(slots=True)
class CatalogCall:
    """One call under its catalog entry."""

    run: RunState
    spec: CallSpec
    case: Case | None
    bound: BoundArguments
    arguments: Arguments
    frame: Frame

    def role(self, name: str) -> Values:
        return self.bound.role(name, self.case)

    @property
    def place(self) -> Place:
        return self.arguments.place


def read_trace(spec: CallSpec, name: str, place: Place) -> Trace:
    return Trace(Step(place, "read", ((spec.origin, name),)))
