"""Go: `.go` to a Unit, by the tree-sitter reader.

Here stand the statements; expressions, functions with their types, and the errors that functions give back have modules
of their own beside this one, and `queries/go.scm` says what is comment and literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import tree_sitter_go
from tree_sitter import Language, Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.go import errors
from pcmfa_lint.frontend.go.error_kinds import asserted, is_kind_switch, is_nil_case, kind_test
from pcmfa_lint.frontend.go.expressions import VALUES
from pcmfa_lint.frontend.go.functions import file, function, hide, import_, types, variables
from pcmfa_lint.frontend.go.types import type_name
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, child, children, parts, read
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Assign,
    Call,
    Compare,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    If,
    Jump,
    Lambda,
    Loop,
    Member,
    Name,
    Raise,
    Seq,
    Stmt,
    Text,
    Try,
    Unit,
    Unknown,
)


def read_go(text: str, path: str) -> Unit:
    """Reads decoded Go; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


# --- statements in a row ----------------------------------------------------------------------------------------------


def _block(r: Reader, node: Node) -> Iterable[Stmt]:
    """`{ … }`: what it declares is known in it only."""
    before = dict(r.aliases)
    stmts = _row(r, [one for kid in parts(node) for one in (parts(kid) if kid.type == "statement_list" else [kid])])
    if r.aliases != before:
        r.aliases.clear()
        r.aliases.update(before)
    return stmts


def _list(r: Reader, node: Node) -> Iterable[Stmt]:
    return _row(r, parts(node))


def _row(r: Reader, nodes: list[Node]) -> tuple[Stmt, ...]:
    """Statements in a row: a call with the test of its error is one `Try`, and what is deferred runs at the end."""
    lowered: list[Stmt] = []
    last: list[Stmt] = []
    start = at = 0
    while at < len(nodes):
        node = nodes[at]
        if node.type == "defer_statement":
            start = start if last else len(lowered)
            last[:0] = _deferred(r, node)
            at += 1
            continue
        error = errors.error_of(r, node)
        if error is None:
            dropped = errors.drops_error(r, node)
            stmts = r.block([node])
            lowered += [errors.forgotten(r, node, stmt) for stmt in stmts] if dropped else stmts
            at += 1
            continue
        stmts_, at = _called(r, nodes, at, error)
        lowered += stmts_
    if last:
        lowered[start:] = [Try(tuple(lowered[start:]), (), r.span(nodes[0]), final=tuple(last))]
    return tuple(lowered)


def _called(r: Reader, nodes: list[Node], at: int, error: errors.Given) -> tuple[list[Stmt], int]:
    """A call whose error is assigned, with the statements up to the test of it; where the next one stands."""
    node = nodes[at]
    if error.name == "_":
        return [errors.forgotten(r, node, error.stmt)], at + 1
    end = _test_of(r, nodes, at, error.name)
    if end is None:
        return [error.stmt], at + 1
    body: list[Stmt] = [error.stmt]
    first: list[Stmt] = []
    for between in nodes[at + 1 : end]:
        asks = errors.mentions(r, between, error.name) or kind_test(r, between, error.name) is not None
        if between.type == "if_statement" and asks:
            first += r.block([between])
        elif between.type != "defer_statement":
            body += r.block([between])
    if nodes[end].type == "type_switch_statement":
        return [_switched(r, nodes[end], (*body, *first), error.name)], end + 1
    test = errors.tested(r, nodes[end], error.name)
    late = [kid for kid in nodes[at + 1 : end] if kid.type == "defer_statement"]
    nodes[end + 1 : end + 1] = late
    if test is None:
        return [*body, *first, *r.block([nodes[end]])], end + 1
    return errors.tried(r, node, tuple(body), test, tuple(first), error.name), end + 1


def _test_of(r: Reader, nodes: list[Node], at: int, name: str) -> int | None:
    """Where the error of a call is tested."""
    kind: int | None = None  # where it is asked of what kind it is
    for number in range(at + 1, min(at + errors.AHEAD, len(nodes))):
        node = nodes[number]
        if is_kind_switch(r, node, name):
            return number if kind is None else kind
        if node.type == "if_statement" and kind is None and kind_test(r, node, name) is not None:
            kind = number
            continue
        if node.type == "if_statement" and node.child_by_field_name("initializer") is None:
            if errors.is_error_test(r, node, name):
                return number
            if errors.mentions(r, node, name):
                continue
        if node.type in ("expression_statement", "defer_statement", "var_declaration"):
            continue
        if node.type in errors.ASSIGNS and not errors.assigns(r, node, name):
            continue
        return kind
    return kind


