"""The inventory as an Excel workbook: written so that nothing in it runs, read back as if it were hostile.

Of a workbook only the cells of one sheet are read. Formulas count by the value that they last showed; macros, links to
other files and everything else in it are not looked at.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from xml.etree import ElementTree

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.inventory.export.spreadsheet import column_name, row_of
from pcmfa_lint.limits import WORKBOOK_BYTES, WORKBOOK_CELLS, WORKBOOK_PART_BYTES
from pcmfa_lint.report.words import clean, valid
from pcmfa_lint.source.damaged_archive import DAMAGED

SHEET = "inventory"
_MAGIC = b"PK\3\4"
_LONGEST = 32_000  # characters that Excel takes in one cell, less some
_DAY = datetime(2000, 1, 1)  # the same bytes on every day
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_NUMBER = re.compile(r"\d{1,9}")
_ROOM = 200  # further rows in which the choices can be made
_WIDTHS = {
    "path": 40,
    "reason": 60,
    "repository": 28,
    "owner": 24,
    "flows": 24,
    "business_functions": 28,
    "exposure": 20,
}


@dataclass(slots=True)
class Sheet:
    """The contents of a workbook. `formulas`: cells that hold one; `macros`: it brings some."""

    rows: list[dict[str, str]] = field(default_factory=list)
    formulas: int = 0
    macros: bool = False


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a workbook and not text."""
    return data.startswith(_MAGIC)


def write(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    stream: BinaryIO,
    choices: Mapping[str, Sequence[str]],
    frozen: int,
    hidden: Collection[str],
) -> None:
    """Writes a table as a workbook. `choices`: of a column what can be chosen there (other words are taken, too);
    `frozen`: columns on the left that stay in view; `hidden`: columns that nobody reads."""
    from xlsxwriter import Workbook

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(stream, options)
    book.set_properties({"created": _DAY})
    sheet = book.add_worksheet(SHEET)
    head, body = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    for at, column in enumerate(columns):
        sheet.write_string(0, at, valid(clean(column)), head)
        sheet.set_column(at, at, _WIDTHS.get(column, 16), None, {"hidden": column in hidden})
        if column in choices:
            rule = {"validate": "list", "source": list(choices[column]), "error_type": "information"}
            sheet.data_validation(1, at, len(rows) + _ROOM, at, rule)
    for number, row in enumerate(rows, 1):
        for at, text in enumerate(row):
            if _NUMBER.fullmatch(text):
                sheet.write_number(number, at, int(text), body)
            elif text:
                sheet.write_string(number, at, _cell(text), body)
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    book.close()


def read(data: bytes, name: str, columns: Collection[str] = ()) -> Sheet:
    """The rows of a workbook: of its sheet `inventory`, else of the first. `name` is how faults call it. Raises
    UsageFault."""
    if len(data) > WORKBOOK_BYTES:
        raise UsageFault(f"{name}: the workbook is too large; save the sheet as CSV (UTF-8)")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheet = Sheet(macros=any(each.lower().endswith("vbaproject.bin") for each in archive.namelist()))
            shared = _shared(archive)
            _fill(sheet, _part(archive, _sheet(archive)), shared, columns)
            return sheet
    except DAMAGED:
        pass
    except (ElementTree.ParseError, KeyError, OSError):  # also: a part is not there
        pass
    raise UsageFault(f"{name}: this is not a readable workbook; save the sheet as CSV (UTF-8)")


def _cell(text: str) -> str:
    lines = "\n".join(clean(line) for line in text.splitlines())
    return valid(lines[:_LONGEST])


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A part of the workbook, without anything that XML could do. Raises ValueError where there is such a thing."""
    with archive.open(name) as stream:
        data = stream.read(WORKBOOK_PART_BYTES + 1)
    if len(data) > WORKBOOK_PART_BYTES or b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:200]:
        raise ValueError
    return ElementTree.fromstring(data)


def _sheet(archive: zipfile.ZipFile) -> str:
    """The name of the part with the sheet."""
    sheets = [*_part(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet")]
    chosen = next((each for each in sheets if each.get("name") == SHEET), sheets[0] if sheets else None)
    if chosen is None:
        raise ValueError
    for each in _part(archive, "xl/_rels/workbook.xml.rels"):
        if each.get("Id") == chosen.get(_REL):
            target = (each.get("Target") or "").lstrip("/")
            return target if target.startswith("xl/") else f"xl/{target}"
    raise ValueError


def _shared(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells name by their number."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(each) for each in _part(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]


def _text(element: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_MAIN}t"))


def _fill(sheet: Sheet, root: ElementTree.Element, shared: Sequence[str], columns: Collection[str]) -> None:
    head: list[str] = []
    cells = 0
    for row in root.iter(f"{_MAIN}row"):
        texts: dict[int, str] = {}
        cells += len(head)  # of which each row has all, filled or not
        for at, text, formula in _cells(row, shared):
            cells += 1
            if cells > WORKBOOK_CELLS:
                raise ValueError
            sheet.formulas += formula
            texts[at] = text
        if not head:
            head = [column_name(texts.get(at, ""), columns) for at in range(max(texts, default=-1) + 1)]
        elif any(text.strip() for text in texts.values()):
            sheet.rows.append(row_of(head, texts))


def _cells(row: ElementTree.Element, shared: Sequence[str]) -> Iterator[tuple[int, str, bool]]:
    """The cells of a row: the number of the column, the text, and whether it is what a formula showed."""
    for number, cell in enumerate(row.iter(f"{_MAIN}c")):
        place = _PLACE.fullmatch(cell.get("r") or "")
        at = _column(place[1]) if place else number
        kind, value = cell.get("t"), cell.findtext(f"{_MAIN}v") or ""
        text = _text(cell) if kind == "inlineStr" else value
        if kind == "s":
            text = shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
        elif kind in (None, "n"):
            text = text.removesuffix(".0")
        yield at, text, cell.find(f"{_MAIN}f") is not None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
