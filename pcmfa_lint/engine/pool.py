"""The ring that owns the workers: it hands out tasks, and survives what a task does to a worker.

Work crosses the ring through a `concurrent.futures.Executor`. A task that kills its worker, or takes longer than the
limit, breaks the pool; then everything that was under way is run again, one file at a time in a pool of its own, so
that exactly the files that are to blame are lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

CRASHED = "Its reader ended the process; the file was left out."
TOO_SLOW = "It took too long to read; the file was left out."


class Pool:
    """Workers for one run; made when the first task comes. `make` gives an executor with `width` workers."""

    def __init__(self, width: int, make: Callable[[int], Executor] | None = None) -> None:
        self.width = width
        self._make = make or process_pool
        self._executor: Executor | None = None

    def run(
        self,
        call: Callable[[Task], Result],
        tasks: Sequence[Task],
        single: Callable[[Task], Sequence[Task]],
        lost: Callable[[Task, str], Result],
        seconds: float,
        done: Callable[[Result], None] = lambda result: None,
    ) -> list[Result]:
        """Results in no certain order. `single` splits a task into tasks of one file; `lost` makes the result of a
        task of one file that cost its worker. `seconds`: what a task may take. `done` is told each result as it
        comes, but for those that are lost."""
        first = _Round(call, tasks, seconds, done)
        self._go(first, self.width)
        alone = _Round(call, [each for task, _ in first.failed for each in single(task)], seconds, done)
        self._go(alone, 1)
        return [*first.results, *alone.results, *(lost(task, reason) for task, reason in alone.failed)]

    def _go(self, round_: _Round[Task, Result], width: int) -> None:
        while round_.waiting:
            executor = self._executor = self._executor or self._make(self.width)
            if not round_.drain(executor, width):
                self.end(kill=True)

    def end(self, kill: bool) -> None:
        executor, self._executor = self._executor, None
        if executor is None:
            return
        if kill:
            _kill(executor)
        executor.shutdown(wait=True, cancel_futures=True)


class _Round(Generic[Task, Result]):
    """Tasks that go to workers, never more of them than there are workers: so a task begins when it is handed out,
    and its time can be told."""

    def __init__(
        self, call: Callable[[Task], Result], tasks: Sequence[Task], seconds: float, done: Callable[[Result], None]
    ) -> None:
        self._done = done
        self.waiting = deque(tasks)
        self.results: list[Result] = []
        self.failed: list[tuple[Task, str]] = []
        self._call = call
        self._seconds = seconds
        self._under_way: dict[Future[Result], tuple[Task, float]] = {}

    def drain(self, executor: Executor, width: int) -> bool:
        """Runs tasks until none waits; false as soon as the executor is broken: then all that were under way have
        failed, whoever is to blame."""
        while self.waiting or self._under_way:
            while self.waiting and len(self._under_way) < width:
                task = self.waiting.popleft()
                try:
                    future = executor.submit(self._call, task)
                except RuntimeError:  # it broke since
                    return self._give_up(CRASHED, task)
                self._under_way[future] = task, time.monotonic() + self._seconds
            left = min(end for _, end in self._under_way.values()) - time.monotonic()
            done, _ = wait(self._under_way, timeout=max(left, 0), return_when=FIRST_COMPLETED)
            if not done:
                return self._give_up(TOO_SLOW)
            settled = [self._settle(future) for future in done]
            if not all(settled):
                return self._give_up(CRASHED)
        return True

    def _settle(self, future: Future[Result]) -> bool:
        task, _ = self._under_way.pop(future)
        try:
            result = future.result()
        except Exception:  # the pool broke, or the result did not come through
            self.failed.append((task, CRASHED))
            return False
        self.results.append(result)
        self._done(result)
        return True

    def _give_up(self, reason: str, *more: Task) -> bool:
        self.failed += [(task, reason) for task, _ in self._under_way.values()]
        self.failed += [(task, reason) for task in more]
        self._under_way.clear()
        return False


def process_pool(width: int) -> Executor:
    """Worker processes: forked on Linux, where that takes 7 ms; elsewhere as the platform does it."""
    forked = sys.platform == "linux"
    context = multiprocessing.get_context("fork") if forked else multiprocessing.get_context()
    return ProcessPoolExecutor(width, mp_context=context, initializer=_quiet)


def _quiet() -> None:
    """A worker leaves Ctrl-C to the process that owns it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _kill(executor: Executor) -> None:
    """Ends the workers of a process pool at once. There is a method for it from Python 3.14 on."""
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        process.kill()
