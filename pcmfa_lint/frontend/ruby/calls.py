"""Lowering of Ruby's calls, arguments, blocks, and of the methods that are its loops.

A block is the argument `&`. Arguments by name, in braces or not, are one mapping in the last place, as a method takes
them apart. `a.b` without arguments is a member: only who knows `a` can tell whether it is a method.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.ruby.builtins import METHODS, formatted
from pcmfa_lint.frontend.ruby.scopes import in_block, in_loop, owner, scopes, variable
from pcmfa_lint.frontend.ruby.strings import key
from pcmfa_lint.frontend.ruby.tails import left, returned
from pcmfa_lint.frontend.treesitter import Reader, child, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    Call,
    Concatenation,
    Expression,
    ExpressionStatement,
    Func,
    Jump,
    Lambda,
    Loop,
    MappingEntry,
    Member,
    Name,
    Param,
    Raise,
    Seq,
    Span,
    Stmt,
    Text,
    Unknown,
)
from pcmfa_lint.ir.nodes import Mapping as MappingValue
from pcmfa_lint.limits import NAMELESS_BLOCK_CHARS

BLOCK = "&"
BLOCKS = ("block", "do_block")
_EACH = (
    *(
        "each",
        "each_entry",
        "find_each",
        "each_value",
        "each_key",
        "each_line",
        "reverse_each",
        "each_slice",
        "each_char",
    ),
    *("each_pair", "each_with_index", "each_with_object", "in_batches", "find_in_batches", "cycle"),
)
_COUNTED = ("times", "upto", "downto", "step")
_ENDS = ("exit", "exit!", "abort")
_NUMBERED = re.compile(r"\b(_1|it)\b")


# --- arguments --------------------------------------------------------------------------------------------------------


def arguments(r: Reader, node: Node | None) -> tuple[Arg, ...]:
    """Arguments by position; those by name as one mapping behind them."""
    args: list[Arg] = []
    named: list[Node] = []
    blocks: list[Arg] = []
    for kid in parts(node) if node is not None else ():
        if kid.type in ("pair", "hash_splat_argument"):
            named.append(kid)
        elif kid.type == "block_argument":
            blocks += _handed_block(r, kid)
        elif kid.type == "splat_argument":
            args += [Arg(r.value(part), r.span(kid), spread=True) for part in parts(kid)]
        elif kid.type == "forward_argument":
            args.append(Arg(Name("rest", r.span(kid)), r.span(kid), spread=True))
        else:
            args.append(Arg(r.value(kid), r.span(kid)))
    if named:
        start, end = r.span(named[0]), r.span(named[-1])
        span = Span(start.line, start.col, end.end_line, end.end_col)
        args.append(Arg(mapping_of(r, named, span), span))
    return (*args, *blocks)


def mapping_of(r: Reader, nodes: list[Node], span: Span) -> MappingValue:
    """`a: 1, 'b' => 2, c:, **d`"""
    entries: list[MappingEntry] = []
    spreads: list[Expression] = []
    for node in nodes:
        if node.type == "hash_splat_argument":
            spreads += [r.value(part) for part in parts(node)]
        elif node.type == "pair":
            name, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            if name is not None:
                argument = r.value(value) if value is not None else Name(r.text(name), r.span(name))
                entries.append(MappingEntry(key(r, name), argument, r.span(node)))
    return MappingValue(tuple(entries), tuple(spreads), span)


def _handed_block(r: Reader, node: Node) -> Iterator[Arg]:
    """`&block`, `&:name`"""
    for part in parts(node):
        span = r.span(part)
        if part.type == "simple_symbol":
            name = Text(r.text(part)[1:], span, "bare")
            value: Expression = Lambda(
                Func(
                    "",
                    (Param("it", span),),
                    returned((ExpressionStatement(Member(Name("it", span), name, span), span),)),
                    span,
                ),
                span,
            )
        else:
            value = r.value(part)
        yield Arg(value, span, BLOCK)


def block_of(r: Reader, node: Node) -> Lambda:
    """`{ |x| … }`, `do |x| … end`, the body of `->(x) { … }`"""
    listed, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    params, unpacked, names = block_params(r, listed)
    if listed is None and body is not None and body.end_byte - body.start_byte < 2 * NAMELESS_BLOCK_CHARS:
        match = _NUMBERED.search(r.text(body))
        params = (Param(match[1], r.span(node)),) if match else ()
        names = [param.name for param in params]
    with in_block(r, names):
        stmts = returned(r.block([body])) if body is not None else ()
    return Lambda(Func("", params, (*unpacked, *stmts), r.span(node)), r.span(node))


def block_params(r: Reader, node: Node | None) -> tuple[tuple[Param, ...], tuple[Stmt, ...], list[str]]:
    """The parameters of a block, what takes patterns among them apart, and the names that it then knows."""
    params: list[Param] = []
    stmts: list[Stmt] = []
    names: list[str] = []
    for kid in parts(node) if node is not None else ():
        span = r.span(kid)
        own = kid.child_by_field_name("name")
        if kid.type == "destructured_parameter":
            argument = f"argument{len(params) + 1}"
            inner = [r.text(part).lstrip("*") for part in parts(kid)]
            params.append(Param(argument, span))
            stmts.append(
                Assign((Seq(tuple(Name(name, span, "local") for name in inner), span),), Name(argument, span), span)
            )
            names += inner
            continue
        name = r.text(own) if own is not None else r.text(kid).lstrip("*&:")
        default = kid.child_by_field_name("value")
        aliases = (BLOCK,) if kid.type == "block_parameter" else ()
        rest = "rest" if kid.type == "splat_parameter" else ""
        params.append(Param(name, span, r.value(default) if default is not None else None, rest, aliases=aliases))  # type: ignore[arg-type]
        names.append(name)
    return tuple(params), tuple(stmts), names


# --- calls ------------------------------------------------------------------------------------------------------------


def call(r: Reader, node: Node) -> Expression:
    """`f(x)`, `a.b`, `a&.b(x) { … }`, `A.new(x)`; loops, tests and what leaves are lowered to what they are."""
    stmts = special(r, node)
    if stmts is not None:
        return Block(left(stmts), r.span(node))
    receiver, method = node.child_by_field_name("receiver"), node.child_by_field_name("method")
    listed, block = node.child_by_field_name("arguments"), node.child_by_field_name("block")
    span = r.span(node)
    if method is None:  # `f.(x)`
        return (
            Call(r.value(receiver), arguments(r, listed), span) if receiver is not None else r.unknown(node.type, node)
        )
    name = r.text(method)
    if method.type == "super":
        return parent_method(r, node, arguments(r, listed))
    if receiver is None:
        return _bare_call(r, node, name)
    if name == "class" and not arguments(r, listed):
        return Member(r.value(receiver), Text(name, r.span(method), "bare"), span)
    on = r.value(receiver)
    args = arguments(r, listed)
    lambda_ = block_of(r, block) if block is not None else None
    known_form = (
        METHODS[name](on, tuple(arg.value for arg in args if arg.name is None), lambda_, span)
        if name in METHODS
        else None
    )
    if known_form is not None:
        return known_form
    args += (Arg(lambda_, lambda_.span, BLOCK),) if lambda_ is not None else ()
    if name == "new" and receiver.type in ("constant", "scope_resolution"):
        return _procedure(on, args) or Call(on, args, span, "new")
    callee = Member(on, Text(name, r.span(method), "bare"), span)
    if not args and listed is None and not name.endswith(("?", "!")):
        return callee
    return Call(callee, args, span)


def _procedure(on: Expression, args: tuple[Arg, ...]) -> Expression | None:
    """`Proc.new { … }`"""
    return args[0].value if isinstance(on, Name) and on.id == "Proc" and len(args) == 1 else None


def _bare_call(r: Reader, node: Node, name: str) -> Expression:
    """A call without an object: of a function, or of a method of the object around."""
    span = r.span(node)
    block = node.child_by_field_name("block")
    args = arguments(r, node.child_by_field_name("arguments"))
    if block is not None:
        closure = block_of(r, block)
        if name in ("lambda", "proc") and not args:
            return closure
        args += (Arg(closure, closure.span, BLOCK),)
    if name in ("format", "sprintf") and args:
        text = formatted(args[0].value, tuple(arg.value for arg in args[1:]), span)
        if text is not None:
            return text
    if name == "new" and owner(r):
        return Call(Member(Name("this", span), Text(name, span, "bare"), span), args, span)
    return Call(Name(name, r.span(node.child_by_field_name("method") or node)), args, span)


def parent_method(r: Reader, node: Node, args: tuple[Arg, ...] | None) -> Expression:
    """`super`, `super(x)`: the method of this name of the class's parent; alone it hands on what it was given."""
    method, span = scopes(r).method, r.span(node)
    if args is None:
        args = tuple(Arg(Name(name, span), span) for name in method.params)
    return Call(Member(Name("super", span), Text(method.name or "__init__", span, "bare"), span), args, span)


