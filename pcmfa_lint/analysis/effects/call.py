"""One call under its catalog entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.matching.arguments import Bound, Given
from pcmfa_lint.analysis.values import Trail, Vals
from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.knowledge.catalog import CallSpec, Case

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import Machine


@dataclass(slots=True)
class Applied:
    """One call under its catalog entry."""

    run: Machine
    spec: CallSpec
    case: Case | None
    bound: Bound
    given: Given
    frame: Frame
    used: bool

    def role(self, name: str) -> Vals:
        return self.bound.role(name, self.case)

    @property
    def place(self) -> Place:
        return self.given.place


def read_trail(spec: CallSpec, name: str, place: Place) -> Trail:
    return Trail(Step(place, "read", ((spec.origin, name),)))
