"""The report of a run, apart from the findings themselves: most runs of a commit hook have none, and making the types
of findings costs time. What came out of a scanned repository is a `SafeText` here, or a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from pcmfa_lint.findings.model import Finding, RuleInfo, Suppression

MASK = "***"  # stands for what may not
SafeText = NewType("SafeText", str)  # may be shown to anybody; only `redaction` makes it
NOTHING = SafeText("")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file that was skipped or partly read, with the reason in one sentence."""

    path: SafeText
    reason: SafeText
    line: int = 0


@dataclass(frozen=True, slots=True)
class Files:
    """A record of where every file of the run went. `unread`: of a change, the files that fail the run, since they hold
    what is looked for and could not be read as a whole; they are in one of the other lists too, if they are files."""

    irrelevant: int = 0  # sifted out
    read: int = 0
    excluded: tuple[SafeText, ...] = ()
    partly: tuple[ShownFile, ...] = ()
    skipped: tuple[ShownFile, ...] = ()
    unread: tuple[ShownFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One run over one root. Every finding is in exactly one of the four lists. `suppressions`: the comments in the
    files that were read; of a run that does not look at the whole root, without those that silence nothing in it."""

    root: SafeText  # name shown for the root; never an absolute path in machine formats
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    baselined: tuple[Finding, ...] = ()
    below: tuple[Finding, ...] = ()  # under --min-level or not selected
    files: Files = Files()
    rules: tuple[RuleInfo, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    notes: tuple[SafeText, ...] = ()  # limits reached, suppressions and baseline entries that need a look, and the like
    version: str = ""
    complete: bool = True
    extra: tuple[tuple[str, SafeText], ...] = field(default=())
