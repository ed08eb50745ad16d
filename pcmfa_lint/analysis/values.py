"""What an expression can be when the program runs: the linker's abstract values.

A `Vals` is a tuple of alternatives ("one of these"), at most `MOST`; an empty tuple means that nothing is known to
reach here. Alternatives are immutable, except that an `Obj` stands for all objects made at one place and gathers what
is ever stored in it. `trail` tells how a value came here and never takes part in comparison.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.ir.nodes import Class, Func, Unit

MOST = 8  # alternatives kept; more than that is "could be anything"
MOST_ANSWERS = 500  # alternatives kept beyond those, if they are what requests gave back
LONGEST = 20_000  # characters of a text that is built, and HOLES in it; what is beyond is one more hole
HOLES = 64
_SINGLE = ("setting", "environment", "parameter", "unknown")  # sources whose values are read one by one
HOLE = "\x00"  # stands in a `Str` for a part whose text is not known


@dataclass(frozen=True, slots=True)
class Trail:
    """A linked list of steps, newest first."""

    step: Step
    before: Trail | None = None

    def steps(self) -> list[Step]:
        """Oldest first, without repetition."""
        found: list[Step] = []
        trail: Trail | None = self
        while trail is not None:
            if trail.step not in found:
                found.append(trail.step)
            trail = trail.before
        return found[::-1]


@dataclass(frozen=True, slots=True)
class Str:
    """Text. Each HOLE in `text` stands for the value in `holes` at its turn. `quoted`: written as a literal."""

    text: str
    holes: tuple[Vals, ...] = ()
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)  # the variable, key or parameter that holds it
    trail: Trail | None = field(default=None, compare=False)

    @property
    def known(self) -> bool:
        return not self.holes


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping with text keys (case as written). `open`: there may be more entries than are listed. `rest`: where
    these come from, as far as it is known: what a file holds, the environment."""

    entries: tuple[tuple[str, Vals], ...]
    open: bool = False
    rest: tuple[Source, ...] = ()
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)

    def get(self, key: str) -> Vals | None:
        wanted = key.casefold()
        for name, vals in self.entries:
            if name.casefold() == wanted:
                return vals
        return None

    def held(self, key: str, place: Place | None = None) -> Vals | None:
        """The entry, or what it is in the place that all other entries come from; `place`: where it is asked for."""
        found = self.get(key)
        return found if found is not None or not self.rest else tuple(one.entry(key, place) for one in self.rest)

    def with_entry(self, key: str, vals: Vals) -> Map:
        kept = tuple(entry for entry in self.entries if entry[0].casefold() != key.casefold())
        return replace(self, entries=(*kept, (key, vals)))

    def without(self, key: str) -> Map:
        return replace(self, entries=tuple(e for e in self.entries if e[0].casefold() != key.casefold()))


@dataclass(frozen=True, slots=True)
class Many:
    """A list, tuple or array."""

    items: tuple[Vals, ...]
    open: bool = False
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A value from outside the code, or from a place where secrets lie. `kind`: an `ORIGINS` kind."""

    kind: str
    name: str = ""
    noun: str = ""  # password, refresh-token … where the source itself says so
    key: str = ""  # of a file's content: the entry that is taken
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)
    func: str = field(default="", compare=False)  # parameter: the function that has it

    def entry(self, key: str, place: Place | None = None) -> Source:
        """One value in what this stands for. What is read as a whole, such as a file, keeps its name and the place of
        the read; of settings each has its own."""
        if self.kind == "plain-file" or (self.name and self.kind not in _SINGLE):
            return replace(self, key=key, label=key)
        return replace(self, name=key, key=key, place=place or self.place, label=key)


@dataclass(frozen=True, slots=True)
class Cred:
    """A user name and a secret in one object."""

    user: Vals
    secret: Vals
    principal: str = field(default="", compare=False)  # user or app, where the type says so
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Token:
    """What a token request gave back. `part`: "" the whole answer, `access`, `refresh`, or another member."""

    record: int
    part: str = ""
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Resp:
    """What a request to a server gave back. `part`: "" the response, `status`, `ok`, `body`."""

    record: int
    part: str = ""
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Obj:
    """All objects of `type` made at `place`, on behalf of the call at `called`. For a class of the repository `cls` is
    set, else `type` is its dotted name. `attrs` is the only mutable thing here."""

    type: str
    place: Place
    cls: ClassVal | None = None
    attrs: dict[str, Vals] = field(default_factory=dict, compare=False)
    called: Place | None = None
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FuncVal:
    """A function of the repository, with what it is bound to. Its place is what tells it from others."""

    func: Func = field(compare=False)
    unit: Unit = field(compare=False)
    this: Obj | None = None
    env: Env | None = field(default=None, compare=False)  # closure
    place: Place | None = None
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ClassVal:
    """A class of the repository. Its place is what tells it from others."""

    cls: Class = field(compare=False)
    unit: Unit = field(compare=False)
    place: Place | None = None
    others: tuple[ClassVal, ...] = field(default=(), compare=False)  # the other files in which it is written
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Ext:
    """Something that the repository does not define, by its dotted name: `requests.get`. `owner`: the object of which
    it is a member. The path of a file is that file as a module."""

    name: str
    owner: Obj | None = field(default=None, compare=False)
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not known. `name`: the variable, member or (`called`) function that would tell. `absent`: nothing was given."""

    name: str = ""
    called: bool = False
    absent: bool = False
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trail: Trail | None = field(default=None, compare=False)


