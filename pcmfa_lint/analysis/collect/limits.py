"""Limits that requests have met: a value with so many alternatives that the rest of them counts as not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.contents import inside
from pcmfa_lint.analysis.values.model import CUT
from pcmfa_lint.evidence.model import MANY_ALTERNATIVES


def many_alternatives(requests: Iterable[Request]) -> Iterator[str]:
    """A note for each request that was cut off in what it is sent to, or in what it signs in with."""
    for one in requests:
        if CUT in inside((*one.url, *one.body, *one.audience, *one.account, *one.secret, *one.grant)):
            yield MANY_ALTERNATIVES.format(path=one.place.path)
