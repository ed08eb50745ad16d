"""Which catalog entry a call means, and which of its arguments plays which role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache

from pcmfa_lint.analysis.values import Many, Map, Obj, Str, Val, Vals
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Value
from pcmfa_lint.knowledge.catalog import CallSpec, Case, CatalogFile, Preference


@dataclass(slots=True)
class Given:
    """The evaluated arguments of one call. `open`: there may be arguments that are not seen (an unresolved spread)."""

    place: Place
    positional: list[Vals] = field(default_factory=list)
    named: dict[str, Vals] = field(default_factory=dict)
    colon: set[str] = field(default_factory=set)
    open: bool = False
    maybe: set[str] = field(default_factory=set)  # names that only some alternatives of a spread hold
    receiver: Vals = ()
    piped: Vals = ()
    redirect: str = ""
    order: list[tuple[str, Vals]] = field(default_factory=list)  # all, as written; "" = positional
    name: str = ""  # what is called, as written
    nodes: dict[str, Value] = field(default_factory=dict)  # the arguments as written, by name or position
    choices: list[Given] = field(default_factory=list)  # where a spread has alternatives: the call with each

    def add(self, name: str | None, vals: Vals) -> None:
        for choice in self.choices:
            choice.add(name, vals)
        self.order.append((name or "", vals))
        if name:
            self.named[name] = vals
        else:
            self.positional.append(vals)

    def spread(self, vals: Vals) -> None:
        """A `*list`, `**mapping` or `@params`: alternatives of a mapping are united entry by entry."""
        maps = [val for val in vals if isinstance(val, Map)]
        if 1 < len(maps) <= 4 and len(maps) == len(vals) and not self.choices:
            for one in maps:
                chosen = replace(
                    self,
                    positional=list(self.positional),
                    named=dict(self.named),
                    order=list(self.order),
                    maybe=set(),
                    choices=[],
                )
                chosen.spread((one,))
                self.choices.append(chosen)
        for val in vals:
            if isinstance(val, Map):
                self.open = self.open or val.open
                for key, item in val.entries:
                    self.named[key] = (*self.named.get(key, ()), *item)
                    self.order.append((key, item))
                    if any(other.get(key) is None for other in maps):
                        self.maybe.add(key)
            elif isinstance(val, Many):
                for item in val.items:
                    self.add(None, item)
            else:
                self.open = True
        if not vals:
            self.open = True


def is_false(vals: Vals) -> bool:
    """`-Switch:$false`."""
    return bool(vals) and all(isinstance(v, Str) and v.text.casefold() in ("false", "$false") for v in vals)


class Bound:
    """`Given` seen through a catalog entry: parameter names resolved, abbreviations and aliases included."""

    def __init__(self, spec: CallSpec, given: Given, ignore_case: bool) -> None:
        self.spec = spec
        self.given = given
        self.fold = ignore_case
        self._names, switches = _parameters(spec.params, ignore_case)
        self.named: dict[str, Vals] = {}
        self.positional: list[Vals] = []
        for name, vals in given.order or []:
            if not name:
                self.positional.append(vals)
                continue
            full = self._full(name)
            if full in switches and not _is_truth(vals) and name not in given.colon:
                self.positional.append(vals)  # `-Switch value`: the reader could not know that it takes none
                vals = (Str("True", place=given.place),)
            self.named[full] = (*self.named.get(full, ()), *vals)
        self._maybe = {self._full(name) for name in given.maybe}

    def surely(self, role: str) -> bool:
        """Whether the parameter that plays a role is given in every case."""
        where = self.spec.args.get(role, "")
        return any(self.has(choice) is True for choice in where.split("|") if choice)

    def _key(self, name: str) -> str:
        return name.casefold() if self.fold else name

    def _full(self, name: str) -> str:
        key = self._key(name)
        if key in self._names or not self._names:
            return self._names.get(key, key)
        starts = {full for alias, full in self._names.items() if alias.startswith(key)}
        return starts.pop() if len(starts) == 1 else key

    def has(self, name: str) -> bool | None:
        """Whether the parameter is given; None where an unresolved spread may hold it."""
        key = self._full(name)
        if key in self.named:
            return None if key in self._maybe else not is_false(self.named[key])
        if "." in name and (found := self._at(name)):
            return not is_false(found)
        if name.isdigit():
            return True if int(name) < len(self.positional) else (None if self.given.open else False)
        return None if self.given.open else False

    def role(self, name: str, case: Case | None = None) -> Vals:
        """The values that play a role; empty if the call does not give it."""
        where = (case.args.get(name) if case else None) or self.spec.args.get(name, "")
        for choice in where.split("|") if where else ():
            found = self._at(choice)
            if found:
                return found
        return ()

    def _at(self, where: str) -> Vals:
        head, _, key = where.partition(".")
        found: Vals
        if head == "receiver":
            found = self.given.receiver
        elif head == "piped":
            found = self.given.piped
        elif head == "*":
            found = tuple(v for _, vals in self.given.order for v in vals)
        elif head.isdigit():
            found = self.positional[int(head)] if int(head) < len(self.positional) else ()
        else:
            found = self.named.get(self._full(head), ())
        if key:
            for part in key.split("."):
                found = tuple(v for val in found for v in _part(val, part))
        return found

    def case(self) -> Case | None:
        """The first case that holds; a Case of flow "unknown" where it cannot be decided."""
        for case in self.spec.case:
            tests = [self.has(name) for name in case.has]
            tests += [None if (h := self.has(name)) is None else not h for name in case.lacks]
            if all(test is True for test in tests):
                return case
            if not any(test is False for test in tests):
                return Case(flow="unknown")
        return None


def _part(val: Val, key: str) -> Vals:
    if isinstance(val, Map):
        return val.get(key) or ()
    return val.attrs.get(key, ()) if isinstance(val, Obj) else ()


def _is_truth(vals: Vals) -> bool:
    return bool(vals) and all(isinstance(v, Str) and v.text.casefold() in ("true", "false") for v in vals)


@lru_cache(maxsize=512)
def _parameters(params: tuple[str, ...], fold: bool) -> tuple[dict[str, str], set[str]]:
    names: dict[str, str] = {}
    switches: set[str] = set()
    for text in params:
        head, _, aliases = text.partition(":")
        switch = head.endswith("!")
        full = head.rstrip("!").casefold() if fold else head.rstrip("!")
        if switch:
            switches.add(full)
        for alias in (full, *filter(None, aliases.split(","))):
            names[alias.casefold() if fold else alias] = full
    return names, switches


class Index:
    """The catalog of one language, by what a call looks like. `family`: the language that it shares names with."""

    def __init__(self, language: str, files: Sequence[CatalogFile]) -> None:
        self.family = next((f.extends for f in files if f.language == language and f.extends), language)
        own = [file for file in files if file.language in ("", language)]
        own += [file for file in files if file.language == self.family != language]
        self.ignore_case = any(file.ignore_case for file in own)
        self.define = tuple(form for file in own for form in file.define)
        self.preference = next((f.preference for f in own if f.preference.variable), Preference())
        self._function: dict[str, CallSpec] = {}
        self._command: dict[str, CallSpec] = {}
        self._wild: list[tuple[str, CallSpec]] = []
        self._tame: dict[str, CallSpec | None] = {}  # what was found among the patterns
        self._new, self._cast, self._read = _Suffixes(), _Suffixes(), _Suffixes()
        self.bare = all(file.bare for file in own)
        self.accessors = any(file.accessors for file in own)
        self.toplevel = any(file.toplevel for file in own)
        self.receiver = next((file.this for file in own if file.this), "")
        self.exports = next((file.exports for file in own if file.exports), ())
        self.this = "" if self.exports else self.receiver  # types are found by name, unless modules export them
        self._injected: list[tuple[str, CallSpec]] = []
        self.keyed = tuple(n for file in own for spec in file.call if "key" in spec.args for n in spec.match.method)
        self.forwards = tuple(
            n for file in own for spec in file.call if spec.is_ == "forward" for n in spec.match.method
        )
        self.set_up: frozenset[str] = frozenset(
            name for file in own for spec in file.call if spec.is_ == "inject" for name in spec.match.method
        )
        self._decorator: dict[str, CallSpec] = {}
        self._method: dict[str, list[tuple[str, CallSpec]]] = {}
        for file in own:
            for spec in file.call:
                self._add(spec)
        for entries in self._method.values():
            entries.sort(key=lambda entry: entry[0] == "*")  # what holds for any type comes last

    def key(self, name: str) -> str:
        return name.casefold() if self.ignore_case else name

    def _add(self, spec: CallSpec) -> None:
        match = spec.match
        for table, names in (
            (self._new, match.new),
            (self._cast, match.cast),
            (self._read, match.read),
        ):
            for name in names:
                table.add(self.key(name), spec)
        self._injected += [(self.key(name), spec) for name in match.injected]
        for name, one in _expanded(match.decorator, spec):
            self._decorator.setdefault(self.key(name), one)
        for name, one in _expanded(match.function, spec):
            self._function.setdefault(self.key(name), one)
        for name, one in _expanded(match.method, spec):
            for on in match.on or ("?",):
                self._method.setdefault(self.key(name), []).append((self.key(on), one))
        for name in match.command:
            if "*" in name:
                self._wild.append((self.key(name), spec))
            else:
                self._command.setdefault(self.key(name), spec)

    def function(self, name: str) -> CallSpec | None:
        return self._function.get(self.key(name))

    def command(self, name: str, words: tuple[str, ...] = ()) -> CallSpec | None:
        """By name, or by name and first words (`az login`); exact names before patterns."""
        key = self.key(name.rpartition("\\")[2])  # Module\Verb-Noun
        for count in range(len(words), 0, -1):
            found = self._command.get(" ".join((key, *(self.key(w) for w in words[:count]))))
            if found is not None:
                return found
        if (exact := self._command.get(key)) is not None:
            return exact
        if key not in self._tame:
            self._tame[key] = next((s for pattern, s in self._wild if fnmatchcase(key, pattern)), None)
        return self._tame[key]

    def new(self, name: str) -> CallSpec | None:
        return self._new.get(self.key(name))

    def cast(self, name: str) -> CallSpec | None:
        return self._cast.get(self.key(name))

    def read(self, name: str) -> CallSpec | None:
        return self._read.get(self.key(name)) if name else None

    def injected(self, name: str) -> CallSpec | None:
        """By the type of what a container fills in."""
        key = self.key(name)
        return next((spec for pattern, spec in self._injected if key and fnmatchcase(key, pattern)), None)

    def decorator(self, name: str) -> CallSpec | None:
        return self._decorator.get(self.key(name))

    def method(self, name: str, receiver: str) -> CallSpec | None:
        """`receiver`: the receiver's dotted type, "" if not known. An unknown receiver makes `sure` likely."""
        entries = self._method.get(self.key(name), ())
        if receiver:
            kind = self.key(receiver)
            fits = (s for on, s in entries if on != "?" and (fnmatchcase(kind, on) or fnmatchcase(kind, "*." + on)))
            return next(fits, None)
        return next((replace(s, sure="likely") for on, s in entries if on == "?"), None)


def _expanded(names: tuple[str, ...], spec: CallSpec) -> Iterator[tuple[str, CallSpec]]:
    for name in names:
        if "{verb}" in name:
            for verb in spec.match.verb:
                yield name.replace("{verb}", verb), replace(spec, method=spec.method or verb.upper())
        else:
            yield name, spec


class _Suffixes:
    """Dotted names, found by any of their tails: `Net.WebClient` is `System.Net.WebClient`, and the other way round."""

    def __init__(self) -> None:
        self._by_last: dict[str, list[tuple[str, CallSpec]]] = {}

    def add(self, name: str, spec: CallSpec) -> None:
        self._by_last.setdefault(name.rpartition(".")[2], []).append((name, spec))

    def get(self, name: str) -> CallSpec | None:
        for known, spec in self._by_last.get(name.rpartition(".")[2], ()):
            if known == name or known.endswith("." + name) or name.endswith("." + known):
                return spec
        return None
