"""The host of a .NET application holds its settings: an address, and what is secret."""

from __future__ import annotations

import json

import pytest

from tests.helpers.code import loud

_CLIENT = """
public class PartnerClient(HttpClient http) {
  public async Task<string> Customers() {
    using var answer = await http.GetAsync("v1/customers");
    return await answer.Content.ReadAsStringAsync();
  }
}
"""
_READS = [
    'builder.Configuration["Sync:BaseUrl"]!',
    'builder.Configuration.GetValue<string>("Sync:BaseUrl")!',
    'builder.Configuration.GetSection("Sync")["BaseUrl"]!',
]
_HOSTS = ["WebApplication.CreateBuilder(args)", "Host.CreateApplicationBuilder(args)"]


def _program(host: str, read: str) -> str:
    return (
        f"var builder = {host};\n"
        f"builder.Services.AddHttpClient<PartnerClient>(c => c.BaseAddress = new Uri({read}));\n"
        f"await builder.Build().RunAsync();\n{_CLIENT}"
    )


@pytest.mark.parametrize("host", _HOSTS)
@pytest.mark.parametrize("read", _READS)
def test_the_settings_of_a_host_say_where_a_client_sends(host: str, read: str) -> None:
    def called(address: str) -> list[str]:
        settings = json.dumps({"Sync": {"BaseUrl": address}})
        return loud({"Program.cs": _program(host, read), "appsettings.json": settings}, "unhandled-401")

    assert called("https://api.partnercenter.microsoft.com/") == ["PCM401"]
    assert called("https://shop.fabrikam.example/") == []


def test_the_context_of_a_host_that_is_built_holds_them_too() -> None:
    text = (
        "var host = Host.CreateDefaultBuilder(args).ConfigureServices((hostContext, services) =>\n"
        "  services.AddHttpClient<PartnerClient>(c => c.BaseAddress = new Uri(@@))).Build();\n" + _CLIENT
    ).replace("@@", 'hostContext.Configuration["Sync:BaseUrl"]')
    settings = json.dumps({"Sync": {"BaseUrl": "https://api.partnercenter.microsoft.com/"}})
    assert loud({"Program.cs": text, "appsettings.json": settings}, "unhandled-401") == ["PCM401"]


def test_a_password_in_the_settings_of_a_host_is_a_stored_one() -> None:
    text = (
        "var app = WebApplication.CreateBuilder(args).Build();\n"
        "var form = new Dictionary<string, string> {\n"
        '  ["grant_type"] = "password", ["username"] = app.Configuration["Sync:User"],\n'
        '  ["password"] = app.Configuration["Sync:Password"],\n'
        '  ["resource"] = "https://api.partnercenter.microsoft.com" };\n'
        "await new HttpClient().PostAsync(\n"
        '  "https://login.microsoftonline.com/fabrikam.example/oauth2/token", new FormUrlEncodedContent(form));\n'
    )
    assert loud({"Program.cs": text}) == ["PCM102", "PCM201"]
