"""The SARIF 2.1.0 report, made for GitHub code scanning and correct for other readers.

The types are those of sarif-om; it has no serialiser that keeps an explicit `level: "warning"`, so a walker over its
classes is here. What GitHub reads and requires: code-scanning documentation, "SARIF support for code scanning".
GitHub shows suppressed results as alerts, so they are left out unless asked for. ASCII only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any, TextIO
from urllib.parse import quote

import attr
import sarif_om as om

from pcmfa_lint.findings.model import Finding, Report, RuleInfo, ShownFile, ShownPlace, ShownStep
from pcmfa_lint.frontend.languages import title_of
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.report import ReportOptions, utf8
from pcmfa_lint.report.words import first_line, valid

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SITE = ""  # where the site that `ci/site.py` makes is published, without a slash at the end; "": nowhere yet
INFORMATION = "https://learn.microsoft.com/partner-center/security/partner-security-requirements-mandating-mfa"
MAX_NAME, MAX_TEXT, MAX_TAGS = 255, 1_024, 20  # above these GitHub refuses the file
_ALWAYS = {(kind, "level") for kind in (om.Result, om.ReportingConfiguration, om.Notification)}
_RENAMED = {(om.Suppression, "state"): "status"}  # sarif-om has a name from before the final schema

# What the tool says about itself: id, level, what it means, what to do.
_NOTIFICATIONS = (
    ("file-skipped", "warning", "A file was not read.", "Its findings, if there are any, are missing. See the reason."),
    (
        "file-partly-read",
        "note",
        "Parts of a file could not be read.",
        "Findings may be missing there. See the reason.",
    ),
    ("limit-reached", "note", "A limit was reached.", "Findings that depend on what lies beyond it may be missing."),
)
_NOTIFICATION_INDEX = {row[0]: index for index, row in enumerate(_NOTIFICATIONS)}


def write(report: Report, stream: TextIO, options: ReportOptions) -> None:
    """Write one log with one run. Rules are sorted by id, results by place."""
    json.dump(_plain(_log(report, options)), stream, indent=2)
    stream.write("\n")


def _log(report: Report, options: ReportOptions) -> om.SarifLog:
    rules = sorted(report.rules, key=lambda rule: rule.id)
    driver = om.ToolComponent(
        name="pcmfa-lint",
        semantic_version=report.version,
        information_uri=f"{SITE}/index.html" if SITE else INFORMATION,
        rules=[_rule(rule, [each for each in _reported(report, options) if each.rule == rule.id]) for rule in rules],
        notifications=[_notification_descriptor(*row) for row in _NOTIFICATIONS],
    )
    invocation = om.Invocation(
        execution_successful=report.complete, tool_execution_notifications=list(_notifications(report))
    )
    run = om.Run(
        tool=om.Tool(driver=driver),
        invocations=[invocation],
        results=list(_results(report, rules, options)),
        column_kind="unicodeCodePoints",
        newline_sequences=["\r\n", "\n", "\r"],
    )
    return om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[run])


# --- rules and notifications ------------------------------------------------------------------------------------------


def _rule(rule: RuleInfo, findings: list[Finding]) -> om.ReportingDescriptor:
    links = [f"{SITE}/rules/{rule.id}.html"] if SITE else []
    links += [reference for reference in rule.references if reference.startswith("https://")]
    return om.ReportingDescriptor(
        id=rule.id,
        name=_pascal(rule.name)[:MAX_NAME],
        short_description=_text(_shortened(rule.title)),
        full_description=_text(_shortened(rule.why)),
        help=om.MultiformatMessageString(
            text=_help(rule, findings, markdown=False), markdown=_help(rule, findings, markdown=True)
        ),
        help_uri=links[0] if links else None,
        default_configuration=om.ReportingConfiguration(level=rule.level),
        properties=_rule_properties(rule),
    )


def _pascal(name: str) -> str:
    """A kebab-case name as SARIF wants friendly names: `Http401NotToldApart`."""
    joined = "".join(word[:1].upper() + word[1:] for word in name.split("-"))
    return f"Http{joined}" if joined[:1].isdigit() else joined


def _rule_properties(rule: RuleInfo) -> dict[str, Any]:
    weaknesses = [f"external/cwe/{cwe.lower()}" for cwe in rule.cwe]
    properties: dict[str, Any] = {
        "tags": ["security", rule.family, *weaknesses][:MAX_TAGS],
        "precision": rule.precision,
        "problem.severity": {"note": "recommendation"}.get(rule.level, rule.level),
    }
    if rule.security_severity:
        properties["security-severity"] = rule.security_severity
    return properties


def _help(rule: RuleInfo, findings: list[Finding], *, markdown: bool) -> str:
    """Why, and what to do in the languages of the findings, or in general where there are none."""
    heading = "## {}" if markdown else "{}:"
    parts = [rule.why]
    for title, fix in _fixes(rule, findings):
        parts += [heading.format(title), fix]
    languages = {finding.language for finding in findings}
    fits = not languages or rule.example_language in languages
    for title, code in (("Before", rule.bad), ("After", rule.good)):
        if code and fits:
            parts += [heading.format(title), _fenced(code, rule.example_language) if markdown else code.strip("\n")]
    if rule.references:
        items = "\n".join(f"- <{link}>" if markdown and "://" in link else f"- {link}" for link in rule.references)
        parts += [heading.format("References"), items]
    return "\n\n".join(part.strip("\n") for part in parts if part)


def _fixes(rule: RuleInfo, findings: list[Finding]) -> list[tuple[str, str]]:
    """Each fix of the findings once, under a heading with its languages if there are several."""
    languages: dict[str, set[str]] = {}
    for finding in findings:
        languages.setdefault(finding.fix, set()).add(finding.language)
    if len(languages) < 2:
        return [("What to do", next(iter(languages), rule.fix))]
    named = ((" and ".join(sorted(map(title_of, filter(None, each)))), fix) for fix, each in languages.items())
    return sorted((f"What to do in {names}" if names else "What to do", fix) for names, fix in named)


def _reported(report: Report, options: ReportOptions) -> tuple[Finding, ...]:
    """The findings that become results."""
    return (*report.findings, *((*report.suppressed, *report.baselined) if options.include_suppressed else ()))


def _fenced(code: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code.strip(chr(10))}\n{fence}"


def _notification_descriptor(id_: str, level: str, meaning: str, advice: str) -> om.ReportingDescriptor:
    return om.ReportingDescriptor(
        id=id_,
        name=_pascal(id_),
        short_description=_text(meaning),
        full_description=_text(meaning),
        help=om.MultiformatMessageString(text=advice, markdown=advice),
        default_configuration=om.ReportingConfiguration(level=level),
    )


def _notifications(report: Report) -> Iterator[om.Notification]:
    for note in sorted(report.files.skipped, key=_note_order):
        yield _notification("file-skipped", f"Skipped: {note.reason}", note)
    for note in sorted(report.files.partly, key=_note_order):
        yield _notification("file-partly-read", f"Partly read: {note.reason}", note)
    for sentence in report.notes:
        yield _notification("limit-reached", sentence)


def _note_order(note: ShownFile) -> tuple[str, int, str]:
    return note.path, note.line, note.reason


def _notification(id_: str, text: str, note: ShownFile | None = None) -> om.Notification:
    index = _NOTIFICATION_INDEX[id_]
    location = None
    if note:
        region = om.Region(start_line=note.line) if note.line else None
        artifact = om.ArtifactLocation(uri=_uri(note.path))
        location = om.Location(physical_location=om.PhysicalLocation(artifact_location=artifact, region=region))
    return om.Notification(
        message=om.Message(text=text),
        level=_NOTIFICATIONS[index][1],
        descriptor=om.ReportingDescriptorReference(id=id_, index=index),
        locations=[location] if location else None,
    )


# --- results ----------------------------------------------------------------------------------------------------------


def _results(report: Report, rules: list[RuleInfo], options: ReportOptions) -> Iterator[om.Result]:
    """One result for each rule and line: GitHub makes one alert of them anyway, and would lose the others' text."""
    index = {rule.id: number for number, rule in enumerate(rules)}
    lists = [(report.findings, "", "new")]
    if options.include_suppressed:
        lists += [(report.suppressed, "inSource", "new"), (report.baselined, "external", "unchanged")]
    compared = options.include_suppressed and bool(report.baselined)  # then every result says how it compares
    reasons = {print_: each.reason for each in report.suppressions for print_ in each.silences if each.reason}
    for findings, suppressed, state in lists:
        for _, same in groupby(sorted(findings, key=_order), key=_alert):
            first, *others = same
            result = _result(first, others)
            result.rule_index = index.get(first.rule, -1)
            result.baseline_state = state if compared else None
            if suppressed:
                result.suppressions = [_suppression(suppressed, reasons.get(first.fingerprint))]
            yield result


