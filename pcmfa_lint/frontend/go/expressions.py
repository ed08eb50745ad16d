"""Lowering of Go's expressions: names, calls and members, literals of structs, maps and lists.

A name of an imported package is one name, `http.Get`; pointers are what they point to.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend import chains, curly_braces
from pcmfa_lint.frontend.go import error_kinds
from pcmfa_lint.frontend.go.functions import lambda_
from pcmfa_lint.frontend.go.types import OBJECT, fields_of, type_name
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, children, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Expression,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Seq,
    Text,
    Unknown,
)

_ESCAPE = re.compile(r"\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "a": "\a", "b": "\b", "f": "\f"}
_STEPS = ("selector_expression", "call_expression", "index_expression", "type_assertion_expression")
_CONSTANTS = {"true": "True", "false": "False", "nil": "None"}


def _unescaped(match: re.Match[str]) -> str:
    if match[5]:
        return _PLAIN.get(match[5], match[5])
    code = int(match[1], 8) if match[1] else int(match[2] or match[3] or match[4], 16)
    return chr(code) if code < 0x110000 else "\ufffd"


def string(r: Reader, node: Node) -> Text:
    """`"a\\n"` and `'a'`"""
    return Text(_ESCAPE.sub(_unescaped, r.text(node)[1:-1]), r.span(node))


def raw(r: Reader, node: Node) -> Text:
    """`` `a` ``: as it is written, but for carriage returns."""
    return Text(r.text(node)[1:-1].replace("\r", ""), r.span(node))


def name(r: Reader, node: Node) -> Expression:
    """A variable, function or constant; the object of the method."""
    written, span = r.text(node), r.span(node)
    if written in _CONSTANTS and written not in r.aliases:
        return curly_braces.constant(_CONSTANTS[written], span)
    return Name(OBJECT if r.aliases.get(written) == OBJECT else written, span)


# --- members and calls ------------------------------------------------------------------------------------------------


def postfix(r: Reader, node: Node) -> Expression:
    """`a.b(c)[d].(e)`"""
    return chains.value(r, node, _before, _STEPS, _step)


def _before(node: Node) -> Node | None:
    return node.child_by_field_name("function") or node.child_by_field_name("operand")


def _step(r: Reader, node: Node, base: Expression) -> Expression:
    span = r.span(node)
    if node.type == "call_expression":
        return _call(r, node, base)
    if node.type == "type_assertion_expression":
        type_ = node.child_by_field_name("type")
        return Call(Name(type_name(r, type_), r.span(type_ or node)), (Arg(base, base.span),), span, "cast")
    if node.type == "index_expression":
        index = node.child_by_field_name("index")
        return Member(base, r.value(index), span) if index is not None else base
    key = node.child_by_field_name("field")
    word = r.text(key) if key is not None else ""
    if isinstance(base, Name) and (package := _package(r, node, base)):
        return Name(f"{package}.{word}", span)
    return Member(base, Text(word, r.span(key or node), "bare"), span)


def _package(r: Reader, node: Node, base: Name) -> str:
    operand = node.child_by_field_name("operand")
    imported = r.aliases.get(base.id, "") if operand is not None and operand.type == "identifier" else ""
    return "" if imported == OBJECT else imported


def _call(r: Reader, node: Node, callee: Expression) -> Expression:
    listed, span = node.child_by_field_name("arguments"), r.span(node)
    kids = parts(listed) if listed is not None else []
    if isinstance(callee, Name) and (built := _built_in(r, callee.id, kids, node)) is not None:
        return built
    if isinstance(callee, Name) and (kind := error_kinds.asked(r, callee.id, kids, span)) is not None:
        return kind
    if isinstance(callee, Name) and callee.id == "slices.Contains" and len(kids) == 2:
        return Compare("in", r.value(kids[1]), r.value(kids[0]), span)
    if isinstance(callee, Member) and not isinstance(callee.key, Text):
        callee = callee.base if _is_generic(node) else callee
    return Call(_of_header(callee), arguments(r, kids), span)


def _of_header(callee: Expression) -> Expression:
    """`a.Header.Set` is a method of `a`: a request has its headers from the beginning, though nobody sets them."""
    match callee:
        case Member(base=Member(base=base, key=Text(value="Header")), key=Text(value=word) as key):
            return Member(base, Text(f"Header.{word}", key.span, "bare"), callee.span)
    return callee


def _is_generic(node: Node) -> bool:
    """`f[T](x)`: what stands in the brackets is rather a type than the place of a function in a list."""
    function = node.child_by_field_name("function")
    return function is not None and function.type == "index_expression"


def _built_in(r: Reader, word: str, kids: list[Node], node: Node) -> Expression | None:
    """The language's own functions, and conversions of text, which change nothing."""
    span = r.span(node)
    if word in ("string", "any", "error") and len(kids) == 1:
        return r.value(kids[0])
    if word == "append" and kids:
        items = [r.value(kid) for kid in kids[:1]]
        for kid in kids[1:]:
            spread = kid.type == "variadic_argument" and parts(kid)
            items.append(r.value(parts(kid)[0]) if spread else Seq((r.value(kid),), r.span(kid)))
        return Concatenation(tuple(items), span)
    if word == "make" and kids:
        return Mapping((), (), span) if kids[0].type == "map_type" else _constructed(r, kids[0], node)
    if word == "new" and len(kids) == 1:
        return Call(Name(type_name(r, kids[0]), r.span(kids[0])), (), span, "new")
    return None


