"""What means something by merely standing there: partner markers and packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pcmfa_lint.evidence.model import Dependency, Marker, Place
from pcmfa_lint.ir.nodes import Span, Unit
from pcmfa_lint.knowledge.catalog import CatalogFile, PackageSpec


def markers(units: Sequence[Unit], files: Sequence[CatalogFile]) -> Iterator[Marker]:
    """Each catalogued literal once per file, at its first place outside comments."""
    specs = [
        (spec, [text.casefold() for text in spec.literal]) for file in files for spec in file.marker if spec.literal
    ]
    for unit in units:
        lowered = [line.casefold() for line in unit.lines]
        whole = "\n".join(lowered)
        for spec, literals in specs:
            if any(literal in whole for literal in literals):
                place = _first(unit, lowered, literals)
                if place is not None:
                    yield Marker(place, spec.kind, spec.name, unit.language)


def _first(unit: Unit, lowered: list[str], literals: list[str]) -> Place | None:
    for number, line in enumerate(lowered, 1):
        for literal in literals:
            col = line.find(literal) + 1
            if col and not any(_holds(comment.span, number, col) for comment in unit.comments):
                return Place(unit.path, Span(number, col, number, col + len(literal)))
    return None


def _holds(span: Span, line: int, col: int) -> bool:
    return (span.line, span.col) <= (line, col) < (span.end_line, span.end_col)


def packages(units: Sequence[Unit], files: Sequence[CatalogFile]) -> Iterator[Dependency]:
    """Catalogued packages among the imports, each once per file."""
    specs: dict[str, PackageSpec] = {}
    for file in files:
        for spec in file.package:
            specs.update({name.casefold(): spec for name in spec.names})
    for unit in units:
        visited: set[str] = set()
        for imp in unit.imports:
            words = imp.module.casefold().rpartition("/")[2].split(".")
            heads = (".".join(words[:count]) for count in range(len(words), 0, -1))  # `a.b.C` is of `a.b`, or of `a`
            spec_ = next((specs[head] for head in heads if head in specs), None)
            if spec_ is not None and spec_.id not in visited:
                visited.add(spec_.id)
                yield Dependency(Place(unit.path, imp.span), spec_.id, spec_.ecosystem, unit.language)
