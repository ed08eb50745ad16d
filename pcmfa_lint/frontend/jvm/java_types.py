"""Lowering of Java's types and their members, of parameters, annotations and lambdas.

A field without a value of its own is set to `Unknown("declared", (Name("T"),))`, or to the annotation that fills it in:
`@Value("${a.b}")` is `Value("a.b")`. `interface` and `abstract` stand among a class's decorators. What a record or an
annotation of Lombok adds is written out: getters, setters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.jvm.placeholders import filled, with_settings
from pcmfa_lint.frontend.treesitter import Reader, StmtBuilder, child, children, owner, parts
from pcmfa_lint.frontend.type_names import type_named
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

_TYPES = {"class_declaration", "record_declaration", "interface_declaration", "enum_declaration"}
_ANNOTATIONS = ("annotation", "marker_annotation")
_WITH_GETTERS, _WITH_SETTERS = {"Data", "Getter", "Value"}, {"Data", "Setter"}


def type_name(r: Reader, node: Node) -> str:
    """A type as written, without what it is generic over: `A.B<C>[]` → `A.B`."""
    head = r.text(node).partition("<")[0].partition("[")[0]
    return "".join(head.split())


def last_name(r: Reader, node: Node | None) -> str:
    """The last name of a type."""
    return type_name(r, node).rpartition(".")[2] if node is not None else ""


def declared_type(r: Reader, node: Node | None) -> str:
    """A declared type, with the type it stands in (`WebClient.Builder`) and with what it is generic over."""
    return type_named(r.text(node), r.aliases, nested=True) if node is not None else ""


def modifiers(node: Node) -> set[str]:
    """`public`, `static` …"""
    listed = child(node, "modifiers")
    return {kid.type for kid in listed.children if not kid.is_named} if listed is not None else set()


def annotations_of(r: Reader, node: Node) -> tuple[Expression, ...]:
    """`@A @B(c, d = e)`"""
    listed = child(node, "modifiers")
    return tuple(annotation(r, kid) for kid in children(listed, *_ANNOTATIONS)) if listed is not None else ()


def annotation(r: Reader, node: Node) -> Expression:
    """`@A` is a name, `@A(b)` a call."""
    name_node = node.child_by_field_name("name")
    name = Name(type_name(r, name_node) if name_node is not None else "", r.span(name_node or node))
    listed = node.child_by_field_name("arguments")
    if listed is None:
        return name
    args = []
    for kid in parts(listed):
        key, value = kid.child_by_field_name("key"), kid.child_by_field_name("value")
        pair = kid.type == "element_value_pair" and key is not None and value is not None
        args.append(Arg(r.value(value if pair and value else kid), r.span(kid), r.text(key) if pair and key else None))
    return Call(name, tuple(args), r.span(node))


# --- types ------------------------------------------------------------------------------------------------------------


def class_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`class`, `record`, `interface`, `@interface`"""
    name_node = node.child_by_field_name("name")
    name, span = (r.text(name_node) if name_node is not None else ""), r.span(node)
    annotations = with_settings(annotations_of(r, node))
    flags = [word for word in ("abstract",) if word in modifiers(node)]
    flags += ["interface"] if node.type.startswith(("interface", "annotation")) else []
    body = node.child_by_field_name("body")
    stmts = r.block(parts(body) if body is not None else [])
    components = node.child_by_field_name("parameters")
    if components is not None:
        stmts = (*_record(r, components, name, stmts), *stmts)
    decorators = (*annotations, *(Name(word, r.span(name_node or node)) for word in flags))
    stmts = (*stmts, *_generated(annotations, name, stmts))
    yield Define(Class(name, _bases(r, node), stmts, span, decorators=decorators), span)


def _bases(r: Reader, node: Node) -> tuple[Expression, ...]:
    names = []
    for kid in children(node, "superclass", "super_interfaces", "extends_interfaces"):
        inner = child(kid, "type_list")
        names += [Name(type_name(r, type_), r.span(type_)) for type_ in parts(inner if inner is not None else kid)]
    return tuple(names)


