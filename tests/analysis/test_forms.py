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


_OF_POWERSHELL = (
    ("grant_type", "'@@'"),
    ("username", "$user"),
    ("password", "$secret"),
    ("resource", "'https://api.partnercenter.microsoft.com'"),
)
_PAIR = "[Collections.Generic.KeyValuePair[string, string]]"


def _each(form: str) -> str:
    return "\n".join(form.replace("KEY", f"'{key}'").replace("VALUE", value) for key, value in _OF_POWERSHELL) + "\n"


_POWERSHELL = {
    "names and values": "$f = New-Object System.Collections.Specialized.NameValueCollection\n"
    + _each("$f.Add(KEY, VALUE)")
    + f"$web = New-Object System.Net.WebClient\n$bytes = $web.UploadValues('{_URL}', 'POST', $f)",
    "dictionary": "$f = [System.Collections.Generic.Dictionary[string, string]]::new()\n"
    + _each("$f[KEY] = VALUE")
    + f"Invoke-RestMethod -Method Post -Uri '{_URL}' -Body $f -ErrorAction Stop",
    "pairs": f"$f = [Collections.Generic.List[{_PAIR[1:-1]}]]::new()\n"
    + _each(f"$f.Add({_PAIR}::new(KEY, VALUE))")
    + "$http = [System.Net.Http.HttpClient]::new()\n"
    + f"$r = $http.PostAsync('{_URL}', [System.Net.Http.FormUrlEncodedContent]::new($f)).Result\n"
    + "$r.EnsureSuccessStatusCode()",
}


@pytest.mark.parametrize("text", _POWERSHELL.values(), ids=_POWERSHELL)
def test_collections_of_dotnet_are_filled_in_powershell(text: str) -> None:
    script = "param($user, $secret)\n" + text
    assert loud({"door.ps1": script.replace("@@", "password")}, "ropc") == ["PCM201"]
    assert loud({"door.ps1": script.replace("@@", "client_credentials")}, "ropc") == []


_FURNISHED = {
    "base": "$http = [System.Net.Http.HttpClient]::new()\n$http.BaseAddress = 'https://HOST/'\n"
    "$r = $http.GetAsync('v1/customers').Result",
    "property": "$http = New-Object System.Net.Http.HttpClient -Property @{ BaseAddress = 'https://HOST/' }\n"
    "$r = $http.GetAsync('v1/customers').Result",
    "message": "$http = New-Object System.Net.Http.HttpClient\n$http.baseaddress = [uri]'https://HOST/'\n"
    "$m = [System.Net.Http.HttpRequestMessage]::new('GET', 'v1/customers')\n$r = $http.SendAsync($m).Result",
    "message, set": "$m = [System.Net.Http.HttpRequestMessage]::new()\n$m.RequestUri = 'https://HOST/v1/customers'\n"
    "$r = [System.Net.Http.HttpClient]::new().SendAsync($m).GetAwaiter().GetResult()",
}


@pytest.mark.parametrize("text", _FURNISHED.values(), ids=_FURNISHED)
def test_members_of_dotnet_clients_are_set_in_powershell(text: str) -> None:
    text += "\n$r.Content.ReadAsStringAsync().Result | Set-Content customers.json"
    assert loud({"pull.ps1": text.replace("HOST", "api.partnercenter.microsoft.com")}, "unhandled-401") == ["PCM401"]
    assert loud({"pull.ps1": text.replace("HOST", "api.contoso.example")}, "unhandled-401") == []
