"""The state of a run: variables, objects, records, and the budget of steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pcmfa_lint.analysis.classify.endpoints import Addresses
from pcmfa_lint.analysis.matching.arguments import Bound, Given
from pcmfa_lint.analysis.program.symbols import Program
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.requests import Check, Event, Record
from pcmfa_lint.analysis.values import ClassVal, Cred, Env, FuncVal, Obj, Val, Vals
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Assign, Call, Member, Stmt, Unit, Value
from pcmfa_lint.knowledge.catalog import CallSpec

ROOT_STEPS = 120_000  # one root: a file's body, or a function that nobody calls
ALL_STEPS = 3_000_000
RUNS_TELLING = 100  # of one function, with new arguments that hold the same kinds of host, secret or token
RUNS_PLAIN = 3  # of one function, with other arguments; after that the last result stands for all
RUNS_DRAFT = (2, 1)  # of both, where only the names are asked for that more files would tell of


@dataclass(slots=True)
class SettingsClasses:
    """The classes that hold settings, each with the entry that says so and its section; None for those that do not.
    `marked` by a base or an annotation, `bound` by a call."""

    marked: dict[ClassVal, tuple[CallSpec, str] | None] = field(default_factory=dict)
    bound: dict[ClassVal, tuple[CallSpec, str]] = field(default_factory=dict)


class Spent(Exception):
    """The steps of a root are used up."""


class Machine(ABC):
    """What all layers of the interpreter share. Each layer is a class on top of the one before; what a lower layer, or
    `effects`, needs of a higher one is declared here."""

    def __init__(self, program: Program, addresses: Addresses, draft: bool = False) -> None:
        self._telling, self._plain = RUNS_DRAFT if draft else (RUNS_TELLING, RUNS_PLAIN)
        self.program = program
        self.at: Callable[[str], None] = lambda path: None  # is told the file whose code is run from now on
        self.path = ""
        self.addresses = addresses
        self.records: list[Record] = []
        self.wants: dict[str, None] = {}
        self.seeds: frozenset[str] = frozenset()
        self.asked: dict[str, None] = {}  # functions whose callers are wanted
        self.owners: set[str] = set()  # classes that are handed a client that is set up elsewhere
        self.notes: dict[str, None] = {}
        self.stores: list[tuple[str, str, Vals, Place]] = []  # kind of place, its name, what is stored, where
        self.credentials: dict[Cred, None] = {}  # all that are made, used or not
        self.cached: set[int] = set()  # functions whose result is kept from the first call on
        self.policies: dict[Place, tuple[CallSpec, Bound]] = {}  # retry policies, by the place where they are made
        self.markers: dict[tuple[str, str, Place], None] = {}  # kind, name, where
        self.reached: set[int] = set()  # ids of Func objects that ran
        self.globals: dict[str, Env] = {}
        self._objects: dict[tuple[str, Place], Obj] = {}
        self.members: dict[ClassVal, dict[str, str]] = {}  # names of members, with the types of the declared ones
        self.provided: dict[str, Obj] = {}  # what a container hands out, by type, by owner and type, or by name
        self.settings = SettingsClasses()
        self._field_values: dict[ClassVal, dict[str, Vals]] = {}
        self.events = 0
        self._known: dict[object, Vals] = {}
        self._asked_for: set[tuple[str, str]] = set()  # names that files hand on, while they are looked for
        self._runs: dict[tuple[int, frozenset[str]], list[Vals]] = {}
        self._left = ROOT_STEPS
        self._all = ALL_STEPS
        self._watch: dict[int, Vals] | None = None  # values of a test's parts, while one is looked at
        self._stack: list[int] = []

    def step(self, count: int = 1) -> None:
        self._left -= count
        if self._left < 0:
            raise Spent

    def note(self, record: Record, event: Event) -> None:
        """Adds to what happened to a response or token; each event once."""
        if event not in record.events:
            record.events.append(event)
            self.events += 1

    def want(self, name: str, frame: Frame) -> None:
        """The file that defines a name would tell more."""
        last = name.rpartition(".")[2]
        if _is_name(last) and frame.index.command(last) is None:
            for form in frame.index.define:
                self.wants[form.format(name=last)] = None

    def want_callers(self, name: str) -> None:
        """The files that call a function would tell what it is given. Generic names would bring half the repository."""
        if _is_name(name) and len(name) >= 5:
            self.wants[name] = None
            self.asked[name.casefold()] = None

    def objects(self) -> Iterable[Obj]:
        """All objects that were made."""
        return list(self._objects.values())

    def object(self, kind: str, place: Place, cls: ClassVal | None = None) -> Obj:
        """The object that stands for all of this type made here."""
        return self._objects.setdefault((kind, place), Obj(kind, place, cls))

    def _written(self) -> tuple[int, ...]:
        """How much there is to tell; a call that adds nothing need not be followed again with the same arguments."""
        return (len(self.records), self.events, len(self.stores), len(self.markers))

    # --- what higher layers define ---

    @abstractmethod
    def eval(self, value: Value, frame: Frame, used: bool = True) -> Vals: ...

    @abstractmethod
    def lookup(self, key: str, frame: Frame) -> Vals | None: ...

    @abstractmethod
    def imported(self, name: str, frame: Frame) -> Vals: ...

    @abstractmethod
    def member_of(self, base: Val, keys: Vals, place: Place, frame: Frame) -> Vals: ...

    @abstractmethod
    def base(self, base: Value, unit: Unit) -> ClassVal | None: ...

    @abstractmethod
    def fields(self, cls: ClassVal) -> dict[str, Vals]: ...

    @abstractmethod
    def call(self, call: Call, frame: Frame, used: bool = True) -> Vals: ...

    @abstractmethod
    def given(self, call: Call, frame: Frame) -> Given: ...

    @abstractmethod
    def call_values(self, targets: Vals, given: Given, frame: Frame, call: Call | None, used: bool = True) -> Vals: ...

    @abstractmethod
    def method_of(self, base: Val, name: str, callee: Member, given: Given, frame: Frame, used: bool) -> Vals: ...

    @abstractmethod
    def call_function(self, target: FuncVal, given: Given, frame: Frame, called: Place | None) -> Vals: ...

    @abstractmethod
    def block(self, stmts: Iterable[Stmt], frame: Frame) -> bool: ...

    @abstractmethod
    def assign(self, stmt: Assign, frame: Frame) -> None: ...

    @abstractmethod
    def bind(self, target: Value, vals: Vals, frame: Frame) -> None: ...

    @abstractmethod
    def judge_tests(
        self, arms: list[tuple[Value | None, tuple[Stmt, ...]]], frame: Frame, repeats: bool = False
    ) -> list[Check]: ...

    @abstractmethod
    def ensure(self, unit: Unit) -> Env: ...

    @abstractmethod
    def as_sources(self, vals: Vals, frame: Frame) -> Vals: ...

    @abstractmethod
    def bind_settings(self, types: Vals, spec: CallSpec, section: str) -> None: ...

    @abstractmethod
    def instances(self, types: Vals, place: Place, frame: Frame) -> Vals: ...

    @abstractmethod
    def any_instance(self, cls: ClassVal, frame: Frame) -> Obj: ...


def _is_name(text: str) -> bool:
    return len(text) > 5 and text.replace("-", "").replace("_", "").isalnum()
