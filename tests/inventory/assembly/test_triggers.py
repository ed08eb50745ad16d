"""How an integration is started, by signs in its files and beside them."""

from __future__ import annotations

import pytest

from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.assembly.triggers import Signs, asked_for
from pcmfa_lint.inventory.model.knowledge import load_tables

TABLES = load_tables()
SIGNS = TABLES.runs


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"run.py": ""}, "unknown"),
        ({"Nightly/run.ps1": "", "Nightly/function.json": '{"bindings": [{"type": "timerTrigger"}]}'}, "timer"),
        ({"Api/run.ps1": "", "Nightly/function.json": '{"type": "timerTrigger"}'}, "unknown"),
        ({"Api/run.ps1": "", "Api/function.json": '{"type": "httpTrigger"}'}, "service"),
        ({"run.ps1": "$c = Get-AutomationPSCredential -Name 'x'"}, "runbook"),
        (
            {"run.py": "", ".github/workflows/a.yml": "on:\n  schedule:\n    - cron: '0 3 * * *'\nrun: python run.py"},
            "pipeline-schedule",
        ),
        ({"run.py": "", ".github/workflows/a.yml": "steps:\n  - run: python run.py"}, "pipeline"),
        ({"run.py": "", ".github/workflows/a.yml": "steps:\n  - run: python other.py"}, "unknown"),
        ({"run.py": "", "etc/crontab": "0 3 * * * root python3 /srv/run.py"}, "cron"),
        ({"run.ps1": "", "install.ps1": "Register-ScheduledTask -Action 'pwsh run.ps1'"}, "cron"),
        ({"Job.java": '@Scheduled(cron = "0 0 3 * * *")'}, "timer"),
        ({"Page.php": "class Page extends Controller {}"}, "service"),
        ({"run.ps1": "$p = Read-Host -AsSecureString"}, "by-hand"),
        ({"run.ps1": "# once: Get-Credential | Export-Clixml\n$c = Import-Clixml c.xml"}, "unknown"),
        ({"run.ps1": "#   schtasks /create /tn Sync /tr run.ps1 /sc daily\n# once: Get-Credential"}, "cron"),
        ({"src/Calls.cs": "", "src/App.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web">'}, "service"),
        ({"lib/Calls.cs": "", "lib/Lib.csproj": "", "src/App.csproj": "Microsoft.NET.Sdk.Web"}, "unknown"),
        ({"app.py": "", "Dockerfile": 'CMD ["python", "app.py"]'}, "service"),
        ({"flow.json": '{"triggers": {"a": {"type": "Recurrence"}}}'}, "timer"),
        ({"flow.py": 'kind = "Recurrence"'}, "unknown"),
        ({"flow.json": '{"triggers": {"a": {"type": "Request", "kind": "Button"}}}'}, "by-hand"),
        ({"flow.json": '{"triggers": {"a": {"type": "Request", "kind": "Http"}}}'}, "service"),
        ({"copy.json": '{"activities": [{"type": "WebActivity"}]}'}, "pipeline"),
    ],
)
def test_signs(files: dict[str, str], kind: str) -> None:
    first = next(iter(files))
    said, words = Signs(SIGNS, files, Projects(list(files), TABLES.projects)).of([first])
    assert said == kind
    assert bool(words) == (kind != "unknown")


def test_only_files_that_may_start_something_are_asked_for() -> None:
    files = ["src/a.py", "src/function.json", "Dockerfile", "x/crontab", "readme.md"]
    assert asked_for(files, SIGNS) == ["src/function.json", "Dockerfile", "x/crontab"]
