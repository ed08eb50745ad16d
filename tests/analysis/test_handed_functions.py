"""Functions that are handed on by name: of libraries, and where a name or a pair stands for them."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, loud, token_requests

PARTNER = "https://api.partnercenter.microsoft.com"

PYTHON = [
    f'requests.get, "{PARTNER}/v1/customers"',
    f'web.get, "{PARTNER}/v1/customers", timeout=5',
    f'self.web.request, "GET", "{PARTNER}/v1/customers"',
]


@pytest.mark.parametrize("handed", PYTHON)
@pytest.mark.parametrize("run", ["await asyncio.to_thread({})", "POOL.submit({}).result()", "functools.partial({})()"])
def test_a_library_function_that_something_else_runs(handed: str, run: str) -> None:
    python = f"""\
import asyncio, functools
from concurrent.futures import ThreadPoolExecutor
import requests

POOL = ThreadPoolExecutor()


class Reader:
    def __init__(self):
        self.web = requests.Session()

    async def read(self, web: requests.Session):
        return {run.format(handed)}.json()["items"]
"""
    (call,) = api_calls({"reader.py": python})
    assert call.at.span.line == 13
    assert call.error_handling.checks == "none"


def test_what_a_partial_is_still_to_be_given_is_waited_for() -> None:
    python = f"""\
import functools
import requests

get = functools.partial(requests.get, timeout=30)


def customers():
    return get("{PARTNER}/v1/customers").json()
"""
    assert [call.at.span.line for call in api_calls({"a.py": python})] == [8]


def test_a_password_grant_that_a_thread_runs() -> None:
    python = f"""\
import asyncio
import msal


class Access:
    def __init__(self, app: msal.PublicClientApplication):
        self.app = app

    async def token(self, user, password):
        return await asyncio.to_thread(
            self.app.acquire_token_by_username_password, user, password, scopes=["{PARTNER}/user_impersonation"]
        )
"""
    (request,) = token_requests({"access.py": python})
    assert request.flow == ("ropc",)
    assert request.audience.kind == "partner-center"


@pytest.mark.parametrize(
    "handed",
    [
        "Callable<Response> work = call::execute;\n        return pool.submit(work).get().body().string();",
        "return pool.submit(call::execute).get().body().string();",
        "return waitFor(call::execute).body().string();",
        "Callable<Response> work = call::execute;\n        return work.call().body().string();",
    ],
)
def test_a_method_of_a_client_that_is_run_as_what_its_interface_says(handed: str) -> None:
    java = f"""\
import okhttp3.*;
import java.util.concurrent.*;

class Reader {{
    private final OkHttpClient http = new OkHttpClient();
    private final ExecutorService pool = Executors.newSingleThreadExecutor();

    String read() throws Exception {{
        Call call = http.newCall(new Request.Builder().url("{PARTNER}/v1/customers").build());
        {handed}
    }}

    private static <T> T waitFor(Callable<T> work) throws Exception {{ return work.call(); }}
}}
"""
    (call,) = api_calls({"Reader.java": java})
    assert call.error_handling.checks == "none"


@pytest.mark.parametrize(
    "read",
    [
        'await Promise.all(ids.map((id) => "/customers/" + id).map(client.get))',
        'await limit(client.get, "/customers")',
        'await pMap(["/customers"], client.get)',
    ],
)
def test_a_library_function_for_every_item(read: str) -> None:
    javascript = f"""\
import axios from "axios";
import pLimit from "p-limit";
import pMap from "p-map";
const limit = pLimit(2);
const client = axios.create({{ baseURL: "{PARTNER}/v1", validateStatus: () => true }});
export async function read(ids) {{
  return {read};
}}
"""
    assert [call.at.span.line for call in api_calls({"read.js": javascript})] == [7]


@pytest.mark.parametrize(
    "read",
    [
        "array_map([$this, 'load'], $paths)",
        "call_user_func([$this, 'load'], 'customers')",
        "call_user_func_array([$this, 'load'], ['customers'])",
        "array_map('load_it', $paths)",
        "($f = [$this, 'load'])('customers')",
    ],
)
def test_a_function_that_a_pair_or_its_name_stands_for(read: str) -> None:
    php = f"""\
<?php
use Illuminate\\Support\\Facades\\Http;
function load_it(string $path) {{
    return Http::get('{PARTNER}/v1/' . $path)->throw()->json();
}}
class Reader {{
    private function load(string $path) {{
        return Http::get('{PARTNER}/v1/' . $path)->throw()->json();
    }}
    public function all(array $paths): array {{
        try {{
            return {read};
        }} catch (\\Throwable) {{
            return [];
        }}
    }}
}}
"""
    assert "value" in [call.error_handling.then for call in api_calls({"Reader.php": php})]


def test_what_a_client_is_told_to_run_on_every_answer_after_the_client_itself() -> None:
    go = f"""\
