"""Python's match statement to If: a case is a test of the subject, and assignments of what it captures."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import libcst as cst

from pcmfa_lint.frontend.python.expressions import ValueReader
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Assign,
    BooleanOperation,
    Call,
    Compare,
    Expression,
    If,
    Member,
    Name,
    Span,
    Stmt,
    Text,
    Unknown,
)

SUBJECT = "<match>"  # stands for a subject that is no plain name: it is evaluated once


class PatternReader(ValueReader):
    """Adds the match statement. `_captures` collects what the case that is being read assigns."""

    def __init__(self, text: str, module: cst.Module) -> None:
        super().__init__(text, module)
        self._captures: list[Stmt] = []

    @abstractmethod
    def suite(self, node: cst.BaseSuite) -> tuple[Stmt, ...]:
        """The block behind a colon."""

    def match(self, node: cst.Match) -> Sequence[Stmt]:
        """`match subject: case …` as an If; a subject that is a call, say, is assigned to `SUBJECT` first."""
        start = self.at.eat("match")
        subject = self.value(node.subject)
        before: list[Stmt] = []
        if not isinstance(subject, (Name, Member)):
            name = Name(SUBJECT, subject.span)
            before.append(Assign((name,), subject, subject.span))
            subject = name
        self.at.eat(":")
        arms = tuple([self._case(case, subject) for case in node.cases])
        return (*before, If(arms, self.at.since(start)))

    def _case(self, node: cst.MatchCase, subject: Expression) -> Arm:
        start = self.at.eat("case")
        outer, self._captures = self._captures, []
        tests = self._pattern(node.pattern, subject)
        if node.guard is not None:
            self.at.eat("if")
            tests.append(self.test(node.guard))
        captures, self._captures = self._captures, outer
        span = self.at.since(start)
        return Arm(_all_of(tests, span), (*captures, *self.suite(node.body)))

    def _pattern(self, node: Any, subject: Expression) -> list[Expression]:
        """The tests of a pattern, all of which must hold; empty if it matches anything."""
        if isinstance(node, cst.MatchValue):
            start = self.at.peek()
            value = self.value(node.value)
            return [Compare("==", subject, value, self.at.since(start))]
        if isinstance(node, cst.MatchSingleton):
            value = self.value(node.value)
            return [Compare("is", subject, value, value.span)]
        for _ in node.lpar:
            self.at.eat("(")
        tests = self._inner(node, subject)
        for _ in node.rpar:
            self.at.eat(")")
        return tests

    def _inner(self, node: Any, subject: Expression) -> list[Expression]:
        if isinstance(node, cst.MatchAs):
            return self._as(node, subject)
        if isinstance(node, cst.MatchOr):
            return self._or(node, subject)
        if isinstance(node, cst.MatchMapping):
            return self._mapping(node, subject)
        if isinstance(node, cst.MatchClass):
            return self._class_pattern(node, subject)
        return self._items(node, subject)

    def _as(self, node: cst.MatchAs, subject: Expression) -> list[Expression]:
        tests: list[Expression] = []
        if node.pattern is not None:
            tests = self._pattern(node.pattern, subject)
            self.at.eat("as")
        if node.name is None:
            self.at.eat("_")
        else:
            self._capture(node.name, subject)
        return tests

    def _capture(self, name: cst.Name, value: Expression) -> None:
        span = self._token(name.value)
        self._captures.append(Assign((Name(name.value, span),), value, span))

    def _or(self, node: cst.MatchOr, subject: Expression) -> list[Expression]:
        start = self.at.peek()
        values = []
        for element in node.patterns:
            item_start = self.at.peek()
            values.append(_all_of(self._pattern(element.pattern, subject), self.at.since(item_start)))
            if isinstance(element.separator, cst.BitOr):
                self.at.eat("|")
        items = tuple(item for item in values if item is not None)
        return [BooleanOperation("or", items, self.at.since(start))] if len(items) == len(values) else []

    def _items(self, node: cst.MatchList | cst.MatchTuple, subject: Expression) -> list[Expression]:
        start = self.at.peek()
        bracketed = isinstance(node, cst.MatchList) and node.lbracket is not None
        if bracketed:
            self.at.eat("[")
        tests: list[Expression] = []
        for number, element in enumerate(node.patterns):
            if isinstance(element, cst.MatchStar):
                self._star(element.name, "*", subject)
            else:
                place = self.at.here()
                tests += self._pattern(element.value, Member(subject, Text(str(number), place, "number"), place))
            self.comma(element)
        if bracketed:
            self.at.eat("]")
        return [Unknown("sequence", (subject,), self.at.since(start)), *tests]

    def _star(self, name: cst.Name | None, mark: str, subject: Expression) -> None:
        self.at.eat(mark)
        if name is None:
            self.at.eat("_")
        else:
            self._capture(name, Unknown("rest", (subject,), subject.span))

    def _mapping(self, node: cst.MatchMapping, subject: Expression) -> list[Expression]:
        start = self.at.eat("{")
        tests: list[Expression] = []
        for element in node.elements:
            key = self.value(element.key)
            self.at.eat(":")
            tests.append(Compare("in", key, subject, key.span))
            tests += self._pattern(element.pattern, Member(subject, key, key.span))
            self.comma(element)
        if node.rest is not None:
            self._star(node.rest, "**", subject)
        if node.trailing_comma is not None:
            self.at.eat(",")
        self.at.eat("}")
        return tests or [Unknown("mapping", (subject,), self.at.since(start))]

    def _class_pattern(self, node: cst.MatchClass, subject: Expression) -> list[Expression]:
        """`case C(x, key=y)` is `isinstance(subject, C)` and tests of its parts."""
        start = self.at.peek()
        kind = self.value(node.cls)
        self.at.eat("(")
        tests: list[Expression] = []
        for element in node.patterns:
            place = self.at.here()
            tests += self._pattern(element.value, Unknown("part", (subject,), place))
            self.comma(element)
        for keyword in node.kwds:
            key = self.bare(keyword.key)
            self.at.eat("=")
            tests += self._pattern(keyword.pattern, Member(subject, key, key.span))
            self.comma(keyword)
        self.at.eat(")")
        args = (Arg(subject, subject.span), Arg(kind, kind.span))
        return [Call(Name("isinstance", kind.span), args, self.at.since(start)), *tests]


def _all_of(tests: list[Expression], span: Span) -> Expression | None:
    if len(tests) < 2:
        return tests[0] if tests else None
    return BooleanOperation("and", tuple(tests), span)
