"""The sign-ins of an integration, which of them speak for it, and what the enforcement does to it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pcmfa_lint.evidence.condition import meets
from pcmfa_lint.evidence.model import ApiCall, Integration, Purpose, TokenRequest
from pcmfa_lint.evidence.words import APP_AND_USER, APP_FLOWS, PARTNER_KINDS, AudienceKind, Flow
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import NOTHING
from pcmfa_lint.findings.wording import origin
from pcmfa_lint.inventory.model.entry import EXPOSURES, WORKING, Entry, Missing, SignIn, WayIn
from pcmfa_lint.inventory.model.knowledge import Tables

UNSAID = frozenset({"unknown", "microsoft"})
_ATTENDED = frozenset({"authorization-code", "device-code", "interactive"})
# Where nobody says what they are for, they open a vault, most likely.
OPENERS: frozenset[WayIn] = frozenset({"managed-identity", "default-credential"})
_RENEWING: frozenset[WayIn] = frozenset({"refresh-token", "token-cache"})


def sign_ins_of(
    integration: Integration,
    requests: Sequence[TokenRequest],
    calls: Sequence[ApiCall],
    tables: Tables,
    others_ask: bool = False,
) -> tuple[SignIn, ...]:
    """All sign-ins of an integration, judged. Where it calls Partner Center and none of those that were seen can be for
    that, one more stands for the one that was not seen. `others_ask`: something in the repository asks for a token."""
    sign_ins = [_sign_in(request, each, tables) for request in requests for each in request.asks_for()]
    sign_ins = [each for each in sign_ins if not _carries_anothers(each)] or sign_ins
    if calls:
        sign_ins = _for_calls(integration, sign_ins, calls, tables, "others-ask" if others_ask else "nobody-asks")
    partner = integration.partner
    return tuple(judged(replace(each, partner=partner), tables) for each in _among_each_other(sign_ins, calls, tables))


def _carries_anothers(each: SignIn) -> bool:
    """Whether it signs nobody in, but hands on, as if it were a password, what another sign-in of the run has given."""
    return each.flow == "unknown" and each.secret == "session"


def may_be_for_calls(request: TokenRequest, tables: Tables) -> bool:
    """Whether a request may be for a token that calls carry; not what only opens a vault, nor what is for others."""
    if request.audience.kind == "other":
        return False
    named = {_named(request, flow, tables) for flow in request.flow}
    return request.audience.kind not in UNSAID or not named <= OPENERS


def judged(sign_in: SignIn, tables: Tables) -> SignIn:
    """The sign-in with its exposure and the reason."""
    case = next(each for each in tables.exposures if meets(each.when, sign_in))
    return replace(
        sign_in,
        exposure=case.exposure,
        reason=redaction.of_rules(case.reason),
        remedy=redaction.of_rules(case.remedy),
        case=case.id,
        source=case.source,
    )


def speaking(sign_ins: Sequence[SignIn], calls_partner_center: bool) -> list[SignIn]:
    """The sign-ins that speak for an integration; all of them where none goes before the others."""
    ours = calls_partner_center or any(each.audience in PARTNER_KINDS for each in sign_ins)
    own = [each for each in sign_ins if each.speaks()] if ours else []
    return _without_echoes(own or sign_ins)


def worst(sign_ins: Sequence[SignIn], calls_partner_center: bool) -> SignIn:
    """The sign-in by which an integration is judged."""
    return min(speaking(sign_ins, calls_partner_center), key=lambda each: EXPOSURES.index(each.exposure))


def settled(entry: Entry, tables: Tables) -> Entry:
    """The entry with all that follows from its sign-ins."""
    own = speaking(entry.sign_ins, entry.calls_partner_center)
    first = worst(entry.sign_ins, entry.calls_partner_center)
    known_flows = {each.flow for each in own} & (APP_AND_USER | APP_FLOWS)
    return replace(
        entry,
        flow=tuple(sorted({each.flow for each in own})),
        app_and_user=bool(known_flows & APP_AND_USER) if known_flows else None,
        exposure=first.exposure,
        reason=first.reason,
        remedy=first.remedy,
        source=first.source,
        priority=_priority(tables, first, entry),
        weight=tables.priority.weight(entry.business, entry.only_reads),
    )


def run_without_person(entry: Entry, without: Callable[[SignIn], bool | None], tables: Tables) -> Entry:
    """The entry after it is known which of its sign-ins run without a person."""
    sign_ins = [replace(each, unattended=without(each)) for each in entry.sign_ins]
    if all(each.unattended is None for each in sign_ins):
        return entry
    new = replace(entry, sign_ins=tuple(judged(each, tables) for each in sign_ins))
    if [each.case for each in new.sign_ins] == [each.case for each in entry.sign_ins]:
        return replace(entry, sign_ins=new.sign_ins)
    return settled(new, tables)


def _named(request: TokenRequest, flow: Flow, tables: Tables) -> WayIn:
    return tables.named.get((request.via, flow), flow)


def _sign_in(request: TokenRequest, purpose: Purpose, tables: Tables) -> SignIn:
    flow, audience = purpose.flow, purpose.audience
    return SignIn(
        at=redaction.place(request.at),
        flow=_named(request, flow, tables),
        language=request.language,
        via=request.via,
        module=tables.modules.get(request.via, "none"),
        audience=audience.kind,
        api=redaction.name(audience.name),
        secret=request.secret.kind,
        secret_words=origin(request.secret) if request.secret.kind != "unknown" else NOTHING,
        fate=request.refresh_token.use,
        retired=audience.retired,
        missing="grant" if flow == "unknown" else "",
        confidence=request.confidence,
    )


def _for_calls(
    integration: Integration, sign_ins: list[SignIn], calls: Sequence[ApiCall], tables: Tables, missing: Missing
) -> list[SignIn]:
    """With whom each is for, as far as that follows from the calls, and one more if none of them can be."""
    named = any(each.audience == "partner-center" for each in sign_ins)
    called = _called(calls, tables)
    if not named:
        sign_ins = [replace(each, audience=called) if _may_be_for_calls(each) else each for each in sign_ins]
    if not any(each.speaks() for each in sign_ins):
        alone = [each for each in sign_ins if each.audience in UNSAID and each.flow not in OPENERS]
        if len({each.flow for each in alone}) == 1 and not any(call.tokens for call in calls):
            sign_ins = [replace(each, audience=called, assumed=True) if each in alone else each for each in sign_ins]
        else:
            sign_ins = [*sign_ins, *_unseen(integration, calls, called, missing)]
    return sign_ins


def _may_be_for_calls(each: SignIn) -> bool:
    return each.retired or (each.audience in UNSAID and each.flow in APP_AND_USER)


def _unseen(
    integration: Integration, calls: Sequence[ApiCall], called: AudienceKind, missing: Missing
) -> Iterator[SignIn]:
    """What the calls carry although the integration does not ask for it itself."""
    for flow in sorted({flow for call in calls for flow in call.tokens}) or ["unknown"]:
        yield SignIn(
            redaction.place(integration.at),
            flow,
            integration.language,
            audience=called,
            confidence="likely",
            missing=missing if flow == "unknown" else "",
        )


def _among_each_other(sign_ins: Sequence[SignIn], calls: Sequence[ApiCall], tables: Tables) -> Iterator[SignIn]:
    """With what follows for one sign-in from the others, and from the calls."""
    named = any(each.audience == "partner-center" for each in sign_ins)
    to_retired = any(call.host in tables.hosts and tables.hosts[call.host].retired for call in calls)
    need_a_user = bool(calls) and all(call.accepts_app_only is False for call in calls)
    password = {each.audience for each in sign_ins if each.flow == "ropc"}
    speaking_flows = {each.flow for each in speaking(sign_ins, bool(calls))}
    for each in sign_ins:
        partner_center = each.audience == "partner-center"
        yield replace(
            each,
            retired_host=(partner_center or not named) and to_retired,
            refused=each.flow in APP_FLOWS and partner_center and need_a_user,
            after_password=each.flow == "refresh-token" and bool(password & {each.audience, *UNSAID}),
            renewed=each.flow == "ropc" and any(other.flow in _RENEWING for other in sign_ins),
            alone=not speaking_flows - _ATTENDED,
        )


def _called(calls: Sequence[ApiCall], tables: Tables) -> AudienceKind:
    """The audience that calls need."""
    kinds = {tables.hosts[call.host].kind for call in calls if call.host in tables.hosts}
    return "partner-api" if kinds == {"partner-api"} else "partner-center"


def _without_echoes(sign_ins: Sequence[SignIn]) -> list[SignIn]:
    """Without those that only take what another one has left in a cache."""
    return [each for each in sign_ins if each.flow != "token-cache"] or list(sign_ins)


def _priority(tables: Tables, first: SignIn, entry: Entry) -> int:
    number = tables.priority.of(first.exposure)
    if first.exposure in WORKING:
        return number
    concerns_partner_center = entry.calls_partner_center or PARTNER_KINDS & set(entry.audience)
    number += 0 if concerns_partner_center else tables.priority.elsewhere
    number -= 1 if (set(entry.business) - set(entry.only_reads)) & set(tables.priority.urgent) else 0
    return min(max(number, 1), 4)
