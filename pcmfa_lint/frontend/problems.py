"""The parts of a file that were not read, as a report lists them."""

from __future__ import annotations

from collections.abc import Sequence

from pcmfa_lint.ir.nodes import Problem
from pcmfa_lint.limits import PROBLEMS

TANGLED = "The code is too tangled for its grammar to be parsed in reasonable time."


def listed(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems of a file as a report lists them: the first ones, and how many more there are."""
    if len(problems) <= PROBLEMS:
        return tuple(problems)
    more = len(problems) - PROBLEMS + 1
    rest = Problem(f"{more} more parts of this file were not read.", problems[PROBLEMS - 1].line)
    return (*problems[: PROBLEMS - 1], rest)
