"""What means something by merely standing there: partner markers, packages, names of settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import translate

from pcmfa_lint.catalog import CatalogFile, PackageSpec, SettingSpec
from pcmfa_lint.evidence import Dependency, Marker, Place, SettingUse
from pcmfa_lint.link.origin import UPN, Origins
from pcmfa_lint.unit import Setting, Span, Unit


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
    known: dict[str, PackageSpec] = {}
    for file in files:
        for spec in file.package:
            known.update({name.casefold(): spec for name in spec.names})
    for unit in units:
        seen: set[str] = set()
        for imp in unit.imports:
            name = imp.module.casefold().rpartition("/")[2]
            spec_ = known.get(name) or known.get(name.partition(".")[0])
            if spec_ is not None and spec_.id not in seen:
                seen.add(spec_.id)
                yield Dependency(Place(unit.path, imp.span), spec_.id, spec_.ecosystem, unit.language)


class SettingNames:
    """Says what a setting's name means."""

    def __init__(self, files: Sequence[CatalogFile]) -> None:
        specs = [spec for file in files for spec in file.setting]
        self._specs = [(re.compile("|".join(map(translate, spec.words))), spec) for spec in specs]
        self._any = re.compile("|".join(translate(word) for spec in specs for word in spec.words))
        self._known: dict[str, SettingSpec | None] = {}

    def meaning(self, name: str) -> SettingSpec | None:
        """The first entry that fits the normalised name."""
        if name not in self._known:
            words = normalised(name)
            fits = self._any.match(words)
            self._known[name] = next((spec for form, spec in self._specs if form.match(words)), None) if fits else None
        return self._known[name]


def normalised(name: str) -> str:
    """`PartnerCenter:Password`, `PARTNER_CENTER_PASSWORD` → `partner center password`."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", split).lower().split())


def settings(units: Sequence[Unit], names: SettingNames, origins: Origins) -> Iterator[SettingUse]:
    """Entries of settings files that hold a user's sign-in secret, with the context of their section."""
    for unit in units:
        for setting in unit.settings:
            use = _use(unit, setting, names, origins)
            if use is not None:
                yield use


def _use(unit: Unit, setting: Setting, names: SettingNames, origins: Origins) -> SettingUse | None:
    key = setting.path[-1]
    meaning = names.meaning(key)
    whole = names.meaning(" ".join([part for part in setting.path if not part.isdigit()][-2:]))
    spec = meaning if meaning is not None and meaning.context != "none" else whole or meaning
    if spec is None or spec.noun not in ("password", "refresh-token", "client-secret"):
        return None
    beside = [s.value for s in unit.settings if s.path[:-1] == setting.path[:-1] and s is not setting]
    upn = any(UPN.fullmatch(value) for value in beside)
    kind = (
        "empty"
        if not setting.value.strip()
        else "reference"
        if origins.reference(setting.value)
        else "placeholder"
        if origins.placeholder(setting.value, key)
        else "literal"
    )
    place = Place(unit.path, setting.span)
    return SettingUse(place, ":".join(setting.path), spec.noun, kind, unit.language, spec.context, upn)