def _suppression(kind: str, reason: str | None) -> om.Suppression:
    return om.Suppression(kind=kind, state="accepted", justification=reason)


def _order(finding: Finding) -> tuple[str, int, str, ShownPlace]:
    return *_alert(finding), finding.place


def _alert(finding: Finding) -> tuple[str, int, str]:
    return finding.place.path, finding.place.span.line, finding.rule


def _result(finding: Finding, others: list[Finding]) -> om.Result:
    related = [*finding.related, *(ShownStep(other.place, other.message) for other in others)]
    links = ", ".join(f"[{_link_text(step.text)}]({number})" for number, step in enumerate(related, 1))
    return om.Result(
        message=om.Message(text=f"{finding.message} See {links}." if links else finding.message),
        rule_id=finding.rule,
        level=finding.level,
        locations=[om.Location(physical_location=_physical(finding.place, _region(first_line(finding))))],
        related_locations=[_location(step, number) for number, step in enumerate(related, 1)] or None,
        code_flows=_code_flows(finding.trace),
        partial_fingerprints=_fingerprints(finding) or None,
        properties=dict(finding.properties) or None,
    )


def _fingerprints(finding: Finding) -> dict[str, str]:
    """GitHub reads the first only, and doubles an alert if it finds another hash than it would make itself."""
    by_name = {"primaryLocationLineHash": finding.line_hash, "pcmfaFingerprint/v1": finding.fingerprint}
    return {name: value for name, value in by_name.items() if value}


