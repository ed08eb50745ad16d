"""The types of findings, as a run reports them. What came out of a scanned repository is a `SafeText` here, or a
number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pcmfa_lint.evidence.levels import Level
from pcmfa_lint.findings.report import MASK as MASK
from pcmfa_lint.findings.report import NOTHING as NOTHING
from pcmfa_lint.findings.report import Files as Files
from pcmfa_lint.findings.report import Report as Report
from pcmfa_lint.findings.report import SafeText as SafeText
from pcmfa_lint.findings.report import ShownFile as ShownFile

if TYPE_CHECKING:  # most runs of a commit hook find nothing, and making the types of code costs time
    from pcmfa_lint.ir.nodes import Span


@dataclass(frozen=True, slots=True, order=True)
class ShownPlace:
    """A region of one file; `path` is relative to the root, with `/`."""

    path: SafeText
    span: Span


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of a trace, or a place that belongs to a finding: `text` says in a few words what happens there."""

    place: ShownPlace
    text: SafeText


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One masked source line and the columns to underline (1-based, end exclusive; 0, 0: none). `until`: the column
    where the place ends on this line of the file itself, since masking moves columns (0: nothing to underline)."""

    number: int
    text: SafeText
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
    place: ShownPlace
    message: SafeText
    why: str
    fix: str
    code: tuple[CodeLine, ...] = ()
    trace: tuple[ShownStep, ...] = ()
    related: tuple[ShownStep, ...] = ()
    fingerprint: str = ""
    language: str = ""
    properties: tuple[tuple[str, SafeText], ...] = ()  # flow, account, host … for inventory and other readers
    line_hash: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences findings: `rules` are the words in its brackets, `until` is an ISO date. `state`: `used`;
    `unused`, it silences nothing; `expired`, its end date is past; `malformed`, with the reason in `fault`. The last
    two silence nothing. `unused`: words that silence nothing although others do. `silences`: fingerprints.
    `reason` is what its author wrote for readers of reports, without what looks like a secret."""

    path: SafeText
    line: int
    rules: tuple[SafeText, ...] = ()
    reason: SafeText = NOTHING
    until: str = ""
    state: Literal["used", "unused", "expired", "malformed"] = "unused"
    fault: SafeText = NOTHING
    unused: tuple[SafeText, ...] = ()
    silences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """The parts of a rule that a report shows."""

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
