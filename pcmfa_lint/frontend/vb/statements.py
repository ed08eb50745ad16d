"""Statements of Visual Basic."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.common_nodes import return_, throw
from pcmfa_lint.frontend.treesitter import Reader, StmtBuilder, child, children, parts
from pcmfa_lint.frontend.vb.expressions import constructed, operator, reader_state, type_name
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    BooleanOperation,
    Call,
    Compare,
    Define,
    Expression,
    Handler,
    If,
    Jump,
    Loop,
    Member,
    Name,
    Return,
    Span,
    Stmt,
    Text,
    Try,
    With,
)


def made_by(r: Reader, kind: Node | None) -> Expression | None:
    """The object that `As New T(…)` makes."""
    if kind is None or "new" not in r.text(kind).casefold().split("(")[0].split():
        return None
    return constructed(r, kind, kind.child_by_field_name("type"))


def call(r: Reader, node: Node) -> Iterator[Stmt]:
    """A call, or an assignment, which the grammar takes for a comparison."""
    inner = parts(node)[0] if parts(node) else node
    while inner.type == "expression" and len(parts(inner)) == 1:
        inner = parts(inner)[0]
    left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    if inner.type == "binary_expression" and left is not None and right is not None and operator(r, left, right) == "=":
        yield Assign((_target(r.value(left)),), r.value(right), r.span(node))
        return
    value = r.value(inner)
    if isinstance(value, (Name, Member)) and not isinstance(value, Text):  # a call without parentheses
        value = Call(value, (), value.span)
    yield from curly_braces.statement_of(value, r.span(node))


def _target(value: Expression) -> Expression:
    """What is assigned to: `x("key")` is an entry."""
    if isinstance(value, Call) and len(value.args) == 1:
        return Member(value.callee, value.args[0].value, value.span)
    return value


def _assign(r: Reader, node: Node) -> Iterator[Stmt]:
    left, right = node.child_by_field_name("left"), curly_braces.field(r, node, "right")
    sign = node.child_by_field_name("operator")
    if left is None or right is None:
        return
    kind = r.text(sign) if sign is not None else "="
    yield Assign((_target(r.value(left)),), right, r.span(node), "+=" if kind in ("+=", "&=") else kind)


def _body(r: Reader, node: Node, *skipped: str) -> tuple[Stmt, ...]:
    """The statements in a node, which has no node for its body."""
    fields = {kid.id for name in skipped for kid in node.children_by_field_name(name)}
    return block(r, [kid for kid in parts(node) if kid.id not in fields and kid.type in _INNER])


def block(r: Reader, nodes: list[Node]) -> tuple[Stmt, ...]:
    """Statements in order. From `On Error Resume Next` on each goes on after an error; from `On Error GoTo a` on an
    error leads to what stands behind the label."""
    for number, node in enumerate(nodes):
        handled = child(node, "on_error_statement") if node.type == "statement" else None
        if handled is None:
            continue
        before, rest = r.block(nodes[:number]), nodes[number + 1 :]
        label, span = child(handled, "identifier"), r.span(handled)
        if child(handled, "integer_literal") is not None:
            return (*before, *block(r, rest))
        if label is None:
            until = next((n for n, kid in enumerate(rest) if child(kid, "on_error_statement") is not None), len(rest))
            return (*before, *(_resumed(stmt, span) for stmt in r.block(rest[:until])), *block(r, rest[until:]))
        at = next((n for n, kid in enumerate(rest) if _is_label(r, kid, r.text(label))), len(rest))
        handler = Handler((), "Err", r.block(rest[at:]), span)
        return (*before, Try(block(r, rest[:at]), (handler,), span))
    return r.block(nodes)


def _resumed(stmt: Stmt, span: Span) -> Stmt:
    bare = isinstance(stmt, Define) or (isinstance(stmt, Return) and stmt.value is None)
    return stmt if bare else Try((stmt,), (Handler((), "", (), span),), stmt.span)


def _is_label(r: Reader, node: Node, name: str) -> bool:
    label = child(node, "label_statement")
    return label is not None and r.text(label).rstrip(":\n ").casefold() == name.casefold()


_INNER = ("statement", "inline_statements", "ERROR")


def _if(r: Reader, node: Node) -> Iterator[Stmt]:
    then = node.child_by_field_name("then_branch")
    body = r.block([then]) if then is not None else _body(r, node)
    arms = [Arm(curly_braces.field(r, node, "condition"), body)]
    for kid in r.limited(node, children(node, "elseif_clause")):
        arms.append(Arm(curly_braces.field(r, kid, "condition"), _body(r, kid)))
    other = node.child_by_field_name("else_branch")
    arms += [Arm(None, _body(r, kid)) for kid in children(node, "else_clause")]
    arms += [Arm(None, r.block([other]))] if other is not None else []
    yield If(tuple(arms), r.span(node))


def _for_each(r: Reader, node: Node) -> Iterator[Stmt]:
    name, source = node.child_by_field_name("variable"), curly_braces.field(r, node, "collection")
    target = Name(r.text(name), r.span(name)) if name is not None else None
    yield Loop("for", _body(r, node), r.span(node), target, source)


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    name, span = node.child_by_field_name("variable"), r.span(node)
    target = Name(r.text(name), r.span(name)) if name is not None else Name("_", span)
    yield Loop("for", _body(r, node), span, target, Call(Name("range", span), (), span))


def _while(r: Reader, node: Node) -> Iterator[Stmt]:
    yield Loop("while", _body(r, node), r.span(node), test=curly_braces.field(r, node, "condition"))


def _do(r: Reader, node: Node) -> Iterator[Stmt]:
    """`Do While a … Loop`, `Do … Loop Until a`"""
    tests = children(node, "expression")
    test = r.value(tests[0]) if tests else None
    late = bool(tests) and any(
        kid.type == "statement" and kid.start_byte < tests[0].start_byte for kid in node.children
    )
    before = r.source[: r.range(tests[0])[0]].split()[-1].casefold() if tests else ""
    if test is not None and before == ("while" if late else "until"):
        test = BooleanOperation("not", (test,), test.span)
    yield Loop("until" if late else "while", _body(r, node), r.span(node), test=test)


def _select(r: Reader, node: Node) -> Iterator[Stmt]:
    subject, first = curly_braces.evaluated_once(curly_braces.field(r, node, "selector") or r.unknown("select", node))
    yield from first
    arms = []
    for kid in children(node, "case_block"):
        values = [one for clause in children(kid, "case_clause") for one in parts(clause)[:1]]
        tests: list[Expression] = [Compare("==", subject, value, value.span) for value in map(r.value, values)]
        test = tests[0] if len(tests) == 1 else BooleanOperation("or", tuple(tests), r.span(kid))
        arms.append(Arm(test, _body(r, kid)))
    arms += [Arm(None, _body(r, kid)) for kid in children(node, "case_else_block")]
    yield If(tuple(arms), r.span(node))


def _try(r: Reader, node: Node) -> Iterator[Stmt]:
    handlers = tuple(_handler(r, kid) for kid in children(node, "catch_block"))
    final = tuple(stmt for kid in children(node, "finally_block") for stmt in _body(r, kid))
    yield Try(_body(r, node), handlers, r.span(node), final=final)


def _handler(r: Reader, node: Node) -> Handler:
    name, type_ = node.child_by_field_name("exception"), node.child_by_field_name("type")
    types = (type_name(r, type_),) if type_ is not None else ()
    test = curly_braces.field(r, node, "filter")
    return Handler(types, r.text(name) if name is not None else "", _body(r, node), r.span(node), test)


def _using(r: Reader, node: Node) -> Iterator[Stmt]:
    kind = child(node, "as_clause")
    name = node.child_by_field_name("resource") or (child(node, "identifier") if kind is not None else None)
    if kind is None and (resource := node.child_by_field_name("value")) is not None:
        yield With(tuple(_using_assignments(r.value(resource))), _body(r, node), r.span(node))
        return
    value = curly_braces.field(r, node, "initializer") or curly_braces.field(r, node, "value") or made_by(r, kind)
    if value is None:
        value = r.value(name) if name is not None else r.unknown("using", node)
        name = None
    target = Name(r.text(name), r.span(name)) if name is not None else None
    yield With(((value, target),), _body(r, node), r.span(node))


def _using_assignments(value: Expression) -> Iterator[tuple[Expression, Expression | None]]:
    """`a = f()` behind `Using`, which the grammar takes for a comparison."""
    if isinstance(value, Compare) and value.op == "==":
        yield value.right, value.left
    else:
        yield value, None


def _with(r: Reader, node: Node) -> Iterator[Stmt]:
    """`With a … End With`: what begins with a dot is a member of it."""
    state, target = reader_state(r), node.child_by_field_name("target")
    subject, first = curly_braces.evaluated_once(r.value(target)) if target is not None else (None, ())
    yield from first
    before, state.subject = state.subject, subject
    yield from _body(r, node)
    state.subject = before


def _exit(r: Reader, node: Node) -> Iterator[Stmt]:
    """`Exit For`, `Exit Sub`, `Continue For`"""
    words = r.text(node).split()
    if words[0].casefold() == "continue":
        yield Jump("continue", r.span(node))
    elif words[-1].casefold() in ("sub", "function", "property"):
        yield Return(None, r.span(node))
    elif words[-1].casefold() != "select":
        yield Jump("break", r.span(node))


def _inline(r: Reader, node: Node) -> Iterator[Stmt]:
    """What stands behind `Then` in its line."""
    for kid in children(node, "inline_statement"):
        word, inner = r.text(kid).split()[0].casefold(), parts(kid)
        if word in ("exit", "continue"):
            yield from _exit(r, kid)
        elif word in ("return", "throw"):
            yield from (return_ if word == "return" else throw)(r, kid)
        elif inner:
            yield from call(r, kid) if inner[0].type == "expression" else r.block(inner)


STATEMENTS: dict[str, StmtBuilder] = {
    "inline_statements": _inline,
    "call_statement": call,
    **dict.fromkeys(("assignment_statement", "compound_assignment_statement"), _assign),
    "if_statement": _if,
    "for_each_statement": _for_each,
    "for_statement": _for,
    "while_statement": _while,
    "do_statement": _do,
    "select_case_statement": _select,
    "try_statement": _try,
    "using_statement": _using,
    "with_statement": _with,
    "sync_lock_statement": lambda r, node: _body(r, node),
    "return_statement": return_,
    "throw_statement": throw,
    "exit_statement": _exit,
    "continue_statement": _exit,
    **dict.fromkeys(
        ("blank_line", "empty_statement", "comment", "option_statement", "label_statement", "attribute_block"),
        curly_braces.nothing,
    ),
}
