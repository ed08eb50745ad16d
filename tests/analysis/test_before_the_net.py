"""Objects between a client and the net see every answer: one that raises on a 401 is a check."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

PARTNER = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}
CALLS = "https://api.partnercenter.microsoft.com/v1/customers"

CODE = {
    "a round tripper": (
        "a.go",
        f"""
package a
import ("errors"; "net/http")
type guard struct{{ next http.RoundTripper }}
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {{
	resp, err := g.next.RoundTrip(r)
	if err == nil && resp.StatusCode == 401 {{ return nil, errors.New("refused") }}
	return resp, err
}}
func Rows() error {{
	c := &http.Client{{Transport: guard{{http.DefaultTransport}}}}
	r, err := c.Get("{CALLS}")
	if err != nil {{ return err }}
	defer r.Body.Close()
	return keep(r.Body)
}}
""",
    ),
    "an adapter": (
        "a.py",
        f"""
import requests
from requests.adapters import HTTPAdapter
class Guard(HTTPAdapter):
    def send(self, request, **kw):
        r = super().send(request, **kw)
        if r.status_code == 401:
            raise PermissionError(r.text)
        return r
def rows():
    s = requests.Session()
    s.mount("https://", Guard())
    return s.get("{CALLS}").json()["items"]
""",
    ),
    "a session's own send": (
        "a.py",
        f"""
import requests
class Ledger(requests.Session):
    def send(self, request, **kw):
        r = super().send(request, **kw)
        if r.status_code == 401:
            raise PermissionError(r.text)
        return r
def rows():
    return Ledger().get("{CALLS}").json()["items"]
""",
    ),
    "a transport": (
        "a.py",
        f"""
import httpx
class Guard(httpx.BaseTransport):
    def __init__(self):
        self.inner = httpx.HTTPTransport()
    def handle_request(self, request):
        r = self.inner.handle_request(request)
        if r.status_code == 401:
            raise PermissionError("refused")
        return r
def rows():
    with httpx.Client(transport=Guard()) as c:
        return c.get("{CALLS}").json()["items"]
""",
    ),
    "an interceptor": (
        "A.java",
        f"""
class Guard implements ClientHttpRequestInterceptor {{
  public ClientHttpResponse intercept(HttpRequest q, byte[] b, ClientHttpRequestExecution next) throws IOException {{
    ClientHttpResponse r = next.execute(q, b);
    if (r.getStatusCode().value() == 401) throw new IllegalStateException("refused");
    return r;
  }}
}}
class A {{
  RestTemplate t = new RestTemplate();
  A() {{ t.setInterceptors(List.of(new Guard())); t.setErrorHandler(new NoOpResponseErrorHandler()); }}
  String rows() {{ return t.getForObject("{CALLS}", String.class); }}
}}
""",
    ),
    "a filter": (
        "A.java",
        f"""
class A {{
  WebClient w = WebClient.builder().filter(ExchangeFilterFunction.ofResponseProcessor(
      r -> r.statusCode().value() == 401 ? Mono.error(new IllegalStateException("refused")) : Mono.just(r))).build();
  String rows() {{ return w.get().uri("{CALLS}").exchangeToMono(r -> r.bodyToMono(String.class)).block(); }}
}}
""",
    ),
    "a flow of signing in that sends once more": (
        "a.py",
        f"""
import httpx
class Bearer(httpx.Auth):
    def __init__(self, tokens):
        self.tokens = tokens
    def auth_flow(self, request):
        request.headers["Authorization"] = "Bearer " + self.tokens.get()
        r = yield request
        if r.status_code == 401:
            request.headers["Authorization"] = "Bearer " + self.tokens.renewed()
            yield request
def rows(tokens):
    with httpx.Client(auth=Bearer(tokens)) as c:
        return c.get("{CALLS}").json()["items"]
""",
    ),
    "a flow of one request": (
        "a.py",
        f"""
import httpx
class Bearer(httpx.Auth):
    async def async_auth_flow(self, request):
        r = yield request
        if r.status_code == 401:
            raise PermissionError(await r.aread())
async def rows():
    async with httpx.AsyncClient() as c:
        return (await c.get("{CALLS}", auth=Bearer())).json()["items"]
""",
    ),
    "a function around the sending": (
        "a.py",
        f"""
import aiohttp
async def guard(request, handler):
    r = await handler(request)
    if r.status == 401:
        raise PermissionError(await r.text())
    return r
async def rows():
    async with aiohttp.ClientSession(middlewares=(guard,)) as s, s.get("{CALLS}") as r:
        return (await r.json())["items"]
