"""Arguments, and calls with and without parentheses, of Groovy."""

from __future__ import annotations

from pcmfa_lint.frontend.jvm import library
from pcmfa_lint.frontend.jvm.groovy.closures import annotated, closure
from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor
from pcmfa_lint.frontend.jvm.groovy.text import text
from pcmfa_lint.frontend.jvm.java_expressions import unnamed
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    Call,
    Expression,
    ExpressionStatement,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Seq,
    Span,
    Text,
)

OPERATORS = frozenset(("in", "instanceof", "as", "else", "extends", "implements", "throws"))


def arguments(c: TokenCursor) -> tuple[Arg, ...]:
    """`(a, b: c, *d)`; those with names are one mapping, the first of them."""
    c.want("(")
    args = _arguments(*_listed(c, ")"))
    c.want(")")
    return args


def command_arguments(c: TokenCursor) -> tuple[Arg, ...]:
    """`a, b: c` up to the end of the line."""
    return _arguments(*_listed(c, ""))


def _arguments(items: list[Arg], entries: list[MappingEntry], spreads: list[Expression]) -> tuple[Arg, ...]:
    if not entries and not spreads:
        return tuple(items)
    places = [entry.span for entry in entries] + [value.span for value in spreads]
    first, last = min(places), max(places)
    span = Span(first.line, first.col, last.end_line, last.end_col)
    return (Arg(Mapping(tuple(entries), tuple(spreads), span), span), *items)


def _listed(c: TokenCursor, end: str) -> tuple[list[Arg], list[MappingEntry], list[Expression]]:
    """What stands between commas up to a sign, or up to the end of the line: items, entries, spread mappings."""
    items: list[Arg] = []
    entries: list[MappingEntry] = []
    spreads: list[Expression] = []
    while True:
        if end:
            c.lines()
            if c.sees(end):
                break
        start = c.now.start
        if c.skip("*:"):
            spreads.append(c.value(c))
        elif (key := entry_key(c)) is not None:
            c.lines()
            entries.append(MappingEntry(key, c.value(c), c.span(start)))
        else:
            spread = c.skip("*")
            value = c.value(c)
            if c.skip(":"):
                c.lines()
                entries.append(MappingEntry(value, c.value(c), c.span(start)))
            else:
                items.append(Arg(value, c.span(start), spread=spread))
        if end:
            c.lines()
        if not c.skip(","):
            break
        c.lines()
    return items, entries, spreads


def entry_key(c: TokenCursor) -> Expression | None:
    """Reads `a:`, `'a':` and `(a):` of a map or of a named argument; None if none stands here."""
    token, sign = c.now, c.ahead()
    if token.kind in ("name", "number", "text") and sign.kind == "sign" and sign.text == ":":
        c.take()
        c.take()
        if token.kind == "name":
            return Text(token.text, c.place(token), "bare")
        return text(c, token) if token.kind == "text" else Text(token.text, c.place(token), "number")
    return None


def takes_command(c: TokenCursor, base: Expression) -> bool:
    """Whether what was read is called with what follows it in the line."""
    token = c.now
    if not isinstance(base, (Name, Member)) or not token.spaced:
        return False
    if token.kind in ("text", "number"):
        return True
    if token.kind == "name":
        return token.text not in OPERATORS
    if token.kind != "sign" or not isinstance(base, Name) or c.knows(base.id):
        return token.kind == "sign" and token.text == "[" and _is_map(c)
    return token.text in ("[", "!") or (token.text == "@" and c.ahead().kind == "name")


def _is_map(c: TokenCursor) -> bool:
    return c.ahead().text == ":" or (c.ahead().kind in ("name", "text") and c.ahead(2).text == ":")


def called(c: TokenCursor, callee: Expression, args: tuple[Arg, ...], start: int) -> Expression:
    """A call with its arguments, and with the closures behind it."""
    while c.sees("{"):
        block = closure(c)
        args = (*args, Arg(block, block.span))
    span = c.span(start)
    known_form = library.method(callee, args, span) if isinstance(callee, Member) else None
    return known_form or Call(callee, args, span)


def constructed(c: TokenCursor) -> Expression:
    """`new A<B>(c)`, `new A[] { b }`, `new A() { … }`; a collection is its content."""
    start = c.want("new").start
    annotated(c)
    written, span = c.type()
    name = written.partition("<")[0].replace(" ", "")
    if name.endswith("[]") and c.skip("{"):
        items = _listed(c, "}")[0]
        c.want("}")
        return Seq(tuple(arg.value for arg in items), c.span(start))
    while c.skip("["):
        if not c.sees("]"):
            c.value(c)
        c.want("]")
        name = "[]"
    if name.endswith("[]"):
        return Seq((), c.span(start))
    args = arguments(c) if c.sees("(") else ()
    full_span = c.span(start)
    collection = library.collection(name, args, full_span)
    if collection is not None and not c.sees("{"):
        return collection
    name = c.aliases.get(name, name)
    new = Call(Name(name, span), args, full_span, "new")
    if c.sees("{"):
        c.take()
        c.deeper()
        inside = c.members(c, name)
        c.depth -= 1
        c.want("}")
        return unnamed(inside, new, c.span(start)) if inside else new
    return _with_members(new)


def _with_members(new: Call) -> Expression:
    """`new A(b: c)` sets the members of the object that it makes."""
    members = new.args[0].value if len(new.args) == 1 else None
    if not isinstance(members, Mapping) or members.spreads or not all(isinstance(e.key, Text) for e in members.entries):
        return new
    target = Name(f"new${new.span.line}${new.span.col}", new.span)
    sets = [Assign((Member(target, entry.key, entry.span),), entry.value, entry.span) for entry in members.entries]
    first = Assign((replace(target, scope="local"),), replace(new, args=()), new.span)
    return Block((first, *sets, ExpressionStatement(target, new.span)), new.span)


def list_or_map(c: TokenCursor) -> Expression:
    """`[a, b]`, `[a: b, (c): d, *:e]`, `[:]`"""
    start = c.want("[").start
    c.deeper()
    empty = c.sees(":") and c.ahead().text == "]" and c.skip(":")
    items, entries, spreads = _listed(c, "]")
    c.depth -= 1
    c.want("]")
    span = c.span(start)
    if entries or spreads or empty:
        return Mapping(tuple(entries), tuple(spreads), span)
    return Seq(tuple(arg.value for arg in items), span)
