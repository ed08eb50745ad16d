"""Lowering of PHP's expressions."""

from __future__ import annotations

from collections.abc import Mapping

from tree_sitter import Node

from pcmfa_lint.frontend import common_nodes, curly_braces
from pcmfa_lint.frontend.php.builtins import BUILTINS
from pcmfa_lint.frontend.php.functions import arguments, class_value, has_object, lambda_, owner, type_name, variable
from pcmfa_lint.frontend.php.strings import double, heredoc, single
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, child, children, parts
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    ExpressionStatement,
    If,
    Import,
    Jump,
    MappingEntry,
    Member,
    Name,
    Seq,
    Stmt,
    Text,
    Unknown,
)
from pcmfa_lint.ir.nodes import Mapping as MappingValue

_CONSTANTS = {"true": "True", "false": "False", "null": "None"}
_NAMES = ("name", "qualified_name", "relative_name")


# --- names ------------------------------------------------------------------------------------------------------------


def _variable(r: Reader, node: Node) -> Name:
    return Name(variable(r, node), r.span(node))


def _name(r: Reader, node: Node) -> Expression:
    """A function, class or constant; the options of curl are words."""
    text = r.text(node)
    if text.startswith(("CURLOPT_", "CURLINFO_", "CURLAUTH_")):
        return curly_braces.word(r, node)
    if text.lower() in ("exit", "die"):
        return Block((Jump("exit", r.span(node)),), r.span(node))
    return Name(type_name(r, node), r.span(node))


def _constant(r: Reader, node: Node) -> Text:
    return curly_braces.constant(_CONSTANTS.get(r.text(node).lower(), "None"), r.span(node))


def _scope(r: Reader, node: Node) -> Expression:
    """What stands before `::`; a class speaks of itself by its name, of its parent as Python does."""
    word = r.text(node).lower()
    if word in ("self", "static"):
        return Name(owner(r, node) or "this", r.span(node))
    if word == "parent":
        return Name("super", r.span(node))
    return r.value(node)


def _late_scope(r: Reader, node: Node) -> Expression:
    """What stands before `::`; `static` is the class of whoever the object is."""
    if r.text(node).lower() == "static" and has_object(node):
        return Member(Name("this", r.span(node)), Text("static", r.span(node), "bare"), r.span(node))
    return _scope(r, node)


def _key(r: Reader, node: Node) -> Expression:
    """A member's name; one that is computed is a value."""
    if node.type == "name":
        return curly_braces.word(r, node)
    return r.value(node)


def _member(r: Reader, node: Node) -> Expression:
    """`$a->b`, `$a?->b`"""
    base, key = node.child_by_field_name("object"), node.child_by_field_name("name")
    if base is None or key is None:
        return r.unknown(node.type, node, *parts(node))
    return Member(r.value(base), _key(r, key), r.span(node))


def _static(r: Reader, node: Node) -> Expression:
    """`A::$b`, `A::B`, `A::class`"""
    kids = parts(node)
    if len(kids) != 2:
        return r.unknown(node.type, node, *kids)
    if kids[1].type == "name" and r.text(kids[1]) == "class" and kids[0].type in (*_NAMES, "relative_scope"):
        scope = _scope(r, kids[0])
        return Text(scope.id if isinstance(scope, Name) else "", r.span(node), "bare")
    key = Text(variable(r, kids[1]), r.span(kids[1]), "bare")
    scope = _scope(r, kids[0]) if _is_set(node) else _late_scope(r, kids[0])
    return Member(scope, key, r.span(node))


def _is_set(node: Node) -> bool:
    """Whether a value is assigned to it: the class that declares it holds that."""
    around = node.parent
    return around is not None and around.type.endswith("assignment_expression") and parts(around)[0] == node


def _element(r: Reader, node: Node) -> Expression:
    """`$a['b']`, `$a[]`; the key of a bare `"$a[b]"` is a word."""
    base, *key = parts(node)
    if not key:
        return r.unknown("append", node, base)
    key_value = curly_braces.word(r, key[0]) if node.parent is not None and _in_text(node, key[0]) else r.value(key[0])
    return Member(r.value(base), key_value, r.span(node))