package partner

import ("errors"; "fmt"; "github.com/go-resty/resty/v2")

var errSignIn = errors.New("sign in again")

func strict(_ *resty.Client, answer *resty.Response) error {{
	if answer.StatusCode() == 401 {{
		return errSignIn
	}}
	if answer.IsError() {{
		return fmt.Errorf("status %d", answer.StatusCode())
	}}
	return nil
}}

func Customers(token string) (string, error) {{
	client := resty.New().SetBaseURL("{PARTNER}/v1").OnAfterResponse(strict)
	answer, err := client.R().SetAuthToken(token).Get("/customers")
	if err != nil {{
		return "", err
	}}
	return answer.String(), nil
}}
"""
    (call,) = api_calls({"partner.go": go})
    assert (call.error_handling.distinguishes_401, call.error_handling.then) == (True, "raise")


@pytest.mark.parametrize(("header", "sent"), [("MS-CorrelationId", 1), ("X-Correlation-Id", 0)])
def test_a_request_is_known_by_a_header_of_partner_center_alone(header: str, sent: int) -> None:
    python = f"""\
import requests
from elsewhere import root


def customers(token, number):
    headers = {{"Authorization": "Bearer " + token, "{header}": number}}
    return requests.get(root() + "/v1/customers", headers=headers).json()
"""
    assert len(api_calls({"customers.py": python})) == sent


@pytest.mark.parametrize(("header", "sent"), [("MS-PartnerCenter-Client", 1), ("X-PartnerCenter-Client", 0)])
@pytest.mark.parametrize(
    ("path", "code"),
    [
        (
            "a.php",
            "<?php\n$handle = curl_init($root . '/v1/customers');\n"
            "curl_setopt($handle, CURLOPT_HTTPHEADER, ['Authorization: Bearer ' . $token, 'SENT: desk']);\n"
            "$all = json_decode(curl_exec($handle));\n",
        ),
        (
            "b.php",
            '<?php\n$lines = "Accept: a/b\\r\\nSENT: desk\\r\\n";\n'
            "$context = stream_context_create(['http' => ['header' => $lines]]);\n"
            "$all = json_decode(file_get_contents($root . '/v1/customers', false, $context));\n",
        ),
        ("c.sh", 'curl -H "Authorization: Bearer $TOKEN" -H "SENT: desk" "$ROOT/v1/customers" > customers.json\n'),
        (
            "D.java",
            "import java.net.http.*;\nclass D {\n  String all(java.net.URI root, HttpClient net) throws Exception {\n"
            '    var ask = HttpRequest.newBuilder(root).headers("Accept", "a/b", "SENT", "desk").build();\n'
            "    return net.send(ask, HttpResponse.BodyHandlers.ofString()).body();\n  }\n}\n",
        ),
    ],
)
def test_a_header_of_partner_center_in_a_list_or_a_text(path: str, code: str, header: str, sent: int) -> None:
    assert len(api_calls({path: code.replace("SENT", header)})) == sent


@pytest.mark.parametrize(
    "acquire",
    [
        "promisify(context.acquireTokenWithUsernamePassword)",
        "promisify(context.acquireTokenWithUsernamePassword).bind(context)",
        "promisify(context.acquireTokenWithUsernamePassword.bind(context))",
        "context.acquireTokenWithUsernamePassword.bind(context)",
    ],
)
def test_a_method_of_a_library_that_is_bound(acquire: str) -> None:
    code = f"""\
import {{ promisify }} from 'node:util'
import adal from 'adal-node'
export async function token(user, password) {{
  const context = new adal.AuthenticationContext('https://login.microsoftonline.com/contoso')
  const acquire = {acquire}
  return acquire('{PARTNER}', user, password, 'x')
}}
"""
    assert [request.flow for request in token_requests({"a.mjs": code})] == [("ropc",)]


def test_a_field_that_is_filled_when_it_is_first_asked_for() -> None:
    program = """\
using System; using System.Threading; using Microsoft.Identity.Client;
public class Account {
  string kept;
  string Word => LazyInitializer.EnsureInitialized(ref kept, () => Environment.GetEnvironmentVariable("CSP_PASSWORD"));
  public async Task<string> TokenAsync(IPublicClientApplication app) {
    var scopes = new[] { "https://api.partnercenter.microsoft.com/user_impersonation" };
    return (await app.AcquireTokenByUsernamePassword(scopes, "a@contoso.com", Word).ExecuteAsync()).AccessToken;
  }
}
"""
    assert loud({"Account.cs": program}) == ["PCM102", "PCM201"]
