"""What an entry says of its calls and secrets, in several languages: functions, what stops, where secrets come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inventory.assembly.test_entries import API, HEAD, token
from tests.inventory.assembly.test_entries import of as entries_of

WRAPPERS = {
    "a.py": HEAD
    + f"""
def call(path, token, method="GET"):
    answer = requests.request(method, "{API}/v1/" + path, headers=dict(Authorization="Bearer " + token))
    answer.raise_for_status()
    return answer.json()


def run(token):
    call("invoices", token)
    call("customers", token)
    call("customers/1/orders", token)
""",
    "a.ps1": f"""
function Invoke-Partner($Path, $Token) {{
    Invoke-RestMethod -Uri "{API}/v1/$Path" -Headers @{{ Authorization = "Bearer $Token" }}
}}
Invoke-Partner -Path 'invoices' -Token $Token
Invoke-Partner -Path 'customers' -Token $Token
Invoke-Partner -Path 'customers/1/orders' -Token $Token
""",
    "a.js": f"""
async function call(path, token) {{
  const answer = await fetch(`{API}/v1/${{path}}`, {{ headers: {{ Authorization: `Bearer ${{token}}` }} }});
  return answer.json();
}}
export async function run(token) {{
  await call('invoices', token);
  await call('customers', token);
  await call('customers/1/orders', token);
}}
""",
}
ALL = {"billing and reconciliation", "customers and onboarding", "provisioning and ordering"}


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_wrapper_has_the_functions_of_all_that_call_it(tmp_path: Path, name: str) -> None:
    found = entries_of(tmp_path, {name: WRAPPERS[name]})
    assert {business for entry in found for business in entry.business} == ALL


READS = {
    "a.py": HEAD + f'requests.get("{API}/v1/customers/1/orders", headers=HEADERS)\n',
    "a.ps1": f"Invoke-RestMethod -Uri '{API}/v1/customers/1/orders' -Headers $headers\n",
    "b.ps1": "Connect-PartnerCenter\nGet-PartnerCustomerOrder -CustomerId 1\n",
    "a.js": f"fetch('{API}/v1/customers/1/orders', {{ headers }});\n",
    "a.sh": f'curl -s -H "Authorization: Bearer $TOKEN" {API}/v1/customers/1/orders\n',
}
WRITES = {
    "a.py": HEAD + f'requests.post("{API}/v1/customers/1/orders", json=ORDER, headers=HEADERS)\n',
    "a.ps1": f"Invoke-RestMethod -Method Post -Uri '{API}/v1/customers/1/orders' -Body $order -Headers $headers\n",
    "b.ps1": "Connect-PartnerCenter\nNew-PartnerCustomerOrder -CustomerId 1\n",
    "a.js": f"fetch('{API}/v1/customers/1/orders', {{ method: 'POST', body, headers }});\n",
    "c.js": f"fetch('{API}/v1/customers/1/orders', {{ method: METHOD, body, headers }});\n",
}


@pytest.mark.parametrize("name", READS)
def test_what_only_reads_orders_stops_no_sales(tmp_path: Path, name: str) -> None:
    (entry,) = entries_of(tmp_path, {name: READS[name]})
    assert entry.only_reads == entry.business == ("provisioning and ordering",)
    assert entry.impact == ("the status of orders is missing or old", "it changes nothing in Partner Center")


@pytest.mark.parametrize("name", WRITES)
def test_what_places_orders_stops_sales(tmp_path: Path, name: str) -> None:
    (entry,) = entries_of(tmp_path, {name: WRITES[name] + READS.get(name, "").replace(HEAD, "")})
    assert (entry.business, entry.only_reads) == (("provisioning and ordering",), ())
    assert [impact.partition(":")[0] for impact in entry.impact] == ["new sales stop"]


def test_what_only_reads_is_less_urgent(tmp_path: Path) -> None:
    unsaid = "requests.{0}('" + API + "/v1/customers/1/orders', headers=HEADERS)\n"
    reading, writing = (
        entries_of(tmp_path / verb, {"a.py": HEAD + unsaid.format(verb)})[0] for verb in ("get", "post")
    )
    assert reading.priority == writing.priority + 1


SECRETS = {
    "a.py": (
        HEAD
        + f"""
