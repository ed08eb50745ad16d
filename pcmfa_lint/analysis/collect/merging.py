"""Of several runs through one place one piece of evidence: the worst, with what all of them say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pcmfa_lint.analysis.classify import identities
from pcmfa_lint.analysis.collect.token_fate import FATES
from pcmfa_lint.analysis.failures.handled_error import rank
from pcmfa_lint.evidence.model import ApiCall, Endpoint, Place, Purpose, StoredSecret, TokenRequest
from pcmfa_lint.ir.frozen import replace


def worst_each(calls: Iterable[ApiCall]) -> Iterator[ApiCall]:
    """Of one place the worst: a caller may reach several sends, and its reader wants one thing said of it."""
    worst: dict[Place, ApiCall] = {}
    every: dict[Place, set[Endpoint]] = defaultdict(set)
    for call in calls:
        every[call.at].update(call.endpoints)
        before = worst.get(call.at)
        if before is None or rank(call.error_handling) > rank(before.error_handling):
            worst[call.at] = call
    yield from (replace(call, endpoints=tuple(sorted(every[at], key=repr))) for at, call in worst.items())


def merged_tokens(requests: Iterable[TokenRequest]) -> Iterator[TokenRequest]:
    """Of each place one request, with all flows and the worst that becomes of its answer."""
    groups: dict[Place, list[TokenRequest]] = defaultdict(list)
    for request in requests:
        groups[request.at].append(request)
    for group in groups.values():
        best = min(group, key=_informative_first)
        flows = dict.fromkeys(flow for request in group for flow in request.flow)
        worst = min((r.refresh_token for r in group), key=lambda f: FATES.index(f.use))
        error_handling = min(
            (r.error_handling for r in group), key=rank
        )  # callers that hide it are told at their own calls
        yield replace(
            best,
            flow=tuple(flows),
            refresh_token=worst,
            error_handling=error_handling,
            accounts=identities.joined(request.accounts for request in group),
            apps=identities.joined(request.apps for request in group),
            tenants=identities.joined(request.tenants for request in group),
            purposes=_purposes(group, best) if len(group) > 1 else (),
        )


_UNSAID = ("unknown", "microsoft", "other", "")


def _purposes(group: Sequence[TokenRequest], best: TokenRequest) -> tuple[Purpose, ...]:
    """What a place asks for, the best known first: of each flow all services that are said, or else that of the best
    run."""
    said: dict[Purpose, None] = {}
    for request in sorted(group, key=_informative_first):
        audience = replace(request.audience, confidence=best.audience.confidence)
        for flow in request.flow if audience.kind not in _UNSAID else ():
            said[Purpose(flow, audience)] = None
    known = {purpose.flow for purpose in said}
    others = dict.fromkeys(flow for request in group for flow in request.flow if flow not in known)
    return (*said, *(Purpose(flow, best.audience) for flow in others))


_KINDS = ("partner-center", "partner-api", "companion", "microsoft", "unknown", "other", "")  # "": no sign-in in sight


def _informative_first(request: TokenRequest) -> tuple[int, bool, bool, int]:
    """The run through a request that says most: whom the token is for, one that is refused first, then where its secret
    comes from."""
    order = ("parameter", "unknown", "prompt", "session")
    audience = request.audience
    return (_KINDS.index(audience.kind), not audience.retired, request.secret.kind in order, -len(request.trace))


def unique(secrets: Iterable[StoredSecret]) -> Iterator[StoredSecret]:
    """Of each secret of a place the one whose sign-in is known best."""
    best: dict[tuple[Place, str], StoredSecret] = {}
    for secret in secrets:
        key = (secret.at, secret.kind)
        if key not in best or _KINDS.index(secret.feeds) < _KINDS.index(best[key].feeds):
            best[key] = secret
    yield from best.values()
