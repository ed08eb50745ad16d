"""Ruby's string literals: quotes off, escapes resolved, the indentation of `<<~` taken away."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.joined_text import joined
from pcmfa_lint.frontend.ruby.scopes import scopes
from pcmfa_lint.frontend.treesitter import Reader, children, parts
from pcmfa_lint.ir.nodes import Concatenation, Expression, Seq, Text

_SINGLE = re.compile(r"\\([\\'])")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(\r?\n)|(.))", re.S
)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "e": "\x1b", "f": "\f", "a": "\a", "b": "\b", "s": " ", "0": "\0"}
_LITERAL = ("string_content", "escape_sequence", "heredoc_content")


def _unescaped(match: re.Match[str]) -> str:
    if match[5]:
        return ""
    if match[6]:
        return _PLAIN.get(match[6], match[6])
    code = int(match[4], 8) & 0xFF if match[4] else int(match[1] or match[2] or match[3], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def string(r: Reader, node: Node) -> Expression:
    """`'…'`, `"…#{x}…"`, `%q(…)`, `%(…)`"""
    return _joined(r, node, list(node.children), raw=r.text(node).startswith(("'", "%q")))


def symbol(r: Reader, node: Node) -> Expression:
    """`:name`, `:"two words"`"""
    if node.type == "simple_symbol":
        return Text(r.text(node)[1:], r.span(node), "bare")
    return string(r, node)


def key(r: Reader, node: Node) -> Expression:
    """The key of `key: value`."""
    return Text(r.text(node), r.span(node), "bare") if node.type == "hash_key_symbol" else r.value(node)


def chained(r: Reader, node: Node) -> Expression:
    """`"a" "b"`"""
    return Concatenation(tuple(r.value(kid) for kid in parts(node)), r.span(node))


def words(r: Reader, node: Node) -> Expression:
    """`%w[a b]`, `%i[a b]`"""
    items = (_joined(r, kid, list(kid.children), raw=True) for kid in children(node, "bare_string", "bare_symbol"))
    return Seq(tuple(items), r.span(node))


def regex(r: Reader, node: Node) -> Expression:
    """`/…/`: its pattern as text."""
    return _joined(r, node, list(node.children), raw=True)


def here_document(r: Reader, node: Node) -> Expression:
    """`<<~EOS`: the text stands behind the line."""
    body = scopes(r).here_documents.get(node.start_byte)
    written = r.text(node)
    if body is None:
        return Text("", r.span(node))
    value = _joined(r, body, list(body.children), raw="'" in written)
    value = _without_first_line_end(value)
    return _dedented(value) if written.startswith("<<~") else value


def _joined(r: Reader, node: Node, kids: list[Node], raw: bool) -> Expression:
    """The parts of a text in order; neighbouring literal parts are one."""
    values: list[Expression] = []
    run: list[Node] = []
    for kid in [*kids, None]:
        if kid is not None and kid.type in _LITERAL:
            run.append(kid)
            continue
        if run:
            values.append(_literal(r, run, raw))
            run = []
        if kid is not None and kid.type == "interpolation":
            values += [r.value(part) for part in parts(kid)[-1:]]
    return joined(values, r.span(node))


def _literal(r: Reader, run: list[Node], raw: bool) -> Text:
    start, end = run[0].start_byte >> 1, run[-1].end_byte >> 1
    written = r.source[start:end]
    text = _SINGLE.sub(r"\1", written) if raw else _ESCAPE.sub(_unescaped, written)
    return Text(text, r.place(start, end))


def _without_first_line_end(value: Expression) -> Expression:
    """A here-document begins behind the end of the line that announces it."""
    if isinstance(value, Text):
        return Text(re.sub(r"\A\r?\n", "", value.value), value.span)
    if isinstance(value, Concatenation):
        return Concatenation((_without_first_line_end(value.parts[0]), *value.parts[1:]), value.span)
    return value


def _dedented(value: Expression) -> Expression:
    """What all lines are indented by is no part of the text."""
    items = value.parts if isinstance(value, Concatenation) else (value,)
    indents: list[str] = []
    for number, item in enumerate(items):
        if isinstance(item, Text):
            indents += re.findall(
                r"^[ \t]*(?=[^ \t\r\n])" if not number else r"(?<=\n)[ \t]*(?=[^ \t\r\n])", item.value, re.M
            )
            if (
                item is not items[-1]
                and (tail := re.search(r"(?:\A|\n)([ \t]*)\Z", item.value))
                and not (number and "\n" not in item.value)
            ):
                indents.append(tail[1])
    width = min(map(len, indents), default=0)
    if not width:
        return value
    cut: list[Expression] = []
    for number, item in enumerate(items):
        if isinstance(item, Text):
            start = r"(?:\A|(?<=\n))" if not number else r"(?<=\n)"
            item = Text(re.sub(rf"{start}[ \t]{{1,{width}}}", "", item.value), item.span)
        cut.append(item)
    return Concatenation(tuple(cut), value.span) if isinstance(value, Concatenation) else cut[0]
