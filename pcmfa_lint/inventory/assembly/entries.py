"""Evidence of one repository → its entries in the inventory. Pure; who owns and what starts them is added after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from hashlib import sha256

from pcmfa_lint.discovery.discover import is_code
from pcmfa_lint.evidence.model import (
    ApiCall,
    Dependency,
    ErrorHandling,
    Evidence,
    Identity,
    Integration,
    Item,
    Marker,
    Origin,
    Place,
    SettingUse,
    StoredSecret,
    TextHit,
    TokenRequest,
)
from pcmfa_lint.evidence.words import PARTNER_KINDS, PRESENTED, STORED, AudienceKind
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import NOTHING, Finding, SafeText, ShownPlace
from pcmfa_lint.findings.wording import origin, place
from pcmfa_lint.inventory.assembly.functions import Functions, functions
from pcmfa_lint.inventory.assembly.openers import with_openers
from pcmfa_lint.inventory.assembly.projects import Projects, joined
from pcmfa_lint.inventory.assembly.sign_ins import judged, may_be_for_calls, settled, sign_ins_of, worst
from pcmfa_lint.inventory.model.credentials import Credential
from pcmfa_lint.inventory.model.entry import Entry, Handling, Scope, SignIn
from pcmfa_lint.inventory.model.knowledge import Tables
from pcmfa_lint.ir.nodes import Span

_HANDLING: dict[Handling, SafeText] = {  # the worst first
    "retried": redaction.words("a 401 is retried blindly"),
    "hidden": redaction.words("a 401 is hidden: it looks like an empty result"),
    "not-looked-at": redaction.words("a 401 is not checked"),
    "unknown": redaction.words("the handling of a 401 could not be followed"),
    "ends": redaction.words("a 401 ends the run like any other error"),
    "seen": redaction.words("the status 401 is checked, but not its code"),
    "told-apart": redaction.words("a 401 is distinguished by its code"),
}
_SECRET = redaction.words("{0}: {1} ({2})")
_MICROSOFT = (*PARTNER_KINDS, "companion", "microsoft")
# Where a secret comes from, if it is a secret at all; a token of the same run is none that somebody keeps.
_SOURCES = (*STORED, "placeholder", "secret-store", "database", "parameter", "prompt")
_SECRETS = {
    "password": redaction.words("password"),
    "refresh-token": redaction.words("refresh token"),
    "client-secret": redaction.words("client secret"),
    "totp-seed": redaction.words("TOTP seed"),
}


def entries(
    repository: SafeText,
    evidence: Evidence,
    findings: Sequence[Finding],
    files: Sequence[str],
    tables: Tables,
    opens_vault: Callable[[Entry], bool] = lambda entry: False,
) -> tuple[Entry, ...]:
    """The integrations of a repository, and one entry for what names Partner Center and could not be followed.
    `files`: all of the repository. `opens_vault`: whether the code of an entry uses a vault and no other service."""
    items = evidence.items
    projects = Projects(files, tables.runs.projects, tables.runs.tests)
    token_places = {item.at for item in items if isinstance(item, TokenRequest) and may_be_for_calls(item, tables)}
    result = [
        _Builder(repository, items, each, tables, projects, bool(token_places)).entry()
        for each in joined(items, projects, token_places)
        if not (set(each.audience) == {"other"} and not each.calls)
    ]
    result = with_openers(result, opens_vault)
    result += _seen_in_text(repository, items, result, tables)
    if not any(entry.calls_partner_center for entry in result):
        result += _unfollowed(repository, items, result, projects, tables)
    return _with_findings(result, findings)


def in_code(evidence: Evidence) -> tuple[Credential, ...]:
    """The credentials in the code or the settings of a repository that sign in to a Microsoft service, whether or not
    it is seen what signs in with them."""
    kinds: dict[Place, str] = {}
    for item in evidence.items:
        if isinstance(item, StoredSecret) and _literal(item):
            kinds[item.at] = item.kind
        elif isinstance(item, SettingUse) and _literal_setting(item):
            kinds.setdefault(item.at, item.secret_kind)
    return tuple(
        Credential(_SECRETS.get(kind) or redaction.name(kind), redaction.place(at))
        for at, kind in sorted(kinds.items(), key=lambda each: (each[1], each[0]))
    )


def _literal(secret: StoredSecret) -> bool:
    return (secret.origin.kind == "literal" or secret.committed) and (secret.partner or secret.feeds in _MICROSOFT)


def _literal_setting(use: SettingUse) -> bool:
    """Whether an entry of a settings file holds a credential for Microsoft's services, or one that may be: beside an
    account, in a partner's repository."""
    if use.value_kind != "literal" or use.feeds == "other":
        return False
    if use.feeds in _MICROSOFT or use.context == "partner":
        return True
    if use.secret_kind == "password":
        return use.upn and (use.context == "microsoft" or (use.context == "none" and use.partner))
    return use.context == "microsoft"


