"""Lowering of Kotlin's types and their members, of functions, parameters, annotations and lambdas, as Java's are.

A constructor is `__init__`: the primary one sets its properties, then runs initialisers that name its parameters, and
`init` blocks. Members of an `object` and of a companion are static ones of the class. A property with a getter, or
`by lazy`, is a function with the decorator `property`. The object of an extension is its parameter `this`; where a
lambda names no parameter but uses `it`, that is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.jvm import java_types
from pcmfa_lint.frontend.jvm.java_types import declared_type, something
from pcmfa_lint.frontend.jvm.kotlin_annotations import TYPES, annotations_of, arguments, modifiers, written_type
from pcmfa_lint.frontend.jvm.placeholders import filled, with_settings
from pcmfa_lint.frontend.treesitter import Reader, StmtBuilder, child, children, generics, owner, parts
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
    Name,
    Param,
    Return,
    Seq,
    Span,
    Stmt,
    Text,
)

_OWNERS = {"class_declaration", "object_declaration"}
_STATIC = {"object_declaration", "companion_object"}
_BODIES = ("class_body", "enum_class_body")
_MARKS = {"variable_declaration", "multi_variable_declaration", "modifiers", "getter", "setter", "property_delegate"}
_IT = re.compile(r"\bit\b")


def _is_static(node: Node) -> bool:
    current = node.parent
    while current is not None and current.type not in (*_OWNERS, "companion_object"):
        current = current.parent
    return current is not None and current.type in _STATIC


# --- types ------------------------------------------------------------------------------------------------------------


def class_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`class`, `interface`, `enum class`, `object`"""
    name_node, span = node.child_by_field_name("name"), r.span(node)
    name, written_modifiers, annotations = (
        (r.text(name_node) if name_node is not None else ""),
        modifiers(r, node),
        with_settings(annotations_of(r, node)),
    )
    flags = ["abstract"] if written_modifiers & {"abstract", "sealed"} else []
    flags += ["interface"] if child(node, "interface") is not None else []
    fields, first = _constructed(r, node, name)
    stmts = [*first, *fields, *members(r, child(node, *_BODIES), name, _constructor_names(r, node))]
    decorators = (*annotations, *(Name(word, r.span(name_node or node)) for word in flags))
    cls = Class(name, _bases(r, node), tuple(stmts), span, decorators=decorators)
    yield Define(cls, span)


def _bases(r: Reader, node: Node) -> tuple[Expression, ...]:
    listed = child(node, "delegation_specifiers")
    types = [type_ for kid in parts(listed) if (type_ := _base(kid)) is not None] if listed is not None else []
    return tuple(Name(java_types.type_name(r, type_), r.span(type_)) for type_ in types)


def _base(node: Node) -> Node | None:
    inner = child(node, "constructor_invocation", "explicit_delegation")
    return child(inner if inner is not None else node, *TYPES)


def base_arguments(r: Reader, node: Node) -> tuple[Arg, ...] | None:
    """The arguments of the base's constructor: `class A : B(c)`."""
    listed = child(node, "delegation_specifiers")
    for kid in parts(listed) if listed is not None else ():
        invocation = child(kid, "constructor_invocation")
        if invocation is not None:
            return arguments(r, child(invocation, "value_arguments"))
    return None


def _class_parameters(node: Node) -> list[Node]:
    primary = child(node, "primary_constructor")
    listed = child(primary, "class_parameters") if primary is not None else None
    return children(listed, "class_parameter") if listed is not None else []


def _constructor_names(r: Reader, node: Node) -> set[str]:
    """The names that only the constructor knows."""
    return {r.text(name) for kid in _class_parameters(node) if (name := child(kid, "identifier")) is not None}


