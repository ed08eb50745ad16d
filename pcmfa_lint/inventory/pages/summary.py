"""Summarizes the estate in a few sentences: its integrations, what is unknown, and what to do first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pcmfa_lint.inventory.model.credentials import CredentialUse, today
from pcmfa_lint.inventory.model.entry import WORKING, Entry
from pcmfa_lint.inventory.model.estate import Estate, accounts
from pcmfa_lint.inventory.model.labels import ENFORCEMENT
from pcmfa_lint.report.words import clean, count

_CREDENTIALS = 10  # that are named at the top
_FIRST = 5  # integrations that are named at the top
_ACCOUNTS = 10  # that are named in a sentence
_NONE = "none of them is known to fail now"


@dataclass(frozen=True, slots=True)
class Summary:
    """The estate in sentences. `today`: of the credentials that stand in code, and the first of those with their
    repositories; `first`: what to begin with; `untested`: whose code
    is right, and whose first sign-in is not known; `enforcement`: since when, if it concerns one of them."""

    verdict: str
    advice: str
    more: tuple[str, ...]
    first: tuple[Entry, ...] = ()
    hidden: int = 0  # further ones that are as urgent
    enforcement: str = ""
    untested: tuple[Entry, ...] = ()
    today: str = ""
    credentials: tuple[CredentialUse, ...] = ()


def verdict(estate: Estate) -> str:
    """The verdict of a sweep. "Nothing found" is only said without more where everything was read."""
    entries = estate.entries()
    where = count(sum(not each.empty for each in estate.repositories), "repository")
    read_entries = [entry for entry in entries if not entry.unread]
    if read_entries:
        breaking = sum(1 for entry in read_entries if entry.exposure == "breaks-now")
        now = f"{breaking:,} of them fail{'s' if breaking == 1 else ''} now or any day" if breaking else _NONE
        return f"{count(len(entries), 'integration')} in {where}: {now}."
    naming = sum(len(entry.files) for entry in entries)
    if naming:
        named = f"{count(naming, 'file')} that name{'s' * (naming == 1)} Partner Center"
        return f"Nothing was found in {where}, but {named} {_not(naming)}."
    unread = sum(len(each.report.files.skipped) for each in estate.repositories if each.report)
    failed = sum(bool(each.failed) and not each.empty for each in estate.repositories)
    if failed or unread:
        unread_counts = [count(failed, "repository")] * bool(failed) + [count(unread, "file")] * bool(unread)
        return f"Nothing was found in {where}, but {' and '.join(unread_counts)} {_not(failed + unread)}."
    return f"Nothing was found in {where}; everything there was read."


def _not(number: int) -> str:
    return "was not read" if number == 1 else "were not read"


def summary(estate: Estate) -> Summary:
    """A summary of what is there, and what to do first."""
    result = _summary(estate)
    uses, entries = estate.in_code(), estate.entries()
    return replace(
        result,
        enforcement=ENFORCEMENT if any(entry.app_and_user for entry in entries) else "",
        untested=tuple(entry for entry in entries if entry.exposure == "untested"),
        today=today(uses),
        credentials=tuple(uses[:_CREDENTIALS]),
    )


def _summary(estate: Estate) -> Summary:
    entries = estate.entries()
    failed = sum(1 for each in estate.repositories if each.failed and not each.empty)
    empty = sum(1 for each in estate.repositories if each.empty)
    sentence = verdict(estate)
    more = list(_more(entries))
    if failed:
        more.append(
            f"{count(failed, 'repository')} could not be scanned; nothing is known about the integrations there."
        )
    if empty:
        contain = "contains" if empty == 1 else "contain"
        more.append(f"{count(empty, 'folder')} {contain} nothing that can be read.")
    waiting = [entry for entry in entries if entry.exposure not in WORKING]
    if not waiting:
        return Summary(sentence, "Nothing that was found needs a fix." if entries else "", tuple(more))
    urgent = [entry for entry in waiting if entry.priority == waiting[0].priority]
    if all(entry.exposure == "cannot-tell" for entry in urgent):
        subject = "this integration signs" if len(urgent) == 1 else f"these {len(urgent):,} integrations sign"
        advice = f"Find out first how {subject} in: the code does not show it."
    else:
        order = ", in this order" if len(urgent) > 1 else ""
        advice = f"Begin with the {count(len(urgent), 'integration')} of priority {urgent[0].priority}{order}:"
    return Summary(sentence, advice, tuple(more), tuple(urgent[:_FIRST]), len(urgent[_FIRST:]))


def _more(entries: Sequence[Entry]) -> Iterator[str]:
    yield from _mfa(entries)
    without = sum(1 for entry in entries if not entry.owner.name)
    if without:
        yield f"Name an owner for {count(without, 'integration')} without a known one."


def _mfa(entries: Sequence[Entry]) -> Iterator[str]:
    """What to do about MFA, which helps one account and stops the job of another."""
    users = [account for account in accounts(entries) if account.needs_mfa]
    by_password = [account.name for account in users if account.password]
    if by_password:
        these, them = ("this account", "its") if len(by_password) == 1 else ("these accounts", "their")
        yield (
            f"Do not require MFA for {these} with a password sign-in before {them} jobs are changed: "
            f"{_some(by_password)}. Microsoft Entra then refuses the sign-in at once, and registering MFA does not "
            "help it."
        )
    tokens = sum("refresh-token" in entry.flow and "ropc" not in entry.flow for entry in entries)
    if tokens:
        subject = "the account" if tokens == 1 else "the accounts"
        them, that = ("it", "the sign-in") if tokens == 1 else ("them", "the sign-ins")
        yield (
            f"Find {subject} behind {count(tokens, 'refresh token')}: MFA must be registered for {them}, "
            f"and {that} that created the {'token' if tokens == 1 else 'tokens'} must have used it."
        )
    rest = sum(not account.password for account in users) if not tokens else 0
    if rest:
        yield f"{count(rest, 'account')} of people who sign in must have MFA registered."


def _some(names: Sequence[str]) -> str:
    """The first of many names, as part of a sentence."""
    more = f" and {len(names) - _ACCOUNTS:,} more" if len(names) > _ACCOUNTS else ""
    return ", ".join(map(clean, names[:_ACCOUNTS])) + more
