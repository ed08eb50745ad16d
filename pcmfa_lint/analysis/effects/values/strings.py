"""Methods of text: formatting, joining, replacing."""

from __future__ import annotations

import re
from itertools import islice

from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.alternatives import texts
from pcmfa_lint.analysis.values.building import appended, concat, form
from pcmfa_lint.analysis.values.model import HOLE, UNCLEAR, StringValue, Values
from pcmfa_lint.ir.frozen import replace


def text_method(base: StringValue, name: str, arguments: Arguments) -> Values:
    args = arguments.positional
    if name in ("format", "%"):
        return formatted(base, arguments)
    if name == "join" and args and form(args[0]) is not None:
        return args[0]
    if name == "join" and args:
        parts = [items for val in args[0] for items in (getattr(val, "items", None) or ((val,),))]
        between: list[Values] = []
        for part in parts:
            between += [part, (base,)] if between or len(parts) > 1 else [part]
        return concat(between[: 2 * len(parts) - 1] or [(base,)], arguments.place)
    if name == "replace" and len(args) > 1 and texts(args[0]):
        return concat(_replaced(base, texts(args[0])[0], args[1]), arguments.place)
    return (base,)


def _replaced(base: StringValue, old: str, new: Values) -> list[Values]:
    if not old or HOLE in base.text:
        return [(base,)]
    parts: list[Values] = []
    for number, piece in enumerate(base.text.split(old)):
        parts += ([new] if number else []) + [(replace(base, text=piece),)]
    return parts


def formatted(base: StringValue, arguments: Arguments) -> Values:
    """`"{0} {name}".format(…)`, `"%s" % …`, `"{0}" -f …`."""
    args = arguments.positional
    if len(args) == 1 and len(args[0]) == 1 and hasattr(args[0][0], "items"):
        args = list(args[0][0].items)
    parts: list[Values] = []
    holes, count = iter(base.holes), 0
    for number, piece in enumerate(_GAP.split(base.text)):
        if number % 2 == 0:
            parts.append((replace(base, text=piece, holes=tuple(islice(holes, piece.count(HOLE)))),))
            continue
        name = re.split(r"[.:!]", piece.strip("{}"))[0] if piece[0] == "{" else ""
        vals = arguments.named.get(name) or (args[int(name)] if name.isdigit() and int(name) < len(args) else ())
        if not name:
            vals, count = (args[count] if count < len(args) else ()), count + 1
        parts.append(vals or UNCLEAR)
    return appended(replace(base, text="", holes=()), parts)


_GAP = re.compile(r"(\{[\w.]*(?:[:!][^}]*)?\}|%[sd])")
