"""Lowering of Groovy's statements."""

from __future__ import annotations

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.jvm.groovy.closures import annotated, body
from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor, UnexpectedTokenError
from pcmfa_lint.frontend.jvm.groovy.expressions import expression
from pcmfa_lint.frontend.jvm.groovy.jenkins import steps
from pcmfa_lint.frontend.jvm.groovy.loops import loop
from pcmfa_lint.frontend.jvm.groovy.modules import import_, package
from pcmfa_lint.frontend.jvm.groovy.operators import case_test, put
from pcmfa_lint.frontend.jvm.groovy.settings_in_closures import set_members
from pcmfa_lint.frontend.jvm.groovy.types import declaration
from pcmfa_lint.frontend.jvm.library import appended
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Concatenation,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Jump,
    Loop,
    Name,
    Raise,
    Return,
    Stmt,
    Try,
)


def block(c: TokenCursor) -> tuple[Stmt, ...]:
    """The statements up to the brace that closes the block, or to the end."""
    stmts: list[Stmt] = []
    while True:
        while c.now.kind == "line" or c.sees(";"):
            c.take()
        if c.now.kind == "end" or c.sees("}"):
            return tuple(stmts)
        stmts += _recovered(c)


def _recovered(c: TokenCursor) -> tuple[Stmt, ...]:
    """One statement; of one that cannot be read, nothing."""
    start, depth = c.at, c.depth
    scopes, closures = len(c.declared), len(c.uses_it)
    try:
        stmts = statement(c)
        if not c.ends() and not (c.last.kind == "sign" and c.last.text == "}"):
            c.recover(c.at)
        return stmts
    except UnexpectedTokenError:
        c.depth, c.in_case = depth, False
        del c.declared[scopes:], c.uses_it[closures:]
        c.recover(start)
        return ()


def statement(c: TokenCursor) -> tuple[Stmt, ...]:
    """One statement, as one or several."""
    while c.now.kind == "name" and c.ahead().text == ":" and c.ahead().kind == "sign":  # a label
        c.take()
        c.take()
        c.lines()
    token = c.now
    read = _BY_WORD.get(token.text) if token.kind == "name" else None
    if token.text == "synchronized" and c.ahead().text != "(":
        read = None
    if read is not None and not (c.ahead().kind == "sign" and c.ahead().text in (".", "=", ":", ",")):
        return read(c)
    if c.sees("{"):
        return body(c)
    declared = declaration(c)
    if declared is not None:
        return declared
    return _value(c)


def _value(c: TokenCursor) -> tuple[Stmt, ...]:
    """A value for itself: an assignment is a statement, what is put into a text with `<<` is added to it."""
    start = c.now.start
    value = expression(c, command=True)
    span = c.span(start)
    if isinstance(value, Block):
        return tuple(each for stmt in curly_braces.statement_of(value, span) for each in set_members(c, stmt))
    if isinstance(value, Concatenation) and _is_shift(c, value):
        return (put(value.parts, value),)
    added = appended(value)
    if added is not None:
        return (Assign((added[0],), Concatenation(added[1], span), span, "+="),)
    if isinstance(value, Call):
        lowered = loop(value)
        return (lowered,) if lowered is not None else steps(c, value)
    return (ExpressionStatement(value, span),)


def _is_shift(c: TokenCursor, value: Concatenation) -> bool:
    """Whether it was written with `<<`."""
    between = c.source[c.end_of(value.parts[0].span) : c.offset(value.parts[1].span)] if len(value.parts) > 1 else ""
    return "<<" in between


# --- branches and loops -----------------------------------------------------------------------------------------------


def _condition(c: TokenCursor) -> Expression:
    c.want("(")
    c.lines()
    value = expression(c, command=True)
    c.lines()
    c.want(")")
    return value


def _inner(c: TokenCursor) -> tuple[Stmt, ...]:
    """A block, or one statement."""
    if c.sees("{"):
        return body(c)
    if c.skip(";"):
        return ()
    c.deeper()
    stmts = statement(c)
    c.depth -= 1
    return stmts


def _under(c: TokenCursor) -> tuple[Expression, tuple[Stmt, ...]]:
    """A condition, and what is done if it holds."""
    test = _condition(c)
    c.lines()
    return test, _inner(c)


def _if(c: TokenCursor) -> tuple[Stmt, ...]:
    """`if … else if … else`: one If, however long the chain."""
    start = c.want("if").start
    arms = [Arm(*_under(c))]
    while _else(c):
        c.lines()
        if not c.skip("if"):
            arms.append(Arm(None, _inner(c)))
            break
        arms.append(Arm(*_under(c)))
    return (If(tuple(arms), c.span(start)),)


def _else(c: TokenCursor) -> bool:
    at = c.at
    while c.now.kind == "line" or c.sees(";"):
        c.take()
    if c.skip("else"):
        return True
    c.at = at
    return False


def _while(c: TokenCursor) -> tuple[Stmt, ...]:
    start = c.want("while").start
    test, stmts = _under(c)
    return (curly_braces.looped(test, stmts, False, c.span(start)),)


def _do(c: TokenCursor) -> tuple[Stmt, ...]:
    start = c.want("do").start
    c.lines()
    stmts = _inner(c)
    c.lines()
    c.want("while")
    test = _condition(c)
    return (curly_braces.looped(test, stmts, True, c.span(start)),)


