"""The remediation playbook: what to do when an integration loses its access to Partner Center, for whoever is on call.

Pure. What is the same for many integrations stands once, before or after them, and is linked to. Names out of scanned
code are text wherever they come to stand, and only ids and accounts of a plain shape come into queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from pcmfa_lint.condition import known
from pcmfa_lint.evidence import Item
from pcmfa_lint.inventory.entry import Entry, Owner
from pcmfa_lint.inventory.estate import Estate
from pcmfa_lint.inventory.steps import Playbook, Section, Step, filled, slug
from pcmfa_lint.inventory.steps import load_playbook as load_playbook
from pcmfa_lint.phrase import place, words_for
from pcmfa_lint.report.markdown import escaped
from pcmfa_lint.report.words import clean, count, valid

TITLE = "Playbook: Partner Center and MFA"
ORDER = "Order of work"
SOURCES = "Sources"
UNCONFIRMED = "**Not confirmed by Microsoft:** "
_MANY = 8  # a longer list is cut
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ACCOUNT = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,120}", re.ASCII)
_EXPOSURES = {
    "breaks-now": "fails as soon as enforcement reaches it",
    "at-token-renewal": "fails when its token is renewed",
    "refresh-token-ages": "works until its stored refresh token ends",
    "cannot-tell": "cannot be told from the code",
    "survives": "goes on working",
}
_AUDIENCES = {
    "partner-center": "Partner Center",
    "partner-api": "the Partner API (referrals, pricing, payouts)",
    "companion": "another Microsoft service",
    "microsoft": "a Microsoft service",
    "other": "a service that is not Microsoft's",
}
_BASES = {"codeowners": "code owner", "last-change": "last changed it", "package": "named in the package"}
_APP_ONLY = {"all": "accepted by every call", "some": "accepted by some calls only", "none": "accepted by no call"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what stands below it up to the next. `title`: plain text; `anchor`: what links to it are called;
    `body`: markdown; `entry`: id of the integration that it is about, "" if it is for all."""

    level: int
    title: str
    anchor: str
    body: str
    entry: str = ""


def markdown(estate: Estate, playbook: Playbook) -> str:
    """The whole playbook."""
    parts = (
        f"{'#' * chapter.level} {escaped(chapter.title)}\n\n{chapter.body}\n"
        if chapter.body
        else f"{'#' * chapter.level} {escaped(chapter.title)}\n"
        for chapter in chapters(estate, playbook)
    )
    return valid("\n".join(parts))


def chapters(estate: Estate, playbook: Playbook) -> tuple[Chapter, ...]:
    """The playbook as its chapters, in order: what is for all, the integrations by priority, the appendix."""
    ordered = estate.entries()
    made = _Chapters()
    made.add(1, TITLE, _beginning(ordered, estate))
    made.add(2, ORDER, _order(ordered))
    used = list(_once(made, playbook.of("first"), ordered))
    for number, entry in enumerate(ordered, 1):
        made.add(2, title(number, entry), _facts(entry), entry.id)
        for section in playbook.of("integration"):
            if steps := [step for step in section.step if step.suits(entry)]:
                holes = _holes(entry, _sharing(entry, ordered))
                made.add(3, section.title, filled(_listed(steps, section.numbered), holes), entry.id)
                used += ((section.title, source) for step in steps for source in step.sources)
    used += _once(made, playbook.of("appendix"), ordered)
    made.add(2, SOURCES, _sources(used))
    return tuple(made.chapters)


def title(number: int, entry: Entry) -> str:
    """What the integration's heading says: of its names only what needs no escape, so that links find it."""
    name = " ".join(re.sub(r"[^\w./-]+", " ", f"{entry.repository} {entry.at.path}").split()) or "no name"
    return f"{number}. {name if len(name) <= 90 else name[:40] + ' … ' + name[-48:]}"


