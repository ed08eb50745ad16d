"""Lowering of C#'s arguments, objects and collections: what is made with `new`, `{ … }` and `[ … ]`.

An initialiser's entries are named arguments, spread. Collections of keys and values of whatever type are one Mapping.
"""

from __future__ import annotations

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.csharp.types import type_name
from pcmfa_lint.frontend.dotnet_collections import LISTS, MAPPINGS, PAIRS, TUPLES, copied, pair
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.nodes import Arg, Call, Concatenation, Expression, Mapping, MappingEntry, Member, Name, Seq, Text

_INDEXED = ("element_binding_expression", "implicit_element_access")


def arguments(r: Reader, node: Node | None) -> tuple[Arg, ...]:
    """`(a, name: b, out var c)`"""
    args = []
    for kid in children(node, "argument", "attribute_argument") if node is not None else ():
        inner = parts(kid)
        named = kid.child_by_field_name("name")
        if inner:
            name = r.text(named) if named is not None else None
            args.append(Arg(r.value(inner[-1]), r.span(kid), name, out=child(kid, "out") is not None))
    return tuple(args)


def index(r: Reader, node: Node) -> Expression:
    """The index in `[ … ]` behind a value."""
    inner = [parts(kid)[-1] for kid in children(node, "argument") if parts(kid)]
    return r.value(inner[0]) if len(inner) == 1 else r.unknown("index", node, *inner)


def new(r: Reader, node: Node) -> Expression:
    """`new X(a) { B = c }`: the initialiser's entries are named arguments, spread; a collection is its content."""
    type_ = node.child_by_field_name("type")
    written = type_name(r, type_) if type_ is not None else _target_type(r, node)
    last = written.rpartition(".")[2]
    listed = node.child_by_field_name("arguments") or child(node, "argument_list")
    initial = node.child_by_field_name("initializer") or child(node, "initializer_expression")
    args, span = arguments(r, listed), r.span(node)
    if (last in PAIRS or (type_ is None and _is_item_of_pairs(r, node))) and len(args) == 2:
        return pair(args, span)
    if last in MAPPINGS:
        entries, spreads = copied(args)
        return Mapping((*entries, *(_entries(r, initial) if initial is not None else ())), spreads, span)
    if last in LISTS and (initial is not None or not args):
        if initial is not None:
            return _listed(r, initial)
        return Mapping((), (), span) if _of_pairs(r, type_) else Seq((), span)
    if last in TUPLES:
        return Seq(tuple(arg.value for arg in args), span)
    if last == "Uri" and len(args) == 2 and not _is_kind(args[1].value):
        joined = Concatenation((args[0].value, Text("/", span), args[1].value), span)
        args = (Arg(joined, span),)
    if initial is not None:
        entries = _entries(r, initial)
        if written == "?" and all(kid.type != "assignment_expression" or _is_indexed(kid) for kid in parts(initial)):
            return Mapping(entries, (), span) if entries else _listed(r, initial)  # of whatever type: keys and values
        content: Expression = Mapping(entries, (), r.span(initial)) if entries else _listed(r, initial)
        args = (*args, Arg(content, r.span(initial), spread=True))
    return Call(Name(written, r.span(type_ or node)), args, span, "new")


def _is_kind(value: Expression) -> bool:
    return isinstance(value, Member) and isinstance(value.base, Name) and value.base.id.endswith("UriKind")


def _is_item_of_pairs(r: Reader, node: Node) -> bool:
    """`new List<KeyValuePair<…>> { new(a, b) }`, `new[] { new KeyValuePair<…>(a, b), new(c, d) }`, and where the type
    is not written, what has a text for its key: `[new("a", b)]`, `form.Add(new("a", b))`"""
    listed = node.parent
    if listed is not None and (listed.type == "expression_element" or _is_added(r, listed)):
        first = next(iter(parts(child(node, "argument_list") or node)), None)
        return first is not None and any(kid.type == "string_literal" for kid in parts(first))
    outer = listed.parent if listed is not None and listed.type == "initializer_expression" else None
    if outer is None or listed is None:
        return False
    if outer.type == "implicit_array_creation_expression":
        return _of_pairs(r, parts(listed)[0].child_by_field_name("type"))
    return _of_pairs(r, outer.child_by_field_name("type"))


def _is_added(r: Reader, argument: Node) -> bool:
    """Whether an argument is the only one of a call of `Add`."""
    call = argument.parent.parent if argument.type == "argument" and argument.parent is not None else None
    called = call.child_by_field_name("function") if call is not None else None
    name = called.child_by_field_name("name") if called is not None else None
    return name is not None and r.text(name) == "Add"


