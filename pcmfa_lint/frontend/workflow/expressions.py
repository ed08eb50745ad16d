"""The expressions of workflow definitions: `@body('X')?['y']`, `text @{…} text`, and `[…]` of the template around them.

The functions that say what a value is are lowered to what they mean; all others stay calls, of which the catalog knows
the rest. What does not fit the grammar is a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pcmfa_lint.ir.nodes import (
    Arg,
    BooleanOperation,
    Call,
    Compare,
    Concatenation,
    Conditional,
    Expression,
    Member,
    Name,
    Span,
    Text,
    Unknown,
)
from pcmfa_lint.limits import WORKFLOW_EXPRESSION_CHARS, WORKFLOW_EXPRESSION_DEPTH

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|([A-Za-z_$][\w$-]*)|(\?\.|[()\[\],.?]))")
_HOLES = re.compile(r"@@|@\{|\$\{([A-Za-z_]\w*)\}|\$\{")
_COMPARES = {
    "equals": "==",
    "less": "<",
    "lessorequals": "<=",
    "greater": ">",
    "greaterorequals": ">=",
    "contains": "contains",
    "startswith": "starts-with",
}
_RESULTS = frozenset(("body", "outputs", "actions", "activity", "result"))
_WRAPPERS = frozenset(("outputs", "output"))
_WORDS = {"true": "True", "false": "False", "null": "None"}


class _Misfit(Exception):
    """The text is no expression."""


@dataclass(slots=True)
class WorkflowNames:
    """The names in a definition. `actions`: number by name. `values_in_sight`: parameters whose value is in
    sight, of the definition (`@`) and of the template around it (`#`)."""

    actions: dict[str, int] = field(default_factory=dict)
    values_in_sight: set[str] = field(default_factory=set)

    def action(self, name: str) -> str:
        """The variable that holds what an action gives."""
        number = self.actions.get(name.replace(" ", "_").casefold())
        return f"@{number}" if number is not None else ""


def expression(text: str, span: Span, names: WorkflowNames) -> Expression:
    """The value of an entry."""
    bare = text.strip()
    try:
        if bare.startswith("@") and not bare.startswith(("@@", "@{")):
            return _Parser(bare[1:], span, names, "@").only_expression()
        if bare.startswith("[") and bare.endswith("]") and not bare.startswith("[["):
            return _Parser(bare[1:-1], span, names, "#").only_expression()
        return _interpolated(text, span, names)
    except _Misfit:
        return Text(text, span)


def _interpolated(text: str, span: Span, names: WorkflowNames) -> Expression:
    """A text with `@{…}` in it, or with `${…}` of the template around it."""
    parts: list[Expression] = []
    at, plain = 0, ""
    while (hole := _HOLES.search(text, at)) is not None:
        plain += text[at : hole.start()]
        if hole[0] == "@@":
            plain, at = plain + "@", hole.end()
            continue
        parts += [Text(plain, span)] if plain else []
        plain = ""
        if hole[1]:
            parts.append(_parameter(hole[1], span, names, "#"))
            at = hole.end()
            continue
        end = _closing(text, hole.end())
        inner = text[hole.end() : end]
        at = end + 1
        parts.append(
            _Parser(inner, span, names, "@").only_expression() if hole[0] == "@{" else Unknown("computed", (), span)
        )
    plain += text[at:]
    if not parts:
        return Text(plain, span)
    parts += [Text(plain, span)] if plain else []
    return parts[0] if len(parts) == 1 else Concatenation(tuple(parts), span)


def _closing(text: str, at: int) -> int:
    """Where the brace that is open at `at` is closed; quoted text does not count."""
    depth, quoted = 1, False
    for place in range(at, len(text)):
        sign = text[place]
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "{}":
            depth += 1 if sign == "{" else -1
            if not depth:
                return place
    raise _Misfit


def _parameter(name: str, span: Span, names: WorkflowNames, scope: str) -> Expression:
    """A parameter; one of which nothing is in sight comes from outside."""
    if scope + name.casefold() in names.values_in_sight:
        return Name(scope + name.casefold(), span)
    return Member(Name("parameters", span), Text(name, span), span)


class _Parser:
    """Recursive descent over the tokens of one expression. `scope`: whose parameters it names."""

    def __init__(self, text: str, span: Span, names: WorkflowNames, scope: str) -> None:
        if len(text) > WORKFLOW_EXPRESSION_CHARS:
            raise _Misfit
        self._tokens = _tokens(text)
        self._at = 0
        self._span, self._names, self._scope = span, names, scope

    def only_expression(self) -> Expression:
        """The expression, if the text is one and nothing else."""
        value = self._value(0)
        if self._at != len(self._tokens):
            raise _Misfit
        return value

    def _next(self, sign: str = "") -> tuple[str, str]:
        token = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if not token[0] or (sign and token != ("sign", sign)):
            raise _Misfit
        self._at += 1
        return token

    def _is(self, sign: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] == ("sign", sign)

    def _value(self, depth: int) -> Expression:
        if depth > WORKFLOW_EXPRESSION_DEPTH:
            raise _Misfit
        kind, word = self._next()
        value: Expression
        if kind == "text":
            value = Text(word, self._span)
        elif kind == "number":
            value = Text(word, self._span, "number")
        elif kind == "word" and self._is("("):
            value = self._called(word, self._arguments(depth))
        elif kind == "word" and word.casefold() in _WORDS:
            value = Text(_WORDS[word.casefold()], self._span, "constant")
        else:
            raise _Misfit
        return self._members(value, depth)

    def _arguments(self, depth: int) -> list[Expression]:
        self._next("(")
        values: list[Expression] = []
        while not self._is(")"):
            if values:
                self._next(",")
            values.append(self._value(depth + 1))
        self._next(")")
        return values

    def _members(self, value: Expression, depth: int) -> Expression:
        while True:
            if self._is("?"):
                self._next()
            elif self._is("["):
                self._next()
                value = self._member(value, self._value(depth + 1))
                self._next("]")
            elif self._is(".") or self._is("?."):
                self._next()
                kind, word = self._next()
                if kind != "word":
                    raise _Misfit
                value = self._member(value, Text(word, self._span, "bare"))
            else:
                return value

    def _member(self, base: Expression, key: Expression) -> Expression:
        """An action's outputs are what stands for the action; `pipeline().parameters.x` is a parameter."""
        word = key.value if isinstance(key, Text) else ""
        if isinstance(base, Name) and base.id.startswith("@") and word.casefold() in _WRAPPERS:
            return base
        if isinstance(base, Member) and isinstance(base.base, Call) and isinstance(base.key, Text) and word:
            owner = base.base.callee
            if base.key.value.casefold() in ("parameters", "globalparameters") and isinstance(owner, Name):
                return _parameter(word, self._span, self._names, "@")
        return Member(base, key, self._span)

    def _called(self, function: str, args: list[Expression]) -> Expression:
        name = function.casefold()
        first = args[0].value if args and isinstance(args[0], Text) else ""
        if name in _RESULTS and first and (action := self._names.action(first)):
            result = Name(action, self._span)
            return Member(result, Text("body", self._span), self._span) if name == "body" else result
        lowered = _LOWERED.get(name)
        if lowered is not None and args:
            return lowered(args, self._span)
        if name == "parameters" and first:
            return _parameter(first, self._span, self._names, self._scope)
        if name == "variables" and first:
            return Name(("$" if self._scope == "@" else "#") + first.casefold(), self._span)
        if name in ("items", "item"):
            return Name("item", self._span)
        if name in _COMPARES and len(args) == 2:
            return Compare(_COMPARES[name], args[0], args[1], self._span)
        call_args = tuple(Arg(arg, self._span) for arg in args)
        return Call(Name(function, self._span), call_args, self._span, "command")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _Misfit
        at = token.end()
        if token[1] is not None:
            tokens.append(("text", token[1].replace("''", "'")))
        else:
            kind = "number" if token[2] else "word" if token[3] else "sign"
            tokens.append((kind, token[2] or token[3] or token[4]))
    return tokens


def combined(operator: str, operands: list[Expression], span: Span) -> Expression | None:
    """A condition that is written as an object: `{"and": [{"equals": [a, b]}]}`; None if it is none."""
    name = operator.casefold()
    if name in _COMPARES and len(operands) == 2:
        return Compare(_COMPARES[name], operands[0], operands[1], span)
    return _LOWERED[name](operands, span) if name in ("and", "or", "not") and operands else None


Lowering = Callable[[list[Expression], Span], Expression]
_LOWERED: Mapping[str, Lowering] = {
    "and": lambda args, span: BooleanOperation("and", tuple(args), span),
    "or": lambda args, span: BooleanOperation("or", tuple(args), span),
    "not": lambda args, span: BooleanOperation("not", tuple(args[:1]), span),
    "if": lambda args, span: Conditional(tuple(args[1:]), span, args[0]) if len(args) == 3 else Unknown("if", (), span),
    "coalesce": lambda args, span: Conditional(tuple(args), span),
    "concat": lambda args, span: Concatenation(tuple(args), span),
}
