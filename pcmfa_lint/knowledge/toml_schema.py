"""TOML text to frozen dataclasses, with faults that a rule author can act on.

A fault names file, line, what is wrong and the nearest right key or value. It never repeats what stood in the file
except names of keys: a rule file may hold a secret by mistake.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, partial
from typing import Any, ClassVar, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.knowledge.toml_lines import KeyLines, KeyPath
from pcmfa_lint.limits import KEY_PARTS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")

_KEY_SHAPE = re.compile(r"[A-Za-z0-9_.-]+")
_KEY_LENGTH = 40
_RESERVED = {"is": "is_", "from": "from_"}  # keys that Python does not allow as field names
_KINDS: dict[Any, str] = {str: "a text", int: "a whole number", bool: "true or false", float: "a number"}
_MANY = 16  # a longer vocabulary is not listed in a fault, only its nearest word
# The parser's own sentences that hold nothing of the file; of all others only the place is told.
_SYNTAX = (
    "Expected '=' after a key in a key/value pair",
    "Expected newline or end of document after a statement",
    "Cannot overwrite a value",
    "Duplicate inline table key",
    "Cannot declare",
    "Unclosed array",
    "Unclosed inline table",
    "Unterminated string",
    "Invalid initial character for a key part",
    "Invalid statement",
    "Invalid value",
    "Illegal character",
)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A fault in a rule or catalog file. `line` from 1; 0 where it is about the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """A fault before its line is looked up: the key path it is about."""

    path: KeyPath
    text: str


def load(cls: type[T], text: str, file: str, table: tuple[str, ...] = ()) -> tuple[T | None, tuple[Fault, ...]]:
    """Reads a TOML `text`, or the `table` in it, into the dataclass `cls`. Gives the object and no faults, or None and
    all faults. A table that is not there is empty."""
    data, fault = parse(text, file)
    return (None, (fault,)) if fault is not None else made_of(cls, data, text, file, table)


def made_of(
    cls: type[T], data: Any, text: str, file: str, table: tuple[str, ...] = ()
) -> tuple[T | None, tuple[Fault, ...]]:
    """Does what `load` does, where it is known that `data` are the plain tables of the text."""
    builder = _Builder()
    record = builder.build(cls, inside(data, table), table)
    if builder.problems:
        return None, locate(text, file, builder.problems)
    return cast(T, record), ()


def inside(data: Any, table: tuple[str, ...]) -> Any:
    """The part of plain TOML values that is called `table`; an empty table if it is not there."""
    for key in table:
        data = data.get(key, {}) if isinstance(data, dict) else {}
    return data


def parse(text: str, file: str) -> tuple[dict[str, Any], Fault | None]:
    """The plain tables of a TOML text, or a fault that says where its syntax is wrong."""
    for key in _DOTTED.finditer(text):
        if key[0].count(".") > KEY_PARTS:  # the parser takes the cube of their number
            return {}, Fault(file, text.count("\n", 0, key.start()) + 1, "not valid TOML: a key of too many parts")
    try:
        return tomllib.loads(text), None
    except RecursionError:
        return {}, Fault(file, 0, "not valid TOML: nested too deep")
    except ValueError as error:  # also what is no TOMLDecodeError: a number of thousands of digits
        message = str(error)
    sentence = next((beginning for beginning in _SYNTAX if message.startswith(beginning)), "")
    at = re.search(r"\(at line (\d+), column (\d+)\)$", message)
    line = int(at[1]) if at else text.count("\n") + 1
    where = f", column {at[2]}" if at else ""
    return {}, Fault(file, line, f"not valid TOML{where}" + (f": {sentence}" if sentence else ""))


def locate(text: str, file: str, problems: Iterable[SchemaProblem]) -> tuple[Fault, ...]:
    """Gives every problem its line in `text`, which is valid TOML. Sorted."""
    lines = KeyLines(text)
    return tuple(sorted(Fault(file, lines.line(problem.path), problem.text) for problem in problems))


def shown_key(key: str) -> str:
    """A key as a fault may show it: quoted and cut, or not at all where it is not shaped like a key."""
    return f'"{key[:_KEY_LENGTH]}"' if _KEY_SHAPE.fullmatch(key) else "(a key that is not shown)"


def nearest(word: str, options: Iterable[str]) -> str:
    """` ; did you mean "x"?` for the option most like `word`, or nothing."""
    from difflib import get_close_matches  # only needed when something is wrong

    close = get_close_matches(word[:_KEY_LENGTH], sorted(options), 1)
    return f'; did you mean "{close[0]}"?' if close else ""


def one_of(options: Iterable[str], word: str) -> str:
    """The end of a sentence that refuses `word`: what is allowed, if that is few, and what is nearest."""
    words = [each for each in options if each]
    listed = (
        " one of " + ", ".join(f'"{each}"' for each in words) if len(words) <= _MANY else " a word of its vocabulary"
    )
    return f"must be{listed}{nearest(word, words)}"


def key_name(field: str) -> str:
    """The key by which a file writes a field."""
    return field.rstrip("_")


@cache
def hints(cls: type) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    return {name: kind for name, kind in get_type_hints(cls).items() if get_origin(kind) is not ClassVar}


def _last_key(path: KeyPath) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _table(path: KeyPath) -> str:
    """How a file writes the table at `path`: `[at]`, `[[case]]`."""
    key = _last_key(path)
    name = key[:_KEY_LENGTH] if _KEY_SHAPE.fullmatch(key) else "…"
    return f"[[{name}]]" if path and isinstance(path[-1], int) else f"[{name}]"


class _Builder:
    """Turns plain TOML values into typed ones and gathers what does not fit. After a problem the value is None."""

    def __init__(self) -> None:
        self.problems: list[SchemaProblem] = []

    def build(self, kind: Any, value: Any, path: KeyPath) -> Any:
        return _way(kind)(self, value, path)

    def record(self, cls: type, value: Any, path: KeyPath) -> Any:
        if not isinstance(value, dict):
            return self._refuse(path, "a table")
        ways = _ways(cls)
        values: dict[str, Any] = {}
        for key, part in value.items():
            name = _RESERVED.get(key) or key.replace("-", "_")
            way = ways.get(name)
            if way is None:
                inside = f" in {_table(path)}" if path else ""
                hint = nearest(name, map(key_name, ways))
                self._add((*path, key), f"unknown key {shown_key(key)}{inside}{hint}")
            elif name in values:
                self._add((*path, key), f"the key {shown_key(key)} is written twice, with dash and with underscore")
            else:
                values[name] = way(self, part, (*path, key))
        for field in _needed(cls):
            if field not in values:
                owner = _table(path) if path else "the file"
                self._add(path, f'{owner} lacks the key "{key_name(field)}"')
        return None if self.problems else cls(**values)

    def sequence(self, way: _Way, value: Any, path: KeyPath) -> tuple[Any, ...]:
        if not isinstance(value, list):
            return (way(self, value, path),)
        return tuple([way(self, item, (*path, index)) for index, item in enumerate(value)])

    def mapping(self, way: _Way, value: Any, path: KeyPath) -> Any:
        if not isinstance(value, dict):
            return self._refuse(path, "a table")
        return {key: way(self, part, (*path, key)) for key, part in value.items()}

    def word(self, words: tuple[Any, ...], value: Any, path: KeyPath) -> Any:
        if value in words:
            return value
        self._add(path, f"{shown_key(_last_key(path))} {one_of(words, value if isinstance(value, str) else '')}")
        return None

    def union(self, kinds: tuple[Any, ...], value: Any, path: KeyPath) -> Any:
        for each in kinds:
            if _suits(each, value):
                return self.build(each, value, path)
        return self._refuse(path, " or ".join(_kind_name(kind) for kind in kinds if kind is not type(None)))

    def scalar(self, kind: Any, value: Any, path: KeyPath) -> Any:
        fits = type(value) is kind or _suits(kind, value)
        return value if fits else self._refuse(path, _kind_name(kind))

    def _refuse(self, path: KeyPath, expected: str) -> None:
        self._add(path, f"{shown_key(_last_key(path))} must be {expected}")

    def _add(self, path: KeyPath, text: str) -> None:
        self.problems.append(SchemaProblem(path, text))


_Way = Callable[[_Builder, Any, KeyPath], Any]


@cache
def _ways(cls: type) -> dict[str, _Way]:
    """How the fields of a dataclass are built."""
    return {name: _way(kind) for name, kind in hints(cls).items()}


@cache
def _way(kind: Any) -> _Way:
    """How values of a type are built."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda builder, value, path: frozen(value)
    if is_dataclass(kind):
        return lambda builder, value, path: builder.record(cast(type, kind), value, path)
    if origin is tuple:
        return _texts if inner[0] is str else partial(_sequence, _way(inner[0]))
    if origin is dict:
        entry = _way(inner[1])
        return lambda builder, value, path: builder.mapping(entry, value, path)
    if origin is Literal:
        return lambda builder, value, path: builder.word(inner, value, path)
    if origin in (Union, types.UnionType):
        return lambda builder, value, path: builder.union(inner, value, path)
    return partial(_scalar, kind)


