"""Partner markers and packages, which mean something wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pcmfa_lint.evidence.model import Dependency, Marker, Place
from pcmfa_lint.ir.nodes import Span, Unit
from pcmfa_lint.knowledge.catalog import CatalogFile, MarkerSpec, PackageSpec
from pcmfa_lint.limits import TABLE_CHARS, TABLE_GAP, TABLE_HOSTS, TABLE_LINES

_ADDRESS = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/.*)?")
_HOST = re.compile(r"""(?:://|["'])((?:[a-z0-9-]+\.)+[a-z]{2,})""")


def markers(units: Sequence[Unit], files: Sequence[CatalogFile]) -> Iterator[Marker]:
    """Each catalogued literal once per file, at its first place outside comments. A partner's address that stands in
    nothing but tables of everybody's is a hint."""
    specs = [
        (spec, [text.casefold() for text in spec.literal]) for file in files for spec in file.marker if spec.literal
    ]
    for unit in units:
        lowered = [line.casefold() for line in unit.lines]
        text = "\n".join(lowered)
        for spec, literals in specs:
            if any(literal in text for literal in literals):
                places = [*_places(unit, lowered, literals)]
                own = next((place for place, literal in places if not _in_table(spec, literal, place, lowered)), None)
                if own is not None:
                    yield Marker(own, spec.kind, spec.name, unit.language)
                elif places:
                    yield Marker(places[0][0], "hint", spec.name, unit.language)


def _places(unit: Unit, lowered: list[str], literals: list[str]) -> Iterator[tuple[Place, str]]:
    for number, line in enumerate(lowered, 1):
        for literal in literals:
            col = line.find(literal) + 1
            if col and not any(_holds(comment.span, number, col) for comment in unit.comments):
                yield Place(unit.path, Span(number, col, number, col + len(literal))), literal


def _in_table(spec: MarkerSpec, literal: str, place: Place, lowered: list[str]) -> bool:
    """Whether a partner's address stands among those of many other services, in lines that hold little else."""
    if spec.kind != "partner" or not _ADDRESS.fullmatch(literal):
        return False
    hosts: set[str] = set()
    start, end = max(0, place.span.col - TABLE_CHARS), place.span.col + TABLE_CHARS
    for lines in (lowered[place.span.line - 1 :], lowered[place.span.line - 1 :: -1]):
        gap = 0
        for line in lines[:TABLE_LINES]:
            named = _HOST.findall(line, start, end)
            hosts.update(named)
            gap = 0 if named else gap + 1
            if gap > TABLE_GAP or len(hosts) >= TABLE_HOSTS:
                break
    return len(hosts) >= TABLE_HOSTS


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
