"""Lowering of Kotlin's expressions: names, calls and members, operators, `when`.

What is called with a capital is constructed. `a?.b` is `a.b`, `a!!` is `a`; `a to b` is a mapping of one entry.
"""

from __future__ import annotations

from tree_sitter import Node

from pcmfa_lint.frontend import chains, curly_braces, type_tests
from pcmfa_lint.frontend.jvm import library
from pcmfa_lint.frontend.jvm.java_expressions import named, unnamed
from pcmfa_lint.frontend.jvm.kotlin_annotations import arguments, last_name
from pcmfa_lint.frontend.jvm.kotlin_strings import string
from pcmfa_lint.frontend.jvm.kotlin_types import anonymous, base_arguments, lambda_, members
from pcmfa_lint.frontend.jvm.library import dotted
from pcmfa_lint.frontend.treesitter import Reader, ValueBuilder, child, children, parts
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Compare,
    Expression,
    ExpressionStatement,
    If,
    Jump,
    Lambda,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Raise,
    Seq,
    Span,
    Stmt,
    Text,
)

_STEPS = {"call_expression", "navigation_expression", "index_expression"}
_WORDS = {"true": "True", "false": "False", "null": "None"}
_BUILT = {"buildString", "buildMap", "parameters", "Parameters.build"}  # of nothing, by a lambda that fills it
_ON_OBJECTS = {"apply", "run", "with", "build", *_BUILT}  # their lambdas have no `it`


def name(r: Reader, node: Node) -> Expression:
    """A variable, type or function; `true`, `null`, `break` are names to the grammar."""
    written, span = r.text(node).strip("`"), r.span(node)
    if written in _WORDS:
        return curly_braces.constant(_WORDS[written], span)
    if written in ("break", "continue"):
        return Block((jump(r, node),), span)
    return named(r, r.aliases.get(written, written), span)


def jump(r: Reader, node: Node) -> Jump:
    """`break`, `continue@here`"""
    return Jump("break" if r.text(node).startswith("break") else "continue", r.span(node))


# --- members and calls ------------------------------------------------------------------------------------------------


def postfix(r: Reader, node: Node) -> Expression:
    """`a.b(c)[d]!!.e { … }`: built from its front, since a fluent chain may be longer than code may be nested."""
    steps = chains.steps(node, _front, _is_step)
    front = _front(steps[-1])
    turned = front is not None and front.type == "unary_expression" and front.children[0].type == "!"
    if front is not None and turned:  # the grammar reads `!a.b` as `(!a).b`
        front = parts(front)[0]
    value = chains.built(r, steps, lambda: Name("?", r.span(node)) if front is None else r.value(front), _step)
    return BooleanOperation("not", (value,), r.span(node)) if turned else value


