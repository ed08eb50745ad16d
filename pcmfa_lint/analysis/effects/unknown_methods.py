"""Methods that neither the repository nor the catalog has: of a value they mostly give the same in another form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.sending.uses import kept_in, member, response_part, token_part
from pcmfa_lint.analysis.effects.unknown_calls import unknown_call
from pcmfa_lint.analysis.effects.values.mapping_methods import mapping_method
from pcmfa_lint.analysis.effects.values.strings import text_method
from pcmfa_lint.analysis.matching.arguments import Arguments, is_false
from pcmfa_lint.analysis.state.requests import Request, Use
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.building import as_map
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    CredentialValue,
    ExternalSymbol,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    SourceValue,
    StringValue,
    TokenValue,
    Values,
)
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Member

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def unknown_method(
    run: RunState, base: AbstractValue, name: str, callee: Member, arguments: Arguments, frame: Frame
) -> Values:
    """A method that neither the repository nor the catalog has; of a value it mostly gives the same in another form.
    `tryGet` asks for what `get` asks for."""
    folded = name.casefold().removeprefix("try")
    match base:
        case ResponseValue() | TokenValue():
            return _method_of_answer(run, base, name, arguments, frame)
        case MappingValue():
            return mapping_method(run, base, folded, callee, arguments, frame)
        case ListValue() if name in frame.semantics.elements and not arguments.order:
            return run.member_of(base, (StringValue(name),), arguments.place, frame)
        case ListValue() if folded in run.names.gets and (fields := as_map(base)) is not None:
            return mapping_method(run, fields, folded, callee, arguments, frame)
        case ListValue() if folded in run.names.views and not arguments.order:
            return (base,)
        case ListValue() if folded in run.names.adds and len(arguments.order) == 1:
            now = replace(base, items=(*base.items, arguments.order[0][1]))
            run.fill(callee.base, (now,), frame)
            return (now,)
        case SourceValue() | CredentialValue():
            return _method_of_source(run, base, name, arguments, frame)
        case StringValue():
            return _method_of_text(run, base, folded, callee, arguments, frame)
        case ExternalSymbol() if (
            folded in ("append", "add") and arguments.positional and isinstance(callee.base, Member)
        ):
            key = texts(arguments.positional[0])[:1] if len(arguments.positional) == 2 else []
            entry = MappingValue(tuple((name, arguments.positional[1]) for name in key), place=arguments.place)
            run.fill(callee.base, (entry,) if key else arguments.positional[0], frame)
            return UNCLEAR
        case ObjectValue() if folded in run.names.waits and not arguments.order:
            return (base,)
        case ObjectValue(cls=ClassVal()) if folded in run.names.whole:
            return (base,)
        case ObjectValue(cls=None) if arguments.order and _furnishes(run, folded) and base.type in frame.index.types:
            unknown_call(run, base.type, arguments, frame, f"{base.type}.{name}")
            return (base,)  # as a builder does
    owner = base.type if isinstance(base, ObjectValue) else getattr(base, "name", "")
    return unknown_call(run, walk.dotted(callee) or name, arguments, frame, f"{owner}.{name}")


def _method_of_source(
    run: RunState, base: SourceValue | CredentialValue, name: str, arguments: Arguments, frame: Frame
) -> Values:
    """A method of what is read from outside: asks for an entry of it, or sets something in it."""
    folded, args = name.casefold(), arguments.positional
    match base:
        case SourceValue(kind="setting", name="") if folded == "get" and len(args) == 2:
            section, option = ((texts(vals) or [""])[0] for vals in args)
            return member(run, replace(base, name=section), option, arguments.place, frame)
        case SourceValue() if frame.semantics.accessors and _is_getter(name) and not arguments.order:
            return member(run, base, name[3].lower() + name[4:], arguments.place, frame)
        case SourceValue() if _asks_for_entry(run, base, folded) and args:
            entry_vals = member(run, base, (texts(args[0]) or [""])[0], arguments.place, frame)
            return (*entry_vals, *args[1]) if len(args) > 1 else entry_vals
    for _, vals in arguments.order:
        kept_in(run, base, name, vals, arguments.place)
    return (base,)


def _method_of_text(
    run: RunState, base: StringValue, name: str, callee: Member, arguments: Arguments, frame: Frame
) -> Values:
    """A method of text; of the text of a form, what a mapping's method does."""
    fields = as_map(base) if name in run.names.gets | run.names.adds else None
    if fields is not None and name not in run.names.gets:
        return mapping_method(run, fields, name, callee, arguments, frame)
    if fields is not None and arguments.positional:
        return run.member_of(base, arguments.positional[0], arguments.place, frame)
    return text_method(base, name, arguments)


def _furnishes(run: RunState, method: str) -> bool:
    """Whether a method of a client that nobody knows may set something up: it asks for nothing."""
    return not method.startswith(run.names.asks)


def _asks_for_entry(run: RunState, base: SourceValue, method: str) -> bool:
    """Whether a method asks settings for one of them by its name."""
    if method in run.names.gets:
        return True
    named = base.kind in ("setting", "environment") or (
        base.kind == "plain-file" and language_of(base.name) == "settings"
    )
    return named and method.startswith(("get", "require", "value")) and method != "getbytes"


def _method_of_answer(
    run: RunState, base: ResponseValue | TokenValue, name: str, arguments: Arguments, frame: Frame
) -> Values:
    """A method of what a request gave back: waits for it, raises an error if it is one, or asks for a part of it."""
    folded = name.casefold().removeprefix("try")
    record = run.records[base.record]
    first = arguments.positional[0] if arguments.positional else ()
    if not arguments.order and folded in run.names.waits:
        return (base,)
    raises = base.part == "" if isinstance(base, TokenValue) else not is_false(first)
    if raises and name in record.failure.raised_by:
        run.note(record, Use("raise-for-status", arguments.place, context=frame.context))
        return (base,)
    if isinstance(base, TokenValue) and not (base.part or arguments.named) and folded in run.names.whole:
        return (base,)
    if folded in run.names.copies and arguments.named:
        changed = {token_part(run, record, "", key.casefold()) for key in arguments.named}
        return (
            (MappingValue(tuple(arguments.named.items()), open=True, place=arguments.place),)
            if "refresh" in changed
            else (base,)
        )
    if isinstance(base, TokenValue):
        key = _key_of_lookup(run, folded, texts(first)) or _token_named(run, record, first)
        return member(run, base, key or name, arguments.place, frame)
    return (replace(base, part=response_part(run, base, name, arguments.place), place=arguments.place),)


def _key_of_lookup(run: RunState, method: str, keys: list[str]) -> str:
    """The member that a method asks an answer for by its name: `getString("x")`, `optString("x")`, `path("x")`."""
    return keys[0].lstrip("/") if keys and run.names.looks_up(method) else ""


def _token_named(run: RunState, record: Request, vals: Values) -> str:
    """The token of an answer that a method is asked for by its name, whatever the method: `json("access_token")`."""
    parts = ((key, token_part(run, record, "", key.casefold())) for key in texts(vals))
    return next((key for key, part in parts if part in ("access", "refresh")), "")


def _is_getter(name: str) -> bool:
    return name[:3] == "get" and name[3:4].isupper()
