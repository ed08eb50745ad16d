"""An invented estate: six integrations in three repositories, one repository that could not be scanned, and every field
of every type used by one of them."""

from __future__ import annotations

from dataclasses import replace

from pcmfa_lint.findings.model import CodeLine, Files, Finding, Report, RuleInfo, ShownFile, ShownPlace, ShownStep
from pcmfa_lint.inventory.model.entry import Entry, Owner, SignIn
from pcmfa_lint.inventory.model.estate import AppUse, Estate, RowChange, Scanned
from pcmfa_lint.ir.nodes import Span
from tests.helpers.reports import SILENT

APP = "00000000-1111-2222-3333-444444444444"
ROPC = RuleInfo(
    id="PCM201",
    name="password-grant",
    title="A password is exchanged for a Partner Center token",
    level="error",
    precision="very-high",
    family="ropc",
    why="A password sign-in has no step where MFA could happen.",
    fix="Use the Secure Application Model.",
    references=("https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc", "RFC 6749, section 4.3"),
)


def at(path: str, line: int = 1) -> ShownPlace:
    return ShownPlace(path, Span(line, 5, line, 40))


def finding(rule: RuleInfo, path: str, line: int, fingerprint: str, fix: str = "") -> Finding:
    return Finding(
        rule=rule.id,
        name=rule.name,
        level=rule.level,
        place=at(path, line),
        message=f"{rule.title} (`{path}`).",
        why=rule.why,
        fix=fix or rule.fix,
        code=(CodeLine(line, "    token = sign_in(user='***', password='***')", 5, 40, until=40),),
        trace=(
            ShownStep(at(path, 2), "the address of the login host is set"),
            ShownStep(at(path, line), "the request is sent"),
        ),
        related=(ShownStep(at("settings.py", 3), "the account is read here"),),
        fingerprint=fingerprint,
    )


def sign_in(path: str, flow: str, exposure: str, reason: str, line: int = 12) -> SignIn:
    return SignIn(
        at=at(path, line),
        flow=flow,
        language="python",
        via="requests.post",
        audience="partner-center",
        api="Partner Center",
        secret="environment",
        secret_words="the environment variable PC_PASSWORD",
        exposure=exposure,
        reason=reason,
    )


def orders() -> Entry:
    """Breaks now; everything is known of it."""
    password = "It signs in with user name and password. Such a token never holds the MFA claim."
    return Entry(
        id="0a0a0a0a0a",
        repository="contoso/ordering",
        at=at("jobs/orders.py", 12),
        files=("jobs/orders.py", "jobs/renewals.py"),
        language=("python",),
        sign_ins=(
            sign_in("jobs/orders.py", "ropc", "breaks-now", password),
            replace(
                sign_in(
                    "jobs/orders.py", "refresh-token", "refresh-token-ages", "It starts from one refresh token.", 30
                ),
                fate="dropped",
                confidence="likely",
                after_password=True,
            ),
        ),
        flow=("refresh-token", "ropc"),
        app_and_user=True,
        audience=("partner-center",),
        accounts=("svc-orders@contoso.example", "the environment variable PC_USER"),
        apps=(APP,),
        tenants=("contoso.example",),
        apis=("Partner Center", "api.partnercenter.microsoft.com"),
        business=("provisioning and ordering", "subscription lifecycle"),
        impact=("new sales stop", "no change of seats"),
        app_only="some",
        needs_user=("provisioning and ordering",),
        secrets=("password: the environment variable PC_PASSWORD (jobs/orders.py:12)",),
        calls=7,
        calls_partner_center=True,
        handling="hidden",
        handling_words="a 401 is hidden: it looks like an empty result",
        runs="timer",
        runs_words="an Azure Functions timer",
        owner=Owner("@contoso/ordering", "codeowners", ".github/CODEOWNERS"),
        alerts=True,
        alert_words=("mail (jobs/notify.py:12)", "Teams (jobs/notify.py:30)"),
        scope="partner-center",
        exposure="breaks-now",
        reason=password,
        priority=1,
        findings=("f1", "f2"),
    )


def renewals() -> Entry:
    reason = "The token is requested for the retired audience graph.windows.net."
    one = sign_in("jobs/renewals.ps1", "ropc", "breaks-now", reason)
    return replace(
        orders(),
        id="0b0b0b0b0b",
        at=at("jobs/renewals.ps1", 3),
        files=("jobs/renewals.ps1",),
        language=("powershell",),
        sign_ins=(replace(one, language="powershell", retired=True),),
        flow=("ropc",),
        accounts=("svc-orders@contoso.example",),
        business=("subscription lifecycle",),
        app_only="all",
        needs_user=(),
        runs="runbook",
        runs_words="",
        owner=Owner("ann@contoso.example", "last-change"),
        reason=reason,
        findings=("f3",),
    )


