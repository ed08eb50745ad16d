"""Values that a function gives back where a request failed: nothing, false, or an object that says so.

Such a value is that failure handed up, as a status is. It is marked with the requests that failed, so that a caller's
test of it counts as a test of their answers.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from pcmfa_lint.analysis.values.alternatives import join
from pcmfa_lint.analysis.values.model import AbstractValue, ListValue, MappingValue, ResponseValue, StringValue, Values
from pcmfa_lint.ir.frozen import replace

_TOLD = re.compile(r"err|fault|problem|fail", re.IGNORECASE)  # names of members that hold what went wrong


def marked(vals: Values, failed: Collection[int], depth: int = 2) -> Values:
    """The values that are given back where these requests failed, with the marks of the failure."""
    return join(*(_marked(val, failed, depth) for val in vals)) if failed else vals


def _marked(val: AbstractValue, failed: Collection[int], depth: int) -> Values:
    match val:
        case StringValue(text="None"):
            return (*(ResponseValue(number, "failed", place=val.place) for number in failed), val)
        case StringValue(text="False"):
            return (*(ResponseValue(number, "ok", place=val.place) for number in failed), val)
        case MappingValue(entries=entries) if depth:
            with_marks = [
                (key, _as_error(vals, failed) if _TOLD.search(key) else marked(vals, failed, depth - 1))
                for key, vals in entries
            ]
            return (replace(val, entries=tuple(with_marks)),)
        case ListValue(items=items) if depth and items:
            return (replace(val, items=tuple(marked(item, failed, depth - 1) for item in items)),)
    return (val,)


def _as_error(vals: Values, failed: Collection[int]) -> Values:
    return (*(ResponseValue(number, "error", place=val.place) for val in vals[:1] for number in failed), *vals)
