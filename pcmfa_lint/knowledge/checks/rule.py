"""Whether a rule means something: its attributes exist, its words are in their vocabulary, and nothing is missing.

What the schema cannot say, held against `vocabulary`. Each problem names the key path it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from pcmfa_lint.evidence.condition import flat
from pcmfa_lint.evidence.levels import LEVELS
from pcmfa_lint.evidence.model import SUBJECTS
from pcmfa_lint.evidence.template import holes
from pcmfa_lint.knowledge.checks.regex import check_pattern
from pcmfa_lint.knowledge.rule import Example, Rule
from pcmfa_lint.knowledge.toml_lines import KeyPath
from pcmfa_lint.knowledge.toml_schema import SchemaProblem, nearest, one_of, shown_key
from pcmfa_lint.knowledge.vocabulary import attributes, is_place, words

# How an example with a single text is called when it is read: by its language, or its language is a file name itself.
EXAMPLE_NAMES = {
    "python": "example.py",
    "powershell": "example.ps1",
    "csharp": "example.cs",
    "javascript": "example.js",
    "typescript": "example.ts",
    "java": "example.java",
    "kotlin": "example.kt",
    "groovy": "example.groovy",
    "php": "example.php",
    "go": "example.go",
    "ruby": "example.rb",
    "shell": "example.sh",
    "vb": "example.vb",
    "json": "example.json",
    "yaml": "example.yml",
    "xml": "example.xml",
    "toml": "example.toml",
    "ini": "example.ini",
    "http": "example.http",
    "terraform": "example.tf",
    "bicep": "example.bicep",
}
PAIRS = 2  # of examples, at least
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_rule(rule: Rule, marker_kinds: Iterable[str]) -> list[SchemaProblem]:
    """All that is wrong with a rule. `marker_kinds`: what the catalog calls its sightings."""
    if rule.on not in SUBJECTS:
        return [SchemaProblem(("on",), f'"{rule.on}" cannot be judged yet; "on" {one_of(SUBJECTS, rule.on)}')]
    subject = SUBJECTS[rule.on]
    problems = [*_required(rule), *_message(rule, subject), *_places(rule, subject), *_lower(rule)]
    for path, table in _tables(rule):
        problems += condition_problems(path, table, subject, tuple(marker_kinds))
    for index, example in enumerate(rule.example):
        problems += _example(("example", index), example)
    return problems + (_pattern(rule) if rule.on == "text" else [])


def _required(rule: Rule) -> Iterator[SchemaProblem]:
    if not _NAME.fullmatch(rule.name):
        yield SchemaProblem(("name",), '"name" must be lower-case words joined by dashes')
    for key in ("title", "message", "why", "fix", "references"):
        if not getattr(rule, key):
            yield SchemaProblem((key,), f'"{key}" must not be empty')
    if rule.fix and rule.fix[-1].when:
        yield SchemaProblem(
            ("fix", len(rule.fix) - 1, "when"), 'the last [[fix]] is for all other places and needs no "when"'
        )
    if sum(bool(example.bad and example.good) for example in rule.example) < PAIRS:
        yield SchemaProblem(("example",), f'a rule needs at least {PAIRS} [[example]]s with both "bad" and "good"')


def _message(rule: Rule, subject: type) -> Iterator[SchemaProblem]:
    names = attributes(subject)
    try:
        wanted = holes(rule.message)
    except ValueError:
        yield SchemaProblem(
            ("message",), '"message" needs dotted attributes in braces; a brace itself is written twice'
        )
        return
    for hole in wanted:
        if hole not in names:
            yield SchemaProblem(("message",), f"{rule.on} has no attribute {shown_key(hole)}{nearest(hole, names)}")


def _places(rule: Rule, subject: type) -> Iterator[SchemaProblem]:
    kinds = attributes(subject)
    places = [name for name, kind in kinds.items() if is_place(kind) or f"{name}.at" in kinds]
    for key, names in (("primary", (rule.at.primary,)), ("related", rule.at.related)):
        for name in names:
            if name not in places:
                hint = nearest(name, places)
                yield SchemaProblem(("at", key), f"{shown_key(name)} is not a place of {rule.on}{hint}")


def _lower(rule: Rule) -> Iterator[SchemaProblem]:
    ranks = ("off", *LEVELS)
    for index, downgrade in enumerate(rule.downgrade):
        if ranks.index(downgrade.to) >= ranks.index(rule.level):
            yield SchemaProblem(
                ("downgrade", index, "to"), f'"to" must be below the rule\'s level, which is "{rule.level}"'
            )
        if not downgrade.when:
            yield SchemaProblem(
                ("downgrade", index), '[[downgrade]] needs conditions in "when"; else change the rule\'s level'
            )


def _tables(rule: Rule) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    for key, tables in (("where", rule.where), ("unless", rule.unless)):
        for index, table in enumerate(tables):
            yield (key, index), table
    for index, downgrade in enumerate(rule.downgrade):
        yield ("downgrade", index, "when"), downgrade.when
    for index, fix in enumerate(rule.fix):
        yield ("fix", index, "when"), fix.when


def condition_problems(
    path: KeyPath, table: Mapping[str, Any], subject: type, markers: tuple[str, ...] = ()
) -> Iterator[SchemaProblem]:
    """The problems of one condition table on a kind of evidence, or on another type of `vocabulary`."""
    kinds = _kinds(subject)
    for attribute, condition in flat(table).items():
        if attribute not in kinds:
            text = f"unknown attribute {shown_key(attribute)} in a condition{nearest(attribute, kinds)}"
            yield SchemaProblem((*path, attribute), text)
            continue
        allowed = () if attribute == "path" else words(subject, attribute)
        if attribute == "kind" and subject is SUBJECTS["marker"]:
            allowed = markers
        for text in _condition_faults(kinds[attribute], condition, allowed):
            yield SchemaProblem((*path, attribute), f"{shown_key(attribute)} {text}")


@cache
def _kinds(subject: type) -> dict[str, Any]:
    """The attributes of a type that conditions may name, and what they are."""
    kinds = {name: kind for name, kind in attributes(subject).items() if is_place(kind) or not is_dataclass(kind)}
    return {**kinds, "path": str}


def _condition_faults(kind: Any, condition: Any, allowed: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with what a condition wants of an attribute."""
    if condition == {"any": True}:
        return
    values = condition.get("not") if isinstance(condition, Mapping) and len(condition) == 1 else condition
    if values is None or isinstance(values, Mapping):
        yield "needs a value, a list of values, { not = [...] }, or { any = true }"
        return
    for value in values if isinstance(values, (list, tuple)) else (values,):
        if text := _value(kind, value, allowed):
            yield text


