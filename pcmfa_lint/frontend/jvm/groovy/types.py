"""Declarations of Groovy: variables, functions, classes and their members.

A field without a value is set to `Unknown("declared", (Name("T"),))`, or to the annotation that fills it in. A method
gives back what its last statement leaves. In `vars/NAME.groovy` of a shared library, `call` is the function `NAME`.
"""

from __future__ import annotations

import re

from pcmfa_lint.frontend.jvm.groovy.closures import MODIFIERS, annotated, body, parameters, returned
from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor
from pcmfa_lint.frontend.jvm.java_types import member
from pcmfa_lint.frontend.jvm.placeholders import filled, with_settings
from pcmfa_lint.frontend.type_names import type_named
from pcmfa_lint.ir.nodes import (
    Assign,
    Call,
    Class,
    Define,
    Expression,
    Func,
    Name,
    Param,
    Seq,
    Span,
    Stmt,
    Text,
    Unknown,
)
from pcmfa_lint.limits import PARAMETER_TOKENS

_TYPES = ("class", "interface", "enum", "trait", "record")
_PRIMITIVE = frozenset(["int", "long", "short", "byte", "char", "boolean", "float", "double", "void"])
_ENDS_NAME = frozenset(("=", ";", ",", "}"))
_SHARED = re.compile(r"(?:^|/)vars/(\w+)\.groovy$")


def declaration(c: TokenCursor) -> tuple[Stmt, ...] | None:
    """A variable, function or class; None if a value stands here."""
    at, start = c.at, c.now.start
    annotations = annotated(c)
    behind = c.at
    words: set[str] = set()
    while _modifies(c, words):
        words.add(c.take().text)
        c.lines() if c.now.kind == "line" and c.behind_lines().kind == "name" else None
        annotations += annotated(c)
    if c.sees(*_TYPES) and c.ahead().kind == "name":
        return (_class(c, start, annotations, words),)
    if c.sees("@") and c.ahead().text == "interface":
        c.take()
        return (_class(c, start, annotations, words),)
    if "static" in words and c.sees("{"):
        span = c.span(start)
        return (Define(Func("static", (), body(c), span, c.owner, static=True), span),)
    if words & {"def", "var", "final"} and c.sees("("):
        return _unpacked(c, start)
    stmts = _typed(c, start, annotations, words)
    if stmts is None:
        if annotations and c.now.kind == "name" and c.now.text == "_":  # `@Library('a') _`
            c.take()
            return ()
        if annotations and c.now.kind == "name" and c.owner and c.ahead().kind == "line":
            return _variables(c, "", annotations)
        if annotations and (c.ends() or c.sees("import", "package")):
            c.at -= c.last.kind == "line"
            return ()
        c.at = behind
        if behind > at:  # annotations of what is none of these: they are not read once more
            c.failed(start, c.last.start if c.last.kind == "line" else c.last.end, "This part could not be parsed.")
    return stmts


def _modifies(c: TokenCursor, words: set[str]) -> bool:
    """Whether a modifier stands here that is not among those that were read; each is written once."""
    if not c.sees(*MODIFIERS) or c.now.text in words:
        return False
    return not (c.ahead().kind == "sign" and c.ahead().text in (".", "=", ":"))


def _typed(c: TokenCursor, start: int, annotations: tuple[Expression, ...], words: set[str]) -> tuple[Stmt, ...] | None:
    """`A b = c`, `A b(…) { … }`, and the same with modifiers and without a type."""
    if c.sees("<") and (words or c.owner):  # `def <T> T a()`
        c.skip_generics()
    end = c.type_end(c.at)
    two = end > 0 and c.tokens[end].kind in ("name", "text") and c.tokens[end].text not in ("in", "instanceof", "as")
    if two and not words and not _is_type(c, end):
        return None
    if not two and not words:
        return _constructor(c, start, annotations)
    if not two and c.owner and c.ahead().text == "(" and c.now.text == c.owner.rpartition(".")[2]:
        return _constructor(c, start, annotations)
    type_ = written = ""
    if two:
        written, _ = c.type()
        words = words | {written}
        type_ = type_named(written, c.aliases, nested=True)
    token = c.now
    if token.kind not in ("name", "text"):
        return None
    after = c.ahead()
    if after.kind == "sign" and after.text == "(" and _is_function(c, bool(words or two)):
        return (_function(c, start, type_, annotations, words),)
    if token.kind == "text" or not (after.kind in ("line", "end") or after.text in _ENDS_NAME):
        return None
    return _variables(c, type_, annotations)


