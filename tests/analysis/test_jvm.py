"""Kotlin and Java of one repository are one program; what Kotlin writes without an object still has one."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, loud, token_requests

URL = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
PARTNER = "https://api.partnercenter.microsoft.com"
SEND = f"""\
    val request = Request.Builder().url("{URL}").post(body).build()
    OkHttpClient().newCall(request).execute().close()
"""
FORM = f"""\
fun sign(grant: String, user: String, password: String) {{
    val body = FormBody.Builder().add("grant_type", grant).add("resource", "{PARTNER}")
        .add("username", user).add("password", password).build()
{SEND}}}
"""


def test_kotlin_calls_a_java_class_and_reads_its_getters() -> None:
    java = """\
public class Settings {
    private final String name;
    public Settings(String name) { this.name = name; }
    public String getSecret() { return System.getenv(name); }
    public static String getAccount() { return "agent@contoso.com"; }
}
"""
    kotlin = FORM + 'fun main() = sign("password", Settings.account, Settings("PC_PASSWORD").secret)\n'
    (request,) = token_requests({"Main.kt": kotlin, "Settings.java": java})
    assert request.flow == ("ropc",)
    assert (request.secret.kind, request.secret.name) == ("environment", "PC_PASSWORD")
    assert request.account.kind == "literal"


def test_java_reads_a_kotlin_property_by_its_getter() -> None:
    kotlin = (
        'class Settings(val account: String) {\n    val secret: String by lazy { System.getenv("PC_PASSWORD") }\n}\n'
    )
    java = f"""\
class Main {{
    void run() throws Exception {{
        Settings settings = new Settings("agent@contoso.com");
        FormBody body = new FormBody.Builder().add("grant_type", "password").add("resource", "{PARTNER}")
            .add("username", settings.getAccount()).add("password", settings.getSecret()).build();
        new OkHttpClient().newCall(new Request.Builder().url("{URL}").post(body).build()).execute();
    }}
}}
"""
    (request,) = token_requests({"Main.java": java, "Settings.kt": kotlin})
    assert (request.secret.kind, request.secret.name) == ("environment", "PC_PASSWORD")


@pytest.mark.parametrize(
    "grant",
    [
        'const val GRANT = "password"\n',
        'val GRANT get() = "password"\n',
        'private object Names { const val WORD = "password" }\nval GRANT = Names.WORD\n',
        'enum class Kind(val text: String) { PASSWORD("password"), APP("client_credentials") }\n'
        "val GRANT = Kind.PASSWORD.text\n",
        'class Flow { companion object { const val WORD = "password" } }\nval GRANT = Flow.WORD\n',
        'fun String.word() = this\nval GRANT = "password".word()\n',
        'val GRANT = buildString { append("pass"); append("word") }\n',
    ],
)
def test_a_name_at_the_top_of_a_file_is_known_in_the_others(grant: str) -> None:
    kotlin = (
        FORM + 'fun main() = sign(password = System.getenv("PC_PASSWORD"), grant = GRANT, user = "a@contoso.com")\n'
    )
    (request,) = token_requests({"Main.kt": kotlin, "Names.kt": grant})
    assert request.flow == ("ropc",)
    assert (request.secret.kind, request.secret.name) == ("environment", "PC_PASSWORD")


@pytest.mark.parametrize(
    "body",
    [
        'val body = FormBody.Builder().apply { add("grant_type", "password"); add("password", secret) }.build()',
        'val body = FormBody.Builder().also { it.add("grant_type", "password").add("password", secret) }.build()',
        'val body = with(FormBody.Builder()) { add("grant_type", "password"); add("password", secret); build() }',
        'val body = FormBody.Builder().run { add("grant_type", "password").add("password", secret) }.build()',
        'val body = "grant_type=password&password=$secret".toRequestBody()',
        'val body = """grant_type=password&password=${secret}""".trimIndent().toRequestBody(type)',
        'val body = buildString { append("grant_type=password&password="); append(secret) }.toRequestBody()',
        'val body = mapOf("grant_type" to "password", "password" to secret).map { "${it.key}=${it.value}" }'
        '.joinToString("&").toRequestBody()',
    ],
)
def test_a_body_is_seen_in_whatever_scope_it_is_built(body: str) -> None:
    kotlin = f'fun main() {{\n    val secret = System.getenv("PC_PASSWORD") ?: return\n    {body}\n{SEND}}}\n'
    (request,) = token_requests({"Main.kt": kotlin})
    assert request.flow == ("ropc",)
    assert (request.secret.kind, request.secret.name) == ("environment", "PC_PASSWORD")


def test_what_is_declared_in_a_function_is_no_member_of_its_class() -> None:
    kotlin = f"""\
class Client(private val token: String) {{
    fun all() {{
        val token = "Bearer other"
        val request = Request.Builder().url("{PARTNER}/v1/customers").header("Authorization", token).build()
        OkHttpClient().newCall(request).execute().close()
    }}
}}
"""
    (call,) = api_calls({"Client.kt": kotlin})
    assert call.host == "api.partnercenter.microsoft.com"


@pytest.mark.parametrize(
    ("client", "exit_"),
    [
        ("HttpClient(CIO)", "fall-through"),
        ("HttpClient(CIO) { expectSuccess = false }", "fall-through"),
        ("HttpClient(CIO) { expectSuccess = true }", "end"),
    ],
)
def test_a_switch_of_a_client_says_whether_it_raises(client: str, exit_: str) -> None:
    kotlin = f"""\
