"""A request whose host nobody can see is sent to Partner Center if the token that it carries is for Partner Center."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

CODE = {
    "a.py": """
import os, requests
def token(scope):
    form = {"grant_type": "refresh_token", "refresh_token": os.environ["RT"], "scope": scope}
    r = requests.post("https://login.microsoftonline.com/contoso/oauth2/v2.0/token", data=form)
    r.raise_for_status()
    return r.json()["access_token"]
def rows():
    head = {"Authorization": "Bearer " + token("SCOPE")}
    return requests.get(PLACE, headers=head).json().get("items", [])
""",
    "a.js": """
async function token(scope) {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: process.env.RT, scope });
  const r = await fetch("https://login.microsoftonline.com/contoso/oauth2/v2.0/token", { method: "POST", body });
  if (!r.ok) throw new Error(r.status);
  return (await r.json()).access_token;
}
async function rows() {
  const r = await fetch(PLACE, { headers: { Authorization: `Bearer ${await token("SCOPE")}` } });
  return (await r.json()).items || [];
}
""",
    "a.ps1": """
function Get-Token($Scope) {
  $form = @{ grant_type = 'refresh_token'; refresh_token = $env:RT; scope = $Scope }
  $login = 'https://login.microsoftonline.com/contoso/oauth2/v2.0/token'
  (Invoke-RestMethod -Method Post -Uri $login -Body $form -ErrorAction Stop).access_token
}
try { $rows = Invoke-RestMethod (PLACE) -Headers @{ Authorization = "Bearer $(Get-Token 'SCOPE')" } } catch { }
$rows.items | Export-Csv rows.csv
""",
    "a.rb": """
require 'oauth2'
client = OAuth2::Client.new(ENV['ID'], ENV['SECRET'], site: ENV['SITE'], token_url: 'https://login.microsoftonline.com/c')
token = client.password.get_token(ENV['U'], ENV['P'], resource: 'SCOPE')
begin
  rows = token.get(PLACE).parsed['items']
rescue OAuth2::Error
  rows = []
end
""",
}
URLS = {
    "a.py": ['os.environ["BASE"] + "/customers"', "f'{BASE}/v1/customers'"],
    "a.js": ["process.env.BASE + '/customers'", "`${config.base}/customers`"],
    "a.ps1": ['"$env:BASE/customers"', '"$($config.Base)/customers"'],
    "a.rb": ["'/v1/customers'", "\"#{ENV['BASE']}/customers\""],
}
PARTNER = "https://api.partnercenter.microsoft.com/.default"
GRAPH = "https://graph.microsoft.com/.default"


@pytest.mark.parametrize(("path", "url"), [(path, url) for path, urls in URLS.items() for url in urls])
def test_the_token_says_whom_a_request_goes_to(path: str, url: str) -> None:
    code = CODE[path].replace("PLACE", url)
    assert loud({path: code.replace("SCOPE", PARTNER)}, "unhandled-401") != []
    assert loud({path: code.replace("SCOPE", GRAPH)}, "unhandled-401") == []


@pytest.mark.parametrize("path", URLS)
def test_a_host_that_is_seen_says_more(path: str) -> None:
    code = CODE[path].replace("PLACE", "'https://api.contoso.example/rows'").replace("SCOPE", PARTNER)
    assert loud({path: code}, "unhandled-401") == []
