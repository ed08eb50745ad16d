"""What a call does, by its catalog entry: it makes a record, a credential, a source, or hands a value on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pcmfa_lint.catalog import CallSpec, Case, Failure
from pcmfa_lint.evidence import Place, Step
from pcmfa_lint.link import audience, walk
from pcmfa_lint.link.calls import Bound, Given
from pcmfa_lint.link.outcome import lets_401_pass, results
from pcmfa_lint.link.records import Context, Event, Record
from pcmfa_lint.link.values import (
    HOLE,
    UNCLEAR,
    ClassVal,
    Cred,
    Ext,
    FuncVal,
    Map,
    Obj,
    Resp,
    Source,
    Str,
    Token,
    Trail,
    Unclear,
    Val,
    Vals,
    after,
    as_map,
    concat,
    inside,
    merge,
    texts,
    union,
)
from pcmfa_lint.unit import Call, Handler, Member, Name, Try

if TYPE_CHECKING:
    from pcmfa_lint.link.machine import Frame, Machine

FLOW_OF_GRANT = {
    "password": "ropc",
    "password_credentials": "ropc",
    "refresh_token": "refresh-token",
    "client_credentials": "app-only",
    "authorization_code": "authorization-code",
    "device_code": "device-code",
    "urn:ietf:params:oauth:grant-type:device_code": "device-code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "interactive",
}
SECRET_FIELD = {"ropc": "password", "refresh-token": "refresh_token"}
HOSTS = frozenset({"login", "partner-center", "partner-api"})
_WRAPPED = {"value", "secretvalue", "secretvaluetext", "text", "content", "result", "data", "secret", "stdout"}
_LASTING = {"secret-store", "plain-file", "exported", "asset", "os-vault", "setting"}


@dataclass(slots=True)
class Applied:
    """One call under its catalog entry."""

    run: Machine
    spec: CallSpec
    case: Case | None
    bound: Bound
    given: Given
    frame: Frame
    used: bool

    def role(self, name: str) -> Vals:
        return self.bound.role(name, self.case)

    @property
    def place(self) -> Place:
        return self.given.place


def apply(run: Machine, spec: CallSpec, given: Given, frame: Frame, used: bool) -> Vals:
    """Does what the entry says; the values that come back."""
    if spec.case and given.choices:
        return union(*(apply(run, spec, replace(choice, choices=[]), frame, used) for choice in given.choices))
    bound = Bound(spec, given, frame.index.ignore_case)
    case = bound.case()
    call = Applied(run, spec, case, bound, given, frame, used)
    kind = (case.is_ if case and case.is_ else "") or spec.is_
    if spec.marker and kind == "marker":
        run.markers[spec.marker, spec.name or given.name, given.place] = None
    if kind == "http":
        shared = run.provided.get(_shared(spec))
        call.given.receiver = (*given.receiver, *((shared,) if shared is not None else ()))
    handler = _KINDS.get(kind)
    found = handler(call) if handler else UNCLEAR
    if "callback" in spec.result:
        _call_back(call, found)
    return found


def _shared(spec: CallSpec) -> str:
    """The name of the client that a library's plain functions send with."""
    return f"client:{spec.id.partition('.')[0]}"


def _call_back(call: Applied, found: Vals) -> None:
    """Functions among the arguments get the result; the entry says in which parts: `error` is what the library says of
    a refusal, `fault` only of a connection, `answer` the whole, any other word a member of it."""
    inner = Given(call.place, open=True)
    for word in call.spec.result["callback"].split(","):
        made: Vals = UNCLEAR
        if word == "answer":
            made = found
        elif word != "fault":
            made = tuple(replace(v, part=word) if isinstance(v, (Token, Resp)) else v for v in found)
        inner.add(None, made)
    for func in call.role("func") or tuple(v for _, vals in call.given.order[-1:] for v in vals):
        if isinstance(func, FuncVal):
            call.run.call_function(func, inner, call.frame, call.place)


# --- requests ---------------------------------------------------------------------------------------------------------


def _token_request(call: Applied) -> Vals:
    flow = (call.case.flow if call.case else "") or call.spec.flow or "unknown"
    record = _record(call, "token", (flow,))
    record.audience = call.role("audience")
    record.url = call.role("authority")
    record.account, record.secret = call.role("account"), call.role("secret")
    record.fixed_audience = (call.case.audience if call.case else "") or call.spec.audience
    record.principal = (call.case.principal if call.case else "") or call.spec.principal
    for val in call.role("credential"):
        if isinstance(val, Cred):
            record.account = record.account or after(val.user, val.trail)
            record.secret = record.secret or after(val.secret, val.trail)
        else:
            record.secret = record.secret or (val,)
    if not call.spec.flow and not call.spec.case:
        record.flows = (_flow_of(call.role("credential")),)
    if call.role("cache"):  # the application keeps what the library renews
        _event(call.run, record.number, "escaped", call.place)
    _want_more(call.run, record, call.frame)
    for val in call.given.receiver:
        if isinstance(val, Obj) and not record.url:
            record.url = val.attrs.get("authority", ())
    return (Token(record.number, place=call.place),)


