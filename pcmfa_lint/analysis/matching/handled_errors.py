"""Calls that say in a chain what becomes of an error of what stands before them: `promise.catch(h)`,
`mono.onErrorReturn(x)`, `runCatching { … }.getOrNull()`. Each is what else is written with `try` and `catch`; the
catalog's entries for `catch` say which it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from pcmfa_lint.ir import walk
from pcmfa_lint.ir.frozen import dataclass, replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Arm,
    Block,
    Call,
    Conditional,
    Expression,
    ExpressionStatement,
    Func,
    Handler,
    If,
    Lambda,
    Mapping,
    Member,
    Name,
    Raise,
    Return,
    Stmt,
    Text,
    Try,
)
from pcmfa_lint.knowledge.catalog import CallSpec

_FUNCTIONS = (Lambda, Name, Member, Call)  # what may be one where a function is a value like any other
_RUN = ("handler", "final", "done")  # roles of what is run
_IMPLICIT = "it"  # the parameter of a function that declares none


class HandledErrors:
    """The entries for `catch` of one language, and the statements that their calls stand for."""

    def __init__(self, specs: Iterable[CallSpec], values: bool) -> None:
        """`values`: functions are values, so that a variable may hold one."""
        self._functions = _FUNCTIONS if values else (Lambda,)
        self._specs: dict[str, list[CallSpec]] = defaultdict(list)
        for spec in sorted(specs, key=lambda spec: not spec.match.behind):
            for name in (*spec.match.method, *spec.match.function):
                self._specs[name].append(spec)
        self._begin = frozenset(name for each in self._specs.values() for spec in each for name in spec.match.behind)
        self._lowered: dict[int, Expression | None] = {}
        self._dropped: dict[int, Try | None] = {}

    def lowered(self, call: Call) -> Expression | None:
        """What a call is with `try` and `catch`; None where it says nothing of an error. The same for the same call."""
        if walk.last(call.callee) not in self._specs:
            return None
        if id(call) not in self._lowered:
            self._lowered[id(call)] = self._applied(call, ends=True)
        return self._lowered[id(call)]

    def statement(self, call: Call) -> Try | None:
        """What a call is as a statement. Errors of a chain whose value nobody asks for end there, too."""
        lowered = self.lowered(call)
        if lowered is not None:
            body = lowered.body if isinstance(lowered, Block) else ()
            return body[0] if len(body) == 1 and isinstance(body[0], Try) else None
        if not self._begin:
            return None
        if id(call) not in self._dropped:
            value = _work(call) if self._begins(call, self._begin) else self._of_chain(call)
            self._dropped[id(call)] = _tried(value, "", (), call) if value is not None else None
        return self._dropped[id(call)]

    def _of_chain(self, call: Call) -> Expression | None:
        """A call of a chain that keeps the error of its work."""
        return self._applied(call, ends=False) if any(spec.match.behind for spec in self._named(call)) else None

    def _named(self, call: Call) -> Sequence[CallSpec]:
        return self._specs.get(walk.last(call.callee), ())

    def _applied(self, call: Call, ends: bool) -> Expression | None:
        """`ends`: only where nothing of the error is left for who gets the value."""
        if not isinstance(call.callee, Member):
            return None
        for spec in self._named(call):
            if spec.match.method and (not ends or _ends(spec)):
                value = self._with(spec, call, call.callee.base)
                if value is not None:
                    return value
        return None

    def _with(self, spec: CallSpec, call: Call, before: Expression) -> Expression | None:
        """What stands before a call, with what the call does about its error; None if this is not what is meant."""
        if not self._behind(spec, before):
            return None
        if "operators" in spec.args:
            return self._piped(call, before)
        select = self._selecting(before)
        if select is not None:
            before = select.base
        before = self._inner(spec, before)
        parts = _Parts.of(spec, call, self._functions)
        if parts is None:
            return None
        if spec.result.get("how") == "again":
            return _again(spec, call, before, parts)
        return _handled(spec, call, before, parts, select)

    def _inner(self, spec: CallSpec, before: Expression) -> Expression:
        """What stands before, where that is of the same chain."""
        if not spec.match.behind or not isinstance(before, Call):
            return before
        if self._begins(before, spec.match.behind):
            return _work(before)
        return self._applied(before, ends=False) or before

    def _begins(self, call: Call, names: Collection[str]) -> bool:
        """Whether a call is handed the work of a chain that begins with one of these."""
        args = _own(call)
        is_work = len(args) == 1 and isinstance(args[0].value, Lambda)
        return is_work and (walk.dotted(call.callee) in names or walk.last(call.callee) in names)

    def _behind(self, spec: CallSpec, before: Expression) -> bool:
        names = spec.match.behind
        while names and isinstance(before, (Call, Member)):
            callee = before.callee if isinstance(before, Call) else before
            if walk.dotted(callee) in names or walk.last(callee) in names:
                return True
            before = callee.base if isinstance(callee, Member) else callee
        return not names

    def _selecting(self, before: Expression) -> _Selection | None:
        """`uni.onFailure(X.class)`, which says for which errors the next call is meant."""
        if not isinstance(before, Call) or not isinstance(before.callee, Member):
            return None
        for spec in self._named(before):
            if spec.result.get("how") == "select" and self._behind(spec, before.callee.base):
                parts = _Parts.of(spec, before, self._functions)
                return None if parts is None else _Selection(before.callee.base, parts.types)
        return None

    def _piped(self, call: Call, before: Expression) -> Expression | None:
        """`on.pipe(map(f), retry(3), catchError(h))`: each operator around what stands before it."""
        for arg in call.args:
            operator = arg.value
            if not isinstance(operator, Call):
                return None
            values = (self._with(spec, operator, before) for spec in self._named(operator) if spec.match.function)
            value = next((value for value in values if value is not None), None)
            if value is None:
                return None
            before = value
        return before if call.args else None


@dataclass(frozen=True, slots=True)
class _Selection:
    """What stands before a choice of errors, and their types."""

    base: Expression
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The arguments of a call by the roles of its entry."""

    values: dict[str, Expression]
    types: tuple[str, ...]

    @classmethod
    def of(cls, spec: CallSpec, call: Call, functions: tuple[type, ...]) -> _Parts | None:
        """None where an argument is in the place of none of the roles, a first role has none, or a handler is no
        function."""
        values: dict[str, Expression] = {}
        left = _own(call)
        for role, written in spec.args.items():
            for alternative in written.split("|"):
                where, _, entry = alternative.partition(".")
                arg = _argument(call, where)
                value = _entry(arg.value, entry) if arg is not None else None
                if value is None or arg is None or (not entry and arg not in left):
                    continue
                if role in _RUN and not (isinstance(value, functions) or (role == "done" and _is_nothing(value))):
                    continue
                values[role] = value
                left = [one for one in left if one is not arg]
                break
        how, first = spec.result.get("how"), next(iter(spec.args), "")
        if (left and how not in ("same", "again")) or (first not in ("", *values) and how != "again"):
            return None
        types = values.pop("types", None)
        if types is not None and not isinstance(types, Name):
            return None
        return cls(values, (types.id,) if isinstance(types, Name) else ())


