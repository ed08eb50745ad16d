"""Clients that look at every answer themselves: hooks of a derived session, middleware, and types that share a name."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

ROOT = "https://api.partnercenter.microsoft.com/v1/"

SESSION = f"""
import requests

class Session(requests.Session):
    def request(self, method, url, **options):
        return super().request(method, "{ROOT}" + url, **options)

def look(answer, *_, **__):
    if answer.status_code == 401:
        raise PermissionError(answer.text)
    answer.raise_for_status()

def make():
    session = Session()
    session.hooks["response"].append(look)
    return session

print(make().get("customers").json()["items"])
"""

MIDDLEWARE = f"""
require 'faraday'

class Look < Faraday::Middleware
  def on_complete(env)
    raise "refused #{{env.body}}" if env.status == 401
    raise "status #{{env.status}}" unless env.success?
  end
end

def make
  Faraday.new(url: '{ROOT}') do |f|
    f.use Look
  end
end

puts JSON.parse(make.get('customers').body)['items']
"""

OF_THE_JDK = f"""
package a

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

class Ask {{
    private val http: HttpClient = HttpClient.newHttpClient()
    private var address = ""

    fun to(address: String) = apply {{ this.address = address }}

    fun text(): String =
        http.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString()).body()
}}

fun list(): String = Ask().to("{ROOT}customers").text()
"""

OF_KTOR = f"""
package a

import io.ktor.client.HttpClient
import io.ktor.client.request.get
import io.ktor.client.statement.bodyAsText

class Ask(private val http: HttpClient) {{
    suspend fun text(): String = http.get("{ROOT}customers").bodyAsText()
}}
"""


@pytest.mark.parametrize(
    ("path", "text", "hook"),
    [
        ("a.py", SESSION, '    session.hooks["response"].append(look)\n'),
        ("a.rb", MIDDLEWARE, "    f.use Look\n"),
    ],
)
def test_what_a_client_runs_on_every_answer_looks_at_it(path: str, text: str, hook: str) -> None:
    assert loud({path: text}, "unhandled-401") == []
    assert loud({path: text.replace(hook, "")}, "unhandled-401") == ["PCM401"]


@pytest.mark.parametrize("text", [OF_THE_JDK, OF_THE_JDK.replace("http.HttpClient", "http.*"), OF_KTOR])
def test_a_type_is_of_the_library_that_the_file_imports_it_from(text: str) -> None:
    assert loud({"a.kt": text}, "unhandled-401") == ["PCM401"]


OF_A_CALL = f"""
package a

import io.ktor.client.HttpClient
import io.ktor.client.engine.cio.CIO
import io.ktor.client.request.get
import io.ktor.client.statement.bodyAsText
import io.ktor.http.HttpStatusCode

class Ask(private val settings: Settings) {{
    private val http = HttpClient(CIO) {{
        install(Auth) {{ bearer {{ loadTokens {{ renewed() }} }} }}
        HttpResponseValidator {{
            validateResponse {{ answer ->
                if (answer.status == HttpStatusCode.Unauthorized) throw IllegalStateException(answer.bodyAsText())
            }}
        }}
    }}

    private fun renewed() = BearerTokens(settings.token, "")

    suspend fun text(): String = http.get("{ROOT}customers").bodyAsText()
}}
"""


def test_what_is_named_like_a_type_may_be_a_method_of_the_object_around_it() -> None:
    assert loud({"a.kt": OF_A_CALL}, "unhandled-401") == []
    assert loud({"a.kt": OF_A_CALL.replace("Unauthorized", "Conflict")}, "unhandled-401") == ["PCM401"]
