"""PHP: `.php`, `.inc`, `.phtml` to a Unit, by the tree-sitter reader.

Here stand the statements; expressions, strings, and functions with classes have modules of their own beside this one,
and `languages/php.scm` says what is comment and literal. Names of namespaces are dotted. Constants are variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial

import tree_sitter_php
from tree_sitter import Language, Node

from pcmfa_lint.frontend import curly_braces
from pcmfa_lint.frontend.common_nodes import case_test
from pcmfa_lint.frontend.php.expressions import VALUES, assigned
from pcmfa_lint.frontend.php.functions import class_, constants, function, type_name, variable
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, child, children, parts, read
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Assign,
    Block,
    BooleanOperation,
    Call,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Import,
    Jump,
    Loop,
    Member,
    Name,
    Raise,
    Seq,
    Stmt,
    Text,
    Try,
    Unit,
    Unknown,
)


def read_php(text: str, path: str) -> Unit:
    """Reads decoded PHP with the page around it; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


# --- what is declared -------------------------------------------------------------------------------------------------


_HOISTED = ("function_definition", "class_declaration", "interface_declaration", "trait_declaration")


def _sequence(r: Reader, node: Node) -> Iterator[Stmt]:
    """Statements in a row; functions and classes are there before any of them runs."""
    kids = parts(node)
    yield from r.block([kid for kid in kids if kid.type == "namespace_use_declaration"])
    yield from r.block([kid for kid in kids if kid.type in _HOISTED])
    rest = [kid for kid in kids if kid.type not in (*_HOISTED, "namespace_use_declaration")]
    yield from r.block(rest)


def _use(r: Reader, node: Node) -> Iterator[Stmt]:
    """`use A\\B;`, `use A\\B as C;`, `use A\\{B, C as D};`, `use function a\\b;`"""
    group = node.child_by_field_name("body")
    prefix = child(node, "namespace_name") if group is not None else None
    start = [r.text(prefix).strip("\\")] if prefix is not None else []
    for kid in children(group or node, "namespace_use_clause"):
        alias = kid.child_by_field_name("alias")
        named = next((one for one in parts(kid) if one != alias), None)
        if named is None:
            continue
        full_name = "\\".join((*start, r.text(named).strip("\\"))).replace("\\", ".")
        module, _, last = full_name.rpartition(".")
        local = r.text(alias) if alias is not None else last
        r.aliases[local] = full_name
        r.imports.append(
            Import(module or last, r.span(kid), ((last, local),) if module else (), "" if module else local)
        )
    yield from ()


def _unset(r: Reader, node: Node) -> Iterator[Stmt]:
    """`unset($a['k']);` takes an entry out of a mapping."""
    for kid in parts(node):
        value = r.value(kid)
        if isinstance(value, Member):
            method = Member(value.base, Text("remove", value.span, "bare"), value.span)
            yield ExpressionStatement(Call(method, (Arg(value.key, value.span),), value.span), r.span(node))


def _static(r: Reader, node: Node) -> Iterator[Stmt]:
    """`static $x = 1;` in a function."""
    for kid in children(node, "static_variable_declaration"):
        name, value = kid.child_by_field_name("name"), curly_braces.field(r, kid, "value")
        if name is not None and value is not None:
            yield Assign((Name(variable(r, name), r.span(name)),), value, r.span(kid))


# --- values as statements ---------------------------------------------------------------------------------------------


def _expression(r: Reader, node: Node) -> Iterator[Stmt]:
    """`value;`, and `<?= value ?>`, which prints it."""
    kids = parts(node)
    if _echoed(r, node):
        yield ExpressionStatement(
            Call(Name("echo", r.span(node)), curly_braces.args(r, kids), r.span(node)), r.span(node)
        )
        return
    for kid in kids:
        yield from _statements_of(r, kid)


def _echoed(r: Reader, node: Node) -> bool:
    before = node.prev_sibling
    if before is not None and before.type == "text_interpolation" and before.children:
        before = before.children[-1]
    return before is not None and before.type == "php_tag" and r.text(before) == "<?="


