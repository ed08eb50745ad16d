"""Tables of everybody's addresses: Partner Center's among them does not make a repository a partner's."""

from __future__ import annotations

import pytest

from pcmfa_lint.evidence.model import Marker
from tests.helpers.code import evidence, loud, token_requests

HOSTS = {
    "graph": "graph.microsoft.com",
    "arm": "management.azure.com",
    "manage": "manage.office.com",
    "partner": "api.partnercenter.microsoft.com",
    "outlook": "outlook.office365.com",
    "vault": "vault.azure.net",
    "storage": "storage.azure.com",
    "sql": "database.windows.net",
    "dynamics": "globaldisco.crm.dynamics.com",
    "yammer": "api.yammer.com",
    "teams": "api.spaces.skype.com",
}
SIGN_IN = """\
import os

import requests

from resources import RESOURCES


def mailbox(name):
    body = {
        "grant_type": "password",
        "username": os.environ["MAIL_USER"],
        "password": os.environ["MAIL_PASSWORD"],
        "resource": %s,
    }
    answer = requests.post("https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token", data=body)
    answer.raise_for_status()
    return answer.json()["access_token"]
"""
OUTLOOK = SIGN_IN % 'RESOURCES["outlook"]'
TABLES = {
    "python": (
        "resources.py",
        "RESOURCES = {\n" + "".join(f'    "{k}": "https://{v}",\n' for k, v in HOSTS.items()) + "}\n",
    ),
    "objects": (
        "resources.json",
        "[\n"
        + ",\n".join(f'  {{\n    "name": "{k}",\n    "url": "https://{v}/"\n  }}' for k, v in HOSTS.items())
        + "\n]\n",
    ),
    "one-line": (
        "resources.ts",
        "export const urls = [" + ", ".join(f'"https://{v}"' for v in HOSTS.values()) + "];\n",
    ),
    "constants": (
        "Resources.cs",
        "public static class Resources\n{\n"
        + "".join(f'    public const string {k.title()} = "https://{v}";\n' for k, v in HOSTS.items())
        + "}\n",
    ),
    "switch": (
        "resources.ps1",
        "switch ($name) {\n" + "".join(f"    '{k}' {{ 'https://{v}' }}\n" for k, v in HOSTS.items()) + "}\n",
    ),
    "settings": ("resources.yml", "resources:\n" + "".join(f"  {k}: 'https://{v}'\n" for k, v in HOSTS.items())),
}


def kinds(files: dict[str, str]) -> set[str]:
    items = evidence(files).items
    return {item.kind for item in items if isinstance(item, Marker) and item.name == "Partner Center address"}


@pytest.mark.parametrize("style", TABLES)
def test_a_table_of_everybodys_addresses_is_a_hint(style: str) -> None:
    path, code = TABLES[style]
    assert kinds({path: code}) == {"hint"}
    few = "\n".join(line for line in code.splitlines() if "azure" not in line and "s.com" not in line)
    if style != "one-line":
        assert kinds({path: few}) == {"partner"}


def test_a_password_sign_in_beside_such_a_table_is_nobodys_of_a_partner() -> None:
    path, table = TABLES["python"]
    files = {"auth.py": OUTLOOK, path: table}
    assert loud(files) == []
    assert {"PCM102", "PCM203"} <= set(loud({**files, "jobs/run.ps1": "Get-PartnerCustomer\n"}))
    assert loud({**files, "jobs/hosts.txt.py": 'ROOT = "https://api.partnercenter.microsoft.com/v1"\n'}) == [
        "PCM102",
        "PCM203",
    ]


def test_any_entry_of_such_a_table_is_no_audience() -> None:
    path, table = TABLES["python"]
    (request,) = token_requests({"auth.py": SIGN_IN % "RESOURCES[name]", path: table})
    assert request.audience.kind == "microsoft"


def test_the_entry_that_is_asked_for_is_the_audience() -> None:
    path, table = TABLES["python"]
    files = {"auth.py": SIGN_IN % "RESOURCES[name]" + '\n\nmailbox("partner")\n', path: table}
    (request,) = token_requests(files)
    assert request.audience.kind == "partner-center"
    assert "PCM201" in loud(files)