def _flow_of(credential: Vals) -> str:
    """The flow of a request that its credential decides: a user's, an app's own, or a sign-in that is made here."""
    for val in credential:
        if isinstance(val, Cred):
            return {"user": "ropc", "app": "app-only"}.get(val.principal, "unknown")
    return "interactive" if any(isinstance(v, (Str, Obj)) for v in credential) else "unknown"


def _http(call: Applied) -> Vals:
    url = _based(call, call.role("url"))
    body = call.role("body")
    kinds = _kinds(call, url)
    given = audience.grants(body) or audience.grants(url)
    if not given and "login" in kinds and body and any("/token" in a.path for a in audience.addresses(url)):
        given = [""]  # a body that is not in sight
    if given and given != ["jwt_token"] and not kinds & {"partner-center", "partner-api"}:
        return _raw_token_request(call, url, body, given, kinds)
    if kinds & {"partner-center", "partner-api"}:
        record = _record(call, "api", ())
        record.url, record.body, record.headers = url, body, _headers(call)
        record.tokens = _tokens(record.headers)
        record.carries_known = all(_tokens((val,)) for val in record.headers)
        part = "" if record.failure.status or record.failure.ok else "body"
        if handles := call.role("handle"):  # the handle that it is sent by tells the status, not what comes back
            part = "body"
            for obj in handles:
                if isinstance(obj, Obj):
                    obj.attrs["answer"] = (Resp(record.number, place=call.place),)
        response = Resp(record.number, part, place=call.place)
        _run_hooks(call, response)
        return (response,)
    _escape(call.run, (*call.role("headers"), *body), call.place)
    return (Unclear(place=call.place),)


def _run_hooks(call: Applied, response: Resp) -> None:
    """Functions that a client, or the call itself, has registered for every response."""
    hung = [v for r in call.given.receiver if isinstance(r, Obj) for v in r.attrs.get("hooks", ())]
    inner = Given(call.place)
    inner.add(None, (response,))
    for hook in inside((*hung, *call.role("hooks"))):
        if isinstance(hook, FuncVal):
            call.run.call_function(hook, inner, call.frame, call.place)
    for handler in (v for r in call.given.receiver if isinstance(r, Obj) for v in r.attrs.get("handlers", ())):
        _run_handler(call, handler, response)


def _run_handler(call: Applied, handler: Val, response: Resp) -> None:
    """An object between a client and the net: its method sees the request, and what its base's method answers."""
    run = call.run
    obj = run.any_instance(handler, call.frame) if isinstance(handler, ClassVal) else handler
    if not isinstance(obj, Obj) or obj.cls is None:
        return
    for name in call.frame.index.forwards:
        obj.attrs[name] = (response,)
        inner = Given(call.place, open=True)
        inner.add("response", (response,))  # so that each response is a call of its own
        for method in run.member_of(replace(obj, attrs={}), (Str(name),), call.place, call.frame):
            if isinstance(method, FuncVal):
                run.call_function(replace(method, this=obj), inner, call.frame, call.place)


def _raw_token_request(call: Applied, url: Vals, body: Vals, given: list[str], kinds: set[str]) -> Vals:
    if "other" in kinds and not kinds & {"login", "microsoft", "companion"}:
        return (Unclear(place=call.place),)
    flows = tuple(dict.fromkeys(FLOW_OF_GRANT.get(grant, "unknown") for grant in given))
    fields = body if audience.grants(body) else url
    record = _record(call, "token", flows)
    record.url, record.body, record.headers = url, body, call.role("headers")
    record.audience = audience.entry(fields, "resource") or audience.entry(fields, "scope")
    record.account = audience.entry(fields, "username")
    wanted = [SECRET_FIELD.get(flow, "client_secret") for flow in flows]
    record.secret = union(*(audience.entry(fields, name) for name in wanted))
    record.grant = audience.entry(fields, "grant_type")
    if not kinds and not _looks_like_login(url, record):
        call.run.records.pop()
        return (Unclear(place=call.place),)
    _want_more(call.run, record, call.frame)
    return (Token(record.number, place=call.place),)


def _looks_like_login(url: Vals, record: Record) -> bool:
    """Of an address whose host is not known: still Microsoft's if its path or the resource says so."""
    said = [t for t in (a.path for a in audience.addresses(url)) if "oauth2" in t.lower()]
    return bool(said) or bool(record.audience) or any(isinstance(v, (Source, Unclear)) for v in url)


def _kinds(call: Applied, url: Vals) -> set[str]:
    return call.run.addresses.kinds(url)


