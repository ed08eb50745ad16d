"""What happens to a value after the call that made it: where a token goes, what of a response is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.handed_over import handed_over
from pcmfa_lint.analysis.effects.strings import text_method
from pcmfa_lint.analysis.matching.arguments import Arguments, is_false
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.requests import Request, Use
from pcmfa_lint.analysis.values.alternatives import join, texts, with_trace
from pcmfa_lint.analysis.values.building import as_map, form, merge
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    CredentialValue,
    ExternalSymbol,
    FuncVal,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    Source,
    StringValue,
    Token,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Call, Expression, Member, Name

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

HOSTS = frozenset({"login", "partner-center", "partner-api"})
_WRAPPED = {
    "value",
    "secretvalue",
    "secretvaluetext",
    "text",
    "content",
    "result",
    "data",
    "secret",
    "stdout",
    "body",
    "output",
    "rootelement",
}
_AWAITED = {"get", "join", "result", "await", "execute"}  # what gives the value of a future, an optional, a supplier
_ASKING = (
    *("get", "is", "has", "find", "read", "fetch", "list", "create", "make"),
    *("new", "send", "exec", "to", "as", "parse", "load", "query", "acquire", "call", "try"),
)
_LASTING = {"secret-store", "plain-file", "exported", "asset", "os-vault", "setting"}


def record_use(run: RunState, record: int, kind: str, place: Place) -> None:
    run.note(run.records[record], Use(kind, place))


def body_used(run: RunState, resp: ResponseValue, place: Place) -> None:
    record_use(run, resp.record, "body", place)


def stored(run: RunState, kind: str, name: str, vals: Values, place: Place) -> None:
    """Something is written to a place that may outlive the process."""
    run.stores.append((kind, name, vals, place))
    for val in _with_members(vals):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            record_use(run, val.record, "stored" if kind in _LASTING else "memory", place)


def _with_members(vals: Values) -> Iterator[AbstractValue]:
    """Every value in these, and what objects among them hold: of somebody else's, which may be a client that signs in
    by itself, only refresh tokens."""
    for val in inside(vals):
        yield val
        if isinstance(val, ObjectValue):
            for inner in inside(join(*(member for name in list(val.attrs) if (member := val.attrs.get(name))))):
                if val.cls is not None or (isinstance(inner, Token) and inner.part == "refresh"):
                    yield inner


def kept_in_memory(run: RunState, vals: Values, place: Place) -> None:
    for val in vals:
        if isinstance(val, Token):
            record_use(run, val.record, "memory" if val.part == "refresh" else "cached", place)


def handed_back(run: RunState, vals: Values, context: Context, place: Place) -> None:
    """A function gives the whole answer of its own request to its caller, or keeps what it gave once."""
    func = context.activation.func
    for val in inside(vals, 2) if func is not None and id(func.func) in run.cached else ():
        if isinstance(val, Token):
            record_use(run, val.record, "cached", place)
    for val in vals:
        if (
            isinstance(val, Token)
            and val.part == ""
            and run.records[val.record].context.activation is context.activation
        ):
            record_use(run, val.record, "handed-back", place)


def returned_to_nobody(run: RunState, vals: Values, place: Place) -> None:
    for val in inside(vals):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            record_use(run, val.record, "returned", place)


def escaped(run: RunState, vals: Values, place: Place) -> None:
    for val in _with_members(vals):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            record_use(run, val.record, "escaped", place)


def member(run: RunState, base: AbstractValue, name: str, place: Place, frame: Frame) -> Values:
    """A member of a credential, a source, a token answer or a response."""
    folded = name.casefold()
    match base:
        case CredentialValue():
            if folded.startswith("user"):
                return with_trace(base.user, base.trace)
            return with_trace(base.secret, base.trace) if folded == "password" else (base,)
        case Source():
            file = base.name if base.kind == "plain-file" else ""
            if file or base.kind in ("setting", "environment"):
                section = base.key if file else base.name
                written = run.program.addresses.named(f"{section}.{name}" if name else "", file)
                if written:
                    return written
            if folded in _WRAPPED and base.name and base.kind != "plain-file":
                return (base,)
            return (base.entry(name, place) if name else replace(base, place=place),)
        case Token(part="") if name and name in run.records[base.record].failure.status:
            return (ResponseValue(base.record, "status", place=place),)
        case Token(part="") if name and name in run.records[base.record].failure.ok:
            return (ResponseValue(base.record, "ok", place=place),)
        case Token(part="") if name and name in run.records[base.record].failure.body:
            return (replace(base, place=place),)
        case Token():
            part = _token_part(run.records[base.record], base.part, folded)
            if part != base.part:
                record_use(run, base.record, "read", place)
            return (replace(base, part=part, place=place),)
        case ResponseValue():
            return (replace(base, part=_response_part(run, base, name, place), place=place),)
    return UNCLEAR


_OF_ACCESS = frozenset(("accesstoken", "access", "idtoken", "expireson", "expiresin", "tokentype", "token"))


def _token_part(record: Request, part: str, name: str) -> str:
    result = record.spec.result
    for role in ("access", "refresh"):
        if name in (n.casefold() for n in result.get(role, "").split("|")):
            return role
    plain = name.replace("_", "").replace("-", "")
    if part == "" and (plain == "refresh" or plain.endswith("refreshtoken")):
        return "refresh"
    if part == "" and plain in _OF_ACCESS:
        return "access"
    if plain in ("error", "iserror", "errordescription", "suberror", "errorcodes"):
        return "error"
    return part if part or not name or plain in _WRAPPED | {"json"} else "other"


def _response_part(run: RunState, base: ResponseValue, name: str, place: Place) -> str:
    failure = run.records[base.record].failure
    if base.part == "" and name in failure.status:
        return "status"
    if base.part in ("", "status") and name in failure.ok:
        return "ok"
    if base.part in ("", "status") and name in failure.failed:
        return "error"
    if base.part in ("", "body") and (name in failure.body or base.part == "body" or not failure.body):
        body_used(run, base, place)
        return "body"
    return (
        "other"
        if name.casefold() in ("headers", "request", "url", "history", "elapsed", "reason")
        else base.part or "body"
    )


def unknown_call(run: RunState, name: str, arguments: Arguments, frame: Frame, taker: str = "") -> Values:
    """A call of something that is not in sight: its functions may run, its values are out of our hands. `taker`: what
    is called, by the type that has it, if more than `name` is known."""
    vals = tuple(v for _, vals in arguments.order for v in vals)
    escaped(run, (*vals, *arguments.piped), arguments.place)
    handed_over(run, taker or name, arguments)
    run_handed(run, vals, arguments, frame)
    return (UnknownValue(name, place=arguments.place, label=name.rpartition(".")[2]),)


def run_handed(run: RunState, vals: Values, arguments: Arguments, frame: Frame) -> None:
    """Runs the functions that are handed to something that is not in sight."""
    context = frame.context
    frame.context = Context("run", context, frame.unit, context.activation)
    try:
        for val in vals:
            if isinstance(val, FuncVal) and not val.func.name:
                run.call_function(val, Arguments(arguments.place, open=True), frame, arguments.place)
    finally:
        frame.context = context


def labels(run: RunState, vals: Values) -> frozenset[str]:
    """What arguments tell that somebody does something with: kinds of hosts, secrets, tokens."""
    result: set[str] = set()
    for val in inside(vals):
        match val:
            case CredentialValue() | Token() | FuncVal():
                result.add(type(val).__name__)
            case Source(kind=kind) if kind not in ("parameter", "unknown"):
                result.add(kind)
            case StringValue():
                result |= run.addresses.kinds((val,)) & HOSTS
            case MappingValue() if val.get("grant_type"):
                result.add("grant")
    return frozenset(result)


def unknown_method(
    run: RunState, base: AbstractValue, name: str, callee: Member, arguments: Arguments, frame: Frame
) -> Values:
    """A method that neither the repository nor the catalog has; of a value it mostly gives the same in another form.
    `tryGet` asks for what `get` asks for."""
    folded = name.casefold().removeprefix("try")
    match base:
        case ResponseValue() | Token():
            return _method_of_answer(run, base, name, arguments, frame)
        case MappingValue():
            return _mapping_method(run, base, folded, callee, arguments, frame)
        case ListValue() if name in frame.semantics.elements and not arguments.order:
            return run.member_of(base, (StringValue(name),), arguments.place, frame)
        case Source(kind="setting", name="") if folded == "get" and len(arguments.positional) == 2:
            return member(
                run, base, (texts(arguments.positional[1]) or [""])[0], arguments.place, frame
            )  # section, option
        case Source() if frame.semantics.accessors and _is_getter(name) and not arguments.order:
            return member(run, base, name[3].lower() + name[4:], arguments.place, frame)
        case Source() if _asks_for_entry(base, folded) and arguments.positional:
            entry_vals = member(run, base, (texts(arguments.positional[0]) or [""])[0], arguments.place, frame)
            return (*entry_vals, *arguments.positional[1]) if len(arguments.positional) > 1 else entry_vals
        case StringValue() if folded in ("get", "item") and as_map(base) is not None and arguments.positional:
            return run.member_of(base, arguments.positional[0], arguments.place, frame)
        case StringValue() if folded in ("put", "add", "set") and (fields := as_map(base)) is not None:
            return _mapping_method(run, fields, folded, callee, arguments, frame)
        case StringValue():
            return text_method(base, folded, arguments)
        case ExternalSymbol() if (
            folded in ("append", "add") and arguments.positional and isinstance(callee.base, Member)
        ):
            key = texts(arguments.positional[0])[:1] if len(arguments.positional) == 2 else []
            entry = MappingValue(tuple((name, arguments.positional[1]) for name in key), place=arguments.place)
            run.fill(callee.base, (entry,) if key else arguments.positional[0], frame)
            return UNCLEAR
        case Source() | CredentialValue():
            for vals in (vals for _, vals in arguments.order):
                kept_in(run, base, name, vals, arguments.place)
            return (base,)
        case ObjectValue() if folded in _AWAITED and not arguments.order:
            return (base,)
        case ObjectValue(cls=None) if arguments.order and _furnishes(folded) and base.type in frame.index.types:
            unknown_call(run, base.type, arguments, frame, f"{base.type}.{name}")
            return (base,)  # as a builder does
    owner = base.type if isinstance(base, ObjectValue) else getattr(base, "name", "")
    return unknown_call(run, walk.dotted(callee) or name, arguments, frame, f"{owner}.{name}")


def _furnishes(method: str) -> bool:
    """Whether a method of a client that nobody knows may set something up: it asks for nothing."""
    return not method.startswith(_ASKING)


def kept_in(run: RunState, holder: AbstractValue, name: str, vals: Values, place: Place) -> None:
    """A value is set in what was read from a store, or handed to a method of it: it goes back there."""
    if isinstance(holder, Source) and holder.kind in _LASTING:
        stored(run, holder.kind, holder.name or name, vals, place)
    else:
        escaped(run, vals, place)


def _asks_for_entry(base: Source, method: str) -> bool:
    """Whether a method asks settings for one of them by its name."""
    if method in ("get", "getvalue", "item", "getordefault"):
        return True
    return (
        base.kind in ("setting", "environment")
        and method.startswith(("get", "require", "value"))
        and method != "getbytes"
    )


def _method_of_answer(
    run: RunState, base: ResponseValue | Token, name: str, arguments: Arguments, frame: Frame
) -> Values:
    """A method of what a request gave back: waits for it, raises an error if it is one, or asks for a part of it."""
    folded = name.casefold().removeprefix("try")
    record = run.records[base.record]
    first = arguments.positional[0] if arguments.positional else ()
    if not arguments.order and folded in _AWAITED:
        return (base,)
    raises = base.part == "" if isinstance(base, Token) else not is_false(first)
    if raises and name in record.failure.raised_by:
        run.note(record, Use("raise-for-status", arguments.place, context=frame.context))
        return (base,)
    if isinstance(base, Token) and not (base.part or arguments.named) and folded in _WHOLE:
        return (base,)
    if folded in _COPIES and arguments.named:
        changed = {_token_part(record, "", key.casefold()) for key in arguments.named}
        return (
            (MappingValue(tuple(arguments.named.items()), open=True, place=arguments.place),)
            if "refresh" in changed
            else (base,)
        )
    if isinstance(base, Token):
        return member(run, base, _key_of_lookup(folded, texts(first)) or name, arguments.place, frame)
    return (replace(base, part=_response_part(run, base, name, arguments.place), place=arguments.place),)


_WHOLE = frozenset(  # methods that write down or give all of an answer
    [
        "tostring",
        "tojsonstring",
        "tojson",
        "to_json",
        "getrawtext",
        "toprettystring",
        "tojsonobject",
        "model_dump",
        "model_dump_json",
        "dict",
        "to_dict",
        "todictionary",
        "jsonserialize",
        "deepclone",
        "clone",
        "copy",
    ]
)
_COPIES = ("copy", "with", "_replace", "model_copy")  # give the same back, but for the members that they name


_LOOKUPS = ("path", "at", "findvalue", "findpath", "required")


def _key_of_lookup(method: str, keys: list[str]) -> str:
    """The member that a method asks an answer for by its name: `getString("x")`, `optString("x")`, `path("x")`."""
    is_lookup = method.startswith(("get", "opt", "select")) or method in _LOOKUPS
    return keys[0].lstrip("/") if is_lookup and keys else ""


_ADDS = ("add", "set", "setdefault", "append", "put", "with", "addencoded", "add_field", "addproperty")


def _mapping_method(
    run: RunState, base: MappingValue, name: str, callee: Member, arguments: Arguments, frame: Frame
) -> Values:
    args = arguments.positional
    key = (texts(args[0]) if args else None) or [""]
    if name in ("get", "getvalue", "item", "pop", "getordefault") and args:
        entry_vals = base.get(key[0]) if key[0] else tuple(v for _, vals in base.entries for v in vals)
        return entry_vals if entry_vals else (args[1] if len(args) > 1 else UNCLEAR)
    if name in _ADDS and len(args) > 1:
        now = base.with_entry(key[0], args[1]) if key[0] else replace(base, open=True)
    elif name in ("remove", "delete") and key[0]:
        now = base.without(key[0])
    elif name in ("update", "putall", "addall", "setall", "add"):
        now = _updated(base, arguments)
    elif name in ("copy", "clone", "items", "tostring", "tomap", "getenumerator", "encode", "decode"):
        return (base,)
    else:
        run_handed(run, tuple(v for _, vals in arguments.order for v in vals), arguments, frame)
        return (base,) if form((base,)) is not None else UNCLEAR  # written down field by field
    run.fill(_filled(run, callee.base, base, frame), (now,), frame)
    return (now,)


def _filled(run: RunState, node: Expression, base: MappingValue, frame: Frame) -> Expression:
    """What a mapping is held by: `x` in `x.add(…).add(…)`, if it is that mapping."""
    root = node
    while isinstance(root, Call) and isinstance(root.callee, Member):
        root = root.callee.base
    variable = run.lookup(frame.index.key(root.id), frame) if isinstance(root, Name) else None
    return root if any(isinstance(val, MappingValue) and val.place == base.place for val in variable or ()) else node


def _updated(base: MappingValue, arguments: Arguments) -> MappingValue:
    for vals in arguments.positional:
        for val in vals[:1]:
            base = merge(base, val)
    for name, vals in arguments.named.items():
        base = base.with_entry(name, vals)
    return base


def _is_getter(name: str) -> bool:
    return name[:3] == "get" and name[3:4].isupper()
