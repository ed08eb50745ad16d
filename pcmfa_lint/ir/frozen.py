"""`dataclass` and `replace` as in `dataclasses`, for types of which a run makes millions.

That they are frozen is held by mypy alone: a check at run time costs more than all else that making one does. Hashes,
comparison and slots are those of frozen ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import replace as replace
else:
    import dataclasses
    from functools import cache
    from operator import attrgetter

    def dataclass(*, frozen=False, slots=False, eq=True, order=False):
        """As the decorator of this name."""

        def made(cls):
            hashed = frozen and eq and "__hash__" not in cls.__dict__
            return dataclasses.dataclass(slots=slots, eq=eq, order=order, unsafe_hash=hashed)(cls)

        return made

    def replace(value, /, **changes):
        """As the function of this name."""
        cls = type(value)
        numbers, get = _fields(cls)
        values = [*get(value)]
        for name, to in changes.items():
            values[numbers[name]] = to
        return cls(*values)

    @cache
    def _fields(cls):
        """The fields that a type is made of, by name, with their numbers, and what gets the values of all of them."""
        names = [field.name for field in dataclasses.fields(cls) if field.init]
        get = attrgetter(*names) if len(names) > 1 else lambda value, get=attrgetter(*names): (get(value),)
        return {name: number for number, name in enumerate(names)}, get


def copied(value: T) -> T:
    """A copy of an object with slots as it is, without calling anything that checks or computes."""
    copy = _copiers.get(type(value)) or _copier(type(value))
    made: T = copy(value)
    return made


def _copier(cls: type) -> Callable[[Any], Any]:
    lines = ["def copy(value, new=object.__new__):", "    made = new(cls)"]
    lines += [f"    made.{name} = value.{name}" for name in cls.__slots__]  # type: ignore[attr-defined]
    names: dict[str, Any] = {"cls": cls}
    exec("\n".join([*lines, "    return made"]), names)  # as `dataclasses` makes `__init__`
    return _copiers.setdefault(cls, names["copy"])


_copiers: dict[type, Callable[[Any], Any]] = {}  # what copies objects of these types
