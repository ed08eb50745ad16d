"""The words of the inventory: what is known of one integration. Everything here may be shown: names, places, words of
the vocabulary, and of values only those that are no secret by their shape (`user@domain`, application ids, tenants).

Conditions of `rules/inventory/` and `rules/playbook/` name the attributes of `SignIn` and `Entry` with dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from pcmfa_lint.evidence.words import (
    APP_AND_USER,
    PARTNER_KINDS,
    AudienceKind,
    Confidence,
    Flow,
    OriginKind,
    RefreshUse,
    Runs,
)
from pcmfa_lint.findings.model import NOTHING, SafeText, ShownPlace

Exposure: TypeAlias = Literal[
    "breaks-now",
    "when-mfa-is-demanded",
    "at-token-renewal",
    "refresh-token-ages",
    "cannot-tell",
    "untested",
    "survives",
]
EXPOSURES: tuple[Exposure, ...] = get_args(Exposure)  # the gravest first
WORKING: tuple[Exposure, ...] = ("untested", "survives")  # by the code alone, nothing has to be changed

# Flows as the inventory tells them: three more, named by what the call takes, since no flow of OAuth says it.
WayIn: TypeAlias = Literal[Flow, "basic", "default-credential", "token-cache"]
WAYS_IN: tuple[WayIn, ...] = get_args(WayIn)

# Of another service, whose own commands sign in.
Module: TypeAlias = Literal["none", "exchange", "azure", "azure-cli", "sharepoint", "pnp", "teams", "retired"]
Missing: TypeAlias = Literal["", "grant", "others-ask", "nobody-asks"]
Scope: TypeAlias = Literal["partner-center", "partner", "microsoft"]  # in the order of work
Way: TypeAlias = Literal["all", "some", "none", "unknown"]
Handling: TypeAlias = Literal["told-apart", "seen", "ends", "hidden", "not-looked-at", "retried", "unknown"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom to ask. `basis`: `codeowners`, `comment`, `last-change`, `package`, or "" where nothing says it; `at`: the
    file that says it."""

    name: SafeText = NOTHING
    basis: str = ""
    at: SafeText = NOTHING


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way in which an integration gets its token.

    module: of another service, whose own command it is; "none" if it is no such command.
    audience: a token that a Partner Center call needs and
    whose request does not say more is for Partner Center. api: what the token is for, by name. secret: kind of its
    origin; secret_words: in words. fate: of the refresh token. retired: an audience that Partner Center refuses.
    retired_host: calls of the integration go to a host of Partner Center that is retired. refused: an app's own
    token for calls that, as documented, all need a user's. assumed: that its token goes to Partner Center is seen
    nowhere; it is the only sign-in there. after_password: a refresh token, and the integration also signs in with a
    password for what it is for. renewed: the integration also renews what this sign-in has got. alone: no other
    sign-in that speaks for the integration. unattended: it runs without a person. missing: of a flow that is not
    known, what is: `grant` (it asks, and the grant comes from elsewhere), `others-ask` (other code of the
    repository asks for tokens), `nobody-asks`. partner: the repository is a partner's. case: the id of the case of
    `exposure.toml` that decides; remedy: what to do then; source: where that is documented."""

    at: ShownPlace
    flow: WayIn
    language: str
    via: str = ""
    module: Module = "none"
    audience: AudienceKind = "unknown"
    api: SafeText = NOTHING
    secret: OriginKind = "unknown"
    secret_words: SafeText = NOTHING
    fate: RefreshUse = "unknown"
    retired: bool = False
    retired_host: bool = False
    refused: bool = False
    assumed: bool = False
    after_password: bool = False
    renewed: bool = False
    alone: bool = True
    unattended: bool | None = None
    missing: Missing = ""
    partner: bool = False
    confidence: Confidence = "certain"
    exposure: Exposure = "cannot-tell"
    reason: SafeText = NOTHING
    remedy: SafeText = NOTHING
    case: str = ""
    source: str = ""

    def speaks(self) -> bool:
        """Whether it can speak for an integration that calls Partner Center: it is for that, or acts for a user; an
        app's or a machine's own sign-in elsewhere, which may only open a vault, cannot."""
        return self.audience in PARTNER_KINDS or self.flow in APP_AND_USER


@dataclass(frozen=True, slots=True)
class Entry:
    """One integration. `id` stays the same while it begins in the same file of the same repository.

    files: where it begins; members: all files in which something of it stands. flow: of the sign-ins that speak for
    it. audience: kinds of all its sign-ins. accounts: `user@domain`, or the names of what holds the account; apps:
    application ids, or the names of what holds them; tenants likewise. apis: the names of what it calls, uses, and
    signs in to. only_reads: the functions in which it changes nothing. app_only: whether all of its Partner Center
    endpoints also accept app-only tokens; needs_user: the functions of those that do not. secrets: each with its
    place, in words; secret_places: the places alone. handling: what becomes of a 401 in the worst call. probes: asks
    whether its tokens are compliant.
    knows_code: knows 900421. alerts: can notify somebody; alert_words: by what, each with its place. scope: it
    reaches Partner Center; it is a partner's and reaches other Microsoft services; only the latter. priority: 1
    first, 4 last. weight: among equals, what hangs on it (0 first). source: where what the reason says is documented.
    findings: fingerprints."""

    id: str
    repository: SafeText
    at: ShownPlace
    files: tuple[SafeText, ...]
    language: tuple[str, ...]
    sign_ins: tuple[SignIn, ...] = ()
    flow: tuple[WayIn, ...] = ()
    app_and_user: bool | None = None
    audience: tuple[AudienceKind, ...] = ()
    accounts: tuple[SafeText, ...] = ()
    apps: tuple[SafeText, ...] = ()
    tenants: tuple[SafeText, ...] = ()
    apis: tuple[SafeText, ...] = ()
    business: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    only_reads: tuple[str, ...] = ()
    app_only: Way = "unknown"
    needs_user: tuple[str, ...] = ()
    secrets: tuple[SafeText, ...] = ()
    calls: int = 0
    calls_partner_center: bool = False
    handling: Handling = "unknown"
    handling_words: SafeText = NOTHING
    runs: Runs = "unknown"
    runs_words: SafeText = NOTHING
    owner: Owner = Owner()
    probes: bool = False
    knows_code: bool = False
    alerts: bool = False
    alert_words: tuple[SafeText, ...] = ()
    scope: Scope = "microsoft"
    exposure: Exposure = "cannot-tell"
    reason: SafeText = NOTHING
    remedy: SafeText = NOTHING
    source: str = ""
    priority: int = 3
    weight: int = 0
    findings: tuple[str, ...] = ()
    unread: bool = False
    members: tuple[SafeText, ...] = ()
    secret_places: tuple[ShownPlace, ...] = ()

    @property
    def app_secret(self) -> bool:
        """Whether it has a client secret already."""
        return any(secret.startswith("client secret") for secret in self.secrets)
