"""Questions of what kind a Go error is: `errors.Is(err, E)`, `errors.As(err, &e)`, `err.(*T)`, `switch err.(type)`; and
the kind that an error has by how it is made."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.go.types import own, type_name
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Arg, BooleanOperation, Call, Compare, Expression, Name, Span
from pcmfa_lint.ir.walk import within

_ASKS = re.compile(r"errors\.(?:Is|As)$")
_SENTINEL = re.compile(r"(?:.*\.)?(Err(?:[A-Z0-9_]\w*)?)")
_PLAIN = "errorString"  # the type of an error that is made of a text
_MAKERS = re.compile(r"(?:errors|fmt)\.(?:New|Errorf|Wrapf?|WithMessagef?|WithStack|Join)")
_FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")


def asked(r: Reader, name: str, kids: list[Node], span: Span) -> Expression | None:
    """`errors.Is(err, ErrX)`, `errors.As(err, &x)` as a comparison of types; None for another call."""
    if not _ASKS.search(name) or len(kids) != 2:
        return None
    kind = r.text(kids[1]).rpartition(".")[2] if name.endswith("Is") else _declared(r, kids[1])
    return Compare("is", r.value(kids[0]), Name(kind, r.span(kids[1])), span) if kind else None


def _declared(r: Reader, target: Node) -> str:
    """The type of the variable that `errors.As` fills, as its function declares it."""
    function: Node | None = target
    while function is not None and function.type not in _FUNCTIONS:
        function = function.parent
    name = re.escape(r.text(target).lstrip("&"))
    before = r.text(function)[: target.start_byte - function.start_byte] if function is not None else ""
    written = re.findall(rf"\b{name}(?:\s+|\s*:?=\s*(?:&|new\(|\()?)\*?(?:(\w+)\.)?(\w+)", before)
    package, kind = written[-1] if written else ("", "")
    return f"{r.aliases.get(package, package)}:{kind}" if package else own(r, kind) if kind else ""


def kind_test(r: Reader, node: Node, name: str) -> Expression | None:
    """What an `if` or a `switch` asks of the kind of this error, and of nothing else; None if it does not."""
    condition = node.child_by_field_name("condition")
    if condition is None:
        return None
    if node.child_by_field_name("initializer") is not None:
        return asserted(r, node, name)
    test = r.value(condition)
    return test if any(_is_kind(value, name) for value in within(test)) else None


def _is_kind(value: Expression, name: str) -> bool:
    return isinstance(value, Compare) and value.op == "is" and isinstance(value.left, Name) and value.left.id == name


def asserted(r: Reader, node: Node, name: str = "") -> Expression | None:
    """What `if e, ok := err.(*T); ok && … {` asks; None if it is no such `if`, or one about something else."""
    start, condition = node.child_by_field_name("initializer"), node.child_by_field_name("condition")
    if start is None or condition is None:
        return None
    left, right = start.child_by_field_name("left"), start.child_by_field_name("right")
    value = parts(right)[0] if right is not None and len(parts(right)) == 1 else None
    names = [r.text(kid) for kid in parts(left)] if left is not None else []
    if value is None or value.type != "type_assertion_expression" or len(names) != 2:
        return None
    operand, type_ = value.child_by_field_name("operand"), value.child_by_field_name("type")
    if operand is None or operand.type != "identifier" or (name and r.text(operand) != name):
        return None
    kind = Name(type_name(r, type_), r.span(type_ or value))
    return _in_place_of(r.value(condition), names[1], Compare("is", r.value(operand), kind, r.span(value)))


def _in_place_of(test: Expression, name: str, asked_type: Expression) -> Expression | None:
    """The test with the answer to a type assertion for the truth that it sets; None if it does not look at that."""
    if isinstance(test, Name) and test.id == name:
        return asked_type
    if isinstance(test, BooleanOperation):
        items = tuple(_in_place_of(item, name, asked_type) or item for item in test.items)
        return replace(test, items=items) if items != test.items else None
    return None


def is_kind_switch(r: Reader, node: Node, name: str) -> bool:
    """Whether this is `switch err.(type)`."""
    value = node.child_by_field_name("value") if node.type == "type_switch_statement" else None
    return value is not None and r.text(value) == name


def is_nil_case(r: Reader, case: Node) -> bool:
    """Whether a case of such a switch is that of no error."""
    return "nil" in [r.text(kid) for kid in case.children_by_field_name("type")]


def in_case_of_error(r: Reader, switch: Node, inner: Node, name: str) -> bool:
    """Whether a place in a `switch err.(type)` runs only where there is an error, by this name or the other one."""
    alias = switch.child_by_field_name("alias")
    named = is_kind_switch(r, switch, name) or (alias is not None and r.text(alias) == name)
    case = next((kid for kid in children(switch, "type_case", "default_case") if kid == inner), None)
    return named and case is not None and not is_nil_case(r, case)


def made(r: Reader, node: Node) -> Expression:
    """An error that is given back: one that is made of a text has a type of its own, or that of the error it wraps."""
    value = r.value(node)
    sentinel = _SENTINEL.fullmatch(r.text(node))
    if sentinel is not None:
        return Call(Name(sentinel[1], value.span), (Arg(value, value.span),), value.span, "new")
    function = child(node, "selector_expression") if node.type == "call_expression" else None
    if function is None or not _MAKERS.fullmatch(r.text(function)):
        return value
    listed = node.child_by_field_name("arguments")
    written = [r.text(kid) for kid in parts(listed)] if listed is not None else []
    wrapped = next((match[1] for text in written if (match := _SENTINEL.fullmatch(text))), "")
    if not wrapped and any(re.fullmatch(r"e|err\w*|\w*(?:Err|Error)", text) for text in written):
        return value  # what it wraps is the error that it got
    return Call(Name(wrapped or _PLAIN, value.span), (Arg(value, value.span),), value.span, "new")
