"""A wrapper raises an error of the repository's own: only a handler that names it, or a base of it, catches it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.code import api_calls, findings, loud

ROOT = "https://api.partnercenter.microsoft.com/v1/"

# path -> text; CAUGHT stands for the type that the handler names
CODE = {
    "a.py": f"""
import requests

class Refused(Exception):
    pass

class Other(Exception):
    pass

def read(path):
    answer = requests.get("{ROOT}" + path, timeout=9)
    if answer.status_code != 200:
        raise Refused(f"{{path}}: {{answer.status_code}}")
    return answer.json()

def name(customer):
    try:
        return read("customers/" + customer)["name"]
    except CAUGHT:
        return ""
""",
    "a.ts": f"""
class Refused extends Error {{}}
class Other extends Error {{}}

async function read(path: string) {{
  const answer = await fetch('{ROOT}' + path)
  if (!answer.ok) throw new Refused(`${{path}}: ${{answer.status}}`)
  return answer.json()
}}

export async function name(customer: string) {{
  try {{
    return (await read('customers/' + customer)).name
  }} catch (problem) {{
    if (problem instanceof CAUGHT) return ''
    throw problem
  }}
}}
""",
    "a.cs": f"""
using System; using System.Net.Http; using System.Threading.Tasks;
public class Refused : Exception {{ public Refused(string text) : base(text) {{ }} }}
public class Other : Exception {{ }}
public class Wire
{{
    readonly HttpClient http = new HttpClient();
    async Task<string> Read(string path)
    {{
        var answer = await http.GetAsync("{ROOT}" + path);
        if (!answer.IsSuccessStatusCode) throw new Refused(path + answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }}
    public async Task<string> Name(string customer)
    {{
        try {{ return await Read("customers/" + customer); }}
        catch (CAUGHT) {{ return ""; }}
    }}
}}
""",
    "Wire.java": f"""
package a;
import java.net.URI;
import java.net.http.*;
class Refused extends Exception {{ Refused(String text) {{ super(text); }} }}
class Other extends Exception {{ }}
public class Wire {{
    private final HttpClient http = HttpClient.newHttpClient();
    private String read(String path) throws Exception {{
        HttpRequest request = HttpRequest.newBuilder(URI.create("{ROOT}" + path)).build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {{
            Refused refused = new Refused(path + answer.statusCode());
            throw refused;
        }}
        return answer.body();
    }}
    public String name(String customer) throws Exception {{
        try {{
            return read("customers/" + customer);
        }} catch (CAUGHT problem) {{
            return "";
        }}
    }}
}}
""",
    "a.php": f"""<?php
class Refused extends LogicException
{{
    public static function of($path, $status) {{ return new self("$path: $status"); }}
}}
class Other extends LogicException {{}}
function read($path)
{{
    $ch = curl_init('{ROOT}' . $path);
    curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
    $body = curl_exec($ch);
    $status = curl_getinfo($ch, CURLINFO_HTTP_CODE);
    if ($status !== 200) {{
        throw Refused::of($path, $status);
    }}
    return json_decode($body, true);
}}
function name($customer)
{{
    try {{
        return read('customers/' . $customer)['name'];
    }} catch (CAUGHT $problem) {{
        return '';
    }}
}}
""",
    "a.rb": f"""
require 'net/http'
require 'json'

class Refused < StandardError; end
class Other < StandardError; end

def read(path)
  answer = Net::HTTP.get_response(URI('{ROOT}' + path))
  raise Refused, "#{{path}}: #{{answer.code}}" unless answer.is_a?(Net::HTTPSuccess)