""",
    ),
    "an object around the sending": (
        "a.py",
        f"""
import aiohttp
class Guard:
    async def __call__(self, request, handler):
        r = await handler(request)
        if r.status == 401:
            raise PermissionError(await r.text())
        return r
async def rows():
    async with aiohttp.ClientSession() as s, s.get("{CALLS}", middlewares=[Guard()]) as r:
        return (await r.json())["items"]
""",
    ),
    "a trace": (
        "a.py",
        f"""
import aiohttp
async def ended(session, context, params):
    if params.response.status == 401:
        raise PermissionError("refused")
async def rows():
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    async with aiohttp.ClientSession(trace_configs=[trace]) as s, s.get("{CALLS}") as r:
        return (await r.json())["items"]
""",
    ),
    "what signs a request in": (
        "a.py",
        f"""
import requests
class Bearer(requests.auth.AuthBase):
    def refused(self, r, **kwargs):
        if r.status_code == 401:
            raise PermissionError(r.text)
    def __call__(self, r):
        r.headers["Authorization"] = "Bearer x"
        r.register_hook("response", self.refused)
        return r
def rows():
    s = requests.Session()
    s.auth = Bearer()
    return s.get("{CALLS}").json()["items"]
""",
    ),
    "a hook that is added to a session": (
        "a.py",
        f"""
import requests
def refused(r, **kwargs):
    if r.status_code == 401:
        raise PermissionError(r.text)
def rows():
    s = requests.Session()
    s.hooks["response"].append(refused)
    return s.get("{CALLS}").json()["items"]
""",
    ),
    "a function that is handed the next one": (
        "a.php",
        f"""<?php
use GuzzleHttp\\Client;
use GuzzleHttp\\HandlerStack;
function rows() {{
  $stack = HandlerStack::create();
  $stack->push(function (callable $next) {{
    return function ($request, array $options) use ($next) {{
      return $next($request, $options)->then(function ($r) {{
        if ($r->getStatusCode() === 401) {{ throw new RuntimeException((string) $r->getBody()); }}
        return $r;
      }});
    }};
  }});
  $client = new Client(['handler' => $stack, 'http_errors' => false]);
  return json_decode($client->get('{CALLS}')->getBody(), true)['items'];
}}
""",
    ),
    "a middleware of Faraday": (
        "a.rb",
        f"""
require "faraday"
class Guard < Faraday::Middleware
  def call(env)
    @app.call(env).on_complete do |answer|
      raise "refused" if answer[:status] == 401
    end
  end
end
def rows
  c = Faraday.new {{ |f| f.use Guard }}
  JSON.parse(c.get("{CALLS}").body)["items"]
end
""",
    ),
    "a plugin of Ktor": (
        "A.kt",
        f"""
import io.ktor.client.*
import io.ktor.client.plugins.*
class A {{
  val client = HttpClient()
  init {{
    client.plugin(HttpSend).intercept {{ request ->
      val call = execute(request)
      if (call.response.status.value == 401) throw IllegalStateException("refused")
      call
    }}
  }}
  suspend fun rows() = client.get("{CALLS}").bodyAsText()
}}
""",
    ),
    "a handler of got": (
        "a.js",
        f"""
