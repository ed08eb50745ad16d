"""The result of the first look over the bytes of a repository."""

from __future__ import annotations

from typing import NamedTuple

from pcmfa_lint.engine.workers.worker import PrefilterResult


class FirstLook(NamedTuple):
    """The result of the first look at the `named` files and in those `around` them, and the files that are therefore
    `seeds`."""

    named: PrefilterResult
    around: PrefilterResult
    seeds: tuple[str, ...]

    @property
    def marked(self) -> bool:
        """Whether something is in sight that only partners have."""
        return bool(self.named.marked or self.around.marked)


def of_others(around: PrefilterResult, named: PrefilterResult) -> PrefilterResult:
    """The meaning of other files of the repository for the named ones: sightings, halves that complete theirs, settings
    that they may look up."""
    begun = {gate for gate, _, _ in named.partial_matches}
    return PrefilterResult(
        marked=around.marked,
        partial_matches=tuple(half for half in around.partial_matches if half[0] in begun),
        touched=around.touched,
        digests=around.digests,
    )