def _constructed(r: Reader, type_: Node, node: Node) -> Expression:
    named = type_name(r, type_)
    return Call(Name(named, r.span(type_)), (), r.span(node), "new") if named else Seq((), r.span(node))


def arguments(r: Reader, kids: list[Node]) -> tuple[Arg, ...]:
    """`(a, b...)`"""
    args = []
    for kid in kids:
        spread = kid.type == "variadic_argument"
        inner = parts(kid)[0] if spread and parts(kid) else kid
        args.append(Arg(r.value(inner), r.span(kid), spread=spread))
    return tuple(args)


# --- literals of structs, maps and lists ------------------------------------------------------------------------------


def composite(r: Reader, node: Node) -> Expression:
    """`T{a: b}`, `map[K]V{"a": b}`, `[]T{a}`"""
    type_, body = node.child_by_field_name("type"), node.child_by_field_name("body")
    if body is None:
        return r.unknown(node.type, node)
    if type_ is not None and type_.type in ("slice_type", "array_type", "implicit_length_array_type"):
        return _list(r, body, type_.child_by_field_name("element"))
    if type_ is not None and type_.type in ("map_type", "struct_type"):
        return _mapping(r, body, type_.type == "struct_type")
    return _struct(r, body, type_name(r, type_), node)


def literal(r: Reader, node: Node) -> Expression:
    """`{…}` without its type: a list, a map or a struct by what stands in it."""
    keyed = children(node, "keyed_element")
    return _mapping(r, node) if keyed else _list(r, node, None)


def _list(r: Reader, body: Node, element: Node | None) -> Expression:
    """Items; those without a type of their own are of the list's."""
    items: list[Expression] = []
    named = type_name(r, element)
    for kid in parts(body):
        inner = _inner(kid.child_by_field_name("value") if kid.type == "keyed_element" else kid)
        if inner is None:
            continue
        if inner.type == "literal_value" and named:
            items.append(_struct(r, inner, named))
        else:
            items.append(r.value(inner))
    return Seq(tuple(items), r.span(body))


def _inner(node: Node | None) -> Node | None:
    kids = parts(node) if node is not None and node.type == "literal_element" else []
    return kids[0] if kids else node


def _pairs(body: Node) -> list[tuple[Node, Node]]:
    pairs = []
    for kid in children(body, "keyed_element"):
        key = _inner(kid.child_by_field_name("key"))
        value = _inner(kid.child_by_field_name("value"))
        if key is not None and value is not None:
            pairs.append((key, value))
    return pairs


def _mapping(r: Reader, body: Node, fields: bool = False) -> Mapping:
    """`fields`: what stands before the colons are fields, not variables."""
    entries = []
    for key, value in _pairs(body):
        span = r.place(r.range(key)[0], r.range(value)[1])
        key_value: Expression = curly_braces.word(r, key) if fields or _is_field(r, key) else r.value(key)
        entries.append(MappingEntry(key_value, only(r.value(value)), span))
    return Mapping(tuple(entries), (), r.span(body))


