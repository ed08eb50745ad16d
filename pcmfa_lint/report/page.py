"""The common part of all HTML pages: one file each, that needs no network, to be mailed, kept and read offline.

Everything goes through Jinja's escaping; texts of rules are markdown, in which HTML stays text. The policy in a page
lets nothing run or load but the page's own script and style, by their hashes: `style` attributes do nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any, TextIO

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from pcmfa_lint.findings.model import CodeLine, ShownPlace
from pcmfa_lint.report.links import line_address
from pcmfa_lint.report.words import clean, count, valid, where

_TEMPLATES = files("pcmfa_lint.report") / "templates"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")


def write_page(
    name: str, stream: TextIO, scripts: Sequence[str] = (), styles: Sequence[str] = (), **words: Any
) -> None:
    """Write the page that the template `name` makes of `words`, with the scripts and styles beside the common ones."""
    style = "".join(map(_part, ("page.css", *styles)))
    script = "".join(map(_part, (*scripts, "print.js")))
    policy = (
        f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _environment().get_template(name).stream(style=Markup(style), script=Markup(script), policy=policy, **words)
    page.enable_buffering(100)
    for text in page:
        stream.write(valid(text))
    stream.write("\n")


def one_line_each(text: str) -> str:
    """Markdown whose lines hold no control characters."""
    return "\n".join(clean(line.expandtabs(4)) for line in text.split("\n"))


def _environment() -> Environment:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=FunctionLoader(_part)
    )
    environment.filters |= {
        "clean": clean,
        "where": where,
        "markdown": _markdown,
        "pieces": _pieces,
        "href": _href,
        "counted": count,
    }
    return environment


def _pieces(line: CodeLine) -> tuple[str, str, str]:
    """A line of code before, in and after what is underlined."""
    start, end = (line.start - 1, line.end - 1) if 0 < line.start < line.end else (len(line.text), len(line.text))
    return line.text[:start], line.text[start:end], line.text[end:]


def _markdown(text: str) -> Markup:
    return Markup(_MARKDOWN.render(one_line_each(text)))


def _href(place: ShownPlace, base: str) -> str:
    """The place as an address below that of its root's folder; nothing if that is not known."""
    return line_address(base, place.path, place.span.line)


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8").replace("\r\n", "\n")
