"""Kotlin: `.kt` and `.kts` to a Unit, by the tree-sitter reader.

Here stand the statements, of which most are values too; expressions, strings, and types with their members have
modules of their own beside this one, and `languages/kotlin.scm` says what is comment and literal. What the library of
the platform means is shared with Java (`library.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

import tree_sitter_kotlin
from tree_sitter import Language, Node

from pcmfa_lint.frontend import common_nodes, curly_braces
from pcmfa_lint.frontend.jvm.kotlin_annotations import last_name, written_type
from pcmfa_lint.frontend.jvm.kotlin_expressions import VALUES, jump, when
from pcmfa_lint.frontend.jvm.kotlin_types import MEMBERS, returned
from pcmfa_lint.frontend.jvm.library import appended
from pcmfa_lint.frontend.treesitter import Grammar, Reader, StmtBuilder, child, children, parts, read
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Block,
    Concatenation,
    Expression,
    Handler,
    If,
    Import,
    Loop,
    Name,
    Raise,
    Return,
    Seq,
    Stmt,
    Try,
    Unit,
)

_ONE_LINE = re.compile(r"^.{0,200}\b(?:class|object|interface)\b.{0,400}$", re.MULTILINE)
_HEAD = re.compile(r"(\b(?:class[ \t]+\w+(?:[ \t]*<[^<>{}()]{0,200}>)?|constructor|fun[ \t]+\w+))(\s{1,200})(?=[(<])")
_GUARD = re.compile(r"(?<=[\w)>?*\"'])[ \t]{1,20}if\b[^\n;{}]{1,300}?(?=->)")
_CONTEXT = re.compile(
    r"(?<![\w.])context[ \t]{0,20}\([^()\n]{0,300}\)"
    r"(?=\s{1,200}(?:@|(?:public|private|internal|protected|override|suspend|inline|abstract|open|operator|infix|fun|val|var|class|object|interface)\b))"
)
_SUSPEND = re.compile(r"(\bfun[ \t]{1,20}(?:<[^<>\n]{0,200}>[ \t]{0,20})?(?:[\w.]{1,200}\.)?)suspend(?=[ \t]{0,20}\()")
_FIELD = re.compile(r"(?<=\n)[ \t]{1,80}field[ \t]{0,20}=[ \t][^\n]{0,300}")
_CLOSING = re.compile(r"(?<=[^\s{;,(])(?<!->)[ \t](?=\})")
_LAST_CLOSING = re.compile(r"(?<=[^\s{;,(])(?<!->)[ \t](?=\}[ \t}]{0,200}$)", re.MULTILINE)


def read_kotlin(text: str, path: str) -> Unit:
    """Reads decoded Kotlin; never raises. `path` is relative to the root, with `/`."""
    return read(_grammar(), text, path)


def _import(r: Reader, node: Node) -> Iterator[Stmt]:
    """`import a.B`, `import a.*`, `import a.B as C`, `import a.B.c`"""
    identifier = child(node, "qualified_identifier")
    if identifier is not None:
        module = "".join(r.text(identifier).split())
        front, _, last = module.rpartition(".")
        alias = parts(node)[-1] if child(node, "as") is not None else None
        names: tuple[tuple[str, str], ...] = ()
        if child(node, "*") is not None:
            names = (("*", "*"),)
        elif front.rpartition(".")[2][:1].isupper() and last[:1].islower() | last.isupper():  # a member of a class
            module, names = front, ((last, r.text(alias) if alias is not None else last),)
        elif alias is not None:
            r.aliases[r.text(alias)] = last
        r.imports.append(Import(module, r.span(node), names))
    yield from ()


def _assignment(r: Reader, node: Node) -> Iterator[Stmt]:
    """`a = b`, `a += b`"""
    target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if target is None or value is None:
        return
    left, span, operator = r.value(target), r.span(node), curly_braces.operator_of(r, node)
    yield from curly_braces.into(r.block([value]), lambda v: Assign((left,), v, span, operator))


def _behind(node: Node, word: str) -> list[Node]:
    """A node's parts behind a keyword or sign."""
    at = next((kid.end_byte for kid in node.children if kid.type == word), None)
    return [kid for kid in parts(node) if at is not None and kid.start_byte >= at]


def _if(r: Reader, node: Node) -> Iterator[Stmt]:
    """`if (a) b else if (c) d else e`: one If, however long the chain."""
    arms: list[Arm] = []
    current: Node | None = node
    while current is not None:
        test, other = current.child_by_field_name("condition"), _behind(current, "else")
        inner = [kid for kid in _behind(current, ")") if kid not in other]
        value = r.value(test) if test is not None else curly_braces.constant("None", r.span(current))
        arms.append(Arm(value, r.block(inner)))
        current = other[0] if other and other[0].type == "if_expression" else None
        if other and current is None:
            arms.append(Arm(None, r.block(other)))
    yield If(tuple(arms), r.span(node))


