"""Invented integrations: one for every way to sign in, to fail and to hide it that the playbook knows."""

from __future__ import annotations

from dataclasses import replace

from pcmfa_lint.findings.model import ShownPlace
from pcmfa_lint.inventory.model.entry import Entry, Owner, SignIn
from pcmfa_lint.ir.nodes import Span

APP = "11111111-2222-3333-4444-555555555555"
LINE = Span(12, 1, 12, 40)
INVOICES = Entry(
    id="a1b2c3",
    repository="contoso/billing",
    at=ShownPlace("jobs/invoices.py", LINE),
    files=("jobs/invoices.py",),
    language=("python",),
    sign_ins=(
        SignIn(
            ShownPlace("lib/pc.py", LINE),
            "ropc",
            "python",
            via="requests",
            audience="partner-center",
            api="Partner Center",
            secret="environment",
            secret_words="the environment variable PC_PASSWORD",
            exposure="breaks-now",
        ),
    ),
    flow=("ropc",),
    app_and_user=True,
    audience=("partner-center",),
    accounts=("csp-robot@contoso.example",),
    apps=(APP,),
    tenants=("contoso.example",),
    apis=("Partner Center",),
    business=("billing and reconciliation",),
    impact=("invoices are not reconciled, customers are billed wrongly or not at all",),
    app_only="some",
    needs_user=("billing and reconciliation",),
    secrets=("password: the environment variable PC_PASSWORD (lib/pc.py:12)",),
    calls=4,
    calls_partner_center=True,
    handling="not-looked-at",
    handling_words="nobody looks at the status",
    runs="timer",
    runs_words="timer trigger, every night at 02:00",
    owner=Owner("@contoso/billing", "codeowners", "CODEOWNERS"),
    scope="partner-center",
    exposure="breaks-now",
    reason="a password sign-in cannot have MFA",
    priority=1,
)
ORDERS = replace(
    INVOICES,
    id="b2c3d4",
    repository="contoso/shop",
    at=ShownPlace("Sync-Orders.ps1", LINE),
    files=("Sync-Orders.ps1", "Sync-Carts.ps1"),
    language=("powershell",),
    sign_ins=(replace(INVOICES.sign_ins[0], language="powershell", secret="asset"),),
    app_only="all",
    needs_user=(),
    secrets=("password: the automation asset CspUser (Sync-Orders.ps1:3)",),
    business=("provisioning and ordering",),
    impact=("new sales stop",),
    handling="retried",
    handling_words="every error is tried again five times",
    runs="runbook",
    runs_words="Azure Automation runbook",
    owner=Owner(),
)
LICENCES = replace(
    INVOICES,
    id="c3d4e5",
    repository="contoso/licences",
    at=ShownPlace("src/Licences.cs", LINE),
    files=("src/Licences.cs",),
    language=("csharp",),
    sign_ins=(
        SignIn(
            ShownPlace("src/Tokens.cs", LINE),
            "refresh-token",
            "csharp",
            audience="partner-center",
            secret="setting",
            secret_words="the setting PartnerCenter:RefreshToken",
            fate="dropped",
            exposure="refresh-token-ages",
        ),
    ),
    flow=("refresh-token",),
    accounts=("the setting PartnerCenter:User",),
    apps=("the setting PartnerCenter:ClientId",),
    secrets=("refresh token: the setting PartnerCenter:RefreshToken (src/appsettings.json:7)",),
    business=("relationships, GDAP and consent",),
    impact=("no delegated access",),
    handling="hidden",
    handling_words="the error is caught and the loop goes on",
    runs="service",
    runs_words="hosted service",
    exposure="refresh-token-ages",
    reason="the new refresh token is thrown away",
    priority=2,
)
WEB = replace(
    LICENCES,
    id="d4e5f6",
    repository="contoso/portal",
    at=ShownPlace("server/index.js", LINE),
    files=("server/index.js",),
    language=("javascript",),
    sign_ins=(
        SignIn(ShownPlace("server/auth.js", LINE), "authorization-code", "javascript", audience="partner-center"),
        SignIn(
            ShownPlace("server/auth.js", LINE),
            "refresh-token",
            "javascript",
            audience="partner-api",
            fate="memory",
            after_password=True,
        ),
    ),
    flow=("authorization-code", "refresh-token"),
    audience=("partner-center", "partner-api"),
    business=("marketplace, co-sell and referrals",),
    impact=("leads are not synchronised",),
    handling="told-apart",
    handling_words="900421 is told from other errors",
    knows_code=True,
    alerts=True,
    probes=True,
    runs="by-hand",
    runs_words="started by a person",
    exposure="at-token-renewal",
    priority=2,
)
APP_ONLY = replace(
    INVOICES,
    id="e5f6a7",
    repository="contoso/catalogue",
    at=ShownPlace("catalogue.php", LINE),
    files=("catalogue.php",),
    language=("php",),
    sign_ins=(
        SignIn(
            ShownPlace("catalogue.php", LINE),
            "app-only",
            "php",
            audience="partner-center",
            secret="secret-store",
            retired=True,
            exposure="breaks-now",
        ),
    ),
    flow=("app-only",),
    app_and_user=False,
    accounts=(),
    app_only="all",
    needs_user=(),
    business=("pricing and catalogue",),
    impact=("quotes are wrong",),
    secrets=("client secret: the secret pc-app of a secret store (catalogue.php:5)",),
    handling="ends",
    handling_words="the run ends",
    exposure="breaks-now",
    reason="the token is requested for the retired audience graph.windows.net",
    priority=2,
)
UNKNOWN = Entry(
    id="f6a7b8",
    repository="contoso/attic",
    at=ShownPlace("old/call.pl", LINE),
    files=("old/call.pl",),
    language=("perl",),
    sign_ins=(SignIn(ShownPlace("old/call.pl", LINE), "unknown", "perl", audience="partner-center", case="unseen"),),
    apis=("Partner Center",),
    calls=1,
    calls_partner_center=True,
    scope="partner-center",
    exposure="cannot-tell",
    reason="The code does not show how it signs in.",
    priority=3,
)
ALL = (INVOICES, ORDERS, LICENCES, WEB, APP_ONLY, UNKNOWN)