def yielded(r: Reader, node: Node) -> Expression:
    """`yield x`: runs the block that the method was given."""
    method = scopes(r).method
    method.yields = True
    return Call(Name(method.block, r.span(node)), arguments(r, child(node, "argument_list")), r.span(node))


def element(r: Reader, node: Node) -> Expression:
    """`a['b']`, `a[:b]`, `a[0]`; a part of a text or list is of the same kind."""
    base = node.child_by_field_name("object")
    keys = [kid for kid in parts(node) if kid != base]
    if base is None:
        return r.unknown(node.type, node, *keys)
    on = r.value(base)
    if len(keys) != 1 or keys[0].type == "range":
        return on
    value = r.value(keys[0])
    if isinstance(value, Text) and value.kind == "bare":
        value = Text(value.value, value.span)
    return Member(on, value, r.span(node))


# --- calls that are statements ----------------------------------------------------------------------------------------


def special(r: Reader, node: Node) -> tuple[Stmt, ...] | None:
    """A call that is a loop, leaves, or raises; None if it is none of them."""
    receiver, method = node.child_by_field_name("receiver"), node.child_by_field_name("method")
    if method is None:
        return None
    name, span = r.text(method), r.span(node)
    listed, block = node.child_by_field_name("arguments"), node.child_by_field_name("block")
    if receiver is None:
        if name in ("raise", "fail"):
            return (raised(r, listed, span),)
        if name in _ENDS:
            args = arguments(r, listed)
            return (Jump("exit", span, args[0].value if args else None),)
        if name == "loop" and block is not None:
            return (Loop("while", _loop_body(r, block), span, test=curly_braces.constant("True", span)),)
        return None
    if block is None or block.type not in BLOCKS or name not in (*_EACH, *_COUNTED):
        return None
    if name in _COUNTED:
        args = (Arg(r.value(receiver), r.span(receiver)), *arguments(r, listed))
        source: Expression = Call(Name("range", r.span(method)), args, r.span(method))
    else:
        source = r.value(receiver)
    return tuple(_loop(r, name, block, source, arguments(r, listed), span))