Val: TypeAlias = Str | Map | Many | Source | Cred | Token | Resp | Obj | FuncVal | ClassVal | Ext | Unclear
Vals: TypeAlias = tuple[Val, ...]
V = TypeVar("V", bound=Val)
_set = object.__setattr__

UNCLEAR: Vals = (Unclear(),)


@dataclass(slots=True)
class Env:
    """Variables of one scope; `outer` is the scope that is asked next."""

    vars: dict[str, Vals] = field(default_factory=dict)
    outer: Env | None = None
    reads: Callable[[str], None] | None = None  # of a file's own scope: is told what functions look for in it

    def get(self, name: str) -> Vals | None:
        env: Env | None = self
        while env is not None:
            found = env.vars.get(name)
            if env.reads is not None and env is not self:
                env.reads(name)
            if found is not None:
                return found
            env = env.outer
        return None


def union(*several: Vals) -> Vals:
    """All alternatives of all, each once; over `MOST` the rest becomes one Unclear, except what requests gave back: a
    test of it counts for each of them."""
    given = [vals for vals in several if vals]
    if given and all(len(vals) == 1 and (vals is given[0] or vals[0] == given[0][0]) for vals in given):
        return given[0]  # nearly always: no need to hash whole values
    seen: dict[Val, None] = {}
    for vals in given:
        for val in vals:
            seen.setdefault(val)
    found = tuple(seen)
    if len(found) <= MOST:
        return found
    answers = tuple(v for v in found[MOST - 1 :] if isinstance(v, (Resp, Token)))
    return (*found[: MOST - 1], *answers[:MOST_ANSWERS], Unclear("…"))


def join_known(one: Vals, other: Vals) -> Vals:
    """All alternatives of both; of which one of them is nothing but not known, the other."""
    if not one or not other or one is other:
        return one or other
    return union(one, other)


def labelled(vals: Vals, label: str) -> Vals:
    """The values, remembered under the name of what holds them now (the first name sticks to literals' sources)."""
    return tuple([val if val.label == label else _but(val, "label", label) for val in vals])


def passed(vals: Vals, step: Step) -> Vals:
    """The values after one more step of their way."""
    return tuple([_but(val, "trail", Trail(step, val.trail)) for val in vals])


def _but(val: V, name: str, to: object) -> V:
    """`replace` for a single field, which is most of what the interpreter does, in a third of the time."""
    made: V = object.__new__(type(val))
    for field_name in val.__slots__:
        _set(made, field_name, getattr(val, field_name))
    _set(made, name, to)
    return made


def after(vals: Vals, trail: Trail | None) -> Vals:
    """The values after the way of what held them."""
    for step in trail.steps() if trail is not None else ():
        vals = tuple(
            v if v.trail is not None and step in v.trail.steps() else replace(v, trail=Trail(step, v.trail))
            for v in vals
        )
    return vals


def texts(vals: Vals) -> list[str]:
    """The fully known texts among the alternatives."""
    return [val.text for val in vals if isinstance(val, Str) and not val.holes]


def inside(vals: Vals, depth: int = 4) -> Iterator[Val]:
    """Every value in these, into holes, entries, items and credentials. What stands in many places, as in a mapping
    that was put into itself, comes once."""
    return _inside(vals, depth, {})


def _inside(vals: Vals, depth: int, seen: dict[int, int]) -> Iterator[Val]:
    for val in vals:
        before = seen.get(id(val), -1)  # with how much depth left it was looked into
        if before < 0:
            yield val
        if depth > before:
            seen[id(val)] = depth
            for part in _parts(val) if depth else ():
                yield from _inside(part, depth - 1, seen)


def _parts(val: Val) -> Iterable[Vals]:
    match val:
        case Str():
            return val.holes
        case Map():
            return [vals for _, vals in val.entries]
        case Many():
            return val.items
        case Cred():
            return (val.user, val.secret)
        case _:
            return ()


def with_answers(vals: Vals, change: Callable[[Token | Resp], Token | Resp], depth: int = 4) -> Vals:
    """The values with what requests gave back, wherever it is in them, changed; the same ones if nothing is."""
    changed = [_with_answers(val, change, depth) for val in vals]
    return vals if all(new is old for new, old in zip(changed, vals, strict=True)) else tuple(changed)


