"""Handlers that a call in a chain is handed: Spring's `onStatus`, operators of reactive libraries, PHP's promises."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

_CALL = "https://api.partnercenter.microsoft.com/v1/customers"
_SPRING = (
    f'class Customers {{ private final @@1 http = @@1.create("{_CALL}");\n'
    '  Object all() { return http.get().uri("/all").retrieve()@@2; } }\n'
)
_KOTLIN = (
    f'class Customers {{ private val http = RestClient.create("{_CALL}")\n'
    '  fun all(): String? = http.get().uri("/all").retrieve()@@2.body(String::class.java) }\n'
)
_GUZZLE = (
    "<?php\nclass Customers { public function all() { $http = new GuzzleHttp\\Client();\n"
    f"  return $http->getAsync('{_CALL}')@@2->wait(); }} }}\n"
)

HIDES = {
    "rest-client": (
        "a.java",
        "RestClient",
        ".onStatus(HttpStatusCode::isError, (sent, answer) -> { }).body(String.class)",
    ),
    "rest-client-logs": (
        "a.java",
        "RestClient",
        ".onStatus(HttpStatusCode::is4xxClientError, (sent, answer) -> log.debug(answer)).body(String.class)",
    ),
    "rest-client-any-status": ("a.java", "RestClient", ".onStatus(status -> true, (sent, answer) -> { })"),
    "web-client": (
        "a.java",
        "WebClient",
        ".onStatus(status -> status.is4xxClientError(), answer -> Mono.empty()).bodyToMono(String.class)",
    ),
    "web-client-completes": ("a.java", "WebClient", ".bodyToMono(String.class).onErrorComplete()"),
    "mutiny": ("a.java", "WebClient", '.bodyToMono(String.class).as(toUni()).onFailure().recoverWithItem("")'),
    "kotlin": ("a.kt", "", ".onStatus(HttpStatusCode::isError) { _, _ -> }"),
    "kotlin-both-inside": ("a.kt", "", ".onStatus({ it.is4xxClientError }, { _, answer -> log.info(answer) })"),
    "guzzle-second": ("a.php", "", "->then(function ($answer) { return $answer; }, function ($error) { return []; })"),
    "guzzle-otherwise": ("a.php", "", "->otherwise(fn ($error) => [])"),
}
SAYS = {
    "rest-client-of-the-server": (
        "a.java",
        "RestClient",
        ".onStatus(HttpStatusCode::is5xxServerError, (sent, answer) -> { }).body(String.class)",
    ),
    "rest-client-raises": (
        "a.java",
        "RestClient",
        ".onStatus(HttpStatusCode::isError, (sent, answer) -> { throw new Refused(answer.getStatusCode()); })"
        ".body(String.class)",
    ),
    "web-client-not-found": (
        "a.java",
        "WebClient",
        ".onStatus(status -> status == HttpStatus.NOT_FOUND, answer -> Mono.empty()).bodyToMono(String.class)",
    ),
    "web-client-gives-the-error": (
        "a.java",
        "WebClient",
        ".onStatus(HttpStatus.UNAUTHORIZED::equals, answer -> answer.bodyToMono(String.class).map(Refused::new))"
        ".bodyToMono(String.class)",
    ),
    "web-client-gives-the-error-of-some": (
        "a.java",
        "WebClient",
        ".onStatus(HttpStatusCode::isError, answer -> { if (answer.statusCode().value() == 404) return Mono.empty(); "
        "return answer.createException(); }).bodyToMono(String.class)",
    ),
    "web-client-makes-the-error": (
        "a.java",
        "WebClient",
        ".onStatus(HttpStatusCode::isError, ClientResponse::createException).bodyToMono(String.class)",
    ),
    "web-client-out-of-sight": (
        "a.java",
        "WebClient",
        ".onStatus(HttpStatusCode::isError, handlers.refused()).bodyToMono(String.class)",
    ),
    "mutiny-of-a-type": (
        "a.java",
        "WebClient",
        '.bodyToMono(String.class).as(toUni()).onFailure(TimeoutException.class).recoverWithItem("")',
    ),
    "kotlin": ("a.kt", "", ".onStatus(HttpStatusCode::isError) { _, answer -> throw Refused(answer.statusCode) }"),
    "guzzle-second": (
        "a.php",
        "",
        "->then(function ($answer) { return $answer; }, function ($error) { throw $error; })",
    ),
    "guzzle-no-second": ("a.php", "", "->then(function ($answer) { return $answer; })"),
}
_TEXTS = {"a.java": _SPRING, "a.kt": _KOTLIN, "a.php": _GUZZLE}


def _program(path: str, client: str, chain: str) -> dict[str, str]:
    return {path: _TEXTS[path].replace("@@1", client).replace("@@2", chain)}


@pytest.mark.parametrize("name", HIDES)
def test_a_handler_that_makes_something_else_of_an_error_hides_a_refusal(name: str) -> None:
    assert loud(_program(*HIDES[name])) == ["PCM402"]


@pytest.mark.parametrize("name", SAYS)
def test_a_handler_that_is_not_asked_or_raises_hides_nothing(name: str) -> None:
    assert loud(_program(*SAYS[name])) == []
