"""Two settings of one name in different sections: each reader means its own."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

APPSETTINGS = """{
  "Partner": { "Root": "https://api.partnercenter.microsoft.com/v1" },
  "Shop": { "Root": "https://shop.fabrikam.example/api" }
}
"""
INI = """[partner]
root = https://api.partnercenter.microsoft.com/v1

[shop]
root = https://shop.fabrikam.example/api
"""
PROPERTIES = "partner.root=https://api.partnercenter.microsoft.com/v1\nshop.root=https://shop.fabrikam.example/api\n"
ENVIRONMENT = "PARTNER_ROOT=https://api.partnercenter.microsoft.com/v1\nSHOP_ROOT=https://shop.fabrikam.example/api\n"

CSHARP = """
using System.Net.Http;
using Microsoft.Extensions.Configuration;

public class List
{
    private readonly HttpClient http = new HttpClient();
    private readonly IConfiguration all;
    public List(IConfiguration all) { this.all = all; }

    public async Task<string> Run()
    {
        var answer = await http.GetAsync(%s + "/customers");
        return await answer.Content.ReadAsStringAsync();
    }
}
"""
PYTHON = """
import json
import requests

with open("appsettings.json") as file:
    conf = json.load(file)


def run():
    return requests.get(conf["%s"]["Root"] + "/customers").json()
"""
PARSER = """
import configparser
import requests

conf = configparser.ConfigParser()
conf.read("job.ini")


def run():
    return requests.get(conf["%s"]["root"] + "/customers").json()
"""
SCRIPT = """
const conf = require("./appsettings.json");

exports.run = async () => (await fetch(conf.%s.Root + "/customers")).json();
"""
SHELL = """
$conf = Get-Content appsettings.json | ConvertFrom-Json
$page = Invoke-RestMethod ($conf.%s.Root + '/customers')
$page.items | Export-Csv customers.csv
"""
SPRING = """
public class Customers {
    private final RestTemplate rest = new RestTemplate();
    @Value("${%s.root}") private String root;

    public String run() {
        try {
            return rest.getForObject(root + "/customers", String.class);
        } catch (RestClientException e) {
            return "";
        }
    }
}
"""
CASES = {
    "a key with its section": ("appsettings.json", APPSETTINGS, "List.cs", CSHARP % 'all["%s:Root"]'),
    "an entry of a section": ("appsettings.json", APPSETTINGS, "List.cs", CSHARP % 'all.GetSection("%s")["Root"]'),
    "a value of a section": (
        "appsettings.json",
        APPSETTINGS,
        "List.cs",
        CSHARP % 'all.GetSection("%s").GetValue<string>("Root")',
    ),
    "a file that is read": ("appsettings.json", APPSETTINGS, "job.py", PYTHON),
    "an INI file": ("job.ini", INI, "job.py", PARSER),
    "a file that is imported": ("appsettings.json", APPSETTINGS, "job.js", SCRIPT),
    "a file that a script reads": ("appsettings.json", APPSETTINGS, "job.ps1", SHELL),
    "properties": ("application.properties", PROPERTIES, "Customers.java", SPRING),
    "variables of the environment": (".env", ENVIRONMENT, "Customers.java", SPRING),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_section_of_a_setting_tells_whose_address_it_is(case: tuple[str, str, str, str]) -> None:
    settings, entries, path, code = case
    files = {settings: entries, "partner.toml": 'about = "https://api.partnercenter.microsoft.com/v1"\n'}
    assert loud({**files, path: code % "Partner"}, "unhandled-401") != []
    assert loud({**files, path: code % "Shop"}, "unhandled-401") == []
