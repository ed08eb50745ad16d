"""Which object, type or value an expression has, beyond what `values/types.toml` says in every language."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, loud, stored_secrets, token_requests

PARTNER = "https://api.partnercenter.microsoft.com"
LOGIN = "https://login.microsoftonline.com/contoso.example/oauth2/token"


def test_a_type_that_is_generic_over_another_is_not_that_other() -> None:
    java = """\
import com.microsoft.store.partnercenter.IAggregatePartner;
import java.util.List;

class Export {
    Object first(List<IAggregatePartner> all) { return all.get(0); }
}
"""
    assert api_calls({"Export.java": java}) == []


@pytest.mark.parametrize("written", ["Task<IPartner>", "ValueTask<IPartner>", "Task<IPartner?>"])
def test_what_is_waited_for_is_what_the_task_is_generic_over(written: str) -> None:
    csharp = f"""\
using Microsoft.Store.PartnerCenter;
public interface IPartners {{ {written} OpenAsync(string tenant); }}
public class Job
{{
    private readonly IPartners partners;
    public Job(IPartners partners) {{ this.partners = partners; }}
    public async Task<int> Count()
    {{
        var partner = await partners.OpenAsync("contoso.example");
        return (await partner.Customers.GetAsync()).TotalCount;
    }}
}}
"""
    assert [call.at.span.line for call in api_calls({"Job.cs": csharp})] == [10]


def test_a_method_of_two_libraries_is_that_of_the_one_whose_arguments_it_has() -> None:
    csharp = """\
public class Renew
{
    public Task<string> Run(SecretClient vault)
    {
        var kept = vault.GetSecret("partner-refresh-token").Value.Value;
        string[] scopes = { "https://api.partnercenter.microsoft.com/.default" };
        return Apps.Find("x").AcquireTokenByRefreshToken(scopes, kept).ExecuteAsync();
    }
}
"""
    assert [request.secret.kind for request in token_requests({"Renew.cs": csharp})] == ["secret-store"]


def test_an_overload_is_chosen_by_the_types_of_its_parameters() -> None:
    csharp = f"""\
public class Pack {{ public string Address; public HttpContent Content; }}
public class Wire
{{
    private readonly HttpClient http = new HttpClient();
    public Task<HttpResponseMessage> Send(Pack pack, string note) => http.PostAsync(pack.Address, pack.Content);
    public Task<HttpResponseMessage> Send(string address, HttpContent form) => http.PostAsync(address, form);
}}
public class Job
{{
    public async Task Run(string user, string word)
    {{
        var form = new Dictionary<string, string>
        {{
            ["grant_type"] = "password", ["username"] = user, ["password"] = word,
        }};
        (await new Wire().Send("{LOGIN}", new FormUrlEncodedContent(form))).EnsureSuccessStatusCode();
    }}
}}
"""
    assert [request.flow for request in token_requests({"Job.cs": csharp})] == [("ropc",)]


def test_an_initialiser_may_name_its_own_class() -> None:
    typescript = f"""\
import axios from 'axios'
export class Carts {{
    private readonly logger = new Logger(Carts.name)
    private readonly wire = axios.create({{ baseURL: '{PARTNER}/v1' }})
    async all() {{ return (await this.wire.get('/carts')).data }}
}}
"""
    assert [call.path for call in api_calls({"carts.ts": typescript})] == ["/v1/carts"]


ENTERED = {
    "an object": """\
class Account:
    def __enter__(self):
        self.word = os.environ["PC_WORD"]
        return self
""",
    "a generator": """\
@contextmanager
def Account():
    yield Box(word=os.environ["PC_WORD"])


class Box:
    def __init__(self, word):
        self.word = word
""",
}


@pytest.mark.parametrize("account", ENTERED.values(), ids=ENTERED)
def test_a_with_gives_what_is_entered(account: str) -> None:
    python = f"""\
import os
import requests
from contextlib import contextmanager

{account}

