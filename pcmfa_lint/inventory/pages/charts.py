"""The estate in pictures: bars by exposure, flow, business function and owner, as numbers that a template draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pcmfa_lint.inventory.model.entry import EXPOSURES, Entry
from pcmfa_lint.inventory.model.labels import EXPOSURE, FLOW, MEANING, NO_OWNER

_MOST = 10  # bars of one picture; the rest is one more


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar, in hundredths of the longest."""

    exposure: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """`words`: what the bar shows, as text. `exposure`: of all of it, "" where it is mixed."""

    label: str
    total: int
    words: str
    parts: tuple[Part, ...]
    exposure: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    bars: tuple[Bar, ...]
    note: str = ""


def charts(entries: Sequence[Entry]) -> list[Chart]:
    """The four pictures; none where there is nothing to show."""
    if not entries:
        return []
    return [
        _by_exposure(entries),
        _chart("How they sign in", entries, lambda entry: [FLOW.get(flow, flow) for flow in entry.flow]),
        _chart("What depends on them", entries, lambda entry: entry.business or ("not seen in the code",)),
        _chart("Who owns them", entries, lambda entry: (entry.owner.name or NO_OWNER,)),
    ]


def breakdown(entries: Iterable[Entry]) -> str:
    """`fails now or any day: 2, survives: 1`: the most severe first."""
    counts = Counter(entry.exposure for entry in entries)
    return ", ".join(f"{EXPOSURE[each]}: {counts[each]:,}" for each in EXPOSURES if counts[each])


def _by_exposure(entries: Sequence[Entry]) -> Chart:
    groups = {each: [entry for entry in entries if entry.exposure == each] for each in EXPOSURES}
    longest = max(map(len, groups.values()))
    bars = (
        Bar(EXPOSURE[each], len(group), MEANING[each], _parts(group, longest), each)
        for each, group in groups.items()
        if group
    )
    return Chart("What the enforcement does to them", tuple(bars))


def _chart(title: str, entries: Sequence[Entry], groups_of: Callable[[Entry], Iterable[str]]) -> Chart:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        for label in dict.fromkeys(groups_of(entry)):
            groups.setdefault(label, []).append(entry)
    ordered = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))
    several = sum(len(group) for group in groups.values()) > len(entries)
    note = "An integration counts in every bar that it belongs to." if several else ""
    if len(ordered) > _MOST + 1:
        rest = {entry.id: entry for _, group in ordered[_MOST:] for entry in group}
        ordered = [*ordered[:_MOST], (f"{len(ordered) - _MOST:,} others", list(rest.values()))]
    longest = max(len(group) for _, group in ordered)
    bars = (Bar(label, len(group), breakdown(group), _parts(group, longest)) for label, group in ordered)
    return Chart(title, tuple(bars), note)


def _parts(group: Sequence[Entry], longest: int) -> tuple[Part, ...]:
    counts = Counter(entry.exposure for entry in group)
    parts, before = [], 0
    for exposure in EXPOSURES:
        if counts[exposure]:
            parts.append(Part(exposure, hundredths(before, longest), hundredths(counts[exposure], longest)))
            before += counts[exposure]
    return tuple(parts)


def hundredths(number: int, longest: int) -> str:
    """The number as a share, as an attribute of SVG says it."""
    return f"{100 * number / (longest or 1):.2f}".rstrip("0").rstrip(".")
