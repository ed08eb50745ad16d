"""The work on all files of a root together, in a worker: the code is followed, and rules are held against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pcmfa_lint.engine.workers.worker import ONLY_TEXT
from pcmfa_lint.limits import CULPRITS
from pcmfa_lint.processes.serve import tell
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:
    from pcmfa_lint.engine.workers.pool import Pool
    from pcmfa_lint.evidence.model import Evidence
    from pcmfa_lint.findings.model import Finding
    from pcmfa_lint.ir.nodes import Unit
    from pcmfa_lint.knowledge.model import Knowledge
    from pcmfa_lint.processes.limits import Limits

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FollowTask:
    """`text_only`: nothing is followed."""

    units: tuple[Unit, ...]
    knowledge: Knowledge
    text_only: bool = False


def load() -> None:
    """Imports what the work needs, so that forked workers have it."""
    import pcmfa_lint.engine.pipeline  # noqa: F401


def judged(task: FollowTask) -> tuple[Evidence, tuple[Finding, ...]]:
    """The evidence of the code, and the findings of the rules. The worker says which file it is at."""
    from pcmfa_lint.engine.pipeline import evaluate

    units = {unit.path: unit for unit in task.units}
    return evaluate(units, task.knowledge, tell, task.text_only)


def follow(
    pool: Pool,
    call: Callable[[FollowTask], Result],
    task: Callable[[], FollowTask],
    limits: Limits,
    units: dict[str, Unit],
    skip: Callable[[list[FileNote]], None],
) -> Result | None:
    """The result of a call in a worker of `pool`. A file that stalls or crashes it loses its tree in `units`, goes to
    `skip`, and `task` is made anew. None if that does not help."""
    from pcmfa_lint.ir.nodes import Problem
    from pcmfa_lint.processes.workers import Lost

    for _ in range(CULPRITS + 1):
        try:
            return pool.once(call, task(), limits)
        except Lost as lost:
            unit = units.get(lost.part or "")
        if unit is None or not (unit.body or unit.scripts):
            return None
        problems = (Problem("Its code could not be followed within the limits."),)
        units[unit.path] = replace(unit, read="text", body=(), imports=(), scripts=(), problems=problems)
        skip([FileNote(unit.path, problems[0].reason + ONLY_TEXT)])
    return None
