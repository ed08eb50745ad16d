"""From code to entries: exposure, identities, what belongs together, what is left to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import examine
from pcmfa_lint.inventory.assembly.entries import entries
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.knowledge import load_tables
from tests.helpers.repository import put

TABLES = load_tables()
APP = "11112222-3333-4444-5555-666677778888"
HEAD = "import os\nimport requests\n\n"
LOGIN = 'requests.post("https://login.microsoftonline.com/invented.example/oauth2/token", data='
API = "https://api.partnercenter.microsoft.com"


def of(root: Path, files: dict[str, str]) -> list[Entry]:
    put(root, dict(files))
    done = examine([str(root)], Settings())
    assert done.evidence is not None
    return list(entries("estate/one", done.evidence, done.report.findings, done.files, TABLES))


def token(grant: str, **fields: str) -> str:
    body = ", ".join(f'"{name}": {value}' for name, value in {"resource": f'"{API}"', **fields}.items())
    return f'{HEAD}answer = {LOGIN}{{"grant_type": "{grant}", {body}}})\ntoken = answer.json()\n'


CALL = f'''headers = {{"Authorization": "Bearer " + token["access_token"]}}
requests.get("{API}/v1/invoices", headers=headers)
'''


def test_one_integration_with_all_that_its_code_says(tmp_path: Path) -> None:
    user = {"username": '"robot@invented.example"', "password": 'os.environ["PC_PASSWORD"]', "client_id": f'"{APP}"'}
    found = of(tmp_path, {"billing/run.py": token("password", **user) + CALL})
    assert len(found) == 1
    entry = found[0]
    assert entry.flow == ("ropc",)
    assert entry.app_and_user is True
    assert entry.accounts == ("robot@invented.example",)
    assert entry.apps == (APP,)
    assert entry.tenants == ("invented.example",)
    assert entry.business == ("billing and reconciliation",)
    assert entry.app_only == "all"
    assert entry.secrets == ("password: the environment variable PC_PASSWORD (billing/run.py:4)",)
    assert (entry.exposure, entry.priority, entry.scope) == ("breaks-now", 1, "partner-center")
    assert entry.handling == "not-looked-at"
    assert entry.files == ("billing/run.py",)
    assert entry.findings


def test_a_token_for_a_retired_audience_does_not_survive(tmp_path: Path) -> None:
    code = token("client_credentials", resource='"https://graph.windows.net"') + CALL
    assert [entry.exposure for entry in of(tmp_path, {"a.py": code})] == ["breaks-now"]


def test_one_way_in_that_is_refused_is_not_outweighed_by_a_person(tmp_path: Path) -> None:
    code = f'''import msal
import requests

def token(own, scopes):
    if own:
        app = msal.ConfidentialClientApplication("{APP}", client_credential="x", authority="https://login.microsoftonline.com/t")
        return app.acquire_token_for_client(["https://graph.windows.net/.default"])
    public = msal.PublicClientApplication("{APP}", authority="https://login.microsoftonline.com/t")
    return public.acquire_token_interactive(["{API}/.default"])

def invoices(own):
    headers = {{"Authorization": "Bearer " + token(own, [])["access_token"]}}
    return requests.get("{API}/v1/invoices", headers=headers)
'''
    (entry,) = of(tmp_path, {"a.py": code})
    assert {each.exposure for each in entry.sign_ins} == {"breaks-now", "survives"}
    assert entry.exposure == "breaks-now"


VAULT = """\
from azure.identity import {credential}
from azure.keyvault.secrets import SecretClient

