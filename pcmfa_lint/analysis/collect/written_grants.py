"""Password grants that are written in the code, but in no request that was followed: local evidence.

`grant_type` and `password` beside one another, as a pair, an entry, an assignment or a form, are a password sign-in if
Microsoft's login stands in the same function or file, however it is sent. Where a request was seen whose body was not,
they are that body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pcmfa_lint.analysis.classify import endpoints
from pcmfa_lint.analysis.classify.endpoints import EndpointCatalog
from pcmfa_lint.analysis.classify.surroundings import normalised
from pcmfa_lint.analysis.interpreter.run import Interpreter
from pcmfa_lint.analysis.values.model import StringValue, Values
from pcmfa_lint.evidence.model import Place, TokenRequest
from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import Assign, Call, Expression, Func, Mapping, Member, Seq, Stmt, Text, Unit

_MENTIONED = re.compile(r"grant_?-?type", re.IGNORECASE)
_FORM = re.compile(r"(?:^|[&?\n])grant_type=password(?:$|[&\r\n])", re.IGNORECASE)
_NOT_SENT = re.compile(  # what asks for a grant or tells of it
    r"(?i:get|fetch|read|has|is|contains|assert|expect|should|equals|test|verify|mock|log|logger|console|print|write"
    r"|warn|warning|error|info|debug|trace)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """A function, or what stands outside all functions of a file."""

    unit: Unit
    func: Func | None
    body: tuple[Stmt, ...]

    def holds(self, place: Place) -> bool:
        around = Place(self.unit.path, self.func.span) if self.func is not None else None
        return place.path == self.unit.path and (around is None or around.holds(place))


def with_written_grants(
    run: Interpreter, units: Sequence[Unit], addresses: EndpointCatalog, tokens: Sequence[TokenRequest]
) -> list[TokenRequest]:
    """The token requests, of which those with a body out of sight have got the flow that is written beside them, and
    one more for each password grant that none of them has."""
    tokens = [*tokens]
    for unit in units:
        if not unit.body or not any(_MENTIONED.search(line) for line in unit.lines):
            continue
        for scope in _scopes(run, unit):
            grants = [place for place in _grants(scope) if place not in run.sent_grants]
            if not grants:
                continue
            inside = {number: token for number, token in enumerate(tokens) if _touches(scope, token)}
            bodiless = [number for number, token in inside.items() if token.flow == ("unknown",)]
            if any("ropc" in token.flow for token in inside.values()):
                continue
            for number in bodiless:
                tokens[number] = replace(tokens[number], flow=("ropc",), confidence="likely")
            if not bodiless:
                tokens += _requests(scope, grants[0], addresses)
    return tokens


def _touches(scope: _Scope, token: TokenRequest) -> bool:
    return any(scope.holds(place) for place in (token.at, *(step.place for step in token.trace)))


def _scopes(run: Interpreter, unit: Unit) -> Iterator[_Scope]:
    """The functions of a file and what is left of it."""
    for func in run.program.outline.functions(unit):
        yield _Scope(unit, func, func.body)
    yield _Scope(unit, None, unit.body)


def _grants(scope: _Scope) -> Iterator[Place]:
    """The places of `password` where it is the grant type."""
    pairs = [pair for stmt in walk.statements(scope.body) if isinstance(stmt, Assign) for pair in _assigned(stmt)]
    for value in walk.values(scope.body):
        if isinstance(value, Text) and _FORM.search(value.value):
            yield Place(scope.unit.path, value.span)
        pairs += _pairs(value)
    for name, grant in pairs:
        if normalised(name) == "grant type" and (text := _only(grant)) is not None and text.value == "password":
            yield Place(scope.unit.path, text.span)


def _assigned(stmt: Assign) -> Iterator[tuple[str, Expression]]:
    return ((walk.last(target), stmt.value) for target in stmt.targets)


def _pairs(value: Expression) -> Iterator[tuple[str, Expression]]:
    """The names in a value, each with what it is put beside."""
    match value:
        case Mapping(entries=entries):
            yield from ((entry.key.value, entry.value) for entry in entries if isinstance(entry.key, Text))
        case Seq(items=(Text(value=name), second)):
            yield name, second
        case Call(callee=callee, args=args) if not any(map(_NOT_SENT.match, _names(callee))):
            yield from ((arg.name, arg.value) for arg in args if arg.name)
            for first, then in pairwise(arg.value for arg in args):
                if isinstance(first, Text):
                    yield first.value, then


def _names(callee: Expression) -> Iterator[str]:
    """The names that a called value is written with, the last first."""
    yield walk.last(callee)
    if isinstance(callee, Member):
        yield walk.last(callee.base)


def _only(value: Expression) -> Text | None:
    """The text that a value is, alone or as the only one of a list."""
    if isinstance(value, Seq) and len(value.items) == 1:
        value = value.items[0]
    return value if isinstance(value, Text) else None


def _requests(scope: _Scope, grant: Place, addresses: EndpointCatalog) -> Iterator[TokenRequest]:
    """The request that a grant must be a part of, if the code beside it says that it is Microsoft's."""
    beside, in_file = _texts(scope.unit, scope.body), _texts(scope.unit, scope.unit.body, *_bodies(scope.unit))
    hosts = addresses.kinds(beside) or addresses.kinds(in_file)
    if not hosts & {"login", "partner-center", "partner-api"}:
        return
    for_whom = _resources(beside, addresses) or _resources(in_file, addresses)
    yield TokenRequest(
        at=grant,
        via="written-grant",
        flow=("ropc",),
        audience=addresses.audience(for_whom, "", hosts & {"login"}),
        language=scope.unit.language,
        host=next((a.host for a in endpoints.addresses((*beside, *in_file)) if addresses.host(a.host)), ""),
        function=scope.func.name if scope.func is not None else "",
        confidence="likely",
    )


def _bodies(unit: Unit) -> Iterator[tuple[Stmt, ...]]:
    return (func.body for func in walk.functions(unit.body))


def _texts(unit: Unit, *bodies: tuple[Stmt, ...]) -> Values:
    """The literals in code, as values."""
    texts = (value for body in bodies for value in walk.values(body) if isinstance(value, Text))
    return tuple(StringValue(text.value, place=Place(unit.path, text.span)) for text in texts)


def _resources(texts: Values, addresses: EndpointCatalog) -> Values:
    """Whom a token is for: the literals that say so, alone or as a field of a form."""
    candidates = (*endpoints.entry(texts, "resource"), *endpoints.entry(texts, "scope"), *texts)
    return tuple(val for val in candidates if isinstance(val, StringValue) and addresses.resource(val.text) is not None)
