"""Methods of mappings: entries that are read, added and taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.unknown_calls import run_handed
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.building import form, merge
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    MappingValue,
    Values,
)
from pcmfa_lint.ir.nodes import Call, Expression, Member, Name

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.frame import Frame
    from pcmfa_lint.analysis.state.machine import RunState


def mapping_method(
    run: RunState, base: MappingValue, name: str, callee: Member, arguments: Arguments, frame: Frame
) -> Values:
    args = arguments.positional
    key = (texts(args[0]) if args else None) or [""]
    if name in run.names.gets and args:
        some = base.entry(key[0], arguments.place) if key[0] else tuple(v for _, vals in base.entries for v in vals)
        return some if some else (args[1] if len(args) > 1 else UNCLEAR)
    if name in run.names.adds and len(args) > 1:
        now = base.with_entry(key[0], args[1]) if key[0] else base.with_unnamed(args[0], args[1])
    elif name in run.names.removes and key[0]:
        now = base.without(key[0])
    elif name in run.names.merges:
        now = _updated(base, arguments)
    elif name in run.names.views:
        return (base,)
    else:
        run_handed(run, tuple(v for _, vals in arguments.order for v in vals), arguments, frame)
        return (base,) if form((base,)) is not None else UNCLEAR  # written down field by field
    run.fill(_filled(run, callee.base, base, frame), (now,), frame)
    return (now,)


def _filled(run: RunState, node: Expression, base: MappingValue, frame: Frame) -> Expression:
    """What a mapping is held by: `x` in `x.add(…).add(…)`, if it is that mapping."""
    root = node
    while isinstance(root, Call) and isinstance(root.callee, Member):
        root = root.callee.base
    variable = run.lookup(frame.index.key(root.id), frame) if isinstance(root, Name) else None
    return root if any(isinstance(val, MappingValue) and val.place == base.place for val in variable or ()) else node


def _updated(base: MappingValue, arguments: Arguments) -> MappingValue:
    for vals in arguments.positional:
        for val in vals[:1]:
            base = merge(base, val)
    for name, vals in arguments.named.items():
        base = base.with_entry(name, vals)
    return base
