"""A token endpoint says in the answer's body what is wrong: every way to ask whether it does is a check."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

LOGIN = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
SCOPE = "https://api.partnercenter.microsoft.com/.default"

CODE = {
    "a.py": f"""
import requests
def token():
    form = {{"grant_type": "refresh_token", "refresh_token": open("rt").read(), "scope": "{SCOPE}"}}
    t = requests.post("{LOGIN}", data=form).json()
    if TEST:
        raise RuntimeError("refused")
    open("rt", "w").write(t["refresh_token"])
    return t["access_token"]
""",
    "a.js": f"""
const fs = require("fs");
async function token() {{
  const old = fs.readFileSync("rt", "utf8");
  const body = new URLSearchParams({{ grant_type: "refresh_token", refresh_token: old, scope: "{SCOPE}" }});
  const t = await (await fetch("{LOGIN}", {{ method: "POST", body }})).json();
  if (TEST) {{ throw new Error("refused"); }}
  fs.writeFileSync("rt", t.refresh_token);
  return t.access_token;
}}
""",
    "a.php": f"""<?php
function token() {{
  $form = ['grant_type' => 'refresh_token', 'refresh_token' => file_get_contents('rt'), 'scope' => '{SCOPE}'];
  $ch = curl_init('{LOGIN}');
  curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
  curl_setopt($ch, CURLOPT_POSTFIELDS, http_build_query($form));
  $t = json_decode(curl_exec($ch), true);
  if (TEST) {{ throw new RuntimeException('refused'); }}
  file_put_contents('rt', $t['refresh_token']);
  return $t['access_token'];
}}
""",
    "a.rb": f"""
require 'net/http'
def token
  form = {{ 'grant_type' => 'refresh_token', 'refresh_token' => File.read('rt'), 'scope' => '{SCOPE}' }}
  t = JSON.parse(Net::HTTP.post_form(URI('{LOGIN}'), form).body)
  raise 'refused' if TEST
  File.write('rt', t['refresh_token'])
  t['access_token']
end
""",
    "A.cs": f"""
class A {{
  readonly HttpClient http = new HttpClient();
  public async Task<string> Token() {{
    var form = new Dictionary<string, string> {{ ["grant_type"] = "refresh_token", ["scope"] = "{SCOPE}" }};
    form["refresh_token"] = File.ReadAllText("rt");
    var r = await http.PostAsync("{LOGIN}", new FormUrlEncodedContent(form));
    var t = JsonConvert.DeserializeObject<TokenAnswer>(await r.Content.ReadAsStringAsync());
    if (TEST) throw new InvalidOperationException("refused");
    File.WriteAllText("rt", t.RefreshToken);
    return t.AccessToken;
  }}
}}
class TokenAnswer {{
  [JsonProperty("access_token")] public string AccessToken {{ get; set; }}
  [JsonProperty("refresh_token")] public string RefreshToken {{ get; set; }}
  [JsonProperty("error")] public string Error {{ get; set; }}
}}
""",
    "A.java": f"""
