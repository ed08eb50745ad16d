"""Lowering of Groovy's expressions.

`a?.b` and `a*.b` are `a.b`; `a ?: b` is one of two. Named arguments are one mapping, the first argument. A closure is a
function that gives back what its last statement leaves, with a parameter `it` where it names that and declares none.
"""

from __future__ import annotations

import re

from pcmfa_lint.frontend.jvm.groovy.calls import (
    OPERATORS,
    arguments,
    called,
    command_arguments,
    constructed,
    list_or_map,
    takes_command,
)
from pcmfa_lint.frontend.jvm.groovy.closures import closure, is_arrow, lambda_
from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor, UnexpectedTokenError
from pcmfa_lint.frontend.jvm.groovy.operators import COMPARES, around, operation, signed, step
from pcmfa_lint.frontend.jvm.groovy.text import text
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    Call,
    Conditional,
    Expression,
    ExpressionStatement,
    Member,
    Name,
    Seq,
    Text,
    Unknown,
)
from pcmfa_lint.ir.walk import dotted
from pcmfa_lint.limits import CHAINED_CALLS, NESTED_NODES

_ASSIGNS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "?="))
_LEVELS = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!=", "<=>", "===", "!==", "=~", "==~"),
    ("<", "<=", ">", ">=", "in", "!in", "instanceof", "!instanceof", "as"), ("..", "..<", "<<", ">>"),
    ("+", "-"), ("*", "/", "%"), ("**",),
)  # fmt: skip
_LEVEL = {sign: level for level, signs in enumerate(_LEVELS) for sign in signs}
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_DOTS = frozenset((".", "?.", "??.", "*.", ".@", "?.@", ".&", "::"))
_EXTRA = re.compile(r"(?:(?:this\.)?(?:project|rootProject|gradle)\.)?ext")  # Gradle's, read by their bare names
_BEGIN_LINES = frozenset(("||", "&&", "==", "!=", "===", "!==", "<=>", ">=", "<=", "=~", "==~"))
_STATEMENTS = frozenset(
    (
        "if",
        "while",
        "for",
        "switch",
        "try",
        "return",
        "throw",
        "break",
        "continue",
        "assert",
        "import",
        "package",
        "class",
    )
)


def expression(c: TokenCursor, command: bool = False) -> Expression:
    """A value. `command`: it may be a call without parentheses."""
    c.deeper()
    try:
        return _assigned(c, command)
    finally:
        c.depth -= 1


def _assigned(c: TokenCursor, command: bool) -> Expression:
    start = c.now.start
    left = _choice(c, command)
    if c.now.kind == "line" and c.behind_lines().text == "=" and c.behind_lines().kind == "sign":
        c.lines()
    if not (c.now.kind == "sign" and c.now.text in _ASSIGNS):
        return left
    sign = c.take().text
    c.lines()
    right = expression(c, command=True)
    span = c.span(start)
    target = _target(c, left)
    read = Name(target.id, target.span) if isinstance(target, Name) else target
    stmt = Assign((target,), right, span, {"?=": "??=", "<<=": "+="}.get(sign, sign))
    return Block((stmt, ExpressionStatement(read, target.span)), span)


def _target(c: TokenCursor, left: Expression) -> Expression:
    """What is assigned to: a variable that no function around this place declares is one of the script."""
    if isinstance(left, Name):
        declared = c.declared[-1] if len(c.declared) > 1 else ()
        return Name(left.id, left.span, "" if left.id in declared or len(c.declared) == 1 else "outer")
    if isinstance(left, Seq):
        return Seq(tuple(_target(c, item) for item in left.items), left.span)
    return left


def _choice(c: TokenCursor, command: bool) -> Expression:
    """`a ? b : c`, `a ?: b`"""
    test = _binary(c, 0, command)
    items = [test]
    while _continues(c, "?:"):
        c.lines()
        items.append(_binary(c, 0, False))
    if len(items) > 1:
        test = Conditional(tuple(items), around(test, items[-1]))
    if not _continues(c, "?"):
        return test
    c.lines()
    one = expression(c)
    c.lines()
    c.want(":")
    c.lines()
    other = expression(c)
    return Conditional((one, other), around(test, other), test)


