"""C#'s `new(…)` without a type: it is of the type of what takes it."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_URL = "https://login.microsoftonline.com/fabrikam.example/oauth2/token"
_PARTNER = "https://api.partnercenter.microsoft.com"
_FORM = f'new("grant_type", @@), new("username", user), new("password", secret), new("resource", "{_PARTNER}")'


def _signed_in(statements: str, more: str = "") -> str:
    return (
        "using System.Net.Http;\n"
        f"{more}\n"
        "class Door {\n"
        "  public async Task<string> Open(HttpClient http, string user, string secret) {\n"
        f"    {statements}\n"
        "    return await answer.Content.ReadAsStringAsync();\n  }\n}\n"
    )


_ADDED = "\n    ".join(f"form.Add(new{item});" for item in _FORM.removeprefix("new").split(", new"))
_RECORD = (
    'record Grant([property: AliasAs("grant_type")] string Kind, [property: AliasAs("username")] string User,'
    ' [property: AliasAs("password")] string Secret, [property: AliasAs("resource")] string For);\n'
    "interface IDoor {\n"
    '  [Post("/fabrikam.example/oauth2/token")] Task<HttpResponseMessage> Open([Body] Grant grant);\n}'
)
_FORMS = {
    "in a collection": _signed_in(
        f'var answer = await http.PostAsync("{_URL}", new FormUrlEncodedContent([{_FORM}]));'
    ),
    "added to a list": _signed_in(
        f"List<KeyValuePair<string, string>> form = [];\n    {_ADDED}\n"
        f'    var answer = await http.PostAsync("{_URL}", new FormUrlEncodedContent(form));'
    ),
    "of a parameter's type": _signed_in(
        'var answer = await RestService.For<IDoor>("https://login.microsoftonline.com")'
        f'.Open(new(@@, user, secret, "{_PARTNER}"));',
        _RECORD,
    ),
}


@pytest.mark.parametrize("text", _FORMS.values(), ids=_FORMS)
def test_a_form_of_objects_without_a_written_type_is_a_token_request(text: str) -> None:
    assert loud({"Door.cs": text.replace("@@", '"password"')}, "ropc") == ["PCM201"]
    assert loud({"Door.cs": text.replace("@@", '"client_credentials"')}, "ropc") == []


@pytest.mark.parametrize("status", ["", "if (answer.StatusCode == HttpStatusCode.Unauthorized) throw new Refused();"])
def test_a_request_without_a_written_type_is_sent(status: str) -> None:
    text = _signed_in(
        f'var answer = await http.SendAsync(new(HttpMethod.Get, "{_PARTNER}/v1/customers"));\n    {status}'
    )
    assert loud({"Door.cs": text}, "unhandled-401") == ([] if status else ["PCM401"])


def test_an_object_without_a_written_type_is_one_of_the_class_that_takes_it() -> None:
    text = (
        "record Account(string User, string Secret);\n"
        "class Door { public async Task Open(HttpClient http, Account account) {\n"
        '  var form = new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = account.User,'
        f' ["password"] = account.Secret, ["resource"] = "{_PARTNER}" }};\n'
        f'  await http.PostAsync("{_URL}", new FormUrlEncodedContent(form)); }} }}\n'
        "class Start { static Task Main(IConfiguration settings) =>\n"
        '  new Door().Open(new HttpClient(), new(settings["Csp:User"], @@)); }\n'
    )
    assert loud({"Start.cs": text.replace("@@", 'settings["Csp:Password"]')}) == ["PCM102", "PCM201"]
    assert loud({"Start.cs": text.replace("@@", "Console.ReadLine()")}) == ["PCM201"]