def _constructed(r: Reader, node: Node, name: str) -> tuple[list[Stmt], list[Stmt]]:
    """The properties that a primary constructor declares, and the constructor."""
    fields: list[Stmt] = []
    sets: list[Stmt] = []
    declared: list[Param] = []
    args = base_arguments(r, node)
    if args is not None:
        sets.append(ExpressionStatement(Call(Name("super", r.span(node)), args, r.span(node)), r.span(node)))
    for kid in _class_parameters(node):
        param = _class_parameter(r, kid)
        declared.append(param)
        if child(kid, "val", "var") is not None:
            unknown = something(r, child(kid, *TYPES), param.span)
            fields.append(Assign((Name(param.name, param.span),), unknown, param.span, type=param.type))
            sets.append(Assign((java_types.member(param.name, param.span),), Name(param.name, param.span), param.span))
    params, body = {param.name for param in declared}, child(node, *_BODIES)
    for kid in parts(body) if body is not None else ():
        if kid.type == "anonymous_initializer":
            sets += r.block([inner for inner in parts(kid) if inner.type == "block"])
        elif kid.type == "property_declaration" and (value := _later(r, kid, params)) is not None:
            sets += curly_braces.into(r.block([value]), _setter(r, kid))
    if not declared and not sets:
        return fields, []
    span = r.span(child(node, "primary_constructor") or node)
    return fields, [Define(Func("__init__", tuple(declared), tuple(sets), span, name), span)]


def _setter(r: Reader, node: Node) -> Callable[[Expression], Stmt]:
    """What gives a property its value."""
    name, span = _variable(node), r.span(node)
    target = java_types.member(r.text(name or node), span)
    return lambda value: Assign((target,), value, span)


def _class_parameter(r: Reader, node: Node) -> Param:
    name, type_ = child(node, "identifier"), child(node, *TYPES)
    annotations = annotations_of(r, node)
    default = parts(node)[-1] if child(node, "=") is not None else None
    initial = filled(annotations) or (r.value(default) if default is not None else None)
    return Param(r.text(name or node), r.span(node), initial, type=declared_type(r, type_), decorators=annotations)


def _variable(node: Node) -> Node | None:
    declaration = child(node, "variable_declaration")
    return child(declaration, "identifier") if declaration is not None else None


def _later(r: Reader, node: Node, params: set[str]) -> Node | None:
    """The initialiser of a property that can only run with the constructor's parameters."""
    value = _initialiser(node)
    properties = value is not None and _variable(node) is not None and params & set(re.findall(r"\w+", r.text(value)))
    return value if properties else None


def _initialiser(node: Node) -> Node | None:
    """The value behind the `=` of a property."""
    sign = next((n for n, kid in enumerate(node.children) if kid.type == "="), None)
    rest = node.children[sign + 1 :] if sign is not None else []
    return next((kid for kid in rest if kid.is_named and not kid.is_extra and kid.type not in _MARKS), None)


def members(r: Reader, body: Node | None, name: str, params: set[str]) -> Iterator[Stmt]:
    """The members of a class, and those of its companion. `params`: what only its constructor knows."""
    for kid in parts(body) if body is not None else ():
        if kid.type == "enum_entry":
            yield _entry(r, kid, name)
        elif kid.type == "companion_object":
            yield from members(r, child(kid, "class_body"), name, set())
        elif kid.type == "property_declaration":
            yield from _property(r, kid, name, params)
        elif kid.type != "anonymous_initializer":
            yield from r.block([kid])


def _entry(r: Reader, node: Node, enum: str) -> Assign:
    """A constant of an enum; with arguments it is an object of the enum."""
    key, listed = parts(node)[0], child(node, "value_arguments")
    initial: Expression = Text(r.text(key), r.span(key), "bare")
    has_members = any(kid.type in ("property_declaration", "function_declaration") for kid in _siblings(node))
    if listed is not None or has_members:
        initial = Call(Name(enum, r.span(key)), arguments(r, listed), r.span(node), "new")
    return Assign((Name(r.text(key), r.span(key)),), initial, r.span(node))


def _siblings(node: Node) -> list[Node]:
    return parts(node.parent) if node.parent is not None else []


