"""Lowering of PHP's promises: a handler is a handler, wherever it is written."""

from __future__ import annotations

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Arg, Call, Expression, Lambda, Member, Span, Text


def handled(callee: Member, args: tuple[Arg, ...], span: Span) -> Expression | None:
    """`$promise->then($done, $failed)`, `$promise->otherwise($failed)`; None for other calls."""
    name = callee.key.value if isinstance(callee.key, Text) else ""
    failed = args[-1].value if args else None
    if (name, len(args)) not in (("then", 2), ("otherwise", 1)) or not isinstance(failed, Lambda):
        return None
    before = curly_braces.around(callee.base, failed, span)
    done = args[0].value if name == "then" else None
    if done is None or (isinstance(done, Text) and done.kind == "constant"):
        return before
    return Call(replace(callee, base=before), args[:1], span)
