"""Requests: which calls ask for a token, which reach Partner Center, and what each carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pcmfa_lint.analysis.classify import endpoints
from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.functions.response_hooks import run_hooks
from pcmfa_lint.analysis.effects.sending import clients
from pcmfa_lint.analysis.effects.sending.kept_elsewhere import answer_of_store
from pcmfa_lint.analysis.effects.sending.on_failure import (
    answers_on_401,
    collected_in,
    error_preference,
    tell_of_failure,
    within_handlers,
)
from pcmfa_lint.analysis.effects.sending.token_cache import given_to_cache
from pcmfa_lint.analysis.effects.sending.uses import escaped
from pcmfa_lint.analysis.effects.unknown_calls import run_handed
from pcmfa_lint.analysis.effects.values import wire_names
from pcmfa_lint.analysis.matching.arguments import Arguments, FloatingCall
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.alternatives import gathered, join, texts, with_trace
from pcmfa_lint.analysis.values.building import concat
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    CredentialValue,
    ExternalSymbol,
    ObjectValue,
    ResponseValue,
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.evidence.words import FLOW_OF_GRANT, Flow
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.knowledge.catalog import Failure
from pcmfa_lint.limits import CLIENT_DEPTH

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

_SETTING = ("set", "add", "with", "use", "configure", "close", "dispose", "get_config")  # sends nothing
_AUTH = re.compile(r"auth|access_?token|bearer", re.IGNORECASE)
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?")
_PARTNERS = frozenset(("partner-center", "partner-api"))
SECRET_FIELD = {"ropc": "password", "refresh-token": "refresh_token"}


def token_request(call: CatalogCall) -> Values:
    flow = (call.case.flow if call.case else "") or call.spec.flow or "unknown"
    record = _record(call, "token", (flow,))
    record.audience = call.role("audience")
    record.url = call.role("authority")
    record.account, record.secret = gathered(call.role("account")), gathered(call.role("secret"))
    record.fixed_audience = (call.case.audience if call.case else "") or call.spec.audience
    record.principal = (call.case.principal if call.case else "") or call.spec.principal
    for val in call.role("credential"):
        if isinstance(val, CredentialValue):
            record.account = record.account or with_trace(val.user, val.trace)
            record.secret = record.secret or with_trace(val.secret, val.trace)
        else:
            record.secret = record.secret or (val,)
    if call.role("prompt"):  # how a person is asked
        record.flows = ("interactive",)
    elif not call.spec.flow and not call.spec.case:
        record.flows = (_flow_of(call.role("credential")),)
    given_to_cache(call, TokenValue(record.number, "refresh", place=call.place))
    record.client, record.tenant = call.role("client"), call.role("tenant")
    record.client_secret = gathered(call.role("client_secret"))
    for val in call.arguments.receiver:
        if isinstance(val, ObjectValue):
            record.url = record.url or val.attrs.get("authority", ())
            record.client = record.client or val.attrs.get("client", ())
            record.tenant = record.tenant or val.attrs.get("tenant", ())
    token = TokenValue(record.number, place=call.place)
    if "type" not in call.spec.result:
        return (token,)
    client = call.run.object(call.spec.result["type"], call.place)  # which signs in by itself
    client.attrs["headers"] = (replace(token, part="access"),)
    return (client, token)


def _flow_of(credential: Values) -> Flow:
    """The flow of a request that its credential decides: a user's, an app's own, or a sign-in that is made here."""
    for val in credential:
        if isinstance(val, CredentialValue):
            return "ropc" if val.principal == "user" else "app-only" if val.principal == "app" else "unknown"
    return "interactive" if any(isinstance(v, (StringValue, ObjectValue)) for v in credential) else "unknown"


def http(call: CatalogCall) -> Values:
    url = _based(call, call.role("url"))
    body = wire_names.as_forms(call.run, call.role("body"), call.place, call.frame)
    if (value := answer_of_store(call, url, body)) is not None:
        return value
    kinds = _kinds(call, url)
    grants = endpoints.grants(body) or endpoints.grants(url)
    call.run.sent_grants.update(v.place for v in endpoints.entry((*body, *url), "grant_type") if v.place is not None)
    if not grants and "login" in kinds and body and any("/token" in a.path for a in endpoints.addresses(url)):
        grants = [""]  # a body that is not in sight
    flow = call.run.addresses.flow(url)
    unsaid = _flow_by_fields((*body, *url)) if "" in grants else ""
    flows = (flow,) if flow else tuple(dict.fromkeys(FLOW_OF_GRANT.get(grant, unsaid or "unknown") for grant in grants))
    if flows and grants != ["jwt_token"] and not kinds & {"partner-center", "partner-api"}:
        return _raw_token_request(call, url, body, flows, kinds)
    by_headers = not kinds and not flows and _says_whom(call)
    if by_headers or kinds & {"partner-center", "partner-api"}:
        record = _record(call, "api", ())
        if by_headers:  # the address is not known
            record.spec = replace(record.spec, confidence="likely")
        record.url, record.body, record.headers = url, body, _headers(call)
        record.tokens = _tokens(call.run, record.headers)
        record.carries_known = all(_tokens(call.run, (val,)) for val in record.headers)
        part = call.spec.result.get("part", "" if record.failure.status or record.failure.ok else "body")
        if call.role("handle"):  # the handle that it is sent by tells the status, not what comes back
            part = call.spec.result.get("part", "body")
            _keep_answer(call, ResponseValue(record.number, place=call.place))
        variables = (*texts(call.role("status")), *filter(None, (call.spec.result.get("variable"),)))
        for name in variables:  # which the call puts the status into
            status = ResponseValue(record.number, "status", place=call.place)
            call.frame.env.vars[call.frame.index.key(name)] = (status,)
        response = ResponseValue(record.number, part, place=call.place)
        run_hooks(call, replace(response, part=""))
        record.watched = len(record.events)
        return (response,)
    call.run.unattributed[call.place] = url
    escaped(call.run, (*call.role("headers"), *body), call.place)
    if not call.role("func"):  # a server's route, which is named like a request
        run_handed(call.run, tuple(v for vals in call.arguments.positional for v in vals), call.arguments, call.frame)
    return (UnknownValue(place=call.place),)


def _says_whom(call: CatalogCall) -> bool:
    """Whether what a request to an unknown host carries is for Partner Center: a header of its own, or a token."""
    headers = _headers(call)
    if call.run.addresses.kind_by_headers(headers):
        return True
    tokens = _tokens(call.run, headers)
    return bool(tokens) and all(_for_partners(call.run, call.run.records[number], alone=True) for number in tokens)


def _flow_by_fields(fields: Values) -> Literal["", Flow]:
    """The flow of a body whose grant type is a setting or an argument: what else is in it belongs to one flow only."""
    if endpoints.entry(fields, "username") and endpoints.entry(fields, "password"):
        return "ropc"
    others = ("code", "assertion", "device_code", "requested_token_use", "username")
    if endpoints.entry(fields, "refresh_token") and not any(endpoints.entry(fields, name) for name in others):
        return "refresh-token"
    return ""


def _keep_answer(call: CatalogCall, answer: AbstractValue) -> None:
    """What a request was sent by keeps its answer."""
    for obj in call.role("handle"):
        if isinstance(obj, ObjectValue):
            obj.attrs["answer"] = (answer,)


def _raw_token_request(
    call: CatalogCall, url: Values, body: Values, flows: tuple[Flow, ...], kinds: set[str]
) -> Values:
    if "other" in kinds and not kinds & {"login", "microsoft", "companion"}:
        call.run.unattributed[call.place] = url
        return (UnknownValue(place=call.place),)
    fields = body if endpoints.grants(body) else url
    record = _record(call, "token", flows)
    record.url, record.body, record.headers = url, body, call.role("headers")
    audiences = (endpoints.entry((field,), "resource") or endpoints.entry((field,), "scope") for field in fields)
    record.audience = tuple(v for vals in audiences for v in vals)
    record.account = endpoints.entry(fields, "username")
    secret_fields = [SECRET_FIELD.get(flow, "client_secret") for flow in flows]
    record.secret = join(*(endpoints.entry(fields, name) for name in secret_fields))
    record.grant = endpoints.entry(fields, "grant_type")
    record.client = endpoints.entry(fields, "client_id")
    if not kinds and not _looks_like_login(url, record):
        call.run.records.drop(record)
        call.run.unattributed[call.place] = url
        return (UnknownValue(place=call.place),)
    _keep_answer(call, TokenValue(record.number, place=call.place))
    if call.spec.result.get("part") == "status":
        return (ResponseValue(record.number, "status", place=call.place),)
    return (TokenValue(record.number, place=call.place),)


def _looks_like_login(url: Values, record: Request) -> bool:
    """Of an address whose host is not known: still Microsoft's if its path or the resource says so."""
    login_paths = [t for t in (a.path for a in endpoints.addresses(url)) if "oauth2" in t.lower()]
    return bool(login_paths) or bool(record.audience) or any(isinstance(v, (SourceValue, UnknownValue)) for v in url)


