"""The collections of .NET, which its languages make by the same names."""

from __future__ import annotations

from pcmfa_lint.ir.nodes import Arg, Expression, Mapping, MappingEntry, Member, Seq, Text
from pcmfa_lint.ir.span import Span

MAPPINGS = frozenset({
    *("Dictionary", "IDictionary", "SortedDictionary", "ConcurrentDictionary", "StringDictionary", "OrderedDictionary"),
    *("Hashtable", "NameValueCollection", "JObject", "JsonObject", "ExpandoObject", "RouteValueDictionary"),
    "FormCollection",
})  # fmt: skip
LISTS = frozenset({"List", "IList", "Collection", "HashSet", "ArrayList", "Queue", "Stack", "JArray", "JsonArray"})
PAIRS = frozenset({"KeyValuePair", "JProperty"})
TUPLES = frozenset({"Tuple", "ValueTuple"})
_MAPPINGS, _LISTS, _PAIRS = (frozenset(map(str.casefold, names)) for names in (MAPPINGS, LISTS, PAIRS))


def copied(args: tuple[Arg, ...]) -> tuple[tuple[MappingEntry, ...], tuple[Expression, ...]]:
    """What a mapping takes over of the arguments that it is made with: entries, and other mappings; a size or a
    comparer is none."""
    inner = [arg.value for arg in args if isinstance(arg.value, Mapping)]
    spreads = tuple(arg.value for arg in args if not isinstance(arg.value, (Mapping, Text, Member)))
    return tuple(entry for value in inner for entry in value.entries), spreads


def pair(args: tuple[Arg, ...], span: Span) -> Mapping:
    """A key with its value."""
    return Mapping((MappingEntry(args[0].value, args[1].value, span),), (), span)


def made(type_: str, args: tuple[Arg, ...], span: Span) -> Expression | None:
    """A collection that is made without an initialiser, by its type as written with what it is generic over; `None` for
    other types."""
    last = type_.partition("[")[0].partition("<")[0].rpartition(".")[2].casefold()
    if last in _PAIRS and len(args) == 2:
        return pair(args, span)
    if last in _MAPPINGS:
        return Mapping(*copied(args), span)
    if last in _LISTS and not args:
        return Mapping((), (), span) if "keyvaluepair" in type_.casefold() else Seq((), span)
    return None