def _based(call: Applied, url: Vals) -> Vals:
    """The URL with the base address of the client it is sent by, if it has none of its own."""
    base = call.role("base") or tuple(
        v for r in call.given.receiver if isinstance(r, Obj) for v in r.attrs.get("base_url", ())
    )
    if base and not any("://" in text.text for text in url if isinstance(text, Str)):
        return concat([base, (Str("/"),), url], call.place)
    return url


def _headers(call: Applied) -> Vals:
    own = tuple(v for r in call.given.receiver if isinstance(r, Obj) for v in r.attrs.get("headers", ()))
    return (*call.role("headers"), *own, *call.role("auth"))


def _tokens(vals: Vals) -> tuple[int, ...]:
    return tuple(dict.fromkeys(v.record for v in inside(vals) if isinstance(v, Token)))


def _api_call(call: Applied) -> Vals:
    record = _record(call, "api", ())
    record.headers = (*_headers(call), *_carried(call))
    record.tokens = _tokens(record.headers)
    record.carries_known = bool(record.tokens)
    return (Resp(record.number, "body" if not record.failure.status else "", place=call.place),)


def _carried(call: Applied) -> Vals:
    """What the sessions of a client carry, of which only the type is known here."""
    kinds = {v.name.partition(".")[0] for v in call.given.receiver if isinstance(v, Ext)}
    return tuple(v for obj in call.run.objects() if obj.type in kinds for v in obj.attrs.get("headers", ()))


def _record(call: Applied, kind: str, flows: tuple[str, ...]) -> Record:
    run, frame = call.run, call.frame
    record = Record(
        len(run.records),
        "token" if kind == "token" else "api",
        call.place,
        frame.unit,
        call.spec,
        call.bound,
        _within_handlers(call),
        call.spec.failure or Failure(appears="unknown"),
        flows,
        assigned=call.used,
    )
    record.replay = frame.replays
    record.stops, record.silenced = _preference(call)
    if _answers(call):
        status, body = record.failure.status or ("StatusCode",), record.failure.body or ("Content",)
        record.failure = replace(record.failure, appears="returns-status", status=status, body=body)
    run.records.append(record)
    return record


def _answers(call: Applied) -> bool:
    """Whether the call is told to give a 401 back as an answer: by a switch, by one that is off, by what it accepts."""
    if call.bound.surely("skip"):
        return True
    told = [v for r in call.given.receiver if isinstance(r, Obj) for v in r.attrs.get("Accept", ())]
    for val in call.role("accept") or told:
        if isinstance(val, Str) and val.text in ("None", "False"):
            return True
        if isinstance(val, FuncVal) and any(lets_401_pass(v) for v in results(val.func)):
            return True
    return False


def _within_handlers(call: Applied) -> Context:
    """Where the request is sent: inside the handlers that its client has for every error."""
    context = call.frame.context
    for client in call.given.receiver:
        for val in client.attrs.get("handlers", ()) if isinstance(client, Obj) else ():
            if isinstance(val, FuncVal):
                name = val.func.params[0].name if val.func.params else ""
                handler = Handler((), name, val.func.body, val.func.span)
                stmt = Try((), (handler,), val.func.span)
                context = Context("try", context, val.unit, stmt=stmt)
    return context


def _preference(call: Applied) -> tuple[bool | None, bool]:
    """Whether an uncaught error ends the run here, and whether it is thrown away at the call."""
    wish = call.frame.index.preference
    said = [t for name in wish.argument for t in texts(call.bound.named.get(call.bound._key(name), ()))]
    said = said or texts(
        call.run.lookup(call.frame.index.key(wish.variable), call.frame) or () if wish.variable else ()
    )
    folded = {text.casefold() for text in said}
    silent = bool(folded & {s.casefold() for s in wish.silent}) or call.given.redirect.startswith("drop")
    stops = bool(folded & {s.casefold() for s in wish.stop}) if wish.variable else None
    return stops, silent


def _want_more(run: Machine, record: Record, frame: Frame) -> None:
    """Functions whose callers would tell what this request is given, and functions that give it."""
    unseen = record.body if record.flows == ("unknown",) else ()
    for val in inside((*record.secret, *record.account, *record.audience, *record.grant, *unseen)):
        if isinstance(val, Source) and val.kind == "parameter" and val.func and frame.unit.path in run.seeds:
            run.want_callers(val.func)  # a wrapper in another file is reached from the seeds that feed it
        elif isinstance(val, Unclear) and val.called:
            run.want(val.name, frame)
        elif isinstance(val, Ext) and frame.index.this:
            run.want(val.name.rpartition(".")[0], frame)


# --- values -----------------------------------------------------------------------------------------------------------


def _credential(call: Applied) -> Vals:
    made = Cred(call.role("user"), call.role("secret"), call.spec.principal, place=call.place)
    call.run.credentials[made] = None
    return (made,)


