"""The state of a run: variables, objects, records, and the budget of steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.matching.arguments import Arguments, BoundArguments, FloatingCall
from pcmfa_lint.analysis.program.symbols import Program
from pcmfa_lint.analysis.state.budget import Budget
from pcmfa_lint.analysis.state.call_cache import CallCache
from pcmfa_lint.analysis.state.call_graph import Edge
from pcmfa_lint.analysis.state.frame import Following, Frame
from pcmfa_lint.analysis.state.heap import Heap, is_informative
from pcmfa_lint.analysis.state.ledger import Ledger
from pcmfa_lint.analysis.state.requests import Request, StatusTest, Use
from pcmfa_lint.analysis.state.sign_ins import SignInParameters
from pcmfa_lint.analysis.state.takers import Taker
from pcmfa_lint.analysis.values.alternatives import join_known
from pcmfa_lint.analysis.values.model import (
    CUT,
    AbstractValue,
    ClassVal,
    CredentialValue,
    Env,
    FuncVal,
    ObjectValue,
    SourceValue,
    Values,
)
from pcmfa_lint.evidence.model import TOO_MUCH, Place
from pcmfa_lint.ir.nodes import Assign, Call, Expression, Member, Name, Stmt, Unit
from pcmfa_lint.knowledge.catalog import CallSpec


@dataclass(slots=True)
class SettingsClasses:
    """The classes that hold settings, each with what they are read from and its section; None for those that do not.
    `marked` by a base or an annotation, `bound` by a call, or because what is read from a file is one of them."""

    marked: dict[ClassVal, tuple[SourceValue, str] | None] = field(default_factory=dict)
    bound: dict[ClassVal, tuple[SourceValue, str]] = field(default_factory=dict)
    read: dict[ClassVal, tuple[SourceValue, str]] = field(default_factory=dict)  # kept over all passes
    missed: set[ClassVal] = field(default_factory=set)  # of which members were asked for before

    def begin_pass(self) -> None:
        """Forgets what this pass is to find again."""
        self.marked.clear()
        self.missed.clear()
        self.bound = dict(self.read)


class LibraryBase(NamedTuple):
    """A base that no class of the repository is: the names that it may have in the catalog."""

    names: tuple[str, ...]
    language: str


class RunState(ABC):
    """What all layers of the interpreter share. Each layer is a class on top of the one before; what a lower layer, or
    `effects`, needs of a higher one is declared here."""

    def __init__(self, program: Program, addresses: EndpointCatalog) -> None:
        self.program = program
        self.at: Callable[[str], None] = lambda path: None  # is told the file whose code is run from now on
        self.path = ""
        self.addresses = addresses
        self.names = program.member_names
        self.records = Ledger()
        self.settings = SettingsClasses()
        self.heap = Heap()
        self.notes: dict[str, None] = {}
        self.members: dict[ClassVal, dict[str, str]] = {}  # names of members, with the types of the declared ones
        self.library_bases: dict[ClassVal, tuple[LibraryBase, ...]] = {}  # that classes are derived of
        self.provided: dict[str, ObjectValue] = {}  # what a container hands out, by type, by owner and type, or by name
        self.begun: dict[Place, FloatingCall] = {}  # calls of functions that go on by themselves
        self.added: dict[str, Values] = {}  # methods that classes of others are given, by `class.method`
        self.several: set[str] = set()  # types of which a container hands out more than one thing
        self.missed: set[str] = set()  # what containers were asked for and did not have
        self.left: dict[
            tuple[str, str], Values
        ] = {}  # what functions leave in variables of files, or in static members
        self._before: dict[tuple[str, str], Values] = {}  # and left there in the passes before
        self._signing: dict[int, SignInParameters] = {}  # functions in which, or below which, a token is asked for
        self._sending: set[int] = set()  # functions in which, or below which, something is sent
        self._called: set[int] = set()  # functions that others call
        self._rooted: set[int] = set()  # functions that send and ran because nobody had called them
        self._called_before: frozenset[int] = frozenset()
        self._passes = 0
        self.budget = Budget(program.lines_of)
        self._asked_for: set[tuple[str, str]] = set()  # names that files hand on, while they are looked for
        self._watch: dict[int, Values] | None = None  # values of a test's parts, while one is looked at
        self._begin_pass()

    def _begin_pass(self) -> None:
        """Forgets what this pass is to find again. What others leave behind stays known: it may be read earlier now."""
        self.records.begin_pass()
        self.budget.begin_pass()
        self.heap.begin_pass()
        for key, vals in self.left.items():
            self._before[key] = join_known(vals, self._before.get(key, ()))
        self.left = {}
        self._called_before = frozenset(self._called)
        self._called = set()
        self._passes += 1
        self.stores: list[tuple[str, str, Values, Place]] = []  # kind of place, its name, what is stored, where
        self.credentials: dict[CredentialValue, None] = {}  # all that are made, used or not
        self.takers: dict[Place, dict[Taker, None]] = {}  # what was handed the literals of these places
        self.cached: set[int] = set()  # functions whose result is kept from the first call on
        self.policies: dict[
            Place, tuple[CallSpec, BoundArguments]
        ] = {}  # retry policies, by the place where they are made
        self.markers: dict[tuple[str, str, Place], None] = {}  # kind, name, where
        self.reached: set[int] = set()  # ids of Func objects that ran
        self.lambdas: dict[int, FuncVal] = {}  # functions without a name, as they were made first, by the same ids
        self.globals: dict[str, Env] = {}
        self.given_back: dict[str, Values] = {}  # what files give to those that include them
        self.settings.begin_pass()
        self._field_values: dict[ClassVal, dict[str, Values]] = {}
        self._cache = CallCache(self.program.lines)
        self._active: set[int] = set()  # the runs that are not over
        self._takers: dict[tuple[int, Edge], Request] = {}  # answers by the request and the call that gave them back
        self.forwarded: list[Values] = []  # what a handler's base gives back, of the handlers that run
        self._stack: list[int] = []
        self._callers: list[Place | None] = [None]  # where the functions that run were called

    def note(self, record: Request, event: Use) -> None:
        """Adds to what happened to a response or token; each event once."""
        if event not in record.events:
            record.events.append(event)

    def note_limit(self, unit: Unit) -> None:
        """Reports a limit that was reached in a file, once."""
        self.notes[TOO_MUCH.format(path=unit.path)] = None

    def object(self, kind: str, place: Place, cls: ClassVal | None = None) -> ObjectValue:
        """The object that stands for all of this type made here, on behalf of the call that runs."""
        return self.heap.object(kind, place, cls, self._callers[-1])

    def leave(self, holder: str, name: str, vals: Values, shared: bool = False) -> None:
        """Remembers what a function leaves in a variable of a file, in a static member, or in a scope that files share
        (`shared`)."""
        remembered = (*self.left.get((holder, name), ()), *self._before.get((holder, name), ()))
        if CUT not in remembered and any(is_informative(val) and val not in remembered for val in vals):
            self.left[holder, name] = join_known(vals, self.left.get((holder, name), ()))
            unread = holder in self.globals or shared
            self.heap.moved |= not unread or self.heap.was_read(holder, name)

    def known_left(self, holder: str) -> dict[str, Values]:
        """What functions left in the variables of a file, or the static members of a class, in the passes before."""
        return {name: vals for (where, name), vals in self._before.items() if where == holder}

    def shared(self, holder: str, name: str) -> Values:
        """What is left in a variable of a scope that several files share."""
        self.heap.read_variable(holder, name)
        return join_known(self.left.get((holder, name), ()), self._before.get((holder, name), ()))

    # --- what higher layers define ---

    @abstractmethod
    def eval(self, value: Expression, frame: Frame, used: bool = True) -> Values: ...

    @abstractmethod
    def evaluate_name(self, vals: Values, name: Name, frame: Frame) -> Values: ...

    @abstractmethod
    def evaluate_member(self, member: Member, frame: Frame) -> Values: ...

    @abstractmethod
    def lookup(self, key: str, frame: Frame) -> Values | None: ...

    @abstractmethod
    def imported(self, name: str, frame: Frame) -> Values: ...

    @abstractmethod
    def member_of(self, base: AbstractValue, keys: Values, place: Place, frame: Frame) -> Values: ...

    @abstractmethod
    def base(self, base: Expression, unit: Unit) -> ClassVal | None: ...

    @abstractmethod
    def named_base(self, base: Expression, unit: Unit) -> Values: ...

    @abstractmethod
    def fields(self, cls: ClassVal) -> dict[str, Values]: ...

    @abstractmethod
    def call(self, call: Call, frame: Frame, used: bool = True) -> Values: ...

    @abstractmethod
    def arguments_of(self, call: Call, frame: Frame) -> Arguments: ...

    @abstractmethod
    def call_values(self, targets: Values, arguments: Arguments, frame: Frame, call: Call | None) -> Values: ...

    @abstractmethod
    def method_of(
        self, base: AbstractValue, name: str, callee: Member, arguments: Arguments, frame: Frame
    ) -> Values: ...

    @abstractmethod
    def call_function(self, target: FuncVal, arguments: Arguments, frame: Frame, called: Place | None) -> Values: ...

    @abstractmethod
    def block(self, stmts: Iterable[Stmt], frame: Frame) -> bool: ...

    @abstractmethod
    def assign(self, stmt: Assign, frame: Frame) -> None: ...

    @abstractmethod
    def bind(self, target: Expression, vals: Values, frame: Frame) -> None: ...

    @abstractmethod
    def judge_tests(
        self,
        arms: list[tuple[Expression | None, tuple[Stmt, ...]]],
        frame: Frame,
        repeats: bool = False,
        following: Following | None = None,
    ) -> dict[int, StatusTest]: ...

    @abstractmethod
    def note_checks(
        self,
        arms: list[tuple[Expression | None, tuple[Stmt, ...]]],
        evaluated: dict[int, Values],
        frame: Frame,
        repeats: bool = False,
        following: Following | None = None,
    ) -> dict[int, StatusTest]: ...

    @abstractmethod
    def fill(self, target: Expression, vals: Values, frame: Frame) -> None: ...

    @abstractmethod
    def goes_on(self, frame: Frame) -> bool: ...

    @abstractmethod
    def ensure(self, unit: Unit) -> Env: ...

    @abstractmethod
    def as_sources(self, vals: Values, frame: Frame) -> Values: ...

    @abstractmethod
    def configured(self, name: str, frame: Frame) -> Values: ...

    @abstractmethod
    def bind_settings(self, types: Values, spec: CallSpec, section: str) -> None: ...

    @abstractmethod
    def bind_read(self, types: Values, vals: Values) -> None: ...

    @abstractmethod
    def instances(self, types: Values, place: Place, frame: Frame) -> Values: ...

    @abstractmethod
    def any_instance(self, cls: ClassVal, frame: Frame) -> ObjectValue: ...
