"""Secrets by where they come from first and by who takes them at last."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud, stored_secrets, token_requests

GRANT = """
import os, requests
{before}
def token():
    body = {{
        "grant_type": "password",
        "username": "agent@contoso.example",
        "password": os.environ["PC_SECRET"],
        "resource": "https://api.partnercenter.microsoft.com",
    }}
    answer = requests.post("https://login.microsoftonline.com/contoso.example/oauth2/token", data=body, timeout=30)
    answer.raise_for_status()
    return answer.json()["access_token"]
"""
PAIR = """\
$customers = 'https://api.partnercenter.microsoft.com/v1/customers'
$secret = ConvertTo-SecureString 'Invented-Passw0rd-1' -AsPlainText -Force
$pair = New-Object System.Management.Automation.PSCredential('agent@contoso.example', $secret)
{used}
"""


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ('os.environ["PC_SECRET"] = "Invented-Passw0rd-1"', ["literal"]),
        ('os.environ["PC_OTHER"] = "Invented-Passw0rd-1"', ["environment"]),
        ('from vault import client\nos.environ["PC_SECRET"] = client.fetch()', ["environment"]),
    ],
)
def test_what_a_program_puts_into_its_environment_keeps_its_origin(before: str, kind: list[str]) -> None:
    secrets = stored_secrets({"a.py": GRANT.format(before=before)})
    assert [secret.origin.kind for secret in secrets] == kind


@pytest.mark.parametrize("start", ["$null", "''", "'<refresh token>'"])
def test_a_start_value_is_no_stored_token(start: str) -> None:
    text = f"""
$refresh = {start}
$first = Invoke-RestMethod -Method Post -Uri "https://login.microsoftonline.com/$tenant/oauth2/v2.0/token" -Body @{{
    grant_type = 'urn:ietf:params:oauth:grant-type:device_code'; device_code = $code }}
if ($first) {{ $refresh = $first.refresh_token }}
Invoke-RestMethod -Method Post -Uri "https://login.microsoftonline.com/$tenant/oauth2/v2.0/token" -Body @{{
    grant_type = 'refresh_token'; refresh_token = $refresh; resource = 'https://api.partnercenter.microsoft.com' }}
"""
    kinds = [request.secret.kind for request in token_requests({"a.ps1": text}) if "refresh-token" in request.flow]
    assert kinds == ["placeholder" if "<" in start else "session"]


@pytest.mark.parametrize(
    "used",
    [
        "Connect-TicketDesk -Key $key -Credential $pair",
        "Connect-VIServer -Server vc.contoso.example -Credential $pair",
        "New-PSDrive -Name Z -PSProvider FileSystem -Root $share -Credential $pair",
        "Send-MailMessage -SmtpServer mail.contoso.example -To $to -Credential $pair",
        "Invoke-RestMethod -Uri https://tickets.contoso.example/api -Credential $pair -ErrorAction Stop",
        "Enter-PSSession -ComputerName dc1.contoso.example -Credential $pair",
    ],
)
def test_a_credential_of_another_product_is_nobodys_here(used: str) -> None:
    assert loud({"a.ps1": PAIR.format(used=used)}, "stored-credential") == []


@pytest.mark.parametrize(
    "used", ["", "Connect-Tenant -Credential $pair", "Connect-Office365Services -Credential $pair"]
)
def test_a_credential_for_what_may_be_anything_is_reported(used: str) -> None:
    assert loud({"a.ps1": PAIR.format(used=used)}, "stored-credential") == ["PCM110"]


def test_a_credential_that_also_signs_in_to_microsoft_is_reported() -> None:
    used = "Connect-TicketDesk -Credential $pair\nConnect-ExchangeOnline -Credential $pair -ErrorAction Stop"
    assert loud({"a.ps1": PAIR.format(used=used)}, "stored-credential") == ["PCM101"]


FIELDS = """
import os, requests

def token(vault):
    body = {{
        "grant_type": os.environ["PC_GRANT"],
        {fields},
        "resource": "https://api.partnercenter.microsoft.com",
    }}
    answer = requests.post("https://login.microsoftonline.com/contoso.example/oauth2/token", data=body, timeout=30)
    answer.raise_for_status()
    return answer.json()
