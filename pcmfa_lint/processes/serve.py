"""The main loop of a worker: it waits for tasks, does each within its limits, and sends back the result.

Frames go both ways: eight bytes of length, then a pickle. A worker ends when the process that owns it has ended: it
reads the end of its input, and while it is busy the kernel ends it, or a thread does.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.processes import limits, start
from pcmfa_lint.processes.limits import Limits

HEADER = 8


@dataclass(frozen=True, slots=True)
class BoundedCall:
    """A call and what it may cost; picklable if it is sent to a worker that was not forked."""

    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a task."""

    value: Any


@dataclass(frozen=True, slots=True)
class At:
    """A task has begun with a further part of its work, such as a file; its limits begin anew."""

    part: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A task raised an exception. Its text stays behind, since it may hold what stood in a file. `frames`: file, line
    and function, outermost first. `usage`: what the user is to be told, if that is why."""

    kind: str
    frames: tuple[tuple[str, int, str], ...] = ()
    usage: str | None = None


Message = Done | At | Failed


@dataclass(slots=True)
class _Busy:
    """What this process is doing as a worker: where it reports to, and within what limits."""

    sink: int = -1
    limits: Limits = field(default_factory=Limits)
    part: str | None = None


_busy = _Busy()


def tell(part: str) -> None:
    """Says with which part of a task this worker goes on. Its limits begin anew. Without a worker, nothing happens."""
    if _busy.sink < 0 or part == _busy.part:
        return
    _busy.part = part
    send(_busy.sink, pickle.dumps(At(part)))
    limits.begin(_busy.limits)


def serve(source: int, sink: int, first: BoundedCall | None = None) -> None:
    """Does tasks until the input ends. `first` is done before one is waited for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that owns this one
    limits.no_core_file()
    limits.collect_rarely()
    if first is not None:
        _do(first, source, sink)
    while True:
        frame = receive(source)
        if frame is None:
            return
        _do(pickle.loads(frame), source, sink)


def main() -> None:
    """A worker that was started anew: its input and output are those of its process."""
    source, sink = above_standard(0), above_standard(1)
    no_standard_streams()
    if sys.platform not in ("linux", "win32"):
        _end_with_owner(source)
    serve(source, sink)


def send(sink: int, data: bytes) -> None:
    """Writes one frame. Raises OSError if the reader is gone."""
    view = memoryview(len(data).to_bytes(HEADER, "big") + data)
    while view:
        view = view[os.write(sink, view) :]


def receive(source: int) -> bytes | None:
    """Reads one frame; None where the input ends."""
    header = _exactly(source, HEADER)
    return None if header is None else _exactly(source, int.from_bytes(header, "big"))


def above_standard(descriptor: int) -> int:
    """The same open file under a number above those of the standard streams."""
    return descriptor if descriptor > 2 else above_standard(os.dup(descriptor))


def no_standard_streams() -> None:
    """Nothing is read from or written to what the standard streams were. A native library that writes to them would
    show what stood in a file."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)


def _exactly(source: int, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(source, min(count - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _do(task: BoundedCall, source: int, sink: int) -> None:
    _busy.sink, _busy.limits, _busy.part = sink, task.limits, None
    _owned(source, True)
    limits.begin(task.limits)
    try:
        data = pickle.dumps(Done(task.call(*task.arguments)), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        data = pickle.dumps(_failed(error))
    limits.begin(Limits())
    _owned(source, False)
    _busy.sink = -1
    send(sink, data)


def _failed(error: BaseException) -> Failed:
    import traceback

    if isinstance(error, UsageFault):
        return Failed("UsageFault", usage=str(error))
    frames = traceback.extract_tb(error.__traceback__)[-40:]
    return Failed(type(error).__name__, tuple((each.filename, each.lineno or 0, each.name) for each in frames))


def _owned(source: int, busy: bool) -> None:
    """On Linux the kernel kills a busy worker as soon as the other end of its input is closed, whatever it is doing."""
    if sys.platform != "linux":
        return
    import fcntl
    import select

    flags = fcntl.fcntl(source, fcntl.F_GETFL)
    if not busy:
        fcntl.fcntl(source, fcntl.F_SETFL, flags & ~os.O_ASYNC)
        return
    start.kill_at_close(source, os.getpid())
    watch = select.poll()
    watch.register(source, 0)
    if watch.poll(0):  # it was closed before
        os._exit(1)


def _end_with_owner(source: int) -> None:
    """Elsewhere a thread waits until the other end of the input is closed, and ends this process and what it runs."""
    import select
    import threading

    def watch() -> None:
        waiting = select.poll()
        waiting.register(source, 0)
        with contextlib.suppress(OSError):
            waiting.poll()
        start.end_all()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