def _in_text(node: Node, key: Node) -> bool:
    return key.type == "name" and node.parent is not None and node.parent.type in ("encapsed_string", "heredoc_body")


# --- calls ------------------------------------------------------------------------------------------------------------


def _call(r: Reader, node: Node) -> Expression:
    """`f(x)`; functions that are tests or make a mapping are lowered to that."""
    callee = node.child_by_field_name("function")
    listed = node.child_by_field_name("arguments")
    if callee is None:
        return r.unknown(node.type, node, *parts(node))
    if child(listed, "variadic_placeholder") is not None if listed is not None else False:
        return r.value(callee)
    if callee.type in _NAMES:
        name = r.text(callee).strip("\\").lower()
        values = tuple(arg.value for arg in arguments(r, listed)) if name in BUILTINS else ()
        special = BUILTINS[name](node, values, r) if values and name in BUILTINS else None
        if special is not None:
            return special
        if name in ("exit", "die"):
            args = arguments(r, listed)
            return Block((Jump("exit", r.span(node), args[0].value if args else None),), r.span(node))
    return Call(r.value(callee), arguments(r, listed), r.span(node))


def _method(r: Reader, node: Node) -> Expression:
    """`$a->b(x)`, `$a?->b(x)`, `A::b(x)`"""
    base, key = node.child_by_field_name("object"), node.child_by_field_name("name")
    scope = node.child_by_field_name("scope")
    listed = node.child_by_field_name("arguments")
    if key is None or (base is None and scope is None):
        return r.unknown(node.type, node, *parts(node))
    on = _late_scope(r, scope) if scope is not None else r.value(base)  # type: ignore[arg-type]
    name = _key(r, key)
    if isinstance(name, Text) and name.value.lower() == "__construct":
        name = replace(name, value="__init__")
    callee = Member(on, name, r.span(node))
    if listed is not None and child(listed, "variadic_placeholder") is not None:
        return callee
    args = arguments(r, listed)
    return Call(callee, args, r.span(node))


def _new(r: Reader, node: Node) -> Expression:
    """`new X(y)`"""
    kids = parts(node)
    listed = child(node, "arguments")
    if kids[0].type == "anonymous_class":
        return class_value(r, kids[0])
    return Call(_scope(r, kids[0]), arguments(r, listed), r.span(node), "new")


def _cast(r: Reader, node: Node) -> Expression:
    """`(string) $x`"""
    type_, value = node.child_by_field_name("type"), curly_braces.field(r, node, "value")
    if type_ is None or value is None:
        return r.unknown(node.type, node, *parts(node))
    inner = node.child_by_field_name("value")
    args = curly_braces.args(r, [inner]) if inner is not None else ()
    return Call(Name(r.text(type_).strip().lower(), r.span(type_)), args, r.span(node), "cast")


def _clone(r: Reader, node: Node) -> Expression:
    """`clone $x`"""
    args = tuple(Arg(r.value(kid), r.span(kid)) for kid in parts(node)[:1])
    return Call(Name("clone", r.span(node)), args, r.span(node))


def _printed(r: Reader, node: Node) -> Expression:
    """`print x`"""
    return Call(Name("print", r.span(node)), curly_braces.args(r, parts(node)), r.span(node))


def _suppressed(r: Reader, node: Node) -> Expression:
    """`@f(x)`: its errors are thrown away."""
    kids = parts(node)
    value = r.value(kids[0])
    return replace(value, redirect="drop-errors") if isinstance(value, Call) else value


def _include(r: Reader, node: Node) -> Expression:
    """`require 'x.php'`, wherever it stands: runs a file of which only the written part of the path is known."""
    path_value = r.value(parts(node)[0])
    path = _written(path_value)
    if path:
        path = path if path.startswith(".") else "./" + path.lstrip("/")
        r.imports.append(Import(path, r.span(node), kind="source"))
    return Unknown("include", (path_value,), r.span(node))


