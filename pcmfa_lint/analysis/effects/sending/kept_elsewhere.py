"""Requests to a store that keeps secrets: they read a value, or write one."""

from __future__ import annotations

from pcmfa_lint.analysis.classify import endpoints
from pcmfa_lint.analysis.effects.call import CatalogCall, read_trace
from pcmfa_lint.analysis.effects.sending.uses import stored
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.model import UNCLEAR, SourceValue, Values
from pcmfa_lint.ir.frozen import replace

_WRITES = ("PUT", "POST", "PATCH")


def answer_of_store(call: CatalogCall, url: Values, body: Values) -> Values | None:
    """The answer of such a store to a request; None if it goes to none."""
    for address in endpoints.addresses(url):
        host = call.run.addresses.host(address.host, address.path) if address.host else None
        if host is None or not host.holds:
            continue
        segments = [part for part in address.path.split("/") if part]
        name = segments[1] if len(segments) > 1 and segments[1] != "{}" else ""
        method = next(iter(texts(call.role("method"))), call.spec.method).upper()
        if method in _WRITES:
            stored(call.run, host.holds, name, body, call.place)
            return UNCLEAR
        trace = read_trace(replace(call.spec, origin=host.holds), name, call.place)
        return (SourceValue(host.holds, name, "", place=call.place, label=name, trace=trace),)
    return None
