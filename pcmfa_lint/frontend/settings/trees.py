"""Terraform (`.tf`, `.tfvars`, `.hcl`) and Bicep by their tree-sitter grammars.

Paths are blocks with their labels, or declarations with their names, then attributes. Of a resource in Bicep, its type
is an entry `type`, as in an ARM template. A value that is no literal has the form `${…}`: it points elsewhere. Of an
object with a `name` (or `key`) and a `value`, the entry of the value has the name in its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import tree_sitter_bicep
import tree_sitter_hcl
from tree_sitter import Language, Node

from pcmfa_lint.frontend.bounded_parse import limit, parse
from pcmfa_lint.frontend.problems import TANGLED
from pcmfa_lint.frontend.settings.collector import Collector, FormatError, missing, too_deep
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.limits import OPEN_QUOTE_LINES, SETTINGS_DEPTH

_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_NAMES = ("key", "name")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}

Path = tuple[str, ...]


@dataclass(frozen=True)
class _Syntax:
    """The node types of a language. `parts` of a text may be `inner` only, or it is no literal."""

    language: Language
    texts: frozenset[str]
    inner: frozenset[str]
    words: frozenset[str]
    objects: frozenset[str]
    pairs: frozenset[str]
    lists: frozenset[str]


_HCL = _Syntax(
    Language(tree_sitter_hcl.language()),
    texts=frozenset(("string_lit", "quoted_template", "heredoc_template")),
    inner=frozenset(("template_literal", "quoted_template_start", "quoted_template_end", "heredoc_start")),
    words=frozenset(("numeric_lit", "bool_lit", "null_lit")),
    objects=frozenset(("object",)),
    pairs=frozenset(("object_elem",)),
    lists=frozenset(("tuple",)),
)
_BICEP = _Syntax(
    Language(tree_sitter_bicep.language()),
    texts=frozenset(("string",)),
    inner=frozenset(("string_content", "escape_sequence")),
    words=frozenset(("number", "boolean", "null")),
    objects=frozenset(("object",)),
    pairs=frozenset(("object_property",)),
    lists=frozenset(("array",)),
)
_WRAPPERS = frozenset(("expression", "literal_value", "template_expr", "collection_value", "parenthesized_expression"))
_DECLARED = {"parameter_declaration": "param", "variable_declaration": "var", "assignment": "", "output": "output"}


class _Reader:
    def __init__(self, out: Collector, syntax: _Syntax) -> None:
        self.out, self.syntax = out, syntax
        plain = _BEYOND.sub("\ufffd", out.text)  # one UTF-16 unit a character
        # each open mark begins a template within the one before, and the grammar takes the square of their number
        nested = sum(line.count('"') % 2 for line in out.lines) > OPEN_QUOTE_LINES
        tree = None if nested else parse(syntax.language, plain, limit(plain))[0]
        if tree is None:
            raise FormatError(f"{TANGLED} It was read line by line.")
        self.root = tree.root_node
        if self.root.has_error:
            missing("a part does not fit the grammar", next((_start(n) for n in _nodes(self.root) if n.is_error), -1))

    def comments(self) -> None:
        for node in _nodes(self.root):
            if node.type == "comment":
                start, end = _start(node), _end(node)
                raw = self.out.text[start:end]
                mark = 1 if raw.startswith("#") else 2
                self.out.comment(start, end, (start + mark, end - 2 if raw.endswith("*/") else end))

    def text(self, node: Node) -> tuple[tuple[int, int], str] | None:
        """Place and value of a text without holes; None for anything else."""
        if node.type not in self.syntax.texts:
            return None
        inner = [part for part in node.named_children if part.type not in ("heredoc_identifier", "heredoc_start")]
        if any(part.type not in self.syntax.inner for part in inner):
            return None
        raw = self.out.text[_start(node) : _end(node)]
        if node.type == "heredoc_template" or raw.startswith("'''"):
            body = [part for part in inner if part.type in ("template_literal", "string_content")]
            at = (_start(body[0]), _end(body[-1])) if body else (_end(node), _end(node))
            return at, self.out.text[at[0] : at[1]]
        at = (_start(node) + 1, _end(node) - 1)
        return at, _ESCAPE.sub(lambda m: _unescape(m[1]), self.out.text[at[0] : at[1]])

    def value(self, path: Path, key: tuple[int, int], node: Node, depth: int, item: bool = False) -> None:
        """Adds the entries of one value."""
        if depth > SETTINGS_DEPTH:
            too_deep(_start(node))
        while node.type in _WRAPPERS and len(node.named_children) == 1:
            node = node.named_children[0]
        text = self.text(node)
        if text is not None:
            at, value = text
            if item:
                self.out.add_item(path, at, value)
            else:
                self.out.add(path, key, at, value)
        elif node.type in self.syntax.objects:
            self.pairs(path, node, depth)
        elif node.type in self.syntax.lists:
            items = [one for one in node.named_children if not one.type.startswith("tuple_") and one.type != "comment"]
            for number, one in enumerate(items):
                self.value((*path, str(number)), (_start(one), _end(one)), one, depth + 1, item=True)
        elif node.type in self.syntax.words:
            self.out.add(path, key, (_start(node), _end(node)))
        else:
            self.expression(path, key, node, depth)

    def expression(self, path: Path, key: tuple[int, int], node: Node, depth: int) -> None:
        """What is computed: one entry that points elsewhere, and the objects among its operands."""
        at = (_start(node), _end(node))
        inner = list(_outermost(node, self.syntax.objects))
        if not inner:
            raw = self.out.text[at[0] : at[1]].strip("\"'")
            self.out.add(path, key, at, raw if node.type in self.syntax.texts else f"${{{raw}}}")
        self.out.hide(*at)
        for one in inner:
            self.value(path, key, one, depth + 1)

    def pairs(self, path: Path, node: Node, depth: int) -> None:
        """The entries of an object; one that names itself goes by its name."""
        first, named = len(self.out.settings), None
        for pair in node.named_children:
            if pair.type not in self.syntax.pairs or len(pair.named_children) < 2:
                continue
            key, value = pair.named_children[0], pair.named_children[-1]
            named = self.entry(path, key, value, depth) or named
        self.named(first, len(path), named)

    def entry(self, path: Path, key: Node, value: Node, depth: int) -> tuple[str, tuple[int, int]] | None:
        """One `key = value`; gives the value if it names the object."""
        while key.type in _WRAPPERS and len(key.named_children) == 1:
            key = key.named_children[0]
        text = self.text(key)
        at, name = text if text is not None else ((_start(key), _end(key)), self.out.text[_start(key) : _end(key)])
        self.value((*path, name), at, value, depth + 1)
        last = self.out.settings[-1] if self.out.settings else None
        if name in _NAMES and last is not None and last.path == (*path, name) and not last.value.startswith("${"):
            return last.value, (_start(value), _end(value))
        return None

    def named(self, first: int, depth: int, name: tuple[str, tuple[int, int]] | None) -> None:
        if name is not None:
            self.out.rename(first, depth, name[0], self.out.span(*name[1]))

    # --- HCL ---

    def body(self, path: Path, node: Node, depth: int) -> None:
        """Attributes and blocks."""
        if depth > SETTINGS_DEPTH:
            too_deep(_start(node))
        first, named = len(self.out.settings), None
        for child in node.named_children:
            if child.type == "attribute" and len(child.named_children) >= 2:
                named = self.entry(path, child.named_children[0], child.named_children[-1], depth) or named
            elif child.type == "block":
                labels = [self.label(n) for n in child.named_children if n.type in ("identifier", "string_lit")]
                for inner in child.named_children:
                    if inner.type == "body":
                        self.body((*path, *labels), inner, depth + 1)
            elif child.type == "body":
                self.body(path, child, depth + 1)
        self.named(first, len(path), named)

    def label(self, node: Node) -> str:
        text = self.text(node)
        return text[1] if text is not None else self.out.text[_start(node) : _end(node)]

    # --- Bicep ---

    def declarations(self) -> None:
        """Parameters, variables, resources and modules."""
        for node in self.root.named_children:
            parts = node.named_children
            if node.type in ("resource_declaration", "module_declaration") and len(parts) >= 2:
                self.resource(node, parts)
            elif node.type in _DECLARED and len(parts) >= 2 and parts[-1].type not in ("type", "primitive_type"):
                name = self.out.text[_start(parts[0]) : _end(parts[0])]
                path = tuple(part for part in (_DECLARED[node.type], name) if part)
                self.value(path, (_start(parts[0]), _end(parts[0])), parts[-1], 1)

    def resource(self, node: Node, parts: list[Node]) -> None:
        path: Path = ("resource", self.out.text[_start(parts[0]) : _end(parts[0])])
        for part in parts[1:]:
            text = self.text(part)
            if text is not None:
                self.out.add((*path, "type"), text[0], text[0], text[1])
            else:
                for one in [part] if part.type in self.syntax.objects else _outermost(part, self.syntax.objects):
                    self.pairs(path, one, 1)


def _nodes(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children)


def _outermost(root: Node, types: frozenset[str]) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type in types:
            yield node
        else:
            stack.extend(reversed(node.named_children))


def _start(node: Node) -> int:
    return int(node.start_byte) // 2


def _end(node: Node) -> int:
    return int(node.end_byte) // 2


def _unescape(escaped: str) -> str:
    if len(escaped) == 5:
        return chr(int(escaped[1:], 16))
    return _ESCAPED.get(escaped, escaped)


def _read(out: Collector, syntax: _Syntax, work: Callable[[_Reader], None]) -> None:
    reader = _Reader(out, syntax)
    work(reader)
    reader.comments()


def read_hcl(out: Collector) -> None:
    """Reads Terraform and other HCL. Raises FormatError."""
    _read(out, _HCL, lambda reader: reader.body((), reader.root, 0))


def read_bicep(out: Collector) -> None:
    """Reads Bicep and its parameter files. Raises FormatError."""
    _read(out, _BICEP, lambda reader: reader.declarations())
