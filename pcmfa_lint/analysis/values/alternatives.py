"""Alternatives of a value as a whole: joined, labelled, with one more step of their way."""

from __future__ import annotations

from pcmfa_lint.analysis.values.model import (
    CUT,
    AbstractValue,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    StringValue,
    TokenValue,
    Trace,
    V,
    Values,
)
from pcmfa_lint.evidence.model import Step
from pcmfa_lint.ir.frozen import copied, replace
from pcmfa_lint.limits import ALTERNATIVES, ANSWERS

_PARTS = ("holes", "items", "entries")


def join(*several: Values) -> Values:
    """All alternatives of all, each once; over `ALTERNATIVES` the rest becomes one UnknownValue, except what
    requests gave back: a test of it counts for each of them."""
    alternatives = [vals for vals in several if vals]
    first = alternatives[0] if alternatives else ()
    if len(first) == 1:
        for vals in alternatives:
            if vals is not first and (len(vals) != 1 or (vals[0] is not first[0] and vals[0] != first[0])):
                break
        else:
            return first  # nearly always: no need to hash whole values
    distinct: dict[AbstractValue, None] = {}
    for vals in alternatives:
        for val in vals:
            distinct.setdefault(val)
    values = tuple(distinct)
    if len(values) <= ALTERNATIVES:
        return values
    answers = tuple(v for v in values[ALTERNATIVES - 1 :] if isinstance(v, (ResponseValue, TokenValue)))
    return (*values[: ALTERNATIVES - 1], *answers[:ANSWERS], CUT)


def join_known(one: Values, other: Values) -> Values:
    """All alternatives of both; of which one of them is nothing but not known, the other."""
    if not one or not other or one is other:
        return one or other
    return join(one, other)


def labelled(vals: Values, label: str) -> Values:
    """The values, remembered under the name of what holds them now (the first name sticks to literals' sources)."""
    return tuple([val if val.label == label else with_field(val, "label", label) for val in vals])


def with_step(vals: Values, step: Step) -> Values:
    """The values after one more step of their way."""
    return tuple([with_field(val, "trace", Trace(step, val.trace)) for val in vals])


def passed_within(vals: Values, step: Step) -> Values:
    """The same where they are the rest of what a call gives: each of these came that way."""
    passed: list[AbstractValue] = []
    for val in vals:
        if isinstance(val, ListValue):
            val = with_field(val, "items", tuple([with_step(item, step) for item in val.items]))
        elif isinstance(val, MappingValue):
            val = with_field(val, "entries", tuple([(key, with_step(part, step)) for key, part in val.entries]))
        passed.append(val)
    return with_step(tuple(passed), step)


def with_field(val: V, name: str, to: object) -> V:
    """`replace` for a single field, which is most of what the interpreter does, in a third of the time."""
    copy = copied(val)
    setattr(copy, name, to)
    if name in _PARTS:
        copy.__post_init__()  # type: ignore[union-attr]
    return copy


def with_trace(vals: Values, trace: Trace | None) -> Values:
    """The values after the way of what held them."""
    for step in trace.steps() if trace is not None else ():
        vals = tuple(
            v if v.trace is not None and step in v.trace.steps() else replace(v, trace=Trace(step, v.trace))
            for v in vals
        )
    return vals


def texts(vals: Values) -> list[str]:
    """The fully known texts among the alternatives."""
    return [val.text for val in vals if isinstance(val, StringValue) and not val.holes]


def gathered(vals: Values) -> Values:
    """The values, and of objects that gather text what was put into them."""
    return tuple(v for val in vals for v in ((isinstance(val, ObjectValue) and val.attrs.get("Text")) or (val,)))
