"""Lowering of Ruby's control flow: branches, loops, handlers, and what leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.ruby.builtins import METHODS
from pcmfa_lint.frontend.ruby.calls import special
from pcmfa_lint.frontend.ruby.definitions import class_, defined_later, made_class, method
from pcmfa_lint.frontend.ruby.expressions import ASSIGNMENTS, assigned, case, listed, target, test
from pcmfa_lint.frontend.ruby.patterns import matched
from pcmfa_lint.frontend.ruby.scopes import in_loop, scopes
from pcmfa_lint.frontend.ruby.tails import again, ran
from pcmfa_lint.frontend.treesitter import Reader, StmtBuilder, child, children, parts
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Concatenation,
    Define,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Import,
    Jump,
    Loop,
    Member,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Text,
    Try,
)

_CLAUSES = ("rescue", "ensure", "else")
_EVERYTHING = ("StandardError", "Exception")
_SCRIPT = ".rb"


def body(r: Reader, node: Node) -> Iterator[Stmt]:
    """Statements in a row, with the handlers behind them."""
    kids = parts(node)
    clauses = [kid for kid in kids if kid.type in _CLAUSES]
    stmts = ran(r.block([kid for kid in kids if kid.type not in _CLAUSES]))
    if not clauses:
        yield from stmts
        return
    state = scopes(r)
    before, state.retries = state.retries, False
    handlers = tuple(_handler(r, kid) for kid in clauses if kid.type == "rescue")
    retries, state.retries = state.retries, before
    otherwise, final = (
        tuple(stmt for kid in clauses if kid.type == kind for stmt in ran(r.block(parts(kid))))
        for kind in ("else", "ensure")
    )
    stmt = Try(stmts, handlers, r.span(node), otherwise, final)
    yield again(stmt, stmt.span) if retries else stmt


def _handler(r: Reader, node: Node) -> Handler:
    """`rescue A, B => e`"""
    listed_types, named = node.child_by_field_name("exceptions"), node.child_by_field_name("variable")
    kinds = (
        [r.value(kid) for kid in parts(listed_types) if kid.type != "splat_argument"]
        if listed_types is not None
        else []
    )
    types = tuple(walk.dotted(kind) for kind in kinds if walk.dotted(kind))
    if any(kind in _EVERYTHING for kind in types):
        types = ()
    name = ""
    if named is not None and parts(named):
        caught = target(r, parts(named)[0])
        name = walk.dotted(caught).rpartition(".")[2]
    body = node.child_by_field_name("body")
    return Handler(types, name, r.block([body]) if body is not None else (), r.span(node))


def _rescued(r: Reader, node: Node) -> Iterator[Stmt]:
    """`a rescue b`"""
    one, other = node.child_by_field_name("body"), node.child_by_field_name("handler")
    stmts, handled = (r.block([kid]) if kid is not None else () for kid in (one, other))
    span = r.span(other) if other is not None else r.span(node)
    yield Try(stmts, (Handler((), "", handled, span),), r.span(node))


def _if(r: Reader, node: Node) -> Iterator[Stmt]:
    """`if … elsif … else`, `unless … else`: one If, however long the chain."""
    arms: list[Arm] = []
    current: Node | None = node
    while current is not None and current.type in ("if", "unless", "elsif"):
        condition = current.child_by_field_name("condition")
        value = test(r, condition) if condition is not None else curly_braces.constant("None", r.span(current))
        if current.type == "unless":
            value = BooleanOperation("not", (value,), value.span)
        arms.append(Arm(value, curly_braces.body(r, current, "consequence")))
        current = current.child_by_field_name("alternative")
    if current is not None:
        arms.append(Arm(None, r.block(parts(current))))
    yield If(tuple(arms), r.span(node))


def _modified(r: Reader, node: Node) -> Iterator[Stmt]:
    """`a if b`, `a unless b`"""
    condition = node.child_by_field_name("condition")
    value = test(r, condition) if condition is not None else curly_braces.constant("None", r.span(node))
    if node.type == "unless_modifier":
        value = BooleanOperation("not", (value,), value.span)
    yield If((Arm(value, curly_braces.body(r, node)),), r.span(node))


def _while(r: Reader, node: Node) -> Iterator[Stmt]:
    """`while b … end`, `until b … end`, `a while b`; a `begin … end` before it runs first."""
    inner_node, inner = node.child_by_field_name("condition"), node.child_by_field_name("body")
    value = test(r, inner_node) if inner_node is not None else None
    until = node.type.startswith("until")
    with in_loop(r):
        stmts = r.block([inner]) if inner is not None else ()
    late = inner is not None and inner.type == "begin"
    if value is not None and until != late:
        value = BooleanOperation("not", (value,), value.span)
    yield Loop("until" if late else "while", stmts, r.span(node), test=value)


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for a, b in c do … end`"""
    pattern, source = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    inner = node.child_by_field_name("body")
    target_ = target(r, pattern) if pattern is not None else Name("_", r.span(node), "local")
    values = [r.value(kid) for kid in parts(source)] if source is not None else []
    with in_loop(r):
        stmts = r.block([inner]) if inner is not None else ()
    yield Loop("for", stmts, r.span(node), target_, values[0] if values else None)


