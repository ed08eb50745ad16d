"""Functions of libraries that are handed on as values: `run(requests.get, address)`, `send = client.PostAsync`."""

from __future__ import annotations

from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.analysis.values.model import AbstractValue, ExternalSymbol, ObjectValue, Values
from pcmfa_lint.knowledge.catalog import CallSpec


def known(val: AbstractValue, index: Index) -> tuple[CallSpec, Values] | None:
    """The entry of a function that a value stands for, and the object whose method it is."""
    if not isinstance(val, ExternalSymbol):
        return None
    spec = index.function(val.name)
    if spec is not None:
        return spec, ()
    holder, _, name = val.name.rpartition(".")
    if isinstance(val.owner, ObjectValue) and holder == val.owner.type:
        spec = index.method(name, holder)
    return (spec, (val.owner,)) if spec is not None and val.owner is not None else None


def needs_nothing(val: AbstractValue, index: Index) -> bool:
    """Whether a method that is handed on has all that it sends in its object: `run(call::execute)`."""
    spec, _ = known(val, index) or (None, ())
    return spec is not None and (spec.is_ == "api-call" or spec.args.get("url", "").startswith("receiver."))
