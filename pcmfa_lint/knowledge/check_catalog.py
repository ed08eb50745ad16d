"""Whether catalog files mean something: words in their vocabulary, and ids that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from pcmfa_lint.evidence.model import FLOWS, ORIGINS
from pcmfa_lint.knowledge import vocabulary as vocab
from pcmfa_lint.knowledge.catalog import CallSpec, CatalogFile
from pcmfa_lint.knowledge.toml_lines import KeyPath
from pcmfa_lint.knowledge.toml_schema import Problem, nearest, one_of, shown_key


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that entries of all catalog files together may refer to."""

    resources: frozenset[str]
    paths: frozenset[str]


def check_catalog(file: CatalogFile, ids: Ids) -> list[Problem]:
    """All that is wrong with one catalog file."""
    problems: list[Problem] = []
    for index, call in enumerate(file.call):
        problems += _call(("call", index), call, ids)
    for index, host in enumerate(file.host):
        problems += _word(("host", index, "kind"), host.kind, ("login", *vocab.AUDIENCES))
        problems += _word(("host", index, "flow"), host.flow, FLOWS) if host.flow else []
    for index, resource in enumerate(file.resource):
        problems += _word(("resource", index, "kind"), resource.kind, vocab.AUDIENCES)
    for index, path in enumerate(file.path):
        problems += _word(("path", index, "app_only"), path.app_only, vocab.APP_ONLY)
    for index, setting in enumerate(file.setting):
        problems += _word(("setting", index, "secret_kind"), setting.secret_kind, vocab.SETTING_NOUNS)
        problems += _word(("setting", index, "context"), setting.context, vocab.CONTEXTS)
    for index, section in enumerate(file.section):
        problems += _word(("section", index, "context"), section.context, vocab.CONTEXTS)
    for index, prefilter in enumerate(file.prefilter):
        if (
            not prefilter.all
            or not all(prefilter.all)
            or not all(literal for group in prefilter.all for literal in group)
        ):
            problems.append(
                Problem(("prefilter", index, "all"), '"all" wants groups of literals, and none of them empty')
            )
        elif prefilter.across_files and len(prefilter.all) < 2:
            problems.append(
                Problem(("prefilter", index, "across_files"), '"across_files" wants two groups or more: whom, and what')
            )
    return problems


def _call(path: KeyPath, call: CallSpec, ids: Ids) -> Iterator[Problem]:
    yield from _word((*path, "is"), call.is_, vocab.MEANINGS)
    if not any(getattr(call.match, field.name) for field in fields(call.match) if field.name not in ("on", "verb")):
        yield Problem((*path, "match"), '"match" wants a name that the call is known by')
    yield from _meaning(path, call.flow, call.principal, call.audience, ids)
    yield from _word((*path, "origin"), call.origin, ORIGINS)
    yield from _word((*path, "secret_kind"), call.secret_kind, vocab.NOUNS)
    if call.business:
        yield from _id((*path, "business"), call.business, ids.paths, "[[path]]")
    if call.failure is not None:
        yield from _word((*path, "failure", "surfaces_as"), call.failure.surfaces_as, vocab.APPEARS)
    for index, case in enumerate(call.case):
        here = (*path, "case", index)
        yield from _meaning(here, case.flow, case.principal, case.audience, ids)
        yield from _word((*here, "is"), case.is_, vocab.MEANINGS)


def _meaning(path: KeyPath, flow: str, principal: str, audience: str, ids: Ids) -> Iterator[Problem]:
    yield from _word((*path, "flow"), flow, FLOWS)
    yield from _word((*path, "principal"), principal, vocab.PRINCIPALS)
    if audience:
        yield from _id((*path, "audience"), audience, ids.resources, "[[resource]]")


def _word(path: KeyPath, word: str, allowed: Collection[str]) -> Iterator[Problem]:
    """A word that is written must be one of `allowed`; an empty one is not written."""
    if word and word not in allowed:
        yield Problem(path, f"{shown_key(str(path[-1]))} {one_of(allowed, word)}")


def _id(path: KeyPath, name: str, known: Collection[str], table: str) -> Iterator[Problem]:
    if name not in known:
        yield Problem(path, f"{shown_key(str(path[-1]))} wants the id of a {table}{nearest(name, known)}")
