"""Lowering of Go's functions, methods, types, constants and imports.

The methods of a type stand wherever the package puts them, so each file has its part of a class. An error that a
function gives back last is no value but raised (see `errors.py`); so is the truth in `value, ok`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.go.types import (
    FAILS,
    OBJECT,
    PACKAGE,
    SHARED,
    fields_of,
    own,
    package_of,
    receiver,
    results,
    type_name,
)
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Call,
    Class,
    Conditional,
    Define,
    Expression,
    Func,
    Import,
    Lambda,
    Mapping,
    Name,
    Param,
    Seq,
    Span,
    Stmt,
    Text,
    Unknown,
)

_ENVIRONMENT = re.compile(r"""\b(?:env|envconfig|envvar)\s*:\s*"([A-Za-z_]\w*)""")
_TAG = re.compile(r"""(\w+):"([^",]+)""")
_DEFAULT = re.compile(r"""\b(?:envDefault|env-default|default)\s*:\s*"([^"]*)\"""")
_FUNCTIONS = ("function_declaration", "method_declaration")


def file(r: Reader, node: Node) -> Iterator[Stmt]:
    """A file: what it imports, its types with their methods, its functions, then its variables."""
    kids = parts(node)
    for kid in kids:
        if kid.type == "package_clause" and parts(kid):
            r.aliases[PACKAGE] = r.text(parts(kid)[0])
    for kid in kids:
        if kid.type in _FUNCTIONS and _fails(r, kid):
            name = kid.child_by_field_name("name")
            r.aliases[f"{r.text(name)}()" if name is not None else ""] = FAILS
        if kid.type == "var_declaration":
            r.aliases.update((f"{name}=", SHARED) for name in _declared(r, kid))
        for spec in children(kid, "type_spec") if kid.type == "type_declaration" else ():
            struct = spec.child_by_field_name("name")
            if struct is not None and (names := _fields(r, spec)):
                r.aliases[fields_of(own(r, r.text(struct)))] = names
    r.block([kid for kid in kids if kid.type == "import_declaration"])
    methods: dict[str, list[Node]] = {}
    for kid in kids:
        if kid.type == "method_declaration":
            methods.setdefault(receiver(r, kid)[1], []).append(kid)
    for declaration in (kid for kid in kids if kid.type == "type_declaration"):
        for spec in children(declaration, "type_spec", "type_alias"):
            name = spec.child_by_field_name("name")
            named = own(r, r.text(name)) if name is not None else ""
            yield from _type(r, spec, named, methods.pop(named, []))
    for named, listed in methods.items():
        yield _class(named, (), _methods(r, listed, named), r.span(listed[0]))
    yield from r.block([kid for kid in kids if kid.type == "function_declaration"])
    declarations = (*_FUNCTIONS, "package_clause", "import_declaration", "type_declaration")
    yield from r.block([kid for kid in kids if kid.type not in declarations])


