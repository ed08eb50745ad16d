"""The tests of a shell: expressions in brackets, patterns, and whether a command succeeds.

`if a; then b; else c; fi` of a command is a `Try`: `a` may fail, then `c` runs, otherwise `b`. Tests of text and
numbers are tests as in every other language."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.curly_braces import constant
from pcmfa_lint.frontend.shell.words import literal, texts
from pcmfa_lint.frontend.treesitter import Reader, child, parts
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import (
    Arm,
    BooleanOperation,
    Call,
    Compare,
    Expression,
    Handler,
    If,
    Name,
    Seq,
    Span,
    Stmt,
    Text,
    Try,
    Unknown,
)
from pcmfa_lint.limits import NESTED_NODES

_OPERATORS = {
    "=": "==",
    "==": "==",
    "!=": "!=",
    "-eq": "==",
    "-ne": "!=",
    "-lt": "<",
    "-le": "<=",
    "-gt": ">",
    "-ge": ">=",
    "=~": "match",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_HUNDREDS = re.compile(r"\^?\(?\[?([1-5][1-5|]*)\]?\)?(?:\*|\?\?|xx|\.\.|(?:\[0-9\]){2}|\[0-9\]\{2\}|\\d\\d)?\$?")
_LISTED = re.compile(r"\^\(?(\d{3}(?:\|\d{3})*)\)?\$")
_QUESTIONS = ("command", "type", "which", "hash", "test", "true", "false", "id", "pgrep", "declare", "mountpoint")
_STATUS_OF_LAST = re.compile(r"\"?\$\?\"?|\"?\$\{?(?:rc|ret|status|exit_?code|exit_?status|res|result|err)\}?\"?", re.I)


@dataclass(frozen=True, slots=True)
class Condition:
    """`test`: what is tested, or None where the commands of `before` tell by succeeding."""

    before: tuple[Stmt, ...]
    test: Expression | None
    negated: bool = False


def condition(r: Reader, nodes: list[Node]) -> Condition:
    """The condition between `if` and `then`: the last of the commands there."""
    *first, last = nodes
    before = r.block(first)
    negated = False
    while last.type == "negated_command" and len(parts(last)) == 1:
        negated, last = not negated, parts(last)[0]
    test = pure(r, last)
    if test is not None:
        return Condition(before, _not(test) if negated else test)
    return Condition((*before, *r.block([last])), None, negated)


def decided(
    r: Reader, nodes: list[Node], then: tuple[Stmt, ...], other: tuple[Stmt, ...], span: Span
) -> tuple[Stmt, ...]:
    """`if nodes; then …; else …; fi`"""
    last = nodes[-1]
    if _is_too_deep(r, last):
        return ()
    if last.type == "list" and pure(r, last) is None:
        left, operator, right = _sides(r, last)
        if operator == "&&":
            inner = decided(r, [right], then, other, span)
            return decided(r, [*nodes[:-1], left], inner, other, span)
        inner = decided(r, [right], then, other, span)
        return decided(r, [*nodes[:-1], left], then, inner, span)
    decision = condition(r, nodes)
    if decision.test is not None:
        arms = (Arm(decision.test, then), *((Arm(None, other),) if other else ()))
        return (*decision.before, If(arms, span))
    fails, succeeds = (then, other) if decision.negated else (other, then)
    return (Try(decision.before, (Handler((), "", fails, span),), span, otherwise=succeeds),)


def _sides(r: Reader, node: Node) -> tuple[Node, str, Node]:
    kids = parts(node)
    operator = next((kid.type for kid in node.children if kid.type in ("&&", "||")), "&&")
    return kids[0], operator, kids[-1]


def _is_too_deep(r: Reader, node: Node) -> bool:
    """Whether more commands are joined than may be nested into each other; the unit says where then."""
    current, depth = node, 0
    while current.type in ("list", "negated_command") and current.children and depth <= NESTED_NODES:
        current, depth = current.children[0 if current.type == "list" else -1], depth + 1
    if depth + r.depth > NESTED_NODES:
        r.too_deep.append(r.range(node))
        return True
    return False


def chain(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`a && b`, `a || b`, `a && b || c` as statements."""
    if _is_too_deep(r, node):
        return ()
    left, operator, right = _sides(r, node)
    span = r.span(node)
    if operator == "||" and left.type == "list" and pure(r, left) is None:
        first, inner, second = _sides(r, left)
        if inner == "&&":
            both = r.block([second]) if pure(r, first) is not None else ()
            if both:
                return decided(r, [first], both, r.block([right]), span)
            body = (*r.block([first]), *r.block([second]))
            return (Try(body, (Handler((), "", r.block([right]), span),), span),)
    then = r.block([right])
    return decided(r, [left], then, (), span) if operator == "&&" else decided(r, [left], (), then, span)


