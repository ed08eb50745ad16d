"""Lowering of `case … in`: the test that a pattern is, and the variables that it binds."""

from __future__ import annotations

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.ruby.expressions import case, test
from pcmfa_lint.frontend.ruby.scopes import variable
from pcmfa_lint.frontend.treesitter import Reader, children, parts
from pcmfa_lint.ir.nodes import Assign, BooleanOperation, Expression, Member, Span, Stmt, Text


def matched(r: Reader, subject: Expression, clause: Node) -> tuple[Expression, tuple[Stmt, ...]]:
    """The test of one `in` with its guard, and what it assigns."""
    tests: list[Expression] = []
    bound: list[Stmt] = []
    pattern, guard = clause.child_by_field_name("pattern"), clause.child_by_field_name("guard")
    if pattern is not None:
        _match(r, subject, pattern, tests, bound)
    if guard is not None:
        condition = guard.child_by_field_name("condition")
        value = test(r, condition) if condition is not None else None
        if value is not None:
            tests.append(value if guard.type == "if_guard" else BooleanOperation("not", (value,), value.span))
    span = r.span(clause)
    if not tests:
        return curly_braces.constant("True", span), tuple(bound)
    return (tests[0] if len(tests) == 1 else BooleanOperation("and", tuple(tests), span)), tuple(bound)


def _match(r: Reader, value: Expression, node: Node, tests: list[Expression], bound: list[Stmt]) -> None:
    span = r.span(node)
    if node.type == "identifier":
        bound.append(Assign((variable(r, r.text(node), span),), value, span))
    elif node.type == "as_pattern":
        inner, name = node.child_by_field_name("value"), node.child_by_field_name("name")
        if inner is not None:
            _match(r, value, inner, tests, bound)
        if name is not None:
            bound.append(Assign((variable(r, r.text(name), span),), value, span))
    elif node.type == "array_pattern":
        for number, kid in enumerate(parts(node)):
            _match(r, Member(value, Text(str(number), span, "number"), span), kid, tests, bound)
    elif node.type == "hash_pattern":
        for kid in children(node, "keyword_pattern"):
            _entry(r, value, kid, tests, bound, span)
    elif node.type == "alternative_pattern":
        some: list[Expression] = []
        for kid in parts(node):
            _match(r, value, kid, some, bound)
        if some:
            tests.append(BooleanOperation("or", tuple(some), span))
    elif node.type == "parenthesized_pattern" and parts(node):
        _match(r, value, parts(node)[0], tests, bound)
    elif node.type not in ("splat_parameter", "hash_splat_parameter", "find_pattern"):
        tests.append(case(r, value, node))


def _entry(r: Reader, value: Expression, node: Node, tests: list[Expression], bound: list[Stmt], span: Span) -> None:
    key, inner = node.child_by_field_name("key"), node.child_by_field_name("value")
    if key is None:
        return
    name = r.text(key).strip("\"'")
    member = Member(value, Text(name, r.span(key)), span)
    if inner is None:
        bound.append(Assign((variable(r, name, r.span(key)),), member, span))
    else:
        _match(r, member, inner, tests, bound)
