"""Lowering of PowerShell's expressions: variables, strings, operators, members, mappings and lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

from pcmfa_lint.frontend import dotnet_collections
from pcmfa_lint.frontend.common_nodes import listed, parenthesized
from pcmfa_lint.frontend.curly_braces import constant
from pcmfa_lint.frontend.powershell.functions import script_block
from pcmfa_lint.frontend.powershell.strings import expandable, verbatim, verbatim_here
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, child, children, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    ExpressionStatement,
    MappingEntry,
    Member,
    Name,
    Seq,
    Stmt,
    Text,
)
from pcmfa_lint.ir.nodes import Mapping as MappingValue

_MEMBERS = re.compile(r"(?:\.[A-Za-z_]\w*){1,20}")
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_OWN_SCOPES = {"using", "local", "private", "variable"}  # these say nothing of where the name is to be found
_NUMBER = re.compile(r"[-+]?(?:0x[0-9a-f]+|\d*\.?\d+(?:e[-+]?\d+)?)[a-z]{0,3}$|[-+]?\d+\.$", re.I)
_COMPARES = {
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in", "notin": "not-in",
    "match": "match", "notmatch": "not-match", "like": "like", "notlike": "not-like", "is": "is", "isnot": "is-not",
    "contains": "contains", "notcontains": "not-contains",
}  # fmt: skip
_METHODS = {"join", "replace", "split"}


def variable(r: Reader, node: Node) -> Expression:
    """`$x`, `${x y}`, `$script:x`, `$env:X`, `@splat`; `$true` and its like are constants."""
    written, span = r.text(node), r.span(node)
    name = written[2:-1] if written.startswith("${") else written[1:]
    scope, colon, rest = name.partition(":")
    if colon and rest:
        if scope.lower() == "env":
            return Member(Name("env", span), Text(rest, span, "bare"), span)
        return Name(rest, span, "" if scope.lower() in _OWN_SCOPES else scope.lower())
    if name.lower() in _CONSTANTS:
        return constant(_CONSTANTS[name.lower()], span)
    return Name(name if name in ("?", "$", "^") else name.rstrip("?"), span)


def text_or_number(r: Reader, node: Node) -> Text:
    """An unquoted word or a number, as written."""
    written = r.text(node)
    return Text(written, r.span(node), "number" if _NUMBER.match(written) else "bare")


def joined(r: Reader, node: Node) -> Expression:
    """Parts without a space between them: `$x\\lib.ps1`, `a$b`; `"a".Length` and `$m.n` are members."""
    kids = parts(node)
    if len(kids) == 1:
        return r.value(kids[0])
    last = r.text(kids[-1])
    if len(kids) == 2 and re.fullmatch(r"(\.[A-Za-z_]\w*)+", last) and kids[0].type in ("variable", "string_literal"):
        return suffixed(r, r.value(kids[0]), kids[0], r.range(kids[-1])[1])
    return Concatenation(tuple(r.value(kid) for kid in kids), r.span(node))


def suffixed(r: Reader, value: Expression, node: Node, stop: int | None = None) -> Expression:
    """The value with the members that are written right behind its node, up to `stop`."""
    start, end = r.range(node)
    match = _MEMBERS.match(r.source, end, len(r.source) if stop is None else stop)
    if match is None:
        return value
    at = end
    for name in match[0][1:].split("."):
        key = Text(name, r.place(at + 1, at + 1 + len(name)), "bare")
        at += 1 + len(name)
        value = Member(value, key, r.place(start, at))
    return value


def _inner(r: Reader, node: Node) -> tuple[Stmt, ...]:
    return r.block(parts(node))


def subexpression(r: Reader, node: Node) -> Expression:
    """`$( … )`: the value itself if it is one, else a Block."""
    body = _inner(r, node)
    if len(body) == 1 and isinstance(body[0], ExpressionStatement):
        return body[0].value
    return Block(body, r.span(node))


def array(r: Reader, node: Node) -> Expression:
    """`@( … )`: each statement's value is an item; a comma list on its own is the array."""
    body = _inner(r, node)
    if not all(isinstance(stmt, ExpressionStatement) for stmt in body):
        return Seq((Block(body, r.span(node)),), r.span(node))
    items: list[Expression] = []
    for stmt in body:
        assert isinstance(stmt, ExpressionStatement)
        comma = isinstance(stmt.value, Seq) and r.source[r.offset(stmt.value.span)] != "@"
        items += stmt.value.items if comma and isinstance(stmt.value, Seq) else [stmt.value]
    return Seq(tuple(items), r.span(node))


def hashtable(r: Reader, node: Node) -> MappingValue:
    """`@{ … }`"""
    body = child(node, "hash_literal_body")
    entries = []
    for item in children(body, "hash_entry") if body else ():
        key, *value = parts(item)
        entries.append(MappingEntry(_key(r, key), r.value(value[0]), r.span(item)) if value else None)
    return MappingValue(tuple(entry for entry in entries if entry), (), r.span(node))


def _key(r: Reader, node: Node) -> Expression:
    kids = parts(node)
    return r.value(kids[0]) if len(kids) == 1 else Text(r.text(node), r.span(node), "bare")