def _written(value: Expression) -> str:
    if isinstance(value, Text):
        return value.value
    if isinstance(value, Concatenation):
        return "".join(map(_written, value.parts))
    if isinstance(value, Call) and isinstance(value.callee, Name) and value.callee.id == "dirname":
        argument = value.args[0].value if value.args else None
        return (
            "./.."
            if isinstance(argument, Name) and argument.id == "__DIR__"
            else _written(argument)
            if argument
            else ""
        )
    return ""


# --- arrays -----------------------------------------------------------------------------------------------------------


def _array(r: Reader, node: Node) -> Expression:
    """`['a' => 1, ...$b]`, `[1, 2]`"""
    entries: list[MappingEntry] = []
    items: list[Expression] = []
    spreads: list[Expression] = []
    for kid in children(node, "array_element_initializer"):
        inner = [part for part in parts(kid) if part.type != "reference_modifier"]
        if len(inner) == 2:
            entries.append(MappingEntry(r.value(inner[0]), r.value(inner[1]), r.span(kid)))
        elif inner and inner[0].type == "variadic_unpacking":
            spreads += [r.value(part) for part in parts(inner[0])]
        elif inner:
            items.append(r.value(inner[0]))
    span = r.span(node)
    if entries or (spreads and not items):
        numbered = (MappingEntry(Text(str(n), item.span, "number"), item, item.span) for n, item in enumerate(items))
        return MappingValue((*entries, *numbered), tuple(spreads), span)
    return Seq((*items, *(Unknown("spread", (one,), one.span) for one in spreads)), span)


# --- operators --------------------------------------------------------------------------------------------------------


