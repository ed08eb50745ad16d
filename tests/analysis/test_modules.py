"""Modules that export values: whatever way one is exported and imported, the value arrives."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, stored_secrets, token_requests

URL = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
SEND = f"""
async function token(password) {{
  const body = new URLSearchParams({{
    grant_type: "password",
    resource: "https://api.partnercenter.microsoft.com",
    username: "svc@contoso.com",
    password,
  }});
  return (await fetch("{URL}", {{ method: "POST", body }})).json();
}}
"""
CALL = '"Invented-Value-71");\n'

FORMS = {
    "named-export": ("export " + SEND.lstrip(), "import { token } from './auth';\ntoken("),
    "renamed": (SEND + "export { token as sign };\n", "import { sign as enter } from './auth';\nenter("),
    "default": (SEND + "export default token;\n", "import anything from './auth';\nanything("),
    "default-by-name": (SEND + "export { token as default };\n", "import anything from './auth';\nanything("),
    "whole-module": ("export " + SEND.lstrip(), "import * as auth from './auth';\nauth.token("),
    "late": ("export " + SEND.lstrip(), "const { token } = await import('./auth');\ntoken("),
    "common-object": (SEND + "module.exports = { token };\n", "const auth = require('./auth');\nauth.token("),
    "common-taken-apart": (SEND + "exports.token = token;\n", "const { token: t } = require('./auth');\nt("),
    "common-function": (SEND + "module.exports = token;\n", "const t = require('./auth');\nt("),
    "common-in-place": (SEND + "module.exports.sign = token;\n", "require('./auth').sign("),
    "common-imported": (SEND + "module.exports = token;\n", "import t from './auth';\nt("),
    "common-member-imported": (SEND + "module.exports = { sign: token };\n", "import { sign } from './auth';\nsign("),
    "object-of-a-class": (
        f"class Auth {{ {SEND.replace('async function ', 'async ').strip()} }}\nmodule.exports = new Auth();\n",
        "const auth = require('./auth');\nauth.token(",
    ),
}
PLACES = {
    "beside": ("auth.js", "main.js", "./auth"),
    "typescript": ("auth.ts", "main.ts", "./auth"),
    "by-its-compiled-name": ("auth.ts", "main.ts", "./auth.js"),
    "index-of-a-folder": ("auth/index.js", "main.js", "./auth"),
    "above": ("auth.js", "jobs/nightly/main.js", "../../auth"),
    "alias-of-the-root": ("src/lib/auth.ts", "src/app/main.ts", "@/lib/auth"),
    "another-case": ("lib/auth.ts", "main.ts", "./Lib/Auth"),
    "another-case-of-a-folder": ("Auth/index.js", "main.js", "./auth"),
    "alias-of-another-case": ("src/lib/Auth.ts", "src/app/main.ts", "@/lib/auth"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_value_arrives_however_it_is_exported(form: str) -> None:
    auth, call = FORMS[form]
    (request,) = token_requests({"auth.js": auth, "main.js": call + CALL})
    assert (request.flow, request.secret.kind) == (("ropc",), "literal")


@pytest.mark.parametrize("place", PLACES)
def test_a_path_means_its_file(place: str) -> None:
    auth, main, module = PLACES[place]
    call = f"import {{ token }} from '{module}';\ntoken(" + CALL
    (request,) = token_requests(
        {auth: "export " + SEND.lstrip(), main: call, "other/auth.md.ts": "export const token = 1"}
    )
    assert request.secret.kind == "literal"


def test_what_is_passed_on_by_another_file_arrives() -> None:
    files = {
        "auth.ts": "export " + SEND.lstrip(),
        "named.ts": "export { token as sign } from './auth';\n",
        "all.ts": "export * from './named';\n",
        "main.ts": "import { sign } from './all';\nsign(" + CALL,
    }
    (request,) = token_requests(files)
    assert request.secret.kind == "literal"


def test_two_modules_that_import_each_other_are_followed() -> None:
    files = {
        "a.js": SEND + "const b = require('./b');\nmodule.exports = { token };\nb.run();\n",
        "b.js": "const a = require('./a');\nmodule.exports = { run: () => a.token(" + CALL.rstrip(";\n") + " };\n",
    }
    assert {request.secret.kind for request in token_requests(files)} == {"literal"}


def test_a_package_is_not_a_file_of_the_same_name() -> None:
    files = {"auth.js": SEND + "module.exports = { token };\n", "main.js": "require('auth').token(" + CALL}
    assert stored_secrets(files) == []


def test_settings_are_imported_like_code() -> None:
    config = '{"user": "svc@contoso.com", "password": "Invented-Value-71"}'
    main = "import config from './config.json';\n" + SEND + "token(config.password);\n"
    (request,) = token_requests({"config.json": config, "main.js": main})
    assert request.secret.kind == "setting"
    assert request.secret.at is not None
    assert request.secret.at.path == "config.json"


def test_variables_of_a_scope_around_are_the_same_in_every_function() -> None:
    source = """