suspend fun main() {{
    val client = {client}
    println(client.get("{PARTNER}/v1/customers") {{ bearerAuth(token) }}.bodyAsText())
}}
"""
    (call,) = api_calls({"Main.kt": kotlin})
    assert call.error_handling.then == exit_


@pytest.mark.parametrize(
    ("returns", "surfaces_as"),
    [("Call<Customers>", "returns-status"), ("Response<Customers>", "returns-status"), ("Customers", "raises")],
)
def test_what_an_interface_gives_back_says_how_it_fails(returns: str, surfaces_as: str) -> None:
    kotlin = f"""\
interface Api {{
    @GET("v1/customers")
    suspend fun customers(@Header("Authorization") token: String): {returns}
}}

val api = Retrofit.Builder().baseUrl("{PARTNER}/").build().create<Api>()

fun main() = runBlocking {{ api.customers("Bearer x") }}
"""
    (call,) = api_calls({"Main.kt": kotlin})
    assert (call.path, call.error_handling.surfaces_as) == ("/v1/customers", surfaces_as)


@pytest.mark.parametrize(
    ("given_back", "retry", "retry_401"),
    [
        ("response.request", "unbounded", True),
        ("if (response.priorResponse != null) null else response.request", "bounded", False),
    ],
)
def test_an_authenticator_that_never_gives_nothing_back_never_ends(
    given_back: str, retry: str, retry_401: bool
) -> None:
    kotlin = f"""\
class Again : Authenticator {{
    override fun authenticate(route: Route?, response: Response): Request? = {given_back}
}}

fun main() {{
    val client = OkHttpClient.Builder().authenticator(Again()).build()
    val request = Request.Builder().url("{PARTNER}/v1/customers").build()
    client.newCall(request).execute().use {{ println(it.body!!.string()) }}
}}
"""
    (call,) = api_calls({"Main.kt": kotlin})
    assert (call.error_handling.retry, call.error_handling.retry_401) == (retry, retry_401)


def test_an_interceptor_class_sees_every_answer() -> None:
    kotlin = f"""\
class Telling : Interceptor {{
    override fun intercept(chain: Interceptor.Chain): Response {{
        val answer = chain.proceed(chain.request())
        if (answer.code == 401) throw IOException("refused")
        return answer
    }}
}}

fun main() {{
    val client = OkHttpClient.Builder().addInterceptor(Telling()).build()
    val request = Request.Builder().url("{PARTNER}/v1/customers").build()
    client.newCall(request).execute().use {{ println(it.body!!.string()) }}
}}
"""
    (call,) = api_calls({"Main.kt": kotlin})
    assert call.error_handling.distinguishes_401


_BEANS = """import org.springframework.context.annotation.*;
@Configuration
public class Clients {
  @Bean
  WebClient partnerCenter(WebClient.Builder builder) {
    return builder.baseUrl("https://api.partnercenter.microsoft.com/v1").build();
  }
@@}
"""
_GRAPH = '  @Bean\n  WebClient graph() { return WebClient.create("https://graph.microsoft.com/v1.0"); }\n'
_SERVICE = """import org.springframework.stereotype.Service;
@Service
public class Offers {
  private final WebClient client;
  public Offers(WebClient @@) { this.client = @@; }
  public Flux<String> all() {
    return client.get().uri("/products").retrieve().bodyToFlux(String.class).onErrorResume(e -> Flux.empty());
  }
}
"""


@pytest.mark.parametrize(
    ("beans", "asked_for", "is_found"),
    [("", "http", True), ("", "partnerCenter", True), (_GRAPH, "partnerCenter", True), (_GRAPH, "graph", False)],
)
def test_a_client_is_what_the_container_hands_out(beans: str, asked_for: str, is_found: bool) -> None:
    files = {"Clients.java": _BEANS.replace("@@", beans), "Offers.java": _SERVICE.replace("@@", asked_for)}
    assert loud(files) == (["PCM402"] if is_found else [])


def test_kotlin_asks_the_same_container() -> None:
    files = {
        "Clients.kt": "@Configuration\nclass Clients {\n  @Bean\n"
        "  fun rest(builder: RestTemplateBuilder): RestTemplate =\n"
        '    builder.rootUri("https://api.partnercenter.microsoft.com/v1").build()\n}\n',
        "Offers.kt": "@Service\nclass Offers(private val rest: RestTemplate) {\n  fun all(): String? =\n"
        '    try { rest.getForObject("/products", String::class.java) } catch (e: Exception) { null }\n}\n',
    }
    assert loud(files) == ["PCM402"]


def test_a_builder_that_the_container_hands_out() -> None:
    code = """@Configuration
class Clients {
  @Bean
  fun center(builder: RestClient.Builder): RestClient {
    return builder.baseUrl("https://api.partnercenter.microsoft.com/v1").build()
  }
}
class Offers(private val center: RestClient) {
  fun all(): String? {
    return try { center.get().uri("/products").retrieve().body(String::class.java) } catch (e: Exception) { null }
  }
}
"""
    assert loud({"Offers.kt": code}) == ["PCM402"]


WEB_CLIENT = """\
import org.springframework.web.reactive.function.client.WebClient;
class Carts {{
    private final WebClient web = WebClient.create("https://api.partnercenter.microsoft.com/v1");
    void show(String cart) {{
        web.get().uri("/carts/{{c}}", cart).retrieve().bodyToMono(String.class){subscribed};
    }}
}}
"""


@pytest.mark.parametrize(
    ("subscribed", "rules"),
    [
        (".subscribe(text -> keep(text), error -> { })", ["PCM402"]),
        (".subscribe(text -> keep(text), error -> { throw new IllegalStateException(error); })", []),
        (".subscribe(this::keep, this::fail)", []),
    ],
)
def test_a_function_for_errors_handles_those_of_what_is_subscribed_to(subscribed: str, rules: list[str]) -> None:
    assert loud({"Carts.java": WEB_CLIENT.format(subscribed=subscribed)}, "unhandled-401") == rules
