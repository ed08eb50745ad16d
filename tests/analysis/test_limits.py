"""A limit that is met is reported: what lies beyond it is not known, and nobody should take it for clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pcmfa_lint.analysis.state import budget
from pcmfa_lint.config import load_config
from pcmfa_lint.discovery.discover import discover
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.evidence.model import ApiCall
from pcmfa_lint.frontend.read import read
from pcmfa_lint.limits import ALTERNATIVES, CALL_DEPTH, CONFIG_BYTES, FILE_GRANTS, IGNORE_PATTERNS, PROBLEMS
from tests.analysis.test_linear import chain
from tests.helpers.code import evidence
from tests.helpers.repository import put


def test_a_chain_of_calls_that_is_too_deep() -> None:
    assert evidence(chain(CALL_DEPTH - 10)).notes == ()
    (note,) = evidence(chain(CALL_DEPTH + 10)).notes
    assert note.startswith("chain.py: too much to follow")


def test_a_request_with_too_many_alternatives() -> None:
    def choice(count: int) -> str:
        rows = "".join(f"if tenant == {n}:\n    password = 'invented-{n}'\n" for n in range(count))
        send = "requests.post('https://login.microsoftonline.com/common/oauth2/token', data={'grant_type': 'password',"
        return f"import requests\n{rows}{send} 'username': 'joe@contoso.com', 'password': password}})\n"

    assert evidence({"a.py": choice(ALTERNATIVES - 1)}).notes == ()
    (note,) = evidence({"a.py": choice(ALTERNATIVES + 2)}).notes
    assert note.startswith("a.py: a request has more possible values")


def test_a_settings_file_with_too_many_requests() -> None:
    rows = {f"r{n}": {"url": "https://login.microsoftonline.com/x", "grant_type": "password"} for n in range(300)}
    assert len(rows) > FILE_GRANTS
    assert evidence({"requests.json": json.dumps(rows, indent=1)}).notes[0].startswith("requests.json: too much")


def test_a_file_with_many_parts_that_cannot_be_read() -> None:
    problems = read(b"function f() { let x = 1; }\n@ ) (;\n" * 20, "a.js").problems
    assert len(problems) == PROBLEMS
    assert problems[-1].reason.endswith("more parts of this file were not read.")


def test_an_ignore_file_with_too_many_patterns(tmp_path: Path) -> None:
    put(tmp_path, {"a.py": "", ".gitignore": "".join(f"x{n}\n" for n in range(IGNORE_PATTERNS + 1))})
    assert discover([str(tmp_path)]).notes == (".gitignore has more patterns than the limit; the rest is ignored.",)


def test_a_configuration_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "pcmfa-lint.toml"
    file.write_text("#" * (CONFIG_BYTES + 1))
    with pytest.raises(UsageFault, match="larger than"):
        load_config(str(tmp_path), str(file))


def test_what_sends_is_entered_although_a_root_is_through_with_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job may do much else before its first request: of a wrapper that is known to send, nothing is left out."""
    wrapper = """function Send-It($Uri) {
  $page = { Invoke-RestMethod -Uri $Uri -Headers @{ Authorization = "Bearer $env:TOKEN" } -ErrorAction Stop }
  & $page
}
"""
    first = "function A { Send-It 'https://api.partnercenter.microsoft.com/v1/customers' }\n"
    other = "function Busy { " + "$x = 1; " * 60 + "Get-Helper 1 }\nfunction Get-Helper($n) { $n }\n"
    second = 'function B { Busy; try { Send-It "https://api.partnercenter.microsoft.com/v1/invoices" } catch { } }\n'
    files = {"a.ps1": wrapper + first, "b.ps1": other, "c.ps1": second}
    monkeypatch.setattr(budget, "QUIET_OF_ALL", 1)
    monkeypatch.setattr(budget, "QUIET_AT_LEAST", 40)
    calls = [item.at.path for item in evidence(files).items if isinstance(item, ApiCall)]
    assert "c.ps1" in calls