"""


@pytest.mark.parametrize(
    ("fields", "flow"),
    [
        ('"username": user(), "password": secret()', "ropc"),
        ('"client_id": app(), "refresh_token": vault.load()', "refresh-token"),
        ('"client_id": app(), "client_secret": secret()', "unknown"),
        ('"client_id": app(), "code": code(), "refresh_token": vault.load()', "unknown"),
    ],
)
def test_a_grant_that_is_a_setting_is_told_by_the_other_fields(fields: str, flow: str) -> None:
    (request,) = token_requests({"a.py": FIELDS.format(fields=fields)})
    assert (request.flow, request.confidence) == ((flow,), "likely")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ('Path("key.bin").read_bytes()', "encrypted-with-key-beside"),
        ('b"invented-key"', "encrypted-with-key-beside"),
        ("elsewhere.key()", "unknown"),
        ("getpass.getpass()", "prompt"),
    ],
)
def test_a_decrypted_secret_lies_where_its_key_lies(key: str, kind: str) -> None:
    before = f"""
import getpass, elsewhere
from pathlib import Path
from cryptography.fernet import Fernet
os.environ["PC_SECRET"] = Fernet({key}).decrypt(Path("password.bin").read_bytes())
"""
    (request,) = token_requests({"a.py": GRANT.format(before=before)})
    assert request.secret.kind == kind


@pytest.mark.parametrize(
    ("sealed", "key", "kind"),
    [
        ('Path("password.bin").read_bytes()', 'os.environ["SEAL"]', "encrypted-with-key-beside"),
        ("elsewhere.sealed()", 'os.environ["SEAL"]', "unknown"),
        ('database.execute("SELECT sealed FROM accounts").fetchone()[0]', 'os.environ["SEAL"]', "database"),
        ('database.execute("SELECT sealed FROM accounts").fetchone()[0]', 'Path("key.bin").read_bytes()', "database"),
    ],
)
def test_a_decrypted_secret_is_no_worse_kept_than_one_in_plain_text(sealed: str, key: str, kind: str) -> None:
    before = f"""
