"""What a call does, by its catalog entry: it makes a record, a credential, a source, or hands a value on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects import callbacks, clients, collections
from pcmfa_lint.analysis.effects.call import CatalogCall, read_trace
from pcmfa_lint.analysis.effects.handed_over import handed_over
from pcmfa_lint.analysis.effects.requests import api_call, http, token_request
from pcmfa_lint.analysis.effects.strings import formatted
from pcmfa_lint.analysis.effects.uses import body_used, record_use, stored
from pcmfa_lint.analysis.matching.arguments import Arguments, BoundArguments, Loose
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.requests import Use
from pcmfa_lint.analysis.values import (
    HOLE,
    UNCLEAR,
    AbstractValue,
    ClassVal,
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
    Trace,
    UnknownValue,
    Values,
    as_map,
    concat,
    gathered,
    inside,
    join,
    merge,
    texts,
)
from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import NOWHERE, Assign, Call, Class, Name, Text
from pcmfa_lint.knowledge.catalog import CallSpec

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

_ELSEWHERE = frozenset(("http", "ignore", "log", "marker"))  # what may take a password and signs nobody in
_LOCKED = ("asset", "os-vault", "secret-store", "prompt")  # where a key lies that does not lie beside
_KEYS = ("Key", "key")
_GIVEN = Name("what the function was given", NOWHERE, "local")  # holds a mapping that the function filled


def apply(run: RunState, spec: CallSpec, given: Arguments, frame: Frame, used: bool) -> Values:
    """Does what the entry says; the values that come back."""
    if spec.case and given.choices:
        return join(*(apply(run, spec, replace(choice, choices=[]), frame, used) for choice in given.choices))
    bound = BoundArguments(spec, given, frame.index.ignore_case)
    case = bound.case()
    call = CatalogCall(run, spec, case, bound, given, frame, used)
    kind = (case.is_ if case and case.is_ else "") or spec.is_
    if spec.marker and kind == "marker":
        run.markers[spec.marker, spec.name or given.name, given.place] = None
    if kind == "http":
        shared = run.provided.get(clients.shared_name(spec))
        call.given.receiver = (*given.receiver, *((shared,) if shared is not None else ()))
    if call.role("set_up") and kind in ("http", "session"):
        clients.set_up(call)
    if kind in _ELSEWHERE:
        handed_over(run, given.name or spec.id, given)
    if spec.result.get("error") in ("kept", "collected"):
        _begin(call)
    handler = _KINDS.get(kind)
    found = handler(call) if handler else UNCLEAR
    if "callback" in spec.result:
        callbacks.call_back(call, found)
    return found


def _begin(call: CatalogCall) -> None:
    """A call gives back work that keeps its error, or collects the errors of what it waits for: nobody will see them
    where nobody takes or asks what it gives back."""
    result, loose = call.spec.result, call.given.loose
    asked = result.get("asked", "")
    if asked:
        lost = not call.run.program.calls(frozenset(asked.split("|")), call.frame.unit.language)
        call.given.loose = Loose(errors="stay") if lost else None
    elif loose is not None and call.run.goes_on(call.frame):
        collects = call.bound.has(result["error_if"]) is True if "error_if" in result else result["error"] != "kept"
        if collects if result["error"] == "collected" else not loose.waited:
            loose.errors = "stay"


def _credential(call: CatalogCall) -> Values:
    user, secret = gathered(call.role("user")), gathered(call.role("secret"))
    made = CredentialValue(user, secret, call.spec.principal, place=call.place)
    call.run.credentials[made] = None
    return (made,)


def _source(call: CatalogCall) -> Values:
    origin = call.spec.origin or "unknown"
    name = call.spec.name or _shown(call.role("name"))
    trace = read_trace(call.spec, name, call.place)
    source = Source(origin, name, call.spec.secret_kind, place=call.place, label=name, trace=trace)
    if call.spec.result.get("kind") == "credential":
        user = replace(source, secret_kind="user")
        return (CredentialValue((user,), (replace(source, secret_kind="password"),), place=call.place, trace=trace),)
    written: Values = call.run.program.address(name) if origin in ("setting", "environment") else ()
    written = written or (call.run.configured(name, call.frame) if origin == "setting" else ())
    return (*(written or (source,)), *call.role("default"))


NAME = 500  # characters of a name that are kept; one that is as long is never shown


def _shown(vals: Values) -> str:
    """The name of what is read: text with holes, or the variable that names it."""
    for val in vals:
        if isinstance(val, StringValue):
            return val.text.replace(HOLE, "…")[:NAME]
        if val.label:
            return val.label
    return ""


def _transform(call: CatalogCall) -> Values:
    vals = call.role("value") or call.given.piped or call.given.receiver
    origin = call.spec.origin or (call.case.args.get("origin", "") if call.case else "")
    if origin and any(isinstance(v, (Source, UnknownValue)) for v in vals):
        name = next((v.name for v in vals if isinstance(v, (Source, UnknownValue)) and v.name), "")
        origin = _kept_by_its_key(call, origin)
        vals = (Source(origin, name, "", place=call.place, label=name, trace=Trace(Step(call.place, "decrypted"))),)
    for val in vals:
        if isinstance(val, ResponseValue) and val.part not in ("status", "ok"):
            body_used(call.run, val, call.place)
        if isinstance(val, Token) and (asked := call.role("audience")):  # only now it is said whom it is for
            record = call.run.records[val.record].request
            record.audience = join(record.audience, asked)
    return vals or UNCLEAR


def _kept_by_its_key(call: CatalogCall, beside: str) -> str:
    """Where a secret lies that is decrypted: where its key does. `beside`: what the entry says of a key that is kept as
    openly as what it opens."""
    held = (vals for v in call.given.receiver if isinstance(v, ObjectValue) for vals in map(v.attrs.get, _KEYS) if vals)
    keys = call.role("key") or tuple(val for vals in held for val in vals)
    kinds = {val.kind for val in inside(keys) if isinstance(val, Source)}
    written = any(not isinstance(val, (Source, UnknownValue)) for val in inside(keys))
    if not keys or written or kinds - {"parameter", *_LOCKED}:
        return beside
    return next((kind for kind in _LOCKED if kind in kinds), "unknown")


def _mapping(call: CatalogCall) -> Values:
    """A mapping made of named arguments, and of mappings or pairs given by position."""
    made = MappingValue((), open=call.given.open, place=call.place)
    for vals in call.bound.positional:
        vals = call.run.as_sources(vals, call.frame)
        fields: list[AbstractValue] = [m for m in map(as_map, vals) if m is not None]
        fields += [v for v in vals if isinstance(v, Source)]
        made = merge(made, fields[0]) if fields else replace(made, open=True)
    for name, vals in call.given.named.items():
        made = made.with_entry(name, vals)
    target = call.given.nodes.get(call.spec.args.get("target", ""))
    if isinstance(target, Name):
        call.run.bind(target, (made,), call.frame)
    return (made,)


def _record_type(call: CatalogCall) -> Values:
    """`namedtuple("Name", "one two")`: a class with these members, in order."""
    given = call.role("value")
    names = [name for text in texts(given) for name in text.replace(",", " ").split()]
    names += [name for val in given if isinstance(val, ListValue) for item in val.items for name in texts(item)]
    body = tuple(Assign((Name(name, NOWHERE),), Text("None", NOWHERE, "constant"), NOWHERE) for name in names)
    cls = Class(next(iter(texts(call.role("name"))), ""), (), body, call.place.span)
    return (ClassVal(cls, call.frame.unit, place=call.place),)


def _format(call: CatalogCall) -> Values:
    """`String.Format("{0}", …)`: text with what follows it filled in."""
    rest = replace(call.given, positional=call.given.positional[1:])
    return tuple(formatted(v, rest) if isinstance(v, StringValue) else v for v in call.role("value")) or UNCLEAR


def _put(call: CatalogCall) -> Values:
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


def _store(call: CatalogCall) -> Values:
    stored(call.run, call.spec.origin or "plain-file", _shown(call.role("name")), call.role("value"), call.place)
    return UNCLEAR


def _log(call: CatalogCall) -> Values:
    for val in inside((*call.role("value"), *call.given.piped)):
        if isinstance(val, Token) and val.part in ("refresh", ""):
            record_use(call.run, val.record, "printed", call.place, part=val.part)
        if isinstance(val, ResponseValue):
            record_use(call.run, val.record, "logged", call.place)
    if call.frame.index.ignore_case and call.spec.marker == "show":
        return call.given.piped or UNCLEAR
    return UNCLEAR


def _run_function(call: CatalogCall) -> Values:
    """Runs the functions it is given; inside, the context says by whom."""
    funcs = tuple(v for v in call.role("func") if isinstance(v, FuncVal))
    inner = Arguments(call.place, piped=call.given.piped, open=True)
    if call.role("value"):
        inner.add(None, call.role("value"))
        inner.nodes["0"] = _GIVEN
    if not funcs and call.spec.args.get("value"):  # a function of somebody else's is handed a value
        given = tuple(v for v in call.role("func") if isinstance(v, (ExternalSymbol, ObjectValue)))
        return call.run.call_values(given, inner, call.frame, None) if given else UNCLEAR
    if not funcs and call.spec.is_ == "retry":
        return clients.policy(call)
    if not funcs:  # what was run already
        return call.role("func") or UNCLEAR
    _hand_on(call, inner)
    frame = call.frame
    context = frame.context
    spec = call.spec if call.spec.is_ == "retry" else None
    found: list[Values] = []
    try:
        for func in funcs:
            loose = _loose(call, func)
            if spec is not None or loose is not None:
                frame.context = Context(
                    "run",
                    context,
                    frame.unit,
                    context.activation,
                    spec=spec,
                    bound=call.bound,
                    loose=loose,
                    at=call.place,
                )
            made, this = callbacks.on_object(call, func, call.role("this"), inner)
            held = call.frame.env.vars.pop(_GIVEN.id, call.role("value"))
            found.append({"this": this, "value": held}.get(call.spec.result.get("is", ""), made))
        return join(*found)
    finally:
        frame.context = context


def _loose(call: CatalogCall, func: FuncVal) -> Loose | None:
    """Where an error in a function that the call begins has no way up."""
    how, condition = (call.spec.result.get(key, "") for key in ("error", "error_if"))
    if not how or (condition and call.bound.has(condition) is not True) or not call.run.goes_on(call.frame):
        return None
    if how in ("kept", "collected"):
        return call.given.loose if call.given.loose is not None and call.given.loose.errors else None
    if how == "shown":
        return Loose(errors="shown")
    return Loose(errors="stay") if how == "lost" or func.func.runs else None


def _hand_on(call: CatalogCall, inner: Arguments) -> None:
    """The arguments that a function is run with: those of a list, those from a position on (`1+`), or each item of a
    list (`each`)."""
    where = call.spec.args.get("args", "")
    if where.endswith("+"):
        for vals in call.bound.positional[int(where[:-1]) :]:
            inner.add(None, vals)
        roles = {name for each in call.spec.args.values() for name in each.split("|")}
        for name, vals in call.given.named.items():
            if name not in roles and name[:1] != "<":
                inner.add(name, vals)
        return
    for val in call.role("args"):
        for items in val.items if isinstance(val, ListValue) else ((val,),):
            inner.add(None, items)
    each = call.role("each")
    if each:
        inner.add(None, join(*(item for v in each for item in (v.items if isinstance(v, ListValue) else ((v,),)))))


def _all(call: CatalogCall) -> Values:
    """The list of what it is given."""
    return (ListValue(tuple(call.bound.positional), open=call.given.open, place=call.place),)


def _reply(call: CatalogCall) -> Values:
    """Asks what a request was sent by for a part of the answer; a read that raises looks at the status as well."""
    part = call.spec.result.get("part", "body")
    raises = call.spec.failure is not None and call.spec.failure.surfaces_as == "raises"
    found: list[AbstractValue] = []
    for val in call.role("value"):
        if isinstance(val, (ResponseValue, Token)):
            record = call.run.records[val.record]
            if raises:
                call.run.note(record, Use("raise-for-status", call.place, context=call.frame.context))
            elif part == "body":
                record_use(call.run, val.record, "body", call.place)
            whole = isinstance(val, Token) and part == "body"
            found.append(val if whole else ResponseValue(val.record, part, place=call.place))
    return tuple(found) or UNCLEAR


def _instance(call: CatalogCall) -> Values:
    """An object of a type, as a container hands it out."""
    return call.run.instances(call.role("type"), call.place, call.frame)


def _settings(call: CatalogCall) -> Values:
    """A call that binds a section of the settings to a class; what it is called on stands for what is in it. With an
    argument that is something else: an entry is asked for."""
    types = call.role("type") if not (call.spec.args.get("value") and call.given.positional) else ()
    call.run.bind_settings(types, call.spec, "")
    return call.role("value") or call.given.receiver if types else ()


def _join(call: CatalogCall) -> Values:
    """An address and a further piece of its path."""
    return concat([call.role("value"), (StringValue("/", place=call.place),), call.role("with")], call.place)


def _fill(call: CatalogCall) -> Values:
    """Sets a member, named by the entry, of the object that the method is called on, or adds an entry to it."""
    target = call.role("target") or call.given.receiver
    vals, keys = call.role("value"), texts(call.role("key"))
    for obj in target:
        if isinstance(obj, ObjectValue) and not call.spec.name:  # the members have the names that the keys have
            entries = [(key, vals) for key in keys] or [
                pair for v in vals if isinstance(v, MappingValue) for pair in v.entries
            ]
            obj.attrs.update(entries)
        elif isinstance(obj, ObjectValue):
            held = obj.attrs.get(call.spec.name, ())
            if call.spec.result.get("how") == "append":
                obj.attrs[call.spec.name] = concat([held or (StringValue("", place=call.place),), vals], call.place)
                continue
            if not call.bound.spec.args.get("key") or any("/" in key for key in keys):  # a media type: all of it
                obj.attrs[call.spec.name] = join(vals, held)
                continue
            maps = tuple(v for v in held if isinstance(v, MappingValue)) or (MappingValue((), place=call.place),)
            added = tuple(m.with_entry(keys[0], vals) if keys else replace(m, open=True) for m in maps)
            obj.attrs[call.spec.name] = (*added, *(v for v in held if not isinstance(v, MappingValue)))
    return target or UNCLEAR


def is_property(func: FuncVal) -> bool:
    return any(walk.dotted(d).rpartition(".")[2] in ("property", "cached_property") for d in func.func.decorators)


def around(run: RunState, target: FuncVal, context: Context, frame: Frame, called: Place | None) -> Context:
    """The context of a function's body with the catalogued decorators that run it."""
    index = run.program.index(target.unit.language)
    for decorator in target.func.decorators:
        callee = decorator.callee if isinstance(decorator, Call) else decorator
        name = walk.dotted(callee)
        for val in run.imported(name.partition(".")[0], replace(frame, unit=target.unit)) if name else ():
            if isinstance(val, ExternalSymbol):
                name = val.name + (name[name.index(".") :] if "." in name else "")
        spec = index.decorator(name) or index.function(name)
        if spec is not None and spec.is_ == "cache":
            run.cached.add(id(target.func))
        if spec is not None and spec.is_ == "retry":
            given = Arguments(called or Place(target.unit.path, target.func.span))
            if isinstance(decorator, Call):
                given = run.given(decorator, frame)
            bound = BoundArguments(spec, given, index.ignore_case)
            outer = Context("run", context.outer, target.unit, context.activation, spec=spec, bound=bound)
            context = replace(context, outer=outer)
    return context


_KINDS: dict[str, Callable[[CatalogCall], Values]] = {
    "token-request": token_request,
    "http": http,
    "api-call": api_call,
    "credential": _credential,
    "source": _source,
    "transform": _transform,
    "mapping": _mapping,
    "pairs": collections.pairs,
    "format": _format,
    "set-entry": _put,
    "record-type": _record_type,
    "set-member": _fill,
    "inject": clients.inject,
    "all": _all,
    "instance": _instance,
    "settings": _settings,
    "join": _join,
    "response-part": _reply,
    "promise": callbacks.promise,
    "resolve": callbacks.fulfil_receiver,
    "on-response": clients.hook,
    "store": _store,
    "log": _log,
    "retry": _run_function,
    "invoke": _run_function,
    "session": clients.session,
}
