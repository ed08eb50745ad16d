"""Evidence that belongs together is one integration, and what shares only a helper is not."""

from __future__ import annotations

from pcmfa_lint.evidence.model import ApiCall, Integration
from tests.helpers.code import api_calls, evidence

LOGIN = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
PARTNER = "https://api.partnercenter.microsoft.com"
SERVICE = f"""\
import requests

body = {{"grant_type": "client_credentials", "resource": "{PARTNER}", "client_secret": secret}}
answer = requests.post("{LOGIN}", data=body)
answer.raise_for_status()
requests.get("{PARTNER}/v1/invoices", headers={{"Authorization": "Bearer " + answer.json()["access_token"]}}).json()
"""
RUNBOOK = f"""\
$body = @{{ grant_type = 'password'; resource = '{PARTNER}' }}
$body += @{{ username = 'svc@contoso.com'; password = $env:PC_PASSWORD }}
$token = Invoke-RestMethod -Method Post -Uri '{LOGIN}' -Body $body -ErrorAction Stop
Invoke-RestMethod -Uri '{PARTNER}/v1/customers' -Headers @{{ Authorization = "Bearer $($token.access_token)" }}
"""


def integrations(files: dict[str, str]) -> list[Integration]:
    return [item for item in evidence(files).items if isinstance(item, Integration)]


def test_an_app_only_service_and_a_password_runbook_are_two() -> None:
    files = {"service/main.py": SERVICE, "runbooks/nightly.ps1": RUNBOOK}
    runbook, service = integrations(files)
    assert (service.flow, service.app_and_user, service.roots) == (("app-only",), False, ("service/main.py",))
    assert (runbook.flow, runbook.app_and_user, runbook.secrets) == (("ropc",), True, ("environment",))
    assert {call.app_only for call in evidence(files).items if isinstance(call, ApiCall)} == {True, False}


def test_programs_that_ask_at_the_same_place_are_one() -> None:
    auth = f"""\
import requests


def token():
    body = {{"grant_type": "password", "resource": "{PARTNER}", "username": user, "password": password}}
    return requests.post("{LOGIN}", data=body).json()["access_token"]
"""
    job = f"""\
import requests
from auth import token

requests.get("{PARTNER}/v1/customers", headers={{"Authorization": "Bearer " + token()}}).raise_for_status()
"""
    (one,) = integrations({"auth.py": auth, "first.py": job, "second.py": job})
    assert (one.roots, one.calls) == (("first.py", "second.py"), 2)


def test_a_helper_for_all_requests_joins_nothing() -> None:
    helper = "function Send-It($Uri, $Body, $Headers) { Invoke-RestMethod -Uri $Uri -Body $Body -Headers $Headers }\n"
    job = f"""\
$token = Send-It '{LOGIN}' @{{ grant_type = 'GRANT'; resource = '{PARTNER}'; client_secret = $secret }}
Send-It '{PARTNER}/v1/customers' $null @{{ Authorization = "Bearer $($token.access_token)" }}
"""
    files = {
        "send.ps1": helper,
        "a.ps1": ". ./send.ps1\n" + job.replace("GRANT", "client_credentials"),
        "b.ps1": ". ./send.ps1\n" + job.replace("GRANT", "password"),
    }
    assert [(one.roots, one.flow) for one in integrations(files)] == [
        (("a.ps1",), ("app-only",)),
        (("b.ps1",), ("ropc",)),
    ]


def test_what_an_integration_has_for_the_day_it_is_refused() -> None:
    probe = RUNBOOK.replace("Authorization =", "ValidateMfa = 'true'; Authorization =")
    (one,) = integrations({"a.ps1": probe})
    assert one.probes and not one.knows_code
    (other,) = integrations({"a.ps1": RUNBOOK + "if ($code -eq '900421') { throw 'no MFA claim' }\n"})
    assert other.knows_code and not other.probes


def test_what_opens_the_vault_does_not_speak_for_the_integration() -> None:
    runbook = f"""\
Connect-AzAccount -Identity
$stored = Get-AzKeyVaultSecret -VaultName pc -Name refresh -AsPlainText
$body = @{{ grant_type = 'refresh_token'; resource = '{PARTNER}'; refresh_token = $stored }}
$token = Invoke-RestMethod -Method Post -Uri '{LOGIN}' -Body $body -ErrorAction Stop
Set-AzKeyVaultSecret -VaultName pc -Name refresh -SecretValue $token.refresh_token
Invoke-RestMethod -Uri '{PARTNER}/v1/customers' -Headers @{{ Authorization = "Bearer $($token.access_token)" }}
"""
    (one,) = integrations({"runbooks/nightly.ps1": runbook})
    assert (one.at.span.line, one.flow, one.app_and_user) == (4, ("refresh-token",), True)


NESTED = {
    "Calls.cs": """using System.Net.Http;
namespace Contoso {
    public static class Invoice {
        public static string Read(HttpClient client, string token) {
            var request = new HttpRequestMessage(HttpMethod.Get, "https://api.partnercenter.microsoft.com/v1/invoices");
            request.Headers.Add("Authorization", "Bearer " + token);
            return client.SendAsync(request).Result.Content.ReadAsStringAsync().Result;
        }
    }
}
""",
    "Events.cs": """namespace Contoso {
    public static class Events {
        public static class Invoice { public const string Ready = "ready"; }
    }
}
""",
    "Program.cs": """using System.Net.Http;
using Microsoft.Identity.Client;
namespace Contoso {
    public static class Program {
        public static void Main() {
            var app = ConfidentialClientApplicationBuilder.Create("11112222-3333-4444-5555-666677778888").Build();
            var scopes = new[] { "https://api.partnercenter.microsoft.com/.default" };
            var answer = app.AcquireTokenForClient(scopes).ExecuteAsync().Result;
            Invoice.Read(new HttpClient(), answer.AccessToken);
        }
    }
}
""",
}


def test_a_class_is_not_taken_for_the_member_of_another_that_has_its_name() -> None:
    (call,) = api_calls(NESTED)
    assert call.tokens == ("app-only",)
