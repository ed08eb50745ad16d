"""Whether a kept token is renewed by the clock: something on the way to its request asks whether it has expired."""

from __future__ import annotations

import re

from pcmfa_lint.analysis.state.call_graph import Activation
from pcmfa_lint.analysis.state.ledger import Ledger
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Compare, Expression, Member, Name, Stmt, Text

_EXPIRY = re.compile(r"expir|valid.?(un)?(till?|to)|not.?after|lifetime|\bttl\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"(utc)?now|get-date|(micro|get|current_?|unix_?)?time(\(\)|millis)?|currenttimemillis|date|monotonic|perf_counter"
    r"|until|deadline|tick_?count(64)?|renew_?(at|after)|refresh_?(at|after)",
    re.IGNORECASE,
)
_ORDER = ("<", "<=", ">", ">=")
_IN_ORDER = frozenset(("isbefore", "isafter", "before", "after", "compareto", "lessthan", "greaterthan", "lt", "gt"))


class Renewals:
    """Asks of each function once whether it looks at the clock."""

    def __init__(self, records: Ledger) -> None:
        self._records = records
        self._asks: dict[int, bool] = {}

    def lacking(self, number: int) -> bool:
        """Whether the token of a request is kept, and neither the run that asks for it nor one of those that lead there
        looks whether it still holds. What stands outside all functions counts if it names the expiry."""
        if not any(event.kind == "cached" for event in self._records.uses(number)):
            return False
        activation = self._records[number].context.activation
        return not any(self._looks(run) for run in (activation, *(caller for _, caller in activation.up())))

    def _looks(self, run: Activation) -> bool:
        body = run.func.func.body if run.func is not None else run.unit.body
        if id(body) not in self._asks:
            self._asks[id(body)] = _asks_the_clock(body, named=run.func is None)
        return self._asks[id(body)]


def _asks_the_clock(body: tuple[Stmt, ...], named: bool) -> bool:
    """`named`: only a comparison with what is called an expiry counts."""
    for value in walk.values(body):
        words = _compared(value)
        if any(_EXPIRY.search(word) for word in words):
            return True
        if not named and any(_CLOCK.fullmatch(word) for word in words):
            return True
    return False


def _compared(value: Expression) -> list[str]:
    """The names in a comparison by order; of a call that asks for it by its name, that name as well."""
    if isinstance(value, Compare):
        return _names(value) if value.op in _ORDER else []
    if isinstance(value, Call):
        name = walk.last(value.callee)
        if name.casefold() in _IN_ORDER:
            return _names(value)
        return [name] if _EXPIRY.search(name) and name.casefold().startswith(("is", "has", "needs", "token")) else []
    if isinstance(value, Member) and walk.last(value).casefold() in ("expired", "isexpired", "is_expired", "expired?"):
        return [walk.last(value)]
    return []


def _names(value: Expression) -> list[str]:
    """Each name in a value, without what it is a member of."""
    names: list[str] = []
    for inner in walk.within(value):
        if isinstance(inner, (Name, Member)):
            names.append(walk.last(inner))
        elif isinstance(inner, Text) and inner.kind != "number":
            names.append(inner.value)
    return names
