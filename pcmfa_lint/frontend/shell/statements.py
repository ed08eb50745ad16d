"""Statements of a shell: functions, branches, loops, and what comes before a test of `$?`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.curly_braces import constant, evaluated_once
from pcmfa_lint.frontend.shell.assignments import assignment, declaration
from pcmfa_lint.frontend.shell.commands import loop, statements
from pcmfa_lint.frontend.shell.conditions import after, asks_for_last, chain, condition, decided, matched
from pcmfa_lint.frontend.shell.script import places, scan, script_of
from pcmfa_lint.frontend.treesitter import Reader, StmtBuilder, children, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    BooleanOperation,
    Call,
    Compare,
    Define,
    Expression,
    Func,
    Handler,
    If,
    Jump,
    Loop,
    Name,
    Param,
    Seq,
    Span,
    Stmt,
    Try,
    Unknown,
)

_COUNT = re.compile(r"\d+|\{\d+\.\.[\d$\w{}]+\}|\$\(\s*seq\b[^)]*\)|`seq\b[^`]*`")
_LAST = re.compile(r"(?:local\s+|declare\s+)?\w+=\"?\$\?\"?")


def program(r: Reader, node: Node) -> Iterator[Stmt]:
    """A script. What it is called with stands first, as the parameters of a function without a name."""
    r.state = scan(r, node)
    count, rest = places(r, node)
    span = r.span(node)
    if count or rest:
        params = (*(Param(str(number), span) for number in range(1, count + 1)), *_rest(rest, span))
        yield Define(Func("", params, (), span), span)
        r.state.places = count
    yield from row(r, parts(node))


def _rest(rest: bool, span: Span) -> tuple[Param, ...]:
    return (Param("@", span, kind="rest"), Param("@@", span, kind="keywords")) if rest else ()


def row(r: Reader, nodes: list[Node]) -> Iterator[Stmt]:
    """Statements in a row: a command with the test of its `$?` behind it is one `Try`."""
    at = 0
    while at < len(nodes):
        between = at + 1 < len(nodes) and _LAST.fullmatch(r.text(nodes[at + 1]).strip()) is not None
        test = at + 1 + between
        how = asks_for_last(r, nodes[test], between) if test < len(nodes) and nodes[at].type != "if_statement" else ""
        if how:
            body = r.block(nodes[at:test])
            *first, last = r.block([nodes[test]])
            yield from after((*body, *first), last, how)
            at = test + 1
            continue
        yield from r.block([nodes[at]])
        at += 1


def block(r: Reader, node: Node) -> Iterable[Stmt]:
    """`{ …; }`, `( … )`, `do …; done`"""
    return row(r, parts(node))


def command_statement(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """A command, with what makes a function of the script end it."""
    value = r.grammar.values[node.type](r, node)
    return (*statements(r, value, r.span(node)), *_ends(r, value))


def _ends(r: Reader, value: Expression) -> tuple[Stmt, ...]:
    """A function that always ends the script ends it where it is called."""
    if isinstance(value, Call) and value.kind == "command":
        name = getattr(value.callee, "id", "")
        function = script_of(r).functions.get(name)
        body = function.child_by_field_name("body") if function is not None else None
        last = parts(body)[-1] if body is not None and parts(body) else None
        if last is not None and re.match(r"exit\b", r.text(last)):
            return (Jump("exit", value.span),)
    return ()


def function(r: Reader, node: Node) -> Iterator[Stmt]:
    """`name() { …; }`"""
    named, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if named is None or body is None:
        return
    func = function_of(r, r.text(named), node, body)
    yield Define(func, r.span(node))


def function_of(r: Reader, name: str, node: Node, body: Node) -> Func:
    """A function of the script: its parameters are the places that it names."""
    script, span = script_of(r), r.span(node)
    before = (script.function, script.own, script.shifted, script.places, script.captures)
    count, rest = places(r, node)
    script.function, script.own, script.shifted, script.places, script.captures = name, set(), 0, count, 0
    try:
        stmts = r.block([body])
    finally:
        script.function, script.own, script.shifted, script.places, script.captures = before
    params = (*(Param(str(number), span) for number in range(1, count + 1)), *_rest(rest, span))
    return Func(name, params, stmts, span)


def if_(r: Reader, node: Node) -> Iterable[Stmt]:
    """`if …; then …; elif …; then …; else …; fi`: one `If` where all are tests, else nested."""
    arms = [_arm(node), *(_arm(kid) for kid in r.limited(node, children(node, "elif_clause")))]
    other = tuple(stmt for kid in children(node, "else_clause") for stmt in row(r, parts(kid)))
    for tests, body in reversed(arms):
        if not tests:
            continue
        stmts = decided(r, tests, tuple(row(r, body)), other, r.span(node))
        last = stmts[-1]
        if len(other) == 1 and isinstance(other[0], If) and isinstance(last, If) and len(last.arms) == 2:
            stmts = (*stmts[:-1], If((last.arms[0], *other[0].arms), last.span))
        other = stmts
    return other


def _arm(node: Node) -> tuple[list[Node], list[Node]]:
    """The tests and the statements of one branch."""
    kids = [kid for kid in node.children if kid.type not in ("elif_clause", "else_clause") and not kid.is_extra]
    at = next((number for number, kid in enumerate(kids) if kid.type == "then"), len(kids))
    return [kid for kid in kids[:at] if kid.is_named], [kid for kid in kids[at:] if kid.is_named]


def while_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`while test; do …; done`, `until test; do …; done`"""
    tests = [kid for kid in node.children_by_field_name("condition") if kid.is_named]
    body = node.child_by_field_name("body")
    stmts = r.block([body]) if body is not None else ()
    span, until = r.span(node), node.children[0].type == "until"
    if not tests:
        yield Loop("while", stmts, span, test=constant("True", span))
        return
    decision = condition(r, tests)
    if decision.test is not None:
        test = BooleanOperation("not", (decision.test,), decision.test.span) if until else decision.test
        yield Loop("while", (*decision.before, *stmts), span, test=test)
        return
    ends: tuple[Stmt, ...] = (Jump("break", span),)
    fails, succeeds = (stmts, ends) if until != decision.negated else (ends, stmts)
    attempt = Try(decision.before, (Handler((), "", fails, span),), span, otherwise=succeeds)
    yield Loop("while", (attempt,), span, test=constant("True", span))


