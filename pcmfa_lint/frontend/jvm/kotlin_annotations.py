"""Types, arguments and annotations, as Kotlin writes them."""

from __future__ import annotations

from tree_sitter import Node

from pcmfa_lint.frontend.jvm import java_types
from pcmfa_lint.frontend.jvm.java_types import declared_type
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Call,
    Expression,
    Name,
)

TYPES = ("user_type", "nullable_type", "non_nullable_type", "function_type", "parenthesized_type")


def last_name(r: Reader, node: Node | None) -> str:
    """The last name of a type, without `?` and what it is generic over."""
    return java_types.last_name(r, node).rstrip("?")


def written_type(r: Reader, node: Node | None) -> str:
    """The type that a variable is declared with."""
    return declared_type(r, child(node, *TYPES)) if node is not None else ""


def arguments(r: Reader, listed: Node | None) -> tuple[Arg, ...]:
    """`(a, b = c, *d)`"""
    args = []
    for kid in children(listed, "value_argument") if listed is not None else ():
        inner = parts(kid)
        named = r.text(inner[0]) if len(inner) > 1 and child(kid, "=") is not None else None
        spread = inner[-1].type == "spread_expression"
        args.append(Arg(r.value(parts(inner[-1])[0] if spread else inner[-1]), r.span(kid), named, spread))
    return tuple(args)


def annotation(r: Reader, node: Node) -> Expression:
    """`@A` is a name, `@A(b)` a call."""
    invocation = child(node, "constructor_invocation")
    type_ = child(invocation if invocation is not None else node, *TYPES)
    name = Name(java_types.type_name(r, type_) if type_ is not None else "", r.span(type_ or node))
    return (
        Call(name, arguments(r, child(invocation, "value_arguments")), r.span(node)) if invocation is not None else name
    )


def annotations_of(r: Reader, node: Node | None) -> tuple[Expression, ...]:
    """`@A @B(c)` among a node's modifiers."""
    listed = child(node, "modifiers") if node is not None and node.type != "parameter_modifiers" else node
    return tuple(annotation(r, kid) for kid in children(listed, "annotation")) if listed is not None else ()


def modifiers(r: Reader, node: Node) -> set[str]:
    listed = child(node, "modifiers")
    return {r.text(kid) for kid in parts(listed)} if listed is not None else set()
