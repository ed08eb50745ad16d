"""A limit that is met is reported: what lies beyond it is not known, and nobody should take it for clean."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pcmfa_lint import limits
from pcmfa_lint.analysis.state import budget
from pcmfa_lint.config import Settings, load_config
from pcmfa_lint.discovery.discover import discover
from pcmfa_lint.engine.scan import scan
from pcmfa_lint.errors import UsageFault
from pcmfa_lint.evidence.model import ApiCall
from pcmfa_lint.frontend.read import read
from pcmfa_lint.limits import (
    ALIAS_ENTRIES,
    ALTERNATIVES,
    CALL_DEPTH,
    CONFIG_BYTES,
    FILE_GRANTS,
    FILE_SUPPRESSIONS,
    IGNORE_PATTERNS,
    INLINE_SCRIPTS,
    PROBLEMS,
    PYTHON_ELIFS,
    SPREAD_FILES,
    WORKFLOWS,
)
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


_FLOW = {
    "triggers": {"a": {"type": "Request"}},
    "actions": {"b": {"type": "Http", "inputs": {"uri": "https://a.example"}}},
}

_SCRIPTS = f"more than {INLINE_SCRIPTS} scripts"

TOLD = {
    "brackets": ("a.py", f"x = {'(' * 200}1{')' * 200}\n", "nested too deeply, or one expression is too long"),
    "branches": ("a.py", "if a:\n    pass\n" + "elif a:\n    pass\n" * (PYTHON_ELIFS + 1), "too many long expressions"),
    "nested code": ("a.js", f"f({'[' * 500}1{']' * 500})\n", "This part is nested too deeply."),
    "aliases": (
        "a.yml",
        "base: &a [" + "b, " * 1_000 + "b]\n" + "".join(f"c{n}: *a\n" for n in range(ALIAS_ENTRIES // 1_000 + 1)),
        f"Aliases repeat more than {ALIAS_ENTRIES:,} entries",
    ),
    "steps": (
        ".github/workflows/a.yml",
        "jobs:\n"
        + "".join(f"  a{n}:\n    steps:\n    - run: ./a.sh\n      shell: bash\n" for n in range(INLINE_SCRIPTS + 1)),
        _SCRIPTS,
    ),
    "scripts of a shell": ("a.sh", "python -c 'print(1)'\n" * (INLINE_SCRIPTS + 1), _SCRIPTS),
    "scripts of a pipeline": ("Jenkinsfile", "sh './a.sh'\n" * (INLINE_SCRIPTS + 1), _SCRIPTS),
    "workflows": (
        "a.json",
        json.dumps({f"w{n}": {"definition": _FLOW} for n in range(WORKFLOWS + 1)}),
        f"more than {WORKFLOWS} workflows",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_file_that_is_not_read_as_a_whole(name: str) -> None:
    path, text, message = TOLD[name]
    unit = read(text.encode(), path)
    assert unit.read in ("partly", "text")
    assert any(message in problem.reason for problem in unit.problems), unit.problems


def test_more_files_that_only_together_sign_in_than_are_read(tmp_path: Path) -> None:
    addresses = {f"a{n}.py": "URL = 'https://login.microsoftonline.com/x'\n" for n in range(SPREAD_FILES)}
    grants = {f"b{n}.py": "FORM = {'grant_type': 'password'}\n" for n in range(2)}
    put(tmp_path, {**addresses, **grants})
    notes = scan([str(tmp_path)], Settings(cache=False)).notes
    assert any("could belong to a sign-in that is spread over files" in note for note in notes), notes


def test_more_suppressions_than_one_file_may_have(tmp_path: Path) -> None:
    put(tmp_path, {"a.py": "# pcmfa: ignore[PCM201] invented\n" * (FILE_SUPPRESSIONS + 1)})
    report = scan([str(tmp_path)], Settings(cache=False))
    assert any(f"this file has more than {FILE_SUPPRESSIONS:,}" in each.fault for each in report.suppressions)


def test_every_limit_is_one() -> None:
    """A limit that nothing reads holds nothing back."""
    package = Path(limits.__file__).parent
    files = (file for file in package.rglob("*.py") if file.name != "limits.py")
    used = {word for file in files for word in re.findall(r"\b[A-Z][A-Z_]+\b", file.read_text("utf-8"))}
    unused = [name for name in vars(limits) if name.isupper() and name not in used]
    assert unused == []


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
