"""The meaning of an entry of a settings file: which secret it is, whose, and which user name belongs to it.

Whose it is, is decided by its own name, and by what stands around it (surroundings.py)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.origins import UPN, SecretOrigins
from pcmfa_lint.analysis.classify.placeholders import ENTRA, refresh_token
from pcmfa_lint.analysis.classify.surroundings import Section, Surroundings, normalised, stem
from pcmfa_lint.evidence.model import Place, SettingUse
from pcmfa_lint.evidence.words import Context, SecretKind, ValueKind
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Setting, Unit
from pcmfa_lint.knowledge.catalog import CatalogFile, SectionSpec, SettingSpec
from pcmfa_lint.limits import SECTION_USERS

SECRETS: tuple[SecretKind, ...] = ("password", "refresh-token", "client-secret")
T = TypeVar("T")
_VALUE_KEYS = frozenset(("value", "defaultvalue", "default", "secretvalue", "content", "stringvalue", "currentvalue"))
_NAMING = ("key", "name")
_ANY_TOKEN = re.compile(r"(?:^| )(?:token|refresh|rt|tok)$")
_BY_SHAPE = SettingSpec("refresh-token", ())
_NAME_IN_REFERENCE = re.compile(r"([A-Za-z][\w-]*)\W*$")
_PART = re.compile(r"[A-Za-z][\w-]{0,60}")
_POINTS = re.compile(r" (?:file|path|name|url)$")


class SettingNames:
    """Says what a setting's name means, and what a section's."""

    def __init__(self, files: Sequence[CatalogFile]) -> None:
        self._specs = _Forms([(spec.words, spec) for file in files for spec in file.setting])
        self._sections = _Forms([(spec.words, spec) for file in files for spec in file.section])
        self._by_name: dict[str, SettingSpec | None] = {}
        self._known_sections: dict[str, SectionSpec | None] = {}

    def meaning(self, name: str) -> SettingSpec | None:
        """The first entry that fits the normalised name."""
        if name not in self._by_name:
            self._by_name[name] = self._specs.first(normalised(name))
        return self._by_name[name]

    def section(self, name: str) -> Context | None:
        """The context of a section's name: `none` for a word of structure; None: not known."""
        if name not in self._known_sections:
            self._known_sections[name] = self._sections.first(normalised(name))
        spec = self._known_sections[name]
        return spec.context if spec is not None else None


class _Forms(Generic[T]):
    """Entries by the names that each fits, of which some have stars. Regular expressions of all these take longer to
    compile than most runs take."""

    def __init__(self, entries: Iterable[tuple[Iterable[str], T]]) -> None:
        self._entries: list[T] = []
        self._exact: dict[str, int] = {}
        self._patterns: list[tuple[int, str, list[str]]] = []  # number of the entry, pattern, texts between its stars
        for number, (forms, entry) in enumerate(entries):
            self._entries.append(entry)
            for form in forms:
                if "*" in form or "?" in form or "[" in form:
                    self._patterns.append((number, form, form.split("*")))
                else:
                    self._exact.setdefault(form, number)

    def first(self, name: str) -> T | None:
        """The first entry that fits a name."""
        exact = self._exact.get(name)
        for number, pattern, texts in self._patterns:
            if exact is not None and exact <= number:
                break
            if name.startswith(texts[0]) if len(texts) == 2 and not texts[1] else _fits(name, pattern, texts):
                return self._entries[number]
        return None if exact is None else self._entries[exact]


def _fits(name: str, pattern: str, texts: Sequence[str]) -> bool:
    """Whether a name fits a pattern; `texts`: what stands between its stars."""
    if "?" in pattern or "[" in pattern:
        return fnmatchcase(name, pattern)
    first, *between, last = texts
    if not (name.startswith(first) and name.endswith(last)):
        return False
    at, end = len(first), len(name) - len(last)
    for text in between:
        position = name.find(text, at, end)
        if position < 0:
            return False
        at = position + len(text)
    return at <= end


def settings(
    units: Sequence[Unit],
    names: SettingNames,
    origins: SecretOrigins,
    addresses: EndpointCatalog,
    shown_by_requests: Mapping[Place, Context],
) -> Iterator[SettingUse]:
    """Entries of settings files that hold a sign-in secret, with the context of their section. `shown_by_requests`:
    contexts that a request in the file has already shown."""
    for unit in units:
        if unit.settings:
            yield from _Entries(unit, names, origins, addresses, shown_by_requests).uses()


def _nested(entry: Setting) -> Setting:
    """`ledger.import.password` as one key of a flat file is a path."""
    parts = tuple(entry.path[0].split("."))
    if len(entry.path) == 1 and len(parts) > 2 and all(map(_PART.fullmatch, parts)):
        return replace(entry, path=parts)
    return entry