def _sequence(item: _Way, builder: _Builder, value: Any, path: KeyPath) -> Any:
    return builder.sequence(item, value, path)


def _texts(builder: _Builder, value: Any, path: KeyPath) -> Any:
    if isinstance(value, list) and {str}.issuperset(map(type, value)):
        return tuple(value)
    return builder.sequence(_way(str), value, path)


def _scalar(kind: Any, builder: _Builder, value: Any, path: KeyPath) -> Any:
    return value if type(value) is kind else builder.scalar(kind, value, path)


@cache
def _needed(cls: Any) -> tuple[str, ...]:
    """The fields of a dataclass that have no default."""
    return tuple(each.name for each in fields(cls) if each.default is MISSING and each.default_factory is MISSING)


def _suits(kind: Any, value: Any) -> bool:
    """Whether a value has the shape of a type; what is inside it is another question."""
    if is_dataclass(kind) or get_origin(kind) is dict:
        return isinstance(value, dict)
    if get_origin(kind) is tuple:
        return isinstance(value, list)
    if kind is float:
        return type(value) in (int, float)
    return type(value) is kind  # bool is no int here


def _kind_name(kind: Any) -> str:
    if kind in _KINDS:
        return _KINDS[kind]
    return "a list" if get_origin(kind) is tuple else "a table"


def frozen(value: Any) -> Any:
    """A free TOML value with its lists as tuples."""
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    if isinstance(value, Mapping):
        return {key: frozen(part) for key, part in value.items()}
    return value
