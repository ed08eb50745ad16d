"""Lowering of Visual Basic's values: texts, operators, calls and indexes, what is made with `New`.

`a(b)` is a call or an entry: an entry where `a` is a variable of the file, or one of the collections that .NET has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tree_sitter import Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.common_nodes import listed
from pcmfa_lint.frontend.dotnet_collections import LISTS, MAPPINGS, PAIRS, pair
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.frontend.type_names import type_named
from pcmfa_lint.frontend.vb.texts import FORMATS, formatted, string
from pcmfa_lint.ir.nodes import (
    Arg,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Seq,
    Text,
    Unknown,
)

CLASSES = ("class_block", "module_block", "structure_block", "interface_block")
_COLLECTIONS = {
    *("appsettings", "connectionstrings", "item", "settings", "form", "querystring", "headers", "params", "session"),
    *("defaultrequestheaders", "configuration", "cookies", "resources", "properties"),
}
_CONVERSIONS = {"cstr", "ctype", "directcast", "trycast", "cint", "clng", "cbool", "cobj", "cdate", "cdec", "cdbl"}
_COMPARED = {"=": "==", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "is": "is", "isnot": "is-not"}
_LOGIC = {"and": "and", "andalso": "and", "or": "or", "orelse": "or"}
_CONSTANTS = {"nothing": "None", "true": "True", "false": "False"}
_LINES = {"vbcrlf": "\r\n", "vblf": "\n", "vbnewline": "\n", "vbtab": "\t", "vbcr": "\r"}


@dataclass
class VisibleNames:
    """`variables`: names of fields, parameters and locals of the file, in lower case. `subject`: what a `With` is
    about."""

    variables: set[str] = field(default_factory=set)
    subject: Expression | None = None


def reader_state(r: Reader) -> VisibleNames:
    """The state of the reader."""
    if not isinstance(r.state, VisibleNames):
        r.state = VisibleNames()
    return r.state


def type_name(r: Reader, node: Node | None) -> str:
    """A type as written, without what it is generic over."""
    if node is None:
        return ""
    head = re.split(r"[(\s?]", r.text(node).strip())[0]
    first, dot, rest = head.removeprefix("Global.").partition(".")
    return r.aliases.get(first, first) + dot + rest


def declared_type(r: Reader, node: Node | None) -> str:
    """A declared type in the notation of all languages: `Task(Of Foo)` is `Task<Foo>`."""
    if node is None:
        return ""
    written = re.sub(r"\(\s*Of\s+", "<", r.text(node), flags=re.IGNORECASE)
    opened = written.count("<")
    for _ in range(opened):
        at = written.rfind(")")
        written = written[:at] + ">" + written[at + 1 :] if at >= 0 else written
    return type_named(written.replace("()", "[]"), r.aliases)


def identifier(r: Reader, node: Node) -> Expression:
    """A name; `Me` is the object, `MyBase` what it is derived of."""
    name, span = r.text(node).strip("[]"), r.span(node)
    folded = name.casefold()
    if folded in _LINES:
        return Text(_LINES[folded], span)
    if folded in _CONSTANTS:
        return curly_braces.constant(_CONSTANTS[folded], span)
    return Name({"me": "this", "mybase": "base", "myclass": "this"}.get(folded, name), span)


def literal(r: Reader, node: Node) -> Expression:
    """A text, a number, `True`, `Nothing`."""
    inner = parts(node)
    if inner:
        return r.value(inner[0])
    written, span = r.text(node), r.span(node)
    if written.casefold() in _CONSTANTS:
        return curly_braces.constant(_CONSTANTS[written.casefold()], span)
    return Text(written, span, "number")


def boolean(r: Reader, node: Node) -> Expression:
    """`True`"""
    return curly_braces.constant(r.text(node).capitalize(), r.span(node))


def member(r: Reader, node: Node) -> Expression:
    """`a.b`, `a?.b`"""
    base, key = node.child_by_field_name("object"), node.child_by_field_name("member")
    if base is None or key is None:
        return r.unknown("member", node, *parts(node))
    return Member(r.value(base), Text(r.text(key).strip("[]"), r.span(key), "bare"), r.span(node))


def with_member(r: Reader, node: Node) -> Expression:
    """`.b` in a `With`"""
    subject, key = reader_state(r).subject, node.child_by_field_name("member")
    if subject is None or key is None:
        return Unknown("with", (), r.span(node))
    return Member(subject, Text(r.text(key), r.span(key), "bare"), r.span(node))


def arguments(r: Reader, node: Node | None) -> tuple[Arg, ...]:
    """`(a, name:=b)`"""
    args = []
    for kid in children(node, "argument") if node is not None else ():
        inner, named = parts(kid), kid.child_by_field_name("name")
        if inner:
            args.append(Arg(r.value(inner[-1]), r.span(kid), r.text(named) if named is not None else None))
    return tuple(args)


def invocation(r: Reader, node: Node) -> Expression:
    """`f(a)`, `x("key")`, `CType(x, T)`, `MyBase.New(a)`"""
    target, span = node.child_by_field_name("target"), r.span(node)
    args = arguments(r, node.child_by_field_name("arguments") or child(node, "argument_list"))
    if target is None:
        return r.unknown("call", node, *parts(node))
    written = r.text(target).casefold()
    if written in _CONVERSIONS and args:
        return args[0].value
    if written in ("mybase.new", "me.new"):
        return Call(Name("base" if written[0] == "m" and "base" in written else "this", span), args, span)
    if written == "gettype" and args:
        return args[0].value
    callee = r.value(target)
    if written in FORMATS and args and isinstance(args[0].value, Text):
        return Concatenation(tuple(formatted(args[0].value, args[1:]) or [args[0].value]), span)
    if isinstance(callee, Member) and isinstance(callee.base, Seq) and written.endswith(".contains") and len(args) == 1:
        return Compare("in", args[0].value, callee.base, span)
    if written in ("string.join", "strings.join") and len(args) == 2:
        first, second = args if written == "string.join" else (args[1], args[0])
        return Call(Member(first.value, Text("join", r.span(target), "bare"), span), (second,), span)
    if len(args) == 1 and _is_collection(r, target):
        return Member(callee, args[0].value, span)
    return Call(callee, (*_types(r, node), *args), span)


def _types(r: Reader, node: Node) -> tuple[Arg, ...]:
    """What a method is generic over: arguments named `<0>`, `<1>`."""
    listed = node.child_by_field_name("type_arguments")
    kinds = children(listed, "type") if listed is not None else []
    return tuple(
        Arg(Name(type_name(r, kid), r.span(kid)), r.span(kid), f"<{number}>") for number, kid in enumerate(kinds)
    )


def _is_collection(r: Reader, target: Node) -> bool:
    """Whether parentheses behind a value ask for an entry of it."""
    if target.type == "identifier":
        return r.text(target).casefold() in reader_state(r).variables
    last = target.child_by_field_name("member")
    return last is not None and r.text(last).casefold() in _COLLECTIONS


def element(r: Reader, node: Node) -> Expression:
    """`a(b)` where the grammar takes it for an entry: of a generic method it is the call."""
    base, index, span = node.child_by_field_name("object"), node.child_by_field_name("index"), r.span(node)
    if base is not None and index is None and isinstance(value := r.value(base), Call):  # `F(Of T)()`
        return value
    if base is None or index is None:
        return r.unknown("index", node, *parts(node))
    value = r.value(base)
    if isinstance(value, Call):
        return Call(value.callee, (*value.args, Arg(r.value(index), r.span(index))), span)
    return Member(value, r.value(index), span)


def binary(r: Reader, node: Node) -> Expression:
    """Operators are told by what stands between the two sides."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return r.unknown("binary", node, *parts(node))
    sign = operator(r, left, right)
    if sign in ("&", "+"):
        return _joined(r, node)
    values, span = (r.value(left), r.value(right)), r.span(node)
    if sign in _COMPARED:
        return Compare(_COMPARED[sign], values[0], values[1], span)
    if sign in _LOGIC:
        return BooleanOperation("and" if _LOGIC[sign] == "and" else "or", values, span)
    if sign == "like":
        return Compare("like", values[0], values[1], span)
    return Unknown("//" if sign == "\\" else sign, values, span)


