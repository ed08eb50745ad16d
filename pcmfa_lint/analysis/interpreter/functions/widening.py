"""Widening: what matters of the arguments of a function that is called in very many ways.

A wrapper for all requests of a large repository is called with thousands of addresses. Its callers are all judged; but
after a number of runs its arguments are told apart only by whom they belong to (hosts, resources, grants), not by paths
and texts, so that the number of runs is bounded by the number of such differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import (
    HOLE,
    UNCLEAR,
    AbstractValue,
    ExternalSymbol,
    ListValue,
    MappingValue,
    ObjectValue,
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.words import FLOW_OF_GRANT
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.limits import SHORT_TEXT_CHARS, WIDENING_DEPTH

_WORDS = {word.casefold(): word for word in ("True", "False", "None", "null", "GET", "HEAD", "")}
_WORDS |= dict.fromkeys(("post", "put", "patch", "delete"), "POST")
_FOREIGN = frozenset(("other", "microsoft"))  # kinds of hosts of which nothing is reported
_KEPT_HOSTS = frozenset(("login",))  # their whole addresses matter, and are few


def numbered(arguments: Arguments) -> Iterator[tuple[str, Values]]:
    """The arguments as they are written, each by its name or position."""
    numbers = count()
    for name, vals in arguments.order:
        yield name or str(next(numbers)), vals


class Widening:
    """Widens the arguments of a function's further calls. `types`: those of the clients that are known.
    `alike`: from the number of a request to that of one which differs from it in nothing that is reported."""

    def __init__(self, endpoints: EndpointCatalog, types: frozenset[str], alike: Callable[[int], int]) -> None:
        self._endpoints = endpoints
        self._types = types
        self._alike = alike

    def arguments(self, call_arguments: Arguments, distinct: frozenset[str]) -> Arguments:
        """The arguments, of which only what matters is left: hosts of addresses, resources, grants, short words. Of
        those that are `distinct`, by name or position, everything that is known is left."""

        done: dict[tuple[bool, int], Values] = {}  # most are there twice: as written, and by name or position

        def vals(name: str, values: Values) -> Values:
            key = name in distinct, id(values)
            if key not in done:
                done[key] = self._with_unknowns_joined(values) if key[0] else self._values(values, WIDENING_DEPTH)
            return done[key]

        order = [
            (name, vals(key, one))
            for (name, _), (key, one) in zip(call_arguments.order, numbered(call_arguments), strict=True)
        ]
        return replace(
            call_arguments,
            positional=[vals(str(n), one) for n, one in enumerate(call_arguments.positional)],
            named={name: vals(name, one) for name, one in call_arguments.named.items()},
            order=order,
            piped=self._values(call_arguments.piped, WIDENING_DEPTH),
            choices=[],
        )

    def _with_unknowns_joined(self, values: Values) -> Values:
        """The values, of which all that are not known are one."""
        return join(tuple(UNCLEAR[0] if self._is_unknown(val) else val for val in values))

    def _is_unknown(self, val: AbstractValue) -> bool:
        """Whether nothing is known of a value; a member of something that is no client's is as unknown as that."""
        match val:
            case UnknownValue():
                return True
            case SourceValue(kind=kind):
                return kind == "parameter"
            case ExternalSymbol(owner=ObjectValue(cls=None, type=type_)):
                return type_ not in self._types
        return False

    def _values(self, values: Values, depth: int) -> Values:
        return join(tuple(self._value(val, depth) for val in values))

    def _value(self, val: AbstractValue, depth: int) -> AbstractValue:
        match val:
            case StringValue():
                return self._text(val)
            case MappingValue() if depth:
                return self._mapping(val, depth)
            case ListValue(items=items) if depth:
                vals = join(*(self._values(item, depth - 1) for item in items))
                inner = tuple(one for one in vals if self._matters(one))
                return replace(val, items=(inner,), open=True) if inner else UNCLEAR[0]
            case MappingValue() | ListValue():  # too deep to be looked into
                return UNCLEAR[0]
            case TokenValue(record=record):
                return replace(val, record=self._alike(record))
            case _:
                return UNCLEAR[0] if self._is_unknown(val) else val

    def _mapping(self, val: MappingValue, depth: int) -> AbstractValue:
        """Of a mapping, the entries that tell something: all of a sign-in's, or of headers that only one host takes."""
        entries = tuple((key, self._values(inner, depth - 1)) for key, inner in val.entries)
        if val.get("grant_type") is None and not self._endpoints.kind_by_headers((val,)):
            telling = ((key, tuple(filter(self._matters, inner))) for key, inner in entries)
            left = tuple((key, inner) for key, inner in telling if inner)
            return replace(val, entries=left, open=True) if left else UNCLEAR[0]
        return replace(val, entries=entries)

    def _matters(self, val: AbstractValue) -> bool:
        """Whether a value in another one, widened already, is of a sign-in, of Partner Center, or something that can be
        called."""
        match val:
            case StringValue(holes=holes):
                return bool(self._kinds(val) - _FOREIGN) or any(self._matters(one) for hole in holes for one in hole)
            case MappingValue(entries=parts) | ListValue(items=parts):
                return bool(parts)
            case ObjectValue(cls=None, type=type_):
                return type_ in self._types
            case SourceValue():
                return False
        return not self._is_unknown(val)

    def _kinds(self, val: StringValue) -> set[str]:
        """The kinds of the host or the resource that a text names."""
        resource = self._endpoints.resource(val.text) if HOLE not in val.text else None
        return self._endpoints.kinds((val,)) | ({resource.kind} if resource is not None else set())

    def _text(self, val: StringValue) -> AbstractValue:
        text = val.text
        if text.casefold() in _WORDS or text in FLOW_OF_GRANT or (len(text) <= SHORT_TEXT_CHARS and text.isdigit()):
            return replace(val, text=_WORDS.get(text.casefold(), text))
        head, scheme, rest = text.partition("://")
        if scheme and HOLE not in head:
            host, slash, _ = rest.partition("/")
            if HOLE in host:
                return replace(val, holes=tuple(self._with_unknowns_joined(hole) for hole in val.holes))
            if self._endpoints.kinds((val,)) & _KEPT_HOSTS:
                return replace(val, holes=tuple(UNCLEAR for _ in val.holes))
            return replace(val, text=f"{head}://{host}{slash}{HOLE}", holes=(UNCLEAR,))
        if any(isinstance(one, TokenValue) for hole in val.holes for one in hole):
            return replace(val, holes=tuple(self._values(hole, 0) for hole in val.holes))
        if HOLE not in text and self._endpoints.resource(text) is not None:
            return val
        first = val.holes[0] if text.startswith(HOLE) and val.holes else ()
        from_outside = tuple(one for one in first if isinstance(one, SourceValue) and one.kind != "parameter")
        return replace(val, text=HOLE, holes=(from_outside,)) if from_outside else UNCLEAR[0]
