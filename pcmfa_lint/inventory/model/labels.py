"""The text that the pages show for each word of the inventory."""

from __future__ import annotations

from collections.abc import Iterable

EXPOSURE = {
    "breaks-now": "breaks now",
    "when-mfa-is-demanded": "breaks when MFA is required",
    "at-token-renewal": "breaks at token renewal",
    "refresh-token-ages": "refresh token ages",
    "cannot-tell": "cannot tell",
    "survives": "survives",
}
MEANING = {
    "breaks-now": "fails now, or as soon as the enforcement reaches it",
    "when-mfa-is-demanded": "fails as soon as MFA is required for its account",
    "at-token-renewal": "fails when its token is renewed",
    "refresh-token-ages": "works until its stored refresh token expires",
    "cannot-tell": "the code does not show it",
    "survives": "continues to work, as far as the code shows",
}
FLOW = {
    "ropc": "password (ROPC)",
    "refresh-token": "refresh token",
    "authorization-code": "authorization code",
    "device-code": "device code",
    "interactive": "interactive",
    "app-only": "app-only",
    "managed-identity": "managed identity",
    "default-credential": "default credential",
    "token-cache": "token from a cache",
    "unknown": "flow not known",
}
SCOPE = {
    "partner-center": "Partner Center",
    "partner": "partner's other services",
    "microsoft": "other services",
}
RUNS = {
    "timer": "by a timer",
    "cron": "by cron or a scheduled task",
    "pipeline": "in a pipeline",
    "pipeline-schedule": "in a pipeline, on a schedule",
    "runbook": "as a runbook",
    "service": "as a service",
    "command": "as a command line",
    "by-hand": "by hand",
    "unknown": "not known",
}
AUDIENCE = {
    "partner-center": "Partner Center",
    "partner-api": "the Partner API (referrals, pricing, payouts)",
    "companion": "another Microsoft service",
    "microsoft": "a Microsoft service",
    "other": "a service that is not Microsoft's",
    "unknown": "not known",
}
BASIS = {
    "codeowners": "named as the owner of the code",
    "last-change": "made the last change to it",
    "package": "named in the package",
    "": "",
}
WAY_OUT = {
    "all": "Every Partner Center endpoint that it calls also accepts app-only tokens: no user is needed.",
    "some": "Some of the Partner Center endpoints that it calls also accept app-only tokens; others need a user.",
    "none": "The Partner Center endpoints that it calls do not accept app-only tokens: they need a user.",
    "unknown": "Not known.",
}
FATE = {
    "kept": "the new refresh token is kept",
    "memory": "the new refresh token is kept in memory only",
    "dropped": "the new refresh token is discarded",
    "printed": "the new refresh token is printed",
    "library-cache": "the library keeps the new refresh token",
    "returned-unused": "the new refresh token is returned but not used",
    "unknown": "",
}
LANGUAGE = {
    "csharp": "C#",
    "go": "Go",
    "groovy": "Groovy",
    "java": "Java",
    "javascript": "JavaScript",
    "kotlin": "Kotlin",
    "php": "PHP",
    "powershell": "PowerShell",
    "python": "Python",
    "ruby": "Ruby",
    "settings": "settings",
    "typescript": "TypeScript",
}
NO_OWNER = "not known"


def languages(names: Iterable[str]) -> tuple[str, ...]:
    """The display names of languages; a name without one stays as it is."""
    return tuple(LANGUAGE.get(name, name) for name in names)
