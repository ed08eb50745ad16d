"""What is wrong, and what a run reports. Nothing in here holds raw text of a scanned file: code is masked before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pcmfa_lint.evidence.levels import Level
from pcmfa_lint.source.file_note import FileNote

if TYPE_CHECKING:  # most runs of a commit hook find nothing, and making the types of evidence costs 25 ms
    from pcmfa_lint.evidence.model import Place, Step


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One masked source line and the columns to underline (1-based, end exclusive; 0, 0: none). `until`: the column
    where the place ends on this line of the file itself, since masking moves columns (0: nothing to underline)."""

    number: int
    text: str
    start: int = 0
    end: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell somebody. `code` is masked. `fingerprint` is made of rule, path, masked code and occurrence,
    so it survives moved lines. `fix` is chosen for this place; `why` belongs to the rule. `line_hash` is GitHub's
    `primaryLocationLineHash` of the place's first line, made of raw text: only SARIF has it."""

    rule: str
    name: str  # the rule's kebab-case name
    level: Level
    place: Place
    message: str
    why: str
    fix: str
    code: tuple[CodeLine, ...] = ()
    trace: tuple[Step, ...] = ()
    related: tuple[Step, ...] = ()
    fingerprint: str = ""
    language: str = ""
    properties: tuple[tuple[str, str], ...] = ()  # flow, account, host … for inventory and other readers
    line_hash: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences findings: `rules` are the words in its brackets, `until` is an ISO date. `state`: `used`;
    `unused`, it silences nothing; `expired`, its end date is past; `malformed`, with the reason in `fault`. The last
    two silence nothing. `unused`: words that silence nothing although others do. `silences`: fingerprints.
    `reason` is what its author wrote for readers of reports, without what looks like a secret."""

    path: str
    line: int
    rules: tuple[str, ...] = ()
    reason: str = ""
    until: str = ""
    state: Literal["used", "unused", "expired", "malformed"] = "unused"
    fault: str = ""
    unused: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Files:
    """Where every file of the run went. `unread`: of a change, the files that fail the run, since they hold what is
    looked for and could not be read as a whole; they are in one of the other lists too, if they are files."""

    irrelevant: int = 0  # sifted out
    read: int = 0
    excluded: tuple[str, ...] = ()
    partly: tuple[FileNote, ...] = ()
    skipped: tuple[FileNote, ...] = ()
    unread: tuple[FileNote, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a report needs to know of a rule."""

    id: str
    name: str
    title: str
    level: Level
    precision: Literal["very-high", "high", "medium", "low"]
    family: str  # stored-credential, ropc, refresh-token, unhandled-401, legacy-auth, readiness
    why: str
    fix: str  # the general fix, markdown
    references: tuple[str, ...] = ()
    bad: str = ""  # first bad example, and its good twin
    good: str = ""
    example_language: str = ""
    cwe: tuple[str, ...] = ()
    security_severity: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One run over one root. Every finding is in exactly one of the four lists. `suppressions`: the comments in the
    files that were read; of a run that does not look at the whole root, without those that silence nothing in it."""

    root: str  # name shown for the root; never an absolute path in machine formats
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    baselined: tuple[Finding, ...] = ()
    below: tuple[Finding, ...] = ()  # under --min-level or not selected
    files: Files = Files()
    rules: tuple[RuleInfo, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    notes: tuple[str, ...] = ()  # limits reached, suppressions and baseline entries that need a look, and the like
    version: str = ""
    complete: bool = True
    extra: tuple[tuple[str, str], ...] = field(default=())