def _argument(call: Call, where: str) -> Arg | None:
    if where.isdigit():
        position = [arg for arg in call.args if arg.name is None]
        return position[int(where)] if int(where) < len(position) else None
    return next((arg for arg in call.args if arg.name == where), None)


def _entry(value: Expression, name: str) -> Expression | None:
    """An entry of a written-out mapping; the value itself without a name."""
    if not name:
        return value
    entries = value.entries if isinstance(value, Mapping) else ()
    return next((e.value for e in entries if isinstance(e.key, Text) and e.key.value == name), None)


def _is_nothing(value: Expression) -> bool:
    return isinstance(value, Text) and value.kind == "constant"


def _ends(spec: CallSpec) -> bool:
    """Whether who gets the value gets no error with it any more."""
    return spec.result.get("how", "") in ("", "nothing", "raise", "again")


def _own(call: Call) -> list[Arg]:
    """The arguments of a call, without the types that it is generic over."""
    return [arg for arg in call.args if not (arg.name or "").startswith("<")]


def _work(call: Call) -> Call:
    work = _own(call)[0].value
    return Call(work, (), work.span)


def _handled(
    spec: CallSpec, call: Call, before: Expression, parts: _Parts, select: _Selection | None
) -> Expression | None:
    how, values = spec.result.get("how", ""), parts.values
    handler = values.get("handler")
    name = _parameter(handler) if handler is not None else ""
    body: tuple[Stmt, ...] | None = None
    if how == "nothing":
        body = (ExpressionStatement(Text("None", call.span, "constant"), call.span),)
    elif how == "raise":
        body = (Raise(_result(handler) if handler is not None else None, call.span),)
    elif handler is not None:
        body = (_called(handler, name), *((Raise(None, call.span),) if how == "look" else ()))
    elif "value" in values:
        body = (ExpressionStatement(values["value"], values["value"].span),)
    if body is not None:
        types = parts.types or (select.types if select is not None else ())
        before = Block((_tried(before, name, body, call, types),), call.span)
    done = values.get("done")
    if done is not None and not _is_nothing(done):
        before = Call(done, _as_many(done, Arg(before, before.span)), done.span)
    if "final" in values:
        settled = ExpressionStatement(Call(values["final"], (), values["final"].span), values["final"].span)
        waited = ExpressionStatement(_awaited(before), before.span)
        before = Block((Try((waited,), (), call.span, final=(settled,)),), call.span)
    return before


