"""The parts of a sign-in, as far as they are handed to functions."""

from __future__ import annotations

from dataclasses import dataclass, field

from pcmfa_lint.analysis.state.ledger import Ledger
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import Values


@dataclass(slots=True)
class SignInParameters:
    """The parameters of a function that sign-ins in it, or below it, are made of: all of them, and those that hold a
    secret or an account, of which a report says where they come from."""

    parts: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)

    def update(self, records: Ledger, since: int, func: str) -> None:
        """Adds those whose values came into token requests that were written down `since` a moment."""
        for number in dict.fromkeys(records.since(since)):
            record = records[number]
            if record.kind == "token":
                self.secrets |= _handed(func, record.account, record.secret)
                self.parts |= _handed(func, record.client, record.grant, record.audience)
        self.parts |= self.secrets


def _handed(func: str, *parts: Values) -> set[str]:
    """The parameters of a function through which values came."""
    words: set[str] = set()
    for vals in parts:
        for val in inside(vals):
            trace = val.trace
            while trace is not None:
                if trace.step.what == "handed":
                    names = dict(trace.step.names)
                    if names["function"] == func:
                        words.add(names["parameter"])
                trace = trace.before
    return words
