"""The units of one repository as one program: who defines a name, and which file an import means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from posixpath import dirname, join, normpath, splitext
from typing import TypeVar

from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.matching.member_names import MemberVocabulary
from pcmfa_lint.analysis.program.api_documents import ApiDocuments
from pcmfa_lint.analysis.program.injected_values import InjectedValues
from pcmfa_lint.analysis.program.named_classes import NamedClasses
from pcmfa_lint.analysis.program.outline import Outline
from pcmfa_lint.analysis.program.setting_addresses import SettingAddresses
from pcmfa_lint.analysis.program.shared_scopes import SharedScopes
from pcmfa_lint.analysis.program.tsconfig import Aliases
from pcmfa_lint.analysis.values.model import ClassVal, FuncVal
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Assign,
    Call,
    Class,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    Import,
    Name,
    Return,
    Stmt,
    Text,
    Unit,
)
from pcmfa_lint.knowledge.catalog import CatalogFile

T = TypeVar("T", FuncVal, ClassVal)


class Program:
    """Symbol tables over all units, and one catalog index per language."""

    def __init__(self, units: Sequence[Unit], files: Sequence[CatalogFile]) -> None:
        self.units = {unit.path: unit for unit in units}
        self._by_folded: dict[str, list[str]] = defaultdict(list)
        self.lines_of = {unit.path: max(len(unit.lines), len(unit.body)) for unit in units if unit.body}
        self.lines = sum(self.lines_of.values())
        self.aliases = Aliases(units)
        self.outline = Outline(units)
        self.member_names = MemberVocabulary(files)
        self._files = files
        self._shared: dict[str, SharedScopes] = {}
        self._calls: dict[tuple[frozenset[str], str], bool] = {}
        self._targets: dict[tuple[str, str], list[str]] = {}
        self._indexes: dict[str, Index] = {}
        self._functions: dict[tuple[str, str], list[FuncVal]] = defaultdict(list)
        self._classes: dict[tuple[str, str], list[ClassVal]] = defaultdict(list)
        self._members: set[Place] = set()  # where classes stand that are members of others
        self._variables: dict[str, list[str]] = defaultdict(list)  # top-level ones, with the files that declare them
        self._aliases: dict[tuple[str, str], str] = {}
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self.addresses = SettingAddresses(self.member_names.same)
        self.injected_values = InjectedValues()
        self.documents = ApiDocuments(units)
        self._called = NamedClasses(self._classes)
        self._implement: dict[tuple[str, str], list[ClassVal]] = defaultdict(list)
        self._implementing: dict[tuple[str, str], list[ClassVal]] = {}  # the same, each found as its name means it
        for unit in units:
            self._by_stem[_stem(unit.path)].append(unit.path)
            self._by_folded[unit.path.casefold()].append(unit.path)
            self._gather(unit, unit.body)
            for name in self._declared(unit):
                if unit.path not in self._variables[name]:
                    self._variables[name].append(unit.path)
            self.addresses.add(unit.path, unit.settings)
            self.injected_values.add(unit.path, unit.settings)

    def _declared(self, unit: Unit) -> Iterator[str]:
        """The names of variables of a file that other files see: those at its top, or only constants. What a module has
        at its top others see where a framework or a page imports it for them."""
        semantics = self.index(unit.language).semantics
        everything = semantics.shared_toplevel or bool(semantics.exports)
        stmts = unit.body if everything else () if semantics.dynamic_scope else walk.statements(unit.body)
        for stmt in stmts:
            for target in stmt.targets if isinstance(stmt, Assign) else ():
                if isinstance(target, Name) and (target.scope != "local" if everything else target.scope == "global"):
                    yield target.id

    def giving(self, unit: Unit, stem: str) -> list[Unit]:
        """The files of this name that give a value to those that include them."""
        near = [self.units[path] for path in self._by_stem.get(stem.casefold(), ())]
        return [one for one in near if one.language == unit.language and self._gives(one)]

    def _gives(self, unit: Unit) -> bool:
        """Whether a file gives a value back, or exports one as a whole."""
        exports = self.index(unit.language).semantics.exports
        return any(isinstance(s, Return) or (isinstance(s, Assign) and _sets(s, exports)) for s in unit.body)

    def shared_scope(self, unit: Unit, scope: str) -> str:
        """The name of the scope that a file shares with others of its module; empty if it shares none."""
        if unit.language not in self._shared:
            paths = [path for path, one in self.units.items() if one.language == unit.language]
            self._shared[unit.language] = SharedScopes(paths, self.index(unit.language).semantics.module_files)
        return self._shared[unit.language].holder(unit.path, scope)

    def index(self, language: str) -> Index:
        if language not in self._indexes:
            self._indexes[language] = Index(language, self._files)
        return self._indexes[language]

    def _gather(self, unit: Unit, body: Iterable[Stmt], inside_class: bool = False) -> None:
        index = self.index(unit.language)
        for stmt in walk.statements(body):
            if isinstance(stmt, Define) and isinstance(stmt.what, Func) and stmt.what.name:
                key = (index.family, index.key(stmt.what.name))
                self._functions[key].append(FuncVal(stmt.what, unit, place=Place(unit.path, stmt.what.span)))
            elif isinstance(stmt, Define) and isinstance(stmt.what, Class):
                key = (index.family, index.key(stmt.what.name))
                place = Place(unit.path, stmt.what.span)
                self._classes[key].append(ClassVal(stmt.what, unit, place=place))
                if inside_class:
                    self._members.add(place)
                for base in stmt.what.bases:
                    named = (index.family, index.key(walk.dotted(base).rpartition(".")[2]))
                    self._implement[named].append(self._classes[key][-1])
                if index.semantics.declarations:
                    self._gather(unit, stmt.what.body, inside_class=True)
            elif isinstance(stmt, ExpressionStatement) and isinstance(stmt.value, Call):
                self._alias(unit, index, stmt.value)

    def _alias(self, unit: Unit, index: Index, call: Call) -> None:
        spec = index.command(call.callee.id) if isinstance(call.callee, Name) else None
        if spec is not None and spec.is_ == "alias":
            name, value = _words(call, ("name", "value"))
            if name and value:
                self._aliases[unit.language, index.key(name)] = value

    def calls(self, names: frozenset[str], language: str) -> bool:
        """Whether any file of a language calls one of these commands or functions."""
        if (names, language) not in self._calls:
            folded = {name.casefold() for name in names}
            units = [unit for unit in self.units.values() if unit.language == language]
            called = (name for unit in units for names in self.outline.all_called(unit) for name in names)
            named = (name for unit in units for name in self.outline.members(unit))
            bare = named if self.index(language).semantics.uniform_access else ()
            self._calls[names, language] = any(name.casefold() in folded for name in chain(called, bare))
        return self._calls[names, language]

    def alias(self, language: str, name: str) -> str:
        """The command that a name stands for, through aliases made at the top level of any file; itself if none."""
        index = self.index(language)
        for _ in range(4):
            target = self._aliases.get((language, index.key(name)))
            if target is None:
                break
            name = target
        return name

    def function(self, unit: Unit, name: str) -> FuncVal | None:
        """The function that a bare name means in `unit`; None if there is none, or if two could be meant."""
        return self._nearest(unit, self.functions(unit.language, name))

    def cls(self, unit: Unit, name: str) -> ClassVal | None:
        index = self.index(unit.language)
        classes = self._classes.get((index.family, index.key(name)), [])
        return self._written(unit, classes) if index.semantics.declarations else self._nearest(unit, classes)

    def classes(self) -> Iterator[ClassVal]:
        """All classes of the repository."""
        return (cls for classes in self._classes.values() for cls in classes)

    def functions(self, language: str, name: str) -> list[FuncVal]:
        """All functions and, where types are found by name, methods of this name."""
        index = self.index(language)
        return self._functions.get((index.family, index.key(name)), [])

    def named_after(self, language: str, name: str, method: str) -> ClassVal | None:
        """The class with this method that a variable is called after; None if two could be meant."""
        return self._called.meant(self.index(language).family, name, method)

    def variable(self, unit: Unit, name: str) -> Unit | None:
        """The other file that declares a variable at its top, in languages where that is seen; None if two could be
        meant."""
        family = self.index(unit.language).family
        others = [path for path in self._variables.get(name, ()) if path != unit.path]
        paths = self._closest(unit, [p for p in others if self.index(self.units[p].language).family == family])
        return self.units[paths[0]] if len(paths) == 1 else None

    def implementing(self, cls: ClassVal) -> list[ClassVal]:
        """The classes that name this one as a base."""
        index = self.index(cls.unit.language)
        key = index.family, index.key(cls.cls.name)
        if key not in self._implementing:
            meant = {(one.unit.path, one.cls.name): one for one in self._implement.get(key, ())}
            classes = [self.cls(one.unit, one.cls.name) for one in meant.values()]
            self._implementing[key] = [one for one in dict.fromkeys(classes) if one is not None]
        return self._implementing[key]

    def _written(self, unit: Unit, classes: list[ClassVal]) -> ClassVal | None:
        """Where types are found by name: the nearest, with all the files in which it is written. What is a member of
        another class elsewhere is not meant by its name alone."""
        near = [one for one in classes if one.unit.path == unit.path]
        if not near:
            classes = [one for one in classes if one.place not in self._members] or classes
            paths = set(self._closest(unit, list(dict.fromkeys(one.unit.path for one in classes))))
            near = [one for one in classes if one.unit.path in paths]
        if not near:
            return None
        first = near[0]
        if not any(isinstance(d, Name) and d.id == "partial" for d in first.cls.decorators):
            return first if len(near) == 1 or near[0].unit.path == unit.path else None
        own = first.unit.path
        parts = [one for one in classes if one is first or _shared(one.unit.path, own) >= own.count("/") - 1]
        return replace(parts[0], others=tuple(parts[1:]))  # the same one, from whichever file it is named

    def _nearest(self, unit: Unit, matches: list[T]) -> T | None:
        own = [one for one in matches if one.unit.path == unit.path]
        if own:
            return own[-1]
        imported = {path for imp in unit.imports for path in self.targets(unit, imp)}
        near = [one for one in matches if one.unit.path in imported] or matches
        return near[0] if len(near) == 1 else None

    def targets(self, unit: Unit, imp: Import) -> list[str]:
        """Paths of the units that an import can mean: exactly one where it is clear."""
        key = (unit.path, imp.module)
        if key not in self._targets:
            self._targets[key] = (
                self._by_path(unit, imp.module) if imp.kind == "source" else self._find_targets(unit, imp.module)
            )
        return self._targets[key]

    def _find_targets(self, unit: Unit, module: str) -> list[str]:
        if module.startswith(("./", "../")) and not module.endswith(_SCRIPTS):
            exact = normpath(join(dirname(unit.path), module))
            return self._first_of([exact, *candidates(unit.path, module)])
        if targets := self.aliased_paths(unit, module):
            return self._first_of(targets)
        if module.startswith("@") and (own := self._workspace(unit, module)):
            return own
        if module.startswith(".") and "/" not in module:
            return self._relative(unit, module)
        if "/" in module or splitext(module)[1].lower() in _SCRIPTS:
            return self._by_path(unit, module)
        key = self.index(unit.language).key
        tail = key(module.replace(".", "/"))
        files = [p for p in self._by_stem.get(tail.rpartition("/")[2], ()) if _is_module(key(p), tail)]
        packages = [p for p in self._by_stem.get("__init__", ()) if _is_module(key(dirname(p)), tail)]
        return self._closest(unit, files or packages)

    def _first_of(self, paths: Sequence[str]) -> list[str]:
        """The first of the paths that is a file; else the first that is but for its case, which some systems ignore."""
        folded = (self._by_folded.get(path.casefold(), ()) for path in paths)
        return [path for path in paths if path in self.units][:1] or [each[0] for each in folded if len(each) == 1][:1]

    def _workspace(self, unit: Unit, module: str) -> list[str]:
        """The entry of a package of the same repository, `@scope/name`: the index of a folder that is called so and
        lies where such packages do."""
        _, _, name = module.partition("/")
        folders = self.index(unit.language).semantics.package_folders
        entries = []
        for path in self._by_stem.get("index", ()) if name and "/" not in name else ():
            parts = dirname(path).removesuffix("/src").removesuffix("/lib").split("/")
            if parts[-1] == name and parts[-2:-1] and parts[-2] in folders:
                entries.append(path)
        return entries if len(entries) == 1 else []

    def aliased_paths(self, unit: Unit, module: str) -> list[str]:
        """The files that a module under an alias can mean, the likeliest first."""
        return [path for base in self.aliases.aliased_paths(unit.path, module) for path in candidates("", base)]

    def _relative(self, unit: Unit, module: str) -> list[str]:
        dots = len(module) - len(module.lstrip("."))
        base = dirname(unit.path)
        for _ in range(dots - 1):
            base = dirname(base)
        tail = join(base, module.lstrip(".").replace(".", "/")).rstrip("/")
        return [p for p in (tail + ".py", join(tail, "__init__.py")) if p in self.units]

    def _by_path(self, unit: Unit, module: str) -> list[str]:
        if exact := self._first_of([normpath(join(dirname(unit.path), module))]):
            return exact
        tail = module.lstrip("./").removeprefix("@/").removeprefix("~/").casefold()
        near = [p for p in self._by_stem.get(_stem(module), ()) if self.units[p].language == unit.language]
        return self._closest(unit, [p for p in near if p.casefold().endswith(tail) or _is_module(p.casefold(), tail)])

    @staticmethod
    def _closest(unit: Unit, paths: list[str]) -> list[str]:
        if len(paths) < 2:
            return paths
        rank = {path: _shared(unit.path, path) for path in paths}
        best = max(rank.values())
        return [path for path in paths if rank[path] == best]


def _sets(stmt: Assign, names: Iterable[str]) -> bool:
    return any(isinstance(target, Name) and target.id in names for target in stmt.targets)


def _stem(path: str) -> str:
    return splitext(path.rpartition("/")[2])[0].casefold() if not path.endswith(".py") else path.rpartition("/")[2][:-3]


_SCRIPTS = (".ps1", ".psm1", ".psd1")
_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".json")


def candidates(path: str, module: str) -> list[str]:
    """The files that `./module` can mean in the file `path`, the likeliest first: as it is written, with a suffix, as
    a folder's index; TypeScript is imported under the name that it is compiled to."""
    base = normpath(join(dirname(path), module))
    bare, suffix = splitext(base)
    names = [base] if suffix in _SUFFIXES else []
    names += [bare + suffix.replace("js", "ts"), bare + ".tsx"] if suffix in (".js", ".mjs", ".cjs", ".jsx") else []
    return [*names, *(base + s for s in _SUFFIXES), *(join(base, "index" + s) for s in _SUFFIXES)]


def _is_module(path: str, tail: str) -> bool:
    bare = splitext(path)[0]
    return bare == tail or bare.endswith("/" + tail)


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(dirname(one).split("/"), dirname(other).split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count


def _words(call: Call, names: Iterable[str]) -> list[str]:
    """The written-out words of a command's arguments: by name, else in order."""
    named = {(a.name or "").casefold(): _word(a.value) for a in call.args if a.name}
    rest = [_word(a.value) for a in call.args if not a.name]
    return [named.get(name) or (rest.pop(0) if rest else "") for name in names]


def _word(value: Expression) -> str:
    return value.value if isinstance(value, Text) else ""
