"""The catalog, which says what code means: the vocabulary of `rules/catalog/` as types.

One `[[call]]` says what a function, method, command or type is for; `[[host]]`, `[[resource]]` and `[[path]]` say whom
an address belongs to; `[[setting]]` says which names hold secrets. A new SDK is an entry in such a file and no Python.
The field names below are the keys of the TOML files (`is` and `from` are written without the underscore).
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from pcmfa_lint.evidence.words import (
    AppOnly,
    AudienceKind,
    Confidence,
    Context,
    Flow,
    OriginKind,
    Principal,
    Runs,
    SecretKind,
    Surfacing,
)
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.knowledge.prefilter import MarkerSpec as MarkerSpec
from pcmfa_lint.knowledge.prefilter import PrefilterGate as PrefilterGate
from pcmfa_lint.knowledge.semantics import LanguageSemantics

# What a call is for; docs/catalog.md says of each what it does and which arguments it has.
Meaning: TypeAlias = Literal[
    "token-request", "http", "api-call", "credential", "source", "transform", "store", "log", "retry", "invoke",
    "session", "exit", "respond", "marker", "alias", "cache", "format", "mapping", "pairs", "set-entry", "record-type",
    "set-member", "join", "forward", "inject", "all", "instance", "settings", "promise", "resolve", "response-part",
    "raise", "require", "on-response", "add-method", "wire-name", "give-up", "sort-out", "catch", "ignore",
]  # fmt: skip
NamedSecret: TypeAlias = Literal["user", SecretKind]  # what a source gives, or a parameter or setting holds


@dataclass(frozen=True, slots=True)
class Match:
    """The names by which a call is recognised. Names are compared case-insensitively in languages that do so.

    function: qualified dotted names after imports (`requests.get`); `{verb}` stands for each of `verb`.
    method + on: a method name (with a first word that tells its calls apart: `request retry`, `execute update`), or
    `*`, and the receiver's types (`msal.*`; `?` = type not known, which lowers `confidence`).
    command: a PowerShell or shell command. new: a type that is constructed. cast: a type that is cast to.
    read: something indexed or read, not called: `os.environ`, `env`, `AppSettings`. decorator: put on a function, a
    class, a field, or what a field is assigned where it is said there;
    `X -> T` only where a method without a body gives back a `T`. imports: the library's modules or
    namespaces; where the receiver is not known, an entry whose library the file imports is rather meant than another,
    and what is `injected` is only meant where it is imported.
    base: of which a class of the repository is derived.
    client: patterns for names of classes that are clients of some API, such as a generated one: any method of them.
    injected: the declared type (`*` allowed) of a parameter or field that a container fills in: `IConfiguration`.
    behind: catch: calls of which one stands before it in its chain: `runCatching`.
    """

    function: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    verb: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    decorator: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    client: tuple[str, ...] = ()
    injected: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """The ways in which a failed call shows.

    status: members of the result that tell the status. ok: members that are true on success; failed: on failure.
    raised_by: methods of the result that raise on an error status. raises: exception types, last name. body:
    members that read the body."""

    surfaces_as: Surfacing = "raises"
    status: tuple[str, ...] = ()
    ok: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    raised_by: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One meaning of a call that has several, told apart by its arguments; the first that holds is taken."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    flow: Literal["", Flow] = ""
    is_: Literal["", Meaning] = ""
    principal: Literal["", Principal] = ""
    audience: str = ""
    origin: Literal["", OriginKind] = ""
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallSpec:
    """The meaning of one call.

    args: role → where to find it: alternatives separated by `|`, a number is a position, a word a name, `receiver` the
    object the method is called on, `piped` what the pipeline brings; `0.url` reads an entry of a mapping.
    params: a cmdlet's parameters, all of them: `Name`, `Name:Alias,Alias`, a `!` after the name for a switch.
    """

    id: str
    match: Match
    is_: Meaning
    args: dict[str, str] = field(default_factory=dict)
    params: tuple[str, ...] = ()
    flow: Literal["", Flow] = ""
    audience: str = ""  # id of a [[resource]], where the call itself decides whom the token is for
    principal: Literal["", Principal] = ""
    origin: Literal["", OriginKind] = ""  # source: which kind of origin; store: which kind of place
    # source, marker: a fixed name; session: settings that hold the base of the client that `key` names; catch: the
    # function that sends again
    name: str = ""
    method: str = ""  # http: fixed verb
    business: str = ""  # api-call: what the call is for; id of a [[path]]
    result: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    case: tuple[Case, ...] = ()
    retries: str = ""  # retry: any | status | connection: what it repeats unless told otherwise; renewal: a 401, once
    marker: str = ""
    confidence: Confidence = "certain"
    roots: tuple[str, ...] = ()  # session: members by which it is known where a file imports one of `packages`
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """The common part of the calls of one file, which is one library, unless they say so themselves: how they fail, and
    what they stand behind in a chain."""

    failure: Failure | None = None
    behind: tuple[str, ...] = ()

    def share(self, call: CallSpec) -> CallSpec:
        """The call with what it shares with the others."""
        if call.is_ == "catch" and not call.match.behind:
            return replace(call, match=replace(call.match, behind=self.behind))
        sends = call.is_ in ("http", "api-call", "token-request")
        return replace(call, failure=self.failure) if sends and call.failure is None else call


@dataclass(frozen=True, slots=True)
class Host:
    """`kind`: a login host, or whom a token for it is for. `name` matches the host itself; with a leading dot, its
    subdomains. `path`: only addresses that hold this text, in lower case. `flow`: of the tokens that it gives without a
    grant. `headers`: patterns for what only requests to it carry, which tell it where the address is not known.
    `holds`: requests read and write values that it keeps, as places of this kind do; the path names them."""

    name: str
    kind: Literal["login", AudienceKind]
    path: str = ""
    flow: Literal["", Flow] = ""
    label: str = ""
    retired: bool = False
    headers: tuple[str, ...] = ()
    holds: Literal["", OriginKind] = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """An audience by the forms in which code writes it: addresses, application ids, names of modules."""

    id: str
    kind: AudienceKind
    forms: tuple[str, ...]
    label: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class PathSpec:
    """Paths of the Partner Center API, tested top to bottom: `{x}` is one segment. `methods`: of requests there, only
    these are meant. `reading`: what stops with code that only reads there, where that is less than `impact`."""

    id: str
    pattern: tuple[str, ...]
    business: str
    impact: str
    app_only: AppOnly = "unknown"
    methods: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()  # of PowerShell cmdlets, with *
    reading: str = ""


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """Names of settings, variables and members. words: normalised names (lower case, separators as single spaces), `*`
    allowed. Names that are no secret of a sign-in are listed so that wider ones do not take them: `app-id`,
    `access-token`, `other`."""

    secret_kind: Literal[NamedSecret, "app-id", "access-token", "other"]
    words: tuple[str, ...]
    context: Context = "none"


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """Names of sections, resources and files that say whose the settings in them are. words: as in `SettingSpec`.
    context: `none` is a word of structure, which says nothing."""

    context: Context
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageSpec:
    """A package or module by its names in imports and manifests."""

    id: str
    ecosystem: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriggerSign:
    """A sign of what starts a program; `triggers.toml` says what the keys mean. `code`: it counts outside of comments
    only. `job`: it is sure enough for a finding."""

    kind: Runs
    words: str
    scope: Literal["file", "folder", "named", "project"]
    any: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    code: bool = False
    job: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Single lists that the engine needs. ignore_case: languages whose names are compared without case."""

    placeholder: tuple[str, ...] = ()
    filler: tuple[str, ...] = ()  # words of which a text that is to be replaced is made, in any language
    reference: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()  # references to a pipeline's own secrets; the group is the name
    variable: tuple[str, ...] = ()  # references to variables of the environment; the group is the name
    default: tuple[str, ...] = ()  # references with a value where there is nothing to refer to; the group is that value
    pipelines: tuple[str, ...] = ()  # files whose scripts read what nobody sets from the pipeline's secrets
    shown: tuple[str, ...] = ()  # literals that reports may show as they are


