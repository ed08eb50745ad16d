"""Ruby: `.rb`, `.rake`, `Rakefile` and their like to a Unit, by the tree-sitter reader.

Names of namespaces are dotted, `self` is `this`. `queries/ruby.scm` says what is comment and literal. The other modules
beside this one lower what their names say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import tree_sitter_ruby
from tree_sitter import Language, Node, Query, QueryCursor

from pcmfa_lint.frontend.ruby.expressions import VALUES
from pcmfa_lint.frontend.ruby.scopes import scopes
from pcmfa_lint.frontend.ruby.statements import STATEMENTS
from pcmfa_lint.frontend.ruby.tails import ran
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, parts, read
from pcmfa_lint.ir.nodes import Stmt, Unit


def read_ruby(text: str, path: str) -> Unit:
    """Reads decoded Ruby; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


def _program(r: Reader, node: Node) -> Iterator[Stmt]:
    """A file. Methods and classes are there before its other statements run."""
    captures = QueryCursor(_here_documents()).captures(node)
    begins, bodies = (sorted(captures.get(name, ()), key=lambda one: one.start_byte) for name in ("begin", "body"))
    scopes(r).here_documents = {one.start_byte: other for one, other in zip(begins, bodies, strict=False)}
    yield from ran(r.block(parts(node)))


@cache
def _here_documents() -> Query:
    query: Query = Query(_grammar().language, "(heredoc_beginning) @begin (heredoc_body) @body")
    return query


def _comment_text(written: str) -> str:
    if written.startswith("=begin"):
        return written.removeprefix("=begin").removesuffix("=end").strip()
    return written.lstrip("#").strip()


@cache
def _grammar() -> Grammar:
    statements: dict[str, StmtBuilder] = {**STATEMENTS, "program": _program}
    return Grammar(
        "ruby",
        Language(tree_sitter_ruby.language()),
        VALUES,
        statements,
        _comment_text,
        closing="(heredoc_end) @closing",
    )