def _joined(r: Reader, node: Node) -> Expression:
    """`a & b & c`, however long."""
    pieces: list[Node] = []
    current: Node | None = node
    while current is not None:
        inner = _bare(current)
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        joins = inner.type == "binary_expression" and left is not None and right is not None
        if joins and left is not None and right is not None and operator(r, left, right) in ("&", "+"):
            pieces.append(right)
            current = left
        else:
            pieces.append(inner)
            current = None
    values = [r.value(piece) for piece in reversed(pieces)]
    flat = [one for value in values for one in (value.parts if isinstance(value, Concatenation) else (value,))]
    return Concatenation(tuple(flat), r.span(node))


def _bare(node: Node) -> Node:
    """A value without the nodes around it that say nothing."""
    while node.type == "expression" and len(parts(node)) == 1:
        node = parts(node)[0]
    return node


def operator(r: Reader, left: Node, right: Node) -> str:
    """The operator between two values."""
    between = r.source[r.range(left)[1] : r.range(right)[0]]
    return "".join(between.replace("_\n", "").split()).casefold()


def unary(r: Reader, node: Node) -> Expression:
    """`Not a`, `AddressOf f`, `-1`"""
    inner = node.child_by_field_name("operand")
    if inner is None:
        return r.unknown("unary", node, *parts(node))
    value = r.value(inner)
    word = r.text(node).split(None, 1)[0].casefold()
    if word == "not":
        return BooleanOperation("not", (value,), r.span(node))
    return value if word == "addressof" else Unknown("unary", (value,), r.span(node))


