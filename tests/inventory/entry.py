"""An entry in which only what a test is about differs."""

from __future__ import annotations

from dataclasses import replace

from pcmfa_lint.findings.model import ShownPlace
from pcmfa_lint.inventory.model.entry import Entry, SignIn
from pcmfa_lint.ir.nodes import Span

AT = ShownPlace("a.py", Span(3, 1, 3, 9))


def entry(number: int, **more: object) -> Entry:
    made = Entry(f"pc-{number}", "repo", AT, ("a.py",), ("python",), (SignIn(AT, "ropc", "python"),), ("ropc",))
    return replace(made, **more)