def type_name(r: Reader, node: Node) -> Name:
    """`[Foo.Bar]` as the name it holds, without what it is generic over."""
    return Name(re.sub(r"\s+|\[(?!\]).*", "", r.text(node)[1:-1], flags=re.DOTALL), r.span(node))


def cast(r: Reader, node: Node) -> Call:
    """`[X]value`"""
    type_, *value = parts(node)
    args = tuple(Arg(r.value(kid), r.span(kid)) for kid in value)
    return Call(type_name(r, type_), args, r.span(node), "cast")


def member(r: Reader, node: Node) -> Member:
    """`a.b`, `a::b`, `a."b c"`, `a.$b`"""
    base, key = parts(node)[0], parts(node)[-1]
    return Member(r.value(base), r.value(key), r.span(node))


def member_name(r: Reader, node: Node) -> Expression:
    """The name behind the dot."""
    kids = parts(node)
    if not kids or kids[0].type == "simple_name":
        return Text(r.text(node).strip("?."), r.span(node), "bare")
    return r.value(kids[0])


def element(r: Reader, node: Node) -> Member:
    """`a[b]`"""
    base, *index = parts(node)
    key = r.value(index[0]) if len(index) == 1 else r.unknown("index", node, *index)
    return Member(r.value(base), key, r.span(node))


def arguments(r: Reader, node: Node | None) -> tuple[Arg, ...]:
    """`(a, b)` behind a method's name."""
    if node is None:
        return ()
    items = [kid for listed in parts(node) for kid in (parts(listed) if "list" in listed.type else [listed])]
    return tuple(Arg(r.value(kid), r.span(kid)) for kid in items)


def invocation(r: Reader, node: Node) -> Expression:
    """`a.b(c)`, `[T]::new(c)`, `a.foreach{ … }`"""
    base, *rest = parts(node)
    if base.type in ("invocation_foreach_expression", "invocation_where_expression"):
        name = "foreach" if "foreach" in base.type else "where"
        on, *args = parts(base)
        callee = Member(r.value(on), Text(name, r.span(base), "bare"), r.span(base))
        call_args = [
            arg for kid in args for arg in (arguments(r, kid) if kid.type == "argument_list" else [_arg(r, kid)])
        ]
        return Call(callee, tuple(call_args), r.span(node))
    args_node = child(node, "argument_list")
    span = r.span(node)
    if base.type == "type_literal" and rest and r.text(rest[0]).lower() == "new":
        given = arguments(r, args_node)
        new = dotnet_collections.made(r.text(base)[1:-1], given, span) or Call(type_name(r, base), given, span, "new")
        return new if _goes_on(node) else suffixed(r, new, node)
    key = r.value(rest[0]) if rest else Text("", span, "bare")
    place = r.place(r.range(base)[0], r.range(rest[0])[1]) if rest else span
    call = Call(Member(r.value(base), key, place), arguments(r, args_node), span)
    return call if _goes_on(node) else suffixed(r, call, node)


def _goes_on(node: Node) -> bool:
    """Whether the tree itself has what stands behind a call."""
    after = node.next_sibling
    return after is not None and after.type == "."


def _arg(r: Reader, node: Node) -> Arg:
    return Arg(r.value(node), r.span(node))


def _chain(node: Node, operator: str) -> list[Node]:
    """The operands of a left-nested chain of one operator, in order; never the node itself."""
    operands = parts(node)
    while (
        len(first := parts(operands[0])) == 2 and operands[0].type == node.type and _operator(operands[0]) == operator
    ):
        operands[:1] = first
    return operands


def _operator(node: Node) -> str:
    return next((kid.type.lower() for kid in node.children if not kid.is_named), "")


def additive(r: Reader, node: Node) -> Expression:
    """`a + b + c` is one Template; `a - b` is not followed."""
    operator = _operator(node)
    operands = _chain(node, operator)
    if operator == "+":
        return Concatenation(tuple(r.value(kid) for kid in operands), r.span(node))
    return r.unknown(operator, node, *operands)


def arithmetic(r: Reader, node: Node) -> Expression:
    """`*`, `/`, `..`, `-band` …: not followed."""
    operator = _operator(node)
    return r.unknown(operator, node, *_chain(node, operator))


def logical(r: Reader, node: Node) -> Expression:
    """`-and`, `-or`"""
    operator = _operator(node)
    items = _chain(node, operator)
    if operator == "-and":
        return BooleanOperation("and", tuple(r.value(kid) for kid in items), r.span(node))
    if operator == "-or":
        return BooleanOperation("or", tuple(r.value(kid) for kid in items), r.span(node))
    return r.unknown(operator, node, *items)