class _Builder:
    def __init__(
        self,
        repository: SafeText,
        items: Sequence[Item],
        integration: Integration,
        tables: Tables,
        projects: Projects,
        others_ask: bool,
    ) -> None:
        members = set(integration.members)
        self.repository, self.integration, self.tables = repository, integration, tables
        self.projects, self.others_ask = projects, others_ask
        self.requests = [
            i for i in items if isinstance(i, TokenRequest) and i.at in members and i.audience.kind != "other"
        ]
        self.calls = [i for i in items if isinstance(i, ApiCall) and i.at in members]
        self.secrets = [i for i in items if isinstance(i, StoredSecret) and i.at in members and i.feeds != "other"]

    def entry(self) -> Entry:
        integration = self.integration
        hanging = functions(self.calls)
        secrets = list(self._secrets())
        handling = _worst(_handling(call.error_handling) for call in self.calls)
        files = integration.roots or (integration.at.path,)
        sign_ins = sign_ins_of(integration, self.requests, self.calls, self.tables, self.others_ask)
        entry = _entry(self.repository, files, sign_ins, integration.partner, self.tables, hanging, self.calls)
        return replace(
            entry,
            at=self._begins(files, sign_ins),
            language=tuple(sorted(self._languages())),
            accounts=_names(identity for request in self.requests for identity in request.accounts),
            apps=_names(identity for request in self.requests for identity in request.apps),
            tenants=_names(identity for request in self.requests for identity in request.tenants),
            apis=self._apis(),
            impact=hanging.impact,
            app_only=hanging.app_only,
            needs_user=hanging.needs_user,
            secrets=tuple(dict.fromkeys(_secret(*secret) for secret in secrets)),
            secret_places=tuple(dict.fromkeys(redaction.place(at) for _, _, at in secrets)),
            calls=len(self.calls),
            handling=handling,
            handling_words=_HANDLING[handling] if self.calls else NOTHING,
            probes=integration.probes,
            knows_code=integration.knows_code,
            members=tuple(dict.fromkeys(redaction.path(place.path) for place in sorted(integration.members))),
        )

    def _begins(self, files: Sequence[str], sign_ins: Sequence[SignIn]) -> ShownPlace:
        """The place by which the integration is named: in its root program, if there is one that is no test and no
        settings file; there where it signs in, or calls what does; else where something is done, if that is seen."""
        own = [file for file in files if not self.projects.is_test(file)]
        programs = [file for file in own if is_code(file)] or own or list(files)
        at = worst(sign_ins, bool(self.calls)).at
        if at.path in map(redaction.path, programs):
            return at
        asking = (request for request in self.requests if redaction.place(request.at) == at)
        steps = (step.place for request in asking for step in reversed(request.trace))
        places = (
            place
            for place in (*steps, self.integration.at, *sorted(self.integration.members))
            if place.path in programs
        )
        return redaction.place(next(places, Place(programs[0], Span(1, 1, 1, 1))))

    def _secrets(self) -> Iterator[tuple[str, Origin, Place]]:
        """What is stored, then what a sign-in presents and comes from elsewhere, each with its place."""
        for secret in self.secrets:
            yield secret.kind, secret.origin, secret.at
        for request in self.requests:
            kind = next((PRESENTED[flow] for flow in request.flow if flow in PRESENTED), "")
            for each, source in ((kind, request.secret), ("client-secret", request.client_secret)):
                if each and (source.kind in _SOURCES or (source.kind == "unknown" and source.name)):
                    yield each, source, source.at or request.at

    def _languages(self) -> set[str]:
        members: tuple[TokenRequest | ApiCall | StoredSecret, ...] = (*self.requests, *self.calls, *self.secrets)
        return {each.language for each in members}

    def _apis(self) -> tuple[SafeText, ...]:
        """The names of what it calls and signs in to; who gives the tokens is none of it."""
        hosts = self.tables.hosts
        names = {each.audience.name or request.host for request in self.requests for each in request.asks_for()}
        names |= {call.host or "Partner Center" for call in self.calls}
        names = {name for name in names if name not in hosts or hosts[name].kind != "login"}
        return tuple(sorted(filter(None, map(redaction.name, names))))


