"""One running function of a run."""

from __future__ import annotations

from dataclasses import field

from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.values.model import Env, FuncVal, Values
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import Class, Expression, Func, Param, Stmt, Unit
from pcmfa_lint.knowledge.semantics import LanguageSemantics


@dataclass(frozen=True, slots=True, eq=False)
class Following:
    """The statements that run after one: the rest of its `block` from behind `number` on, then what follows that block.
    Outside a loop's body, and outside a function's, nothing is known to follow."""

    block: tuple[Stmt, ...]
    number: int
    outer: Following | None = None

    def statements(self) -> tuple[Stmt, ...]:
        """All of it, in order."""
        stmts: list[Stmt] = []
        following: Following | None = self
        while following is not None:
            stmts += following.block[following.number + 1 :]
            following = following.outer
        return tuple(stmts)


@dataclass(slots=True)
class Frame:
    """One running function (or a file's body, `func` None)."""

    unit: Unit
    index: Index
    env: Env
    context: Context
    caller: Frame | None = None
    func: FuncVal | None = None
    this: Values = ()
    returns: list[Values] = field(default_factory=list)
    outputs: list[Values] = field(default_factory=list)  # what expression statements leave behind
    valued: bool = False  # what expression statements leave behind is somebody's value
    following: Following | None = None  # what follows the statement that runs now, or the block that it is in
    again: bool = False  # the second time round in a loop: the loops in it run only once more
    replays: bool = False  # in a branch that is there for a 401
    failed: frozenset[int] = frozenset()  # the requests that have failed where this branch runs
    free: dict[str, Values | None] = field(
        default_factory=dict
    )  # variables that were looked for in the callers' scopes

    @property
    def semantics(self) -> LanguageSemantics:
        """The semantics of the language in which the function is written."""
        return self.index.semantics

    def place(self, node: Expression | Stmt | Param | Func | Class) -> Place:
        return Place(self.unit.path, node.span)
