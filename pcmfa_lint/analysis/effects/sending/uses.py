"""The uses of a value after the call that made it: where a token goes, what of a response is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.values import wire_names
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.requests import Request, Use
from pcmfa_lint.analysis.values.alternatives import join, with_trace
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    CredentialValue,
    ObjectValue,
    ResponseValue,
    SourceValue,
    TokenValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

LASTING = {"secret-store", "database", "plain-file", "exported", "asset", "os-vault", "setting"}


def record_use(run: RunState, record: int, kind: str, place: Place) -> None:
    run.note(run.records[record], Use(kind, place))


def body_used(run: RunState, resp: ResponseValue, place: Place) -> None:
    record_use(run, resp.record, "body", place)


def stored(run: RunState, kind: str, name: str, vals: Values, place: Place) -> None:
    """Something is written to a place that may outlive the process."""
    run.stores.append((kind, name, vals, place))
    if any(isinstance(val, SourceValue) and val.kind == "setting" for val in vals):
        vals = (*vals, *run.unsaved)  # settings are written with what was set in them
    for val in _with_members(vals):
        if isinstance(val, TokenValue) and val.part in ("refresh", ""):
            record_use(run, val.record, "stored" if kind in LASTING else "memory", place)


def _with_members(vals: Values) -> Iterator[AbstractValue]:
    """Every value in these, and what objects among them hold: of somebody else's, which may be a client that signs in
    by itself, only refresh tokens."""
    for val in inside(vals):
        yield val
        if isinstance(val, ObjectValue):
            for inner in inside(join(*(member for name in list(val.attrs) if (member := val.attrs.get(name))))):
                if val.cls is not None or (isinstance(inner, TokenValue) and inner.part == "refresh"):
                    yield inner


def kept_in_memory(run: RunState, vals: Values, place: Place) -> None:
    for val in vals:
        if isinstance(val, TokenValue):
            record_use(run, val.record, "memory" if val.part == "refresh" else "cached", place)


def handed_back(run: RunState, vals: Values, context: Context, place: Place) -> None:
    """A function gives the whole answer of its own request to its caller, or keeps what it gave once."""
    func = context.activation.func
    for val in inside(vals, 2) if func is not None and id(func.func) in run.cached else ():
        if isinstance(val, TokenValue):
            record_use(run, val.record, "cached", place)
    for val in vals:
        if (
            isinstance(val, TokenValue)
            and val.part == ""
            and run.records[val.record].context.activation is context.activation
        ):
            record_use(run, val.record, "handed-back", place)


def returned_to_nobody(run: RunState, vals: Values, place: Place) -> None:
    for val in inside(vals):
        if isinstance(val, TokenValue) and val.part in ("refresh", ""):
            record_use(run, val.record, "returned", place)


def escaped(run: RunState, vals: Values, place: Place) -> None:
    for val in _with_members(vals):
        if isinstance(val, TokenValue) and val.part in ("refresh", ""):
            record_use(run, val.record, "escaped", place)


def member(run: RunState, base: AbstractValue, name: str, place: Place, frame: Frame) -> Values:
    """A member of a credential, a source, a token answer or a response."""
    folded = name.casefold()
    match base:
        case CredentialValue():
            if folded.startswith("user"):
                return with_trace(base.user, base.trace)
            return with_trace(base.secret, base.trace) if folded == "password" else (base,)
        case SourceValue():
            file = base.name if base.kind == "plain-file" else ""
            name = wire_names.of_setting(run, name) if name and run.settings.bound else name
            if file or base.kind in ("setting", "environment"):
                section = base.key if file else base.section
                written = run.program.addresses.named(f"{section}.{name}" if name else "", file)
                if written:
                    return written
            if folded in run.names.same and base.name and base.kind != "plain-file":
                return (base,)
            return (base.entry(name, place) if name else replace(base, place=place),)
        case TokenValue(part="") if name and name in run.records[base.record].failure.status:
            return (ResponseValue(base.record, "status", place=place),)
        case TokenValue(part="") if name and name in run.records[base.record].failure.ok:
            return (ResponseValue(base.record, "ok", place=place),)
        case TokenValue(part="") if name and name in run.records[base.record].failure.body:
            return (replace(base, place=place),)
        case TokenValue():
            part = token_part(run, run.records[base.record], base.part, folded)
            if part != base.part:
                record_use(run, base.record, "read", place)
            return (replace(base, part=part, place=place),)
        case ResponseValue():
            return (replace(base, part=response_part(run, base, name, place), place=place),)
    return UNCLEAR


_OF_ACCESS = frozenset(("accesstoken", "access", "idtoken", "expireson", "expiresin", "tokentype", "token"))


def token_part(run: RunState, record: Request, part: str, name: str) -> str:
    """The part of an answer that a member is, by the name that it has there, or by its own."""
    wired = [_part_named(run, record, part, wire.casefold()) for wire in wire_names.of_member(run, name)]
    return next((one for one in ("refresh", "access") if one in wired), _part_named(run, record, part, name))


def _part_named(run: RunState, record: Request, part: str, name: str) -> str:
    result = record.spec.result
    for role in ("access", "refresh"):
        if name in (n.casefold() for n in result.get(role, "").split("|")):
            return role
    plain = name.replace("_", "").replace("-", "").rstrip("?")
    if part == "" and (plain == "refresh" or plain.endswith("refreshtoken")):
        return "refresh"
    if part == "" and plain in _OF_ACCESS:
        return "access"
    if plain in ("error", "iserror", "errordescription", "suberror", "errorcodes"):
        return "error"
    return part if part or not name or plain in run.names.same or plain == "json" else "other"


def response_part(run: RunState, base: ResponseValue, name: str, place: Place) -> str:
    failure = run.records[base.record].failure
    if base.part == "" and name in failure.status:
        return "status"
    if base.part == "error" and name in (path.rpartition(".")[2] for path in failure.status):
        return "status"
    if base.part in ("", "status") and name in failure.ok:
        return "ok"
    if base.part in ("", "status") and name in failure.failed:
        return "error"
    if base.part == "" and name not in failure.body and name.casefold() in run.names.answer:
        return ""
    if base.part in ("", "body") and (name in failure.body or base.part == "body" or not failure.body):
        body_used(run, base, place)
        return "body"
    return (
        "other"
        if name.casefold() in ("headers", "request", "url", "history", "elapsed", "reason")
        else base.part or "body"
    )


def kept_in(run: RunState, holder: AbstractValue, name: str, vals: Values, place: Place) -> None:
    """A value is set in what was read from a store, or handed to a method of it: it goes back there."""
    if isinstance(holder, SourceValue) and holder.kind in LASTING:
        stored(run, holder.kind, holder.name or name, vals, place)
    else:
        escaped(run, vals, place)
