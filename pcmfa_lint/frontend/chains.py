"""Chains such as `a.b(c)[d]?.e`: built from their front, since they may be longer than code may be nested."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.nodes import Expression, Name
from pcmfa_lint.limits import CHAINED_CALLS

F = TypeVar("F")
Before = Callable[[Node], "Node | None"]  # what a step is taken from


def steps(node: Node, before: Before, is_step: Callable[[Node], bool]) -> list[Node]:
    """The steps of the chain that ends at `node`, the last first."""
    nodes = [node]
    while (inner := before(nodes[-1])) is not None and is_step(inner):
        nodes.append(inner)
    return nodes


def built(
    r: Reader, chain: list[Node], front: Callable[[], F], step: Callable[[Reader, Node, F | Expression], Expression]
) -> Expression:
    """The value of a chain, given as by `steps`. `front` makes the value that it begins with, `step` takes one step
    from the value before it."""
    if len(chain) > CHAINED_CALLS:
        return r.cut_off(chain[0])
    value: F | Expression = front()
    for link in reversed(chain[1:]):
        value = step(r, link, value)
    return step(r, chain[0], value)


def value(
    r: Reader,
    node: Node,
    before: Before,
    kinds: Collection[str],
    step: Callable[[Reader, Node, Expression], Expression],
) -> Expression:
    """The value of the chain that ends at `node`, of steps of these kinds of nodes; `?` where its front is missing."""
    chain = steps(node, before, lambda inner: inner.type in kinds)
    front = before(chain[-1])
    return built(r, chain, lambda: Name("?", r.span(node)) if front is None else r.value(front), step)
