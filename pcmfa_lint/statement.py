"""Which lines belong to the statement in which something stands: where a comment speaks of it. Pure.

A statement's inner blocks do not belong to it: a comment on a line of a loop's body is about that line. Of a compound
statement only the part of its head counts in which the place lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from pcmfa_lint.unit import (
    Arm,
    Assign,
    Block,
    Class,
    Define,
    Expr,
    Func,
    Handler,
    If,
    Jump,
    Lambda,
    Loop,
    Raise,
    Return,
    Span,
    Try,
    Unit,
    With,
)

_Node: TypeAlias = Any  # whatever a unit is made of
_SIMPLE = (Assign, Expr, Return, Raise, Jump)
_COMPOUND = (If, Loop, Try, With, Define)
_SEEN_THROUGH = (Arm, Handler, Func, Class)  # no lines of their own: their parts are looked at
_INNER = (Lambda, Block)


def statement_lines(unit: Unit, span: Span) -> frozenset[int]:
    """The lines (from 1) of the innermost statement, or the entry of a settings file, in which `span` begins; without
    one, the lines of `span` itself."""
    for entry in unit.settings:
        if entry.span.line <= span.line <= entry.span.end_line and _holds(entry.span, span):
            return frozenset(range(min(entry.key_span.line, entry.span.line), entry.span.end_line + 1))
    way = _way(unit.body, span)
    depth = next((index for index in reversed(range(len(way))) if isinstance(way[index], _SIMPLE + _COMPOUND)), None)
    if depth is None:
        return frozenset(range(span.line, span.end_line + 1))
    statement, inside = way[depth], way[depth + 1 : depth + 2]
    lines = _lines(statement) if isinstance(statement, _SIMPLE) else _head(statement, inside)
    return frozenset(lines | {span.line})


def _head(statement: _Node, inside: list[_Node]) -> set[int]:
    """The lines of the part of a compound statement's head that holds the place."""
    if not inside:
        return {statement.span.line} if isinstance(statement, Define) else set()
    later = isinstance(statement, Try) or (isinstance(statement, If) and inside[0] is not statement.arms[0].test)
    return _lines(inside[0]) | (set() if later else {statement.span.line})


def _lines(node: _Node) -> set[int]:
    """The lines of a node without those inside blocks, functions and lambdas in it; their own first and last stay."""
    lines = set(range(node.span.line, node.span.end_line + 1))
    stack = list(_parts(node))
    while stack:
        part = stack.pop()
        if isinstance(part, _INNER):
            lines -= set(range(part.span.line + 1, part.span.end_line))
        else:
            stack.extend(_parts(part))
    return lines


def _way(body: tuple[_Node, ...], span: Span) -> list[_Node]:
    """The nodes in which `span` begins, from outside inwards. Where lowered nodes overlap, the smallest leads on."""
    way: list[_Node] = []
    parts: Iterator[_Node] = iter(body)
    while True:
        holding = [part for part in parts if _holds(part.span, span)]
        if not holding:
            return way
        way.append(min(holding, key=lambda part: _size(part.span)))
        parts = _parts(way[-1])


def _parts(node: _Node) -> Iterator[_Node]:
    """The nodes with a span that are right inside another one."""
    stack = [getattr(node, name) for name in reversed(node.__slots__)]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(reversed(part))
        elif isinstance(part, _SEEN_THROUGH):
            stack.extend(getattr(part, name) for name in reversed(type(part).__slots__))
        elif hasattr(part, "span"):
            yield part


def _holds(outer: Span, span: Span) -> bool:
    """Whether `span` begins inside `outer`."""
    return (outer.line, outer.col) <= (span.line, span.col) <= (outer.end_line, outer.end_col)


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_col - span.col
