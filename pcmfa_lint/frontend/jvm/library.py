"""The libraries of the Java platform, whatever the language that calls them: functions and types that only
put together what they are given become a Mapping, a Seq or a Template."""

from __future__ import annotations

from collections.abc import Callable

from pcmfa_lint.frontend.jvm.comparisons import compared
from pcmfa_lint.frontend.jvm.java_strings import formatted
from pcmfa_lint.ir.nodes import (
    Arg,
    Block,
    Call,
    Concatenation,
    Conditional,
    Expression,
    Lambda,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Raise,
    Return,
    Seq,
    Span,
    Text,
)

_MAPPINGS = {
    *("HashMap", "LinkedHashMap", "TreeMap", "Hashtable", "ConcurrentHashMap", "LinkedMultiValueMap", "EnumMap"),
    "MultivaluedHashMap",
}
_OBJECTS = {"JSONObject", "JsonObject"}  # made of a text, if they are given one
_BUILDERS = {"StringBuilder", "StringBuffer"}
_LISTS = {"ArrayList", "LinkedList", "HashSet", "LinkedHashSet", "Vector", "ArrayDeque", "JSONArray", "JsonArray"}
_PAIRS = {"BasicNameValuePair", "SimpleEntry", "SimpleImmutableEntry", "NameValuePair", "BasicHeader", "Pair"}
_PAIR_CALLS = {"Map.entry"}
_MAPPING_CALLS = {"Map.of", "ImmutableMap.of", "Collections.singletonMap", "BodyInserters.fromFormData"}
_ENTRY_CALLS = {"Map.ofEntries", *("mapOf", "mutableMapOf", "hashMapOf", "linkedMapOf", "sortedMapOf", "emptyMap")}
_LIST_CALLS = {
    *("List.of", "Set.of", "Arrays.asList", "Collections.singletonList", "Collections.singleton", "ImmutableList.of"),
    *("ImmutableSet.of", "Stream.of", "Collections.emptyList", "Collections.emptySet", "Lists.newArrayList"),
    *("listOf", "setOf", "arrayOf", "mutableListOf", "mutableSetOf", "arrayListOf", "hashSetOf", "listOfNotNull"),
}


def dotted(callee: Expression) -> str:
    """`a.b.c` of names; "" for anything else."""
    if isinstance(callee, Member) and isinstance(callee.key, Text):
        base = dotted(callee.base)
        return f"{base}.{callee.key.value}" if base else ""
    return callee.id if isinstance(callee, Name) else ""


def collection(
    written: str, args: tuple[Arg, ...], span: Span, entries: tuple[MappingEntry, ...] = (), pairs: bool = False
) -> Expression | None:
    """A collection or a text that is constructed, with what its initialiser puts in; None for any other type. `pairs`:
    it is declared as a list of keys with values."""
    last = written.rpartition(".")[2]
    values = tuple(arg.value for arg in args)
    content = tuple(value for value in values if not is_number(value))  # a number is only a size
    if last in _PAIRS and len(values) == 2:
        return Mapping((MappingEntry(values[0], values[1], span),), (), span)
    if last in _BUILDERS:
        return Concatenation(content, span)
    if last in _MAPPINGS or written.endswith("FormBody.Builder") or (last in _OBJECTS and not args):
        return Mapping(entries, content[-1:] if not entries else (), span)
    if last in _LISTS:
        if values and content[:1] == values[:1]:
            return values[0]
        return Mapping((), (), span) if pairs else Seq((), span)
    return None


