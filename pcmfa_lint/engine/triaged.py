"""The last stage of a run: every finding goes into one of the report's lists, by what the settings say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from pcmfa_lint.config import Settings
from pcmfa_lint.discovery.not_here import is_noted
from pcmfa_lint.discovery.scope import Scope
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import Finding, Report
from pcmfa_lint.ir.nodes import Unit
from pcmfa_lint.knowledge.selectors import rule_names
from pcmfa_lint.triage import triage
from pcmfa_lint.triage.baseline import BaselineEntry
from pcmfa_lint.triage.suppressions import SuppressionPolicy


def triaged(
    report: Report,
    findings: Sequence[Finding],
    units: Mapping[str, Unit],
    entries: tuple[BaselineEntry, ...],
    settings: Settings,
    scope: Scope,
) -> Report:
    """The report with the findings sorted. `units`: the named files that were read, whose comments count; `entries`:
    those of the baseline."""
    names, skipped = rule_names(settings.rules), {note.path for note in report.files.skipped}
    moved: dict[str, str] = {redaction.path(path): redaction.path(old) for path, old in settings.moved.items()}
    today = settings.today or date.today()
    lists = triage.triage(
        findings,
        units,
        SuppressionPolicy(names, today, settings.require_reason, settings.require_until, settings.comments),
        triage.Rules(names, settings.select, settings.ignore, settings.min_level, settings.per_path, moved),
        triage.KnownFindings(
            entries,
            settings.never_accepted,
            lambda path: scope.is_gone(path) and not is_noted(path, skipped),
            lambda path: scope.covers(path) and not is_noted(path, skipped),
        ),
    )
    return replace(
        report,
        findings=lists.findings,
        suppressed=lists.suppressed,
        baselined=lists.baselined,
        below=lists.below,
        suppressions=tuple(each for each in lists.suppressions if scope.whole or each.state != "unused"),
        notes=(*report.notes, *triage.notes(lists, scope.whole)),
    )
