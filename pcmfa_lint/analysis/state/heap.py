"""Objects, and what is stored in their members.

An object stands for all that are made at one place on behalf of one call. In the root that makes it its members are
what the last store left; everywhere else they are all that any root leaves in them, whichever runs first. What later
roots leave is known from the pass before: passes are repeated until nothing is read that changes afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pcmfa_lint.analysis.values.alternatives import join, join_known
from pcmfa_lint.analysis.values.model import (
    CUT,
    AbstractValue,
    ClassVal,
    ObjectValue,
    ResponseValue,
    SourceValue,
    StringValue,
    UnknownValue,
    Values,
)
from pcmfa_lint.evidence.model import Place


class Heap:
    """All objects of a run, over all its passes."""

    def __init__(self) -> None:
        self._roots = 0
        self.root = 0  # the number of the root that runs
        self.branches: tuple[int, ...] = ()  # the branches and loops that it is in
        self.moved = False  # something was read in one root and changed by another one afterwards
        self.moved_far = False  # and it was more than a piece of data
        self._objects: dict[tuple[str, Place, Place | None], ObjectValue] = {}
        self._by_class: dict[Place | None, list[ObjectValue]] = {}
        self._touched: dict[int, Members] = {}
        self._sought: dict[Place | None, int] = {}  # the root that asked for the objects of a class; negative: several
        self._variables: dict[tuple[str, str], int] = {}  # the root that read a variable of a file; negative: several

    def begin_pass(self) -> None:
        """Empties all objects; what they held at last is what other roots read from now on."""
        self.moved = self.moved_far = False
        self._variables.clear()
        self._sought.clear()
        for obj in self._objects.values():
            if isinstance(obj.attrs, Members):
                obj.attrs.begin_pass()

    def enter_root(self) -> tuple[int, tuple[int, ...]]:
        """Begins a root; gives what `leave_root` goes back to."""
        outer = self.root, self.branches
        self._roots += 1
        self.root, self.branches = self._roots, ()
        return outer

    def leave_root(self, outer: tuple[int, tuple[int, ...]]) -> None:
        """Keeps what the root left in the members that it touched, and goes on with the one around it."""
        for members in self._touched.values():
            members.keep()
        self._touched.clear()
        self.root, self.branches = outer

    def object(self, kind: str, place: Place, cls: ClassVal | None, called: Place | None) -> ObjectValue:
        """The object that stands for all of this type that are made here for the call at `called`."""
        key = (kind, place, called)
        obj = self._objects.get(key)
        if obj is None:
            late = cls is not None and cls.place != place and self._sought.get(cls.place, self.root) != self.root
            obj = self._objects[key] = ObjectValue(kind, place, cls, Members(self, late), called)
            if cls is not None:
                self._by_class.setdefault(cls.place, []).append(obj)
        if isinstance(obj.attrs, Members):
            obj.attrs.made_here()
        return obj

    def objects(self) -> list[ObjectValue]:
        """All objects that were made."""
        return [obj for obj in self._objects.values() if isinstance(obj.attrs, Members) and obj.attrs.root >= 0]

    def of_class(self, cls: ClassVal) -> list[ObjectValue]:
        """The objects of a class that somebody makes, in this pass or the one before."""
        if self._sought.setdefault(cls.place, self.root) != self.root:
            self._sought[cls.place] = -1
        matches = self._by_class.get(cls.place, [])
        return [
            obj for obj in matches if obj.place != cls.place and isinstance(obj.attrs, Members) and obj.attrs.lives()
        ]

    def read_variable(self, holder: str, name: str) -> None:
        """Notes that a function looks for a variable of a file."""
        if self._variables.setdefault((holder, name), self.root) != self.root:
            self._variables[holder, name] = -1

    def was_read(self, holder: str, name: str) -> bool:
        """Whether another root has looked for a variable of a file."""
        return self._variables.get((holder, name), self.root) != self.root

    def store(self, obj: ObjectValue, name: str, vals: Values, alone: bool = True) -> None:
        """Stores in a member. What was there before is gone where it is certain which object is meant (`alone`), and
        that the store runs."""
        if not (alone and isinstance(obj.attrs, Members) and obj.attrs.is_certain()):
            vals = join(vals, obj.attrs.get(name, ()))
        obj.attrs[name] = vals

    def note_moved(self, vals: Iterable[AbstractValue] | None = None) -> None:
        """Notes that something was read before it changed to `vals`; None if it is no value that changed."""
        changed = None if vals is None else [val for val in vals if is_informative(val)]
        self.moved |= changed is None or bool(changed)
        self.moved_far |= changed is None or not all(map(is_data, changed))

    def touch(self, members: Members) -> None:
        """Remembers that the root stores something in these members."""
        self._touched[id(members)] = members


def is_informative(val: AbstractValue) -> bool:
    """Whether a value says more than that there is one."""
    return not isinstance(val, UnknownValue) and not (isinstance(val, SourceValue) and val.kind == "parameter")


def is_data(val: AbstractValue) -> bool:
    """Whether a value is what programs work on, and decides neither where a request goes nor with what: an entry of an
    answer, a word, a number."""
    if isinstance(val, StringValue):
        return _SEPARATORS.isdisjoint(val.text) and all(is_data(part) for hole in val.holes for part in hole)
    return isinstance(val, UnknownValue) or (isinstance(val, ResponseValue) and val.part == "body")


_SEPARATORS = frozenset("/:.@-")  # of addresses, accounts, ids


class Members(dict[str, Values]):
    """The members of one object by name."""

    def __init__(self, heap: Heap, late: bool) -> None:
        super().__init__()
        self._heap = heap
        self._late = late  # another root asked for objects of the class before this one was made
        self.root = -1  # the root that made the object last; negative: none in this pass
        self._branches: tuple[int, ...] = ()  # where it was made
        self._read: dict[str, int] = {}  # the root that read a member; negative: several
        self._left: dict[str, Values] = {}  # what the roots of this pass left
        self._before: dict[str, Values] = {}  # what those of the passes before left

    def begin_pass(self) -> None:
        """Nothing is made yet; what was left is known from before."""
        for name, vals in self._left.items():
            self._before[name] = join_known(vals, self._before.get(name, ()))
        self._left.clear()
        self._read.clear()
        dict.clear(self)
        self.root = -1
        self._late = False

    def lives(self) -> bool:
        """Whether the object is made in this pass or was in one before."""
        return self.root >= 0 or bool(self._before)

    def made_here(self) -> None:
        """The object is made by the root that runs; made again by the same, it keeps what it has."""
        if self.root != self._heap.root:
            self.keep()
            dict.clear(self)
            self.root = self._heap.root
            self._branches = self._heap.branches

    def names(self) -> list[str]:
        """The names of all members that any root stores."""
        return list(dict.fromkeys((*self, *self._left, *self._before)))

    def share(self, others: Iterable[Members]) -> None:
        """The object stands for any of its class: what other roots leave in it may be there, and what others hold."""
        self.keep()
        self.root = 0
        for members in others:
            for name in members.names():
                vals = members.get(name) or ()
                dict.__setitem__(self, name, join_known(vals, dict.get(self, name, ())))

    def is_certain(self) -> bool:
        """Whether a store here runs wherever the object is: in no branch or loop that it was not made in."""
        branches = self._heap.branches
        return self.root == self._heap.root and branches == self._branches[: len(branches)]

    def keep(self) -> None:
        """Keeps what the root left."""
        for name, vals in dict.items(self):
            self._left[name] = join_known(vals, self._left.get(name, ()))

    def get(self, name: str, default: Values | None = None) -> Values | None:  # type: ignore[override]
        vals = dict.get(self, name)
        root = self._heap.root
        if self._read.setdefault(name, root) != root:
            self._read[name] = -1
        if self.root != root:
            others = join_known(self._left.get(name, ()), self._before.get(name, ()))
            if others:
                vals = join_known(vals or (), others)
        return vals if vals is not None else default

    def __setitem__(self, name: str, vals: Values) -> None:
        root = self._heap.root
        if self._late and not self._heap.moved_far:
            self._heap.note_moved(vals)
        if not self._heap.moved_far and self._read.get(name, root) != root:
            remembered = (*self._before.get(name, ()), *dict.get(self, name, ()))
            if CUT not in remembered:
                self._heap.note_moved(val for val in vals if val not in remembered)
        dict.__setitem__(self, name, vals)
        self._heap.touch(self)

    def update(self, entries: Mapping[str, Values] | Iterable[tuple[str, Values]]) -> None:  # type: ignore[override]
        for name, vals in entries.items() if isinstance(entries, Mapping) else entries:
            self[name] = vals

    def setdefault(self, name: str, vals: Values) -> Values:
        if not dict.__contains__(self, name):
            self[name] = vals
        return dict.__getitem__(self, name)
