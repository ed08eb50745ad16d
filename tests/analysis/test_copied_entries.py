"""A mapping that is filled entry by entry from a file holds what the file holds, whatever its entries are named."""

from __future__ import annotations

import pytest

from tests.helpers.code import stored_secrets

RESOURCE = "https://api.partnercenter.microsoft.com"
LOGIN = "https://login.microsoftonline.com/common/oauth2/token"

PYTHON = f"""
answer = requests.post("{LOGIN}", data={{
    "grant_type": "password", "username": kept["who"], "password": kept.get("word"), "resource": "{RESOURCE}"}})
answer.raise_for_status()
"""
POWERSHELL = f"""
$form = @{{ grant_type = 'password'; username = $kept.Who; password = $kept['Word']; resource = '{RESOURCE}' }}
Invoke-RestMethod -Method Post '{LOGIN}' -Body $form -ErrorAction Stop
"""
FILLED = {
    "python-loop": (
        "a.py",
        "import json, requests\nkept = {}\n"
        'for name, value in json.load(open("person.json")).items():\n    kept[name] = value\n' + PYTHON,
    ),
    "python-keys": (
        "a.py",
        'import json, requests\nread = json.load(open("person.json"))\nkept = {}\nfor name in read:\n'
        "    kept[name.lower()] = read[name]\n" + PYTHON,
    ),
    "python-comprehension": (
        "a.py",
        "import requests\nlines = open('person.env').read().splitlines()\n"
        "kept = {name: value for name, value in (line.split('=', 1) for line in lines)}\n" + PYTHON,
    ),
    "powershell-properties": (
        "a.ps1",
        "$read = Get-Content person.json -Raw | ConvertFrom-Json\n$kept = @{}\n"
        "foreach ($one in $read.PSObject.Properties) { $kept[$one.Name] = $one.Value }\n" + POWERSHELL,
    ),
    "powershell-lines": (
        "a.ps1",
        "$kept = @{}\nGet-Content person.env |\n"
        "    ForEach-Object { $name, $value = $_ -split '=', 2; $kept[$name] = $value }\n" + POWERSHELL,
    ),
    "javascript": (
        "a.js",
        "const fs = require('fs');\nconst kept = {};\n"
        "for (const [name, value] of Object.entries(JSON.parse(fs.readFileSync('person.json')))) kept[name] = value;\n"
        f"fetch('{LOGIN}', {{ method: 'POST', body: new URLSearchParams({{ grant_type: 'password',\n"
        f"  username: kept.who, password: kept.word, resource: '{RESOURCE}' }}) }}).then((r) => r.json());\n",
    ),
    "java": (
        "A.java",
        "import java.nio.file.*; import java.util.*; import com.microsoft.aad.msal4j.*;\nclass A {\n"
        "  static void ask(PublicClientApplication app) throws Exception {\n"
        "    var kept = new HashMap<String, String>();\n"
        '    for (String line : Files.readAllLines(Path.of("person.env"))) {\n'
        '      String[] pair = line.split("=", 2); kept.put(pair[0], pair[1]);\n    }\n'
        f'    app.acquireToken(UserNamePasswordParameters.builder(Set.of("{RESOURCE}/.default"), kept.get("WHO"),\n'
        '      kept.get("WORD").toCharArray()).build()).get();\n  }\n}\n',
    ),
    "go": (
        "a.go",
        'package main\nimport ("bufio"; "net/http"; "net/url"; "os"; "strings")\nfunc main() {\n'
        '\tkept := map[string]string{}\n\tfile, _ := os.Open("person.env")\n\tlines := bufio.NewScanner(file)\n'
        '\tfor lines.Scan() {\n\t\tname, value, _ := strings.Cut(lines.Text(), "=")\n\t\tkept[name] = value\n\t}\n'
        f'\thttp.PostForm("{LOGIN}", url.Values{{"grant_type": {{"password"}}, "username": {{kept["WHO"]}},\n'
        f'\t\t"password": {{kept["WORD"]}}, "resource": {{"{RESOURCE}"}}}})\n}}\n',
    ),
}


@pytest.mark.parametrize(("path", "code"), FILLED.values(), ids=FILLED)
def test_a_mapping_has_what_was_copied_into_it(path: str, code: str) -> None:
    kinds = {secret.origin.kind for secret in stored_secrets({path: code}) if secret.kind == "password"}
    assert kinds == {"plain-file"}


def test_what_is_put_under_names_of_another_place_may_be_under_any_other_name() -> None:
    code = (
        "import json, os, requests\nkept = {}\nfor name in json.load(open('names.json')):\n"
        "    kept[name] = os.environ['REGION']\n" + PYTHON
    )
    assert stored_secrets({"a.py": code}) == []
