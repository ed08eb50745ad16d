"""`collect`: a script that only reads, says what docs/collect.md says, and whose exports make rows."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from pcmfa_lint import cli
from pcmfa_lint.cli.collect import script
from pcmfa_lint.frontend.powershell.reader import read_powershell
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Call, Name
from tests.helpers.repository import put
from tests.sweep.test_run import rows

ROOT = Path(__file__).parents[2]
HOST = "https://api.partnercenter.microsoft.com"
CHANGES = (
    "Set-",
    "Remove-",
    "New-",
    "Add-",
    "Update-",
    "Start-",
    "Stop-",
    "Clear-",
    "Disable-",
    "Enable-",
    "Register-",
)


def calls() -> list[Call]:
    """All commands of the script, whatever function they stand in."""
    unit = read_powershell(script(), "collect.ps1")
    assert unit.read == "full", unit.problems
    bodies = [unit.body, *(func.body for func in walk.functions(unit.body))]
    return [value for body in bodies for value in walk.values(body) if isinstance(value, Call)]


def commands() -> set[str]:
    return {call.callee.id for call in calls() if call.kind == "command" and isinstance(call.callee, Name)}


def parts() -> set[str]:
    (listed,) = re.findall(r"\[ValidateSet\(([^)]*)\)\]", script())
    return set(re.findall(r"'(\w+)'", listed))


def test_the_script_is_read_by_our_own_reader_and_calls_nothing_that_changes_anything() -> None:
    found = commands()
    assert {"Invoke-AzRestMethod", "Export-ScheduledTask", "Invoke-Sqlcmd"} <= found
    assert not [name for name in found if name.startswith(CHANGES)]
    assert "Invoke-Expression" not in found


def test_azure_is_only_asked_with_get_but_for_the_names_of_settings() -> None:
    text = script()
    methods = re.findall(r"-Method (\w+)", text)
    assert sorted(methods) == ["GET", "POST"]
    (post,) = [line for line in text.splitlines() if "-Method POST" in line]
    assert "/config/appsettings/list?" in post
    assert "Method =" not in text


def test_the_script_is_plain_ascii_so_that_windows_powershell_reads_it_right() -> None:
    assert script().isascii()


def test_nothing_of_powershell_7_alone_is_used() -> None:
    code = "\n".join(line for line in script().splitlines() if not line.lstrip().startswith("#"))
    assert not re.search(r"\?\?|&&|\|\||-Parallel|-AsHashtable|\$IsLinux|\$IsWindows| \? .* : ", code)


def test_the_page_says_what_the_script_does() -> None:
    page = (ROOT / "docs" / "collect.md").read_text("utf-8")
    table = dict(re.findall(r"^\| `(\w+)` \|.*?\| `([\w/]+)` \|", page, re.MULTILINE))
    assert set(table) == parts()
    folders = {to.partition("/")[0] for to in table.values()}
    written = set(re.findall(r"""["'](\w+)(?:/\$\(Get-SafeName[^"]*)?["']""", script()))
    assert folders <= written
    assert "not-collected.txt" in page and "not-collected.txt" in script()


def test_it_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["collect"]) == 0
    assert capsys.readouterr().out == script()
    file = tmp_path / "collect.ps1"
    assert cli.run(["collect", "--output", str(file)]) == 0
    assert file.read_text("utf-8") == script()
    assert cli.run(["collect", "--output", str(tmp_path / "none" / "collect.ps1")]) == 2


def test_values_behind_words_for_secrets_are_masked() -> None:
    (pattern,) = re.findall(r"\$Text -replace '(.*)', '\$1\*\*\*'", script())
    pattern = pattern.replace("''", "'")
    for text, kept in {
        "-Password Invented-1 -User a": "-Password *** -User a",
        'client_secret="Invented-1"': 'client_secret="***"',
        "PC_TOKEN=Invented-1": "PC_TOKEN=***",
        "-File C:\\jobs\\sync.ps1": "-File C:\\jobs\\sync.ps1",
    }.items():
        assert re.sub(pattern, r"\1***", text) == kept


def test_what_it_writes_makes_rows(tmp_path: Path) -> None:
    secret = {"type": "ActiveDirectoryOAuth", "audience": HOST, "secret": "@parameters('secret')"}
    action = {"type": "Http", "inputs": {"method": "GET", "uri": f"{HOST}/v1/customers", "authentication": secret}}
    definition = {"triggers": {"Daily": {"type": "Recurrence"}}, "actions": {"Customers": action}}
    flow = {"type": "Microsoft.Logic/workflows", "name": "Daily", "properties": {"definition": definition}}
    typed = {"url": HOST, "authenticationType": "AadServicePrincipal", "aadResourceId": HOST}
    service = {"name": "PartnerCenter", "properties": {"type": "RestService", "typeProperties": typed}}
    runbook = "$c = Get-AutomationPSCredential -Name 'App'\nConnect-PartnerCenter -ServicePrincipal -Credential $c\n"
    runbook += "Get-PartnerCustomer\n"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as app:
        app.writestr(
            "Nightly/run.ps1", f"Connect-PartnerCenter -UseDeviceAuthentication\nGet-PartnerInvoice # {HOST}\n"
        )
        app.writestr("Nightly/function.json", '{"bindings": [{"type": "timerTrigger"}]}')
    files: dict[str, str | bytes] = {
        "automation/contoso/Customers.ps1": runbook,
        "automation/contoso/assets.json": '{"credentials": [{"name": "App", "userName": "x"}], "variables": []}',
        "logicapps/Daily.json": json.dumps(flow),
        "datafactory/contoso/linkedservices/PartnerCenter.json": json.dumps(service),
        "apps/nightly/wwwroot.zip": archive.getvalue(),
        "apps/nightly/settings.json": '{"PC_PASSWORD": "***"}',
        "not-collected.txt": "SQL Server Agent of a: it is away\n",
    }
    put(tmp_path / "collected", files)
    cli.run(["sweep", str(tmp_path / "collected"), "--out", str(tmp_path / "out")])
    found = {(row["path"].rpartition("/")[2], row["runs"].partition(" ")[0]) for row in rows(tmp_path / "out")}
    assert {("Customers.ps1", "runbook"), ("Daily.json", "timer"), ("PartnerCenter.json", "pipeline")} <= found
    assert ("run.ps1", "timer") in found
