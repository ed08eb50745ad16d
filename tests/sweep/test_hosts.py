"""All repositories of an organisation, listed by the user's own program; here a stub that gives a recorded answer."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.config import USAGE
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.sweep.hosts import from_host
from tests.helpers.git import repository
from tests.helpers.repository import ROPC
from tests.sweep.test_run import rows

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stub is a script")

GITHUB = json.dumps(
    [{"isArchived": False, "url": "https://github.com/contoso/billing"}, {"isArchived": True, "url": "x y"}]
)
AZURE = json.dumps(
    [
        {"isDisabled": False, "name": "shop", "webUrl": "https://contoso@dev.azure.com/contoso/csp/_git/shop"},
        {"isDisabled": True, "name": "old", "webUrl": "https://dev.azure.com/contoso/csp/_git/old"},
    ]
)
GITLAB = '[{"http_url_to_repo": "https://gitlab.com/contoso/a.git"}]\n[{"http_url_to_repo": "https://gitlab.com/contoso/sub/b.git"}]'


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def answers(stub: Path, program: str, answer: str, status: int = 0) -> Path:
    """A program that writes down what it was asked, and answers."""
    asked = stub / f"{program}.asked"
    (stub / f"{program}.answer").write_text(answer, "utf-8")
    lines = [
        f"#!{sys.executable} -I",
        "import sys",
        f"open({str(asked)!r}, 'w').write(' '.join(sys.argv[1:]))",
        f"sys.stdout.write(open({str(stub / (program + '.answer'))!r}).read())",
        "sys.stderr.write('token invented-value')",
        f"sys.exit({status})",
    ]
    file = stub / program
    file.write_text("\n".join(lines), "utf-8")
    file.chmod(0o755)
    return asked


@pytest.mark.parametrize(
    ("given", "program", "answer", "names", "asked"),
    [
        ("github:contoso", "gh", GITHUB, ["contoso/billing", "repository 2 of the list"], "repo list contoso --limit"),
        (
            "azure-devops:contoso/csp",
            "az",
            AZURE,
            ["_git/old", "_git/shop"],
            "dev.azure.com/contoso --project csp",
        ),
        (
            "gitlab:contoso/sub",
            "glab",
            GITLAB,
            ["contoso/a", "sub/b"],
            "groups/contoso%2Fsub/projects?include",
        ),
    ],
)
def test_repositories_as_the_user_s_own_program_lists_them(
    given: str, program: str, answer: str, names: list[str], asked: str, stub: Path
) -> None:
    heard = answers(stub, program, answer)
    found, said = from_host(given)
    assert [source.name for source in found] == names
    assert asked in heard.read_text("utf-8")
    assert said == [f"{program} lists 2 repositories of {given}"]
    assert not any("contoso@" in source.shown for source in found)
    failed = {source.name: source.failed for source in found if source.failed}
    assert set(failed) <= {"repository 2 of the list", "_git/old"}


@pytest.mark.parametrize(
    "given",
    ["github:", "github:--help", "github:a/b", "azure-devops:contoso", "gitlab:a;b", "bitbucket:x", "contoso", ""],
)
def test_what_names_no_organisation_is_refused(given: str, stub: Path) -> None:
    for program in ("gh", "az", "glab"):
        answers(stub, program, "[]")
    with pytest.raises(UsageFault, match="--from takes one of"):
        from_host(given)
    assert not list(stub.glob("*.asked"))


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        ("[]", 0, "lists no repositories"),
        ("oops", 0, "returned no list"),
        ("{}", 0, "returned no list"),
        ("", 4, "gh auth login"),
    ],
)
def test_what_goes_wrong_is_a_sentence_of_our_own(answer: str, status: int, says: str, stub: Path) -> None:
    answers(stub, "gh", answer, status)
    with pytest.raises(UsageFault, match=says) as fault:
        from_host("github:contoso")
    assert "invented-value" not in str(fault.value)


def test_a_program_that_is_not_there_is_named(stub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(stub))
    with pytest.raises(UsageFault, match="glab was not found; install it and sign in with glab auth login"):
        from_host("gitlab:contoso")


def test_a_sweep_of_an_organisation(stub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = repository(tmp_path / "there", {"bad.py": ROPC})
    answers(stub, "gh", json.dumps([{"url": url, "isArchived": False}]))
    out, cache = tmp_path / "out", tmp_path / "cache"
    assert cli.run(["sweep", "--from", "github:contoso", "--out", str(out), "--cache", str(cache)]) == 1
    assert [(row["path"], row["exposure"]) for row in rows(out)] == [("bad.py", "breaks-now")]
    assert "gh lists 1 repository of github:contoso" in capsys.readouterr().err
    assert cli.run(["sweep", "--out", str(out)]) == USAGE
    assert cli.run(["sweep", "x", "--from", "github:contoso", "--out", str(out)]) == USAGE
