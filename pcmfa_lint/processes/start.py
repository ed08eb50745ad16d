"""The one module that starts processes: workers that run our own functions, and other programs such as git.

No code of a scanned repository runs in them. A worker that is started anew gets Python's isolated mode, which puts
neither the current folder nor one from the environment on its path, our own path without relative folders, and our own
folder as its current one. A program is named by its absolute path, gets a closed environment, and ends with its whole
process group. None outlives this process.
"""

# ruff: noqa: PTH100, PTH117, PTH120
# Texts instead of Path objects: it takes part in the start of every run.

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Literal

from pcmfa_lint.limits import ANSWER_BYTES
from pcmfa_lint.processes import limits

if TYPE_CHECKING:
    from pcmfa_lint.processes.serve import BoundedCall

Method = Literal["fork", "spawn"]
Answer = subprocess.CompletedProcess  # what a program wrote, and its exit status
_PRIVATE = 0o077  # of files that a program makes, what nobody else may
METHOD: Method = "fork" if sys.platform == "linux" else "spawn"  # how workers come to be
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from pcmfa_lint.processes.serve import main; main()"
_POSIX = os.name == "posix"
_ends: set[int] = set()  # our ends of the pipes to workers, which no other worker may hold open
_groups: set[int] = set()  # process groups of programs that run


class TooSlow(Exception):
    """A program did not end in time, or its output exceeded the limit."""


class Started:
    """A process that serves tasks: frames go to `sink`, and come from `source`."""

    def __init__(self, process: int, sink: int, source: int, popen: subprocess.Popen[bytes] | None = None) -> None:
        self.process = process
        self.sink = sink
        self.source = source
        self.popen = popen

    def end(self) -> int:
        """Kills it, waits until it is gone, and gives its exit status: negative, the number of a signal."""
        for descriptor in (self.sink, self.source):
            _ends.discard(descriptor)
            with suppress(OSError):
                os.close(descriptor)
        if self.popen is not None:
            self.popen.kill()
            return self.popen.wait()
        with suppress(OSError):
            os.kill(self.process, 9)
        try:
            return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        except OSError:
            return 0


def worker(first: BoundedCall | None = None) -> Started:
    """Starts a process that serves tasks, `first` before all others. Raises OSError where none can be had, MemoryError
    where this machine has not the memory for one."""
    limits.require_memory()
    method = METHOD if threading.active_count() == 1 else "spawn"  # of several threads a fork copies one
    theirs_in, sink = os.pipe()
    try:
        source, theirs_out = os.pipe()
    except OSError:
        os.close(theirs_in)
        os.close(sink)
        raise
    try:
        if method == "fork":
            return _forked(theirs_in, sink, source, theirs_out, first)
        started = Started(0, sink, source, _spawned(theirs_in, theirs_out))
    except OSError:
        os.close(sink)
        os.close(source)
        raise
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    _ends.update((sink, source))
    started.process = started.popen.pid if started.popen else 0
    if first is not None:
        import pickle

        from pcmfa_lint.processes import serve

        with suppress(OSError):  # that it has ended is seen where its answer is waited for
            serve.send(sink, pickle.dumps(first, pickle.HIGHEST_PROTOCOL))
    return started


def _forked(theirs_in: int, sink: int, source: int, theirs_out: int, first: BoundedCall | None) -> Started:
    from pcmfa_lint.processes import serve

    process = os.fork()
    if process:
        _ends.update((sink, source))
        return Started(process, sink, source)
    try:
        for descriptor in (*_ends, sink, source):
            os.close(descriptor)
        _ends.clear()
        _groups.clear()
        _defaults()
        serve.no_standard_streams()
        serve.serve(theirs_in, theirs_out, first)
    finally:
        os._exit(0)


def _defaults() -> None:
    """What this process does on signals is not for a worker."""
    import signal

    if "faulthandler" in sys.modules:
        sys.modules["faulthandler"].disable()
    for name in ("SIGTERM", "SIGHUP", "SIGALRM"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def _spawned(theirs_in: int, theirs_out: int) -> subprocess.Popen[bytes]:
    import pcmfa_lint

    if not sys.executable:
        raise OSError("there is no interpreter to start")
    process: subprocess.Popen[bytes] = subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, *(each for each in sys.path if os.path.isabs(each))],
        stdin=theirs_in,
        stdout=theirs_out,
        stderr=subprocess.DEVNULL,
        cwd=os.path.dirname(os.path.abspath(pcmfa_lint.__file__)),
        **_apart(),
    )
    _tie(process)
    return process


