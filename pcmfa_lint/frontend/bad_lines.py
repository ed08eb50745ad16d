"""A text without the single lines in which its grammar could read nothing, so that such a line costs itself alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node, Tree

from pcmfa_lint.limits import BAD_LINES
from pcmfa_lint.source.ranges import merged

Regions = list[tuple[int, int]]


def size_of(regions: Regions) -> int:
    """The number of characters in regions."""
    return sum(end - start for start, end in regions)


def without_bad_lines(
    best: tuple[Tree, Regions],
    text: str,
    parse: Callable[[str], Tree | None],
    failed: Callable[[Tree], Regions],
) -> tuple[Tree, Regions]:
    """The tree of `text` with bad lines blanked, and the regions that are lost: these lines, and what still fails.
    `best`: what there is without that. A line is blanked where less is lost with it; few are tried."""
    lost: Regions = []
    for _ in range(BAD_LINES):
        repaired, more = text, lost
        for start, end in _lines(text, best[0]):
            without = text[:start] + " " * (end - start) + text[end:]
            tree = parse(without) if text[start:end].strip() else None
            regions = merged([*failed(tree), *lost, (start, end)]) if tree is not None else best[1]
            if tree is not None and size_of(regions) < size_of(best[1]):
                repaired, best, more = without, (tree, regions), [*lost, (start, end)]
        if repaired is text:
            break
        text, lost = repaired, more
    return best


def _lines(text: str, tree: Tree) -> list[tuple[int, int]]:
    """The lines in which the innermost errors of a tree begin, and those before them; the first few."""
    lines: dict[tuple[int, int], None] = {}
    for at in _errors(tree.root_node):
        start = text.rfind("\n", 0, at) + 1
        lines.setdefault((start, _end(text, at)))
        if start:
            lines.setdefault((text.rfind("\n", 0, start - 1) + 1, start - 1))
        if len(lines) >= 2 * BAD_LINES:
            break
    return list(lines)


def _end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _errors(root: Node) -> Iterator[int]:
    """Where the innermost errors begin, in code points, the last token before them first."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        inner = [kid for kid in node.children if kid.has_error or kid.is_missing]
        if (node.is_error or node.is_missing) and not inner:
            yield node.start_byte // 2
            if node.children:
                yield from (kid.start_byte // 2 for kid in node.children if not kid.is_named)
        waiting += reversed(inner)
