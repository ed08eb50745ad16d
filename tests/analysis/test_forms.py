"""What a form is filled in before it is sent."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_URL = "https://login.microsoftonline.com/fabrikam.example/oauth2/token"
_FIELDS = (
    ("grant_type", "@@"),
    ("username", "user"),
    ("password", "secret"),
    ("resource", '"https://api.partnercenter.microsoft.com"'),
)


def _filled(method: str) -> str:
    return "".join(f'.{method}("{key}", {value})' for key, value in _FIELDS)


def _by_statements(variable: str, method: str) -> str:
    return " ".join(f'{variable}.{method}("{key}", {value});' for key, value in _FIELDS)


_SENT = {
    "jax-rs": f"Form form = new Form(){_filled('param')}; "
    f'return ClientBuilder.newClient().target("{_URL}").request().post(Entity.form(form), String.class);',
    "jax-rs, statements": f"Form form = new Form(); {_by_statements('form', 'param')} "
    f'return ClientBuilder.newClient().target("{_URL}").request().post(Entity.form(form), String.class);',
    "apache fluent": f'return Request.Post("{_URL}").bodyForm(Form.form(){_filled("add")}.build())'
    ".execute().returnContent().asString();",
    "vert.x": f"MultiMap form = MultiMap.caseInsensitiveMultiMap(); {_by_statements('form', 'set')} "
    f'return WebClient.create(vertx).postAbs("{_URL}").sendForm(form).result().bodyAsString();',
}


@pytest.mark.parametrize("text", _SENT.values(), ids=_SENT)
def test_a_form_is_filled_field_by_field(text: str) -> None:
    java = "class Door { String open(String user, String secret) throws Exception { " + text + " } }"
    assert loud({"Door.java": java.replace("@@", '"password"')}, "ropc") == ["PCM201"]
    assert loud({"Door.java": java.replace("@@", '"client_credentials"')}, "ropc") == []


_REFIT = """
using Refit;
interface IDoor {
  [Post("/fabrikam.example/oauth2/token")] Task<Token> Open([Body(BodySerializationMethod.UrlEncoded)] Grant grant);
}
class Grant {
  [AliasAs("grant_type")] public string Kind => "@@";
  [AliasAs("username")] public string User { get; init; }
  [AliasAs("password")] public string Secret { get; init; }
  [AliasAs("resource")] public string For { get; } = "https://api.partnercenter.microsoft.com";
}
class Start {
  static Task<Token> Open(string user, string secret) =>
    RestService.For<IDoor>("https://login.microsoftonline.com").Open(new Grant { User = user, Secret = secret });
}
"""


def test_a_declared_method_sends_an_object_with_computed_members_as_a_form() -> None:
    assert loud({"Door.cs": _REFIT.replace("@@", "password")}, "ropc") == ["PCM201"]
    assert loud({"Door.cs": _REFIT.replace("@@", "client_credentials")}, "ropc") == []
