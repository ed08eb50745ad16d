"""What Partner Center says of calls without MFA, joined by application id."""

from __future__ import annotations

import json

import pytest

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.inventory.assembly.partner_requests import app_uses
from tests.inventory.entry import entry

ONE, TWO = "11112222-3333-4444-5555-666677778888", "99998888-7777-6666-5555-444433332222"
ADOPTION = [
    {
        "loginDate": "2026-05-01T00:00:00Z",
        "applicationId": ONE.upper(),
        "applicationName": "Billing",
        "mfaCompliantRequestCount": 3,
        "totalRequestCount": 10,
    },
    {
        "loginDate": "2026-05-02T00:00:00Z",
        "applicationId": ONE,
        "applicationName": "Billing",
        "mfaCompliantRequestCount": 0,
        "totalRequestCount": 5,
    },
    {
        "loginDate": "2026-05-02T00:00:00Z",
        "applicationId": TWO,
        "applicationName": "Portal",
        "mfaCompliantRequestCount": 9,
        "totalRequestCount": 9,
    },
]
CALLS = [
    {
        "applicationId": TWO,
        "mfaCompliant": False,
        "upn": "robot@invented.example",
        "requestDateTime": "2026-05-03T10:00:00Z",
    },
    {
        "applicationId": TWO,
        "mfaCompliant": True,
        "upn": "person@invented.example",
        "requestDateTime": "2026-05-02T10:00:00Z",
    },
]


@pytest.mark.parametrize(
    "shape",
    [
        lambda rows: rows,
        lambda rows: {"totalCount": 3, "items": rows},
        lambda rows: [{"items": rows[:1]}, {"items": rows[1:]}],
    ],
)
def test_counts_a_day_and_application(shape: object) -> None:
    data = json.dumps(shape(ADOPTION)).encode("utf-8-sig")  # type: ignore[operator]
    uses = app_uses(data, "x.json", [entry(1, apps=(ONE,)), entry(2, apps=("the setting 'id'",))])
    assert [(use.id, use.name, use.calls, use.with_mfa, use.last) for use in uses] == [
        (ONE, "Billing", 15, 3, "2026-05-02"),
        (TWO, "Portal", 9, 9, "2026-05-02"),
    ]
    assert [[one.id for one in use.entries] for use in uses] == [["pc-1"], []]


def test_single_calls_and_their_users() -> None:
    use = app_uses(json.dumps({"items": CALLS}).encode(), "x.json", [])[0]
    assert (use.calls, use.with_mfa, use.last) == (2, 1, "2026-05-03")
    assert use.accounts == ("person@invented.example", "robot@invented.example")


def test_a_number_that_no_table_holds_is_cut() -> None:
    huge = [{"applicationId": ONE, "totalRequestCount": "9" * 4300, "mfaCompliantRequestCount": 0}] * 2
    assert len(str(app_uses(json.dumps(huge).encode(), "x.json", [])[0].calls)) < 20


def test_as_a_spreadsheet() -> None:
    head = "applicationId;applicationName;totalRequestCount;mfaCompliantRequestCount\r\n"
    text = f"{head}{ONE};Billing;7;x\r\nrubbish;;1;1\r\n"
    assert [(use.calls, use.with_mfa) for use in app_uses(text.encode("utf-16"), "x.csv", [])] == [(7, 0)]


@pytest.mark.parametrize(
    "data",
    [b"[]", b"{", b"{}", b"a,b\n1,2\n", b'[{"applicationId": "x"}]', b"[" * 5000, b"\x00\x01\x00\x00" * 200, b""],
)
def test_anything_else_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(UsageFault, match=r"^x\.json"):
        app_uses(data, "x.json", [])
