"""The call graph, as far as it was followed: runs of functions, the calls that led to them, and what stood around each.

A function is run once for each set of arguments; every call with these arguments leads to the same run, as an edge of
its own. So each caller counts, and what is asked of all of them takes time linear in their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from pcmfa_lint.analysis.matching.arguments import BoundArguments, FloatingCall
from pcmfa_lint.analysis.values.model import FuncVal
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import Loop, Stmt, Try, Unit
from pcmfa_lint.knowledge.catalog import CallSpec


@dataclass(slots=True, eq=False)
class Activation:
    """One run of a function, or of a file's body (`func` None). `edges`: the calls that lead to it; none for a root.
    `sends`, `signs_in`: in it, or in what it calls, something is sent, a token is asked for."""

    unit: Unit
    func: FuncVal | None = None
    edges: dict[tuple[int, Place], Edge] = field(default_factory=dict)
    sends: bool = False
    signs_in: bool = False

    def holds(self, inner: Activation) -> None:
        """Takes note of what happens in a run that this one calls."""
        self.sends |= inner.sends
        self.signs_in |= inner.signs_in

    def holds_place(self, place: Place) -> bool:
        """Whether a place stands in the function."""
        if self.func is None or place.path != self.unit.path:
            return False
        span = self.func.func.span
        return span.line <= place.span.line <= span.end_line

    def edge(self, called: Place, context: Context) -> Edge:
        """The edge of a call of this run, made if it is new."""
        key = (id(context), called)
        matches = self.edges.get(key)
        if matches is None:
            matches = self.edges[key] = Edge(called, context)
        return matches

    def up(self) -> Iterator[tuple[Edge, Activation]]:
        """One way from here to a root: the first call that led to each run."""
        visited = {id(self)}
        activation = self
        while activation.edges:
            edge = next(iter(activation.edges.values()))
            activation = edge.context.activation
            if id(activation) in visited:
                return
            visited.add(id(activation))
            yield edge, activation

    def roots(self) -> list[Activation]:
        """The runs that nobody called and that lead here, the nearest first."""
        matches: list[Activation] = []
        by_name = {id(self): self}
        queue = [self]
        for activation in queue:
            if not activation.edges:
                matches.append(activation)
            for edge in activation.edges.values():
                caller = edge.context.activation
                if id(caller) not in by_name:
                    by_name[id(caller)] = caller
                    queue.append(caller)
        return matches or [self]


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """One call: where it stands, and what stands around it."""

    called: Place
    context: Context


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """The surroundings of a call in the function that makes it, innermost first: one linked list from the call out to
    the function's frame, and to the decorators that run it. What surrounds the function's own calls are the `edges` of
    its activation.

    frame: a function, or a file's body. try: inside the body of `stmt`. loop: inside a loop. run: inside a function
    that was handed to `spec` (None: to something unknown) to be run, or inside a call whose result nobody takes."""

    kind: Literal["frame", "try", "loop", "run"]
    outer: Context | None
    unit: Unit
    activation: Activation
    stmt: Try | Loop | None = None
    rest: tuple[Stmt, ...] = ()  # try, loop: what follows it in its block
    flags: Mapping[str, bool] = field(default_factory=dict)  # try: variables that hold a known true or false before it
    spec: CallSpec | None = None
    bound: BoundArguments | None = None
    loose: FloatingCall | None = None
    at: Place | None = None  # run: where it is begun

    def outward(self) -> Iterator[Context]:
        """This and what is around it, up to the function that it stands in."""
        context: Context | None = self
        while context is not None:
            yield context
            context = context.outer


def file_context(unit: Unit) -> Context:
    """The context of what stands in a file outside all functions, or is looked at by itself."""
    return Context("frame", None, unit, Activation(unit))
