"""The fate of the refresh token that a request gives back."""

from __future__ import annotations

from pcmfa_lint.analysis.classify import endpoints
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import SourceValue
from pcmfa_lint.evidence.model import RefreshTokenUse
from pcmfa_lint.evidence.words import RefreshUse

_ORDER: tuple[tuple[str, RefreshUse], ...] = (
    ("stored", "kept"),
    ("printed", "printed"),
    ("escaped", "unknown"),
    ("memory", "memory"),
    ("returned", "returned-unused"),
    ("handed-back", "returned-unused"),
)

FATES: tuple[RefreshUse, ...] = ("dropped", "returned-unused", "printed", "unknown", "memory", "library-cache", "kept")
# the worst first
_HANDED = ("parameter", "unknown")  # origins that do not tell which token it is


def refresh_token_use(record: Request, rotated: frozenset[str]) -> RefreshTokenUse:
    """The fate in one run. `rotated`: names of stored tokens that another place of the repository writes back."""
    if record.spec.result.get("cache") == "library" and "refresh-token" not in record.flows:
        return RefreshTokenUse("library-cache")  # a library renews what it made itself, not the copy that it was handed
    tokens = endpoints.entry(record.body, "refresh_token") or record.secret  # of a body for several flows, the one part
    names = {v.name.casefold() for v in inside(tokens) if isinstance(v, SourceValue) and v.kind not in _HANDED}
    if names and names <= rotated:
        return RefreshTokenUse("kept")
    return min((_ending(record, end) for end in record.ends()), key=lambda one: FATES.index(one.use))


def _ending(record: Request, end: Request) -> RefreshTokenUse:
    """The fate in the hands of the caller who got the answer last."""
    events = {event.kind: event for event in reversed(end.history())}
    for kind, name in _ORDER:
        if kind in events:
            return RefreshTokenUse(name, events[kind].place)
    return RefreshTokenUse("dropped", record.place)
