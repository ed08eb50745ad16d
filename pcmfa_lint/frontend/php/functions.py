"""Lowering of PHP's functions, parameters, classes, traits and enums.

A field without a value of its own is `Unknown("declared", (Name("T"),))`, as a container may fill it in. `abstract` and
`interface` are decorators of a class. The traits that a class uses are bases after the one that it extends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.frontend.type_names import type_named
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    Call,
    Class,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    Lambda,
    Member,
    Name,
    Param,
    Span,
    Stmt,
    Text,
    Unknown,
)

_ANNOTATION = re.compile(r'''@(?:\w+\\)*(\w+)\((?:name=)?"([^"\n]*)"''')
CLASSES = ("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration", "anonymous_class")


def type_name(r: Reader, node: Node) -> str:
    """The dotted name of a class, function or constant as its imports have it."""
    written = r.text(node).strip()
    if written.startswith("namespace\\"):
        written = written.removeprefix("namespace\\")
    name = written.strip("\\").replace("\\", ".")
    head, dot, rest = name.partition(".")
    return r.aliases.get(head, head) + dot + rest if not written.startswith("\\") else name


def owner(r: Reader, node: Node) -> str:
    """The name of the class around a node; "" if there is none."""
    current = node.parent
    while current is not None:
        if current.type in CLASSES:
            name = current.child_by_field_name("name")
            return r.text(name) if name is not None else "class"
        current = current.parent
    return ""


def has_object(node: Node) -> bool:
    """Whether a node stands in a method that is called on an object."""
    current: Node | None = node
    while current is not None and current.type != "method_declaration":
        current = current.parent
    return current is not None and child(current, "static_modifier") is None


def variable(r: Reader, node: Node) -> str:
    """The name of `$name`."""
    return r.text(node).lstrip("&.$")


# --- functions --------------------------------------------------------------------------------------------------------


def function(r: Reader, node: Node) -> Iterator[Stmt]:
    """`function f() { … }`"""
    func = _function(r, node)
    yield Define(func, func.span)


def lambda_(r: Reader, node: Node) -> Lambda:
    """`function () use ($x) { … }`, `fn () => …`: what it uses is seen around it anyway."""
    func = _function(r, node)
    return Lambda(func, func.span)


def _function(r: Reader, node: Node, owned: str = "") -> Func:
    own = node.child_by_field_name("name")
    params, promoted = _params(r, node)
    name = r.text(own) if own is not None else ""
    if owned and name.lower() == "__construct":
        name = "__init__"
    static = child(node, "static_modifier") is not None and bool(owned)
    stmts, return_type = (
        (*promoted, *curly_braces.function_body(r, node, "compound_statement")),
        last_type(r, node, "return_type"),
    )
    return Func(name, params, stmts, r.span(node), owned, decorators(r, node), static, return_type)


def _params(r: Reader, node: Node) -> tuple[tuple[Param, ...], tuple[Stmt, ...]]:
    """The parameters, and the assignments of those that are fields too."""
    listed = node.child_by_field_name("parameters")
    params: list[Param] = []
    promoted: list[Stmt] = []
    for kid in parts(listed) if listed is not None else ():
        name, default = kid.child_by_field_name("name"), kid.child_by_field_name("default_value")
        if name is None:
            continue
        own, span = variable(r, name), r.span(kid)
        rest: Literal["", "rest"] = "rest" if kid.type == "variadic_parameter" else ""
        initial = r.value(default) if default is not None else None
        shared = child(kid, "reference_modifier") is not None
        type_ = last_type(r, kid)
        params.append(Param(own, span, initial, rest, type_, decorators=decorators(r, kid), by_reference=shared))
        if kid.type == "property_promotion_parameter":
            field = Member(Name("this", span), Text(own, span, "bare"), span)
            promoted.append(Assign((field,), Name(own, span), span))
    return tuple(params), tuple(promoted)


def last_type(r: Reader, node: Node, field: str = "type") -> str:
    """The last name of a declared type, of a union's first."""
    inner = node.child_by_field_name(field)
    return type_named(r.text(inner), r.aliases) if inner is not None else ""


def decorators(r: Reader, node: Node) -> tuple[Expression, ...]:
    """Attributes, as calls."""
    listed = node.child_by_field_name("attributes")
    values: list[Expression] = []
    for group in parts(listed) if listed is not None else ():
        for kid in children(group, "attribute"):
            name, argument_list = parts(kid)[0], kid.child_by_field_name("parameters")
            callee = Name(type_name(r, name), r.span(name))
            values.append(Call(callee, arguments(r, argument_list), r.span(kid)))
    return tuple(values)