import got from "got";
const guard = async (options, next) => {{
  const r = await next(options);
  if (r.statusCode === 401) throw new Error(r.body);
  return r;
}};
const api = got.extend({{ throwHttpErrors: false, handlers: [guard] }});
export const rows = async () => JSON.parse((await api("{CALLS}")).body).items;
""",
    ),
}


@pytest.mark.parametrize("kind", CODE)
def test_what_stands_before_the_net_checks_every_answer(kind: str) -> None:
    path, code = CODE[kind]
    assert loud({**PARTNER, path: code}, "unhandled-401") == []
    assert loud({**PARTNER, path: code.replace("401", "404")}, "unhandled-401") != []


COLLECTED = [
    ("if ($bad) { throw $bad[0] }", []),
    ("if ($bad.Count -gt 0) { Write-Error $bad[0]; exit 1 }", []),
    ("if ($bad) { Write-Host $bad }", ["PCM402"]),
    ("", ["PCM401"]),
]


@pytest.mark.parametrize(("test", "rules"), COLLECTED)
@pytest.mark.parametrize("call", [f"Invoke-RestMethod '{CALLS}' -EV bad", "Get-PartnerCustomer -ErrorVariable +bad"])
def test_errors_that_a_call_puts_into_a_variable_are_looked_at_there(call: str, test: str, rules: list[str]) -> None:
    text = f"$rows = {call} -ErrorAction SilentlyContinue\n{test}\n$rows | Export-Csv rows.csv\n"
    assert loud({**PARTNER, "a.ps1": text}, "unhandled-401") == rules


ASKED_LATER = [
    (f"Invoke-RestMethod '{CALLS}' -ErrorAction SilentlyContinue", "if (-not $?) { throw $Error[0] }"),
    (f"Invoke-RestMethod '{CALLS}'", "if ($? -eq $false) { exit 1 }"),
    ("Get-PartnerCustomer -ErrorAction SilentlyContinue", "if ($Error.Count -gt 0) { throw $Error[0] }"),
    ("Get-PartnerCustomer -EA Ignore", "if ($Error[0].Exception.Response.StatusCode -eq 401) { throw 'no MFA' }"),
    (f"az rest --method get --url '{CALLS}'", "if ($LASTEXITCODE -ne 0) { throw 'no customers' }"),
    (f"curl.exe -sf '{CALLS}'", "if ($LASTEXITCODE) { exit $LASTEXITCODE }"),
    (f"az rest --url '{CALLS}'", "Assert-Done"),
]


@pytest.mark.parametrize(("call", "test"), ASKED_LATER)
def test_how_the_last_call_went_is_asked_of_the_language(call: str, test: str) -> None:
    helper = "function Assert-Done { if ($LASTEXITCODE -gt 0) { throw 'failed' } }\n"
    text = f"$rows = {call}\n{test}\n$rows | Export-Csv rows.csv\n"
    code = {**PARTNER, "helper.ps1": helper, "a.ps1": f". $PSScriptRoot/helper.ps1\n{text}"}
    assert loud(code, "unhandled-401") == []
    assert loud({**code, "a.ps1": code["a.ps1"].replace(f"{test}\n", "")}, "unhandled-401") != []


@pytest.mark.parametrize(
    ("programs", "rules"), [("", ["PCM401"]), ("$PSNativeCommandUseErrorActionPreference = $true", [])]
)
def test_a_program_that_fails_ends_a_script_only_where_it_says_so(programs: str, rules: list[str]) -> None:
    text = (
        f"{programs}\n$ErrorActionPreference = 'Stop'\n$rows = az rest --url '{CALLS}'\n$rows | Set-Content rows.json\n"
    )
    assert loud({**PARTNER, "a.ps1": text}, "unhandled-401") == rules


def test_the_answer_that_a_task_stands_for_is_the_answer() -> None:
    text = (
        f"$http = [System.Net.Http.HttpClient]::new()\n$r = $http.GetAsync('{CALLS}').Result\n"
        'if (-not $r.IsSuccessStatusCode) { throw "refused: $($r.StatusCode)" }\n$r.Content\n'
    )
    assert loud({**PARTNER, "a.ps1": text}, "unhandled-401") == []
    assert loud({**PARTNER, "a.ps1": text.replace("if (-not $r.Is", "if (-not $x.Is")}, "unhandled-401") != []
    task = f'class A {{ void M() {{ var task = new HttpClient().GetAsync("{CALLS}"); task.Wait();\n'
    text = f"{task}if (!task.Result.IsSuccessStatusCode) throw new Refused(task.Result.StatusCode); Save(task); }} }}"
    assert loud({**PARTNER, "A.cs": text}, "unhandled-401") == []
    assert loud({**PARTNER, "A.cs": text.replace("!task.Result.Is", "!other.Result.Is")}, "unhandled-401") != []


PREFIXES = ["xargs -n1 ", "cat ids | xargs -P4 -I{} ", "parallel -j4 ", "flock job.lock ", "ssh jump ", "watch -n5 "]


@pytest.mark.parametrize("prefix", [*PREFIXES, "find . -name '*.id' -exec "])
def test_a_program_behind_another_sends_all_the_same(prefix: str) -> None:
    text = f"#!/bin/bash\n{prefix}curl -s {CALLS} -o rows.json\nuse rows.json\n"
    assert loud({**PARTNER, "a.sh": text}, "unhandled-401") == ["PCM401"]


@pytest.mark.parametrize(
    "sent", ["--ignore-stdin GET URL A:b", "URL A:b", "--body GET URL", "-b URL", "-A bearer -a $T URL"]
)
def test_the_options_of_httpie_are_known(sent: str) -> None:
    text = f"#!/bin/bash\nhttp {sent.replace('URL', CALLS)} > rows.json\nuse rows.json\n"
    assert loud({**PARTNER, "a.sh": text}, "unhandled-401") == ["PCM401"]