def _for(r: Reader, node: Node) -> Iterator[Stmt]:
    """`for (a in b) c`"""
    kids = [kid for kid in parts(node) if kid.type not in ("label", "annotation")]
    names = [kid for kid in _variables(kids[0]) if kid is not None]
    type_ = ""
    target: Expression = Seq(tuple(Name(r.text(kid), r.span(kid), "local") for kid in names), r.span(kids[0]))
    if kids[0].type == "variable_declaration":
        target, type_ = Name(r.text(names[0]), r.span(names[0]), "local"), written_type(r, kids[0])
    yield Loop("for", r.block(kids[2:]), r.span(node), target=target, source=r.value(kids[1]), type=type_)


def _variables(node: Node) -> list[Node | None]:
    listed = [node] if node.type == "variable_declaration" else children(node, "variable_declaration")
    return [child(kid, "identifier") for kid in listed]


def _while(r: Reader, node: Node) -> Iterator[Stmt]:
    """`while (a) b`, `do b while (a)`"""
    test = node.child_by_field_name("condition")
    body = r.block([kid for kid in parts(node) if kid != test and kid.type != "label"])
    yield curly_braces.looped(
        None if test is None else r.value(test), body, node.type == "do_while_statement", r.span(node)
    )


def _try(r: Reader, node: Node) -> Iterator[Stmt]:
    """`try { … } catch (e: A) { … } finally { … }`"""
    stmts = r.block(children(node, "block"))
    handlers = tuple(_handler(r, kid) for kid in children(node, "catch_block"))
    final = tuple(stmt for kid in children(node, "finally_block") for stmt in r.block(children(kid, "block")))
    yield Try(stmts, handlers, r.span(node), final=final)


def _handler(r: Reader, node: Node) -> Handler:
    name = child(node, "identifier")
    types = tuple(last_name(r, kid) for kid in parts(node) if kid.type == "user_type")
    return Handler(types, r.text(name) if name is not None else "", r.block(children(node, "block")), r.span(node))


def _return(r: Reader, node: Node) -> Iterator[Stmt]:
    """`return a`, `return@here a`"""
    label = node.child_by_field_name("label")
    kids = [kid for kid in parts(node) if kid != label]
    yield from returned(r, kids) if kids else [Return(None, r.span(node))]


def _value(r: Reader, node: Node) -> Iterator[Stmt]:
    """A value for itself: what is appended to a text is added to it, a `break` is none."""
    if node.type in ("identifier", "labeled_expression") and re.match(r"(?:break|continue)\b", r.text(node)):
        yield jump(r, node)
        return
    if node.type == "labeled_expression":
        yield from r.block([kid for kid in parts(node) if kid.type != "label"])
        return
    value, span = r.value(node), r.span(node)
    lowered = appended(value)
    if isinstance(value, Block) and isinstance(value.body[0], Raise):
        yield value.body[0]
    elif lowered is not None:
        yield Assign((lowered[0],), Concatenation(lowered[1], span), span, "+=")
    else:
        yield from curly_braces.statement_of(value, span)


_STATEMENTS: dict[str, StmtBuilder] = {
    **MEMBERS,
    "source_file": curly_braces.block,
    "block": curly_braces.block,
    "import": _import,
    **dict.fromkeys(("package_header", "file_annotation", "type_alias", "label", "shebang"), curly_braces.nothing),
    "assignment": _assignment,
    "if_expression": _if,
    "when_expression": when,
    "for_statement": _for,
    "while_statement": _while,
    "do_while_statement": _while,
    "try_expression": _try,
    "return_expression": _return,
    "throw_expression": common_nodes.throw,
    **dict.fromkeys(("identifier", "labeled_expression", "call_expression", "unary_expression"), _value),
}


def _with_last_line(text: str) -> str:
    """The grammar's scanner looks for the end of a line behind `@A`, and never finds the end of the text."""
    return text + "\n"


def _ended(text: str) -> str:
    """The grammar wants an end before the brace that closes a type in the line in which it begins, or in the line in
    which its last member ends."""
    return _LAST_CLOSING.sub(";", _ONE_LINE.sub(lambda line: _CLOSING.sub(";", line[0]), text))


def _in_one_line(text: str) -> str:
    """The grammar wants the parameters of a class behind its name, or behind `constructor`, in the same line."""
    return _HEAD.sub(lambda match: match[1] + re.sub(r"[\r\n]", " ", match[2]), text)


def _without_guards(text: str) -> str:
    """The grammar knows no guards: `is A if a.b ->` in a `when`."""
    return _GUARD.sub(lambda match: " " * len(match[0]), text)


def _without_contexts(text: str) -> str:
    """The grammar takes `context(…)` before a declaration for a call."""
    return _CONTEXT.sub(lambda match: re.sub(r"[^\r\n]", " ", match[0]), text)


def _plain_names(text: str) -> str:
    """Words that are names where they stand: `fun suspend(…)`, and a property's own `field = …`."""
    text = _SUSPEND.sub(lambda match: match[1] + "suspenx", text)
    return _FIELD.sub(lambda match: " " * len(match[0]), text)


@cache
def _grammar() -> Grammar:
    return Grammar(
        name="kotlin",
        language=Language(tree_sitter_kotlin.language()),
        values=VALUES,
        statements=_STATEMENTS,
        comment_text=partial(curly_braces.comment_text, marks="/#"),
        plain=_with_last_line,
        repairs=(_ended, _in_one_line, _without_guards, _without_contexts, _plain_names),
        by_lines=True,
        one_line="(string_literal (string_content) @one_line)",
    )
