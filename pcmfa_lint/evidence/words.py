"""The words of the evidence, and what each means. Rules, catalog and reports use the same ones.

They are types, so mypy checks every comparison, and `knowledge/vocabulary.py` reads from them which words a rule or a
catalog file may use. "unknown" never meets a condition.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Confidence: TypeAlias = Literal["certain", "likely", "unknown"]  # how well the evidence is known

# How a token is asked for.
Flow: TypeAlias = Literal[
    "ropc",  # user name and password: no MFA claim can come of it
    "refresh-token",  # inherits the MFA claim of the sign-in that it came from
    "authorization-code",
    "device-code",
    "interactive",  # a person signs in, by whatever means
    "app-only",  # client credentials: the application acts for itself
    "managed-identity",  # the same without a secret of its own
    "unknown",
]
FLOWS: tuple[Flow, ...] = get_args(Flow)
APP_FLOWS: frozenset[Flow] = frozenset({"app-only", "managed-identity"})
APP_AND_USER: frozenset[Flow] = frozenset(FLOWS) - APP_FLOWS - {"unknown"}  # in scope of the enforcement

FLOW_OF_GRANT: dict[str, Flow] = {
    "password": "ropc",
    "password_credentials": "ropc",
    "refresh_token": "refresh-token",
    "client_credentials": "app-only",
    "authorization_code": "authorization-code",
    "device_code": "device-code",
    "urn:ietf:params:oauth:grant-type:device_code": "device-code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "interactive",
}

SecretKind: TypeAlias = Literal["password", "refresh-token", "client-secret", "totp-seed"]
# The secret that a sign-in presents, by its flow; the others present none that is stored.
PRESENTED: dict[Flow, SecretKind] = {
    "ropc": "password",
    "refresh-token": "refresh-token",
    "app-only": "client-secret",
}

# Where a value comes from.
OriginKind: TypeAlias = Literal[
    "literal",  # it stands in the code
    "placeholder",  # a literal that somebody is to replace: an origin, not an absence
    "environment",  # a variable of the process
    "setting",  # an entry of a settings file
    "plain-file",
    "exported",  # written by the program for later: Export-Clixml, a token cache
    "encrypted-with-key-beside",  # and so as good as in plain text
    "os-vault",  # a credential store of the operating system
    "asset",  # of an automation account
    "secret-store",  # a key vault, a secret manager
    "database",  # a row or a document of one
    "prompt",  # a person is asked
    "parameter",  # of a function or script, and no caller is in sight
    "session",  # what a sign-in of this run gave back
    "unknown",
]
ORIGINS: tuple[OriginKind, ...] = get_args(OriginKind)
STORED: tuple[OriginKind, ...] = (  # where a secret outlives the process and is not protected
    "literal",
    "environment",
    "setting",
    "plain-file",
    "exported",
    "encrypted-with-key-beside",
    "os-vault",
    "asset",
)

Principal: TypeAlias = Literal["user", "app", "customer", "device", "unknown"]  # whose secret it is

# Whom a token is for.
AudienceKind: TypeAlias = Literal[
    "partner-center",
    "partner-api",  # api.partner.microsoft.com
    "companion",  # Graph, Azure, Exchange, MSOnline …
    "microsoft",  # a Microsoft login host; the audience is not in sight
    "other",  # not Microsoft
    "unknown",
]
PARTNER_KINDS: frozenset[AudienceKind] = frozenset({"partner-center", "partner-api"})

# What becomes of the refresh token that an exchange returns.
RefreshUse: TypeAlias = Literal[
    "kept",  # stored where the next run finds it
    "memory",  # kept as long as the process lives
    "dropped",  # only the access token is read
    "printed",
    "library-cache",  # the library keeps it
    "returned-unused",  # handed to a caller that does not use it
    "unknown",
]

# How a failed call shows itself.
Surfacing: TypeAlias = Literal["raises", "continues", "returns-status", "returns-error", "exit-code", "unknown"]

# What is looked at after a call.
StatusCheck: TypeAlias = Literal[
    "none",
    "any-error",  # that it failed, not how
    "other-status",  # a status other than 401
    "401-as-success",  # 401 is among the statuses that are accepted
]

# What happens next when the status is 401.
Then: TypeAlias = Literal[
    "raise",  # the error goes on
    "end",  # the program ends
    "value",  # the callers get a value that stands for the failure
    "continue",  # the loop goes on with the next item
    "fall-through",  # the code goes on as if the call had worked
    "lost",  # the error stays in work that nobody waits for
    "unknown",
]
Retry: TypeAlias = Literal["none", "bounded", "unbounded"]

ValueKind: TypeAlias = Literal["literal", "placeholder", "reference", "empty"]  # what a setting holds
Context: TypeAlias = Literal[
    "partner", "microsoft", "other", "none"
]  # whose a setting is, by its key, section and file
Runs: TypeAlias = Literal[
    "timer", "cron", "pipeline", "pipeline-schedule", "runbook", "service", "command", "by-hand", "unknown"
]  # what starts a program
TextScope: TypeAlias = Literal["code", "string", "comment", "any"]  # where a pattern of a rule may match
AppOnly: TypeAlias = Literal["both", "user", "app", "unknown"]  # which tokens an endpoint accepts

# Why nothing is known of a candidate: what no rule judges, and only `explain --file` shows.
MissingLink: TypeAlias = Literal[
    "address",  # the address of a request is not known
    "partner-host",  # the host is one of Microsoft's, but not Partner Center's
    "microsoft-host",  # the host is not one of Microsoft's
    "account",  # no account `user@domain` beside a password
]

# What happens in one step of a trace.
Happening: TypeAlias = Literal[
    "account", "secret", "host", "address", "address-written", "grant-type", "grant", "audience", "sent",
    "read", "decrypted", "handed", "parameter", "called", "block", "setting",
]  # fmt: skip
