"""The sources of values: credentials, settings and stores that are read, what is made of these."""

from __future__ import annotations

import re
from typing import TypeGuard

from pcmfa_lint.analysis.effects.call import CatalogCall, read_trace
from pcmfa_lint.analysis.effects.sending.uses import body_used
from pcmfa_lint.analysis.effects.values import copies
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import gathered, join
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    HOLE,
    UNCLEAR,
    AbstractValue,
    CredentialValue,
    FuncVal,
    ListValue,
    ObjectValue,
    ResponseValue,
    SourceValue,
    StringValue,
    TokenValue,
    Trace,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Step
from pcmfa_lint.evidence.words import OriginKind
from pcmfa_lint.limits import NAME_CHARS

_LOCKED = ("asset", "os-vault", "secret-store", "prompt")  # where a key lies that does not lie beside
_FILE = re.compile(r"\w\.\w{1,12}$")
_KEYS = ("Key", "key")


def credential(call: CatalogCall) -> Values:
    """A credential of the user and the secret that it is given."""
    user, secret = gathered(call.role("user")), gathered(call.role("secret"))
    pair = CredentialValue(user, secret, call.spec.principal, place=call.place)
    call.run.credentials[pair] = None
    return (pair,)


def source(call: CatalogCall) -> Values:
    """A value that is read: of the environment, the settings, a file, a store."""
    origin = call.spec.origin or "unknown"
    name = call.spec.name or name_of_source(call.role("name"), origin)
    trace = read_trace(call.spec, name, call.place)
    read = SourceValue(origin, name, place=call.place, label=name, trace=trace)
    if call.spec.result.get("kind") == "credential":
        return (CredentialValue((read,), (read,), place=call.place, trace=trace),)
    full = f"{section(call.arguments.receiver)}.{name}" if origin == "setting" else name
    written: Values = call.run.program.addresses.named(full) if origin in ("setting", "environment") else ()
    written = written or (call.run.configured(name, call.frame) if origin == "setting" else ())
    return (*(written or (read,)), *call.role("default"))


def section(vals: Values) -> str:
    """The section of the settings that a value stands for."""
    return next((val.section for val in vals if isinstance(val, SourceValue) and val.kind == "setting"), "")


def name_of_source(vals: Values, kind: OriginKind) -> str:
    """The name of what is read: text with holes, that of a file as an object, or the variable that names it. Of a file,
    the values may be parts of the path."""
    files = (v.text for v in reversed(vals) if isinstance(v, StringValue) and _FILE.search(v.text))
    for text in files if kind in ("plain-file", "exported") else ():
        return text.replace(HOLE, "…")[:NAME_CHARS]
    for val in vals:
        if isinstance(val, SourceValue) and val.kind == "plain-file" and val.name:
            return val.name
        if isinstance(val, StringValue):
            return val.text.replace(HOLE, "…")[:NAME_CHARS]
        if val.label and not isinstance(val, ListValue):  # one of several
            return val.label
    return ""


def transform(call: CatalogCall) -> Values:
    """A value in another form: decrypted, decoded, converted; of what is read from outside perhaps only an entry."""
    vals = call.role("value") or call.arguments.piped or call.arguments.receiver
    if (entry := call.role("entry")) and any(isinstance(v, SourceValue) for v in vals):
        vals = join(
            *(
                call.run.member_of(v, entry, call.place, call.frame) if isinstance(v, SourceValue) else (v,)
                for v in vals
            )
        )
    if named := call.role("member"):
        vals = join(*(call.run.member_of(v, named, call.place, call.frame) for v in vals))
        vals = _or_default(call, vals)
    origin = call.spec.origin or (call.case.origin if call.case else "")
    if origin and any(isinstance(v, (SourceValue, UnknownValue)) for v in vals):
        name = next((v.name for v in vals if isinstance(v, (SourceValue, UnknownValue)) and v.name), "")
        origin = _kept_by_its_key(call, vals, origin)
        vals = (
            SourceValue(origin, name, "", place=call.place, label=name, trace=Trace(Step(call.place, "decrypted"))),
        )
    for val in vals:
        if isinstance(val, ResponseValue) and val.part not in ("status", "ok"):
            body_used(call.run, val, call.place)
        if isinstance(val, TokenValue) and (audience := call.role("audience")):  # only now it is said whom it is for
            record = call.run.records[val.record].request
            record.audience = join(record.audience, audience)
    if call.spec.result.get("how") == "copy":
        vals = tuple(copies.copied(call.run, v, (), call.place) if _is_record(v) else v for v in vals)
    if call.role("type"):  # what comes back is told by its members, what is made of it elsewhere by its class
        call.run.bind_read(call.role("type"), vals)
    target = call.arguments.nodes.get(call.spec.args.get("target", ""))
    if target is not None and vals:
        call.run.bind_read(call.role("target"), vals)
        call.run.bind(target, vals, call.frame)
    return vals or UNCLEAR


def _or_default(call: CatalogCall, vals: Values) -> Values:
    """A member, or what comes back where there is none: a value, or what a function makes."""
    others = tuple(v for v in call.role("default") if not isinstance(v, FuncVal))
    makers = tuple(v for v in call.role("default") if isinstance(v, FuncVal))
    made = call.run.call_values(makers, Arguments(call.place), call.frame, None) if makers else ()
    known = tuple(v for v in vals if not isinstance(v, UnknownValue)) if made else vals
    return join(known, others, made)


def _is_record(val: AbstractValue) -> TypeGuard[ObjectValue]:
    """Whether a value is an object of the repository."""
    return isinstance(val, ObjectValue) and val.cls is not None


def _kept_by_its_key(call: CatalogCall, opened: Values, beside: OriginKind) -> OriginKind:
    """Where a secret lies that is decrypted: where its key does or, in a database or a vault, where it is kept itself.
    `beside`: what the entry says of a key that is kept as openly as what it opens."""
    stored = (
        vals for v in call.arguments.receiver if isinstance(v, ObjectValue) for vals in map(v.attrs.get, _KEYS) if vals
    )
    keys = call.role("key") or tuple(val for vals in stored for val in vals)
    kinds = {val.kind for val in inside(keys) if isinstance(val, SourceValue)}
    written = any(not isinstance(val, (SourceValue, UnknownValue)) for val in inside(keys))
    kept = {val.kind for val in inside(opened) if isinstance(val, SourceValue)}
    if kept and kept <= {"database", *_LOCKED}:
        return min(kept)
    if not keys or written or kinds - {"parameter", "environment", *_LOCKED}:
        return beside
    if "environment" in kinds:  # it opens what lies elsewhere, which nothing tells
        return beside if kept else "unknown"
    return next((kind for kind in _LOCKED if kind in kinds), "unknown")