def binary(r: Reader, node: Node) -> Expression:
    """`a + b`; the grammar reads `a<B>(c).d()` as `a < B > (c).d()`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type != node.type or curly_braces.operator_of(r, node) != ">":
        return curly_braces.binary(r, node)
    steps = chains.steps(right, _front, _is_step) if _is_step(right) else []
    front = _front(steps[-1]) if steps else right
    called, kind = left.child_by_field_name("left"), left.child_by_field_name("right")
    if front is None or front.type != "parenthesized_expression" or curly_braces.operator_of(r, left) != "<":
        return curly_braces.binary(r, node)
    if called is None or kind is None or kind.type != "identifier":
        return curly_braces.binary(r, node)
    type_ = Arg(Name(r.text(kind), r.span(kind)), r.span(kind), "<0>")
    arg = Arg(r.value(front), r.span(front))
    value: Expression = Call(r.value(called), (type_, arg), r.span(node))
    for step in reversed(steps):
        value = _step(r, step, value)
    return value


def _is_step(node: Node) -> bool:
    return node.type in _STEPS or (node.type == "unary_expression" and node.children[-1].type == "!!")


def _front(node: Node) -> Node | None:
    return next(iter(parts(node)), None)


def _step(r: Reader, node: Node, base: Expression) -> Expression:
    span = r.span(node)
    if node.type == "call_expression":
        return _call(r, node, base)
    if node.type == "index_expression":
        return Member(base, r.value(parts(node)[-1]), span)
    if node.type == "unary_expression" or len(parts(node)) < 2:
        return base
    key = parts(node)[-1]
    if child(node, "::") is not None and r.text(key) == "class":
        return base
    if r.text(parts(node)[0]).endswith("::class") and r.text(key).startswith("java"):
        return base
    return Member(base, Text(r.text(key).strip("`"), r.span(key), "bare"), span)


def _call(r: Reader, node: Node, callee: Expression) -> Expression:
    listed, block, span = child(node, "value_arguments"), child(node, "annotated_lambda"), r.span(node)
    called = dotted(callee)
    last = called.rpartition(".")[2]
    args = arguments(r, listed)
    if block is not None:
        inner_node = next((kid for kid in parts(block) if kid.type == "lambda_literal"), block)
        inner = callee if listed is None and isinstance(callee, Call) else None
        on_object = (dotted(inner.callee) if inner is not None else called).rpartition(".")[2] in _ON_OBJECTS
        args = (*args, Arg(lambda_(r, inner_node, not on_object), r.span(inner_node)))
        if inner is not None:  # `f(a) { … }`
            args = (*inner.args, *args)
            lowered = library.method(inner.callee, args, span) if isinstance(inner.callee, Member) else None
            return lowered or replace(inner, args=args, span=span)
    if called == "error" and args:
        return Block((Raise(Call(Name("IllegalStateException", callee.span), args, span, "new"), span),), span)
    if called in _BUILT and block is not None:
        empty: Expression = Text("", callee.span) if called == "buildString" else Mapping((), (), callee.span)
        return Call(Member(empty, Text("apply", callee.span, "bare"), span), args, span)
    known_form = library.method(callee, args, span) if isinstance(callee, Member) else None
    if isinstance(callee, Name):
        put = library.function(called, args)
        known_form = put(span) if put is not None else None
    if last[:1].isupper():
        known_form = known_form or library.collection(called, args, span)
        args = args if listed is not None else _built(args)
        return known_form or Call(Name(called, callee.span), (*_types(r, node), *args), span, "new")
    return known_form or Call(callee, (*_types(r, node), *args), span)


def _built(args: tuple[Arg, ...]) -> tuple[Arg, ...]:
    """`Request { a = b }`: the members of an object that its block sets, if it does nothing else."""
    block = args[0].value if len(args) == 1 else None
    if not isinstance(block, Lambda):
        return args
    members = []
    for stmt in block.func.body:
        target = stmt.targets[0] if isinstance(stmt, Assign) and len(stmt.targets) == 1 else None
        if not isinstance(stmt, Assign) or not isinstance(target, Name):
            return args
        members.append(Arg(stmt.value, stmt.span, target.id))
    return tuple(members) or args


def _types(r: Reader, node: Node) -> tuple[Arg, ...]:
    listed = child(node, "type_arguments")
    kinds = parts(listed) if listed is not None else []
    return tuple(Arg(Name(last_name(r, kid), r.span(kid)), r.span(kid), f"<{n}>") for n, kid in enumerate(kinds))


def reference(r: Reader, node: Node) -> Expression:
    """`Foo::class`, `::foo`"""
    return r.value(parts(node)[0]) if parts(node) else r.unknown("reference", node)


def object_(r: Reader, node: Node) -> Expression:
    """`object : A(b) { … }`"""
    listed, body, span = child(node, "delegation_specifiers"), child(node, "class_body"), r.span(node)
    type_ = parts(listed)[0] if listed is not None else None
    base = Name(last_name(r, type_).partition("(")[0] if type_ is not None else "object", r.span(type_ or node))
    return unnamed(
        tuple(members(r, body, base.id, set())), Call(base, base_arguments(r, node) or (), span, "new"), span
    )


# --- operators --------------------------------------------------------------------------------------------------------


def unary(r: Reader, node: Node) -> Expression:
    """`!a`, `-1`, `a++`, `a!!`"""
    return postfix(r, node) if _is_step(node) else curly_braces.unary(r, node)


def infix(r: Reader, node: Node) -> Expression:
    """`a to b`, and functions that are called between their operands."""
    left, word, right = parts(node)
    span = r.span(node)
    if r.text(word) == "to":
        return Mapping((MappingEntry(r.value(left), r.value(right), span),), (), span)
    callee = Member(r.value(left), curly_braces.word(r, word), span)
    return Call(callee, (Arg(r.value(right), r.span(right)),), span)


def cast(r: Reader, node: Node) -> Expression:
    """`a as B`, `a as? B`"""
    return type_tests.cast_by(r, node, "left", "right", last_name)


def is_(r: Reader, node: Node) -> Expression:
    """`a is B`, `a !is B`"""
    sides = type_tests.sides(node, "left", "right")
    if sides is None:
        return r.unknown("is", node, *parts(node))
    return _turned(node, type_tests.test(r, node, *sides, last_name(r, sides[1])))


def in_(r: Reader, node: Node) -> Expression:
    """`a in b`, `a !in 1..2`"""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return r.unknown("in", node, *parts(node))
    return _turned(node, _within(r, r.value(left), right, r.span(node)))


def _turned(node: Node, test: Expression) -> Expression:
    return (
        BooleanOperation("not", (test,), test.span) if any(kid.type.startswith("!") for kid in node.children) else test
    )


def _within(r: Reader, value: Expression, node: Node, span: Span) -> Expression:
    """A range is two comparisons."""
    if node.type == "infix_expression" and r.text(parts(node)[1]) == "until":
        low, high, upper = parts(node)[0], parts(node)[2], "<"
    elif node.type == "range_expression" and len(parts(node)) == 2:
        (low, high), upper = parts(node), "<" if child(node, "..<") is not None else "<="
    else:
        return Compare("in", value, r.value(node), span)
    return BooleanOperation(
        "and", (Compare(">=", value, r.value(low), span), Compare(upper, value, r.value(high), span)), span
    )


def throw(r: Reader, node: Node) -> Expression:
    """`a ?: throw b`"""
    return Block((Raise(r.value(parts(node)[0]) if parts(node) else None, r.span(node)),), r.span(node))


def when(r: Reader, node: Node) -> tuple[Stmt, ...]:
    """`when (a) { b, in c -> d; else -> e }`: an If of tests; what it looks at is evaluated once."""
    looked = child(node, "when_subject")
    first: tuple[Stmt, ...] = ()
    subject: Expression | None = None
    if looked is not None:
        declared = child(looked, "variable_declaration")
        value = r.value(parts(looked)[-1])
        subject = value if isinstance(value, (Name, Member, Text)) else Name("when", value.span)
        if declared is not None:
            subject = Name(r.text(parts(declared)[0]), r.span(declared), "local")
        if declared is not None or subject is not value:
            first = (Assign((subject,), value, value.span),)
    arms: list[tuple[list[Expression | None], tuple[Stmt, ...]]] = []
    for kid in children(node, "when_entry"):
        tests = kid.children_by_field_name("condition")
        listed: list[Expression | None] = [_test(r, test, subject) for test in tests if test.is_named]
        body = r.block([inner for inner in parts(kid) if inner not in tests])
        arms.append(
            (listed or [None], body or (ExpressionStatement(curly_braces.constant("None", r.span(kid)), r.span(kid)),))
        )
    chosen: If = curly_braces.sections(arms, r.span(node), breaks=False)
    return (*first, chosen)


def _test(r: Reader, node: Node, subject: Expression | None) -> Expression:
    span = r.span(node)
    if subject is None:
        return r.value(node)
    if node.type == "type_test":
        return _turned(node, Compare("is", subject, Name(last_name(r, parts(node)[0]), span), span))
    if node.type == "range_test":
        return _turned(node, _within(r, subject, parts(node)[0], span))
    return Compare("==", subject, r.value(node), span)


VALUES: dict[str, ValueBuilder] = {
    **curly_braces.VALUES,
    **dict.fromkeys(_STEPS, postfix),
    **dict.fromkeys(("string_literal", "multiline_string_literal", "character_literal"), string),
    "identifier": name,
    "user_type": lambda r, node: Name(last_name(r, node), r.span(node)),
    "this_expression": lambda r, node: Name("this", r.span(node)),
    "super_expression": lambda r, node: Name("super", r.span(node)),
    "number_literal": curly_braces.number,
    "float_literal": curly_braces.number,
    "unary_expression": unary,
    "binary_expression": binary,
    "infix_expression": infix,
    "as_expression": cast,
    "is_expression": is_,
    "in_expression": in_,
    "lambda_literal": lambda_,
    "anonymous_function": anonymous,
    "callable_reference": reference,
    "object_literal": object_,
    "collection_literal": lambda r, node: Seq(tuple(map(r.value, parts(node))), r.span(node)),
    "throw_expression": throw,
}
