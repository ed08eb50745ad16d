"""The origins of secrets, and whose they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from pcmfa_lint.analysis.classify.deployment_parameters import (
    SECRET_NAME,
    DeploymentParameters,
    shared_folders,
)
from pcmfa_lint.analysis.classify.placeholders import GUID, Placeholders
from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    CredentialValue,
    ExternalSymbol,
    ListValue,
    MappingValue,
    ResponseValue,
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Origin, Place
from pcmfa_lint.evidence.words import ORIGINS, OriginKind, Principal
from pcmfa_lint.ir.nodes import Setting, Unit
from pcmfa_lint.knowledge.catalog import CatalogFile

_OF_UPN = r"[^@\s()\[\]|\\?*]+"  # what no pattern for accounts is made of
UPN = re.compile(rf"{_OF_UPN}@{_OF_UPN}\.{_OF_UPN}")
_APP_NAME = re.compile(
    r"app(lication)?_?-?(id|secret|key)|client_?-?(id|secret)|\bspn\b|service_?principal", re.IGNORECASE
)
_NOTHING = ("", "none", "null", "$null", "nil", "undefined")
_SECTION = re.compile(r":|__|\.")
_WORST = ("literal", *(o for o in ORIGINS if o not in ("literal", "unknown")), "unknown")


class SecretOrigins:
    """Judges values against the catalog's words, and finds the entry of a settings file that feeds them."""

    def __init__(self, files: Sequence[CatalogFile], units: Sequence[Unit] = ()) -> None:
        self._units = units
        self._placeholders = Placeholders(files)
        self._put: dict[str, Values] = {}

    def placeholder(self, text: str, label: str = "", secret_kind: str = "") -> bool:
        """Whether a literal stands for a value that somebody is to fill in, or is another argument than
        `secret_kind`."""
        return self._placeholders.placeholder(text, label, secret_kind)

    def reference(self, text: str) -> bool:
        """Whether a setting's value only points at where the secret is."""
        return self._placeholders.reference(text)

    def of(self, vals: Values, principal: Principal = "unknown", secret_kind: str = "") -> Origin:
        """The origin of a value with alternatives: the one that matters most; nothing, from before a value is got, is
        none of them. `secret_kind`: which secret is expected."""
        origins = [origin for _, origin in self.each(vals, principal, secret_kind)]
        return min(origins, key=lambda o: _WORST.index(o.kind), default=Origin(principal=principal))

    def each(
        self, vals: Values, principal: Principal = "unknown", secret_kind: str = ""
    ) -> Iterator[tuple[AbstractValue, Origin]]:
        """Every alternative with its origin; the empty value that a variable starts with is none, beside another."""
        present = tuple(val for val in vals if not _is_nothing(val))
        for val in present or vals[:1]:
            yield from self._one(val, principal, secret_kind)

    def _one(
        self, val: AbstractValue, principal: Principal, secret_kind: str
    ) -> Iterator[tuple[AbstractValue, Origin]]:
        match val:
            case StringValue(text="None"):
                yield val, Origin("unknown", val.label, val.place, principal)
            case StringValue() if val.is_literal and (name := self._placeholders.stored(val.text)):
                yield val, Origin("secret-store", name, val.place, principal)
            case StringValue() if val.is_literal:
                kind: OriginKind = "placeholder" if self.placeholder(val.text, val.label, secret_kind) else "literal"
                yield val, Origin(kind, val.label, val.place, principal)
            case StringValue(holes=holes):
                for hole in holes:
                    yield from self.each(hole, principal, secret_kind)
            case SourceValue():
                own = self._put_there(val)
                yield from self.each(own, principal, secret_kind)
                if not own:
                    origin = Origin(self._kind(val), val.name or val.label, val.place, principal)
                    yield val, self._fed(val, principal, secret_kind) or origin
            case CredentialValue(secret=secret):
                yield from self.each(secret, principal, secret_kind)
            case TokenValue() | ResponseValue():
                yield val, Origin("session", "", val.place, principal)
            case MappingValue(entries=entries):
                for _, inner in entries[:4]:
                    yield from self.each(inner, principal, secret_kind)
            case ListValue(items=items):
                for inner in items[:4]:
                    yield from self.each(inner, principal, secret_kind)
            case UnknownValue() | ExternalSymbol():
                yield val, Origin("unknown", val.name, val.place, principal)

    def _kind(self, val: SourceValue) -> OriginKind:
        """Where a value is read: what a pipeline's script finds in its environment, the pipeline keeps as a secret."""
        inside = val.kind == "environment" and val.place is not None and self._placeholders.in_pipeline(val.place.path)
        return "secret-store" if inside else val.kind

    def remember(self, stores: Iterable[tuple[str, str, Values, Place]]) -> None:
        """Remembers what the program itself puts into its environment: kind of place, its name, what is stored, where.
        Read back, it comes from where it came from before."""
        for kind, name, vals, _ in stores:
            if kind == "environment" and name:
                self._put[name] = join(self._put.get(name, ()), vals)

    def _put_there(self, val: SourceValue) -> Values:
        """What the program puts where it reads a value, if that alone is what it reads."""
        vals = self._put.get(val.name, ()) if val.kind == "environment" and val.name else ()
        complete = all(
            isinstance(v, (StringValue, CredentialValue)) or (isinstance(v, SourceValue) and v.name != val.name)
            for v in vals
        )
        return vals if complete else ()

    def _fed(self, val: SourceValue, principal: Principal, secret_kind: str) -> Origin | None:
        """The origin of a value that code looks up by name, where the repository has the entry and the entry holds a
        value: then that is where the secret lies. One that only points on leads to a variable or a secret store."""
        for path, setting in self._entries(val):
            key, at = val.key if val.kind == "plain-file" else val.name, Place(path, setting.span)
            if setting.path[-1] == SECRET_NAME:
                return Origin("secret-store", setting.value, at, principal)
            if self.reference(setting.value):
                variable = self._placeholders.variable(setting.value)
                if variable and not self._placeholders.in_pipeline(path):
                    return Origin("environment", variable, val.place, principal)
                return Origin("secret-store", key, at, principal)
            if not self.placeholder(setting.value, key, secret_kind):
                return Origin("setting", key, at, principal)
        return None

    def written(self, val: AbstractValue) -> str:
        """The text of a value: its own, or that of the entry which it is looked up in; empty if it is not in sight."""
        if isinstance(val, StringValue):
            return val.text if val.is_literal else ""
        entries = self._entries(val) if isinstance(val, SourceValue) else iter(())
        return next((setting.value for _, setting in entries if setting.path[-1] != SECRET_NAME), "")

    @cached_property
    def _parameters(self) -> DeploymentParameters:
        return DeploymentParameters(self._units)

    @cached_property
    def _settings(self) -> dict[str, list[tuple[str, Setting]]]:
        """The entries of all settings files, and where they stand, by the last word of their path."""
        entries: dict[str, list[tuple[str, Setting]]] = defaultdict(list)
        for unit in self._units:
            for setting in unit.settings:
                last = next((words[-1] for part in reversed(setting.path) if (words := _words(part))), "")
                entries[last].append((unit.path, setting))
        return entries

    def _entries(self, val: SourceValue) -> Iterator[tuple[str, Setting]]:
        """The entries of settings files that a value is looked up in, those that lie nearest to the code first."""
        if val.kind == "parameter" and val.place is not None:
            yield from self._parameters.entries(val.name, val.place.path)
        key = val.key if val.kind == "plain-file" else val.name
        if val.kind not in ("setting", "environment", "plain-file") or not key:
            return
        parts = _parts(key)
        entries = self._settings.get(parts[-1], [])
        if val.place is not None and len(entries) > 1:
            reader = val.place.path
            entries = sorted(entries, key=lambda entry: -shared_folders(entry[0], reader))
        for path, setting in entries:
            if val.kind == "plain-file" and not path.endswith(re.split(r"[\\/]", val.name)[-1]):
                continue
            if _parts(*setting.path)[-len(parts) :] == parts:
                yield path, setting