def _case(r: Reader, node: Node) -> Iterator[Stmt]:
    """`case x when A, B … else … end`; without a subject the tests themselves."""
    value = node.child_by_field_name("value")
    subject: Expression | None = None
    if value is not None:
        subject, first = curly_braces.evaluated_once(r.value(value))
        yield from first
    arms: list[Arm] = []
    for clause in children(node, "when", "in_clause"):
        body = clause.child_by_field_name("body")
        if clause.type == "in_clause" and subject is not None:
            condition, bound = matched(r, subject, clause)
            arms.append(Arm(condition, (*bound, *(r.block([body]) if body is not None else ()))))
            continue
        patterns = clause.children_by_field_name("pattern")
        tests = tuple(case(r, subject, kid) if subject is not None else test(r, parts(kid)[0]) for kid in patterns)
        one = tests[0] if len(tests) == 1 else BooleanOperation("or", tests, r.span(clause))
        arms.append(Arm(one, r.block([body]) if body is not None else ()))
    last = child(node, "else")
    if last is not None:
        arms.append(Arm(None, r.block(parts(last))))
    yield If(tuple(arms), r.span(node))


# --- what leaves ------------------------------------------------------------------------------------------------------


def _returned(r: Reader, node: Node) -> Expression | None:
    kids = parts(node)
    return listed(r, kids[0]) if kids else None


def _return(r: Reader, node: Node) -> Iterator[Stmt]:
    yield Return(_returned(r, node), r.span(node))


def _next(r: Reader, node: Node) -> Iterator[Stmt]:
    """`next`, `break`: of a loop, or the end of a block."""
    if scopes(r).loop:
        yield Jump("break" if node.type == "break" else "continue", r.span(node))
    else:
        yield Return(_returned(r, node), r.span(node))


def _retry(r: Reader, node: Node) -> Iterator[Stmt]:
    """`retry` begins again what the handler stands behind."""
    scopes(r).retries = True
    yield Jump("continue", r.span(node))


# --- values as statements ---------------------------------------------------------------------------------------------


def _identifier(r: Reader, node: Node) -> Iterable[Stmt]:
    name, span = r.text(node), r.span(node)
    if name in ("raise", "fail"):
        return (Raise(None, span),)
    if name in ("exit", "abort"):
        return (Jump("exit", span),)
    return (ExpressionStatement(r.value(node), span),)


