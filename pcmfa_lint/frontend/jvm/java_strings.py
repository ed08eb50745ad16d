"""Literals of Java, and texts that are put together by a format."""

from __future__ import annotations

import re
import textwrap
from itertools import count

from tree_sitter import Node

from pcmfa_lint.frontend.joined_text import filled
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
    values: list[Expression] = []
    for kid in node.children:
        if kid in holes:
            values += [r.value(inner) for inner in parts(kid)]
        elif kid.type.endswith("fragment"):
            values.append(Text(unescaped(r.text(kid)), r.span(kid)))
    return Concatenation(tuple(values), r.span(node))


def formatted(text: Text, args: tuple[Arg, ...], span: Span) -> Concatenation:
    """`String.format("a=%s&b=%2$s", a, b)`: the text with its values in place."""
    following = count()

    def value(hole: re.Match[str]) -> Expression | None:
        if hole[2] in "%n":
            return Text("%" if hole[2] == "%" else "\n", text.span)
        number = int(hole[1]) - 1 if hole[1] else next(following)
        return args[number].value if 0 <= number < len(args) else None

    return Concatenation(tuple(filled(text, _HOLE, value) or [text]), span)
