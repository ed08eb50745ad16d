"""What a pipeline does with the result of a script in it: Jenkins as its step asks for, others by their default."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, findings, loud, token_requests

URL = "https://api.partnercenter.microsoft.com/v1/customers"
FAILS = f"curl -sf -o list.json {URL}"
WRITES = f'curl -s -o list.json -w "%{{http_code}}" {URL}'
LOOKED_AT = [
    "def code = sh(returnStatus: true, script: '{0}')\n    if (code != 0) {{ error 'no customers' }}",
    "def code = sh returnStatus: true, script: '{0}'\n    if (code) {{ unstable 'no customers' }}",
    "if (sh(returnStatus: true, script: '{0}') != 0) {{ error 'no customers' }}",
    "def code = bat(returnStatus: true, script: '{0}')\n    if (code > 0) {{ error 'no customers' }}",
    "sh '{0}'",
    "sh(script: '{0}')",
    "bat '{0}'",
    "sh '''\n      {0}\n      echo done\n    '''",
]
COMPARED = [
    "def code = sh(returnStdout: true, script: '{0}').trim()\n    if (code != '200') {{ error code }}",
    "def code = sh(returnStdout: true, script: '{0}').trim() as int\n    if (code >= 400) {{ error 'no customers' }}",
    "def code = sh(script: '{0}', returnStdout: true).trim()\n    if (!code.startsWith('2')) {{ error code }}",
    "def code = sh(script: '{0}', returnStdout: true).trim()\n    if ('200' != code) {{ error code }}",
]
NOT_LOOKED_AT = [
    ("sh(returnStatus: true, script: '{0}')\n    archiveArtifacts 'list.json'", FAILS, "PCM402"),
    ("def code = sh(returnStatus: true, script: '{0}')\n    echo 'done'", FAILS, "PCM402"),
    (
        "def code = sh(returnStatus: true, script: '{0}')\n    if (code != 0) {{ error 'no' }}",
        FAILS.replace("-sf", "-s"),
        "PCM401",
    ),
    ("def code = sh(returnStdout: true, script: '{0}')\n    echo code", WRITES, "PCM401"),
    ("sh '{0}'", FAILS.replace("-sf", "-s"), "PCM401"),
]


def jenkins(step: str, command: str) -> dict[str, str]:
    return {"Jenkinsfile": "node {\n    " + step.format(command) + "\n}\n"}


@pytest.mark.parametrize("step", LOOKED_AT)
def test_a_status_that_somebody_looks_at_stops_the_build(step: str) -> None:
    files = jenkins(step, FAILS)
    assert [call.error_handling.then for call in api_calls(files)] == ["end"]
    assert loud(files) == []


@pytest.mark.parametrize("step", COMPARED)
def test_a_status_that_is_written_and_compared_is_checked(step: str) -> None:
    files = jenkins(step, WRITES)
    assert [call.error_handling.checks for call in api_calls(files)] == ["any-error"]
    assert loud(files) == []
    asked = jenkins(COMPARED[0].replace("!= '200'", "== '401'"), WRITES)
    assert [call.error_handling.distinguishes_401 for call in api_calls(asked)] == [True]


@pytest.mark.parametrize(("step", "command", "rule"), NOT_LOOKED_AT)
def test_a_status_that_nobody_looks_at_is_not(step: str, command: str, rule: str) -> None:
    assert loud(jenkins(step, command)) == [rule]


BATCH = """\
    bat '''
      @echo off
      rem signs in
      curl -sf -o token.json ^
        -d "grant_type=password" -d "username=%PC_USER%" -d "password=%PC_PASSWORD%" ^
        -d "resource=https://api.partnercenter.microsoft.com" ^
        https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token
      if errorlevel 1 exit /b 1
    '''
"""
POWERSHELL = """\
    powershell '''
      $body = @{ grant_type = 'password'; username = $env:PC_USER; password = $env:PC_PASSWORD
                 resource = 'https://api.partnercenter.microsoft.com' }
      Invoke-RestMethod -Method Post -Body $body -Uri 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token'
    '''
"""


@pytest.mark.parametrize("step", [BATCH, POWERSHELL, POWERSHELL.replace("powershell", "pwsh", 1)])
def test_a_password_grant_in_a_step_is_found(step: str) -> None:
    files = {"Jenkinsfile": "node {\n" + step + "}\n"}
    (request,) = token_requests(files)
    assert (request.flow, request.account.name, request.secret.name) == (("ropc",), "PC_USER", "PC_PASSWORD")
    assert "PCM201" in loud(files)
    other = {"Jenkinsfile": files["Jenkinsfile"].replace("login.microsoftonline.com", "login.contoso.example")}
    assert [each.rule for each in findings(other) if each.level == "error"] == []


def test_the_places_of_a_batch_script_are_those_of_the_file() -> None:
    (request,) = token_requests({"Jenkinsfile": "node {\n" + BATCH + "}\n"})
    assert request.secret.at is not None
    line, col = request.secret.at.span.line, request.secret.at.span.col
    assert ("node {\n" + BATCH).splitlines()[line - 1][col - 1 :].startswith("%PC_PASSWORD%")


SHELL_STEP = f"          {FAILS}\n          echo done\n"
PWSH_STEP = f"          Invoke-RestMethod -Uri {URL} -OutFile list.json\n          Write-Host done\n"
ACTIONS = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n"
STOP = [
    (".github/workflows/a.yml", ACTIONS + SHELL_STEP),
    (".github/workflows/a.yml", ACTIONS.replace("- run: |", "- shell: pwsh\n        run: |") + PWSH_STEP),
    (".gitlab-ci.yml", "job:\n  script:\n    - |\n" + SHELL_STEP),
    ("azure-pipelines.yml", "steps:\n  - pwsh: |\n" + PWSH_STEP),
]
GO_ON = [
    ("azure-pipelines.yml", "steps:\n  - bash: |\n" + SHELL_STEP),
    ("azure-pipelines.yml", "steps:\n  - pwsh: |\n" + PWSH_STEP + "    errorActionPreference: continue\n"),
    (".github/workflows/a.yml", ACTIONS + "          set +e\n" + SHELL_STEP),
]


@pytest.mark.parametrize(("path", "text"), STOP)
def test_pipelines_that_stop_a_script_at_its_first_error_hide_none(path: str, text: str) -> None:
    assert len(api_calls({path: text})) == 1
    assert loud({path: text}) == []


@pytest.mark.parametrize(("path", "text"), GO_ON)
def test_a_script_that_goes_on_is_reported_in_a_pipeline(path: str, text: str) -> None:
    assert loud({path: text}) == ["PCM405"]
