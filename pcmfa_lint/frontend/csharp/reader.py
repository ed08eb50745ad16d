"""C#: `.cs` to a Unit, by the tree-sitter reader.

Here stand the statements; expressions, patterns, strings, and types with their members have modules of their own
beside this one, and `languages/csharp.scm` says what is comment and literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import tree_sitter_c_sharp
from tree_sitter import Language, Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.csharp.expressions import VALUES
from pcmfa_lint.frontend.csharp.patterns import guarded, pattern
from pcmfa_lint.frontend.csharp.types import MEMBERS, declared_type, initial, type_name
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, child, children, parts, read
from pcmfa_lint.ir.nodes import (
    Assign,
    Expression,
    ExpressionStatement,
    Handler,
    Import,
    Loop,
    Name,
    Stmt,
    Try,
    Unit,
    Unknown,
    With,
)


def read_csharp(text: str, path: str) -> Unit:
    """Reads decoded C#; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


def _using(r: Reader, node: Node) -> Iterator[Stmt]:
    """`using A.B;`, `using X = A.B;`, `using static A.B;`"""
    alias = node.child_by_field_name("name")
    target = next((kid for kid in reversed(parts(node)) if kid != alias), None)
    if target is not None:
        everything = (("*", "*"),) if child(node, "static") is not None else ()
        module = type_name(r, target)
        if alias is not None:  # types are found by their last name
            r.aliases[r.text(alias)] = module.rpartition(".")[2]
        r.imports.append(Import(module, r.span(node), everything, r.text(alias) if alias is not None else ""))
    yield from ()


def _inner(r: Reader, node: Node) -> Iterable[Stmt]:
    """What stands in a namespace: its members."""
    body = node.child_by_field_name("body")
    return r.block(parts(body) if body is not None else children(node, *MEMBERS, "using_directive"))


def _conditional(r: Reader, node: Node) -> Iterable[Stmt]:
    """`#if … #else …`: all branches, since nobody knows which is compiled."""
    condition = node.child_by_field_name("condition")
    return r.block([kid for kid in parts(node) if kid != condition])


def _locals(r: Reader, node: Node) -> Iterator[Stmt]:
    """`var a = b;`, `var (a, b) = c;`; what is declared without a value is left out."""
    listed = node if node.type == "variable_declaration" else child(node, "variable_declaration")
    for kid in children(listed, "variable_declarator") if listed is not None else ():
        value = initial(kid)
        target = kid.child_by_field_name("name") or child(kid, "tuple_pattern")
        if value is not None and target is not None:
            type_ = declared_type(r, listed.child_by_field_name("type")) if listed is not None else ""
            declared = Name(r.text(target), r.span(target), "local") if target.type == "identifier" else r.value(target)
            yield Assign((declared,), r.value(value), r.span(kid), type=type_)


def _using_block(r: Reader, node: Node) -> Iterator[Stmt]:
    """`using (var a = b) { … }`"""
    listed = child(node, "variable_declaration")
    body = node.child_by_field_name("body")
    stmts = r.block([body]) if body is not None else ()
    items: list[tuple[Expression, Expression | None]] = []
    if listed is not None:
        for stmt in _locals(r, listed):
            if isinstance(stmt, Assign):
                items.append((stmt.value, stmt.targets[0]))
    else:
        resources = [kid for kid in parts(node) if kid != body]
        items = [(r.value(resources[0]), None)] if resources else []
    yield With(tuple(items), stmts, r.span(node))


def _foreach(r: Reader, node: Node) -> Iterator[Stmt]:
    target, source = curly_braces.field(r, node, "left"), curly_braces.field(r, node, "right")
    type_ = declared_type(r, node.child_by_field_name("type"))
    yield Loop("for", curly_braces.body(r, node), r.span(node), target=target, source=source, type=type_)


def _switch(r: Reader, node: Node) -> Iterator[Stmt]:
    """A switch is an If of tests; what it looks at is evaluated once."""
    subject, first = curly_braces.evaluated_once(
        curly_braces.field(r, node, "value") or curly_braces.constant("None", r.span(node))
    )
    yield from first
    body = node.child_by_field_name("body")
    arms = [_section(r, kid, subject) for kid in (children(body, "switch_section") if body is not None else ())]
    yield curly_braces.sections(arms, r.span(node))