def sign_in(password, secret):
    return requests.post("https://login.microsoftonline.com/x/oauth2/token", data=dict(grant_type="password",
        resource="{API}", username="u", password=password, client_secret=os.environ["PC_SECRET"]))
""",
        {"password: the parameter 'password'", "client secret: the environment variable PC_SECRET"},
    ),
    "a.ps1": (
        f"""
param([string] $RefreshToken, [string] $AppSecret)
Invoke-RestMethod -Method Post -Uri 'https://login.microsoftonline.com/x/oauth2/token' -Body @{{
    grant_type = 'refresh_token'; resource = '{API}'; refresh_token = $RefreshToken; client_secret = $env:PC_SECRET }}
""",
        {"refresh token: the parameter 'RefreshToken'", "client secret: the environment variable PC_SECRET"},
    ),
    "a.js": (
        f"""
export async function signIn(refreshToken) {{
  return fetch('https://login.microsoftonline.com/x/oauth2/token', {{ method: 'POST', body: new URLSearchParams({{
    grant_type: 'refresh_token', resource: '{API}', refresh_token: refreshToken,
    client_secret: process.env.PC_SECRET }}) }});
}}
""",
        {"refresh token: the parameter 'refreshToken'", "client secret: the environment variable PC_SECRET"},
    ),
    "b.py": (
        f"""
import msal

def sign_in(secret):
    app = msal.ConfidentialClientApplication("x", client_credential=secret)
    return app.acquire_token_for_client(scopes=["{API}/.default"])
""",
        {"client secret: the parameter 'secret'"},
    ),
    "c.py": (
        f"""
import os
import msal

app = msal.ConfidentialClientApplication("x", client_credential=os.environ["PC_SECRET"])
app.acquire_token_by_refresh_token(os.environ["PC_REFRESH"], scopes=["{API}/.default"])
""",
        {
            "refresh token: the environment variable PC_REFRESH",
            "client secret: the environment variable PC_SECRET",
        },
    ),
    "b.js": (
        f"""
const msal = require('@azure/msal-node');
const auth = {{ clientId: 'x', clientSecret: process.env.PC_SECRET }};
const app = new msal.ConfidentialClientApplication({{ auth }});
app.acquireTokenByClientCredential({{ scopes: ['{API}/.default'] }});
""",
        {"client secret: the environment variable PC_SECRET"},
    ),
    "b.ps1": (
        f"""