def _parts(*path: str) -> list[str]:
    """The words of a path, however its sections are written: `A:B`, `a.b`, `A__B`."""
    return [word for part in path for word in _words(part)] or [""]


def _words(part: str) -> list[str]:
    return [word for word in _SECTION.split(part.casefold()) if word]


def _is_nothing(val: AbstractValue) -> bool:
    return isinstance(val, StringValue) and val.is_literal and val.text.strip().casefold() in _NOTHING


def bearer(vals: Values) -> bool:
    """Whether the "password" is an access token: `Bearer …`, or what a sign-in of this run gave back."""
    return any(
        isinstance(v, TokenValue) or (isinstance(v, StringValue) and v.text.lstrip().casefold().startswith("bearer "))
        for v in vals
    )


def principal_of(user: Values) -> Principal:
    """The owner of a credential, by its user part: a UPN is a user, a GUID or a name like ApplicationId an app."""
    for val in user:
        if isinstance(val, StringValue):
            if GUID.fullmatch(val.text) or _APP_NAME.search(val.label):
                return "app"
            if UPN.fullmatch(val.text):
                return "user"
        name = getattr(val, "name", "") or val.label
        if _APP_NAME.search(str(name)):
            return "app"
    return "unknown"


def upn(vals: Values) -> bool:
    return any(isinstance(v, StringValue) and UPN.fullmatch(v.text) is not None for v in vals)
