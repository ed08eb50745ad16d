"""Widening: what matters of the arguments of a function that is called in very many ways.

A wrapper for all requests of a large repository is called with thousands of addresses. Its callers are all judged; but
after a number of runs its arguments are told apart only by whom they belong to (hosts, resources, grants), not by paths
and texts, so that the number of runs is bounded by the number of such differences.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import (
    HOLE,
    UNCLEAR,
    AbstractValue,
    ListValue,
    MappingValue,
    Source,
    StringValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.words import FLOW_OF_GRANT
from pcmfa_lint.limits import SHORT_TEXT_CHARS, WIDENING_DEPTH

_WORDS = frozenset(("true", "false", "none", "null", "get", "post", "put", "patch", "delete", "head"))
_KEPT_HOSTS = frozenset(("login",))  # their whole addresses matter, and are few


def widened(given: Arguments, endpoints: EndpointCatalog, kept: frozenset[str]) -> Arguments:
    """The arguments, of which only what matters is left: hosts of addresses, resources, grants, short words. Those
    that are `kept`, by name or position, stay as they are."""

    def vals(values: Values) -> Values:
        return _values(values, endpoints, WIDENING_DEPTH)

    numbers = count()
    order = [(name, one, name or str(next(numbers))) for name, one in given.order]
    return replace(
        given,
        positional=[one if str(n) in kept else vals(one) for n, one in enumerate(given.positional)],
        named={name: one if name in kept else vals(one) for name, one in given.named.items()},
        order=[(name, one if key in kept else vals(one)) for name, one, key in order],
        piped=vals(given.piped),
        choices=[],
    )


def _values(values: Values, endpoints: EndpointCatalog, depth: int) -> Values:
    return join(tuple(_value(val, endpoints, depth) for val in values))


def _value(val: AbstractValue, endpoints: EndpointCatalog, depth: int) -> AbstractValue:
    match val:
        case StringValue():
            return _text(val, endpoints)
        case MappingValue(entries=entries) if depth:
            return replace(val, entries=tuple((key, _values(inner, endpoints, depth - 1)) for key, inner in entries))
        case ListValue(items=items) if depth:
            inner = join(*(_values(item, endpoints, depth - 1) for item in items))
            return replace(val, items=(inner,) if inner else ())
        case UnknownValue():
            return UNCLEAR[0]
        case Source(kind="parameter"):
            return UNCLEAR[0]
        case _:
            return val


def _text(val: StringValue, endpoints: EndpointCatalog) -> StringValue:
    text = val.text
    if (len(text) <= SHORT_TEXT_CHARS and HOLE not in text) or text.casefold() in _WORDS or text in FLOW_OF_GRANT:
        return val
    head, scheme, rest = text.partition("://")
    if scheme and HOLE not in head:
        host, slash, _ = rest.partition("/")
        if endpoints.kinds((val,)) & _KEPT_HOSTS or HOLE in host:
            return val
        return replace(val, text=f"{head}://{host}{slash}{HOLE}", holes=(UNCLEAR,))
    if HOLE not in text and endpoints.resource(text) is not None:
        return val
    first = val.holes[0] if text.startswith(HOLE) and val.holes else ()
    from_outside = tuple(one for one in first if isinstance(one, Source) and one.kind != "parameter")
    return replace(val, text=HOLE, holes=(from_outside or UNCLEAR,))
