"""Lowering of Ruby's methods, parameters, classes and modules.

A module is a class that is written in several places (`partial`); what a class includes are bases after its own. A
macro of a class body (`base_uri 'x'`) is a field of its name. Keyword parameters are one mapping that is taken apart,
as their arguments are one. Attributes without a method of their own are fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.ruby.calls import BLOCK, arguments, block_of
from pcmfa_lint.frontend.ruby.jobs import with_errors
from pcmfa_lint.frontend.ruby.scopes import ClassScope, Method, in_class, in_method, owner, scopes
from pcmfa_lint.frontend.ruby.tails import returned
from pcmfa_lint.frontend.treesitter import Reader, children, parts
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Call,
    Class,
    Conditional,
    Define,
    Expression,
    Func,
    Mapping,
    Member,
    Name,
    Param,
    Return,
    Seq,
    Span,
    Stmt,
    Text,
    Unknown,
)

_METHODS = ("method", "singleton_method")
_ATTRIBUTES = (
    "attr_accessor",
    "attr_reader",
    "attr_writer",
    "attribute",
    "cattr_accessor",
    "mattr_accessor",
    "class_attribute",
)
_BASES = ("include", "prepend", "extend")
_TYPES = ("Struct.new", "Data.define", "Class.new", "Module.new")
_OPTIONS = "options"
_CLASS_BLOCKS = (
    "class_methods",
    "included",
    "extended",
    "private",
    "protected",
    "public",
    "module_function",
    "private_class_method",
)


# --- methods ----------------------------------------------------------------------------------------------------------


def method(r: Reader, node: Node) -> Iterator[Stmt]:
    """`def f(x) … end`, `def self.f(x) … end`, `def f(x) = value`"""
    func = method_of(r, node)
    yield Define(func, func.span)


def method_of(r: Reader, node: Node, static: bool = False) -> Func:
    """The function of a method; its last value is what it gives back."""
    own = node.child_by_field_name("name")
    name = r.text(own) if own is not None else ""
    owner_name, body = owner(r), node.child_by_field_name("body")
    if owner_name and name == "initialize":
        name = "__init__"
    static = (static or node.type == "singleton_method") and bool(owner_name)
    around = Method(name)
    with in_method(r, around):
        params, unpacked = _params(r, node.child_by_field_name("parameters"))
        stmts = r.block([body]) if body is not None else ()
    if around.yields and not any(BLOCK in param.aliases for param in params):
        params = (*params, Param(around.block, r.span(node), aliases=(BLOCK,)))
    if name != "__init__" and not name.endswith("="):
        stmts = returned(stmts)
    return Func(name, params, (*unpacked, *stmts), r.span(node), owner_name, static=static)


def _params(r: Reader, node: Node | None) -> tuple[tuple[Param, ...], tuple[Stmt, ...]]:
    """The parameters; those with keywords are one mapping, from which the statements take them."""
    params: list[Param] = []
    keywords: list[Node] = []
    options_name = ""
    around = scopes(r).method
    for kid in parts(node) if node is not None else ():
        span = r.span(kid)
        own, default = kid.child_by_field_name("name"), kid.child_by_field_name("value")
        name = r.text(own) if own is not None else r.text(kid).lstrip("*&")
        scopes(r).variables[-1].add(name)
        if kid.type == "keyword_parameter":
            keywords.append(kid)
        elif kid.type == "hash_splat_parameter":
            options_name = name or _OPTIONS
        elif kid.type == "block_parameter":
            around.block = name or around.block
            params.append(Param(around.block, span, aliases=(BLOCK,)))
        elif kid.type in ("splat_parameter", "forward_parameter"):
            params.append(Param(name.strip(".") or "rest", span, kind="rest"))
        else:
            params.append(Param(name, span, r.value(default) if default is not None else None))
    around.params = tuple(param.name for param in params if not param.aliases)
    if not keywords and not options_name:
        return tuple(params), ()
    return _with_keywords(r, params, keywords, options_name or _OPTIONS)


def _with_keywords(
    r: Reader, params: list[Param], keywords: list[Node], options_name: str
) -> tuple[tuple[Param, ...], tuple[Stmt, ...]]:
    spans = [r.span(kid) for kid in keywords] or [Span(1, 1, 1, 1)]
    optional = all(kid.child_by_field_name("value") is not None for kid in keywords)
    options = Param(options_name, spans[0], Mapping((), (), spans[0]) if optional else None)
    place = next((number for number, param in enumerate(params) if param.aliases), len(params))
    stmts: list[Stmt] = []
    for kid, span in zip(keywords, spans, strict=False):
        own, default = kid.child_by_field_name("name"), kid.child_by_field_name("value")
        name = r.text(own) if own is not None else ""
        value: Expression = Member(Name(options_name, span), Text(name, span), span)
        if default is not None:
            value = Conditional((value, r.value(default)), span)
        stmts.append(Assign((Name(name, span, "local"),), value, span))
    scopes(r).variables[-1].add(options_name)
    return (*params[:place], options, *params[place:]), tuple(stmts)


# --- classes ----------------------------------------------------------------------------------------------------------


def class_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`class A < B … end`, `module A … end`"""
    own, above = node.child_by_field_name("name"), node.child_by_field_name("superclass")
    body = node.child_by_field_name("body")
    name = r.text(own).rpartition("::")[2] if own is not None else ""
    bases = [r.value(kid) for kid in parts(above)] if above is not None else []
    cls = _class(r, node, name, bases, parts(body) if body is not None else [])
    if node.type == "module":
        cls = replace(cls, decorators=(Name("partial", cls.span),))
    yield Define(cls, cls.span)