def _source(call: Applied) -> Vals:
    origin = call.spec.origin or "unknown"
    name = call.spec.name or _shown(call.role("name"))
    trail = read_trail(call.spec, name, call.place)
    source = Source(origin, name, call.spec.noun, place=call.place, label=name, trail=trail)
    if call.spec.result.get("kind") == "credential":
        user = replace(source, noun="user")
        return (Cred((user,), (replace(source, noun="password"),), place=call.place, trail=trail),)
    written = call.run.program.address(name) if origin in ("setting", "environment") else ()
    return (*(written or (source,)), *call.role("default"))


def _shown(vals: Vals) -> str:
    """The name of what is read: text with holes, or the variable that names it."""
    for val in vals:
        if isinstance(val, Str):
            return val.text.replace(HOLE, "…")[:80]
        if val.label:
            return val.label
    return ""


def read_trail(spec: CallSpec, name: str, place: Place) -> Trail:
    words = {"environment": "environment variable", "secret-store": "secret store entry", "plain-file": "file"}
    kind = words.get(spec.origin, spec.origin.replace("-", " "))
    return Trail(Step(place, f"{kind} {name}".strip() + " is read"))


def _transform(call: Applied) -> Vals:
    vals = call.role("value") or call.given.piped or call.given.receiver
    origin = call.spec.origin or (call.case.args.get("origin", "") if call.case else "")
    if origin and any(isinstance(v, (Source, Unclear)) for v in vals):
        name = next((v.name for v in vals if isinstance(v, (Source, Unclear)) and v.name), "")
        vals = (Source(origin, name, "", place=call.place, label=name, trail=Trail(Step(call.place, "is decrypted"))),)
    for val in vals:
        if isinstance(val, Resp):
            _used(call.run, val, call.place)
    return vals or UNCLEAR


def _mapping(call: Applied) -> Vals:
    """A mapping made of named arguments, and of mappings or pairs given by position."""
    made = Map((), open=call.given.open, place=call.place)
    for vals in call.bound.positional:
        fields = [m for m in map(as_map, vals) if m is not None]
        made = merge(made, fields[0]) if fields else replace(made, open=True)
    for name, vals in call.given.named.items():
        made = made.with_entry(name, vals)
    return (made,)


def _format(call: Applied) -> Vals:
    """`String.Format("{0}", …)`: text with what follows it filled in."""
    rest = replace(call.given, positional=call.given.positional[1:])
    return tuple(_formatted(v, rest) if isinstance(v, Str) else v for v in call.role("value")) or UNCLEAR


def _put(call: Applied) -> Vals:
    """Adds an entry to a mapping that a variable holds."""
    names = texts(call.role("name"))
    filled = tuple(
        m.with_entry(names[0], call.role("value")) if (m := as_map(v)) is not None and names else v
        for v in call.role("target")
    )
    node = call.given.nodes.get("piped") or next(iter(call.given.nodes.values()), None)
    if isinstance(node, Name) and filled:
        call.run.bind(node, filled, call.frame)
    return filled or UNCLEAR


def _store(call: Applied) -> Vals:
    stored(call.run, call.spec.origin or "plain-file", _shown(call.role("name")), call.role("value"), call.place)
    return UNCLEAR


def _log(call: Applied) -> Vals:
    for val in inside((*call.role("value"), *call.given.piped)):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            _event(call.run, val.record, "printed", call.place, part=val.part)
        if isinstance(val, Resp):
            _event(call.run, val.record, "logged", call.place)
    if call.frame.index.ignore_case and call.spec.marker == "show":
        return call.given.piped or UNCLEAR
    return UNCLEAR


def _run_function(call: Applied) -> Vals:
    """Runs the functions it is given; inside, the context says by whom."""
    funcs = tuple(v for v in call.role("func") if isinstance(v, FuncVal))
    if not funcs:
        return _policy(call)
    inner = Given(call.place, piped=call.given.piped, open=True)
    if call.role("value"):
        inner.add(None, call.role("value"))
    for vals in call.role("args"):
        for items in getattr(vals, "items", ((vals,),)):
            inner.add(None, items)
    frame = call.frame
    context = frame.context
    spec = call.spec if call.spec.is_ == "retry" else None
    frame.context = Context("run", context, frame.unit, spec=spec, bound=call.bound) if spec else context
    try:
        return union(*(call.run.call_function(func, inner, frame, call.place) for func in funcs))
    finally:
        frame.context = context


def _join(call: Applied) -> Vals:
    """An address and a further piece of its path."""
    return concat([call.role("value"), (Str("/", place=call.place),), call.role("with")], call.place)


