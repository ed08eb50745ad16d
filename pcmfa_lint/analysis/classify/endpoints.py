"""Whom an address or a scope belongs to, by the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import unquote

from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.building import as_map
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import HOLE, AbstractValue, ListValue, StringValue, Values
from pcmfa_lint.evidence.model import Audience
from pcmfa_lint.evidence.words import Flow
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.knowledge.catalog import CatalogFile, Host, PathSpec, Resource

_HOST = re.compile(r"https?://(?:[^/@\s]*@)?([^/\s?#:\"']+)", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[\w-]+(?=\s*(?:[:=]|$))")
_VERSION = re.compile(r"^(?:(?:partner|insights|webhooks|accountenrollments)/)?v\d+(?:\.\d+)?/", re.IGNORECASE)
_SHARED_TENANTS = re.compile(r"/(common|organizations|consumers)(/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One alternative of a URL: host ("" = not known), and path with holes as `{}`."""

    host: str
    path: str


def addresses(vals: Values) -> list[Address]:
    """The alternatives of a URL, as far as they are text."""
    result = []
    for val in vals:
        if isinstance(val, StringValue):
            text = val.text
            match = _HOST.search(text)
            host = match[1].lower() if match else ""
            rest = text[match.end() :] if match else text
            path = rest.partition("?")[0]
            path = "/" + path.lstrip("/") if host and path.startswith("//") else path
            result.append(Address("" if HOLE in host else host, path.replace(HOLE, "{}")))
    return result


class EndpointCatalog:
    """Hosts, resources and paths of all catalog files."""

    def __init__(self, files: Sequence[CatalogFile]) -> None:
        self._hosts = sorted((host for file in files for host in file.host), key=lambda h: (-len(h.name), -len(h.path)))
        self._headers = [(pattern, host.kind) for host in self._hosts for pattern in host.headers]
        self._resources = [resource for file in files for resource in file.resource]
        self._paths = [path for file in files for path in file.path]
        self._forms: dict[str, int] = {}  # what a whole text says, and the first resource that is meant by it
        self._words: dict[str, int] = {}  # the same of addresses and ids, which may be one word of many, with a path
        for number, resource in enumerate(self._resources):
            for form in (form.casefold().strip("/") for form in resource.forms):
                self._forms.setdefault(form, number)
                if "://" in form or form.count("-") == 4:
                    self._words.setdefault(form, number)
        self._by_id = {resource.id: resource for resource in self._resources}
        self._kinds: dict[str, str] = {}
        self._kind_of_headers: dict[frozenset[str], str] = {}
        self._resource_of: dict[str, Resource | None] = {}

    def host(self, name: str, address: str = "") -> Host | None:
        """The entry of a host name, the longest first; one with a leading dot means subdomains only."""
        name, address = name.lower().rstrip("."), address.lower()
        for host in self._hosts:
            own = name == host.name or (host.name.startswith(".") and name.endswith(host.name))
            if own and host.path in address:
                return host
        return None

    def kinds(self, vals: Values) -> set[str]:
        """The kinds of all hosts that a URL can have: `login`, an audience kind, or `other` for a foreign one."""
        result = {self._kind(val.text) for val in vals if isinstance(val, StringValue)}
        result.discard("")
        return result

    def _kind(self, text: str) -> str:
        """The kind of a URL's host; empty if it has none. The same texts come again and again."""
        kind = self._kinds.get(text)
        if kind is None:
            match = _HOST.search(text)
            name = match[1].lower() if match else ""
            host = self.host(name, text) if HOLE not in name else None
            kind = self._kinds[text] = "" if not name or HOLE in name else host.kind if host else "other"
        return kind

    def kind_by_headers(self, vals: Values) -> str:
        """The kind of the only host whose requests carry such headers; empty if there is none."""
        names = frozenset(_header_names(vals))
        known = self._kind_of_headers.get(names)
        if known is None:
            lowered = {name.casefold() for name in names}
            kinds = (kind for pattern, kind in self._headers if any(fnmatchcase(name, pattern) for name in lowered))
            known = self._kind_of_headers[names] = next(kinds, "")
        return known

    def flow(self, vals: Values) -> Literal["", Flow]:
        """The flow of a host that gives tokens without being told a grant; empty for others."""
        hosts = (
            self.host(match[1], val.text)
            for val in vals
            if isinstance(val, StringValue) and (match := _HOST.search(val.text))
        )
        return next((host.flow for host in hosts if host is not None and host.flow), "")

    def resource(self, text: str) -> Resource | None:
        """The entry that a scope, resource or application id means."""
        if text not in self._resource_of:
            self._resource_of[text] = self._find_resource(text)
        return self._resource_of[text]

    def _find_resource(self, text: str) -> Resource | None:
        lowered = unquote(text).casefold().strip().strip("/")
        indexes = [self._forms[lowered]] if lowered in self._forms else []
        for word in lowered.split():
            ends = (at for at, char in enumerate(word + "/") if char == "/")
            indexes += [self._words[word[:end]] for end in ends if word[:end] in self._words]
        if indexes:
            return self._resources[min(indexes)]
        match = _HOST.search(lowered)
        host = self.host(match[1]) if match else None
        if host is not None and host.kind != "login":
            return Resource(host.name, host.kind, (), host.label, host.retired)
        return None

    def audience(self, scopes: Values, fixed: str, hosts: set[str]) -> Audience:
        """The audience of a token request: what the call itself fixes, else its scopes, else only whose login it is. A
        call that fixes `microsoft` knows no more than that."""
        resource = self._by_id.get(fixed)
        if resource is not None and resource.kind != "microsoft":
            return Audience(resource.kind, resource.label or resource.id, "certain", resource.retired)
        resources = [r for text in _scopes(scopes) if (r := self.resource(text)) is not None]
        if resources:
            best = min(resources, key=lambda r: _ORDER.index(r.kind) if r.kind in _ORDER else 9)
            return Audience(best.kind, best.label or best.id, "certain", any(r.retired for r in resources))
        if "other" in hosts and not hosts & {"login", "microsoft"}:
            return Audience("other", "", "certain")
        if any(_foreign(text) for text in _scopes(scopes)):
            return Audience("other", "", "likely")
        is_microsoft = hosts & {"login", "microsoft"} or resource is not None
        return Audience("microsoft" if is_microsoft else "unknown", "", "unknown")

    def path(self, path: str, methods: Set[str] = frozenset()) -> PathSpec | None:
        """The business of a Partner Center path; the first entry that matches. `methods`: those of the request, none if
        they are not known: then it is not known either which tokens are accepted, where a method decides that."""
        bare = re.sub(r"\{[^}]*\}", "{x}", path.split("?")[0]).strip("/")
        bare = _VERSION.sub("", bare)
        undecided = False
        for spec in self._paths:
            if any(_fits(pattern, bare) for pattern in spec.pattern):
                if not spec.methods or methods & set(spec.methods):
                    return replace(spec, app_only="unknown") if undecided else spec
                undecided = undecided or not methods
        return None

    def noun(self, command: str) -> PathSpec | None:
        """The business of a cmdlet, by its noun."""
        noun = command.rpartition("-")[2].casefold()
        return next((p for p in self._paths if any(fnmatchcase(noun, n.casefold()) for n in p.nouns)), None)

    def business(self, name: str) -> PathSpec | None:
        return next((p for p in self._paths if p.id == name), None)


