"""The arguments of a call, as they are given and by the role that its catalog entry gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from pcmfa_lint.analysis.values.model import (
    AbstractValue,
    ListValue,
    MappingValue,
    ObjectValue,
    SourceValue,
    StringValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Expression, Name
from pcmfa_lint.knowledge.catalog import CallSpec, Case


@dataclass(slots=True, eq=False)
class FloatingCall:
    """A call whose result nobody takes, or one that lets no error out. `errors`: of the work that it begins `stay` in
    its result, or are `shown` and nothing more; "" where they travel on. `waited`: until the work is done. `used`:
    somebody takes the result."""

    waited: bool = False
    used: bool = False
    errors: Literal["", "stay", "shown"] = ""


@dataclass(slots=True)
class Arguments:
    """The evaluated arguments of one call. `open`: there may be arguments that are not seen (an unresolved spread)."""

    place: Place
    positional: list[Values] = field(default_factory=list)
    named: dict[str, Values] = field(default_factory=dict)
    open: bool = False
    rest: tuple[SourceValue, ...] = ()  # where arguments come from that are not seen: what a file holds is spread
    spread_over: Values = ()  # what is spread and is no list in sight: results of a loop
    maybe: set[str] = field(default_factory=set)  # names that only some alternatives of a spread hold
    receiver: Values = ()
    piped: Values = ()
    redirect: str = ""
    order: list[tuple[str, Values]] = field(default_factory=list)  # all, as written; "" = positional
    name: str = ""  # what is called, as written
    nodes: dict[str, Expression] = field(default_factory=dict)  # the arguments as written, by name or position
    loose: FloatingCall | None = None  # nobody takes the result, or waits for it
    out: list[Name] = field(default_factory=list)  # the variables that it sets, until a function in sight has set them
    choices: list[Arguments] = field(default_factory=list)  # where a spread has alternatives: the call with each

    def add(self, name: str | None, vals: Values) -> None:
        for choice in self.choices:
            choice.add(name, vals)
        self.order.append((name or "", vals))
        if name:
            self.named[name] = vals
        else:
            self.positional.append(vals)

    def spread(self, vals: Values) -> None:
        """A `*list`, `**mapping` or `@params`: alternatives of a mapping are united entry by entry."""
        maps = [val for val in vals if isinstance(val, MappingValue)]
        if 1 < len(maps) <= 4 and len(maps) == len(vals) and not self.choices:
            for one in maps:
                chosen = replace(
                    self,
                    positional=list(self.positional),
                    named=dict(self.named),
                    order=list(self.order),
                    maybe=set(),
                    choices=[],
                )
                chosen.spread((one,))
                self.choices.append(chosen)
        for val in vals:
            if isinstance(val, MappingValue):
                self.open = self.open or val.open
                self.rest = (*self.rest, *val.rest)
                for key, item in val.entries:
                    self.named[key] = (*self.named.get(key, ()), *item)
                    self.order.append((key, item))
                    if any(other.get(key) is None for other in maps):
                        self.maybe.add(key)
            elif isinstance(val, ListValue):
                for item in val.items:
                    self.add(None, item)
            else:
                self.open = True
                self.spread_over = (*self.spread_over, val)
                if isinstance(val, SourceValue) and val.kind != "parameter":
                    self.rest = (*self.rest, val)
        if not vals:
            self.open = True


def is_false(vals: Values) -> bool:
    """`-Switch:$false`."""
    return bool(vals) and all(isinstance(v, StringValue) and v.text.casefold() in ("false", "$false") for v in vals)


class BoundArguments:
    """`Arguments` seen through a catalog entry: parameter names resolved, abbreviations and aliases included."""

    def __init__(self, spec: CallSpec, arguments: Arguments, ignore_case: bool) -> None:
        self.spec = spec
        self.arguments = arguments
        self.fold = ignore_case
        self._names, switches = _parameters(spec.params, ignore_case)
        self.named: dict[str, Values] = {}
        self.positional: list[Values] = []
        for name, vals in arguments.order or []:
            if not name:
                self.positional.append(vals)
                continue
            full = self._full(name)
            if full in switches and not _is_truth(vals):
                self.positional.append(vals)  # `-Switch value`: the reader could not know that it takes none
                vals = (StringValue("True", place=arguments.place),)
            self.named[full] = (*self.named.get(full, ()), *vals)
        self._maybe = {self._full(name) for name in arguments.maybe}

    def surely(self, role: str) -> bool:
        """Whether the parameter that plays a role is given in every case."""
        where = self.spec.args.get(role, "")
        return any(self.has(choice) is True for choice in where.split("|") if choice)

    def _key(self, name: str) -> str:
        return name.casefold() if self.fold else name

    def _full(self, name: str) -> str:
        key = self._key(name)
        if key in self._names or not self._names:
            return self._names.get(key, key)
        starts = {full for alias, full in self._names.items() if alias.startswith(key)}
        return starts.pop() if len(starts) == 1 else key

    def has(self, name: str) -> bool | None:
        """Whether the parameter is given; None where an unresolved spread may hold it."""
        key = self._full(name)
        if key in self.named:
            return None if key in self._maybe else not is_false(self.named[key])
        if "." in name and (vals := self._at(name, in_sight=True)):
            return not is_false(vals)
        if name.isdigit():
            return True if int(name) < len(self.positional) else (None if self.arguments.open else False)
        return None if self.arguments.open else False

    def _is_passed(self, name: str, case: Case) -> bool | None:
        """Whether a parameter is given; of what a file holds that is spread: the secret is, and nothing else."""
        truth = self.has(name)
        if truth is None and self.arguments.rest:
            return name in case.args.get("secret", "").split("|")
        return truth

    def role(self, name: str, case: Case | None = None) -> Values:
        """The values that play a role; empty if the call does not give it."""
        where = (case.args.get(name) if case else None) or self.spec.args.get(name, "")
        guess: Values = ()
        for choice in where.split("|") if where else ():
            vals = self._at(choice)
            if vals and "." in choice and not guess and not self._at(choice, in_sight=True):
                guess = vals  # a part of what a setting may be: another argument that is given comes first
            elif vals:
                return guess if guess and where.startswith(choice + ".") else vals
        return guess

    def _at(self, where: str, in_sight: bool = False) -> Values:
        """What stands there; `in_sight`: only what is written, nothing that a file may hold."""
        head, _, key = where.partition(".")
        values: Values
        if head == "receiver":
            values = self.arguments.receiver
        elif head == "piped":
            values = self.arguments.piped
        elif head == "*":
            values = tuple(v for _, vals in self.arguments.order for v in vals)
        elif head.isdigit():
            values = self.positional[int(head)] if int(head) < len(self.positional) else ()
        else:
            values = self.named.get(self._full(head), ()) or tuple(
                s.entry(head, self.arguments.place) for s in self.arguments.rest
            )
        if key:
            for part in key.split("."):
                values = tuple(
                    v
                    for val in values
                    for v in _part(val, part, self._key(part))
                    if not (in_sight and isinstance(val, SourceValue))
                )
        return values

    def case(self) -> Case | None:
        """The first case that holds; a Case of flow "unknown" where it cannot be decided."""
        for case in self.spec.case:
            tests = [self._is_passed(name, case) for name in case.has]
            tests += [None if (h := self._is_passed(name, case)) is None else not h for name in case.lacks]
            if all(test is True for test in tests):
                return case
            if not any(test is False for test in tests):
                return Case(flow="unknown")
        return None


def _part(val: AbstractValue, key: str, folded: str) -> Values:
    """`folded`: the key as code that ignores case has set it."""
    if isinstance(val, MappingValue):
        return val.entry(key) or ()
    if isinstance(val, SourceValue) and val.kind != "parameter":
        return (val.entry(key),)
    return (val.attrs.get(folded) or val.attrs.get(key, ())) if isinstance(val, ObjectValue) else ()


def _is_truth(vals: Values) -> bool:
    return bool(vals) and all(isinstance(v, StringValue) and v.text.casefold() in ("true", "false") for v in vals)


@lru_cache(maxsize=512)
def _parameters(params: tuple[str, ...], fold: bool) -> tuple[dict[str, str], set[str]]:
    names: dict[str, str] = {}
    switches: set[str] = set()
    for text in params:
        head, _, aliases = text.partition(":")
        switch = head.endswith("!")
        full = head.rstrip("!").casefold() if fold else head.rstrip("!")
        if switch:
            switches.add(full)
        for alias in (full, *filter(None, aliases.split(","))):
            names[alias.casefold() if fold else alias] = full
    return names, switches