def _deferred(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """What runs at the end; closing and unlocking say nothing."""
    kids = parts(node)
    call = kids[0] if kids else None
    function = call.child_by_field_name("function") if call is not None else None
    listed = call.child_by_field_name("arguments") if call is not None else None
    if call is None or (function is not None and function.type != "func_literal" and not (listed and parts(listed))):
        return ()
    return (ExpressionStatement(r.value(call), r.span(node)),)


# --- single statements ------------------------------------------------------------------------------------------------


def _assign(r: Reader, node: Node) -> Iterable[Stmt]:
    error = errors.error_of(r, node)
    return errors.assign(r, node) if error is None else (error.stmt,)


def _step(r: Reader, node: Node) -> Iterator[Stmt]:
    """`i++`"""
    target, span = r.value(parts(node)[0]), r.span(node)
    yield Assign((target,), Text("1", span, "number"), span, "+=" if node.type == "inc_statement" else "-=")


def _expression(r: Reader, node: Node) -> Iterator[Stmt]:
    for kid in parts(node):
        value, span = r.value(kid), r.span(kid)
        if isinstance(value, Call) and isinstance(value.callee, Name) and value.callee.id == "panic":
            yield Jump("exit", span, value.args[0].value if value.args else None)
        elif isinstance(value, Call) and isinstance(value.callee, Member):  # `json.NewDecoder(a).Decode(&b)`
            yield errors.filled(r, kid, value, span)
        else:
            yield ExpressionStatement(value, span)


def _go(r: Reader, node: Node) -> Iterator[Stmt]:
    """`go f()`: begins what nobody waits for, and whose error nobody gets."""
    span = r.span(node)
    body = tuple(ExpressionStatement(r.value(kid), r.span(kid)) for kid in parts(node))
    work = Arg(Lambda(Func("", (), body, span), span), span)
    yield ExpressionStatement(Call(Name("go", span), (work,), span), span)


def _send(r: Reader, node: Node) -> Iterator[Stmt]:
    """`channel <- value`"""
    yield ExpressionStatement(r.unknown("send", node, *parts(node)), r.span(node))


# --- control flow -----------------------------------------------------------------------------------------------------


def _if(r: Reader, node: Node) -> Iterator[Stmt]:
    """`if err := f(); err != nil { … }` and any other."""
    start = node.child_by_field_name("initializer")
    error = errors.error_of(r, start) if start is not None else None
    test = errors.tested(r, node, error.name) if error is not None else None
    if error is not None and test is not None:
        yield from errors.tried(r, node, (error.stmt,), test, (), error.name)
        return
    if error is not None:
        yield error.stmt
    elif start is not None:
        yield from r.block([start])
    yield from _plain_if(r, node)


def _plain_if(r: Reader, node: Node) -> Iterator[Stmt]:
    arms: list[Arm] = []
    current: Node | None = node
    while current is not None and current.type == "if_statement":
        if current is not node and current.child_by_field_name("initializer") is not None:
            break
        test = asserted(r, current) or curly_braces.field(r, current, "condition")
        arms.append(Arm(test or errors.nothing(r.span(current)), curly_braces.body(r, current, "consequence")))
        current = current.child_by_field_name("alternative")
    if current is not None:
        arms.append(Arm(None, r.block([current])))
    yield If(tuple(arms), r.span(node))


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for a; b; c { … }`, `for test { … }`, `for i, x := range list { … }`, `for { … }`"""
    clause, ranged = child(node, "for_clause"), child(node, "range_clause")
    span = r.span(node)
    if ranged is not None:
        left, right = ranged.child_by_field_name("left"), curly_braces.field(r, ranged, "right")
        names = parts(left) if left is not None else []
        for name in names:
            hide(r, r.text(name))
        target: Expression = r.value(names[-1]) if names else Name("_", span)
        first: tuple[Stmt, ...] = ()
        if len(names) > 1 and r.text(names[0]) != "_":
            first = (Assign((r.value(names[0]),), Unknown("key", (), r.span(names[0])), r.span(names[0])),)
        yield Loop("for", first + curly_braces.body(r, node), span, target, right)
        return
    if clause is not None:
        yield from r.block(clause.children_by_field_name("initializer"))
        last = r.block(clause.children_by_field_name("update"))
        body = curly_braces.body(r, node) + last
        yield Loop("while", body, span, test=curly_braces.field(r, clause, "condition"))
        return
    body_node = node.child_by_field_name("body")
    tests = [kid for kid in parts(node) if kid != body_node]
    test = r.value(tests[0]) if tests else curly_braces.constant("True", span)
    yield Loop("while", curly_braces.body(r, node), span, test=test)


def _switch(r: Reader, node: Node) -> Iterator[Stmt]:
    """A switch is an If of tests; what it looks at is evaluated once."""
    start = node.child_by_field_name("initializer")
    yield from r.block([start]) if start is not None else ()
    looked_at = curly_braces.field(r, node, "value")
    subject, first = curly_braces.evaluated_once(looked_at) if looked_at is not None else (None, ())
    yield from first
    alias = node.child_by_field_name("alias")
    if alias is not None and subject is not None:
        yield Assign((r.value(alias),), subject, r.span(alias))
    arms = [_section(r, kid, subject) for kid in children(node, "expression_case", "type_case", "default_case")]
    yield curly_braces.sections(arms, r.span(node))


def _switched(r: Reader, node: Node, body: tuple[Stmt, ...], name: str) -> Try:
    """A call with `switch err.(type)`: the cases catch its error, and what is done with none is done after it."""
    cases, span = children(node, "type_case", "default_case"), r.span(node)
    none = [kid for kid in cases if is_nil_case(r, kid)] or [kid for kid in cases if kid.type == "default_case"]
    error, alias = Name(name, span), node.child_by_field_name("alias")
    first = (Assign((r.value(alias),), error, span),) if alias is not None else ()
    arms = [_section(r, kid, error) for kid in cases if kid not in none]
    failed = (*first, curly_braces.sections(arms, span), Raise(error, span))
    well = tuple(stmt for kid in none for stmt in _section(r, kid, error)[1])
    return Try(body, (Handler((), name, failed, span),), span, otherwise=well)


def _section(r: Reader, node: Node, subject: Expression | None) -> tuple[list[Expression | None], tuple[Stmt, ...]]:
    if node.type == "default_case":
        tests: list[Expression | None] = [None]
    elif node.type == "type_case":
        kinds = node.children_by_field_name("type")
        tested = subject or errors.nothing(r.span(node))
        tests = [
            Compare("is", tested, Name(type_name(r, kid), r.span(kid)), r.span(kid)) for kid in kinds if kid.is_named
        ]
    else:
        listed = node.child_by_field_name("value")
        values = [r.value(kid) for kid in parts(listed)] if listed is not None else []
        tests = [v if subject is None else Compare("==", subject, v, v.span) for v in values]
    falls = any(parts(kid)[-1:] and parts(kid)[-1].type == "fallthrough_statement" for kid in _lists(node))
    stmts = tuple(stmt for kid in _lists(node) for stmt in r.block([kid]))
    body = () if falls and not stmts else stmts or (ExpressionStatement(errors.nothing(r.span(node)), r.span(node)),)
    return tests, body


def _lists(node: Node) -> list[Node]:
    return children(node, "statement_list")


def _select(r: Reader, node: Node) -> Iterator[Stmt]:
    """`select { case x := <-channel: … }`: any of them may run."""
    arms = []
    for kid in children(node, "communication_case", "default_case"):
        communication = kid.child_by_field_name("communication")
        before = r.block([communication]) if communication is not None else ()
        test = Unknown("select", (), r.span(kid)) if communication is not None else None
        arms.append(Arm(test, before + tuple(stmt for one in _lists(kid) for stmt in r.block([one]))))
    arms.sort(key=lambda arm: arm.test is None)
    yield If(tuple(arms), r.span(node))


def _received(r: Reader, node: Node) -> Iterator[Stmt]:
    """`x := <-channel`"""
    left, right = node.child_by_field_name("left"), curly_braces.field(r, node, "right")
    span = r.span(node)
    value = right or errors.nothing(span)
    if left is None:
        yield ExpressionStatement(value, span)
        return
    names = [r.value(kid) for kid in parts(left)]
    yield Assign((names[0] if len(names) == 1 else Seq(tuple(names), span),), value, span)


STATEMENTS: dict[str, StmtBuilder] = {
    "source_file": file,
    "block": _block,
    "statement_list": _list,
    "import_declaration": import_,
    "type_declaration": types,
    "function_declaration": function,
    "method_declaration": function,
    "const_declaration": variables,
    "var_declaration": variables,
    "short_var_declaration": _assign,
    "assignment_statement": _assign,
    "inc_statement": _step,
    "dec_statement": _step,
    "expression_statement": _expression,
    "send_statement": _send,
    "receive_statement": _received,
    "go_statement": _go,
    "defer_statement": _deferred,
    "if_statement": _if,
    "for_statement": _for,
    "expression_switch_statement": _switch,
    "type_switch_statement": _switch,
    "select_statement": _select,
    "return_statement": errors.return_,
    "break_statement": curly_braces.break_,
    "continue_statement": curly_braces.continue_,
    "labeled_statement": lambda r, node: r.block(parts(node)[1:]),
    **dict.fromkeys(
        ("package_clause", "empty_statement", "goto_statement", "fallthrough_statement", "label_name"),
        curly_braces.nothing,
    ),
}


def _ended(text: str) -> str:
    """The grammar wants the end of the last line."""
    return text if text.endswith("\n") else text + "\n"


@cache
def _grammar() -> Grammar:
    return Grammar("go", Language(tree_sitter_go.language()), VALUES, STATEMENTS, curly_braces.comment_text, _ended)
