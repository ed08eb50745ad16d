"""Evidence that belongs together: a program, or programs that ask for their tokens at the same place.

A root is the file where a run begins. Roots that reach the same token request are one integration; a wrapper for all
requests joins nothing, since everybody uses it. So an app-only service and a password runbook in one repository are
two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.evidence.model import ApiCall, Integration, Marker, Place, StoredSecret, TokenRequest
from pcmfa_lint.evidence.words import APP_AND_USER, APP_FLOWS, PARTNER_KINDS


class IntegrationGroups:
    """Files that belong together, by the token requests that their programs share."""

    def __init__(self, records: Sequence[Request], asked_at: Mapping[int, Place]) -> None:
        self._parent: dict[str, str] = {}
        roots = {record.number: _roots(record) for record in records}
        for record in records:
            if record.kind == "token":
                self._join_all([*roots[record.number], asked_at[record.number].path])
            for number in record.tokens:
                self._join_all([*roots[record.number], *roots.get(number, ())])  # of a pass before: not asked for now
        self._flows: dict[str, set[str]] = defaultdict(set)

    def learn(self, request: TokenRequest) -> None:
        """Takes note of the flows of a token request."""
        self._flows[self.of(request.at.path)].update(request.flow)

    def of(self, path: str) -> str:
        """The name of a file's group: one of its files."""
        while self._parent.get(path, path) != path:
            path = self._parent[path]
        return path

    def of_record(self, record: Request) -> list[str]:
        """The groups of the programs that reach a request, each once."""
        return list(dict.fromkeys(self.of(root) for root in _roots(record)))

    def _join_all(self, paths: Sequence[str]) -> None:
        for path in paths[1:]:
            self._join(paths[0], path)

    def _join(self, one: str, other: str) -> None:
        first, second = sorted((self.of(one), self.of(other)))
        self._parent[first] = self._parent[second] = first

    def app_only(self, records: Iterable[Request]) -> bool | None:
        """Whether every token of the groups that these calls belong to is an app's own; None if they ask for none."""
        groups = {group for record in records for group in self.of_record(record)}
        flows = set().union(*(self._flows.get(group, set()) for group in groups))
        return flows <= APP_FLOWS if flows else None


def _roots(record: Request) -> list[str]:
    """The files where the programs begin that reach a request."""
    return list(dict.fromkeys(root.unit.path for root in record.context.activation.roots()))


@dataclass(slots=True)
class _Parts:
    requests: list[TokenRequest]
    calls: list[ApiCall]
    secrets: list[StoredSecret]
    roots: set[str]


def integrations(
    groups: IntegrationGroups,
    records: Sequence[Request],
    requests: Sequence[TokenRequest],
    calls: Sequence[ApiCall],
    secrets: Sequence[StoredSecret],
    markers: Sequence[Marker],
) -> Iterator[Integration]:
    """The integrations of a repository, by the place where each begins."""
    parts: dict[str, _Parts] = defaultdict(lambda: _Parts([], [], [], set()))
    callers: dict[Place, set[str]] = defaultdict(set)
    for record in records:
        for root in _roots(record):
            parts[groups.of(root)].roots.add(root)
            callers[record.place].add(groups.of(root))
    for request in requests:
        parts[groups.of(request.at.path)].requests.append(request)
    for secret in secrets:
        parts[groups.of(secret.at.path)].secrets.append(secret)
    for call in calls:
        for group in callers.get(call.at) or {groups.of(call.at.path)}:
            parts[group].calls.append(call)
    for part in parts.values():
        if part.requests or part.calls:
            yield _integration(part, markers)


def _integration(part: _Parts, markers: Sequence[Marker]) -> Integration:
    items: list[TokenRequest | ApiCall | StoredSecret] = sorted(
        [*part.requests, *part.calls, *part.secrets], key=lambda item: item.at
    )
    files = part.roots | {item.at.path for item in items}
    kinds = {marker.kind for marker in markers if marker.at.path in files}
    for_partner = [request for request in part.requests if request.audience.kind in PARTNER_KINDS]
    speaking = for_partner or part.requests  # what opens its vault does not say how it signs in
    flows = {flow for request in speaking for flow in request.flow}
    known_flows = flows - {"unknown"}
    first = min(speaking, key=_by_user, default=items[0])
    return Integration(
        at=first.at,
        roots=tuple(sorted(part.roots)),
        members=tuple(dict.fromkeys(item.at for item in items)),
        language=first.language,
        flow=tuple(sorted(flows)),
        audience=tuple(sorted({request.audience.kind for request in part.requests})),
        secrets=tuple(sorted({request.secret.kind for request in part.requests})),
        accounts=tuple(sorted({request.account.name for request in part.requests if request.account.name})),
        business=tuple(sorted({call.business for call in part.calls if call.business})),
        calls=len(part.calls),
        calls_partner_center=bool(part.calls),
        app_and_user=bool(known_flows & APP_AND_USER) if known_flows else None,
        probes="validate-mfa" in kinds,
        knows_code="mfa-code" in kinds,
        partner=any(item.partner for item in items),
    )


def _by_user(request: TokenRequest) -> tuple[bool, Place]:
    """Smallest for the first sign-in as a user."""
    return not APP_AND_USER & set(request.flow), request.at
