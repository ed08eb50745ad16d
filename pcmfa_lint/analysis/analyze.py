"""Units → Evidence: follows values through the code of one repository and says what it does. Pure.

`program` knows who defines a name, `interpreter` runs the code on abstract values, `matching` and `effects` say what a
call means by the catalog, `failures` looks at what comes after it, `collect` makes the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.origins import SecretOrigins
from pcmfa_lint.analysis.classify.settings import SettingNames, settings
from pcmfa_lint.analysis.collect.app_registrations import manifests
from pcmfa_lint.analysis.collect.candidates import candidates
from pcmfa_lint.analysis.collect.declared_requests import apart_from, declared
from pcmfa_lint.analysis.collect.integrations import integrations
from pcmfa_lint.analysis.collect.jobs import in_jobs, jobs
from pcmfa_lint.analysis.collect.limits import many_alternatives
from pcmfa_lint.analysis.collect.markers import markers as literal_markers
from pcmfa_lint.analysis.collect.markers import packages
from pcmfa_lint.analysis.collect.requests import EvidenceBuilder, asks_for_partner_center
from pcmfa_lint.analysis.collect.settings_in_use import in_use
from pcmfa_lint.analysis.collect.written_grants import with_written_grants
from pcmfa_lint.analysis.interpreter.run import Interpreter
from pcmfa_lint.analysis.program import embedded
from pcmfa_lint.analysis.program.symbols import Program
from pcmfa_lint.evidence.model import Evidence, Item, Marker
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.model import Catalog

At = Callable[[str], None]  # is told whose code is followed from now on; "": what comes after that


def link(units: Sequence[Unit], catalog: Catalog, at: At = lambda path: None) -> Evidence:
    """All evidence of one repository, sorted by place; the order of `units` does not matter. `at` is told which file is
    followed."""
    units = sorted(units, key=lambda unit: unit.path)
    files = catalog.files
    addresses, origins, names = EndpointCatalog(files), SecretOrigins(files, units), SettingNames(files)
    code, homes = embedded.apart(units)
    code += units
    run = Interpreter(Program(code, files), addresses)
    run.at = lambda path: at(homes.get(path, path))
    run.run([unit for unit in code if unit.body])
    at("")
    markers = [*literal_markers(units, files), *manifests(units, addresses), *_sighted(run, code)]
    partner = any(marker.kind == "partner" for marker in markers) or asks_for_partner_center(run, addresses)
    gathered = EvidenceBuilder(run, addresses, origins, names, partner).gather()
    declarations = declared(units, addresses, origins)
    in_files = embedded.brought_back(gathered.tokens, homes)
    declarations = apart_from(declarations, in_files)
    exact = {secret.at for secret in declarations.secrets}
    found_in = embedded.brought_back(gathered.secrets, homes)
    secrets = [one for one, home in zip(gathered.secrets, found_in, strict=True) if not any(map(home.at.holds, exact))]
    entries = in_use(
        settings(units, names, origins, addresses, declarations.contexts), embedded.brought_back(secrets, homes)
    )
    in_bodies = {secret.at for secret in declarations.secrets}
    token_requests = in_jobs(in_files, jobs(units, files))
    pairs = zip(gathered.tokens, token_requests, strict=True)
    own = [replace(one, in_job=other.in_job, job=other.job) for one, other in pairs]
    if partner:
        own = with_written_grants(run, code, addresses, own)
    tokens = [*own, *(replace(request, partner=partner) for request in declarations.requests)]
    programs = integrations(gathered.groups, run.records.requests(), tokens, gathered.calls, secrets, markers)
    others: list[Item] = [*markers, *packages(code, files), *declarations.secrets]
    others += [use for use in entries if use.at not in in_bodies]
    requests: list[Item] = [*tokens, *gathered.calls, *secrets]
    requests += [replace(item, partner=partner) for item in [*others, *programs]]
    requests = embedded.brought_back(requests, homes)
    requests.sort(key=lambda item: (item.at, type(item).__name__, repr(item)))
    notes = {*run.notes, *declarations.notes, *many_alternatives(run.records.requests())}
    places = [item.at for item in requests]
    dropped = embedded.brought_back(candidates(run, addresses, origins, names, places), homes)
    return Evidence(tuple(requests), tuple(sorted(notes)), tuple(sorted(dropped, key=lambda one: one.at)))


def _sighted(run: Interpreter, code: Sequence[Unit]) -> Iterator[Marker]:
    """The markers that calls are."""
    languages = {unit.path: unit.language for unit in code}
    for kind, name, place in run.markers:
        yield Marker(place, kind, name, languages[place.path])
