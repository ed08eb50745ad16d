"""Units → Evidence: follows values through the code of one repository and says what it does. Pure.

`program` knows who defines a name, `interpret` runs the code on abstract values, `calls` and `effects` say what a call
means by the catalog, `outcome`, `treatment` and `fate` look at what comes after it, `gather` makes the evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pcmfa_lint.evidence import Evidence, Item, Marker
from pcmfa_lint.knowledge import Catalog
from pcmfa_lint.link import sightings
from pcmfa_lint.link.audience import Addresses
from pcmfa_lint.link.gather import Gatherer
from pcmfa_lint.link.integrations import integrations
from pcmfa_lint.link.interpret import Interpreter
from pcmfa_lint.link.origin import Origins
from pcmfa_lint.link.program import Program
from pcmfa_lint.unit import Unit


def link(units: Sequence[Unit], catalog: Catalog, seeds: Collection[str] | None = None) -> Evidence:
    """All evidence of one repository, sorted by place; the order of `units` does not matter. `seeds`: paths of the
    units that passed the sift (None: all); the others are there to be called. `wants` names what more files would
    tell."""
    units = sorted(units, key=lambda unit: unit.path)
    files = catalog.files
    addresses, origins, names = Addresses(files), Origins(files, units), sightings.SettingNames(files)
    run = Interpreter(Program(units, files), addresses)
    run.run([unit for unit in units if unit.body], {unit.path for unit in units} if seeds is None else seeds)
    markers = list(sightings.markers(units, files))
    languages = {unit.path: unit.language for unit in units}
    markers += [Marker(place, kind, name, languages[place.path]) for kind, name, place in run.markers]
    partner = any(marker.kind == "partner" for marker in markers)
    gathered = Gatherer(run, addresses, origins, names, partner).gather()
    found: list[Item] = [*gathered.tokens, *gathered.calls, *gathered.secrets]
    fed = {secret.at for secret in gathered.secrets}
    entries = [use for use in sightings.settings(units, names, origins) if use.at not in fed]
    programs = integrations(gathered.groups, run.records, gathered.tokens, gathered.calls, gathered.secrets, markers)
    others: list[Item] = [*markers, *sightings.packages(units, files), *entries]
    found += [replace(item, partner=partner) for item in [*others, *programs]]
    found.sort(key=lambda item: (item.at, type(item).__name__, repr(item)))
    return Evidence(tuple(found), tuple(sorted(run.wants)), tuple(sorted(run.notes)))


def wanted(units: Sequence[Unit], catalog: Catalog, seeds: Collection[str]) -> tuple[str, ...]:
    """The `wants` of `link` at a quarter of its cost: every function is followed for its first calls only, which tells
    what is missing but not what all callers do."""
    units = sorted(units, key=lambda unit: unit.path)
    run = Interpreter(Program(units, catalog.files), Addresses(catalog.files), draft=True)
    run.run([unit for unit in units if unit.body], seeds)
    return tuple(sorted(run.wants))
