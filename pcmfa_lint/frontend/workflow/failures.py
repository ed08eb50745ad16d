"""In which order the actions of a workflow run, and which of them run when another one has failed."""

from __future__ import annotations

from collections.abc import Mapping

from pcmfa_lint.ir.frozen import dataclass

_FAILED = frozenset(("failed", "timedout", "completed"))
_PASSED = frozenset(("succeeded", "completed"))


@dataclass(frozen=True, slots=True)
class ActionOrder:
    """Names of actions. `order`: as they run. `failed`: those that run only when this one has failed, and what follows
    them. `goes_on`: of these, the ones behind which others run in any case."""

    order: tuple[str, ...]
    failed: Mapping[str, tuple[str, ...]]
    goes_on: frozenset[str]


After = Mapping[str, Mapping[str, frozenset[str]]]  # by action: the states, in lower case, of those that it waits for


def plan(after: After) -> ActionOrder:
    """The plan of the actions of one level. Names that are not among them are passed over; of a circle, which no
    designer lets pass, the actions run as they are written."""
    order = _ordered(after)
    place = {name: number for number, name in enumerate(order)}
    handled: dict[str, list[str]] = {}
    goes_on: set[str] = set()
    only: set[str] = set()  # that run only after a failure, or behind one that does
    for name in order:
        waits = {other: states for other, states in after[name].items() if other in place}
        for other, states in waits.items():
            if states & _FAILED and not states & _PASSED:
                only.add(name)
                earlier = _skipped(other, after) if "skipped" in states else []
                for source in (other, *earlier):
                    handled.setdefault(source, []).append(name)
            elif states & _FAILED:
                goes_on.add(other)
        if waits and all(other in only for other in waits):
            only.add(name)
    failed = {source: tuple(_behind(first, after, only, order)) for source, first in handled.items()}
    return ActionOrder(tuple(name for name in order if name not in only), failed, frozenset(goes_on))


def _ordered(after: After) -> list[str]:
    """The names, each behind those that it waits for."""
    order: dict[str, None] = {}
    left = list(after)
    while left:
        ready = [name for name in left if all(other in order or other not in after for other in after[name])]
        order.update(dict.fromkeys(ready or left))
        left = [name for name in left if name not in order]
    return list(order)


def _skipped(name: str, after: After) -> list[str]:
    """The actions whose failure makes this one be skipped."""
    names: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for other, states in after.get(waiting.pop(), {}).items():
            if states & _PASSED and not states & _FAILED and other in after and other not in names:
                names[other] = None
                waiting.append(other)
    return list(names)


def _behind(first: list[str], after: After, only: set[str], order: list[str]) -> list[str]:
    """The handlers of a failure and what follows them."""
    names = set(first)
    for name in order:
        if name in only and any(other in names for other in after[name]):
            names.add(name)
    return [name for name in order if name in names]
