"""Compares evidence with rules. Pure; the only module that creates a Finding, which is masked here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import groupby
from operator import attrgetter

from pcmfa_lint.evidence.condition import is_known, meets, meets_any
from pcmfa_lint.evidence.levels import LEVELS, Level
from pcmfa_lint.evidence.model import (
    SUBJECTS,
    Audience,
    ErrorHandling,
    Evidence,
    Item,
    Origin,
    Place,
    RefreshTokenUse,
    TextHit,
)
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.line_hash import line_hashes
from pcmfa_lint.findings.model import CodeLine, Finding, SafeText, ShownStep
from pcmfa_lint.findings.wording import fill, origin, words_for
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.rule import Rule

FINGERPRINT_DIGITS = 16
# What readers of findings (inventory, playbook) get to know of the evidence: property, attribute.
_PROPERTIES = (
    ("flow", "flow"),
    ("audience", "audience.kind"),
    ("host", "host"),
    ("account", "account.name"),
    ("account-kind", "account.kind"),
    ("account", "user.name"),
    ("account-kind", "user.kind"),
    ("secret", "secret.name"),
    ("secret-kind", "secret.kind"),
    ("secret", "origin.name"),
    ("secret-kind", "origin.kind"),
    ("principal", "principal"),
    ("feeds", "feeds"),
    ("setting", "key"),
    ("package", "name"),
    ("method", "method"),
    ("path", "path"),
    ("business", "business"),
    ("impact", "impact"),
    ("function", "function"),
    ("via", "via"),
    ("sure", "confidence"),
)
_RELATED = {
    "error_handling": redaction.words("the failed call is checked here"),
    "refresh_token": redaction.words("the refresh token ends up here"),
    "account": redaction.words("the account comes from {0}"),
    "user": redaction.words("the account comes from {0}"),
    "secret": redaction.words("the secret comes from {0}"),
    "origin": redaction.words("the secret comes from {0}"),
}
_BELONGS = redaction.words("this belongs to it")
_CONFIDENCE = ("certain", "likely", "unknown")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A finding in the making, and what orders it among those of its line."""

    rule: Rule
    item: Item
    level: Level
    place: Place
    message: SafeText

    def rank(self) -> tuple[int, int, Place, str]:
        """Smaller is told first: the gravest, then the surest, then the leftmost."""
        return -LEVELS.index(self.level), _CONFIDENCE.index(self.item.confidence), self.place, self.message


def judge(
    evidence: Evidence, units: Mapping[str, Unit], rules: Sequence[Rule], public_words: frozenset[str]
) -> tuple[Finding, ...]:
    """All findings, sorted by path, line, column and rule; at most one for a rule and a line.

    `units` by path: where the code to show is. `public_words`: the words of literals that may be shown as they are.
    A rule on "text" judges only its own hits."""
    verdicts = [
        verdict
        for rule in rules
        for item in evidence.items
        if isinstance(item, SUBJECTS[rule.on]) and (not isinstance(item, TextHit) or item.rule == rule.id)
        if (verdict := _judge(rule, item, public_words)) is not None
    ]
    verdicts.sort(key=_line)
    findings = [_finding(list(group), units, public_words) for _, group in groupby(verdicts, key=_line)]
    findings.sort(key=lambda finding: (finding.place, finding.rule))
    files = {redaction.path(path): units[path] for path in {each.place.path for each in verdicts} if path in units}
    return tuple(_with_fingerprints(_with_line_hashes(findings, files)))


def _line(verdict: _Verdict) -> tuple[str, str, int]:
    return verdict.rule.id, verdict.place.path, verdict.place.span.line


def _judge(rule: Rule, item: Item, public_words: frozenset[str]) -> _Verdict | None:
    """What a rule says about one piece of evidence; None if nothing."""
    if (rule.where and not meets_any(rule.where, item)) or meets_any(rule.unless, item):
        return None
    level = next((downgrade.to for downgrade in rule.downgrade if meets(downgrade.when, item)), rule.level)
    if level == "off":
        return None
    place = _place(item, rule.at.primary) or item.at
    return _Verdict(rule, item, level, place, fill(rule.message, item, public_words))