def _record(r: Reader, listed: Node, name: str, stmts: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """A record: its components are set by its constructor, and each has a method of its name."""
    declared, span = params(r, listed), r.span(listed)
    written = {stmt.what.name for stmt in stmts if isinstance(stmt, Define)}
    sets: list[Stmt] = [
        Assign((member(param.name, param.span),), Name(param.name, param.span), param.span) for param in declared
    ]
    yield Define(Func("__init__", declared, tuple(sets), span, name), span)
    for param in declared:
        if param.name not in written:
            yield _getter(param.name, param.name, param.span, name)


def member(name: str, span: Span) -> Member:
    return Member(Name("this", span), Text(name, span, "bare"), span)


def _getter(method: str, field: str, span: Span, owned_by: str) -> Define:
    return Define(Func(method, (), (Return(member(field, span), span),), span, owned_by), span)


def _generated(annotations: tuple[Expression, ...], name: str, stmts: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """The getters and setters that an annotation of Lombok stands for."""
    words = {one.id if isinstance(one, Name) else "" for one in annotations}
    if not words & (_WITH_GETTERS | _WITH_SETTERS):
        return
    written = {stmt.what.name for stmt in stmts if isinstance(stmt, Define)}
    for stmt in stmts:
        if isinstance(stmt, Assign) and isinstance(stmt.targets[0], Name):
            field, span = stmt.targets[0].id, stmt.span
            behind = field[:1].upper() + field[1:]
            if words & _WITH_GETTERS and f"get{behind}" not in written:
                yield _getter(f"get{behind}", field, span, name)
            if words & _WITH_SETTERS and f"set{behind}" not in written:
                sets = Assign((member(field, span),), Name(field, span), span)
                yield Define(Func(f"set{behind}", (Param(field, span),), (sets,), span, name), span)


def enum(r: Reader, node: Node) -> Iterator[Stmt]:
    """`enum E { A, B("b"); … }`: a constant with arguments is an object of the enum."""
    inner, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    name = r.text(inner) if inner is not None else ""
    stmts: list[Stmt] = []
    for kid in children(body, "enum_constant") if body is not None else ():
        key, listed = kid.child_by_field_name("name"), kid.child_by_field_name("arguments")
        if key is not None:
            span = r.span(kid)
            initial: Expression = Text(r.text(key), r.span(key), "bare")
            if listed is not None or _has_members(body):
                initial = Call(Name(name, r.span(key)), arguments(r, listed), span, "new")
            stmts.append(Assign((Name(r.text(key), r.span(key)),), initial, span))
    for kid in children(body, "enum_body_declarations") if body is not None else ():
        stmts += r.block(parts(kid))
    yield Define(
        Class(name, _bases(r, node), tuple(stmts), r.span(node), decorators=annotations_of(r, node)),
        r.span(node),
    )


def _has_members(body: Node | None) -> bool:
    """Whether an enum has fields or methods of its own: its constants are objects."""
    inner = child(body, "enum_body_declarations") if body is not None else None
    return inner is not None and bool(parts(inner))


def arguments(r: Reader, node: Node | None) -> tuple[Arg, ...]:
    """`(a, b)`"""
    return curly_braces.args(r, parts(node)) if node is not None else ()


def fields(r: Reader, node: Node) -> Iterator[Stmt]:
    """`private static final String A = "x", B;`"""
    type_, annotations = node.child_by_field_name("type"), annotations_of(r, node)
    for kid in children(node, "variable_declarator"):
        name, value = kid.child_by_field_name("name"), kid.child_by_field_name("value")
        if name is not None:
            span = r.span(kid)
            initial = r.value(value) if value is not None else (filled(annotations) or something(r, type_, span))
            yield Assign(
                (Name(r.text(name), r.span(name)),),
                initial,
                span,
                type=declared_type(r, type_),
                decorators=annotations,
            )


def something(r: Reader, type_: Node | None, span: Span) -> Expression:
    """Something of a type, not in sight."""
    return Unknown("declared", (Name(last_name(r, type_), span),), span)


# --- functions --------------------------------------------------------------------------------------------------------


def method(r: Reader, node: Node) -> Iterator[Stmt]:
    """A method."""
    name_node = node.child_by_field_name("name")
    name = r.text(name_node) if name_node is not None else ""
    yield _defined(r, node, name, with_settings(annotations_of(r, node)), "static" in modifiers(node))


def constructor(r: Reader, node: Node) -> Iterator[Stmt]:
    """A constructor is `__init__`."""
    yield _defined(r, node, "__init__", (), static=False)


def _defined(r: Reader, node: Node, name: str, annotations: tuple[Expression, ...], static: bool) -> Define:
    body = node.child_by_field_name("body")
    stmts = r.block(parts(body)) if body is not None else ()
    declared, span = params(r, node.child_by_field_name("parameters")), r.span(node)
    return_type = declared_type(r, node.child_by_field_name("type"))
    return Define(Func(name, declared, stmts, span, owner(r, node, _TYPES), annotations, static, return_type), span)


def called_first(r: Reader, node: Node) -> Iterator[Stmt]:
    """`super(a);`, `this(a);`"""
    constructor, span = node.child_by_field_name("constructor"), r.span(node)
    name = Name(r.text(constructor) if constructor is not None else "super", r.span(constructor or node))
    yield ExpressionStatement(Call(name, arguments(r, node.child_by_field_name("arguments")), span), span)


def once(r: Reader, node: Node) -> Iterator[Stmt]:
    """`static { … }` runs once, before all others."""
    span = r.span(node)
    yield Define(Func("static", (), r.block(parts(node)), span, owner(r, node, _TYPES), static=True), span)


def params(r: Reader, listed: Node | None) -> tuple[Param, ...]:
    """`(final A a, @B C... d)`, `(a, b)`, `a`"""
    if listed is None:
        return ()
    if listed.type == "identifier":
        return (Param(r.text(listed), r.span(listed)),)
    params: list[Param] = []
    for kid in parts(listed):
        if kid.type == "identifier":
            params.append(Param(r.text(kid), r.span(kid)))
        elif kid.type == "formal_parameter":
            params.append(_param(r, kid, kid.child_by_field_name("name"), kid.child_by_field_name("type")))
        elif kid.type == "spread_parameter":
            declared = child(kid, "variable_declarator")
            type_ = next((each for each in parts(kid) if each.type not in ("modifiers", "variable_declarator")), None)
            name = declared.child_by_field_name("name") if declared is not None else None
            params.append(Param(r.text(name or kid), r.span(kid), kind="rest", type=declared_type(r, type_)))
    return tuple(params)


def _param(r: Reader, node: Node, name: Node | None, type_: Node | None) -> Param:
    annotations = annotations_of(r, node)
    return Param(
        r.text(name or node), r.span(node), filled(annotations), type=declared_type(r, type_), decorators=annotations
    )


def lambda_(r: Reader, node: Node) -> Lambda:
    """`x -> x + 1`, `(a, b) -> { … }`"""
    body = node.child_by_field_name("body")
    stmts: tuple[Stmt, ...] = ()
    if body is not None:
        stmts = r.block(parts(body)) if body.type == "block" else _result(r, body)
    declared = params(r, node.child_by_field_name("parameters"))
    return Lambda(Func("", declared, stmts, r.span(node), owner(r, node, _TYPES)), r.span(node))


def _result(r: Reader, node: Node) -> tuple[Stmt, ...]:
    value, span = r.value(node), r.span(node)
    return curly_braces.statement_of(value, span) if node.type == "assignment_expression" else (Return(value, span),)


def nested(r: Reader, body: Node) -> Iterable[Stmt]:
    """The members that a class without a name has."""
    return r.block(parts(body))


MEMBERS: dict[str, StmtBuilder] = {
    "class_declaration": class_,
    "record_declaration": class_,
    "interface_declaration": class_,
    "annotation_type_declaration": class_,
    "enum_declaration": enum,
    "field_declaration": fields,
    "constant_declaration": fields,
    "method_declaration": method,
    "annotation_type_element_declaration": curly_braces.nothing,
    "constructor_declaration": constructor,
    "compact_constructor_declaration": constructor,
    "explicit_constructor_invocation": called_first,
    "static_initializer": once,
}
