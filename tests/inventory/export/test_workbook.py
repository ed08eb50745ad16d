"""The inventory as a workbook: with choices and a frozen head, and read back whatever was done to it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.inventory.export import workbook
from pcmfa_lint.inventory.export.table import COLUMNS, sheet_of, table, write_workbook
from pcmfa_lint.report.words import clean
from tests.helpers.repository import ROPC, put
from tests.inventory.estate import full_estate
from tests.sweep.test_run import rows


def damaged_lzma(name: str) -> bytes:
    """An archive with one member whose packed bytes are none."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(name, "<workbook/>" * 50)
    data = bytearray(stream.getvalue())
    at = data.index(name.encode()) + len(name) + 9
    data[at : at + 20] = b"\xff" * 20
    return bytes(data)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def written() -> bytes:
    stream = io.BytesIO()
    write_workbook(table(full_estate()), stream)
    return stream.getvalue()


def changed(data: bytes, changes: dict[str, tuple[str, str]], more: dict[str, bytes] | None = None) -> bytes:
    """The workbook with a text of some parts replaced, and further parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            before, after = changes.get(name, ("", ""))
            assert before in text
            new.writestr(name, text.replace(before, after, 1) if before else text)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return stream.getvalue()


def test_what_is_written_is_read_back_and_is_the_same_each_time() -> None:
    data = written()
    assert data == written()
    sheet = sheet_of(data, "inventory.xlsx")
    made = table(full_estate())
    assert [{column: row.get(column, "") for column in COLUMNS} for row in made.rows] == sheet.rows
    assert (sheet.formulas, sheet.macros) == (0, False)


def test_the_head_is_frozen_answers_can_be_chosen_and_nothing_is_a_formula() -> None:
    stream = io.BytesIO()
    workbook.write(["a", "b"], [["=1+1", "x\x00\u202e"]], stream, {"b": ["yes", "no"]}, 1, ())
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in sheet
    assert "<f>" not in sheet
    assert '"yes,no"' in sheet
    assert 'sqref="B2:' in sheet
    assert sheet_of(stream.getvalue(), "x").rows == [{"a": "=1+1", "b": "x" + clean("\x00\u202e")}]


def test_formulas_count_by_their_value_and_macros_are_named() -> None:
    formula = ('<c r="A2" s="2"><v>1</v></c>', '<c r="A2" s="2"><f>HYPERLINK("https://x")</f><v>7</v></c>')
    data = changed(written(), {"xl/worksheets/sheet1.xml": formula}, {"xl/vbaProject.bin": b"x"})
    sheet = sheet_of(data, "a.xlsm")
    assert sheet.rows[0]["priority"] == "7"
    assert (sheet.formulas, sheet.macros) == (1, True)


def test_a_column_of_ones_own_and_another_order_are_kept() -> None:
    stream = io.BytesIO()
    workbook.write(["Ours", "id", "Notes"], [["42", "pc-1", "call us"]], stream, {}, 0, ())
    assert sheet_of(stream.getvalue(), "x").rows == [{"Ours": "42", "id": "pc-1", "notes": "call us"}]


@pytest.mark.parametrize(
    "data",
    [
        b"PK\3\4",
        b"PK\3\4" + b"x" * 500,
        written()[:-40],
        changed(written(), {"xl/workbook.xml": ("<workbook", '<!DOCTYPE x [<!ENTITY a "b">]><workbook')}),
        changed(written(), {"xl/worksheets/sheet1.xml": ("</sheetData>", "")}),
        changed(written(), {"xl/_rels/workbook.xml.rels": ("worksheets/sheet1.xml", "../../../etc/passwd")}),
        damaged_lzma("xl/workbook.xml"),
    ],
    ids=range(7),
)
def test_what_is_no_workbook_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(UsageFault, match=r"x\.xlsx: this is not a readable workbook; save the sheet as CSV"):
        sheet_of(data, "x.xlsx")


def test_a_wide_head_counts_in_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "WORKBOOK_CELLS", 20_000)
    rows_ = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(2, 8))
    wide = f'<row r="1"><c r="A1"><v>1</v></c><c r="ZZZ1"><v>1</v></c></row>{rows_}'
    with pytest.raises(UsageFault, match="not a readable workbook"):
        sheet_of(changed(written(), {"xl/worksheets/sheet1.xml": ("<sheetData>", f"<sheetData>{wide}")}), "x.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "WORKBOOK_PART_BYTES", 100)
    with pytest.raises(UsageFault, match="not a readable workbook"):
        sheet_of(written(), "x.xlsx")
    monkeypatch.setattr(workbook, "WORKBOOK_BYTES", 100)
    with pytest.raises(UsageFault, match="too large"):
        sheet_of(written(), "x.xlsx")


def test_a_workbook_that_was_filled_in_is_merged_into_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "estate", {"bad.py": ROPC})
    out = tmp_path / "out"
    command = ["sweep", str(tmp_path / "estate"), "--out", str(out)]
    cli.run(command)
    stream = io.BytesIO()
    id_ = rows(out)[0]["id"]
    workbook.write(["id", "team_confirmed", "ours"], [[id_, "yes", "42"]], stream, {}, 0, ())
    (tmp_path / "filled.xlsx").write_bytes(stream.getvalue())
    cli.run([*command, "--merge", str(tmp_path / "filled.xlsx")])
    assert (rows(out)[0]["team_confirmed"], rows(out)[0]["ours"]) == ("yes", "42")
    capsys.readouterr()
    cli.run(command)
    assert "people made in inventory." in capsys.readouterr().err
    assert rows(out)[0]["ours"] == "42"
