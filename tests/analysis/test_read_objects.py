"""Objects of the repository's classes that are read from a file: whoever is handed one has what the file holds."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, stored_secrets

ROOT = "https://api.partnercenter.microsoft.com/v1"
SETTINGS = f'{{ "listen": 8080, "partner": {{ "base_url": "{ROOT}", "password": "x" }} }}'

PYTHON_CLASSES = """\
import json
from dataclasses import dataclass
from pathlib import Path
import requests
from cattrs import structure
from dacite import from_dict


@dataclass
class Partner:
    base_url: str


@dataclass
class Conf:
    listen: int
    partner: Partner


def fetch(conf: Conf):
    return requests.get(conf.partner.base_url + "/customers").json()


"""
GO_TYPES = """\
package main

import ("encoding/json"; "io"; "net/http"; "os")

type Partner struct { BaseURL string `json:"base_url"` }
type Conf struct { Partner Partner `json:"partner"` }
type Service struct { Conf *Conf }

func (s *Service) Fetch() ([]byte, error) {
	resp, err := http.Get(s.Conf.Partner.BaseURL + "/customers")
	if err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

"""
CSHARP_TYPES = """\
using System.IO; using System.Net.Http; using System.Text.Json; using System.Threading.Tasks;
public class Partner { public string BaseUrl { get; set; } }
public class Conf { public Partner Partner { get; set; } }
public class Service
{
    private readonly Conf conf; private readonly HttpClient http;
    public Service(Conf conf, HttpClient http) { this.conf = conf; this.http = http; }
    public async Task<string> Fetch()
    {
        var answer = await http.GetAsync($"{conf.Partner.BaseUrl}/customers");
        return await answer.Content.ReadAsStringAsync();
    }
}
"""
READS = [
    (
        "a.py",
        PYTHON_CLASSES + 'def load():\n    held = json.loads(Path("conf.json").read_text())\n'
        '    return Conf(listen=1, partner=Partner(**held["partner"]))\n',
    ),
    ("a.py", PYTHON_CLASSES + 'def load():\n    return from_dict(Conf, json.load(open("conf.json")))\n'),
    ("a.py", PYTHON_CLASSES + 'def load():\n    return structure(json.loads(Path("conf.json").read_text()), Conf)\n'),
    (
        "a.go",
        GO_TYPES + "func Load(path string) (*Conf, error) {\n\traw, err := os.ReadFile(path)\n\tif err != nil {\n"
        "\t\treturn nil, err\n\t}\n\tvar c Conf\n\terr = json.Unmarshal(raw, &c)\n\treturn &c, err\n}\n",
    ),
    (
        "a.go",
        GO_TYPES + 'func Load() *Conf {\n\tf, _ := os.Open("conf.json")\n\tc := &Conf{}\n'
        "\tjson.NewDecoder(f).Decode(c)\n\treturn c\n}\n",
    ),
    (
        "A.cs",
        CSHARP_TYPES + "public static class Start { public static void Run() {\n"
        '    var conf = JsonSerializer.Deserialize<Conf>(File.ReadAllText("conf.json")); Services.Add(conf); } }\n',
    ),
    (
        "A.java",
        "import com.google.gson.Gson; import java.io.*; import okhttp3.*;\nclass Partner { String baseUrl; }\n"
        "class Conf { Partner partner; }\nclass Service {\n"
        "    private final Conf conf;\n    private final OkHttpClient http;\n"
        "    Service(Conf conf, OkHttpClient http) { this.conf = conf; this.http = http; }\n"
        "    String fetch() throws IOException {\n        return http.newCall(new Request.Builder()"
        '.url(conf.partner.baseUrl + "/customers").build()).execute().body().string();\n    }\n'
        "    static Conf load() throws IOException {\n        return new Gson().fromJson("
        'new FileReader("conf.json"), Conf.class);\n    }\n}\n',
    ),
    (
        "a.kt",
        "import kotlinx.serialization.json.Json\nimport okhttp3.*\nimport java.io.File\n"
        "data class Partner(val baseUrl: String)\ndata class Conf(val listen: Int, val partner: Partner)\n"
        'fun load(): Conf = Json.decodeFromString(File("conf.json").readText())\n'
        "class Service(private val conf: Conf, private val http: OkHttpClient) {\n"
        '    fun fetch() = http.newCall(Request.Builder().url("${conf.partner.baseUrl}/customers").build()).execute()'
        ".body?.string()\n}\n",
    ),
    (
        "a.ts",
        'import { readFileSync } from "fs";\nimport { z } from "zod";\n'
        "const Conf = z.object({ partner: z.object({ base_url: z.string() }) });\n"
        'const conf = Conf.parse(JSON.parse(readFileSync("conf.json", "utf8")));\n'
        "export async function run() {\n  return (await fetch(`${conf.partner.base_url}/customers`)).json();\n}\n",
    ),
]


@pytest.mark.parametrize(("path", "code"), READS)
def test_an_object_that_is_read_from_a_file_holds_its_addresses(path: str, code: str) -> None:
    (call,) = api_calls({path: code, "conf.json": SETTINGS})
    assert call.path == "/v1/customers"
    assert call.error_handling.checks == "none"


def test_a_password_in_an_object_that_is_read_from_a_file_is_kept_in_a_file() -> None:
    python = """\
import json
import msal
from dataclasses import dataclass


@dataclass
class Account:
    name: str
    password: str


def sign_in(account: Account, app: msal.PublicClientApplication):
    scopes = ["https://api.partnercenter.microsoft.com/user_impersonation"]
    return app.acquire_token_by_username_password(account.name, account.password, scopes)


def load():
    with open("account.json") as file:
        return Account(**json.load(file))
"""
    assert {secret.origin.kind for secret in stored_secrets({"a.py": python})} == {"plain-file"}


def test_a_class_that_nobody_reads_holds_nothing_of_a_file() -> None:
    python = PYTHON_CLASSES + 'def load():\n    return json.loads(Path("conf.json").read_text())\n'
    assert api_calls({"a.py": python, "conf.json": SETTINGS}) == []


@pytest.mark.parametrize(
    ("module", "read", "stored"),
    [
        ("org.springframework.boot.context.properties.bind.*", 'Binder.get(env).bind("csp", Person.class).get()', 1),
        (
            "org.springframework.boot.context.properties.bind.*",
            'Binder.get(env).bind("csp", Bindable.of(Person.class))',
            1,
        ),
        ("com.typesafe.config.*", 'ConfigBeanFactory.create(ConfigFactory.load().getConfig("csp"), Person.class)', 1),
        ("org.yaml.snakeyaml.Yaml", 'new Yaml().loadAs(new java.io.FileReader("csp.yml"), Person.class)', 1),
        (
            "com.fasterxml.jackson.databind.*",
            'mapper.treeToValue(mapper.readTree(new java.io.File("csp.json")).get("person"), Person.class)',
            1,
        ),
        ("org.acme.Desk", 'Desk.ask("csp", Person.class)', 0),
    ],
)
def test_an_object_that_a_java_library_fills_from_settings(module: str, read: str, stored: int) -> None:
    java = f"""\
import com.microsoft.aad.msal4j.*;
import java.util.Set;
import {module};

class SignIn {{
    private final ObjectMapper mapper = new ObjectMapper();

    void run(PublicClientApplication app, Environment env) throws Exception {{
        Person person = {read};
        app.acquireToken(UserNamePasswordParameters.builder(Set.of("{ROOT}/.default"), person.getName(),
            person.getWord().toCharArray()).build()).get();
    }}

    static class Person {{
        private String name;
        private String word;
        public String getName() {{ return name; }}
        public String getWord() {{ return word; }}
        public void setName(String name) {{ this.name = name; }}
        public void setWord(String word) {{ this.word = word; }}
    }}
}}
"""
    found = [secret for secret in stored_secrets({"SignIn.java": java}) if secret.kind == "password"]
    assert len(found) == stored
