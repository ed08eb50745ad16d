"""The steps of a run: how far each root is followed, and all of them together.

The same input always ends at the same place: steps are counted, not seconds. A root is a file's body, or a function
that nobody calls. As long as a root sends nothing, it enters no more functions after `QUIET_STEPS`; it is read to its
end all the same, and what it did not enter is run as a root of its own, so nothing that is written goes unseen. One
that sends is followed further.

What a file may cost grows with its length, and so does what all of them share: hostile code cannot use up the steps
that other files need, and a small file cannot cost more than a small one may.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pcmfa_lint.limits import (
    AGAIN_STEPS,
    AGAIN_STEPS_A_LINE,
    FILE_STEPS_A_LINE,
    LAST_STEPS,
    MOST_AGAIN_STEPS,
    QUIET_AT_LEAST,
    QUIET_OF_ALL,
    QUIET_STEPS,
    ROOT_STEPS,
    SHARED_STEPS,
    SHARED_STEPS_A_LINE,
)


class Spent(Exception):
    """The steps of a root, or of a pass, are used up."""


@dataclass(slots=True)
class _Root:
    key: Hashable
    most: int
    left: int
    matters: bool
    enters: int  # functions are entered as long as more than this is left …
    last: int  # … and if the root matters, more than this


class Budget:
    """Counts the steps of a run. `lines`: of code, of each file."""

    def __init__(self, lines: Mapping[str, int]) -> None:
        self.steps = 0  # of all roots and passes that are over
        self._lines = lines
        self._all_lines = sum(lines.values())
        self.begin_pass()
        self._quiet = QUIET_OF_ALL
        self._mattered: set[Hashable] = set()
        self._root = _Root(None, 0, 0, True, 0, 0)

    def begin_pass(self) -> None:
        """Each pass has as many steps."""
        self._shared = SHARED_STEPS + SHARED_STEPS_A_LINE * self._all_lines
        self._own = {path: FILE_STEPS_A_LINE * lines for path, lines in self._lines.items()}

    def allows_another_pass(self) -> bool:
        """Whether the passes so far did not cost so much that there is no other one."""
        return self.steps <= min(MOST_AGAIN_STEPS, AGAIN_STEPS + AGAIN_STEPS_A_LINE * self._all_lines)

    @contextmanager
    def root(self, key: Hashable, path: str) -> Iterator[None]:
        """Counts what follows as the steps of a root of a file, `key` in each pass; what is around it is counted on
        afterwards. Raises `Spent` out of `step`."""
        outer = self._root
        own = self._own.get(path, 0)
        most = max(0, min(ROOT_STEPS, own + self._shared))
        quiet = max(QUIET_AT_LEAST, min(QUIET_STEPS, self._quiet))
        last = min(LAST_STEPS, most // 6)
        mattered = key in self._mattered
        self._root = root = _Root(key, most, most, mattered, last if mattered else most - quiet, last)
        try:
            yield
        finally:
            spent = root.most - root.left
            own = self._own.get(path, 0)
            self._own[path] = max(0, own - spent)
            self._shared -= max(0, spent - own)
            self.steps += spent
            if not root.matters:
                self._quiet -= spent
            self._root = outer

    def step(self, count: int = 1) -> None:
        """Takes steps. Raises `Spent` when there are none left."""
        self._root.left -= count
        if self._root.left < 0:
            raise Spent

    def matters(self) -> None:
        """The root that runs does what is looked for: it is followed further, in this pass and the next."""
        if not self._root.matters:
            self._root.matters, self._root.enters = True, self._root.last
            self._mattered.add(self._root.key)

    def may_enter(self) -> bool:
        """Whether the root that runs may enter one more function."""
        return self._root.left > self._root.enters
