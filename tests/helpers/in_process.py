"""Scans without what they cost: the shipped rules and catalog are loaded once, and workers are this process.

Nothing else is different: tests in which workers are lost, limited or started need real ones (`@pytest.mark.workers`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pcmfa_lint.engine.workers import pool
from pcmfa_lint.knowledge import loader, prefilter_loader
from pcmfa_lint.knowledge.model import Knowledge
from pcmfa_lint.knowledge.paths import shipped
from pcmfa_lint.knowledge.prefilter_loader import PrefilterSpec
from pcmfa_lint.processes.limits import Limits
from pcmfa_lint.processes.serve import Done, Failed, _failed
from pcmfa_lint.processes.workers import Lost, value_of

Task = TypeVar("Task")
Result = TypeVar("Result")

_load_knowledge = loader.load_knowledge
_load_prefilter = prefilter_loader.load_prefilter


@lru_cache(maxsize=1)
def shipped_knowledge() -> Knowledge:
    """Our own rules and catalog."""
    knowledge = _load_knowledge()
    assert [str(fault) for fault in knowledge.faults] == []
    return knowledge


@lru_cache(maxsize=1)
def shipped_prefilter() -> PrefilterSpec:
    """What the first pass looks for."""
    return _load_prefilter()


def load_knowledge(extra: Sequence[Path] = ()) -> Knowledge:
    """As the loader's; our own files alone are not read again."""
    others = [folder for folder in extra if folder.resolve() != shipped()]
    return _load_knowledge(others) if others else shipped_knowledge()


class InProcess(pool.Kept):
    """Does each task at once, where it is handed out."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self._answers: list[tuple[Any, Done | Failed | Lost]] = []

    def room(self) -> bool:
        return not self._answers

    def give(self, call: Callable[[Task], Any], task: Task, limits: Limits) -> bool:
        self._answers.append((task, _answer(call, task)))
        return True

    def answers(self) -> list[tuple[Any, Done | Failed | Lost]]:
        come, self._answers = self._answers, []
        return come

    def any_busy(self) -> bool:
        return bool(self._answers)

    def once(self, call: Callable[[Task], Result], task: Task, limits: Limits) -> Result:
        return value_of(_answer(call, task))  # type: ignore[return-value]


def _answer(call: Callable[[Task], Any], task: Task) -> Done | Failed:
    try:
        return Done(call(task))
    except Exception as error:
        return _failed(error)


def keep_knowledge(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone, scans do not load our own rules and catalog again."""
    patch.setattr(loader, "load_knowledge", load_knowledge)
    patch.setattr(prefilter_loader, "load_prefilter", shipped_prefilter)


def work_in_process(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone, scans start no workers."""
    from pcmfa_lint.sweep import repository

    patch.setattr(pool, "process_pool", InProcess)
    patch.setattr(repository, "_workers", InProcess)
