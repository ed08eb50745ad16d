"""Calls of libraries that decide what becomes of an error, each beside the likeliest one that does not."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, loud, token_requests

FLURL = 'using Flurl.Http;\npublic class P {{\n    public Task<string> F() => "{url}"{0}.GetStringAsync();\n}}\n'
TASK = (
    "using System.Net.Http;\npublic class P {{\n"
    '    public Task<string> F(HttpClient http) => http.GetStringAsync("{url}").ContinueWith({0});\n}}\n'
)
TENACITY = (
    "import requests\nimport tenacity\n\n\n"
    "@tenacity.retry(stop=tenacity.stop_after_attempt(3), "
    "retry=tenacity.retry_if_exception_type(requests.ConnectionError){0})\ndef f():\n"
    '    answer = requests.get("{url}")\n    answer.raise_for_status()\n    return answer.json()\n\n\nprint(f())\n'
)
REACTOR = (
    "import org.springframework.web.reactive.function.client.WebClient;\nclass A {{\n"
    '    String f(WebClient web) {{\n        return web.get().uri("{url}").retrieve()'
    ".bodyToMono(String.class){0}.block();\n    }}\n}}\n"
)
STREAM = (
    "<?php\nfunction f() {{\n    $context = stream_context_create(['http' => ['ignore_errors' => true]]);\n"
    "    $answer = file_get_contents('{url}', false, $context);\n    {0}\n    return json_decode($answer, true);\n}}\n"
)
URL = "https://api.partnercenter.microsoft.com/v1/customers"
TOLD = [
    ("A.cs", FLURL, ".OnError(call => Console.Error.WriteLine(call.Exception.Message))", []),
    ("A.cs", FLURL, ".OnError(call => {{ call.ExceptionHandled = true; }})", ["PCM402"]),
    ("A.cs", FLURL, '.AllowHttpStatus("404")', []),
    ("A.cs", FLURL, '.AllowHttpStatus("400-404,6xx")', ["PCM401"]),
    ("A.cs", TASK, 't => t.IsFaulted ? "" : t.Result', ["PCM402"]),
    ("A.cs", TASK, "t => {{ if (t.IsFaulted) throw t.Exception; return t.Result; }}", []),
    ("A.cs", TASK, "t => {{ if (t.Exception != null) throw t.Exception; return t.Result; }}", []),
    ("A.cs", TASK, 't => t.IsCompletedSuccessfully ? t.Result : "[]"', ["PCM402"]),
    ("a.py", TENACITY, ", retry_error_callback=lambda state: None", ["PCM402"]),
    ("a.py", TENACITY, ", retry_error_callback=lambda state: state.outcome.result()", []),
    ("a.py", TENACITY, "", []),
    ("A.java", REACTOR, ".retry()", ["PCM403"]),
    ("A.java", REACTOR, ".retryWhen(Retry.backoff(3, Duration.ofSeconds(1)))", ["PCM403"]),
    ("A.java", REACTOR, ".retryWhen(Retry.max(3).filter(e -> e instanceof WebClientRequestException))", []),
    ("A.java", REACTOR, "", []),
    ("a.php", STREAM, "", ["PCM405"]),
    ("a.php", STREAM, "if (strpos($http_response_header[0], '200') === false) {{ throw new Exception($answer); }}", []),
    (
        "a.php",
        STREAM,
        "preg_match('/\\s(\\d{{3}})/', $http_response_header[0], $m); "
        "if ($m[1] !== '200') {{ throw new Exception($m[1]); }}",
        [],
    ),
]


@pytest.mark.parametrize(("path", "program", "words", "rules"), TOLD)
def test_what_a_call_says_of_errors(path: str, program: str, words: str, rules: list[str]) -> None:
    code = program.replace("{0}", words).replace("{url}", URL).replace("{{", "{").replace("}}", "}")
    assert len(api_calls({path: code})) == 1
    assert loud({path: code}) == rules


FORMS = {
    "A.java": (
        'class A {\n  String f(Client client) {\n    Form form = new Form().param("grant_type", "password")'
        '.param("username", System.getenv("A_USER"));\n    form.param("password", System.getenv("A_PASSWORD"));\n'
        '    form.param("resource", "https://api.partnercenter.microsoft.com");\n'
        '    return client.target("LOGIN").request().post(Entity.form(form), String.class);\n  }\n}\n'
    ),
    "a.kt": (
        "import com.github.kittinunf.fuel.Fuel\nfun f(): String {\n"
        '    val fields = listOf("grant_type" to "password", "username" to System.getenv("A_USER"), '
        '"password" to System.getenv("A_PASSWORD"), "resource" to "https://api.partnercenter.microsoft.com")\n'
        '    val (_, _, result) = Fuel.post("LOGIN", fields).responseString()\n    return result.get()\n}\n'
    ),
    "b.kt": (
        "import com.github.kittinunf.fuel.httpPost\nfun f(): String {\n"
        '    val (_, _, result) = "LOGIN".httpPost(listOf("grant_type" to "password", '
        '"username" to System.getenv("A_USER"), "password" to System.getenv("A_PASSWORD"), '
        '"resource" to "https://api.partnercenter.microsoft.com")).responseString()\n    return result.get()\n}\n'
    ),
    "a.php": (
        "<?php\nuse Buzz\\Browser;\n$browser = new Browser($client, $factory);\n$browser->submitForm('LOGIN', "
        "['grant_type' => 'password', 'username' => getenv('A_USER'), 'password' => getenv('A_PASSWORD'), "
        "'resource' => 'https://api.partnercenter.microsoft.com']);\n"
    ),
    "b.php": (
        "<?php\nuse Httpful\\Request;\nRequest::post('LOGIN')->sendsForm()->body(['grant_type' => 'password', "
        "'username' => getenv('A_USER'), 'password' => getenv('A_PASSWORD'), "
        "'resource' => 'https://api.partnercenter.microsoft.com'])->send();\n"
    ),
}


@pytest.mark.parametrize("path", FORMS)
def test_a_form_is_filled_in_the_librarys_own_way(path: str) -> None:
    code = FORMS[path].replace("LOGIN", "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token")
    (request,) = token_requests({path: code})
    assert (request.flow, request.account.name, request.secret.name) == (("ropc",), "A_USER", "A_PASSWORD")
    assert "PCM201" in loud({path: code})
    assert token_requests({path: FORMS[path].replace("LOGIN", "https://login.contoso.example/token")}) == []


MODULE = """\
import {{ Module }} from "@nestjs/common";
import axios from "axios";
import {{ Customers }} from "./customers";

@Module({{
  providers: [Customers, {{ provide: "PARTNER", {0} }}],
}})
export class PartnerModule {{}}
"""
SERVICE = """\
import { Inject, Injectable } from "@nestjs/common";
import { AxiosInstance } from "axios";

@Injectable()
export class Customers {
  constructor(@Inject("PARTNER") private readonly http: AxiosInstance) {}
  async all() {
    try {
      return (await this.http.get("/customers")).data;
    } catch (error) {
      return [];
    }
  }
}
"""


@pytest.mark.parametrize(
    "given", ["useFactory: () => axios.create({{ baseURL: '{1}' }})", "useValue: axios.create({{ baseURL: '{1}' }})"]
)
def test_a_client_is_handed_out_by_its_name(given: str) -> None:
    module = (
        MODULE.replace("{0}", given.replace("{1}", URL.removesuffix("/customers")))
        .replace("{{", "{")
        .replace("}}", "}")
    )
    files = {"module.ts": module, "customers.ts": SERVICE}
    assert [call.path for call in api_calls(files)] == ["/v1/customers"]
    assert loud(files) == ["PCM402"]
    assert api_calls({**files, "customers.ts": SERVICE.replace('"PARTNER"', '"OTHER"')}) == []