def entry_id(repository: SafeText, file: str) -> str:
    """The stable id of an entry: it depends only on the repository and the file."""
    return "pc-" + sha256(f"{repository}\0{file}".encode("utf-8", "surrogateescape")).hexdigest()[:10]


def _entry(
    repository: SafeText,
    files: tuple[str, ...],
    sign_ins: tuple[SignIn, ...],
    partner: bool,
    tables: Tables,
    hanging: Functions | None = None,
    calls: Sequence[ApiCall] = (),
) -> Entry:
    """An entry with all that follows from its sign-ins and from what it calls."""
    audiences = {each.audience for each in sign_ins} - {"unknown"}
    entry = Entry(
        id=entry_id(repository, files[0]),
        repository=repository,
        at=sign_ins[0].at,
        files=tuple(map(redaction.path, files)),
        language=tuple(sorted({each.language for each in sign_ins})),
        sign_ins=sign_ins,
        audience=tuple(sorted(audiences)),
        business=hanging.business if hanging else (),
        only_reads=hanging.only_reads if hanging else (),
        calls_partner_center=bool(calls),
        scope=_scope(calls, audiences, partner),
    )
    return settled(entry, tables)


def _seen_in_text(
    repository: SafeText, items: Sequence[Item], entries_before: Sequence[Entry], tables: Tables
) -> Iterator[Entry]:
    """An integration for each file in which only a pattern saw how it signs in. Where the file names Partner Center,
    its token is likely for that."""
    covered = {path for entry in entries_before for path in (*entry.files, *(each.at.path for each in entry.sign_ins))}
    partner = {item.at.path for item in items if isinstance(item, Marker) and item.kind == "partner"}
    hits = [item for item in items if isinstance(item, TextHit) and item.flow and item.at.path not in covered]
    for path in sorted({hit.at.path for hit in hits}):
        audience: AudienceKind = "partner-center" if path in partner else "unknown"
        own_hits = [hit for hit in hits if hit.at.path == path]
        sign_ins = tuple(
            judged(
                SignIn(
                    redaction.place(hit.at),
                    hit.flow,
                    hit.language,
                    audience=audience,
                    partner=hit.partner,
                    confidence="likely",
                ),
                tables,
            )
            for hit in own_hits
            if hit.flow
        )
        yield _entry(repository, (path,), sign_ins, own_hits[0].partner, tables)


