"""Suppression comments: where they are read, what they speak of, and what is told of those that do nothing."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from pcmfa_lint import cli
from pcmfa_lint.findings.model import Suppression
from pcmfa_lint.findings.redaction import words
from pcmfa_lint.frontend.read import read
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.knowledge.selectors import rule_names
from pcmfa_lint.triage.statement_lines import StatementLines
from pcmfa_lint.triage.suppressions import SuppressionPolicy, directives, silence
from tests.helpers.findings import finding
from tests.helpers.repository import ROPC, put, run

TODAY = date(2026, 6, 15)
POST = 'requests.post("https://login.microsoftonline.com/common/oauth2/token", data=body)'
POLICY = SuppressionPolicy(rule_names(), TODAY)
SECRET = "invented-value"

# file name, and a text with one user password; {0} stands above its line, {1} behind it
KINDS = {
    "a.py": 'body = {{\n    "grant_type": "password",\n    "resource": "https://api.partnercenter.microsoft.com",\n'
    '    "username": "invented@example.com",\n{0}    "password": "invented-value",{1}\n}}\n'
    'import requests\nrequests.post("https://login.microsoftonline.com/common/oauth2/token", data=body)\n',
    "a.ps1": "$body = @{{\n  grant_type = 'password'\n  resource = 'https://api.partnercenter.microsoft.com'\n"
    "  username = 'invented@example.com'\n{0}  password = 'invented-value'{1}\n}}\n"
    "Invoke-RestMethod -Method Post -Uri 'https://login.microsoftonline.com/common/oauth2/token' -Body $body\n",
}


def read_all(path: str, text: str, policy: SuppressionPolicy = POLICY) -> list[Suppression]:
    return [each.suppression for each in directives(read(text.encode(), path), policy)]


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("a.py", "# {}"),
        ("a.py", "#{}"),
        ("a.ps1", "# {}"),
        ("a.ps1", "<# {} #>"),
        ("a.ps1", "<#\n  Told to the team.\n  {}\n#>"),
        ("a.yaml", "# {}"),
        ("a.ini", "; {}"),
        ("a.toml", "# {}"),
        (".env", "# {}"),
        ("web.config", "<!-- {} -->"),
        ("a.jsonc", "// {}"),
        ("a.jsonc", "/* {} */"),
        ("a.jsonc", "/*\n * {}\n */"),
        ("a.py", "# noqa: E501  # {}"),
    ],
)
def test_comments_of_every_file_kind(name: str, comment: str) -> None:
    form = "pcmfa: ignore[PCM201, pcm3,stored-credential] the vendor is asked until 2026-12-31"
    content = {
        "a.py": "x = 1",
        "a.ps1": "$x = 1",
        "a.yaml": "x: 1",
        "a.ini": "[x]\nx = 1",
        "a.toml": "x = 1",
        ".env": "X=1",
        "web.config": "<configuration/>",
        "a.jsonc": "{}",
    }[name]
    text = comment.replace("{}", form) + "\n" + content + "\n"
    (one,) = read_all(name, text)
    line = next(number for number, row in enumerate(text.split("\n"), 1) if "pcmfa" in row)
    rules = (words("PCM201"), words("pcm3"), words("stored-credential"))
    assert one == Suppression(words(name), line, rules, words("the vendor is asked"), "2026-12-31", "unused")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", 's = "# pcmfa: ignore[PCM201] x"\n'),
        ("a.py", '"""\npcmfa: ignore[PCM201] x\n"""\n'),
        ("a.ps1", "$s = '# pcmfa: ignore[PCM201] x'\n"),
        ("a.ps1", "$s = @'\n# pcmfa: ignore[PCM201] x\n'@\n"),
        ("a.yaml", "s: '# pcmfa: ignore[PCM201] x'\n"),
        ("a.json", '{"s": "// pcmfa: ignore[PCM201] x"}'),
        ("a.py", "# Write pcmfa: ignore[PCM201] and a reason to silence it.\n"),
        ("a.py", "# pcmfa: the module that signs in\n"),
        ("a.py", "# pcmfa ignores this folder\n"),
    ],
)
def test_literals_and_prose_suppress_nothing(name: str, text: str) -> None:
    assert read_all(name, text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pcmfa: ignore", "write pcmfa: ignore[PCM201] reason"),
        ("pcmfa: ignore PCM201", "write pcmfa: ignore[PCM201] reason"),
        ("pcmfa: ignore[PCM201", "write pcmfa: ignore[PCM201] reason"),
        ("pcmfa: ignore(PCM201) x", "write pcmfa: ignore[PCM201] reason"),
        ("pcmfa: disable[PCM201] x", "write pcmfa: ignore[PCM201] reason"),
        ("pcmfa: ignored[PCM201] x", "write pcmfa: ignore[PCM201] reason"),
        ("pcmfa-lint: ignore[PCM201] x", "write pcmfa: ignore[PCM201] reason"),
        ("pcmfa: ignore[] x", "no rule is named"),
        ("pcmfa: ignore[ , ] x", "no rule is named"),
        ("pcmfa: ignore[PMC201] x", 'did you mean "PCM201"?'),
        ("pcmfa: ignore[PCM201,PCM999] x", '"PCM999" names no rule'),
        ("pcmfa: ignore[ropcc] x", 'did you mean "ropc"?'),
        ("pcmfa: ignore[PCM] x", '"PCM" names no rule, no class, and no id prefix with a digit'),
        ("pcmfa: ignore[*] x", "names no rule"),
        ("pcmfa: ignore[PCM201] x until 31.12.2026", "write until YYYY-MM-DD"),
        ("pcmfa: ignore[PCM201] x until 2026-13-01", "write until YYYY-MM-DD"),
        ("pcmfa: ignore[PCM201] x until 2027", "write until YYYY-MM-DD"),
        ("pcmfa: ignore[PCM201] until 2026-12-31 until 2027-12-31", "several end dates"),
    ],
)
def test_malformed_ones_are_told_why(text: str, fault: str) -> None:
    (one,) = read_all("a.py", f"# {text}\nx = 1\n")
    assert one.state == "malformed"
    assert fault in one.fault


@pytest.mark.parametrize(
    ("text", "reason", "until", "state"),
    [
        ("x until 2026-06-15", "x", "2026-06-15", "unused"),
        ("x until 2026-06-14", "x", "2026-06-14", "expired"),
        ("until 2026-12-31: x", "x", "2026-12-31", "unused"),
        ("(until 2026-12-31)", "", "2026-12-31", "unused"),
        ("- until the vendor answers", "until the vendor answers", "", "unused"),
        ("kept until 3 people agree", "kept until 3 people agree", "", "unused"),
    ],
)
def test_reason_and_end_date(text: str, reason: str, until: str, state: str) -> None:
    (one,) = read_all("a.py", f"# pcmfa: ignore[PCM201] {text}\n")
    assert (one.reason, one.until, one.state) == (reason, until, state)


def test_reason_and_end_date_can_be_demanded() -> None:
    for demand, given in (({"require_reason": True}, "because"), ({"require_until": True}, "until 2026-12-31")):
        policy = SuppressionPolicy(POLICY.names, TODAY, **demand)
        (one,) = read_all("a.py", "# pcmfa: ignore[PCM201]\n", policy)
        assert (one.state, "this project requires" in one.fault) == ("malformed", True)
        (one,) = read_all("a.py", f"# pcmfa: ignore[PCM201] {given}\n", policy)
        assert one.state == "unused"


def test_what_looks_like_a_secret_is_not_in_the_reason() -> None:
    token = "0.AXoA" + "k3Jd9" * 8
    (one,) = read_all(
        "a.py", f"# pcmfa: ignore[PCM101] password={SECRET} and {token} see https://example.com/a-long-page\n"
    )
    assert one.reason == "password=*** and *** see https://example.com/a-long-page"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("place", ["above", "behind"])
def test_a_comment_anywhere_on_the_statement_silences(name: str, place: str, tmp_path: Path) -> None:
    comment = "# pcmfa: ignore[PCM101] known"
    above, behind = (f"  {comment}\n", "") if place == "above" else ("", f"  {comment}")
    put(tmp_path, {name: KINDS[name].format("", "")})
    before = run(tmp_path)
    assert "PCM101" in {each.rule for each in before.findings}
    put(tmp_path, {name: KINDS[name].format(above, behind)})
    after = run(tmp_path)
    assert [each.rule for each in after.suppressed] == ["PCM101"]
    assert {each.rule for each in after.findings} == {each.rule for each in before.findings} - {"PCM101"}
    (one,) = after.suppressions
    assert (one.state, one.silences) == ("used", (after.suppressed[0].fingerprint,))


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("# pcmfa: ignore[PCM201] x\nPOST", True),
        ("POST  # pcmfa: ignore[PCM201] x", True),
        ("# pcmfa: ignore[PCM201] x\n# more of the reason\nPOST", True),
        ("# pcmfa: ignore[PCM201] x\n\nPOST", False),
        ("y = 1  # pcmfa: ignore[PCM201] x\nPOST", False),
        ("POST\n# pcmfa: ignore[PCM201] x", False),
        ("# pcmfa: ignore[PCM201] x\ny = 1\nPOST", False),
        ("z = foo(\n    POST,\n    # pcmfa: ignore[PCM201] x\n    2,\n)", True),
        ("# pcmfa: ignore[PCM201] x\nz = foo(\n    1,\n    POST,\n)", True),
        ("z = foo(\n    1,\n    POST,\n)  # pcmfa: ignore[PCM201] x", True),
        ("# pcmfa: ignore[PCM201] x\nif y:\n    POST", False),
        ("if y:\n    # pcmfa: ignore[PCM201] x\n    POST", True),
        ("# pcmfa: ignore[PCM201] x\nwith POST as y:\n    pass", True),
        ("with POST as y:\n    # pcmfa: ignore[PCM201] x\n    pass", False),
        ("# pcmfa: ignore[PCM301] x\nPOST", False),
        ("# pcmfa: ignore[PCM2] x\nPOST", True),
        ("# pcmfa: ignore[ROPC] x\nPOST", True),
        ("# pcmfa: ignore[PCM201] x until 2026-06-14\nPOST", False),
        ("# pcmfa: ignore[PCM201,PCM999] x\nPOST", False),
    ],
)
def test_which_statement_a_comment_speaks_of(text: str, quiet: bool, tmp_path: Path) -> None:
    head = ROPC[: ROPC.index("requests.post")]
    put(tmp_path, {"a.py": head + "\n" + text.replace("POST", POST) + "\n"})
    report = run(tmp_path, today=TODAY)
    assert ("PCM201" in {each.rule for each in report.suppressed}) is quiet
    assert ("PCM201" in {each.rule for each in report.findings}) is not quiet


def _notebook(rows: list[str]) -> str:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": [f"{row}\n" for row in rows]}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _workflow(rows: list[str]) -> str:
    lines = "".join(f"          {row}\n" for row in rows)
    return f"jobs:\n  a:\n    steps:\n      - shell: python\n        # ABOVE\n        run: |\n{lines}"


@pytest.mark.parametrize(("name", "written"), [("a.ipynb", _notebook), (".github/workflows/a.yml", _workflow)])
def test_a_comment_in_a_script_inside_a_file_speaks_of_its_own_statement(
    name: str, written: Callable[[list[str]], str], tmp_path: Path
) -> None:
    head = ROPC[: ROPC.index("requests.post")].splitlines()
    put(tmp_path, {name: written([*head, "# pcmfa: ignore[PCM201] known", POST, "print(1)", f"again = {POST}"])})
    report = run(tmp_path)
    assert [each.rule for each in report.suppressed] == ["PCM201"]
    assert [each.rule for each in report.findings].count("PCM201") == 1
    assert [each.state for each in report.suppressions] == ["used"]


def test_a_comment_above_the_key_speaks_of_the_whole_script(tmp_path: Path) -> None:
    text = _workflow(ROPC.splitlines())
    put(tmp_path, {".github/workflows/a.yml": text.replace("# ABOVE", "# pcmfa: ignore[PCM201] known")})
    assert [each.rule for each in run(tmp_path).suppressed] == ["PCM201"]


SCRIPT = """\
Invoke-Command -ScriptBlock {
  Connect-It
  foreach ($x in
      $y) {
    Send-It
  }
} -Arg (
  Get-It)
