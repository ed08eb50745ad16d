"""Lowering of Ruby's expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.ruby.builtins import formatted, none
from pcmfa_lint.frontend.ruby.calls import block_of, block_params, call, element, mapping_of, parent_method, yielded
from pcmfa_lint.frontend.ruby.scopes import constant_of, in_block, member_key, owner, scopes, variable
from pcmfa_lint.frontend.ruby.strings import chained, here_document, regex, string, symbol, words
from pcmfa_lint.frontend.ruby.tails import left, returned
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, parts
from pcmfa_lint.ir.nodes import (
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    ExpressionStatement,
    Func,
    Lambda,
    Member,
    Name,
    Seq,
    Stmt,
    Text,
    Unknown,
)

_CONSTANTS = {"true": "True", "false": "False"}
_ALL_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]+")
_LOGIC = {"&&": "and", "and": "and", "||": "or", "or": "or"}
_COMPARES = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "=~": "match", "!~": "not-match"}
ASSIGNMENTS = ("assignment", "operator_assignment")


# --- names ------------------------------------------------------------------------------------------------------------


def _identifier(r: Reader, node: Node) -> Expression:
    """A variable, or a method of the object around without arguments."""
    name, span = r.text(node), r.span(node)
    if name == "block_given?":
        return Compare("is-not", Name(scopes(r).method.block, span), none(span), span)
    if name.endswith(("?", "!")):
        return Call(Name(name, span), (), span)
    return Name(name, span)


def _constant(r: Reader, node: Node) -> Expression:
    """A class, or a constant of one of the classes around."""
    name, span = r.text(node), r.span(node)
    holder = constant_of(r, name)
    return Member(Name(holder, span), Text(name, span, "bare"), span) if holder else Name(name, span)


def _scope(r: Reader, node: Node) -> Expression:
    """`A::B` is one dotted name; `A::URL` the member of a class."""
    scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
    span = r.span(node)
    if name is None:
        return r.unknown(node.type, node, *parts(node))
    if scope is None:
        return Name(r.text(name), span)
    on = r.value(scope)
    if isinstance(on, Name) and on.id[:1].isupper() and not _ALL_CAPITALS.fullmatch(r.text(name)):
        return Name(f"{on.id}.{r.text(name)}", span)
    if isinstance(on, Member) and isinstance(on.base, Name) and isinstance(on.key, Text) and on.base.id[:1].isupper():
        return Name(f"{on.base.id}.{on.key.value}.{r.text(name)}", span)
    return Member(on, Text(r.text(name), r.span(name), "bare"), span)


def _member(r: Reader, node: Node) -> Expression:
    """`@name`, `@@name`; outside of a class it is a variable of the file."""
    name, span = r.text(node).lstrip("@"), r.span(node)
    if not owner(r):
        return Name(f"@{name}", span, "global")
    if node.type == "class_variable":
        return Member(Name(owner(r), span), Text(name, span, "plain"), span)
    return Member(Name("this", span), Text(member_key(r, name), span, "plain"), span)


def _global(r: Reader, node: Node) -> Name:
    return Name(r.text(node).lstrip("$"), r.span(node), "global")


def _self(r: Reader, node: Node) -> Name:
    return Name("this", r.span(node))


def _literal(r: Reader, node: Node) -> Text:
    return curly_braces.constant(_CONSTANTS.get(r.text(node), "None"), r.span(node))


# --- collections ------------------------------------------------------------------------------------------------------


def _hash(r: Reader, node: Node) -> Expression:
    return mapping_of(r, parts(node), r.span(node))


def _array(r: Reader, node: Node) -> Expression:
    """`[1, *a]`, and what is assigned or given back as a list without brackets."""
    plain = [kid for kid in parts(node) if kid.type not in ("pair", "hash_splat_argument")]
    named = [kid for kid in parts(node) if kid.type in ("pair", "hash_splat_argument")]
    items = [_item(r, kid) for kid in plain]
    if named:
        items.append(mapping_of(r, named, r.span(node)))
    return Seq(tuple(items), r.span(node))


def _item(r: Reader, node: Node) -> Expression:
    return r.unknown("spread", node, *parts(node)) if node.type == "splat_argument" else r.value(node)


def listed(r: Reader, node: Node) -> Expression:
    """The value of an argument list: of one item itself, of several a list."""
    kids = parts(node)
    return _item(r, kids[0]) if len(kids) == 1 and kids[0].type != "pair" else _array(r, node)


def _range(r: Reader, node: Node) -> Expression:
    return r.unknown("range", node, *parts(node))


def _lambda(r: Reader, node: Node) -> Expression:
    """`->(x) { … }`"""
    params, unpacked, names = block_params(r, node.child_by_field_name("parameters"))
    body = node.child_by_field_name("body")
    if body is None:
        return r.unknown(node.type, node)
    if not params:
        return block_of(r, body)
    inner = body.child_by_field_name("body")
    with in_block(r, names):
        stmts = returned(r.block([inner])) if inner is not None else ()
    return Lambda(Func("", params, (*unpacked, *stmts), r.span(node)), r.span(node))


# --- assignments ------------------------------------------------------------------------------------------------------


def target(r: Reader, node: Node) -> Expression:
    """The target of an assignment."""
    if node.type == "identifier":
        return variable(r, r.text(node), r.span(node))
    if node.type == "constant":
        return Name(r.text(node), r.span(node))
    if node.type in ("left_assignment_list", "destructured_left_assignment"):
        return Seq(tuple(target(r, kid) for kid in parts(node)), r.span(node))
    if node.type in ("rest_assignment", "splat_argument"):
        kids = parts(node)
        return target(r, kids[0]) if kids else Name("_", r.span(node), "local")
    return r.value(node)


def assigned(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`a = b`, `a, b = c`, `a ||= b`, `a += b`"""
    to, assigned_node = node.child_by_field_name("left"), node.child_by_field_name("right")
    span = r.span(node)
    if to is None or assigned_node is None:
        return (ExpressionStatement(r.unknown(node.type, node, *parts(node)), span),)
    value = _array(r, assigned_node) if assigned_node.type == "right_assignment_list" else r.value(assigned_node)
    sign = node.child_by_field_name("operator")
    operator = r.text(sign) if sign is not None and node.type == "operator_assignment" else "="
    targets = [target(r, to)]
    while operator == "=" and isinstance(value, Block) and len(value.body) == 2 and isinstance(value.body[0], Assign):
        targets += value.body[0].targets  # a = b = c
        value = value.body[0].value
    if operator in ("||=", "&&="):
        operator = "??=" if operator == "||=" else "="
    elif operator not in ("=", "+="):
        value, operator = Unknown(operator, (targets[0], value), span), "="
    return (Assign(tuple(targets), value, span, operator),)


