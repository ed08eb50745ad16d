"""Workers from the side of the process that owns them: each does one task at a time, and is ended where it costs more
than the limits of the task allow."""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable

from pcmfa_lint.processes import limits, serve, start
from pcmfa_lint.processes.serve import At, BoundedCall, Done, Failed, Message

CRASHED = "Its reader ended the process."
TOO_SLOW = "It took too long to read."
TOO_LARGE = "It took too much memory to read."
THREADS = os.name != "posix"  # whether pipes are read by threads, where nothing waits for several of them
_TICK = 0.2  # seconds between two looks at the memory of workers


class Lost(Exception):
    """A task cost its worker. `reason`: a sentence. `part`: with which part of its work it was busy, if it said so."""

    def __init__(self, reason: str, part: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.part = part


class RemoteFault(Exception):
    """A task raised an exception in its worker. Raised by whoever wants its value."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.kind)
        self.kind = failed.kind
        self.frames = failed.frames


class Worker:
    """A process that does tasks, and what it is busy with. Raises OSError if there can be none."""

    def __init__(self, first: BoundedCall | None = None) -> None:
        self._started = start.worker(first)
        self._chunks: deque[bytes] = deque()  # a thread may add to them
        self._read = bytearray()
        self._messages: deque[Message] = deque()
        self._closed = False
        self._arrived: threading.Event | None = None
        self._task: BoundedCall | None = None
        self._part: str | None = None
        self._end = 0.0
        self._status: int | None = None
        if THREADS:
            threading.Thread(target=self._follow, daemon=True).start()
        if first is not None:
            self._begin(first)

    def give(self, task: BoundedCall) -> None:
        """Hands a task to an idle worker. Raises Lost if it has ended, or if the task cannot be sent."""
        try:
            serve.send(self._started.sink, pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
        except (OSError, RecursionError):
            raise Lost(CRASHED) from None
        self._begin(task)

    def _begin(self, task: BoundedCall) -> None:
        self._task, self._part = task, None
        self._end = time.monotonic() + (task.limits.wall or 1e9)

    def answer(self) -> Done | Failed | None:
        """The result of the task; None while it runs. Raises Lost if it killed the worker."""
        closed = self._closed  # before what came is looked at: nothing comes after the end
        self._parse()
        while self._messages:
            message = self._messages.popleft()
            if isinstance(message, At):
                self._part = message.part
                self._end = time.monotonic() + (self._task.limits.wall if self._task else 0)
                continue
            if isinstance(message, Failed) and message.kind == "MemoryError":
                raise self._lost(TOO_LARGE)
            self._task = None
            return message
        if closed:
            raise self._lost(TOO_SLOW if self.end() == -_signal("SIGXCPU") else CRASHED)
        if time.monotonic() >= self._end:
            raise self._lost(TOO_SLOW)
        most = self._task.limits.memory if self._task else 0
        if most and not limits.ENFORCED and limits.resident(self._started.process) > most:
            raise self._lost(TOO_LARGE)
        return None

    def _lost(self, reason: str) -> Lost:
        self.end()
        return Lost(reason, self._part)

    def end(self) -> int:
        """Kills the process; gives its exit status."""
        if self._status is None:
            self._status = self._started.end()
        return self._status

    def _parse(self) -> None:
        while self._chunks:
            self._read += self._chunks.popleft()
        while len(self._read) >= serve.HEADER:
            count = int.from_bytes(self._read[: serve.HEADER], "big") + serve.HEADER
            if len(self._read) < count:
                return
            self._messages.append(pickle.loads(memoryview(self._read)[serve.HEADER : count]))
            self._read = self._read[count:]

    def fill(self) -> None:
        """Reads what is there, without waiting for more."""
        try:
            part = os.read(self._started.source, 1 << 20)
        except OSError:
            part = b""
        self._chunks.append(part)
        self._closed = self._closed or not part

    def _follow(self) -> None:
        """Reads until the end, in a thread of its own."""
        while not self._closed:
            self.fill()
            if self._arrived is not None:
                self._arrived.set()

    @property
    def descriptor(self) -> int:
        """The descriptor that its answers are read from."""
        return self._started.source

    @property
    def left(self) -> float:
        """Seconds of wall time that its task has left."""
        return max(self._end - time.monotonic(), 0.0)

    def notify(self, arrived: threading.Event) -> None:
        """Sets an event whenever something arrives."""
        self._arrived = arrived


def wait(workers: Iterable[Worker]) -> None:
    """Waits until one of the workers has sent something or has used up its wall time, at most as long as nothing has
    to be watched. Then `answer` tells of each what has come of its task."""
    workers = list(workers)
    seconds = min(each.left for each in workers)
    seconds = min(seconds, 3600.0 if limits.ENFORCED else _TICK)
    if THREADS:
        arrived = threading.Event()
        for each in workers:
            each.notify(arrived)
        arrived.wait(min(seconds, _TICK))
        return
    watch = select.poll()
    for each in workers:
        watch.register(each.descriptor, select.POLLIN | select.POLLHUP)
    ready = {descriptor for descriptor, _ in watch.poll(seconds * 1000 + 1)}
    for each in workers:
        if each.descriptor in ready:
            each.fill()


def call(task: BoundedCall) -> object:
    """Does one task in a worker of its own, forked where that is how workers come to be, so that what it is given is
    not sent. Raises Lost, RemoteFault, UsageFault, OSError."""
    worker = Worker(task)
    try:
        while True:
            wait([worker])
            answer = worker.answer()
            if answer is not None:
                return value_of(answer)
    finally:
        worker.end()


def value_of(answer: Done | Failed) -> object:
    """The result of a task. Raises the exception that its failure stands for."""
    if isinstance(answer, Done):
        return answer.value
    if answer.usage is not None:
        from pcmfa_lint.errors import UsageFault

        raise UsageFault(answer.usage)
    raise RemoteFault(answer)


def _signal(name: str) -> int:
    return int(getattr(signal, name, 0)) if sys.platform != "win32" else 0
