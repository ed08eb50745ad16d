"""CODEOWNERS by GitHub's rules, and the order in which owners are looked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.frontend.read import read
from pcmfa_lint.inventory.assembly import owners
from pcmfa_lint.inventory.assembly.owners import CodeOwners, owner, owner_in_comments, package_author
from pcmfa_lint.inventory.model.entry import Owner

OWNERS = """\
# the whole, and then parts of it
*                 @org/all
*.ps1             @org/scripts      # inline
/billing/         billing@invented.example @org/billing
docs/*            @org/docs
apps/             @org/apps
/apps/github
**/logs           @org/logs
!/billing/mine    @org/never
[a-z]*            @org/never
\\#odd             @org/odd
sp\\ ace/          @org/space
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("readme.md", "@org/all"),
        ("a/b.ps1", "@org/scripts"),
        ("billing/run.ps1", "billing@invented.example @org/billing"),
        ("other/billing/run.py", "@org/all"),
        ("docs/start.md", "@org/docs"),
        ("docs/deep/start.md", "@org/all"),
        ("x/docs/start.md", "@org/all"),
        ("x/apps/y/z.py", "@org/apps"),
        ("apps/github/z.py", ""),
        ("deep/down/logs/z.py", "@org/logs"),
        ("billing/mine", "billing@invented.example @org/billing"),
        ("#odd", "@org/odd"),
        ("sp ace/x.py", "@org/space"),
    ],
)
def test_the_last_line_that_matches_decides(path: str, owners: str) -> None:
    assert CodeOwners(OWNERS).of(path) == owners


@given(st.text(max_size=300), st.text(min_size=1, max_size=60))
def test_no_text_makes_it_fail(text: str, path: str) -> None:
    CodeOwners(text).of(path.replace("\0", "x"))


def test_many_stars_do_not_hang() -> None:
    assert CodeOwners("*a" * 40 + "b @org/x\n").of("a" * 200) == ""


def test_more_stars_than_the_limit_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners, "OWNER_STARS", 3)
    text = "*.py @org/a\n/src/**/*.ps1 @org/b\n*.cs @org/c\nREADME @org/d\n"
    assert [CodeOwners(text).of(path) for path in ("a.py", "src/x/a.ps1", "a.cs")] == ["@org/a", "", ""]


def nobody(files: Sequence[str]) -> str:
    return ""


def test_code_owners_then_the_last_change_then_the_package() -> None:
    said = (".github/CODEOWNERS", CodeOwners("/a.py @org/a\n"))
    manifests = {"package.json": '{"author": {"name": "Invented", "email": "i@invented.example"}}'}
    assert owner(["x.py", "a.py"], said, nobody, manifests) == Owner("@org/a", "codeowners", ".github/CODEOWNERS")
    assert owner(["x.py"], said, lambda files: "Some One", manifests) == Owner("Some One", "last-change", "x.py")
    assert owner(["d/x.py"], said, nobody, manifests) == Owner(
        "Invented <i@invented.example>", "package", "package.json"
    )
    assert owner(["x.py"], None, nobody, {}) == Owner()


@pytest.mark.parametrize(
    ("path", "text", "author"),
    [
        ("package.json", '{"author": "Invented Inc"}', "Invented Inc"),
        ("composer.json", '{"authors": [{"name": "Invented"}]}', "Invented"),
        ("pyproject.toml", '[project]\nauthors = [{ name = "Invented" }]\n', "Invented"),
        ("x.psd1", "@{\r\n    Author = 'Invented Inc'\r\n}", "Invented Inc"),
        ("x.csproj", "<Project><Authors>Invented</Authors></Project>", "Invented"),
        ("pom.xml", "<developers><developer><id>i</id><name>Invented</name></developer></developers>", "Invented"),
        ("setup.cfg", "[metadata]\nauthor = Invented\n", "Invented"),
        ("package.json", "{", ""),
        ("package.json", "[1]", ""),
        ("pyproject.toml", "project = 1", ""),
        ("pyproject.toml", "[", ""),
    ],
)
def test_authors_of_manifests(path: str, text: str, author: str) -> None:
    assert package_author(path, text) == author


def test_a_manifest_of_blank_lines_costs_no_time() -> None:
    assert package_author("a.psd1", "\n" * 250_000 + "Author = 'one'") == "one"


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("run.ps1", "<#\n  Schedule: daily\n  Owner : billing automation\n#>\nGet-Item .", "billing automation"),
        ("run.sh", "#!/bin/sh\n# Owner: @contoso/seats\nls", "@contoso/seats"),
        ("Run.cs", "/// Maintainer: Team North\nclass Run { }", "Team North"),
        ("Run.java", "/* Code owner: Team North */\nclass Run { }", "Team North"),
        ("run.py", "Owner = {'a': 1}\nowner: str = 'x'\n", ""),
        ("run.py", "x = 1\n" * 60 + "# Owner: too late\n", ""),
        ("run.py", "# the owner: whoever (ask) is in charge!\n", ""),
    ],
)
def test_a_comment_at_the_top_names_the_owner(path: str, text: str, named: str) -> None:
    assert owner_in_comments(read(text.encode(), path)) == named


def test_a_comment_goes_before_the_last_change() -> None:
    found = owner(["a.py"], None, lambda files: "Someone", {}, lambda path: "Team North")
    assert (found.name, found.basis, found.at) == ("Team North", "comment", "a.py")
