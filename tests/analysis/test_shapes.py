"""The shapes that a Unit must be able to say, held through read and link: what people really write around a request."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, stored_secrets, token_requests

URL = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
PARTNER = "https://api.partnercenter.microsoft.com"

CHOSEN = {
    "a.py": f"""\
import requests


def token(mode):
    if mode == "user":
        grant = "password"
    elif mode == "app":
        grant = "client_credentials"
    else:
        grant = "refresh_token"
    body = {{"grant_type": grant, "resource": "{PARTNER}"}}
    return requests.post("{URL}", data=body)
""",
    "a.ps1": f"""\
if ($Mode -eq 'user') {{ $grant = 'password' }}
elseif ($Mode -eq 'app') {{ $grant = 'client_credentials' }}
else {{ $grant = 'refresh_token' }}
$body = @{{ grant_type = $grant; resource = '{PARTNER}' }}
Invoke-RestMethod -Method Post -Uri '{URL}' -Body $body
""",
}


def one(files: dict[str, str], path: str) -> dict[str, str]:
    return {path: files[path]}


@pytest.mark.parametrize("path", CHOSEN)
def test_a_grant_chosen_in_branches_is_every_flow(path: str) -> None:
    (request,) = token_requests(one(CHOSEN, path))
    assert set(request.flow) == {"ropc", "app-only", "refresh-token"}
    assert request.audience.kind == "partner-center"


@pytest.mark.parametrize(
    "block",
    [
        "$send = { Invoke-RestMethod -Method Post -Uri $url -Body $body }\n& $send\n",
        "$send = { param($data) Invoke-RestMethod -Method Post -Uri $url -Body $data }\n& $send $body\n",
        "& { Invoke-RestMethod -Method Post -Uri $url -Body $body }\n",
        ". { Invoke-RestMethod -Method Post -Uri $url -Body $body }\n",
        "$send = { Invoke-RestMethod -Method Post -Uri $url -Body $body }\n$send.Invoke()\n",
        "$send = { Invoke-RestMethod -Method Post -Uri $url -Body $body }\nInvoke-Command -ScriptBlock $send\n",
    ],
)
def test_a_send_in_a_block_that_is_run_with_the_names_of_its_script(block: str) -> None:
    setup = f"$url = '{URL}'\n$body = @{{ grant_type = 'password'; resource = '{PARTNER}' }}\n"
    (request,) = token_requests({"a.ps1": setup + block})
    assert request.flow == ("ropc",)
    assert request.audience.kind == "partner-center"
    assert request.at.span.line in (3, 4)


SPLAT = {
    "a.ps1": f"""\
$body = @{{}}
$body.grant_type = 'password'
$body.resource = '{PARTNER}'
$params = @{{ Method = 'Post' }}
$params['Uri'] = '{URL}'
$params.Add('Body', $body)
Invoke-RestMethod @params
""",
    "a.py": f"""\
import requests

body = {{}}
body["grant_type"] = "password"
body["resource"] = "{PARTNER}"
params = {{"timeout": 30}}
params["url"] = "{URL}"
params.update(data=body)
requests.post(**params)
""",
}


@pytest.mark.parametrize("path", SPLAT)
def test_arguments_filled_in_three_steps(path: str) -> None:
    (request,) = token_requests(one(SPLAT, path))
    assert (request.flow, request.audience.kind) == (("ropc",), "partner-center")
    assert request.at.span.line == len(SPLAT[path].splitlines())


def test_a_splat_of_a_cmdlet_is_its_parameters() -> None:
    text = """\
$params = @{ ApplicationId = $id; Scopes = 'https://api.partnercenter.microsoft.com/user_impersonation' }
$params.Tenant = 'contoso.onmicrosoft.com'
if ($renew) { $params.RefreshToken = $env:PC_REFRESH_TOKEN } else { $params.UseAuthorizationCode = $true }
New-PartnerAccessToken @params
"""
    (request,) = token_requests({"a.ps1": text})
    assert set(request.flow) == {"refresh-token", "authorization-code"}


LAMBDA = {
    "a.py": f"""\
import requests


def with_retry(action, attempts=3):
    for attempt in range(attempts):
        try:
            answer = action()
            answer.raise_for_status()
            return answer
        except requests.HTTPError:
            continue


def customers(headers):
    return with_retry(lambda: requests.get("{PARTNER}/v1/customers", headers=headers), attempts=5)
""",
    "a.ps1": f"""\
function Invoke-WithRetry([scriptblock]$Action, [int]$Attempts = 3) {{
    for ($i = 0; $i -lt $Attempts; $i++) {{
        try {{ return & $Action }} catch {{ Start-Sleep -Seconds 1 }}
    }}
}}
Invoke-WithRetry -Attempts 5 -Action {{
    Invoke-RestMethod -Uri '{PARTNER}/v1/customers' -Headers $headers -ErrorAction Stop
}}
""",
}


@pytest.mark.parametrize(("path", "line"), [("a.py", 15), ("a.ps1", 7)])
def test_a_block_handed_to_a_retry_helper_is_retried(path: str, line: int) -> None:
    (call,) = [call for call in api_calls(one(LAMBDA, path)) if call.at.span.line == line]
    assert (call.error_handling.retry, call.error_handling.retry_401) == ("bounded", True)


ACCEPTED = {
    "a.py": f"""\
