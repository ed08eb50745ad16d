"""Clients: how they are made, furnished and handed out, and what they are told to do on every answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.functions import callbacks
from pcmfa_lint.analysis.effects.functions.hook_forms import around, registered
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    FuncVal,
    MappingValue,
    ObjectValue,
    TokenValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.knowledge.catalog import CallSpec

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

_FURNISHED = (  # role of a call, member of the object
    ("base", "base_url"),
    ("headers", "headers"),
    ("auth", "headers"),
    ("authority", "authority"),
    ("client", "client"),
    ("tenant", "tenant"),
    ("handler", "handlers"),
    ("auth", "handlers"),  # what signs requests in may look at their answers
    ("retry", "retry"),
)


AS_DECLARED = "as declared"  # the type of a client that is made for whatever it is assigned to


def shared_name(spec: CallSpec) -> str:
    """The name of the client that a library's plain functions send with."""
    return f"client:{spec.id.partition('.')[0]}"


def shared_client(run: RunState, spec: CallSpec, place: Place) -> ObjectValue:
    """The client that a library's plain functions send with."""
    kind = spec.result.get("type", spec.id)
    return run.provided.setdefault(shared_name(spec), run.object(kind, place))


def set_member(run: RunState, holder: ExternalSymbol, name: str, vals: Values, frame: Frame) -> None:
    """`client.defaults.x = …`: a role of its constructor that is written so, or one more header."""
    spec = frame.index.read(holder.name)
    client = holder.owner
    if client is None and spec is not None and spec.is_ == "session" and holder.place is not None:
        client = shared_client(run, spec, holder.place)
    constructor = frame.index.function(client.type) if client is not None else None
    if client is None or constructor is None:
        return
    if ".headers" in holder.name:
        headers = next((v for v in client.attrs.get("headers", ()) if isinstance(v, MappingValue)), MappingValue(()))
        client.attrs["headers"] = (headers.with_entry(name, vals),)
        return
    for role, attr in (("base", "base_url"), ("headers", "headers"), ("Accept", "Accept"), ("hooks", "hooks")):
        if constructor.args.get(role, "").rpartition(".")[2] == name:
            client.attrs[attr] = join(vals, client.attrs.get(attr, ()))


def carry(client: ObjectValue, vals: Values) -> None:
    """A client that nobody knows is handed a token, or another client that has one: it sends that along."""
    if tokens := tuple(_tokens_of(vals)):
        client.attrs["headers"] = join(client.attrs.get("headers", ()), tokens)


def _tokens_of(vals: Values) -> Iterator[AbstractValue]:
    """The tokens among values, and those that a library's objects among them hold."""
    for val in inside(vals):
        if isinstance(val, TokenValue):
            yield val
        elif isinstance(val, ObjectValue) and val.cls is None:
            yield from (v for member in list(val.attrs.values()) for v in inside(member) if isinstance(v, TokenValue))


def made_with_token(run: RunState, name: str, arguments: Arguments, frame: Frame) -> ObjectValue | None:
    """A client that nobody knows, if it is one by its name and is handed what it signs in with."""
    if frame.index.client(name) is None:
        return None
    new_client = run.object(name, arguments.place)
    carry(new_client, tuple(v for _, vals in arguments.order for v in vals))
    return new_client if "headers" in new_client.attrs else None


def session(call: CatalogCall) -> Values:
    """A client is made, or the one is asked for that a container was told to hand out."""
    clients = [call.run.provided[key] for key in texts(call.role("key")) if key in call.run.provided]
    if clients:
        return tuple(clients)
    cls = next((v for v in call.role("type") if isinstance(v, ClassVal)), None)
    named = AS_DECLARED if "type" in call.spec.args and not call.role("type") else call.arguments.name or call.spec.id
    kind = cls.cls.name if cls is not None else call.spec.result.get("type", named)
    obj = call.run.object(kind, call.place, cls)
    obj.attrs.pop("answer", None)  # it has sent nothing yet
    _furnish(call, obj)
    for func in inside(call.role("options")):  # what gives its options
        if isinstance(func, FuncVal):
            for val in call.run.call_function(func, Arguments(call.place), call.frame, call.place):
                base = val.get(call.spec.result["base"]) if isinstance(val, MappingValue) else None
                obj.attrs["base_url"] = join(obj.attrs.get("base_url", ()), base or ())
    return (obj,)


def as_declared(run: RunState, vals: Values, cls: ClassVal) -> Values:
    """The values; a client that was made for whatever type is declared as one of this class."""
    return tuple(_of_class(run, v, cls) if isinstance(v, ObjectValue) and v.type == AS_DECLARED else v for v in vals)


def _of_class(run: RunState, client: ObjectValue, cls: ClassVal) -> ObjectValue:
    typed = run.object(cls.cls.name, client.place, cls)
    typed.attrs.update(client.attrs)
    return typed


def inject(call: CatalogCall) -> Values:
    """A container is told what to hand out: an object that its functions set up, for a type, its owner or a name; or
    the `value` itself."""
    if call.spec.args.get("value"):
        return _offer(call)
    _offer_by_name(call)
    run, kind = call.run, call.spec.result.get("type", "")
    cls = next((v for v in call.role("type") if isinstance(v, ClassVal)), None)
    new_object = run.object(cls.cls.name if cls is not None else kind, call.place, cls)
    targets = [v for v in inside(call.role("target")) if isinstance(v, ObjectValue)]
    wanted = call.spec.result.get("of", "")  # of several targets those of this type
    targets = [v for v in targets if v.type == wanted] if wanted else targets
    if wanted and not targets:
        return UNCLEAR
    obj = next(iter(targets), new_object)
    _furnish(call, obj)
    for val in inside((*call.role("for"), *call.role("key"))):
        name = val.cls.name if isinstance(val, ClassVal) else val.name if isinstance(val, ExternalSymbol) else ""
        key = next(iter(texts((val,))), "")
        handed_as = f"{name}:{kind}" if name and kind else name or key
        if handed_as in run.missed and handed_as not in run.provided:
            run.heap.note_moved()
        run.provided[handed_as] = obj
    for func in inside(call.role("func")):
        if isinstance(func, FuncVal):
            inner = Arguments(call.place)
            for _ in func.func.params[1:]:  # the container itself stands before the client
                inner.add(None, UNCLEAR)
            inner.add(None, (obj,))
            run.call_function(func, inner, call.frame, call.place)
    return (obj,)


