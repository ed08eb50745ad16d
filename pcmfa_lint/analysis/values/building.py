"""Values that are built of others: text, mappings and lists, joined or read from JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from pcmfa_lint.analysis.values.alternatives import (
    join,
    texts,
    with_field,
)
from pcmfa_lint.analysis.values.model import (
    HOLE,
    UNCLEAR,
    AbstractValue,
    ListValue,
    MappingValue,
    SourceValue,
    StringValue,
    TokenValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.limits import ALTERNATIVES, TEXT_CHARS, TEXT_HOLES

_FORM_FIELDS = ("grant_type", "password", "refresh_token", "resource", "scope")  # of which one tells a token request
_FIELD = re.compile(r"[\w.-]=$|[\w.-]\"\s*:\s*\"$")  # text before the value of a form field or a JSON one
_FIELD_ENDS = frozenset('="')  # what such a text ends with, before its line's end at most


def concat(parts: list[Values], place: Place) -> Values:
    """Text (or mapping, or list) built from parts; a product of the alternatives, bounded."""
    first = next((val for part in parts[:1] for val in part), None)
    if isinstance(first, MappingValue):
        return _merged(parts, place)
    if isinstance(first, ListValue):
        items = tuple(
            i for part in parts for val in part for i in (val.items if isinstance(val, ListValue) else ((val,),))
        )
        return (ListValue(items, place=place),)
    return appended(StringValue("", place=place), parts)


def appended(text: StringValue, parts: Iterable[Values]) -> Values:
    """The text with each of these behind it in turn; a product of the alternatives, bounded."""
    built = [text]
    for part in parts:
        built = [_appended(text, val) for text in built for val in (part or UNCLEAR)][:ALTERNATIVES]
    return join(tuple(built))


def _appended(text: StringValue, val: AbstractValue) -> StringValue:
    trace = text.trace or val.trace
    if isinstance(val, ListValue) and len(val.items) == 1 and len(val.items[0]) == 1:
        return _appended(text, val.items[0][0])
    part_of_it = isinstance(val, StringValue) and not is_field_value(text.text, val, text.place)
    more = val if isinstance(val, StringValue) and part_of_it else StringValue(HOLE, ((val,),))
    if len(text.text) + len(more.text) > TEXT_CHARS or len(text.holes) + len(more.holes) > TEXT_HOLES:
        return text if text.text.endswith(HOLE) else replace(text, text=text.text + HOLE, holes=(*text.holes, UNCLEAR))
    if text.holes or more.holes or trace is not text.trace:
        return replace(text, text=text.text + more.text, holes=text.holes + more.holes, trace=trace)
    return with_field(text, "text", text.text + more.text)


def is_field_value(before: str, val: StringValue, place: Place | None) -> bool:
    """Whether text written elsewhere than at `place` becomes the value of a field: it stays one value with a place of
    its own, whatever separators are in it."""
    if val.holes or val.place is None or place is None or _FIELD_ENDS.isdisjoint(before[-2:]):
        return False
    own = val.place.span
    elsewhere = val.place.path != place.path or not place.span.line <= own.line <= place.span.end_line
    return elsewhere and _FIELD.search(before) is not None


def as_map(val: AbstractValue) -> MappingValue | None:
    """The mapping that a value can be read as: one, a list of pairs, or the text of a JSON object."""
    match val:
        case MappingValue():
            return val
        case ListValue(items=items) if items:
            pairs = [item[0].items for item in items if len(item) == 1 and isinstance(item[0], ListValue)]
            if len(pairs) == len(items) and all(len(pair) == 2 for pair in pairs):
                return _of_pairs(pairs, val)
        case StringValue() if val.text.lstrip().startswith("{"):
            return _from_json(val)
    return None


def _of_pairs(pairs: Sequence[Sequence[Values]], listed: ListValue) -> MappingValue | None:
    """The mapping of pairs that have names each, or are copies of whatever is in a place outside of the code."""
    named = tuple((texts(key)[0], vals) for key, vals in pairs if len(texts(key)) == 1)
    result = MappingValue(named, listed.open, place=listed.place, trace=listed.trace)
    for key, vals in (pair for pair in pairs if len(texts(pair[0])) != 1):
        now = result.with_unnamed(key, vals)
        if not now.rest:
            return None
        result = now
    return result


def form(vals: Values) -> MappingValue | None:
    """The fields of a token request, if that is what the values are."""
    fields = vals[0] if len(vals) == 1 else None
    is_form = isinstance(fields, MappingValue) and fields.get("grant_type") is not None
    return fields if is_form and isinstance(fields, MappingValue) else None


def part_of_form(vals: Values) -> MappingValue | None:
    """The same of a mapping that holds some of the fields, as of a form that is filled from several."""
    fields = vals[0] if len(vals) == 1 else None
    return fields if isinstance(fields, MappingValue) and any(map(fields.get, _FORM_FIELDS)) else None


def list_of_fields(vals: Values) -> tuple[Values, ...]:
    """The items of a list of such fields, names alone or pairs; empty if it is none."""
    listed = vals[0] if len(vals) == 1 else None
    if not isinstance(listed, ListValue) or listed.open:
        return ()
    names = [name for item in listed.items for name in texts(_first_of_pair(item))]
    return listed.items if any(name in _FORM_FIELDS for name in names) else ()


def _first_of_pair(item: Values) -> Values:
    pair = item[0] if len(item) == 1 else None
    return pair.items[0] if isinstance(pair, ListValue) and len(pair.items) == 2 else item


def _from_json(val: StringValue) -> MappingValue | None:
    try:
        parsed = json.loads(val.text, strict=False)
    except (ValueError, RecursionError):
        return None
    holes = iter(val.holes)

    def text(item: object) -> Values:
        words = item if isinstance(item, str) else ("" if isinstance(item, (dict, list)) else str(item))
        own = tuple(next(holes, UNCLEAR) for _ in range(words.count(HOLE)))
        return own[0] if words == HOLE else (StringValue(words, own, place=val.place, trace=val.trace),)

    return MappingValue(tuple((str(key), text(item)) for key, item in parsed.items()), place=val.place, trace=val.trace)


def _merged(parts: list[Values], place: Place) -> Values:
    built = [MappingValue((), place=place)]
    for part in parts:
        built = [merge(left, val) for left in built for val in part][:ALTERNATIVES]
    return tuple(built)


def merge(left: MappingValue, right: AbstractValue) -> MappingValue:
    """`left` with the entries of `right`, which win; anything but a mapping leaves it open."""
    if isinstance(right, SourceValue) and right.kind != "parameter":
        return replace(left, open=True, rest=(*left.rest, right))
    if isinstance(right, TokenValue) and not right.part:  # the members of the answer that matter are entries now
        for key, part in (("access_token", "access"), ("refresh_token", "refresh")):
            left = left.with_entry(key, (replace(right, part=part),))
        return replace(left, open=True)
    if not isinstance(right, MappingValue):
        return replace(left, open=True)
    left = left.with_entries(right.entries)
    return replace(left, open=left.open or right.open, rest=tuple(dict.fromkeys((*left.rest, *right.rest))))
