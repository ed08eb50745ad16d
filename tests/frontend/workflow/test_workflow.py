"""Workflow definitions in settings files: what is lowered, and what is no definition."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pcmfa_lint.frontend.settings.reader import read_settings
from pcmfa_lint.frontend.workflow.failures import plan
from pcmfa_lint.limits import WORKFLOW_ACTIONS
from tests.frontend.show import show_unit


def lowered(definition: dict[str, Any], path: str = "workflow.json") -> list[str]:
    """What the definitions of a file become, a statement a line."""
    unit = read_settings(json.dumps(definition, indent=1), path)
    return [line for script in unit.scripts for line in show_unit(script).splitlines()[1:]]


def flow(actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"definition": {"triggers": {}, "actions": actions, **more}}


def http(after: dict[str, list[str]] | None = None, **inputs: Any) -> dict[str, Any]:
    return {"type": "Http", "runAfter": after or {}, "inputs": {"uri": "https://a.example/x", **inputs}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", '"plain"'),
        ("@@plain", '"@plain"'),
        ("a @{variables('x')} b", '(+ "a " $x " b")'),
        ("@body('One')?['access_token']", '(. (. @1 "body") "access_token")'),
        ("@outputs('One')?['body']?['x']", '(. (. @1 "body") "x")'),
        ("@concat('it''s', uriComponent(item()?['id']))", '(+ "it\'s" (command uriComponent (. item "id")))'),
        ("@if(equals(1, 2), 'a', null)", '(? (== number:"1" number:"2") "a" constant:"None")'),
        ("[concat('a', parameters('b'))]", '(+ "a" (. parameters "b"))'),
        ("@parameters('given')", "@given"),
        ("@not closed(", '"@not closed("'),
        ("[1, 2", '"[1, 2"'),
    ],
)
def test_expressions(text: str, value: str) -> None:
    given = {"given": {"type": "String", "defaultValue": "x"}}
    shown = lowered(flow({"One": http(), "Two": http({"One": ["Succeeded"]}, body=text)}, parameters=given))[-1]
    assert f"body={value})" in shown or (value.startswith("(?") and "body=(" in shown)


def test_an_action_behind_a_failure_is_a_handler_and_what_follows_does_not_run_after_it() -> None:
    told: dict[str, Any] = {
        "type": "ApiConnection",
        "runAfter": {"One": ["Failed", "TimedOut"]},
        "inputs": {"path": "/Mail"},
    }
    told["inputs"]["host"] = {"connection": {"name": "@parameters('$connections')['office365']['connectionId']"}}
    found = lowered(flow({"One": http(), "Two": http({"One": ["Succeeded"]}), "Tell": told}))
    assert len(found) == 1
    assert found[0].startswith("(try (= @1 (command Http")
    assert "(catch * as error (= @3 (command office365" in found[0]
    assert "(else (= @2 (command Http" in found[0]


def test_who_waits_for_the_end_in_any_case_runs_after_a_failure_too() -> None:
    found = lowered(flow({"One": http(), "Two": http({"One": ["Succeeded", "Failed"]})}))
    assert len(found) == 2
    assert found[0].endswith("(catch * as error))")


def test_a_handler_of_skipped_actions_is_one_of_those_before_them() -> None:
    after = {"A": {}, "B": {"A": frozenset({"succeeded"})}, "H": {"B": frozenset({"failed", "skipped"})}}
    steps = plan(after)
    assert steps.order == ("A", "B")
    assert steps.failed == {"A": ("H",), "B": ("H",)}


def test_a_circle_runs_as_it_is_written() -> None:
    waits = frozenset({"succeeded"})
    assert plan({"A": {"B": waits}, "B": {"A": waits}}).order == ("A", "B")


def test_scopes_conditions_loops_and_ends() -> None:
    inner = {"Call": http()}
    ended = {"type": "Terminate", "runAfter": {"Scope": ["Failed"]}, "inputs": {"runStatus": "Failed"}}
    test = {"and": [{"equals": ["@variables('a')", 401]}]}
    branch = {"type": "If", "expression": test, "actions": {"Other": http()}, "else": {"actions": {}}}
    found = "\n".join(lowered(flow({"Scope": {"type": "Scope", "actions": inner}, "End": ended, "If": branch})))
    assert "(try (= @2 (command Http" in found
    assert "(catch * as error (raise))" in found
    assert '(== $a "401")' in found


@pytest.mark.parametrize(
    "definition",
    [
        {"actions": {"a": {"type": "x"}}},
        {"properties": {"activities": ["a"]}},
        {"definition": {"actions": [{"type": "Http"}]}},
        {"resources": [{"type": "Microsoft.Logic/workflows"}]},
    ],
)
def test_what_only_looks_like_one_is_none(definition: dict[str, Any]) -> None:
    assert lowered(definition) == []


def test_a_flow_in_a_template_and_one_in_bicep_are_read() -> None:
    resource: dict[str, Any] = {"type": "Microsoft.Logic/workflows", "name": "x", "properties": flow({"One": http()})}
    resource["properties"]["parameters"] = {"secret": {"value": "[parameters('appSecret')]"}}
    template = {"parameters": {"appSecret": {"type": "securestring"}}, "resources": [resource]}
    assert lowered(template)[0] == '(= @secret (. parameters "appSecret"))'
    bicep = """resource flow 'Microsoft.Logic/workflows@2019-05-01' = {
  properties: { definition: { triggers: {}, actions: {
    One: { type: 'Http', inputs: { uri: 'https://a.example/x', body: '@{parameters(\\'a\\')}' } }
  } } }
}
"""
    unit = read_settings(bicep, "main.bicep")
    assert 'body=(. parameters "a")' in show_unit(unit.scripts[0])


def test_a_linked_service_is_a_request_with_a_sign_in() -> None:
    properties = {"url": "https://a.example", "authenticationType": "AadServicePrincipal", "tenant": "contoso.example"}
    found = lowered({"name": "x", "properties": {"type": "RestService", "typeProperties": properties}})
    assert len(found) == 1
    assert "(command RestService " in found[0]
    assert "authentication=(command AadServicePrincipal " in found[0]


def test_more_actions_than_are_followed_are_left_out_and_said() -> None:
    definition = flow({f"A{number}": http() for number in range(WORKFLOW_ACTIONS + 5)})
    assert len([line for line in lowered(definition) if line.startswith("(=")]) == WORKFLOW_ACTIONS
    unit = read_settings(json.dumps(definition), "workflow.json")
    assert (unit.read, [problem.reason for problem in unit.problems]) == (
        "partly",
        [f"A workflow here has more than {WORKFLOW_ACTIONS} actions; the rest was not followed."],
    )


@pytest.mark.parametrize("handlers", [False, True])
def test_long_chains_end_soon(handlers: bool) -> None:
    actions: dict[str, Any] = {"A0": http()}
    for number in range(1, 3_000):
        actions[f"A{number}"] = http({f"A{number - 1}": ["Failed", "Skipped"] if handlers else ["Succeeded"]})
    assert lowered(flow(actions))


def test_many_handlers_one_behind_the_other_do_not_nest_without_end() -> None:
    actions: dict[str, Any] = {"A0": http()}
    for number in range(1, 200):
        actions[f"A{number}"] = http({f"A{number - 1}": ["Succeeded"]})
        actions[f"H{number}"] = http({f"A{number - 1}": ["Failed"]})
    assert lowered(flow(actions))
