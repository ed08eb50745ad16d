"""The services that an integration also uses, and the ways in which it can notify somebody."""

from __future__ import annotations

import pytest

from pcmfa_lint.frontend.read import read
from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.assembly.sightings import Sightings
from pcmfa_lint.inventory.model.knowledge import Sighting, load_tables

TABLES = load_tables()


def seen(files: dict[str, str], sightings: tuple[Sighting, ...], only_programs: bool = False) -> dict[str, str]:
    """What is seen in the first of the files and in those that it uses: the name, and in words where."""
    units = {path: read(text.encode(), path) for path, text in files.items()}
    projects = Projects(list(files), TABLES.runs.projects, TABLES.runs.tests)
    return dict(Sightings(units, projects).of([next(iter(files))], sightings, only_programs))


@pytest.mark.parametrize(
    ("files", "services"),
    [
        ({"run.ps1": "$c = Get-MsolPartnerContract -All\nConnect-AzureAD"}, {"MSOnline", "AzureAD module"}),
        ({"run.ps1": "Connect-ExchangeOnline\nGet-MgUser -All"}, {"Exchange Online", "Microsoft Graph"}),
        ({"run.ps1": "# Get-MsolUser is retired\n<#\nGet-AzureADUser\n#>\nGet-Item ."}, set()),
        ({"run.py": "from azure.keyvault.secrets import SecretClient\n"}, {"Azure Key Vault"}),
        (
            {"Sync.cs": "using Azure.Security.KeyVault.Secrets;\nvar g = new GraphServiceClient(c);"},
            {"Azure Key Vault", "Microsoft Graph"},
        ),
        ({"Sync.java": "import com.azure.security.keyvault.secrets.SecretClient;"}, {"Azure Key Vault"}),
        ({"sync.js": "const a = 'https://graph.microsoft.com/v1.0/users'"}, {"Microsoft Graph"}),
        ({"sync.php": "<?php $u = 'https://outlook.office365.com/api';"}, {"Exchange Online"}),
        (
            {"main.go": 'package main\nimport "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"\n'},
            {"Azure Key Vault"},
        ),
        ({"run.sh": "az keyvault secret show --name x"}, {"Azure Key Vault"}),
        ({"run.py": "x = 'nographs.microsoft.example'"}, set()),
        # what it uses of its own project
        ({"run.py": "from lib import vault\n", "lib/vault.py": "import azure.keyvault.secrets\n"}, {"Azure Key Vault"}),
        ({"run.py": "from lib import other\n", "lib/vault.py": "import azure.keyvault.secrets\n"}, set()),
        (
            {"run.ts": "import { g } from './lib/Graph';\n", "lib/graph.ts": "fetch('https://graph.microsoft.com')"},
            {"Microsoft Graph"},
        ),
        ({"run.ps1": ". $PSScriptRoot\\lib\\users.ps1\n", "lib/users.ps1": "Get-MsolUser"}, {"MSOnline"}),
        (
            {"Run.cs": "class Run { IMailboxes m; Mailboxes n; }", "Mailboxes.cs": "// x\nusing Microsoft.Graph;"},
            {"Microsoft Graph"},
        ),
        (
            {
                "a/Run.cs": "Mailboxes n;",
                "a/a.csproj": "",
                "b/Mailboxes.cs": "using Microsoft.Graph;",
                "b/b.csproj": "",
            },
            set(),
        ),
        ({"Run.cs": "Mailboxes n;", "tests/Mailboxes.cs": "using Microsoft.Graph;"}, set()),
    ],
)
def test_services_are_seen_in_what_an_integration_uses(files: dict[str, str], services: set[str]) -> None:
    assert set(seen(files, TABLES.services)) == services


@pytest.mark.parametrize(
    ("files", "alerts"),
    [
        ({"run.ps1": "\nSend-MailMessage -To a"}, {"mail": "mail (run.ps1:2)"}),
        ({"run.ps1": "Invoke-RestMethod -Uri $env:PC_TEAMS_WEBHOOK -Body $b"}, {"Teams": "Teams (run.ps1:1)"}),
        (
            {"run.py": "import smtplib\nrequests.post('https://hooks.slack.com/x')"},
            {"mail": "mail (run.py:1)", "Slack": "Slack (run.py:2)"},
        ),
        ({"Sync.cs": "TelemetryClient t;\n"}, {"monitor": "monitor (Sync.cs:1)"}),
        ({"sync.ts": "import * as Sentry from '@sentry/node'"}, {"monitor": "monitor (sync.ts:1)"}),
        ({"Sync.java": "JavaMailSender m;"}, {"mail": "mail (Sync.java:1)"}),
        ({"sync.php": "<?php\nmail('a', 'b', 'c');"}, {"mail": "mail (sync.php:2)"}),
        ({"sync.php": "<?php\nvalidateEmail('a');"}, {}),
        ({"sync.rb": "AlertMailer.failed.deliver_later"}, {"mail": "mail (sync.rb:1)"}),
        ({"run.py": "import notify\n", "notify.py": "\nimport pymsteams\n"}, {"Teams": "Teams (notify.py:2)"}),
        ({"run.ps1": "Import-Module AutotaskAPI\nGet-AutotaskAPIResource -Resource Contacts"}, {}),
        ({"Sync.cs": 'var registration = new Registration { WebhookUrl = "https://a.example" };'}, {}),
        ({"sync.ts": "fetch(`${base}/api/v2/tickets`, { method: 'POST' })"}, {"ticket": "ticket (sync.ts:1)"}),
        ({"run.py": "# send mail by smtplib\nprint('no')\n"}, {}),
        ({"run.php": "<?php\nreturn ['mailgun' => ['secret' => env('MAILGUN_SECRET')]];"}, {}),
        ({"run.py": "SENDGRID = {'key': os.getenv('SENDGRID_KEY')}\n"}, {}),
        ({"run.py": "KEYS = {'sendgrid': 1}\nsend(KEYS)\n"}, {"mail": "mail (run.py:1)"}),
    ],
)
def test_ways_to_notify_somebody_are_seen(files: dict[str, str], alerts: dict[str, str]) -> None:
    assert seen(files, TABLES.alerts, only_programs=True) == alerts
