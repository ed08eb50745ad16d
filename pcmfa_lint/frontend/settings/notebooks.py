"""The code cells of a notebook: one program, but for what is no Python in it."""

from __future__ import annotations

import re

_MAGIC = re.compile(r"(\s*)(?:[%!?].*|[\w.]+\s*\?{1,2}\s*)")
_RESULT = re.compile(r"(\s*[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*\s*=\s*)[!%](?!=).*")
_PYTHON = re.compile(r"%%(?:time|timeit|capture|prun|python3?|pypy|local|debug|memit|mprun|snakeviz)\b")


def python_rows(source: str) -> list[str]:
    """The lines of a cell as Python: commands of the notebook do nothing, and what they give back is not known; of a
    cell that is handed to something else nothing is left."""
    rows = source.removesuffix("\n").split("\n")
    first = next((row.strip() for row in rows if row.strip()), "")
    if first.startswith("%%") and _PYTHON.match(first) is None:
        return [""] * len(rows)
    return [_row(row) for row in rows]


def _row(row: str) -> str:
    if (magic := _MAGIC.fullmatch(row)) is not None:
        return f"{magic[1]}pass"
    result = _RESULT.fullmatch(row)
    return f"{result[1]}None" if result is not None else row
