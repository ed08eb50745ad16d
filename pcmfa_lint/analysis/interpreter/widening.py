"""Widening: what matters of the arguments of a function that is called in very many ways.

A wrapper for all requests of a large repository is called with thousands of addresses. Its callers are all judged; but
after a number of runs its arguments are told apart only by whom they belong to (hosts, resources, grants), not by paths
and texts, so that the number of runs is bounded by the number of such differences.
"""

from __future__ import annotations

from collections.abc import Iterator
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


def numbered(given: Arguments) -> Iterator[tuple[str, Values]]:
    """The arguments as they are written, each by its name or position."""
    numbers = count()
    for name, vals in given.order:
        yield name or str(next(numbers)), vals


def widened(given: Arguments, endpoints: EndpointCatalog, kept: frozenset[str]) -> Arguments:
    """The arguments, of which only what matters is left: hosts of addresses, resources, grants, short words. Of those
    that are `kept`, by name or position, everything that is known is left."""

    def vals(name: str, values: Values) -> Values:
        return _known(values) if name in kept else _values(values, endpoints, WIDENING_DEPTH)

    order = [(name, vals(key, one)) for (name, _), (key, one) in zip(given.order, numbered(given), strict=True)]
    return replace(
        given,
        positional=[vals(str(n), one) for n, one in enumerate(given.positional)],
        named={name: vals(name, one) for name, one in given.named.items()},
        order=order,
        piped=_values(given.piped, endpoints, WIDENING_DEPTH),
        choices=[],
    )


def _known(values: Values) -> Values:
    """The values, of which all that are not known are one."""
    return join(tuple(UNCLEAR[0] if _is_unknown(val) else val for val in values))


def _is_unknown(val: AbstractValue) -> bool:
    return isinstance(val, UnknownValue) or (isinstance(val, Source) and val.kind == "parameter")


def _values(values: Values, endpoints: EndpointCatalog, depth: int) -> Values:
    return join(tuple(_value(val, endpoints, depth) for val in values))


def _value(val: AbstractValue, endpoints: EndpointCatalog, depth: int) -> AbstractValue:
    match val:
        case StringValue():
            return _text(val, endpoints)
        case MappingValue() if depth:
            return _mapping(val, endpoints, depth)
        case ListValue(items=items) if depth:
            inner = tuple(one for one in join(*(_values(item, endpoints, depth - 1) for item in items)) if _tells(one))
            return replace(val, items=(inner,) if inner else (), open=True)
        case _:
            return UNCLEAR[0] if _is_unknown(val) else val


def _mapping(val: MappingValue, endpoints: EndpointCatalog, depth: int) -> MappingValue:
    """Of a mapping, the entries that tell something: all of a sign-in's, or of headers that only one host takes."""
    entries = tuple((key, _values(inner, endpoints, depth - 1)) for key, inner in val.entries)
    if val.get("grant_type") is None and not endpoints.kind_by_headers((val,)):
        told = ((key, tuple(filter(_tells, inner))) for key, inner in entries)
        return replace(val, entries=tuple((key, inner) for key, inner in told if inner), open=True)
    return replace(val, entries=entries)


def _tells(val: AbstractValue) -> bool:
    """Whether a value in another one, widened already, is more than a short text."""
    match val:
        case StringValue(text=text):
            return len(text) > SHORT_TEXT_CHARS and text.casefold() not in _WORDS
        case MappingValue(entries=parts) | ListValue(items=parts):
            return bool(parts)
    return not isinstance(val, UnknownValue)


def _text(val: StringValue, endpoints: EndpointCatalog) -> AbstractValue:
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
    return replace(val, text=HOLE, holes=(from_outside,)) if from_outside else UNCLEAR[0]