def _continues(c: TokenCursor, *signs: str) -> bool:
    """Reads a sign that may stand at the beginning of the next line."""
    token = c.behind_lines()
    if token.kind != "sign" or token.text not in signs:
        return False
    c.lines()
    c.take()
    return True


def _operator(c: TokenCursor, least: int) -> str:
    """The operator that stands here, or begins the next line, if it binds as closely as that."""
    token = c.now
    if token.kind == "line" and c.behind_lines().text in _BEGIN_LINES and c.behind_lines().kind == "sign":
        token = c.behind_lines()
    if token.kind not in ("sign", "name") or _LEVEL.get(token.text, -1) < least:
        return ""
    return token.text if token.kind == "sign" or token.text in OPERATORS else ""


def _binary(c: TokenCursor, least: int, command: bool) -> Expression:
    """Operators by how closely they bind; a row of one and the same is one value."""
    left, times = _unary(c, command), 0
    while sign := _operator(c, least):
        level, times = _LEVEL[sign], times + 1
        if times > NESTED_NODES:
            raise UnexpectedTokenError
        items = [left]
        while _operator(c, level) == sign:
            c.lines()
            end = c.take().end
            while sign == ">" and c.sees(">") and c.now.start == end:  # `>>`, `>>>`
                end = c.take().end
            c.lines()
            if sign in ("as", "instanceof", "!instanceof"):
                written, span = c.type()
                items.append(Name(written.partition("<")[0], span))
                break
            items.append(_binary(c, level + 1, False))
            if sign in COMPARES or sign in ("!in", "..", "..<"):
                break
        left = operation(sign, items)
    return left


def _unary(c: TokenCursor, command: bool) -> Expression:
    token = c.now
    if token.kind == "sign" and token.text in ("!", "-", "+", "~", "++", "--"):
        c.take()
        c.deeper()
        inner = _unary(c, False)
        c.depth -= 1
        return signed(token.text, inner, c.span(token.start))
    if token.text == "(" and token.kind == "sign" and not is_arrow(c) and (operand := _cast(c)) is not None:
        return operand
    return _postfix(c, command)


def _cast(c: TokenCursor) -> Expression | None:
    """`(A) b`; None if what stands in parentheses is a value."""
    end = c.type_end(c.at + 1) if c.ahead().kind == "name" else -1
    if end < 0 or not (c.tokens[end].kind == "sign" and c.tokens[end].text == ")"):
        return None
    after, start = c.tokens[min(end + 1, len(c.tokens) - 1)], c.now.start
    value = after.kind in ("text", "number") or (after.kind == "name" and after.text not in OPERATORS)
    if not value and not (after.kind == "sign" and after.text in ("(", "[")):
        return None
    if after.text in ("(", "[") and after.kind == "sign" and not c.ahead().text[:1].isupper():
        return None
    c.take()
    written, span = c.type()
    c.want(")")
    c.deeper()
    inner = _unary(c, False)
    c.depth -= 1
    return Call(Name(written.partition("<")[0], span), (Arg(inner, inner.span),), c.span(start), "cast")


# --- members and calls ------------------------------------------------------------------------------------------------


def _postfix(c: TokenCursor, command: bool) -> Expression:
    """`a.b(c)[d]?.e { … }`, and `a b, c: d` where nothing stands around it."""
    start = c.now.start
    value, steps = _primary(c), 0
    while (after := _step_of(c, value, start)) is not None:
        value, steps = after, steps + 1
        if steps > CHAINED_CALLS:
            raise UnexpectedTokenError
    if command and takes_command(c, value):
        value = called(c, value, command_arguments(c), start)
    while command and isinstance(value, Call) and _chained(c):  # `a b c d` is `a(b).c(d)`
        key = c.take()
        value = Member(value, Text(key.text, c.place(key), "bare"), c.span(start))
        args = arguments(c) if c.sees("(") else command_arguments(c) if takes_command(c, value) else ()
        value = called(c, value, args, start)
    return value


def _chained(c: TokenCursor) -> bool:
    """Whether what a call without parentheses gave back is called with what follows it in the line."""
    if c.now.kind != "name" or c.now.text in OPERATORS or not c.now.spaced:
        return False
    after = c.ahead()
    begins = after.kind in ("text", "number") or (after.kind == "name" and after.text not in OPERATORS)
    return begins or (after.kind == "sign" and after.text in ("(", "{", "["))


