"""Lowering of JavaScript's functions, parameters, classes and enums, and of the names that values get.

A function has a name if it gets one where it is made: by its own, the variable, the member or the key that holds it.
What is handed to somebody at once has none: it is a block that its receiver runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.javascript.patterns import bind
from pcmfa_lint.frontend.javascript.strings import unquoted
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.frontend.type_names import type_named
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Assign,
    Block,
    Class,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    Lambda,
    Member,
    Name,
    Param,
    Stmt,
    Text,
    Unknown,
)
from pcmfa_lint.ir.nodes import Span as SpanType

FUNCTIONS = ("arrow_function", "function_expression", "generator_function", "function_declaration")
_FUNCTIONS = (*FUNCTIONS, "generator_function_declaration")
MODULE_NAMES = ("default", "exports")  # what a module is to others; a function's own name says more
_CLASSES = ("class", "class_declaration", "abstract_class_declaration")


# --- functions --------------------------------------------------------------------------------------------------------


def function(r: Reader, node: Node) -> Iterator[Stmt]:
    """`function f() { … }`"""
    func = function_of(r, node)
    yield Define(func, func.span)


def function_of(r: Reader, node: Node, name: str = "", owner: str = "") -> Func:
    """The function of a node; `name` if it has none of its own."""
    own = node.child_by_field_name("name")
    params, unpacked = _params(r, node)
    return Func(
        name=name or (r.text(own) if own is not None else ""),
        params=params,
        body=(*unpacked, *curly_braces.function_body(r, node, "statement_block")),
        span=r.span(node),
        owner=owner,
        type=_type(r, node, "return_type"),
        runs="later" if child(node, "async") is not None else "",
    )


def function_value(r: Reader, node: Node, name: str = "") -> Lambda:
    """A function as a value. Only a name that it gets where it stands counts: its own is seen inside it alone."""
    func = function_of(r, node, name)
    return Lambda(func, func.span)


def named(r: Reader, node: Node, name: str) -> Expression:
    """The value of a node that is held under a name."""
    if node.type in FUNCTIONS:
        return function_value(r, node, name)
    return r.value(node)


def _params(r: Reader, node: Node) -> tuple[tuple[Param, ...], tuple[Stmt, ...]]:
    """The parameters, and the statements that take patterns among them apart."""
    single = node.child_by_field_name("parameter")
    listed = node.child_by_field_name("parameters")
    nodes = [single] if single is not None else parts(listed) if listed is not None else []
    params: list[Param] = []
    stmts: list[Stmt] = []
    for kid in nodes:
        if kid.type == "decorator" or r.text(kid).startswith("this:"):
            continue
        param, unpacked = _param(r, kid, len(params))
        params.append(param)
        stmts += unpacked
    return tuple(params), tuple(stmts)


def _param(r: Reader, node: Node, number: int) -> tuple[Param, list[Stmt]]:
    span = r.span(node)
    type_ = _type(r, node)
    default = node.child_by_field_name("value") or node.child_by_field_name("right")
    private = child(node, "accessibility_modifier", "override_modifier", "readonly") is not None
    inner = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
    kind: Literal["", "rest"] = ""
    if inner.type == "rest_pattern":
        kind, inner = "rest", parts(inner)[0]
    initial = None if default is None else r.value(default)
    if inner.type in ("object_pattern", "array_pattern"):
        name = f"argument{number + 1 if number else ''}"
        stmts = list(bind(r, inner, Name(name, span), span))
    else:
        name, stmts = r.text(inner), []
    if private:  # `constructor(private x)` is a field too
        stmts.append(Assign((Member(Name("this", span), Text(name, span, "bare"), span),), Name(name, span), span))
    return Param(name, span, initial, kind, type_, decorators=_decorators(r, children(node, "decorator"))), stmts


def _type(r: Reader, node: Node, field: str = "type") -> str:
    inner = node.child_by_field_name(field)
    return type_named(r.text(inner).lstrip(":"), qualified=True) if inner is not None else ""


# --- what gets a name -------------------------------------------------------------------------------------------------


def declared(r: Reader, target: Node, value: Node, declaration: Node) -> Iterator[Stmt]:
    """`const target = value`"""
    while value.type in ("parenthesized_expression", "as_expression", "satisfies_expression") and parts(value):
        if parts(value)[0].type not in (*_FUNCTIONS, *_CLASSES):
            break
        value = parts(value)[0]
    if target.type == "identifier":
        yield from declared_as(r, r.text(target), value, r.span(declaration), _type(r, declaration))
    else:
        yield from bind(r, target, r.value(value), r.span(declaration))


def declared_as(r: Reader, name: str, value: Node, span: SpanType, type_: str = "") -> Iterator[Stmt]:
    """A variable of this name: a function or class is defined under it, any other value assigned."""
    own = name
    if value.type in _FUNCTIONS:
        func = function_of(
            r, value, "" if name in MODULE_NAMES and value.child_by_field_name("name") is not None else name
        )
        yield Define(func, func.span)
        own = func.name
    elif value.type in _CLASSES:
        cls = _class(r, value, name)
        yield Define(cls, cls.span)
        own = cls.name
    else:
        yield Assign((Name(name, span),), r.value(value), span, type=type_)
    if own != name:
        yield Assign((Name(name, span),), Name(own, span), span)


# --- classes ----------------------------------------------------------------------------------------------------------


def class_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`class A extends B { … }`"""
    cls = _class(r, node, "")
    yield Define(cls, cls.span)


