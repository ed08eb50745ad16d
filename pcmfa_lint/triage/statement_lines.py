"""The lines of the statement in which something stands: where a comment speaks of it. Pure.

A statement's inner blocks do not belong to it: a comment on a line of a loop's body is about that line. Of a compound
statement only the part of its head counts in which the place lies.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, TypeAlias

from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    Class,
    Define,
    ExpressionStatement,
    Func,
    Handler,
    If,
    Jump,
    Lambda,
    Loop,
    Raise,
    Return,
    Setting,
    Span,
    Try,
    Unit,
    With,
)

_Node: TypeAlias = Any  # whatever a unit is made of
SIMPLE = (Assign, ExpressionStatement, Return, Raise, Jump)
COMPOUND = (If, Loop, Try, With, Define)
_SEEN_THROUGH = (Arm, Handler, Func, Class)  # no lines of their own: their parts are looked at
_INNER = (Lambda, Block)
_OVERLAPS = 16  # so many nodes beside each other are looked at for one that reaches over a place


class StatementLines:
    """Answers for one unit. What is asked of a node is kept, so that a file of many findings costs no more than its
    size and their number."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._children: dict[int, tuple[list[tuple[int, int]], list[_Node]]] = {}
        self._lines_by_node: dict[int, frozenset[int]] = {}

    def lines(self, span: Span) -> frozenset[int]:
        """The lines (from 1) of the innermost statement, or the entry of a settings file, in which `span` begins;
        without one, the lines of `span` itself."""
        path = self._path_to(span)
        if path and isinstance(path[0], Setting):
            entry = path[0]
            return frozenset(range(min(entry.key_span.line, entry.span.line), entry.span.end_line + 1))
        above = self._keys_above(span)
        depth = next((at for at in reversed(range(len(path))) if isinstance(path[at], SIMPLE + COMPOUND)), None)
        if depth is None:
            return above | frozenset(range(span.line, span.end_line + 1))
        lines = above | self._lines(path[depth], path[depth + 1 : depth + 2])
        return lines if span.line in lines else lines | {span.line}

    def _lines(self, statement: _Node, inside: list[_Node]) -> frozenset[int]:
        """The lines of a statement; of a compound one, those of the part of its head that is `inside`."""
        simple = isinstance(statement, SIMPLE)
        deciding = id(statement if simple or not inside else inside[0])
        if deciding not in self._lines_by_node:
            self._lines_by_node[deciding] = frozenset(_lines(statement) if simple else _head(statement, inside))
        return self._lines_by_node[deciding]

    def _keys_above(self, span: Span) -> frozenset[int]:
        """The lines between a key and the script that is its value: a comment there speaks of the whole script."""
        entries = self._unit.settings if self._unit.scripts else ()
        inner = (each for each in entries if each.key_span.line < each.span.line and _holds(each.span, span))
        return frozenset(line for each in inner for line in range(each.key_span.line, each.span.line))

    def _path_to(self, span: Span) -> list[_Node]:
        """The nodes in which `span` begins, from outside inwards. Where some overlap, the smallest leads on."""
        path: list[_Node] = []
        node: _Node = self._unit
        while True:
            starts, children = self._inside(node)
            after = bisect_right(starts, (span.line, span.col))
            holding = [child for child in children[max(0, after - _OVERLAPS) : after] if _holds(child.span, span)]
            if not holding:
                return path
            node = min(holding, key=lambda child: _size(child.span))
            path.append(node)

    def _inside(self, node: _Node) -> tuple[list[tuple[int, int]], list[_Node]]:
        """The nodes right inside another one by where they begin, and these places."""
        if id(node) not in self._children:
            parts = _of_file(node) if isinstance(node, Unit) else _parts(node)
            children = sorted(parts, key=lambda child: _start(child.span))
            self._children[id(node)] = ([_start(child.span) for child in children], children)
        return self._children[id(node)]


def _of_file(unit: Unit) -> tuple[_Node, ...]:
    """What stands at the top of a file and of the scripts in it; a script's statements before the entry around it."""
    return (*(statement for script in unit.scripts for statement in script.body), *unit.settings, *unit.body)


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


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.col


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_col - span.col
