"""Markdown as a page: headings that links find, and what a table of contents needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from pcmfa_lint.inventory.playbook.steps import slug
from pcmfa_lint.report.page import one_line_each

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image").enable("table")
_MANY = 60  # headings; a longer table of contents is no help


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class RenderedChapter:
    """A heading of the second level and those below it."""

    heading: Heading
    below: tuple[Heading, ...]


def rendered(markdown: str) -> tuple[Markup, Markup, list[Heading]]:
    """The text before the first chapter, the chapters as HTML, and the headings in order, with the anchors that
    GitHub gives."""
    tokens = _MARKDOWN.parse(one_line_each(markdown))
    headings: list[Heading] = []
    used: set[str] = set()
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            text = _text(inside.children or ())
            anchor = _free(slug(text), used)
            opening.attrSet("id", anchor)
            headings.append(Heading(int(opening.tag[1:]), text, anchor))
    for token in _all(tokens):
        if token.type == "link_open" and not str(token.attrGet("href")).startswith("#"):
            token.attrSet("rel", "noreferrer")
        elif token.type in ("fence", "code_block"):
            token.attrSet("tabindex", "0")
        elif token.attrs.pop("style", "") == "text-align:right":  # the policy of the page takes no style
            token.attrSet("class", "number")
    end = next(
        (at for at, token in enumerate(tokens) if token.type == "heading_open" and token.tag != "h1"), len(tokens)
    )
    return _html(tokens[:end]), _html(tokens[end:]), headings


def chapters(headings: Sequence[Heading]) -> list[RenderedChapter]:
    """The table of contents; what comes before the first chapter is not in it, of a long text only chapters are."""
    deepest = 6 if len(headings) <= _MANY else 2
    result: list[tuple[Heading, list[Heading]]] = []
    for heading in headings:
        if heading.level == 2:
            result.append((heading, []))
        elif 2 < heading.level <= deepest and result:
            result[-1][1].append(heading)
    return [RenderedChapter(heading, tuple(below)) for heading, below in result]


def _html(tokens: Sequence[Token]) -> Markup:
    """The tokens as HTML; a table that is wider than the page is moved in its frame."""
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    frame = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
    return Markup(html.replace("<table>", f"{frame}<table>").replace("</table>", "</table></div>"))


def _free(anchor: str, used: set[str]) -> str:
    """The anchor, with a number if it is taken; never empty."""
    free, number = anchor or "-", 0
    while free in used:
        number += 1
        free = f"{anchor}-{number}"
    used.add(free)
    return free


def _text(tokens: Iterable[Token]) -> str:
    return "".join(token.content for token in tokens if token.type in ("text", "code_inline"))


def _all(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()