class _Entries:
    """The entries of one file, by section."""

    def __init__(
        self,
        unit: Unit,
        names: SettingNames,
        origins: SecretOrigins,
        addresses: EndpointCatalog,
        shown_by_requests: Mapping[Place, Context],
    ) -> None:
        self.unit, self.names, self.origins, self.shown_by_requests = unit, names, origins, shown_by_requests
        self.children: dict[Section, list[Setting]] = defaultdict(list)
        self.sections: dict[Section, list[Setting]] = defaultdict(list)
        self.users: dict[Section, list[tuple[str, Setting]]] = {}
        entries = [_nested(entry) for entry in unit.settings if entry.path]
        for entry in entries:
            self.children[entry.path[:-1]].append(entry)
        for entry in entries:
            self.sections[self.section(entry)].append(entry)
        self.surroundings = Surroundings(unit.path, self.children, self.sections, names, addresses)

    def uses(self) -> Iterator[SettingUse]:
        for entries in self.sections.values():
            for entry in entries:
                use = self.use(entry)
                if use is not None:
                    yield use

    def section(self, entry: Setting) -> Section:
        """The section of an entry; of one that is an item of a list of names and values, the list."""
        path = entry.path[:-1]
        if path and path[-1].isdigit():
            inside = self.children[path]
            if len(inside) == 1 or any(c.path[-1] in _NAMING and c.value == entry.path[-1] for c in inside):
                return path[:-1]
        return path

    def use(self, entry: Setting) -> SettingUse | None:
        name, spec = self.called(entry)
        if (
            (spec is None or spec.secret_kind == "access-token")
            and _ANY_TOKEN.search(normalised(name))
            and _entra(entry)
        ):
            spec = _BY_SHAPE
        if spec is None or spec.secret_kind not in SECRETS:
            return None
        user = self.user(entry, name) if spec.secret_kind == "password" else None
        upn = user is not None and UPN.fullmatch(user.value) is not None
        place = Place(self.unit.path, entry.span)
        context = self.shown_by_requests.get(place) or self.context(entry, name, spec, user)
        above = entry.path[:-1]
        key = ":".join(entry.path if entry.path[-1] == name else above if above[-1:] == (name,) else (*above, name))
        return SettingUse(
            place, key, spec.secret_kind, self.kind(entry, name, spec.secret_kind), self.unit.language, context, upn
        )

    def called(self, entry: Setting) -> tuple[str, SettingSpec | None]:
        """The name of an entry, and its meaning. A `value` goes by the name beside it or around it."""
        path = entry.path
        if path[-1].replace("_", "").casefold() not in _VALUE_KEYS:
            return path[-1], self._meaning(path)
        names: list[str] = []
        for length in range(len(path) - 1, max(len(path) - 4, 0), -1):
            names += [_last(c.value) for c in self.children[path[:length]] if c.path[-1].casefold() in _NAMING]
            names += [path[length - 1]] if not path[length - 1].isdigit() else []
        for name in names:
            spec = self.names.meaning(name)
            if spec is not None:
                return name, spec
        return path[-1], None

    def _meaning(self, path: Section) -> SettingSpec | None:
        """By the name alone, or with the section before it, if the name alone may be anything."""
        spec = self.names.meaning(path[-1])
        if spec is not None and spec.context != "none":
            return spec
        of_both = self.names.meaning(" ".join([part for part in path if not part.isdigit()][-2:]))
        return of_both if spec is None or (of_both is not None and of_both.secret_kind == spec.secret_kind) else spec

    def user(self, entry: Setting, name: str) -> Setting | None:
        """The user name that belongs to a password: in the same section, and its name begins alike."""
        own, section = stem(name), self.section(entry)
        if section not in self.users:
            specs = ((other, self.names.meaning(other.path[-1])) for other in self.sections[section])
            users = [other for other, spec in specs if spec is not None and spec.secret_kind == "user"][:SECTION_USERS]
            self.users[section] = [(stem(other.path[-1]), other) for other in users]
        for before, other in self.users[section]:
            if own == before or (own and before and (own.startswith(before) or before.startswith(own))):
                return other
        return None

    def kind(self, entry: Setting, name: str, secret_kind: SecretKind) -> ValueKind:
        value = entry.value.strip()
        if not value:
            return "empty"
        if self.origins.reference(value) or _POINTS.search(normalised(name)):
            return "reference"
        return "placeholder" if self.origins.placeholder(value, name, secret_kind) else "literal"

    # --- whose it is ---

    def context(self, entry: Setting, name: str, spec: SettingSpec, user: Setting | None) -> Context:
        if spec.context != "none":
            return spec.context
        if self.origins.reference(entry.value) and (pointed := _NAME_IN_REFERENCE.search(entry.value)) is not None:
            own_spec = self.names.meaning(pointed[1])
            if own_spec is not None and own_spec.secret_kind == spec.secret_kind and own_spec.context != "none":
                return own_spec.context
        owner = self.surroundings.owner(entry, self.section(entry), name, user.value if user is not None else "")
        if owner in ("", "none") and spec.secret_kind == "refresh-token" and _entra(entry):
            return "microsoft"  # where nothing around it says whose it is, its own shape does
        return owner or "other"


def _entra(entry: Setting) -> bool:
    """Whether a value shows by itself that it is a refresh token of Microsoft's."""
    return ENTRA.match(entry.value.strip()) is not None and refresh_token(entry.value)


def _last(name: str) -> str:
    """The last word of a name that is a path or an expression: `[concat(parameters('a'), '/PartnerToken')]`."""
    words = re.findall(r"[\w.-]+", name.rpartition("/")[2] or name)
    return words[0] if words else name
