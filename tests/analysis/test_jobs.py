"""A person's sign-in in what runs without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint import cli
from tests.helpers.code import token_requests
from tests.helpers.repository import put

ASKS = "Connect-PartnerCenter -UseDeviceAuthentication -ErrorAction Stop\n"
PROMPT = """$c = Get-Credential
$body = @{ grant_type = 'password'; username = $c.UserName; password = $c.GetNetworkCredential().Password
           resource = 'https://api.partnercenter.microsoft.com' }
$uri = 'https://login.microsoftonline.com/common/oauth2/token'
Invoke-RestMethod -Method Post -Uri $uri -Body $body -ErrorAction Stop
"""
PIPELINE = "jobs:\n  a:\n    steps:\n      - shell: pwsh\n        run: ./sync.ps1\n"
RUNBOOK = "$t = Get-AutomationVariable -Name 'Tenant'\n"
OTHER = "Connect-PartnerCenter -ServicePrincipal -Credential $app -ErrorAction Stop\n"


@pytest.mark.parametrize(
    ("files", "job"),
    [
        ({"sync.ps1": ASKS}, ""),
        ({"sync.ps1": RUNBOOK + ASKS}, "an Azure Automation runbook"),
        ({"sync.ps1": RUNBOOK + PROMPT}, "an Azure Automation runbook"),
        ({"sync.ps1": "# Get-AutomationVariable\n" + ASKS}, ""),
        ({"sync.ps1": ASKS, ".github/workflows/a.yml": PIPELINE}, "a pipeline"),
        ({"async.ps1": ASKS, ".github/workflows/a.yml": PIPELINE}, ""),
        ({".github/workflows/a.yml": PIPELINE.replace("./sync.ps1", ASKS.strip())}, "a pipeline"),
        ({"sync.ps1": ASKS, "Dockerfile": 'FROM x\nCMD ["pwsh", "/app/sync.ps1"]\n'}, "a container"),
        (
            {"job/run.ps1": ASKS, "job/function.json": '{"bindings": [{"type": "timerTrigger"}]}'},
            "an Azure Functions timer",
        ),
        ({"job/run.ps1": ASKS, "job/function.json": '{"bindings": [{"type": "httpTrigger"}]}'}, ""),
        (
            {"job.yml": "kind: CronJob\ncommand: ['pwsh', 'sync.ps1']\n", "sync.ps1": ASKS},
            "a Kubernetes CronJob",
        ),
        ({"sync.ps1": ASKS, "a/Jenkinsfile": "node {\n  pwsh './sync.ps1'\n}\n"}, "a pipeline"),
        ({"sync.ps1": ASKS, "unit/sync.service": "[Service]\nExecStart=pwsh sync.ps1\n"}, "a system service"),
        ({"sync.ps1": ASKS, "ops/cron.d/sync": "0 3 * * * root pwsh /srv/sync.ps1\n"}, ""),  # only at the root
        ({"sync.ps1": ASKS, "install.ps1": "Register-ScheduledTask -Action 'pwsh sync.ps1'\n"}, ""),  # not sure
    ],
)
def test_where_nobody_is_there(files: dict[str, str], job: str) -> None:
    (request,) = token_requests(files)
    assert (request.job, request.in_job) == (job, bool(job))


def test_a_sign_in_by_hand_beside_one_without_a_person_is_for_who_starts_it_by_hand() -> None:
    assert not any(request.in_job for request in token_requests({"sync.ps1": RUNBOOK + ASKS + OTHER}))


def test_a_scan_reads_what_starts_the_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"sync.ps1": ASKS, ".github/workflows/a.yml": PIPELINE})
    assert cli.run(["scan", str(tmp_path), "--select", "PCM604", "--no-cache"]) == 1
    assert "the code runs as a pipeline" in " ".join(capsys.readouterr().out.split())