class _Chapters:
    """Gathers chapters, and gives each the anchor that GitHub gives it: titles may come again."""

    def __init__(self) -> None:
        self.chapters: list[Chapter] = []
        self._taken: set[str] = set()

    def add(self, level: int, heading: str, body: str, entry: str = "") -> None:
        first = anchor = slug(heading)
        number = 0
        while anchor in self._taken:
            number += 1
            anchor = f"{first}-{number}"
        self._taken.add(anchor)
        self.chapters.append(Chapter(level, heading, anchor, body, entry))


def _once(made: _Chapters, sections: Iterable[Section], entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Adds the sections that stand once, as far as an integration needs them, and gives their sources."""
    for section in sections:
        steps = [step for step in section.step if not step.when or any(map(step.suits, entries))]
        if steps:
            made.add(2, section.title, _listed(steps, section.numbered))
            yield from ((section.title, source) for step in steps for source in step.sources)


def _beginning(entries: Sequence[Entry], estate: Estate) -> str:
    repositories = len(estate.repositories)
    where = "1 repository" if repositories == 1 else f"{repositories:,} repositories"
    lines = [
        f"What to do when one of {count(len(entries), 'integration')} in {where} loses its access to Partner Center "
        "because Microsoft asks for multifactor authentication (MFA). It is written for somebody on call who has never "
        "seen the code.",
        "",
        f"- In an incident: begin with the steps below the table {_to(ORDER)}, then go to the integration's chapter.",
        "- Before an incident: work through the table from the top.",
        "- A line of underscores is for you to fill in.",
        "- The chapters are made from the code alone. Conditional Access, the state of a token and what runs outside "
        "of git cannot be seen there.",
        *_missing(estate),
    ]
    return "\n".join(lines)


def _missing(estate: Estate) -> Iterator[str]:
    """What may be missing, so that nobody takes the list for complete."""
    if not estate.complete:
        yield "- **The sweep was broken off: there are more repositories than were looked at.**"
    failed = [each.name for each in estate.repositories if each.failed]
    if failed:
        yield f"- **Not scanned**: {_several(failed)}."
    unread = sum(len(each.report.files.skipped) for each in estate.repositories if each.report)
    if unread:
        yield f"- {count(unread, 'file')} could not be read; the reports of the repositories list them."


def _order(entries: Sequence[Entry]) -> str:
    if not entries:
        return "No integration was found."
    rows = [
        "| Priority | Integration | What is to be expected | Business | Owner |",
        "| ---: | --- | --- | --- | --- |",
    ]
    for number, entry in enumerate(entries, 1):
        cells = (
            str(entry.priority),
            _link(number, entry),
            _EXPOSURES[entry.exposure],
            _several(entry.business),
            _owner(entry.owner, ""),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _to(heading: str) -> str:
    return f"[{heading}](#{slug(heading)})"


def _facts(entry: Entry) -> str:
    """What is known, as a table; what is not known has no row."""
    rows = (
        (
            "What is to be expected",
            f"**{_EXPOSURES[entry.exposure]}**" + (f": {escaped(entry.reason)}" if entry.reason else ""),
        ),
        ("Priority", str(entry.priority)),
        ("Repository", escaped(entry.repository)),
        ("Begins in", _several(entry.files or (entry.at.path,))),
        ("Language", _several(entry.language)),
        ("Signs in with", _flows(entry) if known(entry.flow) else ""),
        ("Signs in at", _places(entry, "")),
        ("For", _several(_AUDIENCES[kind] for kind in entry.audience if kind in _AUDIENCES)),
        ("Accounts", _several(entry.accounts)),
        ("Applications", _several(entry.apps)),
        ("Tenants", _several(entry.tenants)),
        ("Calls", _several(entry.apis)),
        ("App-only sign-in", _APP_ONLY.get(entry.app_only, "")),
        ("Secrets", _several(entry.secrets)),
        ("On a 401", escaped(entry.handling_words)),
        ("Runs", escaped(entry.runs_words)),
        ("Business", _several(entry.business)),
        ("Impact", _several(entry.impact)),
        ("Owner", _owner(entry.owner, "")),
        ("Id in the inventory", escaped(entry.id)),
    )
    return "\n".join(["| What | Known |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows if value)])


def _listed(steps: Sequence[Step], numbered: bool) -> str:
    """Steps below each other; numbered ones as a list whose items hold their tables and code."""
    texts = [_marked(step) for step in steps]
    if not numbered:
        return "\n\n".join(texts)
    return "\n".join(_item(f"{number}. ", text) for number, text in enumerate(texts, 1))


def _marked(step: Step) -> str:
    """The step's text; what is not confirmed begins by saying so."""
    text = step.text.strip()
    if not step.unconfirmed:
        return text
    bullet = "- " if text.startswith("- ") else ""
    return bullet + UNCONFIRMED + text.removeprefix(bullet)


def _item(mark: str, text: str) -> str:
    first, *more = text.split("\n")
    return "\n".join([mark + first, *(" " * len(mark) + line if line else "" for line in more)])


def _sources(used: Iterable[tuple[str, str]]) -> str:
    by_title: dict[str, dict[str, None]] = {}
    for heading, source in used:
        by_title.setdefault(heading, {})[source] = None
    return "\n".join(
        f"- {heading}: " + ", ".join(f"<{source}>" for source in sources) for heading, sources in by_title.items()
    )


def _holes(entry: Entry, sharing: str) -> dict[str, str]:
    """What the holes of a step are filled with: text that is escaped, and for queries what needs no escape."""
    apps = [app for app in entry.apps if _ID.fullmatch(app)]
    accounts = [account for account in entry.accounts if _ACCOUNT.fullmatch(account)]
    return {
        "repository": escaped(entry.repository),
        "files": _several(entry.files or (entry.at.path,)),
        "places": _places(entry, _several(entry.files or (entry.at.path,))),
        "owner": _owner(entry.owner, "not known, fill in: \\_\\_\\_\\_\\_\\_\\_\\_"),
        "accounts": _several(entry.accounts) or "not seen in the code",
        "apps": _several(entry.apps) or "not seen in the code",
        "tenants": _several(entry.tenants) or "not seen in the code",
        "business": _several(entry.business) or "the business function (not seen in the code)",
        "impact": _several(entry.impact) or "not known",
        "secrets": _several(entry.secrets) or "nothing was seen",
        "needs_user": _several(entry.needs_user) or "some of its calls",
        "handling": escaped(entry.handling_words) or "what becomes of a 401 was not seen",
        "runs": escaped(entry.runs_words) or "it was not seen when it runs",
        "sharing": sharing or "no other integration of this playbook is seen to use it",
        "query_apps": ", ".join(f'"{app}"' for app in apps) or '"FILL-IN-APPLICATION-ID"',
        "query_accounts": ", ".join(f'"{account}"' for account in accounts) or '"FILL-IN-ACCOUNT"',
    }


def _sharing(entry: Entry, entries: Sequence[Entry]) -> str:
    """Links to the other integrations that sign in with one of its accounts. A name of what holds an account may mean
    another account elsewhere, so it counts only inside of its repository."""
    return ", ".join(
        _link(number, other)
        for number, other in enumerate(entries, 1)
        if other.id != entry.id
        and any(
            _ACCOUNT.fullmatch(name) or other.repository == entry.repository
            for name in set(other.accounts) & set(entry.accounts)
        )
    )


def _link(number: int, entry: Entry) -> str:
    name = title(number, entry)
    return f"[{escaped(name)}](#{slug(name)})"


def _flows(entry: Entry) -> str:
    return words_for(cast(Item, entry), "flow", frozenset())  # looks at the attribute alone


def _places(entry: Entry, unknown: str) -> str:
    """Where the tokens are asked for."""
    return _several(dict.fromkeys(place(each.at) for each in entry.sign_ins)) or unknown


def _several(names: Iterable[str]) -> str:
    """Names as escaped text; of many the first."""
    all_names = [name for name in names if name]
    more = f" and {len(all_names) - _MANY} more" if len(all_names) > _MANY else ""
    return ", ".join(escaped(clean(name)) for name in all_names[:_MANY]) + more


def _owner(owner: Owner, unknown: str) -> str:
    if not owner.name:
        return unknown
    basis = _BASES.get(owner.basis, "")
    return escaped(owner.name) + (f" ({basis})" if basis else "")