def _link_text(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", text.rstrip("."))


def _code_flows(trace: tuple[ShownStep, ...]) -> list[om.CodeFlow] | None:
    if len(trace) < 2:
        return None
    steps = [om.ThreadFlowLocation(location=_location(step)) for step in trace]
    return [om.CodeFlow(thread_flows=[om.ThreadFlow(locations=steps)])]


def _location(step: ShownStep, id_: int = -1) -> om.Location:
    return om.Location(
        id=id_, physical_location=_physical(step.place, _region(step.place.span)), message=om.Message(text=step.text)
    )


def _physical(place: ShownPlace, region: om.Region) -> om.PhysicalLocation:
    return om.PhysicalLocation(artifact_location=om.ArtifactLocation(uri=_uri(place.path)), region=region)


def _region(span: Span) -> om.Region:
    return om.Region(start_line=span.line, start_column=span.col, end_line=span.end_line, end_column=span.end_col)


def _uri(path: str) -> str:
    """A relative URI. Bytes of a file name that are no UTF-8 are kept as they are, percent-encoded."""
    prefix = "./" if ":" in path.split("/", 1)[0] else ""
    return prefix + quote(utf8(path), safe="/:@!$&'()*+,;=~")


# --- text and serialising ---------------------------------------------------------------------------------------------


def _text(text: str) -> om.MultiformatMessageString:
    return om.MultiformatMessageString(text=text)


def _shortened(text: str) -> str:
    """At most as long as GitHub takes, cut after a word."""
    folded = " ".join(text.split())
    return folded if len(folded) <= MAX_TEXT else folded[: MAX_TEXT - 3].rsplit(" ", 1)[0] + "..."


def _plain(value: Any) -> Any:
    """sarif-om objects as dictionaries: final schema names, without what is None or a default."""
    if attr.has(type(value)):
        return dict(_members(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return valid(value)
    return value


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    for attribute, name, default, always in _fields(value.__class__):
        member = getattr(value, attribute)
        if member is not None and (always or member != default):
            yield name, _plain(member)


@cache
def _fields(kind: type) -> tuple[tuple[str, str, Any, bool], ...]:
    """(attribute, name in the schema, default, whether it is always written) of a sarif-om class."""
    rows = []
    for field in attr.fields(kind):
        name = field.metadata["schema_property_name"]
        default = field.default.factory() if isinstance(field.default, attr.Factory) else field.default  # type: ignore[arg-type]
        rows.append((field.name, _RENAMED.get((kind, name), name), default, (kind, name) in _ALWAYS))
    return tuple(rows)
