"""Whether a person is there when a Partner Center call fails: by how its token was got."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls

API = "https://api.partnercenter.microsoft.com"
SEND = f"\nInvoke-RestMethod '{API}/v1/customers' -Headers @{{ Authorization = \"Bearer $t\" }}"
BODY = f"@{{ grant_type = 'password'; resource = '{API}'; username = 'a'; password = $p }}"
ASK = f"$t = (Invoke-RestMethod 'https://login.microsoftonline.com/t/oauth2/token' -Body {BODY}).access_token"

TOKENS = {
    "a person is asked": ("$p = (Get-Credential).GetNetworkCredential().Password\n" + ASK, False),
    "a stored password": ("$p = $env:PC_PASSWORD\n" + ASK, True),
    "nobody knows": ("param($p)\n" + ASK, None),
    "no token in sight": ("$t = Get-Something", None),
}


@pytest.mark.parametrize(("token", "expected"), TOKENS.values(), ids=list(TOKENS))
def test_a_call_is_as_unattended_as_its_token(token: str, expected: bool | None) -> None:
    (call,) = api_calls({"job.ps1": token + SEND})
    assert call.unattended is expected
