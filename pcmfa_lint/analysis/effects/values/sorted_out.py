"""Several answers sorted by a test: those that are refused are what a failure looks like, wherever they are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from pcmfa_lint.analysis.effects.call import CatalogCall
from pcmfa_lint.analysis.matching.arguments import Arguments
from pcmfa_lint.analysis.values.contents import elements
from pcmfa_lint.analysis.values.model import (
    UNCLEAR,
    AbstractValue,
    FuncVal,
    ListValue,
    MappingValue,
    ResponseValue,
    Values,
)
from pcmfa_lint.evidence.model import Place
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arm,
    Block,
    Expression,
    ExpressionStatement,
    Func,
    If,
    Loop,
    Member,
    Name,
    Param,
    Return,
    Stmt,
    Text,
)

if TYPE_CHECKING:
    from pcmfa_lint.analysis.state.machine import RunState

# What an answer is in what comes back, if its test holds for a 401, and if it does not.
_PARTS = {
    "keep": ("error", ""),
    "drop": ("", "error"),
    "any": ("error", "ok"),
    "all": ("error", "ok"),
    "none": ("ok", "error"),
}


def sort_out(call: CatalogCall) -> Values:
    """A call that keeps the items for which a function holds, or asks whether there are any. A method that is handed no
    function, or is called on no list, is another one: then nothing comes back."""
    funcs = [val for val in call.role("func") if isinstance(val, FuncVal)]
    vals = call.role("value")
    if not funcs:
        funcs, vals = _asked_of_each(call) or ([], vals)
    if not funcs or any(isinstance(val, MappingValue) for val in vals):
        return () if call.arguments.receiver else vals or UNCLEAR
    for func in funcs:
        for item in elements(vals):
            inner = Arguments(call.place, piped=(item,), open=True)
            inner.add(None, (item,))
            call.run.call_values((_as_check(func),), inner, call.frame, None)
    tests = [Place(func.unit.path, test.span) for func in funcs if (test := _test(func)) is not None]
    return sorted_by(call.run, vals, tests, call.spec.result.get("how", "keep"), call.place)


def _asked_of_each(call: CatalogCall) -> tuple[list[FuncVal], Values] | None:
    """`any(answer.is_error for answer in answers)`: the test as a function, and the answers; None where there are
    none."""
    match call.arguments.nodes.get("0"):
        case Block(body=(Loop(target=Name() as item, source=Name() | Member() as source, body=(kept,)),)):
            vals = call.run.eval(source, call.frame)
            if any(isinstance(val, ResponseValue) for val in elements(vals)):
                func = Func("", (Param(item.id, item.span),), (kept,), kept.span)
                return [FuncVal(func, call.frame.unit, env=call.frame.env, place=call.place)], vals
    return None


def tests_of_loop(body: Sequence[Stmt]) -> list[Expression]:
    """The tests that sort out what a loop leaves, and do nothing else: `[one for one in all if one.failed]`."""
    tests: list[Expression] = []
    while len(body) == 1:
        match body[0]:
            case Loop(kind="for", body=inner):
                body = inner
            case If(arms=(Arm(test=test, body=inner),)) if test is not None:
                tests.append(test)
                body = inner
            case ExpressionStatement(value=Name()):
                return tests
            case _:
                return []
    return []


def sorted_by(run: RunState, vals: Values, tests: Collection[Place], how: str, place: Place) -> Values:
    """What comes back where items were sorted by these tests."""
    if how == "both":
        return (ListValue(tuple(sorted_by(run, vals, tests, one, place) for one in ("keep", "drop")), place=place),)
    if not any(isinstance(val, ResponseValue) for val in elements(vals)):
        return vals
    fits, other = _PARTS[how]
    items: list[AbstractValue] = []
    for val in elements(vals):
        if isinstance(val, ResponseValue) and not val.part:
            checks = [event.check for event in run.records[val.record].events if event.check is not None]
            check = next((check for check in checks if check.place in tests), None)
            if check is not None and check.truth is not None and check.truth == check.good:  # it tells no failure
                items += [val] if check.truth == {"keep": True, "drop": False}.get(how) else []
                continue
            if check is not None and check.truth is not None:
                val = replace(val, part=fits if check.truth else other)
        items.append(val)
    return tuple(dict.fromkeys(items)) or UNCLEAR


def _as_check(func: FuncVal) -> FuncVal:
    """A function that decides on an item, as one that tests it."""
    test = _test(func)
    if test is None:
        return func
    last = func.func.body[-1]
    kept = If((Arm(test, (ExpressionStatement(Text("None", test.span, "constant"), test.span),)),), last.span)
    return replace(func, func=replace(func.func, name="", body=(*func.func.body[:-1], kept)))


def _test(func: FuncVal) -> Expression | None:
    """What a function gives back at its end."""
    last = func.func.body[-1] if func.func.body else None
    value = last.value if isinstance(last, (Return, ExpressionStatement)) else None
    return None if isinstance(value, Text) else value