def _fill(call: Applied) -> Vals:
    """Sets a member, named by the entry, of the object that the method is called on, or adds an entry to it."""
    target = call.role("target") or call.given.receiver
    vals, keys = call.role("value"), texts(call.role("key"))
    for obj in target:
        if isinstance(obj, Obj) and not call.spec.name:  # the members have the names that the keys have
            entries = [(key, vals) for key in keys] or [pair for v in vals if isinstance(v, Map) for pair in v.entries]
            obj.attrs.update(entries)
        elif isinstance(obj, Obj):
            held = obj.attrs.get(call.spec.name, ())
            if not call.bound.spec.args.get("key"):
                obj.attrs[call.spec.name] = union(vals, held)
                continue
            maps = tuple(v for v in held if isinstance(v, Map)) or (Map((), place=call.place),)
            added = tuple(m.with_entry(keys[0], vals) if keys else replace(m, open=True) for m in maps)
            obj.attrs[call.spec.name] = (*added, *(v for v in held if not isinstance(v, Map)))
    return target or UNCLEAR


def _inject(call: Applied) -> Vals:
    """A container is told what to hand out: an object that its functions set up, for a type, its owner or a name."""
    run, kind = call.run, call.spec.result.get("type", "")
    cls = next((v for v in call.role("type") if isinstance(v, ClassVal)), None)
    made = run.object(cls.cls.name if cls is not None else kind, call.place, cls)
    obj = next((v for v in call.role("target") if isinstance(v, Obj)), made)
    _furnish(call, obj)
    for val in (*call.role("for"), *call.role("key")):
        name = val.cls.name if isinstance(val, ClassVal) else val.name if isinstance(val, Ext) else ""
        run.provided[f"{name}:{kind}" if name and kind else name or next(iter(texts((val,))), "")] = obj
    inner = Given(call.place)
    inner.add(None, (obj,))
    for func in inside(call.role("func")):
        if isinstance(func, FuncVal):
            run.call_function(func, inner, call.frame, call.place)
    return (obj,)


def _promise(call: Applied) -> Vals:
    """Runs a function at once that is handed how to fulfil a promise, and how to refuse it."""
    promise = call.run.object("deferred", call.place)
    inner = Given(call.place)
    inner.add(None, (promise,))
    inner.add(None, (Ext("reject"),))
    for func in call.role("func"):
        if isinstance(func, FuncVal):
            call.run.call_function(func, inner, call.frame, call.place)
    return promise.attrs.get("promise", UNCLEAR)


def fulfil(run: Machine, promise: Obj, given: Given) -> Vals:
    """A promise gets its value."""
    vals = given.positional[0] if given.positional else ()
    promise.attrs["promise"] = union(vals, promise.attrs.get("promise", ()))
    return UNCLEAR


def _fulfil(call: Applied) -> Vals:
    for val in call.given.receiver:
        if isinstance(val, Obj):
            fulfil(call.run, val, call.given)
    return UNCLEAR


def _hook(call: Applied) -> Vals:
    """A client is told what to run on every answer, and on every error; a library's own client is one, too."""
    for val in call.given.receiver:
        client = val.owner if isinstance(val, Ext) else val if isinstance(val, Obj) else None
        if client is None:
            client = shared_client(call.run, call.spec, call.place)
        for role, attr in (("value", "hooks"), ("handler", "handlers")):
            if vals := call.role(role):
                client.attrs[attr] = union(client.attrs.get(attr, ()), vals)
    return UNCLEAR


def shared_client(run: Machine, spec: CallSpec, place: Place) -> Obj:
    """The client that a library's plain functions send with."""
    kind = spec.result.get("type", spec.id)
    return run.provided.setdefault(_shared(spec), run.object(kind, place))


def set_member(run: Machine, holder: Ext, name: str, vals: Vals, frame: Frame) -> None:
    """`client.defaults.x = …`: a role of its constructor that is written so, or one more header."""
    spec = frame.index.read(holder.name)
    client = holder.owner
    if client is None and spec is not None and spec.is_ == "session" and holder.place is not None:
        client = shared_client(run, spec, holder.place)
    made = frame.index.function(client.type) if client is not None else None
    if client is None or made is None:
        return
    if ".headers" in holder.name:
        held = next((v for v in client.attrs.get("headers", ()) if isinstance(v, Map)), Map(()))
        client.attrs["headers"] = (held.with_entry(name, vals),)
        return
    for role, attr in (("base", "base_url"), ("headers", "headers"), ("Accept", "Accept")):
        if made.args.get(role, "").rpartition(".")[2] == name:
            client.attrs[attr] = union(vals, client.attrs.get(attr, ()))


def _policy(call: Applied) -> Vals:
    """A retry policy as an object, or one that is given to a client."""
    call.run.policies[call.place] = (call.spec, call.bound)
    policy = call.run.object(call.spec.result.get("type", call.spec.id), call.place)
    for target in call.role("target"):
        if isinstance(target, Ext) and target.owner is None and call.frame.index.exports:
            target = shared_client(call.run, replace(call.spec, id=target.name, result={}), call.place)
        if isinstance(target, Obj):
            target.attrs["retry"] = (policy,)
    return (policy,)