with Account() as entered:
    body = {{"grant_type": "password", "username": "svc@contoso.com", "password": entered.word}}
    requests.post("{LOGIN}", data=body).raise_for_status()
"""
    assert [request.secret.name for request in token_requests({"a.py": python})] == ["PC_WORD"]


@pytest.mark.parametrize("base", ["pydantic_settings", "pydantic"])
def test_fields_of_a_settings_class_are_in_the_environment(base: str) -> None:
    files = {
        "conf.py": f"from {base} import BaseSettings\n\n\nclass Conf(BaseSettings):\n    word: str\n",
        "a.py": f"""\
import requests
from conf import Conf

body = {{"grant_type": "password", "username": "svc@contoso.com", "password": Conf().word}}
requests.post("{LOGIN}", data=body).raise_for_status()
""",
    }
    assert [(secret.at.path, secret.at.span.line) for secret in stored_secrets(files)] == [("conf.py", 5)]


SDK = """\
public class Job
{
    public int Run(string id, string secret)
    {
        var context = new AuthenticationContext("https://login.windows.net/common");
        var person = new UserCredential("svc@contoso.com", secret);
        var got = context.AcquireToken("https://api.partnercenter.microsoft.com", id, person);
        var token = new AuthenticationToken(got.AccessToken, got.ExpiresOn);
        var credentials = PartnerCredentials.Instance.GenerateByUserCredentials(id, token);
        IAggregatePartner partner = PartnerService.Instance.CreatePartnerOperations(credentials);
        return partner.Customers.Get().TotalCount;
    }
}
"""


def test_a_call_of_an_sdk_carries_the_token_inside_its_credentials() -> None:
    assert [call.tokens for call in api_calls({"Job.cs": SDK})] == [("ropc",)]
    assert [request.carried for request in token_requests({"Job.cs": SDK})] == [True]


KEPT = """\
    public async Task<string> Renew()
    {
        var row = await db.Tokens.FirstOrDefaultAsync(t => t.Name == "partner");
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = row.RefreshToken,
            ["resource"] = "https://api.partnercenter.microsoft.com",
        };
        var content = new FormUrlEncodedContent(form);
        var answer = await http.PostAsync("https://login.microsoftonline.com/common/oauth2/token", content);
        answer.EnsureSuccessStatusCode();
        var got = JObject.Parse(await answer.Content.ReadAsStringAsync());
        row.RefreshToken = (string)got["refresh_token"];
        await db.SaveChangesAsync();
        return (string)got["access_token"];
    }
"""


@pytest.mark.parametrize(("line", "rules"), [("", []), ("row.RefreshToken = (string)got", ["PCM301"])])
def test_a_row_of_a_database_is_a_token_store(line: str, rules: list[str]) -> None:
    body = "\n".join(row for row in KEPT.split("\n") if not line or line not in row)
    csharp = f"public class Job\n{{\n    private readonly HttpClient http = new HttpClient();\n{body}}}\n"
    assert loud({"Job.cs": csharp}, "refresh-token") == rules


def test_code_beside_a_line_of_data_is_read() -> None:
    lines = [
        "import axios from 'axios'",
        "export async function customers(token) {",
        "  try {",
        f"    return (await axios.get('{PARTNER}/v1/customers')).data",
        "  } catch { return [] }",
        "}",
        f"export const rows = '{'invented ' * 20_000}'",
    ]
    assert loud({"page.js": "\n".join(lines)}, "unhandled-401") == ["PCM402"]


def test_a_constructor_of_kotlin_may_stand_below_its_class() -> None:
    kotlin = f"""\
class Offers
(
    private val http: OkHttpClient
)
{{
    fun list(): String? {{
        val ask = Request.Builder().url("{PARTNER}/v1/offers").build()
        return http.newCall(ask).execute().body?.string()
    }}
}}
"""
    assert [call.path for call in api_calls({"Offers.kt": kotlin})] == ["/v1/offers"]
