"""The page of one file: how it was read, what it was linked with, what the code does, and why rules spoke or did not.

Evidence holds no masked code, so this page goes through `wording`, as messages do: names and places, never values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pcmfa_lint.evidence.condition import condition_in_words, meets, unmet
from pcmfa_lint.evidence.model import SUBJECTS, Candidate, Evidence, Item, Marker, Step, TextHit
from pcmfa_lint.evidence.words import MissingLink
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import MASK, NOTHING, Report, SafeText
from pcmfa_lint.findings.wording import origin, place, words_for
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.rule import Rule
from pcmfa_lint.report.words import count

# What is said of a piece of evidence: its attributes, in the order in which one would ask.
FACETS: dict[str, tuple[str, ...]] = {
    "token-request": (
        "via",
        "flow",
        "audience",
        "host",
        "account",
        "secret",
        "refresh_token.use",
        "unattended",
        "confidence",
    ),
    "api-call": ("via", "host", "path", "business", "accepts_app_only", "tokens", "app_only", "wrapper", "confidence"),
    "stored-secret": ("kind", "origin", "principal", "user", "feeds", "confidence"),
    "setting": ("key", "secret_kind", "value_kind", "context", "upn"),
    "dependency": ("name", "ecosystem"),
    "marker": ("kind", "name"),
    "integration": ("roots", "flow", "audience", "accounts", "business", "app_and_user", "probes", "knows_code"),
    "text": ("rule", "scope"),
}
ERROR_HANDLING = (
    "surfaces_as",
    "checks",
    "distinguishes_401",
    "reads_code",
    "shows_code",
    "then",
    "preserves_status",
    "logs",
    "retry",
    "retry_401",
)
_MISSING: dict[MissingLink, str] = {
    "address": "the host is not known",
    "partner-host": "the host is one of Microsoft's, but not Partner Center's",
    "microsoft-host": "the host is not one of Microsoft's",
    "account": "no sign-in uses it, and no account like user@domain is beside it",
}
_TREATED = ("token-request", "api-call")


class Gathered(NamedTuple):
    """All that a run knows of its files."""

    report: Report
    evidence: Evidence | None
    units: Mapping[str, Unit]
    seeds: frozenset[str]


def file_page(path: str, gathered: Gathered, rules: Sequence[Rule], public_words: frozenset[str]) -> SafeText:
    """The page as plain text. `path` is relative to the root, with `/`; `public_words`: as for excerpts."""
    return redaction.joined("\n", (*map(redaction.message, _lines(path, gathered, rules, public_words)), NOTHING))


def _lines(path: str, gathered: Gathered, rules: Sequence[Rule], public_words: frozenset[str]) -> Iterator[str]:
    yield redaction.path(path)
    yield from _read(path, gathered)
    items = [item for item in (gathered.evidence.items if gathered.evidence else ()) if _is_about(item, path)]
    if path in gathered.units:
        yield from (
            "",
            "What the code does" if items else "Nothing that a rule could judge was found in it.",
        )
    for item in items:
        yield from _item(item, gathered.report, rules, public_words)
    dropped = [one for one in (gathered.evidence.candidates if gathered.evidence else ()) if one.at.path == path]
    if dropped:
        yield from ("", "What was left out, and the link that is missing")
    for one in dropped:
        yield from _left_out(one)


def _left_out(candidate: Candidate) -> Iterator[str]:
    yield f"  line {candidate.at.span.line}: {candidate.kind}: {_MISSING[candidate.missing]}"
    if candidate.missing == "address":
        yield f"    its address: {origin(candidate.source)}"


def _is_about(item: Item, path: str) -> bool:
    """Markers would fill the page: they are told only where a rule looks at them."""
    return item.at.path == path and not (isinstance(item, Marker) and item.kind == "hint")


def _read(path: str, gathered: Gathered) -> Iterator[str]:
    unit = gathered.units.get(path)
    notes = [*gathered.report.files.skipped, *gathered.report.files.partly]
    if unit is None:
        reasons = [note.reason for note in notes if note.path == redaction.path(path)]
        yield "  not read: " + (reasons[0] if reasons else _why_not_read(path, gathered.report))
        return
    why = "it passed the first look" if path in gathered.seeds else "the repository is a partner's"
    yield f"  read {unit.read} as {unit.language}: {why}"
    for problem in unit.problems:
        yield f"  {problem.reason}" + (f" (line {problem.line})" if problem.line else "")
    if unit.imports:
        yield "  imports " + ", ".join(dict.fromkeys(redaction.name(each.module) or MASK for each in unit.imports))


def _why_not_read(path: str, report: Report) -> str:
    if redaction.path(path) in report.files.excluded:
        return "it is excluded"
    return "it contains none of the words that the prefilter searches for, and it is not code of a partner's repository"


def _item(item: Item, report: Report, rules: Sequence[Rule], public_words: frozenset[str]) -> Iterator[str]:
    subject = next(name for name, kind in SUBJECTS.items() if isinstance(item, kind))
    yield from ("", f"  line {item.at.span.line}: {subject.replace('-', ' ')}")
    for name in FACETS[subject]:
        yield f"    {name.replace('_', ' ')}: {words_for(item, name, public_words)}"
    if subject in _TREATED:
        words = (
            f"{name.replace('_', ' ')} {words_for(item, 'error_handling.' + name, public_words)}"
            for name in ERROR_HANDLING
        )
        yield "    a refusal: " + ", ".join(words)
    yield from (f"    {_step(step)}" for step in item.trace)
    applicable = [r for r in rules if r.on == subject and (not isinstance(item, TextHit) or item.rule == r.id)]
    near = [rule for rule in applicable if len(_nearest(rule, item)) < 2]
    yield from (f"    {rule.id} {_verdict(rule, item, report)}" for rule in near)
    if len(applicable) > len(near):
        silent = len(applicable) - len(near)
        are = "is" if silent == 1 else "are"
        yield f"    {count(silent, 'more rule')} {are} silent: two conditions or more are not met"


def _nearest(rule: Rule, item: Item) -> list[str]:
    """What keeps a rule from speaking, by the nearest of its alternatives."""
    return min((unmet(table, item) for table in rule.where), key=len, default=[])


def _step(step: Step) -> str:
    shown_step = redaction.step(step)
    return f"{place(shown_step.place)} {shown_step.text}"


def _verdict(rule: Rule, item: Item, report: Report) -> str:
    """Whether a rule speaks of a piece of evidence, and what decides that."""
    if missing := _nearest(rule, item):
        return "is silent: " + ", ".join(missing)
    silenced = next((table for table in rule.unless if meets(table, item)), None)
    if silenced is not None:
        return "is silenced: " + ", ".join(
            f"{key} is {condition_in_words(condition)}" for key, condition in silenced.items()
        )
    lists = {"reported": report.findings, "suppressed": report.suppressed, "in the baseline": report.baselined}
    path = redaction.path(item.at.path)
    for name, findings in {**lists, "below the level": report.below}.items():
        level = next((f.level for f in findings if f.rule == rule.id and f.place.path == path), None)
        if level is not None:
            return f"speaks: {level}, {name}"
    return "speaks elsewhere"