def _finding(verdicts: list[_Verdict], units: Mapping[str, Unit], public_words: frozenset[str]) -> Finding:
    """The one finding of a rule and a line; what else the rule says about the line is told beside it."""
    first, *others = sorted(verdicts, key=_Verdict.rank)
    rule, item, place = first.rule, first.item, first.place
    unit = units.get(place.path)
    beside = [ShownStep(redaction.place(other.place), other.message) for other in others if other.place != place]
    return Finding(
        rule=rule.id,
        name=rule.name,
        level=first.level,
        place=redaction.place(place),
        message=first.message,
        why=rule.why.strip(),
        fix=next((fix.text.strip() for fix in rule.fix if meets(fix.when, item)), ""),
        code=redaction.excerpt(unit, place.span, public_words) if unit else (),
        trace=tuple(map(redaction.step, item.trace)),
        related=tuple(_once([*_related(rule, item, place), *beside])),
        language=item.language,
        properties=tuple(_properties(item, public_words)),
    )


def _place(item: Item, attribute: str) -> Place | None:
    """The place that a dotted attribute is or has."""
    value = attrgetter(attribute)(item)
    return value if value is None or isinstance(value, Place) else value.at


def _related(rule: Rule, item: Item, primary: Place) -> Iterator[ShownStep]:
    for attribute in rule.at.related:
        place = _place(item, attribute)
        if place is not None and place != primary:
            owner = attribute.removesuffix(".at")
            yield ShownStep(redaction.place(place), _related_text(owner, attrgetter(owner)(item)))


def _related_text(owner: str, value: object) -> SafeText:
    text = _RELATED.get(owner, _BELONGS)
    return redaction.filled(text, origin(value)) if isinstance(value, Origin) else text


def _once(steps: Iterable[ShownStep]) -> list[ShownStep]:
    return list(dict.fromkeys(steps))


def _properties(item: Item, public_words: frozenset[str]) -> Iterator[tuple[str, SafeText]]:
    """What is known of the evidence, one text each; several words are separated by commas."""
    for name, attribute in _PROPERTIES:
        owner, _, last = attribute.rpartition(".")
        source = getattr(item, owner, None) if owner else item
        value = getattr(source, last, None)
        if isinstance(value, (Origin, Audience, RefreshTokenUse, ErrorHandling, Place)) or not is_known(value):
            continue
        if name == "path":
            yield name, words_for(item, attribute, public_words)
            continue
        parts = value if isinstance(value, tuple) else (value,)
        kind = getattr(source, "kind", "") if last == "name" else last
        if text := redaction.joined(",", filter(None, (redaction.name(str(part), kind) for part in parts))):
            yield name, text


def _with_line_hashes(findings: Sequence[Finding], units: Mapping[SafeText, Unit]) -> Iterator[Finding]:
    """GitHub's own hash of each finding's first line. It is made here because no report sees the line."""
    lines: defaultdict[SafeText, set[int]] = defaultdict(set)
    for finding in findings:
        lines[finding.place.path].add(finding.place.span.line)
    hashes = {path: line_hashes(units[path], numbers) for path, numbers in lines.items() if path in units}
    for finding in findings:
        place = finding.place
        yield replace(finding, line_hash=hashes.get(place.path, {}).get(place.span.line, ""))


def _with_fingerprints(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Fingerprints of rule, path and masked code without blanks, and of the how-manieth of those it is in its file:
    they stay when lines move, and do not tell what was masked."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        key = (finding.rule, finding.place.path, _bare(finding.code))
        text = "\0".join((*key, str(counts[key])))
        counts[key] += 1
        yield replace(finding, fingerprint=sha256(text.encode("utf-8", "replace")).hexdigest()[:FINGERPRINT_DIGITS])


def _bare(code: tuple[CodeLine, ...]) -> str:
    return "".join("".join(line.text.split()) for line in code)
