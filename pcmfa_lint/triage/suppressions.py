"""Comments that silence findings: `pcmfa: ignore[PCM201] reason until 2026-12-31`. Pure.

Only comments are read, never literals or prose that mentions the form: it must begin the comment, or a line of it, or
follow another comment mark (`# noqa  # pcmfa: ignore[…]`). A comment behind code speaks of the statement it stands in,
one on a line of its own also of the statement that begins below it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import Finding, Suppression
from pcmfa_lint.findings.redaction import filled, words
from pcmfa_lint.ir.nodes import Comment, Span, Unit
from pcmfa_lint.knowledge.selectors import RuleNames
from pcmfa_lint.knowledge.toml_schema import shown_key
from pcmfa_lint.limits import FILE_SUPPRESSIONS
from pcmfa_lint.triage.statement_lines import StatementLines

FORM = words("pcmfa: ignore[PCM201] reason")
_TOO_MANY = filled(
    words("this file has more than {0:,}; this one and those after it have no effect"), FILE_SUPPRESSIONS
)
_WRITE = filled(words("write {0}"), FORM)
# What people write who want something ignored; whatever is not the form is reported, not passed over. The first pass
# must know how it begins: `prefilter.REMARKS`.
_LIKE = re.compile(
    r"(?:^|(?:#|//|;)[ \t]*)pcmfa(?P<lint>-lint)?:[ \t]*"
    r"(?:(?P<ignore>ignore)\b|(?:ignor\w*|disable\w*|suppress\w*|allow|skip|noqa|nosec)\b)(?P<rest>.*)",
    re.IGNORECASE,
)
_MARK = re.compile(r"[ \t]*(?:<#|#+|//+!?|/\*+|\*+(?!/)|<!--|;+|REM\b|--|')*[ \t]*", re.IGNORECASE)
_ESCAPED_LINE_END = re.compile(r"(?:\\[rn])+\Z")  # of a notebook's line
_CLOSING = ("#>", "*/", "-->")
_BRACKETS = re.compile(r"[ \t]*\[([^\]]*)\](.*)")
_UNTIL = re.compile(r"\buntil[ \t:]+(\d[\d./-]+)", re.IGNORECASE)
_ID = re.compile(r"[A-Z][A-Z0-9]*[0-9]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SuppressionPolicy:
    """The conditions under which a suppression counts. `names`: the rules that there are; `today`: by which end dates
    are judged; the last day still counts. `counts`: whether comments silence anything; if not, only what they would."""

    names: RuleNames
    today: date
    require_reason: bool = False
    require_until: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Directive:
    """A suppression, and the lines (from 1) of the statements that it speaks of."""

    suppression: Suppression
    lines: frozenset[int]


def directives(unit: Unit, policy: SuppressionPolicy) -> tuple[Directive, ...]:
    """The suppressions in the comments of a unit, in order. None is `used` yet."""
    directives: list[Directive] = []
    below = _below(unit)
    for comment in unit.comments:
        for number, text in _lines(unit, comment):
            like = _LIKE.search(text)
            if like is None:
                continue
            if len(directives) == FILE_SUPPRESSIONS:
                more = Suppression(redaction.path(unit.path), number, state="malformed", fault=_TOO_MANY)
                return (*directives, Directive(more, frozenset()))
            lines = {number, below.get(comment.span.line, number)}
            directives.append(Directive(_read(unit.path, number, like, policy), frozenset(lines)))
    return tuple(directives)


def silence(
    unit: Unit, findings: Sequence[Finding], policy: SuppressionPolicy
) -> tuple[tuple[Finding, ...], tuple[Suppression, ...]]:
    """The findings of a unit that its suppressions silence, and the suppressions with their state."""
    comments = directives(unit, policy)
    on_line: dict[int, list[int]] = defaultdict(list)
    for index, each in enumerate(comments):
        for line in each.lines:
            on_line[line].append(index)
    statements = StatementLines(unit)
    silencing: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings if on_line else ():
        lines = statements.lines(finding.place.span) & on_line.keys()
        for index in {index for line in lines for index in on_line[line]}:
            if any(policy.names.meets(word, finding.rule) for word in comments[index].suppression.rules):
                silencing[index].append(finding)
    states = tuple(_state(each.suppression, silencing[index], policy) for index, each in enumerate(comments))
    quiet = {id(one) for index, state in enumerate(states) if state.state == "used" for one in silencing[index]}
    return tuple(finding for finding in findings if id(finding) in quiet), states


def _state(suppression: Suppression, silenced: Sequence[Finding], policy: SuppressionPolicy) -> Suppression:
    if suppression.state != "unused" or not silenced:
        return suppression
    unused = tuple(
        word for word in suppression.rules if not any(policy.names.meets(word, each.rule) for each in silenced)
    )
    return replace(suppression, state="used", unused=unused, silences=tuple(each.fingerprint for each in silenced))


def _is_alone(unit: Unit, comment: Comment, values: Mapping[int, Span]) -> bool:
    """Whether nothing stands before a comment on its line, nor behind it. `values`: the line's value in a file whose
    values are lines of a script."""
    span = comment.span
    start, end = 0, len(unit.lines[span.end_line - 1])
    value = values.get(span.line)
    if value is not None:
        start, end = value.col - 1, value.end_col - 1
    before = unit.lines[span.line - 1][start : span.col - 1]
    behind = unit.lines[span.end_line - 1][span.end_col - 1 : end]
    return not before.strip() and not _ESCAPED_LINE_END.sub("", behind).strip()


def _below(unit: Unit) -> dict[int, int]:
    """For each line on which a comment stands alone: the first line below that is no such comment too."""
    below: dict[int, int] = {}
    one_line = (entry.span for entry in unit.settings if entry.span.line == entry.span.end_line)
    values = {span.line: span for span in one_line} if unit.scripts else {}
    for comment in sorted(unit.comments, key=lambda comment: comment.span, reverse=True):
        if _is_alone(unit, comment, values):
            line = comment.span.end_line + 1
            below[comment.span.line] = below.get(line, line)
    return below


def _lines(unit: Unit, comment: Comment) -> Iterator[tuple[int, str]]:
    """Each line of a comment that names us with its number, without marks."""
    span = comment.span
    for number in range(span.line, min(span.end_line, len(unit.lines)) + 1):
        start = span.col - 1 if number == span.line else 0
        end = span.end_col - 1 if number == span.end_line else None
        text = unit.lines[number - 1][start:end].strip()
        if "pcmfa" in text.lower():
            text = next((text.removesuffix(mark) for mark in _CLOSING if text.endswith(mark)), text)
            mark = _MARK.match(text)
            yield number, text[mark.end() if mark else 0 :]


def _read(path: str, line: int, like: re.Match[str], policy: SuppressionPolicy) -> Suppression:
    """One suppression out of what looks like one."""
    parts = _BRACKETS.fullmatch(like["rest"].rstrip())
    if parts is None or not like["ignore"] or like["lint"]:
        return Suppression(redaction.path(path), line, state="malformed", fault=_WRITE)
    named = tuple(word.strip() for word in parts[1].split(",") if word.strip())
    dates = _UNTIL.findall(parts[2])
    reason = redaction.reason(" ".join(_UNTIL.sub("", parts[2]).split()).strip(" :,;-\u2013\u2014()"))
    until = _date(dates[0]) if len(dates) == 1 else None
    fault = _fault(named, reason, dates, until, policy)
    rules = tuple(redaction.message(shown_key(word).strip('"')) for word in named)
    state = "malformed" if fault else "expired" if until and until < policy.today else "unused"
    day = until.isoformat() if until else ""
    return Suppression(redaction.path(path), line, rules, reason, day, state, redaction.message(fault))  # type: ignore[arg-type]


def _fault(
    named: Sequence[str], reason: str, dates: Sequence[str], until: date | None, policy: SuppressionPolicy
) -> str:
    """Why a suppression does not count, as the end of a sentence; "" if it does."""
    if not named:
        return f"no rule is named in its brackets; write {FORM}"
    for word in named:
        classes = policy.names.families.values()
        if not policy.names.names_any(word) or not (_ID.fullmatch(word) or word.lower() in classes):
            complaint = "names no rule, no class, and no id prefix with a digit"
            return f"{shown_key(word)} {complaint}{policy.names.hint(word)}"
    if len(dates) > 1:
        return "it has several end dates"
    if dates and until is None:
        return "its end date is not a date: write until YYYY-MM-DD"
    if policy.require_reason and not reason:
        return "this project requires a reason after the brackets"
    if policy.require_until and until is None:
        return "this project requires an end date: until YYYY-MM-DD"
    return ""


def _date(text: str) -> date | None:
    text = text.rstrip(".-/")
    try:
        return date.fromisoformat(text) if len(text) == len("2026-12-31") else None
    except ValueError:
        return None
