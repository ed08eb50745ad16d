"""App registrations in files (manifests, Terraform, templates): which rights on Partner Center they ask for, and
whether they redirect to a single-page app, whose refresh tokens end after 24 hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.surroundings import normalised
from pcmfa_lint.evidence.model import Marker, Place
from pcmfa_lint.ir.nodes import Setting, Unit

_RIGHTS = {"scope": "delegated permission on Partner Center", "role": "application permission on Partner Center"}
_RESOURCE = ("resource app id",)
_SPA = ("spa", "single page application", "spa redirect uris")


def manifests(units: Sequence[Unit], addresses: EndpointCatalog) -> Iterator[Marker]:
    """Markers of the kinds `permission` and `spa`, for registrations that name Partner Center as a resource."""
    for unit in units:
        partner_paths = {entry.path[:-1] for entry in unit.settings if _is_partner(entry, addresses)}
        if not partner_paths:
            continue
        for entry in unit.settings:
            right = _RIGHTS.get(entry.value.casefold())
            if (
                right
                and normalised(entry.path[-1]) == "type"
                and any(_below(entry, section) for section in partner_paths)
            ):
                yield Marker(Place(unit.path, entry.span), "permission", right, unit.language)
        redirect = next((entry for entry in unit.settings if _is_spa(entry)), None)
        if redirect is not None:
            yield Marker(Place(unit.path, redirect.span), "spa", "redirect of a single-page app", unit.language)


def _is_partner(entry: Setting, addresses: EndpointCatalog) -> bool:
    if not entry.path or normalised(entry.path[-1]) not in _RESOURCE:
        return False
    resource = addresses.resource(entry.value)
    return resource is not None and resource.kind == "partner-center"


def _below(entry: Setting, section: tuple[str, ...]) -> bool:
    return entry.path[: len(section)] == section


def _is_spa(entry: Setting) -> bool:
    """A redirect address below `spa`, or one whose `type` is Spa."""
    if not entry.path or not entry.value.strip():
        return False
    words = [normalised(part) for part in entry.path]
    if words[-1] == "type" and entry.value.casefold() == "spa":
        return "reply urls with type" in words
    return any(word in _SPA for word in words) and any("redirect uris" in word for word in words)