# --- tests ------------------------------------------------------------------------------------------------------------


def pure(r: Reader, node: Node) -> Expression | None:
    """A test that no request can fail in; None of a command that may."""
    if _is_too_deep(r, node):
        return constant("None", r.span(node))
    if node.type == "test_command":
        kids = parts(node)
        return expression(r, kids[-1]) if kids else constant("True", r.span(node))
    if node.type == "compound_statement" and node.children and node.children[0].type == "((":
        return expression(r, parts(node)[-1]) if parts(node) else None
    if node.type == "negated_command" and len(parts(node)) == 1:
        inner = pure(r, parts(node)[0])
        return None if inner is None else _not(inner)
    if node.type == "list":
        left, operator, right = _sides(r, node)
        items = (pure(r, left), pure(r, right))
        if items[0] is None or items[1] is None:
            return None
        return BooleanOperation("and" if operator == "&&" else "or", (items[0], items[1]), r.span(node))
    if node.type == "command":
        return _command(r, node)
    return _asked_of_text(r, node) if node.type in ("pipeline", "redirected_statement") else None


def _command(r: Reader, node: Node) -> Expression | None:
    """`test a = b`, and commands that only ask."""
    named = child(node, "command_name")
    name = r.text(named) if named is not None else ""
    if name == "test":
        kids = [kid for kid in parts(node) if kid != named]
        if len(kids) == 3:
            return _compared(r, r.text(kids[1]), kids[0], kids[2], r.span(node))
        if len(kids) == 2:
            return _file_test(r, r.text(kids[0]), r.value(kids[1]), r.span(node))
        return Unknown("test", tuple(r.value(kid) for kid in kids), r.span(node))
    if name in _QUESTIONS:
        return Call(Name(name, r.span(node)), (), r.span(node), "command")
    return _asked_of_text(r, node)


def _asked_of_text(r: Reader, node: Node) -> Expression | None:
    """`… | grep -q pattern`, `grep -q pattern <<< "$x"`, `jq -e .a <<< "$x"`"""
    last = parts(node)[-1] if node.type == "pipeline" else node
    inner = parts(last)[0] if last.type == "redirected_statement" and parts(last) else last
    named = child(inner, "command_name") if inner.type == "command" else None
    name = r.text(named) if named is not None else ""
    options = [r.text(kid) for kid in parts(inner) if r.text(kid)[:1] == "-"]
    if name == "jq" and any(re.match(r"-[a-zA-Z]*e|--exit-status", option) for option in options):
        return _unpiped(r.value(node))
    if name not in ("grep", "egrep"):
        return None
    words = [
        kid for kid in parts(inner) if kid != named and r.text(kid)[:1] != "-" and kid.type != "herestring_redirect"
    ]
    quiet = any(re.match(r"-[a-zA-Z]*q|--quiet", option) for option in options)
    if not words or not (quiet or node.type != "pipeline"):
        return None
    return Compare("match", _unpiped(r.value(node)), r.value(words[0]), r.span(node))


def _unpiped(value: Expression) -> Expression:
    """What comes into the first of piped calls."""
    while isinstance(value, Call) and value.piped is not None:
        value = value.piped
    return value


def expression(r: Reader, node: Node) -> Expression:
    """The expression in `[ … ]`, `[[ … ]]`, `(( … ))`."""
    if r.depth >= NESTED_NODES:
        return r.cut_off(node)
    r.depth += 1
    try:
        return _expression(r, node)
    finally:
        r.depth -= 1


def _expression(r: Reader, node: Node) -> Expression:
    span, kids = r.span(node), parts(node)
    if node.type in ("parenthesized_expression", "test_command") and kids:
        return expression(r, kids[-1])
    if node.type == "unary_expression" and kids:
        operator = r.text(node.children[0])
        return _not(expression(r, kids[-1])) if operator == "!" else _file_test(r, operator, r.value(kids[-1]), span)
    if node.type == "binary_expression":
        return _binary(r, node)
    value = r.value(node)
    return (
        value
        if node.type not in ("word", "string", "raw_string")
        else Compare("!=", value, constant("None", span), span)
    )


