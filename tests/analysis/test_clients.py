"""Clients and libraries as programs use them: what hides a refusal or signs in with a password, beside its harmless
twin. Each pair differs in as little as may be."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.helpers.code import loud

_CALL = "https://api.partnercenter.microsoft.com/v1/customers"
_LOGIN = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
_BODY = "grant_type=@@&resource=https://api.partnercenter.microsoft.com&username=svc@contoso.com&password="


@dataclass(frozen=True)
class Pair:
    """`text` with a hole, `@@`: with `bad` in it `rules` report at warning or above, with `good` nobody does."""

    path: str
    text: str
    bad: str
    good: str
    rules: tuple[str, ...]


PAIRS = {
    "javascript-answer-spread-into-what-is-stored": Pair(
        "a.js",
        "const fs = require('fs/promises');\n"
        "async function save(held) { await fs.writeFile('held.new', JSON.stringify(held)); }\n"
        "exports.fresh = async (held) => {\n"
        f"  const answer = await require('got').post('{_LOGIN}', {{ form: {{ grant_type: 'refresh_token',\n"
        "    refresh_token: process.env.PARTNER_REFRESH,\n"
        "    resource: 'https://api.partnercenter.microsoft.com' } }).json();\n"
        "  await save({ @@, at: Date.now() });\n"
        "  return answer.access_token;\n"
        "};\n",
        "access_token: answer.access_token",
        "...answer",
        ("PCM301",),
    ),
    "powershell-status-variable": Pair(
        "a.ps1",
        f"$all = Invoke-RestMethod '{_CALL}' -Headers $h -SkipHttpErrorCheck -StatusCodeVariable answered\n"
        "if (@@ -eq 401) { throw 'sign in again' }\n$all.items\n",
        "$other",
        "$answered",
        ("PCM401",),
    ),
    "powershell-status-variable-in-a-switch": Pair(
        "a.ps1",
        f"$all = irm '{_CALL}' -Headers $h -SkipHttpErrorCheck -StatusCodeVariable 'code'\n"
        "switch ($code) { 200 { $all.items } @@ { throw $all.description } }\n",
        "404",
        "401",
        ("PCM401",),
    ),
    "python-client-derived-of-a-library-s": Pair(
        "a.py",
        "import requests\n"
        "class Partner(requests.Session):\n"
        "    def customers(self):\n"
        f"        answer = self.get('{_CALL}')\n"
        "        @@\n"
        "        return answer.json()\n"
        "print(Partner().customers())\n",
        "pass",
        "answer.raise_for_status()",
        ("PCM401",),
    ),
    "csharp-client-derived-of-a-library-s": Pair(
        "A.cs",
        "class Base : HttpClient { }\n"
        "class Partner : Base {\n"
        '  public Partner() { BaseAddress = new Uri("https://api.partnercenter.microsoft.com/"); }\n'
        "  public async Task<string> All() {\n"
        '    var answer = await GetAsync("v1/customers");\n'
        "    @@\n"
        "    return await answer.Content.ReadAsStringAsync();\n"
        "  }\n"
        "  static async Task Main() { Console.WriteLine(await new Partner().All()); }\n"
        "}\n",
        "Console.WriteLine(1);",
        "answer.EnsureSuccessStatusCode();",
        ("PCM401",),
    ),
    "kotlin-client-derived-of-a-library-s": Pair(
        "A.kt",
        "class Partner : RestTemplate() {\n"
        f'    fun all(): String? = try {{ getForObject("{_CALL}", String::class.java) }}\n'
        "        catch (e: Exception) { @@ }\n"
        "}\n"
        "fun main() { println(Partner().all()) }\n",
        "null",
        "throw IllegalStateException(e)",
        ("PCM402",),
    ),
    "php-client-derived-of-a-library-s": Pair(
        "a.php",
        "<?php\nclass Partner extends \\GuzzleHttp\\Client {\n"
        "  public function all() {\n"
        f"    $answer = $this->get('{_CALL}', ['http_errors' => @@]);\n"
        "    return json_decode($answer->getBody(), true)['items'] ?? [];\n"
        "  }\n"
        "}\nforeach ((new Partner())->all() as $c) { echo $c['id']; }\n",
        "false",
        "true",
        ("PCM401",),
    ),
    "csharp-static-using": Pair(
        "a.cs",
        "using static Contoso.Names;\n"
        "namespace Contoso { static class Names { public const string Grant = @@; } }\n"
        "class Job { async Task Run(string secret) {\n"
        f'  await new HttpClient().PostAsync("{_LOGIN}", new FormUrlEncodedContent(new Dictionary<string, string> {{\n'
        '    ["grant_type"] = Grant, ["resource"] = "https://api.partnercenter.microsoft.com",\n'
        '    ["username"] = "svc@contoso.com", ["password"] = secret })); } }\n'.replace("{{", "{"),
        '"password"',
        '"client_credentials"',
        ("PCM201",),
    ),
    "csharp-alias-of-a-type": Pair(
        "a.cs",
        "using Password = Azure.Identity.@@;\n"
        "class Job { async Task Run(string secret) {\n"
        '  var token = await new Password("one", secret, "two", "three").GetTokenAsync(\n'
        '    new TokenRequestContext(new[] { "https://api.partnercenter.microsoft.com/.default" })); } }\n',
        "UsernamePasswordCredential",
        "ClientSecretCredential",
        ("PCM201",),
    ),
    "csharp-a-quote-after-a-hole": Pair(
        "a.cs",
        'class Job { async Task Run(string secret) { var said = $@"say ""{secret}""";\n'
        f'  await new HttpClient().PostAsync("{_LOGIN}", new '
        f'StringContent($@"{_BODY}{{secret}}&note=""{{said}}""")); }} }}\n',
        "password",
        "client_credentials",
        ("PCM201",),
    ),
    "csharp-flurl-takes-any-status": Pair(
        "a.cs",
        f'class Job {{ async Task<string> Run() {{ var answer = await "{_CALL}"@@.GetAsync();\n'
        "  return await answer.GetStringAsync(); } }\n",
        ".AllowAnyHttpStatus()",
        "",
        ("PCM401",),
    ),
    "csharp-restsharp-told-to-throw": Pair(
        "a.cs",
        "class Job { async Task<string> Run() { var options = new "
        'RestClientOptions("https://api.partnercenter.microsoft.com/v1") { @@ };\n'
        '  return (await new RestClient(options).ExecuteAsync(new RestRequest("customers"))).Content; } }\n',
        "ThrowOnAnyError = false",
        "ThrowOnAnyError = true",
        ("PCM401",),
    ),
    "csharp-polly-8": Pair(
        "a.cs",
        "class Job { async Task Run(HttpClient http) {\n"
        "  var again = new PredicateBuilder<HttpResponseMessage>().HandleResult(r => @@);\n"
        "  var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()\n"
        "    .AddRetry(new RetryStrategyOptions<HttpResponseMessage> { MaxRetryAttempts = 3, ShouldHandle = "
        "again }).Build();\n"
        f'  var answer = await pipeline.ExecuteAsync(async stop => await http.GetAsync("{_CALL}"));\n'
        "  answer.EnsureSuccessStatusCode(); } }\n",
        "!r.IsSuccessStatusCode",
        "r.StatusCode == HttpStatusCode.TooManyRequests",
        ("PCM403",),
    ),
    "csharp-client-of-a-container": Pair(
        "a.cs",
        "class Startup { void Add(IServiceCollection services) { services.AddHttpClient<Customers>((provider, "
        "client) =>\n"
        '  client.BaseAddress = new Uri("https://api.partnercenter.microsoft.com/v1/")); } }\n'
        "class Customers(HttpClient http) { public async Task<string> All() { var answer = await "
        'http.GetAsync("customers");\n'
        "  @@; return await answer.Content.ReadAsStringAsync(); } }\n",
        "",
        "answer.EnsureSuccessStatusCode()",
        ("PCM401",),
    ),
    "javascript-rxjs-catches": Pair(
        "a.ts",
        'import { catchError, of, throwError } from "rxjs";\n'
        "export class Customers { constructor(private http: HttpClient) {}\n"
        f'  all() {{ return this.http.get("{_CALL}").pipe(map((one) => one), catchError((error) => @@)); }} }}\n',
        "of([])",
        "throwError(() => error)",
        ("PCM402",),
    ),
    "javascript-rxjs-tries-again": Pair(
        "a.ts",
        'import { retry, timeout } from "rxjs";\n'
        "export class Customers { constructor(private http: HttpClient) {}\n"
        f'  all() {{ return this.http.get("{_CALL}").pipe(@@); }} }}\n',
        "retry(3)",
        "timeout(3)",
        ("PCM403",),
    ),
    "javascript-subscriber": Pair(
        "a.ts",
        "export class Customers { constructor(private http: HttpClient) {}\n"
        f'  all() {{ this.http.get("{_CALL}").subscribe({{ next: (one) => show(one), error: (error) => {{ @@ }} '
        f"}}); }} }}\n",
        "",
        "throw error;",
        ("PCM402",),
    ),
    "javascript-nest-hands-out": Pair(
        "a.ts",
        'import { firstValueFrom } from "rxjs";\n'
        "export class Api { constructor(private readonly http: HttpService) {}\n"
        "  async get(path: string) { return (await "
        'firstValueFrom(this.http.get("https://api.partnercenter.microsoft.com/v1" + path))).data; } }\n'
        "export class Orders { constructor(private readonly api: Api) {}\n"
        '  async all() { try { return await this.api.get("/orders"); } catch (error) { @@ } } }\n',
        "return [];",
        "throw error;",
        ("PCM402",),
    ),
    "javascript-jquery-fails": Pair(
        "a.js",
        f'$.ajax({{ url: "{_CALL}", headers }}).done((one) => show(one)).fail((answer) => {{ @@ }});\n',
        "",
        "throw new Error(`status ${answer.status} ${answer.responseText}`);",
        ("PCM402",),
    ),
    "javascript-got-of-a-client": Pair(
        "a.js",
        'import got from "got";\n'
        'const client = got.extend({ prefixUrl: "https://api.partnercenter.microsoft.com/v1", retry: { '
        "statusCodes: [@@] } });\n"
        'show(await client.get("customers").json());\n',
        "401, 429",
        "429",
        ("PCM403",),
    ),
    "javascript-do-until-it-works": Pair(
        "a.js",
        f'let answer;\ndo {{ answer = await fetch("{_CALL}", {{ headers }}); }} while (@@);\nshow(await '
        f"answer.json());\n",
        "answer.status !== 200",
        "answer.status === 429);\nif (!answer.ok) throw new Error(`status ${answer.status}`",
        ("PCM403",),
    ),
    "php-guzzle-hook": Pair(
        "a.php",
        "<?php\nuse GuzzleHttp\\{Client, HandlerStack, Middleware};\n"
        "$stack = HandlerStack::create();\n"
        "$stack->push(Middleware::mapResponse(function ($answer) { @@ return $answer; }));\n"
        f"$client = new Client(['handler' => $stack, 'http_errors' => false]);\necho "
        f"$client->get('{_CALL}')->getBody();\n",
        "",
        "if ($answer->getStatusCode() >= 400) { throw new RuntimeException($answer->getStatusCode() . "
        "$answer->getBody()); }",
        ("PCM401",),
    ),
    "php-guzzle-told-not-to-throw": Pair(
        "a.php",
        "<?php\nuse GuzzleHttp\\Client;\n"
        f"$client = new Client(['http_errors' => @@]);\necho $client->get('{_CALL}')->getBody();\n",
        "false",
        "true",
        ("PCM401",),
    ),
    "php-symfony-told-not-to-throw": Pair(
        "a.php",
        "<?php\nuse Symfony\\Component\\HttpClient\\HttpClient;\n"
        f"$answer = HttpClient::create()->request('GET', '{_CALL}');\necho $answer->getContent(@@);\n",
        "false",
        "",
        ("PCM401",),
    ),
    "php-laravel-asks-for-401": Pair(
        "a.php",
        "<?php\nuse Illuminate\\Support\\Facades\\Http;\n"
        f"$answer = Http::withToken($token)->get('{_CALL}');\n"
        "if ($answer->@@()) { throw new Exception('refused'); }\n",
        "failed",
        "unauthorized",
        ("PCM406",),
    ),
    "php-curl-told-to-fail": Pair(
        "a.php",
        f"<?php\n$handle = curl_init('{_CALL}');\ncurl_setopt($handle, @@, true);\n"
        "$body = curl_exec($handle);\nif ($body === false) { throw new Exception('no answer'); }\necho $body;\n",
        "CURLOPT_RETURNTRANSFER",
        "CURLOPT_FAILONERROR",
        ("PCM401",),
    ),
    "php-provider-for-a-resource": Pair(
        "a.php",
        "<?php\n$provider = new \\TheNetworg\\OAuth2\\Client\\Provider\\Azure(['resource' => '@@']);\n"
        "$token = $provider->getAccessToken('password', ['username' => $user, 'password' => $secret]);\n",
        "https://api.partnercenter.microsoft.com",
        "https://contoso.example",
        ("PCM201",),
    ),
    "php-class-of-the-same-name": Pair(
        "a.php",
        "<?php\nnamespace Contoso;\nuse GuzzleHttp\\Client as Http;\n"
        f"class Client {{ public function all() {{ try {{ return (new Http())->get('{_CALL}')->getBody(); }} "
        f"catch (\\Exception $e) {{ @@ }} }} }}\n",
        "",
        "throw $e;",
        ("PCM402",),
    ),
}


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in PAIRS.items()])
def test_a_fault_is_told_from_its_harmless_twin(pair: Pair) -> None:
    assert "@@" in pair.text
    assert loud({pair.path: pair.text.replace("@@", pair.bad)}) == sorted(pair.rules)
    assert loud({pair.path: pair.text.replace("@@", pair.good)}) == []


