"""The evidence: what the code does, in the words of the domain. The linker makes these from Units; rules judge them.

All types are frozen and picklable. A rule's `[where]` table names their attributes with dots (`secret.kind`,
`error_handling.then`); `None` or "unknown" there means *not known* and never satisfies a condition of a rule.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from pcmfa_lint.evidence.words import (
    AudienceKind,
    Confidence,
    Context,
    Flow,
    Happening,
    MissingLink,
    OriginKind,
    Principal,
    RefreshUse,
    Retry,
    SecretKind,
    StatusCheck,
    Surfacing,
    TextScope,
    Then,
    ValueKind,
)
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import Span

# Notes: a limit of the analysis was reached.
MANY_ALTERNATIVES = "{path}: a request has more possible values than are followed; those beyond count as not known"
TOO_MUCH = "{path}: too much to follow; what was reached up to the limit is reported"

# A note: the whole was not followed once more, with what was known at its end.
NOT_AGAIN = "The code is too large to be followed twice; what one file stores for another may not have been seen."


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A region of one file; `path` is relative to the root, with `/`."""

    path: str
    span: Span

    def __hash__(self) -> int:  # of what nearly always tells places apart: they are hashed more than anything else
        return hash((self.path, self.span.line, self.span.col))

    def holds(self, other: Place) -> bool:
        """Whether the other region lies in this one."""
        inner, outer = other.span, self.span
        begins = (outer.line, outer.col) <= (inner.line, inner.col)
        return other.path == self.path and begins and (inner.end_line, inner.end_col) <= (outer.end_line, outer.end_col)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace: what happens here, and the names of that as they stand in the code, each after the kind of
    thing that it names. `findings/redaction.py` puts it in words."""

    place: Place
    what: Happening
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a value. `name`: the variable, setting, file, asset or parameter that holds it (a name, never
    the value). `principal`: whose secret it is."""

    kind: OriginKind = "unknown"
    name: str = ""
    at: Place | None = None
    principal: Principal = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """An account, an application or a tenant. `name`: the value itself where `kind` is `value` (`user@domain`, an
    application id, a tenant: no secrets, and recognised by their shape), else the name of what holds it; `kind` is then
    that of its origin."""

    kind: Literal["value", OriginKind]
    name: str


@dataclass(frozen=True, slots=True)
class Audience:
    """The service a token is for. `name`: the resource as the catalog calls it. `retired`: Partner Center refuses this
    audience."""

    kind: AudienceKind = "unknown"
    name: str = ""
    confidence: Confidence = "unknown"
    retired: bool = False


@dataclass(frozen=True, slots=True)
class RefreshTokenUse:
    """The fate of the refresh token that an exchange returns."""

    use: RefreshUse = "unknown"
    at: Place | None = None


