"""What is a secret, and what only stands where one is to be filled in."""

from __future__ import annotations

import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.analysis.classify.placeholders import Placeholders, refresh_token
from tests.helpers.code import knowledge

INVENTED_TOKEN = (
    "0.AXinvented_Contoso-1aB2cD3eF4gH5iJ6kL7mN8oP9qR0sT1uV2wX3yZ4aB5cD6eF7gH8iJ9kL0mN1oP2qR3sT4uV5wX6yZ7aB8cD9"
)
BASE64URL = string.ascii_letters + string.digits + "-_"


@pytest.fixture(scope="module")
def placeholders() -> Placeholders:
    return Placeholders(knowledge().catalog.files)


@pytest.mark.parametrize(
    "text",
    [
        "LongPartnerPortalToken",
        "TokenFromTheConsentScript",
        "thisisnotarealtoken",
        "the refresh token that the consent script printed, without quotes, in one line of some hundred characters",
        "HierDasAktualisierungstokenEinfuegen",
        "siehe Tresor",
        "0.AXkA...",
        "0.AXkAinvented_Contoso-1aB2cD3eF4gH5iJ6kL7mN8oP9qR0sT1uV2wX3yZ...",
        "0.AXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token?" + "a1B" * 40,
        "11111111-2222-3333-4444-555555555555",
        "offline_access https://api.partnercenter.microsoft.com/user_impersonation",
        "x" * 200,
        "0123456789abcdef" * 20,
        "ThisIsALongPlaceholderForTheRefreshTokenOfThePartnerCenterAccountThatTheAdministratorHasToReplaceByHand1",
        "'<refresh token>'",
        "",
    ],
)
def test_no_refresh_token_is_short_or_made_of_words(placeholders: Placeholders, text: str) -> None:
    assert placeholders.placeholder(text, "RefreshToken", "refresh-token")


@pytest.mark.parametrize(
    "text", [INVENTED_TOKEN, f'"{INVENTED_TOKEN}"', f"{INVENTED_TOKEN[:60]}\n    {INVENTED_TOKEN[60:]}"]
)
def test_a_refresh_token_stays_one_however_it_is_written(placeholders: Placeholders, text: str) -> None:
    assert not placeholders.placeholder(text, "RefreshToken", "refresh-token")


@given(st.integers(), st.integers(120, 1500))
def test_what_chance_makes_is_a_refresh_token(seed: int, length: int) -> None:
    assert refresh_token("".join(Random(seed).choices(BASE64URL, k=length)))


@pytest.mark.parametrize(
    "text",
    [
        "<password>",
        "'changeme'",
        '"YOUR_PASSWORD"',
        "YOUR_PASSWORD",
        "xxxxxxxx",
        "xxxxxxQ~t4.Vq7pLm2xRt9",
        "Vq7Q~XXXXXXXXXXXXLm2xRt9",
        "Vq7Q~******Lm2xRt9",
        "Password",
        "not-a-real-password",
        "thisisnotarealpassword",
        "IhrPasswort",
        "HierKennwortEintragen",
        "bitte ändern",
        "votre mot de passe",
        "tu_contraseña_aqui",
        "SuaSenhaAqui",
        "jouw-wachtwoord",
        "ThePasswordOfThePartnerAccount",
        "see key vault",
        "set by the pipeline",
        "11111111-2222-3333-4444-555555555555",
        "https://api.partnercenter.microsoft.com",
        "agent@contoso.onmicrosoft.com",
        "User.Read offline_access",
        "${PARTNER_PASSWORD}",
        "short",
    ],
)
def test_what_is_to_be_filled_in_is_no_password(placeholders: Placeholders, text: str) -> None:
    assert placeholders.placeholder(text, "Passwort", "password")


@pytest.mark.parametrize(
    "text",
    [
        "Invented-Passw0rd-1",
        "Tulip-Harbor-42",
        "Wacholder~Steg",
        "Vq7#pLm2xRt9",
        "MySecret!Garden7",
        "SommerInBerlin2031",
        "correct horse battery staple",
        "Anker@Boje.Kiel9",
        "PartnerCenter#2031",
        "yellow-submarine",
        "Foxxx-Harbor*42",
    ],
)
def test_real_looking_passwords_stay(placeholders: Placeholders, text: str) -> None:
    assert not placeholders.placeholder(text, "Password", "password")


def test_an_id_or_an_address_is_a_placeholder_only_where_a_secret_is_expected(placeholders: Placeholders) -> None:
    for text in ("11111111-2222-4333-8444-555555555555", "https://contoso.example", "agent@contoso.com"):
        assert not placeholders.placeholder(text, "anything")


def test_long_texts_take_linear_time(placeholders: Placeholders) -> None:
    assert not placeholders.placeholder("password" * 50_000 + "Q7", "p", "password")
