"""Lowering of promises: a handler is a handler, wherever it is written.

`p.catch(h)` is a Try around `p` whose handler calls `h`; so is the second argument of `then`; `finally` is its final
part. What `then` does with the value before it is left to the catalog, as of any function that runs another one.
"""

from __future__ import annotations

from tree_sitter import Node

from pcmfa_lint.read import curly
from pcmfa_lint.read.treesitter import Reader, parts
from pcmfa_lint.unit import Arg, Block, Call, Expr, Handler, Lambda, Member, Name, Text, Try, Value

_RUNS = ("arrow_function", "function_expression", "identifier", "member_expression", "call_expression")


def handled(r: Reader, node: Node, on: Node, name: str, given: list[Node]) -> Value | None:
    """`on.name(…)` of a promise; None if it is another method or says nothing of errors."""
    span = r.span(node)
    if name == "catch" and len(given) == 1 and given[0].type in _RUNS:
        return _around(r, on, given[0], node)
    if name == "finally" and len(given) == 1 and given[0].type in _RUNS:
        done = _call(r, given[0], ())
        tried = Try((Expr(r.value(on), r.span(on)),), (), span, final=(Expr(done, done.span),))
        return Block((tried,), span)
    if name == "then" and len(given) == 2 and given[1].type in _RUNS:
        before = r.value(on) if given[1].type == "null" else _around(r, on, given[1], on)
        if given[0].type in ("null", "undefined"):
            return before
        callee = Member(before, Text("then", r.span(on), "bare"), r.span(on))
        return Call(callee, curly.args(r, given[:1]), span)
    return None


def _around(r: Reader, on: Node, handler: Node, whole: Node) -> Block:
    """The value of a promise with a handler around it."""
    value = r.value(on)
    error = Name("error", r.span(handler))
    called = _call(r, handler, (Arg(error, error.span),))
    caught = Handler((), error.id, (Expr(called, called.span),), r.span(handler))
    span = r.span(whole)
    return Block((Try((Expr(value, r.span(on)),), (caught,), span),), span)


def _call(r: Reader, handler: Node, args: tuple[Arg, ...]) -> Call:
    callee = r.value(handler)
    if isinstance(callee, Lambda) and not callee.func.params:
        args = ()
    return Call(callee, args, r.span(handler))


def thrown_away(r: Reader, node: Node) -> Try | None:
    """`await Promise.allSettled(…)` as a statement: nobody will know what failed."""
    callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or callee is None or listed is None or r.text(callee) != "Promise.allSettled":
        return None
    span = r.span(node)
    body = tuple(Expr(r.value(kid), r.span(kid)) for kid in parts(listed))
    return Try(body, (Handler((), "", (), span),), span)
