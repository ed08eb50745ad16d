"""Finds, reads and checks the catalog and the rules: those that belong to the package, and the user's own.

Nothing here raises for a bad file: every fault is in `Knowledge.faults`, and the file is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pcmfa_lint.evidence.condition import flat
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.knowledge.catalog import CatalogFile
from pcmfa_lint.knowledge.checks.catalog import Ids, check_catalog, unreachable
from pcmfa_lint.knowledge.checks.rule import check_rule
from pcmfa_lint.knowledge.compiled import Compiled
from pcmfa_lint.knowledge.model import Catalog, Knowledge
from pcmfa_lint.knowledge.paths import CATALOG, catalog_files, rule_files, shipped
from pcmfa_lint.knowledge.prefilter import PrefilterGate
from pcmfa_lint.knowledge.prefilter_loader import PrefilterSpec
from pcmfa_lint.knowledge.rule import Rule
from pcmfa_lint.knowledge.toml_schema import Fault, SchemaProblem, locate, made_of, parse

T = TypeVar("T")

TABLES = "tables"  # the kind of `Compiled`
PREFIX = "PCM"  # of the ids of our own rules, and of nobody else's
_RULE_ID = re.compile(r"[A-Z][A-Z0-9]*[0-9]")
_FAMILY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class _Source(Generic[T]):
    """One file as it was read. `file` is how faults call it."""

    file: str
    path: Path
    text: str
    value: T


def load_knowledge(extra: Sequence[Path] = ()) -> Knowledge:
    """Reads our own rules and catalog, and those of the folders `extra`; then checks them all together."""
    own = shipped()
    try:
        compiled = Compiled(str(own))
    except OSError:  # reading the files one by one says what is wrong
        return _loaded(own, extra, {}).finish()
    tables = compiled.read(TABLES)
    if isinstance(tables, dict):
        knowledge = _loaded(own, extra, tables).finish()
        if not knowledge.faults:
            return knowledge
    loader = _loaded(own, extra, {})
    knowledge = loader.finish()
    if tables is None and not knowledge.faults:
        compiled.keep(TABLES, loader.tables)
    return knowledge


def _loaded(own: Path, extra: Sequence[Path], tables: Mapping[str, Any]) -> _Loader:
    """`tables`: what is known to stand in our own files."""
    loader = _Loader()
    for folder in extra:
        if folder.resolve() != own:
            loader.add(folder, str(folder))
    loader.add(own, "rules", tables)
    return loader


def prefilter_of(knowledge: Knowledge) -> PrefilterSpec:
    """The gates and markers of the first pass, out of everything that is known."""
    files = knowledge.catalog.files
    texts = (PrefilterGate(rule.id, (rule.literals,), rule.files) for rule in knowledge.rules if rule.on == "text")
    return PrefilterSpec(
        (*(gate for file in files for gate in file.prefilter), *texts),
        tuple(marker for file in files for marker in file.marker if marker.literal),
    )


class _Loader:
    """Gathers files of several folders, and checks them when all are there: they refer to each other."""

    def __init__(self) -> None:
        self.tables: dict[str, Any] = {}  # what stands in the files of the folder that was added last, by their names
        self._catalogs: list[_Source[CatalogFile]] = []
        self._rules: list[_Source[Rule]] = []
        self._faults: list[Fault] = []

    def add(self, folder: Path, label: str, tables: Mapping[str, Any] = MappingProxyType({})) -> None:
        """`tables`: what stands in files by their names, as far as it is known without parsing them."""
        self.tables = dict(tables)
        if not folder.is_dir():
            self._faults.append(Fault(label, 0, "there is no such folder of rules"))
            return
        catalogs = catalog_files(folder)
        rules = rule_files(folder)
        if not catalogs and not rules:
            self._faults.append(Fault(label, 0, "this folder contains no rule and no catalog file"))
        read = [self._of_language(each) for each in self._read(CatalogFile, catalogs, folder, label)]
        for each, problems in zip(read, unreachable([each.value for each in read]), strict=True):
            self._report(each, problems)
        self._catalogs += read
        for source in self._read(Rule, rules, folder, label):
            self._add_rule(source, own=folder == shipped())

    def finish(self) -> Knowledge:
        catalog = Catalog(tuple(source.value for source in self._catalogs))
        ids = Ids(
            frozenset(resource.id for file in catalog.files for resource in file.resource),
            frozenset(path.id for file in catalog.files for path in file.path),
        )
        for each in self._catalogs:
            self._report(each, check_catalog(each.value, ids))
        kinds = catalog.marker_kinds()
        good = [each.value for each in self._rules if not self._report(each, check_rule(each.value, kinds))]
        rules = tuple(sorted(map(_normal, good), key=lambda rule: rule.id))
        return Knowledge(catalog, rules, tuple(sorted(self._faults)))

    def _read(self, cls: type[T], paths: Iterable[Path], folder: Path, label: str) -> Iterator[_Source[T]]:
        for path in paths:
            name = path.relative_to(folder).as_posix()
            file = f"{label}/{name}"
            try:  # what is known is of use only as long as there is no fault, and so nothing to be found in the text
                text = "" if name in self.tables else path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            except OSError as error:
                self._faults.append(Fault(file, 0, f"cannot be read: {error.strerror}"))
                continue
            except UnicodeDecodeError:
                self._faults.append(Fault(file, 0, "is not UTF-8"))
                continue
            if name not in self.tables:
                self.tables[name], fault = parse(text, file)
                if fault:
                    self._faults.append(fault)
                    continue
            value, faults = made_of(cls, self.tables[name], text, file)
            self._faults += faults
            if value is not None:
                yield _Source(file, path, text, value)

    def _of_language(self, source: _Source[CatalogFile]) -> _Source[CatalogFile]:
        """A file in a folder of `catalog/` is of the language that the folder is named after. What its library's calls
        share is written into each."""
        file = source.value
        if (folder := source.path.parent.name) != CATALOG:
            if file.language:
                text = '"language" is the name of the folder and is not written in the file'
                self._report(source, [SchemaProblem(("language",), text)])
            file = replace(file, language=folder)
        return replace(source, value=replace(file, call=tuple(map(file.library.share, file.call))))

    def _add_rule(self, source: _Source[Rule], own: bool) -> None:
        rule = source.value
        family = source.path.resolve().parent.name
        problems: list[SchemaProblem] = []
        if not _RULE_ID.fullmatch(rule.id):
            problems.append(SchemaProblem(("id",), '"id" must be capital letters and a number, such as ABC101'))
        elif rule.id != source.path.stem:
            problems.append(SchemaProblem(("id",), 'the file must be named after the rule: its "id" and ".toml"'))
        elif rule.id.startswith(PREFIX) != own:
            problems.append(
                SchemaProblem(("id",), f"ids that begin with {PREFIX} belong to pcmfa-lint: use your own prefix")
            )
        elif first := next((other.file for other in self._rules if other.value.id == rule.id), None):
            problems.append(SchemaProblem(("id",), f"this id is taken by {first}"))
        if rule.family:
            problems.append(
                SchemaProblem(("family",), '"family" is the name of the folder and is not written in the file')
            )
        if not _FAMILY.fullmatch(family):
            problems.append(SchemaProblem((), "the folder names the rule's class: lower-case words joined by dashes"))
        if not self._report(source, problems):
            self._rules.append(replace(source, value=replace(rule, family=family)))

    def _report(self, source: _Source[T], problems: Sequence[SchemaProblem]) -> bool:
        """Keeps the problems of a file as faults; true if there are any."""
        if problems:
            self._faults += locate(source.text, source.file, problems)
        return bool(problems)


def _normal(rule: Rule) -> Rule:
    """The rule with its conditions in the form in which they are judged."""
    return replace(
        rule,
        where=tuple(map(flat, rule.where)),
        unless=tuple(map(flat, rule.unless)),
        downgrade=tuple(replace(each, when=flat(each.when)) for each in rule.downgrade),
        fix=tuple(replace(each, when=flat(each.when)) for each in rule.fix),
    )
