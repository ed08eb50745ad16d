"""PowerShell: `.ps1`, `.psm1` and `.psd1` to a Unit, by the tree-sitter reader.

Here stand the statements; expressions, strings, commands and functions have modules of their own beside this one, and
`languages/powershell.scm` says what is comment and literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import tree_sitter_pwsh
from tree_sitter import Language, Node

from pcmfa_lint.frontend.curly_braces import constant, evaluated_once
from pcmfa_lint.frontend.powershell.commands import chain, command, pipeline, requires, using
from pcmfa_lint.frontend.powershell.expressions import VALUES, type_name
from pcmfa_lint.frontend.powershell.functions import class_, enum, function, last_name, params
from pcmfa_lint.frontend.powershell.repair import REPAIRS, plain
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, child, children, parts, read
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    BooleanOperation,
    Compare,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    If,
    Jump,
    Lambda,
    Loop,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Text,
    Try,
    Unit,
)


def read_powershell(text: str, path: str) -> Unit:
    """Reads decoded PowerShell; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


# --- blocks and pipelines ---------------------------------------------------------------------------------------------


def _sequence(r: Reader, node: Node) -> Iterator[Stmt]:
    """Statements in a row. A `trap` handles what comes after it in its block."""
    kids = parts(node)
    traps = [kid for kid in kids if kid.type == "trap_statement"]
    if not traps:
        yield from r.block(kids)
        return
    at = kids.index(traps[0])
    yield from r.block(kids[:at])
    rest = r.block([kid for kid in kids[at:] if kid.type != "trap_statement"])
    yield Try(rest, tuple(_handler(r, kid) for kid in traps), r.span(traps[0]))


def _nothing(r: Reader, node: Node) -> tuple[Stmt, ...]:
    return ()


def _pipeline(r: Reader, node: Node) -> Iterator[Stmt]:
    kids = parts(node)
    span = r.span(node)
    assigned = child(node, "assignment_expression")
    if assigned is not None:
        yield _assign(r, assigned)
    elif len(kids) == 1 and (step := _step(r, kids[0])) is not None:
        yield step
    elif kids:
        yield ExpressionStatement(pipeline(r, node), span)


def _assign(r: Reader, node: Node) -> Assign:
    """`a = b = value` has two targets."""
    targets: list[Expression] = []
    operator, current, type_ = "=", node, ""
    while True:
        left, sign = child(current, "left_assignment_expression"), child(current, "assignment_operator")
        if left is not None:
            targets.append(_target(r, left))
            type_ = _declared(r, left)
        operator = r.text(sign) if sign is not None else operator
        value = current.child_by_field_name("value")
        if value is None or value.type != "assignment_expression":
            break
        current = value
    assigned: Expression = constant("None", r.span(node)) if value is None else r.value(value)
    return Assign(tuple(targets), assigned, r.span(node), operator, type_)


def _declared(r: Reader, node: Node) -> str:
    """The last name of the type before the variable that is assigned to: `[A.B] $x = …`."""
    while node.type != "cast_expression":
        kids = parts(node)
        if len(kids) != 1:
            return ""
        node = kids[0]
    return last_name(type_name(r, parts(node)[0]).id)


def _target(r: Reader, node: Node) -> Expression:
    """What is assigned to, without the type that may stand before it."""
    while node.type not in ("variable", "member_access", "element_access", "array_literal_expression"):
        kids = parts(node)
        if not kids:
            break
        node = kids[-1]
    if node.type == "array_literal_expression":
        return Seq(tuple(_target(r, kid) for kid in parts(node)), r.span(node))
    value = r.value(node)
    return Name(r.text(node).lstrip("$"), value.span) if isinstance(value, Text) else value  # $null = …


def _assigned_value(r: Reader, node: Node) -> Expression:
    """`($x = f)`: assigns, and is what was assigned."""
    stmt = _assign(r, node)
    return Block((stmt, ExpressionStatement(stmt.targets[0], stmt.span)) if stmt.targets else (stmt,), stmt.span)