  JSON.parse(answer.body)
end

def name(customer)
  read('customers/' + customer)['name']
rescue CAUGHT
  ''
end
""",
}


@pytest.mark.parametrize("path", CODE)
def test_an_own_error_that_a_handler_names_is_hidden(path: str) -> None:
    assert loud({path: CODE[path].replace("CAUGHT", "Refused")}, "unhandled-401")


@pytest.mark.parametrize("path", CODE)
def test_a_handler_for_another_error_hides_nothing(path: str) -> None:
    assert loud({path: CODE[path].replace("CAUGHT", "Other")}, "unhandled-401") == []


LIBRARY = {"a.py": "requests.HTTPError", "a.cs": "HttpRequestException", "Wire.java": "java.io.IOException"}


@pytest.mark.parametrize("path", LIBRARY)
def test_nor_does_a_handler_for_what_the_library_would_raise(path: str) -> None:
    assert loud({path: CODE[path].replace("CAUGHT", LIBRARY[path])}, "unhandled-401") == []


BASES = {
    "a.py": ("class Refused(Exception)", "class Base(Exception):\n    pass\n\nclass Refused(Base)"),
    "a.cs": (
        "class Refused : Exception",
        "class Base : Exception { public Base(string text) : base(text) { } }\npublic class Refused : Base",
    ),
    "a.rb": ("class Refused < StandardError", "class Base < StandardError; end\nclass Refused < Base"),
}


@pytest.mark.parametrize("path", BASES)
def test_a_base_of_it_catches_it_too(path: str) -> None:
    text = CODE[path].replace(*BASES[path]).replace("CAUGHT", "Base")
    assert loud({path: text}, "unhandled-401")


def test_an_error_that_a_handler_raises_in_its_place_is_another() -> None:
    wrapped = f"""
import requests

class Refused(Exception):
    pass

def read(path):
    try:
        answer = requests.get("{ROOT}" + path, timeout=9)
        answer.raise_for_status()
        return answer.json()
    except requests.HTTPError:
        raise Refused(path)

def name(customer):
    try:
        return read("customers/" + customer)["name"]
    except CAUGHT:
        return ""
"""
    hidden = [call.error_handling.then for call in api_calls({"a.py": wrapped.replace("CAUGHT", "Refused")})]
    passed = [call.error_handling.then for call in api_calls({"a.py": wrapped.replace("CAUGHT", "requests.HTTPError")})]
    assert "value" in hidden
    assert "value" not in passed


LOOKED_AT = {
    "a.py": f"""
import requests

def read(path):
    answer = requests.get("{ROOT}" + path, timeout=9)
    answer.raise_for_status()
    return answer.json()

def customers():
    return read("customers")

def profile(customer):
    try:
        return read("customers/" + customer)  # here
    except requests.HTTPError:
        return None

def run():
    print(customers(), (profile("x") or {{}}).get("mail"))

run()
""",
    "a.ts": f"""
async function read(path: string) {{
  const answer = await fetch('{ROOT}' + path)
  if (!answer.ok) throw new Error(path + answer.status)
  return answer.json()
}}

export const customers = () => read('customers')

export async function profile(customer: string) {{
  try {{
    return await read('customers/' + customer)  // here
  }} catch {{
    return undefined
  }}
}}

export async function run() {{
  console.log(await customers(), (await profile('x'))?.mail ?? '')
}}
""",
    "Wire.java": f"""
package a;
import java.io.IOException;
import java.util.Optional;
import okhttp3.*;
public class Wire {{
    private final OkHttpClient http = new OkHttpClient();
    private String read(String path) throws IOException {{
        Request request = new Request.Builder().url("{ROOT}" + path).build();
        try (Response answer = http.newCall(request).execute()) {{
            if (!answer.isSuccessful()) throw new IOException(path + answer.code());
            return answer.body().string();
        }}
    }}
    public String customers() throws IOException {{ return read("customers"); }}
    public Optional<String> profile(String customer) {{
        try {{
            return Optional.of(read("customers/" + customer)); // here
        }} catch (IOException problem) {{
            return Optional.empty();
        }}
    }}
    public void run() throws IOException {{ System.out.println(customers() + profile("x").orElse("")); }}
}}
""",
}


def _places(path: str) -> Iterator[int]:
    return (each.place.span.line for each in findings({path: LOOKED_AT[path]}) if each.level == "warning")


@pytest.mark.parametrize("path", LOOKED_AT)
def test_where_the_error_is_hidden_is_the_place_and_not_where_the_default_is_taken(path: str) -> None:
    line = next(n for n, text in enumerate(LOOKED_AT[path].split("\n"), 1) if text.endswith("here"))
    assert list(_places(path)) == [line]


@pytest.mark.parametrize(
    ("caught", "hidden"), [("CompletionException", True), ("ExecutionException", True), ("TimeoutException", False)]
)
def test_a_handler_of_the_error_that_work_ended_with(caught: str, hidden: bool) -> None:
    java = f"""\
import java.net.URI;
import java.net.http.*;
import java.util.concurrent.*;

class Nightly {{
    private final HttpClient http = HttpClient.newHttpClient();

    String customers() {{
        try {{
            return CompletableFuture.supplyAsync(() -> read()).get();
        }} catch ({caught} e) {{
            return "[]";
        }}
    }}

    private String read() {{
        HttpResponse<String> answer = http.send(
            HttpRequest.newBuilder(URI.create("https://api.partnercenter.microsoft.com/v1/customers")).build(), null);
        if (answer.statusCode() != 200) throw new IllegalStateException("HTTP " + answer.statusCode());
        return answer.body();
    }}
}}
"""
    assert ("PCM402" in loud({"Nightly.java": java})) is hidden