@dataclass(frozen=True, slots=True)
class MemberNames:
    """Members that no entry knows, by what their names in lower case mostly mean. same: the value itself in another
    form. answer: gives the answer, of what holds it. waits: gives the value of a future, an optional, a supplier.
    asks: beginnings of methods that ask for something, and so set nothing up. whole: writes down or gives all of an
    answer or object. copies: gives the same, but for the members that the call names. looks_up: gives the member
    that its argument names; `*` at the end: any beginning. Methods of a mapping: gets, adds and removes an entry;
    merges another mapping into it; views: gives the mapping itself in another form."""

    same: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    looks_up: tuple[str, ...] = ()
    gets: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    merges: tuple[str, ...] = ()
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThirdPartySpec:
    """Files of others that lie among a repository's own: copies of libraries, and what tools made of them. In a
    partner's repository they are read only if something is looked for in them. A file is one if its name fits `files`
    and one of these holds: each group of `all` has a hit; it `begins` so; with `long_lines`, its code stands in lines
    that no person writes."""

    id: str
    files: tuple[str, ...]
    all: tuple[tuple[str, ...], ...] = ()
    begins: tuple[str, ...] = ()
    long_lines: bool = False


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file of `rules/catalog/`. In the folder of a language it holds one library, and `language` is that."""

    language: str = ""
    library: Library = Library()
    also_in: tuple[str, ...] = ()  # further languages whose code calls this library: PowerShell for one of .NET
    extends: str = ""  # the language whose entries hold here, too, and with which names are shared: Java for Kotlin
    semantics: LanguageSemantics | None = None
    call: tuple[CallSpec, ...] = ()
    host: tuple[Host, ...] = ()
    resource: tuple[Resource, ...] = ()
    path: tuple[PathSpec, ...] = ()
    setting: tuple[SettingSpec, ...] = ()
    section: tuple[SectionSpec, ...] = ()
    marker: tuple[MarkerSpec, ...] = ()
    package: tuple[PackageSpec, ...] = ()
    prefilter: tuple[PrefilterGate, ...] = ()
    third_party: tuple[ThirdPartySpec, ...] = ()
    trigger: tuple[TriggerSign, ...] = ()
    words: Words = Words()
    members: MemberNames = MemberNames()
