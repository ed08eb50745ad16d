"""Handlers of errors: which one a failed request reaches, and what is in it."""

from __future__ import annotations

from pcmfa_lint.analysis.failures.error_types import ErrorTypes
from pcmfa_lint.analysis.failures.on_401 import BlockExit, Flags, exit_of
from pcmfa_lint.analysis.failures.roles import Role
from pcmfa_lint.analysis.failures.verdicts import evaluate_under_401, in_handler, in_handler_of
from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.program.symbols import Program
from pcmfa_lint.analysis.state.call_graph import Context
from pcmfa_lint.analysis.state.requests import Request
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    BooleanOperation,
    Call,
    Compare,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    Lambda,
    Member,
    Name,
    Return,
    Stmt,
    Try,
)

# What a handler must name to catch a failed request that raises, whatever library sends it: a base of all errors, or
# what holds the error that work ended with, where somebody waits for it.
_CATCH_ALL = {
    "exception",
    "baseexception",
    "throwable",
    "error",
    "standarderror",
    "systemexception",
    "runtimeexception",
    "executionexception",
    "completionexception",
    "invocationtargetexception",
    "aggregateexception",
    "exceptiongroup",
    "baseexceptiongroup",
}


class HandlerExits:
    """The ways in which the handlers of a repository are left on a 401. Many requests pass the same ones, so each is
    asked once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._exits: dict[object, BlockExit] = {}
        self._behind: dict[object, tuple[BlockExit, tuple[tuple[str, bool], ...], tuple[Stmt, ...]]] = {}

    def of(self, handler: Handler, context: Context, types: ErrorTypes, again: bool = False) -> BlockExit:
        """The way out of a handler of the `try` that `context` is in, for an error of these types. `again`: it is not
        the first 401."""
        flags = {} if again else dict(context.flags)
        key = (id(handler), context.unit.path, tuple(flags.items()), types, again)
        if key not in self._exits:
            index = self.program.index(context.unit.language)
            body = with_helpers(handler, context, self.program)
            self._exits[key] = exit_of(body, in_handler_of(handler.name, types), index, flags, again)
        return self._exits[key]

    def behind(self, rest: tuple[Stmt, ...], index: Index, flags: Flags) -> BlockExit:
        """The way out of what follows a `try` or loop. `flags` are afterwards those behind it."""
        key = (id(index), tuple(map(id, rest)), tuple(flags.items()))
        if key not in self._behind:
            left = exit_of(rest, _nothing, index, flags)
            self._behind[key] = left, tuple(flags.items()), rest
        left, after, _ = self._behind[key]
        flags.clear()
        flags.update(after)
        return left


def _nothing(value: Expression) -> Role:
    return ""


def catching(stmt: Try, record: Request, types: ErrorTypes) -> Handler | None:
    """The first handler that a failed request reaches, raised as an error of these types."""
    for handler in stmt.handlers:
        names = {t.rpartition(".")[2].casefold() for t in handler.types}
        if not _reached(names, record, types):
            continue
        if record.kind == "token" and not types and names and all("unauthori" in name for name in names):
            continue  # an identity provider refuses with 400
        if handler.test is None:
            return handler
        tested_types = _types(handler.test)
        if (
            _reached(tested_types, record, types)
            if tested_types
            else evaluate_under_401(handler.test, in_handler).truth is not False
        ):
            return handler
    return None


def _reached(names: set[str], record: Request, types: ErrorTypes) -> bool:
    """Whether one of these names is that of the error or of a base of it; libraries' own are known by their names."""
    if not names or names & _CATCH_ALL:
        return True
    raises = {name.casefold() for name in record.failure.raises}
    return bool(names & types) if types else any(_fits(name, raises) for name in names)


def _types(test: Expression) -> set[str]:
    """The types that an exception filter asks for, where it asks for nothing else: `when (e is A or B)`."""
    if isinstance(test, BooleanOperation) and test.op == "or":
        alternatives = [_types(item) for item in test.items]
        return set().union(*alternatives) if all(alternatives) else set()
    if isinstance(test, Compare) and test.op == "is" and isinstance(test.right, (Name, Member)):
        return {walk.last(test.right).casefold()}
    return set()


def with_filter(left: BlockExit, handler: Handler) -> BlockExit:
    """A handler that is there for 401 only tells it."""
    verdict = evaluate_under_401(handler.test, in_handler) if handler.test is not None else None
    if verdict is None or not verdict.distinguishes:
        return left
    return replace(left, distinguishes=True, reads_code=left.reads_code or verdict.reads_code)


def _fits(name: str, raises: set[str]) -> bool:
    return any(name in error_type or error_type in name for error_type in raises) or "unauthori" in name


def with_helpers(handler: Handler, context: Context, program: Program) -> tuple[Stmt, ...]:
    """A handler's statements; where it leaves the error to a function of the repository, that one's instead."""
    stmts: list[Stmt] = []
    for stmt in handler.body:
        call = stmt.value if isinstance(stmt, (Return, ExpressionStatement)) else None
        target = None
        if isinstance(call, Call) and any(walk.dotted(arg.value) == handler.name for arg in call.args):
            target = _helper(walk.last(call.callee), context, program)
        if target is None or not isinstance(call, Call):
            stmts.append(stmt)
            continue
        stmts.append(ExpressionStatement(Call(Lambda(target, call.span), call.args, call.span), stmt.span))
        if isinstance(stmt, Return):
            stmts.append(replace(stmt, value=None))
    return tuple(stmts)


def _helper(name: str, context: Context, program: Program) -> Func | None:
    """The function of this name: one that can be seen from the handler, or the only method of it in the file."""
    visible = program.function(context.unit, name)
    if visible is not None:
        return visible.func
    own = [func for func in walk.functions(context.unit.body) if func.name == name]
    return own[0] if len(own) == 1 else None