def _kinds(call: CatalogCall, url: Values) -> set[str]:
    return call.run.addresses.kinds(url)


def _based(call: CatalogCall, url: Values) -> Values:
    """The URL with the base address of the client it is sent by, if it has none of its own."""
    base = call.role("base") or tuple(
        v for r in call.arguments.receiver if isinstance(r, ObjectValue) for v in r.attrs.get("base_url", ())
    )
    if base and not any("://" in text.text for text in url if isinstance(text, StringValue)):
        base = tuple(_as_address(v) if isinstance(v, StringValue) else v for v in base)
        url = tuple(replace(v, text=v.text.lstrip("/")) if isinstance(v, StringValue) else v for v in url)
        return concat([base, (StringValue("/"),), url], call.place)
    return url


def _as_address(base: StringValue) -> StringValue:
    """A base address, of which only the host may be given."""
    text = base.text.rstrip("/")
    return replace(base, text=f"https://{text}" if _BARE_HOST.fullmatch(text) else text)


def _headers(call: CatalogCall) -> Values:
    own = tuple(v for r in call.arguments.receiver if isinstance(r, ObjectValue) for v in r.attrs.get("headers", ()))
    return (*call.role("headers"), *own, *call.role("auth"))


def _tokens(run: RunState, vals: Values) -> tuple[int, ...]:
    """The token requests whose answers are in these values."""
    values = (v for val in inside(vals) for v in _in_object(val, CLIENT_DEPTH))
    return tuple(dict.fromkeys(run.records[v.record].request.number for v in values if isinstance(v, TokenValue)))