def _annotations(r: Reader, comment: Node | None) -> Iterator[Expression]:
    r"""`@A\B("c")` in a comment that documents what follows."""
    if comment is None or comment.type != "comment" or not r.text(comment).startswith("/**"):
        return
    span = r.span(comment)
    for name, text in _ANNOTATION.findall(r.text(comment)):
        yield Call(Name(name, span), (Arg(Text(text, span), span),), span)


def arguments(r: Reader, node: Node | None) -> tuple[Arg, ...]:
    """Arguments by position or name; `...$list` is a spread."""
    args: list[Arg] = []
    for kid in parts(node) if node is not None else ():
        name = kid.child_by_field_name("name")
        inner = [part for part in parts(kid) if part != name and part.type != "reference_modifier"]
        if kid.type != "argument" or len(inner) != 1:
            continue
        spread = inner[0].type == "variadic_unpacking"
        value = r.value(parts(inner[0])[0] if spread else inner[0])
        args.append(Arg(value, r.span(kid), r.text(name) if name is not None else None, spread))
    return tuple(args)


# --- classes ----------------------------------------------------------------------------------------------------------


def class_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`class A extends B implements C { … }`, also interfaces, traits and enums."""
    cls = _class(r, node)
    yield Define(cls, cls.span)


def class_value(r: Reader, node: Node) -> Expression:
    """`new class (…) extends B { … }`"""
    cls = _class(r, node)
    span = r.span(node)
    new = Call(Name(cls.name, span), arguments(r, child(node, "arguments")), span, "new")
    return Block((Define(cls, span), ExpressionStatement(new, span)), span)


def _class(r: Reader, node: Node) -> Class:
    own = node.child_by_field_name("name")
    name = r.text(own) if own is not None else "class"
    body = node.child_by_field_name("body")
    inside = parts(body) if body is not None else []
    clauses = [kid for kid in parts(node) if kid.type in ("base_clause", "class_interface_clause")]
    used = [kid for kid in inside if kid.type == "use_declaration"]
    bases = [part for clause in (*clauses[:1], *used, *clauses[1:]) for part in parts(clause)]
    annotations = decorators(r, node)
    for kind, word in (("interface_declaration", "interface"), ("class_declaration", "abstract")):
        if node.type == kind and (word == "interface" or child(node, "abstract_modifier") is not None):
            annotations = (*annotations, Name(word, r.span(node)))
    return Class(
        name,
        tuple(Name(type_name(r, base), r.span(base)) for base in bases if base.type in ("name", "qualified_name")),
        tuple(stmt for kid in inside for stmt in _member(r, kid, name)),
        r.span(node),
        annotations,
    )


def _member(r: Reader, node: Node, name: str) -> Iterable[Stmt]:
    if node.type == "method_declaration":
        func = _function(r, node, name)
        if func.name == "__init__":
            yield from _promoted(r, node)
        yield Define(func, func.span)
    elif node.type == "property_declaration":
        yield from _fields(r, node)
    elif node.type == "const_declaration":
        yield from constants(r, node)
    elif node.type == "enum_case":
        own, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if own is not None:
            initial = Text(r.text(own), r.span(own), "bare") if value is None else r.value(value)
            yield Assign((Name(r.text(own), r.span(own)),), initial, r.span(node))
    elif node.type == "ERROR":
        yield from r.block(parts(node))


def _promoted(r: Reader, node: Node) -> Iterator[Stmt]:
    """The fields that a constructor's parameters are."""
    listed = node.child_by_field_name("parameters")
    for kid in children(listed, "property_promotion_parameter") if listed is not None else ():
        name = kid.child_by_field_name("name")
        if name is not None:
            yield _declared(r, kid, variable(r, name))


def _declared(r: Reader, node: Node, name: str) -> Assign:
    span = r.span(node)
    type_ = last_type(r, node)
    unknown = Unknown("declared", (Name(type_, span),) if type_[:1].isupper() else (), span)
    return Assign((Name(name, span),), unknown, span, type=type_)


def _fields(r: Reader, node: Node) -> Iterator[Stmt]:
    for kid in children(node, "property_element"):
        name, value = kid.child_by_field_name("name"), kid.child_by_field_name("default_value")
        if name is None:
            continue
        empty = value is None or value.type == "null"
        initial = _declared(r, node, "").value if value is None or empty else r.value(value)
        target, type_ = Name(variable(r, name), r.span(kid)), last_type(r, node)
        annotations = (*decorators(r, node), *_annotations(r, node.prev_sibling))
        yield Assign((target,), initial, r.span(kid), type=type_, decorators=annotations)


def constants(r: Reader, node: Node) -> Iterator[Stmt]:
    """`const A = 1, B = 2;`"""
    span: Span
    for kid in children(node, "const_element"):
        name, *value = parts(kid)
        span = r.span(kid)
        if value:
            yield Assign((Name(r.text(name), span),), r.value(value[0]), span)
