"""Workers: one task costs only itself, however it ends, and however workers come to be."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from pcmfa_lint.engine.workers.pool import Pool
from pcmfa_lint.processes import limits, start, workers
from pcmfa_lint.processes.limits import Limits
from pcmfa_lint.processes.workers import CRASHED, TOO_LARGE, TOO_SLOW, Lost, RemoteFault
from tests.processes.tasks import work

pytestmark = pytest.mark.workers
LIMITS = Limits(1.0, 3.0, 300_000_000)
HOW = ["fork", "spawn", "threads"] if sys.platform == "linux" else ["spawn", "threads"]


@pytest.fixture(params=HOW)
def pool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Two workers, forked, started anew, or read by threads as on Windows."""
    monkeypatch.setattr(start, "METHOD", "fork" if request.param == "fork" else "spawn")
    monkeypatch.setattr(workers, "THREADS", request.param == "threads")
    made = Pool(2)
    yield made
    made.end(kill=True)


def test_a_task_costs_only_itself(pool: Pool) -> None:
    tasks = ["a", "spins", "b", "sleeps", "aborts", "c", "hoards", "raises", "d"]
    results = pool.run(work, tasks, lambda task: [task], lambda task, reason: f"{task}: {reason}", LIMITS)
    lost = {"spins": TOO_SLOW, "sleeps": TOO_SLOW, "aborts": CRASHED, "hoards": TOO_LARGE, "raises": CRASHED}
    assert sorted(results) == sorted(["a", "b", "c", "d", *(f"{task}: {reason}" for task, reason in lost.items())])


def test_a_larger_task_is_split(pool: Pool) -> None:
    results = pool.run(all_of, [["a", "aborts"], ["b"]], lambda task: [[each] for each in task], losing, LIMITS)
    assert sorted(results) == [["a"], ["b"], ["lost"]]


def all_of(kinds: list[str]) -> list[str]:
    return [work(kind) for kind in kinds]


def losing(task: list[str], reason: str) -> list[str]:
    return ["lost"]


def test_one_call(pool: Pool) -> None:
    assert pool.once(work, "a", LIMITS) == "a"
    with pytest.raises(Lost, match=TOO_SLOW):
        pool.once(work, "spins", LIMITS)
    with pytest.raises(RemoteFault) as caught:
        pool.once(work, "raises", LIMITS)
    assert caught.value.kind == "KeyError"
    assert caught.value.frames[-1][2] == "work"
    assert "stood" not in str(caught.value)


def test_memory_is_watched_where_the_kernel_does_not(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENFORCED", False)
    with pytest.raises(Lost, match=TOO_LARGE):
        pool.once(work, "hoards", Limits(20.0, 30.0, 300_000_000))
