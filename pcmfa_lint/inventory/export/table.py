"""The inventory as a table: a row for each integration, one for a repository that was not scanned, and columns that
only people can fill. A table that was filled in is merged into the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.inventory.export import spreadsheet, workbook
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.estate import Estate, RowChange, Scanned
from pcmfa_lint.inventory.model.labels import to_do
from pcmfa_lint.inventory.model.links import link_to

CODE = (
    *("priority", "exposure", "repository", "path", "line", "owner", "flows", "business_functions"),
    *("reason", "impact", "owner_basis", "acts_for_user", "accounts", "app_registrations", "tenants", "apis", "scope"),
    *("app_only_accepted", "needs_user", "runs", "secrets", "handling_of_401"),
    *("probes_mfa", "knows_900421", "alerts", "findings", "languages", "files", "signs_in_at"),
    *("source", "link"),
    "what_to_do",
)
ID = "id"  # by which rows are found again; nobody reads it
SINCE = "since"  # new, changed, gone: against the table that was merged
BY_HAND = "added by hand"  # of a row that no sweep has found
PEOPLE = (
    *("team_confirmed", "mfa_registered", "idp_issues_mfa_claim", "tested_in_sandbox", "third_party_contact"),
    "notes",
)
COLUMNS = (*CODE[:-1], SINCE, *PEOPLE, ID, CODE[-1])  # what came later stands last
NOT_SCANNED = "not-scanned"
FROZEN = 4  # columns that say which integration it is
ANSWERS = ("yes", "no", "unknown")
_MANY = 20  # files that are listed; of more, how many
_UNTOLD = frozenset({"line", "reason", "findings", "source", "link", "what_to_do"})  # columns whose change is no news
_TRUE = {True: "yes", False: "no", None: "unknown"}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are ours, then those that people have added to the merged table."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    changes: tuple[RowChange, ...] | None = None

    def cells(self) -> list[tuple[str, ...]]:
        return [tuple(row.get(column, "") for column in self.columns) for row in self.rows]

    def readable(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Columns and cells for people to read: without the ids."""
        indexes = [at for at, column in enumerate(self.columns) if column != ID]
        columns = tuple(self.columns[at] for at in indexes)
        return columns, [tuple(row[at] for at in indexes) for row in self.cells()]

    def people(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Of each row's id what people wrote into it, by the name of the column."""
        own = [column for column in self.columns if column not in (*CODE, SINCE, ID)]
        written = {
            row.get(ID, ""): tuple((column, row[column]) for column in own if row.get(column)) for row in self.rows
        }
        return {id_: cells for id_, cells in written.items() if id_ and cells}


def table(estate: Estate, old: Sequence[Mapping[str, str]] | None = None, name: str = "") -> Table:
    """The estate's table; with `old` rows (of a file called `name`) what people wrote into them is carried over, and
    rows that are gone follow at the end. Raises UsageFault where the old table has no ids."""
    homes = {each.name: each for each in estate.repositories}
    rows = [_row(entry, link_to(homes.get(entry.repository), entry.at)) for entry in estate.entries()]
    rows += [_failed(each) for each in estate.repositories if each.failed]
    if old is None:
        return Table(COLUMNS, tuple(rows))
    before = _by_id(old, name)
    unknown = {each.name for each in estate.repositories if each.failed}
    added = tuple(dict.fromkeys(column for row in old for column in row if column and column not in COLUMNS))
    changes = [change for row in rows if (change := _carry(row, before.get(row["id"]), added)) is not None]
    missing = [dict(row) for id_, row in before.items() if id_ not in {each["id"] for each in rows}]
    missing = [row for row in missing if _worth_keeping(row, added)]
    for row in missing:
        if row.get("repository", "") in unknown:
            row[SINCE] = ""  # nobody knows: its repository could not be scanned
            continue
        if row.get(SINCE) != "gone":
            then = row.get("exposure", "")
            changes.append(RowChange("gone", row["id"], row.get("repository", ""), _place(row), before=then))
        row[SINCE] = "gone"
    return Table((*COLUMNS, *added), (*rows, *missing, *_by_hand(old)), tuple(changes))


def sheet_of(data: bytes, name: str) -> workbook.Sheet:
    """An older table, CSV or a workbook, with what was seen in it. Raises UsageFault."""
    if workbook.is_workbook(data):
        return workbook.read(data, name, COLUMNS)
    return workbook.Sheet(spreadsheet.read(data, name, COLUMNS))


def write_workbook(contents: Table, stream: BinaryIO) -> None:
    """Writes the table as an Excel workbook, with choices where people answer a question."""
    choices = {column: ANSWERS for column in PEOPLE if column not in ("third_party_contact", "notes")}
    workbook.write(contents.columns, contents.cells(), stream, choices, FROZEN, (ID,))


def written_by_people(rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether a person has filled in a column of such a table, or added one."""
    return any(text for row in rows for column, text in row.items() if column and column not in (*CODE, SINCE, ID))


def _row(entry: Entry, link: str = "") -> Row:
    return {
        "id": entry.id,
        "priority": str(entry.priority),
        "exposure": entry.exposure,
        "repository": entry.repository,
        "path": entry.at.path,
        "line": str(entry.at.span.line),
        "reason": entry.reason,
        "what_to_do": to_do(entry),
        "source": entry.source,
        "link": link,
        "owner": entry.owner.name,
        "owner_basis": " ".join(filter(None, (entry.owner.basis, entry.owner.at))),
        "flows": _list(flows(entry)),
        "acts_for_user": _TRUE[entry.app_and_user],
        "accounts": _list(entry.accounts),
        "app_registrations": _list(entry.apps),
        "tenants": _list(entry.tenants),
        "apis": _list(entry.apis),
        "scope": entry.scope,
        "business_functions": _list(entry.business),
        "impact": _list(entry.impact),
        "app_only_accepted": entry.app_only,
        "needs_user": _list(entry.needs_user),
        "runs": " ".join(filter(None, (entry.runs, f"({entry.runs_words})" if entry.runs_words else ""))),
        "secrets": _list(entry.secrets),
        "handling_of_401": entry.handling if entry.calls else "",
        "probes_mfa": _TRUE[entry.probes],
        "knows_900421": _TRUE[entry.knows_code],
        "alerts": _list(entry.alert_words) or _TRUE[entry.alerts],
        "findings": str(len(entry.findings)),
        "languages": _list(entry.language),
        "files": _list(entry.files),
        "signs_in_at": _list(tuple(dict.fromkeys(f"{each.at.path}:{each.at.span.line}" for each in entry.sign_ins))),
    }


def flows(entry: Entry) -> tuple[str, ...]:
    """Its flows, each with how surely it is known if that is not certain."""
    confidence: dict[str, str] = {}
    for each in entry.sign_ins:
        best = confidence.get(each.flow, "unknown")
        confidence[each.flow] = min(best, each.confidence, key=("certain", "likely", "unknown").index)
    return tuple(
        flow if confidence[flow] == "certain" or flow == "unknown" else f"{flow} (likely)"
        for flow in sorted(confidence)
    )


def _failed(each: Scanned) -> Row:
    return {"id": f"repo:{each.name}", "exposure": NOT_SCANNED, "repository": each.name, "reason": each.failed}


def _list(parts: Sequence[str]) -> str:
    more = f"; and {len(parts) - _MANY} more" if len(parts) > _MANY else ""
    return "; ".join(parts[:_MANY]) + more


def _by_id(old: Sequence[Mapping[str, str]], name: str) -> dict[str, Mapping[str, str]]:
    if old and not any("id" in row for row in old):
        raise UsageFault(f"{name}: the column id, which identifies the rows, is missing; merge an inventory.csv")
    rows_by_id: dict[str, Mapping[str, str]] = {}
    for row in old:
        if id_ := row.get(ID, ""):
            rows_by_id[id_] = _both(rows_by_id[id_], row) if id_ in rows_by_id else row
    return rows_by_id


def _both(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Two rows of the same integration, as copying makes them: of what people wrote, nothing is lost."""
    written = [column for column in {**one, **other} if column not in (*CODE, SINCE, ID)]
    texts = {column: dict.fromkeys(filter(None, (one.get(column), other.get(column)))) for column in written}
    return {**one, **{column: "; ".join(cells) for column, cells in texts.items()}}


def _by_hand(old: Sequence[Mapping[str, str]]) -> list[Row]:
    """Rows that people have added: they have no id."""
    return [{**row, SINCE: BY_HAND} for row in old if not row.get(ID) and any(text.strip() for text in row.values())]


def _carry(row: Row, before: Mapping[str, str] | None, added: Iterable[str]) -> RowChange | None:
    """Takes over what people wrote, and says what is different."""
    if row["exposure"] == NOT_SCANNED:
        row.update({column: (before or {}).get(column, "") for column in (*PEOPLE, *added)})
        return None
    place = _place(row)
    if before is None:
        row[SINCE] = "new"
        return RowChange("new", row["id"], row["repository"], place, now=row["exposure"])
    row.update({column: before.get(column, "") for column in (*PEOPLE, *added)})
    carried = [column for column in CODE if column in before and column not in _UNTOLD]
    different = tuple(column for column in carried if _normalised(before[column]) != _normalised(row.get(column, "")))
    if before.get(SINCE) == "gone":
        row[SINCE] = "back"
        return RowChange("new", row["id"], row["repository"], place, now=row["exposure"])
    row[SINCE] = "changed: " + ", ".join(different) if different else ""
    if not different:
        return None
    then = before.get("exposure", row["exposure"])
    return RowChange("changed", row["id"], row["repository"], place, different, then, row["exposure"])


def _normalised(cell: str) -> str:
    return " ".join(cell.split())


def _worth_keeping(row: Mapping[str, str], added: Iterable[str]) -> bool:
    """A row that is gone stays for one sweep, and as long as somebody wrote something into it."""
    if row["id"].startswith("repo:"):
        return any(row.get(column) for column in (*PEOPLE, *added))
    return row.get(SINCE) != "gone" or any(row.get(column) for column in (*PEOPLE, *added))


def _place(row: Mapping[str, str]) -> str:
    return f"{row.get('path', '')}:{row.get('line', '')}"
