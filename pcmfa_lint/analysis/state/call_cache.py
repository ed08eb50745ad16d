"""Results of running a function with certain arguments, kept so that it need not run again for each call."""

from __future__ import annotations

from dataclasses import dataclass, field

from pcmfa_lint.analysis.state.call_graph import Activation
from pcmfa_lint.analysis.values.model import Values
from pcmfa_lint.limits import EXACT_RUNS, FUNCTION_RUNS, RUNS_A_LINE, RUNS_OF_ALL


@dataclass(slots=True)
class KnownRun:
    """One run that is over (`result`), or still goes on (None). `free`: what the variables were that it took from its
    callers. `filled`: mappings of its caller that it filled, by the number and the name of the parameter."""

    activation: Activation
    result: Values | None = None
    free: dict[str, Values | None] = field(default_factory=dict)
    filled: list[tuple[int, str, Values]] = field(default_factory=list)


class CallCache:
    """The runs of all functions, by function and arguments. `lines`: how much code there is. It has no more calls than
    that, so more runs come of calls that multiply: their work is bounded, at no cost to what only is large."""

    def __init__(self, lines: int) -> None:
        self._runs: dict[object, list[KnownRun]] = {}
        self._counts: dict[int, int] = {}
        self._most_of_all = RUNS_OF_ALL + RUNS_A_LINE * lines
        self._all = 0

    def runs(self, key: object) -> list[KnownRun]:
        """The runs with these arguments; they differ in what the variables around them were."""
        return self._runs.get(key, [])

    def add(self, key: object, func: int, run: KnownRun) -> None:
        """Keeps a run of the function `func`."""
        self.alias(key, run)
        self._counts[func] = self._counts.get(func, 0) + 1
        self._all += 1

    def alias(self, key: object, run: KnownRun) -> None:
        """Keeps a run under one more key."""
        self._runs.setdefault(key, []).append(run)

    def is_often(self, func: int) -> bool:
        """Whether a function was run with so many different arguments that those of further calls are widened."""
        return self._counts.get(func, 0) >= EXACT_RUNS

    def is_full(self, func: int) -> bool:
        """Whether a function was run so often that further calls are followed without their arguments."""
        return self._counts.get(func, 0) >= FUNCTION_RUNS or self._all >= self._most_of_all