def _property(r: Reader, node: Node, owned_by: str, params: set[str]) -> Iterator[Stmt]:
    """A property of a class."""
    name, span = _variable(node), r.span(node)
    computed = _computed(r, node)
    if name is None:
        yield from property_(r, node)
    elif computed is not None and _initialiser(node) is None:
        decorators = (*annotations_of(r, node), Name("property", r.span(name)))
        gives = written_type(r, child(node, "variable_declaration"))
        yield Define(Func(r.text(name), (), computed, span, owned_by, decorators, _is_static(node), gives), span)
    else:
        value = _initialiser(node) if _later(r, node, params) is None else None
        type_ = child(child(node, "variable_declaration") or node, *TYPES)
        annotations = annotations_of(r, node)
        initial = r.value(value) if value is not None else filled(annotations) or something(r, type_, span)
        target = Name(r.text(name), r.span(name))
        yield Assign((target,), initial, span, type=declared_type(r, type_), decorators=annotations)


def _computed(r: Reader, node: Node) -> tuple[Stmt, ...] | None:
    """The body of a getter, or of `by lazy { … }`."""
    getter, delegate = child(node, "getter"), child(node, "property_delegate")
    if getter is not None and child(getter, "function_body") is not None:
        return body_of(r, getter)
    call = child(delegate, "call_expression") if delegate is not None else None
    if call is not None and r.text(call).startswith("lazy"):
        lambda_node = child(call, "annotated_lambda")
        value = r.value(lambda_node) if lambda_node is not None else None
        return value.func.body if isinstance(value, Lambda) else None
    return None


def property_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`val a = b`, `val (a, b) = c`, outside of classes; what is declared without a value is left out."""
    target, span = _target(r, node), r.span(node)
    value, delegate = _initialiser(node), child(node, "property_delegate")
    if target is None:
        return
    type_ = written_type(r, child(node, "variable_declaration"))
    if value is not None:
        yield from curly_braces.into(r.block([value]), lambda v: Assign((target,), v, span, type=type_))
    elif (computed := _computed(r, node)) is not None:
        yield Assign((target,), Call(Lambda(Func("", (), computed, span), span), (), span), span)
    elif delegate is not None and parts(delegate):
        yield Assign((target,), r.value(parts(delegate)[-1]), span)


def _target(r: Reader, node: Node) -> Expression | None:
    scope = "" if node.parent is not None and node.parent.type in ("source_file", *_BODIES) else "local"
    several = child(node, "multi_variable_declaration")
    if several is not None:
        names = [child(kid, "identifier") for kid in children(several, "variable_declaration")]
        targets = (Name(r.text(name), r.span(name), scope) for name in names if name is not None)
        return Seq(tuple(targets), r.span(several))
    name = _variable(node)
    return Name(r.text(name), r.span(name), scope) if name is not None else None


# --- functions --------------------------------------------------------------------------------------------------------


def function(r: Reader, node: Node) -> Iterator[Stmt]:
    """`fun name(…)`, `fun Type.name(…)`"""
    name_node, span = node.child_by_field_name("name"), r.span(node)
    listed = child(node, "function_value_parameters")
    annotations, declared = with_settings(annotations_of(r, node)), params(r, listed)
    kids = parts(node)
    behind = kids[kids.index(listed) + 1 :] if listed is not None else []
    before = [kid for kid in kids if kid.type in TYPES and kid not in behind]
    if before:  # an extension
        declared = (Param("this", r.span(before[0]), type=declared_type(r, before[0])), *declared)
        annotations = (*annotations, Name("extension", r.span(before[0])))
    type_ = declared_type(r, next((kid for kid in behind if kid.type in TYPES), None))
    stmts = body_of(r, node)
    name = r.text(name_node) if name_node is not None else ""
    owned_by, static = owner(r, node, _OWNERS), _is_static(node)
    func = Func(name, declared, stmts, span, owned_by, annotations, static, type_, generics=generics(r, node))
    yield Define(func, span)


def body_of(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`{ … }`, or `= value`, which is given back."""
    body = child(node, "function_body")
    if body is None:
        return ()
    block = child(body, "block")
    return r.block([block]) if block is not None else returned(r, parts(body))