def _step(r: Reader, node: Node) -> Assign | None:
    """`$i++` as a statement."""
    while len(parts(node)) == 1 and "crement_expression" not in node.type:
        node = parts(node)[0]
    if "crement_expression" not in node.type or not parts(node):
        return None
    span = r.span(node)
    operator = "+=" if "increment" in node.type else "-="
    return Assign((r.value(parts(node)[0]),), Text("1", span, "number"), span, operator)


# --- statements -------------------------------------------------------------------------------------------------------


def _body(r: Reader, node: Node) -> tuple[Stmt, ...]:
    return r.block(children(node, "statement_block", "ERROR"))


def _condition(r: Reader, node: Node) -> Expression:
    condition = node.child_by_field_name("condition")
    return constant("None", r.span(node)) if condition is None else r.value(condition)


def _if(r: Reader, node: Node) -> Iterator[Stmt]:
    arms = [Arm(_condition(r, node), _body(r, node))]
    for clauses in children(node, "elseif_clauses"):
        arms += [Arm(_condition(r, kid), _body(r, kid)) for kid in children(clauses, "elseif_clause")]
    arms += [Arm(None, _body(r, kid)) for kid in children(node, "else_clause")]
    yield If(tuple(arms), r.span(node))


def _switch(r: Reader, node: Node) -> Iterator[Stmt]:
    """A switch is an If of Compares; what it looks at is evaluated once."""
    head = child(node, "switch_condition", "switch_filename")
    flags = {r.text(kid).lower() for part in children(node, "switch_parameters") for kid in parts(part)}
    operator = "match" if any("-regex".startswith(flag) for flag in flags if len(flag) > 1) else "=="
    operator = "like" if any("-wildcard".startswith(flag) for flag in flags if len(flag) > 1) else operator
    subject, first = evaluated_once(constant("None", r.span(node)) if head is None else r.value(head))
    yield from first
    clauses = [kid for body in children(node, "switch_body") for part in parts(body) for kid in parts(part)]
    arms = [_clause(r, kid, subject, operator) for kid in clauses if kid.type == "switch_clause"]
    yield If(tuple(arms), r.span(node))
    yield from r.block([kid for kid in clauses if kid.type == "ERROR"])


def _clause(r: Reader, node: Node, subject: Expression, operator: str) -> Arm:
    body = _body(r, node)
    if body and isinstance(body[-1], Jump) and body[-1].kind == "break":
        body = body[:-1]  # it ends the switch, which an If does on its own
    written = child(node, "switch_clause_condition")
    if written is None or r.text(written).lower() == "default":
        return Arm(None, body)
    value = r.value(written)
    if isinstance(value, Lambda):
        inner = value.func.body
        single = (
            inner[0].value
            if len(inner) == 1 and isinstance(inner[0], ExpressionStatement)
            else Block(inner, value.span)
        )
        return Arm(single, body)
    return Arm(Compare(operator, subject, value, value.span), body)


