"""The catalog entry that a call means: the catalog of one language, by what a call looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from pcmfa_lint.analysis.matching.arguments import Arguments, BoundArguments
from pcmfa_lint.analysis.matching.handled_errors import HandledErrors
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.knowledge.catalog import CallSpec, CatalogFile
from pcmfa_lint.knowledge.semantics import LanguageSemantics
from pcmfa_lint.limits import ALIAS_DEPTH


class Index:
    """The catalog of one language, by what a call looks like. `family`: the language that it shares names with."""

    def __init__(self, language: str, files: Sequence[CatalogFile]) -> None:
        self.family = next((f.extends for f in files if f.language == language and f.extends), language)
        own = [file for file in files if file.language in ("", language)]
        own += [file for file in files if file.language == self.family != language or language in file.also_in]
        said = (file.semantics for file in files if file.language == language and file.semantics is not None)
        self.semantics = next(said, LanguageSemantics())
        self.key: Callable[[str], str] = str.casefold if self.semantics.ignore_case else str  # what tells names apart
        self.through = frozenset(map(self.key, self.semantics.through))
        self._function: dict[str, CallSpec] = {}
        self._command: dict[str, CallSpec] = {}
        self._wild: list[tuple[str, CallSpec]] = []
        self._tame: dict[str, CallSpec | None] = {}  # what was found among the patterns
        self._new, self._cast, self._read, self._base = (_Suffixes() for _ in range(4))
        self._injected: list[tuple[str, CallSpec]] = []
        self._filled: dict[str, CallSpec | None] = {}  # what was found among them
        self._decorator: dict[str, CallSpec] = {}
        self._method: dict[str, list[tuple[str, CallSpec]]] = {}
        catching = [spec for file in own for spec in file.call if spec.is_ == "catch"]
        self.handled_errors = HandledErrors(catching, values=not self.semantics.declarations)
        self._take_calls([spec for file in own for spec in file.call if spec.is_ != "catch"])

    def _take_calls(self, calls: Sequence[CallSpec]) -> None:
        self.begins = frozenset(
            name.rpartition(".")[2]
            for spec in calls
            if spec.result.get("error") in ("kept", "collected")
            for name, _ in _expanded((*spec.match.function, *spec.match.method), spec)
        )
        self.forwards = tuple(n for spec in calls if spec.is_ == "forward" for n in spec.match.method)
        self.set_up: frozenset[str] = frozenset(
            name for spec in calls if spec.is_ in ("inject", "settings") for name in spec.match.method
        )
        self._clients = [(self.key(name), spec) for spec in calls for name in spec.match.client]
        self._roots = {name: spec for spec in calls for name in spec.roots}
        results = (spec.result.get("type", "") for spec in calls if spec.is_ == "session")
        self.types = frozenset(filter(None, results))  # of the clients and builders that the catalog knows
        for spec in calls:
            self._add(spec)
        for entries in self._method.values():
            entries.sort(key=_rank)
        self.worded = frozenset(name.partition(" ")[0] for name in self._method if " " in name)

    def _add(self, spec: CallSpec) -> None:
        match = spec.match
        for table, names in (
            (self._new, match.new),
            (self._cast, match.cast),
            (self._read, match.read),
            (self._base, match.base),
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

    def type_of(self, written: str) -> str:
        """The type that a written one stands for, without what it is generic over: `Foo` of `Task<Foo<Bar>>`."""
        for _ in range(ALIAS_DEPTH):
            head, _, inner = written.partition("<")
            if not inner or self.key(head) not in self.through:
                break
            written = _first_of(inner)
        return written.partition("<")[0]

    def bound(self, spec: CallSpec, arguments: Arguments) -> BoundArguments:
        """The arguments of a call by the roles of its entry."""
        return BoundArguments(spec, arguments, self.semantics.ignore_case)

    def function(self, name: str) -> CallSpec | None:
        return self._function.get(self.key(name))

    def command(self, name: str, words: tuple[str, ...] = ()) -> CallSpec | None:
        """By name, or by name and first words (`az login`); exact names before patterns."""
        key = self.key(name.rpartition("\\")[2])  # Module\Verb-Noun
        for count in range(len(words), 0, -1):
            spec = self._command.get(" ".join((key, *(self.key(w) for w in words[:count]))))
            if spec is not None:
                return spec
        if (exact := self._command.get(key)) is not None:
            return exact
        if "." in key or "/" in key:  # a file that is run is no command of a module
            return None
        if key not in self._tame:
            self._tame[key] = next((s for pattern, s in self._wild if fnmatchcase(key, pattern)), None)
        return self._tame[key]

    def new(self, name: str) -> CallSpec | None:
        return self._new.get(self.key(name))

    def cast(self, name: str) -> CallSpec | None:
        return self._cast.get(self.key(name))

    def read(self, name: str) -> CallSpec | None:
        return self._read.get(self.key(name)) if name else None

    def base(self, name: str) -> CallSpec | None:
        """By a class that others are derived of."""
        return self._base.get(self.key(name)) if name else None

    def injected(self, name: str) -> CallSpec | None:
        """By the type of what a container fills in."""
        key = self.key(name)
        if key not in self._filled:
            fits = (spec for pattern, spec in self._injected if key and fnmatchcase(key, pattern))
            self._filled[key] = next(fits, None)
        return self._filled[key]

    def decorator(self, name: str) -> CallSpec | None:
        return self._decorator.get(self.key(name))

    def root(self, name: str, modules: Iterable[str]) -> CallSpec | None:
        """The session that has a member of this name, in a file that imports these modules: it is what a value is of
        which nothing else is known."""
        spec = self._roots.get(name)
        named = spec is not None and any(module.startswith(spec.packages) for module in modules)
        return spec if named else None

    def method(self, name: str, receiver: str) -> CallSpec | None:
        """`receiver`: the receiver's dotted type, "" if not known. An unknown receiver makes `confidence` likely."""
        entries = self._method.get(self.key(name), ())
        if receiver:
            kind = self.key(receiver)
            fits = (
                s
                for on, s in (*entries, *self._method.get("*", ()))
                if on != "?" and (fnmatchcase(kind, on) or fnmatchcase(kind, "*." + on))
            )
            return next(fits, None)
        return next(iter(self.methods(name)), None)

    def client(self, name: str) -> CallSpec | None:
        """The entry for any method of a class of which only this name is known, which may be that of an API's
        client."""
        last = self.key(name.rpartition(".")[2])
        return next((spec for pattern, spec in self._clients if fnmatchcase(last, pattern)), None)

    def has_method(self, name: str) -> bool:
        """Whether there is any entry for a method of this name, or for one with this first word."""
        return self.key(name) in self._method

    def has_method_of(self, name: str, kind: str) -> bool:
        """Whether there is an entry for a method of this name of just this type."""
        return any(on == kind for on, _ in self._method.get(self.key(name), ()))

    def methods(self, name: str) -> list[CallSpec]:
        """All that a method of an unknown receiver can be, as the catalog has them."""
        return [replace(s, confidence="likely") for on, s in self._method.get(self.key(name), ()) if on == "?"]


