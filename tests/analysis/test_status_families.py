"""Questions to a status of what family it is, and comparisons in which the constant comes first."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, loud

_CALL = "https://api.partnercenter.microsoft.com/v1/customers"
_PYTHON = (
    "import httpx\nfrom http import HTTPStatus\ndef customers():\n"
    f'    answer = httpx.get("{_CALL}")\n    if @@:\n        raise RuntimeError(answer.status_code)\n'
    "    return answer.json()\n"
)
_JAVA = (
    f'class Customers {{ private final RestClient http = RestClient.create("{_CALL}");\n'
    '  String all() { try { return http.get().uri("/all").retrieve().body(String.class); }\n'
    "    catch (RestClientResponseException e) { var status = e.getStatusCode();\n"
    "      if (@@) { return null; } throw e; } } }\n"
)
_KOTLIN = (
    f'class Customers {{ private val http = RestClient.create("{_CALL}")\n'
    '  fun all(): String? = try { http.get().uri("/all").retrieve().body(String::class.java) }\n'
    "    catch (e: RestClientResponseException) { if (@@) null else throw e } }\n"
)
_CSHARP = (
    "class Customers { readonly HttpClient http = new HttpClient();\n"
    f'  public async Task<string> All() {{ try {{ return await http.GetStringAsync("{_CALL}"); }}\n'
    '    catch (HttpRequestException e) { if (@@) throw; return ""; } } }\n'
)

UNHANDLED = {
    "python-server": ("a.py", _PYTHON, "answer.is_server_error", "PCM401"),
    "python-redirect": ("a.py", _PYTHON, "answer.is_redirect", "PCM401"),
    "java-client": ("a.java", _JAVA, "status.is4xxClientError()", "PCM402"),
    "java-any": ("a.java", _JAVA, "e.getStatusCode().isError()", "PCM402"),
    "kotlin-client": ("a.kt", _KOTLIN, "e.statusCode.is4xxClientError", "PCM402"),
    "csharp-constant-first": ("a.cs", _CSHARP, "HttpStatusCode.NotFound == e.StatusCode", "PCM402"),
}
HANDLED = {
    "python-client": ("a.py", _PYTHON, "answer.is_client_error"),
    "python-any": ("a.py", _PYTHON, "answer.is_error"),
    "python-of-the-number": ("a.py", _PYTHON, "HTTPStatus(answer.status_code).is_client_error"),
    "java-server": ("a.java", _JAVA, "status.is5xxServerError()"),
    "java-constant-first": ("a.java", _JAVA, "HttpStatus.NOT_FOUND.equals(e.getStatusCode())"),
    "kotlin-server": ("a.kt", _KOTLIN, "e.statusCode.is5xxServerError"),
}


@pytest.mark.parametrize("name", UNHANDLED)
def test_a_family_without_401_or_one_that_is_hidden_is_reported(name: str) -> None:
    path, text, asked, rule = UNHANDLED[name]
    assert loud({path: text.replace("@@", asked)}) == [rule]


@pytest.mark.parametrize("name", HANDLED)
def test_a_family_with_401_is_looked_at(name: str) -> None:
    path, text, asked = HANDLED[name]
    assert loud({path: text.replace("@@", asked)}) == []


@pytest.mark.parametrize(
    "asked", ["HttpStatusCode.Unauthorized == e.StatusCode", "e.StatusCode == HttpStatusCode.Unauthorized"]
)
def test_a_constant_tells_401_apart_on_either_side(asked: str) -> None:
    (call,) = api_calls({"a.cs": _CSHARP.replace("@@", asked)})
    assert call.error_handling.distinguishes_401
