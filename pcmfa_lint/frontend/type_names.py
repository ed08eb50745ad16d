"""Declared types as a Unit holds them: a name, with what it is generic over.

`A.B<C.D, E?>[]` → `B<D,E>`; where types are values of modules the name is kept whole: `A.B<C.D,E>`. Of alternatives
(`A | null`) the first that is a name; a function's, a tuple's or a shape's type is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pcmfa_lint.limits import TYPE_CHARS, TYPE_DEPTH

_TOKEN = re.compile(r"[\w$@.\\:]+|[<>,|(){}\"'`]|=>|->")
_WORDS = frozenset(
    ("readonly", "in", "out", "extends", "super", "const", "ref", "final", "typeof", "suspend", "void", "var", "let")
)
_NOTHING = frozenset(("null", "undefined", "None", "false", "never"))
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def type_named(
    written: str, aliases: Mapping[str, str] = _NO_NAMES, nested: bool = False, qualified: bool = False
) -> str:
    """The name of a type as it is written in C#, Java, Kotlin, PHP or TypeScript; "" if it has none. `aliases`: local
    names with what they stand for. `nested`: a type in another one keeps that one's name (`WebClient.Builder`).
    `qualified`: so does one of a module."""
    tokens = _TOKEN.findall(written[:TYPE_CHARS])
    if "->" in tokens or "=>" in tokens:
        return ""
    full_name = _type(tokens, None if qualified else aliases, TYPE_DEPTH)
    return _within(written, full_name) if nested and full_name else full_name


def _type(tokens: list[str], aliases: Mapping[str, str] | None, depth: int) -> str:
    """The type that begins here; takes it off the tokens."""
    full_name = ""
    while tokens and tokens[0] not in (">", ","):
        token = tokens.pop(0)
        if token in ("(", "{", '"', "'", "`"):
            return full_name
        if full_name or token == "|" or token in _WORDS or token in _NOTHING or token == "<":
            if token == "<":
                full_name = _generic(full_name, tokens, aliases, depth)
            continue
        full_name = token.strip(".:") if aliases is None else _last(token, aliases)
    return full_name


def _generic(name: str, tokens: list[str], aliases: Mapping[str, str] | None, depth: int) -> str:
    """A name with the types behind it."""
    inner = []
    if not depth:
        tokens.clear()
    while tokens and tokens[0] != ">":
        inner.append(_type(tokens, aliases, depth - 1))
        if tokens and tokens[0] == ",":
            tokens.pop(0)
        elif tokens and tokens[0] != ">":
            tokens.clear()
    if tokens:
        tokens.pop(0)
    return f"{name}<{','.join(inner)}>" if name and all(inner) and inner and "<" not in name else name


def _within(written: str, name: str) -> str:
    """A type's name behind that of the type it stands in."""
    words = re.split(r"[.\s]+", written.partition("<")[0].strip())
    return f"{words[-2]}.{name}" if len(words) > 1 and words[-2][:1].isupper() else name


def _last(name: str, aliases: Mapping[str, str]) -> str:
    words = [word for word in re.split(r"[.\\:]+", name) if word]
    if not words or words[0][0].isdigit():
        return ""
    if len(words) == 1 and words[0] in aliases:
        return aliases[words[0]].rpartition(".")[2]
    return words[-1]
