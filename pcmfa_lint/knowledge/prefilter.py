"""The two tables of the catalog that say which files are worth reading, apart from all others: a run that ends with the
first pass imports nothing else of the catalog, which would take longer than the pass.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MarkerSpec:
    """A sighting that means something wherever it stands. literal: text to look for (also drives the prefilter)."""

    kind: str
    name: str
    literal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrefilterGate:
    """The literals of the first pass. A file is a seed if for one gate every group has a hit.

    across_files: the first group (whom) may be met in another file of the repository than the rest (what); then both
    are seeds."""

    id: str
    all: tuple[tuple[str, ...], ...]
    files: tuple[str, ...] = ()
    across_files: bool = False