def _assignment(r: Reader, node: Node) -> Expression:
    """An assignment as a value."""
    stmts = assigned(r, node)
    last = stmts[-1]
    if not isinstance(last, Assign):
        return Block(stmts, r.span(node))
    to = last.targets[0]
    read = Name(to.id, to.span) if isinstance(to, Name) and to.scope in ("local", "outer") else to
    return Block((*stmts, ExpressionStatement(read, to.span)), r.span(node))


# --- operators --------------------------------------------------------------------------------------------------------


def test(r: Reader, node: Node) -> Expression:
    """A condition: of `and` and `or` only the truth counts."""
    while node.type == "parenthesized_statements" and len(parts(node)) == 1:
        node = parts(node)[0]
    if node.type == "binary" and curly_braces.operator_of(r, node) in _LOGIC:
        sign = curly_braces.operator_of(r, node)
        operands = r.limited(node, curly_braces.chain(r, node, sign))
        return BooleanOperation(_LOGIC[sign], tuple(test(r, kid) for kid in operands), r.span(node))  # type: ignore[arg-type]
    if node.type == "unary" and curly_braces.operator_of(r, node) in ("!", "not"):
        return BooleanOperation("not", tuple(test(r, kid) for kid in parts(node)[-1:]), r.span(node))
    if node.type == "regex":
        return r.unknown("regex", node)
    return r.value(node)


