"""Whether catalog files mean something: calls that can be recognized, and ids that exist. The words are the types'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields

from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.knowledge.catalog import CallSpec, CatalogFile
from pcmfa_lint.knowledge.toml_lines import KeyPath
from pcmfa_lint.knowledge.toml_schema import SchemaProblem, nearest, shown_key

_FIRST_WINS = ("function", "command", "new", "cast", "read", "decorator", "base", "injected")


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that entries of all catalog files together may refer to."""

    resources: frozenset[str]
    paths: frozenset[str]


def check_catalog(file: CatalogFile, ids: Ids) -> list[SchemaProblem]:
    """All that is wrong with one catalog file."""
    problems: list[SchemaProblem] = []
    if file.semantics is not None:
        problems += (SchemaProblem(("semantics",), text) for text in file.semantics.contradictions())
    for index, call in enumerate(file.call):
        problems += _call(("call", index), call, ids)
    for index, prefilter in enumerate(file.prefilter):
        if (
            not prefilter.all
            or not all(prefilter.all)
            or not all(literal for group in prefilter.all for literal in group)
        ):
            problems.append(
                SchemaProblem(("prefilter", index, "all"), '"all" needs groups of literals, and none of them empty')
            )
        elif prefilter.across_files and len(prefilter.all) < 2:
            problems.append(
                SchemaProblem(
                    ("prefilter", index, "across_files"), '"across_files" needs two groups or more: whom, and what'
                )
            )
    for index, third_party in enumerate(file.third_party):
        if not (third_party.all or third_party.begins or third_party.long_lines) or not all(map(all, third_party.all)):
            text = '"all" wants groups of literals, and none of them empty'
            problems.append(SchemaProblem(("third_party", index, "all"), text))
    for field in fields(file.members):
        for name in getattr(file.members, field.name):
            if name != name.casefold():
                problems.append(SchemaProblem(("members", field.name), f"{shown_key(name)} must be lower case"))
    return problems


def unreachable(files: Sequence[CatalogFile]) -> Iterator[list[SchemaProblem]]:
    """For each of the files of one folder, what is never found: entries of which others of the same language have all
    names, in this file or in one before it, and semantics that another one has."""
    named: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    caseless = {file.language for file in files if file.semantics and file.semantics.ignore_case}
    for number, file in enumerate(files):
        problems: list[SchemaProblem] = []
        if file.semantics and any(one.semantics and one.language == file.language for one in files[:number]):
            problems.append(SchemaProblem(("semantics",), 'another file has the "semantics" of this language'))
        for index, call in enumerate(file.call):
            for language in (file.language, *file.also_in):
                names = set(_names(call, language in caseless))
                if names and names <= named[language] and not (call.roots or call.match.imports):
                    text = "nothing reaches this entry: others before it have all of its names"
                    problems.append(SchemaProblem(("call", index, "match"), text))
                named[language] |= names
        yield problems


def _call(path: KeyPath, call: CallSpec, ids: Ids) -> Iterator[SchemaProblem]:
    names = (field.name for field in fields(call.match) if field.name not in ("on", "verb", "behind"))
    if not any(getattr(call.match, name) for name in names):
        yield SchemaProblem((*path, "match"), '"match" needs a name that the call is known by')
    yield from _audience(path, call.audience, ids)
    if call.business:
        yield from _id((*path, "business"), call.business, ids.paths, "[[path]]")
    for index, case in enumerate(call.case):
        yield from _audience((*path, "case", index), case.audience, ids)


def _names(call: CallSpec, ignore_case: bool) -> Iterator[tuple[str, ...]]:
    """What a call is known by, one by one. Of methods of a type that is not known there may be several entries, which
    their arguments tell apart."""
    match = call.match
    for name in _FIRST_WINS:
        for written in getattr(match, name):
            for one in _each(written, match.verb):
                yield name, one.casefold() if ignore_case else one
    for number, written in enumerate(match.method):
        for one in _each(written, match.verb):
            for on in match.on or ("?",):
                own = (call.id, str(number)) if on == "?" else ()
                yield ("method", one.casefold() if ignore_case else one, on, *own)


def _each(name: str, verbs: tuple[str, ...]) -> list[str]:
    return [name.replace("{verb}", verb) for verb in verbs] if "{verb}" in name else [name]


def _audience(path: KeyPath, audience: str, ids: Ids) -> Iterator[SchemaProblem]:
    if audience:
        yield from _id((*path, "audience"), audience, ids.resources, "[[resource]]")


def _id(path: KeyPath, name: str, ids: Collection[str], table: str) -> Iterator[SchemaProblem]:
    if name not in ids:
        yield SchemaProblem(path, f"{shown_key(str(path[-1]))} needs the id of a {table}{nearest(name, ids)}")