def _loop(r: Reader, name: str, block: Node, source: Expression, args: tuple[Arg, ...], span: Span) -> Iterator[Stmt]:
    params, unpacked, names = block_params(r, block.child_by_field_name("parameters"))
    targets: list[Expression] = [variable(r, param.name, param.span) for param in params]
    for extra in names:
        scopes(r).variables[-1].add(extra)
    if name == "each_with_object" and len(targets) > 1 and args:
        yield Assign((targets.pop(),), args[0].value, span)
    if name == "each_with_index" and len(targets) > 1:
        yield Assign((targets.pop(),), Unknown("key", (), span), span)
    target = targets[0] if len(targets) == 1 else Seq(tuple(targets), span) if targets else Name("_", span, "local")
    yield Loop("for", (*unpacked, *_loop_body(r, block)), span, target, source)


def _loop_body(r: Reader, block: Node) -> tuple[Stmt, ...]:
    body = block.child_by_field_name("body")
    with in_loop(r):
        return r.block([body]) if body is not None else ()


def raised(r: Reader, node: Node | None, span: Span) -> Raise:
    """`raise`, `raise X, 'why'`, `raise 'why'`, `raise error`"""
    args = arguments(r, node)
    if not args:
        return Raise(None, span)
    first = args[0].value
    if isinstance(first, (Text, Concatenation)):
        return Raise(Call(Name("RuntimeError", span), args, span, "new"), span)
    if isinstance(first, Name) and first.id.rpartition(".")[2][:1].isupper():
        return Raise(Call(first, args[1:], span, "new"), span)
    return Raise(first, span)