def _session(call: Applied) -> Vals:
    kept = [call.run.provided[key] for key in texts(call.role("key")) if key in call.run.provided]
    if kept:
        return tuple(kept)
    cls = next((v for v in call.role("type") if isinstance(v, ClassVal)), None)
    kind = cls.cls.name if cls is not None else call.spec.result.get("type", call.given.name or call.spec.id)
    obj = call.run.object(kind, call.place, cls)
    _furnish(call, obj)
    return (obj,)


_FURNISHED = (
    ("base", "base_url"),
    ("headers", "headers"),
    ("auth", "headers"),
    ("authority", "authority"),
    ("handler", "handlers"),
    ("retry", "retry"),
)


def _furnish(call: Applied, obj: Obj) -> None:
    """Gives an object what its constructor was given: known roles, any role that is written as a member's name, and
    what an initialiser sets."""
    if call.frame.index.this:
        obj.attrs.update(call.given.named)
    for role in call.spec.args:
        if role[:1].isupper() and (vals := call.role(role)):
            obj.attrs[role] = vals
    for role, attr in _FURNISHED:
        vals = call.role(role)
        if vals:
            obj.attrs[attr] = union(obj.attrs.get(attr, ()), vals)


def inherit(run: Machine, spec: CallSpec, given: Given, frame: Frame) -> None:
    """`super().__init__(…)` of a catalogued client or settings type: its roles become the object's own."""
    call = Applied(run, spec, None, Bound(spec, given, frame.index.ignore_case), given, frame, False)
    for val in frame.this:
        if isinstance(val, Obj):
            _furnish(call, val)


def _nothing(call: Applied) -> Vals:
    return UNCLEAR


_KINDS: dict[str, Callable[[Applied], Vals]] = {
    "token-request": _token_request,
    "http": _http,
    "api-call": _api_call,
    "credential": _credential,
    "source": _source,
    "transform": _transform,
    "build": _transform,
    "mapping": _mapping,
    "format": _format,
    "put": _put,
    "fill": _fill,
    "inject": _inject,
    "join": _join,
    "promise": _promise,
    "fulfil": _fulfil,
    "hook": _hook,
    "store": _store,
    "log": _log,
    "retry": _run_function,
    "run": _run_function,
    "session": _session,
    "marker": _nothing,
}


# --- what happens to a value ------------------------------------------------------------------------------------------


def _event(run: Machine, record: int, kind: str, place: Place, part: str = "", name: str = "") -> None:
    run.note(run.records[record], Event(kind, place, part=part, name=name))


def _used(run: Machine, resp: Resp, place: Place) -> None:
    _event(run, resp.record, "body", place)


def stored(run: Machine, kind: str, name: str, vals: Vals, place: Place) -> None:
    """Something is written to a place that may outlive the process."""
    run.stores.append((kind, name, vals, place))
    for val in inside(vals):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            _event(run, val.record, "stored" if kind in _LASTING else "memory", place, val.part, name)


def kept_in_memory(run: Machine, vals: Vals, place: Place) -> None:
    for val in vals:
        if isinstance(val, Token):
            _event(run, val.record, "memory" if val.part == "refresh" else "cached", place, val.part)


def handed_back(run: Machine, vals: Vals, context: Context, place: Place) -> None:
    """A function gives the whole answer of its own request to its caller, or keeps what it gave once."""
    func = context.frame().func
    for val in inside(vals, 2) if func is not None and id(func.func) in run.cached else ():
        if isinstance(val, Token):
            _event(run, val.record, "cached", place, val.part)
    for val in vals:
        if isinstance(val, Token) and val.part == "" and run.records[val.record].context.frame() is context.frame():
            _event(run, val.record, "handed-back", place)


def returned_to_nobody(run: Machine, vals: Vals, place: Place) -> None:
    for val in inside(vals):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            _event(run, val.record, "returned", place, val.part)


def _escape(run: Machine, vals: Vals, place: Place) -> None:
    for val in inside(vals):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            _event(run, val.record, "escaped", place, val.part)


def member(run: Machine, base: Val, name: str, place: Place, frame: Frame) -> Vals:
    """A member of a credential, a source, a token answer or a response."""
    folded = name.casefold()
    match base:
        case Cred():
            if folded.startswith("user"):
                return after(base.user, base.trail)
            return after(base.secret, base.trail) if folded == "password" else (base,)
        case Source():
            written = run.program.address(name) if base.kind in ("setting", "environment") else ()
            if written:
                return written
            kept = base.name if folded in _WRAPPED or not name or base.kind == "plain-file" else name
            return (replace(base, name=kept, key=name or base.key, place=place, label=name or base.label),)
        case Token(part="") if name and name in run.records[base.record].failure.status:
            return (Resp(base.record, "status", place=place),)
        case Token(part="") if name and name in run.records[base.record].failure.ok:
            return (Resp(base.record, "ok", place=place),)
        case Token():
            part = _token_part(run.records[base.record], base.part, folded)
            if part != base.part:
                _event(run, base.record, "read", place, part)
            return (replace(base, part=part, place=place),)
        case Resp():
            return (replace(base, part=_response_part(run, base, name, place), place=place),)
    return UNCLEAR


