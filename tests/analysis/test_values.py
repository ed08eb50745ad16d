"""Values on their way to a token request: the forms they travel in, where they come from, whom a token is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.table import Case, cells, faults, tables
from tests.helpers.code import loud, token_requests

TABLES = tables(Path(__file__).with_name("values"))
NEEDED = ("python", "powershell", "csharp", "java", "javascript", "groovy", "ruby", "shell", "go", "vb", "php")


@pytest.mark.parametrize("case", cells(TABLES))
def test_a_value_arrives(case: Case) -> None:
    case.check()


def test_the_tables_are_whole() -> None:
    assert faults(TABLES, NEEDED) == []


ELSEWHERE = {
    "keycloak": "https://keycloak.contoso.example/realms/main/protocol/openid-connect/token",
    "auth0": "https://contoso.auth0.com/oauth/token",
    "b2c": "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_signin/oauth2/v2.0/token",
    "b2c-by-policy": "https://login.microsoftonline.com/te/contoso.onmicrosoft.com/B2C_1_signin/oauth2/v2.0/token",
}


def signing_in_at(url: str) -> tuple[dict[str, str], dict[str, str]]:
    """A program that sends a password to `url`, in Python and in PowerShell."""
    python = f"""\
import requests

body = {{"grant_type": "password", "scope": "openid", "username": "joe@contoso.com", "password": "Invented-Value-71"}}
requests.post("{url}", data=body)
requests.get("https://api.partnercenter.microsoft.com/v1/customers", headers=headers).raise_for_status()
"""
    powershell = f"""\
$ErrorActionPreference = 'Stop'
$body = @{{ grant_type = 'password'; scope = 'openid'; username = 'joe@contoso.com'; password = 'Invented-Value-71' }}
Invoke-RestMethod -Method Post -Uri '{url}' -Body $body
Invoke-RestMethod -Uri 'https://api.partnercenter.microsoft.com/v1/customers' -Headers $headers
"""
    return {"a.py": python}, {"a.ps1": powershell}


@pytest.mark.parametrize(
    "url",
    [pytest.param(url, id=name) for name, url in ELSEWHERE.items()],
)
def test_a_sign_in_at_another_provider_is_nobodys_business(url: str) -> None:
    for files in signing_in_at(url):
        assert token_requests(files) == []
        assert loud(files) == []


def test_the_same_sign_in_at_microsoft_is_reported() -> None:
    """Otherwise the test above would pass for a program that is not understood."""
    for files in signing_in_at("https://login.microsoftonline.com/common/oauth2/v2.0/token"):
        assert [request.flow for request in token_requests(files)] == [("ropc",)]
        assert loud(files) != []


@pytest.mark.parametrize(
    "text",
    [
        # facts that are no sign-in of ours: a customer's first password, an application's own secret, a device
        "$password = ConvertTo-SecureString 'Invented-Value-71' -AsPlainText -Force\n"
        "New-PartnerCustomerUser -CustomerId $id -Password $password -ErrorAction Stop\n",
        "$profile = @{ password = 'Invented-Value-71'; forceChangePassword = $true }\n"
        "New-PartnerCustomerUser -CustomerId $id -UserPrincipalName joe@fabrikam.com -ErrorAction Stop\n",
        "$secure = ConvertTo-SecureString 'Invented-Value-71' -AsPlainText -Force\n"
        "$credential = New-Object PSCredential('admin', $secure)\n"
        "Invoke-RestMethod -Uri https://192.0.2.7/api/login -Credential $credential -ErrorAction Stop\n"
        "Get-PartnerCustomer -ErrorAction Stop\n",
    ],
    ids=["customer-cmdlet", "customer-profile", "device"],
)
def test_a_password_of_a_customer_or_a_device_is_no_sign_in(text: str) -> None:
    files = {"a.ps1": text}
    assert token_requests(files) == []
    assert loud(files, "stored-credential") == []


def test_an_account_in_a_list_of_settings_belongs_to_its_section() -> None:
    """The entries of a list stand in the section that holds the list."""
    text = '{"PartnerCenter": [{"UserName": "svc@contoso.com", "Password": "Invented-Value-71"}]}\n'
    files = {
        "a.json": text,
        "a.py": '# https://api.partnercenter.microsoft.com\nHOST = "api.partnercenter.microsoft.com"\n',
    }
    assert loud(files, "stored-credential") == ["PCM106"]
