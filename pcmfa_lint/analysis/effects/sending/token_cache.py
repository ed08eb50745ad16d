"""The cache in which a library keeps the tokens that it is given, and what the program does with it."""

from __future__ import annotations

from collections.abc import Iterator

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.effects.sending.uses import LASTING, record_use
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import (
    ClassVal,
    FuncVal,
    MappingValue,
    ObjectValue,
    SourceValue,
    StringValue,
    TokenValue,
    Values,
)


def given_to_cache(call: CatalogCall, token: TokenValue) -> None:
    """A library puts the new refresh token into its cache: a place that lasts, an object that the program writes away
    or has written away before, or what a function is handed after each change."""
    cache = call.role("cache")
    if not cache:
        return
    record_use(call.run, token.record, "escaped", call.place)  # the least that can be said
    for val in cache:
        if isinstance(val, SourceValue) and val.kind in LASTING:
            record_use(call.run, token.record, "stored", val.place or call.place)
        elif isinstance(val, ObjectValue) and val.cls is None:
            val.attrs["tokens"] = (token,)
            for kind, _, vals, place in call.run.stores:
                if kind in LASTING and any(val is one or val == one for one in inside(vals)):
                    record_use(call.run, token.record, "stored", place)
    for func in _keepers(call, cache):
        arguments = Arguments(call.place, open=True)
        arguments.add(None, (token,))
        call.run.call_function(func, arguments, call.frame, call.place)


def _keepers(call: CatalogCall, cache: Values) -> Iterator[FuncVal]:
    """The functions that are run after a change: themselves, or as a method of an object."""
    for val in cache:
        if isinstance(val, FuncVal):
            yield val
        name = call.spec.result.get("keeps", "")
        if isinstance(val, ClassVal):
            val = call.run.any_instance(val, call.frame)
        if name and isinstance(val, (ObjectValue, MappingValue)):
            methods = call.run.member_of(val, (StringValue(name),), call.place, call.frame)
            yield from (one for one in methods if isinstance(one, FuncVal))
