"""Token requests that a file declares instead of running them: Postman, request files, and others.

A grant and a login address in one object, or in the objects around it, are a request; user name, password, resource
and scope are looked for among its fields. A body is a text of fields, JSON, or an expression that builds one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pcmfa_lint.analysis.classify import endpoints, identities
from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.origins import UPN, SecretOrigins
from pcmfa_lint.analysis.classify.surroundings import normalised
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.model import HOLE, StringValue, UnknownValue, Values
from pcmfa_lint.evidence.model import TOO_MUCH, Origin, Place, SettingUse, TokenRequest
from pcmfa_lint.evidence.words import FLOW_OF_GRANT, PRESENTED, Context, Principal, SecretKind
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import Setting, Span, Unit
from pcmfa_lint.limits import ALIKE_FIELDS, DECLARED_BODY_CHARS, FILE_GRANTS, GRANT_LEVELS

# Not the exchange of a token that came with a request: nothing in a file signs in by it.
_FLOWS = {grant: flow for grant, flow in FLOW_OF_GRANT.items() if flow != "interactive"}
_SECRETS: tuple[SecretKind, ...] = ("password", "refresh-token", "client-secret")
_GRANT = re.compile(r"grant_?-?type", re.IGNORECASE)
_FORM = re.compile(r"[\w.$-]+=[^\r\n]*")
_VARIABLE = re.compile(r"\{\{\s*(?:\$\w+\s+)?([\w.$-]+)\s*\}\}")
_CALL = re.compile(
    r"\b(?:parameters|variables|activity|body|outputs|actions|items|appsetting|listKeys|reference|pipeline|triggerBody"
    r"|triggerOutputs|linkedService|dataset|json)\((?:'[^']*')?\)(?:\??[.\[][\w'.?\[\]]*)?"
)
_PIECE = re.compile(r"'((?:[^']|'')*)'|(\x00)")
_EMBEDDED = re.compile(r"@\{[^{}]*\}")
_FIELDS = {
    "account": ("username", "user name", "user", "login", "upn"),
    "password": ("password",),
    "refresh-token": ("refresh token",),
    "client-secret": ("client secret",),
    "client": ("client id", "application id", "app id"),
    "audience": ("resource", "scope", "scopes", "audience"),
}
_COLLECTION = re.compile(r"\.postman_(?:collection|environment|globals)\.json$|\.(?:http|rest)$", re.IGNORECASE)

Section = tuple[str, ...]
_Variables = Mapping[str, tuple[str, Setting]]  # of request tools: file and entry by name


@dataclass(frozen=True, slots=True)
class Declared:
    """The requests; secrets in their bodies that are no entries of their own; contexts of the entries they use; notes
    on limits."""

    requests: tuple[TokenRequest, ...]
    secrets: tuple[SettingUse, ...]
    contexts: Mapping[Place, Context]
    notes: tuple[str, ...] = ()


def declared(units: Sequence[Unit], addresses: EndpointCatalog, origins: SecretOrigins) -> Declared:
    """All token requests that settings files declare."""
    variables: dict[str, tuple[str, Setting]] = {}
    for unit in units:
        if _COLLECTION.search(unit.path):
            entries = (e for e in unit.settings if e.path[:1] in (("variable",), ("values",)) or len(e.path) == 1)
            variables.update({entry.path[-1]: (unit.path, entry) for entry in entries if entry.value})
    requests: list[TokenRequest] = []
    secrets: list[SettingUse] = []
    contexts: dict[Place, Context] = {}
    notes: list[str] = []
    for unit in units:
        if unit.settings and any(_GRANT.search(line) for line in unit.lines):
            file = _File(unit, addresses, origins, variables)
            notes += [TOO_MUCH.format(path=unit.path)] if file.cut else []
            for one in file.requests():
                requests.append(one.request)
                secrets += one.secrets
                contexts.update(one.contexts)
    return Declared(tuple(requests), tuple(secrets), contexts, tuple(notes))


def apart_from(declared: Declared, others: Sequence[TokenRequest]) -> Declared:
    """Without the requests that somebody else has found, who followed how they are sent."""
    places: dict[str, list[Place]] = defaultdict(list)
    for other in others:
        places[other.at.path].append(other.at)
    left = [one for one in declared.requests if not any(place.holds(one.at) for place in places[one.at.path])]
    return replace(declared, requests=tuple(left))


@dataclass(frozen=True, slots=True)
class _Found:
    request: TokenRequest
    secrets: tuple[SettingUse, ...]
    contexts: dict[Place, Context]


class _File:
    def __init__(self, unit: Unit, addresses: EndpointCatalog, origins: SecretOrigins, variables: _Variables) -> None:
        self.unit, self.addresses, self.origins, self.variables = unit, addresses, origins, variables
        grants = [entry for entry in unit.settings if self.is_grant(entry)]
        self.grants, self.cut = grants[:FILE_GRANTS], len(grants) > FILE_GRANTS
        self.logins: dict[Section, Values] = {}
        self.fields: dict[tuple[Section, str], Values] = {}
        self.used: dict[Section, list[str]] = {}  # names of variables
        self.around: dict[Section, int] = defaultdict(int)
        for grant in self.grants:
            for length in range(len(grant.path)):
                self.around[grant.path[:length]] += 1
        self.below: dict[Section, list[Setting]] = defaultdict(list)
        for entry in unit.settings:
            for length in range(len(entry.path)):
                if entry.path[:length] in self.around:
                    self.below[entry.path[:length]].append(entry)

    def is_grant(self, entry: Setting) -> bool:
        if not entry.path:
            return False
        if normalised(entry.path[-1]).endswith("grant type"):
            return entry.value.strip() in _FLOWS
        return (
            len(entry.value) <= DECLARED_BODY_CHARS
            and _GRANT.search(entry.value) is not None
            and bool(self.body_grant(entry))
        )

    def body_grant(self, entry: Setting) -> list[str]:
        """The grants of a body; prose that mentions one is none."""
        text = self.value(entry)
        pieces = [piece.strip() for piece in re.split(r"[&\r\n]", text.text) if piece.strip()]
        if not text.text.lstrip().startswith("{") and not all(_FORM.fullmatch(p) and " " not in p for p in pieces):
            return []
        return [grant for grant in texts(endpoints.entry((text,), "grant_type")) if grant in _FLOWS]

    def value(self, entry: Setting) -> StringValue:
        """The value, variables replaced; what is computed is a hole."""
        text = _VARIABLE.sub(
            lambda match: self.variables[match[1]][1].value if match[1] in self.variables else HOLE, entry.value
        )
        bare = text.strip()
        if (bare.startswith("@") and not bare.startswith(("@{", "@@"))) or (
            bare.startswith("[") and bare.endswith("]")
        ):
            pieces = _PIECE.findall(_CALL.sub(HOLE, bare))
            text = "".join(literal.replace("''", "'") if not hole else HOLE for literal, hole in pieces) or HOLE
        text = _EMBEDDED.sub(HOLE, text)
        holes: tuple[Values, ...] = ((UnknownValue(),),) * text.count(HOLE)
        return StringValue(
            text, holes, place=Place(self.unit.path, entry.span), label=entry.path[-1] if entry.path else ""
        )

    def requests(self) -> Iterator[_Found]:
        for grant in self.grants:
            request = self.request(grant)
            if request is not None:
                yield request

    def request(self, grant: Setting) -> _Found | None:
        in_body = not normalised(grant.path[-1]).endswith("grant type")
        url, section = self.address(grant)
        word = self.body_grant(grant)[0] if in_body else grant.value.strip()
        flow = _FLOWS[word]
        body = (self.value(grant),) if in_body else ()
        fields = {role: self.field(role, names, body, section) for role, names in _FIELDS.items()}
        hosts = self.addresses.kinds(url)
        audience = self.addresses.audience(fields["audience"], "", hosts)
        if "login" not in hosts and audience.kind not in ("partner-center", "partner-api"):
            return None
        kind = PRESENTED.get(flow)
        principal: Principal = "app" if kind == "client-secret" else "user"
        secret = self.origins.of(fields[kind], principal, kind) if kind else Origin()
        request = TokenRequest(
            at=Place(self.unit.path, self.place(grant, word) if in_body else grant.span),
            via="declared-request",
            flow=(flow,),
            audience=audience,
            language=self.unit.language,
            host=next((a.host for a in endpoints.addresses(url) if a.host), ""),
            account=self.origins.of(fields["account"], principal),
            secret=secret,
            accounts=identities.accounts(self.origins, fields["account"]),
            apps=identities.apps(self.origins, fields["client"]),
            tenants=identities.tenants(self.origins, endpoints.tenant(url)),
            common=endpoints.shared_tenant(url),
            confidence="certain" if "login" in hosts else "likely",
        )
        context: Context = "partner" if audience.kind in ("partner-center", "partner-api") else "microsoft"
        secrets = (*self.secrets(grant, body, fields, context), *self.by_variable(section, fields, context))
        return _Found(request, secrets, self.contexts(fields, context))

    def address(self, grant: Setting) -> tuple[Values, Section]:
        """The login address of the nearest object around the grant that has one, and that object."""
        nearest: Section | None = None
        for length in range(len(grant.path) - 1, max(len(grant.path) - 2 - GRANT_LEVELS, -1), -1):
            section = grant.path[:length]
            if self.around[section] > 1 and nearest is not None:
                break
            nearest = section
            if login := self.login(section):
                return login, section
        return (), nearest or ()

    def login(self, section: Section) -> Values:
        """The first login address in an object."""
        if section not in self.logins:
            urls = (self.value(entry) for entry in self.below[section] if "://" in entry.value or "{{" in entry.value)
            self.logins[section] = next(((url,) for url in urls if "login" in self.addresses.kinds((url,))), ())
        return self.logins[section]

    def field(self, role: str, names: tuple[str, ...], body: Values, section: Section) -> Values:
        """A field of the body, or the entries of the object that are called so."""
        for name in names:
            vals = endpoints.entry(body, name.replace(" ", "_")) or endpoints.entry(body, name.replace(" ", ""))
            if vals:
                return vals
        if (section, role) not in self.fields:
            named = [entry for entry in self.below[section] if _named(entry.path[-1], names)][:ALIKE_FIELDS]
            self.fields[section, role] = tuple(map(self.value, named))
        return self.fields[section, role]

    def place(self, grant: Setting, word: str) -> Span:
        """The place of the grant in a body, if the text there is as written; else the whole value."""
        span = grant.span
        form = re.compile(rf"grant_type\W{{1,12}}{re.escape(word)}\b", re.IGNORECASE)
        for number in range(span.line, min(span.end_line, len(self.unit.lines)) + 1):
            line = self.unit.lines[number - 1]
            first = span.col - 1 if number == span.line else 0
            match = form.search(line, first, span.end_col - 1 if number == span.end_line else len(line))
            if match is not None:
                return Span(number, match.start() + 1, number, match.end() + 1)
        return span

    def secrets(
        self, grant: Setting, body: Values, fields: Mapping[str, Values], context: Context
    ) -> Iterator[SettingUse]:
        """The secrets that are written in the body itself."""
        upn = any(UPN.fullmatch(text) for text in texts(fields["account"]))
        for secret_kind in _SECRETS:
            for text in texts(endpoints.entry(body, secret_kind.replace("-", "_"))):
                if text and text in grant.value and not self.origins.placeholder(text, secret_kind, secret_kind):
                    at = Place(self.unit.path, self.written(grant, text))
                    key = ":".join((*grant.path, secret_kind.replace("-", "_")))
                    yield SettingUse(
                        at, key, secret_kind, "literal", self.unit.language, context, upn and secret_kind == "password"
                    )

    def by_variable(self, section: Section, fields: Mapping[str, Values], context: Context) -> Iterator[SettingUse]:
        """The secrets that are the values of variables, whatever these are called."""
        upn = any(UPN.fullmatch(text) for text in texts(fields["account"]))
        if section not in self.used:
            names = {match[1] for entry in self.below[section] for match in _VARIABLE.finditer(entry.value)}
            self.used[section] = sorted(names)[:FILE_GRANTS]
        for name in self.used[section]:
            path, entry = self.variables.get(name, ("", None))
            secret_kind = next(
                (role for role in _SECRETS if entry is not None and entry.value in texts(fields[role])), None
            )
            if entry is not None and secret_kind and not self.origins.placeholder(entry.value, name, secret_kind):
                at, is_certain = Place(path, entry.span), upn and secret_kind == "password"
                yield SettingUse(at, name, secret_kind, "literal", self.unit.language, context, is_certain)

    def written(self, grant: Setting, text: str) -> Span:
        span = grant.span
        for number in range(span.line, min(span.end_line, len(self.unit.lines)) + 1):
            at = self.unit.lines[number - 1].find(text, span.col - 1 if number == span.line else 0)
            if at >= 0:
                return Span(number, at + 1, number, at + 1 + len(text))
        return span

    def contexts(self, fields: Mapping[str, Values], context: Context) -> dict[Place, Context]:
        return {val.place: context for role in _SECRETS for val in fields[role] if val.place is not None}


def _named(name: str, names: tuple[str, ...]) -> bool:
    words = normalised(name)
    return any(words == one or words.endswith(" " + one) for one in names)
