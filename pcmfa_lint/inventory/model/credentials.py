"""The credentials that stand in code or settings: anyone who reads the code knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pcmfa_lint.findings.model import SafeText, ShownPlace
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.report.words import count

_KINDS = ("password", "refresh token", "client secret", "TOTP seed")  # the gravest first


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential. `kind`: in words."""

    kind: SafeText
    at: ShownPlace


@dataclass(frozen=True, slots=True)
class CredentialUse:
    """A credential with the integrations that sign in with it."""

    repository: SafeText
    credential: Credential
    entries: tuple[Entry, ...] = ()

    def name(self) -> str:
        """The kind of the credential, whose it is, and where."""
        accounts = {account for entry in self.entries for account in entry.accounts if "@" in account}
        whose = f" of {accounts.pop()}" if self.credential.kind == "password" and len(accounts) == 1 else ""
        at = self.credential.at
        return f"{self.repository}: {self.credential.kind}{whose} ({at.path}:{at.span.line})"

    def warning(self) -> str:
        """A warning of what stops when nothing but the credential is changed."""
        if not self.entries:
            return "no job that signs in with it was seen."
        verb, job = ("signs", "job") if len(self.entries) == 1 else ("sign", "jobs")
        stops = "it stops" if len(self.entries) == 1 else "they stop"
        if self.credential.kind == "password":
            return f"{verb} in with it: change the {job} first, or accept that {stops}."
        return f"{verb} in with it: give the {job} the new one in the same step, or {stops}."

    def rank(self) -> tuple[int, SafeText, ShownPlace]:
        """Users' credentials first."""
        kind = self.credential.kind
        return _KINDS.index(kind) if kind in _KINDS else len(_KINDS), self.repository, self.credential.at


def today(uses: Iterable[CredentialUse]) -> str:
    """The most urgent task: to change the credentials in the code. "" without any."""
    listed = list(uses)
    if not listed:
        return ""
    are, them = ("is", "it") if len(listed) == 1 else ("are", "them")
    sentence = f"{count(len(listed), 'Microsoft credential')} {are} in the code: change {them} today."
    used = sum(bool(use.entries) for use in listed)
    if not used:
        return sentence
    them = "it" if len(listed) == 1 else "all of them" if used == len(listed) else f"{used:,} of them"
    return f"{sentence} Jobs sign in with {them} and stop unless they are changed, too: see each."