def import_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`import ("a/b"; c "d/e")`"""
    listed = child(node, "import_spec_list") or node
    for kid in children(listed, "import_spec"):
        path, alias = kid.child_by_field_name("path"), kid.child_by_field_name("name")
        written = r.text(path)[1:-1] if path is not None else ""
        package = package_of(written)
        local = r.text(alias) if alias is not None else package
        if written:
            if local not in (".", "_"):
                r.aliases[local] = package
            r.imports.append(Import(written, r.span(kid), (("*", "*"),) if local == "." else (), local))
    yield from ()


# --- types ------------------------------------------------------------------------------------------------------------


def types(r: Reader, node: Node) -> Iterator[Stmt]:
    """A type that is declared in a function."""
    for spec in children(node, "type_spec", "type_alias"):
        name = spec.child_by_field_name("name")
        yield from _type(r, spec, own(r, r.text(name)) if name is not None else "", [])


def _type(r: Reader, spec: Node, named: str, methods: list[Node]) -> Iterator[Stmt]:
    type_ = spec.child_by_field_name("type")
    bases: tuple[Expression, ...] = ()
    body: tuple[Stmt, ...] = ()
    interface = type_ is not None and type_.type == "interface_type"
    if type_ is not None and type_.type == "struct_type":
        bases, body = _members(r, type_)
    elif type_ is not None and ":" in type_name(r, type_):
        bases = (Name(type_name(r, type_), r.span(type_)),)
    elif type_ is not None and interface:
        body = tuple(_signature(r, kid, named) for kid in children(type_, "method_elem"))
    yield _class(named, bases, body + _methods(r, methods, named), r.span(spec), interface)


def _class(
    named: str, bases: tuple[Expression, ...], body: tuple[Stmt, ...], span: Span, interface: bool = False
) -> Define:
    flags = ("partial", "interface") if interface else ("partial",)
    return Define(Class(named, bases, body, span, decorators=tuple(Name(word, span) for word in flags)), span)


def _members(r: Reader, node: Node) -> tuple[tuple[Expression, ...], tuple[Stmt, ...]]:
    """The types that a struct takes over, and its fields."""
    bases: list[Expression] = []
    fields: list[Stmt] = []
    listed = child(node, "field_declaration_list")
    for kid in children(listed, "field_declaration") if listed is not None else ():
        type_, span = kid.child_by_field_name("type"), r.span(kid)
        named = type_name(r, type_)
        names = kid.children_by_field_name("name")
        if not names and named:
            bases.append(Name(named, span))
            names = [type_] if type_ is not None else []
        unknown = _tagged(r, kid) or Unknown("declared", (Name(named, span),) if named else (), span)
        tags = _tags(r, kid)
        for name in names:
            word = r.text(name).lstrip("*").rpartition(".")[2]
            fields.append(Assign((Name(word, r.span(name)),), unknown, span, type=named, decorators=tags))
    return tuple(bases), tuple(fields)


def _declared(r: Reader, node: Node) -> list[str]:
    """The variables of a declaration."""
    specs = [*children(node, "var_spec")]
    for listed in children(node, "var_spec_list"):
        specs += children(listed, "var_spec")
    return [r.text(name) for spec in specs for name in spec.children_by_field_name("name")]


def _tagged(r: Reader, node: Node) -> Expression | None:
    """Where a field's value comes from by its tag: `env:"A" envDefault:"b"` is the variable A, or else b."""
    tag = node.child_by_field_name("tag")
    match = _ENVIRONMENT.search(r.text(tag)) if tag is not None else None
    if tag is None or match is None:
        return None
    span = r.span(tag)
    value = Call(Name("env:tag", span), (Arg(Text(match[1], span), span),), span)
    default = _DEFAULT.search(r.text(tag))
    return Conditional((value, Text(default[1], span)), span) if default is not None and default[1] else value


def _tags(r: Reader, node: Node) -> tuple[Expression, ...]:
    """The keys of a field's tag, as calls: `json:"a,omitempty" form:"b"`."""
    tag = node.child_by_field_name("tag")
    if tag is None:
        return ()
    span, pairs = r.span(tag), _TAG.findall(r.text(tag))
    return tuple(Call(Name(key, span), (Arg(Text(word, span), span),), span) for key, word in pairs)


def _fields(r: Reader, node: Node) -> str:
    """The names of a struct's fields in order; empty where another type is taken over."""
    type_ = node.child_by_field_name("type")
    listed = child(type_, "field_declaration_list") if type_ is not None and type_.type == "struct_type" else None
    kids = children(listed, "field_declaration") if listed is not None else []
    if not all(kid.children_by_field_name("name") for kid in kids):
        return ""
    return ",".join(r.text(name) for kid in kids for name in kid.children_by_field_name("name"))


# --- functions --------------------------------------------------------------------------------------------------------


def _fails(r: Reader, node: Node) -> bool:
    result_types = results(r, node)
    return bool(result_types) and result_types[-1][1] == "error"


def _return_type(r: Reader, node: Node) -> str:
    """The type of the one value that a function gives back."""
    result_types = results(r, node)
    if (result_types and result_types[-1][1] == "error") or (len(result_types) == 2 and result_types[-1][1] == "bool"):
        result_types = result_types[:-1]
    return result_types[0][1] if len(result_types) == 1 and ":" in result_types[0][1] else ""


