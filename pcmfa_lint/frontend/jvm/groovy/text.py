"""Groovy's literals: quotes off, escapes resolved, values in their places."""

from __future__ import annotations

from pcmfa_lint.frontend.joined_text import joined
from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor, UnexpectedTokenError
from pcmfa_lint.frontend.jvm.groovy.tokens import GroovyToken
from pcmfa_lint.frontend.jvm.java_strings import unescaped
from pcmfa_lint.ir.nodes import Expression, Text, Unknown


def plain(written: str, quotes: str) -> str:
    """The text that stands between such quotes."""
    if quotes == "/":
        return written.replace("\\/", "/")
    if quotes == "$/":
        return written.replace("$$", "$").replace("$/", "/")
    return unescaped(written.replace("\r\n", "\n"))


def only_text(token: GroovyToken) -> bool:
    """Whether no value is in a text."""
    return all(isinstance(part, tuple) for part in token.parts)


def text(c: TokenCursor, token: GroovyToken) -> Expression:
    """`'a'`, `"a ${b} $c.d"`, `'''a'''`, `/a/`, `$/a/$`."""
    span = c.place(token)
    pieces: list[Expression] = []
    for part in token.parts:
        if isinstance(part, tuple):
            pieces.append(Text(plain(c.source[part[0] : part[1]], token.text), c.span(*part)))
        else:
            pieces.append(_hole(c, part))
    return joined(pieces, span)


def _hole(c: TokenCursor, tokens: list[GroovyToken]) -> Expression:
    """A value within a text."""
    around = c.tokens, c.at
    c.tokens, c.at = tokens, 0
    try:
        c.skip("->")
        if c.now.kind == "end":
            return Text("", c.place(c.now))
        value = c.command(c)
        if c.at < len(tokens) - 1:
            raise UnexpectedTokenError
        return value
    except UnexpectedTokenError:
        span = c.span(tokens[0].start, tokens[-1].end)
        c.failed(tokens[0].start, tokens[-1].end, "This part could not be parsed.")
        return Unknown("hole", (), span)
    finally:
        c.tokens, c.at = around
