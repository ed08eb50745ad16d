"""A library's client that a container is told to hand out: whoever asks for its type sends with it."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_ROOT = "https://api.partnercenter.microsoft.com/v1/"
_ELSEWHERE = "https://weather.example/v1/"

_CSHARP = (
    "using System; using System.Net.Http; using Microsoft.Extensions.DependencyInjection;\n"
    "class Orders { readonly HttpClient http; public Orders(HttpClient http) { this.http = http; }\n"
    '  public async Task<string> All() { var answer = await http.GetAsync("orders");\n'
    "    return await answer.Content.ReadAsStringAsync(); } }\n"
    "class Start { static void Main() { var services = new ServiceCollection(); @@; } }\n"
)
_VB = (
    "Imports System.Net.Http\n"
    "Class Orders\n  Private ReadOnly _http As HttpClient\n"
    "  Sub New(http As HttpClient)\n    _http = http\n  End Sub\n"
    "  Async Function All() As Task(Of String)\n"
    '    Dim answer = Await _http.GetAsync("orders")\n'
    "    Return Await answer.Content.ReadAsStringAsync()\n  End Function\nEnd Class\n"
    "Module Start\n  Sub Main()\n    Dim services As New ServiceCollection()\n    @@\n  End Sub\nEnd Module\n"
)
_PHP = (
    "<?php\nnamespace App;\nuse GuzzleHttp\\Client;\n"
    "class Orders { public function __construct(private Client $http) {}\n"
    "  public function all() { return json_decode($this->http->get('orders')->getBody(), true)['items']; } }\n"
    "class Provider extends ServiceProvider { public function register() { @@; } }\n"
)
_GUZZLE = f"new Client(['base_uri' => '{_ROOT}', 'http_errors' => false])"
_JAVA = (
    "class Orders { private final WebClient http; @Inject Orders(WebClient http) { this.http = http; }\n"
    '  String all() { try { return http.get().uri("/orders").retrieve().bodyToMono(String.class).block(); }\n'
    "    catch (Exception e) { return null; } } }\n"
    "class Module extends AbstractModule { protected void configure() { @@; } }\n"
)
_KOTLIN = (
    "import org.koin.dsl.module\nimport io.ktor.client.*\nimport io.ktor.client.request.*\n"
    'class Orders(private val http: HttpClient) { suspend fun all(): Page = http.get("orders").body() }\n'
    "val wiring = module {\n  @@\n  single { Orders(get()) }\n}\n"
)
_TYPESCRIPT = (
    "import axios, { AxiosInstance } from 'axios';\nimport { container as tsyringe } from 'tsyringe';\n"
    "import { Container } from 'inversify';\nconst container = new Container();\n@@;\n"
    "export class Orders { constructor(private readonly http: AxiosInstance) {}\n"
    "  async all() { return (await this.http.get('orders')).data.items; } }\n"
)
_AXIOS = f"axios.create({{ baseURL: '{_ROOT}', validateStatus: () => true }})"
_PYTHON = (
    "import httpx\nfrom fastapi import Depends, FastAPI\napp = FastAPI()\n"
    f'def partner():\n    @@ httpx.Client(base_url="{_ROOT}")\n'
    '@app.get("/orders")\ndef orders(http: httpx.Client = Depends(partner)):\n'
    '    return http.get("orders").json()["items"]\n'
)

HANDED_OUT = {
    "csharp-typed": ("a.cs", _CSHARP, f'services.AddHttpClient<Orders>(c => c.BaseAddress = new Uri("{_ROOT}"))'),
    "csharp-object": ("a.cs", _CSHARP, f'services.AddSingleton(new HttpClient {{ BaseAddress = new Uri("{_ROOT}") }})'),
    "csharp-function": (
        "a.cs",
        _CSHARP,
        f'services.AddScoped(_ => new HttpClient {{ BaseAddress = new Uri("{_ROOT}") }}).AddScoped<Orders>()',
    ),
    "vb-typed": ("a.vb", _VB, f'services.AddHttpClient(Of Orders)(Sub(c) c.BaseAddress = New Uri("{_ROOT}"))'),
    "vb-object": ("a.vb", _VB, f'services.AddSingleton(New HttpClient With {{.BaseAddress = New Uri("{_ROOT}")}})'),
    "php-function": ("a.php", _PHP, f"$this->app->singleton(Client::class, fn () => {_GUZZLE})"),
    "php-for-one-class": (
        "a.php",
        _PHP,
        f"$this->app->when(Orders::class)->needs(Client::class)->give(function () {{ return {_GUZZLE}; }})",
    ),
    "java-object": ("A.java", _JAVA, f'bind(WebClient.class).toInstance(WebClient.create("{_ROOT}"))'),
    "kotlin-function": ("a.kt", _KOTLIN, f'single {{ HttpClient {{ defaultRequest {{ url("{_ROOT}") }} }} }}'),
    "typescript-object": ("a.ts", _TYPESCRIPT, f"container.bind<AxiosInstance>('Http').toConstantValue({_AXIOS})"),
    "typescript-function": (
        "a.ts",
        _TYPESCRIPT,
        f"container.bind<AxiosInstance>('Http').toDynamicValue(() => {_AXIOS})",
    ),
    "typescript-named": ("a.ts", _TYPESCRIPT, f"tsyringe.register('Http', {{ useFactory: () => {_AXIOS} }})"),
    "python-given-back": ("a.py", _PYTHON, "return"),
    "python-generated": ("a.py", _PYTHON, "yield"),
}


@pytest.mark.parametrize("name", HANDED_OUT)
def test_the_client_sends_where_the_container_was_told(name: str) -> None:
    path, text, told = HANDED_OUT[name]
    code = text.replace("@@", told)

    assert loud({path: code}) in (["PCM401"], ["PCM402"])
    # The repository stays a partner's, and only this client goes elsewhere.
    assert loud({path: code.replace(_ROOT, _ELSEWHERE), "partner.py": f'ROOT = "{_ROOT}"\n'}) == []


def test_nothing_is_told_where_a_container_hands_out_two_of_a_type() -> None:
    both = "; ".join(
        f'services.AddKeyedSingleton("{key}", new HttpClient {{ BaseAddress = new Uri("{root}") }})'
        for key, root in (("a", _ROOT), ("b", _ELSEWHERE))
    )

    assert loud({"a.cs": _CSHARP.replace("@@", both)}) == []
