"""Everything that is known, as types: the catalog (what code means) and the rules (what is wrong)."""

from __future__ import annotations

from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.knowledge.catalog import CatalogFile
from pcmfa_lint.knowledge.rule import Rule
from pcmfa_lint.knowledge.toml_schema import Fault


@dataclass(frozen=True, slots=True)
class Catalog:
    """All catalog files; the user's come first, so that theirs is the entry that is found first."""

    files: tuple[CatalogFile, ...] = ()

    def public_words(self) -> frozenset[str]:
        """Words that a report may show as they are where they stand in literals: hosts, audiences, paths, flows."""
        words: set[str] = set()
        for file in self.files:
            words.update(file.words.shown)
            words.update(host.name.lstrip(".") for host in file.host)
            words.update(form for resource in file.resource for form in resource.forms)
            for path in file.path:
                words.update(part for pattern in path.pattern for part in pattern.split("/") if part.isalpha())
        return frozenset(words)

    def marker_kinds(self) -> frozenset[str]:
        """All kinds of sightings that evidence can have."""
        markers = {marker.kind for file in self.files for marker in file.marker}
        return frozenset(markers | {call.marker for file in self.files for call in file.call if call.marker})


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The catalog and the rules. Rules are sorted by id. With faults, a run must not go on."""

    catalog: Catalog
    rules: tuple[Rule, ...]
    faults: tuple[Fault, ...]
