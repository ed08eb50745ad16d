"""PHP's string literals: quotes off, escapes resolved, indentation of heredocs taken away."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.joined_text import joined
from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.nodes import Expression, Text

_SINGLE = re.compile(r"\\([\\'])")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([nrtvef\\$\"]))")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "e": "\x1b", "f": "\f"}
_LITERAL = ("string_content", "escape_sequence", "nowdoc_string")


def _unescaped(match: re.Match[str]) -> str:
    if match[4]:
        return _PLAIN.get(match[4], match[4])
    code = int(match[3], 8) & 0xFF if match[3] else int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 else "\ufffd"


def single(r: Reader, node: Node) -> Text:
    """`'…'`"""
    return Text(_SINGLE.sub(r"\1", r.text(node).lstrip("bB")[1:-1]), r.span(node))


def double(r: Reader, node: Node) -> Expression:
    """`"…$x {$y->z}…"`"""
    return _joined(r, node, list(node.children), "")


def heredoc(r: Reader, node: Node) -> Expression:
    """`<<<EOT … EOT` and `<<<'EOT' … EOT`: what the end is indented by is no part of any line."""
    body = node.child_by_field_name("value")
    end = node.child_by_field_name("end_tag")
    if body is None:
        return Text("", r.span(node))
    indent = ""
    if end is not None:
        start = r.range(end)[0]
        line = r.source.rfind("\n", 0, start) + 1
        indent = r.source[line:start] if r.source[line:start].isspace() else ""
    return _joined(r, node, list(body.children), indent)


def _joined(r: Reader, node: Node, kids: list[Node], indent: str) -> Expression:
    """The parts of a text in order. Neighbouring literal parts are one, with the line end before them that the grammar
    leaves out of a heredoc."""
    values: list[Expression] = []
    run: list[Node] = []
    start = 0  # of what is literal
    for before, kid in zip([None, *kids], [*kids, None], strict=True):
        if kid is not None and kid.type in _LITERAL:
            start = start if run else (before.end_byte if before is not None else kid.start_byte) >> 1
            run.append(kid)
            continue
        if run:
            values.append(_literal(r, run, start, indent, not values))
            run = []
        if kid is not None and kid.is_named:
            values.append(r.value(kid))
    return joined(values, r.span(node))


def _literal(r: Reader, run: list[Node], start: int, indent: str, first: bool) -> Text:
    end = run[-1].end_byte >> 1
    written = r.source[start:end]
    if indent:
        written = (
            ("\n" + written if first else written).replace("\n" + indent, "\n").removeprefix("\n" if first else "")
        )
    text = written if run[0].type == "nowdoc_string" else _ESCAPE.sub(_unescaped, written)
    return Text(text, r.place(start, end))
