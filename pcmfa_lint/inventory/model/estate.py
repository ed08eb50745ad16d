"""The whole estate: every repository of a sweep with its entries, and views of them that cross repositories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pcmfa_lint.evidence.words import APP_AND_USER
from pcmfa_lint.findings.model import NOTHING, Report, SafeText, ShownPlace
from pcmfa_lint.inventory.model.entry import EXPOSURES, Entry
from pcmfa_lint.report.words import count

_SECRETS = ("password", "refresh token", "client secret", "TOTP seed")  # the first words of a credential in code


@dataclass(frozen=True, slots=True)
class Scanned:
    """One repository of a sweep. `source`: its path below the root of the sweep, or its URL without a credential.
    `failed`: why it was not scanned, in one sentence; then there is no report. `empty`: there is nothing in it that
    could be read. `origin`: the address that a work tree was cloned from. `status`: its exit status. `in_code`:
    credentials that stand in its code, each with its place."""

    name: SafeText
    source: SafeText
    commit: str = ""
    status: int = 0
    failed: SafeText = NOTHING
    empty: bool = False
    origin: SafeText = NOTHING
    entries: tuple[Entry, ...] = ()
    in_code: tuple[SafeText, ...] = ()
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A person or service account that signs in, by `user@domain` or by the name of the variable that holds it.
    `needs_mfa`: one of the integrations acts for a user in scope of the enforcement."""

    name: SafeText
    entries: tuple[Entry, ...]
    needs_mfa: bool


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
        """Whether it continues to work now and did not before."""
        return self.what == "changed" and self.now == "survives" != self.before

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
        """All integrations, the most urgent first: by exposure, then by dependents, then by calls."""
        entries = [entry for each in self.repositories for entry in each.entries]
        return sorted(entries, key=_urgency)

    def in_code(self) -> list[tuple[SafeText, SafeText]]:
        """The credentials in the code, users' first: each with its repository."""
        stored = [(each.name, secret) for each in self.repositories for secret in each.in_code]
        return sorted(stored, key=lambda one: (_SECRETS.index(one[1].partition(":")[0]), one))


def accounts(entries: Iterable[Entry]) -> list[Account]:
    """Which people and service accounts sign in, those who need MFA first, and what hangs on each."""
    hanging: dict[SafeText, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in entry.accounts:
            hanging[name].append(entry)
    result = [Account(name, tuple(own), _needs_mfa(own)) for name, own in hanging.items()]
    return sorted(result, key=lambda each: (not each.needs_mfa, each.name))


def today(estate: Estate) -> str:
    """The most urgent task: to change the credentials in the code, which anyone who reads it knows. "" without any."""
    in_code = len(estate.in_code())
    if not in_code:
        return ""
    are, them = ("is", "it") if in_code == 1 else ("are", "them")
    return f"{count(in_code, 'credential')} {are} in the code: change {them} today."


def _urgency(entry: Entry) -> tuple[int, int, int, int, SafeText, ShownPlace, str]:
    rank = EXPOSURES.index(entry.exposure)
    return entry.priority, rank, entry.weight, -entry.calls, entry.repository, entry.at, entry.id


def _needs_mfa(entries: Iterable[Entry]) -> bool:
    return any(flow in APP_AND_USER for entry in entries for flow in entry.flow)
