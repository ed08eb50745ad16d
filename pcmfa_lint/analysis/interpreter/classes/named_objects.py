"""Objects that reach a call out of sight, and are called as a class of the repository is: `@api.read` where one class
`PartnerApi` has such a method. Asked only where types are not written, and followed only into what sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.interpreter.classes.declared_types import is_open
from pcmfa_lint.analysis.values.model import AbstractValue, ClassVal, ExternalSymbol, ObjectValue
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import Define, Func, Member

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def object_of_name(run: RunState, base: AbstractValue, callee: Member, method: str, frame: Frame) -> ObjectValue | None:
    """The object that a value is on which a method is called, if nothing else is known of it and one class is meant."""
    if not frame.semantics.untyped or not (is_open(base) or _is_kept_elsewhere(base, callee)):
        return None
    name = walk.last(callee.base)
    cls = run.program.named_after(frame.unit.language, name, method) if name else None
    if cls is None:
        return None
    func = next(func for func in _methods(cls) if func.name == method)
    if id(func) in run.sending:
        return run.any_instance(cls, frame)
    run.awaited.add(id(func))
    return None


def _is_kept_elsewhere(base: AbstractValue, callee: Member) -> bool:
    """Whether a library's object holds the value: `current_app.partner`."""
    return isinstance(base, ExternalSymbol) and isinstance(callee.base, Member)


def _methods(cls: ClassVal) -> list[Func]:
    return [stmt.what for stmt in cls.cls.body if isinstance(stmt, Define) and isinstance(stmt.what, Func)]
