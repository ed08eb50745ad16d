"""Literals of Java, and texts that are put together by a format."""

from __future__ import annotations

import re
import textwrap

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import Arg, Concatenation, Expression, Span, Text

_ESCAPE = re.compile(r"\\(?:u+([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "s": " ", "\n": ""}
_HOLE = re.compile(r"%(?:(\d+)\$)?[-#+ 0,(<]*\d*(?:\.\d+)?([a-zA-Z%])")


def unescaped(written: str) -> str:
    """The text of a literal's inside, escapes resolved."""

    def resolve(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return chr(int(match[2], 8)) if match[2] else _ESCAPES.get(match[3], match[3])

    return _ESCAPE.sub(resolve, written)


def string(r: Reader, node: Node) -> Expression:
    """`"a\\n"`, `'a'`, a text block, and one with values in it."""
    holes = [kid for kid in parts(node) if kid.type == "string_interpolation"]
    if holes:
        return _interpolated(r, node, holes)
    written = r.text(node)
    if not written.startswith('"""'):
        return Text(unescaped(written[1:-1]), r.span(node))
    inside = written[3:-3].replace("\r\n", "\n").partition("\n")[2]
    marked = textwrap.dedent(inside + ".")  # where the closing quotes stand counts for the indentation
    return Text(unescaped(marked[:-1]), r.span(node))


def _interpolated(r: Reader, node: Node, holes: list[Node]) -> Concatenation:
    found: list[Expression] = []
    for kid in node.children:
        if kid in holes:
            found += [r.value(inner) for inner in parts(kid)]
        elif kid.type.endswith("fragment"):
            found.append(Text(unescaped(r.text(kid)), r.span(kid)))
    return Concatenation(tuple(found), r.span(node))


def formatted(text: Text, given: tuple[Arg, ...], span: Span) -> Concatenation:
    """`String.format("a=%s&b=%2$s", a, b)`: the text with its values in place."""
    found: list[Expression] = []
    at = following = 0
    for match in _HOLE.finditer(text.value):
        if match[2] in "%n":
            found.append(Text(text.value[at : match.start()] + ("%" if match[2] == "%" else "\n"), text.span))
            at = match.end()
            continue
        number = int(match[1]) - 1 if match[1] else following
        following += 0 if match[1] else 1
        if match.start() > at:
            found.append(Text(text.value[at : match.start()], text.span))
        if 0 <= number < len(given):
            found.append(given[number].value)
        at = match.end()
    if at < len(text.value) or not found:
        found.append(Text(text.value[at:], text.span))
    return Concatenation(tuple(found), span)
