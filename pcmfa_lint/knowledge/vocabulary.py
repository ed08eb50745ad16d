"""The attributes of each kind of evidence, and the words that each may hold: rule and catalog files are held against
them.

The words are read from the types: an attribute is a `Literal`, or a tuple of one, whose "" means "not said".
"""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pcmfa_lint.knowledge.toml_schema import hints


@cache
def attributes(cls: type) -> dict[str, Any]:
    """All dotted attributes of a kind of evidence with their types, `X | None` as X; neither the trace nor what is
    `written` in a secret is one of them."""
    types_by_name: dict[str, Any] = {}
    for name, hint in hints(cls).items():
        kind = _bare(hint)
        if name in ("trace", "written"):
            continue
        types_by_name[name] = kind
        if isinstance(kind, type) and is_dataclass(kind) and not is_place(kind):
            types_by_name.update({f"{name}.{inner}": part for inner, part in attributes(kind).items()})
    return types_by_name


@cache
def words(cls: type, attribute: str) -> tuple[str, ...]:
    """The words that a dotted attribute of a kind of evidence may hold; empty if it holds any text."""
    owner, _, last = attribute.rpartition(".")
    kind = attributes(cls)[owner] if owner else cls
    hint = attributes(kind)[last]
    if get_origin(hint) is tuple:
        hint = get_args(hint)[0]
    return tuple(filter(None, get_args(hint))) if get_origin(hint) is Literal else ()


@cache
def is_place(kind: Any) -> bool:
    """Whether a type is that of a region of a file, of which nothing can be asked."""
    return is_dataclass(kind) and {each.name for each in fields(kind)} == {"path", "span"}


def _bare(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(kind for kind in get_args(hint) if kind is not type(None))
    return hint
