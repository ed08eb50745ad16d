"""The order of work: exposure, what hangs on it, how much; and before all else credentials that stand in code."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.findings.model import SafeText, ShownPlace
from pcmfa_lint.inventory.assembly.sign_ins import settled
from pcmfa_lint.inventory.model.credentials import Credential, CredentialUse, today
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.estate import Estate, Scanned
from pcmfa_lint.inventory.model.knowledge import load_tables
from pcmfa_lint.inventory.model.links import link_base, link_to
from pcmfa_lint.inventory.pages.summary import summary
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.knowledge.paths import shipped
from pcmfa_lint.knowledge.toml_schema import parse
from tests.helpers.repository import ROPC, put
from tests.inventory.entries import INVOICES, KEEPING, LICENCES

TABLES = load_tables()
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def hanging(name: str, business: str, calls: int = 1, like: Entry = INVOICES) -> Entry:
    sign_ins = tuple(replace(each, exposure=like.exposure) for each in like.sign_ins)
    return replace(
        settled(replace(like, business=(business,)), TABLES), sign_ins=sign_ins, repository=name, id=name, calls=calls
    )


def test_orders_and_invoices_come_before_reports_and_many_calls_before_few() -> None:
    entries = [
        hanging("z", "provisioning and ordering"),
        hanging("y", "billing and reconciliation", 2),
        hanging("x", "billing and reconciliation", 9),
        hanging("b", "reporting and analytics"),
        hanging("a", "provisioning and ordering", like=LICENCES),
        hanging("c", "provisioning and ordering", like=KEEPING),
    ]
    estate = Estate((Scanned("r", "r", entries=tuple(reversed(entries))),))
    names = [each.repository for each in estate.entries()]
    assert names[:3] == ["z", "x", "y"]
    assert names.index("b") < names.index("c")
    assert names[-1] == "c"


def test_every_business_function_of_the_catalog_has_its_place_in_the_order() -> None:
    data, _ = parse((Path(shipped()) / "catalog" / "endpoints.toml").read_text("utf-8"), "endpoints.toml")
    assert {each["business"] for each in data["path"]} <= set(TABLES.priority.hangs)


def test_credentials_in_code_come_first_and_are_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path / "estate", {"a/bad.py": ROPC, "b/bad.py": ROPC, "a/.git/HEAD": "", "b/.git/HEAD": ""})
    out = tmp_path / "out"
    cli.run(["sweep", str(tmp_path / "estate"), "--out", str(out)])
    said = "2 Microsoft credentials are in the code: change them today."
    assert said in capsys.readouterr().err
    page, book = (out / "report.html").read_text("utf-8"), (out / "playbook.md").read_text("utf-8")
    assert page.index(said) < page.index("Begin with the")
    assert re.search(r"a: password of \S+ \(bad\.py:7\)", page)
    assert book.index(said) < book.index("What to do when one of")
    assert not re.search(r"\bpc-[0-9a-f]{10}\b", book)
    assert "invented-value" not in page + book
    assert today(Estate(()).in_code()) == ""


@pytest.mark.parametrize(
    ("source", "base", "address"),
    [
        (
            "https://github.com/o/r.git",
            f"https://github.com/o/r/blob/{COMMIT}/",
            f"https://github.com/o/r/blob/{COMMIT}/a%20b.py#L3",
        ),
        (
            "git@github.com:o/r.git",
            f"https://github.com/o/r/blob/{COMMIT}/",
            f"https://github.com/o/r/blob/{COMMIT}/a%20b.py#L3",
        ),
        (
            "https://gitlab.com/g/sub/r",
            f"https://gitlab.com/g/sub/r/-/blob/{COMMIT}/",
            f"https://gitlab.com/g/sub/r/-/blob/{COMMIT}/a%20b.py#L3",
        ),
        (
            "https://dev.azure.com/o/p/_git/r",
            f"https://dev.azure.com/o/p/_git/r?version=GC{COMMIT}&path=/",
            f"https://dev.azure.com/o/p/_git/r?version=GC{COMMIT}&path=/a%20b.py&line=3&lineEnd=4&lineStartColumn=1&lineEndColumn=1",
        ),
        (
            "git@ssh.dev.azure.com:v3/o/p/r",
            f"https://dev.azure.com/o/p/_git/r?version=GC{COMMIT}&path=/",
            f"https://dev.azure.com/o/p/_git/r?version=GC{COMMIT}&path=/a%20b.py&line=3&lineEnd=4&lineStartColumn=1&lineEndColumn=1",
        ),
        ("https://git.example/o/r", "", ""),
        ("https://github.com/o/r/../../x", "", ""),
        ("javascript:alert(1)//github.com/o/r", "", ""),
    ],
)
def test_links_into_code(source: str, base: str, address: str) -> None:
    scanned = Scanned("r", source, COMMIT)
    at = ShownPlace("a b.py", Span(3, 1, 3, 2))
    assert link_base(scanned) == base
    assert link_to(scanned, at) == address
    assert link_to(replace(scanned, commit=""), at) == ""


def test_a_credential_says_what_stops_when_only_it_is_changed() -> None:
    place = INVOICES.at
    secret = Credential(SafeText("password"), place)
    alone = CredentialUse(SafeText("r"), secret)
    assert "no job" in alone.warning()
    assert today([alone]) == "1 Microsoft credential is in the code: change it today."
    job = replace(INVOICES, secret_places=(place,), accounts=(SafeText("robot@invented.example"),))
    (use,) = Estate((Scanned("r", "r", entries=(job,), in_code=(secret,)),)).in_code()
    assert use.entries == (job,)
    assert "password of robot@invented.example" in use.name()
    assert "change the job first" in use.warning()


def test_mfa_is_not_asked_for_an_account_whose_password_signs_in() -> None:
    said = " ".join(summary(Estate((Scanned("r", "r", entries=(INVOICES, KEEPING)),))).more)
    assert "Do not require MFA for this account" in said
    assert "behind 1 refresh token" in said


def test_what_reaches_partner_center_comes_first_among_equals() -> None:
    other = replace(INVOICES, id="o", repository="a", scope="microsoft", priority=2)
    partner = replace(other, id="p", scope="partner")
    ours = replace(LICENCES, id="q", repository="z", priority=2)
    order = [each.id for each in Estate((Scanned("r", "r", entries=(other, partner, ours)),)).entries()]
    assert order == ["q", "p", "o"]


def test_accounts_that_mfa_would_stop_are_named() -> None:
    (sentence,) = (one for one in summary(Estate((Scanned("r", "r", entries=(INVOICES,)),))).more if "Do not" in one)
    assert "csp-robot@contoso.example" in sentence
