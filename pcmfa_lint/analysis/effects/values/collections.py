"""Lists: what runs a function for every item, joins the items, or makes a list of a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.values.strings import text_method
from pcmfa_lint.analysis.matching import library_functions
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.building import as_map
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    FuncVal,
    ListValue,
    MappingValue,
    StringValue,
    Values,
)
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Member
from pcmfa_lint.limits import ALTERNATIVES

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState

_EACH = ("map", "forEach", "filter", "flatMap", "find", "some", "every", "reduce")


def method(
    run: RunState, base: AbstractValue, name: str, callee: Member, arguments: Arguments, frame: Frame
) -> Values | None:
    """A method that runs a function for each entry of a mapping, or one that lists have in languages whose modules
    export objects; None if it is none."""
    order = frame.semantics.entry_methods.get(name, ())
    if order and isinstance(base, MappingValue) and _each_entry(run, base, order, arguments, frame):
        return (base,)
    if not frame.semantics.list_methods:
        return None
    if name in _EACH and not isinstance(base, MappingValue):
        return _each(run, base, name, arguments, frame)
    if isinstance(base, ListValue) and name == "join":
        between = next(
            (v for vals in arguments.positional[:1] for v in vals if isinstance(v, StringValue)), StringValue(",")
        )
        return text_method(between, "join", Arguments(arguments.place, [(base,)]))
    if isinstance(base, ListValue) and name in ("push", "concat"):
        now = replace(base, items=(*base.items, *arguments.positional))
        run.fill(callee.base, (now,), frame)
        return (now,)
    return None


def _each_entry(
    run: RunState, fields: MappingValue, order: tuple[str, ...], arguments: Arguments, frame: Frame
) -> bool:
    """Runs a function with the key and the value of each entry, in this order; one that takes a single argument and
    would get the key first gets both as a pair. A method of an object may be named in its place. False if there is
    neither."""
    funcs = [v for _, vals in arguments.order for v in vals if isinstance(v, FuncVal)]
    named = arguments.nodes.get("0")
    method = named if isinstance(named, Member) and not funcs else None
    for key, vals in fields.entries[:ALTERNATIVES]:
        parts: dict[str, Values] = {"key": (StringValue(key, place=arguments.place),), "value": vals}
        both = Arguments(arguments.place, open=True)
        for word in order:
            both.add(None, parts[word])
        pair = Arguments(arguments.place, open=True)
        pair.add(None, (ListValue((parts["key"], vals), place=arguments.place),))
        for func in funcs:
            single = order[0] == "key" and len(func.func.params) == 1
            run.call_function(func, pair if single else both, frame, arguments.place)
        if method is not None:
            for holder in run.eval(method.base, frame):
                run.method_of(holder, walk.last(method), method, both, frame)
    return bool(funcs) or method is not None


def _each(run: RunState, base: AbstractValue, name: str, arguments: Arguments, frame: Frame) -> Values | None:
    """`list.map(f)` and its like run the function for every item; None if there is none to run."""
    handed = arguments.positional[0] if arguments.positional else ()
    funcs = tuple(v for v in handed if isinstance(v, FuncVal) or library_functions.known(v, frame.index))
    if not funcs:
        return None
    items = base.items if isinstance(base, ListValue) else ((base,),)
    results: list[Values] = []
    for item in items[:ALTERNATIVES]:
        inner = Arguments(arguments.place, open=True)
        if name == "reduce":
            inner.add(None, arguments.positional[1] if len(arguments.positional) > 1 else UNCLEAR)
        inner.add(None, item)
        results.append(run.call_values(funcs, inner, frame, None))
    if name in ("map", "flatMap") and isinstance(base, ListValue):
        return (ListValue(tuple(results), place=arguments.place),)
    return join(*results) if name in ("map", "flatMap", "reduce") else (base,)


def pairs(call: CatalogCall) -> Values:
    """The keys, the values or the pairs of a mapping, as a list."""
    for val in call.role("value"):
        fields = as_map(val)
        if fields is not None:
            keys: list[Values] = [(StringValue(key, place=call.place),) for key, _ in fields.entries]
            vals = [vals for _, vals in fields.entries]
            both: list[Values] = [
                (ListValue((key, one), place=call.place),) for key, one in zip(keys, vals, strict=True)
            ]
            items = keys if call.spec.name == "keys" else vals if call.spec.name == "values" else both
            return (ListValue(tuple(items), open=fields.open, place=call.place),)
    return call.role("value") or UNCLEAR
