"""The leaves of Python expressions: names, numbers, strings; and what expressions and definitions share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import libcst as cst

from pcmfa_lint.frontend.python.cursor import TextCursor
from pcmfa_lint.frontend.python.strings import literal, unescape
from pcmfa_lint.ir.nodes import (
    Call,
    Concatenation,
    Expression,
    Handler,
    Member,
    Name,
    Param,
    Seq,
    Span,
    Stmt,
    Text,
    Try,
    Unknown,
)

_CONSTANTS = frozenset({"True", "False", "None"})


class LeafReader(ABC):
    """Each method takes the tokens of its node and leaves the cursor `at` behind the last one."""

    def __init__(self, text: str, module: cst.Module) -> None:
        self.at = TextCursor(text)
        self.module = module

    @abstractmethod
    def value(self, node: cst.BaseExpression) -> Expression:
        """Any expression."""

    def skip(self, node: cst.CSTNode) -> Unknown:
        """Steps over syntax that has no reader; nothing in it is looked at, so nothing of it may be shown."""
        start = self.at.peek()
        code = self.module.code_for_node(node).strip()
        self.at.eat(code)
        span = self.at.since(start)
        self.at.hide(span)
        return Unknown(type(node).__name__, (), span)

    def target(self, node: cst.BaseExpression) -> Expression:
        """The target of an assignment: a starred name is the name."""
        result = self.value(node)
        return _unstar(result)

    def comma(self, node: Any) -> None:
        """The comma after an element, argument, parameter or pattern."""
        if isinstance(node.comma, cst.Comma):
            self.at.eat(",")

    def _token(self, token: str) -> Span:
        start = self.at.eat(token)
        return self.at.since(start)

    def _name(self, node: cst.Name) -> Expression:
        span = self._token(node.value)
        return Text(node.value, span, "constant") if node.value in _CONSTANTS else Name(node.value, span)

    def bare(self, node: cst.Name) -> Text:
        """A name that is a word, not a variable: an attribute, a keyword."""
        return Text(node.value, self._token(node.value), "bare")

    def _number(self, node: Any) -> Expression:
        span = self._token(node.value)
        self.at.hide(span)
        return Text(node.value, span, "number")

    # --- strings

    def _string(self, node: Any) -> Expression:
        start = self.at.peek()
        parts: list[Expression] = []
        while type(node) is cst.ConcatenatedString:
            self._pieces(node.left, parts)
            node = node.right
        self._pieces(node, parts)
        span = self.at.since(start)
        if all(isinstance(part, Text) for part in parts):
            texts = [part for part in parts if isinstance(part, Text)]
            return Text("".join(part.value for part in texts), span, texts[0].kind if texts else "plain")
        return Concatenation(tuple(_joined(parts)), span)

    def _pieces(self, node: Any, parts: list[Expression]) -> None:
        if type(node) is cst.SimpleString:
            span = self._token(node.value)
            self.at.hide(span)
            text, of_bytes = literal(node.value)
            parts.append(Text(text, span, "bytes" if of_bytes else "plain"))
            return
        self.at.eat(node.start)
        raw = "r" in node.start.lower()
        for part in node.parts:
            self._piece(part, raw, parts)
        self.at.exactly(node.end)

    def _piece(self, part: Any, raw: bool, parts: list[Expression]) -> None:
        if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
            span = self.at.exactly(part.value)
            self.at.hide(span)
            text = part.value.replace("{{", "{").replace("}}", "}")
            parts.append(Text(unescape(text, raw), span))
            return
        self.at.exactly("{")
        parts.append(self.value(part.expression))
        if part.equal is not None:
            self.at.eat("=")
        if part.conversion is not None:
            self.at.eat("!")
            self.at.eat(part.conversion)
        if part.format_spec is not None:
            self.at.eat(":")
            spec: list[Expression] = []
            for inner in part.format_spec:
                self._piece(inner, raw, spec)
            parts.extend(item for item in spec if not isinstance(item, Text))
        self.at.eat("}")

    # --- parameters

    def params(self, node: cst.Parameters) -> tuple[Param, ...]:
        """The parameters of a function or lambda, without the parentheses."""
        params = [self._param(item) for item in node.posonly_params]
        if isinstance(node.posonly_ind, cst.ParamSlash):
            self.at.eat("/")
            self.comma(node.posonly_ind)
        params += [self._param(item) for item in node.params]
        if isinstance(node.star_arg, cst.Param):
            params.append(self._param(node.star_arg))
        elif isinstance(node.star_arg, cst.ParamStar):
            self.at.eat("*")
            self.at.eat(",")
        params += [self._param(item) for item in node.kwonly_params]
        if node.star_kwarg is not None:
            params.append(self._param(node.star_kwarg))
        return tuple(params)

    def _param(self, node: cst.Param) -> Param:
        start = self.at.peek()
        star = node.star if isinstance(node.star, str) else ""
        self.at.eat(star)
        self.at.eat(node.name.value)
        kind = type_named(self.annotation(node.annotation, ":"))
        default = None
        if node.default is not None:
            self.at.eat("=")
            default = self.value(node.default)
        span = self.at.since(start)
        self.comma(node)
        return Param(node.name.value, span, default, "rest" if star == "*" else "keywords" if star else "", kind)

    def type_parameters(self, node: cst.TypeParameters | None) -> None:
        """`[T: bound = default, *Ts, **P]`, which says nothing that a Unit holds."""
        if node is None:
            return
        self.at.eat("[")
        for item in node.params:
            self.at.eat({cst.TypeVarTuple: "*", cst.ParamSpec: "**"}.get(type(item.param), ""))
            self.at.eat(item.param.name.value)
            if isinstance(item.param, cst.TypeVar) and item.param.bound is not None:
                self.at.eat(":")
                self.value(item.param.bound)
            if item.default is not None:
                self.at.eat("=")
                self.at.eat(item.star)
                self.value(item.default)
            self.comma(item)
        self.at.eat("]")

    def annotation(self, node: cst.Annotation | None, mark: str) -> Expression | None:
        """`: type` or `-> type`."""
        if node is None:
            return None
        self.at.eat(mark)
        return self.value(node.annotation)


def type_named(value: Expression | None) -> str:
    """A declared type by its name, with what it is generic over: `a.B`, `Optional<a.B>`; `X` of `X | None`, a text as
    the type that it names."""
    match value:
        case Text(value=text, kind="plain"):
            return text if all(word.isidentifier() for word in text.split(".")) else ""
        case Text(value=text, kind="bare") | Name(id=text):
            return text
        case Member(key=Text(kind="bare")):
            return dotted(value)
        case Member(base=base, key=Seq(items=items)):
            inner = [type_named(item) for item in items[:1]]
        case Member(base=base, key=key):
            inner = [type_named(key)]
        case Unknown(reason="|", parts=items):
            return next((name for name in map(type_named, items) if name), "")
        case _:
            return ""
    head = type_named(base)
    return f"{head}<{inner[0]}>" if head and inner and inner[0] else head


def last_name(value: Expression | None) -> str:
    """The last name written of a value: `b` of `a.b`."""
    if isinstance(value, Name):
        return value.id
    if isinstance(value, Member):
        return last_name(value.key)
    if isinstance(value, Text) and value.kind in ("bare", "plain"):
        return value.value.rpartition(".")[2]
    if isinstance(value, Unknown) and value.reason == "|":
        return last_name(value.parts[0]) or last_name(value.parts[1])
    return ""


def dotted(value: Expression) -> str:
    """`a.b.c` of names and members, "" of anything else."""
    if isinstance(value, Name):
        return value.id
    if isinstance(value, Member) and isinstance(value.key, Text) and value.key.kind == "bare":
        base = dotted(value.base)
        return f"{base}.{value.key.value}" if base else ""
    return ""


def suppressing(items: Sequence[Expression], body: tuple[Stmt, ...], span: Span) -> tuple[Stmt, ...]:
    """The body of a `with`: inside a Try whose handler does nothing, if one of the items is `suppress(A, B)`."""
    for item in items:
        if isinstance(item, Call) and last_name(item.callee) == "suppress":
            types = tuple(dotted(arg.value) or "?" for arg in item.args)
            return (Try(body, (Handler(types, "", (), item.span),), span),) if types else body
    return body


def _unstar(value: Expression) -> Expression:
    if isinstance(value, Unknown) and value.reason == "spread":
        return value.parts[0]
    if isinstance(value, Seq):
        return Seq(tuple(_unstar(item) for item in value.items), value.span)
    return value


def _joined(parts: list[Expression]) -> list[Expression]:
    """Neighbouring texts as one."""
    values: list[Expression] = []
    for part in parts:
        last = values[-1] if values else None
        if isinstance(part, Text) and isinstance(last, Text) and part.kind == last.kind == "plain":
            span = Span(last.span.line, last.span.col, part.span.end_line, part.span.end_col)
            values[-1] = Text(last.value + part.value, span)
        else:
            values.append(part)
    return values
