"""The one reader for languages that have a tree-sitter grammar: from text to a Unit.

A language brings two things. A query file, `languages/NAME.scm`, says what counts wherever it stands: `@comment`,
`@literal` (opaque as a whole), `@template` (opaque but for the nodes in it), `@word` (opaque unless it is shaped like a
name, where a language lets names have any characters). And a `Grammar` says how nodes are lowered: one table from node
type to a function that builds a value, one to a function that builds statements. Nesting is not a query's strength (a
match per node costs more than walking the tree, and a repeated capture loses which child was whose), so structure is in
tables and only flat facts are in the query.

A node that is in neither table and has one named child is transparent; any other becomes `Unknown` with the values in
it. Text is parsed as UTF-16 with one unit per character, so that a node's offsets are offsets in code points. Values
are cut from the text as it was written, also where a language had to rewrite it for the grammar.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce
from importlib.resources import files

from tree_sitter import Language, Node, Query, QueryCursor, Tree

from pcmfa_lint.frontend.bad_lines import size_of, without_bad_lines
from pcmfa_lint.frontend.bounded_parse import Attempts
from pcmfa_lint.frontend.problems import TANGLED, listed
from pcmfa_lint.ir.nodes import Block as BlockValue
from pcmfa_lint.ir.nodes import Comment, Expression, ExpressionStatement, Import, Problem, Span, Stmt, Unit, Unknown
from pcmfa_lint.limits import LEFT_OVER, NESTED_NODES, NODE_BUILDS
from pcmfa_lint.source.ranges import merged
from pcmfa_lint.source.text import LineIndex, lines

_NAME = re.compile(r"[\w.:\\/-]*\w[\w.:\\/-]*|\$?\{[\w.:()-]+\}|[?%]")
_PARAMETER = re.compile(r"-{1,2}(?:[A-Za-z]+(?:-[A-Za-z]+)*:?)?")
_ASTRAL = re.compile("[\U00010000-\U0010ffff\ud800-\udfff]")  # two units in UTF-16, or none

ValueBuilder = Callable[["Reader", Node], Expression]
StmtBuilder = Callable[["Reader", Node], Iterable[Stmt]]


@dataclass(frozen=True)
class Grammar:
    """A language: its parser, its query file (found by `name`), and how its nodes become values and statements.

    plain: makes a text of the same length that holds what the grammar needs; always applied.
    repairs: the same, each for one thing, for a text that failed to parse; used if the result fails less.
    one_line: a query whose `@one_line` are nodes that the language ends with the line, and the grammar does not.
    closing: a query whose `@closing` are nodes that end something within a line; one that is empty or longer
    stands where nothing ends it.
    by_lines: whether a text that still fails is tried without one line after the other of those where it does."""

    name: str
    language: Language
    values: Mapping[str, ValueBuilder]
    statements: Mapping[str, StmtBuilder]
    comment_text: Callable[[str], str]
    plain: Callable[[str], str] = str
    repairs: tuple[Callable[[str], str], ...] = ()
    one_line: str = ""
    closing: str = ""
    by_lines: bool = False

    @cached_property
    def facts(self) -> Query:
        """The query file, compiled once a process."""
        source = files("pcmfa_lint.frontend").joinpath("queries").joinpath(f"{self.name}.scm").read_text("utf-8")
        query: Query = Query(self.language, source)
        return query

    @cached_property
    def errors(self) -> Query:
        """Finds what the grammar could not read."""
        query: Query = Query(self.language, f"(ERROR) @error (MISSING) @missing {self.one_line} {self.closing}")
        return query


def read(grammar: Grammar, text: str, path: str) -> Unit:
    """Reads decoded text. What the grammar cannot parse becomes `blind`; no text makes it raise. One on which the
    grammar takes too long has no tree."""
    parsed = _parse(grammar, grammar.plain(_ASTRAL.sub("x", text)))
    if parsed is None:
        blind = (LineIndex(text).span(0, len(text)),)
        return Unit(path, grammar.name, lines(text), read="text", blind=blind, problems=(Problem(TANGLED),))
    tree, regions = parsed
    reader = Reader(grammar, text, left=NODE_BUILDS * (tree.root_node.descendant_count + NESTED_NODES))
    body = reader.block([tree.root_node])
    captures = QueryCursor(grammar.facts).captures(tree.root_node)
    problems = [Problem("This part could not be parsed.", reader.place(*region).line) for region in regions]
    problems += [Problem("This part is nested too deeply.", reader.place(*region).line) for region in reader.too_deep]
    return Unit(
        path=path,
        language=grammar.name,
        lines=lines(text),
        read="partly" if problems else "full",
        body=body,
        imports=tuple(reader.imports),
        comments=tuple(
            reader.comment(node) for node in sorted(captures.get("comment", ()), key=lambda n: n.start_byte)
        ),
        opaque=tuple(reader.place(*region) for region in _opaque(reader, captures)),
        blind=tuple(reader.place(*region) for region in regions),
        problems=listed(problems),
    )


def _parse(grammar: Grammar, text: str) -> tuple[Tree, list[tuple[int, int]]] | None:
    """The tree, and the regions that could not be parsed. A text that fails is tried with all repairs at once, then
    with one after the other, each kept unless more fails with it. None if even the text as it is takes too long."""
    attempts = Attempts(grammar.language, text)
    tree = attempts.first()
    if tree is None:
        return None
    blind = _failed(grammar, tree)
    if not blind or not grammar.repairs:
        return tree, blind
    best = tree, blind
    all_repaired = attempts.again(reduce(lambda changed, repair: repair(changed), grammar.repairs, text))
    if all_repaired is not None:
        best = min((best, (all_repaired, _failed(grammar, all_repaired))), key=lambda pair: size_of(pair[1]))
    if not best[1]:
        return best
    for repair in grammar.repairs:
        repaired = repair(text)
        tried = attempts.again(repaired) if repaired != text else None
        if tried is not None:
            still = _failed(grammar, tried)
            if size_of(still) <= size_of(blind):
                text, tree, blind = repaired, tried, still
    best = min((best, (tree, blind)), key=lambda pair: size_of(pair[1]))
    if not best[1] or not grammar.by_lines:
        return best
    return without_bad_lines(best, text, attempts.again, partial(_failed, grammar))


def _failed(grammar: Grammar, tree: Tree) -> list[tuple[int, int]]:
    """Regions of code points that are errors, merged; a token that is missing fails the rest of its parent."""
    if not tree.root_node.has_error and not grammar.one_line and not grammar.closing:
        return []
    captures = QueryCursor(grammar.errors).captures(tree.root_node)
    regions = [(node.start_byte // 2, node.end_byte // 2) for node in captures.get("error", ())]
    last = tree.root_node.children[-1].end_byte if tree.root_node.children else 0
    if tree.root_node.has_error and tree.root_node.end_byte > last + 2 * LEFT_OVER:  # the parser gave up on the rest
        regions.append((last // 2, tree.root_node.end_byte // 2))
    for node in captures.get("missing", ()):
        at = node.start_byte // 2
        regions.append((max(0, at - 1), at + 1))
    for node in captures.get("one_line", ()):
        if node.start_point.row != node.end_point.row:
            regions.append((node.start_byte // 2, node.end_byte // 2))
    for node in captures.get("closing", ()):
        empty = node.start_byte == node.end_byte or node.start_point.row != node.end_point.row
        if empty and node.parent is not None:
            regions.append((node.parent.start_byte // 2, node.parent.end_byte // 2))
    return merged(regions) or ([(0, tree.root_node.end_byte // 2)] if tree.root_node.has_error else [])


def _opaque(reader: Reader, captures: Mapping[str, list[Node]]) -> list[tuple[int, int]]:
    """Regions of literals and comments: `@literal` and `@comment` whole, `@template` but for the holes in it, `@word`
    if it is not shaped like a name."""
    regions = [reader.range(node) for name in ("comment", "literal") for node in captures.get(name, ())] + reader.opaque
    regions += [reader.range(node) for node in captures.get("word", ()) if not _is_name(reader.text(node))]
    for node in captures.get("template", ()):
        at, end = reader.range(node)
        for child in node.named_children:
            if child.type.endswith("_content"):  # what is written between the quotes, in grammars that name it
                continue
            start, stop = reader.range(child)
            regions.append((at, start))
            at = stop
        regions.append((at, end))
    return merged(region for region in regions if region[0] < region[1])


def _is_name(text: str) -> bool:
    """Whether a word has the letters of a name. A parameter has only letters, since its value may be glued to it; what
    stands behind a `=` is judged apart."""
    if text.startswith("-"):
        return _PARAMETER.fullmatch(text.partition("=")[0]) is not None
    return _NAME.fullmatch(text) is not None


@dataclass
class Reader:
    """Lowers the nodes of one file. Builders call back `value` and `block` for what stands inside a node."""

    grammar: Grammar
    source: str
    imports: list[Import] = field(default_factory=list)
    opaque: list[tuple[int, int]] = field(default_factory=list)  # what a builder found beyond the query's literals
    too_deep: list[tuple[int, int]] = field(default_factory=list)
    tests: set[int] = field(default_factory=set)  # ids of nodes of which only the truth counts, where a language tells
    aliases: dict[str, str] = field(default_factory=dict)  # local names of imports, with what they stand for
    state: object = None  # what a language's builders keep of what stands around the node that is built
    depth: int = 0
    left: int = sys.maxsize  # nodes that may still be built

    def __post_init__(self) -> None:
        self._index = LineIndex(self.source)

    def range(self, node: Node) -> tuple[int, int]:
        """A node's offsets in code points; some grammars let a token begin with the space before it."""
        source = self.source
        start, end = node.start_byte >> 1, node.end_byte >> 1
        if end > len(source):  # the parser may be given more
            end = len(source)
        while start < end and source[start].isspace():
            start += 1
        if start < end and source[end - 1] == "\r":  # the end of a line that some take for a part of it
            end -= 1
        return start, end

    def text(self, node: Node) -> str:
        """The text of a node, as written."""
        start, end = self.range(node)
        return self.source[start:end]

    def offset(self, span: Span) -> int:
        """The offset where a span begins."""
        return self._index.offset(span.line, span.col)

    def place(self, start: int, end: int) -> Span:
        """The span of a range of offsets."""
        return self._index.span(min(start, len(self.source)), min(end, len(self.source)))

    def span(self, node: Node) -> Span:
        """The span of a node."""
        return self._index.span(*self.range(node))

    def comment(self, node: Node) -> Comment:
        """A comment without its marks."""
        return Comment(self.grammar.comment_text(self.text(node)), self.span(node))

    def value(self, node: Node) -> Expression:
        """The value of a node; a statement's is a block."""
        values, statements = self.grammar.values, self.grammar.statements
        while (kind := node.type) not in values:
            if kind in statements:
                return self._nested(node, _as_block)
            kids = parts(node)
            if len(kids) != 1 or kind == "ERROR":
                return self._nested(node, _as_unknown)
            node = kids[0]
        return self._nested(node, values[kind])

    def _nested(self, node: Node, build: ValueBuilder) -> Expression:
        self.left -= 1
        if self.depth >= NESTED_NODES or self.left < 0:
            return self.cut_off(node)
        self.depth += 1
        try:
            return build(self, node)
        except (IndexError, ValueError):
            if not node.has_error:
                raise
            return _as_unknown(self, node)  # a grammar's recovery leaves out what a builder counts on
        finally:
            self.depth -= 1

    def unknown(self, reason: str, node: Node, *kids: Node) -> Unknown:
        """An expression that has no node of its own, with the values in it."""
        return Unknown(reason, tuple(self.value(kid) for kid in kids), self.span(node))

    def cut_off(self, node: Node) -> Unknown:
        """An expression that is nested too deeply to be built; the unit says where."""
        self.too_deep.append(self.range(node))
        return Unknown("too-deep", (), self.span(node))

    def limited(self, node: Node, kids: list[Node]) -> list[Node]:
        """As many of a node's children as may be nested into each other."""
        if len(kids) > NESTED_NODES:
            self.too_deep.append(self.range(node))
        return kids[:NESTED_NODES]

    def block(self, nodes: Iterable[Node]) -> tuple[Stmt, ...]:
        """The statements of nodes in a row. A value is an Expr; what stands in an error stands in its place."""
        statements = self.grammar.statements
        body: list[Stmt] = []
        for node in nodes:
            build = statements.get(node.type)
            if build is not None:
                body += self._statements(node, build)
            elif node.type == "ERROR":
                body += self._statements(node, lambda reader, error: reader.block(parts(error)))
            else:
                body.append(ExpressionStatement(value=self.value(node), span=self.span(node)))
        return tuple(body)

    def _statements(self, node: Node, build: StmtBuilder) -> tuple[Stmt, ...]:
        self.left -= 1
        if self.depth >= NESTED_NODES or self.left < 0:
            self.too_deep.append(self.range(node))
            return ()
        self.depth += 1
        try:
            return tuple(build(self, node))
        except (IndexError, ValueError):
            if not node.has_error:
                raise
            return tuple(ExpressionStatement(self.value(kid), self.span(kid)) for kid in parts(node))
        finally:
            self.depth -= 1