def _of_pairs(r: Reader, type_: Node | None) -> bool:
    return type_ is not None and "KeyValuePair" in r.text(type_)


def _target_type(r: Reader, node: Node) -> str:
    """The type of what `new(…)` is given to, where that is declared beside it."""
    current = node.parent
    for _ in range(2):
        if current is not None and (type_node := current.child_by_field_name("type")) is not None:
            return type_name(r, type_node)
        current = current.parent if current is not None else None
    return "?"


def _entries(r: Reader, node: Node) -> tuple[MappingEntry, ...]:
    """`{ A = b }`, `{ ["a"] = b }`, `{ { "a", b } }`"""
    entries: list[MappingEntry] = []
    for kid in parts(node):
        if kid.type == "assignment_expression":
            left, right = kid.child_by_field_name("left"), kid.child_by_field_name("right")
            if left is not None and right is not None:
                bound = left.type in _INDEXED
                key = index(r, left) if bound else curly_braces.word(r, left)
                entries.append(MappingEntry(key, r.value(right), r.span(kid)))
        elif kid.type == "initializer_expression" and len(parts(kid)) == 2:
            key_node, value = parts(kid)
            entries.append(MappingEntry(r.value(key_node), r.value(value), r.span(kid)))
    return tuple(entries)


def _is_indexed(node: Node) -> bool:
    """Whether an assignment is one of an entry, not of a member."""
    left = node.child_by_field_name("left")
    return left is not None and left.type in _INDEXED


def _listed(r: Reader, node: Node) -> Expression:
    """Items; pairs of key and value become one Mapping."""
    return _collected(tuple(r.value(kid) for kid in parts(node)), r, node)


def _collected(items: tuple[Expression, ...], r: Reader, node: Node) -> Expression:
    pairs = [entry for item in items if isinstance(item, Mapping) for entry in item.entries if entry.span == item.span]
    if items and len(pairs) == len(items):
        return Mapping(tuple(pairs), (), r.span(node))
    return Seq(items, r.span(node))


def array(r: Reader, node: Node) -> Expression:
    """`new[] { … }`, `new string[] { … }`, `{ … }`; without content its size says nothing."""
    inner = node if node.type == "initializer_expression" else child(node, "initializer_expression")
    if inner is None:
        return Seq((), r.span(node))
    entries = _entries(r, inner)
    return Mapping(entries, (), r.span(node)) if entries else _listed(r, inner)


def collection(r: Reader, node: Node) -> Expression:
    """`[a, b, ..c]`; an empty one of keys with values is a mapping, as one that is constructed is."""
    if not parts(node) and _declared_as_pairs(r, node):
        return Mapping((), (), r.span(node))
    kids = [parts(each)[0] if each.type == "collection_element" and parts(each) else each for each in parts(node)]
    return _collected(tuple(r.value(parts(kid)[0] if parts(kid) else kid) for kid in kids), r, node)


def _declared_as_pairs(r: Reader, node: Node) -> bool:
    """Whether a variable, field or property of this value is declared as a list of keys with values."""
    declaration = node.parent
    if declaration is not None and declaration.type == "variable_declarator":
        declaration = declaration.parent
    return declaration is not None and _of_pairs(r, declaration.child_by_field_name("type"))


def anonymous(r: Reader, node: Node) -> Mapping:
    """`new { a = b, c.D }`"""
    entries: list[MappingEntry] = []
    kids = [kid for kid in node.children if kid.type not in ("new", "{", "}") and not kid.is_extra]
    run: list[Node] = []
    for kid in [*kids, None]:
        if kid is not None and kid.type != ",":
            run.append(kid)
            continue
        if len(run) == 3 and run[1].type == "=":
            entries.append(
                MappingEntry(
                    curly_braces.word(r, run[0]), r.value(run[2]), r.place(r.range(run[0])[0], r.range(run[2])[1])
                )
            )
        elif run:
            value = r.value(run[0])
            key = value.key if isinstance(value, Member) else curly_braces.word(r, run[0])
            entries.append(MappingEntry(key, value, r.span(run[0])))
        run = []
    return Mapping(tuple(entries), (), r.span(node))


def with_(r: Reader, node: Node) -> Mapping:
    """`record with { A = b }`"""
    entries = []
    for kid in children(node, "with_initializer"):
        key, *value = parts(kid)
        if value:
            entries.append(MappingEntry(curly_braces.word(r, key), r.value(value[-1]), r.span(kid)))
    return Mapping(tuple(entries), tuple(r.value(kid) for kid in parts(node)[:1]), r.span(node))
