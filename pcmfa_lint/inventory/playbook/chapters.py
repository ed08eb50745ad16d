"""The remediation playbook: what to do when an integration loses its access to Partner Center, for whoever is on call.

Pure. What is the same for many integrations stands once, before or after them, and is linked to. Names out of scanned
code are text wherever they come to stand, and only ids and accounts of a plain shape come into queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pcmfa_lint.evidence.condition import is_known
from pcmfa_lint.evidence.words import APP_FLOWS
from pcmfa_lint.inventory.model.credentials import today
from pcmfa_lint.inventory.model.entry import WORKING, Entry, WayIn
from pcmfa_lint.inventory.model.estate import Estate
from pcmfa_lint.inventory.model.labels import ENFORCEMENT, MEANING, to_do
from pcmfa_lint.inventory.model.links import link_base
from pcmfa_lint.inventory.playbook.facts import (
    MOST,
    app_secret,
    audience_words,
    codes,
    facts,
    flow_words,
    owner_words,
    place_links,
    several,
    sign_ins_by,
    stores,
)
from pcmfa_lint.inventory.playbook.steps import Playbook, PlaybookStep, Section, filled, slug
from pcmfa_lint.report.markdown import escaped
from pcmfa_lint.report.words import count, valid

TITLE = "Playbook: Partner Center and MFA"
ORDER = "Order of work"
SOURCES = "Sources"
UNCONFIRMED = "**Not confirmed by Microsoft:** "
BLANK = "_" * 8
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ACCOUNT = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,120}", re.ASCII)
_RESOURCES = {  # what the sign-in logs call the audiences
    "partner-center": "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
    "partner-api": "4990cffe-04e8-4e8b-808a-1175604b879f",
}
_USERS = ("SigninLogs", "AADNonInteractiveUserSignInLogs")
_APPLICATIONS = ("AADServicePrincipalSignInLogs", "AADManagedIdentitySignInLogs")
_EITHER: frozenset[WayIn] = frozenset({"unknown", "default-credential", "token-cache"})


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
    parts = []
    for chapter in chapters(estate, playbook):
        heading = _with_code(chapter.title) if chapter.entry and chapter.level == 2 else escaped(chapter.title)
        parts.append(f"{'#' * chapter.level} {heading}\n" + (f"\n{chapter.body}\n" if chapter.body else ""))
    return valid("\n".join(parts))


def places(estate: Estate, playbook: Playbook) -> dict[str, str]:
    """Of each integration's id the anchor of what is written of it."""
    by_place: dict[str, str] = {}
    book = chapters(estate, playbook)
    for chapter in book:
        if chapter.entry:
            by_place.setdefault(chapter.entry, chapter.anchor)
    titles = [section.title for section in playbook.of("rest")]
    rest = next((chapter.anchor for chapter in book if chapter.title in titles), "")
    return {entry.id: by_place.get(entry.id, rest) for entry in estate.entries()}


def chapters(estate: Estate, playbook: Playbook) -> tuple[Chapter, ...]:
    """The playbook as its chapters, in order: what is for all, the integrations by priority, those that go on working
    as one table, the appendix."""
    ordered = estate.entries()
    failing = [entry for entry in ordered if entry.exposure not in WORKING]
    rest = [entry for entry in ordered if entry.exposure in WORKING]
    bases = {each.name: link_base(each) for each in estate.repositories}
    book = _Chapters()
    book.add(1, TITLE, _beginning(ordered, estate, playbook))
    used = list(_once(book, playbook.of("first"), ordered))
    untested = [entry for entry in rest if entry.exposure == "untested"]
    book.add(2, ORDER, _order([*failing, *untested], len(failing)))
    for number, entry in enumerate(failing, 1):
        book.add(2, title(number, entry), _head(entry), entry.id)
        holes = _holes(number, entry, _sharing(entry, failing), bases.get(entry.repository, ""))
        for section in playbook.of("integration"):
            if steps := [step for step in section.step if step.suits(entry)]:
                book.add(3, f"{number} {section.title}", filled(_listed(steps, section.numbered), holes), entry.id)
                used += ((section.title, source) for step in steps for source in step.sources)
    if rest:
        used += _once(book, playbook.of("rest"), rest, lambda: _rest(rest))
    used += _once(book, playbook.of("appendix"), ordered)
    book.add(2, SOURCES, _sources(used))
    return tuple(book.chapters)


