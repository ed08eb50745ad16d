"""Symfony's settings say what a container hands to a constructor."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud, token_requests

_CLIENT = """<?php
namespace App\\Partner;
use Symfony\\Contracts\\HttpClient\\HttpClientInterface;
final class Door {
    public function __construct(private HttpClientInterface $http, private string $kept, private string $base) {}
    public function open(): string {
        return $this->http->request('POST', $this->base, ['body' => ['grant_type' => 'refresh_token',
            'refresh_token' => $this->kept, 'resource' => 'https://api.partnercenter.microsoft.com',
        ]])->toArray()['access_token'];
    }
}
"""
_BASE = "$base: 'https://login.microsoftonline.com/fabrikam.example/oauth2/token'"
_OF_ALL = f"services:\n  _defaults:\n    bind:\n      $kept: '@@'\n      {_BASE}\n"
_OF_ONE = f"services:\n  App\\\\Partner\\\\Door:\n    arguments:\n      $kept: '@@'\n      {_BASE}\n"
_OF_ANOTHER = _OF_ALL.replace("$kept: '@@'", "$other: ''") + "  App\\Other:\n    arguments:\n      $kept: '@@'\n"
_PARAMETERS = "parameters:\n  partner.token: '%env(string:PARTNER_TOKEN)%'\n"


@pytest.mark.parametrize("settings", [_OF_ALL, _OF_ONE.replace("\\\\", "\\")], ids=["for all", "for one"])
@pytest.mark.parametrize("value", ["%env(PARTNER_TOKEN)%", "%partner.token%"])
def test_a_parameter_gets_what_the_settings_bind_to_its_name(settings: str, value: str) -> None:
    files = {"src/Door.php": _CLIENT, "config/services.yaml": _PARAMETERS + settings.replace("@@", value)}
    (request,) = token_requests(files)
    assert (request.secret.kind, request.secret.name) == ("environment", "PARTNER_TOKEN")
    assert "PCM301" in loud(files, "refresh-token")


def test_what_another_class_gets_is_not_handed_to_this_one() -> None:
    text = _OF_ANOTHER.replace("@@", "%env(PARTNER_TOKEN)%")
    (request,) = token_requests({"src/Door.php": _CLIENT, "config/services.yaml": text})
    assert request.secret.kind != "environment"
