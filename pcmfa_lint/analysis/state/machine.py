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
    """The state of a run, which every part of the interpreter takes as its first argument. The parts are modules of
    functions; the operations that modules below them need are declared here, and `Interpreter` binds them."""

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
        self.set_up_by_methods: dict[ClassVal, tuple[tuple[ClassVal, Assign], ...]] = {}  # fields that methods fill
        self.wire_names: dict[ClassVal, dict[str, str]] = {}  # what fields are called in what is sent and read
        self.wired: dict[str, tuple[str, ...]] | None = None  # the same of all classes, by the field in lower case
        self.library_bases: dict[ClassVal, tuple[LibraryBase, ...]] = {}  # that classes are derived of
        self.provided: dict[str, ObjectValue] = {}  # what a container hands out, by type, by owner and type, or by name
        self.begun: dict[Place, FloatingCall] = {}  # calls of functions that go on by themselves
        self.added: dict[str, Values] = {}  # methods that classes of others are given, by `class.method`
        self.several: set[str] = set()  # types of which a container hands out more than one thing
        self.missed: set[str] = set()  # what containers were asked for and did not have
        self.left: dict[
            tuple[str, str], Values
        ] = {}  # what functions leave in variables of files, or in static members
        self.left_before: dict[tuple[str, str], Values] = {}  # and left there in the passes before
        self.signing: dict[int, SignInParameters] = {}  # functions in which, or below which, a token is asked for
        self.sending: set[int] = set()  # functions in which, or below which, something is sent
        self.awaited: set[int] = set()  # methods of objects that only their name tells, to be followed once they send
        self.called: set[int] = set()  # functions that others call
        self.rooted: set[int] = set()  # functions that send and ran because nobody had called them
        self.called_before: frozenset[int] = frozenset()
        self.passes = 0
        self.budget = Budget(program.lines_of)
        self.asked_for: set[tuple[str, str]] = set()  # names that files hand on, while they are looked for
        self.watched_values: dict[int, Values] | None = None  # values of a test's parts, while one is looked at
        self._begin_pass()

    def _begin_pass(self) -> None:
        """Forgets what this pass is to find again. What others leave behind stays known: it may be read earlier now."""
        self.records.begin_pass()
        self.budget.begin_pass()
        self.heap.begin_pass()
        for key, vals in self.left.items():
            self.left_before[key] = join_known(vals, self.left_before.get(key, ()))
        self.left = {}
        self.called_before = frozenset(self.called)
        self.called = set()
        self.passes += 1
        self.stores: list[tuple[str, str, Values, Place]] = []  # kind of place, its name, what is stored, where
        self.unsaved: dict[AbstractValue, None] = {}  # what is set in settings that a program read, and may yet write
        self.credentials: dict[CredentialValue, None] = {}  # all that are made, used or not
        self.takers: dict[Place, dict[Taker, None]] = {}  # what was handed the literals of these places
        self.cached: set[int] = set()  # functions whose result is kept from the first call on
        self.policies: dict[
            Place, tuple[CallSpec, BoundArguments]
        ] = {}  # retry policies, by the place where they are made
        self.unattributed: dict[
            Place, Values
        ] = {}  # requests by place that are none to Partner Center: their addresses
        self.sent_grants: set[Place] = set()  # where the grant types were written that requests carry
        self.markers: dict[tuple[str, str, Place], None] = {}  # kind, name, where
        self.reached: set[int] = set()  # ids of Func objects that ran
        self.lambdas: dict[int, FuncVal] = {}  # functions without a name, as they were made first, by the same ids
        self.globals: dict[str, Env] = {}
        self.given_back: dict[str, Values] = {}  # what files give to those that include them
        self.settings.begin_pass()
        self.field_values: dict[ClassVal, dict[str, Values]] = {}
        self.call_cache = CallCache(self.program.lines)
        self.active: set[int] = set()  # the runs that are not over
        self.answers_taken: dict[tuple[int, Edge], Request] = {}  # by request and call
        self.forwarded: list[Values] = []  # what a handler's base gives back, of the handlers that run
        self.stack: list[int] = []
        self.callers: list[Place | None] = [None]  # where the functions that run were called

    def note(self, record: Request, event: Use) -> None:
        """Adds to what happened to a response or token; each event once."""
        record.events.setdefault(event)

    def note_limit(self, unit: Unit) -> None:
        """Reports a limit that was reached in a file, once."""
        self.notes[TOO_MUCH.format(path=unit.path)] = None

    def object(self, kind: str, place: Place, cls: ClassVal | None = None) -> ObjectValue:
        """The object that stands for all of this type made here, on behalf of the call that runs."""
        return self.heap.object(kind, place, cls, self.callers[-1])

    def leave(self, holder: str, name: str, vals: Values, shared: bool = False) -> None:
        """Remembers what a function leaves in a variable of a file, in a static member, or in a scope that files share
        (`shared`)."""
        remembered = (*self.left.get((holder, name), ()), *self.left_before.get((holder, name), ()))
        if CUT not in remembered and any(is_informative(val) and val not in remembered for val in vals):
            self.left[holder, name] = join_known(vals, self.left.get((holder, name), ()))
            unread = holder in self.globals or shared
            if not unread or self.heap.was_read(holder, name):
                self.heap.note_moved(val for val in vals if val not in remembered)

    def known_left(self, holder: str) -> dict[str, Values]:
        """The values that functions left in the variables of a file, or the static members of a class, in the passes
        before."""
        return {name: vals for (where, name), vals in self.left_before.items() if where == holder}

    def shared(self, holder: str, name: str) -> Values:
        """The values that are left in a variable of a scope that several files share."""
        self.heap.read_variable(holder, name)
        return join_known(self.left.get((holder, name), ()), self.left_before.get((holder, name), ()))

    # --- operations, each a function of a module of `interpreter/` ---

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
    def construct_named(self, call: Call, arguments: Arguments, frame: Frame) -> Values: ...

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
    def instances(self, types: Values, holding: Values, place: Place, frame: Frame) -> Values: ...

    @abstractmethod
    def any_instance(self, cls: ClassVal, frame: Frame) -> ObjectValue: ...
