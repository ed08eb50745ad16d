"""JavaScript and TypeScript to a Unit, by the tree-sitter reader; also what stands in the `<script>`s of a page.

Here stand the statements. Values, functions and classes, patterns, and modules have modules of their own
beside this one, and `languages/javascript.scm` says what is comment and literal. Both languages are one: they share
their libraries, their catalog and most of their grammar, and types say nothing that happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.common_nodes import case_test
from pcmfa_lint.frontend.javascript import page_scripts
from pcmfa_lint.frontend.javascript.expressions import VALUES, assigned, tested
from pcmfa_lint.frontend.javascript.functions import class_, declared, enum, function
from pcmfa_lint.frontend.javascript.modules import export, import_
from pcmfa_lint.frontend.javascript.patterns import bind
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, children, parts, read
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Assign, Block, Expression, ExpressionStatement, Handler, Loop, Name, Stmt, Try, Unit

_TYPED = (".ts", ".mts", ".cts")


def read_javascript(text: str, path: str) -> Unit:
    """Reads decoded JavaScript or TypeScript, by the file's name, or a page with scripts in it; never raises."""
    suffix = PurePosixPath(path.lower()).suffix
    if suffix in page_scripts.PAGES:
        return _page(text, path)
    return read(_grammar("typescript" if suffix in _TYPED else "tsx" if suffix == ".tsx" else "javascript"), text, path)


def _page(text: str, path: str) -> Unit:
    """The scripts of a page as one program; all around them is like a literal."""
    scripts = page_scripts.scripts(text)
    grammar = _grammar("typescript" if scripts.typed else "javascript")
    unit = read(replace(grammar, plain=scripts.only), text, path)
    return replace(unit, opaque=scripts.with_markup(unit.opaque))


# --- statements -------------------------------------------------------------------------------------------------------


def _sequence(r: Reader, node: Node) -> Iterator[Stmt]:
    """Statements in a row; functions are there before any of them runs."""
    kids = parts(node)
    yield from r.block([kid for kid in kids if _hoisted(kid)])
    yield from r.block([kid for kid in kids if not _hoisted(kid)])


_FUNCTIONS = ("function_declaration", "generator_function_declaration")


def _hoisted(node: Node) -> bool:
    if node.type == "export_statement":
        declaration = node.child_by_field_name("declaration")
        return declaration is not None and declaration.type in _FUNCTIONS
    return node.type in _FUNCTIONS


def _expression(r: Reader, node: Node) -> Iterator[Stmt]:
    """`value;` – an assignment is a statement, and so is the handler of a promise that nobody waits for."""
    for kid in parts(node):
        yield from _statements_of(r, kid)


def _statements_of(r: Reader, node: Node) -> Iterable[Stmt]:
    while node.type in ("parenthesized_expression", "await_expression") and len(parts(node)) == 1:
        node = parts(node)[0]
    if node.type in ("assignment_expression", "augmented_assignment_expression"):
        return assigned(r, node)
    if node.type == "sequence_expression":
        return [stmt for kid in parts(node) for stmt in _statements_of(r, kid)]
    if node.type == "internal_module":
        return curly_braces.body(r, node)
    if (settled := _thrown_away(r, node)) is not None:
        return (settled,)
    return curly_braces.statement_of(r.value(node), r.span(node))


def _thrown_away(r: Reader, node: Node) -> Try | None:
    """`await Promise.allSettled(…)` as a statement: nobody will know what failed."""
    callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or callee is None or listed is None or r.text(callee) != "Promise.allSettled":
        return None
    span = r.span(node)
    body = tuple(ExpressionStatement(r.value(kid), r.span(kid)) for kid in parts(listed))
    return Try(body, (Handler((), "", (), span),), span)


def _variables(r: Reader, node: Node) -> Iterator[Stmt]:
    """`const a = 1, { b } = c`"""
    for kid in children(node, "variable_declarator"):
        name, value = kid.child_by_field_name("name"), kid.child_by_field_name("value")
        if name is not None and value is not None:
            yield from declared(r, name, value, kid)
        elif name is not None and name.type == "identifier":
            span = r.span(kid)
            yield Assign((Name(r.text(name), span),), curly_braces.constant("None", span), span)


