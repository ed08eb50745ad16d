"""One report in which every field is used, and odd things in names."""

from __future__ import annotations

from pcmfa_lint.findings.model import (
    CodeLine,
    Files,
    Finding,
    Report,
    RuleInfo,
    ShownFile,
    ShownPlace,
    ShownStep,
    Suppression,
)
from pcmfa_lint.ir.nodes import Span

WHY = (
    "Partner Center asks every app+user token for proof of multifactor authentication. A password sign-in has no step "
    "where it could happen, so the token is refused with HTTP 401 and error code 900421."
)
FIX = """Use the Secure Application Model:

1. Let a person sign in once, with MFA, and keep the refresh token in a vault.
2. Exchange it for an access token at each run, and keep the new refresh token:

```powershell
$token = New-PartnerAccessToken -ApplicationId $id -RefreshToken $kept `
    -Scopes 'https://api.partnercenter.microsoft.com/user_impersonation'
```

Where the endpoint accepts app-only tokens, no user is needed at all."""
ROPC = RuleInfo(
    id="PCM201",
    name="password-grant",
    title="A password is exchanged for a Partner Center token",
    level="error",
    precision="very-high",
    family="ropc",
    why=WHY,
    fix=FIX,
    references=("https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc", "RFC 6749, section 4.3"),
    bad="body = {'grant_type': 'password'}\n",
    good="body = {'grant_type': 'refresh_token'}\n",
    example_language="python",
    cwe=("CWE-308", "CWE-522"),
    security_severity="8.1",
)
SILENT = RuleInfo(
    id="PCM401",
    name="nobody-looks",
    title="Nobody looks at a 401",
    level="warning",
    precision="medium",
    family="unhandled-401",
    why="A refused call passes for an empty answer.",
    fix="Raise on status 401.",
)
HINT = RuleInfo(
    id="PCM600",
    name="old-module",
    title="The module is retired",
    level="note",
    precision="high",
    family="readiness",
    why="It gets no fixes. " * 58,
    fix="Move to its successor.",
)


def place(path: str, line: int, col: int, end_line: int, end_col: int) -> ShownPlace:
    return ShownPlace(path, Span(line, col, end_line, end_col))


def ropc_at(path: str, line: int, fix: str = FIX, fingerprint: str = "a1") -> Finding:
    return Finding(
        rule="PCM201",
        name="password-grant",
        level="error",
        place=place(path, line, 5, line + 1, 20),
        message="Password sign-in for Partner Center: user name and password are handed to login.microsoftonline.com.",
        why=WHY,
        fix=fix,
        code=(
            CodeLine(line, "    requests.post(URL, data={'grant_type': 'password',", 5, 55, until=61),
            CodeLine(line + 1, "        'password': '***'})", 9, 27, until=20),
        ),
        trace=(
            ShownStep(place("settings.py", 2, 1, 2, 30), "the address of the login host is set"),
            ShownStep(place(path, line, 5, line + 1, 20), "the request is sent"),
        ),
        related=(ShownStep(place("settings.py", 3, 1, 3, 9), "the [account] is read here."),),
        fingerprint=fingerprint,
        line_hash=f"5c1f{fingerprint}:1",
        language="python",
        properties=(("flow", "ropc"), ("host", "login.microsoftonline.com")),
    )


def silent_at(path: str, line: int, col: int = 1, message: str = "Nobody looks at the answer of `get`.") -> Finding:
    return Finding(
        rule="PCM401",
        name="nobody-looks",
        level="warning",
        place=place(path, line, col, line, col + 9),
        message=message,
        why=SILENT.why,
        fix=SILENT.fix,
        code=(CodeLine(line, "x = get()", 1, 10, until=10),),
        trace=(ShownStep(place(path, line, 1, line, 9), "the only step"),),
        fingerprint="b2",
        language="powershell",
    )


def full_report() -> Report:
    odd = "Zw\u00f6lf #1/50%?\n.ps1"
    return Report(
        root="contoso",
        findings=(
            silent_at(odd, 3),
            ropc_at("src/sync.py", 12),
            ropc_at("src/sync.py", 40, fingerprint="a2"),
            ropc_at("src/other.py", 7, fix="Move to app-only: this endpoint accepts it.", fingerprint="a3"),
            silent_at("c:odd/x.ps1", 5),
            silent_at("c:odd/x.ps1", 5, col=20, message="Nobody looks at the answer of `post`."),
        ),
        suppressed=(silent_at("src/quiet.ps1", 8),),
        baselined=(ropc_at("src/known.py", 9, fingerprint="a4"),),
        below=(silent_at("src/low.ps1", 2),),
        files=Files(
            irrelevant=3401,
            read=12,
            excluded=("vendor/a.ps1", "vendor/b.ps1"),
            partly=(ShownFile("src/half.ps1", "Two regions could not be parsed.", 14),),
            skipped=(ShownFile("big.json", "Larger than 10 MB."), ShownFile("pipe", "Not a regular file.")),
        ),
        rules=(SILENT, ROPC, HINT),
        suppressions=(
            Suppression("src/quiet.ps1", 7, ("PCM4",), "it is retired soon", "2026-12-31", "used", silences=("b2",)),
            Suppression("src/quiet.ps1", 9, state="malformed", fault="write pcmfa: ignore[PCM201] reason"),
        ),
        notes=("After three rounds 12 names were still not found.",),
        version="0.1.0",
        complete=False,
        extra=(("baseline", "pcmfa-baseline.json"),),
    )
