"""Mappings and records: made, and filled."""

from __future__ import annotations

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.values import copies
from pcmfa_lint.analysis.values.alternatives import join, texts
from pcmfa_lint.analysis.values.building import as_map, concat, merge
from pcmfa_lint.analysis.values.contents import held_by
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    ExternalSymbol,
    ListValue,
    MappingValue,
    ObjectValue,
    SourceValue,
    StringValue,
    TokenValue,
    Values,
)
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import NOWHERE, Assign, Class, Name, Text


def mapping(call: CatalogCall) -> Values:
    """A mapping made of named arguments, and of mappings or pairs given by position; of an object a copy."""
    first = call.bound.positional[0] if call.bound.positional else ()
    if records := [val for val in first if isinstance(val, ObjectValue) and val.cls is not None]:
        return tuple(copies.copied(call.run, one, call.arguments.named.items(), call.place) for one in records)
    result = MappingValue((), open=call.arguments.open, place=call.place)
    first_entry = texts(call.role("name"))[:1] if call.role("value") else []
    for key in first_entry:
        result = result.with_entry(key, call.role("value"))
    for vals in call.bound.positional if not first_entry else ():
        vals = call.run.as_sources(vals, call.frame)
        fields: list[AbstractValue] = [m for m in map(as_map, vals) if m is not None]
        fields += [v for v in vals if isinstance(v, (SourceValue, TokenValue))]
        result = merge(result, fields[0]) if fields else replace(result, open=True)
    for name, vals in call.arguments.named.items():
        result = result.with_entry(name, vals)
    target = call.arguments.nodes.get(call.spec.args.get("target", ""))
    if isinstance(target, Name):
        call.run.bind(target, (result,), call.frame)
    return (result,)


def record_type(call: CatalogCall) -> Values:
    """`namedtuple("Name", "one two")`: a class with these members, in order."""
    vals = call.role("value")
    names = [name for text in texts(vals) for name in text.replace(",", " ").split()]
    names += [name for val in vals if isinstance(val, ListValue) for item in val.items for name in texts(item)]
    body = tuple(Assign((Name(name, NOWHERE),), Text("None", NOWHERE, "constant"), NOWHERE) for name in names)
    cls = Class(next(iter(texts(call.role("name"))), ""), (), body, call.place.span)
    return (ClassVal(cls, call.frame.unit, place=call.place),)


def put_entry(call: CatalogCall) -> Values:
    """Adds an entry to a mapping that a variable holds."""
    names = texts(call.role("name"))
    filled = tuple(
        m.with_entry(names[0], call.role("value")) if (m := as_map(v)) is not None and names else v
        for v in call.role("target")
    )
    node = call.arguments.nodes.get("piped") or next(iter(call.arguments.nodes.values()), None)
    if isinstance(node, Name) and filled:
        before = next(iter(call.arguments.positional), ())
        call.run.bind(node, held_by(filled, before), call.frame)
    return filled or UNCLEAR


def set_member(call: CatalogCall) -> Values:
    """Sets a member, named by the entry, of the object that the method is called on, or adds an entry to it."""
    target = call.role("target") or call.arguments.receiver
    vals, keys = call.role("value"), texts(call.role("key")) or _constants(call.role("key"))
    for obj in target:
        if isinstance(obj, ObjectValue) and not call.spec.name:  # the members have the names that the keys have
            entries = [(key, vals) for key in keys] or [
                pair for v in vals if isinstance(v, MappingValue) for pair in v.entries
            ]
            obj.attrs.update(entries)
        elif isinstance(obj, ObjectValue):
            current = obj.attrs.get(call.spec.name, ())
            if call.spec.result.get("how") == "append":
                obj.attrs[call.spec.name] = concat([current or (StringValue("", place=call.place),), vals], call.place)
                continue
            if not call.bound.spec.args.get("key") or any("/" in key for key in keys):  # a media type: all of it
                obj.attrs[call.spec.name] = join(vals, current)
                continue
            maps = tuple(v for v in current if isinstance(v, MappingValue)) or (MappingValue((), place=call.place),)
            added = tuple(m.with_entry(keys[0], vals) if keys else replace(m, open=True) for m in maps)
            obj.attrs[call.spec.name] = (*added, *(v for v in current if not isinstance(v, MappingValue)))
    return target or UNCLEAR


def _constants(vals: Values) -> list[str]:
    """The names of a library's constants."""
    return [val.name.rpartition(".")[2] for val in vals if isinstance(val, ExternalSymbol)]
