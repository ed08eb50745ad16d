"""Closures, lambdas and the parameters of functions in Groovy."""

from __future__ import annotations

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor
from pcmfa_lint.frontend.type_names import type_named
from pcmfa_lint.ir.nodes import Call, Expression, Func, Lambda, Name, Param, Return, Stmt
from pcmfa_lint.limits import ARROW_TOKENS

MODIFIERS = frozenset(
    (
        *("def", "var", "final", "static", "private", "public", "protected", "abstract", "synchronized", "transient"),
        *("volatile", "native", "strictfp", "sealed", "default"),
    )
)


def returned(stmts: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """A body: what its last statement leaves is what it gives back."""
    return curly_braces.into(stmts, lambda value: Return(value, value.span))


def closure(c: TokenCursor) -> Lambda:
    """`{ a, b -> c }`, `{ it.d }`"""
    start = c.want("{").start
    arrow = _arrow(c)
    c.deeper()
    c.uses_it.append(False)
    c.declared.append(set())
    declared: tuple[Param, ...] = ()
    if arrow >= 0:
        c.lines()
        declared = parameters(c, "->")
        c.want("->")
    body = returned(c.block(c))
    names_it, own = c.uses_it.pop(), arrow < 0
    c.declared.pop()
    c.depth -= 1
    c.want("}")
    span = c.span(start)
    if own and names_it:
        declared = (Param("it", span),)
    elif names_it:
        c.uses_it[-1] = True
    return Lambda(Func("", declared, body, span, c.owner), span)


def _arrow(c: TokenCursor) -> int:
    """Where the arrow stands that ends the parameters of the closure whose brace was just read; -1 if it has none."""
    depth = 0
    for at in range(c.at, min(c.at + ARROW_TOKENS, len(c.tokens))):
        token = c.tokens[at]
        if token.kind == "line" and at > c.at and depth == 0 and not _goes_on(c, at):
            return -1
        if token.kind != "sign":
            if token.kind == "name" and token.text in ("return", "if", "while", "for", "try", "throw", "case"):
                return -1
            continue
        if token.text == "->" and depth == 0:
            return at
        if token.text in "([<":
            depth += 1
        elif token.text in ")]>":
            depth -= 1
        elif token.text in ("{", "}", ";"):
            return -1
    return -1


def _goes_on(c: TokenCursor, at: int) -> bool:
    """Whether parameters may go on behind the end of a line."""
    before = c.tokens[at - 1]
    return before.kind == "line" or before.text in (",", "{") or c.tokens[at + 1].text in ("->", ",")


def parameters(c: TokenCursor, end: str) -> tuple[Param, ...]:
    """`A a, b = c, D... e` up to a sign."""
    params: list[Param] = []
    c.lines()
    while not c.sees(end):
        params.append(_parameter(c))
        c.lines()
        if not c.skip(","):
            break
        c.lines()
    return tuple(params)


def _parameter(c: TokenCursor) -> Param:
    start, type_, kind = c.now.start, "", ""
    annotations = annotated(c)
    while c.sees(*MODIFIERS):
        c.take()
        annotations += annotated(c)
    end = c.type_end(c.at)
    if end > 0 and c.tokens[end].kind == "name" and c.tokens[end].text != "in":
        written, _ = c.type()
        kind = "rest" if written.endswith("...") else ""
        type_ = type_named(written.removesuffix("..."), c.aliases, nested=True)
    name = c.name()
    c.declare(name.text)
    default: Expression | None = None
    if c.skip("="):
        default = c.value(c)
    span = c.span(start)
    if kind:
        return Param(name.text, span, default, "rest", type_, decorators=annotations)
    return Param(name.text, span, default, type=type_, decorators=annotations)


def annotated(c: TokenCursor) -> tuple[Expression, ...]:
    """`@A @B(c, d = e)`"""
    values: list[Expression] = []
    while c.sees("@") and c.ahead().kind == "name" and c.ahead().text != "interface":
        start = c.take().start
        written, span = c.type()
        callee = Name(written, span)
        if c.sees("(") and not c.now.spaced:
            values.append(Call(callee, c.arguments(c), c.span(start)))
        else:
            values.append(callee)
        if c.now.kind == "line" and (c.behind_lines().kind == "name" or c.behind_lines().text == "@"):
            c.lines()
    return tuple(values)


def is_arrow(c: TokenCursor) -> bool:
    """Whether a lambda with an arrow begins here: `a -> b`, `(a, b) -> c`."""
    if c.now.kind == "name":
        return c.ahead().kind == "sign" and c.ahead().text == "->"
    if not c.sees("("):
        return False
    end = c.closing(c.at, ARROW_TOKENS)
    return end > 0 and c.tokens[end + 1].kind == "sign" and c.tokens[end + 1].text == "->"


def lambda_(c: TokenCursor) -> Lambda:
    """`a -> b`, `(a, b) -> { c }`"""
    start = c.now.start
    c.declared.append(set())
    if c.skip("("):
        declared = parameters(c, ")")
        c.want(")")
    else:
        declared = (_parameter(c),)
    c.want("->")
    c.lines()
    body: tuple[Stmt, ...]
    if c.skip("{"):
        c.deeper()
        body = returned(c.block(c))
        c.depth -= 1
        c.want("}")
    else:
        value = c.value(c)
        body = (Return(value, value.span),)
    c.declared.pop()
    span = c.span(start)
    return Lambda(Func("", declared, body, span, c.owner), span)


def body(c: TokenCursor) -> tuple[Stmt, ...]:
    """`{ … }` of a function or statement."""
    c.want("{")
    c.deeper()
    stmts = c.block(c)
    c.depth -= 1
    c.want("}")
    return stmts
