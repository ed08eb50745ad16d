"""What does not change the meaning does not change the findings: names, the file of a constant, a helper around it.

Programs are written from parts: constants of any names in one of two files, and a send that stands bare, in a helper,
or in a helper of another file. Findings are compared by rule, level and the mark on their line (`# send`, `# secret`);
the trace may differ, and differs. A request stands where the code says what it is, which is the call of a helper that
only sends.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.helpers.code import findings

CONSTANTS = {
    "url": "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token",
    "grant": "password",
    "resource": "https://api.partnercenter.microsoft.com",
    "user": "svc@contoso.com",
    "secret": "Invented-Value-71",
    "customers": "https://api.partnercenter.microsoft.com/v1/customers",
}
OTHERS = ("body", "answer", "send", "first", "second")
KEPT_NAMES = {name: name for name in (*CONSTANTS, *OTHERS)}


@dataclass(frozen=True)
class Form:
    """How a program is written: a name for each thing, which constants stand in the other file, where the send is."""

    names: dict[str, str] = field(default_factory=lambda: KEPT_NAMES)
    moved: frozenset[str] = frozenset()
    helper: str = "none"  # none, here, elsewhere


# Programs are small already, and each takes tens of milliseconds: shrinking one would take minutes.
SLOW = settings(max_examples=50, phases=(Phase.explicit, Phase.reuse, Phase.generate))
NAMES = st.lists(
    st.from_regex(r"q[a-z]{1,5}[0-9]?", fullmatch=True), min_size=len(KEPT_NAMES), max_size=len(KEPT_NAMES), unique=True
).map(lambda names: dict(zip(KEPT_NAMES, names, strict=True)))
FORMS = st.builds(
    Form, NAMES, st.frozensets(st.sampled_from(sorted(CONSTANTS))), st.sampled_from(["none", "here", "elsewhere"])
)


def python(form: Form) -> dict[str, str]:
    name = form.names
    rows = {key: f'{name[key]} = "{value}"  # {key}' for key, value in CONSTANTS.items()}
    helper = [
        f"def {name['send']}({name['first']}, {name['second']}):",
        f"    return requests.post({name['first']}, data={name['second']})",
    ]
    call = f"{name['send']}(" if form.helper != "none" else "requests.post("
    key = "" if form.helper != "none" else "data="
    main = ["import requests"]
    main += [f"from other import {name[key]}" for key in sorted(form.moved)]
    main += [f"from helper import {name['send']}"] if form.helper == "elsewhere" else []
    main += [row for key, row in rows.items() if key not in form.moved]
    main += helper if form.helper == "here" else []
    main += [
        f"{name['body']} = {{'grant_type': {name['grant']}, 'resource': {name['resource']}}}",
        f"{name['body']}['username'] = {name['user']}",
        f"{name['body']}['password'] = {name['secret']}",
        f"{name['answer']} = {call}{name['url']}, {key}{name['body']})  # send",
        "try:",
        f"    requests.get({name['customers']}).raise_for_status()  # call",
        "except Exception:",
        "    pass",
    ]
    files = {"main.py": main, "other.py": [rows[key] for key in rows if key in form.moved]}
    if form.helper == "elsewhere":
        files["helper.py"] = ["import requests", *helper]
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def powershell(form: Form) -> dict[str, str]:
    name = {key: f"${value}" for key, value in form.names.items()}
    rows = {key: f"{name[key]} = '{value}'  # {key}" for key, value in CONSTANTS.items()}
    send = "Send-" + form.names["send"]
    helper = [
        f"function {send}({name['first']}, {name['second']}) {{",
        f"    Invoke-RestMethod -Method Post -Uri {name['first']} -Body {name['second']}",
        "}",
    ]
    call = f"{send} {name['url']} {name['body']}  # send"
    if form.helper == "none":
        call = f"Invoke-RestMethod -Method Post -Uri {name['url']} -Body {name['body']}  # send"
    main = [". ./other.ps1"] if form.moved else []
    main += [". ./helper.ps1"] if form.helper == "elsewhere" else []
    main += [row for key, row in rows.items() if key not in form.moved]
    main += helper if form.helper == "here" else []
    main += [
        f"{name['body']} = @{{ grant_type = {name['grant']}; resource = {name['resource']} }}",
        f"{name['body']}.username = {name['user']}",
        f"{name['body']}['password'] = {name['secret']}",
        f"{name['answer']} = {call}",
        "try {",
        f"    Invoke-RestMethod -Uri {name['customers']}  # call",
        "} catch { }",
    ]
    files = {"main.ps1": main, "other.ps1": [rows[key] for key in rows if key in form.moved]}
    if form.helper == "elsewhere":
        files["helper.ps1"] = helper
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def told(files: dict[str, str]) -> list[tuple[str, str, str]]:
    """Rule, level, and the mark of the line of every finding."""
    rows = {path: text.splitlines() for path, text in files.items()}
    return sorted(
        (each.rule, each.level, rows[each.place.path][each.place.span.line - 1].rpartition("# ")[2])
        for each in findings(files)
    )


@pytest.mark.parametrize("write", [python, powershell])
def test_the_plain_program_is_reported(write: object) -> None:
    """What the properties compare with; so they cannot hold because nothing is found."""
    found = told(python(Form()) if write is python else powershell(Form()))
    assert ("PCM201", "error", "send") in found
    assert ("PCM101", "error", "secret") in found
    assert ("PCM402", "warning", "call") in found


@pytest.mark.slow
@settings(SLOW)
@given(FORMS)
@example(Form(moved=frozenset(CONSTANTS), helper="elsewhere"))
def test_findings_in_python_do_not_depend_on_the_form(form: Form) -> None:
    assert told(python(form)) == told(python(Form()))


@pytest.mark.slow
@settings(SLOW)
@given(FORMS)
@example(Form(moved=frozenset(CONSTANTS), helper="elsewhere"))
def test_findings_in_powershell_do_not_depend_on_the_form(form: Form) -> None:
    assert told(powershell(form)) == told(powershell(Form()))
