"""Lowering of C#'s types and their members, of parameters, attributes and lambdas.

A field or property without a value of its own is set to `Unknown("declared", (Name("T"),))`. `partial`, `interface`
and `abstract` stand among a class's decorators, `property` and `extension` among a function's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.treesitter import Reader, StmtBuilder, child, children, generics, is_part, owner, parts
from pcmfa_lint.frontend.type_names import type_named
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
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
    Return,
    Span,
    Stmt,
    Text,
    Unknown,
)

_SAID = {"partial", "abstract"}
_TYPES = {
    "class_declaration",
    "struct_declaration",
    "record_declaration",
    "record_struct_declaration",
    "interface_declaration",
}


def type_name(r: Reader, node: Node) -> str:
    """A type as written, without what it is generic over: `A.B<C>?[]` → `A.B`."""
    written = r.text(node)
    head = written.partition("<")[0].partition("[")[0].rstrip("?* \r\n\t")
    name = "".join(head.split()).rpartition("::")[2]
    first, dot, rest = name.partition(".")
    return r.aliases.get(first, first) + dot + rest


def last_name(r: Reader, node: Node | None) -> str:
    """The last name of a type."""
    return type_name(r, node).rpartition(".")[2] if node is not None else ""


def declared_type(r: Reader, node: Node | None) -> str:
    """A declared type, with what it is generic over; none for `var`."""
    return type_named(r.text(node), r.aliases) if node is not None else ""


def modifiers(r: Reader, node: Node) -> set[str]:
    """`public`, `static` …"""
    return {r.text(kid) for kid in children(node, "modifier")}


def attributes(r: Reader, node: Node) -> tuple[Expression, ...]:
    """`[A, B(c)]`"""
    return tuple(
        _attribute(r, kid) for listed in children(node, "attribute_list") for kid in children(listed, "attribute")
    )


def _attribute(r: Reader, node: Node) -> Expression:
    name_node = node.child_by_field_name("name")
    name = Name(type_name(r, name_node) if name_node is not None else "", r.span(name_node or node))
    listed = child(node, "attribute_argument_list")
    if listed is None:
        return name
    args = []
    for kid in children(listed, "attribute_argument"):
        inner = parts(kid)
        named = kid.child_by_field_name("name") or (inner[0] if len(inner) == 2 else None)
        args.append(Arg(r.value(inner[-1]), r.span(kid), r.text(named) if named is not None else None))
    return Call(name, tuple(args), r.span(node))


# --- types ------------------------------------------------------------------------------------------------------------


def class_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`class`, `struct`, `record`, `interface`"""
    name_node = node.child_by_field_name("name")
    name = r.text(name_node) if name_node is not None else ""
    flags = sorted(modifiers(r, node) & _SAID) + (["interface"] if node.type == "interface_declaration" else [])
    decorators = (*attributes(r, node), *(Name(word, r.span(name_node or node)) for word in flags))
    body = node.child_by_field_name("body")
    primary = child(node, "parameter_list")
    stmts = (*_primary(r, node, primary, name), *r.block(parts(body) if body is not None else []))
    yield Define(Class(name, _bases(r, node), stmts, r.span(node), decorators=decorators), r.span(node))


def _bases(r: Reader, node: Node) -> tuple[Expression, ...]:
    listed = child(node, "base_list")
    names = []
    for kid in parts(listed) if listed is not None else ():
        type_ = parts(kid)[0] if kid.type == "primary_constructor_base_type" else kid
        if type_.type != "argument_list":
            names.append(Name(type_name(r, type_), r.span(type_)))
    return tuple(names)


def _primary(r: Reader, node: Node, listed: Node | None, name: str) -> tuple[Stmt, ...]:
    """A primary constructor: its parameters are to be had in the whole class."""
    if listed is None:
        return ()
    declared = params(r, listed)
    span = r.span(listed)
    stmts: list[Stmt] = []
    for base in children(node, "base_list"):
        inner = child(base, "primary_constructor_base_type") or base
        argument_list = child(inner, "argument_list")
        if argument_list is not None:
            stmts.append(_called(r, "base", argument_list))
    for param in declared:
        target = Member(Name("this", param.span), Text(param.name, param.span, "bare"), param.span)
        stmts.append(Assign((target,), Name(param.name, param.span), param.span))
    init = Func("__init__", declared, tuple(stmts), span, name)
    return (*(_field_of(param) for param in declared), Define(init, span))


def _field_of(param: Param) -> Assign:
    """The field that a primary constructor's parameter is."""
    type_ = (Name(param.type.partition("<")[0], param.span),) if param.type else ()
    unknown = Unknown("declared", type_, param.span)
    return Assign((Name(param.name, param.span),), unknown, param.span, type=param.type)


