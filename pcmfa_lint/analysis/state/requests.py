"""What the interpreter writes down while it runs: requests, what was looked at afterwards, and where they stood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pcmfa_lint.analysis.matching.arguments import Bound
from pcmfa_lint.analysis.values import FuncVal, Vals
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.nodes import Loop, Stmt, Try, Unit
from pcmfa_lint.knowledge.catalog import CallSpec, Failure


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What surrounds a call while it runs, innermost first: one linked list from the send out to the root.

    frame: a function and the place that called it (None: a root). try: inside the body of `stmt`. loop: inside a
    loop. run: inside a function that was handed to `spec` (None: to something unknown) to be run."""

    kind: Literal["frame", "try", "loop", "run"]
    outer: Context | None
    unit: Unit
    func: FuncVal | None = None
    called: Place | None = None
    stmt: Try | Loop | None = None
    rest: tuple[Stmt, ...] = ()  # try, loop: what follows it in its block
    flags: Mapping[str, bool] = field(default_factory=dict)  # try: variables that hold a known true or false before it
    spec: CallSpec | None = None
    bound: Bound | None = None

    def outward(self) -> Iterator[Context]:
        here: Context | None = self
        while here is not None:
            yield here
            here = here.outer

    def path(self) -> tuple[Place, ...]:
        """The calls that lead here, innermost first: what tells two runs through one place apart."""
        return tuple(c.called for c in self.outward() if c.kind == "frame" and c.called is not None)

    def frame(self) -> Context:
        return next(c for c in self.outward() if c.kind == "frame")


@dataclass(frozen=True, slots=True)
class Check:
    """A test of a response: what happens when the status is 401. `taken`: the statements that run then; None where
    the test lets a 401 pass. `tells`: the test names 401. `accepts`: it names 401 among the good ones."""

    place: Place
    tells: bool
    taken: tuple[Stmt, ...] | None
    unit: Unit
    accepts: bool = False
    repeats: bool = False  # the test of a loop that runs again on 401
    reads_code: bool = False
    leaves: bool = False  # on success the loop around is left: on 401 it is not
    spared: tuple[Place, ...] = ()  # blocks that do not run on 401


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a response or a token after the request, in order.

    raise-for-status, body (the body was used as data), check; stored, memory, printed, returned, escaped, read."""

    kind: str
    place: Place
    part: str = ""
    check: Check | None = None
    context: Context | None = None
    name: str = ""


@dataclass(slots=True)
class Record:
    """One run through one request: a token request, a call to Partner Center, or both at once undecided (`open`)."""

    number: int
    kind: Literal["token", "api"]
    place: Place
    unit: Unit
    spec: CallSpec
    bound: Bound
    context: Context
    failure: Failure
    flows: tuple[str, ...] = ()
    url: Vals = ()
    body: Vals = ()
    headers: Vals = ()
    audience: Vals = ()
    account: Vals = ()
    secret: Vals = ()
    grant: Vals = ()
    client: Vals = ()
    tenant: Vals = ()
    principal: str = ""
    stops: bool | None = None  # the language's own preference: an uncaught error ends the run
    silenced: bool = False  # errors of this call are thrown away at the call
    replay: bool = False  # sent in a branch that is there for the 401 of another
    assigned: bool = True  # something is done with the result
    events: list[Event] = field(default_factory=list)
    fixed_audience: str = ""
    tokens: tuple[int, ...] = ()  # token records whose access token this request carries
    carries_known: bool = True  # each alternative of the headers carries one of them

    @property
    def function(self) -> str:
        func = self.context.frame().func
        return func.func.name if func else ""