def _class(r: Reader, node: Node, name: str, bases: list[Expression], inside: list[Node]) -> Class:
    constants = {r.text(left) for kid in inside if (left := _constant(kid)) is not None}
    methods = {
        r.text(own) for kid in inside for one in _defined(kid) if (own := one.child_by_field_name("name")) is not None
    }
    with in_class(r, ClassScope(name, frozenset(constants), frozenset(methods))):
        stmts = tuple(stmt for kid in inside for stmt in _in_body(r, kid))
    included = [stmt.value for stmt in stmts if isinstance(stmt, Assign) and _is_base(stmt)]
    for one in included:
        bases += [base for base in (one.items if isinstance(one, Seq) else (one,)) if walk.dotted(base)]
    members = tuple(stmt for stmt in stmts if not (isinstance(stmt, Assign) and _is_base(stmt)))
    if any(walk.dotted(base) == "Singleton" for base in bases):
        members = (*members, _only_object(name, r.span(node)))
    return Class(name, tuple(bases), with_errors(members), r.span(node))


def _only_object(name: str, span: Span) -> Define:
    """`instance` of a class that includes `Singleton`."""
    result = Return(Call(Name(name, span), (), span, "new"), span)
    return Define(Func("instance", (), (result,), span, name, static=True), span)


def _constant(node: Node) -> Node | None:
    left = node.child_by_field_name("left") if node.type in ("assignment", "operator_assignment") else None
    return left if left is not None and left.type == "constant" else None


def _defined(node: Node) -> list[Node]:
    """The methods that a statement of a class body defines: itself, or what a modifier is given."""
    if node.type in _METHODS:
        return [node]
    listed = node.child_by_field_name("arguments") if node.type == "call" else None
    return children(listed, *_METHODS) if listed is not None else []


def _is_base(stmt: Assign) -> bool:
    return isinstance(stmt.targets[0], Name) and stmt.targets[0].id in _BASES


def _in_body(r: Reader, node: Node) -> Iterable[Stmt]:
    """The members that a statement of a class body makes."""
    if node.type == "singleton_class":
        body = node.child_by_field_name("body")
        return [stmt for kid in parts(body) for stmt in _singleton(r, kid)] if body is not None else []
    if node.type == "call":
        return _macro(r, node)
    if node.type in ("begin", "if", "unless", "if_modifier", "unless_modifier", "identifier"):
        return ()
    return r.block([node])


def _singleton(r: Reader, node: Node) -> Iterable[Stmt]:
    for one in _defined(node):
        func = method_of(r, one, static=True)
        yield Define(func, func.span)
    if node.type == "call" and not _defined(node):
        yield from _macro(r, node)