def _value(kind: Any, value: Any, allowed: tuple[str, ...]) -> str:
    """What is wrong with one wanted value; empty if nothing is."""
    if is_place(kind):
        return "is a place; only { any = true } can test it"
    if kind is bool:
        return "" if isinstance(value, bool) else "must be true or false"
    if not isinstance(value, str):
        return "must be a text"
    if value in ("", "unknown"):
        return "can never hold: empty and unknown meet no condition"
    if allowed and value not in allowed:
        return one_of([word for word in allowed if word != "unknown"], value)
    return ""


def _example(path: KeyPath, example: Example) -> Iterator[SchemaProblem]:
    single = isinstance(example.bad, str) and isinstance(example.good, str)
    if not (example.bad or example.good):
        yield SchemaProblem(path, '[[example]] needs "bad", "good" or both')
    if single and "." not in example.language and example.language not in EXAMPLE_NAMES:
        hint = nearest(example.language, EXAMPLE_NAMES)
        yield SchemaProblem((*path, "language"), f'"language" must be a language or a file name such as ".env"{hint}')
    if bool(example.bad) != bool(example.lines):
        yield SchemaProblem((*path, "lines"), '"bad" and "lines" belong together: "lines" are where "bad" is reported')
    for line in example.lines:
        if isinstance(line, str) and not _names_line(line, example):
            yield SchemaProblem((*path, "lines"), 'a line is a number, or "path:number" with a path of "bad"')
        if isinstance(line, int) and isinstance(example.bad, dict) and len(example.bad) > 1:
            yield SchemaProblem((*path, "lines"), '"lines" want "path:number" where "bad" has several files')


def _names_line(line: str, example: Example) -> bool:
    path, _, number = line.rpartition(":")
    return number.isdecimal() and isinstance(example.bad, dict) and path in example.bad


def _pattern(rule: Rule) -> list[SchemaProblem]:
    problems = [
        SchemaProblem((key,), f'a rule on "text" needs "{key}"')
        for key in ("files", "literals", "pattern")
        if not getattr(rule, key)
    ]
    for path, pattern in [
        (("pattern",), rule.pattern),
        *((("near", index, "pattern"), near.pattern) for index, near in enumerate(rule.near)),
    ]:
        try:
            re.compile(pattern)
        except re.error as error:
            where = "" if error.pos is None else f" at its character {error.pos + 1}"
            problems.append(SchemaProblem(path, f"not a valid regular expression{where}"))
            continue
        if unsafe := check_pattern(pattern):
            problems.append(SchemaProblem(path, unsafe.rstrip(".")))
    return problems
