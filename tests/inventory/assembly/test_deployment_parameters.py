"""Parameters of templates, whose values stand in parameter files beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pcmfa_lint.config import Settings
from pcmfa_lint.engine.scan import examine
from pcmfa_lint.inventory.assembly.entries import entries, in_code
from pcmfa_lint.inventory.model.credentials import Credential
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.knowledge import load_tables
from tests.helpers.repository import put

APP = "11112222-3333-4444-5555-666677778888"
USER, PASSWORD = "robot@invented.example", "Invented-Passw0rd-1"
DEFINITION = {
    "$schema": "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
    "parameters": {"PartnerPassword": {"type": "SecureString"}, "ClientId": {"type": "String"}},
    "triggers": {},
    "actions": {
        "Token": {
            "type": "Http",
            "inputs": {
                "method": "POST",
                "uri": "https://login.microsoftonline.com/invented.example/oauth2/token",
                "body": "grant_type=password&client_id=@{parameters('ClientId')}"
                "&resource=https://api.partnercenter.microsoft.com"
                f"&username={USER}&password=@{{parameters('PartnerPassword')}}",
            },
        }
    },
}
WORKFLOW = json.dumps({"definition": DEFINITION})
ARM = json.dumps(
    {
        "parameters": {"adminPassword": {"type": "secureString"}, "app": {"type": "string"}},
        "resources": [
            {
                "type": "Microsoft.Logic/workflows",
                "properties": {
                    "definition": DEFINITION,
                    "parameters": {
                        "PartnerPassword": {"value": "[parameters('adminPassword')]"},
                        "ClientId": {"value": "[parameters('app')]"},
                    },
                },
            }
        ],
    }
)


def deployed(**values: object) -> str:
    return json.dumps({"parameters": {name: {"value": value} for name, value in values.items()}})


FILE = deployed(PartnerPassword=PASSWORD, ClientId=APP)


def swept(root: Path, files: dict[str, str]) -> tuple[tuple[Entry, ...], tuple[Credential, ...]]:
    put(root, dict(files))
    done = examine([str(root)], Settings())
    assert done.evidence is not None
    found = entries("estate/one", done.evidence, done.report.findings, done.files, load_tables())
    claimed = {each for entry in found for each in entry.findings}
    assert {each.fingerprint for each in done.report.findings} == claimed
    return found, in_code(done.evidence)


@pytest.mark.parametrize(
    "files",
    [
        {"flow/workflow.json": WORKFLOW, "flow/parameters.prod.json": FILE},
        {"flow/workflow.json": WORKFLOW, "flow/deploy/prod.parameters.json": FILE},
        {"infra/flow/workflow.json": WORKFLOW, "infra/values/prod.json": FILE},
        {
            "flow/daily/workflow.json": WORKFLOW,
            "flow/parameters.json": json.dumps({"PartnerPassword": {"value": PASSWORD}, "ClientId": {"value": APP}}),
        },
        {"flow/main.json": ARM, "flow/main.parameters.json": deployed(AdminPassword=PASSWORD, app=APP)},
        {
            "flow/main.json": ARM,
            "flow/main.bicepparam": f"using 'main.bicep'\nparam adminPassword = '{PASSWORD}'\nparam app = '{APP}'\n",
        },
    ],
)
def test_a_parameter_file_says_what_a_template_signs_in_with(tmp_path: Path, files: dict[str, str]) -> None:
    (entry,), (credential,) = swept(tmp_path, files)
    assert entry.apps == (APP,)
    assert credential.kind == "password"
    assert credential.at in entry.secret_places
    assert "setting" in entry.secrets[0]


def test_a_parameter_that_points_at_a_vault_is_a_secret_of_that(tmp_path: Path) -> None:
    reference = {"reference": {"keyVault": {"id": "/subscriptions/0/vaults/kv"}, "secretName": "pc-password"}}
    values = json.dumps({"parameters": {"PartnerPassword": reference, "ClientId": {"value": APP}}})
    (entry,), credentials = swept(tmp_path, {"flow/workflow.json": WORKFLOW, "flow/parameters.json": values})
    assert not credentials
    assert "of a secret store" in entry.secrets[0]


def test_a_parameter_file_elsewhere_is_not_for_this_template(tmp_path: Path) -> None:
    put(tmp_path, {"flow/workflow.json": WORKFLOW, "other/parameters.json": FILE})
    done = examine([str(tmp_path)], Settings())
    assert done.evidence is not None
    (entry,) = entries("estate/one", done.evidence, done.report.findings, done.files, load_tables())
    assert entry.apps == ()
    (credential,) = in_code(done.evidence)
    assert credential.at not in entry.secret_places


def test_a_credential_counts_without_anything_that_signs_in_with_it(tmp_path: Path) -> None:
    put(tmp_path, {"parameters.json": deployed(PartnerCenterPassword=PASSWORD, SmtpPassword=PASSWORD + "2")})
    done = examine([str(tmp_path)], Settings())
    assert done.evidence is not None
    assert [(each.kind, each.at.path) for each in in_code(done.evidence)] == [("password", "parameters.json")]
