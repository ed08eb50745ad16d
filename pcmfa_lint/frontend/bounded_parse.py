"""Parsing by a tree-sitter grammar with a limit in steps.

A grammar that cannot make sense of a text tries many readings of it at once. Then a parse costs the square of the
text's length, or does not end at all. What a parser does is counted by the parser itself (it reports each hundred steps
that it takes), so the limit bites at the same place on every machine.
"""

from __future__ import annotations

from tree_sitter import Language, Node, Parser, Tree

from pcmfa_lint.limits import (
    MOST_REPAIR_STEPS,
    PARSE_AHEAD_CHARS,
    PARSE_STEPS,
    PARSE_STEPS_A_CHAR,
    PARSER_BYTES,
    PARSER_READS,
    PARSER_READS_A_PIECE,
    REPAIR_STEPS,
    REPAIR_STEPS_A_CHAR,
    TOKEN_RUN,
)


class Attempts:
    """The parses of one file: the text as it is, and then with repairs."""

    def __init__(self, language: Language, text: str) -> None:
        self._language = language
        self._left = min(MOST_REPAIR_STEPS, REPAIR_STEPS + int(len(text) * REPAIR_STEPS_A_CHAR))
        self._text = text

    def first(self) -> Tree | None:
        """The tree of the text as it is; None if that takes too long."""
        return _fit_for_queries(parse(self._language, self._text, limit(self._text))[0])

    def again(self, text: str) -> Tree | None:
        """The tree of a repaired text; None if that takes too long, or if all attempts together did."""
        tree, reports = parse(self._language, text, min(limit(text), self._left))
        self._left -= reports
        return _fit_for_queries(tree)


def limit(text: str) -> int:
    """The number of reports that the parse of a text may cost."""
    return PARSE_STEPS + int(len(text) * PARSE_STEPS_A_CHAR)


def _fit_for_queries(tree: Tree | None) -> Tree | None:
    return None if tree is None or (tree.root_node.has_error and has_long_run(tree.root_node)) else tree


def has_long_run(root: Node) -> bool:
    """Whether a node has so many tokens without a name in a row, as only a parse that failed gives, that a query would
    take too long: from each of them it looks for the next node with a name."""
    nodes = [root]
    for node in nodes:
        if node.descendant_count > TOKEN_RUN:
            kids = node.children
            if len(kids) > TOKEN_RUN and _longest_run(kids) > TOKEN_RUN:
                return True
            nodes += kids
    return False


def _longest_run(nodes: list[Node]) -> int:
    longest = now = 0
    for node in nodes:
        now = 0 if node.is_named else now + 1
        longest = max(longest, now)
    return longest


def parse(language: Language, text: str, most: int) -> tuple[Tree | None, int]:
    """The tree of a text without characters beyond the BMP, parsed as UTF-16 so that offsets are those of characters;
    None if it would cost more than `most` reports, or far more of them than the text allows that it is through with:
    what is tangled from its first line on is given up there. Also how many it did cost.

    What the scanner of a grammar does between two reports is not counted by the parser. It may look ahead to the end of
    the text from each of its places, so what it is given to read is counted, too."""
    data = memoryview(text.encode("utf-16-le", "surrogatepass"))
    reads = PARSER_READS + PARSER_READS_A_PIECE * (len(data) // PARSER_BYTES)
    reports = 0

    def chunk(at: int, _place: object) -> memoryview:
        nonlocal reads
        reads -= 1
        return data[at : at + PARSER_BYTES] if reads > 0 else data[:0]  # nothing: the end of the text

    def report(offset: int, _has_error: bool) -> bool:
        nonlocal reports
        reports += 1
        so_far = PARSE_STEPS + (offset // 2 + PARSE_AHEAD_CHARS) * PARSE_STEPS_A_CHAR
        return reports > min(most, so_far) or reads <= 0

    try:
        tree = Parser(language).parse(chunk, encoding="utf16le", progress_callback=report)
    except ValueError:  # what parsing that was stopped raises
        tree = None
    return (tree, reports) if reads > 0 else (None, reports)
