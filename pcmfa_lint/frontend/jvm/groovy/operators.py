"""Groovy's operators, and what they make of their operands."""

from __future__ import annotations

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Expression,
    ExpressionStatement,
    Lambda,
    Member,
    Name,
    Seq,
    Span,
    Stmt,
    Text,
    Unknown,
)

_STREAMS = ("stream", "writer", "output")
COMPARES = {**curly_braces.COMPARES, "=~": "match", "==~": "match"}


def around(first: Expression, last: Expression) -> Span:
    """The place from one value to another."""
    return Span(first.span.line, first.span.col, last.span.end_line, last.span.end_col)


def operation(sign: str, items: list[Expression]) -> Expression:
    """An operation, of its operands."""
    span = around(items[0], items[-1])
    match sign:
        case "+" | "<<":
            return Concatenation(tuple(items), span)
        case "&&" | "||":
            return BooleanOperation("and" if sign == "&&" else "or", tuple(items), span)
        case "as":
            return Call(items[1], (Arg(items[0], items[0].span),), span, "cast")
        case ".." | "..<":
            name = "range" if sign == ".." else "range until"
            return Call(Name(name, span), tuple(Arg(item, item.span) for item in items), span)
        case "in" if isinstance(items[1], Call) and _is_range(items[1]):
            return _within(items[0], items[1], span)
        case "!in" | "!instanceof":
            return BooleanOperation("not", (operation(sign[1:], items),), span)
    if sign in COMPARES:
        return Compare(COMPARES[sign], items[0], items[1], span)
    return Unknown(sign, tuple(items), span)


def _is_range(value: Call) -> bool:
    return isinstance(value.callee, Name) and value.callee.id in ("range", "range until") and len(value.args) == 2


def _within(value: Expression, range_: Call, span: Span) -> Expression:
    """`a in b..c` is two comparisons."""
    low, high = (arg.value for arg in range_.args)
    upper = "<=" if isinstance(range_.callee, Name) and range_.callee.id == "range" else "<"
    return BooleanOperation("and", (Compare(">=", value, low, span), Compare(upper, value, high, span)), span)


def signed(sign: str, inner: Expression, span: Span) -> Expression:
    """An operation with its operator before the operand."""
    if sign == "!":
        return BooleanOperation("not", (inner,), span)
    if sign in ("++", "--"):
        return step(inner, sign, span)
    if isinstance(inner, Text) and inner.kind == "number":
        return Text(sign + inner.value, span, "number")
    return inner if sign == "~" and isinstance(inner, Text) else Unknown(sign, (inner,), span)


def step(target: Expression, sign: str, span: Span) -> Block:
    """`a++`, `--a`"""
    one = Text("1", span, "number")
    return Block((Assign((target,), one, span, sign[0] + "="), ExpressionStatement(target, span)), span)


def put(items: tuple[Expression, ...], value: Concatenation) -> Stmt:
    """`a << b`: a stream is written to, anything else added to."""
    target, *added = items
    last = target.id if isinstance(target, Name) else ""
    if isinstance(target, Member) and isinstance(target.key, Text):
        last = target.key.value
    if last.lower().endswith(_STREAMS) or last in ("it", "out", "os", "w"):
        call: Expression = target
        for each in added:
            from_ = Member(target, Text("write", target.span, "bare"), target.span)
            call = Call(from_, (Arg(each, each.span),), value.span)
        return ExpressionStatement(call, value.span)
    if not isinstance(target, (Name, Member)):
        return ExpressionStatement(value, value.span)
    addition = added[0] if len(added) == 1 else Concatenation(tuple(added), value.span)
    return Assign((target,), addition, value.span, "<<")


def case_test(subject: Expression, value: Expression) -> Expression:
    """The test that a `case` stands for: a list holds it, a range too, a type is its, a closure says so."""
    span = value.span
    if isinstance(value, Seq):
        return Compare("in", subject, value, span)
    if isinstance(value, Call) and _is_range(value):
        return _within(subject, value, span)
    if isinstance(value, Lambda):
        return Call(value, (Arg(subject, subject.span),), span)
    if isinstance(value, Name) and value.id[:1].isupper() and not value.id.isupper():
        return Compare("is", subject, value, span)
    return Compare("==", subject, value, span)
