"""Constructs of settings files, each as it must be reported and as it must not (settings.toml)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pcmfa_lint.engine.pipeline import scan_texts
from pcmfa_lint.engine.workers.prefilter import make_plan, passed, prefilter
from pcmfa_lint.findings.model import Finding
from pcmfa_lint.knowledge.loader import prefilter_of
from tests.helpers.code import knowledge

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("settings.toml").read_text("utf-8"))["case"]
MARKER = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}
STORED = ("PCM1", "PCM2", "PCM3")


def reported(case: dict[str, Any], side: str) -> list[Finding]:
    found = scan_texts({**MARKER, case["path"]: case[side].lstrip("\n")}, knowledge())
    return [finding for finding in found if finding.rule.startswith(STORED)]


def by_line(findings: list[Finding]) -> dict[str, str]:
    lines: dict[str, list[str]] = {}
    for finding in findings:
        lines.setdefault(str(finding.place.span.line), []).append(finding.rule)
    return {line: " ".join(sorted(rules)) for line, rules in lines.items()}


def as_written(lines: dict[str, str]) -> dict[str, str]:
    return {line: " ".join(sorted(rules.split())) for line, rules in lines.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_must_be_reported_is(case: dict[str, Any]) -> None:
    notes = case.get("bad_notes", {})
    found = [f for f in reported(case, "bad") if f.level != "note" or f.rule == "PCM111" or notes]
    assert by_line(found) == as_written({**case["lines"], **notes})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_must_not_be_reported_is_not(case: dict[str, Any]) -> None:
    found = reported(case, "good")
    assert by_line([f for f in found if f.level != "note"]) == {}
    expected = as_written(case.get("notes", {}))
    assert {line: rules for line, rules in by_line(found).items() if line in expected} == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_scan_reads_the_file(case: dict[str, Any]) -> None:
    plan = make_plan(prefilter_of(knowledge()).gates)
    text = case["bad"].lstrip("\n")
    assert passed(plan, prefilter(text.encode(), plan), case["path"])


def test_each_name_stands_once() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("value", "level"), [("${LICENCES_PASSWORD}", "warning"), ("Zq7-invented-Wm2", "note")])
def test_a_password_that_is_written_down_is_reported_once(value: str, level: str) -> None:
    settings = (
        "services:\n  licences:\n    environment:\n      RESOURCE: https://api.partnercenter.microsoft.com\n"
        "      AZURE_CLIENT_ID: 11111111-2222-3333-4444-555555555555\n"
        f"      AZURE_USERNAME: licences@contoso.onmicrosoft.com\n      AZURE_PASSWORD: {value}\n"
    )
    found = {finding.rule: finding.level for finding in scan_texts({"compose.yml": settings}, knowledge())}
    assert found["PCM209"] == level
    assert ("PCM106" in found) == (level == "note")