def _foreach(r: Reader, node: Node) -> Iterator[Stmt]:
    head = [kid for kid in parts(node) if kid.type not in ("statement_block", "foreach_parameter", "ERROR")]
    target, *source = (r.value(kid) for kid in head)
    yield Loop("for", _body(r, node), r.span(node), target=target, source=source[0] if source else None)


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for (a; b; c) { … }` is `a; while (b) { …; c }`."""
    yield from r.block([kid for part in children(node, "for_initializer") for kid in parts(part)])
    condition = child(node, "for_condition")
    step = r.block([kid for part in children(node, "for_iterator") for kid in parts(part)])
    test = r.value(condition) if condition is not None else None
    yield Loop("while", _body(r, node) + step, r.span(node), test=test)


def _while(r: Reader, node: Node) -> Iterator[Stmt]:
    yield Loop("while", _body(r, node), r.span(node), test=_condition(r, node))


def _do(r: Reader, node: Node) -> Iterator[Stmt]:
    """The test of an `until` loop ends it; `do … while` is turned round."""
    test = _condition(r, node)
    if any(kid.type.lower() == "while" for kid in node.children):
        test = BooleanOperation("not", (test,), test.span)
    yield Loop("until", _body(r, node), r.span(node), test=test)


def _try(r: Reader, node: Node) -> Iterator[Stmt]:
    handlers = [_handler(r, kid) for part in children(node, "catch_clauses") for kid in children(part, "catch_clause")]
    final = tuple(stmt for kid in children(node, "finally_clause") for stmt in _body(r, kid))
    yield Try(_body(r, node), tuple(handlers), r.span(node), final=final)


def _handler(r: Reader, node: Node) -> Handler:
    """A `catch` or `trap`; the error is `$_` in it."""
    listed = child(node, "catch_type_list")
    types = tuple(r.text(kid)[1:-1].strip() for kid in children(listed or node, "type_literal"))
    return Handler(types, "_", _body(r, node), r.span(node))


def _flow(r: Reader, node: Node) -> Iterator[Stmt]:
    word, kids, span = r.text(node.children[0]).lower(), parts(node), r.span(node)
    value = r.value(kids[0]) if kids and kids[0].type != "label_expression" else None
    if word == "return":
        yield Return(value, span)
    elif word == "throw":
        yield Raise(value, span)
    elif word == "exit":
        yield Jump("exit", span, value)
    else:
        yield Jump("continue" if word == "continue" else "break", span)


def _script(r: Reader, node: Node) -> Iterator[Stmt]:
    """A file. The parameters of a script stand first, as those of a function without a name."""
    declared = params(r, node)
    if declared:
        blocks = children(node, "param_block")
        span = r.span(blocks[0]) if blocks else r.span(node)
        yield Define(Func("", declared, (), span), span)
    yield from r.block([kid for kid in parts(node) if kid.type != "param_block"])


def _wrapped(r: Reader, node: Node) -> Iterable[Stmt]:
    """`parallel`, `sequence`, `inlinescript`, `data`: their statements run in place."""
    return _body(r, node)


_STATEMENTS: dict[str, StmtBuilder] = {
    "program": _script,
    "statement_list": _sequence,
    "statement_block": _sequence,
    "script_block_body": _sequence,
    "empty_statement": _nothing,
    "label": _nothing,
    "attribute_list": _nothing,
    "attribute_statement": _nothing,
    "command_argument_sep": _nothing,
    "pipeline": _pipeline,
    "if_statement": _if,
    "switch_statement": _switch,
    "foreach_statement": _foreach,
    "for_statement": _for,
    "while_statement": _while,
    "do_statement": _do,
    "try_statement": _try,
    "flow_control_statement": _flow,
    "function_statement": function,
    "class_statement": class_,
    "enum_statement": enum,
    "data_statement": _wrapped,
    "inlinescript_statement": _wrapped,
    "parallel_statement": _wrapped,
    "sequence_statement": _wrapped,
    "using_directive_list": lambda r, node: r.block(parts(node)),
    "using_statement": using,
    "requires_directive_list": lambda r, node: r.block(parts(node)),
    "requires_statement": requires,
}


def _pipeline_value(r: Reader, node: Node) -> Expression:
    assigned = child(node, "assignment_expression")
    return pipeline(r, node) if assigned is None else _assigned_value(r, assigned)


def _comment_text(written: str) -> str:
    if written.startswith("<#"):
        return written[2:].removesuffix("#>").strip()
    return written.lstrip("#").strip()


@cache
def _grammar() -> Grammar:
    return Grammar(
        name="powershell",
        language=Language(tree_sitter_pwsh.language()),
        values={
            **VALUES,
            "pipeline": _pipeline_value,
            "pipeline_chain": chain,
            "command": command,
            "assignment_expression": _assigned_value,
        },
        statements=_STATEMENTS,
        comment_text=_comment_text,
        plain=plain,
        repairs=REPAIRS,
    )
