"""A rule as its TOML file writes it. One file is one rule; the file's name is the rule's id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any, Literal

from pcmfa_lint.evidence.levels import Level
from pcmfa_lint.evidence.words import Flow, TextScope
from pcmfa_lint.ir.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Downgrade:
    """Lowers a finding's level; the first that holds. `when`: conditions as in `where`, and `path`: globs."""

    to: Literal["error", "warning", "note", "off"]
    when: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Location:
    """The place of a finding: attributes of the evidence that are Places or have one (`at`, `secret.at`)."""

    primary: str = "at"
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """Advice on what to do, in markdown. The first whose `when` holds is taken; the last needs no `when`."""

    text: str
    when: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NearbyPattern:
    """A second pattern that must (or, with `absent`, must not) be found within `lines` lines of the first."""

    pattern: str
    lines: int = 10
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """`bad` must be reported by this rule at `lines` and nowhere else; `good` gives nothing at warning or above from
    any rule. Each is one text, or a table of files. `lines`: numbers, or "path:line" where there are several files."""

    title: str
    language: str = ""
    bad: str | dict[str, str] = ""
    good: str | dict[str, str] = ""
    lines: tuple[int | str, ...] = ()

    def texts(self) -> Iterator[tuple[bool, str, str]]:
        """Its texts: whether each is reported, its path ("" where it is the only one), and what stands in it."""
        for reported, side in ((True, self.bad), (False, self.good)):
            files = side if isinstance(side, dict) else {"": side}
            yield from ((reported, path, content) for path, content in files.items() if content)


@dataclass(frozen=True, slots=True)
class Rule:
    """`where` is one table (all must hold) or several (one of them must); `unless` silences if one of its tables holds.
    A condition is a dotted attribute and a value, or a list of which one must be met; unknown meets nothing."""

    id: str
    name: str
    title: str
    level: Level
    precision: Literal["very-high", "high", "medium", "low"]
    since: str
    on: Literal["token-request", "api-call", "stored-secret", "setting", "dependency", "marker", "integration", "text"]
    message: str
    why: str
    fix: tuple[Fix, ...]
    references: tuple[str, ...]
    example: tuple[Example, ...] = ()
    where: tuple[dict[str, Any], ...] = ()
    unless: tuple[dict[str, Any], ...] = ()
    downgrade: tuple[Downgrade, ...] = ()
    at: Location = Location()
    cwe: tuple[str, ...] = ()
    security_severity: str = ""
    family: str = ""  # the class: not written in the file, but the name of the folder it lies in
    # text rules
    files: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    pattern: str = ""
    scope: TextScope = "any"
    near: tuple[NearbyPattern, ...] = ()
    flow: Literal["", Flow] = ""  # how a token is asked for where the pattern matches, for the inventory
