"""Lowering of Visual Basic's lambdas: a `Function` gives a value back, a `Sub` does something."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.treesitter import Reader, children, owner, parts
from pcmfa_lint.frontend.vb.expressions import CLASSES, reader_state
from pcmfa_lint.frontend.vb.statements import call
from pcmfa_lint.ir.nodes import Expression, Func, Lambda, Param, Return, Stmt

_SUB = re.compile(r"(?:async\s+|iterator\s+)*sub\b", re.IGNORECASE)


def lambda_(r: Reader, node: Node) -> Expression:
    """`Function(x) x.A`, `Sub(x) x.A = 1`, `Async Sub() … End Sub`"""
    span = r.span(node)
    params = tuple(
        Param(r.text(name), r.span(kid))
        for kid in children(node, "lambda_parameter")
        if (name := kid.child_by_field_name("name")) is not None
    )
    reader_state(r).variables |= {param.name.casefold() for param in params}
    inner = [kid for kid in parts(node) if kid.type not in ("lambda_parameter", "type", "as_clause")]
    owned = owner(r, node, CLASSES)
    stmts: tuple[Stmt, ...]
    if len(inner) == 1 and inner[0].type == "expression" and _SUB.match(r.text(node)):
        stmts = tuple(call(r, inner[0]))
    elif len(inner) == 1 and inner[0].type == "expression":
        value = r.value(inner[0])
        stmts = (Return(value, value.span),)
    else:
        stmts = r.block(inner)
    return Lambda(Func("", params, stmts, span, owned), span)
