"""Programs in Groovy: addresses that are asked for as texts, and handlers that a client is given."""

from __future__ import annotations

import pytest

from tests.helpers.code import loud

CALLS = "https://api.partnercenter.microsoft.com/v1/customers"


@pytest.mark.parametrize(
    "read",
    [
        f"new URL('{CALLS}').text",
        f"'{CALLS}'.toURL().getText('UTF-8')",
        f"new URL('{CALLS}').getText(requestProperties: [Authorization: \"Bearer $token\"])",
    ],
)
def test_an_address_that_is_asked_for_as_a_text_is_called(read: str) -> None:
    assert loud(
        {"a.groovy": f"def all = ''\ntry {{\n    all = {read}\n}} catch (IOException e) {{ }}\nprintln all\n"}
    ) == ["PCM402"]
    assert loud({"a.groovy": f"println {read}\n"}) == []


@pytest.mark.parametrize(
    ("handler", "rules"),
    [
        ("{ resp, data -> resp }", ["PCM402"]),
        ('{ resp, data -> throw new IllegalStateException("${resp.status}") }', []),
    ],
)
def test_a_handler_of_the_client_decides_what_becomes_of_a_refusal(handler: str, rules: list[str]) -> None:
    text = (
        "import groovyx.net.http.RESTClient\ndef client = new RESTClient('https://api.partnercenter.microsoft.com')\n"
        f"client.handler.failure = {handler}\nprintln client.get(path: '/v1/customers').data\n"
    )
    assert loud({"a.groovy": text}, "unhandled-401") == rules


@pytest.mark.parametrize("name", ["ext", "project.ext", "rootProject.ext"])
def test_an_extra_property_of_gradle_is_read_by_its_name_alone(name: str) -> None:
    text = (
        f"{name}.root = 'https://api.partnercenter.microsoft.com'\ntask('rows') {{ doLast {{\n"
        "try { println new URL(\"${root}/v1/products\").text } catch (IOException e) { println 'none' }\n} }\n"
    )
    assert loud({"build.gradle": text}, "unhandled-401") == ["PCM402"]
