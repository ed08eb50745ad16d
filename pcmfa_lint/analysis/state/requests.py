"""Records of the interpreter: requests, what was looked at afterwards, and where they stood."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from pcmfa_lint.analysis.matching.arguments import BoundArguments
from pcmfa_lint.analysis.state.call_graph import Context, Edge
from pcmfa_lint.analysis.values.model import Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.evidence.words import Flow, Principal
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import Stmt, Unit
from pcmfa_lint.knowledge.catalog import CallSpec, Failure


@dataclass(frozen=True, slots=True)
class StatusTest:
    """A test of a response: what happens when the status is 401. `branch`: the statements that run then; None where
    the test lets a 401 pass. `distinguishes`: the test names 401. `accepts`: it names 401 among the good ones."""

    place: Place
    distinguishes: bool
    branch: tuple[Stmt, ...] | None
    unit: Unit
    accepts: bool = False
    repeats: bool = False  # the test of a loop that runs again on 401
    reads_code: bool = False
    leaves: bool = False  # on success the block around is left: on 401 it is not
    follows: bool = False  # `branch` is what stands behind the test
    failure: bool = False  # looks at what a failure looks like: a status, or what is given back in its place
    spared: tuple[Place, ...] = ()  # blocks that do not run on 401
    once: bool = False  # `branch` runs on the first 401 alone
    later: tuple[Stmt, ...] = ()  # what runs on a later one instead
    truth: bool | None = None  # of the test itself, if the status is 401
    good: bool | None = None  # and if it is 200


@dataclass(frozen=True, slots=True)
class Use:
    """Something that happened to a response or a token after the request, in order.

    raise-for-status, body (the body was used as data), check, logged, body-logged; stored, memory, printed, returned,
    escaped, read."""

    kind: str
    place: Place
    check: StatusTest | None = None
    context: Context | None = None

    def __hash__(self) -> int:  # a test holds whole blocks of code
        return hash((self.kind, self.place))


@dataclass(slots=True)
class Request:
    """One run through one request: a token request, or a call to Partner Center. Its answer in the hands of a caller is
    a record of its own, with that caller's events."""

    number: int
    kind: Literal["token", "api"]
    place: Place
    unit: Unit
    spec: CallSpec
    bound: BoundArguments
    context: Context
    failure: Failure
    flows: tuple[Flow, ...] = ()
    url: Values = ()
    body: Values = ()
    headers: Values = ()
    audience: Values = ()
    account: Values = ()
    secret: Values = ()
    client_secret: Values = ()  # of the application, where it is no entry of the body
    grant: Values = ()
    client: Values = ()
    tenant: Values = ()
    principal: Literal["", Principal] = ""
    stops: bool | None = None  # the language's own preference: an uncaught error ends the run
    silenced: bool = False  # errors of this call are thrown away at the call
    replay: bool = False  # sent in a branch that is there for the 401 of another
    events: dict[Use, None] = field(default_factory=dict)  # in order, each once
    watched: int = 0  # of these, how many happen in what the client runs on every answer, before anybody has it
    parts: dict[int, str] = field(default_factory=dict)  # ids of values in tests and raises: which part of the answer
    fixed_audience: str = ""
    tokens: tuple[int, ...] = ()  # token records whose access token this request carries
    carries_known: bool = True  # each alternative of the headers carries one of them
    sent: Request | None = None  # the request itself, where this is its answer in the hands of a caller
    edge: Edge | None = None  # and the call that gave it back
    givers: list[Request] = field(default_factory=list)  # whose answer it was before
    takers: list[Request] = field(default_factory=list)  # and the callers that it is given back to

    @property
    def function(self) -> str:
        func = self.context.activation.func
        return func.func.name if func else ""

    @property
    def request(self) -> Request:
        """The request whose answer this is."""
        return self.sent or self

    def history(self) -> list[Use]:
        """The uses of the answer until it came here, and here."""
        matches: list[Use] = []
        visited: set[int] = set()
        queue = [self]
        for record in queue:
            if record.number not in visited:
                visited.add(record.number)
                matches[:0] = record.events
                queue += record.givers
        return matches

    def ends(self) -> list[Request]:
        """The callers where the answer is not given back any more; itself if nobody got it."""
        requests: list[Request] = []
        visited: set[int] = set()
        queue = [self]
        for record in queue:
            if record.number not in visited:
                visited.add(record.number)
                queue += record.takers
                if not record.takers:
                    requests.append(record)
        return requests or [self]