def _token_part(record: Record, part: str, name: str) -> str:
    result = record.spec.result
    for role in ("access", "refresh"):
        if name in (n.casefold() for n in result.get(role, "").split("|")):
            return role
    plain = name.replace("_", "").replace("-", "")
    if part == "" and plain == "refreshtoken":
        return "refresh"
    if part == "" and plain in ("accesstoken", "idtoken", "expireson", "expiresin", "tokentype", "token"):
        return "access"
    if plain in ("error", "iserror", "errordescription", "suberror", "errorcodes"):
        return "error"
    return part if part or not name or plain in _WRAPPED | {"json"} else "other"


def _response_part(run: Machine, base: Resp, name: str, place: Place) -> str:
    failure = run.records[base.record].failure
    if base.part == "" and name in failure.status:
        return "status"
    if base.part == "" and name in failure.ok:
        return "ok"
    if base.part == "" and name in failure.failed:
        return "error"
    if base.part in ("", "body") and (name in failure.body or base.part == "body" or not failure.body):
        _used(run, base, place)
        return "body"
    return (
        "other"
        if name.casefold() in ("headers", "request", "url", "history", "elapsed", "reason")
        else base.part or "body"
    )


def unknown_call(run: Machine, name: str, given: Given, frame: Frame, wanted: str | None = None) -> Vals:
    """A call of something that is not in sight: its functions may run, its values are out of our hands. `wanted`: the
    name whose definition would tell more, if it is not `name`."""
    vals = tuple(v for _, vals in given.order for v in vals)
    _escape(run, (*vals, *given.piped), given.place)
    if told(run, vals) - {"FuncVal"}:
        run.want(name if wanted is None else wanted, frame)
    context = frame.context
    frame.context = Context("run", context, frame.unit)
    try:
        for val in vals:
            if isinstance(val, FuncVal) and not val.func.name:
                run.call_function(val, Given(given.place, open=True), frame, given.place)
    finally:
        frame.context = context
    return (Unclear(name, called=True, place=given.place, label=name.rpartition(".")[2]),)


def told(run: Machine, vals: Vals) -> frozenset[str]:
    """What arguments tell that somebody does something with: kinds of hosts, secrets, tokens."""
    found: set[str] = set()
    for val in inside(vals):
        match val:
            case Cred() | Token() | FuncVal():
                found.add(type(val).__name__)
            case Source(kind=kind) if kind not in ("parameter", "unknown"):
                found.add(kind)
            case Str():
                found |= run.addresses.kinds((val,)) & HOSTS
            case Map() if val.get("grant_type"):
                found.add("grant")
    return frozenset(found)


def unknown_method(run: Machine, base: Val, name: str, callee: Member, given: Given, frame: Frame) -> Vals:
    """A method that neither the repository nor the catalog has; of a value it mostly gives the same in another form."""
    folded = name.casefold()
    match base:
        case Resp():
            failure = run.records[base.record].failure
            if name in failure.raised_by:
                event = Event("raise-for-status", given.place, context=frame.context)
                run.note(run.records[base.record], event)
                return (base,)
            return (replace(base, part=_response_part(run, base, name, given.place), place=given.place),)
        case Token(part="") if name in run.records[base.record].failure.raised_by:
            event = Event("raise-for-status", given.place, context=frame.context)
            run.note(run.records[base.record], event)
            return (base,)
        case Token():
            keys = texts(given.positional[0]) if given.positional else []
            return member(run, base, keys[0] if folded == "get" and keys else name, given.place, frame)
        case Map():
            return _mapping_method(run, base, folded, callee, given, frame)
        case Source(kind="setting", name="") if folded == "get" and len(given.positional) == 2:
            return member(run, base, (texts(given.positional[1]) or [""])[0], given.place, frame)  # section, option
        case Source() if folded in ("get", "getvalue", "item") and given.positional:
            found = member(run, base, (texts(given.positional[0]) or [""])[0], given.place, frame)
            return (*found, *given.positional[1]) if len(given.positional) > 1 else found
        case Str() if folded in ("get", "item") and as_map(base) is not None and given.positional:
            return run.member_of(base, given.positional[0], given.place, frame)
        case Str():
            return _text_method(base, folded, given)
        case Ext() if folded in ("append", "add") and given.positional and isinstance(callee.base, Member):
            run.bind(callee.base, given.positional[0], frame)
            return UNCLEAR
        case Source() | Cred():
            return (base,)
    owner = walk.dotted(callee.base)
    wanted = owner if frame.index.ignore_case else name  # `[Type]::Method()`: the type; elsewhere the method itself
    return unknown_call(run, walk.dotted(callee) or name, given, frame, wanted)


