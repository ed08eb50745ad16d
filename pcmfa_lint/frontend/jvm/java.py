"""Java: `.java` to a Unit, by the tree-sitter reader.

Here stand the statements; expressions, strings, and types with their members have modules of their own beside this
one, and `languages/java.scm` says what is comment and literal.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import tree_sitter_java
from tree_sitter import Language, Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.jvm.java_expressions import VALUES, looked_at, tests_of
from pcmfa_lint.frontend.jvm.java_types import MEMBERS, declared_type, type_name
from pcmfa_lint.frontend.jvm.library import appended
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, child, children, parts, read
from pcmfa_lint.ir.nodes import (
    Assign,
    Concatenation,
    Expression,
    ExpressionStatement,
    Handler,
    Import,
    Loop,
    Name,
    Stmt,
    Try,
    Unit,
    With,
)


def read_java(text: str, path: str) -> Unit:
    """Reads decoded Java; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


def _expression(r: Reader, node: Node) -> Iterator[Stmt]:
    """`value;`: what is appended to a builder of text, or to a writer, is added to it."""
    for stmt in curly_braces.expression(r, node):
        lowered = appended(stmt.value) if isinstance(stmt, ExpressionStatement) else None
        if lowered is not None:
            yield Assign((lowered[0],), Concatenation(lowered[1], stmt.span), stmt.span, "+=")
        else:
            yield stmt


def _import(r: Reader, node: Node) -> Iterator[Stmt]:
    """`import a.B;`, `import a.*;`, `import static a.B.c;`"""
    inner = next(iter(parts(node)), None)
    if inner is not None:
        module = type_name(r, inner)
        names: tuple[tuple[str, str], ...] = ()
        if child(node, "asterisk") is not None:
            names = (("*", "*"),)
        elif child(node, "static") is not None:
            module, _, last = module.rpartition(".")
            names = ((last, last),)
        r.imports.append(Import(module, r.span(node), names))
    yield from ()


def _locals(r: Reader, node: Node) -> Iterator[Stmt]:
    """`var a = b, c;`; what is declared without a value is left out."""
    for kid in children(node, "variable_declarator"):
        name, value = kid.child_by_field_name("name"), kid.child_by_field_name("value")
        if name is not None and value is not None:
            target, type_ = Name(r.text(name), r.span(name), "local"), node.child_by_field_name("type")
            yield Assign((target,), r.value(value), r.span(kid), type=declared_type(r, type_))


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    yield from curly_braces.for_(r, node, start="init")


def _foreach(r: Reader, node: Node) -> Iterator[Stmt]:
    target, source = curly_braces.field(r, node, "name"), curly_braces.field(r, node, "value")
    type_ = declared_type(r, node.child_by_field_name("type"))
    yield Loop("for", curly_braces.body(r, node), r.span(node), target=target, source=source, type=type_)


def _switch(r: Reader, node: Node) -> Iterator[Stmt]:
    """A switch is an If of tests; what it looks at is evaluated once."""
    subject, first = looked_at(r, node)
    yield from first
    body = node.child_by_field_name("body")
    arms = []
    for kid in children(body, "switch_rule", "switch_block_statement_group") if body is not None else ():
        rest = [each for each in parts(kid) if each.type != "switch_label"]
        arms.append((tests_of(r, children(kid, "switch_label"), subject), r.block(rest)))
    yield curly_braces.sections(arms, r.span(node))


def _try(r: Reader, node: Node) -> Iterator[Stmt]:
    """`try (A a = b; c) { … } catch (D | E e) { … } finally { … }`"""
    stmts, span = curly_braces.body(r, node), r.span(node)
    resources = node.child_by_field_name("resources")
    if resources is not None:
        items = tuple(_resource(r, kid) for kid in children(resources, "resource"))
        stmts = (With(items, stmts, span),)
    handlers = tuple(_handler(r, kid) for kid in children(node, "catch_clause"))
    final = tuple(stmt for kid in children(node, "finally_clause") for stmt in r.block(children(kid, "block")))
    if handlers or final:
        yield Try(stmts, handlers, span, final=final)
    else:
        yield from stmts


def _resource(r: Reader, node: Node) -> tuple[Expression, Expression | None]:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or value is None:
        return r.value(parts(node)[-1]), None
    return r.value(value), r.value(name)


def _handler(r: Reader, node: Node) -> Handler:
    declared = child(node, "catch_formal_parameter")
    name = declared.child_by_field_name("name") if declared is not None else None
    listed = child(declared, "catch_type") if declared is not None else None
    types = tuple(type_name(r, kid) for kid in parts(listed)) if listed is not None else ()
    return Handler(types, r.text(name) if name is not None else "", curly_braces.body(r, node), r.span(node))


_STATEMENTS: dict[str, StmtBuilder] = {
    **curly_braces.STATEMENTS,
    **MEMBERS,
    "expression_statement": _expression,
    "program": curly_braces.block,
    "constructor_body": curly_braces.block,
    "package_declaration": curly_braces.nothing,
    "module_declaration": curly_braces.nothing,
    "import_declaration": _import,
    "local_variable_declaration": _locals,
    "for_statement": _for,
    "enhanced_for_statement": _foreach,
    "switch_expression": _switch,
    "try_statement": _try,
    "try_with_resources_statement": _try,
    # what is in them runs in place
    **dict.fromkeys(("synchronized_statement", "assert_statement", "yield_statement"), curly_braces.block),
    "labeled_statement": lambda r, node: r.block(parts(node)[1:]),
}


@cache
def _grammar() -> Grammar:
    return Grammar(
        name="java",
        language=Language(tree_sitter_java.language()),
        values=VALUES,
        statements=_STATEMENTS,
        comment_text=curly_braces.comment_text,
    )
