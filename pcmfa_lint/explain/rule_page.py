"""The page of one rule: what it finds, why that matters, what to do, and examples. All of it stands in the rule."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from pcmfa_lint.frontend.languages import title_of
from pcmfa_lint.knowledge.rule import Example, Rule
from pcmfa_lint.report.prose import prose
from pcmfa_lint.report.words import count

WIDTH = 100


def page(rule: Rule, examples: bool = True, short: bool = False) -> str:
    """The page as plain text. `short`: of the advice for single languages only which languages those are."""
    return "\n".join(_lines(rule, examples, short)) + "\n"


def _lines(rule: Rule, examples: bool, short: bool) -> Iterator[str]:
    yield f"{rule.id}  {rule.title}"
    yield f"{rule.name} · class {rule.family} · level {rule.level} · precision {rule.precision} · since {rule.since}"
    yield from _section("Why", rule.why)
    special = any(fix.when for fix in rule.fix)
    fixes = [fix for fix in rule.fix if not (short and "language" in fix.when)]
    for fix in fixes:
        yield from _section(fix_title(fix.when, special), fix.text)
    if len(fixes) < len(rule.fix):
        names = sorted({name for fix in rule.fix for name in _listed(fix.when.get("language", ()))})
        yield from ("", "With code in your language", *prose(f"--language NAME: {', '.join(names)}", WIDTH))
    for example in rule.example if examples else ():
        yield from _example(example)
    if rule.example and not examples:
        yield from ("", f"{count(len(rule.example), 'example')} of what is reported, and what is not: --examples")
    if rule.references:
        yield from ("", "References", *(f"  {reference}" for reference in rule.references))


def fix_title(when: dict[str, object], special: bool) -> str:
    """The heading of a fix. `special`: the rule has fixes for some places only."""
    if not when:
        return "What to do in general" if special else "What to do"
    conditions = dict(when)
    languages = _words(conditions.pop("language", ()), title_of)
    others = " and ".join(f"{key} is {_words(value, str)}" for key, value in conditions.items())
    return f"What to do{f' in {languages}' if languages else ''}{f' where {others}' if others else ''}"


def _words(value: object, form: Callable[[str], str]) -> str:
    return " or ".join(map(form, map(str, value))) if isinstance(value, tuple | list) else form(str(value))


def _listed(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list) else (str(value),)


def _section(title: str, text: str) -> Iterator[str]:
    yield from ("", title, *prose(text, WIDTH))


def _example(example: Example) -> Iterator[str]:
    yield from ("", f"Example: {example.title}")
    for reported, path, content in example.texts():
        yield f"  {'reported' if reported else 'not reported'}{f' ({path})' if path else ''}:"
        yield from textwrap.indent(content.strip("\n"), "    ").split("\n")
