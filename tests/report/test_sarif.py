"""SARIF: what GitHub requires and refuses, and what other readers expect."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import scan
from pcmfa_lint.findings.line_hash import line_hashes
from pcmfa_lint.findings.model import Files, Report, ShownFile, ShownPlace, Suppression
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.report import ReportOptions
from tests.helpers.reports import ROPC, silent_at

Render = Callable[..., str]


@pytest.fixture
def log(report: Report, render: Render) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(report, "sarif"))
    return loaded


def at(value: Any, path: str) -> list[Any]:
    """All values at a dotted path; `[]` steps into every item of a list."""
    values = [value]
    for key in path.split("."):
        name = key.removesuffix("[]")
        values = [each[name] for each in values]
        if key.endswith("[]"):
            values = [item for each in values for item in each]
    return values


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "sarif") == snapshot


REGION = "runs[].results[].locations[].physicalLocation.region"
RULE = "runs[].tool.driver.rules[]"
REQUIRED: list[tuple[str, Callable[[Any], bool]]] = [
    ("$schema", lambda v: v.startswith("https://") and v.endswith("2.1.0.json")),
    ("version", lambda v: v == "2.1.0"),
    ("runs", lambda v: len(v) == 1),
    ("runs[].tool.driver.name", lambda v: v == "pcmfa-lint"),
    ("runs[].tool.driver.semanticVersion", lambda v: v == "0.1.0"),
    ("runs[].columnKind", lambda v: v == "unicodeCodePoints"),
    ("runs[].invocations[].executionSuccessful", lambda v: v is False),
    (f"{RULE}.id", lambda v: v.startswith("PCM")),
    (f"{RULE}.name", lambda v: v.isalnum() and v[0].isupper() and len(v) <= 255),
    (f"{RULE}.shortDescription.text", lambda v: 0 < len(v) <= 1024),
    (f"{RULE}.fullDescription.text", lambda v: 0 < len(v) <= 1024),
    (f"{RULE}.defaultConfiguration.level", lambda v: v in ("note", "warning", "error")),
    (f"{RULE}.help.text", bool),
    (f"{RULE}.help.markdown", bool),
    (f"{RULE}.properties.tags", lambda v: "security" in v and len(v) <= 20),
    (f"{RULE}.properties.precision", lambda v: v in ("very-high", "high", "medium", "low")),
    ("runs[].results[].ruleId", lambda v: v.startswith("PCM")),
    ("runs[].results[].level", lambda v: v in ("note", "warning", "error")),
    ("runs[].results[].message.text", lambda v: v[:8] in ("Password", "Nobody l")),
    ("runs[].results[].locations", lambda v: len(v) == 1),
    ("runs[].results[].locations[].physicalLocation.artifactLocation.uri", bool),
    (f"{REGION}.startLine", lambda v: v >= 1),
    (f"{REGION}.startColumn", lambda v: v >= 1),
    (f"{REGION}.endLine", lambda v: v >= 1),
    (f"{REGION}.endColumn", lambda v: v > 1),
    ("runs[].results[].partialFingerprints", lambda v: "pcmfaFingerprint/v1" in v),
    ("runs[].invocations[].toolExecutionNotifications[].level", lambda v: v in ("note", "warning")),
    ("runs[].tool.driver.notifications[].fullDescription.text", bool),
    ("runs[].tool.driver.notifications[].help.text", bool),
]


@pytest.mark.parametrize(("path", "holds"), REQUIRED, ids=[path for path, _ in REQUIRED])
def test_what_github_requires(log: dict[str, Any], path: str, holds: Callable[[Any], bool]) -> None:
    values = at(log, path)
    assert values
    assert [value for value in values if not holds(value)] == []


def test_an_empty_run_still_has_a_list_of_results(render: Render) -> None:
    (run,) = json.loads(render(Report("contoso", version="0.1.0"), "sarif"))["runs"]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_indexes_point_at_what_is_named(log: dict[str, Any]) -> None:
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["PCM201", "PCM401", "PCM600"]
    assert all(driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    named = [note["descriptor"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert len(named) == 4
    assert all(driver["notifications"][each["index"]]["id"] == each["id"] for each in named)


def test_severity_is_a_string_and_only_where_the_rule_has_one(log: dict[str, Any]) -> None:
    severities = [rule["properties"].get("security-severity") for rule in log["runs"][0]["tool"]["driver"]["rules"]]
    assert severities == ["8.1", None, None]
    assert at(log, f"{RULE}.properties")[2]["problem.severity"] == "recommendation"


def test_a_warning_keeps_its_level_under_an_error_rule(report: Report, render: Render) -> None:
    """A writer that drops defaults would make it an error again."""
    lowered = replace(report, findings=(replace(report.findings[1], level="warning"),))
    assert at(json.loads(render(lowered, "sarif")), "runs[].results[].level") == ["warning"]


def test_two_findings_of_a_rule_on_one_line_are_one_result_that_names_both(log: dict[str, Any]) -> None:
    (result,) = (
        r for r in log["runs"][0]["results"] if r["locations"][0]["physicalLocation"]["region"]["startLine"] == 5
    )
    assert result["message"]["text"].endswith("See [Nobody looks at the answer of `post`](1).")
    assert result["relatedLocations"][0]["id"] == 1
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"] == 20


def test_a_region_ends_on_its_first_line(log: dict[str, Any]) -> None:
    region = at(log, REGION)[2]
    assert region == {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 61}


def test_a_flow_needs_two_steps(log: dict[str, Any]) -> None:
    flows = {result["ruleId"]: result.get("codeFlows") for result in log["runs"][0]["results"]}
    assert flows["PCM401"] is None
    assert len(flows["PCM201"][0]["threadFlows"][0]["locations"]) == 2


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c.ps1", "a%20b/c.ps1"),
        ("50%#1?.ps1", "50%25%231%3F.ps1"),
        ("c:x/y.ps1", "./c:x/y.ps1"),
        ("x/c:y.ps1", "x/c:y.ps1"),
        ("caf\u00e9\n.ps1", "caf%C3%A9%0A.ps1"),
        ("caf\udce9.ps1", "caf%E9.ps1"),
        ("\ud800.ps1", "%EF%BF%BD.ps1"),
        ("[a]\\b.ps1", "%5Ba%5D%5Cb.ps1"),
    ],
)
def test_uris(render: Render, path: str, uri: str) -> None:
    odd = Report("x", files=Files(skipped=(ShownFile(path, "Unreadable."),)))
    (note,) = json.loads(render(odd, "sarif"))["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_silenced_results_are_left_out_unless_asked_for(report: Report, render: Render, log: dict[str, Any]) -> None:
    assert not any("suppressions" in result for result in log["runs"][0]["results"])
    asked = json.loads(render(report, "sarif", ReportOptions(include_suppressed=True)))["runs"][0]["results"]
    silenced = [result["suppressions"] for result in asked if "suppressions" in result]
    assert [[each["kind"] for each in all_] for all_ in silenced] == [["inSource"], ["external"]]
    assert {each["status"] for all_ in silenced for each in all_} == {"accepted"}


def test_the_order_of_findings_does_not_matter(report: Report, render: Render) -> None:
    turned = replace(report, findings=report.findings[::-1], rules=report.rules[::-1])
    assert render(turned, "sarif") == render(report, "sarif")


def test_a_place_without_shown_code_keeps_its_whole_region(report: Report, render: Render) -> None:
    bare = replace(report.findings[1], code=(), place=ShownPlace("x.py", Span(1, 2, 3, 4)))
    log = json.loads(render(replace(report, findings=(bare,)), "sarif"))
    assert at(log, REGION) == [{"startLine": 1, "startColumn": 2, "endLine": 3, "endColumn": 4}]


def test_githubs_own_hash_stands_beside_ours_or_is_left_to_github(log: dict[str, Any]) -> None:
    """A made-up one would keep GitHub from making its own."""
    prints = {result["ruleId"]: result["partialFingerprints"] for result in log["runs"][0]["results"]}
    assert prints["PCM201"] == {"primaryLocationLineHash": "5c1fa2:1", "pcmfaFingerprint/v1": "a2"}
    assert prints["PCM401"] == {"pcmfaFingerprint/v1": "b2"}


def test_a_scanned_file_gives_the_hash_of_its_line(tmp_path: Path, render: Render) -> None:
    script = "# nightly\r\n$a = 'contoso-automation'\r\n" + (
        "Invoke-RestMethod 'https://login.microsoftonline.com/common/oauth2/token' -Method Post -Body @{\r\n"
        "  grant_type = 'password'; username = 'joe@contoso.com'; password = 'Invented-1'\r\n"
        "  resource = 'https://api.partnercenter.microsoft.com' }\r\n"
    )
    (tmp_path / "a.ps1").write_bytes(b"\xff\xfe" + script.encode("utf-16-le"))
    log = json.loads(render(scan([str(tmp_path)], Settings(jobs=1)), "sarif"))
    expected = line_hashes(read(script.encode(), "a.ps1"), range(1, 6))
    results = log["runs"][0]["results"]
    assert results
    for result in results:
        line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
        assert result["partialFingerprints"]["primaryLocationLineHash"] == expected[line]


def test_a_reason_is_the_justification_and_a_baseline_says_what_is_new(report: Report, render: Render) -> None:
    comment = Suppression("src/quiet.ps1", 7, ("PCM401",), "Sandbox only.", silences=("b2",))
    told = replace(report, suppressions=(comment,))
    results = json.loads(render(told, "sarif", ReportOptions(include_suppressed=True)))["runs"][0]["results"]
    silenced = [result["suppressions"] for result in results if "suppressions" in result]
    assert silenced[0] == [{"kind": "inSource", "status": "accepted", "justification": "Sandbox only."}]
    assert {result["baselineState"] for result in results[:-1]} == {"new"}
    assert results[-1]["baselineState"] == "unchanged"
    without = json.loads(render(replace(told, baselined=()), "sarif", ReportOptions(include_suppressed=True)))
    assert not any("baselineState" in result for result in without["runs"][0]["results"])


def test_the_help_of_a_rule_is_in_the_languages_of_its_findings(render: Render) -> None:
    base = replace(silent_at("a.ps1", 1), rule="PCM201", name="password-grant")
    other = replace(base, fix="Do it in Java.", language="java", place=replace(base.place, path="B.java"))
    log = json.loads(render(Report("x", findings=(base, other), rules=(ROPC,)), "sarif"))
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    text = rule["help"]["markdown"]
    assert "## What to do in Java\n\nDo it in Java." in text
    assert f"## What to do in PowerShell\n\n{base.fix}" in text
    assert "## Before" not in text  # the example is Python
    assert ROPC.fix not in text


def test_the_help_of_a_rule_without_findings_is_the_general_one(render: Render) -> None:
    log = json.loads(render(Report("x", rules=(ROPC,)), "sarif"))
    text = log["runs"][0]["tool"]["driver"]["rules"][0]["help"]["markdown"]
    assert ROPC.fix in text
    assert "## Before\n\n```python" in text
