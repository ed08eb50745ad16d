"""Lowering of JavaScript's expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from pcmfa_lint.frontend import common_nodes, curly_braces
from pcmfa_lint.frontend.javascript.functions import class_value, declared_as, function_value, method, named
from pcmfa_lint.frontend.javascript.modules import exported, required
from pcmfa_lint.frontend.javascript.patterns import HELD, bind
from pcmfa_lint.frontend.javascript.strings import cooked, unquoted
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, child, parts
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    ExpressionStatement,
    Lambda,
    MappingEntry,
    Member,
    Name,
    Seq,
    Stmt,
    Text,
    Unknown,
)
from pcmfa_lint.ir.nodes import Mapping as MappingValue

_CONSTANTS = {"true": "True", "false": "False", "null": "None", "undefined": "None"}
_AWAITS = re.compile(r"await\s*\(")
_LOGICAL = ("&&", "||")
_TRUTHS = ("==", "===", "!=", "!==", "<", "<=", ">", ">=", "instanceof", "in")


# --- names, texts -----------------------------------------------------------------------------------------------------


def _name(r: Reader, node: Node) -> Name:
    return Name(r.text(node), r.span(node))


def _constant(r: Reader, node: Node) -> Text:
    return curly_braces.constant(_CONSTANTS[node.type], r.span(node))


def _string(r: Reader, node: Node) -> Text:
    return Text(unquoted(r.text(node)), r.span(node))


def _template(r: Reader, node: Node) -> Expression:
    """`` `a${b}c` ``"""
    start, end = r.range(node)
    values: list[Expression] = []
    at = start + 1
    for kid in node.children:
        if kid.type == "template_substitution":
            first, last = r.range(kid)
            values += _piece(r, at, first)
            values += [r.value(inner) for inner in parts(kid)]
            at = last
    values += _piece(r, at, end - 1)
    if not values:
        return Text("", r.span(node))
    if len(values) == 1 and isinstance(values[0], Text):
        return Text(values[0].value, r.span(node), values[0].kind)
    return Concatenation(tuple(values), r.span(node))


def _piece(r: Reader, start: int, end: int) -> list[Expression]:
    return [Text(cooked(r.source[start:end]), r.place(start, end))] if start < end else []


def _regex(r: Reader, node: Node) -> Text:
    pattern = node.child_by_field_name("pattern")
    return Text(r.text(pattern) if pattern is not None else r.text(node), r.span(node))


# --- members and calls ------------------------------------------------------------------------------------------------


def _member(r: Reader, node: Node) -> Expression:
    """`a.b`, `a?.b`; `module.exports` is a variable."""
    base, key = node.child_by_field_name("object"), node.child_by_field_name("property")
    if base is None or key is None:
        return r.unknown(node.type, node, *parts(node))
    if r.text(key) == "exports" and r.text(base) == "module":
        return Name("exports", r.span(node))
    return Member(r.value(base), curly_braces.word(r, key), r.span(node))


def _element(r: Reader, node: Node) -> Expression:
    """`a[b]`"""
    base, key = curly_braces.field(r, node, "object"), curly_braces.field(r, node, "index")
    if base is None or key is None:
        return r.unknown(node.type, node, *parts(node))
    return Member(base, key, r.span(node))


def _parent(r: Reader, node: Node) -> Call:
    """`super`, as the call that Python has for it."""
    return Call(_name(r, node), (), r.span(node))


def arguments(r: Reader, nodes: list[Node]) -> tuple[Arg, ...]:
    """Arguments by position; `...list` is a spread."""
    args: list[Arg] = []
    for node in nodes:
        spread = node.type == "spread_element"
        inner = parts(node)[0] if spread and parts(node) else node
        args.append(Arg(r.value(inner), r.span(node), spread=spread))
    return tuple(args)


def _argument_nodes(node: Node) -> list[Node]:
    listed = node.child_by_field_name("arguments")
    if listed is None:
        return []
    return [listed] if listed.type == "template_string" else parts(listed)


def _call(r: Reader, node: Node) -> Expression:
    """`f(x)`, `a.b(x)`; `require('x')` and tests written as calls are lowered to what they are."""
    callee = node.child_by_field_name("function")
    if callee is None:
        return r.unknown(node.type, node, *parts(node))
    nodes = _argument_nodes(node)
    if _AWAITS.match(r.source, r.range(node)[0]):  # the grammar takes `await (a).b()` for a call of `await`
        is_value = callee.type == "identifier" and len(nodes) == 1
        return curly_braces.awaited(r.value(nodes[0]) if is_value else _called(r, node, callee, nodes))
    return _called(r, node, callee, nodes)


def _called(r: Reader, node: Node, callee: Node, nodes: list[Node]) -> Expression:
    if r.text(callee) in ("require", "import") and len(nodes) == 1 and nodes[0].type == "string":
        return required(r, node, nodes[0])
    if callee.type == "super":
        method_ = Member(_parent(r, callee), Text("__init__", r.span(callee), "bare"), r.span(callee))
        return Call(method_, arguments(r, nodes), r.span(node))
    if callee.type == "member_expression":
        special = _special(r, node, callee, nodes)
        if special is not None:
            return special
    return Call(r.value(callee), arguments(r, nodes), r.span(node))


def _special(r: Reader, node: Node, callee: Node, nodes: list[Node]) -> Expression | None:
    """Methods that are something else: `/a/.test(b)`, `[a, b].includes(c)`."""
    on, key = callee.child_by_field_name("object"), callee.child_by_field_name("property")
    if on is None or key is None:
        return None
    name = r.text(key)
    if name == "test" and on.type == "regex" and len(nodes) == 1:
        return Compare("match", r.value(nodes[0]), r.value(on), r.span(node))
    if name == "includes" and on.type == "array" and len(nodes) == 1:
        return Compare("in", r.value(nodes[0]), r.value(on), r.span(node))
    return None


def _new(r: Reader, node: Node) -> Expression:
    """`new X(y)`"""
    type_ = curly_braces.field(r, node, "constructor")
    if type_ is None:
        return r.unknown(node.type, node, *parts(node))
    return Call(type_, arguments(r, _argument_nodes(node)), r.span(node), "new")


# --- objects and lists ------------------------------------------------------------------------------------------------


def _object(r: Reader, node: Node) -> MappingValue:
    """`{ a: 1, b, [c]: 2, d() { … }, ...e }`"""
    entries: list[MappingEntry] = []
    spreads: list[Expression] = []
    for kid in parts(node):
        span = r.span(kid)
        if kid.type == "spread_element":
            spreads += [r.value(inner) for inner in parts(kid)[:1]]
        elif kid.type == "pair":
            key, value = kid.child_by_field_name("key"), kid.child_by_field_name("value")
            if key is not None and value is not None:
                written = r.value(key)
                name = written.value if isinstance(written, Text) else ""
                entries.append(MappingEntry(written, named(r, value, name), span))
        elif kid.type == "shorthand_property_identifier":
            entries.append(MappingEntry(curly_braces.word(r, kid), _name(r, kid), span))
        elif kid.type == "method_definition":
            func = method(r, kid)
            entries.append(MappingEntry(Text(func.name, span, "bare"), Lambda(func, span), span))
    return MappingValue(tuple(entries), tuple(spreads), r.span(node))


def _array(r: Reader, node: Node) -> Expression:
    """`[a, ...b]`"""
    items = tuple(
        r.unknown("spread", kid, *parts(kid)) if kid.type == "spread_element" else r.value(kid) for kid in parts(node)
    )
    return Seq(items, r.span(node))


# --- operators --------------------------------------------------------------------------------------------------------


def _binary(r: Reader, node: Node) -> Expression:
    """As in any such language; but outside a test `a || b` is one of both, and `a && b` is `b` if `a`."""
    operator = curly_braces.operator_of(r, node)
    if operator not in _LOGICAL or node.id in r.tests:
        return curly_braces.binary(r, node)
    kids = curly_braces.chain(r, node, operator)
    if any(_truth(r, kid) for kid in kids):
        return curly_braces.binary(r, node)
    if operator == "||":
        return Conditional(tuple(r.value(kid) for kid in kids), r.span(node))
    tests = tuple(r.value(kid) for kid in kids[:-1])
    test = tests[0] if len(tests) == 1 else BooleanOperation("and", tests, r.span(node))
    return Conditional((r.value(kids[-1]),), r.span(node), test)


def _truth(r: Reader, node: Node) -> bool:
    """Whether an operand can only be true or false."""
    while node.type == "parenthesized_expression" and parts(node):
        node = parts(node)[0]
    operator = curly_braces.operator_of(r, node)
    if node.type == "binary_expression":
        return operator in _TRUTHS
    return node.type == "unary_expression" and operator == "!"


def tested(r: Reader, node: Node | None) -> None:
    """Notes that only the truth of a node counts: it is a condition."""
    if node is None:
        return
    if node.type == "parenthesized_expression" or (node.type == "unary_expression" and child(node, "!")):
        for kid in parts(node):
            tested(r, kid)
    elif node.type == "binary_expression" and curly_braces.operator_of(r, node) in _LOGICAL:
        r.tests.add(node.id)
        for kid in curly_braces.chain(r, node, curly_braces.operator_of(r, node)):
            tested(r, kid)


def _conditional(r: Reader, node: Node) -> Expression:
    tested(r, node.child_by_field_name("condition"))
    return curly_braces.conditional(r, node)


def _outer(target: Expression) -> Expression:
    """A variable that is assigned, but not declared here."""
    own = isinstance(target, Name) and (target.id == "exports" or target.id.startswith(HELD))
    return replace(target, scope="outer") if isinstance(target, Name) and not own else target


def assigned(r: Reader, node: Node) -> Iterator[Stmt]:
    """`a = b`, `{ a } = b`, `a += b`, `exports.a = b`"""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        yield ExpressionStatement(r.unknown(node.type, node, *parts(node)), r.span(node))
        return
    span = r.span(node)
    sign = node.child_by_field_name("operator")
    operator = r.text(sign) if sign is not None else "="
    if left.type in ("object_pattern", "array_pattern"):
        for stmt in bind(r, left, r.value(right), span):
            yield replace(stmt, targets=tuple(map(_outer, stmt.targets))) if isinstance(stmt, Assign) else stmt
        return
    target = r.value(left)
    target = _outer(target)
    name = exported(target) if isinstance(target, Member) else ""
    if isinstance(target, Name) and target.id == "exports":
        name = "exports"
    if name and operator == "=":
        if not (right.type == "identifier" and r.text(right) == name):
            yield from declared_as(r, name, right, span)
        return
    last = target.key.value if isinstance(target, Member) and isinstance(target.key, Text) else ""
    value = named(r, right, target.id if isinstance(target, Name) else last)
    targets = [target]
    while operator == "=" and isinstance(value, Block) and len(value.body) == 2 and isinstance(value.body[0], Assign):
        targets += value.body[0].targets  # a = b = c
        value = value.body[0].value
    yield Assign(tuple(targets), value, span, {"||=": "??=", "&&=": "="}.get(operator, operator))


def _assignment(r: Reader, node: Node) -> Expression:
    """An assignment as a value."""
    stmts = tuple(assigned(r, node))
    last = stmts[-1] if stmts else None
    if isinstance(last, Assign):
        return Block((*stmts, ExpressionStatement(last.targets[0], last.span)), r.span(node))
    return Block(stmts, r.span(node))


# --- the rest ---------------------------------------------------------------------------------------------------------


def _last(r: Reader, node: Node) -> Expression:
    kids = parts(node)
    return r.value(kids[-1]) if kids else r.unknown(node.type, node)


def _markup(r: Reader, node: Node) -> Expression:
    """JSX: the values in it; a function in an attribute has the attribute's name."""
    values: list[Expression] = []
    stack = list(reversed(parts(node)))
    while stack:
        kid = stack.pop()
        if kid.type == "jsx_attribute":
            key, *value = parts(kid)
            inner = [one for one in value for one in (parts(one) if one.type == "jsx_expression" else [one])]
            values += [named(r, one, r.text(key)) for one in inner]
        elif kid.type == "jsx_expression":
            values += [r.value(one) for one in parts(kid)]
        elif kid.type == "jsx_opening_element":
            stack += reversed(parts(kid))
        elif kid.type in ("jsx_element", "jsx_self_closing_element"):
            values.append(r.value(kid))
    return Unknown("jsx", tuple(values), r.span(node))


