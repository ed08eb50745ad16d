"""The ledger of a run: requests, and what happened to their answers."""

from __future__ import annotations

from collections.abc import Callable

from pcmfa_lint.analysis.state.requests import Request, Use
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import UnknownValue


class Ledger:
    """All requests of a run. A request has the same number in every pass, so that what was stored of its answer in one
    pass still means it in the next."""

    def __init__(self) -> None:
        self._records: list[Request] = []
        self._numbers: dict[object, list[int]] = {}
        self._count_in_pass: dict[object, int] = {}  # in this pass
        self._live: set[int] = set()
        self._alike: dict[object, int] = {}  # the first of all requests that are alike
        self._order: list[int] = []  # of this pass, as they were written down

    def begin_pass(self) -> None:
        """Forgets what happened, but not what the requests are."""
        self._count_in_pass.clear()
        self._alike.clear()
        self._live.clear()
        self._order.clear()
        for record in self._records:
            record.events, record.givers, record.takers = {}, [], []

    def __getitem__(self, number: int) -> Request:
        return self._records[number]

    def add(self, key: object, make: Callable[[int], Request]) -> Request:
        """Writes down a request; `key` tells it from those that are made elsewhere, whatever the pass."""
        numbers = self._numbers.setdefault(key, [])
        count = self._count_in_pass.get(key, 0)
        self._count_in_pass[key] = count + 1
        if count == len(numbers):
            numbers.append(len(self._records))
            record = make(numbers[count])
            self._records.append(record)
        else:
            record = make(numbers[count])
            record.events = self._records[numbers[count]].events
            self._records[numbers[count]] = record
        self._live.add(record.number)
        self._order.append(record.number)
        return record

    def alike(self, number: int) -> int:
        """The first request that is made at the same place as this one, for the same audience and with the same
        secrets, so that a call which carries the token of one may as well carry that of the other."""
        sent = self._records[number].request
        parts = (*sent.secret, *sent.account)
        places = tuple(val.place for val in inside(parts) if not isinstance(val, UnknownValue))
        key = (sent.place, sent.flows, sent.audience, sent.grant, sent.client, sent.fixed_audience, parts, places)
        return self._alike.setdefault(key, number)

    def mark(self) -> int:
        """A moment, for `since`."""
        return len(self._order)

    def since(self, mark: int) -> list[int]:
        """The numbers of the requests, and of answers handed on, since then."""
        return self._order[mark:]

    def drop(self, record: Request) -> None:
        """Takes back what turned out to be no request of interest."""
        self._live.discard(record.number)

    def requests(self) -> list[Request]:
        """All requests of this pass, without their answers in the hands of callers."""
        return [r for r in self._records if r.sent is None and r.number in self._live]

    def uses(self, number: int) -> list[Use]:
        """The uses of the answer of a request, in whoever's hands."""
        return [event for end in self._records[number].ends() for event in end.history()]
