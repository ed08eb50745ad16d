"""Files that name Partner Center and were not read: each project with such files is a row for a person to look at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pcmfa_lint.evidence.words import APP_AND_USER, FLOW_OF_GRANT, Flow
from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText, ShownPlace
from pcmfa_lint.inventory.assembly.entries import entry_id
from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.assembly.sign_ins import judged
from pcmfa_lint.inventory.model.entry import EXPOSURES, Entry, SignIn
from pcmfa_lint.inventory.model.knowledge import Tables
from pcmfa_lint.ir.nodes import Span

_REASON = redaction.words(
    "It names Partner Center but was not read, so nothing is known about it. {0} Review it by hand."
)
_NAMED = redaction.words("Its text names a grant: {0} {1}")
_GRANT = re.compile(r"grant_type[\"']?\s{0,9}(?:[=:,]|=>|->)\s{0,9}[\"']?([A-Za-z_:-]{8,60})")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,10})")
_MOST = 100  # files of one row that are named


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """A file that was not read. `line`: the first that names Partner Center; `reason`: why it was not read; `flows`: of
    the grants that stand in its text."""

    path: SafeText
    line: int
    reason: SafeText
    flows: tuple[Flow, ...] = ()


def grants(text: str) -> tuple[Flow, ...]:
    """The flows of the grants that are named in a text of any language."""
    named = (match[1].lower() for match in _GRANT.finditer(text))
    return tuple(sorted({FLOW_OF_GRANT[grant] for grant in named if grant in FLOW_OF_GRANT}))


def unread_entries(
    repository: SafeText, files: Sequence[Unread], projects: Projects, tables: Tables
) -> tuple[Entry, ...]:
    """An entry for each project, or folder outside of one, that holds such files."""
    groups: dict[str, list[Unread]] = defaultdict(list)
    for each in sorted(files):
        home = projects.of(each.path)
        groups[each.path.rpartition("/")[0] if home is None else home].append(each)
    return tuple(_entry(repository, group, tables) for group in groups.values())


def _entry(repository: SafeText, group: Sequence[Unread], tables: Tables) -> Entry:
    first = group[0]
    at = ShownPlace(first.path, Span(first.line, 1, first.line, 1))
    language = tuple(sorted({_language(each.path) for each in group}))
    reason = redaction.filled(_REASON, first.reason)
    flows: tuple[Flow, ...] = tuple(sorted({flow for each in group for flow in each.flows})) or ("unknown",)
    sign_ins = tuple(_sign_in(flow, at, language[0], reason, tables) for flow in flows)
    first_of = min(sign_ins, key=lambda each: EXPOSURES.index(each.exposure))
    return Entry(
        id=entry_id(repository, first.path),
        repository=repository,
        at=at,
        files=tuple(each.path for each in group[:_MOST]),
        language=language,
        sign_ins=sign_ins,
        flow=flows,
        app_and_user=None if flows == ("unknown",) else bool(APP_AND_USER & set(flows)),
        audience=("partner-center",),
        scope="partner-center",
        exposure=first_of.exposure,
        reason=first_of.reason,
        source=first_of.source,
        priority=tables.priority.of(first_of.exposure),
        weight=tables.priority.weight(()),
        unread=True,
    )


def _sign_in(flow: Flow, at: ShownPlace, language: str, reason: SafeText, tables: Tables) -> SignIn:
    """What a grant in the text says where it is bad; that one survives is not said of what was not read."""
    one = SignIn(at, flow, language, audience="partner-center", partner=True, confidence="unknown")
    sign_in = judged(one, tables)
    if sign_in.exposure == "breaks-now":
        return replace(sign_in, reason=redaction.filled(_NAMED, sign_in.reason, reason))
    return replace(one, case="unread", reason=reason)


def _language(path: str) -> str:
    match = _SUFFIX.fullmatch(path[path.rfind(".") :]) if "." in path else None
    return match[1].lower() if match else "text"
