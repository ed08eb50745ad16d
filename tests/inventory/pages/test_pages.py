"""The pages of a sweep: one file each, nothing from outside, names stay text, links lead somewhere; and a browser opens
them."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from syrupy.assertion import SnapshotAssertion

from pcmfa_lint.findings.model import Finding, RuleInfo
from pcmfa_lint.inventory.export.table import table
from pcmfa_lint.inventory.model import labels
from pcmfa_lint.inventory.model.entry import EXPOSURES, WAYS_IN, Entry, Owner, SignIn
from pcmfa_lint.inventory.model.estate import Estate, RowChange, Scanned
from pcmfa_lint.inventory.pages.pages import write_changes, write_inventory, write_playbook, write_report
from pcmfa_lint.inventory.playbook.chapters import markdown, places
from pcmfa_lint.inventory.playbook.steps import load_playbook
from pcmfa_lint.ir.nodes import Span
from tests.helpers.browser import HOSTILE, Page, asked_for, resize
from tests.inventory.estate import full_estate, orders, reports, unseen

TITLE = "Playbook: Partner Center and MFA"
PLAYBOOK = """# Playbook

See [the order](#order-of-work), and [what to do](#1-contosoordering-jobsorderspy).

## Order of work

| Priority | Integration | Business |
| ---: | --- | --- |
| 1 | [1. contoso/ordering jobs/orders.py](#1-contosoordering-jobsorderspy) | orders |
| 2 | [2. `contoso/billing`](#2-contosobilling) | invoices |

## 1. contoso/ordering jobs/orders.py

### Alarm

1. Look at the log:

   ```powershell
   Search-Log -Text '900421'
   ```

2. Ask [whoever knows](https://learn.microsoft.com/partner-center/).

### Cause

Text.

## 2. `contoso/billing`

### Alarm

Text.
"""


def written(write: Callable[[io.StringIO], None]) -> str:
    stream = io.StringIO()
    write(stream)
    return stream.getvalue()


def report(estate: Estate) -> str:
    return written(lambda stream: write_report(estate, stream, places(estate, load_playbook())))


def inventory(estate: Estate) -> str:
    whole = table(estate)
    return written(lambda stream: write_inventory(whole.columns, whole.cells(), stream, "0.1.0"))


def playbook(text: str = PLAYBOOK) -> str:
    return written(lambda stream: write_playbook(TITLE, text, stream, "0.1.0"))


@cache
def pages() -> dict[str, str]:
    """Every page, full and empty."""
    return {
        "report": report(full_estate()),
        "empty report": report(Estate((), version="0.1.0")),
        "inventory": inventory(full_estate()),
        "empty inventory": inventory(Estate(())),
        "playbook": playbook(),
        "whole playbook": playbook(markdown(full_estate(), load_playbook())),
        "empty playbook": playbook(""),
    }


# Fields whose texts are words of the vocabulary, digests, or markdown of rules: no name from outside is in them.
OURS: dict[type, set[str]] = {
    Entry: {"id", "flow", "audience", "app_only", "handling", "runs", "scope", "exposure", "findings"},
    SignIn: {"flow", "module", "audience", "fate", "confidence", "exposure"},
    Owner: {"basis"},
    Finding: {"rule", "level", "fingerprint", "why", "fix"},
    RuleInfo: {"id", "level", "precision", "why", "fix"},
    RowChange: {"id"},
    Estate: {"version"},
    Span: {"line", "col", "end_line", "end_col"},
}


def everywhere(value: Any, name: str) -> Any:
    """The value with every text in it that comes from outside replaced by `name`."""
    if isinstance(value, str):
        return name
    if isinstance(value, tuple):
        return tuple(everywhere(each, name) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    theirs = [field.name for field in fields(value) if field.name not in OURS.get(type(value), set())]
    return replace(value, **{each: everywhere(getattr(value, each), name) for each in theirs})


def text_of(page: Page) -> str:
    return "".join(text for texts in page.texts.values() for text in texts)


# --- what they say ----------------------------------------------------------------------------------------------------


def test_report(snapshot: SnapshotAssertion) -> None:
    assert report(full_estate()) == snapshot


def test_changes() -> None:
    stream = io.StringIO()
    write_changes(full_estate(), stream)
    page = stream.getvalue()
    said = "1 integration new, 1 integration with another exposure, 1 integration fixed, 1 integration gone"
    assert f"Since the last sweep: {said}, 1 integration changed otherwise." in page
    titles = re.findall(r'<h2 id="(\w+)">', page)
    assert titles == ["new", "exposure", "fixed", "gone", "other", "unknown"]
    assert 'href="report.html#i-0a0a0a0a0a"' in page


def test_inventory(snapshot: SnapshotAssertion) -> None:
    assert inventory(full_estate()) == snapshot


def test_playbook(snapshot: SnapshotAssertion) -> None:
    assert playbook() == snapshot


def test_every_word_of_the_vocabulary_has_a_label() -> None:
    assert set(labels.FLOW) == set(WAYS_IN)
    assert tuple(labels.EXPOSURE) == tuple(labels.MEANING) == EXPOSURES


def test_the_report_says_what_to_do_first() -> None:
    text = report(full_estate())
    assert "6 integrations in 4 repositories: 2 of them fail now or any day." in text
    assert "Begin with the 3 integrations of priority 1, in this order:" in text
    unclear = Estate((Scanned("portal", "portal", entries=(unseen(), reports())),))
    assert "Find out first how this integration signs in" in report(unclear)
    assert "Nothing that was found needs a fix." in report(Estate((Scanned("p", "p", entries=(reports(),)),)))


def test_what_was_not_scanned_is_listed() -> None:
    text = text_of(Page(report(full_estate())))
    for part in (
        "The folder cannot be read.",
        "Larger than 10 MB.",
        "src/half.ps1:14",
        "broke off",
        "not found in code",
    ):
        assert part in text


def test_a_fix_stands_once() -> None:
    estate = full_estate()
    many = tuple(replace(orders(), id=f"{number:010}") for number in range(300))
    home = replace(estate.repositories[2], entries=many)
    text = report(replace(estate, repositories=(home,)))
    assert text.count("Use the Secure Application Model.") == 1
    assert len(text) < 3_000_000


# --- what always holds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", pages())
def test_ids_are_unique_and_links_inside_lead_somewhere(name: str) -> None:
    page = Page(pages()[name])
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    refs = [attributes[key] or "" for _, attributes in page.elements for key in ("href",) if key in attributes]
    inside = {ref[1:] for ref in refs if ref.startswith("#")}
    named = {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes}
    assert inside | named <= set(ids)


@pytest.mark.parametrize("name", pages())
def test_the_policy_lets_only_the_pages_own_style_and_script_run(name: str) -> None:
    page = Page(pages()[name])
    (policy,) = (a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        assert [each for each, _ in page.elements].count(tag) == 1
        digest = hashlib.sha256("".join(page.texts[tag][:1]).encode()).digest()
        assert f"{tag}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert not [attributes for _, attributes in page.elements if {"style", "onclick"} & set(attributes)]


@pytest.mark.parametrize("name", pages())
def test_nothing_is_loaded(name: str) -> None:
    text = pages()[name]
    page = Page(text)
    assert not [1 for tag, attributes in page.elements if "src" in attributes or tag in ("link", "iframe", "object")]
    assert "url(" not in text
    assert "@import" not in text


def test_one_repository_twice_keeps_ids_apart() -> None:
    estate = full_estate()
    page = Page(report(replace(estate, repositories=estate.repositories * 2)))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_places_are_links_where_source_and_commit_say_where_the_file_is() -> None:
    text = report(full_estate())
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert f'href="https://github.com/contoso/ordering/blob/{commit}/jobs/orders.py#L12"' in text
    assert "git.example/contoso/gone/blob" not in text


# --- hostile names ----------------------------------------------------------------------------------------------------

NAMES = (HOSTILE, "\n\n# x\u2028\u202e", "x" * 20_000, "\udcff.ps1", "]]>-->'\"", "[a](javascript:alert(1))")


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
@pytest.mark.parametrize("write", [report, inventory])
def test_names_stay_text_wherever_they_stand(write: Callable[[Estate], str], name: str) -> None:
    text = write(everywhere(full_estate(), name))
    plain, hostile = Page(write(everywhere(full_estate(), "a.ps1"))), Page(text)
    assert [tag for tag, _ in plain.elements] == [tag for tag, _ in hostile.elements]
    assert [sorted(attributes) for _, attributes in plain.elements] == [
        sorted(attributes) for _, attributes in hostile.elements
    ]
    assert not set(text) & set("\u202e\u2028\udcff")


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_stay_text_in_the_playbook(name: str) -> None:
    text = playbook(markdown(everywhere(full_estate(), name), load_playbook()))
    plain, hostile = Page(playbook(markdown(full_estate(), load_playbook()))), Page(text)
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in plain.elements}
    assert [tag for tag, _ in hostile.elements].count("script") == 1
    assert not [a for _, a in hostile.elements if (a.get("href") or "#").startswith(("javascript", "http:"))]
    ids = {attributes.get("id") for _, attributes in hostile.elements}
    inside = [a["href"] or "" for _, a in hostile.elements if (a.get("href") or "").startswith("#")]
    assert [link for link in inside if unquote(link[1:]) not in ids] == []
    assert not set(text) & set("\u202e\u2028\udcff")


def test_the_report_leads_to_the_chapters_of_the_playbook() -> None:
    page, beside = Page(report(full_estate())), Page(playbook(markdown(full_estate(), load_playbook())))
    links = [href for _, a in page.elements if (href := a.get("href") or "").startswith("playbook.html#")]
    assert len(set(links)) == len(full_estate().entries())
    ids = {attributes.get("id") for _, attributes in beside.elements}
    assert [link for link in links if link.partition("#")[2] not in ids] == []


def test_html_pictures_and_scripts_of_a_playbook_stay_text() -> None:
    text = (
        "## <b onclick=x>z</b>\n\n![x](https://evil.example/x.png) [y](javascript:alert(1)) <script>a</script>\u202e\n"
    )
    page = Page(playbook(text))
    tags = [tag for tag, _ in page.elements]
    assert "img" not in tags
    assert "b" not in tags
    assert tags.count("script") == 1
    assert not [1 for _, attributes in page.elements if (attributes.get("href") or "").startswith("javascript")]
    assert "\u202e" not in text_of(page)


def test_headings_of_one_text_have_anchors_of_their_own() -> None:
    page = Page(playbook("## A b\n## A b\n### A b-1\n## ?!\n## ¿?\n"))
    anchors = [attributes.get("id") for tag, attributes in page.elements if tag in ("h2", "h3")]
    assert anchors[:2] == ["a-b", "a-b-1"]
    assert len(set(anchors)) == 5
    assert None not in anchors


def test_the_contents_of_a_long_playbook_are_its_chapters() -> None:
    short, long = ("".join(f"## Chapter {each}\n\n### Part {each}\n\n" for each in range(n)) for n in (3, 300))
    links = [[a["href"] for tag, a in Page(playbook(text)).elements if tag == "a"] for text in (short, long)]
    assert links[0][:2] == ["#chapter-0", "#part-0"]
    assert links[1] == [f"#chapter-{each}" for each in range(300)]


def test_a_sign_in_without_a_refresh_token_says_nothing_of_one() -> None:
    entry = replace(orders(), sign_ins=tuple(replace(each, fate="dropped") for each in orders().sign_ins))
    text = report(Estate((Scanned("contoso/ordering", "x", entries=(entry,)),)))
    assert text.count("the new refresh token is discarded") == 1


# --- in a browser -----------------------------------------------------------------------------------------------------


def three_hundred() -> Estate:
    """300 integrations in 50 repositories, each with findings."""
    whole = full_estate()
    home = whole.repositories[2]
    made = []
    for number in range(50):
        name = f"contoso/repository-{number}"
        entries = [
            replace(entry, id=f"{number:04}{entry.id[:6]}", repository=name, findings=("f1", "f2", "f3"))
            for entry in whole.entries()
        ]
        made.append(replace(home, name=name, entries=tuple(entries)))
    hostile = replace(unseen(), repository=HOSTILE, owner=Owner(HOSTILE), accounts=("x" * 500,))
    made.append(replace(home, name=HOSTILE, source=HOSTILE, entries=(hostile,)))
    made.append(replace(home, name="x" * 300, entries=()))
    return replace(whole, repositories=tuple(made))


def opened(browser: Any, tmp_path: Path, text: str) -> str:
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    browser.get(file.as_uri())
    return file.as_uri()


def shown(browser: Any, what: str) -> int:
    found: int = browser.execute_script(f"return document.querySelectorAll('{what}:not([hidden])').length")
    return found


def fits(browser: Any, width: int) -> bool:
    return bool(browser.execute_script("return document.documentElement.scrollWidth") <= width)


def faultless(browser: Any, address: str) -> bool:
    """Nothing was asked for but the page, and nothing was complained of."""
    said = [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"]
    return said == [] and [url for url in asked_for(browser) if not url.startswith(address)] == []


def choose(browser: Any, label: str, value: str) -> None:
    """Chooses with the keyboard."""
    browser.find_element("xpath", f"//label[starts-with(normalize-space(), '{label}')]/select").send_keys(value)


def column(browser: Any, number: int) -> list[str]:
    texts: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('#entries tbody tr')].map((row) => row.cells[arguments[0]].textContent)",
        number,
    )
    return texts


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_the_report_and_filters_it(browser: Any, tmp_path: Path, width: int) -> None:
    resize(browser, width)
    address = opened(browser, tmp_path, report(three_hundred()))
    assert fits(browser, width)
    assert (shown(browser, "tbody tr[data-for]"), shown(browser, "article.entry")) == (301, 301)

    choose(browser, "Exposure", "fails now or any day")
    assert (shown(browser, "tbody tr[data-for]"), shown(browser, "article.entry")) == (100, 100)
    choose(browser, "Flow", "refresh token")
    assert browser.find_element("id", "shown").text == "50 of 301 shown"
    text = browser.find_element("id", "text")
    text.send_keys("Repository-7 sign_in(")  # the second word stands in a finding's code
    assert shown(browser, "article.entry") == 1
    text.send_keys(" no such words")
    assert browser.find_element("id", "nothing").is_displayed()

    browser.find_element("css selector", "#filter [type=reset]").send_keys(" ")
    choose(browser, "Scope", "partner's")
    assert shown(browser, "article.entry") == 50
    link = browser.find_element("xpath", "//tr[starts-with(@id, 'a-')]//a[contains(., 'jobs/orders.py')]")
    browser.get(link.get_attribute("href"))
    assert shown(browser, "article.entry") == 301  # what a link leads to is never hidden
    assert faultless(browser, address)


def test_a_browser_sorts_columns_by_keyboard(browser: Any, tmp_path: Path) -> None:
    address = opened(browser, tmp_path, report(full_estate()))
    heads = browser.find_elements("css selector", "#entries thead th")
    button = heads[1].find_element("css selector", "button")
    button.send_keys("\n")
    assert heads[1].get_attribute("aria-sort") == "ascending"
    assert column(browser, 1)[0] == "fails now or any day"
    button.send_keys("\n")
    assert heads[1].get_attribute("aria-sort") == "descending"
    assert column(browser, 1)[0] == "survives"
    findings = next(number for number, head in enumerate(heads) if head.text.strip() == "Findings")
    heads[findings].find_element("css selector", "button").send_keys("\n")
    assert column(browser, findings) == ["0", "0", "0", "0", "1", "2"]
    assert heads[1].get_attribute("aria-sort") is None
    assert faultless(browser, address)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_the_inventory(browser: Any, tmp_path: Path, width: int) -> None:
    resize(browser, width)
    address = opened(browser, tmp_path, inventory(full_estate()))
    assert fits(browser, width)
    choose(browser, "Exposure", "not-scanned")
    assert browser.find_element("id", "shown").text == "1 of 7 shown"
    browser.find_element("css selector", "#filter [type=reset]").click()
    choose(browser, "Flows", "ropc")
    assert shown(browser, "#entries tbody tr") == 3
    assert faultless(browser, address)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_the_playbook_and_copies_code(browser: Any, tmp_path: Path, width: int) -> None:
    resize(browser, width)
    address = opened(browser, tmp_path, playbook())
    assert fits(browser, width)
    wait = pytest.importorskip("selenium.webdriver.support.wait", reason="the extra `browser` is not installed")
    (button,) = browser.find_elements("css selector", "main button")
    button.send_keys(" ")
    wait.WebDriverWait(browser, 5).until(lambda _: button.text in ("Copied", "Selected"))
    assert faultless(browser, address)


def test_without_scripts_all_is_there_and_nothing_is_dead(browser: Any, tmp_path: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    for text in (report(full_estate()), inventory(full_estate()), playbook()):
        opened(browser, tmp_path, text)
        assert [each for each in browser.find_elements("css selector", "button, select") if each.is_displayed()] == []
        assert browser.find_element("css selector", "table").is_displayed()
