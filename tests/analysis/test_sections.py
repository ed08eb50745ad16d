"""Addresses in settings files are told apart by the sections in which they stand."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

JSON = """{
  "Ledger": { "Root": "https://api.partnercenter.microsoft.com/v1/" },
  "Rates": { "Root": "https://rates.contoso.example/api/" }
}"""
YAML = """
ledger:
  root: https://api.partnercenter.microsoft.com/v1/
rates:
  root: https://rates.contoso.example/api/
"""
INI = """
[ledger]
root = https://api.partnercenter.microsoft.com/v1/
[rates]
root = https://rates.contoso.example/api/
"""
BLOCKS = """
ledger {
  root = "https://api.partnercenter.microsoft.com/v1/"
}
rates {
  root = "https://rates.contoso.example/api/"
}
"""
CSHARP = """
public class Rows
{
    private readonly HttpClient http = new HttpClient();
    private readonly IConfiguration conf;
    public Rows(IConfiguration conf) { this.conf = conf; }
    public async Task<string> State(string id)
    {
        var answer = await http.GetAsync(%s + id);
        return answer.IsSuccessStatusCode ? "there" : "gone";
    }
}
"""
OPTIONS = """
public class Places { public string Root { get; set; } }
public static class Wiring
{
    public static void Add(IServiceCollection services, IConfiguration conf)
    {
        services.Configure<Places>(conf.GetSection("%s"));
    }
}
public class Rows
{
    private readonly HttpClient http = new HttpClient();
    private readonly Places places;
    public Rows(IOptions<Places> places) { this.places = places.Value; }
    public async Task<string> State(string id)
    {
        var answer = await http.GetAsync(places.Root + id);
        return answer.IsSuccessStatusCode ? "there" : "gone";
    }
}
"""
GO = """
package main

import ("net/http"; %s)

func state(id string) string {
	%s
	answer, err := http.Get(root + id)
	if err != nil || answer.StatusCode != 200 {
		return "gone"
	}
	return "there"
}
"""
JAVA = """
package contoso;

import org.springframework.web.client.RestTemplate;

public class Rows {
    private final RestTemplate rest = new RestTemplate();
    %s

    public String rows() {
        try { return rest.getForObject(root() + "invoices", String.class); }
        catch (Exception e) { return "[]"; }
    }
}
"""
PROGRAMS = {
    "csharp-name": ("appsettings.json", JSON, "Rows.cs", CSHARP % 'conf["SECTION:Root"]'),
    "csharp-section": (
        "appsettings.json",
        JSON,
        "Rows.cs",
        CSHARP % 'conf.GetSection("SECTION").GetValue<string>("Root")',
    ),
    "csharp-json": (
        "rows.json",
        JSON,
        "Rows.cs",
        CSHARP.replace("IConfiguration conf)", "IClock clock)")
        .replace("this.conf = conf", 'json = JsonDocument.Parse(File.ReadAllText("rows.json")).RootElement')
        .replace("IConfiguration conf;", "JsonElement json;")
        % 'json.GetProperty("SECTION").GetProperty("Root").GetString()',
    ),
    "csharp-options": ("appsettings.json", JSON, "Rows.cs", OPTIONS % "SECTION"),
    "python-json": (
        "rows.json",
        JSON,
        "rows.py",
        """
import json
import requests

with open("rows.json") as file:
    CONF = json.load(file)


def rows(path):
    try:
        return requests.get(CONF["SECTION"]["Root"] + path).json()
    except Exception:
        return []
""",
    ),
    "python-ini": (
        "rows.ini",
        INI,
        "rows.py",
        """
import configparser
import requests

conf = configparser.ConfigParser()
conf.read("rows.ini")


def rows(path):
    try:
        return requests.get(conf.get("SECTION", "root") + path).json()
    except Exception:
        return []
""",
    ),
    "javascript": (
        "rows.json",
        JSON,
        "rows.js",
        """
const axios = require('axios')
const conf = require('./rows.json')

exports.rows = async (path) => {
  try { return (await axios.get(conf.SECTION.Root + path)).data } catch (error) { return [] }
}
""",
    ),
    "powershell": (
        "rows.json",
        JSON,
        "Rows.psm1",
        """
$conf = Get-Content -Raw "$PSScriptRoot/rows.json" | ConvertFrom-Json
function Get-Rows($Path) {
    try { Invoke-RestMethod -Uri ($conf.SECTION.Root + $Path) } catch { $null }
}
""",
    ),
    "java-value": (
        "application.yml",
        YAML,
        "Rows.java",
        JAVA % '@Value("${SECTION.root}")\n    private String place;\n    private String root() { return place; }',
    ),
    "java-json": (
        "rows.json",
        JSON,
        "Rows.java",
        JAVA
        % """private final JsonObject conf = JsonParser.parseReader(new FileReader("rows.json")).getAsJsonObject();
    private String root() { return conf.getAsJsonObject("SECTION").get("Root").getAsString(); }""",
    ),
    "java-blocks": (
        "application.conf",
        BLOCKS,
        "Rows.java",
        JAVA % 'private String root() { return ConfigFactory.load().getConfig("SECTION").getString("root"); }',
    ),
    "go-viper": (
        "config.yaml",
        YAML,
        "rows.go",
        GO % ('"github.com/spf13/viper"', 'root := viper.GetString("SECTION.root")'),
    ),
    "go-ini": (
        "rows.ini",
        INI,
        "rows.go",
        GO
        % (
            '"gopkg.in/ini.v1"',
            'conf, _ := ini.Load("rows.ini")\n\troot := conf.Section("SECTION").Key("root").String()',
        ),
    ),
    "ruby": (
        "rows.yml",
        YAML,
        "rows.rb",
        """
