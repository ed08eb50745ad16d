"""A call that raises an error where a test fails looks at the answer as an `if` with a `throw` does."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls

URL = "https://api.partnercenter.microsoft.com/v1/customers"
CODE = {
    "a.kt": f"""
import java.net.URI
import java.net.http.*
class A {{
    fun load(given: String?): String {{
        val request = HttpRequest.newBuilder(URI.create("{URL}")).build()
        val r = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString())
        TEST
        return r.body()
    }}
}}
""",
    "A.java": f"""
class A {{
    String load(String given) throws Exception {{
        HttpRequest request = HttpRequest.newBuilder(URI.create("{URL}")).build();
        HttpResponse<String> r = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        TEST
        return r.body();
    }}
}}
""",
    "a.php": f"""<?php
use Illuminate\\Support\\Facades\\Http;
class A {{
    function load($given) {{
        $r = Http::get('{URL}');
        TEST
        return $r->json();
    }}
}}
""",
    "a.mjs": f"""
import assert from 'node:assert';
import invariant from 'tiny-invariant';
export async function load(given) {{
    const r = await fetch('{URL}');
    TEST
    return r.json();
}}
""",
}


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("a.kt", 'check(r.statusCode() == 200) { "${r.statusCode()}" }'),
        ("a.kt", 'require(r.statusCode() / 100 == 2) { "${r.statusCode()}" }'),
        ("A.java", 'Preconditions.checkState(r.statusCode() == 200, "%s", r.statusCode());'),
        ("A.java", 'Assert.isTrue(r.statusCode() == 200, "no " + r.statusCode());'),
        ("a.php", "throw_unless($r->successful(), RuntimeException::class, $r->status());"),
        ("a.php", "throw_if($r->failed(), new RuntimeException($r->status()));"),
        ("a.php", "abort_unless($r->ok(), 502, $r->status());"),
        ("a.mjs", "assert(r.ok, `${r.status}`);"),
        ("a.mjs", "invariant(r.status === 200, `${r.status}`);"),
        ("a.mjs", "assert.equal(r.status, 200);"),
    ],
)
def test_a_requirement_of_the_answer_is_a_check_that_raises(path: str, test: str) -> None:
    (call,) = api_calls({path: CODE[path].replace("TEST", test)})
    handling = call.error_handling
    assert (handling.checks, handling.then, handling.preserves_status) == ("any-error", "raise", True)


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("a.kt", 'require(given != null) { "nothing" }'),
        ("A.java", 'Assert.isTrue(given != null, "nothing");'),
        ("a.php", "throw_unless($given, RuntimeException::class);"),
        ("a.mjs", "assert(given, 'nothing');"),
    ],
)
def test_a_requirement_of_something_else_checks_nothing(path: str, test: str) -> None:
    (call,) = api_calls({path: CODE[path].replace("TEST", test)})
    assert call.error_handling.checks == "none"


@pytest.mark.parametrize("test", ["CInt(r.StatusCode) \\ 100 <> 2", "r.StatusCode / 100 <> 2"])
def test_hundreds_of_a_status_are_looked_at_in_visual_basic(test: str) -> None:
    code = f"""
Imports System.Net.Http
Public Class A
    Private Shared ReadOnly Http As New HttpClient()
    Public Async Function Load() As Task(Of String)
        Dim r = Await Http.GetAsync("{URL}")
        If {test} Then Throw New Exception(r.StatusCode.ToString())
        Return Await r.Content.ReadAsStringAsync()
    End Function
End Class
"""
    (call,) = api_calls({"a.vb": code})
    assert (call.error_handling.checks, call.error_handling.then) == ("any-error", "raise")
