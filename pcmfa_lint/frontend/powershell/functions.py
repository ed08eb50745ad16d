"""Lowering of PowerShell's functions, script blocks, parameters, classes and enums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Call,
    Class,
    Define,
    ExpressionStatement,
    Func,
    Lambda,
    Name,
    Param,
    Seq,
    Stmt,
    Text,
)


def script_block(r: Reader, node: Node) -> Lambda:
    """`{ … }` as a value."""
    return Lambda(Func("", params(r, node), body(r, node), r.span(node)), r.span(node))


def body(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """The statements of a function or script block; its named blocks in the order in which they run."""
    block = child(node, "script_block")
    inner = child(block, "script_block_body") if block else None
    if inner is None:
        return r.block([kid for kid in parts(block or node) if kid.type == "ERROR"])
    stmts: tuple[Stmt, ...] = ()
    for part in parts(inner):
        if part.type == "named_block_list":
            order = sorted(parts(part), key=_block_order(r))
            stmts += r.block([kid for named in order for kid in _statements(named)])
        else:
            stmts += r.block([part])
    return stmts


_ORDER = ("dynamicparam", "begin", "process", "end", "clean")


def _block_order(r: Reader) -> Callable[[Node], int]:
    def key(node: Node) -> int:
        name = child(node, "block_name")
        word = r.text(name).lower() if name else ""
        return _ORDER.index(word) if word in _ORDER else 0

    return key


def _statements(named: Node) -> list[Node]:
    return [named] if named.type == "ERROR" else children(named, "statement_block")


def params(r: Reader, node: Node) -> tuple[Param, ...]:
    """The parameters of a function, script block or script: in parentheses behind its name, or in `param(…)`."""
    lists = [node, *children(node, "function_parameter_declaration", "param_block", "script_block")]
    lists += [block for script in children(node, "script_block") for block in children(script, "param_block")]
    nodes = [
        kid
        for part in lists
        for listed in children(part, "parameter_list")
        for kid in children(listed, "script_parameter")
    ]
    return tuple(param for kid in nodes for param in _param(r, kid))


def _param(r: Reader, node: Node) -> list[Param]:
    """One parameter; the grammar takes `$a = 1, $b` for a list as the default, so there may be more."""
    name = child(node, "variable")
    if name is None:
        return []
    type_, aliases = attributes(r, children(node, "attribute_list"))
    default_node = child(node, "script_parameter_default")
    values = parts(default_node)[:1] if default_node else []
    more: list[Node] = []
    if values and values[0].type == "array_literal_expression":
        values, more = parts(values[0])[:1], parts(values[0])[1:]
    default = r.value(values[0]) if values else None
    first = Param(r.text(name).lstrip("$").strip("{}"), r.span(node), default, _kind(type_), type_, aliases)
    return [first, *(_plain_param(r, kid) for kid in more)]


def _plain_param(r: Reader, node: Node) -> Param:
    """A parameter that the grammar took for an item of a list: `$b`, `[string]$b`."""
    written = r.text(node)
    type_, _, name = written.rpartition("]")
    word = last_name(type_.lstrip("["))
    return Param(
        name.strip().lstrip("$").strip("{}"), r.span(node), None, "switch" if word.lower() == "switch" else "", word
    )


def _kind(type_: str) -> Literal["", "switch"]:
    return "switch" if type_.lower() in ("switch", "switchparameter") else ""


def last_name(written: str) -> str:
    """`System.Net.X[]` → `X`"""
    return re.split(r"[\[,]", written, maxsplit=1)[0].strip().rpartition(".")[2]


def attributes(r: Reader, lists: list[Node]) -> tuple[str, tuple[str, ...]]:
    """The type and the aliases that a parameter's attributes give it."""
    type_, aliases = "", []
    for attribute in (kid for listed in lists for kid in children(listed, "attribute")):
        literal = child(attribute, "type_literal")
        name = child(attribute, "attribute_name")
        if literal is not None:
            type_ = last_name(r.text(literal)[1:-1])
        elif name is not None and r.text(name).lower() == "alias":
            values = [r.value(kid) for part in children(attribute, "attribute_arguments") for kid in parts(part)]
            items = [item for value in values for item in (value.items if isinstance(value, Seq) else (value,))]
            aliases += [item.value for item in items if isinstance(item, Text)]
    return type_, tuple(aliases)


def function(r: Reader, node: Node) -> Iterator[Stmt]:
    """`function`, `filter`, `workflow`"""
    name = child(node, "function_name")
    written = r.text(name) if name is not None else ""
    func = Func(written.rpartition(":")[2], params(r, node), body(r, node), r.span(node))
    yield Define(func, func.span)


def class_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`class A : B { … }`"""
    name = _name(r, node)
    bases = tuple(Name(r.text(base), r.span(base)) for base in children(node, "type_spec"))
    stmts: list[Stmt] = []
    for kid in parts(node):
        if kid.type == "class_property_definition":
            stmts.append(_property(r, kid))
        elif kid.type == "class_method_definition":
            stmts.append(_method(r, kid, name))
        elif kid.type == "ERROR":
            stmts += r.block([kid])
    yield Define(Class(name, bases, tuple(stmts), r.span(node)), r.span(node))


def enum(r: Reader, node: Node) -> Iterator[Stmt]:
    """`enum E { A; B = 2 }`"""
    fields = []
    for kid in children(node, "enum_member"):
        name, *value = parts(kid)
        initial = r.value(value[0]) if value else Text(r.text(name), r.span(name), "bare")
        fields.append(Assign((Name(r.text(name), r.span(name)),), initial, r.span(kid)))
    yield Define(Class(_name(r, node), (), tuple(fields), r.span(node)), r.span(node))


def _name(r: Reader, node: Node) -> str:
    name = child(node, "simple_name")
    return r.text(name) if name is not None else ""


def _property(r: Reader, node: Node) -> Assign:
    target = child(node, "variable")
    value = parts(node)[-1]
    span = r.span(node)
    name = Name(r.text(target).lstrip("$") if target is not None else "", span)
    initial = Text("None", span, "constant") if value == target else r.value(value)
    return Assign((name,), initial, span)


def _method(r: Reader, node: Node, owner: str) -> Define:
    name = _name(r, node)
    stmts = body(r, node)
    base = child(node, "class_method_base_ctor")
    if base is not None:
        called = Name("base" if child(base, "base") is not None else "this", r.span(base))
        listed = child(base, "argument_list")
        args = tuple(
            Arg(r.value(kid), r.span(kid)) for group in (parts(listed) if listed else ()) for kid in parts(group)
        )
        stmts = (ExpressionStatement(Call(called, args, r.span(base)), r.span(base)), *stmts)
    static = any(r.text(kid).lower() == "static" for kid in children(node, "class_attribute"))
    func = Func(
        name="__init__" if name.lower() == owner.lower() else name,
        params=tuple(_method_param(r, kid) for kid in _method_params(node)),
        body=stmts,
        span=r.span(node),
        owner=owner,
        static=static,
    )
    return Define(func, func.span)


def _method_params(node: Node) -> list[Node]:
    listed = child(node, "class_method_parameter_list")
    return children(listed, "class_method_parameter") if listed is not None else []


def _method_param(r: Reader, node: Node) -> Param:
    type_, name = child(node, "type_literal"), child(node, "variable")
    written = last_name(r.text(type_)[1:-1]) if type_ is not None else ""
    return Param(r.text(name).lstrip("$") if name is not None else "", r.span(node), type=written)