def returned(r: Reader, nodes: list[Node]) -> tuple[Stmt, ...]:
    """Statements of which the last gives its value back."""
    return curly_braces.into(r.block(nodes), lambda value: Return(value, value.span))


def constructor(r: Reader, node: Node) -> Iterator[Stmt]:
    """`constructor(…) : this(…) { … }`"""
    span, call = r.span(node), child(node, "constructor_delegation_call")
    stmts: list[Stmt] = []
    if call is not None:
        target = Name("super" if r.text(call).startswith("super") else "this", r.span(call))
        stmts.append(
            ExpressionStatement(Call(target, arguments(r, child(call, "value_arguments")), r.span(call)), r.span(call))
        )
    stmts += r.block(children(node, "block"))
    declared = params(r, child(node, "function_value_parameters"))
    yield Define(Func("__init__", declared, tuple(stmts), span, owner(r, node, _OWNERS)), span)


def params(r: Reader, listed: Node | None) -> tuple[Param, ...]:
    """`(@A a: B = c, vararg d: E)`: what belongs to a parameter stands beside it."""
    params: list[Param] = []
    modifier_list: Node | None = None
    kids = parts(listed) if listed is not None else []
    for number, kid in enumerate(kids):
        if kid.type == "parameter_modifiers":
            modifier_list = kid
        elif kid.type == "parameter":
            behind = kids[number + 1] if number + 1 < len(kids) else None
            default = behind if behind is not None and behind.type not in ("parameter", "parameter_modifiers") else None
            params.append(_param(r, kid, modifier_list, default))
            modifier_list = None
    return tuple(params)


def _param(r: Reader, node: Node, modifier_list: Node | None, default: Node | None) -> Param:
    name, annotations = child(node, "identifier"), annotations_of(r, modifier_list)
    rest = modifier_list is not None and any(r.text(kid) == "vararg" for kid in parts(modifier_list))
    initial = filled(annotations) or (r.value(default) if default is not None else None)
    type_ = declared_type(r, child(node, *TYPES))
    return Param(r.text(name or node), r.span(node), initial, "rest" if rest else "", type_, decorators=annotations)


def lambda_(r: Reader, node: Node, alone: bool = True) -> Lambda:
    """`{ a, (b, c) -> … }`; `alone`: it may have the parameter `it`."""
    listed, span = child(node, "lambda_parameters"), r.span(node)
    stmts = returned(r, [kid for kid in parts(node) if kid.type != "lambda_parameters"])
    declared: list[Param] = []
    unpacked: list[Stmt] = []
    for number, kid in enumerate(parts(listed) if listed is not None else ()):
        if kid.type == "multi_variable_declaration":
            names = [Name(r.text(parts(one)[0]), r.span(one), "local") for one in children(kid, "variable_declaration")]
            declared.append(Param(f"it{number}", r.span(kid)))
            unpacked.append(Assign((Seq(tuple(names), r.span(kid)),), Name(f"it{number}", r.span(kid)), r.span(kid)))
        else:
            declared.append(Param(r.text(parts(kid)[0]), r.span(kid)))
    if listed is None and alone and _IT.search(r.text(node)):
        declared.append(Param("it", _start(span)))
    return Lambda(Func("", tuple(declared), (*unpacked, *stmts), span, owner(r, node, _OWNERS)), span)


def _start(span: Span) -> Span:
    return Span(span.line, span.col, span.line, span.col + 1)


def anonymous(r: Reader, node: Node) -> Lambda:
    """`fun(a: B): C { … }`"""
    declared = params(r, child(node, "function_value_parameters"))
    return Lambda(Func("", declared, body_of(r, node), r.span(node), owner(r, node, _OWNERS)), r.span(node))


MEMBERS: dict[str, StmtBuilder] = {
    "class_declaration": class_,
    "object_declaration": class_,
    "property_declaration": property_,
    "function_declaration": function,
    "secondary_constructor": constructor,
    "companion_object": lambda r, node: tuple(members(r, child(node, "class_body"), owner(r, node, _OWNERS), set())),
    "anonymous_initializer": curly_braces.block,
}
