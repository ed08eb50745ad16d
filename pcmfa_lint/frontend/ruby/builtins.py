"""Methods that every value of Ruby has, lowered to what they are: tests, entries, mappings, text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.joined_text import filled
from pcmfa_lint.ir.nodes import (
    Arg,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Expression,
    Lambda,
    Member,
    Seq,
    Span,
    Text,
    Unknown,
)
from pcmfa_lint.ir.nodes import Mapping as MappingValue

Builder = Callable[[Expression, tuple[Expression, ...], "Lambda | None", Span], "Expression | None"]
_HOLE = re.compile(r"%(?:<(\w+)>|\{(\w+)\})?[-+ 0#]*\d*(?:\.\d+)?[bcdeEfgGosuxXp]|%\{(\w+)\}|%%")


def none(span: Span) -> Text:
    """`nil`"""
    return curly_braces.constant("None", span)


def _entry_key(key: Expression) -> Expression:
    """A symbol as a key names an entry, and calls nothing."""
    return Text(key.value, key.span) if isinstance(key, Text) and key.kind == "bare" else key


def _dig(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    entry = on
    for key in values:
        entry = Member(entry, _entry_key(key), span)
    return entry if values else None


def _is(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return Compare("is", on, values[0], span) if values else None


def _is_nil(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return Compare("is", on, none(span), span)


def _includes(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    """`[401, 403].include?(x)`, `(200..299).include?(x)`, `text.include?("x")`"""
    if not values:
        return None
    if isinstance(on, Unknown) and on.reason == "range":
        return within_range(values[0], on, span)
    if isinstance(on, Seq):
        return Compare("in", values[0], on, span)
    return Compare("contains", on, values[0], span)


def within_range(value: Expression, limits: Unknown, span: Span) -> Expression:
    """Whether a value lies in a range: tests of both ends."""
    first, last = limits.parts[0], limits.parts[-1]
    return BooleanOperation("and", (Compare(">=", value, first, span), Compare("<=", value, last, span)), span)


def _between(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return within_range(on, Unknown("range", values, span), span) if len(values) == 2 else None


def _starts(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return Compare("starts-with", on, values[0], span) if values else None


def _matches(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return Compare("match", on, values[0], span) if values else None


def _equals(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return Compare("==", on, values[0], span) if values else None


def _truth(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return on if block is None else None


def _not(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    return BooleanOperation("not", (on,), span)


def _merged(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    """`a.merge(b)`: what is written out wins over what is spread."""
    if not values or block is not None:
        return None
    entries = tuple(entry for one in values if isinstance(one, MappingValue) for entry in one.entries)
    spreads = [spread for one in values if isinstance(one, MappingValue) for spread in one.spreads]
    spreads += [one for one in values if not isinstance(one, MappingValue)]
    return MappingValue(entries, (on, *spreads), span)


def _deleted(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    """`text.delete("\\n")` is that text: no path, no name of an entry is made of signs and spaces only."""
    signs = [value for value in values if isinstance(value, Text) and not re.search(r"[\w/]", value.value)]
    return on if values and len(signs) == len(values) else None


def _sent(on: Expression, values: tuple[Expression, ...], block: Lambda | None, span: Span) -> Expression | None:
    """`x.send(:name, a)` is `x.name(a)`."""
    if not values or not isinstance(values[0], Text):
        return None
    args = tuple(Arg(value, value.span) for value in values[1:])
    args += (Arg(block, block.span, "&"),) if block is not None else ()
    return Call(Member(on, Text(values[0].value, values[0].span, "bare"), span), args, span)


def formatted(form: Expression, rest: tuple[Expression, ...], span: Span) -> Expression | None:
    """`format('a%s', b)`: text built from parts."""
    if not isinstance(form, Text):
        return None
    named = rest[0] if len(rest) == 1 and isinstance(rest[0], MappingValue) else None
    remaining = iter(rest)

    def value(hole: re.Match[str]) -> Expression | None:
        name = hole[1] or hole[2] or hole[3]
        if hole[0] == "%%":
            return Text("%", form.span)
        if not name or not rest:
            return next(remaining, None)
        entries = named.entries if named is not None else ()
        values = [e.value for e in entries if isinstance(e.key, Text) and e.key.value == name]
        return values[0] if values else Member(rest[0], Text(name, form.span), form.span)

    pieces = filled(form, _HOLE, value)
    return Concatenation(tuple(pieces), span) if pieces else form


# From what a method is called on, its arguments by position and its block to a value; None: a call like any other.
METHODS: Mapping[str, Builder] = {
    **dict.fromkeys(("is_a?", "kind_of?", "instance_of?"), _is),
    **dict.fromkeys(("include?", "member?", "cover?", "key?", "has_key?"), _includes),
    **dict.fromkeys(("match?", "match"), _matches),
    **dict.fromkeys(("eql?", "equal?"), _equals),
    **dict.fromkeys(("present?", "presence", "any?", "freeze"), _truth),
    **dict.fromkeys(("blank?", "empty?", "none?"), _not),
    **dict.fromkeys(("merge", "reverse_merge", "deep_merge", "with_defaults"), _merged),
    **dict.fromkeys(("send", "public_send", "__send__"), _sent),
    "delete": _deleted,
    "dig": _dig,
    "nil?": _is_nil,
    "between?": _between,
    "start_with?": _starts,
}
