"""Whom a token is for, by the scopes of its request."""

from __future__ import annotations

import pytest

from tests.helpers.code import token_requests


@pytest.mark.parametrize(
    ("scope", "kind", "name"),
    [
        ("offline_access User.Read Calendars.ReadWrite", "companion", "Microsoft Graph"),
        ("https://graph.microsoft.com/User.Read", "companion", "Microsoft Graph"),
        ("https://api.partnercenter.microsoft.com/user_impersonation User.Read", "partner-center", "Partner Center"),
        ("openid profile offline_access", "microsoft", ""),
    ],
)
def test_whom_a_token_is_for(scope: str, kind: str, name: str) -> None:
    code = f"""
import requests

def token(refresh):
    form = {{"grant_type": "refresh_token", "refresh_token": refresh, "scope": "{scope}"}}
    return requests.post("https://login.microsoftonline.com/t/oauth2/v2.0/token", data=form, timeout=30).json()
"""
    (request,) = token_requests({"a.py": code})

    assert (request.audience.kind, request.audience.name) == (kind, name)
