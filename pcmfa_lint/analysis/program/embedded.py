"""Scripts inside files. The interpreter keeps one set of variables a file; so each script is followed under a path of
its own, and what was found in it is brought back to the file that holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Unit

T = TypeVar("T")


def apart(units: Sequence[Unit]) -> tuple[list[Unit], dict[str, str]]:
    """The scripts of all files as files of their own, and the file of each by its path."""
    units_: list[Unit] = []
    homes: dict[str, str] = {}
    for unit in units:
        for number, script in enumerate(unit.scripts, 1):
            path = f"{unit.path}#{number}"
            homes[path] = unit.path
            units_.append(replace(script, path=path))
    return units_, homes


def brought_back(items: Iterable[T], homes: Mapping[str, str]) -> list[T]:
    """The same with the places of scripts in the files that hold them."""
    return [_back(item, homes) for item in items] if homes else list(items)


def _back(value: Any, homes: Mapping[str, str]) -> Any:
    if isinstance(value, Place):
        return replace(value, path=homes[value.path]) if value.path in homes else value
    if isinstance(value, str):
        return homes.get(value, value)
    if isinstance(value, tuple):
        return tuple(_back(part, homes) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        moved = {field.name: _back(getattr(value, field.name), homes) for field in fields(value)}
        return replace(value, **moved)
    return value
