"""A note on a file that was not read, or not wholly."""

from __future__ import annotations

from typing import NamedTuple


class FileNote(NamedTuple):
    """A file that was skipped or partly read, with the reason in one sentence."""

    path: str
    reason: str
    line: int = 0