def _is_type(c: TokenCursor, end: int) -> bool:
    """Whether the first of two words can only be a type: `checkout scm` is a call."""
    name, after = c.tokens[c.at].text, c.tokens[min(end + 1, len(c.tokens) - 1)]
    last = c.tokens[end - 1]
    if c.tokens[end].kind == "text":
        return False
    if after.kind == "sign" and after.text == "=":
        return True
    return name in _PRIMITIVE or last.text[:1].isupper() or last.kind == "sign"


def _is_function(c: TokenCursor, declared: bool) -> bool:
    """Whether parameters and a body follow the name that stands here."""
    end = c.closing(c.at + 1, PARAMETER_TOKENS)
    if end < 0:
        return False
    at = end + 1
    while c.tokens[at].kind == "line" or (c.tokens[at].kind == "name" and c.tokens[at].text == "throws"):
        at = c.type_end(at + 1) if c.tokens[at].text == "throws" else at + 1
        while at > 0 and c.tokens[at].text == "," and c.tokens[at].kind == "sign":
            at = c.type_end(at + 1)
        if at < 0:
            return False
    return c.tokens[at].text == "{" or (declared and bool(c.owner))


def _constructor(c: TokenCursor, start: int, annotations: tuple[Expression, ...]) -> tuple[Stmt, ...] | None:
    own = c.owner.rpartition(".")[2]
    if not own or c.now.text != own or c.ahead().text != "(" or not _is_function(c, False):
        return None
    return (_function(c, start, "", annotations, set()),)


def _variables(c: TokenCursor, type_: str, annotations: tuple[Expression, ...]) -> tuple[Stmt, ...]:
    """`a = b, c`; in a function, what is declared without a value is left out."""
    stmts: list[Stmt] = []
    while True:
        token = c.name()
        scope = c.declare(token.text)
        place, at = c.place(token), token.start
        value: Expression | None = None
        if c.now.kind == "line" and c.behind_lines().text == "=" and c.behind_lines().kind == "sign":
            c.lines()
        if c.skip("="):
            c.lines()
            value = c.command(c)
        elif not scope:
            value = filled(annotations) or (_declared(type_, place) if c.owner else None)
        if value is not None:
            target = Name(token.text, place, scope)
            stmts.append(Assign((target,), value, c.span(at), type=type_, decorators=annotations))
        if not (c.sees(",") and c.ahead().kind == "name"):
            return tuple(stmts)
        c.take()


def _declared(type_: str, place: Span) -> Unknown:
    """Something of a type, or of any, that is not in sight."""
    return Unknown("declared", (Name(type_, place),) if type_ else (), place)


def _unpacked(c: TokenCursor, start: int) -> tuple[Stmt, ...]:
    """`def (a, A b) = c`"""
    first = c.want("(").start
    names: list[Expression] = []
    while not c.sees(")"):
        end = c.type_end(c.at)
        if end > 0 and c.tokens[end].kind == "name":
            c.type()
        token = c.name()
        names.append(Name(token.text, c.place(token), c.declare(token.text)))
        if not c.skip(","):
            break
    c.want(")")
    span = c.span(first)
    c.want("=")
    value = c.command(c)
    return (Assign((Seq(tuple(names), span),), value, c.span(start)),)