vault = SecretClient("https://invented.example", {credential}())
"""
RUN = f'''requests.get("{API}/v1/invoices", headers='''


@pytest.mark.parametrize("credential", ["ManagedIdentityCredential", "DefaultAzureCredential"])
def test_the_credential_that_opens_the_vault_does_not_speak_for_the_integration(
    tmp_path: Path, credential: str
) -> None:
    opened = HEAD + VAULT.format(credential=credential)
    kept = 'vault.set_secret("pc-refresh", token["refresh_token"])\n'
    exchange = token("refresh_token", refresh_token='vault.get_secret("pc-refresh").value')
    recommended = of(tmp_path / "recommended", {"a.py": opened + exchange.replace(HEAD, "") + kept + CALL})[0]
    assert (recommended.flow, recommended.exposure) == (("refresh-token",), "untested")
    assert len(recommended.sign_ins) == 2
    unseen = of(tmp_path / "unseen", {"a.py": opened + "from ours import headers\n" + RUN + "headers(vault))\n"})[0]
    assert (unseen.flow, unseen.exposure, unseen.app_and_user) == (("unknown",), "cannot-tell", None)


def test_a_silent_sign_in_is_what_it_echoes(tmp_path: Path) -> None:
    app = 'import msal\nimport requests\n\napp = msal.PublicClientApplication("x")\n'
    silent = f'token = app.acquire_token_silent(["{API}/user_impersonation"], None)\n'
    person = f'token = app.acquire_token_interactive(["{API}/user_impersonation"])\n'
    alone = of(tmp_path / "alone", {"a.py": app + silent + CALL})[0]
    assert (alone.flow, alone.exposure) == (("token-cache",), "cannot-tell")
    both = of(tmp_path / "both", {"a.py": app + silent + person + CALL})[0]
    assert (both.flow, both.exposure) == (("interactive",), "survives")


def test_a_token_that_is_handed_on_as_a_password_is_no_sign_in_of_its_own(tmp_path: Path) -> None:
    scope = "-Scopes 'https://outlook.office365.com/.default' -Tenant 'contoso.example' -ErrorAction Stop"
    code = f"""$token = New-PartnerAccessToken -ApplicationId '{APP}' -RefreshToken $env:EXCHANGE_REFRESH {scope}