TSCONFIG = '{"compilerOptions": {"paths": {"@lib/*": ["libs/*"], "@names": ["names/index.ts"]}}}\n'


@pytest.mark.parametrize("said", [True, False])
def test_an_alias_of_a_module_is_what_tsconfig_says(said: bool) -> None:
    files = {
        "tsconfig.json": TSCONFIG if said else "{}\n",
        "libs/settings.ts": 'export const SECRET = "Invented-Value-71";\n',
        "names/index.ts": 'export const USER = "svc@contoso.com";\n',
        "app/main.ts": 'import axios from "axios";\nimport { SECRET } from "@lib/settings";\nimport { USER } '
        'from "@names";\n'
        'const body = { grant_type: "password", resource: "https://api.partnercenter.microsoft.com", username: '
        "USER, password: SECRET };\n"
        f'axios.post("{_LOGIN}", new URLSearchParams(body));\n',
    }
    assert loud(files) == (["PCM101", "PCM201"] if said else ["PCM201"])


_SCOPE = "https://api.partnercenter.microsoft.com/user_impersonation"
UNSEEN_CALLERS = {
    "python-mapping": {
        "a.py": "import msal\n\ndef provider(config):\n"
        '    app = msal.ConfidentialClientApplication(config.client, authority="https://login.microsoftonline.com/x")\n'
        "    return {'token': lambda: app.acquire_token_by_username_password(config.user, config.word, "
        f"['{_SCOPE}'])}}\n"
    },
    "typescript-closure": {
        "packages/sign-in/src/index.ts": "import { ConfidentialClientApplication } from '@azure/msal-node';\n"
        "export function provider(id: Identity) {\n"
        "  const app = new ConfidentialClientApplication({ auth: id.auth });\n"
        f"  return async () => app.acquireTokenByUsernamePassword({{ scopes: ['{_SCOPE}'], username: id.user, "
        "password: id.word });\n}\n",
        "apps/sync/main.ts": "import { provider } from '@contoso/sign-in';\nimport { register } from 'plugins';\n"
        "register({ hooks: [provider({ user: process.env.USER, word: process.env.WORD })] });\n",
    },
    "powershell-block": {
        "a.ps1": "function Get-Provider($user, $password) {\n  return { Invoke-RestMethod -Method Post -Uri "
        "'https://login.microsoftonline.com/common/oauth2/token' -Body @{ grant_type = 'password'; resource = "
        "'https://api.partnercenter.microsoft.com'; username = $user; password = $password } }\n}\n"
    },
}


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in UNSEEN_CALLERS.items()])
def test_a_function_that_is_made_for_a_caller_out_of_sight_is_read(files: dict[str, str]) -> None:
    assert "PCM201" in loud(files)


def test_a_package_of_the_same_repository_is_imported_by_its_name() -> None:
    files = {
        "packages/names/src/index.ts": 'export const SECRET = "Invented-Value-71";\n',
        "app/main.ts": 'import axios from "axios";\nimport { SECRET } from "@contoso/names";\n'
        'const body = { grant_type: "password", resource: "https://api.partnercenter.microsoft.com", username: '
        '"svc@contoso.com", password: SECRET };\n'
        f'axios.post("{_LOGIN}", new URLSearchParams(body));\n',
    }
    assert loud(files) == ["PCM101", "PCM201"]
