"""Lowering of C#'s expressions: names, calls and members, operators.

Waiting for a task is dropped (`await x`, `x.Result` of a call, `x.GetAwaiter().GetResult()`, `x.ConfigureAwait(…)`).
The types that a generic method is given are arguments named `<0>`, `<1>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from pcmfa_lint.frontend import chains, common_nodes, curly_braces, type_tests
from pcmfa_lint.frontend.csharp.continuations import continued
from pcmfa_lint.frontend.csharp.objects import anonymous, arguments, array, collection, index, new, with_
from pcmfa_lint.frontend.csharp.patterns import is_pattern, switch_value
from pcmfa_lint.frontend.csharp.strings import interpolated, raw, regular, verbatim
from pcmfa_lint.frontend.csharp.types import lambda_, last_name, type_name
from pcmfa_lint.frontend.dotnet_collections import TUPLES, pair
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, child, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    BooleanOperation,
    Call,
    Concatenation,
    Expression,
    Member,
    Name,
    Seq,
    Text,
    Unknown,
)

_ITEM = re.compile(r"Item[1-8]")
_TEXT = {"string", "String", "System.String"}
_WAITS = {"ConfigureAwait", "GetAwaiter", "GetResult", "AsTask"}


def name(r: Reader, node: Node) -> Name:
    """A variable, type or method by its name."""
    return Name(type_name(r, node).removeprefix("@"), r.span(node))


# --- members and calls ------------------------------------------------------------------------------------------------

_STEPS = {
    "member_access_expression",
    "element_access_expression",
    "conditional_access_expression",
    "invocation_expression",
}


def postfix(r: Reader, node: Node) -> Expression:
    """`a.b(c)[d]?.e`"""
    return chains.value(r, node, _before, _STEPS, _step)


def _before(node: Node) -> Node | None:
    for field in ("function", "expression", "condition"):
        inner = node.child_by_field_name(field)
        if inner is not None:
            if inner.type == "postfix_unary_expression" and _is_forgiving(inner):
                return parts(inner)[0]
            return inner
    return None


def _is_forgiving(node: Node) -> bool:
    """`x!`: said to be no null."""
    return node.children[-1].type == "!" and bool(parts(node))


def _step(r: Reader, node: Node, base: Expression) -> Expression:
    if node.type == "invocation_expression":
        return _call(r, node, base)
    if node.type == "member_access_expression":
        return _member(r, node, base, node.child_by_field_name("name"))
    if node.type == "conditional_access_expression":
        bound = parts(node)[-1]
        if bound.type == "member_binding_expression":
            return _member(r, node, base, bound.child_by_field_name("name"))
        if bound.type == "element_binding_expression":
            return Member(base, index(r, bound), r.span(node))
        return Unknown("?.", (base, r.value(bound)), r.span(node))
    subscript = node.child_by_field_name("subscript")
    return Member(base, index(r, subscript) if subscript is not None else curly_braces.word(r, node), r.span(node))


def _member(r: Reader, node: Node, base: Expression, key: Node | None) -> Expression:
    written = _plain_name(r, key) if key is not None else ""
    if written == "Result" and isinstance(base, Call):
        return curly_braces.awaited(base)
    span = r.span(key) if key is not None else r.span(node)
    if _ITEM.fullmatch(written):
        return Member(base, Text(str(int(written[4:]) - 1), span, "number"), r.span(node))
    return Member(base, Text(written, span, "bare"), r.span(node))


def _plain_name(r: Reader, node: Node) -> str:
    return (r.text(parts(node)[0]) if node.type == "generic_name" else r.text(node)).removeprefix("@")


def _call(r: Reader, node: Node, callee: Expression) -> Expression:
    listed = node.child_by_field_name("arguments")
    args = arguments(r, listed)
    span = r.span(node)
    if isinstance(callee, Member) and isinstance(callee.key, Text):
        if callee.key.value in _WAITS and isinstance(callee.base, (Call, Name, Member)) and len(args) < 2:
            return curly_braces.awaited(callee.base) if callee.key.value == "GetResult" else callee.base
        if callee.key.value == "ContinueWith" and (block := continued(callee.base, args, span)) is not None:
            return block
        if isinstance(callee.base, Name) and callee.base.id in _TEXT and args:
            text = _text_call(callee.key.value, args)
            if text is not None:
                return text(span)
        if isinstance(callee.base, Name) and callee.base.id in TUPLES and callee.key.value == "Create":
            return Seq(tuple(arg.value for arg in args), span)
        paired = isinstance(callee.base, Name) and callee.base.id == "KeyValuePair" and callee.key.value == "Create"
        if paired and len(args) == 2:
            return pair(args, span)
        if callee.key.value == "AppendFormat" and len(args) > 1:
            filled = Call(Member(args[0].value, Text("format", span, "bare"), span), args[1:], span)
            return Call(Member(callee.base, Text("Append", span, "bare"), callee.span), (Arg(filled, span),), span)
    if isinstance(callee, Name) and callee.id == "nameof" and args:
        return Text(r.text(listed)[1:-1].rpartition(".")[2] if listed is not None else "", span)
    return Call(callee, (*_type_arguments(r, node), *args), span)


def _text_call(method: str, args: tuple[Arg, ...]) -> Callable[..., Expression] | None:
    """`string.Format("…", a)` is a method of the text that it begins with; `string.Concat` joins."""
    if method == "Format" and isinstance(args[0].value, Member) and len(args) > 2:
        args = args[1:]  # a culture
    on = args[0].value
    if method in ("Format", "Join"):
        return lambda span: Call(Member(on, Text(method.lower(), span, "bare"), span), args[1:], span)
    if method == "Concat":
        return lambda span: Concatenation(tuple(arg.value for arg in args), span)
    return None


def _type_arguments(r: Reader, node: Node) -> tuple[Arg, ...]:
    function = node.child_by_field_name("function")
    if function is not None and function.type == "conditional_access_expression":
        function = parts(function)[-1]
    if function is not None and function.type in ("member_access_expression", "member_binding_expression"):
        function = function.child_by_field_name("name")
    listed = child(function, "type_argument_list") if function is not None else None
    kids = parts(listed) if listed is not None else []
    named = [(f"<{number}>", kid) for number, kid in enumerate(kids)]
    named += [
        (f"<<{number}>>", parts(inner)[0])  # what it holds: `IOptions<Foo>`
        for number, kid in enumerate(kids)
        if (inner := child(kid, "type_argument_list")) is not None and parts(inner)
    ]
    return tuple(Arg(Name(last_name(r, kid), r.span(kid)), r.span(kid), name) for name, kid in named)


def declared(r: Reader, node: Node) -> Expression:
    """`out var x`, `var (a, b)`"""
    name = node.child_by_field_name("name") or parts(node)[-1]
    return r.value(name)


def tuple_(r: Reader, node: Node) -> Seq:
    """`(a, b)`"""
    items = [parts(kid)[-1] if kid.type == "argument" else kid for kid in parts(node)]
    return Seq(tuple(r.value(item) for item in items), r.span(node))


# --- operators --------------------------------------------------------------------------------------------------------


def cast(r: Reader, node: Node) -> Call:
    """`(X)value`"""
    return type_tests.cast_by(r, node, "value", "type", type_name)


def as_(r: Reader, node: Node) -> Expression:
    """`value as X`"""
    sides = type_tests.sides(node, "left", "right")
    return r.unknown("as", node) if sides is None else type_tests.cast(r, node, *sides, type_name(r, sides[1]))


def is_(r: Reader, node: Node) -> Expression:
    """`value is X`"""
    sides = type_tests.sides(node, "left", "right")
    if sides is None:
        return r.unknown("is", node, *parts(node))
    return type_tests.test(r, node, *sides, type_name(r, sides[1]))


def unary(r: Reader, node: Node) -> Expression:
    """`!a`, `-1`, `++a`, `^1`"""
    operator = node.children[0].type
    if operator == "!":
        return BooleanOperation("not", (common_nodes.first(r, node),), r.span(node))
    return curly_braces.unary(r, node)


def behind(r: Reader, node: Node) -> Expression:
    """`a!`, `a++`"""
    return curly_braces.step(r, node) if parts(node) and not _is_forgiving(node) else common_nodes.first(r, node)


VALUES: dict[str, ValueBuilder] = {
    **curly_braces.VALUES,
    **dict.fromkeys(_STEPS, postfix),
    "identifier": name,
    "generic_name": name,
    "qualified_name": name,
    "alias_qualified_name": name,
    "predefined_type": name,
    "nullable_type": name,
    "array_type": name,
    "this": lambda r, node: Name("this", r.span(node)),
    "base": lambda r, node: Name("base", r.span(node)),
    "boolean_literal": curly_braces.literal,
    "null_literal": curly_braces.literal,
    "default_expression": curly_braces.literal,
    "string_literal": regular,
    "character_literal": regular,
    "verbatim_string_literal": verbatim,
    "raw_string_literal": raw,
    "interpolated_string_expression": interpolated,
    "integer_literal": curly_braces.number,
    "real_literal": curly_braces.number,
    "await_expression": lambda r, node: curly_braces.awaited(common_nodes.first(r, node)),
    "checked_expression": common_nodes.first,
    "ref_expression": common_nodes.first,
    "declaration_expression": declared,
    "parenthesized_variable_designation": tuple_,
    "tuple_pattern": tuple_,
    "tuple_expression": tuple_,
    "object_creation_expression": new,
    "implicit_object_creation_expression": new,
    "anonymous_object_creation_expression": anonymous,
    "array_creation_expression": array,
    "implicit_array_creation_expression": array,
    "initializer_expression": array,
    "collection_expression": collection,
    "with_expression": with_,
    "cast_expression": cast,
    "as_expression": as_,
    "is_expression": is_,
    "is_pattern_expression": is_pattern,
    "switch_expression": switch_value,
    "conditional_expression": curly_braces.conditional,
    "prefix_unary_expression": unary,
    "postfix_unary_expression": behind,
    "lambda_expression": lambda_,
    "anonymous_method_expression": lambda_,
    "throw_expression": common_nodes.thrown,
}