def awaited(r: Reader, node: Node) -> Expression:
    """`Await a`"""
    inner = node.child_by_field_name("operand")
    return curly_braces.awaited(r.value(inner)) if inner is not None else r.unknown("await", node)


def ternary(r: Reader, node: Node) -> Expression:
    """`If(a, b, c)`, `If(a, b)`"""
    test, yes, no = (node.child_by_field_name(name) for name in ("condition", "true_branch", "false_branch"))
    if test is None or yes is None:
        return r.unknown("if", node, *parts(node))
    if no is None:
        return Conditional((r.value(test), r.value(yes)), r.span(node))
    return Conditional((r.value(yes), r.value(no)), r.span(node), r.value(test))


def new(r: Reader, node: Node) -> Expression:
    """`New X(a) With {.B = c}`, `New Dictionary(…) From {{"a", b}}`"""
    return constructed(r, node, node.child_by_field_name("type"))


def constructed(r: Reader, node: Node, type_: Node | None) -> Expression:
    """An object of a type, with the arguments and initialisers that stand in a node."""
    written, span = type_name(r, type_), r.span(node)
    last = written.rpartition(".")[2]
    args = arguments(r, child(node, "argument_list"))
    listed = [kid for one in children(node, "object_initializers") for kid in children(one, "object_initializer")]
    entries = [entry for kid in listed for entry in _entry(r, kid)]
    for one in children(node, "with_initializer"):
        for kid in children(one, "member_initializer"):
            key, value = kid.child_by_field_name("member"), kid.child_by_field_name("value")
            if key is not None and value is not None:
                entries.append(MappingEntry(Text(r.text(key), r.span(key), "bare"), r.value(value), r.span(kid)))
    if last in PAIRS and len(args) == 2:
        return pair(args, span)
    if last in MAPPINGS or written.casefold() == "with":
        return Mapping(tuple(entries), tuple(arg.value for arg in args if not isinstance(arg.value, Text)), span)
    if last in LISTS and not listed and "KeyValuePair" in declared_type(r, type_):
        return Mapping((), tuple(arg.value for arg in args), span)
    if last in LISTS and (listed or not args):
        items = [r.value(parts(kid)[0]) for kid in listed if parts(kid)]
        pairs = [entry for item in items if isinstance(item, Mapping) for entry in item.entries]
        return Mapping(tuple(pairs), (), span) if items and len(pairs) == len(items) else Seq(tuple(items), span)
    if entries:
        args = (*args, Arg(Mapping(tuple(entries), (), span), span, spread=True))
    return Call(Name(written, r.span(type_ or node)), args, span, "new")


def _entry(r: Reader, node: Node) -> list[MappingEntry]:
    """`.A = b`, `{"a", b}`"""
    inner = parts(node)[0] if parts(node) else node
    while inner.type == "expression" and len(parts(inner)) == 1:
        inner = parts(inner)[0]
    if inner.type == "array_literal" and len(parts(inner)) == 2:
        key, value = parts(inner)
        return [MappingEntry(r.value(key), r.value(value), r.span(node))]
    left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    if inner.type != "binary_expression" or left is None or right is None:
        return []
    return [MappingEntry(Text(r.text(left).lstrip(". "), r.span(left), "bare"), r.value(right), r.span(node))]


def type_of(r: Reader, node: Node) -> Expression:
    """`TypeOf x Is T`"""
    value, type_ = node.child_by_field_name("operand"), node.child_by_field_name("type")
    if value is None or type_ is None:
        return r.unknown("is", node, *parts(node))
    return Compare("is", r.value(value), Name(type_name(r, type_), r.span(type_)), r.span(node))


VALUES = {
    "identifier": identifier,
    "literal": literal,
    "string_literal": string,
    "integer_literal": curly_braces.number,
    "floating_point_literal": curly_braces.number,
    "boolean_literal": boolean,
    "member_access": member,
    "with_member_access": with_member,
    "invocation": invocation,
    "element_access": element,
    "binary_expression": binary,
    "unary_expression": unary,
    "await_expression": awaited,
    "ternary_expression": ternary,
    "array_literal": listed,
    "new_expression": new,
    "type_of_expression": type_of,
    "type": lambda r, node: Name(type_name(r, node), r.span(node)),
    "namespace_name": lambda r, node: Name(type_name(r, node), r.span(node)),
}
