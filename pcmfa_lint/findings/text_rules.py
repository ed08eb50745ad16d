"""Rules that are a pattern: their matches in the token view of a file become evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pcmfa_lint.evidence.model import Evidence, Place, SettingUse, TextHit
from pcmfa_lint.findings.token_view import TokenView, matches, view
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.rule import Rule

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def with_text_hits(evidence: Evidence, units: Iterable[Unit], rules: Sequence[Rule]) -> Evidence:
    """The evidence of a repository with all matches of the text rules among `rules` added, sorted by place."""
    text_rules = [rule for rule in rules if rule.on == "text"]
    partner = any(item.partner for item in evidence.items)
    hits = {hit for unit in units for hit in _hits_of_all(unit, text_rules, partner)}
    if not hits:
        return evidence
    written = {
        (item.at.path, item.at.span.line)
        for item in evidence.items
        if isinstance(item, SettingUse) and item.value_kind == "literal" and item.context in ("partner", "microsoft")
    }
    hits = {replace(hit, literal=(hit.at.path, hit.at.span.line) in written) for hit in hits}
    items = (*evidence.items, *sorted(hits, key=lambda hit: (hit.at, hit.rule)))
    return replace(evidence, items=tuple(sorted(items, key=lambda item: item.at)))


def _hits_of_all(unit: Unit, text_rules: Sequence[Rule], partner: bool) -> Iterator[TextHit]:
    tokens: TokenView | None = None
    for rule in text_rules:
        if _globs(rule.files).match_file(unit.path):
            tokens = tokens or view(unit)
            yield from _hits(unit, tokens, rule, partner)


def _hits(unit: Unit, tokens: TokenView, rule: Rule, partner: bool) -> Iterator[TextHit]:
    if not any(literal.casefold() in tokens.folded for literal in rule.literals):
        return
    for span, *_ in matches(tokens, re.compile(rule.pattern), rule.scope):
        if all(_is_near(tokens, near.pattern, span.line, near.lines) != near.absent for near in rule.near):
            scope = tokens.scope_at(tokens.offset(span.line, span.col))
            yield TextHit(Place(unit.path, span), rule.id, unit.language, scope, rule.flow, partner=partner)


def _is_near(tokens: TokenView, pattern: str, line: int, reach: int) -> bool:
    """Whether a pattern matches within `reach` lines of a line."""
    return any(abs(span.line - line) <= reach for span, *_ in matches(tokens, re.compile(pattern), "any"))


@lru_cache(maxsize=64)
def _globs(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # costs start-up time

    return GitIgnoreSpec.from_lines(patterns, backend="simple")  # others compile for longer than they match
