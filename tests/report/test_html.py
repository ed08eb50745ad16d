"""The HTML report: one file, nothing from outside, names stay text; and a browser opens it."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import CodeLine, Files, Finding, Report, ShownFile, ShownStep
from pcmfa_lint.report import ReportOptions
from tests.helpers.browser import HOSTILE, Page, asked_for, resize
from tests.helpers.reports import ROPC, SILENT, place, ropc_at, silent_at

Render = Callable[..., str]


def everywhere(name: str) -> Report:
    finding = Finding(
        rule="PCM401",
        name=name,
        level="warning",
        place=place(name, 1, 1, 1, 9),
        message=name,
        why=name,
        fix=name,
        code=(CodeLine(1, name, 3, 9, until=9),),
        trace=(ShownStep(place(name, 1, 1, 1, 2), name), ShownStep(place(name, 1, 1, 1, 2), name)),
        related=(ShownStep(place(name, 1, 1, 1, 2), name),),
    )
    return Report(
        name,
        findings=(finding,),
        suppressed=(finding,),
        baselined=(finding,),
        below=(finding,),
        files=Files(skipped=(ShownFile(name, name),), partly=(ShownFile(name, name, 3),)),
        notes=(name,),
        version="0.1.0",
    )


def test_whole_output(report: Report, render: Render, snapshot: SnapshotAssertion) -> None:
    assert render(report, "html") == snapshot


def test_it_says_all(report: Report, render: Render) -> None:
    text = render(report, "html")
    for part in (
        *("src/sync.py:12:5", "the request is sent", "Nobody looks at a 401", "v2-oauth-ropc", "Use the Secure"),
        *("<li>Let a person sign in once", "src/quiet.ps1:8:1", "src/known.py:9:5", "src/low.ps1:2:1", "big.json"),
        *(
            "Not a regular file.",
            "Two regions could not be parsed.",
            "After three rounds",
            "The run was interrupted",
            "amr",
        ),
    ):
        assert part in text


def test_names_stay_text_wherever_they_stand(render: Render) -> None:
    plain, hostile = (Page(render(everywhere(name), "html")) for name in ("a.ps1", HOSTILE))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(attributes) for _, attributes in hostile.elements] == [
        sorted(attributes) for _, attributes in plain.elements
    ]
    everything = "".join(text for texts in hostile.texts.values() for text in texts)
    assert "\u202e" not in everything
    assert "{{ 7*7 }}" in everything


def test_markdown_of_rules_brings_no_pictures_and_no_scripts(render: Render) -> None:
    fix = "![x](https://evil.example/x.png) [y](javascript:alert(1)) <b onclick=x>z</b>"
    page = Page(render(Report("x", findings=(replace(silent_at("a.ps1", 1), fix=fix),)), "html"))
    assert not [tag for tag, _ in page.elements if tag == "img"]
    assert not [1 for _, attributes in page.elements if (attributes.get("href") or "").startswith("javascript")]
    assert not [1 for _, attributes in page.elements if "onclick" in attributes]


def test_the_policy_lets_only_the_pages_own_style_and_script_run(report: Report, render: Render) -> None:
    page = Page(render(report, "html"))
    (policy,) = (a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        digest = hashlib.sha256("".join(page.texts[tag][:1]).encode()).digest()
        assert f"{tag}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_nothing_is_loaded(report: Report, render: Render) -> None:
    page = Page(render(report, "html"))
    assert not [1 for tag, attributes in page.elements if "src" in attributes or tag in ("link", "iframe", "object")]
    assert "url(" not in render(report, "html")


def test_places_are_links_where_the_address_is_known(report: Report, render: Render) -> None:
    text = render(report, "html", ReportOptions(link_base="https://github.com/o/r/blob/abc/"))
    assert 'href="https://github.com/o/r/blob/abc/src/sync.py#L12"' in text


def test_nothing_found_has_no_filter(render: Render) -> None:
    text = render(Report("contoso", files=Files(read=3), version="0.1.0"), "html")
    assert "Nothing found in contoso." in text
    assert "<form" not in text


def five_thousand() -> Report:
    levels = ("error", "warning", "note")
    findings = tuple(
        replace(ropc_at(f"src/module{number // 50}.py", number % 50 * 3 + 1), level=levels[number % 3])
        for number in range(4999)
    )
    rules = (replace(ROPC, title="A token of api.partner.microsoft.com.and.what.else.a.title.may.hold"), SILENT)
    return Report("large", findings=(*findings, silent_at("only/here.ps1", 3)), rules=rules, version="0.1.0")


def test_five_thousand_findings_are_written_fast(render: Render) -> None:
    report = five_thousand()
    start = time.process_time()
    text = render(report, "html")
    assert time.process_time() - start < 5
    assert len(text) < 8_000_000


# --- in a browser -----------------------------------------------------------------------------------------------------


def visible(browser: Any) -> int:
    found: int = browser.execute_script("return document.querySelectorAll('article:not([hidden])').length")
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_filters_and_asks_for_nothing(browser: Any, tmp_path: Path, render: Render, width: int) -> None:
    file = tmp_path / "report.html"
    hostile = replace(silent_at(HOSTILE, 1), message=HOSTILE)
    report = five_thousand()
    report = replace(report, findings=(*report.findings, hostile))
    file.write_text(render(report, "html"), encoding="utf-8")
    resize(browser, width)
    browser.get(file.as_uri())
    shown = browser.find_element("id", "shown")
    assert (visible(browser), shown.text) == (5001, "5001 of 5001 shown")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width

    text = browser.find_element("id", "text")
    text.send_keys("ONLY here")
    assert (visible(browser), shown.text) == (1, "1 of 5001 shown")
    assert browser.execute_script("return document.querySelectorAll('section.rule:not([hidden])').length") == 1
    text.clear()
    text.send_keys("no such words")
    assert browser.find_element("id", "nothing").is_displayed()
    browser.execute_script(
        "arguments[0].value = ''; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))", text
    )

    browser.find_element("css selector", "[name=level][value=error]").click()
    assert visible(browser) == 5001 - 1667
    browser.find_element("css selector", "[name=level][value=warning]").send_keys(" ")
    assert visible(browser) == 1666
    browser.find_element("css selector", "[name=level][value=warning]").send_keys(" ")
    browser.find_element("id", "rule").send_keys("PCM401")
    assert visible(browser) == 2

    assert [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"] == []
    assert [url for url in asked_for(browser) if not url.startswith(file.as_uri())] == []


def test_without_the_policy_broken_nothing_of_a_name_runs(browser: Any, tmp_path: Path, render: Render) -> None:
    """The names are no elements; even without a policy nothing would happen."""
    file = tmp_path / "report.html"
    text = render(everywhere(HOSTILE), "html")
    file.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text), encoding="utf-8")
    browser.get(file.as_uri())
    assert len(browser.find_elements("css selector", "img")) == 0
    assert len(browser.find_elements("css selector", "script")) == 1
