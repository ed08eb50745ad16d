"""Partner Center's own lists of calls without MFA, joined with what the code says.

Two of its answers are read, as JSON or as CSV: `GET /v1/applicationmfaadoptionstatus` (a day and application each:
mfaCompliantRequestCount, totalRequestCount, applicationId, applicationName) and `GET /v1/partnerRequests` (a call each:
applicationId, mfaCompliant, upn, requestDateTime). Source: learn.microsoft.com, "Get a summary of API requests by MFA
status" and "MFA resources".
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.inventory.export import spreadsheet
from pcmfa_lint.inventory.model.entry import Entry
from pcmfa_lint.inventory.model.estate import AppUse
from pcmfa_lint.source.text import NotText, decode

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LISTS = ("items", "value", "data", "requests")  # keys under which an answer may hold its rows
_TRUE = frozenset({"true", "1", "yes"})
_MOST_CALLS = 10**15  # that one row can count: more is no number of calls


@dataclass(slots=True)
class _Counted:
    name: str = ""
    calls: int = 0
    with_mfa: int = 0
    last: str = ""
    accounts: set[str] = field(default_factory=set)


def app_uses(data: bytes, name: str, entries: Sequence[Entry]) -> tuple[AppUse, ...]:
    """The applications of an exported answer, those with most calls without MFA first. `name` is how faults call the
    file. Raises UsageFault where it is neither of the two answers."""
    counted: dict[str, _Counted] = defaultdict(_Counted)
    read = 0
    for row in _rows(data, name):
        folded = {str(key).casefold().replace("_", ""): value for key, value in row.items()}
        id_ = str(folded.get("applicationid") or "").strip().strip("{}").lower()
        if _GUID.fullmatch(id_) and _count(counted[id_], folded):
            read += 1
    if not read:
        raise UsageFault(
            f"{name}: no row contains an applicationId with mfaCompliant or totalRequestCount; export the response of "
            "GET /v1/applicationmfaadoptionstatus or of GET /v1/partnerRequests"
        )
    uses = [_use(id_, each, entries) for id_, each in counted.items() if each.calls]
    return tuple(sorted(uses, key=lambda use: (use.with_mfa - use.calls, -use.calls, use.id)))


def _count(one: _Counted, row: Mapping[str, Any]) -> bool:
    if "totalrequestcount" in row:
        calls, good = _number(row["totalrequestcount"]), _number(row.get("mfacompliantrequestcount"))
    elif "mfacompliant" in row:
        calls, good = 1, int(str(row["mfacompliant"]).strip().casefold() in _TRUE)
    else:
        return False
    one.calls += calls
    one.with_mfa += min(good, calls)
    one.name = one.name or str(row.get("applicationname") or "")[:200]
    one.last = max(one.last, str(row.get("requestdatetime") or row.get("logindate") or "")[:10])
    if upn := str(row.get("upn") or "").strip():
        one.accounts.add(upn[:200])
    return True


def _use(id_: str, one: _Counted, entries: Sequence[Entry]) -> AppUse:
    where = tuple(entry for entry in entries if id_ in entry.apps)
    return AppUse(id_, one.name, one.calls, one.with_mfa, one.last, tuple(sorted(one.accounts)), where)


def _number(value: Any) -> int:
    try:
        return min(max(int(str(value).strip() or 0), 0), _MOST_CALLS)
    except ValueError:
        return 0


def _rows(data: bytes, name: str) -> Iterator[Mapping[str, Any]]:
    try:
        text = decode(data).text
    except NotText:
        raise UsageFault(f"{name}: this is not text; export the response as JSON or CSV") from None
    if text.lstrip()[:1] not in ("{", "["):
        yield from spreadsheet.read(data, name)
        return
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageFault(f"{name}: this is not valid JSON; save the response unchanged") from None
    yield from _in_answer(answer, depth=4)


def _in_answer(answer: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """The rows of an answer: a list, one below a known key, or several answers in a list (pages)."""
    if depth < 0:
        return
    if isinstance(answer, list):
        for each in answer:
            yield from _in_answer(each, depth - 1)
    elif isinstance(answer, dict):
        inner = [answer[key] for key in _LISTS if isinstance(answer.get(key), list)]
        if not inner:
            yield answer
        for each in inner:
            yield from _in_answer(each, depth - 1)
