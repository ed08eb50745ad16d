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
    from operator import attrgetter, ge, gt, le, lt
    from operator import eq as eq_
    from reprlib import recursive_repr

    def dataclass(*, frozen=False, slots=False, eq=True, order=False):
        """Does what the standard decorator of this name does. Of its methods only `__init__` is made of text: that
        takes longest when a program starts."""

        def decorate(cls):
            own = cls.__dict__
            decorated = dataclasses.dataclass(slots=slots, eq=False, repr=False)(cls)
            fields = dataclasses.fields(decorated)
            if frozen and slots:  # as a list: what is nested deep would be pickled deeper still
                decorated.__getstate__, decorated.__setstate__ = _state([field.name for field in fields])
            if "__repr__" not in own:
                decorated.__repr__ = _repr([field.name for field in fields if field.repr])
            if eq:
                get = _getter([field.name for field in fields if field.compare])
                decorated.__eq__ = own.get("__eq__") or _compared(get, eq_)
                if "__hash__" not in own:
                    decorated.__hash__ = _hash(get) if frozen else None
                for compare in (lt, le, gt, ge) if order else ():
                    setattr(decorated, f"__{compare.__name__}__", _compared(get, compare))
            return decorated

        return decorate

    def _getter(names):
        """What gives the values of fields as a tuple."""
        if len(names) > 1:
            return attrgetter(*names)
        get = attrgetter(*names) if names else None
        return (lambda value: (get(value),)) if names else lambda value: ()

    def _state(names):
        """What takes the values of all fields as a list, and what sets them."""
        get = _getter(names)

        def set_state(self, values):
            for name, value in zip(names, values, strict=True):
                setattr(self, name, value)

        return lambda self: [*get(self)], set_state

    def _repr(names):
        @recursive_repr()
        def representation(self):
            parts = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
            return f"{self.__class__.__qualname__}({parts})"

        return representation

    def _compared(get, compare):
        def compared(self, other):
            return compare(get(self), get(other)) if other.__class__ is self.__class__ else NotImplemented

        return compared

    def _hash(get):
        def hashed(self):
            return hash(get(self))

        return hashed

    def replace(value, /, **changes):
        """Does what the standard function of this name does."""
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
        return {name: number for number, name in enumerate(names)}, _getter(names)


def copied(value: T) -> T:
    """A copy of an object with slots as it is, without calling anything that checks or computes."""
    copy = _copiers.get(type(value)) or _copier(type(value))
    duplicate: T = copy(value)
    return duplicate


def _copier(cls: type) -> Callable[[Any], Any]:
    lines = ["def copy(value, new=object.__new__):", "    made = new(cls)"]
    lines += [f"    made.{name} = value.{name}" for name in cls.__slots__]  # type: ignore[attr-defined]
    names: dict[str, Any] = {"cls": cls}
    exec("\n".join([*lines, "    return made"]), names)  # as `dataclasses` makes `__init__`
    return _copiers.setdefault(cls, names["copy"])


_copiers: dict[type, Callable[[Any], Any]] = {}  # what copies objects of these types
