"""Placeholders in annotations, `${…}`: `@Value("${a.b:c}")` is `Value("a.b")`, the setting `a.b`, or else `c`."""

from __future__ import annotations

import re
from dataclasses import replace

from pcmfa_lint.ir.nodes import Arg, Call, Concatenation, Conditional, Expression, Name, Span, Text

_FILLED = {"Value", "ConfigProperty", "Property"}  # annotations that say where a field's value comes from
_PLACEHOLDER = re.compile(r"\$\{([^${}:]+)(?::([^{}]*))?\}")


def filled(annotations: tuple[Expression, ...]) -> Expression | None:
    """The value that an annotation fills in, of those that say where a field's value comes from; None if there is
    none."""
    for one in annotations:
        if isinstance(one, Call) and isinstance(one.callee, Name) and one.callee.id in _FILLED and one.args:
            arg = next((each for each in one.args if each.name in (None, "value", "name")), one.args[0])
            if isinstance(arg.value, Text) and _PLACEHOLDER.search(arg.value.value):
                return _read(replace(arg.value, value=arg.value.value.strip()), one.callee, one.span)
            others = (each for each in one.args if each is not arg)  # such as what holds where there is none
            return Call(one.callee, (Arg(arg.value, arg.span), *others), one.span)
    return None


def with_settings(annotations: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Annotations of what is no field: the settings in their texts are read as those of a field are."""
    return tuple(
        replace(one, args=tuple(replace(arg, value=_with_settings(arg.value)) for arg in one.args))
        if isinstance(one, Call)
        else one
        for one in annotations
    )


def _with_settings(value: Expression) -> Expression:
    if isinstance(value, Text) and _PLACEHOLDER.search(value.value):
        return _read(value, Name("Value", value.span), value.span)
    return value


def _read(text: Text, reader: Name, span: Span) -> Expression:
    """A text with the settings that stand in it."""
    pieces: list[Expression] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text.value):
        if match.start() > end:
            pieces.append(replace(text, value=text.value[end : match.start()]))
        read = Call(reader, (Arg(Text(match[1], text.span), text.span),), span)
        pieces.append(Conditional((read, Text(match[2], text.span)), span) if match[2] else read)
        end = match.end()
    if end < len(text.value):
        pieces.append(replace(text, value=text.value[end:]))
    return pieces[0] if len(pieces) == 1 else Concatenation(tuple(pieces), span)
