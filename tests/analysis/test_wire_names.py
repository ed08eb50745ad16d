"""Fields that are called otherwise in what is sent and read: an annotation says how, whatever the language."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers.code import api_calls, loud, stored_secrets, token_requests

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROGRAMS = tomllib.loads((Path(__file__).parent / "wire-names.toml").read_text("utf-8"))
JACKSON = next(one["files"]["Tokens.java"] for one in PROGRAMS["answer"] if one["name"] == "java-jackson").replace(
    "{member}", "refresh_token"
)


def cells(kind: str) -> list[object]:
    return [pytest.param(one["files"], id=one["name"]) for one in PROGRAMS[kind]]


@pytest.mark.parametrize("files", cells("answer"))
def test_a_renewed_token_is_kept_that_is_read_through_a_field_of_another_name(files: dict[str, str]) -> None:
    files = filled(files, "member", "refresh_token")
    (request,) = token_requests(files)
    assert request.refresh_token.use == "kept"
    assert "PCM301" not in loud(files)


@pytest.mark.parametrize("files", cells("answer"))
def test_a_field_that_stands_for_another_member_keeps_nothing(files: dict[str, str]) -> None:
    files = filled(files, "member", "id_token")
    (request,) = token_requests(files)
    assert request.refresh_token.use == "dropped"
    assert "PCM301" in loud(files)


def filled(files: dict[str, str], gap: str, word: str) -> dict[str, str]:
    return {path: code.replace(f"{{{gap}}}", word) for path, code in files.items()}


def test_names_of_getters_and_of_naming_strategies_are_those_of_the_fields() -> None:
    getter = JACKSON.replace(
        '    @JsonProperty("refresh_token") private String renewed;\n', "    private String renewed;\n"
    )
    annotated = getter.replace(
        "    public String getRenewed", '    @JsonProperty("refresh_token") public String getRenewed'
    )
    assert annotated != getter != JACKSON
    assert loud({"Tokens.java": getter}, "refresh-token") == ["PCM301"]
    assert loud({"Tokens.java": annotated}, "refresh-token") == []
    strategy = JACKSON.replace('@JsonProperty("refresh_token") private String renewed', "private String refreshToken")
    strategy = "@JsonNaming(SnakeCaseStrategy.class) " + strategy.replace("getRenewed", "getRefreshToken")
    assert loud({"Tokens.java": strategy}, "refresh-token") == []


def test_a_name_that_is_a_constant_counts_like_a_text() -> None:
    constant = JACKSON.replace('@JsonProperty("refresh_token")', "@JsonProperty(Names.RENEWED)")
    names = 'class Names { static final String RENEWED = "refresh_token"; }\n'
    assert loud({"Tokens.java": constant, "Names.java": names}, "refresh-token") == []


@pytest.mark.parametrize("files", cells("body"))
def test_an_object_is_sent_as_the_form_that_its_fields_are(files: dict[str, str]) -> None:
    (request,) = token_requests(filled(files, "grant", "password"))
    assert request.flow == ("ropc",)
    assert request.audience.kind == "partner-center"
    assert (request.account.kind, request.secret.kind) == ("literal", "literal")
    (other,) = token_requests(filled(files, "grant", "client_credentials"))
    assert other.flow == ("app-only",)


@pytest.mark.parametrize("files", cells("settings"))
def test_settings_are_found_by_what_their_file_calls_them(files: dict[str, str]) -> None:
    (request,) = token_requests(files)
    assert (request.account.name, request.secret.name) == ("account", "account_password")
    assert {secret.committed for secret in stored_secrets(files)} == {True}
    assert "PCM106" in loud(files)
    assert [call.path for call in api_calls(files)] in ([], ["/v1/customers"])
