"""Tables as spreadsheets write them: read with any mark, encoding and separator, written so that nothing runs.

A cell that a spreadsheet would take for a formula gets an apostrophe; reading takes it away again, so that a table can
go through a spreadsheet and back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TextIO

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.report.words import FORMULA, cell
from pcmfa_lint.source.text import NotText, decode

_SEPARATORS = ",;\t"
_LARGEST = 1_000_000  # characters of one cell


def read(data: bytes, name: str, columns: Collection[str] = ()) -> list[dict[str, str]]:
    """The rows of a table whose first row names the columns: lower-case words joined by underscores, but those that are
    not among the `columns` as they are written, if some are. `name` is how faults call it. Raises UsageFault."""
    try:
        text = decode(data).text
    except NotText:
        raise UsageFault(f"{name}: this is not text; save it as CSV (UTF-8)") from None
    separator, text = _separator(text)
    csv.field_size_limit(_LARGEST)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        head = [column_name(_plain(text), columns) for text in next(rows, [])]
        filled = [[_plain(text) for text in row] for row in rows if any(text.strip() for text in row)]
        return [row_of(head, dict(enumerate(row))) for row in filled]
    except csv.Error:
        raise UsageFault(f"{name}, line {rows.line_num}: this is not a CSV table") from None


def write(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    """Writes a table as RFC 4180 in UTF-8 with a byte order mark, without which spreadsheets take it for something
    else."""
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerows([_lines(text) for text in row] for row in (columns, *rows))


def _separator(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:  # a line that only Excel knows
        return first.strip()[4], rest
    return max(_SEPARATORS, key=first.count), text


def row_of(head: Sequence[str], cells: Mapping[int, str]) -> dict[str, str]:
    """A row by the names of its columns. A cell whose column has no name, or the name of one before it, is kept under
    the number of its column."""
    first: dict[str, int] = {}
    for at, name in enumerate(head):
        if name:
            first.setdefault(name, at)
    row = {name: cells.get(at, "") for name, at in first.items()}
    named = set(first.values())
    return row | {f"column_{at + 1}": text for at, text in sorted(cells.items()) if at not in named and text.strip()}


def column_name(text: str, columns: Collection[str]) -> str:
    """The name of a column."""
    word = text.strip().casefold().replace(" ", "_")
    return word if word in columns or not columns else text.strip()


def _lines(text: str) -> str:
    """A cell that may have several lines: people write them, and code has none."""
    return "\n".join(map(cell, re.split(r"\r\n|\r|\n", text)))


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
