"""Files of the scanned repository that are looked at whole: only if they are regular and small."""

from __future__ import annotations

import os
import stat

SIZE = 256_000  # bytes of one file that are looked at


def text_of(path: str) -> str:
    """The first `SIZE` bytes of a regular file as text; nothing if it is none or cannot be read. Links are not
    followed."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return ""
            return stream.read(SIZE).decode("utf-8-sig", "replace")
    except OSError:
        return ""