param([PSCredential] $Application, [string] $RefreshToken)
New-PartnerAccessToken -ApplicationId $Application.UserName -Credential $Application -RefreshToken $RefreshToken `
    -Scopes '{API}/user_impersonation' -ServicePrincipal -Tenant 'invented.example'
""",
        {"refresh token: the parameter 'RefreshToken'", "client secret: the parameter 'Application'"},
    ),
    "a.go": (
        f"""package main

import (
	"context"
	"os"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

func main() {{
	secret, _ := confidential.NewCredFromSecret(os.Getenv("PC_SECRET"))
	app, _ := confidential.New("https://login.microsoftonline.com/x", "id", secret)
	app.AcquireTokenByCredential(context.Background(), []string{{"{API}/.default"}})
}}
""",
        {"client secret: the environment variable PC_SECRET"},
    ),
    "A.cs": (
        f"""
class A {{
  async Task<string> SignIn(HttpClient http, string secret) {{
    var form = new Dictionary<string, string> {{ ["grant_type"] = "client_credentials", ["resource"] = "{API}",
      ["client_id"] = "x", ["client_secret"] = secret }};
    var body = new FormUrlEncodedContent(form);
    var answer = await http.PostAsync("https://login.microsoftonline.com/x/oauth2/token", body);
    return await answer.Content.ReadAsStringAsync();
  }}
}}
""",
        {"client secret: the parameter 'secret'"},
    ),
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_handed_in_is_one(tmp_path: Path, name: str) -> None:
    code, secrets = SECRETS[name]
    (entry,) = entries_of(tmp_path, {name: code})
    assert {secret.rpartition(" (")[0] for secret in entry.secrets} == secrets


def test_a_token_of_the_same_run_is_no_secret_that_somebody_keeps(tmp_path: Path) -> None:
    first = token("authorization_code", code="CODE")
    renewed = token("refresh_token", refresh_token='token["refresh_token"]').replace(HEAD, "")
    (entry,) = entries_of(tmp_path, {"a.py": first + renewed})
    assert entry.secrets == ()


def test_an_integration_stands_where_it_signs_in(tmp_path: Path) -> None:
    (entry,) = entries_of(
        tmp_path, {"a.py": HEAD + 'SECRET = "Invented-Value-71"\n\n' + token("password").replace(HEAD, "")}
    )
    assert (entry.at.path, entry.at.span.line) == ("a.py", 6)


def test_an_integration_stands_where_its_program_calls_what_signs_in(tmp_path: Path) -> None:
    auth = HEAD + "def sign_in():\n    " + token("password").replace(HEAD, "").splitlines()[0] + "\n    return answer\n"
    run = "from auth import sign_in\n\n\nprint(1)\nsign_in()\n"
    (entry,) = entries_of(tmp_path, {"auth.py": auth, "run.py": run})
    assert (entry.at.path, entry.at.span.line) == ("run.py", 5)
    assert [each.at.path for each in entry.sign_ins] == ["auth.py"]


@pytest.mark.parametrize(
    ("send", "way", "business"),
    [
        ('requests.get("{0}/v1/customers/1", headers=own)', "all", "customers and onboarding"),
        ('requests.post("{0}/v1/customers", headers=own, json=body)', "all", "customers and onboarding"),
        ('requests.patch("{0}/v1/customers/1", headers=own, json=body)', "none", "relationships, GDAP and consent"),
        ('requests.request("PATCH", "{0}/v1/customers/1", headers=own)', "none", "relationships, GDAP and consent"),
        ('requests.delete("{0}/v1/customers/1", headers=own)', "unknown", "customers and onboarding"),
        ('requests.request(verb, "{0}/v1/customers/1", headers=own)', "unknown", "customers and onboarding"),
        ('requests.get("{0}/v1/customers/1/qualifications", headers=own)', "all", "customers and onboarding"),
        ('requests.post("{0}/v1/customers/1/qualifications", headers=own)', "none", "customers and onboarding"),
        ('requests.post("{0}/v1/customers/1/deviceBatches", headers=own)', "none", "device deployment"),
        ('requests.get("{0}/v1/customers/1/deviceBatches", headers=own)', "all", "device deployment"),
    ],
)
def test_the_method_decides_with_the_path_which_tokens_are_taken(
    tmp_path: Path, send: str, way: str, business: str
) -> None:
    code = f"{HEAD}def run(own, body, verb):\n    {send.format(API)}\n"
    (entry,) = entries_of(tmp_path, {"a.py": code})
    assert (entry.app_only, entry.business) == (way, (business,))


REFIT = """using Refit;

public interface IAgreements
{
    [Get("/v1/partners/customeragreementrecords")]
    Task<Records> All([AliasAs("continuation_token")][Query] string token);

    [Post("/v1/CreateBulkReAttestation")]
    Task Confirm(IEnumerable<string> customers);
}

public class Program
{
    public static async Task Main(string[] args)
    {
        var client = RestService.For<IAgreements>("https://api.partnercenter.microsoft.com");
        await client.All(null);
        await client.Confirm(args);
    }
}
"""


def test_what_a_declared_client_is_for_follows_from_its_paths(tmp_path: Path) -> None:
    (entry,) = entries_of(tmp_path, {"A.cs": REFIT})
    assert entry.business == ("customers and onboarding",)
    assert entry.app_only == "unknown"