def _tried(value: Expression, name: str, body: tuple[Stmt, ...], call: Call, types: tuple[str, ...] = ()) -> Try:
    waited = ExpressionStatement(_awaited(value), value.span)
    return Try((waited,), (Handler(types, name, body, call.span),), call.span)


def _awaited(value: Expression) -> Expression:
    return replace(value, awaited=True) if isinstance(value, Call) else value


def _again(spec: CallSpec, call: Call, before: Expression, parts: _Parts) -> Call | None:
    """The function of the catalog that is handed what stands before as a function, and how often: the `count`, or what
    the policy among the arguments is made with. What is repeated only for some errors is left alone."""
    policies = [value for arg in call.args for value in walk.within(arg.value)]
    spared = spec.result.get("spares", "").split(",")
    if "spares" in spec.result and any(isinstance(v, Lambda) or walk.last(v) in spared for v in policies):
        return None
    sent = Lambda(Func("", (), (Return(before, before.span),), before.span), before.span)
    counts = [arg for value in policies if isinstance(value, Call) for arg in value.args[:1]] or [*call.args[:1]]
    if "count" in spec.args:
        counts = [Arg(value, value.span) for role, value in parts.values.items() if role == "count"]
    base, *members = spec.name.split(".")
    function: Expression = Name(base, call.span)
    for member in members:
        function = Member(function, Text(member, call.span, "bare"), call.span)
    return Call(function, (Arg(sent, before.span), *counts[:1]), call.span)


def _parameter(handler: Expression) -> str:
    """The name by which a function calls what it is given."""
    params = handler.func.params if isinstance(handler, Lambda) else ()
    return params[0].name if params else _IMPLICIT if isinstance(handler, Lambda) else "error"


def _as_many(function: Expression, arg: Arg) -> tuple[Arg, ...]:
    """The argument, if a function has use for it."""
    return () if isinstance(function, Lambda) and not function.func.params else (arg,)


def _called(handler: Expression, name: str) -> ExpressionStatement:
    """A call of a function that handles an error, with the error."""
    args = _as_many(handler, Arg(Name(name, handler.span), handler.span))
    if isinstance(handler, Lambda):
        body = tuple(each for stmt in handler.func.body for each in _branches(stmt))
        handler = replace(handler, func=replace(handler.func, body=body))
    return ExpressionStatement(Call(handler, args, handler.span), handler.span)


def _result(handler: Expression) -> Expression | None:
    body = handler.func.body if isinstance(handler, Lambda) else ()
    return next((stmt.value for stmt in body if isinstance(stmt, Return) and stmt.value), None)


def _branches(stmt: Stmt) -> tuple[Stmt, ...]:
    """`return a ? b : c` as an If, since one way may raise, and `return throw a` as what it is."""
    value = stmt.value if isinstance(stmt, Return) else None
    if isinstance(value, Conditional) and value.test and len(value.items) == 2:
        one, other = (_branches(Return(item, item.span)) for item in value.items)
        return (If((Arm(value.test, one), Arm(None, other)), stmt.span),)
    return value.body if isinstance(value, Block) and isinstance(value.body[-1], Raise) else (stmt,)
