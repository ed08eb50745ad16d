"""Deployments without code, and sign-ins that only open a vault: which rows there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inventory.assembly.test_entries import API, HEAD, token
from tests.sweep.test_nothing_is_lost import swept

COMPOSE = """services:
  {name}:
    {image}
    environment:
      - PARTNER_CENTER_URL=https://api.partnercenter.microsoft.com
      - PARTNER_CENTER_REFRESH_TOKEN=${{TOKEN}}
  cache:
    image: redis:7
"""
VALUES = """image:
  repository: registry.example/team/{name}
  tag: "2.1"
env:
  partnerCenterUrl: https://api.partnercenter.microsoft.com
  partnerCenterPassword: ""
"""
MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  template:
    spec:
      containers:
        - name: main
          image: registry.example/team/{name}:2.1
          env:
            - name: PARTNER_CENTER_URL
              value: https://api.partnercenter.microsoft.com
            - name: PC_REFRESH_TOKEN
              valueFrom: {{secretKeyRef: {{name: partner, key: token}}}}
"""
BICEP = """resource app 'Microsoft.App/containerApps@2024-03-01' = {{
  name: '{name}'
  properties: {{ template: {{ containers: [ {{ name: 'main', image: 'registry.example/team/{name}:2'
    env: [ {{ name: 'PARTNER_URL', value: 'https://api.partnercenter.microsoft.com' }} ] }} ] }} }}
}}
"""
IMAGE = "image: registry.example/team/{name}:2.1"
DEPLOYMENTS = {
    "compose": ("docker-compose.yml", COMPOSE.replace("{image}", IMAGE), "refresh-token (likely)"),
    "helm": ("charts/{name}/values.yaml", VALUES, "ropc (likely)"),
    "kubernetes": ("k8s/app.yaml", MANIFEST, "refresh-token (likely)"),
    "bicep": ("infra/main.bicep", BICEP, "unknown"),
}  # fmt: skip
CODE = token("client_credentials") + f'requests.get("{API}/v1/invoices", headers=token)\n'


@pytest.mark.parametrize("kind", DEPLOYMENTS)
def test_an_image_that_names_partner_center_is_a_row(tmp_path: Path, kind: str) -> None:
    path, text, flow = DEPLOYMENTS[kind]
    files: dict[str, str | bytes] = {"r/" + path.format(name="seat-sync"): text.format(name="seat-sync"), "r/a.py": ""}
    (row,) = swept(tmp_path / "alone", files)
    assert (row["path"], row["flows"]) == (path.format(name="seat-sync"), flow)
    assert "not in this repository" in row["reason"]
    beside = swept(tmp_path / "beside", {**files, "r/billing/run.py": CODE})
    assert [row["path"] for row in beside if row["languages"] != "python"] == [path.format(name="seat-sync")]
    of_the_code = swept(tmp_path / "own", {**files, "r/seat-sync/run.py": CODE})
    assert [row["path"] for row in of_the_code] == ["seat-sync/run.py"]


def test_what_is_built_here_is_its_code(tmp_path: Path) -> None:
    built = COMPOSE.format(name="one", image="build: ./jobs")
    rows = swept(tmp_path / "same", {"r/docker-compose.yml": built, "r/jobs/run.py": CODE})
    assert [row["path"] for row in rows] == ["jobs/run.py"]
    rows = swept(tmp_path / "other", {"r/docker-compose.yml": built, "r/web/run.py": CODE})
    assert [row["path"] for row in rows if row["languages"] != "python"] == ["docker-compose.yml"]


def test_settings_that_the_only_program_reads_are_its_own(tmp_path: Path) -> None:
    settings = COMPOSE.format(name="one", image="image: registry.example/other:1")
    reading = CODE + 'print(os.environ["PARTNER_CENTER_URL"])\n'
    rows = swept(tmp_path, {"r/docker-compose.yml": settings, "r/web/run.py": reading})
    assert [row["path"] for row in rows] == ["web/run.py"]


def test_a_deployment_that_names_no_partner_center_is_none_of_ours(tmp_path: Path) -> None:
    other = COMPOSE.format(name="one", image="image: x/y:1").replace("PARTNER_CENTER", "SHOP")
    other = other.replace("api.partnercenter.microsoft.com", "shop.example")
    rows = swept(tmp_path, {"r/docker-compose.yml": other, "r/web/run.py": CODE})
    assert [row["path"] for row in rows] == ["web/run.py"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("web/package.json", '{"name": "partner-center-web", "scripts": {"build": "vite build", "start": "node ."}}'),
        ("composer.json", '{"name": "contoso/partner-center", "scripts": {"build": "phpunit"}}'),
        ("turbo.json", '{"pipeline": {"build": {"outputs": ["dist/partner-center/**"]}}, "partnerCenter": "on"}'),
        ("angular.json", '{"projects": {"partner-center": {"architect": {"build": {"builder": "x:browser"}}}}}'),
    ],
)
def test_a_script_that_builds_is_no_deployment(tmp_path: Path, path: str, text: str) -> None:
    rows = swept(tmp_path, {f"r/{path}": text, "r/jobs/run.py": CODE})
    assert [row["languages"] for row in rows] == ["python"]


OPENERS = {
    "vault.py": """from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

client = SecretClient("https://invented.vault.azure.net", DefaultAzureCredential())
""",
    "Vault.cs": """using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
class Vault {
  SecretClient client = new SecretClient(new Uri("https://invented.vault.azure.net"), new DefaultAzureCredential());
}
""",
    "vault.ts": """import { DefaultAzureCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
export const client = new SecretClient('https://invented.vault.azure.net', new DefaultAzureCredential());
""",
    "vault.ps1": """Connect-AzAccount -Identity
$secret = Get-AzKeyVaultSecret -VaultName invented -Name pc
""",
}


@pytest.mark.parametrize("name", OPENERS)
def test_what_only_opens_a_vault_is_no_integration(tmp_path: Path, name: str) -> None:
    rows = swept(tmp_path, {f"r/{name}": OPENERS[name], "r/billing/run.py": CODE})
    assert [row["path"] for row in rows] == ["billing/run.py"]
    assert name == "Vault.cs" or ("default-credential" in rows[0]["flows"]) != (name == "vault.ps1")
    assert rows[0]["exposure"] == "survives"


def test_what_opens_a_vault_and_uses_another_service_is_one(tmp_path: Path) -> None:
    graph = (
        OPENERS["vault.py"] + "from msgraph import GraphServiceClient\nGraphServiceClient(DefaultAzureCredential())\n"
    )
    rows = swept(tmp_path, {"r/users.py": graph, "r/billing/run.py": CODE})
    assert {row["path"] for row in rows} == {"billing/run.py", "users.py"}


def test_a_vault_alone_is_no_integration(tmp_path: Path) -> None:
    assert swept(tmp_path, {"r/vault.py": HEAD + OPENERS["vault.py"]}) == []
