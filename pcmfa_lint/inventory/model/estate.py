"""The whole estate: every repository of a sweep with its entries, and views of them that cross repositories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from pcmfa_lint.evidence.words import APP_AND_USER
from pcmfa_lint.findings.model import NOTHING, Report, SafeText, ShownPlace
from pcmfa_lint.inventory.model.credentials import Credential, CredentialUse
from pcmfa_lint.inventory.model.entry import EXPOSURES, WORKING, Entry, Scope


@dataclass(frozen=True, slots=True)
class Scanned:
    """One repository of a sweep. `source`: its path below the root of the sweep, or its URL without a credential.
    `failed`: why it was not scanned, in one sentence; then there is no report. `empty`: there is nothing in it that
    could be read. `origin`: the address that a work tree was cloned from. `status`: its exit status. `in_code`:
    credentials that stand in its code or its settings."""

    name: SafeText
    source: SafeText
    commit: str = ""
    status: int = 0
    failed: SafeText = NOTHING
    empty: bool = False
    origin: SafeText = NOTHING
    entries: tuple[Entry, ...] = ()
    in_code: tuple[Credential, ...] = ()
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A person or service account that signs in, by `user@domain` or by the name of the variable that holds it.
    `needs_mfa`: one of the integrations acts for a user in scope of the enforcement. `password`: one of them signs in
    with its password, which stops once MFA is required for the account."""

    name: SafeText
    entries: tuple[Entry, ...]
    needs_mfa: bool
    password: bool


@dataclass(frozen=True, slots=True)
class AppUse:
    """An app registration in an exported answer of Partner Center: how many calls it made, how many of them with MFA,
    and the integrations whose code holds its id (none: not found in code)."""

    id: str
    name: str
    calls: int
    with_mfa: int
    last: str = ""  # day of the newest of the calls, as the answer writes it
    accounts: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class RowChange:
    """The change of a row since an older inventory. `what`: new, gone or changed; `columns`: which of the columns that
    code fills are different; `before`, `now`: the exposure then and now, "" where there is no row."""

    what: str
    id: str
    repository: str
    place: str
    columns: tuple[str, ...] = ()
    before: str = ""
    now: str = ""

    @property
    def fixed(self) -> bool:
        """Whether its code is right now and was not before."""
        return self.what == "changed" and self.now in WORKING and self.before not in WORKING

    @property
    def moved(self) -> bool:
        """Whether its exposure has changed."""
        return self.what == "changed" and self.now != self.before


@dataclass(frozen=True, slots=True)
class Estate:
    """One sweep. `apps`: what an exported answer of Partner Center says, if one was given (None: none was). `complete`:
    false if the sweep was broken off. `changes`: against an older inventory (None: there is none). `people`: of each
    integration's id what people wrote, by the name of the column."""

    repositories: tuple[Scanned, ...]
    version: str = ""
    complete: bool = True
    apps: tuple[AppUse, ...] | None = None
    changes: tuple[RowChange, ...] | None = None
    people: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    notes: tuple[SafeText, ...] = ()

    def entries(self) -> list[Entry]:
        """All integrations, the most urgent first: of one priority those that reach Partner Center, then by exposure,
        by dependents, and by calls."""
        entries = [entry for each in self.repositories for entry in each.entries]
        return sorted(entries, key=_urgency)

    def in_code(self) -> list[CredentialUse]:
        """The credentials in the code, users' first: each with the integrations that sign in with it."""
        uses = [
            CredentialUse(each.name, secret, tuple(entry for entry in each.entries if secret.at in entry.secret_places))
            for each in self.repositories
            for secret in each.in_code
        ]
        return sorted(uses, key=CredentialUse.rank)


def accounts(entries: Iterable[Entry]) -> list[Account]:
    """The people and service accounts that sign in, those who need MFA first, and what hangs on each."""
    hanging: dict[SafeText, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in entry.accounts:
            hanging[name].append(entry)
    result = [Account(name, tuple(own), _needs_mfa(own), _with_password(own)) for name, own in hanging.items()]
    return sorted(result, key=lambda each: (not each.needs_mfa, each.name))


def _urgency(entry: Entry) -> tuple[int, int, int, int, int, SafeText, ShownPlace, str]:
    scope, rank = get_args(Scope).index(entry.scope), EXPOSURES.index(entry.exposure)
    return entry.priority, scope, rank, entry.weight, -entry.calls, entry.repository, entry.at, entry.id


def _with_password(entries: Iterable[Entry]) -> bool:
    return any("ropc" in entry.flow for entry in entries)


def _needs_mfa(entries: Iterable[Entry]) -> bool:
    return any(flow in APP_AND_USER for entry in entries for flow in entry.flow)