def _offer(call: CatalogCall) -> Values:
    """A container is given an object, or a function that makes it: a library's is handed out for its own type, any for
    the repository's type that is named."""
    instances: list[Values] = []
    for val in call.role("value"):
        one: Values = (val,)
        if isinstance(val, FuncVal):
            one = call.run.call_function(val, Arguments(call.place, open=True), call.frame, call.place)
        instances.append(one)
    types = [val.cls.name for val in call.role("for") if isinstance(val, ClassVal)]
    for obj in (val for val in join(*instances) if isinstance(val, ObjectValue)):
        for kind in types or ([library_type(obj.type)] if obj.cls is None else []):
            provide(call.run, kind, obj)
    return call.arguments.receiver or UNCLEAR


def _offer_by_name(call: CatalogCall) -> None:
    """Keeps what a list of `offers` gives names, for whoever asks for it by that: an object, or what a function
    makes."""
    name_key, *keys = call.spec.result.get("offers", "").split("|")
    for offer in inside(call.role("offers"), 1) if keys else ():
        names = texts(offer.get(name_key) or ()) if isinstance(offer, MappingValue) else []
        for val in (
            (v for key in keys for v in offer.get(key) or ()) if isinstance(offer, MappingValue) and names else ()
        ):
            made = (
                call.run.call_function(val, Arguments(call.place), call.frame, call.place)
                if isinstance(val, FuncVal)
                else (val,)
            )
            for obj in made:
                if isinstance(obj, ObjectValue):
                    provide(call.run, names[0], obj)


def library_type(kind: str) -> str:
    """The name under which an object of a library's type is handed out, whatever the type is called where it is asked
    for."""
    return f"type:{kind}"


def provide(run: RunState, kind: str, new_object: ObjectValue) -> None:
    """Keeps what a container hands out for a type, as long as nothing else is handed out for it."""
    other = run.provided.get(kind)
    if other is None and kind not in run.several:
        run.heap.moved |= kind in run.missed
        run.provided[kind] = new_object
    elif other is not None and other != new_object:
        del run.provided[kind]
        run.several.add(kind)


def add_method(call: CatalogCall) -> Values:
    """A class of somebody else's is given one more method."""
    owner = call.arguments.name.rpartition(".")[0].rpartition(".")[2]
    funcs = tuple(val for val in call.role("func") if isinstance(val, FuncVal))
    for name in texts(call.role("name")) if funcs else ():
        added_as = f"{owner}.{name}"
        if added_as not in call.run.added:  # it may have been called before
            call.run.heap.note_moved()
        call.run.added[added_as] = funcs
    return UNCLEAR


def policy(call: CatalogCall) -> Values:
    """A retry policy as an object, or one that is given to a client."""
    call.run.policies[call.place] = (call.spec, call.bound)
    policy = call.run.object(call.spec.result.get("type", call.spec.id), call.place)
    _furnish(call, policy)
    for target in call.role("target"):
        if isinstance(target, ExternalSymbol) and target.owner is None and call.frame.semantics.exports:
            target = shared_client(call.run, replace(call.spec, id=target.name, result={}), call.place)
        if isinstance(target, ObjectValue):
            target.attrs["retry"] = (policy,)
            if handlers := call.role("handler"):
                target.attrs["handlers"] = join(target.attrs.get("handlers", ()), handlers)
    return call.role("target") or (policy,)


def set_up(call: CatalogCall) -> None:
    """Functions that say on an object what is made or sent: a role of the call may be a member of `receiver`."""
    target = call.run.object(call.spec.result.get("type", call.spec.id), call.place)
    for func in call.role("set_up"):
        if isinstance(func, FuncVal):
            inner = Arguments(call.place)
            if func.func.params:  # it is handed the object, where others run on it
                inner.add(None, (target,))
            callbacks.on_object(call, func, (target,), inner)
    call.arguments.receiver = (*call.arguments.receiver, target)


def inherit(run: RunState, spec: CallSpec, arguments: Arguments, frame: Frame) -> None:
    """`super().__init__(…)` of a catalogued client or settings type: its roles become the object's own."""
    call = CatalogCall(run, spec, None, frame.index.bound(spec, arguments), arguments, frame)
    for val in frame.this:
        if isinstance(val, ObjectValue):
            _furnish(call, val)


def _furnish(call: CatalogCall, obj: ObjectValue) -> None:
    """Gives an object what its constructor was given: known roles, any role that is written as a member's name, and
    what an initialiser sets."""
    if call.frame.semantics.initializers:
        obj.attrs.update(call.arguments.named)
    for role in call.spec.args:
        if role[:1].isupper() and (vals := call.role(role)):
            obj.attrs[role] = vals
    for role, attr in _FURNISHED:
        vals = call.role(role)
        if vals:
            obj.attrs[attr] = join(obj.attrs.get(attr, ()), vals)
    if hooks := (*registered(call, call.role("hooks")), *around(call, call.role("around"))):
        obj.attrs["hooks"] = join(obj.attrs.get("hooks", ()), hooks)
