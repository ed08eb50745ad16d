"""Visual Basic .NET: `.vb` to a Unit, by the tree-sitter reader. Its libraries are those of C#.

Here stand the file and its types; statements and values have modules of their own beside this one, and
`queries/vb.scm` says what is comment and literal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

import tree_sitter_vb_dotnet
from tree_sitter import Language, Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, child, children, generics, owner, parts, read
from pcmfa_lint.frontend.vb.expressions import CLASSES, VALUES, arguments, declared_type, reader_state, type_name
from pcmfa_lint.frontend.vb.lambdas import lambda_
from pcmfa_lint.frontend.vb.statements import STATEMENTS, block, made_by
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Assign,
    Call,
    Class,
    Define,
    Expression,
    Func,
    Import,
    Name,
    Param,
    Return,
    Stmt,
    Unit,
    Unknown,
)


def read_vb(text: str, path: str) -> Unit:
    """Reads decoded Visual Basic; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


# --- the file and its types -------------------------------------------------------------------------------------------


_LAMBDA = re.compile(r"\A[\w\s]{0,200}=\s*(?:Async\s+)?(?:Function|Sub)\s*\(", re.IGNORECASE)


def _file(r: Reader, node: Node) -> Iterator[Stmt]:
    names = reader_state(r).variables
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in ("variable_declarator", "parameter", "dim_statement", "lambda_parameter"):
            names_here = {r.text(kid).casefold() for kid in current.children_by_field_name("name")}
            runs = _LAMBDA.search(r.text(current)) is not None
            names |= names_here if not runs else set()
        waiting += current.children
    yield from r.block(parts(node))


def _imports(r: Reader, node: Node) -> Iterator[Stmt]:
    alias, name = node.child_by_field_name("alias"), node.child_by_field_name("namespace")
    if name is not None:
        written = r.text(name)
        if alias is not None:
            r.aliases[r.text(alias)] = written
        r.imports.append(Import(written, r.span(node), (), r.text(alias) if alias is not None else ""))
    yield from ()


def _modifiers(r: Reader, node: Node) -> set[str]:
    return {r.text(kid).casefold() for one in children(node, "modifiers") for kid in children(one, "modifier")}


def _attributes(r: Reader, node: Node) -> tuple[Expression, ...]:
    """`<A, B(c)>`"""
    blocks = children(node, "attribute_block")
    before = node.parent.prev_sibling if node.type in CLASSES and node.parent is not None else None
    while before is not None and before.type == "attribute_block":  # of a class they stand before it
        blocks.insert(0, before)
        before = before.prev_sibling
    return tuple(_attribute(r, kid) for one in blocks for kid in children(one, "attribute"))


def _attribute(r: Reader, node: Node) -> Expression:
    written, argument_list = node.child_by_field_name("name"), child(node, "argument_list")
    name = Name(type_name(r, written).strip("[]"), r.span(written or node))
    return name if argument_list is None else Call(name, arguments(r, argument_list), r.span(node))


def _class(r: Reader, node: Node) -> Iterator[Stmt]:
    """`Class`, `Structure`, `Interface`; a `Module` is a class all of whose members are its own."""
    name = node.child_by_field_name("name")
    bases = [
        Name(type_name(r, kid), r.span(kid))
        for one in children(node, "inherits_clause", "implements_clause")
        for kid in parts(one)
    ]
    flags = ["interface"] if node.type == "interface_block" else []
    words = _modifiers(r, node)
    flags += [flag for word, flag in (("mustinherit", "abstract"), ("partial", "partial")) if word in words]
    skipped = ("modifiers", "inherits_clause", "attribute_block", "type_parameters", "comment")
    body = [kid for kid in parts(node) if kid != name and kid.type not in skipped]
    decorators = (*_attributes(r, node), *(Name(word, r.span(name or node)) for word in flags))
    stmts = r.block(body)
    yield Define(Class(r.text(name) if name else "", tuple(bases), stmts, r.span(node), decorators), r.span(node))


def _params(r: Reader, node: Node | None) -> tuple[Param, ...]:
    params = []
    for kid in children(node, "parameter") if node is not None else ():
        name, default = kid.child_by_field_name("name"), kid.child_by_field_name("default_value")
        kind = child(kid, "as_clause")
        if name is not None:
            type_ = declared_type(r, kind.child_by_field_name("type")) if kind is not None else ""
            value = r.value(default) if default is not None else None
            rest = "paramarray" in r.text(kid).casefold()
            shared = "byref" in r.text(kid).casefold().split()
            attributes = _attributes(r, kid)
            many: Literal["", "rest"] = "rest" if rest else ""
            params.append(Param(r.text(name), r.span(kid), value, many, type_, (), attributes, shared))
    return tuple(params)


