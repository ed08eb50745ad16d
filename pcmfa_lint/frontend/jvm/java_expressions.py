"""Lowering of Java's expressions: calls and members, objects and collections, switches.

Generic methods' types are arguments named `<0>`, `<1>`. Collections of keys and values of whatever type are one
Mapping. A class without a name is a lambda where it has one method, else a class that is defined in its place.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend import chains, curly_braces, type_tests
from pcmfa_lint.frontend.jvm import library
from pcmfa_lint.frontend.jvm.java_strings import string
from pcmfa_lint.frontend.jvm.java_types import annotation, arguments, lambda_, last_name, nested, type_name
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, child, children, parts
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Block,
    BooleanOperation,
    Call,
    Class,
    Compare,
    Define,
    Expression,
    ExpressionStatement,
    Func,
    If,
    Lambda,
    MappingEntry,
    Member,
    Name,
    Seq,
    Span,
    Stmt,
    Text,
)

_PUTS = ("put", "add", "set")
_PAIR_TYPE = re.compile(r"<.*(?:NameValuePair|Entry)\b")


def name(r: Reader, node: Node) -> Expression:
    """A variable, type or method by its name; one that is imported statically is a member of its class."""
    return named(r, type_name(r, node), r.span(node))


def named(r: Reader, written: str, span: Span) -> Expression:
    """A name, or the member of a class that is imported under it."""
    for imported in r.imports:
        if imported.names and imported.names[0][0] == written:
            return Member(Name(imported.module.rpartition(".")[2], span), Text(written, span, "bare"), span)
    return Name(written, span)


# --- members and calls ------------------------------------------------------------------------------------------------

_STEPS = {"method_invocation", "field_access", "array_access"}


def postfix(r: Reader, node: Node) -> Expression:
    """`a.b(c)[d].e`: built from its front, since a fluent chain may be longer than code may be nested."""
    steps = chains.steps(node, _before, lambda inner: inner.type in _STEPS)
    front = _before(steps[-1])
    return chains.built(r, steps, lambda: None if front is None else r.value(front), _step)


def _before(node: Node) -> Node | None:
    return node.child_by_field_name("array" if node.type == "array_access" else "object")


def _step(r: Reader, node: Node, base: Expression | None) -> Expression:
    span = r.span(node)
    if node.type == "method_invocation":
        name = node.child_by_field_name("name")
        callee = _member(r, node, base, name)
        return _call(r, node, callee)
    if node.type == "array_access" and base is not None:
        return Member(base, curly_braces.field(r, node, "index") or curly_braces.word(r, node), span)
    return _member(r, node, base, node.child_by_field_name("field"))


def _member(r: Reader, node: Node, base: Expression | None, key: Node | None) -> Expression:
    written, at = (r.text(key), r.span(key)) if key is not None else ("", r.span(node))
    if base is None:
        return named(r, written, at)
    end = (at.end_line, at.end_col)
    return Member(base, Text(written, at, "bare"), Span(base.span.line, base.span.col, *end))


def _call(r: Reader, node: Node, callee: Expression) -> Expression:
    args, span = arguments(r, node.child_by_field_name("arguments")), r.span(node)
    value = library.method(callee, args, span) if isinstance(callee, Member) else None
    if value is not None:
        return value
    listed = node.child_by_field_name("type_arguments")
    kinds = parts(listed) if listed is not None else []
    types = tuple(Arg(Name(last_name(r, kid), r.span(kid)), r.span(kid), f"<{n}>") for n, kid in enumerate(kinds))
    return Call(callee, (*types, *args), span)


def reference(r: Reader, node: Node) -> Expression:
    """`Foo::bar` is a member, `Foo::new` the type."""
    base = r.value(parts(node)[0])
    if node.children[-1].type == "new" or len(parts(node)) < 2:
        return base
    return Member(base, curly_braces.word(r, parts(node)[-1]), r.span(node))


# --- objects and collections ------------------------------------------------------------------------------------------


def new(r: Reader, node: Node) -> Expression:
    """`new X(a)`, `new X(a) { … }`; a collection is its content."""
    type_ = node.child_by_field_name("type")
    written = type_name(r, type_) if type_ is not None else "?"
    span = r.span(node)
    args, inside = arguments(r, node.child_by_field_name("arguments")), child(node, "class_body")
    callee = Name(written, r.span(type_ or node))
    entries = _put(r, inside) if inside is not None else ()
    collection = library.collection(written, args, span, entries, _of_pairs(r, node))
    if collection is not None:
        return collection
    if inside is not None and parts(inside):
        return unnamed(tuple(nested(r, inside)), Call(callee, args, span, "new"), r.span(inside))
    return Call(callee, args, span, "new")


def _of_pairs(r: Reader, node: Node) -> bool:
    """Whether a list is declared as one of pairs, at its creation or where it is given to."""
    current: Node | None = node
    for _ in range(3):
        declared = current.child_by_field_name("type") if current is not None else None
        if declared is not None and _PAIR_TYPE.search(r.text(declared)):
            return True
        current = current.parent if current is not None else None
    return False


def _put(r: Reader, body: Node) -> tuple[MappingEntry, ...]:
    """`{{ put("a", b); }}`"""
    entries: list[MappingEntry] = []
    for block in children(body, "block"):
        for stmt in r.block(parts(block)):
            call = stmt.value if isinstance(stmt, ExpressionStatement) else None
            if isinstance(call, Call) and isinstance(call.callee, Name) and call.callee.id in _PUTS:
                entries += [
                    MappingEntry(a.value, b.value, call.span) for a, b in zip(call.args, call.args[1:2], strict=False)
                ]
    return tuple(entries)


def _asks_base(method: Func) -> bool:
    """Whether a method calls one of the base that it is derived of."""
    return any(isinstance(value, Name) and value.id == "super" for value in walk.values(method.body))


def unnamed(stmts: tuple[Stmt, ...], creation: Call, span: Span) -> Expression:
    """A class without a name: a lambda where it has one method that asks nothing of the base, else defined in its
    place."""
    methods = [stmt.what for stmt in stmts if isinstance(stmt, Define) and isinstance(stmt.what, Func)]
    if len(stmts) == len(methods) == 1 and not creation.args and not _asks_base(methods[0]):
        return Lambda(methods[0], creation.span)
    name = f"{creation.callee.id if isinstance(creation.callee, Name) else ''}${creation.span.line}"
    new = Call(Name(name, creation.callee.span), creation.args, creation.span, "new")
    return Block(
        (Define(Class(name, (creation.callee,), stmts, span), span), ExpressionStatement(new, creation.span)),
        creation.span,
    )


def array(r: Reader, node: Node) -> Expression:
    """`new String[] { … }`, `{ … }`; without content its size says nothing."""
    inner = node.child_by_field_name("value") if node.type == "array_creation_expression" else node
    if inner is None:
        return Seq((), r.span(node))
    return library.collected(tuple(r.value(kid) for kid in parts(inner)), r.span(node))


# --- operators and switches -------------------------------------------------------------------------------------------


def cast(r: Reader, node: Node) -> Call:
    """`(X) value`"""
    return type_tests.cast_by(r, node, "value", "type", type_name)


def is_(r: Reader, node: Node) -> Expression:
    """`value instanceof X x`"""
    left = node.child_by_field_name("left")
    right = node.child_by_field_name("right") or node.child_by_field_name("pattern")
    if left is None or right is None:
        return r.unknown("is", node, *parts(node))
    value, type_ = r.value(left), _pattern_type(r, right)
    test = Compare("is", value, Name(type_, r.span(right)), r.span(node))
    return curly_braces.bound(test, node.child_by_field_name("name"), value, type_.rpartition(".")[2], r)


def _pattern_type(r: Reader, node: Node) -> str:
    return type_name(r, parts(node)[0]) if node.type.endswith("_pattern") and parts(node) else type_name(r, node)


def class_literal(r: Reader, node: Node) -> Name:
    """`X.class`"""
    return Name(type_name(r, parts(node)[0]), r.span(node))


def template(r: Reader, node: Node) -> Expression:
    """`STR."a \\{b}"`"""
    return curly_braces.field(r, node, "template_argument") or r.unknown("template", node)


def looked_at(r: Reader, node: Node) -> tuple[Expression, tuple[Stmt, ...]]:
    """The value that a switch looks at, and what has to run before it."""
    return curly_braces.evaluated_once(
        curly_braces.field(r, node, "condition") or curly_braces.constant("None", r.span(node))
    )


def tests_of(r: Reader, labels: list[Node], subject: Expression) -> list[Expression | None]:
    """`case "a", B:`, `case Foo f when …`, `default` (None)"""
    values: list[Expression | None] = []
    for label in labels:
        guard = child(label, "guard")
        inner = [kid for kid in parts(label) if kid.type != "guard"]
        values += [_test(r, kid, subject) for kid in inner] if inner else [None]
        if guard is not None and parts(guard) and values[-1] is not None:
            values[-1] = BooleanOperation("and", (values[-1], r.value(parts(guard)[0])), r.span(label))
    return values


def _test(r: Reader, node: Node, subject: Expression) -> Expression | None:
    span = r.span(node)
    if node.type == "identifier" and r.text(node) == "default":
        return None
    if node.type == "pattern" and parts(node):
        inner = parts(node)[0]
        return Compare("is", subject, Name(_pattern_type(r, inner), span), span)
    return Compare("==", subject, r.value(node), span)


def switch_value(r: Reader, node: Node) -> Expression:
    """`switch (value) { case A -> b; default -> c; }` as a value."""
    subject, first = looked_at(r, node)
    body = node.child_by_field_name("body")
    arms = []
    for rule in children(body, "switch_rule", "switch_block_statement_group") if body is not None else ():
        tests = tests_of(r, children(rule, "switch_label"), subject)
        real = tuple(test for test in tests if test is not None)
        either = (
            None
            if len(real) < len(tests) or not real
            else real[0]
            if len(real) == 1
            else BooleanOperation("or", real, r.span(rule))
        )
        arms.append(Arm(either, r.block([kid for kid in parts(rule) if kid.type != "switch_label"])))
    arms.sort(key=lambda arm: arm.test is None)
    chosen: Stmt = If(tuple(arms), r.span(node))
    return Block((*first, chosen), r.span(node))


VALUES: dict[str, ValueBuilder] = {
    **curly_braces.VALUES,
    **dict.fromkeys(_STEPS, postfix),
    **dict.fromkeys(("identifier", "type_identifier", "scoped_identifier", "scoped_type_identifier"), name),
    **dict.fromkeys(("generic_type", "array_type", "integral_type", "floating_point_type", "void_type"), name),
    **dict.fromkeys(("boolean_type", "annotated_type"), name),
    **dict.fromkeys(("true", "false", "null_literal"), curly_braces.literal),
    **dict.fromkeys(("string_literal", "character_literal"), string),
    "this": lambda r, node: Name("this", r.span(node)),
    "super": lambda r, node: Name("super", r.span(node)),
    "decimal_integer_literal": curly_braces.number,
    "hex_integer_literal": curly_braces.number,
    "octal_integer_literal": curly_braces.number,
    "binary_integer_literal": curly_braces.number,
    "decimal_floating_point_literal": curly_braces.number,
    "hex_floating_point_literal": curly_braces.number,
    "object_creation_expression": new,
    "array_creation_expression": array,
    "array_initializer": array,
    "element_value_array_initializer": array,
    "annotation": annotation,
    "marker_annotation": annotation,
    "cast_expression": cast,
    "instanceof_expression": is_,
    "class_literal": class_literal,
    "method_reference": reference,
    "template_expression": template,
    "switch_expression": switch_value,
    "ternary_expression": curly_braces.conditional,
    "unary_expression": curly_braces.unary,
    "update_expression": curly_braces.step,
    "lambda_expression": lambda_,
}
