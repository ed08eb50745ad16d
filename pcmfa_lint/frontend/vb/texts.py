"""Texts of Visual Basic, also those with values in them."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.joined_text import filled
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.nodes import Arg, Concatenation, Expression, Text

FORMATS = ("string.format", "strings.format", "system.string.format")
_HOLE = re.compile(r"\{(\d{1,3})(?:[,:][^{}]*)?\}|\{\{|\}\}")


def string(r: Reader, node: Node) -> Expression:
    """A text, also one with values in it."""
    inner = child(node, "interpolated_string_literal")
    if inner is None:
        written = r.text(node)
        return Text(written[1:].removesuffix("c").removesuffix('"').replace('""', '"'), r.span(node))
    values: list[Expression] = []
    at, end = r.range(inner)
    at += 2
    for kid in [*children(inner, "interpolation"), None]:
        upto = end - 1 if kid is None else r.range(kid)[0]
        if upto > at:
            text = r.source[at:upto].replace('""', '"').replace("{{", "{").replace("}}", "}")
            values.append(Text(text, r.place(at, upto)))
        if kid is not None:
            values += [r.value(one) for one in parts(kid)[:1]]
            at = r.range(kid)[1]
    return Concatenation(tuple(values), r.span(node)) if values else Text("", r.span(node))


def formatted(form: Text, args: tuple[Arg, ...]) -> list[Expression]:
    """`a={0}` with its values in place."""

    def value(hole: re.Match[str]) -> Expression | None:
        if hole[1] is None:
            return Text(hole[0][0], form.span)
        return args[int(hole[1])].value if int(hole[1]) < len(args) else None

    return filled(form, _HOLE, value)
