"""Lowering that curly-brace languages share where their tree-sitter grammars agree on types and field names of nodes.

A language puts these builders into its tables beside its own: `STATEMENTS` and `VALUES` hold those that fit without
change the grammars of C#, Java and JavaScript; the functions also serve under other node types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend import common_nodes
from pcmfa_lint.frontend.treesitter import Reader, StmtBuilder, ValueBuilder, parts
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Jump,
    Lambda,
    Loop,
    Member,
    Name,
    Raise,
    Return,
    Span,
    Stmt,
    Text,
    Try,
    Unknown,
)

COMPARES = {
    "==": "==", "===": "==", "!=": "!=", "!==": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "instanceof": "is", "is": "is", "in": "in",
}  # fmt: skip
_LOGIC = {"&&": "and", "and": "and", "||": "or", "or": "or"}
_SIGNED = re.compile(r"[-+]\s*[\d.]\w*")


def awaited(value: Expression) -> Expression:
    """A value that is waited for here."""
    return replace(value, awaited=True) if isinstance(value, Call) else value


def around(value: Expression, handler: Expression, span: Span) -> Block:
    """The value of a promise with a handler around it."""
    error = Name("error", handler.span)
    call = called(handler, (Arg(error, error.span),))
    caught = Handler((), error.id, (ExpressionStatement(call, call.span),), handler.span)
    return Block((Try((ExpressionStatement(awaited(value), value.span),), (caught,), span),), span)


def called(callee: Expression, args: tuple[Arg, ...]) -> Call:
    """A call of a function that takes as many of the arguments as it has use for."""
    if isinstance(callee, Lambda) and not callee.func.params:
        args = ()
    return Call(callee, args, callee.span)


def constant(value: str, span: Span) -> Text:
    """True, False or None."""
    return Text(value, span, "constant")


def literal(r: Reader, node: Node) -> Text:
    """`true`, `false`; `null` and its like are None."""
    return constant({"true": "True", "false": "False"}.get(r.text(node), "None"), r.span(node))


def number(r: Reader, node: Node) -> Text:
    """A number, as written."""
    return Text(r.text(node), r.span(node), "number")


def word(r: Reader, node: Node) -> Text:
    """A written-out key or member name."""
    return Text(r.text(node), r.span(node), "bare")


def field(r: Reader, node: Node, name: str) -> Expression | None:
    """The value of a field, if the node has it."""
    inner = node.child_by_field_name(name)
    return None if inner is None else r.value(inner)


def body(r: Reader, node: Node, name: str = "body") -> tuple[Stmt, ...]:
    """The statements of a field that holds a block or a single statement."""
    inner = node.child_by_field_name(name)
    return () if inner is None else r.block([inner])


# --- statements -------------------------------------------------------------------------------------------------------


def block(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`{ … }`"""
    return r.block(parts(node))


