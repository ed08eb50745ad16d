"""Files of the scanned repository beside its code: looked at whole, only if they are regular and small."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from pcmfa_lint.limits import SMALL_FILE_BYTES


def text_of(path: str) -> str:
    """The first `SMALL_FILE_BYTES` bytes of a regular file as text; nothing if it is none or cannot be read.
    Links are not followed."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return ""
            return stream.read(SMALL_FILE_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def folders_above(path: str) -> list[str]:
    """The folders that lead to a path with `/`, innermost first, "" (the root) last."""
    above = []
    while path:
        path = path.rpartition("/")[0]
        above.append(path)
    return above


def named(files: Iterable[str], globs: Sequence[str]) -> list[str]:
    """The files whose own name fits one of `globs`; case does not count."""
    lowered = [glob.lower() for glob in globs]
    return [file for file in files if any(fnmatchcase(file.rpartition("/")[2].lower(), glob) for glob in lowered)]
