"""Markdown as plain text of a given width: paragraphs and list items wrapped, code left as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from pcmfa_lint.report.words import clean

INDENT = "    "
_LIST_ITEM = re.compile(r"(?:[-*]|\d+\.)\s+")


def label(text: str) -> str:
    """The text as the name of what follows it."""
    return click.style(text, bold=True)


def prose(markdown: str, width: int, name: str = "") -> Iterator[str]:
    """The lines of a text, indented. `name` stands before the first of them."""
    first = f"{INDENT}{label(name)} " if name else INDENT
    for text, is_code in _blocks(markdown):
        if is_code:
            yield from (first.rstrip(),) if first != INDENT else ()
            yield from (f"{INDENT * 2}{line}".rstrip() for line in text.split("\n"))
        else:
            item = _LIST_ITEM.match(text)
            yield from paragraph(text[item.end() :] if item else text, width, first + (item[0] if item else ""))
        first = INDENT


def paragraph(text: str, width: int, first: str) -> Iterator[str]:
    """One paragraph that begins with `first`; the other lines are indented to where a list item's text begins."""
    plain = click.unstyle(first)
    hang = " " * len(plain) if _LIST_ITEM.match(plain.lstrip()) else INDENT
    head, *rest = wrapped(text, width, "\0" * len(plain), hang)
    yield first + head.removeprefix("\0" * len(plain))
    yield from rest


def wrapped(text: str, width: int, first: str = "", hang: str = "") -> list[str]:
    """Lines of whole words: names and addresses are there to be copied. One line at least."""
    import textwrap  # only where there is something to report

    lines = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first]


def _blocks(markdown: str) -> Iterator[tuple[str, bool]]:
    """(text, is code) of each paragraph, list item and fenced code block."""
    text: list[str] = []
    fenced = False
    for line in markdown.strip("\n").split("\n"):
        fence = line.lstrip().startswith("```")
        if text and (fence or (not fenced and (not line.strip() or _LIST_ITEM.match(line.lstrip())))):
            yield ("\n" if fenced else " ").join(text), fenced
            text = []
        if fence:
            fenced = not fenced
        elif fenced or line.strip():
            text.append(clean(line.expandtabs(4)) if fenced else clean(line.strip()))
    if text:
        yield ("\n" if fenced else " ").join(text), fenced