def nothing(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """A node that says nothing that a unit holds."""
    return ()


def if_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`if … else if … else`: one If, however long the chain."""
    arms: list[Arm] = []
    current: Node | None = node
    while current is not None and current.type == "if_statement":
        test = field(r, current, "condition")
        arms.append(Arm(constant("None", r.span(current)) if test is None else test, body(r, current, "consequence")))
        current = current.child_by_field_name("alternative")
        if current is not None and current.type == "else_clause":
            current = parts(current)[0] if parts(current) else None
    if current is not None:
        arms.append(Arm(None, r.block([current])))
    yield If(tuple(arms), r.span(node))


def while_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`while (…) { … }`"""
    yield Loop("while", body(r, node), r.span(node), test=field(r, node, "condition"))


def do(r: Reader, node: Node) -> Iterator[Stmt]:
    """`do { … } while (…)`"""
    yield looped(field(r, node, "condition"), body(r, node), True, r.span(node))


def looped(test: Expression | None, stmts: tuple[Stmt, ...], late: bool, span: Span) -> Loop:
    """A loop that tests first, or `late`: the test of an `until` loop ends it, so it is turned round."""
    if not late:
        return Loop("while", stmts, span, test=test)
    return Loop("until", stmts, span, test=None if test is None else BooleanOperation("not", (test,), test.span))


def for_(r: Reader, node: Node, start: str = "initializer", step: str = "update") -> Iterator[Stmt]:
    """`for (a; b; c) { … }` is `a; while (b) { …; c }`."""
    yield from r.block(node.children_by_field_name(start))
    last = tuple(stmt for kid in node.children_by_field_name(step) for stmt in _counted(r, kid))
    yield Loop("while", body(r, node) + last, r.span(node), test=field(r, node, "condition"))


def _counted(r: Reader, node: Node) -> tuple[Stmt, ...]:
    return statement_of(r.value(node), r.span(node)) if node.is_named else ()


def break_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`break;`"""
    yield Jump("break", r.span(node))


def continue_(r: Reader, node: Node) -> Iterator[Stmt]:
    """`continue;`"""
    yield Jump("continue", r.span(node))


def expression(r: Reader, node: Node) -> Iterator[Stmt]:
    """`value;`: an assignment is a statement of its own."""
    for kid in parts(node):
        yield from statement_of(r.value(kid), r.span(kid))


def statement_of(value: Expression, span: Span) -> tuple[Stmt, ...]:
    """A value as statements: the block that an assignment becomes is taken apart again."""
    if isinstance(value, Block) and len(value.body) == 2 and isinstance(value.body[0], Assign):
        return (value.body[0],)
    return (ExpressionStatement(value, span),)


def into(stmts: tuple[Stmt, ...], make: Callable[[Expression], Stmt]) -> tuple[Stmt, ...]:
    """Statements that are a value, as statements that use it: what an `if` or `try` in the last place leaves is what
    `make` is given, in each of its ways; a way that ends by leaving is left as it is."""
    if not stmts:
        return stmts
    match stmts[-1]:
        case ExpressionStatement(value=Block(body=left)) if left and isinstance(left[-1], (Raise, Return, Jump)):
            last: tuple[Stmt, ...] = left
        case ExpressionStatement(value=value):
            last = (make(value),)
        case If(arms=arms, span=span):
            last = (If(tuple(Arm(arm.test, into(arm.body, make)) for arm in arms), span),)
        case Try(body=body, handlers=handlers) as stmt:
            handled = tuple(replace(handler, body=into(handler.body, make)) for handler in handlers)
            last = (replace(stmt, body=into(body, make), handlers=handled),)
        case stmt:
            last = (stmt,)
    return (*stmts[:-1], *last)


def evaluated_once(subject: Expression) -> tuple[Expression, tuple[Stmt, ...]]:
    """The value that a switch looks at, and what has to run before so that it is evaluated once."""
    if isinstance(subject, (Name, Member, Text)):
        return subject, ()
    name = Name("switch", subject.span)
    return name, (Assign((name,), subject, subject.span),)


def sections(arms: list[tuple[list[Expression | None], tuple[Stmt, ...]]], span: Span, breaks: bool = True) -> If:
    """A switch as an If: each section's tests (None: default) and statements. The `break` that ends a section is left
    out (where it means the switch: `breaks`), a section without statements shares those of the next, and the default
    comes last."""
    arms_of_sections: list[Arm] = []
    last: list[Arm] = []
    waiting: list[Expression | None] = []
    for tests, stmts in arms:
        waiting += tests
        if not stmts:
            continue
        if breaks and isinstance(stmts[-1], Jump) and stmts[-1].kind == "break":
            stmts = stmts[:-1]
        real = tuple(test for test in waiting if test is not None)
        if len(real) < len(waiting):
            last.append(Arm(None, stmts))
        else:
            arms_of_sections.append(Arm(real[0] if len(real) == 1 else BooleanOperation("or", real, span), stmts))
        waiting = []
    return If((*arms_of_sections, *last[:1]), span)


# --- values -----------------------------------------------------------------------------------------------------------


def assignment(r: Reader, node: Node) -> Expression:
    """`a = b` as a value: assigns, and is what was assigned. `expression` makes a statement of it."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return r.unknown(node.type, node, *parts(node))
    sign = node.child_by_field_name("operator")
    target = r.value(left)
    stmt = Assign((target,), r.value(right), r.span(node), r.text(sign) if sign is not None else "=")
    return Block((stmt, ExpressionStatement(target, target.span)), r.span(node))


def bound(test: Expression, name: Node | None, value: Expression, type_: str, r: Reader) -> Expression:
    """A test with the name that it gives what it looks at: assigned where the test has succeeded so far."""
    if name is None or name.type != "identifier":
        return test
    binding = Assign((Name(r.text(name), r.span(name)),), value, test.span, type=type_)
    always = ExpressionStatement(constant("True", test.span), test.span)
    return BooleanOperation("and", (test, Block((binding, always), test.span)), test.span)


def step(r: Reader, node: Node) -> Expression:
    """`i++`, `--i`"""
    target = r.value(parts(node)[0])
    span = r.span(node)
    operator = "+=" if "++" in r.text(node) else "-="
    return Block(
        (Assign((target,), Text("1", span, "number"), span, operator), ExpressionStatement(target, span)), span
    )


def conditional(r: Reader, node: Node) -> Expression:
    """`a ? b : c`"""
    test, one, other = (field(r, node, name) for name in ("condition", "consequence", "alternative"))
    if test is None or one is None or other is None:
        return r.unknown(node.type, node, *parts(node))
    return Conditional((one, other), r.span(node), test)


def operator_of(r: Reader, node: Node) -> str:
    """The operator between, before or behind a node's operands."""
    operator = node.child_by_field_name("operator")
    if operator is not None:
        return r.text(operator)
    return next((kid.type for kid in node.children if not kid.is_named), "")


def chain(r: Reader, node: Node, operator: str) -> list[Node]:
    """The operands of a chain of one operator, in order, however it is nested."""
    operands = _sides(node)
    while operands and operands[0].type == node.type and operator_of(r, operands[0]) == operator:
        operands[:1] = _sides(operands[0])
    while len(operands) > 1 and operands[-1].type == node.type and operator_of(r, operands[-1]) == operator:
        operands[-1:] = _sides(operands[-1])
    return operands


def _sides(node: Node) -> list[Node]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return [left, right] if left is not None and right is not None else []


def binary(r: Reader, node: Node) -> Expression:
    """`+` is a Template, `&&` and `||` Logic, `??` a Choice, comparisons Compare; the rest is not followed."""
    operator, span = operator_of(r, node), r.span(node)
    sides = _sides(node)
    if not sides:
        return r.unknown(node.type, node, *parts(node))
    if operator in COMPARES:
        return Compare(COMPARES[operator], r.value(sides[0]), r.value(sides[1]), span)
    operands = chain(r, node, operator)
    items = tuple(r.value(kid) for kid in operands)
    if operator in ("+", "."):
        return Concatenation(items, span)
    if operator in _LOGIC:
        return BooleanOperation("and" if _LOGIC[operator] == "and" else "or", items, span)
    if operator in ("??", "?:"):
        return Conditional(items, span)
    return Unknown(operator, items, span)


def unary(r: Reader, node: Node) -> Expression:
    """`!a`, a signed number, `++a`."""
    operator, kids = operator_of(r, node), parts(node)
    if len(kids) != 1:
        return r.unknown(node.type, node, *kids)
    if operator in ("!", "not"):
        return BooleanOperation("not", (r.value(kids[0]),), r.span(node))
    if operator in ("++", "--"):
        return step(r, node)
    if _SIGNED.fullmatch(r.text(node)):
        return Text(r.text(node), r.span(node), "number")
    return r.unknown(operator, node, *kids)


def function_body(r: Reader, node: Node, block: str) -> tuple[Stmt, ...]:
    """The statements of a function's body: a node of type `block`, or the value that the function returns."""
    body = node.child_by_field_name("body")
    if body is None:
        return ()
    if body.type == block:
        return r.block([body])
    return (Return(r.value(body), r.span(body)),)


def args(r: Reader, nodes: list[Node]) -> tuple[Arg, ...]:
    """Plain arguments by position."""
    return tuple(Arg(r.value(node), r.span(node)) for node in nodes)


def comment_text(written: str, marks: str = "/") -> str:
    """A comment without its marks: `/* … */`, or a line that begins with any of `marks`."""
    if written.startswith("/*"):
        return written[2:].removesuffix("*/").strip("*").strip()
    return written.lstrip(marks).strip()


STATEMENTS: dict[str, StmtBuilder] = {
    "block": block,
    "empty_statement": nothing,
    "if_statement": if_,
    "while_statement": while_,
    "do_statement": do,
    "for_statement": for_,
    "return_statement": common_nodes.return_,
    "throw_statement": common_nodes.throw,
    "break_statement": break_,
    "continue_statement": continue_,
    "expression_statement": expression,
}
VALUES: dict[str, ValueBuilder] = {
    "parenthesized_expression": common_nodes.parenthesized,
    "assignment_expression": assignment,
    "binary_expression": binary,
}
