"""Rules that are a pattern: searches the lines of a Unit, tells code, string and comment apart, and makes evidence.

A pattern is searched line by line in windows of bounded length, so that no pattern runs over megabytes at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pcmfa_lint.evidence import Evidence, Place, TextHit
from pcmfa_lint.rule import Near, Rule
from pcmfa_lint.unit import Span, Unit

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

WINDOW = 4_000  # code points of a line that are searched at once
OVERLAP = 400  # a match that is longer may be missed where two windows meet


def with_text_hits(evidence: Evidence, units: Iterable[Unit], rules: Sequence[Rule]) -> Evidence:
    """The evidence of a repository with all matches of the text rules among `rules` added, sorted by place."""
    mine = [rule for rule in rules if rule.on == "text"]
    partner = any(item.partner for item in evidence.items)
    hits = {hit for unit in units for rule in mine for hit in _hits(unit, rule, partner)}
    if not hits:
        return evidence
    items = (*evidence.items, *sorted(hits, key=lambda hit: (hit.at, hit.rule)))
    return replace(evidence, items=tuple(sorted(items, key=lambda item: item.at)))


def _hits(unit: Unit, rule: Rule, partner: bool) -> Iterator[TextHit]:
    if not _globs(rule.files).match_file(unit.path):
        return
    literals = [literal.casefold() for literal in rule.literals]
    for number, line in enumerate(unit.lines, 1):
        folded = line.casefold()
        if not any(literal in folded for literal in literals):
            continue
        for start, end in _matches(rule.pattern, line):
            span = Span(number, start + 1, number, end + 1)
            scope = _scope(unit, span)
            if rule.scope in ("any", scope) and all(_near(unit, number, near) for near in rule.near):
                yield TextHit(Place(unit.path, span), rule.id, unit.language, scope, partner)


def _matches(pattern: str, line: str) -> Iterator[tuple[int, int]]:
    compiled = re.compile(pattern)
    done = 0
    for low in range(0, max(len(line), 1), WINDOW - OVERLAP):
        for match in compiled.finditer(line, low, low + WINDOW):
            if match.start() >= done and match.end() > match.start():
                done = match.end()
                yield match.span()


def _scope(unit: Unit, span: Span) -> str:
    """comment, string or code: what the match begins in; any, where nobody knows (a file without a tree)."""
    if any(_holds(comment.span, span) for comment in unit.comments):
        return "comment"
    if unit.read == "text":
        return "any"
    before = bisect_right(unit.opaque, (span.line, span.col), key=lambda each: (each.line, each.col))
    return "string" if before and _holds(unit.opaque[before - 1], span) else "code"


def _holds(outer: Span, inner: Span) -> bool:
    return (outer.line, outer.col) <= (inner.line, inner.col) < (outer.end_line, outer.end_col)


def _near(unit: Unit, number: int, near: Near) -> bool:
    """Whether the second pattern is found, or not found, close to a line, as the rule wants it."""
    lines = unit.lines[max(0, number - 1 - near.lines) : number + near.lines]
    return any(True for line in lines for _ in _matches(near.pattern, line)) != near.absent


@lru_cache(maxsize=64)
def _globs(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # costs start-up time

    return GitIgnoreSpec.from_lines(patterns)
