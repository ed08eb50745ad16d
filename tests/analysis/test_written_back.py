"""A refresh token that is written back where it came from, however it is written; and the status of a last command."""

from __future__ import annotations

import pytest

from tests.helpers.code import findings, loud

RUBY = """
require "net/http"
require "json"
uri = URI("https://login.microsoftonline.com/contoso.example/oauth2/token")
answer = Net::HTTP.post_form(uri, "grant_type" => "refresh_token", "client_id" => ENV["APP"],
  "refresh_token" => File.read("kept").strip, "resource" => "https://api.partnercenter.microsoft.com")
raise answer.body unless answer.is_a?(Net::HTTPSuccess)
tokens = JSON.parse(answer.body)
"""
SHELL = """#!/bin/bash
set -euo pipefail
kept=$(kubectl get secret partner -o jsonpath={.data.refresh} | base64 -d)
answer=$(curl -sS --fail-with-body -d grant_type=refresh_token -d "client_id=$APP" --data "refresh_token=$kept" \\
  -d resource=https://api.partnercenter.microsoft.com https://login.microsoftonline.com/contoso.example/oauth2/token)
new=$(jq -r .refresh_token <<<"$answer")
"""
WRITTEN = [
    ("a.rb", RUBY, 'File.open("kept", "w") { |f| f << tokens["refresh_token"] }'),
    ("a.rb", RUBY, 'File.open("kept", "w") { |f| f << tokens["refresh_token"] << "\\n" }'),
    ("a.rb", RUBY, 'File.open("kept", "w") { |f| f.puts tokens["refresh_token"] }'),
    ("a.rb", RUBY, 'File.open("kept", "w") { |f| f.print(tokens["refresh_token"]) }'),
    ("a.rb", RUBY, 'f = File.open("kept", "w"); f << tokens["refresh_token"]; f.close'),
    ("a.rb", RUBY, 'open("kept", "w") { |f| f.printf("%s", tokens["refresh_token"]) }'),
    ("a.rb", RUBY, 'File.open("kept", "w") { |f| JSON.dump({ "t" => tokens["refresh_token"] }, f) }'),
    (
        "a.sh",
        SHELL,
        'kubectl create secret generic p --from-literal=r="$new" --dry-run=client -o yaml | kubectl apply -f -',
    ),
    ("a.sh", SHELL, 'kubectl patch secret p -p "{\\"stringData\\":{\\"r\\":\\"$new\\"}}"'),
    ("a.sh", SHELL, 'printf %s "$new" | vault kv put secret/partner refresh=-'),
    ("a.sh", SHELL, 'echo -n "$new" | gcloud secrets versions add partner --data-file=-'),
    ("a.sh", SHELL, 'doppler secrets set REFRESH="$new"'),
    ("a.sh", SHELL, 'printf %s "$new" | sudo tee /var/lib/partner/kept > /dev/null'),
]


@pytest.mark.parametrize(("path", "code", "write"), WRITTEN, ids=[write for _, _, write in WRITTEN])
def test_a_token_that_is_written_back_is_kept(path: str, code: str, write: str) -> None:
    assert "PCM301" not in {found.rule for found in findings({path: code + write + "\n"})}
    other = write.replace("refresh_token", "access_token").replace("$new", "$PATH")
    assert "PCM301" in {found.rule for found in findings({path: code + other + "\n"})}


MEMBERS = [
    "$r.PSObject.Properties.Match('error').Count",
    "$r.PSObject.Properties.Match('error').Count -gt 0",
    "$r | Get-Member -Name 'error'",
    "$r | gm error",
    "Get-Member -InputObject $r -Name error -MemberType NoteProperty",
    "$r.PSObject.Properties.Item('error')",
    "$r | Select-Object -ExpandProperty error",
]


@pytest.mark.parametrize("test", MEMBERS)
def test_a_question_for_the_error_of_an_answer_is_a_check(test: str) -> None:
    text = (
        "$b = @{ grant_type = 'refresh_token'; client_id = $env:APP; refresh_token = (Get-Secret p -AsPlainText);\n"
        "  resource = 'https://api.partnercenter.microsoft.com' }\n"
        "$r = Invoke-RestMethod -Method Post 'https://login.microsoftonline.com/contoso.example/oauth2/token' -Body $b"
        ' -SkipHttpErrorCheck\nif (@@) { throw "refused: $($r.error)" }\nSet-Secret p -Secret $r.refresh_token\n'
    )
    assert loud({"a.ps1": text.replace("@@", test)}, "refresh-token") == []
    assert loud({"a.ps1": text.replace("@@", test.replace("error", "foci"))}, "refresh-token") == ["PCM304"]


CALL = 'curl -sSf -H "Authorization: Bearer $T" https://api.partnercenter.microsoft.com/v1/customers'
LAST = [
    f"#!/bin/sh\n{CALL} -o rows.json\n",
    f"#!/bin/sh\n{CALL} > rows.json\n",
    f"#!/bin/sh\nmain() {{\n  {CALL} -o rows.json\n}}\nmain\n",
    f'#!/bin/sh\nif [ -n "$T" ]; then\n  {CALL} -o rows.json\nfi\n',
]


@pytest.mark.parametrize("text", LAST)
def test_the_status_of_the_last_command_is_that_of_the_script(text: str) -> None:
    assert loud({"a.sh": text}, "unhandled-401") == []
    assert loud({"a.sh": text + "use rows.json\n"}, "unhandled-401") == ["PCM405"]


@pytest.mark.parametrize(("looked_at", "rules"), [("if (rc != 0) { error 'refused' }", []), ("", ["PCM405"])])
def test_the_result_of_a_step_in_powershell_is_looked_at(looked_at: str, rules: list[str]) -> None:
    text = (
        "node {\n  def rc = powershell(returnStatus: true, script: '''\n"
        "    Invoke-RestMethod https://api.partnercenter.microsoft.com/v1/customers -OutFile rows.json\n"
        f"    Write-Host done\n  ''')\n  {looked_at}\n}}\n"
    )
    assert loud({"Jenkinsfile": text}, "unhandled-401") == rules
