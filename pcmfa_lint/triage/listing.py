"""The list of all suppression comments: text for people, JSON for others. Ages come from git."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pcmfa_lint.discovery.git import line_dates
from pcmfa_lint.findings.model import Suppression
from pcmfa_lint.report import utf8
from pcmfa_lint.source.text import NotText, decode, lines

VERSION = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A suppression and the day on which its line was last committed; None if it is not, or git does not know."""

    suppression: Suppression
    since: date | None


def dated(suppressions: Iterable[Suppression], root: str) -> tuple[Listed, ...]:
    """The suppressions with their days, where `root` is a work tree."""
    days: dict[str, Callable[[int], date | None]] = {}
    listed = []
    for each in suppressions:
        if each.path not in days:
            days[each.path] = _days(root, each.path)
        listed.append(Listed(each, days[each.path](each.line)))
    return tuple(listed)


def as_text(listed: Sequence[Listed], today: date) -> str:
    """One line each: place, rules, state, end date, age, reason or what is wrong. Then the counts."""
    rows = [
        (
            f"{one.path}:{one.line}",
            ",".join(one.rules) or "-",
            one.state,
            f"until {one.until}" if one.until else "-",
            _age(each.since, today),
            one.fault or _reason(one),
        )
        for each in listed
        for one in (each.suppression,)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    text = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    states = [each.suppression.state for each in listed]
    counts = ", ".join(f"{states.count(state)} {state}" for state in ("used", "unused", "expired", "malformed"))
    return "".join(f"{_clean(line)}\n" for line in [*text, f"{len(listed)} suppressions: {counts}."])


def as_json(listed: Sequence[Listed], today: date) -> str:
    """One object with a version and the list. ASCII only."""
    return json.dumps({"version": VERSION, "suppressions": [_plain(each, today) for each in listed]}, indent=2) + "\n"


def _plain(each: Listed, today: date) -> dict[str, Any]:
    one = each.suppression
    return {
        "path": utf8(one.path).decode("utf-8", "replace"),
        "line": one.line,
        "rules": list(one.rules),
        "state": one.state,
        "reason": one.reason,
        "until": one.until or None,
        "fault": one.fault,
        "unused": list(one.unused),
        "silences": list(one.silences),
        "since": each.since.isoformat() if each.since else None,
        "age_days": (today - each.since).days if each.since else None,
    }


def _reason(one: Suppression) -> str:
    unused = f"({', '.join(one.unused)} silences nothing)" if one.unused else ""
    return " ".join(filter(None, (one.reason, unused)))


def _age(since: date | None, today: date) -> str:
    if since is None:
        return "-"
    days = (today - since).days
    return "1 day" if days == 1 else f"{days} days"


def _clean(line: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


def _days(root: str, path: str) -> Callable[[int], date | None]:
    """Gives the day for a line (from 1) of a file. Lines are known by their text, since those on the disk may have
    moved since the last commit; of equal ones the nearest is taken."""
    blamed = [(_ascii(line), day) for line, day in line_dates(root, path)]
    try:
        rows = lines(decode((Path(root) / path).read_bytes()).text) if blamed else ()
    except (OSError, NotText):
        rows = ()

    def day(number: int) -> date | None:
        if number > len(rows):
            return None
        wanted_line = _ascii(rows[number - 1].encode("utf-8", "replace"))
        same = [(abs(index - number), day) for index, (text, day) in enumerate(blamed, 1) if text == wanted_line]
        return min(same)[1] if same else None

    return day


def _ascii(line: bytes) -> bytes:
    """What a line is in all encodings that it could be written in, UTF-16 too."""
    return bytes(byte for byte in line if 0 < byte < 128).strip()
