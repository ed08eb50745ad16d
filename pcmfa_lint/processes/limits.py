"""Limits for one task: CPU time, wall time, and memory.

Where the system can enforce it (`RLIMIT_CPU`, `RLIMIT_AS`), a worker sets the limits for itself, and the kernel ends
it. Wall time, and memory elsewhere, are watched by the process that owns the worker.
"""

from __future__ import annotations

import gc
import math
import os
import sys
from contextlib import suppress
from typing import NamedTuple

SECONDS = 10.0  # of CPU time for one file, if nobody says otherwise
GIT_SECONDS = 30.0  # of wall time for one question to git, if nobody says otherwise
git = [GIT_SECONDS]  # what holds in this process
ENFORCED = sys.platform == "linux"  # whether the kernel enforces the limit of memory
NEEDED = 96_000_000  # bytes of address space that a worker takes for itself, before any large file


class Limits(NamedTuple):
    """cpu, wall: seconds. memory: bytes beyond what the worker holds when the task begins. 0: no limit."""

    cpu: float = 0.0
    wall: float = 0.0
    memory: int = 0


def of_file(seconds: float, memory: int) -> Limits:
    """The limits of one file. Where the kernel counts processor time, wall time is the last resort for a worker that
    waits for something: on a busy machine the same files must be read as on any other."""
    return Limits(seconds, (4 if os.name == "posix" else 1.5) * seconds, memory)


def collect_rarely() -> None:
    """Looks for unused objects that refer to each other seldom, since trees of code are large and have none; and never
    again in what is there now, which a forked worker then shares with this process."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def refused_by_machine(error: BaseException) -> str:
    """The message for an exception which means that this machine lacks a resource: space, memory, open files,
    processes. "" for any other; it may also have been raised in a worker."""
    kind = getattr(error, "kind", type(error).__name__)
    if isinstance(error, OSError):
        return f"this machine does not allow it: {error.strerror or kind}"
    if kind == "MemoryError":
        return "there is not enough memory; raise the limit of this shell (ulimit -v) or of this container"
    if kind in ("ImportError", "OSError", "BlockingIOError"):
        return "a part of the program cannot be loaded; check the memory and the installation"
    return ""


def most_workers() -> int:
    """The number of workers that the open files of this process are enough for: two for each, and some for the work
    itself."""
    try:
        import resource

        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    except (ImportError, OSError):
        return 60  # Windows waits for no more
    return max((files - 10) // 2, 1) if files >= 0 else 1000


def require_memory() -> None:
    """Raises MemoryError where this process, and so a worker, may have less memory than any file needs. Without it
    each reader would fail in its own way, and the machine would look like a fault of the file."""
    try:
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
    except (ImportError, OSError, AttributeError):  # Windows
        return
    if most != resource.RLIM_INFINITY and most < address_space() + NEEDED:
        raise MemoryError


def begin(limits: Limits) -> None:
    """Lets the limits hold for this process from now on, where the system can do that. Does nothing elsewhere."""
    try:
        import resource
    except ImportError:  # Windows
        return
    with suppress(OSError, ValueError):
        used = resource.getrusage(resource.RUSAGE_SELF)
        # Seconds are whole here; a process is sent SIGXCPU at the soft limit, which ends it.
        cpu = math.ceil(used.ru_utime + used.ru_stime + limits.cpu) if limits.cpu else 0
        _soften(resource.RLIMIT_CPU, cpu)
    if ENFORCED:
        with suppress(OSError, ValueError):
            _soften(resource.RLIMIT_AS, address_space() + limits.memory if limits.memory else 0)


def no_core_file() -> None:
    """Turns core dumps off: they would contain the scanned file."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _soften(resource_id: int, value: int) -> None:
    """Sets the soft limit alone (0: as far as the hard one goes); children then set their own."""
    import resource

    hard = resource.getrlimit(resource_id)[1]
    soft = value or hard
    resource.setrlimit(resource_id, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def address_space() -> int:
    """Bytes of address space that this process has; 0 if it cannot be told."""
    try:
        with open("/proc/self/statm", "rb") as stream:  # noqa: PTH123 - for every file
            return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0


def resident(process: int) -> int:
    """Bytes of memory that another process holds, where the kernel does not enforce a limit; 0 if it cannot be told."""
    with suppress(Exception):  # a watchdog that fails leaves the other limits
        if sys.platform == "darwin":
            return _resident_darwin(process)
        if sys.platform == "win32":
            from pcmfa_lint.processes.windows import resident_bytes

            return resident_bytes(process)
        with open(f"/proc/{process}/statm", "rb") as stream:  # noqa: PTH123
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _resident_darwin(process: int) -> int:
    import ctypes

    fields = (ctypes.c_uint64 * 16)()  # struct rusage_info_v0: a uuid (two fields), then eleven numbers
    if ctypes.CDLL("/usr/lib/libproc.dylib").proc_pid_rusage(process, 0, ctypes.byref(fields)):
        return 0
    return int(fields[2 + 6])  # ri_resident_size
