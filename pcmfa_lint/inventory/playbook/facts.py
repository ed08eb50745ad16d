"""What is known of one integration, as markdown: names, places, and the table of its facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import cast

from pcmfa_lint.evidence.condition import is_known
from pcmfa_lint.evidence.model import Item
from pcmfa_lint.findings.wording import place, words_for
from pcmfa_lint.inventory.model.entry import Entry, Owner, SignIn
from pcmfa_lint.inventory.model.labels import AUDIENCE, BASIS, WAY_OUT, languages
from pcmfa_lint.report.links import line_address
from pcmfa_lint.report.markdown import escaped
from pcmfa_lint.report.words import clean

MOST = 8  # a longer list is cut


def flow_words(entry: Entry) -> str:
    return words_for(cast(Item, entry), "flow", frozenset())  # looks at the attribute alone


def audience_words(entry: Entry) -> str:
    return several(AUDIENCE[kind] for kind in entry.audience if kind in AUDIENCE)


def sign_ins_by(entry: Entry, flow: str) -> list[SignIn]:
    return [each for each in entry.sign_ins if each.flow == flow]


def place_links(sign_ins: Iterable[SignIn], base: str) -> str:
    """Where the tokens are asked for, with links into the code."""
    addresses: dict[str, str] = {
        place(each.at): line_address(base, each.at.path, each.at.span.line) for each in sign_ins
    }
    return several(addresses, lambda name: f"[{code(name)}](<{addresses[name]}>)" if addresses[name] else code(name))


def stores(sign_ins: Iterable[SignIn]) -> str:
    """Where what they sign in with is kept."""
    return several(dict.fromkeys(each.secret_words for each in sign_ins)) or "not seen in the code"


def code(name: str) -> str:
    """A path or id as it is written, for who searches for it; escaped where it is not of a shape for that."""
    return f"`{name}`" if re.fullmatch(r"[^\s`|](?:[^`|]*[^\s`|])?", name) and clean(name) == name else escaped(name)


def codes(names: Iterable[str]) -> str:
    return several(names, code)


def several(names: Iterable[str], form: Callable[[str], str] = escaped) -> str:
    """Names as text; of many the first."""
    all_names = [name for name in names if name]
    more = f" and {len(all_names) - MOST} more" if len(all_names) > MOST else ""
    return ", ".join(map(form, all_names[:MOST])) + more


def owner_words(owner: Owner, unknown: str) -> str:
    if not owner.name:
        return unknown
    basis = BASIS.get(owner.basis, "")
    return escaped(owner.name) + (f" ({basis})" if basis else "")


def facts(entry: Entry, base: str) -> str:
    """What is known, as a table; what is not known has no row, and one row says what a reader would miss."""
    expected = {
        "account": entry.accounts or entry.app_and_user is False,
        "application": entry.apps,
        "tenant": entry.tenants,
    }
    rows = (
        ("Repository", escaped(entry.repository)),
        ("Starts in", codes(entry.files or (entry.at.path,))),
        ("Language", several(languages(entry.language))),
        ("Signs in with", flow_words(entry) if is_known(entry.flow) else ""),
        ("Signs in at", place_links(entry.sign_ins, base)),
        ("For", audience_words(entry)),
        ("Accounts", several(entry.accounts)),
        ("Applications", several(entry.apps)),
        ("Tenants", several(entry.tenants)),
        ("Calls", several(entry.apis)),
        ("App-only alternative", _app_only(entry)),
        ("Secrets", several(entry.secrets)),
        ("On a 401", escaped(entry.handling_words)),
        ("Runs", escaped(entry.runs_words)),
        ("Business", several(entry.business)),
        ("If it stops", escaped("; ".join(entry.impact))),
        ("Owner", owner_words(entry.owner, "")),
        ("Not seen in the code", ", ".join(name for name, stated in expected.items() if not stated)),
    )
    return "\n".join(["| What | Known |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows if value)])


def _app_only(entry: Entry) -> str:
    """What is known of the way without a user, where its chapter does not tell it anyway."""
    in_chapter = "ropc" in entry.flow or entry.app_and_user is False or entry.app_only == "unknown"
    return "" if in_chapter else WAY_OUT[entry.app_only]


def app_secret(entry: Entry) -> str:
    """Whether it could sign in as the application at once."""
    own = [secret for secret in entry.secrets if secret.startswith("client secret")]
    return f"It has a client secret already: {several(own)}." if own else "It has no client secret yet, as far as seen."