def title(number: int, entry: Entry) -> str:
    """The heading of an integration: of its names only what needs no escape, so that links find it."""
    name = " ".join(re.sub(r"[^\w./-]+", " ", f"{entry.repository} {entry.at.path}").split()) or "no name"
    return f"{number}. {name if len(name) <= 90 else name[:40].strip() + ' … ' + name[-48:].strip()}"


def _with_code(heading: str) -> str:
    """The title with its names as code, so that they are found as they are written."""
    number, dot, name = heading.partition(". ")
    return f"{number}{dot}`{name}`"


class _Chapters:
    """Gathers chapters, and gives each the anchor that GitHub gives it: titles may come again."""

    def __init__(self) -> None:
        self.chapters: list[Chapter] = []
        self._used: set[str] = set()

    def add(self, level: int, heading: str, body: str, entry: str = "") -> None:
        first = anchor = slug(heading)
        number = 0
        while anchor in self._used:
            number += 1
            anchor = f"{first}-{number}"
        self._used.add(anchor)
        self.chapters.append(Chapter(level, heading, anchor, body, entry))


def _once(
    book: _Chapters, sections: Iterable[Section], entries: Sequence[Entry], after: Callable[[], str] | None = None
) -> Iterator[tuple[str, str]]:
    """Adds the sections that stand once, as far as an integration needs them, and gives their sources. `after`: what
    comes below the steps."""
    for section in sections:
        steps = [step for step in section.step if not step.when or any(map(step.suits, entries))]
        if steps:
            body = _listed(steps, section.numbered)
            book.add(2, section.title, f"{body}\n\n{after()}" if after else body)
            yield from ((section.title, source) for step in steps for source in step.sources)


def _beginning(entries: Sequence[Entry], estate: Estate, playbook: Playbook) -> str:
    repositories = len(estate.repositories)
    where = count(repositories, "repository")
    alarm = next((section.title for section in playbook.of("first")), ORDER)
    lines = [
        f"**Something fails right now? → {_to(alarm)}**",
        "",
        *([ENFORCEMENT, ""] if any(entry.app_and_user for entry in entries) else []),
        *_today(estate),
        f"What to do when one of {count(len(entries), 'integration')} in {where} loses its access to Partner Center "
        "because Microsoft requires multifactor authentication (MFA). It is written for an on-call engineer who has "
        "never seen the code.",
        "",
        f"- Before an incident: work through {_to(ORDER)} from the top.",
        "- Fill in each line of underscores.",
        "- The chapters come from the code alone. It does not show Conditional Access, the state of a token, or jobs "
        "that are not in git.",
        *_missing(estate),
    ]
    return "\n".join(lines)


def _today(estate: Estate) -> Iterator[str]:
    """What comes before all else: credentials that stand in code, each with what stops when it is changed."""
    uses = estate.in_code()
    if sentence := today(uses):
        yield f"**{sentence}** Anyone who can read the code can use {'it' if len(uses) == 1 else 'them'}:"
        yield ""
        for use in uses[:MOST]:
            jobs = codes(dict.fromkeys(entry.at.path for entry in use.entries))
            warning = use.warning()
            yield f"- {escaped(use.name())}: {jobs + ' ' if jobs else ''}{warning}"
        if len(uses) > MOST:
            yield f"- and {len(uses) - MOST} more; the reports list them."
        yield ""


def _missing(estate: Estate) -> Iterator[str]:
    """What may be missing, so that nobody takes the list for complete."""
    if not estate.complete:
        yield "- **The sweep was interrupted: it did not reach every repository.**"
    failed = [each.name for each in estate.repositories if each.failed]
    if failed:
        yield f"- **Not scanned**: {several(failed)}."
    unread = sum(len(each.report.files.skipped) for each in estate.repositories if each.report)
    if unread:
        yield f"- {count(unread, 'file')} could not be read; the reports of the repositories list them."