def enum(r: Reader, node: Node) -> Iterator[Stmt]:
    """`enum E { A, B = 2 }`"""
    inner, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    fields: list[Stmt] = []
    for kid in children(body, "enum_member_declaration") if body is not None else ():
        key = kid.child_by_field_name("name")
        if key is not None:
            initial = curly_braces.field(r, kid, "value") or Text(r.text(key), r.span(key), "bare")
            fields.append(Assign((Name(r.text(key), r.span(key)),), initial, r.span(kid)))
    name = r.text(inner) if inner is not None else ""
    yield Define(Class(name, (), tuple(fields), r.span(node)), r.span(node))


def fields(r: Reader, node: Node) -> Iterator[Stmt]:
    """`private const string A = "x", B;`"""
    annotations = attributes(r, node)
    for listed in children(node, "variable_declaration"):
        type_ = listed.child_by_field_name("type")
        for kid in children(listed, "variable_declarator"):
            name = kid.child_by_field_name("name")
            if name is None:
                continue
            value = initial(kid)
            assigned = r.value(value) if value is not None else something(r, type_, r.span(kid))
            target, written = Name(r.text(name), r.span(name)), declared_type(r, type_)
            yield Assign((target,), assigned, r.span(kid), type=written, decorators=annotations)


def initial(node: Node) -> Node | None:
    """The value behind the `=`."""
    signs = [number for number, kid in enumerate(node.children) if kid.type == "="]
    behind = node.children[signs[-1] + 1 :] if signs else []
    return next((kid for kid in behind if is_part(kid)), None)


def something(r: Reader, type_: Node | None, span: Span) -> Expression:
    """Something of a type, not in sight."""
    return Unknown("declared", (Name(last_name(r, type_), span),), span)


def property_(r: Reader, node: Node) -> Iterator[Stmt]:
    """A property: a field, or a function where its getter is written out."""
    inner, type_ = node.child_by_field_name("name"), node.child_by_field_name("type")
    name, span = (r.text(inner) if inner is not None else "this"), r.span(node)
    value = node.child_by_field_name("value")
    static = "static" in modifiers(r, node)
    written = attributes(r, node)
    annotations = (*written, Name("property", span))
    accessors = child(node, "accessor_list")
    getter = _accessor(r, accessors, "get")
    if value is not None and value.type == "arrow_expression_clause":
        yield _defined(r, node, name, (), function_body(r, node), annotations, static, type_)
    elif getter is not None:
        yield _defined(r, node, name, (), function_body(r, getter), annotations, static, type_)
    elif node.type == "property_declaration":
        initial = r.value(value) if value is not None else something(r, type_, span)
        target = Name(name, r.span(inner or node))
        yield Assign((target,), initial, span, type=declared_type(r, type_), decorators=written)
    for word in ("set", "init"):
        setter = _accessor(r, accessors, word)
        if setter is not None:
            param = Param("value", r.span(setter), type=declared_type(r, type_))
            yield _defined(r, node, f"set_{name}", (param,), function_body(r, setter, void=True), (), static)


def _accessor(r: Reader, listed: Node | None, word: str) -> Node | None:
    """An accessor that is written out."""
    for kid in children(listed, "accessor_declaration") if listed is not None else ():
        name = kid.child_by_field_name("name")
        if name is not None and r.text(name) == word and child(kid, "block", "arrow_expression_clause") is not None:
            return kid
    return None


def _defined(
    r: Reader,
    node: Node,
    name: str,
    declared: tuple[Param, ...],
    body: tuple[Stmt, ...],
    decorators: tuple[Expression, ...],
    static: bool,
    return_type: Node | None = None,
) -> Define:
    span = r.span(node)
    type_ = declared_type(r, return_type)
    runs = _runs(r, node, return_type)
    owned_by = owner(r, node, _TYPES)
    return Define(Func(name, declared, body, span, owned_by, decorators, static, type_, runs, generics(r, node)), span)


# --- functions --------------------------------------------------------------------------------------------------------


def method(r: Reader, node: Node) -> Iterator[Stmt]:
    """A method or a local function."""
    name_node = node.child_by_field_name("name")
    returns = node.child_by_field_name("returns") or node.child_by_field_name("type")
    void = returns is not None and r.text(returns) in ("void", "Task", "ValueTask")
    listed = node.child_by_field_name("parameters")
    annotations = attributes(r, node)
    if listed is not None and _is_extension(r, listed):
        annotations = (*annotations, Name("extension", r.span(listed)))
    name = r.text(name_node) if name_node is not None else node.type.partition("_")[0]
    static = "static" in modifiers(r, node)
    yield _defined(r, node, name, params(r, listed), function_body(r, node, void), annotations, static, returns)