def _in_object(val: AbstractValue, depth: int) -> Iterator[AbstractValue]:
    """A value, and what a library's object was given to sign in with: a client holds credentials, these a token."""
    yield val
    if isinstance(val, ObjectValue) and val.cls is None and depth:
        for inner in inside(val.attrs.get("headers", ())):
            yield from _in_object(inner, depth - 1)


def api_call(call: CatalogCall) -> Values:
    record = _record(call, "api", ())
    record.headers = (*_headers(call), *_carried(call))
    record.tokens = _tokens(call.run, record.headers)
    record.carries_known = bool(record.tokens)
    return (ResponseValue(record.number, "body" if not record.failure.status else "", place=call.place),)


def sent_by_description(
    run: RunState, base: AbstractValue, name: str, arguments: Arguments, frame: Frame
) -> tuple[ResponseValue, ...]:
    """A call of a client of which only the name is known, if a description of Partner Center's API in the repository
    has an operation of the method's name: it is generated from that when a program is built."""
    call = _call_of_client(run, base, name, arguments, frame) if run.program.documents else None
    if call is None:
        return ()
    endings = filter(None, call.spec.result.get("endings", "").split("|"))
    url: Values = run.program.documents.addresses(_client_name(base), name, endings)
    if not url or not run.addresses.kinds(url) <= _PARTNERS:
        return ()
    headers = (*_signing_in(arguments, False), *_headers(call))
    record = _sent(call, headers, _tokens(run, headers))
    record.url = join(record.url, url)
    return (ResponseValue(record.number, "body", place=arguments.place),)


def sent_by_token(
    run: RunState, base: AbstractValue, name: str, arguments: Arguments, frame: Frame, own: bool = False
) -> tuple[ResponseValue, ...]:
    """A call of a client of which only the name is known, as of one that is generated when a program is built: the
    token that it carries tells whom it is sent to. Empty if that is not Partner Center. `own`: the client's code is in
    sight, and a token among the arguments is there to sign in; another may be a store that keeps it."""
    call = _call_of_client(run, base, name, arguments, frame)
    if call is None:
        return ()
    headers = (*_signing_in(arguments, own), *_headers(call))
    tokens = _tokens(run, headers)
    if not any(_for_partners(run, run.records[number]) for number in tokens):
        return ()
    record = _sent(call, headers, tokens)
    return (ResponseValue(record.number, "body", place=arguments.place),)


def _client_name(base: AbstractValue) -> str:
    return base.type if isinstance(base, ObjectValue) else base.name if isinstance(base, UnknownValue) else ""


