"""Files that we write: beside their place and then renamed, so that nobody ever reads half a report."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700


def write_to(file: str, write: Callable[[TextIO], object], mode: int = 0o666, *, through_links: bool = True) -> None:
    """Lets `write` fill `file`, in UTF-8. What is no regular file (a pipe, /dev/null) is written straight. `mode`: who
    may read it, less what the user's mask takes away. `through_links`: where `file` is a link, what it leads to is
    written, else the link is replaced. Raises OSError; then a regular file is as it was."""
    path = Path(os.path.realpath(file)) if through_links else Path(file)
    try:
        mode_there = path.lstat().st_mode
        regular = stat.S_ISREG(mode_there) or stat.S_ISLNK(mode_there)
    except FileNotFoundError:
        regular = True
    if not regular:
        with path.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
            write(stream)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(
            beside,
            "x",
            encoding="utf-8",
            errors="surrogateescape",
            newline="\n",
            opener=lambda name, flags: os.open(name, flags, mode),
        ) as stream:
            write(stream)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def private_folder(folder: Path, ours: bool = False) -> None:
    """Makes `folder` if it is not there, for the user alone. One that is there keeps who may look into it, unless it is
    empty or known to be `ours`. Raises OSError."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if ours or not any(folder.iterdir()):
        folder.chmod(PRIVATE_FOLDER)