$value = ConvertTo-SecureString "Bearer $($token.AccessToken)" -AsPlainText -Force
$both = New-Object System.Management.Automation.PSCredential('agent@contoso.example', $value)
New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri 'https://ps.outlook.com/?DelegatedOrg=x' `
    -Credential $both -Authentication Basic -ErrorAction Stop
"""
    (entry,) = of(tmp_path, {"mail/run.ps1": code})
    assert [each.flow for each in entry.sign_ins] == ["refresh-token"]


def test_an_app_s_token_that_no_call_is_seen_to_carry_is_not_said_to_survive(tmp_path: Path) -> None:
    unsaid = token("client_credentials", resource="WHERE").replace(HEAD, HEAD + "from ours import WHERE, headers\n")
    entry = of(tmp_path, {"a.py": unsaid + RUN + "headers())\n"})[0]
    assert (entry.flow, entry.exposure) == (("app-only",), "cannot-tell")
    assert "does not show" in entry.reason


def test_a_token_for_a_retired_audience_in_partner_code_does_not_survive(tmp_path: Path) -> None:
    code = token("client_credentials", resource='"https://graph.windows.net"')
    partner = {"a.py": code, "b.ps1": "Get-MsolPartnerContract -All\n"}
    found = of(tmp_path / "partner", partner)
    assert {entry.exposure for entry in found if "app-only" in entry.flow} == {"breaks-now"}
    assert "probably" in found[0].reason
    assert [entry.exposure for entry in of(tmp_path / "other", {"a.py": code})] == ["cannot-tell"]


def test_app_only_tokens_for_calls_that_need_a_user_are_to_be_looked_at(tmp_path: Path) -> None:
    code = token("client_credentials") + CALL.replace("/v1/invoices", "/v1/customers/x/users")
    entry = of(tmp_path, {"a.py": code})[0]
    assert (entry.exposure, entry.app_only) == ("cannot-tell", "none")
    assert "900329" in entry.reason
    undocumented = CALL.replace("/v1/invoices", "/v1/invented/x")
    assert of(tmp_path / "b", {"a.py": code + undocumented})[0].exposure == "survives"


def test_a_name_like_a_user_s_is_no_application(tmp_path: Path) -> None:
    script = """\
$secret = ConvertTo-SecureString 'Invented-Value-71' -AsPlainText -Force
$who = New-Object PSCredential('robot@invented.example', $secret)
Connect-PartnerCenter -Credential $who -TenantId 'invented.example'
Get-PartnerInvoice
"""
    entry = of(tmp_path, {"a.ps1": script})[0]
    assert (entry.flow, entry.accounts, entry.exposure) == (("ropc",), ("robot@invented.example",), "breaks-now")


def test_secrets_are_told_with_where_they_are_looked_up(tmp_path: Path) -> None:
    vault = 'client.get_secret("pc-refresh").value'
    head = "from azure.keyvault.secrets import SecretClient\nclient = SecretClient(URL, CREDENTIAL)\n"
    code = token("refresh_token", refresh_token=vault).replace(HEAD, HEAD + head)
    assert of(tmp_path, {"a.py": code + CALL})[0].secrets == (
        "refresh token: the secret 'pc-refresh' of a secret store (a.py:6)",
    )


def test_identities_that_the_code_holds_elsewhere(tmp_path: Path) -> None:
    code = token("client_credentials", client_id='os.environ["PC_APP"]', client_secret='os.environ["PC_SECRET"]')
    entry = of(tmp_path, {"a.py": code + CALL, ".env": f"PC_APP={APP}\nPC_SECRET=\n"})[0]
    assert entry.apps == (APP,)
    assert entry.exposure == "survives"
    entry = of(tmp_path / "other", {"a.py": code + CALL})[0]
    assert entry.apps == ("the environment variable PC_APP",)


@pytest.mark.parametrize("value", ["not an id", "00000000-0000-0000-0000-000000000000", "Inv3nted!value"])
def test_no_value_is_shown_that_is_not_shaped_like_an_identity(tmp_path: Path, value: str) -> None:
    user = {"username": f'"{value}"', "password": f'"{value}"', "client_id": f'"{value}"'}
    for entry in of(tmp_path, {"a.py": token("password", **user) + CALL}):
        assert value not in repr(entry)


def test_calls_to_a_retired_host_do_not_survive_however_they_sign_in(tmp_path: Path) -> None:
    call = CALL.replace(API, "https://api.cp.microsoft.com")
    entry = of(tmp_path, {"a.py": token("client_credentials") + call})[0]
    assert (entry.exposure, entry.app_and_user) == ("breaks-now", False)
    assert entry.sign_ins[0].retired_host
    assert of(tmp_path / "live", {"a.py": token("client_credentials") + CALL})[0].exposure == "survives"


def test_calls_to_the_partner_api_need_a_token_for_it(tmp_path: Path) -> None:
    call = 'import requests\nrequests.get("https://api.partner.microsoft.com/v1.0/engagements/referrals")\n'
    assert of(tmp_path, {"a.py": call})[0].audience == ("partner-api",)


def test_a_sign_in_elsewhere_is_none_of_ours(tmp_path: Path) -> None:
    other = HEAD + 'requests.post("https://sso.invented.example/token", data={"grant_type": "password"})\n'
    found = of(tmp_path, {"a.py": token("client_credentials") + CALL, "b.py": other})
    assert [entry.files for entry in found] == [("a.py",)]


def test_scripts_that_sign_in_apart_are_apart_and_modules_of_one_project_are_one(tmp_path: Path) -> None:
    script = token("client_credentials") + CALL
    assert len(of(tmp_path / "scripts", {"a.py": script, "b.py": script})) == 2
    call = f'import requests\n\n\ndef {{0}}(token):\n    return requests.get("{API}/v1/{{0}}", headers=token).json()\n'
    modules = {f"pkg/{name}.py": call.replace("{0}", name) for name in ("invoices", "orders")}
    assert len(of(tmp_path / "plain", modules)) == 2
    whole = of(tmp_path / "project", {**modules, "pyproject.toml": ""})
    assert [entry.files for entry in whole] == [("pkg/invoices.py", "pkg/orders.py")]
    assert whole[0].business == ("billing and reconciliation", "provisioning and ordering")
    signed = of(tmp_path / "signed", {**modules, "pyproject.toml": "", "pkg/auth.py": token("client_credentials")})
    assert [(entry.calls, entry.flow) for entry in signed] == [(2, ("app-only",))]


def test_projects_that_sign_in_apart_are_apart(tmp_path: Path) -> None:
    script = token("client_credentials") + CALL
    files = {"a/pyproject.toml": "", "a/run.py": script, "b/pyproject.toml": "", "b/run.py": script}
    assert len(of(tmp_path, files)) == 2


def test_what_names_partner_center_and_cannot_be_followed_is_left_to_a_person(tmp_path: Path) -> None:
    found = of(tmp_path, {"settings.py": f'ADDRESS = "{API}"\n'})
    assert [(entry.exposure, entry.flow, entry.priority) for entry in found] == [("cannot-tell", ("unknown",), 3)]
    assert "review these files" in found[0].reason


def test_ids_are_stable_and_no_number_for_a_spreadsheet(tmp_path: Path) -> None:
    first = of(tmp_path, {"a.py": token("client_credentials") + CALL})
    again = of(tmp_path, {"a.py": "# a line\n" + token("password", username='"x"') + CALL})
    assert [entry.id for entry in first] == [entry.id for entry in again]
    assert first[0].id.startswith("pc-")


def test_a_script_that_only_a_pattern_sees_is_an_integration(tmp_path: Path) -> None:
    line = "curl https://login.microsoftonline.com/invented.example/oauth2/token -d grant_type=password"
    found = of(tmp_path, {"nightly.sh": f"{line} -d resource={API}\n"})
    assert [(entry.flow, entry.audience, entry.exposure) for entry in found] == [
        (("ropc",), ("partner-center",), "breaks-now")
    ]
    assert found[0].findings


FUNCTION = f"""import requests


def {{0}}(token):
    return requests.get("{API}/v1/{{0}}", headers=token).json()
"""


def test_a_row_is_named_by_its_program_and_not_by_a_test(tmp_path: Path) -> None:
    project = {
        "pyproject.toml": "",
        "app/auth.py": token("client_credentials"),
        "app/invoices.py": FUNCTION.format("invoices"),
    }
    tests = {"tests/test_a.py": token("password", username='"x"') + CALL, "app/a_test.py": FUNCTION.format("orders")}
    found = of(tmp_path, {**project, **tests})
    assert [(entry.at.path, entry.flow) for entry in found] == [("app/auth.py", ("app-only", "ropc"))]
    assert found[0].at.path in found[0].files
    alone = of(tmp_path / "alone", {"tests/test_a.py": tests["tests/test_a.py"]})
    assert [entry.at.path for entry in alone] == ["tests/test_a.py"]


def test_tests_that_sign_in_nowhere_are_no_row_of_their_own(tmp_path: Path) -> None:
    files = {"a.py": token("client_credentials") + CALL, "tests/test_orders.py": FUNCTION.format("orders")}
    assert [entry.at.path for entry in of(tmp_path, files)] == ["a.py"]


def test_what_is_missing_of_a_flow_that_is_not_known_is_said(tmp_path: Path) -> None:
    library = of(tmp_path / "library", {"client.py": FUNCTION.format("orders")})[0]
    assert (library.flow, library.sign_ins[-1].case) == (("unknown",), "unseen-nobody-asks")
    files = {"client.py": FUNCTION.format("orders"), "job.py": token("client_credentials") + CALL}
    beside = {entry.at.path: entry.sign_ins[-1].case for entry in of(tmp_path / "beside", files)}
    assert beside == {"client.py": "unseen-others-ask", "job.py": "app-only"}
    given = token("WHICH").replace('"WHICH"', "WHICH").replace(HEAD, HEAD + "from ours import WHICH\n")
    asked = of(tmp_path / "given", {"job.py": given + CALL})[0]
    assert asked.flow == ("unknown",)
    assert "the grant_type" in asked.reason


def test_what_only_opens_a_vault_does_not_keep_a_module_from_its_project(tmp_path: Path) -> None:
    module = VAULT.format(credential="DefaultAzureCredential") + FUNCTION.format("orders")
    files = {"pyproject.toml": "", "app/auth.py": token("client_credentials"), "app/orders.py": module}
    assert [(entry.at.path, entry.flow) for entry in of(tmp_path, files)] == [("app/auth.py", ("app-only",))]


def test_names_of_partner_center_in_code_that_has_a_row_make_no_other(tmp_path: Path) -> None:
    script = "Connect-ExchangeOnline\nGet-MsolPartnerContract -All\n"
    found = of(tmp_path, {"a.ps1": script, "data/hosts.json": f'{{"address": "{API}"}}\n'})
    assert [entry.at.path for entry in found] == ["a.ps1"]


def test_no_two_rows_share_a_file(tmp_path: Path) -> None:
    files = {f"{name}.py": token("client_credentials") + CALL for name in "abc"}
    files |= {
        "lib.py": FUNCTION.format("orders"),
        "run.py": "from lib import orders\nfrom a import token\norders(token)\n",
    }
    found = [file for entry in of(tmp_path, files) for file in entry.files]
    assert len(found) == len(set(found))


def test_a_password_in_a_settings_file_belongs_to_what_signs_in_with_it(tmp_path: Path) -> None:
    user = {"username": '"robot@invented.example"', "password": 'os.environ["PC_PASSWORD"]', "client_id": f'"{APP}"'}
    files = {"billing/run.py": token("password", **user) + CALL, ".env": "PC_PASSWORD=Invented-Passw0rd-1\n"}
    put(tmp_path, dict(files))
    done = examine([str(tmp_path)], Settings())
    assert done.evidence is not None
    in_settings = {each.fingerprint for each in done.report.findings if each.place.path == ".env"}
    (entry,) = entries("estate/one", done.evidence, done.report.findings, done.files, TABLES)
    assert in_settings
    assert in_settings <= set(entry.findings)


def test_a_variable_is_looked_up_in_the_settings_of_its_own_project(tmp_path: Path) -> None:
    user = {"username": 'os.environ["PC_USER"]', "password": 'os.environ["PC_PASSWORD"]'}
    code = token("password", **user) + CALL
    files = {f"{name}/src/run.py": code for name in ("east", "west")}
    files |= {f"{name}/.env": f"PC_USER=robot@{name}.example\n" for name in ("east", "west")}
    accounts = {entry.at.path.partition("/")[0]: entry.accounts for entry in of(tmp_path, files)}
    assert accounts == {"east": ("robot@east.example",), "west": ("robot@west.example",)}


FAILING = 'headers = {"Authorization": "Bearer " + token["access_token"]}\n'
HANDLED = {
    "hidden": f"""try:
    requests.get("{API}/v1/invoices", headers=headers).raise_for_status()
except Exception:
    pass
print("done")
""",
    "not-looked-at": f'rows = requests.get("{API}/v1/invoices", headers=headers).json()\n',
    "retried": f"""while True:
    answer = requests.get("{API}/v1/invoices", headers=headers)
    if answer.ok:
        break
""",
    "ends": f'requests.get("{API}/v1/invoices", headers=headers).raise_for_status()\n',
    "seen": f"""answer = requests.get("{API}/v1/invoices", headers=headers)
if answer.status_code == 401:
    raise SystemExit("refused")
answer.raise_for_status()
""",
    "told-apart": f"""answer = requests.get("{API}/v1/invoices", headers=headers)
if answer.status_code == 401 and answer.json()["code"] in ("900420", "900421"):
    raise SystemExit("refused")
answer.raise_for_status()
""",
}


@pytest.mark.parametrize("handling", HANDLED)
def test_the_worst_handling_of_a_refusal_is_said(tmp_path: Path, handling: str) -> None:
    user = {"username": '"robot@invented.example"', "password": 'os.environ["PC_PASSWORD"]', "client_id": f'"{APP}"'}
    code = token("password", **user) + FAILING + HANDLED[handling]
    assert [entry.handling for entry in of(tmp_path, {"a.py": code})] == [handling]


def test_an_answer_that_nobody_looks_at_is_worse_than_that_it_is_asked_for_again(tmp_path: Path) -> None:
    user = {"username": '"robot@invented.example"', "password": 'os.environ["PC_PASSWORD"]', "client_id": f'"{APP}"'}
    session = f"""from urllib3.util import Retry
from requests.adapters import HTTPAdapter
session = requests.Session()
session.mount("https://", HTTPAdapter(max_retries=Retry(4, status_forcelist=[401, 503], raise_on_status=False)))
rows = session.get("{API}/v1/invoices", headers=headers).json()
"""
    code = token("password", **user) + FAILING + session
    assert [entry.handling for entry in of(tmp_path, {"a.py": code})] == ["not-looked-at"]


def test_the_tenant_beside_a_cloud_is_seen(tmp_path: Path) -> None:
    code = """
using Microsoft.Identity.Client;
class Sync {
    public async Task<string> Token(string password) {
        var app = PublicClientApplicationBuilder.Create("11112222-3333-4444-5555-666677778888")
            .WithAuthority(AzureCloudInstance.AzurePublic, "invented.example").Build();
        var scopes = new[] { "https://api.partnercenter.microsoft.com/user_impersonation" };
        var user = "robot@invented.example";
        var answer = await app.AcquireTokenByUsernamePassword(scopes, user, password).ExecuteAsync();
        return answer.AccessToken;
    }
}
"""
    assert [entry.tenants for entry in of(tmp_path, {"Sync.cs": code})] == [("invented.example",)]


SHARED = f"""{HEAD}
def token(secret, resource):
    body = {{"grant_type": "refresh_token", "refresh_token": secret, "resource": resource}}
    return requests.post("https://login.microsoftonline.com/invented.example/oauth2/token", data=body).json()

def run(vault):
    secret = vault.get_secret("partner-token").value
    partner = token(secret, "{API}")
    requests.get("{API}/v1/invoices", headers={{"Authorization": "Bearer " + partner["access_token"]}})
"""


def test_a_place_that_asks_for_several_services_is_judged_by_all_of_them(tmp_path: Path) -> None:
    code = (
        SHARED
        + '    directory = token(secret, "https://graph.microsoft.com")\n    old = token(secret, "https://graph.windows.net")\n'
    )
    (entry,) = of(tmp_path, {"a.py": code})
    assert entry.audience == ("companion", "partner-center")
    assert sorted(each.api for each in entry.sign_ins) == ["Azure AD Graph", "Microsoft Graph", "Partner Center"]
    assert {each.flow for each in entry.sign_ins} == {"refresh-token"}
    assert entry.exposure == "breaks-now"
    assert {"Microsoft Graph", "Partner Center"} < set(entry.apis)


def test_a_caller_that_does_not_say_the_service_adds_none(tmp_path: Path) -> None:
    (entry,) = of(tmp_path, {"a.py": SHARED + "    other = token(secret, resource=None)\n"})
    assert [(each.flow, each.api) for each in entry.sign_ins] == [("refresh-token", "Partner Center")]


PSSESSION = """$pair = New-Object System.Management.Automation.PSCredential('agent@invented.example', $secret)
New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri {0} -Credential $pair {1}
$partner = Get-MsolPartnerContract
"""


@pytest.mark.parametrize(
    ("uri", "flow", "exposure"),
    [
        ("https://outlook.office365.com/powershell-liveid/", "basic", "breaks-now"),
        ("https://ps.compliance.protection.outlook.com/powershell-liveid/", "basic", "breaks-now"),
        ("$uri", "basic", "cannot-tell"),
    ],
)
def test_a_remote_session_with_a_password_is_no_password_grant(
    tmp_path: Path, uri: str, flow: str, exposure: str
) -> None:
    (entry,) = of(tmp_path, {"a.ps1": PSSESSION.format(uri, "-Authentication Basic -AllowRedirection")})
    assert (entry.flow, entry.exposure) == ((flow,), exposure)
    assert "Connect-ExchangeOnline" in entry.remedy
