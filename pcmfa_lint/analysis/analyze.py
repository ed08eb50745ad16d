"""Units → Evidence: follows values through the code of one repository and says what it does. Pure.

`program` knows who defines a name, `interpreter` runs the code on abstract values, `matching` and `effects` say what a
call means by the catalog, `failures` looks at what comes after it, `collect` makes the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pcmfa_lint.analysis.classify.endpoints import Addresses
from pcmfa_lint.analysis.classify.origins import Origins
from pcmfa_lint.analysis.classify.settings import SettingNames, settings
from pcmfa_lint.analysis.collect.app_registrations import manifests
from pcmfa_lint.analysis.collect.declared_requests import declared
from pcmfa_lint.analysis.collect.integrations import integrations
from pcmfa_lint.analysis.collect.markers import markers as literal_markers
from pcmfa_lint.analysis.collect.markers import packages
from pcmfa_lint.analysis.collect.requests import Gatherer
from pcmfa_lint.analysis.interpreter.run import Interpreter
from pcmfa_lint.analysis.program import embedded
from pcmfa_lint.analysis.program.symbols import Program
from pcmfa_lint.evidence.model import Evidence, Item, Marker
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.model import Catalog

At = Callable[[str], None]  # is told whose code is followed from now on; "": what comes after that


def link(
    units: Sequence[Unit],
    catalog: Catalog,
    seeds: Collection[str] | None = None,
    at: At = lambda path: None,
) -> Evidence:
    """All evidence of one repository, sorted by place; the order of `units` does not matter. `seeds`: paths of the
    units that passed the sift (None: all); the others are there to be called. `wants` names what more files would
    tell."""
    units = sorted(units, key=lambda unit: unit.path)
    files = catalog.files
    addresses, origins, names = Addresses(files), Origins(files, units), SettingNames(files)
    code, homes = embedded.apart(units)
    code += units
    run = Interpreter(Program(code, files), addresses)
    run.at = lambda path: at(homes.get(path, path))
    run.run([unit for unit in code if unit.body], _seeds(units if seeds is None else seeds, homes))
    at("")
    markers = [*literal_markers(units, files), *manifests(units, addresses)]
    languages = {unit.path: unit.language for unit in code}
    markers += [Marker(place, kind, name, languages[place.path]) for kind, name, place in run.markers]
    partner = any(marker.kind == "partner" for marker in markers)
    gathered = Gatherer(run, addresses, origins, names, partner).gather()
    told = declared(units, addresses, origins)
    fed = {secret.at for secret in gathered.secrets} | {secret.at for secret in told.secrets}
    entries = [use for use in settings(units, names, origins, addresses, told.contexts) if use.at not in fed]
    tokens = [*gathered.tokens, *(replace(request, partner=partner) for request in told.requests)]
    programs = integrations(gathered.groups, run.records, tokens, gathered.calls, gathered.secrets, markers)
    others: list[Item] = [*markers, *packages(code, files), *entries, *told.secrets]
    found: list[Item] = [*tokens, *gathered.calls, *gathered.secrets]
    found += [replace(item, partner=partner) for item in [*others, *programs]]
    found = embedded.brought_back(found, homes)
    found.sort(key=lambda item: (item.at, type(item).__name__, repr(item)))
    return Evidence(tuple(found), tuple(sorted(run.wants)), tuple(sorted(run.notes)))


def _seeds(seeds: Iterable[Unit | str], homes: Mapping[str, str]) -> set[str]:
    """The paths of the seeds, with those of the scripts in them."""
    paths = {seed if isinstance(seed, str) else seed.path for seed in seeds}
    return paths | {path for path, home in homes.items() if home in paths}


def wanted(
    units: Sequence[Unit], catalog: Catalog, seeds: Collection[str], at: At = lambda path: None
) -> tuple[str, ...]:
    """The `wants` of `link` at a quarter of its cost: every function is followed for its first calls only, which tells
    what is missing but not what all callers do."""
    code, homes = embedded.apart(sorted(units, key=lambda unit: unit.path))
    code += sorted(units, key=lambda unit: unit.path)
    run = Interpreter(Program(code, catalog.files), Addresses(catalog.files), draft=True)
    run.at = lambda path: at(homes.get(path, path))
    run.run([unit for unit in code if unit.body], _seeds(seeds, homes))
    return tuple(sorted(run.wants))