function Outer {
  param($P = (
    Get-It))
  try { Send-It } catch { }
}
"""


@pytest.mark.parametrize(
    ("line", "col", "lines"),
    [
        (1, 1, {1, 7, 8}),
        (2, 3, {2}),
        (3, 3, {3}),
        (4, 7, {3, 4}),
        (5, 5, {5}),
        (8, 3, {1, 7, 8}),
        (11, 5, {9, 10, 11}),
        (12, 9, {12}),
        (9, 1, {9}),
        (14, 1, {14}),
    ],
)
def test_inner_blocks_are_not_lines_of_the_outer_statement(line: int, col: int, lines: set[int]) -> None:
    unit = read(SCRIPT.encode(), "a.ps1")
    assert unit.read == "full"
    assert StatementLines(unit).lines(Span(line, col, line, col + 1)) == lines


def test_one_reading_tells_the_lines_of_all_parts_of_a_statement() -> None:
    """Whatever was asked before."""
    text = "if (\n    a\n):\n    b()\nelif (\n    c\n):\n    d()\n"
    unit = read(text.encode(), "a.py")
    asked = StatementLines(unit)
    ways = {line: asked.lines(Span(line, 5, line, 6)) for line in (2, 6, 4, 8, 2)}
    assert ways == {2: {1, 2}, 4: {4}, 6: {6}, 8: {8}}
    assert ways == {line: StatementLines(unit).lines(Span(line, 5, line, 6)) for line in ways}


def test_a_file_in_utf_16_is_read_like_any_other(tmp_path: Path) -> None:
    put(tmp_path, {"a.ps1": KINDS["a.ps1"].format("  # pcmfa: ignore[PCM101] x\n", "").encode("utf-16")})
    assert [each.rule for each in run(tmp_path).suppressed] == ["PCM101"]


def test_those_that_do_nothing_are_told_even_where_nothing_else_is_relevant(tmp_path: Path) -> None:
    put(tmp_path, {"a.py": "# pcmfa: ignore[PCM201] x\nx = 1\n", "b/c.py": "x = 1  # pcmfa: ignore\n"})
    report = run(tmp_path)
    assert [(each.path, each.state) for each in report.suppressions] == [("a.py", "unused"), ("b/c.py", "malformed")]
    assert len(report.notes) == 2
    assert "a.py:1: the suppression of PCM201 has no effect" in report.notes[0]


def test_a_word_that_does_nothing_beside_one_that_does_is_told(tmp_path: Path) -> None:
    put(tmp_path, {"a.py": ROPC.replace("requests.post", "# pcmfa: ignore[PCM201,PCM3] x\nrequests.post")})
    report = run(tmp_path)
    assert report.suppressions[0].unused == ("PCM3",)
    assert any("PCM3 in the suppression" in note for note in report.notes)


def test_only_a_run_over_the_whole_root_calls_one_unused(tmp_path: Path) -> None:
    put(tmp_path, {"a.py": "# pcmfa: ignore[PCM201] x\nx = 1\n", ".git/HEAD": ""})
    from pcmfa_lint.config import Settings
    from pcmfa_lint.engine.scan import scan

    report = scan([str(tmp_path / "a.py")], Settings())
    assert (report.suppressions, report.notes[1:]) == ((), ())


def test_many_remarks_are_counted(tmp_path: Path) -> None:
    put(tmp_path, {"a.py": "x = 1  # pcmfa: ignore\n" * 30})
    notes = run(tmp_path).notes
    assert len(notes) == 21
    assert "10 more suppressions" in notes[-1]


COMMENT = "# pcmfa: ignore[PCM2] x\n"


def test_hostile_files_cost_no_more_than_their_size() -> None:
    entries = "".join(f"  k{number}: invented\n" for number in range(20_000))
    unit = read(f"a:\n{entries}{COMMENT * 20_000}".encode(), "a.yaml")
    every = [finding("a.yaml", line=number) for number in range(2, 20_002)]
    start = time.process_time()
    quiet, states = silence(unit, every, POLICY)
    assert time.process_time() - start < 10
    assert quiet == ()
    assert len(states) == 1_001
    assert "more than 1,000" in states[-1].fault
    line = "# pcmfa: ignore[PCM201] " + " " * 200_000 + "#" * 200_000 + "x until" + " " * 200_000 + "\n"
    start = time.process_time()
    assert len(read_all("a.py", line)) == 1
    assert time.process_time() - start < 10


def test_what_is_not_selected_still_counts_as_silenced(tmp_path: Path) -> None:
    put(tmp_path, {"a.py": ROPC.replace("requests.post", "# pcmfa: ignore[PCM201] x\nrequests.post")})
    for settings in ({"select": ("stored-credential",)}, {"ignore": ("ropc",)}, {"min_level": "error"}):
        assert {each.state for each in run(tmp_path, **settings).suppressions} == {"used"}


def git(root: Path, *arguments: str, day: str = "2026-01-10") -> None:
    who = ["-c", "user.name=Invented", "-c", "user.email=invented@example.com"]
    stamp = f"{day}T12:00:00+0000"
    environment = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "PATH": "/usr/bin:/bin"}
    subprocess.run(["git", *who, *arguments], cwd=root, env=environment, check=True, capture_output=True)


def listed(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert cli.run(["suppressions", str(root), "--format", "json", *arguments]) == 0
    loaded: list[dict[str, object]] = json.loads(capsys.readouterr().out)["suppressions"]
    return loaded


def test_the_list_has_ages_from_git(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ROPC.replace("requests.post", "# pcmfa: ignore[PCM201] known\nrequests.post")
    put(tmp_path, {"a b.py": text})
    assert [each["since"] for each in listed(tmp_path, capsys)] == [None]
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    put(tmp_path, {"a b.py": "\n" + text, "c/new.ps1": "# pcmfa: ignore[PCM201] é\n"})
    one, two = listed(tmp_path, capsys)
    assert (one["path"], one["line"], one["state"], one["since"]) == ("a b.py", 10, "used", "2026-01-10")
    assert one["age_days"] == (date.today() - date(2026, 1, 10)).days
    assert (two["path"], two["state"], two["since"], two["reason"]) == ("c/new.ps1", "unused", None, "é")
    assert [each["path"] for each in listed(tmp_path / "c", capsys)] == ["c/new.ps1"]
    assert cli.run(["suppressions", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "2 suppressions: 1 used, 1 unused, 0 expired, 0 malformed." in shown
    assert "known" in shown


def test_asking_for_ages_runs_nothing_of_the_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "repository"
    put(root, {"a.py": "# pcmfa: ignore[PCM201] x\n", ".gitattributes": "*.py diff=evil filter=evil\n"})
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "x")
    trap = tmp_path / "ran"
    for key in ("diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge", "core.fsmonitor"):
        git(root, "config", key, f"touch {trap}; cat")
    put(root, {"a.py": "# pcmfa: ignore[PCM201] x\nx = 1\n"})
    assert [each["since"] for each in listed(root, capsys)] == ["2026-01-10"]
    assert not trap.exists()


def test_a_machine_report_goes_with_words_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"a.py": "x = 1  # pcmfa: ignore\n"})
    cli.run(["scan", str(tmp_path), "--format", "json"])
    out, err = capsys.readouterr()
    assert json.loads(out)["suppressions"][0]["state"] == "malformed"
    assert "a.py:1" in err
    cli.run(["scan", str(tmp_path), "--format", "json", "-q"])
    assert capsys.readouterr().err == ""


def test_every_kind_of_statement_has_lines() -> None:

    from pcmfa_lint.ir.nodes import Stmt
    from pcmfa_lint.triage.statement_lines import COMPOUND, SIMPLE

    assert {*SIMPLE, *COMPOUND} == set(get_args(Stmt))
