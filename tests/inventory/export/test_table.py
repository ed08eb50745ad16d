"""The table: a row an integration, merged with what people wrote, also after it went through a spreadsheet."""

from __future__ import annotations

import io

import pytest

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.inventory.export import spreadsheet
from pcmfa_lint.inventory.export.table import CODE, COLUMNS, ID, PEOPLE, Table, table, written_by_people
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.estate import Estate, Scanned
from tests.inventory.entry import entry
from tests.inventory.estate import full_estate


def estate(*entries: Entry, failed: str = "") -> Estate:
    repositories = [Scanned("repo", "repo", entries=entries)]
    return Estate((*repositories, *([Scanned("lost", "lost", failed=failed)] if failed else [])))


def text(made: Table) -> str:
    stream = io.StringIO()
    spreadsheet.write(made.columns, made.cells(), stream)
    return stream.getvalue()


def filled(made: Table, **words: str) -> list[dict[str, str]]:
    return [{**row, **words} for row in made.rows]


def states(made: Table) -> dict[str, str]:
    return {row["id"]: row.get("since", "") for row in made.rows}


def test_columns_for_people_start_empty_and_everything_is_a_cell() -> None:
    made = table(estate(entry(1), failed="there is no such folder"))
    assert made.columns == COLUMNS
    assert [row["exposure"] for row in made.rows] == ["cannot-tell", "not-scanned"]
    assert all(not row.get(column) for row in made.rows for column in PEOPLE)
    assert set(made.rows[0]) == {*CODE, ID}


def test_a_table_belongs_to_people_once_they_filled_in_an_answer_or_a_column_of_their_own() -> None:
    (row,) = table(estate(entry(1))).rows
    assert not written_by_people([row])
    assert written_by_people([row, {**row, "notes": "asked"}])
    assert written_by_people([{**row, "our ticket": "42"}])


def test_what_people_wrote_stays_and_changes_are_told() -> None:
    old = filled(table(estate(entry(1), entry(2), entry(3))), team_confirmed="yes", ours="42")
    now = table(estate(entry(1), entry(2, flow=("app-only",), exposure="survives"), entry(4)), old, "old.csv")
    assert now.columns == (*COLUMNS, "ours")
    assert states(now) == {"pc-1": "", "pc-2": "changed: exposure", "pc-4": "new", "pc-3": "gone"}
    assert {row["id"]: row.get("team_confirmed", "") for row in now.rows} == {
        "pc-1": "yes",
        "pc-2": "yes",
        "pc-4": "",
        "pc-3": "yes",
    }
    assert now.rows[0]["ours"] == "42"
    assert [(change.what, change.id) for change in now.changes or ()] == [
        ("new", "pc-4"),
        ("changed", "pc-2"),
        ("gone", "pc-3"),
    ]


def test_what_is_gone_stays_once_and_as_long_as_somebody_wrote_into_it() -> None:
    first = table(estate(entry(1), entry(2)))
    old = [dict(row) for row in first.rows]
    old[1]["notes"] = "call us"
    second = table(estate(), old, "old.csv")
    assert states(second) == {"pc-1": "gone", "pc-2": "gone"}
    third = table(estate(), second.rows, "old.csv")
    assert states(third) == {"pc-2": "gone"}
    assert third.changes == ()
    assert states(table(estate(entry(2)), third.rows, "old.csv")) == {"pc-2": "back"}


def test_rows_of_a_repository_that_could_not_be_scanned_are_not_gone() -> None:
    old = filled(table(Estate((Scanned("lost", "lost", entries=(entry(1, repository="lost"),)),))), notes="call us")
    now = table(estate(failed="its server cannot be reached"), old, "old.csv")
    assert states(now) == {"repo:lost": "", "pc-1": ""}
    assert now.rows[-1]["notes"] == "call us"
    assert now.changes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_that_went_through_a_spreadsheet(encoding: str, separator: str) -> None:
    made = table(estate(entry(1)))
    rows = [{**made.rows[0], "notes": 'Zürich; fragt "alle"', "team_confirmed": "=1+1"}]
    stream = io.StringIO()
    spreadsheet.write(made.columns, [[row.get(column, "") for column in made.columns] for row in rows], stream)
    comma = spreadsheet.read(stream.getvalue().encode(), "old.csv")
    import csv

    again = io.StringIO()
    writer = csv.writer(again, delimiter=separator, lineterminator="\r\n")
    writer.writerows([made.columns, [comma[0].get(column, "") for column in made.columns]])
    back = spreadsheet.read(again.getvalue().encode(encoding), "old.csv")
    assert back[0]["notes"] == rows[0]["notes"]
    assert back[0]["team_confirmed"] == "=1+1"
    assert states(table(estate(entry(1)), back, "old.csv")) == {"pc-1": ""}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\uff1d1"])
def test_no_cell_is_run_by_a_spreadsheet(cell: str) -> None:
    written = text(table(estate(entry(1, accounts=(cell,), reason=cell))))
    assert f",'{cell.replace(chr(9), chr(0xFFFD))}" in written
    assert f",{cell}" not in written


def test_a_table_without_ids_is_refused_in_one_sentence() -> None:
    with pytest.raises(UsageFault, match="the column id"):
        table(estate(entry(1)), [{"name": "x"}], "old.csv")


@pytest.mark.parametrize("data", [b"\x00\x01\x00\x00\x02" * 100, b'id,notes\r\n"' + b"x" * 1_100_000])
def test_what_is_no_table_is_said_so(data: bytes) -> None:
    with pytest.raises(UsageFault, match=r"^old\.csv"):
        spreadsheet.read(data, "old.csv")


def test_an_empty_table_is_none_to_merge() -> None:
    assert states(table(estate(entry(1)), spreadsheet.read(b"", "old.csv"), "old.csv")) == {"pc-1": "new"}


def test_nothing_that_people_wrote_is_lost_however_the_table_was_changed() -> None:
    first = table(full_estate())
    head = list(first.columns)
    rows = [dict(zip(head, cells, strict=True)) for cells in first.cells()]
    id_ = rows[0]["id"]
    rows[0]["notes"] = "one"
    rows.insert(1, {**rows[0], "notes": "two"})  # copied
    rows.append({"repository": "a script on a desk", "notes": "ask Ann"})  # no sweep knows it
    now = table(full_estate(), rows, "inventory.csv")
    (merged,) = [row for row in now.rows if row.get("id") == id_]
    assert merged["notes"] == "one; two"
    assert now.rows[-1] == {"repository": "a script on a desk", "notes": "ask Ann", "since": "added by hand"}
    again = table(full_estate(), [dict(row) for row in now.rows], "inventory.csv")
    assert again.rows[-1] == now.rows[-1]


def test_cells_without_a_title_or_under_one_that_is_there_twice_are_kept() -> None:
    text = "id,notes,notes,\nx,a,b,c,d\n"
    assert spreadsheet.read(text.encode(), "x.csv", ("id", "notes")) == [
        {"id": "x", "notes": "a", "column_3": "b", "column_4": "c", "column_5": "d"}
    ]
