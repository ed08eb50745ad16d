"""Nodes that mean the same in the grammars of several languages, whatever those look like otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import Block, Compare, Expression, Raise, Return, Seq, Stmt, Text


def return_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`return value`"""
    kids = parts(node)
    yield Return(r.value(kids[0]) if kids else None, r.span(node))


def throw(r: Reader, node: Node) -> Iterator[Stmt]:
    """`throw value`"""
    kids = parts(node)
    yield Raise(r.value(kids[0]) if kids else None, r.span(node))


def thrown(r: Reader, node: Node) -> Expression:
    """`throw value` in the place of a value"""
    return Block(tuple(throw(r, node)), r.span(node))


def parenthesized(r: Reader, node: Node) -> Expression:
    """`( … )`"""
    kids = parts(node)
    return r.value(kids[0]) if len(kids) == 1 else r.unknown(node.type, node, *kids)


def listed(r: Reader, node: Node) -> Seq:
    """`(a b c)`, `{a, b}`, `a, b`"""
    return Seq(tuple(r.value(kid) for kid in parts(node)), r.span(node))


def first(r: Reader, node: Node) -> Expression:
    """The first part: what a type is said of, or what is waited for."""
    kids = parts(node)
    return r.value(kids[0]) if kids else r.unknown(node.type, node)


def case_test(subject: Expression, value: Expression) -> Expression:
    """The test of one case; `switch (true)` tests the cases themselves."""
    if isinstance(subject, Text) and subject.value == "True":
        return value
    return Compare("==", subject, value, value.span)
