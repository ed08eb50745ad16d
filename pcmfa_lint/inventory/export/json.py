"""The inventory as JSON, described by `schemas/inventory.schema.json`. A new key does not change the version; a key
that goes, or means something else, does. ASCII only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TextIO

from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.estate import Estate, Scanned, accounts
from pcmfa_lint.inventory.model.links import link_to
from pcmfa_lint.report.json import dump

VERSION = 1


def write(estate: Estate, stream: TextIO) -> None:
    """Writes the estate as one JSON object with a closing line break."""
    entries = estate.entries()
    homes = {each.name: each for each in estate.repositories}
    document = {
        "version": VERSION,
        "tool": {"name": "pcmfa-lint", "version": estate.version},
        "complete": estate.complete,
        "repositories": [_repository(each) for each in estate.repositories],
        "integrations": [
            {
                **_entry(entry),
                "link": link_to(homes.get(entry.repository), entry.at),
                "people": dict(estate.people.get(entry.id, ())),
            }
            for entry in entries
        ],
        "accounts": [
            {"name": each.name, "needs_mfa": each.needs_mfa, "integrations": [entry.id for entry in each.entries]}
            for each in accounts(entries)
        ],
        "apps": None
        if estate.apps is None
        else [{**asdict(use), "entries": [entry.id for entry in use.entries]} for use in estate.apps],
        "changes": None
        if estate.changes is None
        else [{**asdict(change), "fixed": change.fixed} for change in estate.changes],
        "notes": list(estate.notes),
    }
    dump(document, stream)


def _repository(each: Scanned) -> dict[str, Any]:
    report = each.report
    return {
        "name": each.name,
        "source": each.source,
        "commit": each.commit,
        "not_scanned": each.failed,
        "findings": len(report.findings) if report else 0,
        "files_read": report.files.read if report else 0,
        "skipped": [asdict(note) for note in report.files.skipped] if report else [],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        **asdict(entry),
        "at": _place(asdict(entry.at)),
        "secret_places": [_place(asdict(each)) for each in entry.secret_places],
        "sign_ins": [{**asdict(each), "at": _place(asdict(each.at))} for each in entry.sign_ins],
    }


def _place(at: dict[str, Any]) -> dict[str, Any]:
    return {"path": at["path"], "line": at["span"]["line"], "column": at["span"]["col"]}
