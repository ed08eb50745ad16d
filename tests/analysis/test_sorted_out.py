"""Several answers that are sorted by a test, or asked together: what stands for the refused ones is looked at later."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

PARTNER = {"partner.toml": 'base = "https://api.partnercenter.microsoft.com/v1"\n'}
CALLS = "https://api.partnercenter.microsoft.com/v1/customers/"

PYTHON = f"""
import asyncio, httpx
async def rows(ids):
    async with httpx.AsyncClient() as c:
        answers = await asyncio.gather(*(c.get("{CALLS}" + one) for one in ids), return_exceptions=True)
    @@
    return [answer.json() for answer in answers]
"""
APPENDED = f"""
import requests
def rows(ids):
    answers = []
    for one in ids:
        answers.append(requests.get("{CALLS}" + one))
    @@
    return [answer.json() for answer in answers]
"""
JAVASCRIPT = f"""
export async function rows(ids) {{
  const answers = await Promise.all(ids.map((one) => fetch("{CALLS}" + one)));
  @@
  return Promise.all(answers.map((r) => r.json()));
}}
"""
SETTLED = f"""
export async function rows(ids) {{
  const settled = await Promise.allSettled(ids.map((one) => fetch("{CALLS}" + one)));
  const result = [];
  for (const one of settled) {{
    if (one.status === "rejected") throw one.reason;
    @@
    result.push(await one.value.json());
  }}
  return result;
}}
"""
CSHARP = f"""
using System.Net.Http;
class A {{
  HttpClient http = new HttpClient();
  async Task<string[]> Rows(string[] ids) {{
    var answers = await Task.WhenAll(ids.Select(one => http.GetAsync("{CALLS}" + one)));
    @@
    return await Task.WhenAll(answers.Select(r => r.Content.ReadAsStringAsync()));
  }}
}}
"""
JAVA = f"""
import java.net.http.*;
class A {{
  HttpClient http = HttpClient.newHttpClient();
  HttpResponse<String> one(String id) throws Exception {{
    var request = HttpRequest.newBuilder(URI.create("{CALLS}" + id)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }}
  List<String> rows(List<String> ids) throws Exception {{
    List<HttpResponse<String>> answers = new ArrayList<>();
    for (String id : ids) answers.add(one(id));
    @@
    return answers.stream().map(HttpResponse::body).toList();
  }}
}}
"""
KOTLIN = f"""
import okhttp3.*
class A(val http: OkHttpClient) {{
  fun rows(ids: List<String>): List<String> {{
    val answers = ids.map {{ http.newCall(Request.Builder().url("{CALLS}$it").build()).execute() }}
    @@
    return answers.map {{ it.body!!.string() }}
  }}
}}
"""
RUBY = f"""
require "faraday"
def rows(ids)
  answers = ids.map {{ |one| Faraday.get("{CALLS}#{{one}}") }}
  @@
  answers.map {{ |r| JSON.parse(r.body) }}
end
"""
PHP = f"""<?php
use GuzzleHttp\\Client;
use GuzzleHttp\\Promise\\Utils;
function rows(Client $http, array $ids) {{
  $calls = [];
  foreach ($ids as $id) {{ $calls[$id] = $http->getAsync('{CALLS}' . $id, ['http_errors' => false]); }}
  $answers = Utils::unwrap($calls);
  @@
  return array_map(fn($r) => json_decode($r->getBody()), $answers);
}}
"""
POWERSHELL = f"""
$answers = foreach ($id in $ids) {{ Invoke-WebRequest -SkipHttpErrorCheck "{CALLS}$id" }}
@@
$answers.Content | ConvertFrom-Json
"""
TESTS = [
    ("a.py", PYTHON, "if any(r.status_code == 401 for r in answers): raise PermissionError('401')"),
    (
        "a.py",
        PYTHON,
        "bad = [r for r in answers if r.status_code == 401]\n    if bad: raise E(bad[0].text)",
    ),
    (
        "a.py",
        PYTHON,
        "if not all(r.status_code != 401 for r in answers): raise PermissionError(answers[0].status_code)",
    ),
    ("a.py", APPENDED, "if list(filter(lambda r: r.status_code == 401, answers)): raise PermissionError('401')"),
    ("a.js", JAVASCRIPT, "if (answers.some((r) => r.status === 401)) throw new Error('refused');"),
    (
        "a.js",
        JAVASCRIPT,
        "const bad = answers.filter((r) => r.status === 401);\n  if (bad.length) throw bad[0];",
    ),
    ("a.js", JAVASCRIPT, "if (answers.find((r) => r.status === 401)) throw new Error('refused');"),
    ("a.js", JAVASCRIPT, "if (!answers.every((r) => r.status !== 401)) throw new Error(answers[0].status);"),
    ("a.js", SETTLED, "if (one.value.status === 401) throw new Error('refused');"),
    ("a.cs", CSHARP, "if (answers.Any(r => (int)r.StatusCode == 401)) throw new Exception();"),
    (
        "a.cs",
        CSHARP,
        "var bad = answers.Where(r => (int)r.StatusCode == 401); if (bad.Count() > 0) throw new E();",
    ),
    ("a.java", JAVA, "if (answers.stream().anyMatch(r -> r.statusCode() == 401)) throw new IllegalStateException();"),
    ("a.kt", KOTLIN, "if (answers.any { it.code == 401 }) throw IllegalStateException()"),
    ("a.kt", KOTLIN, "val (bad, good) = answers.partition { it.code == 401 }\n    if (bad.isNotEmpty()) throw E()"),
    ("a.rb", RUBY, "raise 'refused' if answers.any? { |r| r.status == 401 }"),
    ("a.rb", RUBY, "bad = answers.reject { |r| r.status != 401 }\n  raise bad.first.status unless bad.empty?"),
    (
        "a.php",
        PHP,
        "$bad = array_filter($answers, fn($r) => $r->getStatusCode() === 401); if (count($bad) > 0) throw new E();",
    ),
    ("a.ps1", POWERSHELL, "$bad = $answers | Where-Object { $_.StatusCode -eq 401 }\nif ($bad) { throw $bad[0] }"),
]


@pytest.mark.parametrize(("path", "code", "test"), TESTS, ids=[f"{path}: {test}" for path, _, test in TESTS])
def test_what_is_sorted_out_is_a_failure(path: str, code: str, test: str) -> None:
    assert loud({**PARTNER, path: code.replace("@@", test)}, "unhandled-401") == []
    assert loud({**PARTNER, path: code.replace("@@", test.replace("401", "404"))}, "unhandled-401") != []


def test_what_is_sorted_out_and_never_looked_at_is_hidden() -> None:
    text = PYTHON.replace("@@", "answers = [r for r in answers if r.status_code < 400]")
    assert loud({**PARTNER, "a.py": text}, "unhandled-401") != []
