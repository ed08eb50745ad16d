"""Casts and tests of a type, in grammars that name their two sides differently."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.nodes import Arg, Call, Compare, Name


def sides(node: Node, value: str, type_: str) -> tuple[Node, Node] | None:
    """The nodes of the value and the type, by the names of their fields; None if the grammar's recovery lost one."""
    inner, kind = node.child_by_field_name(value), node.child_by_field_name(type_)
    return None if inner is None or kind is None else (inner, kind)


def cast(r: Reader, node: Node, value: Node, type_: Node, name: str) -> Call:
    """`(X) value`, `value as X`; `name` is what the type is called."""
    return Call(Name(name, r.span(type_)), (Arg(r.value(value), r.span(value)),), r.span(node), "cast")


def cast_by(r: Reader, node: Node, value: str, type_: str, name: Callable[[Reader, Node], str]) -> Call:
    """A cast, by the names of the fields of its value and its type, and what names the type. Raises ValueError if the
    grammar's recovery lost one."""
    both = sides(node, value, type_)
    if both is None:
        raise ValueError("a cast without its parts")
    return cast(r, node, *both, name(r, both[1]))


def test(r: Reader, node: Node, value: Node, type_: Node, name: str) -> Compare:
    """`value is X`, `value instanceof X`."""
    return Compare("is", r.value(value), Name(name, r.span(type_)), r.span(node))
