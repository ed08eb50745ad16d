"""The rounds in which the names that the analysis wants bring their files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from pcmfa_lint.discovery.discover import has_reader
from pcmfa_lint.engine.prefilter import Plan, names_plan
from pcmfa_lint.engine.worker import Sifted
from pcmfa_lint.evidence.model import FILE

ROUNDS = 3
COMMON = 25  # files that may hold a name that is looked for


def rounds(
    wanted: Callable[[], Collection[str]],
    budget: int,
    holders: Callable[[Iterable[str]], Sequence[str]],
) -> Iterator[tuple[Sequence[str], int]]:
    """For each round the files to be read now, and how many more there are for which the budget, in files, is spent.
    `wanted`: the names that the analysis asks for, with what was read so far. `holders`: the files that hold one of
    some names."""
    asked: set[str] = set()
    for _ in range(ROUNDS):
        names = set(wanted()) - asked
        support = holders(names)
        if not support:
            return
        asked |= names
        yield support[:budget], len(support[budget:])
        budget -= len(support[:budget])


def holding(
    names: Iterable[str],
    candidates: Callable[[], Iterable[str]],
    sift: Callable[[Sequence[str], Plan], Sifted],
) -> set[str]:
    """Those of the `candidates` in languages with a reader that hold one of `names`. A name that stands in too many of
    them means nothing: nobody could say which is meant. A name may also be that of a file."""
    names = set(names)
    named = {name.removeprefix(FILE) for name in names if name.startswith(FILE)}
    plan = names_plan(name for name in names if not name.startswith(FILE))
    if not plan.literals and not named:
        return set()
    rest = [path for path in candidates() if has_reader(path)]
    found = sift(rest, plan) if plan.literals else Sifted()
    count = Counter(name for name, _ in found.passes)
    return {path for name, path in found.passes if count[name] <= COMMON} | named.intersection(rest)
