"""The effect of a call, by its catalog entry: it makes a record, a credential, a source, or hands a value on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects import requirements, sources
from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.functions import callbacks, handed_functions, response_hooks
from pcmfa_lint.analysis.effects.handed_over import handed_over
from pcmfa_lint.analysis.effects.sending import clients
from pcmfa_lint.analysis.effects.sending.requests import api_call, http, token_request
from pcmfa_lint.analysis.effects.sending.uses import record_use, stored
from pcmfa_lint.analysis.effects.unknown_calls import run_handed
from pcmfa_lint.analysis.effects.values import collections, mappings, sorted_out
from pcmfa_lint.analysis.effects.values.strings import formatted
from pcmfa_lint.analysis.matching.arguments import Arguments, FloatingCall
from pcmfa_lint.analysis.state.requests import Use
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.building import concat
from pcmfa_lint.analysis.values.contents import elements, held_by, inside
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ExternalSymbol,
    ListValue,
    MappingValue,
    ResponseValue,
    StringValue,
    TokenValue,
    Values,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Member, Name, Text
from pcmfa_lint.knowledge.catalog import CallSpec

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

_ELSEWHERE = frozenset(("http", "ignore", "invoke", "log", "marker"))  # what may take a password and signs nobody in


def apply(run: RunState, spec: CallSpec, arguments: Arguments, frame: Frame) -> Values:
    """Does what the entry says; the values that come back."""
    if spec.case and arguments.choices:
        return join(*(apply(run, spec, replace(choice, choices=[]), frame) for choice in arguments.choices))
    bound = frame.index.bound(spec, arguments)
    case = bound.case()
    call = CatalogCall(run, spec, case, bound, arguments, frame)
    kind = (case.is_ if case and case.is_ else "") or spec.is_
    if spec.marker and kind == "marker":
        run.markers[spec.marker, spec.name or arguments.name, arguments.place] = None
    if kind == "http":
        shared = run.provided.get(clients.shared_name(spec))
        owners = tuple(v.owner for v in arguments.receiver if isinstance(v, ExternalSymbol) and v.owner is not None)
        call.arguments.receiver = (*arguments.receiver, *owners, *((shared,) if shared is not None else ()))
    if call.role("set_up") and kind in ("http", "session"):
        clients.set_up(call)
    if kind in _ELSEWHERE:
        handed_over(run, arguments.name or spec.id, arguments)
    if spec.result.get("error") in ("kept", "collected"):
        _begin(call)
    handler = _KINDS.get(kind)
    vals = handler(call) if handler else UNCLEAR
    if "callback" in spec.result:
        callbacks.call_back(call, vals)
    return vals


def _begin(call: CatalogCall) -> None:
    """A call gives back work that keeps its error, or collects the errors of what it waits for: nobody will see them
    where nobody takes or asks what it gives back."""
    result, loose = call.spec.result, call.arguments.loose
    askers = result.get("asked", "")
    if askers:
        lost = not call.run.program.calls(frozenset(askers.split("|")), call.frame.unit.language)
        call.arguments.loose = FloatingCall(errors="stay") if lost else None
    elif loose is not None and loose.used:
        stays = result["error"] == "collected" and "told" in result and _collects(call) and not _names_error(call)
        loose.errors = "stay" if stays else ""
    elif loose is not None and call.run.goes_on(call.frame):
        stays = _collects(call) if result["error"] == "collected" else not loose.waited
        loose.errors = "stay" if stays else ""
    if loose is not None and loose.errors and call.spec.result["error"] == "collected":
        _leave_errors(call.run, (*(v for _, vals in call.arguments.order for v in vals), *call.arguments.spread_over))


def _leave_errors(run: RunState, vals: Values) -> None:
    """Errors of work that was begun before, and that a call collects, stay in what it gives back."""
    waiting = [run.records[val.record] for val in inside(vals) if isinstance(val, (ResponseValue, TokenValue))]
    visited: set[int] = set()
    while waiting:
        record = waiting.pop()
        if record.number in visited:
            continue
        visited.add(record.number)
        waiting += record.givers
        for context in record.edge.context.outward() if record.edge is not None else ():
            if context.loose is not None and context.loose.used and not context.loose.waited:
                context.loose.errors = "stay"


def _collects(call: CatalogCall) -> bool:
    """Whether a call gives back the errors of what it waits for."""
    condition = call.spec.result.get("error_if", "")
    return call.bound.has(condition) is True if condition else call.spec.result["error"] != "kept"


def _names_error(call: CatalogCall) -> bool:
    """Whether the function names what stands for an error in what a call gives back."""
    words = tuple(word.casefold() for word in call.spec.result["told"].split("|"))
    func = call.frame.func
    body = func.func.body if func is not None else call.frame.unit.body
    named = (
        walk.last(v) if isinstance(v, (Name, Member)) else v.value
        for v in walk.values(body)
        if isinstance(v, (Name, Member, Text))
    )
    return any(name.casefold().endswith(words) for name in named)


def _format(call: CatalogCall) -> Values:
    """`String.Format("{0}", …)`: text with what follows it filled in."""
    rest = replace(call.arguments, positional=call.arguments.positional[1:])
    return join(*(formatted(v, rest) if isinstance(v, StringValue) else (v,) for v in call.role("value"))) or UNCLEAR


def _store(call: CatalogCall) -> Values:
    run_handed(call.run, call.role("value"), call.arguments, call.frame)  # what fills the request that writes
    kind = call.spec.origin or (call.case.origin if call.case else "") or "plain-file"
    vals = join(call.role("value"), call.role("more"))
    stored(call.run, kind, sources.name_of_source(call.role("name"), kind), vals, call.place)
    return UNCLEAR


def _log(call: CatalogCall) -> Values:
    for val in inside((*call.role("value"), *call.arguments.piped)):
        if isinstance(val, TokenValue) and val.part in ("refresh", ""):
            record_use(call.run, val.record, "printed", call.place)
        if isinstance(val, ResponseValue):
            record_use(call.run, val.record, "logged", call.place)
            if val.part in ("", "body"):
                record_use(call.run, val.record, "body-logged", call.place)
    if call.frame.semantics.statements_leave_output and call.spec.marker == "show":
        return call.arguments.piped or UNCLEAR
    return UNCLEAR


def _all(call: CatalogCall) -> Values:
    """The list of what it is given, one by one or as the items of something, each perhaps within another object."""
    spread = filter(None, (call.arguments.spread_over,))
    items: list[Values] = [*call.bound.positional, *spread]
    if within := call.spec.result.get("within"):
        each = elements(call.role("value"))
        items = [(MappingValue(((within, (one,)),), open=True, place=call.place),) for one in each]
    return (ListValue(tuple(items), open=call.arguments.open, place=call.place),)


def _reply(call: CatalogCall) -> Values:
    """Asks what a request was sent by for a part of the answer; a read that raises looks at the status as well."""
    part = call.spec.result.get("part", "body")
    raises = call.spec.failure is not None and call.spec.failure.surfaces_as == "raises"
    vals: list[AbstractValue] = []
    for val in call.role("value"):
        if isinstance(val, (ResponseValue, TokenValue)):
            record = call.run.records[val.record]
            if raises:
                call.run.note(record, Use("raise-for-status", call.place, context=call.frame.context))
            elif part == "body":
                record_use(call.run, val.record, "body", call.place)
            is_token_body = isinstance(val, TokenValue) and part == "body"
            vals.append(val if is_token_body else ResponseValue(val.record, part, place=call.place))
    return tuple(vals) or UNCLEAR


def _instance(call: CatalogCall) -> Values:
    """An object of a type, as a container hands it out."""
    return call.run.instances(call.role("type"), call.role("holding"), call.place, call.frame)


def _settings(call: CatalogCall) -> Values:
    """A call that binds a section of the settings to a class; what it is called on stands for what is in it. With an
    argument that is something else: an entry is asked for."""
    types = call.role("type") if not (call.spec.args.get("value") and call.arguments.positional) else ()
    source = call.role("value") or call.arguments.receiver
    section = sources.section(call.role("name") or source) or next(iter(texts(call.role("name"))), "")
    call.run.bind_settings(types, call.spec, section)
    return held_by(source, types) if types else ()


def _join(call: CatalogCall) -> Values:
    """An address and a further piece of its path."""
    return concat([call.role("value"), (StringValue("/", place=call.place),), call.role("with")], call.place)


_KINDS: dict[str, Callable[[CatalogCall], Values]] = {
    "token-request": token_request,
    "http": http,
    "api-call": api_call,
    "credential": sources.credential,
    "source": sources.source,
    "transform": sources.transform,
    "mapping": mappings.mapping,
    "pairs": collections.pairs,
    "format": _format,
    "set-entry": mappings.put_entry,
    "record-type": mappings.record_type,
    "set-member": mappings.set_member,
    "inject": clients.inject,
    "all": _all,
    "instance": _instance,
    "settings": _settings,
    "join": _join,
    "response-part": _reply,
    "sort-out": sorted_out.sort_out,
    "promise": callbacks.promise,
    "resolve": callbacks.fulfil_receiver,
    "on-response": response_hooks.hook,
    "forward": response_hooks.forward,
    "add-method": clients.add_method,
    "store": _store,
    "log": _log,
    "require": requirements.require,
    "retry": handed_functions.run,
    "invoke": handed_functions.run,
    "session": clients.session,
}