def comparison(r: Reader, node: Node) -> Expression:
    """`-eq` and its like, also in the forms `-ceq`, `-ieq`; `-replace`, `-split` are methods, `-as` a cast."""
    kids = parts(node)
    operator_node = child(node, "comparison_operator")
    if len(kids) != 3 or operator_node is None:
        return r.unknown(node.type, node, *kids)
    left, right = kids[0], kids[2]
    written = re.sub(r"\W", "", r.text(operator_node)).lower()
    operator = written if written in _COMPARES or written in _METHODS or written == "as" else written[1:]
    if operator in _COMPARES:
        return Compare(_COMPARES[operator], r.value(left), r.value(right), r.span(node))
    if operator == "join":
        return _joined(r, node, left, right)
    if operator in _METHODS:
        return _method(r, node, left, operator, right)
    target = r.value(right)
    if operator == "as" and isinstance(target, Name):
        return Call(target, (_arg(r, left),), r.span(node), "cast")
    return r.unknown("-" + written, node, left, right)


def _joined(r: Reader, node: Node, items: Node, between: Node | None) -> Call:
    """A text between the items of a list."""
    span = r.span(node)
    separator = r.value(between) if between is not None else Text("", span)
    return Call(Member(separator, Text("join", span, "bare"), span), (_arg(r, items),), span)


def _method(r: Reader, node: Node, on: Node, name: str, argument: Node | None) -> Call:
    callee = Member(r.value(on), Text(name, r.span(on), "bare"), r.span(on))
    if argument is None:
        return Call(callee, (), r.span(node))
    value = r.value(argument)
    items = value.items if isinstance(value, Seq) else (value,)
    return Call(callee, tuple(Arg(item, item.span) for item in items), r.span(node))


def format_(r: Reader, node: Node) -> Expression:
    """`'{0}' -f a, b`"""
    kids = [kid for kid in parts(node) if kid.type != "format_operator"]
    if len(kids) != 2:
        return r.unknown("-f", node, *kids)
    return _method(r, node, kids[0], "format", kids[1])


def unary(r: Reader, node: Node) -> Expression:
    """`-not`, `!`, a sign, `,x`, unary `-join` and `-split`."""
    kids, operator = parts(node), _operator(node)
    if len(kids) != 1:
        return r.unknown(node.type, node, *kids)
    operand = kids[0]
    if operator in ("-not", "!"):
        return BooleanOperation("not", (r.value(operand),), r.span(node))
    if operator == ",":
        return Seq((r.value(operand),), r.span(node))
    if operator.lstrip("-ci") in ("join", "split", "oin", "plit"):
        return _joined(r, node, operand, None) if "oin" in operator else _method(r, node, operand, "split", None)
    if operator in ("-", "+") and _NUMBER.match(r.text(operand)):
        return Text(r.text(node), r.span(node), "number")
    return r.unknown(operator, node, operand) if operator else r.value(operand)


def ternary(r: Reader, node: Node) -> Expression:
    """`a ? b : c`"""
    kids = parts(node)
    if len(kids) != 3:
        return r.unknown("?", node, *kids)
    return Conditional((r.value(kids[1]), r.value(kids[2])), r.span(node), r.value(kids[0]))


def coalesce(r: Reader, node: Node) -> Expression:
    """`a ?? b`"""
    return Conditional(tuple(r.value(kid) for kid in _chain(node, "??")), r.span(node))


_BUILDERS: dict[str, ValueBuilder] = {
    "variable": variable,
    "braced_variable": variable,
    "generic_token": text_or_number,
    "path_command_name_token": text_or_number,
    "simple_name": text_or_number,
    "command_name": text_or_number,
    "switch_clause_condition": lambda r, node: r.value(parts(node)[0]) if parts(node) else text_or_number(r, node),
    "integer_literal": text_or_number,
    "decimal_integer_literal": text_or_number,
    "hexadecimal_integer_literal": text_or_number,
    "real_literal": text_or_number,
    "stop_parsing": text_or_number,
    "verbatim_command_argument": text_or_number,
    "verbatim_string_characters": verbatim,
    "verbatim_here_string_characters": verbatim_here,
    "expandable_string_literal": expandable,
    "expandable_here_string_literal": expandable,
    "concatenated_command_argument": joined,
    "expandable_bareword": joined,
    "path_command_name": joined,
    "parenthesized_expression": parenthesized,
    "sub_expression": subexpression,
    "array_expression": array,
    "array_literal_expression": listed,
    "bareword_argument_list": listed,
    "hash_literal_expression": hashtable,
    "type_literal": type_name,
    "cast_expression": cast,
    "member_access": member,
    "member_name": member_name,
    "element_access": element,
    "invocation_expression": invocation,
    "additive_expression": additive,
    "multiplicative_expression": arithmetic,
    "bitwise_expression": arithmetic,
    "range_expression": arithmetic,
    "logical_expression": logical,
    "comparison_expression": comparison,
    "format_expression": format_,
    "expression_with_unary_operator": unary,
    "ternary_expression": ternary,
    "null_coalesce_expression": coalesce,
    "script_block_expression": script_block,
}  # fmt: skip
# inside a method's parentheses the same expressions have names of their own
VALUES: Mapping[str, ValueBuilder] = _BUILDERS | {
    kind.replace("_expression", "_argument_expression"): build
    for kind, build in _BUILDERS.items()
    if kind.endswith("_expression")
}