class A {{
  String token() throws Exception {{
    String form = "grant_type=refresh_token&scope={SCOPE}&refresh_token=" + Files.readString(Path.of("rt"));
    HttpRequest request = HttpRequest.newBuilder(URI.create("{LOGIN}")).POST(BodyPublishers.ofString(form)).build();
    JSONObject t = new JSONObject(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    if (TEST) throw new IllegalStateException("refused");
    Files.writeString(Path.of("rt"), t.getString("refresh_token"));
    return t.getString("access_token");
  }}
}}
""",
    "a.go": f"""
package a
import ("encoding/json"; "errors"; "net/http"; "net/url"; "os")
func Token() (string, error) {{
	old, err := os.ReadFile("rt")
	if err != nil {{ return "", err }}
	form := url.Values{{"grant_type": {{"refresh_token"}}, "refresh_token": {{string(old)}}, "scope": {{"{SCOPE}"}}}}
	r, err := http.PostForm("{LOGIN}", form)
	if err != nil {{ return "", err }}
	defer r.Body.Close()
	var t struct{{ Access_token, Refresh_token, Error string }}
	if err := json.NewDecoder(r.Body).Decode(&t); err != nil {{ return "", err }}
	if TEST {{ return "", errors.New("refused") }}
	return t.Access_token, os.WriteFile("rt", []byte(t.Refresh_token), 0o600)
}}
""",
    "a.ps1": f"""
function Get-Token {{
  $form = @{{ grant_type = 'refresh_token'; refresh_token = (Get-Content rt -Raw); scope = '{SCOPE}' }}
  $t = Invoke-RestMethod -Method Post -Uri '{LOGIN}' -SkipHttpErrorCheck -Body $form
  if (TEST) {{ throw 'refused' }}
  Set-Content rt $t.refresh_token
  $t.access_token
}}
""",
    "a.vb": f"""
Class A
  Private http As New HttpClient()
  Public Async Function Token() As Task(Of String)
    Dim form = New Dictionary(Of String, String) From {{{{"grant_type", "refresh_token"}}, {{"scope", "{SCOPE}"}}}}
    form("refresh_token") = IO.File.ReadAllText("rt")
    Dim r = Await http.PostAsync("{LOGIN}", New FormUrlEncodedContent(form))
    Dim t = JObject.Parse(Await r.Content.ReadAsStringAsync())
    If TEST Then Throw New InvalidOperationException("refused")
    IO.File.WriteAllText("rt", t("refresh_token").ToString())
    Return t("access_token").ToString()
  End Function
End Class
""",
    "a.sh": f"""#!/bin/bash
t=$(curl -s "{LOGIN}" -d grant_type=refresh_token -d "refresh_token=$(cat rt)" -d "scope={SCOPE}")
if TEST; then echo refused >&2; exit 1; fi
jq -r .refresh_token <<<"$t" > rt
at=$(jq -r .access_token <<<"$t")
""",
}
ASKS = {
    "a.py": ['t.get("error", "") != ""', 'len(t.get("error", "")) > 0', 't.get("access_token", "") == ""'],
    "a.js": ['t.error && t.error !== ""', "t.error?.length > 0", 'typeof t.access_token === "undefined"'],
    "a.php": ["$t['error'] !== ''", "strlen($t['error']) > 0", "array_key_exists('error', $t)"],
    "a.rb": ["t['error'] != ''", "t['error'].to_s.length > 0", "t['access_token'].to_s.empty?"],
    "A.cs": [
        "!string.IsNullOrEmpty(t.Error)",
        "t.Error is not null",
        "t.Error?.Length > 0",
        "t.Error != string.Empty",
        "string.IsNullOrWhiteSpace(t.AccessToken)",
    ],
    "A.java": [
        '!t.optString("error").isEmpty()',
        '!"".equals(t.optString("error"))',
        't.isNull("access_token")',
        'StringUtils.isNotBlank(t.optString("error"))',
    ],
    "a.go": ['t.Error != ""', "len(t.Error) > 0", 't.Access_token == ""'],
    "a.ps1": ["$t.error -ne ''", "-not [string]::IsNullOrEmpty($t.error)", "$t.error.Length -gt 0"],
    "a.vb": ['t("error") <> ""', 'Not String.IsNullOrEmpty(t("error"))'],
    "a.sh": ['grep -q error <<<"$t"', '[[ "$t" == *\'"error"\'* ]]', 'jq -e .error <<<"$t" >/dev/null'],
}
OTHER = {  # asks for something else
    "a.ps1": "$t.scope -ne ''",
    "a.vb": 't("scope") <> ""',
    "a.sh": 'grep -q expires <<<"$other"',
    "a.rb": "t['scope'] != ''",
    "a.php": "$t['scope'] !== ''",
    "a.py": 't.get("scope", "") != ""',
    "a.go": 'os.Getenv("A") != ""',
}


@pytest.mark.parametrize(("path", "ask"), [(path, ask) for path, asks in ASKS.items() for ask in asks])
def test_a_question_for_the_error_is_a_check(path: str, ask: str) -> None:
    assert "PCM304" not in loud({path: CODE[path].replace("TEST", ask)}, "refresh-token")


@pytest.mark.parametrize("path", CODE)
def test_a_question_for_anything_else_is_none(path: str) -> None:
    asked = OTHER.get(path, 't.scope != ""')
    assert "PCM304" in loud({path: CODE[path].replace("TEST", asked)}, "refresh-token")