def function(r: Reader, node: Node, owner: str = "") -> Iterator[Stmt]:
    """`func f(a int) (b string, err error) { … }`"""
    inner, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    before = dict(r.aliases)
    name, _ = receiver(r, node)
    if name:
        r.aliases[name] = OBJECT
    declared = params(r, node)
    named = results(r, node)
    for word, _type_name in named:
        hide(r, word)
    stmts = r.block([body]) if body is not None else ()
    r.aliases.clear()
    r.aliases.update(before)
    func = Func(
        r.text(inner) if inner is not None else "", declared, stmts, r.span(node), owner, type=_return_type(r, node)
    )
    yield Define(func, r.span(node))


def _methods(r: Reader, nodes: list[Node], owner: str) -> tuple[Stmt, ...]:
    return tuple(stmt for node in nodes for stmt in function(r, node, owner))


def _signature(r: Reader, node: Node, owner: str) -> Define:
    inner, span = node.child_by_field_name("name"), r.span(node)
    before = dict(r.aliases)
    func = Func(
        r.text(inner) if inner is not None else "", params(r, node), (), span, owner, type=_return_type(r, node)
    )
    r.aliases.clear()
    r.aliases.update(before)
    return Define(func, span)


def hide(r: Reader, name: str) -> None:
    """A variable hides the package or the object of its name."""
    if name in r.aliases and name != PACKAGE:
        del r.aliases[name]
    r.aliases.pop(f"{name}=", None)


def params(r: Reader, node: Node) -> tuple[Param, ...]:
    """`(a, b int, c ...string)`"""
    listed = node.child_by_field_name("parameters")
    params: list[Param] = []
    for kid in (
        children(listed, "parameter_declaration", "variadic_parameter_declaration") if listed is not None else ()
    ):
        type_ = kid.child_by_field_name("type")
        named = type_name(r, type_)
        rest = kid.type == "variadic_parameter_declaration"
        names = kid.children_by_field_name("name")
        for name in names:
            params.append(Param(r.text(name), r.span(name), kind="rest" if rest else "", type=named))
        if not names:
            params.append(Param("_", r.span(kid), kind="rest" if rest else "", type=named))
    for param in params:
        hide(r, param.name)
    return tuple(params)


def lambda_(r: Reader, node: Node) -> Lambda:
    """`func(a int) error { … }`"""
    before = dict(r.aliases)
    declared, body = params(r, node), node.child_by_field_name("body")
    stmts = r.block([body]) if body is not None else ()
    r.aliases.clear()
    r.aliases.update(before)
    return Lambda(Func("", declared, stmts, r.span(node), type=_return_type(r, node)), r.span(node))


def variables(r: Reader, node: Node) -> Iterator[Stmt]:
    """`const (A = "x"; B, C = 1, 2)`, `var a T = b`; a variable that is only declared is something of its type."""
    specs = [*children(node, "const_spec", "var_spec")]
    for listed in children(node, "var_spec_list"):
        specs += children(listed, "var_spec")
    for spec in specs:
        names, value = spec.children_by_field_name("name"), spec.child_by_field_name("value")
        values = [r.value(kid) for kid in parts(value)] if value is not None else []
        type_ = spec.child_by_field_name("type")
        named, span = type_name(r, type_), r.span(spec)
        for name in names:
            hide(r, r.text(name))
        targets = tuple(Name(r.text(name), r.span(name)) for name in names if name.type == "identifier")
        if len(values) == len(targets):
            for target, one in zip(targets, values, strict=True):
                yield Assign((target,), one, span, type=named)
        elif len(values) == 1:
            yield Assign((targets[0] if len(targets) == 1 else Seq(targets, span),), values[0], span, type=named)
        elif type_ is not None and not values:
            initial = _empty(type_, named, span)
            if initial is not None:
                yield from (Assign((target,), initial, span, type=named) for target in targets)


def _empty(type_: Node, named: str, span: Span) -> Expression | None:
    """What a variable holds that is only declared: a struct or map of its type; None for text and numbers."""
    if type_.type == "map_type":
        return Mapping((), (), span)
    if type_.type in ("qualified_type", "type_identifier") and ":" in named:
        return Call(Name(named, span), (), span, "new")
    return None