VALUES: Mapping[str, ValueBuilder] = {
    **curly_braces.VALUES,
    **dict.fromkeys(("true", "false", "null", "undefined"), _constant),
    **dict.fromkeys(
        (
            *("identifier", "this", "meta_property", "private_property_identifier"),
            *("shorthand_property_identifier_pattern", "statement_identifier", "import", "type_identifier"),
        ),
        _name,
    ),
    "await_expression": lambda r, node: curly_braces.awaited(common_nodes.first(r, node)),
    **dict.fromkeys(("as_expression", "satisfies_expression", "non_null_expression"), common_nodes.first),
    **dict.fromkeys(("type_assertion", "computed_property_name", "yield_expression"), _last),
    **dict.fromkeys(("jsx_element", "jsx_self_closing_element", "jsx_fragment"), _markup),
    **dict.fromkeys(("arrow_function", "function_expression", "generator_function"), function_value),
    "super": _parent,
    "property_identifier": curly_braces.word,
    "number": curly_braces.number,
    "string": _string,
    "template_string": _template,
    "regex": _regex,
    "member_expression": _member,
    "subscript_expression": _element,
    "call_expression": _call,
    "new_expression": _new,
    "object": _object,
    "array": _array,
    "binary_expression": _binary,
    "unary_expression": curly_braces.unary,
    "update_expression": curly_braces.step,
    "ternary_expression": _conditional,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "class": class_value,
}
