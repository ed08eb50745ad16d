"""Go's errors, which a function gives back and its caller looks at, as what they mean: errors that are raised.

`x, err := f(); if err != nil { H }` is `try { x = f() } catch (err) { H }`; `return nil, err` is `throw err`; an error
that is assigned to `_` is caught and forgotten; one that is only handed on is not caught. Of what a function gives back
the error is left out, and so is the truth in `value, ok`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.go import error_kinds
from pcmfa_lint.frontend.go.functions import hide
from pcmfa_lint.frontend.go.types import FAILS, SHARED, results
from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Call,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Name,
    Raise,
    Return,
    Seq,
    Span,
    Stmt,
    Text,
    Try,
)

_ERROR = re.compile(r"e|[eE]rr(?:or)?\d*|err[A-Z_]\w*|\w*(?:Err|Error)\d*")
_MAKES = re.compile(r"(?:^|\.)(?:Errorf|Wrapf?|WithStack|WithMessagef?|Join)$|[eE]rr", re.ASCII)
_TRUTH = frozenset(("ok", "found", "exists", "has"))
AHEAD = 6  # statements between a call and the test of its error
_FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")
ASSIGNS = ("short_var_declaration", "assignment_statement")


@dataclass(frozen=True)
class Given:
    """A call whose error is assigned: to `name`, which is `_` where it is thrown away."""

    stmt: Stmt
    name: str


@dataclass(frozen=True)
class Tested:
    """The meaning of an `if` for an error: `failed`, the branch that runs on one, `well`, the one that runs on none,
    and what else must hold, `both` or instead (`either`)."""

    failed: tuple[Stmt, ...]
    well: tuple[Stmt, ...]
    both: Expression | None = None
    either: Expression | None = None


def is_error(name: str) -> bool:
    """Whether a variable of this name holds an error."""
    return _ERROR.fullmatch(name) is not None


# --- calls whose error is assigned ------------------------------------------------------------------------------------


def error_of(r: Reader, node: Node) -> Given | None:
    """`x, err := f()`; None if it assigns no error."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type not in ASSIGNS or left is None or right is None or len(parts(right)) != 1:
        return None
    names, call = parts(left), parts(right)[0]
    last = r.text(names[-1]) if names else ""
    if call.type != "call_expression" or not (is_error(last) or last == "_"):
        return None
    value = r.value(call)
    if len(names) == 1:
        return Given(filled(r, call, value, r.span(node)), last)
    return Given(_assigned(r, names[:-1], value, r.span(node)), last)


def _assigned(r: Reader, names: Sequence[Node], value: Expression, span: Span) -> Stmt:
    for name in names:
        if name.type == "identifier":
            hide(r, r.text(name))
    return Assign((_target(r, names, span),), value, span)


def _target(r: Reader, names: Sequence[Node], span: Span) -> Expression:
    if len(names) > 1 and r.text(names[-1]) in _TRUTH:
        names = names[:-1]
    return r.value(names[0]) if len(names) == 1 else Seq(tuple(r.value(name) for name in names), span)


def filled(r: Reader, call: Node, value: Expression, span: Span) -> Stmt:
    """A call that gives back nothing but an error: what it is handed to be filled in, `&x`, is what it gives."""
    listed = call.child_by_field_name("arguments")
    last = parts(listed)[-1] if listed is not None and parts(listed) else None
    if not isinstance(value, Call) or last is None or not _is_address(r, last):
        return ExpressionStatement(value, span)
    return Assign((value.args[-1].value,), value, span)


def _is_address(r: Reader, node: Node) -> bool:
    """`&x`, `&x.y`"""
    operand = node.child_by_field_name("operand")
    return r.text(node)[:1] == "&" and operand is not None and operand.type in ("identifier", "selector_expression")


