"""Joins integrations of one project that do not sign in themselves but are passed their token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import TypeVar

from pcmfa_lint.discovery.gitignore import Globs
from pcmfa_lint.evidence.model import ApiCall, Integration, Item, Place
from pcmfa_lint.source.small_file import folders_above, named

W = TypeVar("W", bound=str)


class Projects:
    """The folders of a repository that are projects: those that hold a manifest; and which files are tests, by the
    globs of `tests`."""

    def __init__(self, files: Sequence[str], manifests: Sequence[str], tests: Sequence[str] = ()) -> None:
        self._folders = {file.rpartition("/")[0] for file in named(files, manifests)}
        self._tests = Globs(tests)

    def is_test(self, path: str) -> bool:
        """Whether a file is a test."""
        return bool(self._tests.match(path))

    def home(self, each: Integration, outer: bool = False) -> str | None:
        """The project of an integration: that of its first program which is no test. `outer`: the one around it."""
        path = next((root for root in each.roots if not self.is_test(root)), each.at.path)
        around = [folder for folder in folders_above(path) if folder in self._folders]
        return None if not around else around[-1 if outer else 0]

    def all_tests(self, each: Integration) -> bool:
        """Whether every file of an integration is a test."""
        return all(map(self.is_test, (*each.roots, *(place.path for place in each.members))))

    def of(self, path: str) -> str | None:
        """The innermost project that a file lies in; None if it lies in none."""
        return next((folder for folder in folders_above(path) if folder in self._folders), None)


def joined(items: Sequence[Item], projects: Projects, token_places: Set[Place]) -> list[Integration]:
    """The integrations, those of one project that carry the same flows and ask for no token themselves as one; if
    just one integration of the project asks, as a part of that. Tests belong to what they try: those that ask for no
    token stand alone only where there is nothing else. `token_places`: where tokens are asked for."""
    integrations = [item for item in items if isinstance(item, Integration)]
    separated = [part for each in integrations for part in _apart(each, token_places, projects)]
    asking = [each for each in separated if not token_places.isdisjoint(each.members)]
    tested = {id(each) for each in separated if projects.all_tests(each)}
    flows = {item.at: item.tokens for item in items if isinstance(item, ApiCall)}
    kept_apart = [each for each in asking if id(each) not in tested]
    groups: dict[tuple[str, tuple[str, ...]], list[Integration]] = defaultdict(list)
    for each in separated:
        project = projects.home(each, outer=not asking)
        if each in kept_apart:
            continue
        if id(each) in tested and each not in asking and kept_apart:
            continue
        if project is None:
            kept_apart.append(each)
        elif id(each) in tested:
            groups[project, ("test",) if each in asking else ()].append(each)
        else:
            groups[project, _carried(each, flows)].append(each)
    programs = [each for each in kept_apart if each in asking]
    for (project, carried), group in groups.items():
        own = [each for each in programs if projects.home(each, outer=not asking) == project]
        if len(own) == 1 and carried in ((), ("test",)):
            before = own[0]
            programs[programs.index(before)] = kept_apart[kept_apart.index(before)] = _one([before, *group])
        elif carried == ("test",):
            kept_apart += group
        else:
            kept_apart.append(_one(group))
    return sorted(kept_apart, key=lambda each: each.at)


def _apart(each: Integration, token_places: Set[Place], projects: Projects) -> list[Integration]:
    """One integration for each project that asks for its own tokens. The linker joins what may be one, since types of
    one name may be the same; programs that sign in apart are not."""
    homes = dict.fromkeys(projects.of(place.path) for place in each.members if place in token_places)
    if len(homes) < 2 or None in homes:
        return [each]
    first = next(iter(homes))

    def home(path: str) -> str | None:
        project = projects.of(path)
        return project if project in homes else first

    parts = []
    for one in homes:
        members = tuple(place for place in each.members if home(place.path) == one)
        roots = tuple(root for root in each.roots if home(root) == one)
        parts.append(replace(each, at=members[0], members=members, roots=roots or (members[0].path,)))
    return parts


def _carried(each: Integration, flows: Mapping[Place, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({flow for place in each.members for flow in flows.get(place, ())}))


def _one(group: Sequence[Integration]) -> Integration:
    """Several integrations as one; the first is where it begins."""
    if len(group) == 1:
        return group[0]

    def all_of(words: Callable[[Integration], Iterable[W]]) -> tuple[W, ...]:
        return tuple(sorted({word for each in group for word in words(each)}))

    return replace(
        group[0],
        roots=tuple(dict.fromkeys(_roots(group))),
        members=tuple(dict.fromkeys(place for each in group for place in each.members)),
        flow=all_of(lambda each: each.flow),
        audience=all_of(lambda each: each.audience),
        secrets=all_of(lambda each: each.secrets),
        accounts=all_of(lambda each: each.accounts),
        business=all_of(lambda each: each.business),
        calls=sum(each.calls for each in group),
        calls_partner_center=any(each.calls_partner_center for each in group),
        probes=any(each.probes for each in group),
        knows_code=any(each.knows_code for each in group),
        partner=any(each.partner for each in group),
    )


def _roots(group: Collection[Integration]) -> Iterator[str]:
    for each in group:
        yield from each.roots
