"""PHP's own functions that are lowered to what they are: tests, mappings, text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.joined_text import filled
from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Expression,
    ExpressionStatement,
    MappingEntry,
    Member,
    Name,
    Text,
)
from pcmfa_lint.ir.nodes import Mapping as MappingValue


def _isset(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression:
    span = r.span(node)
    tests = tuple(Compare("is-not", value, curly_braces.constant("None", span), span) for value in values)
    return tests[0] if len(tests) == 1 else BooleanOperation("and", tests, span)


def _empty(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression:
    return BooleanOperation("not", values[:1], r.span(node))


def _null(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression:
    return Compare("is", values[0], curly_braces.constant("None", r.span(node)), r.span(node))


def _in_array(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression | None:
    return Compare("in", values[0], values[1], r.span(node)) if len(values) > 1 else None


def _contains(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression | None:
    return Compare("contains", values[0], values[1], r.span(node)) if len(values) > 1 else None


def _matches(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression | None:
    """A test; `preg_match($pattern, $text, $groups)` takes parts of the text as well."""
    if len(values) < 2:
        return None
    test = Compare("match", values[1], values[0], r.span(node))
    if len(values) < 3 or not isinstance(values[2], Name):
        return test
    groups = Assign((values[2],), values[1], r.span(node))
    return Block((groups, ExpressionStatement(test, test.span)), r.span(node))


def _compact(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression | None:
    if not all(isinstance(value, Text) for value in values):
        return None
    entries = tuple(MappingEntry(v, Name(v.value, v.span), v.span) for v in values if isinstance(v, Text))
    return MappingValue(entries, (), r.span(node))


def _information(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression | None:
    """`curl_getinfo($ch, CURLINFO_X)` is that entry of all that it tells."""
    if len(values) < 2:
        return None
    information = Call(Name("curl_getinfo", values[0].span), (Arg(values[0], values[0].span),), r.span(node))
    return Member(information, values[1], r.span(node))


_HOLE = re.compile(r"%(?:(\d+)\$)?[-+ 0']*\d*(?:\.\d+)?[bcdeEfFgGosuxX]|%%")


def _formatted(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression | None:
    """`sprintf('a%s', b)`: text built from parts."""
    form, *rest = values
    if not isinstance(form, Text):
        return None
    next_number = count()

    def value(hole: re.Match[str]) -> Expression | None:
        if hole[0] == "%%":
            return Text("%", form.span)
        number = int(hole[1]) - 1 if hole[1] else next(next_number)
        return rest[number] if number < len(rest) else None

    return Concatenation(tuple(filled(form, _HOLE, value)), r.span(node))


def _joined(node: Node, values: tuple[Expression, ...], r: Reader) -> Expression | None:
    """`implode(',', $list)`"""
    if len(values) != 2:
        return None
    span = r.span(node)
    return Call(Member(values[0], Text("join", span, "bare"), span), (Arg(values[1], values[1].span),), span)


# From the call, its arguments by position and the reader to a value; None: it is a call like any other.
BUILTINS: Mapping[str, Callable[[Node, tuple[Expression, ...], Reader], Expression | None]] = {
    "sprintf": _formatted,
    "implode": _joined,
    "join": _joined,
    "curl_getinfo": _information,
    "isset": _isset,
    "empty": _empty,
    "is_null": _null,
    "in_array": _in_array,
    "str_contains": _contains,
    "stripos": _contains,
    "strpos": _contains,
    "preg_match": _matches,
    "compact": _compact,
}
