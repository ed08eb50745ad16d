"""Literals of C#: what their text stands for."""

from __future__ import annotations

import re
import textwrap

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import Concatenation, Expression, Text

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,4})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}


def unescaped(written: str) -> str:
    """The text of a literal's inside, escapes resolved."""

    def resolve(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        if digits:
            point = int(digits, 16)
            return chr(point) if point <= 0x10FFFF else match[0]
        return _ESCAPES.get(match[4], match[4])

    return _ESCAPE.sub(resolve, written)


def regular(r: Reader, node: Node) -> Text:
    """`"a\\n"`, `'a'`, `"a"u8`"""
    written = r.text(node).removesuffix("u8").removesuffix("U8")
    return Text(unescaped(written[1:-1]), r.span(node))


def verbatim(r: Reader, node: Node) -> Text:
    """`@"c:\\x"`, in which only quotes are doubled."""
    written = r.text(node)
    return Text(written[written.find('"') + 1 : -1].replace('""', '"'), r.span(node))


def raw(r: Reader, node: Node) -> Text:
    """Three quotes or more; of several lines, the indentation is no part of the text."""
    written = r.text(node)
    quotes = len(written) - len(written.lstrip('"'))
    inside = written[quotes:-quotes]
    if "\n" in inside:
        inside = textwrap.dedent(inside.partition("\n")[2].rpartition("\n")[0])
    return Text(inside, r.span(node))


def interpolated(r: Reader, node: Node) -> Expression:
    """`$"a{b}"`, `$@"…"`, `$$\"\"\"…{{b}}…\"\"\"`: text and values."""
    start = r.text(node)[:8]
    plain = '"""' not in start or "@" in start.partition('"')[0]
    built: list[Expression] = []
    for kid in parts(node):
        if kid.type == "interpolation":
            inner = [each for each in parts(kid) if not each.type.startswith("interpolation")]
            built += [r.value(inner[0])] if inner else []
        elif kid.type in ("string_content", "escape_sequence"):
            built.append(Text(_content(r, kid, plain, "@" in start.partition('"')[0]), r.span(kid)))
    return Concatenation(tuple(built), r.span(node))


def _content(r: Reader, node: Node, plain: bool, verbatim_: bool) -> str:
    start, end = node.start_byte >> 1, node.end_byte >> 1  # a space at the front belongs to the text
    written = r.source[start:end]
    if not plain:
        return written
    written = written.replace("{{", "{").replace("}}", "}")
    return written.replace('""', '"') if verbatim_ else unescaped(written)
