"""Files that name Partner Center and were not read: each project with such files is a row for a person to look at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pcmfa_lint.findings import redaction
from pcmfa_lint.findings.model import SafeText, ShownPlace
from pcmfa_lint.inventory.assembly.entries import entry_id
from pcmfa_lint.inventory.assembly.projects import Projects
from pcmfa_lint.inventory.model.entry import Entry, SignIn
from pcmfa_lint.inventory.model.knowledge import Tables
from pcmfa_lint.ir.nodes import Span

_REASON = redaction.words("It names Partner Center and was not read: nothing is known of it. {0} Look at it yourself.")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,10})")
_MOST = 100  # files of one row that are named


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """A file that was not read. `line`: the first that names Partner Center; `reason`: why it was not read."""

    path: SafeText
    line: int
    reason: SafeText


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
    one = SignIn(at, "unknown", language[0], confidence="unknown", case="unread", reason=reason)
    return Entry(
        id=entry_id(repository, first.path),
        repository=repository,
        at=at,
        files=tuple(each.path for each in group[:_MOST]),
        language=language,
        sign_ins=(one,),
        flow=("unknown",),
        audience=("partner-center",),
        scope="partner-center",
        partner=True,
        exposure="cannot-tell",
        reason=reason,
        priority=tables.priority.of("cannot-tell"),
        unread=True,
    )


def _language(path: str) -> str:
    found = _SUFFIX.fullmatch(path[path.rfind(".") :]) if "." in path else None
    return found[1].lower() if found else "text"
