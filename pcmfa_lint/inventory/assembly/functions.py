"""Consequences of the calls of an integration: business functions, what stops with them, and which tokens they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pcmfa_lint.evidence.model import ApiCall, Endpoint
from pcmfa_lint.inventory.model.entry import Way

_READ_ONLY = "it changes nothing in Partner Center"


@dataclass(frozen=True, slots=True)
class Functions:
    """`only_reads`: those in which nothing is changed. `impact`: what stops; where something is changed, nothing is
    said of what is only read. `needs_user`: those with an endpoint that takes no app-only token."""

    business: tuple[str, ...]
    impact: tuple[str, ...]
    only_reads: tuple[str, ...]
    app_only: Way
    needs_user: tuple[str, ...]


def functions(calls: Sequence[ApiCall]) -> Functions:
    """All functions of these calls."""
    endpoints = [endpoint for call in calls for endpoint in call.endpoints if endpoint.business]
    business = {each.business for each in endpoints}
    changed = {each.business for each in endpoints if not each.reads}
    impact = {each.impact for each in endpoints if each.impact and each.reads == (each.business not in changed)}
    return Functions(
        tuple(sorted(business)),
        (*sorted(impact), *((_READ_ONLY,) if business and not changed else ())),
        tuple(sorted(business - changed)),
        _app_only(endpoints, all(call.endpoints for call in calls)),
        tuple(sorted({each.business for each in endpoints if each.accepts_app_only is False})),
    )


def _app_only(endpoints: Sequence[Endpoint], complete: bool) -> Way:
    """Which of them accept app-only tokens. `complete`: of each call it is seen what it is for."""
    verdicts = {each.accepts_app_only for each in endpoints}
    if False in verdicts:
        return "some" if True in verdicts else "none"
    return "all" if verdicts == {True} and complete else "unknown"
