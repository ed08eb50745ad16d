"""The text that the pages show for each word of the inventory."""

from __future__ import annotations

from collections.abc import Iterable

from pcmfa_lint.inventory.model.entry import WORKING, Entry

EXPOSURE = {
    "breaks-now": "fails now or any day",
    "when-mfa-is-demanded": "breaks when MFA is required",
    "at-token-renewal": "breaks at token renewal",
    "refresh-token-ages": "refresh token ages",
    "cannot-tell": "cannot tell",
    "untested": "sign-in is right, not tested",
    "survives": "survives",
}
MEANING = {
    "breaks-now": "is refused already, or as soon as the enforcement reaches it",
    "when-mfa-is-demanded": "fails as soon as MFA is required for its account",
    "at-token-renewal": "fails when its token is renewed",
    "refresh-token-ages": "works until its stored refresh token expires",
    "cannot-tell": "the code does not show it",
    "untested": "works if the sign-in behind its refresh token used MFA: test it once",
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
    "basic": "basic authentication",
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
    "unknown": "not found in schedules, pipelines, or the code",
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
    "package": "author of the package, so only probably",
    "comment": "named in a comment",
    "": "",
}
_DOCUMENTED = "according to Microsoft's documentation (a copy of 2021)"
WAY_OUT = {
    "all": f"Possible, {_DOCUMENTED}: every Partner Center endpoint that it calls also accepts app-only tokens. Test "
    "each call once. Not for control panel vendors; indirect resellers need a user for customers and their orders.",
    "some": f"Only in part, {_DOCUMENTED}: some of the Partner Center endpoints that it calls need a user.",
    "none": f"Not possible, {_DOCUMENTED}: the Partner Center endpoints that it calls need a user.",
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
    "shell": "shell",
    "typescript": "TypeScript",
    "vb": "Visual Basic",
    "workflow": "workflow definition",
}
NO_OWNER = "not known"
ENFORCEMENT = (
    "Microsoft has enforced MFA in production since 8 June 2026, for a growing share of the calls; when it covers all "
    "of them is not confirmed. A job without MFA that still runs can fail at any call: there is no later deadline to "
    "wait for."
)
PROBE, PROBED = "ValidateMfa: true", "isMfaCompliant"  # the header that asks whether a token has MFA, and the answer
AS_APPLICATION = "sign in as the application (app-only)"


def to_do(entry: Entry) -> str:
    """What to do about an integration, in a few words; "" where nothing is to be done."""
    if "ropc" in entry.flow and entry.app_only == "all" and entry.exposure not in WORKING:
        return f"{AS_APPLICATION}; {'its client secret exists' if entry.app_secret else 'it has no client secret yet'}"
    return entry.remedy


def languages(names: Iterable[str]) -> tuple[str, ...]:
    """The display names of languages; a name without one stays as it is."""
    return tuple(LANGUAGE.get(name, name) for name in names)