let token;
let used = 0;

async function login() {
  const answer = await fetch("https://login.microsoftonline.com/contoso/oauth2/token", {
    method: "POST",
    body: "grant_type=client_credentials&resource=https://api.partnercenter.microsoft.com",
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  token = (await answer.json()).access_token;
  used++;
}

async function customers() {
  await login();
  const headers = { Authorization: "Bearer " + token };
  return fetch("https://api.partnercenter.microsoft.com/v1/customers", { headers });
}
"""
    (call,) = api_calls({"a.js": source})
    assert call.tokens == ("app-only",)


def test_files_that_hand_on_each_others_names_come_to_an_end() -> None:
    files = {
        "a.ts": "export * from './b';\n" + SEND + "token(" + CALL,
        "b.ts": "export * from './a';\nexport * from './c';\n",
        "c.ts": "export * from './b';\nexport { nothing } from './a';\n",
        "main.ts": "import { nothing, anything } from './a';\nnothing(anything);\n",
    }
    (request,) = token_requests(files)
    assert request.secret.kind == "literal"


DESK = """
function Connect-Desk {{
    $body = @{{
        grant_type = 'refresh_token'; refresh_token = {token}; resource = 'https://api.partnercenter.microsoft.com'
    }}
    $url = 'https://login.microsoftonline.com/contoso.example/oauth2/token'
    $answer = Invoke-RestMethod -Method Post -Uri $url -Body $body
    {answer} = $answer.access_token
}}
"""
SEATS = """
function Get-Seat {{
    $headers = @{{ Authorization = "Bearer {answer}" }}
    Invoke-RestMethod -Uri 'https://api.partnercenter.microsoft.com/v1/customers' -Headers $headers
}}
"""


@pytest.mark.parametrize("scope", ["script:", "global:", "Script:"])
def test_the_files_of_a_powershell_module_share_their_variables(scope: str) -> None:
    files = {
        "Desk/Desk.psm1": f"${scope}Refresh = Get-Content -Path refresh.txt\n",
        "Desk/Public/Connect-Desk.ps1": DESK.format(token=f"${scope}Refresh", answer=f"${scope}Token"),
        "Desk/Private/Seats.ps1": SEATS.format(answer=f"${scope}Token"),
    }
    (request,) = token_requests(files)
    (call,) = api_calls(files)
    assert (request.secret.kind, call.tokens) == ("plain-file", ("refresh-token",))


def test_a_module_knows_what_its_root_sets_without_a_scope() -> None:
    files = {
        "Desk/Desk.psm1": "$Refresh = Get-Content -Path refresh.txt\n",
        "Desk/Public/Connect-Desk.ps1": DESK.format(token="$Refresh", answer="$script:Token"),
    }
    (request,) = token_requests(files)
    assert request.secret.kind == "plain-file"


def test_another_module_has_variables_of_its_own() -> None:
    files = {
        "Desk/Desk.psm1": "$script:Refresh = Get-Content -Path refresh.txt\n",
        "Other/Other.psm1": "",
        "Other/Connect-Desk.ps1": DESK.format(token="$script:Refresh", answer="$script:Token"),
    }
    (request,) = token_requests(files)
    assert request.secret.kind == "unknown"


AUTO = """
export const HOST = "https://api.partnercenter.microsoft.com";
export const sign = defineCachedFunction(async () => {
  const config = useRuntimeConfig();
  const body = new URLSearchParams({
    grant_type: "password", resource: HOST, username: config.account, password: config.secretWord,
  });
  const url = "https://login.microsoftonline.com/contoso.com/oauth2/token";
  return (await $fetch(url, { method: "POST", body })).access_token;
});
export const useHeaders = async () => ({ authorization: `Bearer ${await sign()}` });
"""
ROUTE = """
export default defineEventHandler(async () => {
  return await $fetch(`${HOST}/v1/customers`, { headers: await useHeaders() }).catch(() => []);
});
"""
CONFIG = """
export default defineNuxtConfig({
  runtimeConfig: { account: "svc@contoso.com", secretWord: "Invented-Value-71", public: { title: "Shop" } },
});
"""


def test_what_a_framework_imports_by_itself_is_known_by_its_name() -> None:
    files = {"server/utils/partner.ts": AUTO, "server/api/customers.get.ts": ROUTE, "nuxt.config.ts": CONFIG}
    (request,) = token_requests(files)
    assert (request.flow, request.secret.kind) == (("ropc",), "literal")
    assert request.secret.at is not None and request.secret.at.path == "nuxt.config.ts"
    (call,) = api_calls(files)
    assert (call.at.path, call.path) == ("server/api/customers.get.ts", "/v1/customers")


def test_a_name_that_two_files_have_at_their_top_is_neither() -> None:
    other = 'export const HOST = "https://contoso.com";\n'
    files = {"server/api/customers.get.ts": ROUTE, "a/utils/one.ts": AUTO, "a/utils/two.ts": other}
    (call,) = api_calls(files)  # by its token: whom it is sent to is not known
    assert (call.host, call.confidence) == ("", "likely")


def test_a_configuration_that_is_registered_holds_its_password() -> None:
    config = """
import { registerAs } from '@nestjs/config';
export default registerAs('csp', () => ({ user: 'svc@contoso.onmicrosoft.com', password: 'Invented-Value-71' }));
"""
    (secret,) = stored_secrets({"src/config/csp.config.ts": config})
    assert (secret.kind, secret.upn) == ("password", True)


IN_ANOTHER_CASE = {
    "powershell": (
        "Modules/Common.ps1",
        "function Get-Token($Password) { New-PartnerAccessToken -Credential (New-Object PSCredential('svc@contoso.com',"
        " $Password)) }\n",
        "main.ps1",
        '. "$PSScriptRoot\\modules\\COMMON.PS1"\n'
        "Get-Token (ConvertTo-SecureString 'Invented-Value-71' -AsPlainText -Force)\n",
    ),
    "powershell-module": (
        "PartnerAuth.psm1",
        "function Get-Token($Password) { New-PartnerAccessToken -Credential (New-Object PSCredential('svc@contoso.com',"
        " $Password)) }\n",
        "main.ps1",
        "Import-Module partnerauth\nGet-Token (ConvertTo-SecureString 'Invented-Value-71' -AsPlainText -Force)\n",
    ),
    "php": (
        "lib/Settings.php",
        "<?php\nreturn ['password' => 'Invented-Value-71'];\n",
        "main.php",
        "<?php\n$s = require __DIR__ . '/Lib/settings.php';\nfile_get_contents('"
        + URL
        + "', false, stream_context_create("
        "['http' => ['method' => 'POST', 'content' => http_build_query(['grant_type' => 'password', 'resource' => "
        "'https://api.partnercenter.microsoft.com', 'username' => 'svc@contoso.com', "
        "'password' => $s['password']])]]));\n",
    ),
}


@pytest.mark.parametrize("language", IN_ANOTHER_CASE)
def test_a_file_is_meant_whose_name_is_written_in_another_case(language: str) -> None:
    library, code, main, call = IN_ANOTHER_CASE[language]
    (request,) = token_requests({library: code, main: call})
    assert request.secret.kind == "literal"


def test_of_two_files_that_differ_in_case_the_one_is_meant_that_is_written() -> None:
    files = {"auth.ts": "export " + SEND.lstrip(), "Auth.ts": "export const other = 1;\n"}
    call = "import {{ token }} from './{}';\ntoken(" + CALL
    assert token_requests({**files, "main.ts": call.format("auth")})[0].secret.kind == "literal"
    assert token_requests({**files, "main.ts": call.format("AUTH")})[0].secret.kind != "literal"


@pytest.mark.parametrize("path", ["shop/settings.py", "shop/settings/__init__.py"])
def test_settings_of_a_framework_are_those_of_the_module_of_that_name(path: str) -> None:
    settings = 'PARTNER = {"USER": "svc@contoso.com", "PASSWORD": "Invented-Value-71"}\n'
    client = """
import requests
from django.conf import settings

def token():
    partner = settings.PARTNER
    body = {"grant_type": "password", "username": partner["USER"], "password": partner["PASSWORD"], "resource": "https://api.partnercenter.microsoft.com"}
    return requests.post("https://login.microsoftonline.com/contoso/oauth2/token", data=body).json()["access_token"]
"""
    (request,) = token_requests({path: settings, "billing/client.py": client})
    assert (request.secret.kind, request.secret.at.path if request.secret.at else "") == ("literal", path)
    (request,) = token_requests({"billing/client.py": client})
    assert request.secret.kind == "setting"
