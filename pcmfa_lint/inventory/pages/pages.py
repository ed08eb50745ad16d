"""The pages of a sweep: the report of the estate, the inventory as a table, and the playbook. What all pages of the
project share is in `pcmfa_lint/report/page.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from pcmfa_lint.inventory.model import labels
from pcmfa_lint.inventory.model.entry import EXPOSURES
from pcmfa_lint.inventory.model.estate import Estate
from pcmfa_lint.inventory.pages.changes import groups, verdict
from pcmfa_lint.inventory.pages.charts import charts
from pcmfa_lint.inventory.pages.summary import summary
from pcmfa_lint.inventory.pages.view import ColumnFilter, EstateView, choices, levels, values
from pcmfa_lint.inventory.playbook.rendering import chapters, rendered
from pcmfa_lint.report.page import write_page
from pcmfa_lint.report.words import BLIND_SPOT, BROKE_OFF, clean

FILTERS = (
    "priority",
    "exposure",
    "flows",
    "owner",
    "scope",
    "since",
)  # columns of the inventory that the page has filters for
# Columns that the page shows at once; the others on demand.
FRONT = ("priority", "exposure", "repository", "path", "reason", "impact", "what_to_do", "owner")
_SCRIPTS = ("table.js",)
_STYLES = ("estate.css",)


def write_report(estate: Estate, stream: TextIO, playbook: Mapping[str, str] | None = None) -> None:
    """Write `report.html`: the whole estate, one section for each integration. `playbook`: where the playbook beside
    it speaks of an integration, id → anchor."""
    view = EstateView(estate)
    write_page(
        "estate.html.j2",
        stream,
        scripts=_SCRIPTS,
        styles=_STYLES,
        estate=estate,
        view=view,
        summary=summary(estate),
        charts=charts(view.entries),
        filters=choices(view.entries),
        ranks={each: rank for rank, each in enumerate(EXPOSURES)},
        playbook=playbook or {},
        labels=labels,
        levels=levels,
        broke_off=BROKE_OFF,
        blind_spot=BLIND_SPOT,
    )


def write_changes(estate: Estate, stream: TextIO) -> None:
    """Write `changes.html`: what is new, gone, fixed or different since the last sweep."""
    write_page(
        "changes.html.j2",
        stream,
        styles=_STYLES,
        verdict=verdict(estate),
        groups=groups(estate),
        anchors=EstateView(estate).anchors,
        unknown=[each for each in estate.repositories if each.failed and not each.empty],
        version=estate.version,
        labels=labels,
    )


def write_inventory(
    columns: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO, version: str = "", complete: bool = True
) -> None:
    """Write `inventory.html`: the table of the inventory and nothing else, what people ask first in front. Every row
    has a cell for every column."""
    order = sorted(range(len(columns)), key=lambda at: FRONT.index(columns[at]) if columns[at] in FRONT else len(FRONT))
    columns = [columns[at] for at in order]
    rows = [[row[at] for at in order] for row in rows]
    write_page(
        "inventory.html.j2",
        stream,
        scripts=_SCRIPTS,
        styles=(*_STYLES, "landscape.css"),
        titles=[clean(column).replace("_", " ") for column in columns],
        rows=rows,
        filters=list(_filters(columns, rows)),
        front=sum(column in FRONT for column in columns),
        version=version,
        complete=complete,
        broke_off=BROKE_OFF,
    )


def write_playbook(title: str, markdown: str, stream: TextIO, version: str = "") -> None:
    """Write `playbook.html`: the markdown with a table of contents. Chapters are its headings of the second level."""
    head, body, headings = rendered(markdown)
    write_page(
        "playbook.html.j2",
        stream,
        scripts=("copy.js",),
        styles=(*_STYLES, "playbook.css"),
        title=title,
        head=head,
        body=body,
        chapters=chapters(headings),
        version=version,
    )


def _filters(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[ColumnFilter]:
    for name in FILTERS:
        if name in columns:
            at = columns.index(name)
            options = values(row[at] for row in rows)
            if len(options) > 1:
                yield ColumnFilter(name, at, options)
