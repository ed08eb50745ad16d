"""The integrations of a repository with what its files and its history say around them: what starts them, who owns
them, and what was not read although it names Partner Center."""

# ruff: noqa: PTH118
# Texts instead of Path objects, as in `discover`.

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from pcmfa_lint.discovery import git
from pcmfa_lint.discovery.discover import Listing
from pcmfa_lint.engine.run import ScanResult
from pcmfa_lint.evidence.words import PARTNER_KINDS
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.inventory.assembly import owners, triggers
from pcmfa_lint.inventory.assembly.deployed import deployed_entries
from pcmfa_lint.inventory.assembly.entries import entries as entries_of
from pcmfa_lint.inventory.assembly.entries import entry_id
from pcmfa_lint.inventory.assembly.openers import VAULT
from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.assembly.sightings import Sightings
from pcmfa_lint.inventory.assembly.sign_ins import run_without_person
from pcmfa_lint.inventory.assembly.unread import Unread, grants, unread_entries
from pcmfa_lint.inventory.model.entry import Entry, SignIn
from pcmfa_lint.inventory.model.knowledge import Tables
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.limits import HISTORY_FILES, SMALL_FILE_BYTES, TRIGGER_FILES, UNREAD_FILES
from pcmfa_lint.source.small_file import named, text_of


class FileBeginnings:
    """The beginnings of files of one repository, as text; nothing for what is no regular file."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    def text(self, path: str) -> str:
        if path in self._listing.contents:
            return self._listing.contents[path][:SMALL_FILE_BYTES].decode("utf-8-sig", "replace")
        return text_of(os.path.join(self._listing.root, path))


def entries_around(listing: Listing, name: SafeText, examined: ScanResult, tables: Tables) -> tuple[Entry, ...]:
    """The entries of a repository. `listing`: its files; `examined`: what came of them."""
    files, projects = FileBeginnings(listing), Projects(listing.files, tables.runs.projects, tables.runs.tests)
    sightings = Sightings(examined.units, projects)

    def opens_vault(entry: Entry) -> bool:
        return {service for service, _ in sightings.of((*_files(entry), *entry.members), tables.services)} == {VAULT}

    entries: tuple[Entry, ...] = ()
    if examined.evidence is not None:
        findings = examined.report.findings
        entries = entries_of(name, examined.evidence, findings, listing.files, tables, opens_vault)
    entries = _with_deployed(name, examined, entries, tables)
    covered = {path for entry in entries for path in _files(entry)}
    entries += unread_entries(name, list(_unread(listing, examined, covered, files, tables)), projects, tables)
    if not entries:
        return ()
    entries = tuple(_with_sightings(entry, sightings, tables) for entry in entries)
    return _started_and_owned(listing, entries, files, projects, tables, examined.units)


def _with_deployed(
    name: SafeText, examined: ScanResult, entries: tuple[Entry, ...], tables: Tables
) -> tuple[Entry, ...]:
    """The entries, and those of deployments without code; these say more than that something names Partner Center."""
    vague = entry_id(name, "?")
    deployed = deployed_entries(name, examined.units, [entry for entry in entries if entry.id != vague], tables)
    files = {entry.at.path for entry in deployed}
    return (*(entry for entry in entries if entry.id != vague or not files.issuperset(entry.files)), *deployed)


def _with_sightings(entry: Entry, sightings: Sightings, tables: Tables) -> Entry:
    """An entry with the services that it also uses, and the ways in which it can notify somebody."""
    files = (*_files(entry), *entry.members)
    services = {name for name, _ in sightings.of(files, tables.services)}
    alerts = tuple(words for _, words in sightings.of(files, tables.alerts, only_programs=True))
    return replace(
        entry, apis=tuple(sorted({*entry.apis, *services})), alerts=entry.alerts or bool(alerts), alert_words=alerts
    )


def _unread(
    listing: Listing, examined: ScanResult, covered: set[str], files: FileBeginnings, tables: Tables
) -> Iterator[Unread]:
    """The files that were not read, or only in part, and name a host of Partner Center."""
    hosts = [host.name.lower() for host in tables.hosts.values() if host.kind in PARTNER_KINDS]
    report = examined.report.files
    notes = {note.path: note.reason for note in (*report.partly, *report.skipped) if note.path not in covered}
    paths = {note_path: path for path in listing.files if (note_path := redaction.path(path)) in notes}
    for note_path, path in sorted(paths.items())[:UNREAD_FILES]:
        text = files.text(path)
        lines = text.lower().splitlines()
        line = next((number for number, line in enumerate(lines, 1) if any(host in line for host in hosts)), 0)
        if line and (path not in examined.units or examined.units[path].read == "text"):
            yield Unread(note_path, line, notes[note_path], grants(text))


def _started_and_owned(
    listing: Listing,
    entries: Sequence[Entry],
    files: FileBeginnings,
    projects: Projects,
    tables: Tables,
    units: Mapping[str, Unit],
) -> tuple[Entry, ...]:
    own = {file for entry in entries for file in _files(entry)}
    beside = triggers.asked_for(listing.files, tables.runs)[:TRIGGER_FILES]
    texts = {file: files.text(file) for file in sorted({*own, *beside})}
    signs = triggers.Signs(tables.runs, texts, projects)
    place, text = code_owners(files)
    commented = {path: owners.owner_in_comments(units[path]) for path in own if path in units}
    owner_of = partial(
        owners.owner,
        code_owners=(place, owners.CodeOwners(text)) if place else None,
        last_change=_history(listing.root),
        commented=lambda path: commented.get(path, ""),
        manifests={file: files.text(file) for file in named(listing.files, owners.MANIFESTS)[:TRIGGER_FILES]},
    )
    result = []
    for entry in entries:
        runs, words = signs.of(_files(entry))
        if runs == "unknown" and entry.flow and set(entry.flow) <= {"interactive", "device-code"}:
            runs, words = "by-hand", redaction.words("a person signs in")
        entry = replace(entry, runs=runs, runs_words=words, owner=owner_of(_files(entry)[:HISTORY_FILES]))
        result.append(run_without_person(entry, partial(_without_person, signs, tables, entry), tables))
    return tuple(result)


def _without_person(signs: triggers.Signs, tables: Tables, entry: Entry, sign_in: SignIn) -> bool | None:
    """Whether nobody is there when this is asked for: by its own file, else by the whole."""
    own = tables.runs.without_person(signs.of([sign_in.at.path])[0])
    return tables.runs.without_person(entry.runs) if own is None else own


def _files(entry: Entry) -> list[str]:
    """The files of an integration: where it begins, then where it signs in."""
    return list(dict.fromkeys((*entry.files, *(each.at.path for each in entry.sign_ins), entry.at.path)))


def code_owners(files: FileBeginnings) -> tuple[str, str]:
    """The place and the text of the file that says who owns what; nothing, if there is none."""
    texts = ((place, files.text(place)) for place in owners.PLACES)
    return next(((place, text) for place, text in texts if text.strip()), ("", ""))


def _history(path: str) -> Callable[[Sequence[str]], str]:
    """Asks git who last changed files; nothing where the history is cut off, as in a shallow clone."""
    if not os.path.lexists(os.path.join(path, ".git")) or git.is_shallow(path):
        return lambda files: ""
    return lambda files: git.last_author(path, files)
