"""Python expressions to Values: a walk over libcst's nodes that takes every token in source order (see `cursor`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from pcmfa_lint.frontend.python.leaves import LeafReader
from pcmfa_lint.frontend.python.operators import BINARY, COMPARE, UNARY
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
    Func,
    If,
    Lambda,
    Loop,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Return,
    Seq,
    Span,
    Stmt,
    Text,
    Unknown,
)
from pcmfa_lint.ir.span import NOWHERE

_CHAINED = (cst.Attribute, cst.Call, cst.Subscript)
_Loops = list[tuple[int, Expression, Expression, list[tuple[int, Expression]]]]


class ValueReader(LeafReader):
    """Reads expressions."""

    def __init__(self, text: str, module: cst.Module) -> None:
        super().__init__(text, module)
        self._readers: dict[type, Callable[[Any], Expression]] = {
            cst.Name: self._name,
            cst.Ellipsis: lambda node: Unknown("...", (), self._token("...")),
            cst.Integer: self._number,
            cst.Float: self._number,
            cst.Imaginary: self._number,
            cst.SimpleString: self._string,
            cst.FormattedString: self._string,
            cst.TemplatedString: self._string,
            cst.ConcatenatedString: self._string,
            cst.Attribute: self._chain,
            cst.Call: self._chain,
            cst.Subscript: self._chain,
            cst.BinaryOperation: self._binary,
            cst.UnaryOperation: self._unary,
            cst.BooleanOperation: self._boolean,
            cst.Comparison: self._comparison,
            cst.IfExp: self._ternary,
            cst.List: lambda node: self._sequence(node, "[", "]"),
            cst.Set: lambda node: self._sequence(node, "{", "}"),
            cst.Tuple: lambda node: self._sequence(node, "", ""),
            cst.Dict: self._dict,
            cst.GeneratorExp: lambda node: self._comprehension(node, "", ""),
            cst.ListComp: lambda node: self._comprehension(node, "[", "]"),
            cst.SetComp: lambda node: self._comprehension(node, "{", "}"),
            cst.DictComp: lambda node: self._comprehension(node, "{", "}"),
            cst.StarredDictComp: lambda node: self._comprehension(node, "{", "}"),
            cst.Lambda: self._lambda,
            cst.Await: self._await,
            cst.Yield: self._yield,
            cst.NamedExpr: self._walrus,
            cst.StarredElement: self._starred,
        }

    def value(self, node: cst.BaseExpression) -> Expression:
        """A value. Its span leaves out parentheses around it, except a tuple's own."""
        for _ in node.lpar:
            opened = self.at.eat("(")
        read = self._readers.get(type(node))
        result = read(node) if read else self.skip(node)
        for count, _ in enumerate(node.rpar):
            self.at.eat(")")
            if count == 0 and isinstance(result, Seq) and type(node) is cst.Tuple:
                result = Seq(result.items, self.at.since(opened))
        return result

    def test(self, node: cst.BaseExpression) -> Expression:
        """A condition: here `or` is no choice of values."""
        if type(node) is not cst.BooleanOperation:
            return self.value(node)
        for _ in node.lpar:
            self.at.eat("(")
        result = self._logic(node)
        for _ in node.rpar:
            self.at.eat(")")
        return result

    def values(self, nodes: Sequence[Any]) -> tuple[Expression, ...]:
        """Elements of a display, each with its comma."""
        values = []
        for node in nodes:
            values.append(self.value(node) if type(node) is cst.StarredElement else self.value(node.value))
            self.comma(node)
        return tuple(values)

    # --- chains of members, calls and indexes

    def _chain(self, node: Any) -> Expression:
        start = self.at.peek()
        links = [node]
        node = node.func if type(node) is cst.Call else node.value
        while type(node) in _CHAINED and not node.lpar:
            links.append(node)
            node = node.func if type(node) is cst.Call else node.value
        result = self.value(node)
        for link in reversed(links):
            if type(link) is cst.Attribute:
                self.at.eat(".")
                key = self.bare(link.attr)
                result = Member(result, key, self.at.since(start))
            elif type(link) is cst.Call:
                self.at.eat("(")
                args = self.args(link.args)
                self.at.eat(")")
                call = Call(result, args, self.at.since(start))
                of_class = isinstance(result, Name) and result.id == "type" and len(args) == 1 and not args[0].name
                result = Member(args[0].value, Text("__class__", NOWHERE, "bare"), call.span) if of_class else call
            else:
                result = self._subscript(link, result, start)
        return result

    def args(self, nodes: Sequence[cst.Arg]) -> tuple[Arg, ...]:
        """Arguments of a call, or bases of a class."""
        args = []
        for node in nodes:
            start = self.at.peek()
            if node.star:
                self.at.eat(node.star)
            if node.keyword is not None:
                self.at.eat(node.keyword.value)
                self.at.eat("=")
            value = self.value(node.value)
            name = node.keyword.value if node.keyword is not None else None
            args.append(Arg(value, self.at.since(start), name, bool(node.star)))
            self.comma(node)
        return tuple(args)

    def _subscript(self, node: cst.Subscript, base: Expression, start: int) -> Expression:
        self.at.eat("[")
        inside = self.at.peek()
        keys: list[Expression] = []
        sliced = False
        for element in node.slice:
            if isinstance(element.slice, cst.Index):
                if element.slice.star:
                    self.at.eat("*")
                keys.append(self.value(element.slice.value))
            else:
                sliced = True
                self._slice(element.slice, keys)
            self.comma(element)
        within = self.at.since(inside)
        self.at.eat("]")
        span = self.at.since(start)
        if sliced:
            return Unknown("slice", (base, *keys), span)
        single = len(keys) == 1 and not isinstance(node.slice[0].comma, cst.Comma)
        return Member(base, keys[0] if single else Seq(tuple(keys), within), span)

    def _slice(self, node: Any, keys: list[Expression]) -> None:
        for bound, colon in ((node.lower, True), (node.upper, isinstance(node.second_colon, cst.Colon))):
            if bound is not None:
                keys.append(self.value(bound))
            if colon:
                self.at.eat(":")
        if node.step is not None:
            keys.append(self.value(node.step))

    # --- operators

    def _binary(self, node: cst.BinaryOperation) -> Expression:
        start = self.at.peek()
        links = [node]
        left = node.left
        while isinstance(left, cst.BinaryOperation) and not left.lpar:
            links.append(left)
            left = left.left
        result = self.value(left)
        for link in reversed(links):
            token = BINARY[type(link.operator)]
            mark = self._token(token)
            right = self.value(link.right)
            inner = None if link is links[-1] else result  # made here, not in parentheses: one flat node
            result = _operation(token, mark, result, right, self.at.since(start), inner)
        return result

    def _unary(self, node: cst.UnaryOperation) -> Expression:
        start = self.at.peek()
        token = UNARY[type(node.operator)]
        self.at.eat(token)
        if token == "not":
            return BooleanOperation("not", (self.test(node.expression),), self.at.since(start))
        operand = self.value(node.expression)
        if token == "+":
            return operand
        span = self.at.since(start)
        if isinstance(operand, Unknown) and operand.reason in UNARY.values():
            return Unknown(token, operand.parts, span)
        if token == "-" and isinstance(operand, Text) and operand.kind == "number":
            return Text("-" + operand.value, span, "number")
        return Unknown(token, (operand,), span)

    def _boolean(self, node: cst.BooleanOperation) -> Expression:
        if isinstance(node.operator, cst.And):
            return self._logic(node)
        start = self.at.peek()
        items = self._operands(node, self.value)
        return Conditional(items, self.at.since(start))

    def _logic(self, node: cst.BooleanOperation) -> Expression:
        start = self.at.peek()
        items = self._operands(node, self.test)
        return BooleanOperation("and" if isinstance(node.operator, cst.And) else "or", items, self.at.since(start))

    def _operands(self, node: cst.BooleanOperation, read: Callable[[Any], Expression]) -> tuple[Expression, ...]:
        """The operands of `a or b or c`, however the tree groups them."""
        kind, token = type(node.operator), "and" if isinstance(node.operator, cst.And) else "or"
        waiting: list[cst.BaseExpression] = [node.right, node.left]
        values: list[Expression] = []
        while waiting:
            item = waiting.pop()
            if isinstance(item, cst.BooleanOperation) and type(item.operator) is kind and not item.lpar:
                waiting += (item.right, item.left)
                continue
            if values:
                self.at.eat(token)
            values.append(read(item))
        return tuple(values)

    def _comparison(self, node: cst.Comparison) -> Expression:
        start = left_start = self.at.peek()
        left = self.value(node.left)
        values: list[Expression] = []
        for item in node.comparisons:
            op = COMPARE[type(item.operator)]
            if isinstance(item.operator, cst.NotEqual):
                self.at.eat(item.operator.value)
            else:
                for word in op.split("-"):
                    self.at.eat(word)
            right_start = self.at.peek()
            right = self.value(item.comparator)
            values.append(Compare(op, left, right, self.at.since(left_start)))
            left, left_start = right, right_start
        return values[0] if len(values) == 1 else BooleanOperation("and", tuple(values), self.at.since(start))

    def _ternary(self, node: cst.IfExp) -> Expression:
        start = self.at.peek()
        chosen = self.value(node.body)
        self.at.eat("if")
        test = self.test(node.test)
        self.at.eat("else")
        other = self.value(node.orelse)
        return Conditional((chosen, other), self.at.since(start), test)

    # --- displays and comprehensions

    def _sequence(self, node: Any, left: str, right: str) -> Expression:
        start = self.at.eat(left)
        items = self.values(node.elements)
        if right:
            self.at.eat(right)
        return Seq(items, self.at.since(start))

    def _dict(self, node: cst.Dict) -> Expression:
        start = self.at.eat("{")
        entries: list[MappingEntry] = []
        spreads: list[Expression] = []
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                entries.append(self._entry(element))
            else:
                self.at.eat("**")
                spreads.append(self.value(element.value))
            self.comma(element)
        self.at.eat("}")
        return Mapping(tuple(entries), tuple(spreads), self.at.since(start))

    def _entry(self, node: Any) -> MappingEntry:
        start = self.at.peek()
        key = self.value(node.key)
        self.at.eat(":")
        value = self.value(node.value)
        return MappingEntry(key, value, self.at.since(start))

    def _comprehension(self, node: Any, left: str, right: str) -> Expression:
        start = self.at.eat(left)
        inside = self.at.peek()
        item: Expression
        if isinstance(node, cst.DictComp):
            entry = self._entry(node)
            item = Mapping((entry,), (), entry.span)
        elif isinstance(node, cst.StarredDictComp):
            self.at.eat("**")
            spread = self.value(node.value)
            item = Mapping((), (spread,), spread.span)
        else:
            item = self.value(node.elt)
        item_span = self.at.since(inside)
        loops = self._loops(node.for_in)
        body: tuple[Stmt, ...] = (ExpressionStatement(item, item_span),)
        for for_start, target, source, ifs in reversed(loops):
            for if_start, test in reversed(ifs):
                body = (If((Arm(test, body),), self.at.since(if_start)),)
            body = (Loop("for", body, self.at.since(for_start), target, source),)
        if right:
            self.at.eat(right)
        return Block(body, self.at.since(start))

    def _loops(self, node: cst.CompFor | None) -> _Loops:
        ranges: _Loops = []
        while node is not None:
            start = self.at.peek()
            if node.asynchronous is not None:
                self.at.eat("async")
            self.at.eat("for")
            target = self.target(node.target)
            self.at.eat("in")
            source = self.value(node.iter)
            ifs = [(self.at.eat("if"), self.test(item.test)) for item in node.ifs]
            ranges.append((start, target, source, ifs))
            node = node.inner_for_in
        return ranges

    # --- the rest

    def _lambda(self, node: cst.Lambda) -> Expression:
        start = self.at.eat("lambda")
        params = self.params(node.params)
        self.at.eat(":")
        body_start = self.at.peek()
        value = self.value(node.body)
        span = self.at.since(start)
        return Lambda(Func("", params, (Return(value, self.at.since(body_start)),), span), span)

    def _await(self, node: cst.Await) -> Expression:
        self.at.eat("await")
        value = self.value(node.expression)
        return replace(value, awaited=True) if isinstance(value, Call) else value

    def _yield(self, node: cst.Yield) -> Expression:
        start = self.at.eat("yield")
        parts: tuple[Expression, ...] = ()
        if isinstance(node.value, cst.From):
            self.at.eat("from")
            parts = (self.value(node.value.item),)
        elif node.value is not None:
            parts = (self.value(node.value),)
        return Unknown("yield", parts, self.at.since(start))

    def _walrus(self, node: cst.NamedExpr) -> Expression:
        start = self.at.peek()
        target = self.value(node.target)
        self.at.eat(":=")
        value = self.value(node.value)
        span = self.at.since(start)
        return Block((Assign((target,), value, span), ExpressionStatement(target, target.span)), span)

    def _starred(self, node: cst.StarredElement) -> Expression:
        start = self.at.eat("*")
        value = self.value(node.value)
        return Unknown("spread", (value,), self.at.since(start))


def _operation(
    token: str, mark: Span, left: Expression, right: Expression, span: Span, inner: Expression | None
) -> Expression:
    """`+` may join, `%` may format, `/` may name a file below, `|` may merge mappings; what else an operator gives is a
    number or nobody's business. `mark` is where the operator stands; `inner` is `left` if it is an operation of the
    same chain, whose parts are then taken over."""
    if token == "+":
        return Concatenation((*inner.parts, right) if isinstance(inner, Concatenation) else (left, right), span)
    text = any(isinstance(part, Text) and part.kind == "plain" for part in getattr(right, "parts", (right,)))
    if token == "%" or (token == "/" and text):
        items = right.items if token == "%" and isinstance(right, Seq) else (right,)
        name = Text(token, mark, "bare")
        method = Member(left, name, Span(span.line, span.col, mark.end_line, mark.end_col))
        return Call(method, tuple(Arg(item, item.span) for item in items), span)
    if token == "|" and (isinstance(left, Mapping) or isinstance(right, Mapping)):
        return Mapping((), (left, right), span)
    return Unknown(token, (*inner.parts, right) if isinstance(inner, Unknown) else (left, right), span)
