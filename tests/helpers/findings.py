"""Invented findings."""

from __future__ import annotations

from hypothesis import strategies as st

from pcmfa_lint.findings.model import CodeLine, Finding, ShownPlace
from pcmfa_lint.ir.nodes import Span


def finding(path: str = "a.py", rule: str = "PCM201", code: str = "f(***)", line: int = 1) -> Finding:
    place = ShownPlace(path, Span(line, 1, line, 9))
    return Finding(rule, "name", "error", place, "message", "why", "fix", code=(CodeLine(line, code),))


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(["a.py", "b.py", "c.py"]),
        st.sampled_from(["PCM101", "PCM201"]),
        st.sampled_from(["f(***)", "g(***)"]),
        st.integers(1, 9),
    ),
    max_size=12,
)
