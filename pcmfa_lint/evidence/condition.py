"""Whether evidence meets a condition of a rule, in three values: yes, no, not known.

A condition is one table: dotted attribute → what is wanted, and all of them must be met.

- a text, or true or false: equal
- a list: one of it
- `{ not = [...] }`: known, and none of these
- `{ any = true }`: known at all
- for `path`, which is always the path of the file: globs as in `.gitignore`

An attribute that holds several words (`flow`, `tokens`) meets a text or list that shares a word with it. None, the
empty text and "unknown" are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

Table: TypeAlias = Mapping[str, Any]


class InFile(Protocol):
    """A place."""

    @property
    def path(self) -> str: ...


class Placed(Protocol):
    """An item that can be held against a condition: evidence, or an integration."""

    @property
    def at(self) -> InFile: ...


def flat(table: Table) -> dict[str, Any]:
    """A condition in its one form: `secret.kind = …` and `secret = { kind = … }` as the key `secret.kind`, dashes in
    keys as underscores."""
    by_path: dict[str, Any] = {}
    for key, condition in table.items():
        name = key.replace("-", "_")
        if isinstance(condition, Mapping) and not condition.keys() <= {"not", "any"}:
            by_path.update({f"{name}.{inner}": part for inner, part in flat(condition).items()})
        else:
            by_path[name] = condition
    return by_path


def meets(table: Table, item: Placed) -> bool | None:
    """Whether `item` meets all conditions of a `flat` table; None if that is not known. The empty table is met."""
    verdict: bool | None = True
    for attribute, condition in table.items():
        one = (
            _meets_path(condition, item.at.path)
            if attribute == "path"
            else _meets(condition, attrgetter(attribute)(item))
        )
        if one is False:
            return False
        verdict = verdict and one
    return verdict


def unmet(table: Table, item: Placed) -> list[str]:
    """The part of a `flat` table that is not met, in words: "exit is raise, wanted value or continue"."""
    conditions = []
    for attribute, condition in table.items():
        value = item.at.path if attribute == "path" else attrgetter(attribute)(item)
        one = _meets_path(condition, item.at.path) if attribute == "path" else _meets(condition, value)
        if one is not True:
            is_ = (
                "not known"
                if one is None
                else " and ".join(map(_word, value if isinstance(value, tuple) else (value,)))
            )
            conditions.append(f"{attribute} is {is_}, wanted {condition_in_words(condition)}")
    return conditions


def condition_in_words(condition: Any) -> str:
    """A condition in words."""
    if isinstance(condition, Mapping):
        return "known" if "any" in condition else "anything but " + " or ".join(map(_word, _words(condition["not"])))
    return " or ".join(sorted(map(_word, _words(condition))))


def _word(value: object) -> str:
    """Words of the vocabulary; names out of code are left out."""
    text = str(value)
    return {"True": "yes", "False": "no"}.get(text, text if re.fullmatch(r"[a-z0-9-]{1,30}", text) else "…")


def meets_any(tables: Iterable[Table], item: Placed) -> bool:
    """Whether one of `tables` is certainly met."""
    return any(meets(table, item) for table in tables)


def is_known(value: object) -> bool:
    """Whether an attribute's value says anything."""
    if isinstance(value, tuple):
        return any(is_known(part) for part in value)
    return value is not None and value not in ("", "unknown")


def _meets(condition: Any, value: object) -> bool | None:
    has = set(value) if isinstance(value, tuple) else {value}
    certain = {part for part in has if is_known(part)}
    if isinstance(condition, Mapping):
        if "any" in condition:
            return bool(certain) or None
        if certain & _words(condition["not"]):
            return False
        return True if certain and certain == has else None
    if certain & _words(condition):
        return True
    return False if certain and certain == has else None


def _meets_path(condition: Any, path: str) -> bool:
    if isinstance(condition, Mapping):
        return not _globs(tuple(sorted(_words(condition["not"])))).match_file(path)
    return _globs(tuple(sorted(_words(condition)))).match_file(path)


def _words(condition: Any) -> set[Any]:
    return set(condition) if isinstance(condition, (list, tuple)) else {condition}


@lru_cache(maxsize=256)
def _globs(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # costs start-up time, and few rules look at paths

    return GitIgnoreSpec.from_lines(patterns, backend="simple")  # others compile for longer than they match