def assigned(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`$a = b`, `[$a, 'k' => $b] = c`, `$a .= b`, `$a[] = b`"""
    left, value = node.child_by_field_name("left"), curly_braces.field(r, node, "right")
    span = r.span(node)
    if left is None or value is None:
        return (ExpressionStatement(r.unknown(node.type, node, *parts(node)), span),)
    if left.type == "list_literal":
        return _unpacked(r, left, value, node)
    sign = node.child_by_field_name("operator")
    operator = r.text(sign) if sign is not None else "="
    if left.type == "subscript_expression" and len(parts(left)) == 1:  # $a[] = b
        target = r.value(parts(left)[0])
        return (Assign((target,), Seq((value,), value.span), span, "+="),)
    targets = [r.value(left)]
    while operator == "=" and isinstance(value, Block) and len(value.body) == 2 and isinstance(value.body[0], Assign):
        targets += value.body[0].targets  # $a = $b = c
        value = value.body[0].value
    return (Assign(tuple(targets), value, span, "+=" if operator == ".=" else operator),)


def _unpacked(r: Reader, left: Node, value: Expression, node: Node) -> tuple[Stmt, ...]:
    """A list takes apart by position, or by key."""
    span = r.span(node)
    kids = parts(left)
    if child(left, "=>") is None:
        return (Assign((Seq(_by_position(r, left), r.span(left)),), value, span),)
    source = Name("list", r.span(left))
    pairs = zip(kids[::2], kids[1::2], strict=False)
    items = [(r.value(to), Member(source, r.value(key), r.span(key)), r.span(to)) for key, to in pairs]
    assignments = (Assign((to,), one, at) for to, one, at in items if isinstance(to, (Name, Member)))
    return (Assign((source,), value, span), *assignments)


def _by_position(r: Reader, left: Node) -> tuple[Expression, ...]:
    """The targets of `list($a, , $b)`; what is left out is taken by a name that nobody reads."""
    values: list[Expression] = []
    place: Expression | None = None
    for kid in left.children[1:]:
        if kid.type in (",", ")", "]"):
            values.append(place if place is not None else Name("_", r.span(kid)))
            place = None
        elif kid.is_named and not kid.is_extra:
            place = r.value(kid)
    return tuple(values)


def _assignment(r: Reader, node: Node) -> Expression:
    """An assignment as a value."""
    stmts = assigned(r, node)
    last = stmts[-1]
    target = last.targets[0] if isinstance(last, Assign) else None
    return Block((*stmts, ExpressionStatement(target, target.span)) if target is not None else stmts, r.span(node))


def _binary(r: Reader, node: Node) -> Expression:
    """As in any such language; a test that is compared with false is the test itself, or its opposite."""
    value = curly_braces.binary(r, node)
    if not isinstance(value, Compare) or not isinstance(value.left, (Compare, BooleanOperation)):
        return value
    if value.op in ("==", "!=") and isinstance(value.right, Text) and value.right.value == "False":
        return value.left if value.op == "!=" else BooleanOperation("not", (value.left,), value.span)
    return value


def _conditional(r: Reader, node: Node) -> Expression:
    """`a ? b : c`, `a ?: c`"""
    test, one, other = (curly_braces.field(r, node, name) for name in ("condition", "body", "alternative"))
    if test is None or other is None:
        return r.unknown(node.type, node, *parts(node))
    return Conditional((test, other), r.span(node)) if one is None else Conditional((one, other), r.span(node), test)


def _match(r: Reader, node: Node) -> Expression:
    """`match (x) { 1, 2 => a, default => b }`"""
    condition = node.child_by_field_name("condition")
    subject = r.value(condition) if condition is not None else curly_braces.constant("None", r.span(node))
    block = node.child_by_field_name("body")
    arms: list[Arm] = []
    last: list[Arm] = []
    for kid in parts(block) if block is not None else ():
        return_expression = kid.child_by_field_name("return_expression")
        if return_expression is None:
            continue
        body = (ExpressionStatement(r.value(return_expression), r.span(return_expression)),)
        listed = kid.child_by_field_name("conditional_expressions")
        if listed is None:
            last.append(Arm(None, body))
            continue
        tests = tuple(common_nodes.case_test(subject, r.value(one)) for one in parts(listed))
        arms.append(Arm(tests[0] if len(tests) == 1 else BooleanOperation("or", tests, r.span(listed)), body))
    return Block((If((*arms, *last[:1]), r.span(node)),), r.span(node))


VALUES: Mapping[str, ValueBuilder] = {
    **curly_braces.VALUES,
    **dict.fromkeys(("assignment_expression", "augmented_assignment_expression"), _assignment),
    "reference_assignment_expression": _assignment,
    **dict.fromkeys(_NAMES, _name),
    **dict.fromkeys(("boolean", "null"), _constant),
    **dict.fromkeys(("integer", "float"), curly_braces.number),
    **dict.fromkeys(("heredoc", "nowdoc"), heredoc),
    **dict.fromkeys(("anonymous_function", "arrow_function"), lambda_),
    **dict.fromkeys(("member_access_expression", "nullsafe_member_access_expression"), _member),
    **dict.fromkeys(("class_constant_access_expression", "scoped_property_access_expression"), _static),
    **dict.fromkeys(("member_call_expression", "nullsafe_member_call_expression", "scoped_call_expression"), _method),
    **dict.fromkeys(
        ("include_expression", "include_once_expression", "require_expression", "require_once_expression"), _include
    ),
    "binary_expression": _binary,
    "variable_name": _variable,
    "relative_scope": _scope,
    "string": single,
    "encapsed_string": double,
    "subscript_expression": _element,
    "function_call_expression": _call,
    "object_creation_expression": _new,
    "cast_expression": _cast,
    "clone_expression": _clone,
    "print_intrinsic": _printed,
    "error_suppression_expression": _suppressed,
    "array_creation_expression": _array,
    "conditional_expression": _conditional,
    "match_expression": _match,
    "throw_expression": common_nodes.thrown,
    "unary_op_expression": curly_braces.unary,
    "update_expression": curly_braces.step,
}