require 'rest-client'
require 'yaml'

CONF = YAML.load_file('rows.yml')

def rows(path)
  RestClient.get(CONF['SECTION']['root'] + path)
rescue StandardError
  nil
end
""",
    ),
    "php": (
        "rows.json",
        JSON,
        "rows.php",
        """<?php
$conf = json_decode(file_get_contents(__DIR__ . '/rows.json'), true);
function rows($conf, $path) {
    $answer = \\Illuminate\\Support\\Facades\\Http::get($conf['SECTION']['Root'] . $path);
    return $answer->json('items') ?? [];
}
rows($conf, 'customers');
""",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_address_is_that_of_the_section_which_is_asked_for(name: str) -> None:
    settings, held, path, code = PROGRAMS[name]
    spelt = str.lower if held != JSON else str
    for section, reported in (("Ledger", True), ("Rates", False), ("Absent", False)):
        found = loud({settings: held, path: code.replace("SECTION", spelt(section))}, "unhandled-401")
        assert (found != []) == reported, section


PYTHON_FILE = """
import json
import os
from pathlib import Path

import requests

HERE = Path(__file__).resolve().parent
CONF = json.loads(%s)


def rows(path):
    try:
        return requests.get(CONF["Ledger"]["Root"] + path).json()
    except Exception:
        return []
"""
POWERSHELL_FILE = """
$conf = %s | ConvertFrom-Json
function Get-Rows($Path) {
    try { Invoke-RestMethod -Uri ($conf.Ledger.Root + $Path) } catch { $null }
}
"""
JAVASCRIPT_FILE = """
const fs = require('fs'), path = require('path'), axios = require('axios')
const conf = JSON.parse(fs.readFileSync(%s, 'utf8'))
exports.rows = async (part) => {
  try { return (await axios.get(conf.Ledger.Root + part)).data } catch (error) { return [] }
}
"""
CSHARP_FILE = (
    CSHARP.replace("IConfiguration conf)", "IClock clock)")
    .replace("this.conf = conf", "json = JObject.Parse(File.ReadAllText(%s))")
    .replace("IConfiguration conf;", "JObject json;")
    .replace("%s + id", '(string)json["Ledger"]["Root"] + id')
)
JAVA_FILE = JAVA % (
    "private final JsonNode conf = new ObjectMapper().readTree(%s);\n"
    '    private String root() { return conf.get("Ledger").get("Root").asText(); }'
)
RUBY_FILE = """
require 'json'
require 'rest-client'

CONF = JSON.parse(File.read(%s))

def rows(path)
  RestClient.get(CONF['Ledger']['Root'] + path)
rescue StandardError
  nil
end
"""
PHP_FILE = """<?php
$conf = json_decode(file_get_contents(%s), true);
function rows($conf, $path) {
    $answer = \\Illuminate\\Support\\Facades\\Http::get($conf['Ledger']['Root'] . $path);
    return $answer->json('items') ?? [];
}
rows($conf, 'customers');
"""


@pytest.mark.parametrize(
    ("path", "code", "file"),
    [
        ("rows.py", PYTHON_FILE, '(HERE / "conf" / "rows.json").read_text()'),
        ("rows.py", PYTHON_FILE, 'Path(__file__).with_name("rows.json").read_text()'),
        ("rows.py", PYTHON_FILE, 'open(os.path.join(os.path.dirname(__file__), "rows.json")).read()'),
        ("rows.py", PYTHON_FILE, 'open(os.environ.get("CONF", "rows.json")).read()'),
        ("Rows.psm1", POWERSHELL_FILE, "Get-Content -Raw -Path (Join-Path $PSScriptRoot 'rows.json')"),
        ("Rows.psm1", POWERSHELL_FILE, "Get-Content ([IO.Path]::Combine($PSScriptRoot, 'conf', 'rows.json'))"),
        ("Rows.psm1", POWERSHELL_FILE, "Join-Path $PSScriptRoot 'rows.json' | Get-Item | Get-Content -Raw"),
        ("rows.js", JAVASCRIPT_FILE, "path.join(__dirname, '..', 'rows.json')"),
        ("rows.js", JAVASCRIPT_FILE, "path.resolve(process.cwd(), 'conf/rows.json')"),
        ("Rows.cs", CSHARP_FILE, 'Path.Combine(AppContext.BaseDirectory, "conf", "rows.json")'),
        ("Rows.cs", CSHARP_FILE, '$"{AppDomain.CurrentDomain.BaseDirectory}rows.json"'),
        ("Rows.java", JAVA_FILE, 'new File(System.getProperty("user.dir"), "rows.json")'),
        ("Rows.java", JAVA_FILE, 'Files.readString(Paths.get(System.getProperty("user.dir"), "conf", "rows.json"))'),
        ("rows.rb", RUBY_FILE, "File.join(__dir__, 'conf', 'rows.json')"),
        ("rows.rb", RUBY_FILE, "Rails.root.join('config', 'rows.json')"),
        ("rows.php", PHP_FILE, "base_path('conf/rows.json')"),
        ("rows.php", PHP_FILE, "realpath(__DIR__ . '/../rows.json')"),
    ],
)
def test_the_file_is_known_however_its_path_is_built(path: str, code: str, file: str) -> None:
    assert loud({"conf/rows.json": JSON, path: code % file}, "unhandled-401")
    assert not loud({"conf/others.json": JSON, path: code % file}, "unhandled-401")