def _binary(r: Reader, node: Node) -> Expression:
    """Comparisons, text, and `a || b`, which is one of them."""
    operator, span = curly_braces.operator_of(r, node), r.span(node)
    operands = curly_braces.chain(r, node, operator)
    if not operands:
        return r.unknown(node.type, node, *parts(node))
    if operator in _LOGIC:
        return Conditional(tuple(r.value(kid) for kid in operands), span)
    if operator in ("+", "<<"):
        return Concatenation(tuple(r.value(kid) for kid in operands), span)
    one, other = node.child_by_field_name("left"), node.child_by_field_name("right")
    if one is None or other is None:
        return r.unknown(operator, node, *operands)
    if operator in _COMPARES:
        return Compare(_COMPARES[operator], r.value(one), r.value(other), span)
    if operator == "===":
        return case(r, r.value(other), one)
    if operator == "%" and one.type in ("string", "heredoc_beginning"):
        value = r.value(other)
        text = formatted(r.value(one), value.items if isinstance(value, Seq) else (value,), span)
        return text if text is not None else Unknown(operator, (value,), span)
    return r.unknown(operator, node, *operands)


def case(r: Reader, subject: Expression, pattern: Node) -> Expression:
    """The test that `pattern === subject` is: by class, pattern, range or value."""
    span = r.span(pattern)
    while pattern.type == "pattern" and len(parts(pattern)) == 1:
        pattern = parts(pattern)[0]
    value = r.value(pattern)
    if pattern.type == "splat_argument":
        return Compare("in", subject, r.value(parts(pattern)[0]), span)
    if pattern.type == "regex":
        return Compare("match", subject, value, span)
    if isinstance(value, Unknown) and value.reason == "range" and value.parts:
        first, last = value.parts[0], value.parts[-1]
        return BooleanOperation("and", (Compare(">=", subject, first, span), Compare("<=", subject, last, span)), span)
    if pattern.type in ("constant", "scope_resolution") and not isinstance(value, Member):
        kind = "is" if not _ALL_CAPITALS.fullmatch(r.text(pattern)) else "=="
        return Compare(kind, subject, value, span)
    return Compare("==", subject, value, span)


def _unary(r: Reader, node: Node) -> Expression:
    operator, kids = curly_braces.operator_of(r, node), parts(node)
    if operator in ("!", "not") and kids:
        return test(r, node)
    if operator == "defined?" and kids:
        return Compare("is-not", r.value(kids[0]), none(r.span(node)), r.span(node))
    return curly_braces.unary(r, node)


def _conditional(r: Reader, node: Node) -> Expression:
    """`a ? b : c`"""
    condition = node.child_by_field_name("condition")
    one, other = (curly_braces.field(r, node, name) for name in ("consequence", "alternative"))
    if condition is None or one is None or other is None:
        return r.unknown(node.type, node, *parts(node))
    return Conditional((one, other), r.span(node), test(r, condition))


def _parenthesized(r: Reader, node: Node) -> Expression:
    kids = parts(node)
    return r.value(kids[0]) if len(kids) == 1 else Block(left(r.block(kids)), r.span(node))


def _block(r: Reader, node: Node) -> Expression:
    """Statements that are used as a value."""
    return Block(left(r.block([node])), r.span(node))


_STATEMENTS = (
    *(
        "if",
        "unless",
        "if_modifier",
        "unless_modifier",
        "case",
        "case_match",
        "begin",
        "rescue_modifier",
        "while",
        "until",
    ),
    *("for", "then", "else", "body_statement", "block_body", "while_modifier", "until_modifier"),
)
VALUES: Mapping[str, ValueBuilder] = {
    **dict.fromkeys(_STATEMENTS, _block),
    **dict.fromkeys(ASSIGNMENTS, _assignment),
    **dict.fromkeys(("string", "character", "bare_string", "bare_symbol"), string),
    **dict.fromkeys(("simple_symbol", "delimited_symbol"), symbol),
    **dict.fromkeys(("string_array", "symbol_array"), words),
    **dict.fromkeys(("true", "false", "nil"), _literal),
    **dict.fromkeys(("integer", "float", "rational", "complex"), curly_braces.number),
    **dict.fromkeys(("instance_variable", "class_variable"), _member),
    **dict.fromkeys(("array", "right_assignment_list"), _array),
    "identifier": _identifier,
    "constant": _constant,
    "scope_resolution": _scope,
    "global_variable": _global,
    "self": _self,
    "chained_string": chained,
    "heredoc_beginning": here_document,
    "regex": regex,
    "hash": _hash,
    "range": _range,
    "argument_list": listed,
    "lambda": _lambda,
    "call": call,
    "super": lambda r, node: parent_method(r, node, None),
    "yield": yielded,
    "element_reference": element,
    "binary": _binary,
    "unary": _unary,
    "conditional": _conditional,
    "parenthesized_statements": _parenthesized,
}