def _for_in(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for (const x of xs)`, also `in` and `await`."""
    left = node.child_by_field_name("left")
    target: Expression = Name("item", r.span(node))
    unpacked: list[Stmt] = []
    if left is not None and left.type in ("object_pattern", "array_pattern"):
        unpacked = list(bind(r, left, target, r.span(left)))
        first = unpacked[0] if len(unpacked) == 1 else None
        if left.type == "array_pattern" and isinstance(first, Assign):
            target, unpacked = first.targets[0], []
    elif left is not None:
        target = r.value(left)
    source = curly_braces.field(r, node, "right")
    yield Loop("for", (*unpacked, *curly_braces.body(r, node)), r.span(node), target, source)


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for (a; b; c) { … }`; without a condition it has no test."""
    for stmt in curly_braces.for_(r, node, step="increment"):
        endless = isinstance(stmt, Loop) and isinstance(stmt.test, Block) and not stmt.test.body
        yield replace(stmt, test=None) if endless and isinstance(stmt, Loop) else stmt


def _switch(r: Reader, node: Node) -> Iterator[Stmt]:
    """A switch is an If of Compares; what it looks at is evaluated once."""
    subject, first = curly_braces.evaluated_once(
        curly_braces.field(r, node, "value") or curly_braces.constant("None", r.span(node))
    )
    yield from first
    body = node.child_by_field_name("body")
    arms: list[tuple[list[Expression | None], tuple[Stmt, ...]]] = []
    for clause in children(body, "switch_case", "switch_default") if body is not None else ():
        value = curly_braces.field(r, clause, "value") if clause.type == "switch_case" else None
        inside = [kid for kid in parts(clause) if kid != clause.child_by_field_name("value")]
        arms.append(([None if value is None else case_test(subject, value)], r.block(inside)))
    yield curly_braces.sections(arms, r.span(node))


def _try(r: Reader, node: Node) -> Iterator[Stmt]:
    caught, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
    handlers = () if caught is None else (_handler(r, caught),)
    yield Try(
        curly_braces.body(r, node), handlers, r.span(node), final=() if last is None else curly_braces.body(r, last)
    )


def _handler(r: Reader, node: Node) -> Handler:
    """`catch (error) { … }`"""
    parameter = node.child_by_field_name("parameter")
    name, unpacked = "", tuple[Stmt, ...]()
    if parameter is not None and parameter.type == "identifier":
        name = r.text(parameter)
    elif parameter is not None:
        name = "error"
        unpacked = tuple(bind(r, parameter, Name(name, r.span(parameter)), r.span(parameter)))
    return Handler((), name, (*unpacked, *curly_braces.body(r, node)), r.span(node))


def _testing(build: StmtBuilder) -> StmtBuilder:
    """A statement with a condition, of which only the truth counts."""

    def built(r: Reader, node: Node) -> Iterable[Stmt]:
        current: Node | None = node
        while current is not None:  # an If is built with all its `else if`s
            tested(r, current.child_by_field_name("condition"))
            after = current.child_by_field_name("alternative")
            after = parts(after)[0] if after is not None and after.type == "else_clause" and parts(after) else None
            current = after if after is not None and after.type == "if_statement" else None
        return build(r, node)

    return built


_NOTHING = (
    "interface_declaration",
    "type_alias_declaration",
    "ambient_declaration",
    "function_signature",
    "import_alias",
    "debugger_statement",
    "hash_bang_line",
)
STATEMENTS: dict[str, StmtBuilder] = {
    **curly_braces.STATEMENTS,
    **dict.fromkeys(_NOTHING, curly_braces.nothing),
    "program": _sequence,
    "statement_block": _sequence,
    "expression_statement": _expression,
    "lexical_declaration": _variables,
    "variable_declaration": _variables,
    "for_in_statement": _for_in,
    **{kind: _testing(curly_braces.STATEMENTS[kind]) for kind in ("if_statement", "while_statement", "do_statement")},
    "for_statement": _testing(_for),
    "switch_statement": _switch,
    "try_statement": _try,
    # what is in them runs in place
    **dict.fromkeys(("labeled_statement", "with_statement", "internal_module", "module"), curly_braces.body),
    "function_declaration": function,
    "generator_function_declaration": function,
    "class_declaration": class_,
    "abstract_class_declaration": class_,
    "enum_declaration": enum,
    "import_statement": import_,
    "export_statement": export,
}


def _comment_text(written: str) -> str:
    if written.startswith("/*"):
        return written[2:].removesuffix("*/").strip("*").strip()
    if written.startswith("<!--"):
        return written[4:].removesuffix("-->").strip()
    return (written[2:] if written[:1] == "#" else written.strip("/")).strip()


@cache
def _grammar(kind: str) -> Grammar:
    grammars = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return Grammar("javascript", Language(grammars[kind]()), VALUES, STATEMENTS, _comment_text)
