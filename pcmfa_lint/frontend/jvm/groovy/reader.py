"""Groovy: `.groovy`, `.gradle`, `Jenkinsfile` and their like to a Unit.

No grammar that can be installed for all systems reads Groovy as people write it (calls without parentheses that have
named arguments, `?.`, `?:`, texts between slashes), so tokens and statements are read here. What is not understood
costs its statement, and the work is linear in the length of the text. What the library of the platform means is shared
with Java (`library.py`).
"""

from __future__ import annotations

from functools import partial

from pcmfa_lint.frontend.curly_braces import comment_text
from pcmfa_lint.frontend.jvm.groovy.calls import arguments
from pcmfa_lint.frontend.jvm.groovy.cursor import TokenCursor
from pcmfa_lint.frontend.jvm.groovy.expressions import expression
from pcmfa_lint.frontend.jvm.groovy.statements import block, switch
from pcmfa_lint.frontend.jvm.groovy.tokens import Lexer
from pcmfa_lint.frontend.jvm.groovy.types import members
from pcmfa_lint.frontend.problems import listed
from pcmfa_lint.ir.nodes import Comment, Problem, Stmt, Unit
from pcmfa_lint.source.text import lines


def read_groovy(text: str, path: str) -> Unit:
    """Reads decoded Groovy; never raises. `path` is relative to the root, with `/`."""
    lexer = Lexer(text)
    c = TokenCursor(
        text, lexer.tokens(), path, block, expression, partial(expression, command=True), switch, arguments, members
    )
    for start, end in lexer.open:
        c.failed(start, end, "This part could not be parsed.")
    body = _file(c)
    problems = sorted(set(c.problems), key=lambda problem: (problem.line, problem.reason))
    return Unit(
        path=path,
        language="groovy",
        lines=lines(text),
        read="partly" if problems else "full",
        body=body,
        imports=tuple(c.imports),
        comments=tuple(
            Comment(comment_text(text[start:end], "/#"), c.span(start, end)) for start, end in sorted(lexer.comments)
        ),
        opaque=tuple(c.span(*region) for region in _merged([*lexer.literals, *lexer.comments])),
        blind=tuple(c.span(*region) for region in _merged(c.blind)),
        problems=listed([Problem(problem.reason, problem.line) for problem in problems]),
    )


def _file(c: TokenCursor) -> tuple[Stmt, ...]:
    """All statements; a brace that closes nothing is left out."""
    stmts: list[Stmt] = []
    while True:
        stmts += block(c)
        if c.now.kind == "end":
            return tuple(stmts)
        token = c.take()
        c.failed(token.start, token.end, "This part could not be parsed.")


def _merged(regions: list[tuple[int, int]]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for start, end in sorted(region for region in regions if region[0] < region[1]):
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges
