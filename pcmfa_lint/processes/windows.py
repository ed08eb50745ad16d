"""Windows alone: a job object, whose processes end when its last handle is closed, with the process that made it.

Nothing here raises: without a job the other limits and the closed pipes still hold.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import lru_cache
from typing import Any

_KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
_EXTENDED = 9  # JobObjectExtendedLimitInformation
_QUERY = 0x0400 | 0x0010  # PROCESS_QUERY_INFORMATION, PROCESS_VM_READ


def tie(handle: int) -> None:
    """Makes a process, and what it starts from now on, end with this one."""
    if sys.platform == "win32":
        with suppress(Exception):
            job = _job()
            if job:
                _kernel().AssignProcessToJobObject(job, _void(handle))


def resident_bytes(process: int) -> int:
    """The working set of a process. Raises what ctypes raises."""
    import ctypes

    class Counters(ctypes.Structure):
        _fields_ = (("cb", ctypes.c_uint32), ("faults", ctypes.c_uint32), ("sizes", ctypes.c_size_t * 8))

    kernel = _kernel()
    handle = kernel.OpenProcess(_QUERY, False, process)
    if not handle:
        return 0
    try:
        counters = Counters(cb=ctypes.sizeof(Counters))
        succeeded = kernel.K32GetProcessMemoryInfo(_void(handle), ctypes.byref(counters), counters.cb)
        return int(counters.sizes[1]) if succeeded else 0  # WorkingSetSize, after its peak
    finally:
        kernel.CloseHandle(_void(handle))


@lru_cache(maxsize=1)
def _job() -> Any:
    """The job of this process, kept open until it ends."""
    import ctypes

    class Limits(ctypes.Structure):  # JOBOBJECT_EXTENDED_LIMIT_INFORMATION
        _fields_ = (
            *(("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64), ("flags", ctypes.c_uint32)),
            *(("least", ctypes.c_size_t), ("most", ctypes.c_size_t), ("processes", ctypes.c_uint32)),
            *(("affinity", ctypes.c_size_t), ("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32)),
            *(("io", ctypes.c_uint64 * 6), ("memory", ctypes.c_size_t * 4)),
        )

    kernel = _kernel()
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = _void(kernel.CreateJobObjectW(None, None))
    limits = Limits(flags=_KILL_ON_CLOSE)
    set_ = kernel.SetInformationJobObject(job, _EXTENDED, ctypes.byref(limits), ctypes.sizeof(limits))
    return job if set_ else None


@lru_cache(maxsize=1)
def _kernel() -> Any:
    import ctypes

    kernel = getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009 - not there elsewhere
    kernel.OpenProcess.restype = ctypes.c_void_p
    return kernel


def _void(handle: Any) -> Any:
    import ctypes

    return ctypes.c_void_p(handle if isinstance(handle, int) else handle.value)
