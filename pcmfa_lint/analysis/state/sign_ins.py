"""What a sign-in is made of, as far as it is handed to functions."""

from __future__ import annotations

from collections.abc import Iterator

from pcmfa_lint.analysis.state.ledger import Ledger
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import AbstractValue


def parameters(records: Ledger, since: int, func: str) -> set[str]:
    """The parameters of a function whose values came into token requests that were written down `since` a moment."""
    found: set[str] = set()
    for number in dict.fromkeys(records.since(since)):
        if records[number].kind == "token":
            for val in _parts(records[number]):
                found |= set(_handed(val, func))
    return found


def _parts(record: Request) -> Iterator[AbstractValue]:
    for vals in (
        record.account,
        record.secret,
        record.client,
        record.tenant,
        record.grant,
        record.audience,
        record.url,
    ):
        yield from inside(vals)


def _handed(val: AbstractValue, func: str) -> Iterator[str]:
    trace = val.trace
    while trace is not None:
        if trace.step.what == "handed":
            names = dict(trace.step.names)
            if names["function"] == func:
                yield names["parameter"]
        trace = trace.before