def class_value(r: Reader, node: Node) -> Expression:
    """A class as a value."""
    cls = _class(r, node, "class")
    span = r.span(node)
    return Block((Define(cls, span), ExpressionStatement(Name(cls.name, span), span)), span)


def _class(r: Reader, node: Node, name: str) -> Class:
    own = node.child_by_field_name("name")
    name = r.text(own) if own is not None else name
    heritage = child(node, "class_heritage")
    extends = [child(heritage, "extends_clause") or heritage] if heritage is not None else []
    extends = [part for part in extends if child(part, "implements_clause") is None]
    bases = [part.child_by_field_name("value") or (parts(part) or [None])[0] for part in extends]  # type: ignore[list-item]
    body = node.child_by_field_name("body")
    stmts = tuple(_members(r, body, name)) if body is not None else ()
    around = node.parent if node.parent is not None and node.parent.type == "export_statement" else None
    before = children(around, "decorator") if around is not None else []
    decorators = _decorators(r, [*before, *children(node, "decorator")])
    return Class(name, tuple(r.value(base) for base in bases if base), stmts, r.span(node), decorators=decorators)


def _decorators(r: Reader, nodes: list[Node]) -> tuple[Expression, ...]:
    return tuple(r.value(parts(node)[0]) for node in nodes if parts(node))


def _members(r: Reader, body: Node, owner: str) -> Iterator[Stmt]:
    """The fields and methods of a class; what is decorated has its decorators before it or in it."""
    before: list[Node] = []
    for kid in parts(body):
        if kid.type == "decorator":
            before.append(kid)
            continue
        decorators = _decorators(r, [*before, *children(kid, "decorator")])
        before = []
        if kid.type == "method_definition":
            func = method(r, kid, owner, decorators)
            yield Define(func, func.span)
        elif kid.type in ("public_field_definition", "field_definition"):
            yield from _field(r, kid, owner, decorators)
        elif kid.type in ("class_static_block", "ERROR"):
            yield from r.block(parts(kid))


def method(r: Reader, node: Node, owner: str = "", decorators: tuple[Expression, ...] = ()) -> Func:
    """A method; what is read through it like a field is a property."""
    func = function_of(r, node, _key_text(r, node.child_by_field_name("name")))
    span = func.span
    if child(node, "get") is not None:
        decorators = (*decorators, Name("property", span))
    elif child(node, "set") is not None:
        decorators = (*decorators, Member(Name(func.name, span), Text("setter", span, "bare"), span))
    name = "__init__" if owner and func.name == "constructor" else func.name
    static = child(node, "static") is not None
    return replace(func, name=name, owner=owner, decorators=decorators, static=static)


def _key_text(r: Reader, node: Node | None) -> str:
    if node is not None and node.type == "computed_property_name" and parts(node):
        node = parts(node)[0]
    return unquoted(r.text(node)) if node is not None else ""


def _field(r: Reader, node: Node, owner: str, decorators: tuple[Expression, ...]) -> Iterator[Stmt]:
    """`x = 1`; a field that holds a function is a method."""
    key = node.child_by_field_name("name") or node.child_by_field_name("property")
    value = node.child_by_field_name("value")
    name, span, type_ = _key_text(r, key), r.span(node), _type(r, node)
    if value is None:
        if type_:
            unknown = Unknown("declared", (Name(type_.partition("<")[0], span),), span)
            yield Assign((Name(name, r.span(key or node)),), unknown, span, type=type_, decorators=decorators)
    elif value.type in FUNCTIONS:
        func = function_of(r, value, name, owner)
        static = child(node, "static") is not None
        yield Define(replace(func, name=name, decorators=decorators, static=static), func.span)
    else:
        target = Name(name, r.span(key) if key is not None else span)
        yield Assign((target,), r.value(value), span, type=type_, decorators=decorators)


def enum(r: Reader, node: Node) -> Iterator[Stmt]:
    """`enum E { A, B = 'b' }`"""
    body = node.child_by_field_name("body")
    fields: list[Stmt] = []
    for kid in parts(body) if body is not None else ():
        key = kid.child_by_field_name("name") if kid.type == "enum_assignment" else kid
        value = kid.child_by_field_name("value") if kid.type == "enum_assignment" else None
        name, span = _key_text(r, key), r.span(kid)
        initial = curly_braces.word(r, kid) if value is None else r.value(value)
        fields.append(Assign((Name(name, span),), initial, span))
    own = node.child_by_field_name("name")
    yield Define(Class(r.text(own) if own is not None else "", (), tuple(fields), r.span(node)), r.span(node))