def _runs(r: Reader, node: Node, returns: Node | None) -> Literal["", "later", "detached"]:
    """`async Task f()`, `Task f()`: a call begins it; `async void f()`: and nobody can wait for it."""
    if returns is not None and r.text(returns) == "void":
        return "detached" if "async" in modifiers(r, node) else ""
    return "later" if last_name(r, returns) in ("Task", "ValueTask") or "async" in modifiers(r, node) else ""


def _is_extension(r: Reader, listed: Node) -> bool:
    first = child(listed, "parameter")
    return first is not None and ("this" in modifiers(r, first) or child(first, "this") is not None)


def constructor(r: Reader, node: Node) -> Iterator[Stmt]:
    """A constructor is `__init__`; a static one runs once, before all others."""
    stmts = function_body(r, node, void=True)
    for kid in children(node, "constructor_initializer"):
        argument_list = child(kid, "argument_list")
        stmts = (_called(r, "base" if child(kid, "base") is not None else "this", argument_list or kid), *stmts)
    static = "static" in modifiers(r, node)
    name = "static" if static else "__init__"
    yield _defined(r, node, name, params(r, node.child_by_field_name("parameters")), stmts, (), static)


def _called(r: Reader, name: str, listed: Node) -> ExpressionStatement:
    args = tuple(
        Arg(r.value(parts(kid)[-1]), r.span(kid), _argument_name(r, kid))
        for kid in children(listed, "argument")
        if parts(kid)
    )
    return ExpressionStatement(Call(Name(name, r.span(listed)), args, r.span(listed)), r.span(listed))


def _argument_name(r: Reader, node: Node) -> str | None:
    named = node.child_by_field_name("name")
    return r.text(named) if named is not None else None


def function_body(r: Reader, node: Node, void: bool = False) -> tuple[Stmt, ...]:
    """The statements of a function, or the value behind its arrow."""
    arrow = child(node, "arrow_expression_clause")
    if arrow is not None:
        return _result(r, parts(arrow)[0], void) if parts(arrow) else ()
    block = child(node, "block")
    return r.block(parts(block)) if block is not None else ()


def _result(r: Reader, node: Node, void: bool) -> tuple[Stmt, ...]:
    value, span = r.value(node), r.span(node)
    if void or node.type == "assignment_expression":
        return curly_braces.statement_of(value, span)
    return (Return(value, span),)


def params(r: Reader, listed: Node | None) -> tuple[Param, ...]:
    """`(A a, B b = 1, params C[] c)`; of the last the grammar makes no node."""
    params: list[Param] = []
    if listed is None:
        return ()
    if listed.type in ("implicit_parameter", "identifier"):
        return (Param(r.text(listed), r.span(listed)),)
    for kid in listed.children:
        if kid.type in ("parameter", "implicit_parameter"):
            params.append(_param(r, kid))
    rest = listed.child_by_field_name("name")
    if rest is not None and child(listed, "params") is not None:
        params.append(
            Param(r.text(rest), r.span(rest), kind="rest", type=declared_type(r, listed.child_by_field_name("type")))
        )
    return tuple(params)


def _param(r: Reader, node: Node) -> Param:
    name = node.child_by_field_name("name")
    written = r.text(name) if name is not None else r.text(node)
    inner = initial(node)
    type_ = declared_type(r, node.child_by_field_name("type"))
    default = r.value(inner) if inner is not None else None
    by_reference = any(r.text(kid) in ("out", "ref") for kid in children(node, "modifier"))
    span, annotations = r.span(node), attributes(r, node)
    return Param(
        written.removeprefix("@"), span, default, type=type_, decorators=annotations, by_reference=by_reference
    )


def lambda_(r: Reader, node: Node) -> Lambda:
    """`x => x + 1`, `async (a, b) => { … }`, `delegate (int x) { … }`"""
    body = node.child_by_field_name("body") or child(node, "block")
    stmts: tuple[Stmt, ...] = ()
    if body is not None:
        stmts = r.block(parts(body)) if body.type == "block" else _result(r, body, void=False)
    declared = params(r, node.child_by_field_name("parameters"))
    func = Func("", declared, stmts, r.span(node), owner(r, node, _TYPES))
    if "async" in modifiers(r, node) or child(node, "async") is not None:
        func = replace(func, runs="later")
    return Lambda(func, r.span(node))


MEMBERS: dict[str, StmtBuilder] = {
    **dict.fromkeys(_TYPES, class_),
    "enum_declaration": enum,
    "field_declaration": fields,
    "event_field_declaration": curly_braces.nothing,
    "event_declaration": curly_braces.nothing,
    "property_declaration": property_,
    "indexer_declaration": property_,
    "method_declaration": method,
    "operator_declaration": method,
    "conversion_operator_declaration": method,
    "destructor_declaration": method,
    "local_function_statement": method,
    "constructor_declaration": constructor,
    "delegate_declaration": curly_braces.nothing,
}
