"""The decision table: flow by audience, origin, fate and way to run. Every cell is held against a table that is written
down here apart from `rules/inventory/exposure.toml`, and "survives" against a list of all that may say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from pcmfa_lint.evidence.words import ORIGINS, AudienceKind, RefreshUse
from pcmfa_lint.findings.model import ShownPlace
from pcmfa_lint.inventory.assembly.sign_ins import judged, run_without_person, settled
from pcmfa_lint.inventory.model.entry import EXPOSURES, WAYS_IN, WORKING, SignIn
from pcmfa_lint.inventory.model.knowledge import load_tables
from pcmfa_lint.ir.nodes import Span
from pcmfa_lint.knowledge.paths import catalog_files, shipped
from tests.inventory.entries import INVOICES

TABLES = load_tables()
AT = ShownPlace("a.py", Span(1, 1, 1, 2))
UNATTENDED = (True, False, None)
PERSONS = ("authorization-code", "device-code", "interactive")
PARTNER = ("partner-center", "partner-api")
FLAGS = ("refused", "assumed", "after_password", "renewed", "retired", "retired_host", "partner")
BOTH = ("retired", "retired_host")
# What becomes of a refresh token, by fate; where its origin decides as well, by that.
KEPT = {"literal": "refresh-token-ages", "placeholder": "refresh-token-ages", "environment": "cannot-tell"}
LOST = dict.fromkeys(("dropped", "returned-unused", "printed", "memory"), "refresh-token-ages")


def cells() -> Iterator[SignIn]:
    """Every combination."""
    for flow, audience, secret, fate, unattended in product(
        WAYS_IN, get_args(AudienceKind), ORIGINS, get_args(RefreshUse), UNATTENDED
    ):
        yield SignIn(AT, flow, "python", audience=audience, secret=secret, fate=fate, unattended=unattended)


def few() -> Iterator[SignIn]:
    """The combinations without those that only tell refresh tokens apart, for what goes before all of them."""
    for flow, audience, secret, unattended in product(
        WAYS_IN, get_args(AudienceKind), ("environment", "prompt"), UNATTENDED
    ):
        yield SignIn(AT, flow, "python", audience=audience, secret=secret, fate="kept", unattended=unattended)


def expected(one: SignIn) -> str:
    """The table, said once more: for a sign-in of which nothing else is known."""
    if one.flow == "ropc":
        return "breaks-now" if one.audience == "partner-center" else "when-mfa-is-demanded"
    if one.flow == "basic":
        return "breaks-now" if one.audience == "companion" else "cannot-tell"
    if one.flow in PERSONS:
        return "breaks-now" if one.unattended else "survives"
    if one.flow in ("app-only", "managed-identity"):
        return "cannot-tell" if one.audience == "partner-api" else "survives"
    if one.flow != "refresh-token":
        return "cannot-tell"
    if one.secret == "prompt" and one.unattended:
        return "breaks-now"
    if one.fate == "kept":
        return KEPT.get(one.secret, "untested")
    if one.secret in ("prompt", "session"):
        return "cannot-tell" if one.unattended else "survives"
    return LOST.get(one.fate, "cannot-tell")


def test_every_cell_of_the_table() -> None:
    wrong = {
        (one.flow, one.audience, one.secret, one.fate, one.unattended, done.exposure)
        for one in cells()
        if (done := judged(one, TABLES)).exposure != expected(one)
    }
    assert not wrong


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("retired",), {"partner-center": "breaks-now", "partner-api": "breaks-now", "": "cannot-tell"}),
        (("retired", "partner"), {"": "breaks-now"}),
        (("retired_host",), {"": "breaks-now"}),
        (("retired_host", "retired"), {"": "breaks-now"}),
    ],
)
def test_what_is_retired_counts_whoever_signs_in(flags: tuple[str, ...], says: dict[str, str]) -> None:
    for one in few():
        done = judged(replace(one, **dict.fromkeys(flags, True)), TABLES)
        assert done.exposure == says.get(one.audience, says[""]), done
        assert "MFA" in done.reason


def test_what_else_makes_it_worse() -> None:
    app = SignIn(AT, "app-only", "python", audience="partner-center")
    assert [judged(replace(app, **{flag: True}), TABLES).case for flag in ("refused", "assumed")] == [
        "app-only-refused",
        "app-only-not-carried",
    ]
    renewing = SignIn(AT, "refresh-token", "python", audience="partner-center", secret="secret-store", fate="kept")
    assert judged(replace(renewing, after_password=True), TABLES).exposure == "breaks-now"
    elsewhere = replace(renewing, audience="companion", after_password=True)
    assert judged(elsewhere, TABLES).exposure == "at-token-renewal"
    password = SignIn(AT, "ropc", "python", audience="companion", renewed=True)
    assert judged(password, TABLES).exposure == "at-token-renewal"
    assert judged(replace(password, audience="partner-center"), TABLES).exposure == "breaks-now"


def test_a_cell_never_gets_better_by_what_makes_it_worse() -> None:
    for one, flag in product(few(), FLAGS):
        before, after = judged(one, TABLES), judged(replace(one, **{flag: True}), TABLES)
        if before.exposure not in WORKING:
            assert after.exposure not in WORKING, (one, flag)
    for one in cells():
        if one.unattended is True and judged(one, TABLES).exposure == "survives":
            assert judged(replace(one, unattended=False), TABLES).exposure == "survives"


def test_only_what_may_survives_and_only_what_is_renewed_breaks_at_renewal() -> None:
    survives = {case.id for case in TABLES.exposures if case.exposure == "survives"}
    assert survives == {"token-of-this-run", "person", "app-only"}
    assert {case.id for case in TABLES.exposures if case.exposure == "untested"} == {"refresh-token-kept"}
    renewed = {case.id: case.when for case in TABLES.exposures if case.exposure == "at-token-renewal"}
    assert all(when["flow"] == "refresh-token" or when.get("renewed") for when in renewed.values())


def test_every_case_is_reached_and_says_what_can_be_checked() -> None:
    reached = {judged(one, TABLES).case for one in cells()}
    for one, flags in product(few(), [(), *[(flag,) for flag in FLAGS], ("retired", "partner"), BOTH]):
        reached.add(judged(replace(one, **dict.fromkeys(flags, True)), TABLES).case)
    for module, flow in product(TABLES.modules.values(), ("ropc", "interactive")):
        reached.add(judged(SignIn(AT, flow, "powershell", module=module, audience="companion"), TABLES).case)
    for missing in ("grant", "others-ask", "nobody-asks"):
        done = judged(SignIn(AT, "unknown", "python", missing=missing), TABLES)
        assert done.exposure == "cannot-tell"
        assert "Missing: " in done.reason
        reached.add(done.case)
    assert reached == {case.id for case in TABLES.exposures}
    for case in TABLES.exposures:
        assert case.exposure in EXPOSURES
        assert case.reason.endswith("."), case.id
        assert not case.source or case.source.startswith("https://"), case.id
        if case.exposure in WORKING:
            assert case.source, case.id
        if case.exposure != "survives":
            assert case.remedy, case.id
            assert not case.remedy.endswith("."), case.id


def test_named_ways_in_are_calls_of_the_catalog() -> None:
    texts = "".join(file.read_text("utf-8") for file in catalog_files(shipped()))
    for (via, _), flow in TABLES.named.items():
        assert f'id = "{via}"' in texts
        assert flow in WAYS_IN
    for via in TABLES.modules:
        assert f'id = "{via}"' in texts


def test_a_person_s_sign_in_is_judged_again_when_it_is_known_how_it_runs() -> None:
    one = judged(SignIn(AT, "device-code", "python", audience="partner-center"), TABLES)
    entry = settled(replace(INVOICES, sign_ins=(one,)), TABLES)
    assert entry.exposure == "survives"
    job = run_without_person(entry, lambda sign_in: True, TABLES)
    assert (job.exposure, job.priority) == ("breaks-now", 1)
    assert "without a person" in job.reason
    assert run_without_person(entry, lambda sign_in: None, TABLES) == entry
    assert run_without_person(entry, lambda sign_in: False, TABLES).exposure == "survives"
    both = replace(entry, sign_ins=(replace(one, alone=False),))
    assert run_without_person(both, lambda sign_in: True, TABLES).exposure == "survives"


@pytest.mark.parametrize(
    ("via", "says"),
    [
        ("exchange.connect", "Connect-ExchangeOnline"),
        ("exchange.connect-ipps", "-CertificateThumbprint -AppId"),
        ("pnp.connect", "Connect-PnPOnline"),
        ("azurerm.connect", "-ServicePrincipal"),
        ("az-cli.login", "az login"),
        ("teams.connect", "Connect-MicrosoftTeams"),
        ("msonline.connect", "Microsoft Graph"),
        ("web-cmdlets.rest", "refresh token"),
    ],
)
def test_a_password_for_the_commands_of_a_service_is_replaced_by_their_own_ways(via: str, says: str) -> None:
    module = TABLES.modules.get(via, "none")
    done = judged(SignIn(AT, "ropc", "powershell", via=via, module=module, audience="companion"), TABLES)
    assert done.exposure == "when-mfa-is-demanded"
    assert says in done.remedy
    assert ("refresh token" in done.remedy) == (module == "none")


def test_a_module_that_is_retired_is_not_said_to_go_on_working() -> None:
    one = SignIn(AT, "interactive", "powershell", module="retired", audience="companion")
    assert judged(one, TABLES).case == "retired-module"
    assert judged(replace(one, module="exchange"), TABLES).exposure == "survives"


def test_a_retired_host_and_a_retired_audience_are_both_said() -> None:
    one = SignIn(AT, "app-only", "csharp", audience="partner-center", retired=True, retired_host=True)
    done = judged(one, TABLES)
    for said in ("api.cp.microsoft.com", "graph.windows.net"):
        assert said in done.reason
    assert "send the calls" in done.remedy
    assert "request the token" in done.remedy
