"""Spring asks a handler first whether an answer is an error, and then what to do: both together decide a 401."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

JAVA = """
class Rows {
    String rows() {
        RestTemplate rest = new RestTemplate();
        rest.setErrorHandler(HANDLER);
        return rest.getForObject("https://api.partnercenter.microsoft.com/v1/customers", String.class);
    }
}
"""
BUILT = """
class Rows {
    private final RestTemplate rest = new RestTemplateBuilder().errorHandler(HANDLER).build();
    String rows() { return rest.getForObject("https://api.partnercenter.microsoft.com/v1/customers", String.class); }
}
"""
CLIENT = """
class Rows {
    private final RestClient rest = RestClient.builder().baseUrl("https://api.partnercenter.microsoft.com/v1")
        .defaultStatusHandler(HANDLER).build();
    String rows() { return rest.get().uri("/customers").retrieve().body(String.class); }
}
"""
KOTLIN = """
class Rows {
    fun rows(): String? {
        val rest = RestTemplate()
        rest.errorHandler = HANDLER
        return rest.getForObject("https://api.partnercenter.microsoft.com/v1/customers", String::class.java)
    }
}
"""
GROOVY = """
class Rows {
    String rows() {
        def rest = new RestTemplate()
        rest.errorHandler = HANDLER
        rest.getForObject('https://api.partnercenter.microsoft.com/v1/customers', String)
    }
}
"""
NAMED = """
class Quiet implements ResponseErrorHandler {
    public boolean hasError(ClientHttpResponse response) throws IOException { ASKS }
    public void handleError(ClientHttpResponse response) throws IOException { ACTS }
}
"""
FALSE = "new DefaultResponseErrorHandler() { public boolean hasError(ClientHttpResponse response) { return false; } }"
LATER = """new DefaultResponseErrorHandler() {
    protected boolean hasError(HttpStatusCode status) { return status.is5xxServerError(); } }"""
FEWER = """new DefaultResponseErrorHandler() {
    public boolean hasError(ClientHttpResponse response) throws IOException {
        return super.hasError(response) && response.getStatusCode() != HttpStatus.NOT_FOUND; } }"""
LOGGED = """new DefaultResponseErrorHandler() {
    public void handleError(URI url, HttpMethod method, ClientHttpResponse response) throws IOException {
        log.error("failed at " + url); super.handleError(url, method, response); } }"""
ONLY_LOGGED = LOGGED.replace("super.handleError(url, method, response);", "")
DEFAULT = "new DefaultResponseErrorHandler()"
NO_ERROR = NAMED.replace("ASKS", "return false;").replace("ACTS", "")
NO_ACTION = NAMED.replace("ASKS", "return response.getStatusCode().isError();").replace("ACTS", 'log.warn("error");')
HIDDEN = {
    "none is one": (("Rows.java", JAVA, FALSE), ["PCM401"]),
    "only those of the server": (("Rows.java", JAVA, LATER), ["PCM401"]),
    "it is only logged": (("Rows.java", JAVA, ONLY_LOGGED), ["PCM402"]),
    "a class that does nothing": (("Rows.java", BUILT + NO_ACTION, "new Quiet()"), ["PCM402"]),
    "a class that sees none": (("Rows.java", CLIENT + NO_ERROR, "new Quiet()"), ["PCM401"]),
    "kotlin": (
        (
            "Rows.kt",
            KOTLIN,
            "object : DefaultResponseErrorHandler() { override fun hasError(response: ClientHttpResponse) = false }",
        ),
        ["PCM401"],
    ),
    "groovy": (
        (
            "Rows.groovy",
            GROOVY,
            "new DefaultResponseErrorHandler() { boolean hasError(ClientHttpResponse response) { false } }",
        ),
        ["PCM401"],
    ),
}
RAISED = {
    "the library's own": ("Rows.java", JAVA, DEFAULT),
    "the library's own, of a client": ("Rows.java", CLIENT, DEFAULT),
    "one more is none": ("Rows.java", JAVA, FEWER),
    "logged, and left to the base": ("Rows.java", JAVA, LOGGED),
    "kotlin": (
        "Rows.kt",
        KOTLIN,
        "object : DefaultResponseErrorHandler() {override fun hasError(a: ClientHttpResponse) = a.statusCode.isError }",
    ),
    "one that is not in sight": ("Rows.java", JAVA, "handlers.forPartners()"),
}


@pytest.mark.parametrize(("program", "rules"), HIDDEN.values(), ids=HIDDEN)
def test_a_401_that_the_handler_lets_pass_is_not_seen(program: tuple[str, str, str], rules: list[str]) -> None:
    path, text, handler = program
    assert loud({path: text.replace("HANDLER", handler)}, "unhandled-401") == rules


@pytest.mark.parametrize("program", RAISED.values(), ids=RAISED)
def test_a_401_that_is_raised_all_the_same_ends_the_run(program: tuple[str, str, str]) -> None:
    path, text, handler = program
    assert loud({path: text.replace("HANDLER", handler)}, "unhandled-401") == []


def test_a_template_that_signs_in_by_password_calls_as_any_other() -> None:
    text = """
class Rows {
    String rows(Environment env) {
        ResourceOwnerPasswordResourceDetails details = new ResourceOwnerPasswordResourceDetails();
        details.setAccessTokenUri("https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token");
        details.setUsername(env.getProperty("partner.user"));
        details.setPassword(env.getProperty("partner.password"));
        details.setScope(List.of("https://api.partnercenter.microsoft.com/.default"));
        OAuth2RestTemplate rest = new OAuth2RestTemplate(details);
        try { return rest.getForObject("https://api.partnercenter.microsoft.com/v1/customers", String.class); }
        catch (RestClientException e) { return ""; }
    }
}
"""
    assert loud({"Rows.java": text}) == ["PCM102", "PCM201", "PCM402"]