REFERRALS = replace(
    INVOICES,
    id="0a0a0a",
    repository="contoso/leads",
    language=("java",),
    sign_ins=(replace(INVOICES.sign_ins[0], audience="partner-api", language="java"),),
    audience=("partner-api",),
    handling="seen",
    handling_words="all errors alike",
)
GRAPH = replace(
    INVOICES,
    id="0b0b0b",
    repository="contoso/graph",
    language=("settings",),
    sign_ins=(replace(INVOICES.sign_ins[0], audience="companion", secret="literal"),),
    audience=("companion",),
    calls_partner_center=False,
    scope="partner",
    app_only="none",
)
PRINTING = replace(
    LICENCES,
    id="0c0c0c",
    repository="contoso/setup",
    sign_ins=(replace(LICENCES.sign_ins[0], fate="printed"),),
    handling="seen",
)
IDENTITY = replace(
    APP_ONLY,
    id="0d0d0d",
    repository="contoso/cloud",
    sign_ins=(replace(APP_ONLY.sign_ins[0], flow="managed-identity", retired=False),),
    flow=("managed-identity",),
    handling="hidden",
    exposure="survives",
    reason="it signs in as an application",
    priority=4,
)
RETIRED = replace(
    APP_ONLY,
    id="1a1a1a",
    repository="contoso/commerce",
    sign_ins=(replace(APP_ONLY.sign_ins[0], retired=False, retired_host=True),),
    handling="not-looked-at",
    reason="it calls a retired host",
)
KEEPING = replace(
    LICENCES,
    id="1b1b1b",
    repository="contoso/kept",
    sign_ins=(replace(LICENCES.sign_ins[0], secret="secret-store", fate="kept", exposure="untested"),),
    exposure="untested",
    priority=3,
)
UNSEEN_RENEWAL = replace(
    LICENCES,
    id="1d1d1d",
    repository="contoso/renewal",
    sign_ins=(replace(LICENCES.sign_ins[0], fate="unknown", exposure="cannot-tell", case="refresh-token-unseen"),),
    exposure="cannot-tell",
    priority=3,
)
BY_APPLICATION = replace(
    INVOICES,
    id="1e1e1e",
    repository="contoso/application",
    app_only="all",
    secrets=(*INVOICES.secrets, "client secret: the environment variable PC_SECRET (jobs/invoices.py:9)"),
)
PERSON = replace(
    KEEPING,
    id="1c1c1c",
    repository="contoso/console",
    sign_ins=(replace(WEB.sign_ins[0], exposure="survives"),),
    exposure="survives",
    priority=4,
    flow=("authorization-code",),
)
RETRYING = tuple(
    replace(ORDERS, id=f"0e0e0{number}", repository=f"contoso/retry-{language}", language=(language,))
    for number, language in enumerate(
        ("python", "csharp", "javascript", "java", "php", "go", "ruby", "shell", "groovy", "vb")
    )
)
COMMANDS = tuple(
    replace(
        GRAPH,
        id=f"0f0f0{number}",
        repository=f"contoso/{module}",
        language=("powershell",),
        sign_ins=(replace(GRAPH.sign_ins[0], flow=flow, module=module, language="powershell"),),
        flow=(flow,),
        exposure="when-mfa-is-demanded",
    )
    for number, (module, flow) in enumerate(
        (
            *(("exchange", "basic"), ("azure", "ropc"), ("azure-cli", "ropc"), ("sharepoint", "ropc")),
            *(("pnp", "ropc"), ("teams", "ropc"), ("retired", "ropc")),
        )
    )
)
OPERATIONS = replace(COMMANDS[0], id="0f0f0f", sign_ins=tuple(each.sign_ins[0] for each in COMMANDS))
EVERY = (
    *(*ALL, REFERRALS, GRAPH, PRINTING, IDENTITY, RETIRED, KEEPING, PERSON),
    *(UNSEEN_RENEWAL, BY_APPLICATION, *RETRYING, OPERATIONS),
)
