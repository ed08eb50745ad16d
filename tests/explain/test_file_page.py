"""`explain --file`: what was read, linked and gathered from one file, and why each rule spoke or did not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pcmfa_lint.cli import run

SIGN_IN = """\
function Get-Token($User, $Secret) {
    $body = @{ grant_type = 'password'; resource = 'https://api.partnercenter.microsoft.com' }
    $body += @{ username = $User; password = $Secret }
    Invoke-RestMethod -Method Post -Uri 'https://login.microsoftonline.com/contoso/oauth2/token' -Body $body
}
"""
JOB = ". ./token.ps1\nGet-Token 'svc@contoso.com' $env:PC_SECRET_OF_OURS\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "token.ps1").write_text(SIGN_IN)
    (tmp_path / "job.ps1").write_text(JOB)
    (tmp_path / "other.ps1").write_text("Get-Date\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def explain(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def explained(*args: str, status: int = 0) -> str:
        assert run(["explain", *args]) == status
        return capsys.readouterr().out

    return explained


def test_a_file_says_how_it_was_read_and_what_it_does(explain: Callable[..., str]) -> None:
    page = explain("--file", "token.ps1")
    assert "read full as powershell: it passed the first look" in page
    assert "secret: the environment variable PC_SECRET_OF_OURS" in page
    assert "PCM201 speaks: error, reported" in page
    assert "job.ps1:2 calls Get-Token" in page


def test_a_rule_that_is_silent_says_what_it_misses(explain: Callable[..., str]) -> None:
    page = explain("--file", "token.ps1")
    assert "PCM202 is silent: audience.kind is partner-center, wanted partner-api" in page


def test_a_file_that_is_read_for_its_repository_says_so(explain: Callable[..., str]) -> None:
    assert "read full as powershell: the repository is a partner's" in explain("--file", "other.ps1")


def test_a_file_that_was_not_read_says_why(folder: Path, explain: Callable[..., str]) -> None:
    (folder / "other.json").write_text("{}")
    assert "not read: it contains none of the words" in explain("--file", "other.json")


def test_it_wants_a_rule_or_a_file(explain: Callable[..., str]) -> None:
    for args in ((), ("PCM201", "--file", "token.ps1"), ("--file", "missing.ps1")):
        explain(*args, status=2)


LEFT_OUT = {
    "left.ps1": """\
$Password = 'invented-1'
function Get-Thing($Base) { Invoke-RestMethod -Uri "$Base/things" }
Invoke-RestMethod -Uri 'https://graph.microsoft.com/v1.0/users'
Invoke-RestMethod -Uri 'https://api.fabrikam.example/tickets'
""",
    "left.py": """\
import requests
PASSWORD = "invented-1"
def thing(base): return requests.get(base + "/things")
requests.get("https://graph.microsoft.com/v1.0/users")
requests.get("https://api.fabrikam.example/tickets")
""",
    "left.js": """\
const axios = require('axios');
const password = 'invented-1';
function thing(base) { return axios.get(base + '/things'); }
axios.get('https://graph.microsoft.com/v1.0/users');
axios.get('https://api.fabrikam.example/tickets');
""",
}


@pytest.mark.parametrize("file", LEFT_OUT)
def test_what_is_left_out_names_the_link_that_is_missing(file: str, folder: Path, explain: Callable[..., str]) -> None:
    (folder / file).write_text(LEFT_OUT[file])
    left_out = explain("--file", file).partition("What was left out")[2]
    assert "password: no sign-in uses it" in left_out
    assert "request: the host is not known\n    its address: " in left_out
    assert "request: the host is one of Microsoft's, but not Partner Center's" in left_out
    assert "request: the host is not one of Microsoft's" in left_out


def test_a_request_that_a_caller_addresses_to_partner_center_is_not_left_out(
    folder: Path, explain: Callable[..., str]
) -> None:
    code = "import requests\ndef send(base): return requests.get(base + '/v1/customers')\n"
    (folder / "left.py").write_text(code)
    assert "What was left out" in explain("--file", "left.py")
    (folder / "left.py").write_text(code + "send('https://api.partnercenter.microsoft.com')\n")
    assert "What was left out" not in explain("--file", "left.py")