def _statements_of(r: Reader, node: Node) -> Iterable[Stmt]:
    while node.type == "parenthesized_expression" and len(parts(node)) == 1:
        node = parts(node)[0]
    if node.type in ("assignment_expression", "augmented_assignment_expression", "reference_assignment_expression"):
        return assigned(r, node)
    if node.type == "sequence_expression":
        return [stmt for kid in parts(node) for stmt in _statements_of(r, kid)]
    if node.type == "binary_expression" and curly_braces.operator_of(r, node).lower() in ("or", "||", "and", "&&"):
        return _otherwise(r, node)
    value = r.value(node)
    defined = _defined(value)
    if defined is not None:
        return (defined,)
    if isinstance(value, Block) and len(value.body) == 1 and isinstance(value.body[0], (If, Jump, Raise)):
        return value.body
    return curly_braces.statement_of(value, r.span(node))


def _otherwise(r: Reader, node: Node) -> Iterator[Stmt]:
    """`a or die(b);` is `if (!a) { die(b); }`"""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        yield ExpressionStatement(r.unknown(node.type, node, *parts(node)), r.span(node))
        return
    test: Expression = r.value(left)
    if isinstance(test, Block) and len(test.body) == 2 and isinstance(test.body[0], Assign):
        yield test.body[0]
        test = test.body[0].targets[0]
    if curly_braces.operator_of(r, node).lower() in ("or", "||"):
        test = BooleanOperation("not", (test,), test.span)
    yield If((Arm(test, tuple(_statements_of(r, right))),), r.span(node))


def _defined(value: Expression) -> Assign | None:
    """`define('NAME', value)`: a constant, which is seen everywhere."""
    if not (isinstance(value, Call) and isinstance(value.callee, Name) and value.callee.id == "define"):
        return None
    name = value.args[0].value if len(value.args) > 1 else None
    if not isinstance(name, Text):
        return None
    return Assign((Name(name.value, name.span, "global"),), value.args[1].value, value.span)


def _echo(r: Reader, node: Node) -> Iterator[Stmt]:
    """`echo a, b;`"""
    kids = [one for kid in parts(node) for one in (parts(kid) if kid.type == "sequence_expression" else [kid])]
    yield ExpressionStatement(Call(Name("echo", r.span(node)), curly_braces.args(r, kids), r.span(node)), r.span(node))


def _exit(r: Reader, node: Node) -> Iterator[Stmt]:
    kids = parts(node)
    yield Jump("exit", r.span(node), r.value(kids[0]) if kids else None)


# --- control flow -----------------------------------------------------------------------------------------------------


def _if(r: Reader, node: Node) -> Iterator[Stmt]:
    """`if … elseif … else if … else`: one If, however long the chain."""
    arms: list[Arm] = []
    waiting: list[Node] = [node]
    while waiting:
        current = waiting.pop(0)
        body_node = current.child_by_field_name("body")
        inner = (
            body_node
            if current.type == "else_clause" and body_node is not None and body_node.type == "if_statement"
            else None
        )
        if inner is not None:
            waiting.insert(0, inner)
            continue
        body = curly_braces.body(r, current)
        test = None if current.type == "else_clause" else curly_braces.field(r, current, "condition")
        arms.append(Arm(test if test is not None or current.type == "else_clause" else _false(r, current), body))
        waiting[:0] = current.children_by_field_name("alternative") if current.type == "if_statement" else []
    yield If(tuple(arms), r.span(node))


def _false(r: Reader, node: Node) -> Text:
    return curly_braces.constant("None", r.span(node))


def _foreach(r: Reader, node: Node) -> Iterator[Stmt]:
    """`foreach ($list as $key => $value)`"""
    body = node.child_by_field_name("body")
    kids = [kid for kid in parts(node) if kid != body]
    if len(kids) < 2:
        yield ExpressionStatement(r.unknown(node.type, node, *kids), r.span(node))
        return
    source, target = kids[0], kids[1]
    span = r.span(target)
    first: tuple[Stmt, ...] = ()
    if target.type == "pair" and len(parts(target)) == 2:
        key, item = parts(target)
        first = (Assign((r.value(key),), Unknown("key", (), span), span),)
        target = item
    yield Loop("for", first + curly_braces.body(r, node), r.span(node), _target(r, target), r.value(source))