def _assignment(r: Reader, node: Node) -> Iterable[Stmt]:
    """An assignment; of a call that makes a class, its definition."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is not None and right is not None and left.type == "constant" and node.type == "assignment":
        cls = made_class(r, r.text(left), right)
        if cls is not None:
            return (Define(cls, cls.span),)
    return assigned(r, node)


def _call(r: Reader, node: Node) -> Iterable[Stmt]:
    name = node.child_by_field_name("method")
    if name is not None and node.child_by_field_name("receiver") is None:
        word = r.text(name)
        if word in ("require", "require_relative", "load"):
            return _require(r, node, word)
        if defined := tuple(defined_later(r, node)):
            return defined
    stmts = special(r, node)
    if stmts is not None:
        return stmts
    return _changed(r, node) or curly_braces.statement_of(r.value(node), r.span(node))


def _changed(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`a.merge!(b)`, `a.store(k, v)`: what a variable holds is another mapping from here on."""
    on, name = node.child_by_field_name("receiver"), node.child_by_field_name("method")
    listed_args = node.child_by_field_name("arguments")
    nodes = parts(listed_args) if listed_args is not None else []
    if on is None or name is None or not nodes:
        return ()
    word, span = r.text(name), r.span(node)
    if word in ("merge!", "deep_merge!") and on.type in ("identifier", "instance_variable"):
        value = r.value(node)
        merged = (
            METHODS["merge"](r.value(on), tuple(arg.value for arg in value.args), None, span)
            if isinstance(value, Call)
            else None
        )
        to = target(r, on)
        return (Assign((to,), merged, span),) if merged is not None else ()
    if word == "store" and len(nodes) == 2:
        return (Assign((Member(r.value(on), r.value(nodes[0]), span),), r.value(nodes[1]), span),)
    return ()


def _require(r: Reader, node: Node, word: str) -> Iterator[Stmt]:
    """`require 'x'`, `require_relative 'x'`, which runs a file beside this one."""
    arguments = node.child_by_field_name("arguments")
    value = r.value(parts(arguments)[0]) if arguments is not None and parts(arguments) else None
    if isinstance(value, Text) and value.value:
        module = value.value
        if word != "require":
            module = module if module.endswith(_SCRIPT) else module + _SCRIPT
            module = module if module.startswith((".", "/")) else f"./{module}"
        r.imports.append(Import(module, r.span(node), kind="module" if word == "require" else "source"))
    elif isinstance(value, Concatenation):
        yield ExpressionStatement(value, r.span(node))


def _binary(r: Reader, node: Node) -> Iterator[Stmt]:
    """`a or b`, `a && b` as statements are branches; `a << b` adds to what `a` holds."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    sign = curly_braces.operator_of(r, node)
    span = r.span(node)
    if left is None or right is None or sign not in ("or", "||", "and", "&&", "<<"):
        yield ExpressionStatement(r.value(node), span)
        return
    if sign == "<<":
        first, *rest = curly_braces.chain(r, node, sign)
        current = r.value(first)
        if not isinstance(current, (Name, Member)):
            yield ExpressionStatement(r.value(node), span)
            return
        for added in map(r.value, rest):
            text = isinstance(added, (Text, Concatenation))
            yield Assign((current,), added if text else Seq((added,), added.span), span, "<<")
        return
    condition = test(r, left)
    if isinstance(condition, Block) and len(condition.body) == 2 and isinstance(condition.body[0], Assign):
        yield condition.body[0]
        condition = condition.body[1].value if isinstance(condition.body[1], ExpressionStatement) else condition
    if sign in ("or", "||"):
        condition = BooleanOperation("not", (condition,), condition.span)
    yield If((Arm(condition, r.block([right])),), span)


def _parenthesized(r: Reader, node: Node) -> Iterable[Stmt]:
    return r.block(parts(node))


_NOTHING = ("empty_statement", "heredoc_body", "uninterpreted", "comment", "alias", "undef", "begin_block")
STATEMENTS: dict[str, StmtBuilder] = {
    **dict.fromkeys(_NOTHING, curly_braces.nothing),
    **dict.fromkeys(
        ("body_statement", "begin", "then", "do", "block_body", "ensure", "else", "block", "do_block", "end_block"),
        body,
    ),
    **dict.fromkeys(("method", "singleton_method"), method),
    **dict.fromkeys(("class", "module", "singleton_class"), class_),
    **dict.fromkeys(("if", "unless", "elsif"), _if),
    **dict.fromkeys(("if_modifier", "unless_modifier"), _modified),
    **dict.fromkeys(("while", "until", "while_modifier", "until_modifier"), _while),
    **dict.fromkeys(("case", "case_match"), _case),
    **dict.fromkeys(("next", "break", "redo"), _next),
    **dict.fromkeys(ASSIGNMENTS, _assignment),
    "for": _for,
    "rescue_modifier": _rescued,
    "return": _return,
    "retry": _retry,
    "identifier": _identifier,
    "call": _call,
    "binary": _binary,
    "parenthesized_statements": _parenthesized,
}