_ORDER = ("partner-center", "partner-api", "companion", "microsoft", "other", "unknown")


def _header_names(vals: Values) -> Iterator[str]:
    """The names of headers: the keys of a mapping, the items of a list of names and values, or what stands at the
    beginning of each line of a text such as `Name: value`."""
    for val in vals:
        fields = as_map(val)
        if fields is not None:
            yield from (key for key, _ in fields.entries)
        elif isinstance(val, StringValue):
            yield from (match[0] for line in val.text.splitlines() if (match := _HEADER_NAME.match(line)))
        elif isinstance(val, ListValue):
            for item in val.items:
                yield from _header_names(item)


def _foreign(text: str) -> bool:
    return "://" in text and HOLE not in text


def _scopes(vals: Values) -> Iterable[str]:
    for val in inside(vals, 3):
        if isinstance(val, StringValue) and val.text.strip(HOLE):
            yield from (word for word in re.split(r"[\s,]+", val.text) if word.strip(HOLE))


def _fits(pattern: str, path: str) -> bool:
    """`{x}`: one segment; `**/` at the front: any beginning; `/**` at the end: any rest."""
    text = re.escape(pattern).replace(r"\{x\}", "[^/]+").replace(r"\*\*/", "(?:.*/)?").replace(r"/\*\*", "(?:/.*)?")
    return re.fullmatch(text, path, re.IGNORECASE) is not None


def shared_tenant(vals: Values) -> bool:
    """Whether a token is asked at /common, /organizations or /consumers."""
    return any(_SHARED_TENANTS.search(a.path) for a in addresses(vals))


def tenant(vals: Values) -> Values:
    """The tenant in a login address: the first segment of its path, if it is one of a customer's own."""
    values: list[AbstractValue] = []
    for val in vals:
        match = _HOST.search(val.text) if isinstance(val, StringValue) else None
        if not isinstance(val, StringValue) or match is None:
            continue
        segment = val.text[match.end() :].lstrip("/").partition("/")[0]
        if segment == HOLE:
            before = val.text[: val.text.index(segment, match.end())].count(HOLE)
            values += val.holes[before] if before < len(val.holes) else ()
        elif HOLE not in segment and not _SHARED_TENANTS.match(f"/{segment}"):
            values.append(replace(val, text=segment, holes=()))
    return tuple(values)


def entry(body: Values, key: str) -> Values:
    """A field of a request body: an entry of a mapping, of pairs, or of `a=b&c=d` text."""
    results: list[Values] = []
    for val in body:
        fields = as_map(val)
        if fields is not None:
            results.append((fields.get(key) if key == "grant_type" else fields.entry(key)) or ())
        elif isinstance(val, StringValue):
            results.append(_field(val, key))
    return tuple(v for vals in results for v in vals)


def _field(text: StringValue, key: str) -> Values:
    holes = iter(text.holes)
    for pair in re.split(r"[&\r\n]", text.text):
        name, _, value = pair.partition("=")
        inner = [next(holes, ()) for _ in range(name.count(HOLE) + value.count(HOLE))]
        if name.strip().strip("?").casefold() == key.casefold():
            if value == HOLE and inner:
                return inner[-1]
            return (StringValue(unquote(value.strip()), tuple(inner), place=text.place, label=key, trace=text.trace),)
    return ()


def grants(body: Values) -> list[str]:
    """The grant types that a body can carry; "" where there is one that is not known."""
    vals = entry(body, "grant_type")
    names = [text.strip() for text in texts(vals)]
    return names + ([""] if len(names) < len(vals) else [])