def _as_unknown(r: Reader, node: Node) -> Expression:
    return r.unknown(node.type, node, *parts(node))


def _as_block(r: Reader, node: Node) -> Expression:
    return BlockValue(r.block([node]), r.span(node))


def is_part(node: Node) -> bool:
    """Whether a node says something: it is named, or a keyword that is a value (`this`), and no comment."""
    return (node.is_named or node.type == "this") and (not node.is_extra or node.type == "ERROR")


def parts(node: Node) -> list[Node]:
    """A node's children that say something."""
    return [
        kid
        for kid in node.children  # as `is_part`, which is asked here more often than anything else
        if (kid.is_named or kid.type == "this") and (not kid.is_extra or kid.type == "ERROR")
    ]


def owner(r: Reader, node: Node, kinds: Collection[str]) -> str:
    """The name of the nearest node of these types that a node stands in; "" if there is none."""
    current = node.parent
    while current is not None and current.type not in kinds:
        current = current.parent
    name = current.child_by_field_name("name") if current is not None else None
    return r.text(name) if name is not None else ""


def child(node: Node, *kinds: str) -> Node | None:
    """The first child of one of these types."""
    return next((kid for kid in node.children if kid.type in kinds), None)


def children(node: Node, *kinds: str) -> list[Node]:
    """All children of these types."""
    return [kid for kid in node.children if kid.type in kinds]


def generics(r: Reader, node: Node) -> tuple[str, ...]:
    """The names of a function's type parameters."""
    listed = child(node, "type_parameters", "type_parameter_list")
    kids = children(listed, "type_parameter") if listed is not None else []
    return tuple(r.text(name) for kid in kids if (name := child(kid, "identifier")) is not None)