def billing() -> Entry:
    reason = "It starts from one refresh token and does not store the new one that comes back."
    return Entry(
        id="0c0c0c0c0c",
        repository="contoso/billing",
        at=at("src/Invoices.cs", 44),
        files=("src/Invoices.cs",),
        language=("csharp",),
        sign_ins=(replace(sign_in("src/Invoices.cs", "refresh-token", "refresh-token-ages", reason), fate="dropped"),),
        flow=("refresh-token",),
        app_and_user=True,
        audience=("partner-center",),
        accounts=("the setting 'Partner:User'",),
        business=("billing and reconciliation",),
        impact=("invoices are not reconciled",),
        app_only="none",
        needs_user=("billing and reconciliation",),
        secrets=("refresh token: the secret 'pc-refresh' of a secret store (src/Invoices.cs:40)",),
        calls=2,
        calls_partner_center=True,
        handling="told-apart",
        handling_words="a 401 is distinguished by its code",
        runs="pipeline-schedule",
        owner=Owner("Billing Team", "package", "src/billing.csproj"),
        probes=True,
        knows_code=True,
        alerts=True,
        scope="partner-center",
        exposure="refresh-token-ages",
        reason=reason,
        priority=1,
    )


def mailboxes() -> Entry:
    reason = "It signs in with user name and password."
    return Entry(
        id="0d0d0d0d0d",
        repository="contoso/billing",
        at=at("tools/mailboxes.ps1", 5),
        files=("tools/mailboxes.ps1",),
        language=("powershell",),
        sign_ins=(
            replace(
                sign_in("tools/mailboxes.ps1", "ropc", "at-token-renewal", reason), audience="companion", api="Exchange"
            ),
        ),
        flow=("ropc",),
        app_and_user=True,
        audience=("companion",),
        accounts=("svc-mail@contoso.example",),
        scope="partner",
        exposure="at-token-renewal",
        reason=reason,
        priority=3,
    )


def unseen() -> Entry:
    reason = "The code does not show how it signs in."
    return Entry(
        id="0e0e0e0e0e",
        repository="contoso/portal",
        at=at("web/app.js", 9),
        files=("web/app.js",),
        language=("javascript",),
        sign_ins=(replace(SignIn(at("web/app.js", 9), "unknown", "javascript"), confidence="unknown", reason=reason),),
        flow=("unknown",),
        scope="partner-center",
        reason=reason,
        priority=3,
    )


def reports() -> Entry:
    reason = "It uses app-only tokens, which the enforcement does not affect."
    return Entry(
        id="0f0f0f0f0f",
        repository="contoso/portal",
        at=at("jobs/reports.py", 9),
        files=("jobs/reports.py",),
        language=("python",),
        sign_ins=(sign_in("jobs/reports.py", "app-only", "survives", reason),),
        flow=("app-only",),
        app_and_user=False,
        audience=("partner-center",),
        apps=("the environment variable CLIENT_ID",),
        business=("security monitoring",),
        app_only="all",
        calls=1,
        calls_partner_center=True,
        handling="ends",
        handling_words="a 401 ends the run like any other error",
        owner=Owner("@contoso/portal", "codeowners", "CODEOWNERS"),
        scope="partner-center",
        exposure="survives",
        reason=reason,
        priority=4,
    )


def full_estate() -> Estate:
    ordering = Report(
        "ordering",
        findings=(
            finding(ROPC, "jobs/orders.py", 12, "f1"),
            finding(SILENT, "jobs/orders.py", 50, "f2"),
            finding(ROPC, "jobs/renewals.ps1", 3, "f3", fix="Move to app-only: this endpoint accepts it."),
            finding(SILENT, "old/legacy.py", 8, "f4"),
        ),
        suppressed=(finding(SILENT, "old/quiet.py", 8, "f5"),),
        files=Files(
            irrelevant=3401,
            read=12,
            partly=(ShownFile("src/half.ps1", "Two regions could not be parsed.", 14),),
            skipped=(ShownFile("big.json", "Larger than 10 MB."),),
        ),
        rules=(ROPC, SILENT),
        notes=("After three rounds 12 names were still not found.",),
    )
    return Estate(
        repositories=(
            Scanned("contoso/billing", "billing", entries=(billing(), mailboxes()), report=Report("billing")),
            Scanned("contoso/gone", "https://git.example/contoso/gone", status=4, failed="The folder cannot be read."),
            Scanned(
                "contoso/ordering",
                "https://github.com/contoso/ordering.git",
                commit="0123456789abcdef0123456789abcdef01234567",
                status=1,
                entries=(orders(), renewals()),
                report=ordering,
            ),
            Scanned("contoso/portal", "portal", entries=(reports(), unseen()), report=Report("portal", complete=False)),
        ),
        version="0.1.0",
        complete=False,
        apps=(
            AppUse(APP, "Ordering", 1200, 300, "2026-10-01", ("svc-orders@contoso.example",), (orders(), renewals())),
            AppUse("00000000-5555-6666-7777-888888888888", "Nobody's", 40, 0, "2026-09-30"),
        ),
        changes=(
            RowChange("new", "0e0e0e0e0e", "contoso/portal", "web/app.js:9", now="breaks-now"),
            RowChange("gone", "0909090909", "contoso/portal", "web/old.js:3", before="survives"),
            RowChange(
                "changed", "0a0a0a0a0a", "contoso/ordering", "jobs/orders.py:12", ("flow",), "breaks-now", "breaks-now"
            ),
            RowChange(
                "changed", "0b0b0b0b0b", "contoso/ordering", "jobs/a.py:1", ("exposure",), "survives", "breaks-now"
            ),
            RowChange(
                "changed", "0c0c0c0c0c", "contoso/ordering", "jobs/b.py:1", ("exposure",), "breaks-now", "survives"
            ),
        ),
        people={orders().id: (("team_confirmed", "yes"), ("Ticket", "T-1"))},
        notes=("One repository is there under two names.",),
    )
