"""Lowering of promises and observables: a handler is a handler, wherever it is written.

`p.catch(h)` is a Try around `p` whose handler calls `h`; so are jQuery's `fail`, the second argument of `then`, what
`subscribe` is given for errors, and `catchError(h)` in RxJS's `pipe`; `finally` is its final part. What `then` does
with the value before it is left to the catalog, as of any function that runs another one.
"""

from __future__ import annotations

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Block,
    Call,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    Lambda,
    Mapping,
    Member,
    Return,
    Span,
    Text,
    Try,
)

PROMISES = ("then", "catch", "finally", "fail", "always", "subscribe", "pipe")
_RUNS = ("arrow_function", "function_expression", "identifier", "member_expression", "call_expression")
_MAPS = ("map", "switchMap", "mergeMap", "concatMap", "exhaustMap")
_PASSES = ("tap", "timeout", "take", "first", "last", "filter", "finalize", "share", "shareReplay", "delay")
_OPERATORS = ("catchError", "retry", *_MAPS, *_PASSES)


def handled(r: Reader, node: Node, on: Node, name: str, nodes: list[Node]) -> Expression | None:
    """`on.name(…)` of a promise; None if it is another method or says nothing of errors."""
    span = r.span(node)
    if name in ("catch", "fail") and len(nodes) == 1 and nodes[0].type in _RUNS:
        return curly_braces.around(r.value(on), r.value(nodes[0]), span)
    if name in ("finally", "always") and len(nodes) == 1 and nodes[0].type in _RUNS:
        settled = curly_braces.called(r.value(nodes[0]), ())
        tried = Try(
            (ExpressionStatement(r.value(on), r.span(on)),),
            (),
            span,
            final=(ExpressionStatement(settled, settled.span),),
        )
        return Block((tried,), span)
    if name in ("then", "subscribe") and len(nodes) == 2 and nodes[1].type in _RUNS:
        before = (
            r.value(on) if nodes[1].type == "null" else curly_braces.around(r.value(on), r.value(nodes[1]), r.span(on))
        )
        return (
            before if nodes[0].type in ("null", "undefined") else _then(before, curly_braces.args(r, nodes[:1]), span)
        )
    if name == "subscribe" and len(nodes) == 1 and nodes[0].type == "object":
        return _observed(r.value(on), r.value(nodes[0]), span)
    if name == "pipe" and nodes and all(_operator(r, kid) in _OPERATORS for kid in nodes):
        return _piped(r, on, nodes, span)
    return None


def _then(before: Expression, args: tuple[Arg, ...], span: Span) -> Call:
    return Call(Member(before, Text("then", before.span, "bare"), before.span), args, span)


def _observed(value: Expression, observer: Expression, span: Span) -> Expression:
    """`subscribe({ next: f, error: g })`"""
    entries = observer.entries if isinstance(observer, Mapping) else ()
    observers = {entry.key.value: entry.value for entry in entries if isinstance(entry.key, Text)}
    if "error" in observers:
        value = curly_braces.around(value, observers["error"], span)
    return _then(value, (Arg(observers["next"], span),), span) if "next" in observers else value


def _operator(r: Reader, node: Node) -> str:
    """The name of an operator that a pipe is given; "" if it is none."""
    callee = node.child_by_field_name("function") if node.type == "call_expression" else None
    return r.text(callee).rpartition(".")[2] if callee is not None else ""


def _piped(r: Reader, on: Node, nodes: list[Node], span: Span) -> Expression:
    """`on.pipe(map(f), retry(3), catchError(h))`: each operator around what stands before it."""
    value = r.value(on)
    for kid in nodes:
        name = _operator(r, kid)
        operator = r.value(kid)
        args = operator.args if isinstance(operator, Call) else ()
        if name == "catchError" and args:
            value = curly_braces.around(value, args[0].value, span)
        elif name == "retry" and isinstance(operator, Call):
            source = Lambda(Func("", (), (Return(value, value.span),), value.span), value.span)
            value = Call(operator.callee, (*args, Arg(source, value.span)), operator.span)
        elif name in _MAPS and args:
            value = _then(value, args[:1], span)
    return value


def thrown_away(r: Reader, node: Node) -> Try | None:
    """`await Promise.allSettled(…)` as a statement: nobody will know what failed."""
    callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or callee is None or listed is None or r.text(callee) != "Promise.allSettled":
        return None
    span = r.span(node)
    body = tuple(ExpressionStatement(r.value(kid), r.span(kid)) for kid in parts(listed))
    return Try(body, (Handler((), "", (), span),), span)
