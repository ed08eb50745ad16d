"""Libraries that load a class of settings: what it holds are the entries of the settings file."""

from __future__ import annotations

import pytest

from tests.helpers.code import token_requests

KOTLIN = """
data class Partner(val user: String, val password: String)
data class Settings(val partner: Partner)
@@
class Gateway(private val cfg: Partner) {
    private val http = HttpClient(CIO)
    suspend fun signIn(): String = http.submitForm(
        url = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
        formParameters = parameters {
            append("grant_type", "password")
            append("username", cfg.user)
            append("password", cfg.password)
            append("scope", "https://api.partnercenter.microsoft.com/.default")
        }
    ).body<TokenAnswer>().accessToken
}
suspend fun main() { println(Gateway(load().partner).signIn()) }
"""
SETTINGS = "partner:\n  user: agent@contoso.example\n  password: Invented-Garten-77\n"


@pytest.mark.parametrize(
    "load",
    [
        'fun load(): Settings = ConfigLoaderBuilder.default().addSource("/settings.yaml").build().loadConfigOrThrow()',
        'fun load() = ConfigLoader().loadConfigOrThrow<Settings>("/settings.yaml")',
        'fun load(): Settings = ConfigLoader.Builder().build().loadConfig<Settings>("/settings.yaml").getUnsafe()',
    ],
)
def test_a_loaded_password_is_the_entry_of_the_file(load: str) -> None:
    (request,) = token_requests({"Gateway.kt": KOTLIN.replace("@@", load), "settings.yaml": SETTINGS})

    assert request.flow == ("ropc",)
    assert request.secret.kind == "setting"
    assert request.secret.at is not None
    assert (request.secret.at.path, request.secret.at.span.line) == ("settings.yaml", 3)


def test_a_loader_of_something_else_is_no_setting() -> None:
    load = "fun load(): Settings = Vault.connect().secrets()"
    (request,) = token_requests({"Gateway.kt": KOTLIN.replace("@@", load), "settings.yaml": SETTINGS})

    assert request.secret.kind != "setting"