def _order(entries: Sequence[Entry], failing: int) -> str:
    """The integrations with work to do. `failing`: how many of the first ones have a chapter of their own."""
    if not entries:
        return "No integration was found that will fail."
    rows = [
        "| Priority | Integration | What to expect | If it stops | Do | Owner |",
        "| ---: | --- | --- | --- | --- | --- |",
    ]
    for number, entry in enumerate(entries, 1):
        cells = (
            str(entry.priority),
            _link(number, entry) if number <= failing else f"{escaped(entry.repository)}: {codes([entry.at.path])}",
            MEANING[entry.exposure],
            escaped("; ".join(entry.impact)),
            escaped(to_do(entry)),
            owner_words(entry.owner, ""),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _rest(entries: Sequence[Entry]) -> str:
    """What continues to work, as far as the code shows: one row each."""
    rows = ["| Integration | Signs in with | For | Owner |", "| --- | --- | --- | --- |"]
    for entry in entries:
        cells = (
            f"{escaped(entry.repository)}: {codes([entry.at.path])}",
            flow_words(entry) if is_known(entry.flow) else "",
            audience_words(entry),
            owner_words(entry.owner, ""),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _to(heading: str) -> str:
    return f"[{heading}](#{slug(heading)})"


def _head(entry: Entry) -> str:
    reason = f" {escaped(entry.reason)}" if entry.reason else ""
    do = f" **Do:** {escaped(to_do(entry))}." if to_do(entry) else ""
    return f"Priority {entry.priority}: **{MEANING[entry.exposure]}**.{reason}{do}"


def _listed(steps: Sequence[PlaybookStep], numbered: bool) -> str:
    """Steps below each other; numbered ones as a list whose items hold their tables and code."""
    texts = [_marked(step) for step in steps]
    if not numbered:  # a list is one block
        return "".join(
            text if not before else f"\n{text}" if before.startswith("- ") and text.startswith("- ") else f"\n\n{text}"
            for before, text in zip(["", *texts], texts, strict=False)
        )
    return "\n".join(_item(f"{number}. ", text) for number, text in enumerate(texts, 1))


def _marked(step: PlaybookStep) -> str:
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


def _holes(number: int, entry: Entry, sharing: str, base: str) -> dict[str, str]:
    """What the holes of a step are filled with: text that is escaped, and for queries what needs no escape. `base`: of
    links into the code."""
    unshared = (
        "no other integration in this playbook uses it, as far as the code shows"
        if entry.accounts
        else ("not known, because the code does not show the account: ask the identity team")
    )
    somewhere = codes(entry.files or (entry.at.path,))
    passwords = [*sign_ins_by(entry, "ropc"), *sign_ins_by(entry, "basic")]
    return {
        "number": str(number),
        "facts": facts(entry, base),
        "repository": escaped(entry.repository),
        "places": place_links(entry.sign_ins, base) or somewhere,
        "password_places": place_links((each for each in passwords if each.module == "none"), base) or somewhere,
        "command_places": place_links((each for each in passwords if each.module != "none"), base) or somewhere,
        "retired_places": place_links((each for each in entry.sign_ins if each.retired), base) or somewhere,
        "refresh_places": place_links(sign_ins_by(entry, "refresh-token"), base) or somewhere,
        "owner": owner_words(entry.owner, BLANK),
        "business": several(entry.business) or "the code does not show its business function",
        "secrets": several(entry.secrets) or "none seen",
        "app_secret": app_secret(entry),
        "password_store": stores(passwords),
        "refresh_store": stores(sign_ins_by(entry, "refresh-token")),
        "needs_user": several(entry.needs_user) or "some of its calls",
        "handling": escaped(entry.handling_words) or "the handling of a 401 was not seen",
        "runs": escaped(entry.runs_words) or "its trigger was not seen",
        "sharing": sharing or unshared,
        "query_filter": _query_filter(entry),
        "sign_in_tables": _sign_in_tables(entry),
    }


def _sign_in_tables(entry: Entry) -> str:
    """The tables of the sign-in logs that can hold its sign-ins: those of users, of applications, or both."""
    flows = {each.flow for each in entry.sign_ins} or {"unknown"}
    names = _USERS * bool(flows - APP_FLOWS) + _APPLICATIONS * bool(flows & (APP_FLOWS | _EITHER))
    return ", ".join(names)


def _query_filter(entry: Entry) -> str:
    """What finds its sign-ins in the logs. Where no name is known it finds too much, never nothing."""
    apps = ", ".join(f'"{app}"' for app in entry.apps if _ID.fullmatch(app))
    accounts = ", ".join(f'"{account}"' for account in entry.accounts if _ACCOUNT.fullmatch(account))
    named = [f"AppId in ({apps})"] * bool(apps) + [f"UserPrincipalName in~ ({accounts})"] * bool(accounts)
    if named:
        return " or ".join(named)
    audiences = {each.audience for each in entry.sign_ins}
    resources = ", ".join(f'"{id_}"' for kind, id_ in _RESOURCES.items() if kind in audiences)
    filters = [f"ResourceIdentity in ({resources})"] * bool(resources and audiences <= set(_RESOURCES))
    filters += ['AuthenticationProtocol == "ropc"'] * ({each.flow for each in entry.sign_ins} == {"ropc"})
    return " and ".join(filters) or 'ResultType != "0"'


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
    return f"[{_with_code(name)}](#{slug(name)})"