def _is_field(r: Reader, key: Node) -> bool:
    return key.type == "identifier" and r.text(key)[:1].isupper()


def only(value: Expression) -> Expression:
    """Of a list of one item under a name, as forms and headers hold it, that item."""
    return value.items[0] if isinstance(value, Seq) and len(value.items) == 1 else value


def _struct(r: Reader, body: Node, named: str, literal: Node | None = None) -> Expression:
    """A named type: of a map by what stands before the colons, else of a struct, whose fields are named arguments."""
    node, pairs = literal or body, _pairs(body)
    if pairs and any(key.type not in ("identifier", "field_identifier") for key, _ in pairs):
        return _mapping(r, body)
    if not named:
        return _mapping(r, body)
    args = [Arg(r.value(v), r.place(r.range(k)[0], r.range(v)[1]), r.text(k)) for k, v in pairs]
    plain = [kid for kid in parts(body) if kid.type != "keyed_element"]
    names = r.aliases.get(fields_of(named), "").split(",") if len(plain) == len(parts(body)) else []
    field_names: list[str | None] = [*names] if len(names) == len(plain) else [None] * len(plain)
    args += [Arg(r.value(kid), r.span(kid), name) for kid, name in zip(plain, field_names, strict=True)]
    return Call(Name(named, r.span(node)), tuple(args), r.span(node), "new")


# --- operators --------------------------------------------------------------------------------------------------------


def unary(r: Reader, node: Node) -> Expression:
    """`&a`, `*a` and `<-a` are `a`."""
    kids = parts(node)
    operator = curly_braces.operator_of(r, node)
    if len(kids) == 1 and operator in ("&", "*", "<-"):
        return r.value(kids[0])
    if len(kids) == 1 and operator == "!":
        return BooleanOperation("not", (r.value(kids[0]),), r.span(node))
    return curly_braces.unary(r, node)


def conversion(r: Reader, node: Node) -> Expression:
    """`[]byte(a)`"""
    operand, type_ = node.child_by_field_name("operand"), node.child_by_field_name("type")
    if operand is None:
        return r.unknown(node.type, node, *parts(node))
    named = type_name(r, type_)
    if not named:
        return r.value(operand)
    return Call(Name(named, r.span(type_ or node)), (Arg(r.value(operand), r.span(operand)),), r.span(node), "cast")


def slice_(r: Reader, node: Node) -> Expression:
    """`a[1:]`"""
    kids = parts(node)
    return Unknown("slice", tuple(r.value(kid) for kid in kids), r.span(node))


def listed(r: Reader, node: Node) -> Expression:
    """`a, b`"""
    kids = parts(node)
    return r.value(kids[0]) if len(kids) == 1 else Seq(tuple(r.value(kid) for kid in kids), r.span(node))


def type_(r: Reader, node: Node) -> Expression:
    """A type where a value may stand."""
    return Name(type_name(r, node), r.span(node))


def element(r: Reader, node: Node) -> Expression:
    """A part of a literal."""
    inner = _inner(node)
    return r.unknown(node.type, node) if inner is None or inner == node else r.value(inner)


VALUES: dict[str, ValueBuilder] = {
    **curly_braces.VALUES,
    **dict.fromkeys(_STEPS, postfix),
    **dict.fromkeys(("type_identifier", "qualified_type", "pointer_type", "generic_type"), type_),
    **dict.fromkeys(
        ("slice_type", "array_type", "map_type", "channel_type", "function_type", "struct_type", "interface_type"),
        lambda r, node: Unknown("type", (), r.span(node)),
    ),
    "identifier": name,
    "package_identifier": name,
    "field_identifier": name,
    "true": curly_braces.literal,
    "false": curly_braces.literal,
    "nil": curly_braces.literal,
    "iota": curly_braces.number,
    "int_literal": curly_braces.number,
    "float_literal": curly_braces.number,
    "imaginary_literal": curly_braces.number,
    "interpreted_string_literal": string,
    "rune_literal": string,
    "raw_string_literal": raw,
    "composite_literal": composite,
    "literal_value": literal,
    "literal_element": element,
    "unary_expression": unary,
    "type_conversion_expression": conversion,
    "slice_expression": slice_,
    "expression_list": listed,
    "func_literal": lambda_,
}
