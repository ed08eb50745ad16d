"""The owner of an entry of a settings file, by what stands around it: evidence before names.

The nearest section that says something decides: first a Partner Center address in it, then its name, then an account
of a Microsoft tenant beside the password, then its other addresses and names. A section with a name that nobody knows
is nobody's only where nothing in it says whose it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from pcmfa_lint.analysis.values.model import StringValue
from pcmfa_lint.evidence.words import Context
from pcmfa_lint.ir.nodes import Setting

if TYPE_CHECKING:
    from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
    from pcmfa_lint.analysis.classify.settings import SettingNames

Section = tuple[str, ...]
KNOWN: tuple[Context, ...] = ("partner", "microsoft", "other")
_ELSEWHERE = "elsewhere"  # a sign of another product which an account of a Microsoft tenant does not outweigh
_SAYING = frozenset(("type", "name", "key", "kind", "api", "id", "connector", "provider", "displayname"))
_SERVER = re.compile(r"(?:^| )(?:server|host|host ?name|endpoint|url|uri|base address|instance|address|api|root)$")
_OTHER_WAY = re.compile(r"\b(?:redirect|callback|reply|return|notif\w*|web ?hook|home|logo|proxy|docs?|help|schema)\b")
_LOCAL = re.compile(r"^(?:\w+://)?(?:localhost|127\.0\.0\.1|\[?::1\]?|example\.\w+)(?=$|[:/])", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[\W_]+")
_MAIL_HOST = re.compile(r"^(?:smtp|imap|pop3?|mail)[\w-]*\.", re.IGNORECASE)
_MAIL_PORTS = frozenset(("25", "465", "587", "993", "995"))
_RESOURCE = re.compile(r"(?:^| )(?:resource|scopes?|audience)$")
_TENANT = re.compile(r"(?:^| )(?:tenant|tenant id|tenant domain|directory id|domain)$")
_TENANT_ACCOUNT = re.compile(r"@[\w-]{1,63}\.onmicrosoft\.(?:com|us|de|cn)$", re.IGNORECASE)
_NOUN = re.compile(
    r"(?:^| )(?:passwords?|passwd|passphrase|passwort|kennwort|pass|pwd|pw|benutzer(?: ?name)?"
    r"|user ?name|user ?principal ?name|user ?id|user"
    r"|login ?name|login|upn|e ?mail(?: address)?|account(?: name| id)?|admin(?:istrator)?|service|svc|name"
    r"|refresh ?token|client ?secret|app(?:lication)? ?(?:secret|key)|secret|plain(?: ?text)?|secure|my)$"
)


@lru_cache(maxsize=4_096)
def normalised(name: str) -> str:
    """`PartnerCenter:Password`, `PARTNER_CENTER_PASSWORD` → `partner center password`."""
    return " ".join(_BETWEEN.sub(" ", _HUMP.sub(" ", name)).lower().split())


@lru_cache(maxsize=4_096)
def stem(name: str) -> str:
    """The part of a name before the noun: `csp admin password` → `csp`."""
    words = normalised(name)
    while (shorter := _NOUN.sub("", words)) != words:
        words = shorter
    return words


class Surroundings:
    """The sections of one file, and what is said in them. `children`: the entries right in each section; `sections`:
    the same, where the items of a list of names and values belong to the list."""

    def __init__(
        self,
        path: str,
        children: Mapping[Section, Sequence[Setting]],
        sections: Mapping[Section, Sequence[Setting]],
        names: SettingNames,
        addresses: EndpointCatalog,
    ) -> None:
        self._path, self._children, self._sections = path, children, sections
        self._names, self._addresses = names, addresses
        self._beside: dict[Section, frozenset[str]] = {}
        self._below: dict[Section, frozenset[str]] = {}

    def owner(self, entry: Setting, section: Section, name: str, account: str) -> Literal["", Context]:
        """The owner of an entry; `none` if it may be anybody's, empty if only the name is foreign. `name`: what
        the entry is called; `account`: the user name that belongs to it."""
        before = stem(name)
        context = self._names.section(before) if before else "none"
        if context is not None and context in KNOWN:
            return context
        tenant = _TENANT_ACCOUNT.search(account.strip()) is not None
        verdict, foreign = self._around(entry, section, tenant)
        if verdict:
            return verdict
        if context is None:  # the name begins with a word that nobody knows
            shared = self._sharing(section, before)
            if "partner" in shared:
                return "partner"
            return "microsoft" if tenant and not foreign and not shared & {"other", _ELSEWHERE} else ""
        if foreign:
            return ""
        root_owner = self._root(entry)
        return "microsoft" if tenant and root_owner != "partner" else root_owner or self._by_file()

    def _around(self, entry: Setting, own: Section, tenant: bool) -> tuple[Literal["", Context], bool]:
        """What the nearest section says, or a section around it; and whether one has a name that nobody knows."""
        foreign = False
        account: Literal["", Context] = ""
        path = entry.path[:-1]
        for length in range(len(path), 0, -1):
            section = path[:length]
            named = self._named(section, entry)
            signs = self._signs_beside(section)
            if length < len(own) and named is None:  # a name of its own keeps together what is in its sections
                signs |= self._signs_below(section)
            if foreign:
                signs = frozenset()
            if "partner" in signs and _ELSEWHERE not in signs:
                return "partner", False
            if named and named in KNOWN:
                return named, False
            if tenant and section == own and _ELSEWHERE not in signs:
                account = "microsoft"  # unless a section around it belongs to something else
            elif signs and not account:
                return _verdict(signs), False
            foreign = foreign or named is None
        return account, foreign

    def _named(self, section: Section, entry: Setting) -> Context | None:
        """The context of a section by its name, or by what it says of itself; None: a name that nobody knows."""
        names = [
            c.value for c in self._children.get(section, ()) if c.path[-1].casefold() in _SAYING and c is not entry
        ]
        own: Literal["", Context] = "none"
        for number, text in enumerate((section[-1], *names)):
            context: Context | None = "none" if text.isdigit() or text.startswith("#") else self._names.section(text)
            if context in KNOWN:
                return context
            if number == 0 and context is None:
                own = ""
        return own or None

    def _sharing(self, section: Section, before: str) -> frozenset[str]:
        """The signs of those entries of a section whose names begin alike."""
        alike = [e for e in self._sections.get(section, ()) if normalised(e.path[-1]).startswith(f"{before} ")]
        return self._signs(alike)

    def _root(self, entry: Setting) -> Literal["", Context]:
        """What a flat file says, where nothing around the entry does; where it disagrees, none."""
        return _verdict(self._signs_beside(()), mixed=True) if len(entry.path) == 1 else ""

    def _by_file(self) -> Context:
        return self._names.section(PurePosixPath(self._path).name.lstrip(".").partition(".")[0]) or "none"

    # --- signs ---

    def _signs_beside(self, section: Section) -> frozenset[str]:
        if section not in self._beside:
            self._beside[section] = self._signs(self._sections.get(section, ()))
        return self._beside[section]

    def _signs_below(self, section: Section) -> frozenset[str]:
        """The signs of all sections in a section."""
        if not self._below:
            by_section: dict[Section, set[str]] = defaultdict(set)
            for inner in self._sections:
                signs = self._signs_beside(inner)
                for length in range(len(inner) + 1 if signs else 0):
                    by_section[inner[:length]] |= signs
            self._below = {(): frozenset(), **{where: frozenset(signs) for where, signs in by_section.items()}}
        return self._below.get(section, frozenset())

    def _signs(self, entries: Iterable[Setting]) -> frozenset[str]:
        signs: set[str] = set()
        tenant = client = False
        for entry in entries:
            words = normalised(entry.path[-1])
            spec = self._names.meaning(entry.path[-1])
            signs.add(self._sign(entry.value.strip(), words))
            signs.add(spec.context if spec is not None and spec.secret_kind in ("app-id", "client-secret") else "")
            if (spec is None or spec.secret_kind == "other") and self._names.section(words) == "other":
                signs.add(_ELSEWHERE)
            tenant = tenant or _TENANT.search(words) is not None
            client = client or (spec is not None and spec.secret_kind == "app-id")
        signs |= {"microsoft"} if tenant and client else set()
        return frozenset(signs & {*KNOWN, _ELSEWHERE})

    def _sign(self, value: str, words: str) -> str:
        """What the value of one entry says: an address, a resource, a port of a mail server."""
        kinds = self._addresses.kinds((StringValue(value),))
        if not kinds and _RESOURCE.search(words) and (resource := self._addresses.resource(value)) is not None:
            kinds = {resource.kind}
        if kinds & {"partner-center", "partner-api"}:
            return "partner"
        if kinds & {"login", "companion", "microsoft"}:
            return "microsoft"
        if words.endswith("port") and value in _MAIL_PORTS:
            return _ELSEWHERE
        if _SERVER.search(words) is None or "." not in value or _OTHER_WAY.search(words) or _LOCAL.match(value):
            return ""
        if _MAIL_HOST.match(value):
            return _ELSEWHERE
        return "other" if kinds or "://" not in value else ""


def _verdict(signs: Iterable[str], mixed: bool = False) -> Literal["", Context]:
    """What signs say together. `mixed`: they are of a whole file, where those of others count."""
    kinds = set(signs)
    foreign = kinds & {"other", _ELSEWHERE}
    if "partner" in kinds and not (foreign if mixed else _ELSEWHERE in kinds):
        return "partner"
    if foreign:
        return "other" if kinds == foreign else "none"
    return "microsoft" if kinds else ""