def _function(c: TokenCursor, start: int, type_: str, annotations: tuple[Expression, ...], words: set[str]) -> Define:
    """A function with its body, if it has one."""
    token = c.take()
    name = token.text if token.kind == "name" else c.source[token.start + 1 : token.end - 1]
    own = bool(c.owner) and name == c.owner.rpartition(".")[2]
    shared = _SHARED.search(c.path)
    name = "__init__" if own and not type_ else shared[1] if shared and name == "call" and not c.owner else name
    c.declared.append(set())
    c.want("(")
    declared = parameters(c, ")")
    c.want(")")
    while c.behind_lines().text in ("throws", ",") and c.behind_lines().kind in ("name", "sign"):
        c.lines()
        c.take()
        c.type()
    if c.skip("default"):  # of an annotation
        c.value(c)
    stmts: tuple[Stmt, ...] = ()
    if c.behind_lines().text == "{" and c.behind_lines().kind == "sign":
        c.lines()
        stmts = body(c)
    c.declared.pop()
    if "void" not in words and name != "__init__":
        stmts = returned(stmts)
    span = c.span(start)
    return Define(
        Func(name, declared, stmts, span, c.owner, with_settings(annotations), "static" in words, type_), span
    )


# --- classes ----------------------------------------------------------------------------------------------------------


def _class(c: TokenCursor, start: int, annotations: tuple[Expression, ...], words: set[str]) -> Define:
    kind = c.take().text
    token = c.name()
    at = c.now.start
    decorators = [*with_settings(annotations), *(Name(word, c.span(at, at)) for word in ("abstract",) if word in words)]
    decorators += [Name("interface", c.span(at, at))] if kind == "interface" else []
    if c.sees("<"):
        c.at = max(c.type_end(c.at - 1), c.at)
    components: tuple[Param, ...] = ()
    if c.skip("("):
        components = parameters(c, ")")
        c.want(")")
    bases: list[Expression] = []
    c.lines()
    while c.sees("extends", "implements", "permits"):
        c.take()
        while True:
            c.lines()
            written, place = c.type()
            bases.append(Name(written.partition("<")[0], place))
            c.lines()
            if not c.skip(","):
                break
    c.want("{")
    c.deeper()
    stmts = _enum(c, token.text) if kind == "enum" else ()
    stmts = (*stmts, *members(c, token.text))
    c.depth -= 1
    c.want("}")
    span = c.span(start)
    if components:
        stmts = (*_record(components, token.text, span), *stmts)
    return Define(Class(token.text, tuple(bases), stmts, span, decorators=tuple(decorators)), span)


def members(c: TokenCursor, name: str) -> tuple[Stmt, ...]:
    """The members of a class up to its closing brace."""
    owner, declared, uses_it = c.owner, c.declared, c.uses_it
    c.owner, c.declared, c.uses_it = name, [set()], [False]
    try:
        return c.block(c)
    finally:
        c.owner, c.declared, c.uses_it = owner, declared, uses_it


def _record(components: tuple[Param, ...], name: str, span: Span) -> list[Stmt]:
    sets: list[Stmt] = [
        Assign((member(param.name, param.span),), Name(param.name, param.span), param.span) for param in components
    ]
    return [Define(Func("__init__", components, tuple(sets), span, name), span)]


def _enum(c: TokenCursor, name: str) -> tuple[Stmt, ...]:
    """The constants of an enum; one with arguments is an object of it."""
    stmts: list[Stmt] = []
    c.lines()
    while c.now.kind == "name" and (c.ahead().kind == "line" or c.ahead().text in (",", ";", "}", "(")):
        token = c.take()
        place = c.place(token)
        value: Expression = Text(token.text, place, "bare")
        if c.sees("("):
            value = Call(Name(name, place), c.arguments(c), c.span(token.start), "new")
        stmts.append(Assign((Name(token.text, place),), value, c.span(token.start)))
        c.lines()
        if not c.skip(","):
            break
        c.lines()
    c.skip(";")
    return tuple(stmts)