def _mapping_method(run: Machine, base: Map, name: str, callee: Member, given: Given, frame: Frame) -> Vals:
    args = given.positional
    key = (texts(args[0]) if args else None) or [""]
    if name in ("get", "item", "pop") and key[0]:
        found = base.get(key[0])
        return found if found is not None else (args[1] if len(args) > 1 else UNCLEAR)
    if name in ("add", "set", "setdefault", "append", "put") and len(args) > 1:
        now = base.with_entry(key[0], args[1]) if key[0] else replace(base, open=True)
    elif name in ("remove", "delete") and key[0]:
        now = base.without(key[0])
    elif name == "update":
        now = _updated(base, given)
    elif name in ("copy", "clone", "items", "tostring", "getenumerator", "encode", "decode"):
        return (base,)
    else:
        return UNCLEAR
    run.bind(callee.base, (now,), frame)
    return (now,)


def _updated(base: Map, given: Given) -> Map:
    for vals in given.positional:
        for val in vals[:1]:
            base = merge(base, val)
    for name, vals in given.named.items():
        base = base.with_entry(name, vals)
    return base


def _text_method(base: Str, name: str, given: Given) -> Vals:
    args = given.positional
    if name in ("format", "%"):
        return (_formatted(base, given),)
    if name == "join" and args:
        parts = [items for val in args[0] for items in (getattr(val, "items", None) or ((val,),))]
        between: list[Vals] = []
        for part in parts:
            between += [part, (base,)] if between or len(parts) > 1 else [part]
        return concat(between[: 2 * len(parts) - 1] or [(base,)], given.place)
    if name == "replace" and len(args) > 1 and texts(args[0]):
        return concat(_replaced(base, texts(args[0])[0], args[1]), given.place)
    return (base,)


def _replaced(base: Str, old: str, new: Vals) -> list[Vals]:
    if not old or HOLE in base.text:
        return [(base,)]
    parts: list[Vals] = []
    for number, piece in enumerate(base.text.split(old)):
        parts += ([new] if number else []) + [(replace(base, text=piece),)]
    return parts


def _formatted(base: Str, given: Given) -> Str:
    """`"{0} {name}".format(…)`, `"%s" % …`, `"{0}" -f …`."""
    args = given.positional
    if len(args) == 1 and len(args[0]) == 1 and hasattr(args[0][0], "items"):
        args = list(args[0][0].items)
    text, holes, count = "", [], 0
    for piece in re.split(r"(\{[\w.]*(?:[:!][^}]*)?\}|%[sd])", base.text):
        if re.fullmatch(r"\{[\w.]*(?:[:!][^}]*)?\}|%[sd]", piece):
            name = re.split(r"[.:!]", piece.strip("{}"))[0] if piece[0] == "{" else ""
            vals = given.named.get(name) or (args[int(name)] if name.isdigit() and int(name) < len(args) else ())
            if not name:
                vals, count = (args[count] if count < len(args) else ()), count + 1
            known = texts(vals)
            if len(known) == 1 and len(vals) == 1:
                text += known[0]
            else:
                text += HOLE
                holes.append(vals or UNCLEAR)
        else:
            text += piece
    return replace(base, text=text, holes=tuple(holes))


def is_property(func: FuncVal) -> bool:
    return any(walk.dotted(d).rpartition(".")[2] in ("property", "cached_property") for d in func.func.decorators)


def around(run: Machine, target: FuncVal, context: Context, frame: Frame) -> Context:
    """The context of a function's body with the catalogued decorators that run it."""
    index = run.program.index(target.unit.language)
    for decorator in target.func.decorators:
        callee = decorator.callee if isinstance(decorator, Call) else decorator
        name = walk.dotted(callee)
        for val in run.imported(name.partition(".")[0], replace(frame, unit=target.unit)) if name else ():
            if isinstance(val, Ext):
                name = val.name + (name[name.index(".") :] if "." in name else "")
        spec = index.decorator(name) or index.function(name)
        if spec is not None and spec.is_ == "cache":
            run.cached.add(id(target.func))
        if spec is not None and spec.is_ == "retry":
            given = Given(context.called or Place(target.unit.path, target.func.span))
            if isinstance(decorator, Call):
                given = run.given(decorator, frame)
            bound = Bound(spec, given, index.ignore_case)
            context = replace(context, outer=Context("run", context.outer, target.unit, spec=spec, bound=bound))
    return context
