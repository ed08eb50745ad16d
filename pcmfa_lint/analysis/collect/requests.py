"""From what the interpreter wrote down to evidence: one item a place, the worst of all runs through it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pcmfa_lint.analysis.classify import endpoints, identities
from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.origins import SecretOrigins, bearer, principal_of, upn
from pcmfa_lint.analysis.classify.settings import SettingNames
from pcmfa_lint.analysis.collect import unattended
from pcmfa_lint.analysis.collect.endpoints_called import business, endpoints_called
from pcmfa_lint.analysis.collect.integrations import IntegrationGroups
from pcmfa_lint.analysis.collect.loose_passwords import loose_passwords
from pcmfa_lint.analysis.collect.merging import merged_tokens, unique, worst_each
from pcmfa_lint.analysis.collect.renewal import Renewals
from pcmfa_lint.analysis.collect.token_fate import refresh_token_use
from pcmfa_lint.analysis.failures.handled_error import HandledError, rank
from pcmfa_lint.analysis.failures.handlers import HandlerExits
from pcmfa_lint.analysis.failures.handling import error_handling_of
from pcmfa_lint.analysis.interpreter.run import Interpreter
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import AbstractValue, TokenValue, Values
from pcmfa_lint.evidence.model import ApiCall, Audience, Origin, Place, Step, StoredSecret, TokenRequest
from pcmfa_lint.evidence.words import (
    APP_FLOWS,
    FLOW_OF_GRANT,
    PRESENTED,
    STORED,
    Confidence,
    Flow,
    Happening,
    Principal,
    SecretKind,
)
from pcmfa_lint.ir.frozen import dataclass, replace


@dataclass(frozen=True, slots=True)
class RequestEvidence:
    tokens: tuple[TokenRequest, ...]
    calls: tuple[ApiCall, ...]
    secrets: tuple[StoredSecret, ...]
    groups: IntegrationGroups


def asks_for_partner_center(run: Interpreter, addresses: EndpointCatalog) -> bool:
    """Whether the code calls Partner Center, or asks for a token for it."""
    partners = ("partner-center", "partner-api")
    return any(
        request.kind == "api" or addresses.audience(request.audience, request.fixed_audience, set()).kind in partners
        for request in run.records.requests()
    )


class EvidenceBuilder:
    """Turns the records of one run over one repository into evidence."""

    def __init__(
        self, run: Interpreter, addresses: EndpointCatalog, origins: SecretOrigins, names: SettingNames, partner: bool
    ) -> None:
        self.run, self.addresses, self.origins, self.partner = run, addresses, origins, partner
        self.names = names
        self._exits = HandlerExits(run.program)
        self._renewals = Renewals(run.records)
        origins.remember(run.stores)
        self._carried = {number for r in run.records.requests() if r.kind == "api" for number in r.tokens}
        self._rotated = frozenset(
            name.casefold()
            for kind, name, vals, _ in run.stores
            if name and kind != "environment" and any(self._is_rotated(v) for v in inside(vals))
        )

    def _is_rotated(self, val: AbstractValue) -> bool:
        """The new refresh token of an exchange; a set-up script that stores the first one rotates nothing."""
        return (
            isinstance(val, TokenValue)
            and val.part in ("refresh", "")
            and "refresh-token" in self.run.records[val.record].flows
        )

    def gather(self) -> RequestEvidence:
        records = [r for r in self.run.records.requests() if r.kind == "token"]
        tokens = {r.number: self._token(r) for r in records}
        by_place: dict[Place, set[Flow]] = defaultdict(set)
        groups = IntegrationGroups(
            self.run.records.requests(), {number: request.at for number, request in tokens.items()}
        )
        for request in tokens.values():
            by_place[request.at].update(request.flow)
            groups.learn(request)
        flows = {number: by_place[request.at] for number, request in tokens.items()}
        self._unattended = {number: unattended.by_request(request) for number, request in tokens.items()}
        calls = [self._calls(group, flows, groups) for group in _by_place(self.run.records.requests(), "api")]
        secrets = [s for r in records for s in self._secrets(r, tokens[r.number])]
        fed = {secret.at for secret in secrets}
        loose = loose_passwords(self.run, self.addresses, self.origins, self.names, self.partner)
        secrets += [secret for secret in loose if secret.at not in fed]
        return RequestEvidence(
            tuple(merged_tokens(tokens.values())),
            tuple(worst_each(call for several in calls for call in several)),
            tuple(unique(secrets)),
            groups,
        )

    # --- token requests ---

    def _token(self, record: Request) -> TokenRequest:
        hosts = self.addresses.kinds(record.url)
        handled = error_handling_of(record, self._exits, self.run.policies)
        audience = self.addresses.audience(record.audience, record.fixed_audience, hosts)
        audience = self._by_use(record, audience)
        flows = self._flows(record)
        principal: Principal = "user" if set(flows) & {"ropc"} else record.principal or principal_of(record.account)
        secret_kind = next((PRESENTED[flow] for flow in flows if flow in PRESENTED), "")
        secret = self.origins.of(
            record.secret, "user" if set(flows) & {"ropc", "refresh-token"} else principal, secret_kind
        )
        host = next((a.host for a in endpoints.addresses(record.url) if a.host), "")
        return TokenRequest(
            at=_request_place(record),
            via=record.spec.id,
            flow=flows,
            audience=audience,
            language=record.unit.language,
            host=host,
            account=self.origins.of(record.account, principal),
            secret=secret,
            client_secret=self._of_the_app(record, secret_kind),
            refresh_token=refresh_token_use(record, self._rotated),
            error_handling=min((t.error_handling for t in handled if not t.passed_on), key=rank),
            unattended=unattended.by_secret(secret),
            partner=self.partner,
            carried=record.number in self._carried,
            common=endpoints.shared_tenant(record.url),
            function=record.function,
            accounts=() if principal == "app" else identities.accounts(self.origins, record.account),
            apps=identities.apps(self.origins, (*record.client, *(record.account if principal == "app" else ()))),
            tenants=identities.tenants(self.origins, record.tenant or endpoints.tenant(record.url)),
            trace=self._trace(record),
            confidence=_confidence(
                record, bool(hosts) or (bool(record.spec.flow) and audience.confidence == "certain")
            ),
        )

    def _of_the_app(self, record: Request, presented: str) -> Origin:
        """Where the secret of the application comes from, beside another that is presented."""
        vals = () if presented == "client-secret" else _client_secret(record)
        return self.origins.of(vals, "app", "client-secret") if vals else Origin()

    def _flows(self, record: Request) -> tuple[Flow, ...]:
        """A password that is a bearer token is no password sign-in; an app's own secret is app-only, and no app is
        called like `user@domain`."""
        flows = record.flows
        if flows == ("app-only",) and record.spec.is_ == "token-request" and upn(record.account):
            return ("ropc",)
        if "ropc" in flows:
            by = record.principal or principal_of(record.account)
            if bearer(record.secret):
                flows = tuple(f for f in flows if f != "ropc") or ("unknown",)
            elif by == "app" and record.spec.is_ == "token-request":
                flows = tuple("app-only" if f == "ropc" else f for f in flows)
        return flows

    def _by_use(self, record: Request, audience: Audience) -> Audience:
        """A token that a Partner Center call carries is for Partner Center, whatever its request says or not."""
        if record.number not in self._carried:
            return audience
        if audience.retired:
            return replace(audience, kind="partner-center")
        unsaid = audience.kind in ("unknown", "microsoft")
        return Audience("partner-center", "Partner Center API", "likely") if unsaid else audience

    def _trace(self, record: Request) -> tuple[Step, ...]:
        steps: list[Step] = []
        for vals in (record.account, record.secret):
            steps += [s for val in inside(vals, 2) if val.trace is not None for s in val.trace.steps()]
        places_of_steps = {step.place for step in steps}
        sources: tuple[tuple[Happening, Values], ...] = (("account", record.account), ("secret", record.secret))
        for happening, vals in sources:
            places = [o.at for _, o in self.origins.each(vals) if o.at is not None and o.at not in places_of_steps]
            steps += [Step(place, happening) for place in places[:2]]
        hosts = [a.host for a in endpoints.addresses(record.url) if a.host]
        grants = " or ".join(t for t in dict.fromkeys(texts(record.grant)) if t in FLOW_OF_GRANT)
        parts: tuple[tuple[Happening, str, Values], ...] = (
            ("host", hosts[0], record.url) if hosts and self.addresses.host(hosts[0]) else ("address", "", record.url),
            ("grant-type" if grants else "grant", grants, record.grant),
            ("audience", "", record.audience),
        )
        for happening, name, vals in parts:
            names = ((happening, name),) if name else ()
            steps += [Step(v.place, happening, names) for v in vals if v.place is not None][:2]
        steps += _frames(record)
        steps.append(Step(record.place, "sent"))
        return tuple(dict.fromkeys(steps))

    # --- calls ---

    def _calls(self, group: list[Request], flows: dict[int, set[Flow]], groups: IntegrationGroups) -> Iterator[ApiCall]:
        every = endpoints_called(group, self.addresses)
        first = {id(record.context.activation): record for record in reversed(group)}  # of loops, the first time round
        group = sorted(first.values(), key=lambda record: record.number)
        treated = [(r, t) for r in group for t in error_handling_of(r, self._exits, self.run.policies)]
        ends = [pair for pair in treated if not pair[1].passed_on]
        mixed = len({_hides(t) for _, t in ends}) > 1  # of some callers: theirs is the fault, not the function's
        own = [pair for pair in ends if not (mixed and pair[1].answered and pair[1].caller and _hides(pair[1]))]
        worst, how = max(own or ends, key=lambda pair: rank(pair[1].error_handling))
        carried = {flow for record in group for number in record.tokens for flow in flows.get(number, ())}
        all_known = all(record.carries_known for record in group)
        only = groups.app_only(group) or (all_known and bool(carried) and carried <= APP_FLOWS)
        if how.again is not None:  # of all that the client sends, said once, where it is sent again
            yield self._call(worst, how, how.again, carried, only, wrapper=True)
            how = replace(
                how, error_handling=replace(how.error_handling, retry="none", retry_401=False, then="unknown")
            )
        wrapper = len({r.url for r in group}) > 1
        yield replace(self._call(worst, how, worst.place, carried, only, wrapper), endpoints=every)
        for place, (record, one) in _worst_callers(ends).items():
            if _hides(one) and (mixed or not one.answered):
                yield self._call(record, one, place, carried, only, wrapper=False)
        for record, one in treated:
            if one.passed_on and one.caller is not None:
                yield self._call(record, one, one.caller, carried, only, wrapper=True)

    def _call(
        self, record: Request, treated: HandledError, place: Place, flows: set[Flow], app_only: bool, wrapper: bool
    ) -> ApiCall:
        address = next((a for a in endpoints.addresses(record.url) if a.host), None)
        spec = business(record, address.path if address else "", self.addresses)
        return ApiCall(
            at=place,
            via=record.spec.id,
            language=record.unit.language,
            host=address.host if address else "",
            method=record.spec.method or next(iter(texts(record.bound.role("method"))), ""),
            path=address.path if address else "",
            business=spec.business if spec else "",
            impact=spec.impact if spec else "",
            accepts_app_only=None if spec is None or spec.app_only == "unknown" else spec.app_only != "user",
            endpoints=endpoints_called([record], self.addresses),
            error_handling=treated.error_handling,
            tokens=tuple(sorted(flows)),
            app_only=app_only,
            cached=any(map(self._renewals.lacking, record.tokens)),
            wrapper=wrapper,
            unattended=unattended.by_all([self._unattended.get(number) for number in record.tokens]),
            partner=True,
            function=record.function,
            trace=self._call_trace(record),
            confidence=record.spec.confidence,
        )

    def _call_trace(self, record: Request) -> tuple[Step, ...]:
        steps = [Step(v.place, "address-written") for v in record.url if v.place is not None][:2]
        steps += _frames(record)
        steps.append(Step(record.place, "sent"))
        return tuple(dict.fromkeys(steps))

    # --- secrets ---

    def _secrets(self, record: Request, request: TokenRequest) -> Iterator[StoredSecret]:
        if request.audience.kind == "other":
            return
        kinds = [PRESENTED[f] for f in request.flow if f in PRESENTED]
        for kind in kinds[:1]:
            yield from self._stored(record, request, kind, record.secret)
        if "client-secret" not in kinds:
            yield from self._stored(record, request, "client-secret", _client_secret(record))

    def _stored(self, record: Request, request: TokenRequest, kind: SecretKind, vals: Values) -> Iterator[StoredSecret]:
        principal: Principal = "app" if kind == "client-secret" else "user"
        if kind == "password" and bearer(vals):
            return
        for val, origin in self.origins.each(vals, principal, kind):
            if origin.kind in STORED and origin.at is not None:
                yield StoredSecret(
                    at=origin.at,
                    kind=kind,
                    origin=origin,
                    language=record.unit.language,
                    principal=principal,
                    user=self.origins.of(record.account, principal),
                    upn=upn(record.account),
                    feeds=request.audience.kind,
                    flow=request.flow,
                    partner=self.partner,
                    committed=origin.kind == "setting" and origin.at != val.place,
                    written=self.origins.written(val),
                    trace=(*_own_trace(val), *request.trace[-1:]),
                    confidence=request.confidence,
                )


def _client_secret(record: Request) -> Values:
    return endpoints.entry(record.body, "client_secret") or record.client_secret


def _confidence(record: Request, addressed: bool) -> Confidence:
    """Certain where the call, its address and its grant are known."""
    grant_known = not record.grant or bool(texts(record.grant))
    certain = record.spec.confidence == "certain" and grant_known and (addressed or bool(record.fixed_audience))
    return "certain" if certain else "likely"


def _request_place(record: Request) -> Place:
    """The place that asks for the token: the send, or, where a helper for all requests sends it, the call of the
    function on the way that says which grant it is."""
    grant = next((v for v in (*record.body, *record.grant) if v.place is not None), None)
    handed = {step.place for step in _own_trace(grant)} if grant is not None else set()
    place = record.place
    activation = record.context.activation
    for edge, caller in activation.up():
        if activation.func is not None and not activation.func.func.name:  # a block of the function around it
            activation = caller
            continue
        if edge.called not in handed or grant is None or grant.place is None or activation.holds_place(grant.place):
            break
        place, activation = edge.called, caller
    return place


def _own_trace(val: AbstractValue) -> list[Step]:
    return val.trace.steps() if val.trace is not None else []


def _frames(record: Request) -> list[Step]:
    """The calls that lead to the request, outermost first."""
    steps = []
    callee = record.context.activation
    for edge, caller in callee.up():
        name = callee.func.func.name if callee.func is not None else ""
        steps.append(Step(edge.called, "called" if name else "block", (("function", name),) if name else ()))
        callee = caller
    return steps[::-1]


def _hides(treated: HandledError) -> bool:
    return bool(rank(treated.error_handling)[0])


def _worst_callers(ends: Iterable[tuple[Request, HandledError]]) -> dict[Place, tuple[Request, HandledError]]:
    """Of each call that decides what becomes of an error, the worst."""
    worst: dict[Place, tuple[Request, HandledError]] = {}
    for record, one in ends:
        if one.caller is not None:
            before = worst.get(one.caller)
            if before is None or rank(one.error_handling) > rank(before[1].error_handling):
                worst[one.caller] = (record, one)
    return worst


def _by_place(records: Sequence[Request], kind: str) -> list[list[Request]]:
    groups: dict[Place, list[Request]] = defaultdict(list)
    for record in records:
        if record.kind == kind:
            groups[record.place].append(record)
    return list(groups.values())
