"""Lowering of what JavaScript binds values to: names, members, and patterns that take a value apart."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import Assign, Conditional, Expression, Member, Name, Seq, Span, Stmt, Text

HELD = "destructured"  # the variable that holds what is taken apart, if it has no name of its own


def bind(r: Reader, node: Node, value: Expression, span: Span) -> Iterator[Stmt]:
    """The assignments that bind a value to a target or pattern."""
    node, default = _plain(node)
    if default is not None:
        value = Conditional((value, r.value(default)), value.span)
    if node.type == "array_pattern":
        yield from _items(r, node, value, span)
    elif node.type == "object_pattern":
        if not _repeatable(value):
            source = _temporary(value, r.span(node))
            yield Assign((source,), value, span)
            value = source
        for kid in parts(node):
            yield from _member(r, kid, value)
    else:
        yield Assign((r.value(node),), value, span)


def _plain(node: Node) -> tuple[Node, Node | None]:
    """A target without its default value, and that value."""
    if node.type in ("assignment_pattern", "object_assignment_pattern"):
        left = node.child_by_field_name("left")
        return (left or node), node.child_by_field_name("right")
    if node.type == "rest_pattern" and parts(node):
        return parts(node)[0], None
    return node, None


def _temporary(value: Expression, span: Span) -> Name:
    """A variable for what is taken apart: another one for each pattern in a pattern."""
    root = value
    while isinstance(root, (Member, Conditional)):
        root = root.base if isinstance(root, Member) else root.items[0]
    outer = root.id.removeprefix(HELD) if isinstance(root, Name) and root.id.startswith(HELD) else None
    return Name(HELD if outer is None else f"{HELD}{int(outer or 1) + 1}", span)


def _repeatable(value: Expression) -> bool:
    """Whether a value may be written down twice: nothing runs in it."""
    while isinstance(value, Member) and isinstance(value.key, Text):
        value = value.base
    return isinstance(value, Name)


def _items(r: Reader, node: Node, value: Expression, span: Span) -> Iterator[Stmt]:
    """`[a, , b] = value`"""
    slots: list[Node | None] = [None]
    for kid in node.children:
        if kid.type == ",":
            slots.append(None)
        elif kid.is_named and not kid.is_extra:
            slots[-1] = kid
    while slots and slots[-1] is None:
        slots.pop()
    if all(slot is None or slot.type == "identifier" for slot in slots):
        names = tuple(Name("_", span) if slot is None else r.value(slot) for slot in slots)
        yield Assign((Seq(names, r.span(node)),), value, span)
        return
    if not _repeatable(value):
        source = _temporary(value, r.span(node))
        yield Assign((source,), value, span)
        value = source
    for number, slot in enumerate(slots):
        if slot is not None:
            place = r.span(slot)
            item = value if slot.type == "rest_pattern" else Member(value, Text(str(number), place, "number"), place)
            yield from bind(r, slot, item, place)


def _member(r: Reader, node: Node, value: Expression) -> Iterator[Stmt]:
    """One entry of an object pattern."""
    span = r.span(node)
    if node.type == "pair_pattern":
        key, target = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is not None and target is not None:
            yield from bind(r, target, Member(value, r.value(key), span), span)
        return
    name, default = _plain(node)
    if node.type == "rest_pattern":
        yield Assign((r.value(name),), value, span)
        return
    member: Expression = Member(value, curly_braces.word(r, name), r.span(name))
    if default is not None:
        member = Conditional((member, r.value(default)), span)
    yield Assign((Name(r.text(name), r.span(name)),), member, span)
