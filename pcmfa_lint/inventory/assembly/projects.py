"""Which integrations are one: those of one project that do not sign in themselves, but are handed their token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import TypeVar

from pcmfa_lint.evidence.model import ApiCall, Integration, Item, Place, TokenRequest
from pcmfa_lint.source.small_file import folders_above, named

W = TypeVar("W", bound=str)


class Projects:
    """The folders of a repository that are projects: those that hold a manifest."""

    def __init__(self, files: Sequence[str], manifests: Sequence[str]) -> None:
        self._folders = {file.rpartition("/")[0] for file in named(files, manifests)}

    def of(self, path: str) -> str | None:
        """The innermost project that a file lies in; None if it lies in none."""
        return next((folder for folder in folders_above(path) if folder in self._folders), None)


def joined(items: Sequence[Item], projects: Projects) -> list[Integration]:
    """The integrations, those of one project that carry the same flows and ask for no token themselves as one; if
    just one integration of the project asks, as a part of that."""
    asked = {item.at for item in items if isinstance(item, TokenRequest)}
    found = [item for item in items if isinstance(item, Integration)]
    whole = [part for each in found for part in _apart(each, asked, projects)]
    asking = [each for each in whole if asked.intersection(each.members)]
    groups: dict[tuple[str, tuple[str, ...]], list[Integration]] = defaultdict(list)
    done = [each for each in whole if each in asking]
    flows = {item.at: item.tokens for item in items if isinstance(item, ApiCall)}
    for each in whole:
        if each in done:
            continue
        project = projects.of(each.at.path)
        if project is None:
            done.append(each)
        else:
            groups[project, _carried(each, flows)].append(each)
    for (project, carried), group in groups.items():
        own = [each for each in done if each in asking and projects.of(each.at.path) == project]
        if len(own) == 1 and not carried:
            done[done.index(own[0])] = _one([own[0], *group])
        else:
            done.append(_one(group))
    return sorted(done, key=lambda each: each.at)


def _apart(each: Integration, asked: Set[Place], projects: Projects) -> list[Integration]:
    """One integration for each project that asks for its own tokens. The linker joins what may be one, since types of
    one name may be the same; programs that sign in apart are not."""
    homes = dict.fromkeys(projects.of(place.path) for place in each.members if place in asked)
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
        alerts=any(each.alerts for each in group),
        partner=any(each.partner for each in group),
    )


def _roots(group: Collection[Integration]) -> Iterator[str]:
    for each in group:
        yield from each.roots
