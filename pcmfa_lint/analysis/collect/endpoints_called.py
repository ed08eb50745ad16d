"""The purpose of requests to Partner Center, by their address or by the name of what is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pcmfa_lint.analysis.classify import endpoints
from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.evidence.model import Endpoint
from pcmfa_lint.knowledge.catalog import PathSpec

_READING_VERBS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING_NAMES = re.compile(
    r"(?:get|list|query|find|search|read|test|export|fetch|show|count|head|download|check|retrieve)(?![a-z])"
)
_LAST_WORD = re.compile(r"\w+(?:-\w+)?$")


def endpoints_called(records: Iterable[Request], addresses: EndpointCatalog) -> tuple[Endpoint, ...]:
    """All that is called by several runs through one request, each once."""
    return tuple(sorted({one for record in records for one in _of(record, addresses)}, key=repr))


def business(record: Request, path: str, addresses: EndpointCatalog) -> PathSpec | None:
    """The entry of the catalog for what a request is for; None where nothing tells it."""
    if record.spec.business:
        return addresses.business(record.spec.business)
    return addresses.path(path, _methods(record)) if path else addresses.noun(record.bound.arguments.name)


def _of(record: Request, addresses: EndpointCatalog) -> Iterator[Endpoint]:
    paths = [address.path for address in endpoints.addresses(record.url) if address.host] or [""]
    for spec in (business(record, path, addresses) for path in paths):
        if spec is not None:
            reads = bool(spec.reading) and _only_reads(record)
            accepts = None if spec.app_only == "unknown" else spec.app_only != "user"
            yield Endpoint(spec.business, spec.reading if reads else spec.impact, accepts, reads)


def _methods(record: Request) -> frozenset[str]:
    """The methods of a request, as far as they are known; what has neither one nor a body is sent with `GET`."""
    method = record.bound.role("method")
    if record.spec.method or method:
        return frozenset(name.upper() for name in ((record.spec.method,) if record.spec.method else texts(method)))
    return frozenset(("GET",)) if record.spec.is_ == "http" and not record.body else frozenset()


def _only_reads(record: Request) -> bool:
    """Whether a request certainly changes nothing: by its verb, by the default of what sends it, or by its name."""
    if record.spec.method or record.spec.is_ == "http" or record.bound.role("method"):
        methods = _methods(record)
        return bool(methods) and methods <= _READING_VERBS
    word = _LAST_WORD.search(record.bound.arguments.name)
    return word is not None and _READING_NAMES.match(_spaced(word[0])) is not None


def _spaced(name: str) -> str:
    """`GetAllAsync` as `get-all-async`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