def _with_answers(val: Val, change: Callable[[Token | Resp], Token | Resp], depth: int) -> Val:
    match val:
        case Token() | Resp():
            return change(val)
        case Str(holes=parts) | Many(items=parts) if parts and depth:
            inner = tuple([with_answers(part, change, depth - 1) for part in parts])
            if all(new is old for new, old in zip(inner, parts, strict=True)):
                return val
            return _but(val, "holes" if isinstance(val, Str) else "items", inner)
        case Map(entries=entries) if depth:
            held = tuple([(key, with_answers(part, change, depth - 1)) for key, part in entries])
            if all(new[1] is old[1] for new, old in zip(held, entries, strict=True)):
                return val
            return _but(val, "entries", held)
        case Obj(cls=ClassVal(), attrs=attrs) if depth and any(_is_answer(v) for vals in attrs.values() for v in vals):
            now = {key: tuple([change(v) if isinstance(v, Resp) else v for v in vals]) for key, vals in attrs.items()}
            return val if now == attrs else replace(val, attrs=now)
    return val


def _is_answer(val: Val) -> bool:
    return isinstance(val, Resp)


def gathered(vals: Vals) -> Vals:
    """The values, and of objects that gather text what was put into them."""
    return tuple(v for val in vals for v in ((isinstance(val, Obj) and val.attrs.get("Text")) or (val,)))


def concat(parts: list[Vals], place: Place) -> Vals:
    """Text (or mapping, or list) built from parts; a product of the alternatives, bounded."""
    first = next((val for part in parts[:1] for val in part), None)
    if isinstance(first, Map):
        return _merged(parts, place)
    if isinstance(first, Many):
        items = tuple(i for part in parts for val in part for i in (val.items if isinstance(val, Many) else ((val,),)))
        return (Many(items, place=place),)
    built: list[Str] = [Str("", place=place)]
    for part in parts:
        built = [_appended(text, val) for text in built for val in (part or UNCLEAR)][:MOST]
    return union(tuple(built))


def _appended(text: Str, val: Val) -> Str:
    trail = text.trail or val.trail
    if isinstance(val, Many) and len(val.items) == 1 and len(val.items[0]) == 1:
        return _appended(text, val.items[0][0])
    more = val if isinstance(val, Str) else Str(HOLE, ((val,),))
    if len(text.text) + len(more.text) > LONGEST or len(text.holes) + len(more.holes) > HOLES:
        return text if text.text.endswith(HOLE) else replace(text, text=text.text + HOLE, holes=(*text.holes, UNCLEAR))
    return replace(text, text=text.text + more.text, holes=text.holes + more.holes, trail=trail)


def as_map(val: Val) -> Map | None:
    """What can be read as a mapping: one, a list of pairs, or the text of a JSON object."""
    match val:
        case Map():
            return val
        case Many(items=items) if items:
            pairs = [item[0].items for item in items if len(item) == 1 and isinstance(item[0], Many)]
            if len(pairs) == len(items) and all(len(pair) == 2 and len(texts(pair[0])) == 1 for pair in pairs):
                return Map(
                    tuple((texts(key)[0], vals) for key, vals in pairs), val.open, place=val.place, trail=val.trail
                )
        case Str() if val.text.lstrip().startswith("{"):
            return _from_json(val)
    return None


def _from_json(val: Str) -> Map | None:
    try:
        found = json.loads(val.text, strict=False)
    except (ValueError, RecursionError):
        return None
    holes = iter(val.holes)

    def text(item: object) -> Vals:
        words = item if isinstance(item, str) else ("" if isinstance(item, (dict, list)) else str(item))
        own = tuple(next(holes, UNCLEAR) for _ in range(words.count(HOLE)))
        return own[0] if words == HOLE else (Str(words, own, place=val.place, trail=val.trail),)

    return Map(tuple((str(key), text(item)) for key, item in found.items()), place=val.place, trail=val.trail)


def _merged(parts: list[Vals], place: Place) -> Vals:
    built = [Map((), place=place)]
    for part in parts:
        built = [merge(left, val) for left in built for val in part][:MOST]
    return tuple(built)


def merge(left: Map, right: Val) -> Map:
    """`left` with the entries of `right`, which win; anything but a mapping leaves it open."""
    if isinstance(right, Source) and right.kind != "parameter":
        return replace(left, open=True, rest=(*left.rest, right))
    if not isinstance(right, Map):
        return replace(left, open=True)
    for key, vals in right.entries:
        left = left.with_entry(key, vals)
    return replace(left, open=left.open or right.open, rest=tuple(dict.fromkeys((*left.rest, *right.rest))))