def for_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for x in …; do …; done`, `for ((i=0; i<3; i++)); do …; done`"""
    span, body = r.span(node), node.child_by_field_name("body")
    stmts = r.block([body]) if body is not None else ()
    named = node.child_by_field_name("variable")
    if named is None:
        condition_ = node.child_by_field_name("condition")
        test = Unknown("test", (), span) if condition_ is None else Unknown("test", (r.value(condition_),), span)
        yield Loop("for", stmts, span, target=Name("_", span), source=_counted((test,), span))
        return
    kids = node.children_by_field_name("value")
    values = tuple(r.value(kid) for kid in kids)
    source: Expression = values[0] if len(values) == 1 else Seq(values, span)
    if values and all(_COUNT.fullmatch(r.text(kid)) for kid in kids):
        source = _counted(values, span)
    yield Loop("for", stmts, span, target=Name(r.text(named), r.span(named)), source=source)


def _counted(values: tuple[Expression, ...], span: Span) -> Call:
    """What a loop runs over that only counts: `1 2 3`, `{1..5}`, `$(seq 5)`."""
    return Call(Name("range", span), tuple(Arg(value, value.span) for value in values), span)


def case(r: Reader, node: Node) -> Iterator[Stmt]:
    """`case x in a|b) …;; esac`"""
    looked_at = node.child_by_field_name("value")
    if looked_at is None:
        return
    subject, first = evaluated_once(r.value(looked_at))
    yield from first
    arms = [_section(r, kid, subject) for kid in children(node, "case_item")]
    yield If(tuple(arms), r.span(node))


def _section(r: Reader, node: Node, subject: Expression) -> Arm:
    patterns = node.children_by_field_name("value")
    stmts = tuple(row(r, [kid for kid in parts(node) if kid not in patterns]))
    if any(r.text(kid) == "*" for kid in patterns) or not patterns:
        return Arm(None, stmts)
    span = r.span(node)
    words = [r.value(kid) for kid in patterns]
    if len(words) > 1 and all(r.text(kid).isdigit() for kid in patterns):
        return Arm(Compare("in", subject, Seq(tuple(words), span), span), stmts)
    tests = [matched("==", subject, one, span) for one in words]
    return Arm(tests[0] if len(tests) == 1 else BooleanOperation("or", tuple(tests), span), stmts)


def negated(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`! command`"""
    return r.block(parts(node))


STATEMENTS: dict[str, StmtBuilder] = {
    "program": program,
    "compound_statement": block,
    "subshell": block,
    "do_group": block,
    "else_clause": block,
    "function_definition": function,
    "variable_assignment": assignment,
    "variable_assignments": lambda r, node: r.block(parts(node)),
    "declaration_command": declaration,
    "command": command_statement,
    "pipeline": command_statement,
    "redirected_statement": command_statement,
    "negated_command": negated,
    "list": chain,
    "if_statement": if_,
    "while_statement": loop,
    "for_statement": for_,
    "c_style_for_statement": for_,
    "case_statement": case,
    "unset_command": lambda r, node: (),
    "test_command": lambda r, node: (),
    "heredoc_redirect": lambda r, node: (),
}
