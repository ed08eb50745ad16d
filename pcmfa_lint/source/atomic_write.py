"""Files that we write: beside their place and then renamed, so that nobody ever reads half a report."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TextIO


def write_to(file: str, write: Callable[[TextIO], object]) -> None:
    """Lets `write` fill `file`, in UTF-8. What is no regular file (a pipe, /dev/null) is written straight. Raises
    OSError; then a regular file is as it was."""
    path = Path(os.path.realpath(file))
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        regular = True
    if not regular:
        with path.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
            write(stream)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("x", encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
            write(stream)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