def assign(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`a, b = c, d`, `a, b := f()`, `a += b`"""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return ()
    names, values = parts(left), [r.value(kid) for kid in parts(right)]
    sign, span = node.child_by_field_name("operator"), r.span(node)
    for name in names if node.type == "short_var_declaration" else ():
        hide(r, r.text(name))
    targets = [_set(r, name, node) for name in names]
    if len(names) == len(values):
        operator = r.text(sign) if sign is not None else "="
        pairs = [(t, v) for n, t, v in zip(names, targets, values, strict=True) if r.text(n) != "_"]
        return tuple(Assign((t,), v, span, "=" if operator == ":=" else operator) for t, v in pairs)
    return (Assign((_target(r, names, span),), values[0], span),) if values else ()


def _set(r: Reader, name: Node, node: Node) -> Expression:
    """What is assigned to; a variable of the package is no one of the function."""
    value = r.value(name)
    shared = isinstance(value, Name) and node.type == "assignment_statement" and r.aliases.get(f"{value.id}=") == SHARED
    return replace(value, scope="outer") if shared and isinstance(value, Name) else value


# --- tests of an error ------------------------------------------------------------------------------------------------


def tested(r: Reader, node: Node, name: str) -> Tested | None:
    """The meaning of an `if` for the error of this name; None if it does not ask whether there is one."""
    condition = node.child_by_field_name("condition")
    test = _error_test(r, condition, name) if condition is not None else None
    if test is None:
        return _tested_kind(r, node, name)
    failing, both, either = test
    then = curly_braces.body(r, node, "consequence")
    other = node.child_by_field_name("alternative")
    otherwise = r.block([other]) if other is not None else ()
    if failing:
        return Tested(then, otherwise, both, either)
    return Tested(otherwise, then) if both is None and either is None else None


def _tested_kind(r: Reader, node: Node, name: str) -> Tested | None:
    """The same of an `if` that asks of what kind the error is: one of another kind goes on, as does what follows."""
    test = error_kinds.kind_test(r, node, name)
    if test is None:
        return None
    span, other = r.span(node), node.child_by_field_name("alternative")
    choice = If((Arm(test, curly_braces.body(r, node, "consequence")),), span)
    next_ = tested(r, other, name) if other is not None else None
    if next_ is None or next_.both is not None or next_.either is not None:
        next_ = Tested((), r.block([other]) if other is not None else ())
    return Tested((choice, *next_.failed, Raise(Name(name, span), span)), next_.well)


def _error_test(r: Reader, node: Node, name: str) -> tuple[bool, Expression | None, Expression | None] | None:
    """Whether there is an error (or none) is asked, with what must hold, too, or instead."""
    while node.type == "parenthesized_expression" and parts(node):
        node = parts(node)[0]
    if node.type != "binary_expression":
        return None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = curly_braces.operator_of(r, node)
    if left is None or right is None:
        return None
    if operator in ("!=", "==") and {r.text(left), r.text(right)} == {name, "nil"}:
        return operator == "!=", None, None
    if operator in ("&&", "||"):
        inner = _error_test(r, left, name)
        if inner is not None and inner[1] is None and inner[2] is None:
            other = r.value(right)
            return (inner[0], other, None) if operator == "&&" else (inner[0], None, other)
    return None


def is_error_test(r: Reader, node: Node, name: str) -> bool:
    """Whether an `if` asks whether there is an error of this name."""
    condition = node.child_by_field_name("condition")
    comparison = rf"(?<![\w.]){re.escape(name)}\s*[!=]=\s*nil"
    return condition is not None and re.match(rf"\(*{comparison}", r.text(condition)) is not None


def assigns(r: Reader, node: Node, name: str) -> bool:
    """Whether an assignment overwrites this variable."""
    left = node.child_by_field_name("left")
    return left is not None and name in [r.text(kid) for kid in parts(left)]


def mentions(r: Reader, node: Node, name: str) -> bool:
    """Whether an `if` looks at the error of this name in any way."""
    condition = node.child_by_field_name("condition")
    return condition is not None and re.search(rf"(?<![\w.]){re.escape(name)}\b", r.text(condition)) is not None


def tried(
    r: Reader, node: Node, body: tuple[Stmt, ...], test: Tested, first: tuple[Stmt, ...], name: str
) -> list[Stmt]:
    """The calls in `body`, with what is done about their error. `first`: what is done before the test."""
    span = r.span(node)
    failed = test.failed
    if test.both is not None:
        failed = (If((Arm(test.both, failed),), span),)
    extra: list[Stmt] = []
    well = test.well
    if test.either is not None:
        extra = [If((Arm(test.either, test.failed), *((Arm(None, well),) if well else ())), span)]
        well = ()
    return [Try(body, (Handler((), name, first + failed, span),), span, otherwise=well), *extra]


def forgotten(r: Reader, node: Node, stmt: Stmt) -> Try:
    """A call whose error nobody looks at."""
    return Try((stmt,), (Handler((), "", (), r.span(node)),), r.span(node))


def drops_error(r: Reader, node: Node) -> bool:
    """Whether a statement is a call of a function of this file whose error is thrown away."""
    call = parts(node)[0] if node.type == "expression_statement" and parts(node) else None
    function = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
    named = function.child_by_field_name("field") or function if function is not None else None
    return named is not None and r.aliases.get(f"{r.text(named)}()") == FAILS


# --- what is given back -----------------------------------------------------------------------------------------------


def return_(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`return a, err`: an error is raised, and no error is left out."""
    declared = _declared(r, node)
    fails = bool(declared) and declared[-1][1] == "error"
    kids = [one for kid in parts(node) for one in (parts(kid) if kid.type == "expression_list" else [kid])]
    span = r.span(node)
    if not kids:
        return _bare(r, node, declared, fails, span)
    if fails and len(kids) == len(declared):
        error = kids.pop()
        if _is_raised(r, error, node):
            return (Raise(error_kinds.made(r, error), span),)
        if error.type == "call_expression":
            return _called_last(r, error, kids, span)
        if not kids:
            return (Return(None if error.type in ("nil", "identifier") else r.value(error), span),)
    elif len(declared) == 2 and declared[1][1] == "bool" and len(kids) == 2:
        kids.pop()
    return (Return(_value(r, kids, span), span),)


def _called_last(r: Reader, call: Node, kids: Sequence[Node], span: Span) -> tuple[Stmt, ...]:
    """`return &x, f(&x)`: what is given back is what it is after the call."""
    value = r.value(call)
    ran = filled(r, call, value, span)
    if kids:
        return (ran, Return(_value(r, kids, span), span))
    return (Return(value, span),) if isinstance(ran, ExpressionStatement) else (ran, Return(None, span))


def _value(r: Reader, kids: Sequence[Node], span: Span) -> Expression:
    return r.value(kids[0]) if len(kids) == 1 else Seq(tuple(r.value(kid) for kid in kids), span)


def _bare(r: Reader, node: Node, declared: list[tuple[str, str]], fails: bool, span: Span) -> tuple[Stmt, ...]:
    """`return` alone gives back what the results are called."""
    if fails and declared[-1][0] and _in_failure(r, node, declared[-1][0]):
        return (Raise(Name(declared[-1][0], span), span),)
    named = [Name(name, span) for name, _ in (declared[:-1] if fails else declared) if name]
    value = named[0] if len(named) == 1 else Seq(tuple(named), span) if named else None
    return (Return(value, span),)


def _declared(r: Reader, node: Node) -> list[tuple[str, str]]:
    current: Node | None = node.parent
    while current is not None and current.type not in _FUNCTIONS:
        current = current.parent
    return results(r, current) if current is not None else []


def _is_raised(r: Reader, error: Node, node: Node) -> bool:
    """Whether what is given back as the error is one: not `nil`, and not what may be `nil` here."""
    if error.type == "nil":
        return False
    if error.type == "identifier":
        name = r.text(error)
        return not is_error(name) or name[:3] == "Err" or _in_failure(r, node, name)
    if error.type == "call_expression":
        function = error.child_by_field_name("function")
        written = r.text(function) if function is not None else ""
        return written == "errors.New" or _MAKES.search(written) is not None
    return True


def _in_failure(r: Reader, node: Node, name: str) -> bool:
    """Whether this runs only where there is an error of this name."""
    current: Node | None = node.parent
    inner = node
    while current is not None and current.type not in _FUNCTIONS:
        if current.type == "if_statement":
            condition = current.child_by_field_name("condition")
            written = r.text(condition) if condition is not None else ""
            asserted = error_kinds.asserted(r, current, name) is not None
            then = current.child_by_field_name("consequence")
            inside = then is not None and then.start_byte <= inner.start_byte < then.end_byte
            sign = "!=" if inside else "=="
            if re.search(rf"(?<![\w.]){re.escape(name)}\s*{sign}\s*nil", written) or (
                inside and (asserted or re.search(rf"(?:Is|As)\w*\(\s*{re.escape(name)}\b", written))
            ):
                return True
        elif current.type == "type_switch_statement" and error_kinds.in_case_of_error(r, current, inner, name):
            return True
        inner, current = current, current.parent
    return False


def nothing(span: Span) -> Text:
    """A node that says nothing."""
    return curly_braces.constant("None", span)