def _unfollowed(
    repository: SafeText, items: Sequence[Item], entries_before: Sequence[Entry], projects: Projects, tables: Tables
) -> Iterator[Entry]:
    """Where something names Partner Center, and no call to it was found: the place is to be looked at by a person."""
    covered = {path for entry in entries_before for path in (*entry.files, *(each.at.path for each in entry.sign_ins))}
    homes = {projects.of(path) for path in covered}
    signs = [
        item
        for item in items
        if (isinstance(item, Marker) and item.kind == "partner") or (isinstance(item, Dependency) and item.partner)
        if item.at.path not in covered and item.language != "text"
        if projects.of(item.at.path) is None or projects.of(item.at.path) not in homes
    ]
    if entries_before and not any(is_code(item.at.path) for item in signs):
        return  # settings and data of a repository whose code is covered
    if not signs or any(set(entry.audience) & PARTNER_KINDS for entry in entries_before):
        return
    first = min(signs, key=lambda item: (not is_code(item.at.path), item.at))
    one = judged(SignIn(redaction.place(first.at), "unknown", first.language), tables)
    files = tuple(dict.fromkeys((first.at.path, *sorted(item.at.path for item in signs))))[:5]
    yield replace(
        _entry(repository, files, (one,), True, tables),
        id=entry_id(repository, "?"),
        language=tuple(sorted({item.language for item in signs if item.language})),
        apis=tuple(sorted({redaction.name(item.name) for item in signs} - {NOTHING}))[:5],
        reason=redaction.words(
            "It names Partner Center, but no sign-in and no call could be followed: review these files by hand."
        ),
        source="",
        priority=tables.priority.of(one.exposure),
    )


def _with_findings(entries_before: Sequence[Entry], findings: Sequence[Finding]) -> tuple[Entry, ...]:
    """Every finding goes to the integration that has its place, else to one that has its file, else to one to which its
    trace leads: a password in a settings file belongs to what signs in with it."""
    by_entry: dict[str, list[str]] = {entry.id: [] for entry in entries_before}
    for finding in findings:
        ways = (finding.place, *(step.place for step in reversed(finding.trace)))
        entry = next((entry for at in ways if (entry := _entry_of(at, entries_before)) is not None), None)
        if entry is not None:
            by_entry[entry.id].append(finding.fingerprint)
    return tuple(
        replace(entry, findings=tuple(dict.fromkeys(by_entry[entry.id])))
        for entry in sorted(entries_before, key=lambda each: (each.at, each.id))
    )


def _entry_of(at: ShownPlace, entries_before: Sequence[Entry]) -> Entry | None:
    exact = (entry for entry in entries_before if any(each.at == at for each in entry.sign_ins) or entry.at == at)
    near = (e for e in entries_before if at.path in e.files or any(each.at.path == at.path for each in e.sign_ins))
    return next(exact, None) or next(near, None)


def _scope(calls: Sequence[ApiCall], audiences: Set[str], partner: bool) -> Scope:
    if calls or audiences & PARTNER_KINDS:
        return "partner-center"
    return "partner" if partner else "microsoft"


def _handling(error_handling: ErrorHandling) -> Handling:
    """The worst that can be said of a refusal: where attempts come to an end, what becomes of it then."""
    then = error_handling.then
    repeats = error_handling.retry != "none" and error_handling.retry_401
    if error_handling.retry == "unbounded" or (repeats and then == "continue"):
        return "retried"
    looked_at = error_handling.checks == "any-error" or error_handling.surfaces_as == "raises"
    swallowed = then in ("value", "continue", "lost") or (then == "fall-through" and looked_at)
    if error_handling.checks == "401-as-success" or (swallowed and not error_handling.distinguishes_401):
        return "hidden"
    if then == "fall-through" and not error_handling.distinguishes_401:
        return "not-looked-at"
    if repeats:
        return "retried"
    if error_handling.distinguishes_401:
        return "told-apart" if error_handling.reads_code else "seen"
    return "ends" if then in ("raise", "end") else "unknown"


def _worst(kinds: Iterable[Handling]) -> Handling:
    present = set(kinds)
    return next((each for each in _HANDLING if each in present), "unknown")


def _names(identities: Iterable[Identity]) -> tuple[SafeText, ...]:
    """Values first, then what holds the others."""
    ordered = sorted(set(identities), key=lambda each: (each.kind != "value", each))
    return tuple(filter(None, map(_name, ordered)))


def _name(identity: Identity) -> SafeText:
    if identity.kind != "value":
        return origin(Origin(identity.kind, identity.name))
    return redaction.account(identity.name) or redaction.identifier(identity.name)


def _secret(kind: str, where: Origin, at: Place) -> SafeText:
    return redaction.filled(_SECRET, _SECRETS.get(kind) or redaction.name(kind), origin(where), place(at))