def method(callee: Member, args: tuple[Arg, ...], span: Span) -> Expression | None:
    """A method that compares, or only gives its object another form, or a function of the library; None for
    any other."""
    if not isinstance(callee.key, Text):
        return None
    written = compared(callee, args, span)
    if written is not None:
        return written
    name = callee.key.value
    if isinstance(callee.base, Text) and name in ("formatted", "format"):
        return formatted(callee.base, args, span)
    if name == "concat" and len(args) == 1:
        return Concatenation((callee.base, args[0].value), span)
    if name == "orElse" and len(args) == 1:
        return Conditional((callee.base, args[0].value), span)
    if name == "orElseThrow":
        argument = args[0].value if args else None
        results = [s.value for s in argument.func.body if isinstance(s, Return)] if isinstance(argument, Lambda) else []
        return Conditional((callee.base, Block((Raise(next(iter(results), None), span),), span)), span)
    if name == "append" and len(args) == 1 and isinstance(callee.base, Concatenation):
        return Concatenation((*callee.base.parts, args[0].value), span)
    put = function(f"{callee.base.id}.{name}", args) if isinstance(callee.base, Name) else None
    return put(span) if put is not None else None


def function(called: str, args: tuple[Arg, ...]) -> Callable[[Span], Expression] | None:
    """Functions of the library that only put together what they are given."""
    values = tuple(arg.value for arg in args)
    if called == "Optional.empty":
        return lambda span: Text("None", span, "constant")
    if called in _PAIR_CALLS and len(values) == 2:
        return lambda span: Mapping((MappingEntry(values[0], values[1], span),), (), span)
    if called in _MAPPING_CALLS and len(values) % 2 == 0:  # fromFormData may be given a whole mapping
        pairs = tuple(zip(values[::2], values[1::2], strict=True))
        return lambda span: Mapping(tuple(MappingEntry(k, v, k.span) for k, v in pairs), (), span)
    if called in _ENTRY_CALLS:
        return lambda span: _united(values, span)
    if called in _LIST_CALLS:
        return lambda span: collected(values, span)
    if called == "String.format" and values:
        if isinstance(values[0], Text):
            return lambda span: formatted(values[0], args[1:], span) if isinstance(values[0], Text) else values[0]
        if len(values) > 1 and isinstance(values[1], Text):  # a locale comes first
            text = values[1]
            return lambda span: formatted(text, args[2:], span)
    if called == "String.join" and len(values) > 1:
        return lambda span: _joined(values, span)
    if called == "MessageFormat.format" and values:
        return lambda span: Call(Member(values[0], Text("format", span, "bare"), span), args[1:], span)
    return None


def _joined(values: tuple[Expression, ...], span: Span) -> Expression:
    if len(values) == 2:
        return Call(Member(values[0], Text("join", span, "bare"), span), (Arg(values[1], values[1].span),), span)
    operands = [values[1]]
    for value in values[2:]:
        operands += [values[0], value]
    return Concatenation(tuple(operands), span)


def is_number(value: Expression) -> bool:
    """Whether a value is a written-out number."""
    return isinstance(value, Text) and value.kind == "number"


def _united(values: tuple[Expression, ...], span: Span) -> Mapping:
    entries = tuple(entry for value in values if isinstance(value, Mapping) for entry in value.entries)
    return Mapping(entries, tuple(value for value in values if not isinstance(value, Mapping)), span)


def collected(items: tuple[Expression, ...], span: Span) -> Expression:
    """Items; pairs of key and value become one Mapping."""
    pairs = [entry for item in items if isinstance(item, Mapping) for entry in item.entries if entry.span == item.span]
    if items and len(pairs) == len(items):
        return Mapping(tuple(pairs), (), span)
    return Seq(items, span)


def appended(value: Expression) -> tuple[Expression, tuple[Expression, ...]] | None:
    """`x.append(a).append(b)`: what is added to, and what; None for anything else."""
    added: list[Expression] = []
    while (
        isinstance(value, Call)
        and isinstance(value.callee, Member)
        and isinstance(value.callee.key, Text)
        and value.callee.key.value == "append"
        and len(value.args) == 1
    ):
        added.insert(0, value.args[0].value)
        value = value.callee.base
    return (value, tuple(added)) if added and isinstance(value, (Name, Member)) else None
