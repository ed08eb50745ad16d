"""Literals of Kotlin."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.joined_text import joined
from pcmfa_lint.frontend.jvm.java_strings import unescaped
from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import Expression, Name, Text

_SIMPLE = re.compile(r"\\.|\$([^\W\d]\w*)", re.DOTALL)


def string(r: Reader, node: Node) -> Expression:
    """`"a $b ${c}\\n"`, three quotes, `'c'`. The grammar leaves a `$b` in the text."""
    start, end = r.range(node)
    raw = node.type == "multiline_string_literal"
    marks = 3 if raw else 1
    holes = [(*r.range(kid), kid) for kid in parts(node) if kid.type == "interpolation"]
    values: list[Expression] = []
    at = start + marks
    for first, last, hole in holes:
        _pieces(r, at, first, raw, values)
        values += [r.value(kid) for kid in parts(hole)]
        at = last
    _pieces(r, at, end - marks, raw, values)
    return joined(values, r.span(node))


def _pieces(r: Reader, at: int, end: int, raw: bool, values: list[Expression]) -> None:
    """Text with `$name`s in it, from one offset to another."""
    for match in [*_SIMPLE.finditer(r.source, at, end), None]:
        if match is not None and match[1] is None:
            continue  # escaped; resolved with the text around it
        stop = match.start() if match is not None else end
        if at < stop:
            written = r.source[at:stop]
            plain = written.replace("\r\n", "\n") if raw else unescaped(written)
            values.append(Text(plain, r.place(at, stop)))
        if match is not None:
            values.append(Name(match[1], r.place(match.start() + 1, match.end())))
            at = match.end()
