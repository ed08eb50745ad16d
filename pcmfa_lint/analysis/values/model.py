"""The abstract values of the linker: what an expression can be when the program runs.

A `Values` is a tuple of alternatives ("one of these"), at most `ALTERNATIVES`; an empty tuple means that nothing is
known to reach here. Alternatives are immutable, except that an `ObjectValue` stands for all objects made at one place
and gathers what is ever stored in it. `trace` tells how a value came here and never takes part in comparison. Hashes
are of what nearly always tells values apart: whole ones would cost most of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from typing import Literal, TypeAlias, TypeVar

from pcmfa_lint.evidence.model import Place, Step
from pcmfa_lint.evidence.words import OriginKind, Principal
from pcmfa_lint.frontend.languages import language_of
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import Class, Func, Unit
from pcmfa_lint.limits import LIGHT_PARTS, PARTS

_SINGLE = ("setting", "environment", "parameter", "unknown")  # sources whose values are read one by one
HOLE = "\x00"  # stands in a `StringValue` for a part whose text is not known


@dataclass(frozen=True, slots=True)
class Trace:
    """A linked list of steps, newest first."""

    step: Step
    before: Trace | None = None

    def steps(self) -> list[Step]:
        """Oldest first, without repetition."""
        steps: list[Step] = []
        trace: Trace | None = self
        while trace is not None:
            if trace.step not in steps:
                steps.append(trace.step)
            trace = trace.before
        return steps[::-1]


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
    def is_literal(self) -> bool:
        return not self.holes


@dataclass(frozen=True, slots=True)
class MappingValue:
    """A mapping with text keys (case as written). `open`: there may be more entries than are listed. `rest`: where
    these come from, as far as it is known: what a file holds, the environment."""

    entries: tuple[tuple[str, Values], ...]
    open: bool = False
    rest: tuple[SourceValue, ...] = ()
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
        folded = key.casefold()
        for name, vals in self.entries:
            if name.casefold() == folded:
                return vals
        return None

    def entry(self, key: str, place: Place | None = None) -> Values | None:
        """The entry, or what it is in the place that all other entries come from; `place`: where it is asked for."""
        vals = self.get(key)
        return vals if vals is not None or not self.rest else tuple(one.entry(key, place) for one in self.rest)

    def with_entry(self, key: str, vals: Values) -> MappingValue:
        others = tuple(entry for entry in self.entries if entry[0].casefold() != key.casefold())
        return replace(self, entries=(*others, (key, vals)))

    def with_entries(self, more: Iterable[tuple[str, Values]]) -> MappingValue:
        """The mapping with further entries, of which the last of a name stands."""
        added: dict[str, tuple[str, Values]] = {}
        for key, vals in more:
            added.pop(key.casefold(), None)
            added[key.casefold()] = key, vals
        others = (entry for entry in self.entries if entry[0].casefold() not in added)
        return replace(self, entries=(*others, *added.values()))

    def with_unnamed(self, keys: Values, vals: Values) -> MappingValue:
        """The mapping with an entry whose key is not known. If key and value come from one place, such as a file that
        is copied entry by entry, it may be any of those that are there."""
        places = {(key.kind, key.name) for key in keys if isinstance(key, SourceValue)}
        copied = (replace(v, key="") for v in vals if isinstance(v, SourceValue) and (v.kind, v.name) in places)
        return replace(self, open=True, rest=tuple(dict.fromkeys((*self.rest, *copied))))

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
class SourceValue:
    """A value from outside the code, or from a place where secrets lie. `kind`: an `ORIGINS` kind."""

    kind: OriginKind
    name: str = ""
    key: str = ""  # of a file's content: the entry that is taken
    of: ClassVal | None = None  # the class that holds what is read as a whole
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)

    @property
    def section(self) -> str:
        """The section of the settings that this stands for; a file as a whole is none."""
        return self.name if language_of(self.name) != "settings" else ""

    def entry(self, key: str, place: Place | None = None) -> SourceValue:
        """One value in what this stands for. What is read as a whole, such as a file, keeps its name and the place of
        the read; of settings each has its own."""
        if self.kind == "plain-file" or (self.name and self.kind not in _SINGLE):
            return replace(self, key=key, of=None, label=key)
        return replace(self, name=key, of=None, key=key, place=place or self.place, label=key)


@dataclass(frozen=True, slots=True)
class CredentialValue:
    """A user name and a secret in one object."""

    user: Values
    secret: Values
    principal: Literal["", Principal] = field(default="", compare=False)  # user or app, where the type says so
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TokenValue:
    """The answer of a token request. `part`: "" the whole answer, `access`, `refresh`, or another member."""

    record: int
    part: str = ""
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ResponseValue:
    """The answer of a request to a server. `part`: "" the response, `status`, `ok`, `body`."""

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
    """Not known. `name`: the variable, member or function that would tell. `absent`: nothing was given."""

    name: str = ""
    absent: bool = False
    place: Place | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)
    trace: Trace | None = field(default=None, compare=False)


AbstractValue: TypeAlias = (
    StringValue
    | MappingValue
    | ListValue
    | SourceValue
    | CredentialValue
    | TokenValue
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

UNCLEAR: Values = (UnknownValue(),)
CUT = UnknownValue("…")  # stands for the alternatives beyond `ALTERNATIVES`


def _weigh(val: StringValue | MappingValue | ListValue, parts: Sequence[Values]) -> tuple[Values, ...] | None:
    """Notes how many values are in a value. Of one with too many, its parts without the heavy ones, and without those
    that are too many all the same: values that are put into one another again and again double with each turn."""
    weights = [weight_of(part) for part in parts]
    weight = 1 + sum(weights)
    if weight <= PARTS:
        _set(val, "weight", weight)
        return None
    most = LIGHT_PARTS if len(parts) <= PARTS // LIGHT_PARTS else 1
    light = tuple(part if own <= most else UNCLEAR for part, own in zip(parts[:PARTS], weights[:PARTS], strict=True))
    _set(val, "weight", 1 + sum(min(own, most) for own in weights[:PARTS]))
    return light


def weight_of(vals: Values) -> int:
    """The number of values in these."""
    weight = 0
    for val in vals:
        weight += val.weight if isinstance(val, _WEIGHED) else 1
    return weight


_WEIGHED = (StringValue, MappingValue, ListValue)


@dataclass(slots=True)
class Env:
    """Variables of one scope; `outer` is the scope that is asked next."""

    vars: dict[str, Values] = field(default_factory=dict)
    outer: Env | None = None
    on_lookup: Callable[[str], None] | None = None  # of a file's own scope: is told what functions look for in it

    def get(self, name: str) -> Values | None:
        env: Env | None = self
        while env is not None:
            vals = env.vars.get(name)
            if env.on_lookup is not None and env is not self:
                env.on_lookup(name)
            if vals is not None:
                return vals
            env = env.outer
        return None
