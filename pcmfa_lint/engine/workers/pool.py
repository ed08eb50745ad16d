"""The ring that owns the workers: it hands out tasks, and survives what a task does to a worker.

Work crosses the ring through workers of our own (`processes/workers.py`), each of which has one task at a time, so that
exactly the task that is to blame is lost; or through any `concurrent.futures.Executor` that a caller gives. If such an
executor breaks, everything that was under way is run again, one task at a time.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from pcmfa_lint.processes import start
from pcmfa_lint.processes.limits import Limits, most_workers
from pcmfa_lint.processes.serve import BoundedCall, Done, Failed
from pcmfa_lint.processes.workers import CRASHED, TOO_SLOW, Lost, Worker, value_of, wait
from pcmfa_lint.processes.workers import call as call_apart

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Task = TypeVar("Task")
Result = TypeVar("Result")


class Processes:
    """Worker processes of this machine, as many as there is work for, at most `width`."""

    def __init__(self, width: int) -> None:
        self.width = min(width, most_workers())
        self._idle: list[Worker] = []
        self._busy: dict[Worker, Any] = {}

    def room(self) -> bool:
        """Whether a further task can be handed out."""
        return len(self._busy) < self.width

    def give(self, call: Callable[[Task], Any], task: Task, limits: Limits) -> bool:
        """Hands out a task. False if there is no worker for it now, but others are busy. Raises OSError if there is
        none, and none can be had."""
        work = BoundedCall(call, (task,), limits)
        while self._idle:
            worker = self._idle.pop()
            try:
                worker.give(work)
            except Lost:  # it ended while it was idle
                worker.end()
            else:
                self._busy[worker] = task
                return True
        try:
            worker = Worker(work)
        except OSError:
            if self._busy:
                self.width = len(self._busy)
                return False
            raise
        self._busy[worker] = task
        return True

    def answers(self) -> list[tuple[Any, Done | Failed | Lost]]:
        """Waits until something has come of one of the tasks; gives each such task with that."""
        wait(self._busy)
        come: list[tuple[Any, Done | Failed | Lost]] = []
        for worker in list(self._busy):
            try:
                answer = worker.answer()
            except Lost as lost:
                come.append((self._busy.pop(worker), lost))
                continue
            if answer is not None:
                come.append((self._busy.pop(worker), answer))
                self._idle.append(worker)
        return come

    def any_busy(self) -> bool:
        """Whether a task is under way."""
        return bool(self._busy)

    def once(self, call: Callable[[Task], Result], task: Task, limits: Limits) -> Result:
        """The result of one call. Forked for it, a worker needs not be sent what it is to work on; else one is used
        again. Raises Lost, what `value_of` raises, and OSError."""
        if start.METHOD == "fork":
            return cast(Result, call_apart(BoundedCall(call, (task,), limits)))
        self.give(call, task, limits)
        while True:
            for _, answer in self.answers():
                if isinstance(answer, Lost):
                    raise answer
                return cast(Result, value_of(answer))

    def end(self) -> None:
        """Ends all workers at once; nothing in them is worth a wait."""
        for worker in (*self._idle, *self._busy):
            worker.end()
        self._idle, self._busy = [], {}


class Kept(Processes):
    """Workers that outlive a run, for the next one; those that are still busy do not."""

    def end(self) -> None:
        """Ends what is still busy."""
        for worker in self._busy:
            worker.end()
        self._busy = {}


class Pool:
    """Workers for one run; made when the first task comes. `make` gives an executor with `width` workers."""

    def __init__(self, width: int, make: Callable[[int], Executor | Processes] | None = None) -> None:
        self.width = width
        self._make = make
        self._current: Executor | Processes | None = None

    def run(
        self,
        call: Callable[[Task], Result],
        tasks: Sequence[Task],
        single: Callable[[Task], Sequence[Task]],
        lost: Callable[[Task, str], Result],
        limits: Limits,
        take: Callable[[Result], None] = lambda result: None,
    ) -> list[Result]:
        """Results in no certain order. `single` splits a task that cost its worker into smaller ones; one that it does
        not split is lost, and `lost` makes its result. `limits`: what a task may cost. `take` is told each result as it
        comes, but for those that are lost. Raises OSError where there can be no worker."""
        workers = self._workers()
        if isinstance(workers, Processes):
            return _run(workers, call, tasks, single, lost, limits, take)
        first = _Round(call, tasks, limits.wall, take)
        self._go(first, self.width)
        alone = _Round(call, [each for task, _ in first.failed for each in single(task)], limits.wall, take)
        self._go(alone, 1)
        return [*first.results, *alone.results, *(lost(task, reason) for task, reason in alone.failed)]

    def once(self, call: Callable[[Task], Result], task: Task, limits: Limits) -> Result:
        """The result of one call, in a worker of its own. Raises Lost if it cost the worker, what `value_of` raises if
        it failed, and OSError where there can be no worker."""
        workers = self._workers()
        if isinstance(workers, Processes):
            return workers.once(call, task, limits)
        round_ = _Round(call, [task], limits.wall, lambda result: None, raises=True)
        self._go(round_, 1)
        if round_.failed:
            raise Lost(round_.failed[0][1])
        return round_.results[0]

    def _workers(self) -> Executor | Processes:
        if self._current is None:
            self._current = (self._make or process_pool)(self.width)
        return self._current

    def _go(self, round_: _Round[Task, Result], width: int) -> None:
        while round_.waiting:
            workers = self._workers()
            if isinstance(workers, Processes) or not round_.drain(workers, width):
                self.end(kill=True)

    def end(self, kill: bool) -> None:
        """Ends the workers. `kill`: whatever they are doing."""
        workers, self._current = self._current, None
        if isinstance(workers, Processes):
            workers.end()
        elif workers is not None:
            if kill:
                _kill(workers)
            workers.shutdown(wait=True, cancel_futures=True)


def _run(
    workers: Processes,
    call: Callable[[Task], Result],
    tasks: Sequence[Task],
    single: Callable[[Task], Sequence[Task]],
    lost: Callable[[Task, str], Result],
    limits: Limits,
    take: Callable[[Result], None],
) -> list[Result]:
    waiting, results = deque(tasks), []
    while waiting or workers.any_busy():
        while waiting and workers.room() and workers.give(call, waiting[0], limits):
            waiting.popleft()
        for task, answer in workers.answers():
            if isinstance(answer, Done):
                results.append(answer.value)
                take(answer.value)
                continue
            smaller = single(task)
            if len(smaller) > 1:
                waiting.extend(smaller)
            else:
                results.append(lost(task, answer.reason if isinstance(answer, Lost) else CRASHED))
    return results


class _Round(Generic[Task, Result]):
    """Tasks that go to an executor, never more of them than there are workers: so a task begins when it is handed out,
    and its time can be told."""

    def __init__(
        self,
        call: Callable[[Task], Result],
        tasks: Sequence[Task],
        seconds: float,
        take: Callable[[Result], None],
        raises: bool = False,
    ) -> None:
        self._done = take
        self.waiting = deque(tasks)
        self.results: list[Result] = []
        self.failed: list[tuple[Task, str]] = []
        self._call = call
        self._seconds = seconds or 1e9
        self._raises = raises
        self._under_way: dict[Future[Result], tuple[Task, float]] = {}

    def drain(self, executor: Executor, width: int) -> bool:
        """Runs tasks until none waits; false as soon as the executor is broken: then all that were under way have
        failed, whoever is to blame."""
        from concurrent.futures import FIRST_COMPLETED
        from concurrent.futures import wait as wait_for

        while self.waiting or self._under_way:
            while self.waiting and len(self._under_way) < width:
                task = self.waiting.popleft()
                try:
                    future = executor.submit(self._call, task)
                except RuntimeError:  # it broke since
                    return self._give_up(CRASHED, task)
                self._under_way[future] = task, time.monotonic() + self._seconds
            left = min(end for _, end in self._under_way.values()) - time.monotonic()
            finished, _ = wait_for(self._under_way, timeout=max(left, 0), return_when=FIRST_COMPLETED)
            if not finished:
                return self._give_up(TOO_SLOW)
            settled = [self._settle(future) for future in finished]
            if not all(settled):
                return self._give_up(CRASHED)
        return True

    def _settle(self, future: Future[Result]) -> bool:
        from concurrent.futures import BrokenExecutor

        task, _ = self._under_way.pop(future)
        try:
            result = future.result()
        except Exception as error:  # the pool broke, or the result did not come through
            if self._raises and not isinstance(error, BrokenExecutor):
                raise
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


def process_pool(width: int) -> Executor | Processes:
    """The executor that tasks are handed to where nobody gives one."""
    return Processes(width)


def processors() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _kill(executor: Executor) -> None:
    """Ends the workers of a process pool at once. There is a method for it from Python 3.14 on."""
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        with suppress(Exception):
            process.kill()
