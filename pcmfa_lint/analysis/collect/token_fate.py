"""What becomes of the refresh token that a request gives back."""

from __future__ import annotations

from pcmfa_lint.analysis.state.requests import Record
from pcmfa_lint.analysis.values import Source, inside
from pcmfa_lint.evidence.model import Fate

_ORDER = (
    ("stored", "kept"),
    ("printed", "printed"),
    ("memory", "memory"),
    ("escaped", "unknown"),
    ("returned", "returned-unused"),
    ("handed-back", "returned-unused"),
)

FATES = ("dropped", "returned-unused", "printed", "unknown", "memory", "library-cache", "kept")  # the worst first


def fate(record: Record, rotated: frozenset[str]) -> Fate:
    """The fate in one run. `rotated`: names of stored tokens that another place of the repository writes back."""
    if record.spec.result.get("cache") == "library" and "refresh-token" not in record.flows:
        return Fate("library-cache")  # a library renews what it made itself, not the copy that it was handed
    if any(isinstance(v, Source) and v.name.casefold() in rotated for v in inside(record.secret)):
        return Fate("kept")
    return min((_ending(record, end) for end in record.ends()), key=lambda one: FATES.index(one.refresh))


def _ending(record: Record, end: Record) -> Fate:
    """The fate in the hands of the caller who got the answer last."""
    events = {event.kind: event for event in reversed(end.history())}
    for kind, name in _ORDER:
        if kind in events:
            return Fate(name, events[kind].place)
    return Fate("dropped", record.place)
