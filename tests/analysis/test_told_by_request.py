"""Who is told of a failure: also whoever a request carries it to, as the webhook of a chat."""

from __future__ import annotations

import json

import pytest

from tests.helpers.code import loud


def _flow(body: object) -> str:
    """A flow that renews its token and pulls, and posts `body` where one of the two has failed."""
    exchange = {
        "method": "POST",
        "uri": "https://login.microsoftonline.com/contoso.example/oauth2/token",
        "body": "grant_type=refresh_token&refresh_token=@{body('Stored')?['value']}"
        "&resource=https%3A%2F%2Fapi.partnercenter.microsoft.com",
    }
    vault = {"uri": "https://contoso.vault.azure.net/secrets/partner-token?api-version=7.4"}
    renewed = {"method": "PUT", **vault, "body": {"value": "@{body('Renew')?['refresh_token']}"}}
    pull = {"method": "GET", "uri": "https://api.partnercenter.microsoft.com/v1/invoices"}
    told = {"method": "POST", "uri": "@parameters('hook')", "body": {"text": body}}
    actions = {
        "Stored": {"type": "Http", "inputs": {"method": "GET", **vault}},
        "Renew": {"type": "Http", "runAfter": {"Stored": ["Succeeded"]}, "inputs": exchange},
        "Keep": {"type": "Http", "runAfter": {"Renew": ["Succeeded"]}, "inputs": renewed},
        "Pull": {"type": "Http", "runAfter": {"Keep": ["Succeeded"]}, "inputs": pull},
        "Tell": {"type": "Http", "runAfter": {"Renew": ["Failed"], "Pull": ["Failed", "Skipped"]}, "inputs": told},
    }
    definition = {"parameters": {"hook": {"type": "SecureString"}}, "triggers": {}, "actions": actions}
    return json.dumps({"definition": definition}, indent=1)


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        ("status @{outputs('Pull')?['statusCode']} and @{outputs('Renew')?['statusCode']}", []),
        ("done", ["PCM304", "PCM402"]),
    ],
)
def test_a_flow_posts_the_status_of_what_failed(body: str, rules: list[str]) -> None:
    assert loud({"workflow.json": _flow(body)}) == rules


def test_who_is_told_and_goes_on_hides_the_error_all_the_same() -> None:
    text = """
import requests

def invoices(head, hook):
    try:
        answer = requests.get("https://api.partnercenter.microsoft.com/v1/invoices", headers=head)
        answer.raise_for_status()
        return answer.json()["items"]
    except requests.HTTPError as error:
        requests.post(hook, json={"text": str(error)})
        return []
"""
    assert loud({"pull.py": text}, "unhandled-401") == ["PCM402"]