def _for(c: TokenCursor) -> tuple[Stmt, ...]:
    """`for (a in b)`, `for (A a : b)`, `for (a; b; c)`"""
    start = c.want("for").start
    c.want("(")
    at = c.at
    while c.sees("def", "var", "final"):
        c.take()
    end = c.type_end(c.at)
    type_ = ""
    if end > 0 and c.tokens[end].kind == "name" and c.tokens[end].text != "in":
        type_, _ = c.type()
    if c.now.kind == "name" and c.ahead().text in ("in", ":"):
        token = c.take()
        c.take()
        target = Name(token.text, c.place(token), c.declare(token.text) or "local")
        source = expression(c)
        c.want(")")
        c.lines()
        return (Loop("for", _inner(c), c.span(start), target=target, source=source, type=type_.partition("<")[0]),)
    c.at = at
    return _counted(c, start)


def _counted(c: TokenCursor, start: int) -> tuple[Stmt, ...]:
    first = () if c.sees(";") else statement(c)
    c.want(";")
    test = None if c.sees(";") else expression(c)
    c.want(";")
    steps: list[Stmt] = []
    while not c.sees(")"):
        steps += _value(c)
        if not c.skip(","):
            break
    c.want(")")
    c.lines()
    return (*first, Loop("while", (*_inner(c), *steps), c.span(start), test=test))


def switch(c: TokenCursor) -> tuple[Stmt, ...]:
    """`switch (a) { case b: …; case [c, d]: …; default: … }`, also with arrows."""
    start = c.want("switch").start
    subject, first = curly_braces.evaluated_once(_condition(c))
    c.lines()
    c.want("{")
    c.deeper()
    arms: list[tuple[list[Expression | None], tuple[Stmt, ...]]] = []
    c.lines()
    breaks = True
    while c.sees("case", "default"):
        tests: list[Expression | None] = [None]
        if c.take().text == "case":
            tests = _tests(c, subject)
        breaks = c.skip("->") is False
        if breaks:
            c.want(":")
        arms.append((tests, _section(c) if breaks else _inner(c)))
        while c.now.kind == "line" or c.sees(";"):
            c.take()
    c.depth -= 1
    c.want("}")
    return (*first, curly_braces.sections(arms, c.span(start), breaks))


def _tests(c: TokenCursor, subject: Expression) -> list[Expression | None]:
    values: list[Expression | None] = []
    c.in_case = True
    while True:
        values.append(case_test(subject, expression(c)))
        if not c.skip(","):
            break
        c.lines()
    c.in_case = False
    return values


def _section(c: TokenCursor) -> tuple[Stmt, ...]:
    """The statements of a case."""
    stmts: list[Stmt] = []
    while True:
        while c.now.kind == "line" or c.sees(";"):
            c.take()
        if c.now.kind == "end" or c.sees("}", "case", "default"):
            return tuple(stmts)
        stmts += _recovered(c)


# --- what leaves ------------------------------------------------------------------------------------------------------


def _try(c: TokenCursor) -> tuple[Stmt, ...]:
    """`try (a = b) { … } catch (C | D e) { … } finally { … }`"""
    start = c.want("try").start
    opened: list[Stmt] = []
    if c.skip("("):
        while not c.sees(")"):
            opened += statement(c)
            if not c.skip(";"):
                break
            c.lines()
        c.want(")")
    c.lines()
    stmts = body(c)
    handlers: list[Handler] = []
    while _follows(c, "catch"):
        handlers.append(_handler(c))
    final = body(c) if _follows(c, "finally") else ()
    return (*opened, Try(stmts, tuple(handlers), c.span(start), final=final))


def _follows(c: TokenCursor, word: str) -> bool:
    token = c.behind_lines()
    if token.kind != "name" or token.text != word:
        return False
    c.lines()
    c.take()
    c.lines()
    return True


def _handler(c: TokenCursor) -> Handler:
    start = c.want("(").start
    annotated(c)
    c.skip("final") or c.skip("def")
    types: list[str] = []
    while c.ahead().kind != "sign" or c.ahead().text != ")":
        written, _ = c.type()
        types.append(written.partition("<")[0].rpartition(".")[2])
        if not c.skip("|"):
            break
    name = c.name()
    c.declare(name.text)
    c.want(")")
    c.lines()
    return Handler(tuple(types), name.text, body(c), c.span(start))


def _return(c: TokenCursor) -> tuple[Stmt, ...]:
    start = c.want("return").start
    value = None if c.ends() else expression(c, command=True)
    return (Return(value, c.span(start)),)


def _throw(c: TokenCursor) -> tuple[Stmt, ...]:
    start = c.want("throw").start
    return (Raise(expression(c), c.span(start)),)


def _jump(c: TokenCursor) -> tuple[Stmt, ...]:
    token = c.take()
    if c.now.kind == "name":
        c.take()
    return (Jump("break" if token.text == "break" else "continue", c.place(token)),)


def _assert(c: TokenCursor) -> tuple[Stmt, ...]:
    """`assert a : b` raises an error unless `a` holds."""
    start = c.want("assert").start
    test = expression(c)
    if c.skip(":") or c.skip(","):
        expression(c)
    span = c.span(start)
    error = Call(Name("AssertionError", span), (), span, "new")
    return (If((Arm(BooleanOperation("not", (test,), span), (Raise(error, span),)),), span),)


def _synchronized(c: TokenCursor) -> tuple[Stmt, ...]:
    c.want("synchronized")
    if not c.sees("("):
        raise UnexpectedTokenError
    _condition(c)
    c.lines()
    return body(c)


_BY_WORD = {
    "if": _if,
    "while": _while,
    "do": _do,
    "for": _for,
    "switch": switch,
    "try": _try,
    "return": _return,
    "throw": _throw,
    "break": _jump,
    "continue": _jump,
    "assert": _assert,
    "synchronized": _synchronized,
    "import": import_,
    "package": package,
}
