"""Packages and imports of Groovy."""

from __future__ import annotations

from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor
from pcmfa_lint.ir.nodes import Import, Stmt


def import_(c: TokenCursor) -> tuple[Stmt, ...]:
    """`import a.B`, `import static a.B.c`, `import a.*`, `import a.B as C`"""
    start = c.want("import").start
    static = c.skip("static")
    words = [c.name().text]
    while c.skip("."):
        words.append("*" if c.skip("*") else c.name().text)
    alias = c.name().text if c.skip("as") else ""
    span = c.span(start)
    names: tuple[tuple[str, str], ...] = ()
    module, last = ".".join(words[:-1]), words[-1]
    if last == "*":
        names = (("*", "*"),)
    elif static:
        names = ((last, alias or last),)
        c.statics[alias or last] = words[-2] if len(words) > 1 else ""
    else:
        module = ".".join(words)
        if alias:
            c.aliases[alias] = last
    c.imports.append(Import(module, span, names))
    return ()


def package(c: TokenCursor) -> tuple[Stmt, ...]:
    c.want("package")
    c.type()
    return ()