def _method(r: Reader, node: Node) -> Iterator[Stmt]:
    """`Function`, `Sub`, `Sub New`. A function may give back what is assigned to its name."""
    named = node.child_by_field_name("name")
    name = "__init__" if node.type == "constructor_declaration" else r.text(named) if named is not None else ""
    listed = node.child_by_field_name("parameters")
    skipped = (
        "modifiers",
        "type_parameters",
        "parameter_list",
        "type",
        "as_clause",
        "identifier",
        "attribute_block",
        "handles_clause",
    )
    body = [kid for kid in parts(node) if kid.type not in skipped]
    stmts = tuple(_returned(stmt, name) for stmt in block(r, body))
    static = "shared" in _modifiers(r, node) or (node.parent is not None and node.parent.type == "module_block")
    func = Func(
        name,
        _params(r, listed),
        stmts,
        r.span(node),
        owner(r, node, CLASSES),
        _attributes(r, node),
        static=static and name != "__init__",
        type=declared_type(r, node.child_by_field_name("return_type")),
        generics=generics(r, node),
    )
    yield Define(func, r.span(node))


def _returned(stmt: Stmt, name: str) -> Stmt:
    """`Name = value` in a function of this name."""
    if isinstance(stmt, Assign) and isinstance(stmt.targets[0], Name) and stmt.targets[0].id == name:
        return Return(stmt.value, stmt.span)
    return stmt


def _property(r: Reader, node: Node) -> Iterator[Stmt]:
    named, kind = node.child_by_field_name("name"), child(node, "as_clause")
    name = r.text(named) if named is not None else ""
    type_ = kind.child_by_field_name("type") if kind is not None else None
    getter = child(node, "get_accessor")
    if getter is not None:
        func = Func(
            name,
            (),
            r.block(parts(getter)),
            r.span(node),
            owner(r, node, CLASSES),
            (Name("property", r.span(node)),),
            static="shared" in _modifiers(r, node),
            type=declared_type(r, type_),
        )
        yield Define(func, r.span(node))
        return
    value = curly_braces.field(r, node, "initializer") or made_by(r, kind)
    yield replace(_declared(r, node, named, type_, value), decorators=_attributes(r, node))


def _declared(r: Reader, node: Node, name: Node | None, type_: Node | None, value: Expression | None) -> Assign:
    written = declared_type(r, type_)
    if value is None:
        kinds = (Name(written.partition("<")[0], r.span(node)),) if written else ()
        value, written = Unknown("declared", kinds, r.span(node)), ""
    target = Name(r.text(name) if name is not None else "", r.span(name or node))
    return Assign((target,), value, r.span(node), type=written)


def _field(r: Reader, node: Node) -> Iterator[Stmt]:
    """Fields, constants, `Dim`."""
    for kid in children(node, "variable_declarator") or [node]:
        names = kid.children_by_field_name("name")
        kind = child(kid, "as_clause")
        values = kid.children_by_field_name("initializer") or kid.children_by_field_name("value")
        type_ = kind.child_by_field_name("type") if kind is not None else None
        for number, name in enumerate(names):
            value = r.value(values[number]) if number < len(values) else made_by(r, kind)
            yield replace(_declared(r, kid, name, type_, value), decorators=_attributes(r, node))


def _through(r: Reader, node: Node) -> tuple[Stmt, ...]:
    return r.block(parts(node))


_STATEMENTS: dict[str, StmtBuilder] = {
    "source_file": _file,
    "imports_statement": _imports,
    "namespace_block": lambda r, node: r.block([kid for kid in parts(node) if kid.type != "namespace_name"]),
    "type_declaration": _through,
    **dict.fromkeys(CLASSES, _class),
    **dict.fromkeys(("method_declaration", "constructor_declaration"), _method),
    "property_declaration": _property,
    **dict.fromkeys(("field_declaration", "const_declaration", "dim_statement", "const_statement"), _field),
    "statement": _through,
    **STATEMENTS,
}


@cache
def _grammar() -> Grammar:
    values = {**VALUES, "lambda_expression": lambda_}

    def comment_text(written: str) -> str:
        return written.lstrip("'").removeprefix("REM").strip()

    def plain(text: str) -> str:
        return text.replace("\r", " ") + ("" if text.endswith("\n") else "\n")

    return Grammar("vb", Language(tree_sitter_vb_dotnet.language()), values, _STATEMENTS, comment_text, plain)
