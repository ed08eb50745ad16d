"""The uses of an answer that say what becomes of a 401."""

from __future__ import annotations

from collections.abc import Collection

from pcmfa_lint.analysis.state.requests import Request, Use


def later_uses(answer: Request, events: Collection[Use]) -> list[Use]:
    """The events without those uses of a body that a test keeps a 401 from, and without tests of the token that was
    there before: `if (token != null) return token;` in front of the request."""
    spared = [place for event in events if event.check is not None for place in event.check.spared]
    return [
        event
        for event in events
        if not (
            (event.kind in ("body", "raise-for-status") and any(place.holds(event.place) for place in spared))
            or (event.kind == "check" and answer.kind == "token" and _is_earlier(answer.request, event))
        )
    ]


def _is_earlier(request: Request, event: Use) -> bool:
    """Whether a test stands before the request, or before the call that leads to it, in the run of one function."""
    if event.context is None or any(context.kind == "loop" for context in event.context.outward()):
        return False
    activation = request.context.activation
    ways = [(request.place, activation), *((edge.called, caller) for edge, caller in activation.up())]
    for place, run in ways:
        if run is event.context.activation:
            tested, sent = event.place, place
            before = (tested.span.line, tested.span.col) < (sent.span.line, sent.span.col)
            return tested.path == sent.path and before and not tested.holds(sent)
    return False