def _target(r: Reader, node: Node) -> Expression:
    if node.type == "list_literal":
        kids = parts(node)
        return Seq(tuple(r.value(kid) for kid in (kids[1::2] if child(node, "=>") else kids)), r.span(node))
    return r.value(node)


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for (a; b; c) { … }` is `a; while (b) { …; c }`."""
    for kid in node.children_by_field_name("initialize"):
        yield from _statements_of(r, kid) if kid.is_named else ()
    last = tuple(s for kid in node.children_by_field_name("update") if kid.is_named for s in _statements_of(r, kid))
    yield Loop("while", curly_braces.body(r, node) + last, r.span(node), test=curly_braces.field(r, node, "condition"))


def _switch(r: Reader, node: Node) -> Iterator[Stmt]:
    """A switch is an If of Compares; what it looks at is evaluated once."""
    subject, first = curly_braces.evaluated_once(curly_braces.field(r, node, "condition") or _false(r, node))
    yield from first
    body = node.child_by_field_name("body")
    arms: list[tuple[list[Expression | None], tuple[Stmt, ...]]] = []
    for clause in children(body, "case_statement", "default_statement") if body is not None else ():
        value = clause.child_by_field_name("value")
        test = None if value is None else case_test(subject, r.value(value))
        arms.append(([test], r.block([kid for kid in parts(clause) if kid != value])))
    yield curly_braces.sections(arms, r.span(node))


def _try(r: Reader, node: Node) -> Iterator[Stmt]:
    handlers = tuple(_handler(r, kid) for kid in children(node, "catch_clause"))
    final = tuple(stmt for kid in children(node, "finally_clause") for stmt in curly_braces.body(r, kid))
    yield Try(curly_braces.body(r, node), handlers, r.span(node), final=final)


_EVERYTHING = ("Throwable",)


def _handler(r: Reader, node: Node) -> Handler:
    """`catch (A | B $e) { … }`; a Throwable is anything."""
    listed, name = node.child_by_field_name("type"), node.child_by_field_name("name")
    types = tuple(type_name(r, kid) for kid in parts(listed)) if listed is not None else ()
    if any(type_ in _EVERYTHING for type_ in types):
        types = ()
    return Handler(types, variable(r, name) if name is not None else "", curly_braces.body(r, node), r.span(node))


def _declare(r: Reader, node: Node) -> Iterable[Stmt]:
    """`declare(ticks=1) { … }`"""
    return r.block([kid for kid in parts(node) if kid.type != "declare_directive"])


_NOTHING = (
    *("text", "text_interpolation", "php_tag", "php_end_tag", "goto_statement", "named_label_statement"),
    *("global_declaration", "use_declaration"),
)
STATEMENTS: dict[str, StmtBuilder] = {
    **curly_braces.STATEMENTS,
    **dict.fromkeys(_NOTHING, curly_braces.nothing),
    **dict.fromkeys(("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"), class_),
    "program": _sequence,
    "compound_statement": _sequence,
    "colon_block": _sequence,
    "declaration_list": curly_braces.block,
    "namespace_definition": curly_braces.body,
    "namespace_use_declaration": _use,
    "declare_statement": _declare,
    "function_definition": function,
    "const_declaration": constants,
    "function_static_declaration": _static,
    "unset_statement": _unset,
    "expression_statement": _expression,
    "echo_statement": _echo,
    "exit_statement": _exit,
    "if_statement": _if,
    "foreach_statement": _foreach,
    "for_statement": _for,
    "switch_statement": _switch,
    "try_statement": _try,
}


@cache
def _grammar() -> Grammar:
    comment_text = partial(curly_braces.comment_text, marks="/#")
    return Grammar("php", Language(tree_sitter_php.language_php()), VALUES, STATEMENTS, comment_text)
