"""The contents of the report of the estate, in order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pcmfa_lint.findings.model import Finding, Report, RuleInfo, ShownFile
from pcmfa_lint.inventory.model import labels
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.estate import Account, AppUse, Estate, Scanned, accounts
from pcmfa_lint.inventory.model.links import link_base
from pcmfa_lint.inventory.pages.charts import hundredths
from pcmfa_lint.report.words import by_level, clean, count, worst_first

SEPARATOR = "; "  # between several values of one cell; the script of the pages knows it too


@dataclass(frozen=True, slots=True)
class ColumnFilter:
    """A filter: the number of the column whose cells it looks at, and what can be chosen."""

    name: str
    column: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntegrationSection:
    """One section. `base`: the address of its repository's files, "" if it is not known."""

    anchor: str
    entry: Entry
    findings: tuple[Finding, ...]
    base: str


@dataclass(frozen=True, slots=True)
class UnassignedFindings:
    """Findings of a repository that belong to no integration."""

    repository: str
    findings: tuple[Finding, ...]
    base: str


@dataclass(frozen=True, slots=True)
class RuleNotes:
    """The texts that all findings of a rule share: why, and each fix with its anchor."""

    id: str
    title: str
    why: str
    references: tuple[str, ...]
    fixes: tuple[tuple[str, str], ...]


class EstateView:
    """The estate, taken apart for the page."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.entries = estate.entries()

    @cached_property
    def integrations(self) -> list[IntegrationSection]:
        """All sections, the most urgent first."""
        homes = {each.name: each for each in self.estate.repositories}
        return [
            IntegrationSection(
                anchor, entry, tuple(_its_findings(entry, homes.get(entry.repository))), self._base(entry)
            )
            for anchor, entry in zip(self._names, self.entries, strict=True)
        ]

    @cached_property
    def anchors(self) -> dict[str, str]:
        """Of an entry's id the name of its section."""
        by_id: dict[str, str] = {}
        for name, entry in zip(self._names, self.entries, strict=True):
            by_id.setdefault(entry.id, name)
        return by_id

    @cached_property
    def loose(self) -> list[UnassignedFindings]:
        """The findings that belong to no integration."""
        result = []
        for each in self.estate.repositories:
            claimed = {fingerprint for entry in each.entries for fingerprint in entry.findings}
            rest = [finding for finding in _findings(each) if finding.fingerprint not in claimed]
            if rest:
                result.append(UnassignedFindings(each.name, tuple(worst_first(rest)), link_base(each)))
        return result

    @cached_property
    def rules(self) -> list[RuleNotes]:
        """Every rule that found something."""
        infos = {rule.id: rule for each in self.estate.repositories if each.report for rule in each.report.rules}
        groups: dict[str, list[Finding]] = {}
        for each in self.estate.repositories:
            for finding in _findings(each):
                groups.setdefault(finding.rule, []).append(finding)
        return [_rule_notes(id_, groups[id_], infos.get(id_)) for id_ in sorted(groups)]

    @cached_property
    def fixes(self) -> dict[tuple[str, str], str]:
        """Of a rule and the text of a fix the name of the place where it stands."""
        return {(rule.id, text): anchor for rule in self.rules for anchor, text in rule.fixes}

    @cached_property
    def failed(self) -> list[Scanned]:
        return [each for each in self.estate.repositories if each.failed]

    @cached_property
    def unread(self) -> list[tuple[str, str, tuple[ShownFile, ...]]]:
        """Repository, what became of its files, and the files."""
        return [
            (each.name, words, notes)
            for each in self.estate.repositories
            if each.report
            for words, notes in (("skipped", each.report.files.skipped), ("partly read", each.report.files.partly))
            if notes
        ]

    @cached_property
    def notes(self) -> list[tuple[str, str]]:
        """Repository, or "" for all, and the note."""
        own: list[tuple[str, str]] = [("", note) for note in self.estate.notes]
        return own + [
            (each.name, note) for each in self.estate.repositories if each.report for note in each.report.notes
        ]

    @cached_property
    def _names(self) -> list[str]:
        """A name for every section: its entry's id, with a number if a repository is there twice."""
        names: list[str] = []
        counts: dict[str, int] = {}
        for entry in self.entries:
            counts[entry.id] = again = counts.get(entry.id, 0) + 1
            names.append(f"i-{entry.id}" if again == 1 else f"i-{entry.id}-{again}")
        return names

    @cached_property
    def accounts(self) -> list[Account]:
        return accounts(self.entries)

    @property
    def scopes(self) -> bool:
        """Whether it is worth a column how far each reaches."""
        return len({entry.scope for entry in self.entries}) > 1

    @property
    def apps(self) -> tuple[AppUse, ...]:
        return self.estate.apps or ()

    @staticmethod
    def share(app: AppUse) -> str:
        """The calls without MFA, in hundredths of all."""
        return hundredths(app.calls - app.with_mfa, app.calls)

    @staticmethod
    def aside(report: Report) -> int:
        """The number of findings that are in no list here."""
        return len(report.suppressed) + len(report.baselined) + len(report.below)

    @cached_property
    def account_anchors(self) -> dict[str, str]:
        """Of an account's name the name of its row."""
        return {account.name: f"a-{number}" for number, account in enumerate(self.accounts, 1)}

    def _base(self, entry: Entry) -> str:
        return next((link_base(each) for each in self.estate.repositories if each.name == entry.repository), "")


def choices(entries: Sequence[Entry]) -> list[ColumnFilter]:
    """The filters over the table of integrations, for those columns where there is a choice."""
    flows = {flow for entry in entries for flow in entry.flow}
    exposures, scopes = {entry.exposure for entry in entries}, {entry.scope for entry in entries}
    choices_ = (
        ColumnFilter("Priority", 0, tuple(str(each) for each in sorted({entry.priority for entry in entries}))),
        ColumnFilter("Exposure", 1, tuple(word for each, word in labels.EXPOSURE.items() if each in exposures)),
        ColumnFilter("Owner", 5, values(entry.owner.name or labels.NO_OWNER for entry in entries)),
        ColumnFilter("Flow", 6, tuple(word for each, word in labels.FLOW.items() if each in flows)),
        ColumnFilter("Scope", 9, tuple(word for each, word in labels.SCOPE.items() if each in scopes)),
    )
    return [choice for choice in choices_ if len(choice.values) > 1]


def values(cells: Iterable[str]) -> tuple[str, ...]:
    """The values in the cells of a column, each once."""
    parts = {part.strip() for cell in cells for part in clean(cell).split(SEPARATOR)}
    return tuple(sorted(parts - {""}))


def _findings(each: Scanned) -> tuple[Finding, ...]:
    return each.report.findings if each.report else ()


def _its_findings(entry: Entry, home: Scanned | None) -> list[Finding]:
    fingerprints = set(entry.findings)
    return worst_first(each for each in _findings(home) if each.fingerprint in fingerprints) if home else []


def _rule_notes(id_: str, findings: list[Finding], rule: RuleInfo | None) -> RuleNotes:
    texts = sorted({finding.fix for finding in findings if finding.fix})
    return RuleNotes(
        id_,
        rule.title if rule else findings[0].name,
        findings[0].why,
        rule.references if rule else (),
        tuple((f"fix-{id_}-{number}", text) for number, text in enumerate(texts, 1)),
    )


def levels(findings: Sequence[Finding]) -> str:
    """`3 findings: 1 error, 2 warnings`."""
    return f"{count(len(findings), 'finding')}: {by_level(findings)}"
