"""A password grant that is written in the code is reported even where nothing in sight sends it."""

from __future__ import annotations

import pytest

from tests.helpers.code import token_requests

LOGIN = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
WHOM = "https://api.partnercenter.microsoft.com"

# Each hands the form to something that nobody knows, and reaches Partner Center's audience.
LOST = {
    "token.py": f"""
import formlib

def token(user, password):
    form = formlib.Form("{LOGIN}")
    form.put("grant_type", "password")
    form.put("resource", "{WHOM}")
    form.put("username", user)
    form.put("password", password)
    return form.go()
""",
    "token.ps1": f"""
function Get-Token($User, $Password) {{
    $put = {{ param($k, $v) [Contoso.Form]::Current.Put($k, $v) }}
    & $put 'grant_type' 'password'
    & $put 'resource' '{WHOM}'
    & $put 'username' $User
    & $put 'password' $Password
    [Contoso.Form]::Send('{LOGIN}')
}}
""",
    "Token.cs": f"""
class Token {{
    string Ask(string user, string password) {{
        var form = new Contoso.Form();
        form.Field("grant_type", "password").Field("resource", "{WHOM}");
        form.Field("username", user).Field("password", password);
        return Contoso.Wire.Send("{LOGIN}", form);
    }}
}}
""",
    "token.go": f"""
package partner

func token(user, password string) string {{
    form := wire.Form{{"grant_type": {{"password"}}, "resource": {{"{WHOM}"}}, "username": {{user}}}}
    form.Sign(password)
    return wire.Send("{LOGIN}", form)
}}
""",
    "token.rb": f"""
def token(user, password)
  form = Wire::Form.new
  form.grant_type = 'password'
  form.resource = '{WHOM}'
  form.sign(user, password)
  Wire.deliver('{LOGIN}', form)
end
""",
    "Token.java": f"""
class Token {{
    String ask(String user, String password) {{
        String form = "grant_type=password&resource={WHOM}&username=" + user + "&password=" + password;
        return Wire.deliver("{LOGIN}", form);
    }}
}}
""",
}

CALLS = {"customers.txt": f"{WHOM}/v1/customers"}


@pytest.mark.parametrize("path", LOST)
def test_a_grant_that_nothing_in_sight_sends(path: str) -> None:
    (request,) = token_requests({path: LOST[path], **CALLS})

    assert request.flow == ("ropc",)
    assert request.audience.kind == "partner-center"
    assert request.confidence == "likely"
    assert "password" in LOST[path].splitlines()[request.at.span.line - 1]


@pytest.mark.parametrize("path", LOST)
def test_a_grant_for_another_identity_provider(path: str) -> None:
    code = LOST[path].replace(LOGIN, "https://sso.contoso.example/token").replace(f'"{WHOM}"', '"erp"')

    assert not token_requests({path: code.replace(f"'{WHOM}'", "'erp'").replace(f"={WHOM}&", "=erp&"), **CALLS})


FOLLOWED = f"""
import requests

def token(user, password):
    form = {{"grant_type": "password", "resource": "{WHOM}", "username": user, "password": password}}
    answer = requests.post("{LOGIN}", data=form, timeout=30)
    answer.raise_for_status()
    return answer.json()["access_token"]
"""


def test_a_grant_that_is_sent_is_one_request() -> None:
    (request,) = token_requests({"token.py": FOLLOWED})

    assert request.confidence == "certain"


def test_a_grant_that_is_sent_elsewhere_is_none() -> None:
    code = f"""
import requests

LOGIN = "{LOGIN}"

def token(user, password):
    form = {{"grant_type": "password", "username": user, "password": password}}
    answer = requests.post("https://sso.contoso.example/token", data=form, timeout=30)
    answer.raise_for_status()
    return answer.json()["access_token"]
"""
    assert not token_requests({"token.py": code, **CALLS})


@pytest.mark.parametrize(
    "line",
    [
        'if form["grant_type"] == "password": refuse()',
        'grant = form.get("grant_type", "password")',
        'log.warning("grant_type", "password")',
        '"""The old script sent grant_type=password to the login."""',
    ],
)
def test_what_only_speaks_of_the_grant(line: str) -> None:
    code = f'LOGIN = "{LOGIN}"\n\ndef check(form, log):\n    {line}\n'

    assert not token_requests({"check.py": code, **CALLS})
