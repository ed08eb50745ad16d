"""What a function gives back where a request failed: nothing, false, or an object that says so.

Such a value is that failure handed up, as a status is. It is marked with the requests that failed, so that a caller's
test of it counts as a test of their answers.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from pcmfa_lint.analysis.values import Many, Map, Resp, Str, Val, Vals, union

_TOLD = re.compile(r"err|fault|problem|fail", re.IGNORECASE)  # names of members that hold what went wrong


def marked(vals: Vals, failed: Collection[int], depth: int = 2) -> Vals:
    """The values that are given back where these requests failed, with the marks of the failure."""
    return union(*(_marked(val, failed, depth) for val in vals)) if failed else vals


def _marked(val: Val, failed: Collection[int], depth: int) -> Vals:
    match val:
        case Str(text="None"):
            return (*(Resp(number, "failed", place=val.place) for number in failed), val)
        case Str(text="False"):
            return (*(Resp(number, "ok", place=val.place) for number in failed), val)
        case Map(entries=entries) if depth:
            told = [
                (key, _as_error(vals, failed) if _TOLD.search(key) else marked(vals, failed, depth - 1))
                for key, vals in entries
            ]
            return (replace(val, entries=tuple(told)),)
        case Many(items=items) if depth and items:
            return (replace(val, items=tuple(marked(item, failed, depth - 1) for item in items)),)
    return (val,)


def _as_error(vals: Vals, failed: Collection[int]) -> Vals:
    return (*(Resp(number, "error", place=val.place) for val in vals[:1] for number in failed), *vals)
