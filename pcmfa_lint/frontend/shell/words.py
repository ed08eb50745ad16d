"""Words of a shell: quoted and bare text, expansions, substitutions, here-documents."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node

from pcmfa_lint.frontend.common_nodes import listed
from pcmfa_lint.frontend.curly_braces import constant
from pcmfa_lint.frontend.shell.files import content
from pcmfa_lint.frontend.shell.script import script_of
from pcmfa_lint.frontend.treesitter import Reader, children, parts
from pcmfa_lint.ir.nodes import (
    Block,
    Concatenation,
    Conditional,
    Expression,
    ExpressionStatement,
    Member,
    Name,
    Span,
    Text,
    Unknown,
)

EXPANSIONS = ("simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution")
WORDS = ("word", "string", "raw_string", "ansi_c_string", "translated_string", "concatenation", "number", *EXPANSIONS)
_ESCAPE = re.compile(r"\\(\n|.)", re.DOTALL)
_IN_QUOTES = re.compile(r"\\(\n|[$`\"\\])")
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_EXPANSION = re.compile(
    r"\$[{(](?P<sign>[#!]?)(?P<name>\w+|[@*?#$!-])(?:\[(?P<key>[^\]]*)\])?(?P<rest>.*)[})]", re.DOTALL
)
_DEFAULT = re.compile(r":?[-=?+]")
_TAIL = re.compile(r"\#|:\s*\(?\s*-3|:\s*\$\{#|:\s*\(?\s*\$\{#")  # what is left are the last characters: the status


def raw_string(r: Reader, node: Node) -> Expression:
    """`'text'`"""
    return Text(r.text(node)[1:-1], r.span(node))


def ansi_string(r: Reader, node: Node) -> Expression:
    """`$'text\\n'`"""
    written = r.text(node)[2:-1]
    return Text(_ESCAPE.sub(lambda match: _ANSI.get(match[1], match[0]), written), r.span(node))


def word(r: Reader, node: Node) -> Expression:
    """A word without quotes: a value, which no report may show."""
    r.opaque.append(r.range(node))
    return Text(_ESCAPE.sub(lambda match: "" if match[1] == "\n" else match[1], r.text(node)), r.span(node), "bare")


def number(r: Reader, node: Node) -> Expression:
    """A word of digits."""
    return Text(r.text(node), r.span(node), "number")


def string(r: Reader, node: Node) -> Expression:
    """`"text $x"`"""
    start, end = r.range(node)
    return template(r, node, start + 1, end - 1, _IN_QUOTES)


def template(r: Reader, node: Node, start: int, end: int, escape: re.Pattern[str]) -> Expression:
    """Text between two offsets, with the expansions that stand in a node."""
    values: list[Expression] = []
    for kid in [*(kid for kid in node.children if kid.type in EXPANSIONS), None]:
        upto = end if kid is None else r.range(kid)[0]
        if upto > start:
            written = escape.sub(lambda match: "" if match[1] == "\n" else match[1], r.source[start:upto])
            values.append(Text(written, r.place(start, upto)))
        if kid is not None:
            values.append(r.value(kid))
            start = r.range(kid)[1]
    return joined(values, r.span(node))


def joined(values: list[Expression], span: Span) -> Expression:
    """Pieces of text as one."""
    flat = [part for one in values for part in (one.parts if isinstance(one, Concatenation) else (one,))]
    if len(flat) == 1:
        return flat[0]
    return Concatenation(tuple(flat), span) if flat else Text("", span)


def concatenation(r: Reader, node: Node) -> Expression:
    """`a"b"$c`"""
    return joined([r.value(kid) for kid in parts(node)], r.span(node))


def heredoc(r: Reader, node: Node) -> Expression | None:
    """The text of a here-document. One whose mark is quoted holds no expansions."""
    bodies = children(node, "heredoc_body")
    if not bodies:
        return None
    start, end = bodies[0].start_byte >> 1, min(bodies[0].end_byte >> 1, len(r.source))
    marks = children(node, "heredoc_start")
    if marks and r.text(marks[0])[:1] in "'\"\\":
        return Text(r.source[start:end], r.place(start, end))
    return template(r, bodies[0], start, end, _IN_QUOTES)


def variable(r: Reader, name: str, span: Span) -> Expression:
    """`$name`: of the script where it sets one of this name, else of the environment."""
    script = script_of(r)
    if name.isdigit() and name != "0":
        return Name(str(int(name) + script.shifted), span)
    if name in ("@", "*"):
        return Name("@", span)
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        return Unknown("special", (), span)
    environment = Member(Name("env", span), Text(name, span, "bare"), span)
    if name == script.setting:
        return environment
    if name in script.assigned:
        return Name(name, span)
    return Conditional((Name(name, span), environment), span) if script.sources else environment


def simple(r: Reader, node: Node) -> Expression:
    """`$x`"""
    return variable(r, r.text(node)[1:].strip("{}"), r.span(node))


def expansion(r: Reader, node: Node) -> Expression:
    """`${x}`, `${x:-default}`, `${x[key]}`, `${x##*/}`"""
    match, span = _EXPANSION.fullmatch(r.text(node)), r.span(node)
    if match is None or match["sign"] == "!":
        return r.unknown("expansion", node, *parts(node))
    value = variable(r, match["name"], span)
    if match["sign"] == "#":
        return Unknown("length", (value,), span)
    key, rest = match["key"], match["rest"]
    if key and key not in ("@", "*"):
        value = Member(value, Text(key.strip("\"'"), span), span)
    operator = _DEFAULT.match(rest)
    if operator is not None:
        other = _default(r, node, operator.end() + match.start("rest"))
        if operator[0].endswith("+"):
            return Conditional((other, constant("None", span)), span, value)
        return value if operator[0].endswith("?") else Conditional((value, other), span)
    if script_of(r).coded and _TAIL.match(rest):
        return Member(value, Text("http_code", span), span)
    return value


def _default(r: Reader, node: Node, at: int) -> Expression:
    """What stands behind the sign in `${x:-default}`; the grammar takes the beginning of a word for a variable."""
    span, written = r.span(node), r.text(node)[at:-1]
    if not re.search("[$`\"'\\\\]", written):
        return Text(written, span, "bare")
    start = r.range(node)[0] + at
    kids = [kid for kid in parts(node) if kid.type not in ("variable_name", "special_variable_name", "subscript")]
    kids = [kid for kid in kids if r.range(kid)[0] >= start]
    return joined([r.value(kid) for kid in kids], span) if kids else Text("", span)


def substitution(r: Reader, node: Node) -> Expression:
    """`$(command)`: what it writes."""
    kids = parts(node)
    script = script_of(r)
    if len(kids) == 1 and kids[0].type == "file_redirect":  # $(<file)
        return read_file(r, kids[0], parts(kids[0])[-1])
    script.captures += 1
    try:
        body = r.block(kids)
    finally:
        script.captures -= 1
    if len(body) == 1 and isinstance(body[0], ExpressionStatement):
        return body[0].value
    return Block(body, r.span(node))


def read_file(r: Reader, node: Node, path: Node) -> Expression:
    """The content of a file: what the script wrote into it, if it did."""
    return content(r, path, r.span(node))


def unknown(r: Reader, node: Node) -> Expression:
    """A value that is computed."""
    return r.unknown(node.type, node, *parts(node))


def texts(value: Expression) -> Iterable[str]:
    """The literal pieces of a word."""
    if isinstance(value, Text):
        yield value.value
    elif isinstance(value, Concatenation):
        for part in value.parts:
            yield from texts(part)


def literal(value: Expression) -> str:
    """The text of a word that is nothing but text; empty otherwise."""
    return value.value if isinstance(value, Text) else ""


VALUES = {
    "word": word,
    "number": number,
    "raw_string": raw_string,
    "ansi_c_string": ansi_string,
    "string": string,
    "concatenation": concatenation,
    "simple_expansion": simple,
    "expansion": expansion,
    "command_substitution": substitution,
    "process_substitution": substitution,
    "arithmetic_expansion": unknown,
    "brace_expression": unknown,
    "array": listed,
    "variable_name": lambda r, node: variable(r, r.text(node), r.span(node)),
    "special_variable_name": lambda r, node: variable(r, r.text(node), r.span(node)),
    "regex": word,
    "extglob_pattern": word,
    "test_operator": word,
    "file_descriptor": word,
}
