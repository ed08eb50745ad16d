"""The changes of integrations since the last sweep, in groups. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pcmfa_lint.inventory.model.estate import Estate, RowChange
from pcmfa_lint.report.words import count


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Changes of one kind, with a sentence on what they mean."""

    anchor: str
    title: str
    words: str
    changes: tuple[RowChange, ...]


_GROUPS: tuple[tuple[str, str, str, Callable[[RowChange], bool]], ...] = (
    ("new", "New", "They did not exist before, or were not detected.", lambda each: each.what == "new"),
    (
        "exposure",
        "Changed exposure",
        "The enforcement affects them differently than before.",
        lambda each: each.moved and not each.fixed,
    ),
    ("fixed", "Fixed", "They continue to work now; before, they did not.", lambda each: each.fixed),
    (
        "gone",
        "Gone",
        "They are no longer found: they were removed, moved to another file, or left out of the sweep.",
        lambda each: each.what == "gone",
    ),
    (
        "other",
        "Other changes",
        "The exposure is the same, but another column has changed.",
        lambda each: each.what == "changed" and not each.moved,
    ),
)


def groups(estate: Estate) -> list[ChangeGroup]:
    """The groups that have any change, the most urgent first."""
    groups_ = (
        ChangeGroup(anchor, title, words, tuple(each for each in estate.changes or () if fits(each)))
        for anchor, title, words, fits in _GROUPS
    )
    return [group for group in groups_ if group.changes]


def verdict(estate: Estate) -> str:
    """One sentence on what changed."""
    if estate.changes is None:
        return "No change since the last sweep to this folder, or this is the first one."
    clauses = [f"{count(len(group.changes), 'integration')} {_WORDS[group.anchor]}" for group in groups(estate)]
    return f"Since the last sweep: {', '.join(clauses)}." if clauses else "Nothing has changed since the last sweep."


_WORDS = {
    "new": "new",
    "exposure": "with another exposure",
    "fixed": "fixed",
    "gone": "gone",
    "other": "changed otherwise",
}
