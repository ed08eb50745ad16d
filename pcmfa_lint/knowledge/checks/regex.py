"""Whether a rule's pattern is safe to run over hostile text with a backtracking engine.

A variable repeat (`x*`, `x{1,9}`) whose items cannot match what must follow it stops in one place only: giving back
items is tried and fails at once. That costs no more than reading the run once, if what comes before it is fixed, or
cannot be such an item (else it is read again from every place of the run). Any other repeat multiplies the ways to
match by its width. `check_pattern` refuses a pattern in which these ways multiply beyond `MAX_WAYS`, or in which a
repeat stands within a repeat."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from pcmfa_lint.limits import PATTERN_CHARS

if sys.version_info >= (3, 11):
    import re._constants as sre
    import re._parser as sre_parser
else:  # pragma: no cover - the other branch on older versions
    import sre_constants as sre
    import sre_parse as sre_parser

MAX_WAYS = 4 * PATTERN_CHARS
_ALL = frozenset((*map(chr, range(128)), "é", "中"))  # the two stand for everything beyond ASCII

_NONE: frozenset[str] = frozenset()

Node = tuple[Any, Any]


def check_pattern(pattern: str) -> str | None:
    """A sentence that says why the pattern is not safe (or not valid), or None if it is."""
    try:
        tree = sre_parser.parse(pattern)
        flags = re.compile(pattern).flags
    except (re.error, OverflowError, RecursionError) as error:
        return f"The pattern is not a valid regular expression: {error}."
    try:
        number_of_ways = _ways(list(tree.data), flags, inside=False)
    except _UnsafeError as unsafe:
        return str(unsafe)
    if number_of_ways > MAX_WAYS:
        return (
            f"The pattern could be matched in {number_of_ways:,} ways at one place, more than {MAX_WAYS:,}; "
            "bound its repeats (`{0,9}`), or let each end at a character that it cannot match itself."
        )
    return None


class _UnsafeError(Exception):
    pass


def _ways(nodes: Sequence[Node], flags: int, inside: bool, busy: bool = False) -> int:
    """The number of ways that one start can be tried. `inside`: the nodes stand in a variable repeat; `busy`: what
    comes before them can be matched in several ways, so they are tried as often."""
    ways = 1
    for number, (op, argument) in enumerate(nodes):
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT) or op is getattr(sre, "POSSESSIVE_REPEAT", None):
            busy = busy or ways > 1
            before = _any_of(nodes[number - 1 : number], flags) if number else None
            ways *= _repeat(argument, before if busy else _NONE, nodes[number + 1 :], flags, inside)
        elif op is sre.BRANCH:
            if inside:
                raise _UnsafeError(
                    "The pattern has alternatives within a repeat; write a character class, or unroll it."
                )
            ways *= sum(_ways(list(branch), flags, inside, busy or ways > 1) for branch in argument[1])
        elif op in (sre.GROUPREF, sre.GROUPREF_EXISTS):
            raise _UnsafeError("The pattern refers back to a group, which cannot be matched in linear time.")
        else:
            for body in _bodies(op, argument):
                ways *= _ways(body, flags, inside, busy or ways > 1)
    return ways


def _repeat(argument: Any, before: frozenset[str] | None, following: Sequence[Node], flags: int, inside: bool) -> int:
    low, high, body = argument[0], argument[1], list(argument[2])
    width = min(int(high), PATTERN_CHARS) - int(low) + 1
    if inside and width > 1:
        raise _UnsafeError("The pattern has a repeat within a repeat; write it with one repeat of a character class.")
    inner = _ways(body, flags, inside or (width > 2 and high > 1), busy=True)
    if width <= 1:
        return inner
    after = _first(following, flags)
    items = _any_of(body, flags)
    if items is None or after is None or before is None or items & after or items & before:
        return inner * width
    return inner


def _bodies(op: Any, argument: Any) -> Iterable[list[Node]]:
    if op is sre.SUBPATTERN:
        yield list(argument[3])
    elif op in (sre.ASSERT, sre.ASSERT_NOT):
        yield list(argument[1])
    elif op is getattr(sre, "ATOMIC_GROUP", None):
        yield list(argument)


def _first(nodes: Sequence[Node], flags: int) -> frozenset[str] | None:
    """The characters with which these nodes must go on, or None if they may match nothing."""
    for op, argument in nodes:
        if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            continue
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            return _first(list(argument[2]), flags) if argument[0] > 0 else None
        if op is sre.SUBPATTERN:
            return _first(list(argument[3]), flags)
        if op is sre.BRANCH:
            firsts = [_first(list(branch), flags) for branch in argument[1]]
            certain = [first for first in firsts if first is not None]
            return frozenset().union(*certain) if len(certain) == len(firsts) else None
        return _characters(op, argument, flags)
    return None


def _any_of(nodes: Sequence[Node], flags: int) -> frozenset[str] | None:
    """The characters of a repeat's single-character body; None if it is more than that."""
    if len(nodes) != 1:
        return None
    op, argument = nodes[0]
    return _any_of(list(argument[3]), flags) if op is sre.SUBPATTERN else _characters(op, argument, flags)


def _characters(op: Any, argument: Any, flags: int) -> frozenset[str] | None:
    if op is sre.ANY:
        return _ALL if flags & re.DOTALL else _ALL - {"\n"}
    if op is sre.LITERAL:
        return _cased({_stand_in(argument)}, flags)
    if op is sre.NOT_LITERAL:
        return _ALL - _cased({_stand_in(argument)}, flags) | {"é", "中"}
    return _class(argument, flags) if op is sre.IN else None


def _class(items: Any, flags: int) -> frozenset[str]:
    characters: set[str] = set()
    negated = False
    for op, argument in items:
        if op is sre.NEGATE:
            negated = True
        elif op is sre.LITERAL:
            characters.add(_stand_in(argument))
        elif op is sre.RANGE:
            characters.update(chr(code) for code in range(argument[0], min(argument[1], 127) + 1))
            if argument[1] > 127:
                characters.update(("é", "中"))
        else:
            characters.update(char for char in _ALL if _in_category(argument, char))
    chars = _cased(characters, flags)
    return (_ALL - chars) | {"é", "中"} if negated and chars <= _ASCII else _ALL - chars if negated else chars


_ASCII = frozenset(map(chr, range(128)))
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


def _in_category(category: Any, char: str) -> bool:
    return category not in _CATEGORIES or re.match(_CATEGORIES[category], char) is not None


def _stand_in(code: int) -> str:
    return chr(code) if code < 128 else "é"


def _cased(chars: Iterable[str], flags: int) -> frozenset[str]:
    if not flags & re.IGNORECASE:
        return frozenset(chars)
    return frozenset(form for char in chars for form in (char.lower(), char.upper(), char) if len(form) == 1)