def _step_of(c: TokenCursor, base: Expression, start: int) -> Expression | None:
    token = c.now
    if token.kind == "line":
        after = c.behind_lines()
        if not (after.kind == "sign" and after.text in (".", "?.", "*.", "??.", ".@", "::")):
            return None
        c.lines()
        token = c.now
    if token.kind != "sign":
        return None
    if token.text in _DOTS:
        return _member(c, base, start)
    if token.text == "(":
        return called(c, base, arguments(c), start)
    if token.text == "[" and not (token.spaced and isinstance(base, Name) and not c.knows(base.id)):
        return _entry(c, base, start)
    if token.text == "?" and c.ahead().text == "[" and not c.ahead().spaced and not token.spaced:
        c.take()
        return _entry(c, base, start)
    if token.text == "{" and isinstance(base, (Name, Member)) and base.span.end_line == c.place(token).line:
        return called(c, base, (), start)
    if token.text in ("++", "--") and isinstance(base, (Name, Member)):
        c.take()
        return step(base, token.text, c.span(start))
    return None


def _entry(c: TokenCursor, base: Expression, start: int) -> Expression:
    c.want("[")
    c.lines()
    if c.skip("]"):  # `Object[]`
        return base
    key = expression(c)
    while c.skip(","):
        c.lines()
        key = Unknown("several", (key, expression(c)), key.span)
    c.lines()
    c.want("]")
    return Member(base, key, c.span(start))


def _member(c: TokenCursor, base: Expression, start: int) -> Expression:
    c.take()
    c.lines()
    if c.sees("<"):  # `a.<T>b()`
        c.skip_generics()
    token = c.now
    key: Expression
    if token.kind == "name":
        c.take()
        if token.text == "class" and not c.sees("("):
            return base
        if token.text == "new":  # `A::new`
            return base
        if c.path.endswith(".gradle") and not c.sees("(") and _EXTRA.fullmatch(dotted(base)):
            return Name(token.text, c.span(start))
        key = Text(token.text, c.place(token), "bare")
    elif token.kind == "text":
        c.take()
        key = text(c, token)
    elif token.kind == "sign" and token.text == "(":
        c.take()
        key = expression(c)
        c.want(")")
    elif token.kind == "sign" and token.text == "{":
        return called(c, base, (), start)
    else:
        raise UnexpectedTokenError
    return Member(base, key, c.span(start))


# --- what a value begins with -----------------------------------------------------------------------------------------


def _primary(c: TokenCursor) -> Expression:
    token = c.now
    if token.kind == "text":
        c.take()
        return text(c, token)
    if token.kind == "number":
        c.take()
        return Text(token.text, c.place(token), "number")
    if token.kind == "name":
        return _named(c)
    if token.kind != "sign":
        raise UnexpectedTokenError
    if token.text == "(":
        return lambda_(c) if is_arrow(c) else _parenthesized(c)
    if token.text == "[":
        return list_or_map(c)
    if token.text == "{":
        return closure(c)
    raise UnexpectedTokenError


def _named(c: TokenCursor) -> Expression:
    token = c.now
    if token.text == "new":
        return constructed(c)
    if token.text == "switch":
        stmts = c.switch(c)
        return Block(stmts, c.span(token.start))
    if token.text in _STATEMENTS:
        raise UnexpectedTokenError
    if not c.in_case and is_arrow(c):
        return lambda_(c)
    c.take()
    span = c.place(token)
    if token.text in _CONSTANTS:
        return Text(_CONSTANTS[token.text], span, "constant")
    if token.text == "it":
        c.uses_it[-1] = True
    if c.sees("<") and token.text[:1].isupper() and not c.now.spaced and c.tokens[c.type_end(c.at - 1)].text in _DOTS:
        c.skip_generics()
    if token.text in c.statics:
        return Member(Name(c.statics[token.text], span), Text(token.text, span, "bare"), span)
    return Name(c.aliases.get(token.text, token.text), span)


def _parenthesized(c: TokenCursor) -> Expression:
    """`(a)`; `(a, b)` is assigned to."""
    start = c.want("(").start
    c.lines()
    values = [expression(c, command=True)]
    while c.skip(","):
        c.lines()
        values.append(expression(c))
    c.lines()
    c.want(")")
    return values[0] if len(values) == 1 else Seq(tuple(values), c.span(start))
