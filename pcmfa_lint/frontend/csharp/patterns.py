"""Lowering of C#'s patterns to comparisons, and of `switch` as a value."""

from __future__ import annotations

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.csharp.types import declared_type, type_name
from pcmfa_lint.frontend.treesitter import Reader, children, parts
from pcmfa_lint.ir.nodes import (
    Arm,
    Block,
    BooleanOperation,
    Compare,
    Expression,
    ExpressionStatement,
    If,
    Member,
    Name,
    Seq,
    Stmt,
    Text,
)

_NONE = ("discard", "var_pattern")


def is_pattern(r: Reader, node: Node) -> Expression:
    """`value is pattern`; a name that the pattern gives it is assigned where the test has succeeded so far."""
    subject, pattern_node = node.child_by_field_name("expression"), node.child_by_field_name("pattern")
    if subject is None or pattern_node is None:
        return r.unknown("is", node, *parts(node))
    value, span = r.value(subject), r.span(node)
    test = pattern(r, pattern_node, value) or curly_braces.constant("True", span)
    name, type_ = pattern_node.child_by_field_name("name"), pattern_node.child_by_field_name("type")
    return curly_braces.bound(test, name, value, declared_type(r, type_), r)


def pattern(r: Reader, node: Node, subject: Expression) -> Expression | None:
    """The test that a pattern makes of a value; None where it always fits."""
    span, kids = r.span(node), parts(node)
    match node.type:
        case "parenthesized_pattern" if kids:
            return pattern(r, kids[0], subject)
        case "negated_pattern" if kids:
            inner = pattern(r, kids[0], subject)
            return None if inner is None else BooleanOperation("not", (inner,), span)
        case "or_pattern" | "and_pattern":
            return _either(r, node, subject)
        case "relational_pattern":
            return Compare(curly_braces.COMPARES.get(node.children[0].type, "=="), subject, r.value(kids[0]), span)
        case "declaration_pattern" | "type_pattern" if kids:
            if r.text(kids[0]) == "var":
                return None
            return Compare("is", subject, Name(type_name(r, kids[0]), span), span)
        case "recursive_pattern":
            return _properties(r, node, subject)
        case "constant_pattern":
            return _constant(r, node, subject)
    return None if node.type in _NONE else Compare("==", subject, r.value(node), span)


def _either(r: Reader, node: Node, subject: Expression) -> Expression | None:
    sides = curly_braces.chain(r, node, curly_braces.operator_of(r, node))
    if node.type == "or_pattern" and all(_is_constant(side) for side in sides):
        items = tuple(r.value(parts(side)[0]) for side in sides)
        return Compare("in", subject, Seq(items, r.span(node)), r.span(node))
    tests = [pattern(r, side, subject) for side in sides]
    readable = tuple(test for test in tests if test is not None)
    if node.type == "or_pattern":
        return BooleanOperation("or", readable, r.span(node)) if len(readable) == len(tests) else None
    return BooleanOperation("and", readable, r.span(node)) if readable else None


def _is_constant(node: Node) -> bool:
    return node.type == "constant_pattern" and parts(node)[0].type != "binary_expression"


def _constant(r: Reader, node: Node, subject: Expression) -> Expression:
    """A constant; the grammar takes `null && b` for one, in which only the first operand is."""
    inner = parts(node)[0]
    operator = curly_braces.operator_of(r, inner) if inner.type == "binary_expression" else ""
    if operator in ("&&", "||"):
        first, *rest = curly_braces.chain(r, inner, operator)
        head = Compare("==", subject, r.value(first), r.span(first))
        items = (head, *(r.value(kid) for kid in rest))
        return BooleanOperation("and" if operator == "&&" else "or", items, r.span(node))
    value = r.value(inner)
    named = isinstance(value, Name) and value.id[:1].isupper()
    return Compare("is" if named else "==", subject, value, r.span(node))


def _properties(r: Reader, node: Node, subject: Expression) -> Expression:
    """`T { A: 1, B.C: > 2 } x`"""
    span = r.span(node)
    tests: list[Expression] = []
    type_ = node.child_by_field_name("type")
    if type_ is not None:
        tests.append(Compare("is", subject, Name(type_name(r, type_), r.span(type_)), span))
    for clause in children(node, "property_pattern_clause"):
        for sub in children(clause, "subpattern"):
            kids = parts(sub)
            if len(kids) == 2:
                inner = pattern(r, kids[1], _part(r, kids[0], subject))
                tests += [] if inner is None else [inner]
    if not tests:
        return Compare("!=", subject, curly_braces.constant("None", span), span)
    return tests[0] if len(tests) == 1 else BooleanOperation("and", tuple(tests), span)


def _part(r: Reader, node: Node, subject: Expression) -> Expression:
    for key in r.text(node).split("."):
        subject = Member(subject, Text(key.strip(), r.span(node), "bare"), r.span(node))
    return subject


def guarded(r: Reader, test: Expression | None, guard: Node | None) -> Expression | None:
    """A pattern's test and its `when`."""
    if guard is None or not parts(guard):
        return test
    also = r.value(parts(guard)[0])
    return also if test is None else BooleanOperation("and", (test, also), also.span)


def switch_value(r: Reader, node: Node) -> Expression:
    """`value switch { pattern => a, _ => b }`"""
    subject = r.value(parts(node)[0])
    arms = []
    for arm in children(node, "switch_expression_arm"):
        kids = parts(arm)
        guard = next((kid for kid in kids if kid.type == "when_clause"), None)
        test = guarded(r, pattern(r, kids[0], subject), guard)
        stmt: Stmt = ExpressionStatement(r.value(kids[-1]), r.span(kids[-1]))
        if isinstance(stmt, ExpressionStatement) and isinstance(stmt.value, Block) and len(stmt.value.body) == 1:
            stmt = stmt.value.body[0]
        arms.append(Arm(test, (stmt,)))
    return Block((If(tuple(arms), r.span(node)),), r.span(node))
