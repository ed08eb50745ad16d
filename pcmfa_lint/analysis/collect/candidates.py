"""Candidates for evidence that are none, each with the link that is missing: for `explain --file`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.origins import SecretOrigins
from pcmfa_lint.analysis.classify.settings import SettingNames
from pcmfa_lint.analysis.interpreter.run import Interpreter
from pcmfa_lint.analysis.values.model import Values
from pcmfa_lint.evidence.model import Candidate, Place
from pcmfa_lint.evidence.words import MissingLink


def candidates(
    run: Interpreter,
    addresses: EndpointCatalog,
    origins: SecretOrigins,
    names: SettingNames,
    evidence: Iterable[Place],
) -> Iterator[Candidate]:
    """The requests that are none to Partner Center in any run through them, and the literal passwords in variables of
    files that no sign-in takes. `evidence`: the places of what is evidence."""
    places = set(evidence) | {request.place for request in run.records.requests()}
    for place, url in run.unattributed.items():
        if place not in places:
            yield Candidate(place, "request", _missing(addresses, url), origins.of(url))
    for env in run.globals.values():
        for name, vals in env.vars.items():
            spec = names.meaning(name)
            if spec is None or spec.secret_kind != "password":
                continue
            for _, origin in origins.each(vals, "user", "password"):
                if origin.kind == "literal" and origin.at is not None and origin.at not in places:
                    yield Candidate(origin.at, "password", "account", origin)


def _missing(addresses: EndpointCatalog, url: Values) -> MissingLink:
    kinds = addresses.kinds(url)
    if not kinds:
        return "address"
    return "microsoft-host" if kinds == {"other"} else "partner-host"