def run(
    command: Sequence[str], cwd: str, environment: Mapping[str, str], seconds: float, stdin: bytes = b""
) -> Answer[bytes]:
    """Runs a program to its end, with `stdin` as its input, or none. Its whole process group ends with it, in any case,
    and what it writes is the user's alone.
    Raises OSError where it cannot be started, TooSlow where it did not end in `seconds`."""
    if not os.path.isabs(command[0]):
        raise FileNotFoundError(command[0])
    rope = os.pipe() if sys.platform == "linux" else ()  # if this process ends, the kernel ends the group
    try:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [*command],
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=rope[:1],
            umask=_PRIVATE if _POSIX else -1,
            **_apart(session=True),
        )
    except BaseException:
        for descriptor in rope:
            os.close(descriptor)
        raise
    _groups.add(process.pid)
    threads: list[threading.Thread] = []
    try:
        if rope:
            kill_at_close(rope[0], -process.pid)
        _tie(process)
        return _talk(process, stdin, time.monotonic() + seconds, threads)
    finally:
        _end_group(process, threads)
        for descriptor in rope:
            os.close(descriptor)


def kill_at_close(descriptor: int, owner: int) -> None:
    """Linux alone: when the other end of a pipe is closed, its `owner`, a process or, negative, a group, is killed."""
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETOWN, owner)
        fcntl.fcntl(descriptor, 10, 9)  # F_SETSIG, SIGKILL
        fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)


def end_all() -> None:
    """Kills the programs that run."""
    for group in _groups if _POSIX else ():
        with suppress(OSError):
            os.killpg(group, 9)


def _talk(process: subprocess.Popen[bytes], stdin: bytes, end: float, threads: list[threading.Thread]) -> Answer[bytes]:
    """Writes and reads at the same time, in `threads`, until the process has ended."""
    answers = bytearray(), bytearray()
    for stream, answer in zip((process.stdout, process.stderr), answers, strict=True):
        threads.append(threading.Thread(target=_drain, args=(stream, answer), daemon=True))
    if stdin:
        threads.append(threading.Thread(target=_fill, args=(process.stdin, stdin), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0))
        if thread.is_alive():
            raise TooSlow
    try:
        status = process.wait(max(end - time.monotonic(), 0.01))
    except subprocess.TimeoutExpired:
        raise TooSlow from None
    if max(map(len, answers)) > ANSWER_BYTES:
        raise TooSlow
    return Answer(process.args, status, bytes(answers[0]), bytes(answers[1]))


def _drain(stream: IO[bytes] | None, into: bytearray) -> None:
    with suppress(OSError, ValueError):
        while stream and len(into) <= ANSWER_BYTES and (part := stream.read1(1 << 20)):  # type: ignore[attr-defined]
            into += part


def _fill(stream: IO[bytes] | None, stdin: bytes) -> None:
    with suppress(OSError, ValueError):
        if stream:
            stream.write(stdin)
            stream.close()


def _end_group(process: subprocess.Popen[bytes], threads: Sequence[threading.Thread]) -> None:
    """Kills a program and what it has started, and closes the pipes to it."""
    if _POSIX:
        with suppress(OSError):
            os.killpg(process.pid, 9)
    _groups.discard(process.pid)
    process.kill()
    process.wait()
    for thread in threads:
        thread.join(1)
    if any(thread.is_alive() for thread in threads):
        return  # something that has left the group holds a pipe open; to close it here would wait for that
    for stream in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):
            if stream:
                stream.close()


def _apart(session: bool = False) -> dict[str, Any]:
    """What keeps signals of the terminal from a process, as far as the system goes."""
    if _POSIX:
        return {"start_new_session": session}
    return {"creationflags": 0x08000000 | 0x00000200}  # CREATE_NO_WINDOW, CREATE_NEW_PROCESS_GROUP


def _tie(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        from pcmfa_lint.processes.windows import tie

        tie(process._handle)  # type: ignore[attr-defined]
