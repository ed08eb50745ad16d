"""The takers of a password that no sign-in of the catalog takes: what is called with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.classify.products import names_computer
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.takers import Taker
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import AbstractValue, CredentialValue, MappingValue, StringValue, Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import NOWHERE
from pcmfa_lint.limits import ADDRESS_CHARS, TAKER_ADDRESSES, TAKERS

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def handed_over(run: RunState, name: str, arguments: Arguments) -> None:
    """Remembers what a call of something unknown was given."""
    vals = tuple(v for _, vals in arguments.order for v in vals)
    secrets = list(_literals(vals))
    if secrets:
        named = [(key, text) for key, vals in arguments.named.items() for text in texts(vals)]
        plain = [("", text) for vals in arguments.positional for text in texts(vals)]
        taker = Taker(name, (*_beside((*named, *plain)), *_beside(_entries(vals))))
        for place in secrets:
            takers = run.takers.setdefault(place, {})
            if len(takers) < TAKERS:
                takers[taker] = None


def given_to_library(run: RunState, method: str, vals: Values, frame: Frame) -> None:
    """Remembers what a method gives back that a library of another product calls; `name` of its entry says whose."""
    if method and any(isinstance(val, CredentialValue) for val in vals):
        spec = frame.index.method(method, "")
        if spec is not None and spec.is_ == "ignore":
            arguments = Arguments(Place(frame.unit.path, NOWHERE))
            arguments.add(None, vals)
            handed_over(run, spec.name or method, arguments)


def member_takers(run: RunState) -> Iterator[tuple[Place, Taker]]:
    """The passwords that objects of unknown types hold as members, each with what it was handed to."""
    for obj in run.heap.objects():
        if obj.cls is None:
            beside = _beside((key, text) for key, vals in obj.attrs.items() for text in texts(vals))
            for place in _literals(tuple(v for vals in obj.attrs.values() for v in vals)):
                yield place, Taker(obj.type, beside)


def _literals(vals: Values) -> Iterator[Place]:
    """Where the literal passwords stand that are in these values."""
    for val in vals:
        literals: Iterator[AbstractValue] | Values = (
            inside(val.secret, 2) if isinstance(val, CredentialValue) else inside((val,), 3)
        )
        for inner in literals:
            if isinstance(inner, StringValue) and inner.is_literal and inner.place is not None:
                yield inner.place


def _entries(vals: Values) -> Iterator[tuple[str, str]]:
    for val in inside(vals, 2):
        if isinstance(val, MappingValue):
            yield from ((key, text) for key, inner in val.entries for text in texts(inner))


def _beside(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs_beside = [(key, text[:ADDRESS_CHARS]) for key, text in pairs if "." in text or names_computer(key)]
    return tuple(pairs_beside[:TAKER_ADDRESSES])
