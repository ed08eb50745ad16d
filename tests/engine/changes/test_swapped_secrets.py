"""A secret that takes the place of one that a baseline knows: the masked code is the same, the secret is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.evidence.model import StoredSecret
from pcmfa_lint.knowledge.vocabulary import attributes
from pcmfa_lint.triage.baseline import FILE
from tests.helpers.git import commit, git

OLD, NEW = "Invented-one", "Invented-six"
SIGN_IN = """\
$pw = ConvertTo-SecureString $secret -AsPlainText -Force
Connect-PartnerCenter -Credential (New-Object PSCredential('svc@contoso.example', $pw))
"""
PYTHON = """\
body = {
    "grant_type": "password",
    "resource": "https://api.partnercenter.microsoft.com",
    "username": "svc@contoso.example",
    "password": secret,
}
requests.post("https://login.microsoftonline.com/common/oauth2/token", data=body)
"""
FORMS: dict[str, dict[str, str]] = {
    "a literal": {"a.ps1": f"$secret = '{OLD}'\n{SIGN_IN}"},
    "a here-string": {"a.ps1": f"$secret = @'\na\nb\nc\nd\n{OLD}\n'@\n{SIGN_IN}"},
    "a part of an expandable string": {"a.ps1": f"$end = '{OLD}'\n$secret = \"x$end\"\n{SIGN_IN}"},
    "a part of a sum": {"a.py": f"import requests\na = 'x'\nb = '{OLD}'\nsecret = a + b\n{PYTHON}"},
    "a part of an f-string": {"a.py": f"import requests\nb = '{OLD}'\nsecret = f'x{{b}}'\n{PYTHON}"},
    "a constant of another file": {
        "c.py": f"secret = '{OLD}'\n",
        "a.py": f"import requests\nfrom c import secret\n{PYTHON}",
    },
    "a setting": {
        "s.json": '{"PartnerCenter": {"ApiUrl": "https://api.partnercenter.microsoft.com",'
        f'\n"Username": "svc@contoso.example", "Password":\n"{OLD}"}}}}'
    },
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    return root


def known(root: Path, files: dict[str, str]) -> str:
    """Commits files with a baseline of what is found in them, which the configuration names."""
    commit(root, {**files, ".pcmfa-lint.toml": f'baseline = "{FILE}"\n'})
    assert cli.run(["baseline", "write", str(root)]) == 0
    return commit(root)


def told(root: Path, *arguments: str) -> tuple[int, set[str]]:
    """Exit status of a scan, and the rules of its errors and warnings."""
    file = root.parent / "report.json"
    options = ("--min-level", "warning", "--report", f"json={file}", "--output", str(root.parent / "report.txt"))
    status = cli.run(["scan", str(root), *options, *arguments])
    return status, {each["rule"] for each in json.loads(file.read_text("utf-8"))["findings"]}


def swapped(files: dict[str, str]) -> dict[str, str | bytes]:
    return {path: text.replace(OLD, NEW) for path, text in files.items()}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_that_a_change_swaps_is_new_whatever_the_baseline_knows(form: str, root: Path) -> None:
    base = known(root, FORMS[form])
    assert told(root, "--changed-since", base) == (0, set())
    commit(root, swapped(FORMS[form]))
    status, rules = told(root, "--changed-since", base)
    assert status == 1
    assert rules in ({"PCM101"}, {"PCM106"})


def test_a_renamed_file_with_another_secret(root: Path) -> None:
    base = known(root, FORMS["a literal"])
    git(root, "mv", "a.ps1", "b.ps1")
    assert told(root, "--changed-since", base) == (0, set())
    commit(root, {"b.ps1": FORMS["a literal"]["a.ps1"].replace(OLD, NEW)})
    assert told(root, "--changed-since", base) == (1, {"PCM101"})


def test_an_entry_of_what_was_mended_long_ago_accepts_no_new_secret(root: Path) -> None:
    known(root, FORMS["a literal"])
    base = commit(root, {"a.ps1": "Get-Date\n"})
    commit(root, swapped(FORMS["a literal"]))
    status, rules = told(root, "--changed-since", base)
    assert (status, "PCM101" in rules) == (1, True)


def test_lines_that_move_and_other_changes_leave_a_known_secret_known(root: Path) -> None:
    files = FORMS["a part of an expandable string"]
    base = known(root, files)
    commit(root, {"a.ps1": "# a comment\n" + files["a.ps1"].replace("$secret =", "  $secret  =") + "Get-Date\n"})
    assert told(root, "--changed-since", base) == (0, set())


def test_where_the_change_is_trusted_and_in_a_full_scan_the_baseline_decides(root: Path) -> None:
    base = known(root, FORMS["a literal"])
    commit(root, swapped(FORMS["a literal"]))
    assert told(root, "--changed-since", base, "--trust-head") == (0, set())
    assert told(root) == (0, set())


@pytest.mark.parametrize("form", FORMS)
def test_a_baseline_is_the_same_for_every_secret(form: str, root: Path) -> None:
    """So nobody can find out from it what the secret was by trying words."""
    known(root, FORMS[form])
    before = (root / FILE).read_bytes()
    commit(root, swapped(FORMS[form]))
    (root / FILE).unlink()
    assert cli.run(["baseline", "write", str(root)]) == 0
    assert (root / FILE).read_bytes() == before


def test_no_rule_can_ask_for_the_secret_itself() -> None:
    assert "written" not in attributes(StoredSecret)
    assert OLD not in repr(StoredSecret(None, "password", None, "python", written=OLD))  # type: ignore[arg-type]
