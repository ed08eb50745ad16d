"""Classes of settings that say what the names of all their fields begin with."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_CODE = """
import requests
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    upn: str
    upn_password: str
@@

settings = Settings()

def token():
    answer = requests.post(
        "https://login.microsoftonline.com/contoso.example/oauth2/token",
        data={
            "grant_type": "password",
            "username": settings.upn,
            "password": settings.upn_password,
            "resource": "https://api.partnercenter.microsoft.com",
        },
    )
    answer.raise_for_status()
    return answer.json()["access_token"]
"""
_SAID = {
    "call": '    model_config = SettingsConfigDict(env_file=".env", env_prefix="PULL_")',
    "mapping": '    model_config = {"env_prefix": "PULL_"}',
    "class": '    class Config:\n        env_prefix = "PULL_"',
}


@pytest.mark.parametrize("said", _SAID.values(), ids=_SAID)
def test_a_settings_file_holds_the_password_under_the_prefix(said: str) -> None:
    entries = "NAMEUPN=job@contoso.example\nNAMEUPN_PASSWORD=Lantern-Harbor-72\n"
    code = _CODE.replace("@@", said)
    files = {"job.py": code, ".env": entries.replace("NAME", "PULL_")}
    assert loud(files, "stored-credential") == ["PCM106"]
    other = {"job.py": code, ".env": entries.replace("NAME", "MAIL_")}
    assert "PCM106" not in loud(other, "stored-credential")