@dataclass(frozen=True, slots=True)
class ErrorHandling:
    """The handling of a failed call, from the send up through its callers.

    surfaces_as: how the failure shows itself. checks: what is looked at. distinguishes_401, reads_code: 401, or the
    code of the refusal, is told from other failures. shows_code: the body, in which that code stands, goes into the
    error that is raised or into a log. then: what happens next when it is 401. preserves_status: the raised error still
    carries the status; where the program ends, nobody had lost it before. logs: a log or a person hears of it. retry:
    whether the call is repeated, and `retry_401` whether for a 401, too. at: where the deciding handler or check stands
    (None: nowhere)."""

    surfaces_as: Surfacing = "unknown"
    checks: StatusCheck = "none"
    distinguishes_401: bool = False
    reads_code: bool = False
    shows_code: bool = False
    then: Then = "unknown"
    preserves_status: bool = False
    logs: bool = False
    retry: Retry = "none"
    retry_401: bool = False
    at: Place | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    """A way in which a place asks for a token, and the service that the token is then for."""

    flow: Flow
    audience: Audience


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A place that requests a token from an identity provider. `in_job`: a person would have to sign in, in what
    runs without one; `job`: what that is. `purposes`: all that it asks for, where it asks for several callers;
    `audience` is the one of them that says most."""

    at: Place
    via: str  # catalog id of the call
    flow: tuple[Flow, ...]
    audience: Audience
    language: str
    host: str = ""
    account: Origin = Origin()
    secret: Origin = Origin()  # the password, refresh token or client secret that the flow presents
    client_secret: Origin = Origin()  # of the application, where the flow presents another secret
    refresh_token: RefreshTokenUse = RefreshTokenUse()
    error_handling: ErrorHandling = ErrorHandling()
    unattended: bool | None = None
    partner: bool = False  # the repository carries a partner marker
    carried: bool = False  # a Partner Center call is seen that carries the token
    in_job: bool = False
    job: str = ""
    common: bool = False  # asked at /common, /organizations or /consumers
    function: str = ""  # name of the enclosing function, "" at top level
    accounts: tuple[Identity, ...] = ()
    apps: tuple[Identity, ...] = ()
    tenants: tuple[Identity, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"

    def asks_for(self) -> tuple[Purpose, ...]:
        """All that it asks for, also where it does for one caller only."""
        return self.purposes or tuple(Purpose(flow, self.audience) for flow in self.flow)


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """The purpose of one call, where the code says it. `impact`: what stops with it; `reads`: it changes nothing, and
    that is less than what stops where something is changed."""

    business: str
    impact: str
    accepts_app_only: bool | None = None
    reads: bool = False


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A request to Partner Center. `endpoints`: all that it is for, where one place sends for several callers; the
    attributes before it are of the one whose errors are handled worst."""

    at: Place
    via: str
    language: str
    host: str = ""
    method: str = ""
    path: str = ""
    business: str = ""  # what the call is for
    impact: str = ""
    accepts_app_only: bool | None = None
    endpoints: tuple[Endpoint, ...] = ()
    error_handling: ErrorHandling = ErrorHandling()
    tokens: tuple[Flow, ...] = ()  # flows of the tokens it can carry
    app_only: bool = False  # provably every token is app-only
    cached: bool = False  # a token it carries is kept for the whole run, and not renewed before it expires
    wrapper: bool = False  # the target comes from a caller
    unattended: bool | None = None
    partner: bool = True
    function: str = ""
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A sign-in secret that outlives the process: a literal, or the place that reads a stored one back. `feeds`:
    audience of the sign-in that it reaches ("" if none is visible). `upn`: the account beside it looks like
    user@domain. `committed`: it is read back from a settings file of the repository that holds the value itself.
    `written`: the secret itself, where it is in sight; it tells whether a change has altered it, and no rule can ask
    for it."""

    at: Place
    kind: SecretKind
    origin: Origin
    language: str
    principal: Principal = "unknown"
    user: Origin = Origin()
    upn: bool = False
    feeds: Literal["", AudienceKind] = ""
    flow: tuple[Flow, ...] = ()
    committed: bool = False
    partner: bool = False
    written: str = field(default="", repr=False)
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class SettingUse:
    """An entry of a settings file whose name says that it holds a sign-in secret or an account.
    context: whose it is, from the key, its section and the file. `feeds`: audience of the sign-in for which code reads
    the entry ("" if none is seen)."""

    at: Place
    key: str
    secret_kind: Literal["user", SecretKind]
    value_kind: ValueKind
    language: str
    context: Context = "none"
    upn: bool = False  # a user name that looks like user@domain stands beside it
    feeds: Literal["", AudienceKind] = ""
    partner: bool = False
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package, module or library that the repository names: in an import, a manifest or a `using`."""

    at: Place
    name: str
    ecosystem: str
    language: str
    partner: bool = False
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class Marker:
    """A catalogued sighting (`kind`: partner, totp, browser, validate-mfa, mfa-code, alert, retired-audience …)."""

    at: Place
    kind: str
    name: str
    language: str
    partner: bool = False
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class TextHit:
    """A match of a regex rule; only the rule named by `rule` may judge it. `flow`: how a token is asked for here.
    `literal`: a setting on this line holds a secret as plain text, which has a finding of its own."""

    at: Place
    rule: str
    language: str
    scope: TextScope
    flow: Literal["", Flow] = ""
    literal: bool = False
    partner: bool = False
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class Integration:
    """Evidence that belongs together: one program, or one set of programs that ask for their tokens at the same place.
    `roots`: the files it starts from. `members`: places of its token requests, calls and stored secrets. `probes`: it
    asks Partner Center whether its tokens are compliant. `knows_code`: it knows the code of the refusal."""

    at: Place
    roots: tuple[str, ...]
    members: tuple[Place, ...]
    language: str
    flow: tuple[Flow, ...] = ()
    audience: tuple[AudienceKind, ...] = ()
    secrets: tuple[OriginKind, ...] = ()  # of what it signs in with
    accounts: tuple[str, ...] = ()  # names of what holds the account
    business: tuple[str, ...] = ()
    calls: int = 0
    calls_partner_center: bool = False
    app_and_user: bool | None = None
    probes: bool = False
    knows_code: bool = False
    partner: bool = False
    trace: tuple[Step, ...] = ()
    confidence: Confidence = "certain"


Item: TypeAlias = TokenRequest | ApiCall | StoredSecret | SettingUse | Dependency | Marker | TextHit | Integration

SUBJECTS: dict[str, type] = {
    "token-request": TokenRequest,
    "api-call": ApiCall,
    "stored-secret": StoredSecret,
    "setting": SettingUse,
    "dependency": Dependency,
    "marker": Marker,
    "text": TextHit,
    "integration": Integration,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Code that is almost evidence, and the link that is missing. `source`: where the address of a request, or a
    password, comes from."""

    at: Place
    kind: Literal["request", "password"]
    missing: MissingLink
    source: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one repository says, sorted by place. `candidates`: what is no evidence, for `explain --file`."""

    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = field(default=())  # limits that were reached, one sentence each
    candidates: tuple[Candidate, ...] = ()
