"""How an integration is started, by signs in its files and beside them."""

from __future__ import annotations

import pytest

from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.assembly.triggers import Signs, asked_for
from pcmfa_lint.inventory.model.knowledge import load_tables

TABLES = load_tables()
RUNS = TABLES.runs


def started(files: dict[str, str]) -> tuple[str, str]:
    """How the first of the files is started."""
    return Signs(RUNS, files, Projects(list(files), RUNS.projects)).of([next(iter(files))])


FUNCTION = '{{"scriptFile": "{script}", "bindings": [{{"type": "{trigger}"}}]}}'
SAM = (
    "Resources:\n  Sync:\n    Properties:\n      Handler: {handler}\n      Events:\n        Daily: {{Type: {event}}}\n"
)
CRON_JOB = "kind: CronJob\nspec:\n  containers:\n    - image: registry.example/team/{image}:1.4\n"
COMMAND = "class SyncOrders extends Command {\n  protected $signature = 'partner:orders {--all}';\n}"
PLAN = "steps:\n  - script: {line}\nschedules:\n  - cron: '0 3 * * *'\n"


@pytest.mark.parametrize(
    ("files", "kind", "words"),
    [
        ({"run.py": ""}, "unknown", ""),
        ({"Nightly/run.ps1": "", "Nightly/function.json": '{"bindings": [{"type": "timerTrigger"}]}'}, "timer", ""),
        ({"Api/run.ps1": "", "Nightly/function.json": '{"type": "timerTrigger"}'}, "unknown", ""),
        ({"run.ps1": "$c = Get-AutomationPSCredential -Name 'x'"}, "runbook", ""),
        ({
            "run.py": "",
            ".github/workflows/a.yml": "on:\n  schedule:\n    - cron: '0 3 * * *'\nrun: python run.py",
        }, "pipeline-schedule", ""),
        ({"run.py": "", ".github/workflows/a.yml": "steps:\n  - run: python run.py"}, "pipeline", ""),
        ({"run.py": "", ".github/workflows/a.yml": "steps:\n  - run: python other.py"}, "unknown", ""),
        ({"run.py": "", "etc/crontab": "0 3 * * * root python3 /srv/run.py"}, "cron", ""),
        ({"run.ps1": "", "install.ps1": "Register-ScheduledTask -Action 'pwsh run.ps1'"}, "cron", ""),
        ({"Job.java": '@Scheduled(cron = "0 0 3 * * *")'}, "timer", ""),
        ({"Page.php": "class Page extends Controller {}"}, "service", ""),
        ({"run.ps1": "$p = Read-Host -AsSecureString"}, "by-hand", ""),
        ({"run.ps1": "# once: Get-Credential | Export-Clixml\n$c = Import-Clixml c.xml"}, "unknown", ""),
        ({"run.ps1": "#   schtasks /create /tn Sync /tr run.ps1 /sc daily\n# once: Get-Credential"}, "cron", ""),
        ({"src/Calls.cs": "", "src/App.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web">'}, "service", ""),
        ({"lib/Calls.cs": "", "lib/Lib.csproj": "", "src/App.csproj": "Microsoft.NET.Sdk.Web"}, "unknown", ""),
        ({"app.py": "", "Dockerfile": 'CMD ["python", "app.py"]'}, "service", ""),
        ({"flow.json": '{"triggers": {"a": {"type": "Recurrence"}}}'}, "timer", ""),
        ({"flow.py": 'kind = "Recurrence"'}, "unknown", ""),
        ({"flow.json": '{"triggers": {"a": {"type": "Request", "kind": "Button"}}}'}, "by-hand", ""),
        ({"flow.json": '{"triggers": {"a": {"type": "Request", "kind": "Http"}}}'}, "service", ""),
        ({"copy.json": '{"activities": [{"type": "WebActivity"}]}'}, "pipeline", ""),
        # Azure Functions: what triggers them is said, wherever it stands
        ({"Api/run.ps1": "", "Api/function.json": '{"type": "httpTrigger"}'}, "service", "an HTTP request"),
        ({"Work/run.ps1": "", "Work/function.json": '{"type": "queueTrigger"}'}, "service", "a queue message"),
        ({
            "lib/sync.ts": "",
            "Sync/function.json": FUNCTION.format(script="../dist/lib/sync.js", trigger="timerTrigger"),
        }, "timer", "Azure Functions"),
        ({
            "lib/sync.ts": "",
            "Sync/function.json": FUNCTION.format(script="../dist/lib/other.js", trigger="timerTrigger"),
        }, "unknown", ""),
        ({"Sync.cs": 'public void Run([TimerTrigger("0 0 3 * * *")] TimerInfo timer)'}, "timer", "Azure Functions"),
        ({"Sync.cs": 'Run([ServiceBusTrigger("orders")] string message)'}, "service", "a queue message"),
        ({"Sync.vb": 'Sub Run(<TimerTrigger("0 0 3 * * *")> timer As TimerInfo)'}, "timer", "Azure Functions"),
        ({"Sync.java": '@TimerTrigger(name = "t", schedule = "0 0 3 * * *") String timer'}, "timer", "Azure Functions"),
        ({"function_app.py": "@app.timer_trigger(schedule='0 0 3 * * *')"}, "timer", "Azure Functions"),
        ({"function_app.py": "def main(req: func.HttpRequest):"}, "service", "an HTTP request"),
        ({"src/api.js": "app.http('orders', { handler })"}, "service", "an HTTP request"),
        # AWS: by the handler that a template names
        ({
            "src/sync.py": "",
            "template.yaml": SAM.format(handler="sync.lambda_handler", event="Schedule"),
        }, "timer", "AWS"),
        ({
            "src/sync.py": "",
            "template.yaml": SAM.format(handler="sync.lambda_handler", event="SQS"),
        }, "service", "an AWS queue"),
        ({
            "src/sync.py": "",
            "template.yaml": SAM.format(handler="resync.lambda_handler", event="Schedule"),
        }, "unknown", ""),
        ({
            "src/Sync.java": "",
            "template.yml": SAM.format(handler="example.Sync::handle", event="ScheduleV2"),
        }, "timer", "AWS"),
        ({
            "src/jobs/sync.ts": "",
            "serverless.yml": "sync:\n    handler: src/jobs/sync.main\n    events:\n      - schedule: rate(1 day)",
        }, "timer", "AWS"),
        ({"sync.py": "", "main.tf": 'handler = "sync.main"\nschedule_expression = "rate(1 day)"'}, "timer", "AWS"),
        ({
            "sync.py": "",
            "main.tf": 'handler = "sync.main"\nname = generate("x")\nresource "aws_lambda_function" "x" {}',
        }, "service", "an AWS function"),
        # pipelines, also where a script or a package stands between
        ({
            "src/sync.js": "",
            "package.json": '{"scripts": {"orders": "node src/sync.js"}}',
            "azure-pipelines.yml": PLAN.format(line="npm run orders"),
        }, "pipeline-schedule", "a pipeline"),
        ({
            "src/sync.js": "",
            "package.json": '{"scripts": {"orders": "node src/sync.js"}}',
            "azure-pipelines.yml": PLAN.format(line="npm run other"),
        }, "unknown", ""),
        ({
            "sync.py": "",
            "nightly.sh": "python sync.py",
            ".gitlab-ci.yml": "job:\n  script: ./nightly.sh\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"schedule\"",
        }, "pipeline-schedule", "a pipeline"),
        ({
            "jobs/sync.py": "",
            "Jenkinsfile": "triggers { cron('H 3 * * *') }\nsh 'python -m jobs.sync'",
        }, "pipeline-schedule", "a pipeline"),
        ({"Sync.ps1": "", ".circleci/config.yml": "jobs:\n  a:\n    run: pwsh ./Sync.ps1"}, "pipeline", "a pipeline"),
        ({
            ".github/workflows/sync.yml": "on:\n  schedule:\n    - cron: '0 3 * * *'\nrun: |\n  curl",
        }, "pipeline-schedule", "a pipeline"),
        # cron, systemd, Kubernetes, Windows
        ({"sync.py": "", "cron.d/sync": "0 3 1 1 * root /srv/sync.py"}, "cron", "a crontab"),
        ({"sync.py": "", "cron.d/sync": "0 3 1 1 * root /srv/resync.py"}, "unknown", ""),
        ({"sync.rb": "", "install.sh": "(crontab -l; echo '@daily ruby sync.rb') | crontab -"}, "cron", "a crontab"),
        ({
            "src/sync.py": "",
            "unit/sync.service": "ExecStart=/srv/src/sync.py",
            "unit/sync.timer": "OnCalendar=daily",
        }, "cron", "systemd"),
        ({
            "src/sync.py": "",
            "unit/sync.service": "ExecStart=/srv/src/sync.py",
            "unit/other.timer": "OnCalendar=daily",
        }, "service", "a system service"),
        ({
            "services/order-sync/main.go": "",
            "k8s/job.yaml": CRON_JOB.format(image="order-sync"),
        }, "cron", "Kubernetes"),
        ({"services/order-sync/main.go": "", "k8s/job.yaml": CRON_JOB.format(image="reorder-sync")}, "unknown", ""),
        ({
            "order-sync/main.php": "",
            "charts/order-sync/templates/job.yaml": "kind: CronJob\nimage: {{ .Values.image }}",
        }, "cron", "Kubernetes"),
        ({
            "Sync/Program.cs": "",
            "Sync/Contoso.Sync.csproj": "",
            "task.xml": "<CalendarTrigger/><Command>C:\\apps\\Contoso.Sync.exe",
        }, "cron", "Windows"),
        ({
            "Sync.ps1": "",
            "run.cmd": "powershell -File Sync.ps1",
            "install.ps1": "schtasks /create /tr C:\\jobs\\run.cmd",
        }, "cron", "Windows"),
        # schedulers inside of programs
        ({
            "OrderSyncJob.cs": "",
            "Program.cs": "RecurringJob.AddOrUpdate<OrderSyncJob>(j => j.Run(), Cron.Daily);",
        }, "timer", "a scheduler"),
        ({
            "OrderSyncJob.cs": "",
            "Program.cs": "RecurringJob.AddOrUpdate<OtherJob>(j => j.Run(), Cron.Daily);",
        }, "unknown", ""),
        ({"OrderSync.java": "class OrderSync extends QuartzJobBean {}"}, "timer", "Quartz"),
        ({
            "app/Console/Commands/SyncOrders.php": COMMAND,
            "app/Console/Kernel.php": "$schedule->command('partner:orders')->dailyAt('03:00');",
        }, "timer", "Laravel"),
        ({
            "app/Jobs/SyncOrders.php": "",
            "routes/console.php": "Schedule::job(new SyncOrders)->dailyAt('3:00');",
        }, "timer", "Laravel"),
        ({
            "app/Jobs/SyncOrders.php": "",
            "app/Console/Kernel.php": "$schedule->command('mail:send')->daily();",
        }, "unknown", ""),
        ({
            "orders/tasks.py": "",
            "shop/celery.py": "app.conf.beat_schedule = {'a': {'task': 'orders.tasks.sync'}}",
        }, "timer", "Celery"),
        ({"orders/tasks.py": "@shared_task\ndef sync(): ..."}, "service", "a queue worker"),
        ({
            "src/sync.js": "",
            "src/index.js": "cron.schedule('0 3 * * *', require('./sync.js').run)",
        }, "timer", "a scheduler"),
        ({"sync.ts": "@Cron('0 3 * * *')"}, "timer", "a scheduler"),
        # started by somebody
        ({"sync.py": "parser = argparse.ArgumentParser()"}, "command", "a command line"),
        ({"CustomerServiceBase.cs": "class CustomerServiceBase {}"}, "unknown", ""),
        ({"Calls.cs": "", "Calls.csproj": "", "Other.cs": "SubscriptionSchedule("}, "unknown", ""),
    ],
)  # fmt: skip
def test_what_starts_it_is_said(files: dict[str, str], kind: str, words: str) -> None:
    runs, shown = started(files)
    assert runs == kind
    assert words in shown
    assert bool(shown) == (kind != "unknown")


def test_only_files_that_may_start_something_are_asked_for() -> None:
    files = ["src/a.py", "src/function.json", "Dockerfile", "x/crontab", "readme.md"]
    assert asked_for(files, RUNS) == ["src/function.json", "Dockerfile", "x/crontab"]


def test_a_broken_manifest_starts_nothing() -> None:
    plan = PLAN.format(line="npm run orders")
    for broken in ("{", "[]", '{"scripts": []}', '{"scripts": {"orders": 3}}'):
        assert started({"src/sync.js": "", "package.json": broken, "azure-pipelines.yml": plan})[0] == "unknown"
