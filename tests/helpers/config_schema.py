"""The JSON Schema that the configuration's types amount to, without descriptions."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin

from pcmfa_lint.knowledge.toml_schema import hints


def schema_of(kind: Any) -> dict[str, Any]:
    if is_dataclass(kind):
        return _record(kind)
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is dict:
        return {"type": "object", "additionalProperties": schema_of(get_args(kind)[1])}
    if get_origin(kind) is tuple:
        item = schema_of(get_args(kind)[0])
        many = {"type": "array", "items": item}
        return {"anyOf": [item, many]}  # a single value stands for a list of one
    return {"type": {str: "string", bool: "boolean", int: "integer"}[kind]}


def _record(kind: Any) -> dict[str, Any]:
    types = hints(kind)
    needed = [each for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {_key(each.name): schema_of(types[each.name]) for each in fields(kind)},
        **({"required": [_key(each.name) for each in needed]} if needed else {}),
    }


def _key(name: str) -> str:
    return name.replace("_", "-")