import requests

GOOD = (200, 401, 404)
answer = requests.get("{PARTNER}/v1/customers", headers=headers)
if answer.status_code not in GOOD:
    raise RuntimeError(answer.status_code)
""",
    "a.ps1": f"""\
$good = 200, 401, 404
$answer = Invoke-WebRequest -Uri '{PARTNER}/v1/customers' -Headers $headers -SkipHttpErrorCheck
if ($answer.StatusCode -notin $good) {{ throw $answer.StatusCode }}
""",
}


@pytest.mark.parametrize("path", ACCEPTED)
def test_a_list_of_good_statuses_that_holds_401(path: str) -> None:
    (call,) = api_calls(one(ACCEPTED, path))
    assert call.error_handling.checks == "401-as-success"
    (other,) = api_calls({path: ACCEPTED[path].replace("401", "204")})
    assert other.error_handling.checks != "401-as-success"


SEND = f"""\
import requests


def token(grant):
    body = {{"grant_type": grant, "resource": "{PARTNER}"}}
    return requests.post("{URL}", data=body)
"""
NO_SEND = "def token(grant):\n    return grant\n"
PS_SEND = f"""\
function Get-It($Grant) {{
    Invoke-RestMethod -Method Post -Uri '{URL}' -Body @{{ grant_type = $Grant; resource = '{PARTNER}' }}
}}
"""
PS_NO_SEND = "function Get-It($Grant) { $Grant }\n"


@pytest.mark.parametrize(
    ("files", "flow"),
    [
        ({"a/x.py": SEND, "b/y.py": NO_SEND, "main.py": 'from a.x import token\n\ntoken("password")\n'}, "ropc"),
        ({"a/x.py": SEND, "b/y.py": NO_SEND, "main.py": 'from b.y import token\n\ntoken("password")\n'}, "unknown"),
        ({"a/x.py": SEND, "b/y.py": NO_SEND, "main.py": 'import a.x\n\na.x.token("password")\n'}, "ropc"),
        ({"a/x.py": SEND, "b/y.py": NO_SEND, "main.py": 'token("password")\n'}, "unknown"),
        pytest.param(
            {"a/x.ps1": PS_SEND, "b/y.ps1": PS_NO_SEND, "main.ps1": ". ./a/x.ps1\nGet-It 'password'\n"},
            "ropc",
        ),
        ({"a/x.ps1": PS_SEND, "b/y.ps1": PS_NO_SEND, "main.ps1": ". ./b/y.ps1\nGet-It 'password'\n"}, "unknown"),
        ({"a/x.ps1": PS_SEND, "b/y.ps1": PS_NO_SEND, "main.ps1": "Get-It 'password'\n"}, "unknown"),
    ],
)
def test_of_two_functions_of_one_name_the_imported_one_is_called(files: dict[str, str], flow: str) -> None:
    (request,) = token_requests(files)
    assert request.flow == (flow,)


def test_a_function_of_the_same_file_shadows_all_others() -> None:
    files = {"a/x.py": SEND, "main.py": NO_SEND + '\n\ntoken("password")\n'}
    (request,) = token_requests(files)
    assert request.flow == ("unknown",)


def test_a_stored_secret_stands_where_it_is_written_and_not_where_it_is_sent() -> None:
    files = {
        "settings.py": 'PASSWORD = "Invented-Value-71"\n',
        "main.py": f"""\
import requests
from settings import PASSWORD

body = {{"grant_type": "password", "resource": "{PARTNER}", "username": "svc@contoso.com", "password": PASSWORD}}
requests.post("{URL}", data=body)
""",
    }
    (secret,) = stored_secrets(files)
    assert (secret.at.path, secret.at.span.line, secret.kind) == ("settings.py", 1, "password")
    (request,) = token_requests(files)
    assert {step.place.path for step in request.trace} == {"settings.py", "main.py"}


@pytest.mark.parametrize(
    ("rest", "treated"),
    [
        (
            "int status = c.getResponseCode(); if (status == 401) throw e; return c.getInputStream();",
            ("any-error", "raise"),
        ),
        ("return c.getResponseCode() < 400 ? c.getInputStream() : c.getErrorStream();", ("any-error", "fall-through")),
        ("InputStream in = c.getInputStream(); log(c.getResponseCode()); return in;", ("none", "end")),
    ],
    ids=["told-apart", "error-as-data", "raised"],
)
def test_a_connection_sends_once_however_often_it_is_asked(rest: str, treated: tuple[str, str]) -> None:
    java = f"""\
class Customers {{
    InputStream all() throws IOException {{
        HttpURLConnection c = (HttpURLConnection) new URL("{PARTNER}/v1/customers").openConnection();
        {rest}
    }}
}}
"""
    (call,) = api_calls({"Customers.java": java})
    assert call.at.span.line == 4
    assert (call.error_handling.checks, call.error_handling.then) == treated
