"""The Code Quality report of GitLab: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from pcmfa_lint.findings.model import Report, ShownFile
from tests.helpers.reports import ropc_at

Render = Callable[..., str]
SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def test_every_object_has_what_gitlab_wants(report: Report, render: Render) -> None:
    issues = json.loads(render(report, "gitlab"))
    assert len(issues) == len(report.findings) + len(report.files.unread)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in SEVERITIES
        assert isinstance(issue["location"]["path"], str)
        assert not issue["location"]["path"].startswith("./")
        assert 1 <= issue["location"]["lines"]["begin"] <= issue["location"]["lines"]["end"]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_two_places_with_one_fingerprint_stay_two(render: Render) -> None:
    twins = (ropc_at("a.py", 1), ropc_at("a.py", 9))
    issues = json.loads(render(Report("x", findings=twins), "gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert {issue["severity"] for issue in issues} == {"critical"}


def test_a_changed_file_that_was_not_read_is_an_issue(report: Report, render: Render) -> None:
    files = replace(report.files, unread=(ShownFile("a.kt", "Its reader stalls.", 3),))
    (issue,) = json.loads(render(Report("x", files=files), "gitlab"))
    assert (issue["severity"], issue["location"]["lines"]["begin"]) == ("blocker", 3)


def test_nothing_found_is_an_empty_array(render: Render) -> None:
    assert render(Report("x"), "gitlab") == "[]\n"
