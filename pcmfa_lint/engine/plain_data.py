"""Results as plain JSON and back, checked on the way back: nothing in such a file can run, and what was masked when it
was written still is."""

from __future__ import annotations

import json
import types
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pcmfa_lint.findings import model, redaction
from pcmfa_lint.findings.model import SafeText
from pcmfa_lint.ir.span import Span

T = TypeVar("T")


def packed(value: Any) -> bytes:
    """A dataclass as JSON."""
    return json.dumps(asdict(value), separators=(",", ":")).encode("ascii")


def unpacked(kind: type[T], data: bytes) -> T | None:
    """The value of a dataclass that `packed` gave; None where it does not fit its types."""
    try:
        return revived(kind, json.loads(data))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def revived(kind: type[T], value: Any) -> T:
    """Plain JSON as the type that it was written from. Raises KeyError, TypeError or ValueError where it does not."""
    return cast(T, _revived(kind, value))


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls, localns={"Span": Span, **vars(model)})  # findings do not import them


def _revived(kind: Any, value: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        names = _hints(kind)
        return kind(**{each.name: _revived(names[each.name], value[each.name]) for each in fields(kind)})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError
        inner = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_revived(each, part) for each, part in zip(inner, value, strict=True))
    if origin in (Union, types.UnionType):
        return None if value is None else _revived(next(each for each in arguments if each is not type(None)), value)
    if kind is SafeText:
        return redaction.stored(value)
    fits = value in arguments if origin is Literal else type(value) is kind
    if not fits:
        raise TypeError
    return value
