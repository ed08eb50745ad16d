"""The contents of a value, however deep: seen, or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pcmfa_lint.analysis.values.alternatives import join, with_field
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    ClassVal,
    CredentialValue,
    ExternalSymbol,
    FuncVal,
    ListValue,
    MappingValue,
    ObjectValue,
    ResponseValue,
    SourceValue,
    StringValue,
    TokenValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.ir.exhaustive import assert_never
from pcmfa_lint.ir.frozen import replace


def elements(vals: Values) -> Values:
    """The values that a loop over these sees, one at a time."""
    results: list[Values] = []
    for val in vals:
        if isinstance(val, ListValue):
            results.extend(val.items)
            if val.open:
                results.append(UNCLEAR)
        else:
            results.append((val,) if not isinstance(val, MappingValue) else UNCLEAR)
    return join(*results)


def inside(vals: Values, depth: int = 4) -> Iterator[AbstractValue]:
    """Every value in these, into holes, entries, items and credentials. What stands in many places, as in a mapping
    that was put into itself, comes once."""
    return _inside(vals, depth, {})


def _inside(vals: Values, depth: int, visited: dict[int, int]) -> Iterator[AbstractValue]:
    for val in vals:
        before = visited.get(id(val), -1)  # with how much depth left it was looked into
        if before < 0:
            yield val
        if depth > before:
            visited[id(val)] = depth
            for part in _parts(val) if depth else ():
                yield from _inside(part, depth - 1, visited)


def _parts(val: AbstractValue) -> Iterable[Values]:
    match val:
        case StringValue():
            return val.holes
        case MappingValue():
            return [vals for _, vals in val.entries]
        case ListValue():
            return val.items
        case CredentialValue():
            return (val.user, val.secret)
        case (
            SourceValue()
            | TokenValue()
            | ResponseValue()
            | ObjectValue()
            | FuncVal()
            | ClassVal()
            | ExternalSymbol()
            | UnknownValue()
        ):
            return ()
        case _:
            return assert_never(val)


def with_answers(
    vals: Values, change: Callable[[TokenValue | ResponseValue], TokenValue | ResponseValue], depth: int = 4
) -> Values:
    """The values with what requests gave back, wherever it is in them, changed; the same ones if nothing is."""
    changed = [val if _is_plain(val) else _with_answers(val, change, depth) for val in vals]
    for new, old in zip(changed, vals, strict=True):
        if new is not old:
            return tuple(changed)
    return vals


def _is_plain(val: AbstractValue) -> bool:
    """Whether no answer can be in a value."""
    kind = type(val)
    return kind in _PLAIN or (kind is StringValue and not val.holes)  # type: ignore[union-attr]


_PLAIN = frozenset((SourceValue, FuncVal, ClassVal, ExternalSymbol, UnknownValue, CredentialValue))


def _with_answers(
    val: AbstractValue, change: Callable[[TokenValue | ResponseValue], TokenValue | ResponseValue], depth: int
) -> AbstractValue:
    match val:
        case TokenValue() | ResponseValue():
            return change(val)
        case StringValue(holes=parts) | ListValue(items=parts) if parts and depth:
            inner = tuple([with_answers(part, change, depth - 1) for part in parts])
            if all(new is old for new, old in zip(inner, parts, strict=True)):
                return val
            return with_field(val, "holes" if isinstance(val, StringValue) else "items", inner)
        case MappingValue(entries=entries) if depth:
            changed = tuple([(key, with_answers(part, change, depth - 1)) for key, part in entries])
            if all(new[1] is old[1] for new, old in zip(changed, entries, strict=True)):
                return val
            return with_field(val, "entries", changed)
        case ObjectValue(cls=ClassVal(), attrs=attrs) if depth and any(
            _is_answer(v) for vals in attrs.values() for v in vals
        ):
            now = {
                key: tuple([change(v) if isinstance(v, ResponseValue) else v for v in vals])
                for key, vals in attrs.items()
            }
            return val if now == attrs else replace(val, attrs=now)
    return val


def _is_answer(val: AbstractValue) -> bool:
    return isinstance(val, ResponseValue)


def held_by(vals: Values, types: Values) -> Values:
    """What is read as a whole, as what an object of one of these classes holds."""
    classes = (val.cls if isinstance(val, ObjectValue) else val for val in types)
    cls = next((val for val in classes if isinstance(val, ClassVal)), None)
    return tuple(replace(v, of=cls) if cls is not None and isinstance(v, SourceValue) else v for v in vals)