def _call_of_client(
    run: RunState, base: AbstractValue, name: str, arguments: Arguments, frame: Frame
) -> CatalogCall | None:
    """A call of what is a client by its name; None if it is none, or only sets it up."""
    spec = frame.index.client(_client_name(base))
    if spec is None:
        return None
    if name.startswith(_SETTING):
        if isinstance(base, ObjectValue) and base.cls is None:
            clients.carry(base, tuple(v for _, vals in arguments.order for v in vals))
        return None
    bound = frame.index.bound(spec, arguments)
    return CatalogCall(run, spec, None, bound, replace(arguments, receiver=(base,)), frame)


def _sent(call: CatalogCall, headers: Values, tokens: tuple[int, ...]) -> Request:
    inner, frame, loose = call.frame.context, call.frame, call.arguments.loose
    if call.bound.surely("later") and loose is not None and not loose.used:
        lost = FloatingCall(errors="stay")
        frame.context = Context("run", inner, frame.unit, inner.activation, loose=lost, at=call.place)
    record = _record(call, "api", ())
    frame.context = inner
    record.headers, record.tokens, record.carries_known = headers, tokens, bool(tokens)
    return record


def _signing_in(arguments: Arguments, own: bool) -> Iterator[AbstractValue]:
    """The arguments that a call may sign in with."""
    for name, vals in arguments.order:
        for val in vals:
            bearer = isinstance(val, StringValue) and val.text.casefold().startswith("bearer ")
            renewed = isinstance(val, TokenValue) and val.part == "refresh"
            if bearer or ((own or _AUTH.search(name)) and not renewed):
                yield val


def _for_partners(run: RunState, record: Request, alone: bool = False) -> bool:
    """Whether a token is for Partner Center. `alone`: and may be for nobody else."""
    kinds = run.addresses.kinds(record.url)
    scopes = [(val,) for val in record.audience] if alone and not record.fixed_audience else [record.audience]
    audiences = [run.addresses.audience(vals, record.fixed_audience, kinds) for vals in scopes]
    return bool(audiences) and all(audience.kind in _PARTNERS for audience in audiences)


def _carried(call: CatalogCall) -> Values:
    """What the client carries whose member is called; of one that is only known by its type, what any such carries."""
    owners = [v.owner for v in call.arguments.receiver if isinstance(v, ExternalSymbol) and v.owner is not None]
    if own := tuple(v for obj in owners for v in obj.attrs.get("headers", ())):
        return own
    kinds = {v.name.partition(".")[0] for v in call.arguments.receiver if isinstance(v, ExternalSymbol)}
    return tuple(v for obj in call.run.heap.objects() if obj.type in kinds for v in obj.attrs.get("headers", ()))


def _record(call: CatalogCall, kind: Literal["token", "api"], flows: tuple[Flow, ...]) -> Request:
    run, frame = call.run, call.frame
    run.budget.matters()
    place = call.place
    if call.spec.result.get("at") == "receiver":  # sent in pieces: the request stands where it is begun
        place = next((v.place for v in call.arguments.receiver if isinstance(v, ObjectValue)), place)
    caller = next(iter(frame.context.activation.edges.values()), None)
    key = (kind, call.spec.id, place, caller.called if caller is not None else None)
    record = run.records.add(key, lambda number: _new(call, number, kind, place, flows))
    frame.context.activation.sends = True
    frame.context.activation.signs_in |= kind == "token"
    record.replay = frame.replays
    record.stops, record.silenced = error_preference(call)
    for name in () if record.stops else collected_in(call):
        error = ResponseValue(record.number, "error", place=call.place)
        frame.env.vars[frame.index.key(name)] = (error,)
        record.silenced, record.failure = False, replace(record.failure, surfaces_as="returns-error")
    tell_of_failure(call, record)
    if call.bound.surely("strict"):
        record.failure = replace(record.failure, surfaces_as="raises")
    elif answers_on_401(call):
        status, body = record.failure.status or ("StatusCode",), record.failure.body or ("Content",)
        record.failure = replace(record.failure, surfaces_as="returns-status", status=status, body=body)
    return record


def _new(
    call: CatalogCall, number: int, kind: Literal["token", "api"], place: Place, flows: tuple[Flow, ...]
) -> Request:
    return Request(
        number,
        kind,
        place,
        call.frame.unit,
        call.spec,
        call.bound,
        within_handlers(call),
        call.spec.failure or Failure(surfaces_as="unknown"),
        flows,
    )