import elsewhere, sqlite3
from pathlib import Path
from cryptography.fernet import Fernet
database = sqlite3.connect("accounts.db")
os.environ["PC_SECRET"] = Fernet({key}).decrypt({sealed})
"""
    (request,) = token_requests({"a.py": GRANT.format(before=before)})
    assert request.secret.kind == kind


def test_a_password_under_two_names_is_one_that_is_stored() -> None:
    code = (
        'import requests\n\nuser = "agent@contoso.example"\npassword = "Invented-Passw0rd-1"\n'
        "user_password = password\n"
        'requests.get("https://api.partnercenter.microsoft.com/v1/customers").raise_for_status()\n'
    )
    (secret,) = stored_secrets({"a.py": code})
    assert (secret.at.span.line, secret.feeds) == (4, "")


CONFIGURATIONS = {
    "php": (
        "config/partner.php",
        "<?php\nreturn ['@@' => ['login' => 'csp@contoso.onmicrosoft.com', "
        "'password' => env('PC_PASSWORD', 'Invented!Laub82')]];\n",
    ),
    "js": (
        "config.js",
        "module.exports = { @@: { user: 'csp@contoso.onmicrosoft.com', password: 'Invented!Laub82' } };\n",
    ),
    "py": ("conf.py", "ACCOUNTS = {'@@': {'user': 'csp@contoso.onmicrosoft.com', 'password': 'Invented!Laub82'}}\n"),
}


@pytest.mark.parametrize("language", CONFIGURATIONS)
def test_a_password_in_a_configuration_that_is_code(language: str) -> None:
    path, code = CONFIGURATIONS[language]
    partner = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}
    assert loud({**partner, path: code.replace("@@", "account")}) == ["PCM110"]
    assert loud({**partner, path: code.replace("@@", "smtp")}) == []
    elsewhere = code.replace("contoso.onmicrosoft.com", "contoso.com").replace("@@", "account")
    assert loud({**partner, path: elsewhere}) == []


@pytest.mark.parametrize(
    "used",
    [
        "Invoke-Command -ComputerName rack01 -Credential $pair -ScriptBlock { Get-Service }",
        "Invoke-Command -VMName rack02 -Credential $pair { Get-Service }",
    ],
)
def test_a_credential_for_a_computer_is_no_partners(used: str) -> None:
    assert loud({"a.ps1": PAIR.format(used=used)}, "stored-credential") == []


def test_a_credential_that_signs_in_on_another_computer_is() -> None:
    used = "Invoke-Command -ComputerName rack01 { param($p) Connect-MsolService -Credential $p } -ArgumentList $pair"
    assert "PCM101" in loud({"a.ps1": PAIR.format(used=used)}, "stored-credential")


JAVA = """
@Component
class Anmeldung {
    @Value("${partner.user}") String user;
    @Value("${partner.password}") String password;
    void run() throws Exception {
        PublicClientApplication app = PublicClientApplication.builder("client").build();
        Set<String> scopes = Set.of("https://api.partnercenter.microsoft.com/.default");
        app.acquireToken(UserNamePasswordParameters.builder(scopes, user, password.toCharArray()).build()).get();
    }
}
"""
YAML = "partner:\n  user: agent@contoso.example\n  password: {}\n"


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("${PARTNER_PASSWORD}", ["PCM102"]),  # the variable does not protect it
        ("${PARTNER_PASSWORD:?missing}", ["PCM102"]),
        ("${PARTNER_PASSWORD:Invented-Passw0rd-1}", ["PCM106"]),  # the value stands there for where no variable is
        ("${partner.secret:Invented-Passw0rd-1}", ["PCM106"]),
        ("${PARTNER_PASSWORD:changeme}", ["PCM102"]),
        ("${vault.partner-password}", []),
    ],
)
def test_a_setting_that_points_to_a_variable_is_that_variable(value: str, rules: list[str]) -> None:
    files = {"A.java": JAVA, "src/main/resources/application.yml": YAML.format(value)}
    assert loud(files, "stored-credential") == rules


def test_what_a_container_hands_on_from_its_environment_is_in_the_environment() -> None:
    service = 'services:\n  job:\n    environment:\n      PC_SECRET: "{}"\n'
    kinds = {
        "${PC_SECRET}": "environment",
        "${PC_SECRET:-Invented-Passw0rd-1}": "setting",
    }
    for value, kind in kinds.items():
        files = {"a.py": GRANT.format(before=""), "docker-compose.yml": service.format(value)}
        assert {request.secret.kind for request in token_requests(files)} == {kind}


def test_one_password_is_one_finding_once_it_is_known_where_it_signs_in() -> None:
    files = {"docker-compose.yml": "services:\n  job:\n    environment:\n      PC_SECRET: Invented-Passw0rd-1\n"}
    assert loud({"a.py": GRANT.format(before=""), **files}, "stored-credential") == ["PCM106"]


FILE = """
class Entra(val file: File) {
    val http = HttpClient(CIO)
    suspend fun token(): String {
        val tokens: Tokens = http.submitForm("https://login.microsoftonline.com/contoso/oauth2/v2.0/token", parameters {
            append("grant_type", "refresh_token")
            append("refresh_token", file.readText().trim())
            append("scope", "https://api.partnercenter.microsoft.com/.default")
        }).body()
        return tokens.access_token
    }
}
suspend fun main() {
    println(Entra(File("/var/lib/partner/grant")).token())
}
"""


def test_a_file_is_read_where_its_text_is_asked_for() -> None:
    (secret,) = stored_secrets({"a.kt": FILE})
    assert secret.at.span.line == 7
    assert (secret.origin.kind, secret.origin.name) == ("plain-file", "/var/lib/partner/grant")


@pytest.mark.parametrize(
    "value", ["%env(PARTNER_PASSWORD)%", "%env(resolve:PARTNER_PASSWORD)%", "${env:PARTNER_PASSWORD}"]
)
def test_a_reference_to_a_variable_is_no_password(value: str) -> None:
    settings = f"parameters:\n  partner.user: agent@contoso.onmicrosoft.com\n  partner.password: '{value}'\n"
    assert loud({"config/services.yaml": settings}, "stored-credential") == []


MAIL = {
    "Mail.java": "class Mail { void go() { Session.getInstance(p, new Authenticator() {"
    " protected PasswordAuthentication getPasswordAuthentication() { return new PasswordAuthentication(%s); } }); } }",
    "Mail.kt": "val mail = Session.getInstance(p, object : Authenticator() {"
    " override fun getPasswordAuthentication() = PasswordAuthentication(%s) })",
    "Mail.groovy": "def mail = Session.getInstance(p, new Authenticator() {"
    " protected PasswordAuthentication getPasswordAuthentication() { new PasswordAuthentication(%s) } })",
}


@pytest.mark.parametrize("path", MAIL)
def test_a_password_for_mail_or_a_proxy_is_no_sign_in(path: str) -> None:
    code = MAIL[path] % '"reports@contoso.onmicrosoft.com", "Invented-Secret-1"'
    assert loud({"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n', path: code}) == []
