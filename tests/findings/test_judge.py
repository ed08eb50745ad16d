"""Evidence in, findings out: conditions in three values, words for people, and stable identities."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.evidence.condition import flat, meets, unmet
from pcmfa_lint.evidence.model import (
    ApiCall,
    Audience,
    ErrorHandling,
    Evidence,
    Item,
    Marker,
    Origin,
    Place,
    RefreshTokenUse,
    Step,
    TextHit,
    TokenRequest,
)
from pcmfa_lint.evidence.words import ORIGINS
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.judge import judge
from pcmfa_lint.findings.model import Finding, ShownStep
from pcmfa_lint.findings.text_rules import with_text_hits
from pcmfa_lint.findings.wording import fill
from pcmfa_lint.ir.nodes import Comment, Span, Unit
from pcmfa_lint.knowledge.rule import Downgrade, Fix, Location, Rule

SHOWN = frozenset({"grant_type", "password", "v1", "customers", "orders"})
LINES = ("first = 1", 'second("Planted-S3cret")', "third()", 'second( "Other-S3cret")')


def place(line: int = 2, col: int = 1, path: str = "a.py") -> Place:
    return Place(path, Span(line, col, line, col + 6))


def shown(at: Place, text: str) -> ShownStep:
    return ShownStep(redaction.place(at), redaction.words(text))


def request(**changes: Any) -> TokenRequest:
    base = TokenRequest(place(), "x.y", ("ropc",), Audience("partner-center", "", "certain"), "python")
    return replace(base, **changes)


def call(**changes: Any) -> ApiCall:
    return replace(ApiCall(place(), "requests", "python"), **changes)


def rule(**changes: Any) -> Rule:
    base = Rule(
        id="ABC101",
        name="invented",
        title="Invented",
        level="error",
        precision="high",
        since="0.1.0",
        on="token-request",
        message="said",
        why="why\n",
        fix=(Fix("in PowerShell", {"language": "powershell"}), Fix("elsewhere")),
        references=("https://example.org",),
    )
    return replace(base, **changes)


def unit(path: str = "a.py", lines: tuple[str, ...] = LINES) -> Unit:
    return Unit(path, "python", lines, opaque=(Span(2, 8, 2, 24), Span(4, 9, 4, 23)))


def judged(*items: Item, rules: list[Rule] | None = None, units: list[Unit] | None = None) -> tuple[Finding, ...]:
    known = {one.path: one for one in (units or [unit()])}
    return judge(Evidence(items), known, rules or [rule()], SHOWN)


# --- conditions -------------------------------------------------------------------------------------------------------

UNSEEN = request(flow=("unknown",), unattended=None)
CONDITIONS = [
    ({}, request(), True),
    ({"flow": "ropc"}, request(), True),
    ({"flow": ["app-only", "ropc"]}, request(), True),
    ({"flow": "ropc"}, request(flow=("app-only", "ropc")), True),
    ({"flow": "ropc"}, request(flow=("app-only",)), False),
    ({"flow": "ropc"}, UNSEEN, None),
    ({"flow": "unknown"}, UNSEEN, None),
    ({"flow": "ropc"}, request(flow=("app-only", "unknown")), None),
    ({"flow": {"not": ["app-only"]}}, request(), True),
    ({"flow": {"not": "ropc"}}, request(flow=("app-only", "ropc")), False),
    ({"flow": {"not": ["app-only"]}}, UNSEEN, None),
    ({"flow": {"not": ["app-only"]}}, request(flow=("ropc", "unknown")), None),
    ({"flow": {"any": True}}, request(), True),
    ({"flow": {"any": True}}, UNSEEN, None),
    ({"host": "x"}, request(), None),
    ({"host": ""}, request(), None),
    ({"unattended": True}, UNSEEN, None),
    ({"unattended": False}, UNSEEN, None),
    ({"unattended": False}, request(unattended=False), True),
    ({"unattended": {"not": [True]}}, request(unattended=False), True),
    ({"secret.kind": ["literal"]}, request(secret=Origin("literal")), True),
    ({"secret.kind": ["literal"]}, request(), None),
    ({"error_handling.at": {"any": True}}, request(error_handling=ErrorHandling(at=place())), True),
    ({"error_handling.at": {"any": True}}, request(), None),
    ({"path": "tests/**"}, request(at=place(path="tests/x/a.py")), True),
    ({"path": "tests/**"}, request(at=place(path="src/tests/a.py")), False),
    ({"path": ["docs/**", "**/tests/**"]}, request(at=place(path="src/tests/a.py")), True),
    ({"path": "*.py"}, request(at=place(path="x/y/a.py")), True),
    ({"path": {"not": ["tests/**"]}}, request(), True),
    ({"path": "a.py"}, call(path="/v1/customers"), True),
    ({"flow": "ropc", "host": "x"}, request(), None),
    ({"flow": "app-only", "host": "x"}, request(), False),
    ({"host": "x", "flow": "app-only"}, request(), False),
    ({"host": "x", "flow": "ropc"}, request(), None),
    ({"flow": "ropc"}, request(flow=()), None),
    ({"flow": {"not": ["ropc"]}}, request(flow=()), None),
]


@pytest.mark.parametrize(("table", "item", "wanted"), CONDITIONS)
def test_condition(table: dict[str, Any], item: Item, wanted: bool | None) -> None:
    assert meets(flat(table), item) is wanted
    assert (unmet(flat(table), item) == []) is (wanted is True)


@pytest.mark.parametrize(
    ("table", "item", "words"),
    [
        ({"flow": "ropc"}, request(flow=("app-only",)), ["flow is app-only, wanted ropc"]),
        ({"flow": ["ropc", "implicit"]}, request(flow=("app-only",)), ["flow is app-only, wanted implicit or ropc"]),
        ({"flow": {"not": ["ropc"]}}, request(), ["flow is ropc, wanted anything but ropc"]),
        ({"flow": "ropc"}, UNSEEN, ["flow is not known, wanted ropc"]),
        ({"flow": {"any": True}}, UNSEEN, ["flow is not known, wanted known"]),
        ({"flow": {"not": "ropc", "any": True}}, UNSEEN, ["flow is not known, wanted known"]),
        ({"unattended": True}, request(unattended=False), ["unattended is no, wanted yes"]),
        ({"flow": "implicit"}, request(flow=("ropc", "app-only")), ["flow is ropc and app-only, wanted implicit"]),
    ],
)
def test_what_a_condition_lacks_is_said(table: dict[str, Any], item: Item, words: list[str]) -> None:
    assert unmet(flat(table), item) == words


def test_a_table_in_a_table_is_one_of_conditions_unless_it_is_a_wish() -> None:
    assert flat({"secret": {"kind": "literal", "at": {"any": True}}}) == {
        "secret.kind": "literal",
        "secret.at": {"any": True},
    }
    assert flat({"error-handling": {"any": True, "not": "x"}}) == {"error_handling": {"any": True, "not": "x"}}


# --- which findings ---------------------------------------------------------------------------------------------------


def test_where_one_table_must_hold_and_unless_none() -> None:
    either = rule(where=({"flow": "app-only"}, {"audience.kind": "partner-center"}))
    assert judged(request(), rules=[either])
    assert not judged(request(), rules=[replace(either, where=({"flow": "app-only"},))])
    assert not judged(request(), rules=[replace(either, unless=({"flow": "app-only"}, {"via": "x.y"}))])
    assert judged(request(), rules=[replace(either, unless=({"host": "login.example"},))]), "unknown silences nothing"


def test_unknown_makes_no_finding() -> None:
    assert not judged(request(flow=("unknown",)), rules=[rule(where=({"flow": "ropc"},))])
    assert not judged(request(), rules=[rule(where=({"host": {"not": ["x"]}},))])


def test_a_rule_judges_only_its_subject() -> None:
    assert not judged(call())
    assert judged(Marker(place(), "totp", "pyotp", "python"), rules=[rule(on="marker", where=({"kind": "totp"},))])


def test_a_text_rule_judges_only_its_own_hits() -> None:
    hits = [TextHit(place(line), name, "text", "any") for line, name in ((1, "ABC101"), (3, "ABC102"))]
    assert [finding.place.span.line for finding in judged(*hits, rules=[rule(on="text")])] == [1]


def test_level_is_lowered_by_the_first_that_holds() -> None:
    lowered = rule(
        downgrade=(
            Downgrade("note", {"path": ["tests/**"]}),
            Downgrade("warning", {"language": "python"}),
            Downgrade("off", {}),
        )
    )
    assert [found.level for found in judged(request(), rules=[lowered])] == ["warning"]
    assert [found.level for found in judged(request(at=place(path="tests/a.py")), rules=[lowered])] == ["note"]
    assert not judged(request(), rules=[replace(lowered, downgrade=(Downgrade("off", {"via": "x.y"}),))])


def test_the_fix_is_chosen_for_the_place() -> None:
    assert judged(request())[0].fix == "elsewhere"
    assert judged(request(language="powershell"))[0].fix == "in PowerShell"


def test_primary_place_and_what_belongs_to_it() -> None:
    at = Location("secret.at", ("account.at", "refresh_token", "error_handling.at", "at", "secret"))
    item = request(
        secret=Origin("literal", "pw", place(3), "user"),
        account=Origin("environment", "PC_USER", place(1)),
        refresh_token=RefreshTokenUse("dropped", place(4)),
        trace=(Step(place(1), "called", (("function", "start"),)), Step(place(2), "sent")),
    )
    found = judged(item, rules=[rule(at=at)])[0]
    assert found.place == redaction.place(place(3))
    assert found.related == (
        shown(place(1), "the account comes from the environment variable PC_USER"),
        shown(place(4), "the refresh token ends up here"),
        shown(place(2), "this belongs to it"),
    )
    assert found.trace == (shown(place(1), "calls start"), shown(place(2), "the request is sent"))
    assert judged(request(), rules=[rule(at=at)])[0].place == redaction.place(place(2)), (
        "without such a place the evidence's own"
    )


def test_one_finding_for_a_rule_and_a_line() -> None:
    right = request(at=place(2, 20), host="right.example")
    left = request(at=place(2, 3), host="left.example")
    other = request(at=place(2, 9), confidence="likely", host="unsure.example")
    found = judged(right, other, left, left, rules=[rule(message="{host}"), rule(id="ABC102")])
    assert [(one.rule, one.place.span.col) for one in found] == [("ABC101", 3), ("ABC102", 3)]
    assert found[0].message == "left.example"
    assert found[0].related == (shown(right.at, "right.example"), shown(other.at, "unsure.example"))


def test_the_gravest_of_a_line_is_told() -> None:
    found = judged(
        request(at=place(2, 3), unattended=False),
        request(at=place(2, 20)),
        rules=[rule(downgrade=(Downgrade("note", {"unattended": False}),))],
    )
    assert [(one.level, one.place.span.col) for one in found] == [("error", 20)]


def test_findings_are_sorted_whatever_the_order_of_evidence() -> None:
    items = [request(at=place(line, col, path)) for path in ("b.py", "a.py") for line in (4, 2) for col in (9, 1)]
    rules = [rule(id="ABC102"), rule(id="ABC101")]
    found = judged(*items, rules=rules)
    keys = [(one.place.path, one.place.span.line, one.place.span.col, one.rule) for one in found]
    assert keys == sorted(keys)
    assert judged(*reversed(items), rules=rules[::-1]) == found


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_code_is_masked_and_a_missing_file_is_no_crash() -> None:
    found = judged(request())[0]
    assert found.code and "S3cret" not in found.code[0].text and "second(" in found.code[0].text
    assert judged(request(at=place(path="gone.py")))[0].code == ()


@pytest.mark.parametrize(
    ("hole", "item", "wanted"),
    [
        ("secret", request(secret=Origin("environment", "PC_PASSWORD")), "the environment variable PC_PASSWORD"),
        ("secret", request(secret=Origin("environment")), "an environment variable"),
        ("secret", request(secret=Origin("asset", "PartnerLogin")), "the automation asset 'PartnerLogin'"),
        ("secret", request(secret=Origin("exported", r"$PSScriptRoot\c.xml")), None),
        ("secret", request(secret=Origin("literal", "someone@contoso.example")), "a literal in the source"),
        ("secret", request(), "an origin that is not known"),
        ("flow", request(flow=("ropc", "refresh-token")), "user name and password (ROPC) or a refresh token"),
        ("flow", request(flow=("unknown",)), "a flow that is not known"),
        ("flow", request(flow=("ropc", "unknown")), "user name and password (ROPC)"),
        ("audience", request(), "Partner Center"),
        ("audience", request(audience=Audience("companion", "Microsoft Graph")), "Microsoft Graph"),
        ("audience", request(audience=Audience()), "an audience that is not known"),
        ("secret.at", request(secret=Origin(at=place(7))), "a.py:7"),
        ("secret.at", request(), "unknown"),
        ("refresh_token", request(), "nowhere"),
        ("error_handling", request(error_handling=ErrorHandling(at=place(7))), "a.py:7"),
        ("error_handling.distinguishes_401", request(), "no"),
        ("function", request(), "the top level"),
        ("path", call(path="/v1/customers/Planted/orders?sig=S3cret"), "/v1/customers/***/orders"),
        ("path", call(), "a path that is not known"),
        ("host", request(host="user:Planted@example"), "…"),
    ],
)
def test_words_for_evidence(hole: str, item: Item, wanted: str | None) -> None:
    said = fill(f"a {{{{b}}}} {{{hole}}}", item, SHOWN)
    assert said.startswith("a {b} ")
    assert wanted is None or said == f"a {{b}} {wanted}"
    assert "S3cret" not in said and "Planted" not in said and "@" not in said


def test_every_origin_has_its_words() -> None:
    said = {fill("{secret}", request(secret=Origin(kind, "NAME")), SHOWN) for kind in ORIGINS}
    assert len(said) == len(ORIGINS)


def test_properties_for_the_inventory() -> None:
    item = request(
        account=Origin("setting", "Partner:User"), host="login.microsoftonline.com", flow=("ropc", "app-only")
    )
    assert judged(item)[0].properties == (
        ("flow", "ropc,app-only"),
        ("audience", "partner-center"),
        ("host", "login.microsoftonline.com"),
        ("account", "Partner:User"),
        ("account-kind", "setting"),
        ("via", "x.y"),
        ("sure", "certain"),
    )


def test_properties_of_a_call() -> None:
    item = call(path="/v1/customers", method="GET", business="orders")
    (found,) = judged(item, rules=[rule(on="api-call", where=())])
    names = [name for name, _ in found.properties]
    assert {("method", "GET"), ("path", "/v1/customers")} <= set(found.properties)
    assert names.index("path") < len(names) - 1  # what follows it is there, too


# --- identity ---------------------------------------------------------------------------------------------------------


def test_fingerprints_stay_when_lines_move_and_secrets_change() -> None:
    before = judged(request(at=place(2)), request(at=place(4)))
    moved = Unit(
        "a.py",
        "python",
        ("", "", 'second("Changed-S3cret-longer")', 'second(\t"Other-S3cret")'),
        opaque=(Span(3, 8, 3, 31), Span(4, 9, 4, 23)),
    )
    after = judged(request(at=place(3)), request(at=place(4)), units=[moved])
    assert [one.fingerprint for one in after] == [one.fingerprint for one in before]


def test_fingerprints_tell_rule_path_code_and_occurrence_apart() -> None:
    files = [unit(), unit("b.py")]
    items = [request(at=place(line, 1, path)) for path in ("a.py", "b.py") for line in (1, 2, 3, 4)]
    found = judged(*items, rules=[rule(), rule(id="ABC102")], units=files)
    prints = {one.fingerprint for one in found}
    assert len(prints) == len(found) == 16
    assert all(len(one) == 16 and set(one) <= set(string.hexdigits.lower()) for one in prints)


def test_fingerprints_are_those_of_earlier_versions_as_baselines_hold_them() -> None:
    copies = Unit("a.py", "python", ("ask()",) * 3)
    found = judged(*(request(at=place(line)) for line in (1, 2, 3)), units=[copies])
    assert [one.fingerprint for one in found] == ["5d131198e6715372", "4be39bb825c8dbde", "c68ffe57c388a928"]


@given(st.permutations(range(6)))
def test_same_evidence_same_findings(order: list[int]) -> None:
    items = [request(at=place(1 + index // 2, 1 + index), host=f"h{index}.example") for index in range(6)]
    wanted = judged(*items, rules=[rule(message="{host}")])
    assert judged(*(items[index] for index in order), rules=[rule(message="{host}")]) == wanted


# --- text rules -------------------------------------------------------------------------------------------------------

TEXT_RULE = rule(on="text", files=("*.http",), literals=("GRANT_type",), pattern="(?i)grant_type=password")


def hits(source: Unit, judging: Rule) -> list[tuple[int, int, str]]:
    found = with_text_hits(Evidence(), [source], [judging]).items
    return [(hit.at.span.line, hit.at.span.col, hit.scope) for hit in found if isinstance(hit, TextHit)]


def http(*lines: str, **parts: Any) -> Unit:
    return Unit("x/a.http", "text", lines, **parts)


def test_text_hits_in_order_and_only_in_the_files_of_the_rule() -> None:
    source = http("x", "grant_type=password&grant_type=password", read="text")
    assert hits(source, TEXT_RULE) == [(2, 1, "code"), (2, 21, "code")]
    assert not hits(replace(source, path="a.txt"), TEXT_RULE)


@pytest.mark.parametrize(("scope", "lines"), [("any", [1, 2, 3]), ("code", [1]), ("string", [2]), ("comment", [3])])
def test_text_hits_in_code_strings_and_comments(scope: Any, lines: list[int]) -> None:
    text, remark = Span(2, 1, 2, 24), Span(3, 1, 3, 30)
    source = http(
        "grant_type=password",
        "'x grant_type=password'",
        "# grant_type=password",
        opaque=(text, remark),
        comments=(Comment("", remark),),
    )
    assert [line for line, _, _ in hits(source, replace(TEXT_RULE, scope=scope))] == lines


@pytest.mark.parametrize(("gap", "absent", "found"), [(2, False, 1), (3, False, 0), (2, True, 0), (3, True, 1)])
def test_near(gap: int, absent: bool, found: int) -> None:
    from pcmfa_lint.knowledge.rule import NearbyPattern

    source = http("login.example", *[""] * (gap - 1), "grant_type=password", read="text")
    assert len(hits(source, replace(TEXT_RULE, near=(NearbyPattern(r"login\.", 2, absent),)))) == found


@pytest.mark.parametrize("before", [0, 1_990, 3_990, 100_000])
def test_a_hit_in_a_very_long_line_is_found_once(before: int) -> None:
    source = http("." * before + "grant_type=password" + "." * 9_000, read="text")
    assert [hit[:2] for hit in hits(source, TEXT_RULE)] == [(1, before + 1)]


def test_text_hits_know_of_a_partner_repository() -> None:
    evidence = Evidence((request(partner=True),))
    items = with_text_hits(evidence, [http("grant_type=password", read="text")], [TEXT_RULE]).items
    assert [item.partner for item in items] == [True, True]
