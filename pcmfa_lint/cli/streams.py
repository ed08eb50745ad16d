"""Standard streams that are closed, full, or no longer read."""

from __future__ import annotations

import errno
import io
import os
import sys

from pcmfa_lint.cli.options import say
from pcmfa_lint.config import USAGE


class _Closed(io.TextIOBase):
    """Standard output that was closed before we were started."""

    encoding = "utf-8"

    def write(self, text: str, /) -> int:
        raise OSError(errno.EBADF, "standard output is closed")


def standard_streams() -> None:
    """Opens what is closed of the three, so that no other file gets their numbers. What would be written to a closed
    standard output raises OSError."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this one
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = _null()


def flushed(status: int) -> int:
    """The exit status, once all output is written; that of wrong usage if it cannot be."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except BrokenPipeError:
        no_output()
        return USAGE
    except OSError as error:
        no_output()
        say(f"standard output cannot be written: {error.strerror}")
        return USAGE
    return status


def no_output() -> None:
    """Throws away what is still written to standard output."""
    sys.stdout = _null()


def _null() -> io.TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - stays open until the end
