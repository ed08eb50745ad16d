"""Requests that an interface declares: annotations and settings say where they go."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, token_requests

API = "https://api.partnercenter.microsoft.com"
JOB = """
class Job {
    @Inject Api api;
    void run() { try { api.all(); } catch (RuntimeException e) { log.info("none"); } }
}
"""


def code(annotations: str, method: str) -> str:
    return f"{annotations}\ninterface Api {{\n  {method}\n  String all();\n}}\n" + JOB


@pytest.mark.parametrize(
    ("java", "settings"),
    [
        (code('@FeignClient(name = "pc", url = "${pc.api}/v1")', '@GetMapping("/customers")'), f"pc.api={API}"),
        (code(f'@FeignClient(name = "pc", url = "${{pc.api:{API}}}", path = "/v1")', '@GetMapping("/customers")'), ""),
        (
            code('@FeignClient("pc")\n@RequestMapping("v1")', '@GetMapping("/customers")'),
            f"spring.cloud.openfeign.client.config.pc.url={API}",
        ),
        (
            code('@RegisterRestClient(configKey = "pc")\n@Path("/v1")', '@GET @Path("/customers")'),
            f"other.url=https://contoso.com\nquarkus.rest-client.pc.url={API}",
        ),
        (
            code('@RegisterRestClient\n@Path("/v1")', '@GET @Path("/customers")'),
            f'quarkus.rest-client."com.contoso.Api".url={API}',
        ),
        (code('@RegisterRestClient\n@Path("/v1")', '@GET @Path("/customers")'), f"com.contoso.Api/mp-rest/url={API}"),
        (code('@Client(id = "pc", path = "/v1")', '@Get("/customers")'), f"micronaut.http.services.pc.url={API}"),
        (code('@Client("${pc.api}/v1")', '@Get("/customers")'), f"pc.api={API}"),
    ],
)
def test_annotations_and_settings_say_where_a_request_goes(java: str, settings: str) -> None:
    (call,) = api_calls({"src/Api.java": java, "src/application.properties": settings + "\n"})
    assert call.host == "api.partnercenter.microsoft.com"
    assert call.path == "/v1/customers"
    assert not api_calls(
        {"src/Api.java": java.replace(API, "https://contoso.com"), "src/application.properties": "pc.api=https://a.b\n"}
    )


@pytest.mark.parametrize(
    "made",
    [
        f'RestClientBuilder.newBuilder().baseUri(URI.create("{API}")).build(Api.class)',
        f'QuarkusRestClientBuilder.newBuilder().baseUrl(new URL("{API}")).build(Api.class)',
    ],
)
def test_a_client_that_is_built_has_the_paths_of_its_interface(made: str) -> None:
    java = code('@Path("/v1")', '@GET @Path("/customers")').replace("@Inject Api api;", f"Api api = {made};")
    (call,) = api_calls({"Api.java": java})
    assert (call.host, call.path) == ("api.partnercenter.microsoft.com", "/v1/customers")


def test_the_path_of_an_exchange_stands_behind_the_address_of_its_client() -> None:
    java = code('@HttpExchange("/v1")', '@GetExchange("/customers")').replace("@Inject Api api;", "Api api = made();")
    java += f"""
class Setup {{
    static Api made() {{
        RestClient rest = RestClient.builder().baseUrl("{API}").build();
        return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(rest)).build().createClient(Api.class);
    }}
}}
"""
    (call,) = api_calls({"Api.java": java.replace("made()", "Setup.made()", 1)})
    assert (call.host, call.path) == ("api.partnercenter.microsoft.com", "/v1/customers")


def test_the_form_of_a_declared_token_request_is_read() -> None:
    kotlin = """\
@RegisterRestClient(configKey = "login")
@Path("/{tenant}/oauth2/token")
interface Login {
    @POST
    fun ask(@PathParam("tenant") tenant: String, form: MultivaluedMap<String, String>): Answer
    @POST
    fun renew(@PathParam("tenant") t: String, @FormParam("grant_type") g: String, @FormParam("refresh_token") r: String,
        @FormParam("resource") a: String): Answer
}
class Job(@RestClient val login: Login) {
    val api = "https://api.partnercenter.microsoft.com"
    fun ask() = login.ask("contoso.com", MultivaluedHashMap(mapOf("grant_type" to "password",
        "username" to "a@contoso.com", "password" to System.getenv("PW"), "resource" to api))).access_token
    fun renew() = login.renew("contoso.com", "refresh_token", System.getenv("RT"), api)
}
"""
    settings = 'quarkus:\n  rest-client:\n    login:\n      url: "https://login.microsoftonline.com"\n'
    found = token_requests({"Login.kt": kotlin, "application.yml": settings})
    assert [(r.flow, r.secret.kind, r.secret.name) for r in found] == [
        (("ropc",), "environment", "PW"),
        (("refresh-token",), "environment", "RT"),
    ]
