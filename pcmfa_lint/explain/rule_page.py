"""The page of one rule: what it finds, why that matters, what to do, and examples. All of it stands in the rule."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pcmfa_lint.knowledge.rule import Example, Rule

WIDTH = 100


def page(rule: Rule) -> str:
    """The page as plain text."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}  {rule.title}"
    yield f"{rule.name} · class {rule.family} · level {rule.level} · precision {rule.precision} · since {rule.since}"
    yield from _section("Why", rule.why)
    for fix in rule.fix:
        yield from _section(_fix_title(fix.when), fix.text)
    for example in rule.example:
        yield from _example(example)
    if rule.references:
        yield from ("", "References", *(f"  {reference}" for reference in rule.references))


def _fix_title(when: dict[str, object]) -> str:
    if not when:
        return "What to do"
    conditions = (f"{key} is {_words(value)}" for key, value in when.items())
    return f"What to do where {' and '.join(conditions)}"


def _words(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _section(title: str, text: str) -> Iterator[str]:
    yield from ("", title)
    for paragraph in text.strip().split("\n\n"):
        yield from textwrap.indent(_filled(paragraph), "  ").split("\n")


def _filled(paragraph: str) -> str:
    """A paragraph wrapped; lists and code keep their lines."""
    if any(line.startswith((" ", "-", "*", "`", "1.")) for line in paragraph.split("\n")):
        return paragraph
    return textwrap.fill(paragraph, WIDTH - 2, break_long_words=False, break_on_hyphens=False)


def _example(example: Example) -> Iterator[str]:
    yield from ("", f"Example: {example.title}")
    for side, what in (("bad", "reported"), ("good", "not reported")):
        text = getattr(example, side)
        files = text if isinstance(text, dict) else {"": text}
        for path, content in files.items():
            if content:
                yield f"  {what}{f' ({path})' if path else ''}:"
                yield from textwrap.indent(content.strip("\n"), "    ").split("\n")