def _binary(r: Reader, node: Node) -> Expression:
    left, right, sign = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
    span = r.span(node)
    if left is None or right is None or sign is None:
        return r.unknown("test", node, *parts(node))
    operator = r.text(sign).strip()
    if left.type == "unary_expression" and r.text(left.children[0]) == "!" and operator in _OPERATORS:
        return _not(_compared(r, operator, parts(left)[-1], right, span))  # `! a = b`, which it binds wrongly, too
    if operator in ("&&", "-a", "||", "-o"):
        items = (expression(r, left), expression(r, right))
        return BooleanOperation("and" if operator in ("&&", "-a") else "or", items, span)
    if right.type == "binary_expression" and operator in _OPERATORS:  # `a = b && c`, which the grammar binds wrongly
        inner = right.child_by_field_name("left")
        sign, rest = right.child_by_field_name("operator"), right.child_by_field_name("right")
        if inner is not None and sign is not None and rest is not None:
            items = (_compared(r, operator, left, inner, span), expression(r, rest))
            return BooleanOperation("and" if r.text(sign).strip() == "&&" else "or", items, span)
    return _compared(r, operator, left, right, span)


def _compared(r: Reader, operator: str, left: Node, right: Node, span: Span) -> Expression:
    op = _OPERATORS.get(operator)
    value, other = r.value(left), r.value(right)
    if op is None:
        return Unknown("test", (value, other), span)
    return matched(op, value, other, span)


def matched(op: str, value: Expression, other: Expression, span: Span) -> Expression:
    """A comparison; of a pattern of statuses (`2*`, `^[45]`) the range that it means."""
    pattern = "".join(texts(other))
    if op in ("==", "!=", "match") and not pattern and literal(other) == "" and isinstance(other, Text):
        return Compare(op, value, constant("None", span), span)
    match = _HUNDREDS.fullmatch(pattern) if not re.fullmatch(r"\d{1,3}", pattern) or op == "match" else None
    if match is not None and op in ("==", "!=", "match") and (op == "match" or not pattern.isdigit()):
        ranges = [_hundred(value, int(digit), span) for digit in dict.fromkeys(match[1].replace("|", ""))]
        test = ranges[0] if len(ranges) == 1 else BooleanOperation("or", tuple(ranges), span)
        return _not(test) if op == "!=" else test
    if op == "match" and (listed := _LISTED.fullmatch(pattern)) is not None:
        words = tuple(Text(word, span, "number") for word in listed[1].split("|"))
        return Compare("in", value, Seq(words, span), span)
    if op in ("==", "!=") and "*" in pattern:
        return Compare("like" if op == "==" else "not-like", value, other, span)
    return Compare(op, value, other, span)


def _hundred(value: Expression, digit: int, span: Span) -> Expression:
    low, high = Text(f"{digit}00", span, "number"), Text(f"{digit + 1}00", span, "number")
    return BooleanOperation("and", (Compare(">=", value, low, span), Compare("<", value, high, span)), span)


def _file_test(r: Reader, operator: str, value: Expression, span: Span) -> Expression:
    """`-z x`, `-n x`; what is asked of files is not known."""
    if operator in ("-z", "-n"):
        return Compare("==" if operator == "-z" else "!=", value, constant("None", span), span)
    return Unknown("test", (value,), span)


def _not(test: Expression) -> Expression:
    return BooleanOperation("not", (test,), test.span)


# --- the status of what ran before ------------------------------------------------------------------------------------


def asks_for_last(r: Reader, node: Node, named: bool) -> str:
    """Of an `if` that tests whether what ran before it failed: `failed` or `worked`; else empty. `named`: `rc=$?`
    stands between them."""
    if node.type != "if_statement":
        return ""
    conditions = [kid for kid in node.children_by_field_name("condition") if kid.is_named]
    written = r.text(conditions[-1]) if conditions else ""
    match = re.fullmatch(r"(?:\[\[?|\(\(|test)\s*(\S+)\s*(\S+)\s*(\d+)\s*(?:\]\]?|\)\))?", written.strip())
    if match is None or _STATUS_OF_LAST.fullmatch(match[1]) is None or ("?" not in match[1] and not named):
        return ""
    op = _OPERATORS.get(match[2], "")
    return {"==": "worked", "!=": "failed", ">": "failed"}.get(op, "") if match[3] == "0" else ""


def after(body: tuple[Stmt, ...], test: Stmt, how: str) -> tuple[Stmt, ...]:
    """`command; if [ $? -ne 0 ]; then a; else b; fi`"""
    if not isinstance(test, If):
        return (*body, test)
    then = test.arms[0].body
    other = tuple(stmt for arm in test.arms[1:] for stmt in arm.body)
    fails, succeeds = (then, other) if how == "failed" else (other, then)
    return (Try(body, (Handler((), "", fails, test.span),), test.span, otherwise=succeeds),)