def _first_of(inner: str) -> str:
    """The first of the types between `<` and `>`."""
    depth = 0
    for number, sign in enumerate(inner):
        depth += (sign == "<") - (sign == ">")
        if depth < 0 or (sign == "," and not depth):
            return inner[:number]
    return inner


def _expanded(names: tuple[str, ...], spec: CallSpec) -> Iterator[tuple[str, CallSpec]]:
    for name in names:
        if "{verb}" in name:
            for verb in spec.match.verb:
                yield name.replace("{verb}", verb), replace(spec, method=spec.method or verb.upper())
        else:
            yield name, spec


def _rank(entry: tuple[str, CallSpec]) -> int:
    """What holds for any type comes last; before it what gives an unknown receiver in another shape only."""
    on, spec = entry
    return 2 if on == "*" else 1 if on == "?" and spec.is_ == "transform" else 0


class _Suffixes:
    """Dotted names, found by any of their tails: `Net.WebClient` is `System.Net.WebClient`, and the other way round."""

    def __init__(self) -> None:
        self._by_last: dict[str, list[tuple[str, CallSpec]]] = {}

    def add(self, name: str, spec: CallSpec) -> None:
        self._by_last.setdefault(name.rpartition(".")[2], []).append((name, spec))

    def get(self, name: str) -> CallSpec | None:
        for full, spec in self._by_last.get(name.rpartition(".")[2], ()):
            if full == name or full.endswith("." + name) or name.endswith("." + full):
                return spec
        return None
