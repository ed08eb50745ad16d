"""Functions of the repository that are put around other functions: what a decorated name then means."""

from __future__ import annotations

from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.state.call_graph import file_context
from pcmfa_lint.analysis.state.frame import Frame
from pcmfa_lint.analysis.state.machine import RunState
from pcmfa_lint.analysis.values.model import FuncVal, Values
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Expression


def decorated(run: RunState, decorator: Expression, vals: Values, frame: Frame) -> Values:
    """What a decorator makes of functions; themselves, if it is a library's."""
    for val in run.eval(decorator, frame):
        if isinstance(val, FuncVal):
            arguments = Arguments(frame.place(decorator))
            arguments.add(None, vals)
            inner = run.call_function(val, arguments, frame, None)
            vals = tuple(v for v in inner if isinstance(v, FuncVal)) or vals
    return vals


def by_own(run: RunState, func: FuncVal) -> Values:
    """A function that is named without its file's variables, such as a method, with what its decorators put around it.
    It keeps its object: what is put around hands on the arguments only."""
    index = run.program.index(func.unit.language)
    vals: Values = (func,)
    if index.semantics.declarations or walk.is_property(func.func):
        return vals
    for decorator in reversed(func.func.decorators):
        name = walk.decorator_name(decorator).rpartition(".")[2]
        if run.program.functions(func.unit.language, name):
            frame = Frame(func.unit, index, run.ensure(func.unit), file_context(func.unit))
            vals = decorated(run, decorator, vals, frame)
    return vals
