"""What an expression can be when the program runs: the linker's abstract values.

A `Values` is a tuple of alternatives ("one of these"), at most `MAX_ALTERNATIVES`; an empty tuple means that nothing is
known to reach here. Alternatives are immutable, except that an `ObjectValue` stands for all objects made at one place
and gathers what is ever stored in it. `trace` tells how a value came here and never takes part in comparison. Hashes
are of what nearly always tells values apart: whole ones would cost most of a run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.ir.nodes import Class, Func, Unit

MAX_ALTERNATIVES = 8  # alternatives kept; more than that is "could be anything"
MOST_ANSWERS = 500  # alternatives kept beyond those, if they are what requests gave back
LONGEST = 20_000  # characters of a text that is built, and HOLES in it; what is beyond is one more hole
HOLES = 64
MOST_PARTS = 1000  # values in a value, all alternatives and all that is in them counted; of one with more, …
LIGHT = 16  # … only parts that have at most these are kept
_SINGLE = ("setting", "environment", "parameter", "unknown")  # sources whose values are read one by one
HOLE = "\x00"  # stands in a `StringValue` for a part whose text is not known


@dataclass(frozen=True, slots=True)
class Trace:
    """A linked list of steps, newest first."""

    step: Step
    before: Trace | None = None

    def steps(self) -> list[Step]:
        """Oldest first, without repetition."""
        found: list[Step] = []
        trace: Trace | None = self
        while trace is not None:
            if trace.step not in found:
                found.append(trace.step)
            trace = trace.before
        return found[::-1]


@dataclass(frozen=True, slots=True)
class StringValue:
    """Text. Each HOLE in `text` stands for the value in `holes` at its turn. `quoted`: written as a literal."""

    text: str
    holes: tuple[Values, ...] = ()
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)  # the variable, key or parameter that holds it
    trace: Trace | None = field(default=None, compare=False)
    weight: int = field(default=1, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.holes and (cut := _weigh(self, self.holes)) is not None:
            _set(self, "holes", cut)

    def __hash__(self) -> int:
        return hash((self.text, self.weight))

    @property
    def known(self) -> bool:
        return not self.holes


@dataclass(frozen=True, slots=True)
class MappingValue:
    """A mapping with text keys (case as written). `open`: there may be more entries than are listed. `rest`: where
    these come from, as far as it is known: what a file holds, the environment."""

    entries: tuple[tuple[str, Values], ...]
    open: bool = False
    rest: tuple[Source, ...] = ()
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)
    weight: int = field(default=1, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.entries and (cut := _weigh(self, [vals for _, vals in self.entries])) is not None:
            _set(self, "open", True)
            _set(self, "entries", tuple((key, vals) for (key, _), vals in zip(self.entries, cut, strict=False)))

    def __hash__(self) -> int:
        return hash((self.weight, tuple(key for key, _ in self.entries)))

    def get(self, key: str) -> Values | None:
        wanted = key.casefold()
        for name, vals in self.entries:
            if name.casefold() == wanted:
                return vals
        return None

    def held(self, key: str, place: Place | None = None) -> Values | None:
        """The entry, or what it is in the place that all other entries come from; `place`: where it is asked for."""
        found = self.get(key)
        return found if found is not None or not self.rest else tuple(one.entry(key, place) for one in self.rest)

    def with_entry(self, key: str, vals: Values) -> MappingValue:
        kept = tuple(entry for entry in self.entries if entry[0].casefold() != key.casefold())
        return replace(self, entries=(*kept, (key, vals)))

    def without(self, key: str) -> MappingValue:
        return replace(self, entries=tuple(e for e in self.entries if e[0].casefold() != key.casefold()))


@dataclass(frozen=True, slots=True)
class ListValue:
    """A list, tuple or array."""

    items: tuple[Values, ...]
    open: bool = False
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)
    weight: int = field(default=1, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.items and (cut := _weigh(self, self.items)) is not None:
            _set(self, "open", True)
            _set(self, "items", cut)

    def __hash__(self) -> int:
        return hash((self.weight, len(self.items), self.items[:1]))


@dataclass(frozen=True, slots=True)
class Source:
    """A value from outside the code, or from a place where secrets lie. `kind`: an `ORIGINS` kind."""

    kind: str
    name: str = ""
    secret_kind: str = ""  # password, refresh-token … where the source itself says so
    key: str = ""  # of a file's content: the entry that is taken
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)
    func: str = field(default="", compare=False)  # parameter: the function that has it

    def entry(self, key: str, place: Place | None = None) -> Source:
        """One value in what this stands for. What is read as a whole, such as a file, keeps its name and the place of
        the read; of settings each has its own."""
        if self.kind == "plain-file" or (self.name and self.kind not in _SINGLE):
            return replace(self, key=key, label=key)
        return replace(self, name=key, key=key, place=place or self.place, label=key)


@dataclass(frozen=True, slots=True)
class CredentialValue:
    """A user name and a secret in one object."""

    user: Values
    secret: Values
    principal: str = field(default="", compare=False)  # user or app, where the type says so
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Token:
    """What a token request gave back. `part`: "" the whole answer, `access`, `refresh`, or another member."""

    record: int
    part: str = ""
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ResponseValue:
    """What a request to a server gave back. `part`: "" the response, `status`, `ok`, `body`."""

    record: int
    part: str = ""
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ObjectValue:
    """All objects of `type` made at `place`, on behalf of the call at `called`. For a class of the repository `cls` is
    set, else `type` is its dotted name. `attrs` is the only mutable thing here."""

    type: str
    place: Place
    cls: ClassVal | None = None
    attrs: dict[str, Values] = field(default_factory=dict, compare=False)
    called: Place | None = None
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash((self.type, self.place))


@dataclass(frozen=True, slots=True)
class FuncVal:
    """A function of the repository, with what it is bound to. Its place is what tells it from others."""

    func: Func = field(compare=False)
    unit: Unit = field(compare=False)
    this: ObjectValue | None = None
    env: Env | None = field(default=None, compare=False)  # closure
    place: Place | None = None
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash(self.place)


@dataclass(frozen=True, slots=True)
class ClassVal:
    """A class of the repository. Its place is what tells it from others."""

    cls: Class = field(compare=False)
    unit: Unit = field(compare=False)
    place: Place | None = None
    others: tuple[ClassVal, ...] = field(default=(), compare=False)  # the other files in which it is written
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash(self.place)


@dataclass(frozen=True, slots=True)
class ExternalSymbol:
    """Something that the repository does not define, by its dotted name: `requests.get`. `owner`: the object of which
    it is a member. The path of a file is that file as a module."""

    name: str
    owner: ObjectValue | None = field(default=None, compare=False)
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """Not known. `name`: the variable, member or (`called`) function that would tell. `absent`: nothing was given."""

    name: str = ""
    called: bool = False
    absent: bool = False
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


AbstractValue: TypeAlias = (
    StringValue
    | MappingValue
    | ListValue
    | Source
    | CredentialValue
    | Token
    | ResponseValue
    | ObjectValue
    | FuncVal
    | ClassVal
    | ExternalSymbol
    | UnknownValue
)
Values: TypeAlias = tuple[AbstractValue, ...]
V = TypeVar("V", bound=AbstractValue)
_set = object.__setattr__
_PARTS = ("holes", "items", "entries")

UNCLEAR: Values = (UnknownValue(),)
CUT = UnknownValue("…")  # stands for the alternatives beyond `MAX_ALTERNATIVES`


def _weigh(val: StringValue | MappingValue | ListValue, parts: Sequence[Values]) -> tuple[Values, ...] | None:
    """Notes how many values are in a value. Of one with too many, its parts without the heavy ones, and without those
    that are too many all the same: values that are put into one another again and again double with each turn."""
    weights = [sum(one.weight if isinstance(one, _WEIGHED) else 1 for one in part) for part in parts]
    weight = 1 + sum(weights)
    if weight <= MOST_PARTS:
        _set(val, "weight", weight)
        return None
    most = LIGHT if len(parts) <= MOST_PARTS // LIGHT else 1
    kept = tuple(
        part if own <= most else UNCLEAR for part, own in zip(parts[:MOST_PARTS], weights[:MOST_PARTS], strict=True)
    )
    _set(val, "weight", 1 + sum(min(own, most) for own in weights[:MOST_PARTS]))
    return kept


_WEIGHED = (StringValue, MappingValue, ListValue)


@dataclass(slots=True)
class Env:
    """Variables of one scope; `outer` is the scope that is asked next."""

    vars: dict[str, Values] = field(default_factory=dict)
    outer: Env | None = None
    reads: Callable[[str], None] | None = None  # of a file's own scope: is told what functions look for in it

    def get(self, name: str) -> Values | None:
        env: Env | None = self
        while env is not None:
            found = env.vars.get(name)
            if env.reads is not None and env is not self:
                env.reads(name)
            if found is not None:
                return found
            env = env.outer
        return None


def join(*several: Values) -> Values:
    """All alternatives of all, each once; over `MAX_ALTERNATIVES` the rest becomes one UnknownValue, except what
    requests gave back: a test of it counts for each of them."""
    given = [vals for vals in several if vals]
    if given and all(len(vals) == 1 and (vals is given[0] or vals[0] == given[0][0]) for vals in given):
        return given[0]  # nearly always: no need to hash whole values
    seen: dict[AbstractValue, None] = {}
    for vals in given:
        for val in vals:
            seen.setdefault(val)
    found = tuple(seen)
    if len(found) <= MAX_ALTERNATIVES:
        return found
    answers = tuple(v for v in found[MAX_ALTERNATIVES - 1 :] if isinstance(v, (ResponseValue, Token)))
    return (*found[: MAX_ALTERNATIVES - 1], *answers[:MOST_ANSWERS], CUT)


def join_known(one: Values, other: Values) -> Values:
    """All alternatives of both; of which one of them is nothing but not known, the other."""
    if not one or not other or one is other:
        return one or other
    return join(one, other)


def labelled(vals: Values, label: str) -> Values:
    """The values, remembered under the name of what holds them now (the first name sticks to literals' sources)."""
    return tuple([val if val.label == label else _but(val, "label", label) for val in vals])


def with_step(vals: Values, step: Step) -> Values:
    """The values after one more step of their way."""
    return tuple([_but(val, "trace", Trace(step, val.trace)) for val in vals])


def passed_within(vals: Values, step: Step) -> Values:
    """The same where they are the rest of what a call gives: each of these came that way."""
    found: list[AbstractValue] = []
    for val in vals:
        if isinstance(val, ListValue):
            val = _but(val, "items", tuple([with_step(item, step) for item in val.items]))
        elif isinstance(val, MappingValue):
            val = _but(val, "entries", tuple([(key, with_step(held, step)) for key, held in val.entries]))
        found.append(val)
    return with_step(tuple(found), step)


def _but(val: V, name: str, to: object) -> V:
    """`replace` for a single field, which is most of what the interpreter does, in a third of the time."""
    made: V = object.__new__(type(val))
    for field_name in val.__slots__:
        _set(made, field_name, getattr(val, field_name))
    _set(made, name, to)
    if name in _PARTS:
        made.__post_init__()  # type: ignore[union-attr]
    return made


def with_trace(vals: Values, trace: Trace | None) -> Values:
    """The values after the way of what held them."""
    for step in trace.steps() if trace is not None else ():
        vals = tuple(
            v if v.trace is not None and step in v.trace.steps() else replace(v, trace=Trace(step, v.trace))
            for v in vals
        )
    return vals


def texts(vals: Values) -> list[str]:
    """The fully known texts among the alternatives."""
    return [val.text for val in vals if isinstance(val, StringValue) and not val.holes]


def inside(vals: Values, depth: int = 4) -> Iterator[AbstractValue]:
    """Every value in these, into holes, entries, items and credentials. What stands in many places, as in a mapping
    that was put into itself, comes once."""
    return _inside(vals, depth, {})


def _inside(vals: Values, depth: int, seen: dict[int, int]) -> Iterator[AbstractValue]:
    for val in vals:
        before = seen.get(id(val), -1)  # with how much depth left it was looked into
        if before < 0:
            yield val
        if depth > before:
            seen[id(val)] = depth
            for part in _parts(val) if depth else ():
                yield from _inside(part, depth - 1, seen)


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
        case _:
            return ()


def with_answers(
    vals: Values, change: Callable[[Token | ResponseValue], Token | ResponseValue], depth: int = 4
) -> Values:
    """The values with what requests gave back, wherever it is in them, changed; the same ones if nothing is."""
    changed = [_with_answers(val, change, depth) for val in vals]
    return vals if all(new is old for new, old in zip(changed, vals, strict=True)) else tuple(changed)


def _with_answers(
    val: AbstractValue, change: Callable[[Token | ResponseValue], Token | ResponseValue], depth: int
) -> AbstractValue:
    match val:
        case Token() | ResponseValue():
            return change(val)
        case StringValue(holes=parts) | ListValue(items=parts) if parts and depth:
            inner = tuple([with_answers(part, change, depth - 1) for part in parts])
            if all(new is old for new, old in zip(inner, parts, strict=True)):
                return val
            return _but(val, "holes" if isinstance(val, StringValue) else "items", inner)
        case MappingValue(entries=entries) if depth:
            held = tuple([(key, with_answers(part, change, depth - 1)) for key, part in entries])
            if all(new[1] is old[1] for new, old in zip(held, entries, strict=True)):
                return val
            return _but(val, "entries", held)
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


def gathered(vals: Values) -> Values:
    """The values, and of objects that gather text what was put into them."""
    return tuple(v for val in vals for v in ((isinstance(val, ObjectValue) and val.attrs.get("Text")) or (val,)))


def concat(parts: list[Values], place: Place) -> Values:
    """Text (or mapping, or list) built from parts; a product of the alternatives, bounded."""
    first = next((val for part in parts[:1] for val in part), None)
    if isinstance(first, MappingValue):
        return _merged(parts, place)
    if isinstance(first, ListValue):
        items = tuple(
            i for part in parts for val in part for i in (val.items if isinstance(val, ListValue) else ((val,),))
        )
        return (ListValue(items, place=place),)
    built: list[StringValue] = [StringValue("", place=place)]
    for part in parts:
        built = [_appended(text, val) for text in built for val in (part or UNCLEAR)][:MAX_ALTERNATIVES]
    return join(tuple(built))


def _appended(text: StringValue, val: AbstractValue) -> StringValue:
    trace = text.trace or val.trace
    if isinstance(val, ListValue) and len(val.items) == 1 and len(val.items[0]) == 1:
        return _appended(text, val.items[0][0])
    more = val if isinstance(val, StringValue) else StringValue(HOLE, ((val,),))
    if len(text.text) + len(more.text) > LONGEST or len(text.holes) + len(more.holes) > HOLES:
        return text if text.text.endswith(HOLE) else replace(text, text=text.text + HOLE, holes=(*text.holes, UNCLEAR))
    return replace(text, text=text.text + more.text, holes=text.holes + more.holes, trace=trace)


def as_map(val: AbstractValue) -> MappingValue | None:
    """What can be read as a mapping: one, a list of pairs, or the text of a JSON object."""
    match val:
        case MappingValue():
            return val
        case ListValue(items=items) if items:
            pairs = [item[0].items for item in items if len(item) == 1 and isinstance(item[0], ListValue)]
            if len(pairs) == len(items) and all(len(pair) == 2 and len(texts(pair[0])) == 1 for pair in pairs):
                return MappingValue(
                    tuple((texts(key)[0], vals) for key, vals in pairs), val.open, place=val.place, trace=val.trace
                )
        case StringValue() if val.text.lstrip().startswith("{"):
            return _from_json(val)
    return None


def _from_json(val: StringValue) -> MappingValue | None:
    try:
        found = json.loads(val.text, strict=False)
    except (ValueError, RecursionError):
        return None
    holes = iter(val.holes)

    def text(item: object) -> Values:
        words = item if isinstance(item, str) else ("" if isinstance(item, (dict, list)) else str(item))
        own = tuple(next(holes, UNCLEAR) for _ in range(words.count(HOLE)))
        return own[0] if words == HOLE else (StringValue(words, own, place=val.place, trace=val.trace),)

    return MappingValue(tuple((str(key), text(item)) for key, item in found.items()), place=val.place, trace=val.trace)


def _merged(parts: list[Values], place: Place) -> Values:
    built = [MappingValue((), place=place)]
    for part in parts:
        built = [merge(left, val) for left in built for val in part][:MAX_ALTERNATIVES]
    return tuple(built)


def merge(left: MappingValue, right: AbstractValue) -> MappingValue:
    """`left` with the entries of `right`, which win; anything but a mapping leaves it open."""
    if isinstance(right, Source) and right.kind != "parameter":
        return replace(left, open=True, rest=(*left.rest, right))
    if isinstance(right, Token) and not right.part:  # the members of the answer that matter are entries now
        for key, part in (("access_token", "access"), ("refresh_token", "refresh")):
            left = left.with_entry(key, (replace(right, part=part),))
        return replace(left, open=True)
    if not isinstance(right, MappingValue):
        return replace(left, open=True)
    for key, vals in right.entries:
        left = left.with_entry(key, vals)
    return replace(left, open=left.open or right.open, rest=tuple(dict.fromkeys((*left.rest, *right.rest))))
