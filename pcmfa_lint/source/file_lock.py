"""A lock between processes that ends with its file, or with the process."""

from __future__ import annotations

import sys
from typing import TextIO


def locked(stream: TextIO) -> bool:
    """Whether the open file could be locked; it stays so until it is closed. Where a file system knows no locks, this
    says yes."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return sys.platform != "win32"
    return True
