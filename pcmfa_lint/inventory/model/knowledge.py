"""The knowledge of the inventory, `rules/inventory/*.toml`, as types and loaded."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pcmfa_lint.evidence.condition import flat
from pcmfa_lint.evidence.words import Flow, Runs
from pcmfa_lint.inventory.model.entry import Exposure, Module, WayIn
from pcmfa_lint.knowledge.catalog import CatalogFile, Host, TriggerSign
from pcmfa_lint.knowledge.paths import CATALOG, INVENTORY, shipped
from pcmfa_lint.knowledge.toml_schema import load

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExposureCase:
    """One case of `exposure.toml`: `when` is a condition over `SignIn`. `source`: an address, or ""."""

    id: str
    exposure: Exposure
    reason: str
    remedy: str = ""
    source: str = ""
    when: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Priority:
    """The rank of each exposure in the order of work; see the file."""

    breaks_now: int
    when_mfa_is_demanded: int
    at_token_renewal: int
    refresh_token_ages: int
    cannot_tell: int
    untested: int
    survives: int
    elsewhere: int
    urgent: tuple[str, ...] = ()
    hangs: tuple[str, ...] = ()

    def of(self, exposure: Exposure) -> int:
        return int(getattr(self, exposure.replace("-", "_")))

    def weight(self, business: Iterable[str], only_reads: Container[str] = ()) -> int:
        """The place of what is missed first among these functions, behind all others what is only read; last where
        there is none."""
        last = len(self.hangs)
        known = (each for each in business if each in self.hangs)
        places = (self.hangs.index(each) + (last if each in only_reads else 0) for each in known)
        return min(places, default=2 * last)


@dataclass(frozen=True, slots=True)
class NamedFlow:
    """A way in that is named by the catalog ids of its calls, where their flow is `of`."""

    flow: WayIn
    via: tuple[str, ...]
    of: Flow = "unknown"


@dataclass(frozen=True, slots=True)
class NamedModule:
    """A service that has commands of its own, by the catalog ids of those that sign in."""

    name: Module
    via: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExposureFile:
    named: tuple[NamedFlow, ...]
    module: tuple[NamedModule, ...]
    exposure: tuple[ExposureCase, ...]
    priority: Priority


@dataclass(frozen=True, slots=True)
class RunsFile:
    """`runs.toml`, which says what its keys mean, with the signs of the catalog."""

    projects: tuple[str, ...]
    unattended: tuple[Runs, ...]
    attended: tuple[Runs, ...]
    tests: tuple[str, ...]
    wrappers: tuple[str, ...]
    called: tuple[str, ...]
    trigger: tuple[TriggerSign, ...] = ()

    def without_person(self, runs: Runs) -> bool | None:
        """Whether nobody is there when an integration runs so; None where it may be either."""
        return True if runs in self.unattended else False if runs in self.attended else None


@dataclass(frozen=True, slots=True)
class Sighting:
    """Literals in code that uses something of this name; see the file."""

    name: str
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SightingsFile:
    service: tuple[Sighting, ...]
    alert: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All that is known of integrations as such."""

    exposures: tuple[ExposureCase, ...]
    priority: Priority
    runs: RunsFile
    hosts: Mapping[str, Host]  # of the catalog, by name
    named: Mapping[tuple[str, Flow], WayIn] = field(default_factory=dict)  # catalog id of a call, its flow → way in
    modules: Mapping[str, Module] = field(default_factory=dict)  # catalog id of a call → name of the module
    services: tuple[Sighting, ...] = ()
    alerts: tuple[Sighting, ...] = ()


def load_tables(folder: Path | None = None) -> Tables:
    """Our own tables. Raises ValueError with every fault where a file is not as it was shipped."""
    folder = folder or shipped() / INVENTORY
    exposure = _load(ExposureFile, folder / "exposure.toml")
    endpoints, triggers = (
        _load(CatalogFile, shipped() / CATALOG / name) for name in ("endpoints.toml", "triggers.toml")
    )
    cases = tuple(replace(each, when=flat(each.when)) for each in exposure.exposure)
    runs = replace(_load(RunsFile, folder / "runs.toml"), trigger=triggers.trigger)
    sightings = _load(SightingsFile, folder / "sightings.toml")
    return Tables(
        cases,
        exposure.priority,
        runs,
        {host.name: host for host in endpoints.host},
        {(via, each.of): each.flow for each in exposure.named for via in each.via},
        {via: each.name for each in exposure.module for via in each.via},
        _services(sightings.service, endpoints),
        sightings.alert,
    )


def _services(services: Iterable[Sighting], endpoints: CatalogFile) -> tuple[Sighting, ...]:
    """The services by what stands in code, and by the hosts of those that are Microsoft's; as the resource of a host is
    called, which a token is for, so is the service."""
    literals: dict[str, list[str]] = {service.name: list(service.any) for service in services}
    resources = {form.rpartition("/")[2]: each.label for each in endpoints.resource for form in each.forms}
    for host in endpoints.host:
        if host.kind in ("companion", "microsoft"):
            label = resources.get(host.name) or host.label.partition(" (")[0].partition(",")[0]
            literals.setdefault(label, []).append(host.name)
    return tuple(Sighting(name, tuple(own)) for name, own in sorted(literals.items()))


def _load(cls: type[T], path: Path) -> T:
    value, faults = load(cls, path.read_text("utf-8"), f"rules/{path.parent.name}/{path.name}")
    if value is None:
        raise ValueError("\n".join(map(str, faults)))
    return value