def _macro(r: Reader, node: Node) -> Iterable[Stmt]:
    """A call in a class body: attributes, modules, methods that are made, or a field of its name."""
    name, span = node.child_by_field_name("method"), r.span(node)
    block = node.child_by_field_name("block")
    if name is None or node.child_by_field_name("receiver") is not None:
        return ()
    word = r.text(name)
    if defined := _defined(node):
        return [Define(func, func.span) for func in (method_of(r, one) for one in defined)]
    if word in _CLASS_BLOCKS:
        body = block.child_by_field_name("body") if block is not None else None
        inner = _singleton if word == "class_methods" else _in_body
        return [stmt for kid in parts(body) for stmt in inner(r, kid)] if body is not None else ()
    args = arguments(r, node.child_by_field_name("arguments"))
    values = [arg.value for arg in args if arg.name is None]
    if word in _ATTRIBUTES:
        return _attributes(r, values)
    if word in ("define_method", "scope", "let", "helper_method") and block is not None and values:
        method_func = block_of(r, block).func
        return (
            [Define(replace(method_func, name=values[0].value, owner=owner(r)), span)]
            if isinstance(values[0], Text)
            else ()
        )
    if word in ("delegate", "def_delegators", "def_delegator", "def_instance_delegators"):
        return _delegates(r, word, values, span)
    if block is not None:
        made_block = block_of(r, block)
        values.append(made_block)
    value: Expression = values[0] if len(values) == 1 else Seq(tuple(values), span)
    return (Assign((Name(word, span),), value, span),) if values else ()


def _attributes(r: Reader, values: list[Expression]) -> Iterator[Stmt]:
    written = scopes(r).classes[-1].methods if scopes(r).classes else frozenset()
    for value in values:
        if isinstance(value, Text) and value.value not in written:
            yield Assign((Name(value.value, value.span),), Unknown("declared", (), value.span), value.span)


def _delegates(r: Reader, word: str, values: list[Expression], span: Span) -> Iterator[Stmt]:
    """`delegate :get, to: :http`, `def_delegators :@http, :get`: methods that call those of a member."""
    if word == "delegate":
        last = values[-1] if values and isinstance(values[-1], Mapping) else None
        targets = (
            [e.value for e in last.entries if isinstance(e.key, Text) and e.key.value == "to"]
            if last is not None
            else []
        )
        names = values[:-1]
    else:
        targets, names = values[:1], values[1:]
    to = targets[0] if targets and isinstance(targets[0], Text) else None
    for name in names if to is not None else ():
        if isinstance(name, Text) and to is not None:
            on = Member(Name("this", span), Text(to.value.lstrip("@"), span, "bare"), span)
            handed = Arg(Name("rest", span), span, spread=True)
            body = (Return(Call(Member(on, Text(name.value, span, "bare"), span), (handed,), span), span),)
            yield Define(Func(name.value, (Param("rest", span, kind="rest"),), body, span, owner(r)), span)


# --- classes that a call makes ----------------------------------------------------------------------------------------


def made_class(r: Reader, name: str, node: Node) -> Class | None:
    """`A = Struct.new(:x, :y) do … end`, `A = Class.new(B)`; None if the value makes no class."""
    receiver, word = node.child_by_field_name("receiver"), node.child_by_field_name("method")
    if node.type != "call" or receiver is None or word is None:
        return None
    kind = f"{r.text(receiver).strip(':')}.{r.text(word)}"
    if kind not in _TYPES:
        return None
    values = [arg.value for arg in arguments(r, node.child_by_field_name("arguments")) if arg.name is None]
    block = node.child_by_field_name("block")
    body = block.child_by_field_name("body") if block is not None else None
    bases = [value for value in values if walk.dotted(value)]
    cls = _class(r, node, name, bases, parts(body) if body is not None else [])
    fields = [value for value in values if isinstance(value, Text)]
    by_name = kind == "Data.define" or any(isinstance(value, Mapping) for value in values)
    if kind not in ("Struct.new", "Data.define") or not fields:
        return cls
    return replace(cls, body=(*_record(fields, name, cls.span, by_name), *cls.body))


def _record(fields: list[Text], owned: str, span: Span, by_name: bool) -> Iterator[Stmt]:
    """The fields of a record, and its constructor: by position, or by keywords."""
    this = Name("this", span)
    stmts: list[Stmt] = []
    for one in fields:
        yield Assign((Name(one.value, one.span),), Unknown("declared", (), one.span), one.span)
        value: Expression = Name(one.value, span)
        if by_name:
            value = Member(Name(_OPTIONS, span), Text(one.value, span), span)
        stmts.append(Assign((Member(this, Text(one.value, span), span),), value, span))
    params = (Param(_OPTIONS, span),) if by_name else tuple(Param(one.value, one.span) for one in fields)
    yield Define(Func("__init__", params, tuple(stmts), span, owned), span)


def defined_later(r: Reader, node: Node) -> Iterable[Stmt]:
    """The definition that a call at the top of a file holds: `private def f … end`."""
    return [Define(func, func.span) for func in (method_of(r, one) for one in _defined(node))]