def _section(r: Reader, node: Node, subject: Expression) -> tuple[list[Expression | None], tuple[Stmt, ...]]:
    tests: list[Expression | None] = []
    rest: list[Node] = []
    colon = max((n for n, kid in enumerate(node.children) if kid.type == ":"), default=-1)
    for number, kid in enumerate(node.children):
        if number > colon:
            rest += [kid] if kid.is_named and not kid.is_extra else []
        elif kid.type == "default":
            tests.append(None)
        elif kid.type == "when_clause" and tests:
            tests[-1] = guarded(r, tests[-1], kid)
        elif kid.is_named and not kid.is_extra:
            tests.append(pattern(r, kid, subject))
    return tests, r.block(rest)


def _try(r: Reader, node: Node) -> Iterator[Stmt]:
    handlers = tuple(_handler(r, kid) for kid in children(node, "catch_clause"))
    final = tuple(stmt for kid in children(node, "finally_clause") for stmt in r.block(children(kid, "block")))
    yield Try(curly_braces.body(r, node), handlers, r.span(node), final=final)


def _handler(r: Reader, node: Node) -> Handler:
    declared, guard = child(node, "catch_declaration"), child(node, "catch_filter_clause")
    type_ = declared.child_by_field_name("type") if declared is not None else None
    name = declared.child_by_field_name("name") if declared is not None else None
    test = r.value(parts(guard)[0]) if guard is not None and parts(guard) else None
    types = (type_name(r, type_),) if type_ is not None else ()
    return Handler(types, r.text(name) if name is not None else "", curly_braces.body(r, node), r.span(node), test)


def _yield(r: Reader, node: Node) -> Iterator[Stmt]:
    kids = parts(node)
    if kids:
        span = r.span(node)
        yield ExpressionStatement(Unknown("yield", (r.value(kids[0]),), span), span)


_STATEMENTS: dict[str, StmtBuilder] = {
    **curly_braces.STATEMENTS,
    **MEMBERS,
    "compilation_unit": curly_braces.block,
    "declaration_list": curly_braces.block,
    "global_statement": curly_braces.block,
    "namespace_declaration": _inner,
    "file_scoped_namespace_declaration": _inner,
    "using_directive": _using,
    "extern_alias_directive": curly_braces.nothing,
    "global_attribute": curly_braces.nothing,
    "attribute_list": curly_braces.nothing,
    "preproc_if": _conditional,
    "preproc_elif": _conditional,
    "preproc_else": _conditional,
    "local_declaration_statement": _locals,
    "variable_declaration": _locals,
    "using_statement": _using_block,
    "foreach_statement": _foreach,
    "switch_statement": _switch,
    "try_statement": _try,
    "yield_statement": _yield,
    # their block runs in place, after what stands before it
    **dict.fromkeys(("lock_statement", "checked_statement", "unsafe_statement", "fixed_statement"), curly_braces.block),
    "labeled_statement": lambda r, node: r.block(parts(node)[1:]),
    "goto_statement": curly_braces.nothing,
}


_PRAGMA = re.compile(r"^[ \t]*#[ \t]*(?:pragma|nullable|line)\b[^\r\n]*", re.MULTILINE)
_BRANCH = re.compile(r"^[ \t]*#[ \t]*(?:if|elif|else|endif)\b[^\r\n]*", re.MULTILINE)


def _without_pragmas(text: str) -> str:
    """Directives to the compiler may stand anywhere, and the grammar knows few of them."""
    return _PRAGMA.sub(lambda match: " " * len(match[0]), text)


def _without_branches(text: str) -> str:
    """`#if` in the midst of an expression or a list: both branches are read as one text."""
    return _BRANCH.sub(lambda match: " " * len(match[0]), text)


_VERBATIM = re.compile(r'(?:\$@|@\$)"((?:[^"]|"")*)"')


def _without_quotes(text: str) -> str:
    """`$@"…{a}""…"`: the grammar stumbles over a quote after a hole. What is read is the text as it is written."""
    return _VERBATIM.sub(lambda match: match[0][:3] + match[1].replace('""', "''") + '"', text)


def _comment_text(written: str) -> str:
    if written.startswith("/*"):
        return written[2:].removesuffix("*/").strip()
    return written.lstrip("/").strip()


@cache
def _grammar() -> Grammar:
    return Grammar(
        name="csharp",
        language=Language(tree_sitter_c_sharp.language()),
        values=VALUES,
        statements=_STATEMENTS,
        comment_text=_comment_text,
        plain=_without_pragmas,
        repairs=(_without_branches, _without_quotes),
    )
