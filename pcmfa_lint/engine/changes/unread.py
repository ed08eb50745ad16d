"""Changed files in which something is looked for and that were not understood: nobody knows what they hold.

A parser that stalls or stumbles must not be a way to pass. What was not understood before in the same words is nothing
new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pcmfa_lint.engine.workers.prefilter import PrefilterPlan, partial_matches, passed, prefilter
from pcmfa_lint.evidence.model import TOO_MUCH
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:
    from pcmfa_lint.ir.nodes import Unit


def doubtful(units: Iterable[Unit]) -> list[Unit]:
    """The units that were not understood as a whole."""
    return [unit for unit in units if _regions(unit)]


def garbled(units: Iterable[Unit], plan: PrefilterPlan) -> Iterator[FileNote]:
    """Of candidates those whose text does not hold what their bytes do: they are in no encoding that is known."""
    for unit in units:
        hits = prefilter("\n".join(unit.lines).encode("utf-8", "replace"), plan)
        if unit.lines and not passed(plan, hits, unit.path) and not partial_matches(plan, hits, unit.path):
            yield FileNote(unit.path, "Its encoding is not the one that it appears to be.")


def exhausted(paths: Iterable[str], notes: Iterable[str]) -> tuple[FileNote, ...]:
    """Of some files those that a report's notes say there was too much to follow in."""
    reported = frozenset(notes)
    reason = "There is too much code to follow; what lies beyond the limit is not known."
    return tuple(FileNote(path, reason) for path in paths if redaction.message(TOO_MUCH.format(path=path)) in reported)


def not_understood(
    now: Iterable[Unit], before: Callable[[str], Collection[Unit]], plan: PrefilterPlan, vanished: Collection[str]
) -> Iterator[FileNote]:
    """Of doubtful units those that have more doubtful lines than the units `before` (for a path); of settings, which
    are read line by line then, those of which such a line holds what is looked for, or a finding has `vanished`."""
    for unit in now:
        earlier = before(unit.path)
        surplus = _counted_doubts(unit, plan) - _sum(_counted_doubts(each, plan) for each in earlier)
        more = _stumbles(unit) - _sum(map(_stumbles, earlier))
        if surplus or (more and (unit.language != "settings" or redaction.path(unit.path) in vanished)):
            yield FileNote(unit.path, *_reason(unit))


def vanished(now: Iterable[Finding], before: Iterable[Finding]) -> frozenset[str]:
    """The paths that have fewer findings of some rule than before."""

    def counted(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
        return Counter((each.place.path, each.rule) for each in findings)

    return frozenset(path for path, _ in counted(before) - counted(now))


def by_path(units: Mapping[str, Unit], is_gone: Callable[[str], bool]) -> Callable[[str], Collection[Unit]]:
    """For a path the unit that it was before: its own, or where there was none all those that are gone."""
    deleted = [unit for path, unit in units.items() if is_gone(path)]
    return lambda path: [units[path]] if path in units else deleted


def _reason(unit: Unit) -> tuple[str, int]:
    """Why a unit is doubtful, and its line."""
    for each in (unit, *unit.scripts):
        if each.problems:
            return each.problems[0].reason, each.problems[0].line
    first = _regions(unit)[0][0]
    return "This part could not be parsed.", first


def _stumbles(unit: Unit) -> Counter[str]:
    """The lines in which something could not be parsed; of a file without a tree, all."""
    if unit.read == "text":
        return Counter(_without_blanks(unit.lines) if _regions(unit) else ())
    every = (unit, *unit.scripts)
    numbers = {problem.line for each in every for problem in each.problems}
    numbers.update(number for each in every for span in each.blind for number in range(span.line, span.end_line + 1))
    return Counter(_without_blanks([unit.lines[number - 1] for number in numbers if 0 < number <= len(unit.lines)]))


def _regions(unit: Unit) -> list[tuple[int, int]]:
    """The lines, first and last, between which nobody knows what stands: from the first to the last part that could
    not be parsed, since a quote that is missing turns text and code over up to the next stumble; and the literals
    there, since they may be code."""
    every = (unit, *unit.scripts)
    problems = [problem for each in every for problem in each.problems]
    blind = [span for each in every for span in each.blind]
    count = max(len(unit.lines), 1)
    if not problems and (unit.read == "text" or not blind):
        return []
    if unit.read == "text" or any(not problem.line for problem in problems):
        return [(1, count)]
    first = min([*(span.line for span in blind), *(problem.line for problem in problems)])
    last = max([*(span.end_line for span in blind), *(problem.line for problem in problems)])
    for span in unit.opaque:
        if span.end_line > span.line and span.line <= last and span.end_line >= first:
            first, last = min(first, span.line), max(last, span.end_line)
    return [(first, min(last, count))]


def _doubtful_lines(unit: Unit) -> list[str]:
    return _without_blanks([line for first, last in _regions(unit) for line in unit.lines[first - 1 : last]])


def _without_blanks(lines: Iterable[str]) -> list[str]:
    return ["".join(line.split()) for line in lines if line.strip()]


def _counted_doubts(unit: Unit, plan: PrefilterPlan) -> Counter[str]:
    """The doubtful lines that hold something that is looked for. Where a file has no lines at all, the file itself."""
    if not unit.lines:
        return Counter([unit.problems[0].reason if unit.problems else ""])
    lines = _doubtful_lines(unit)
    hits = prefilter("\n".join(lines).lower().encode("utf-8", "replace"), plan) - set(plan.remarks)
    literals = [plan.literals[index].decode("utf-8") for index in hits]
    return Counter(line for line in lines if any(literal in line.lower() for literal in literals))


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counters:
        total += each
    return total
