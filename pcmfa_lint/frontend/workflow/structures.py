"""Actions that the language of workflows itself has: conditions, loops, variables, the end of a run."""

from __future__ import annotations

from typing import Protocol

from pcmfa_lint.frontend.workflow.expressions import WorkflowNames
from pcmfa_lint.frontend.workflow.tree import Node
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import (
    Arm,
    Assign,
    Compare,
    Expression,
    If,
    Loop,
    Name,
    Raise,
    Return,
    Stmt,
    Text,
)


@dataclass(frozen=True, slots=True)
class Action:
    """`inputs`: what it is given; `body`: the levels of actions that it holds."""

    name: str
    type: str
    node: Node
    inputs: Node


class Lowering(Protocol):
    """The part of a workflow's lowering that these actions need."""

    names: WorkflowNames

    def level(self, level: Node, depth: int) -> tuple[Stmt, ...]: ...

    def value(self, node: Node) -> Expression: ...

    def condition(self, node: Node | None) -> Expression: ...


def _scope(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    return lowering.level(action.node.get("actions") or Node(), depth + 1)


def _if(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    test = lowering.condition(node.get("expression") or inputs.get("expression"))
    then = node.get("actions") or inputs.get("ifTrueActivities") or Node()
    other = node.get("else", "actions") or inputs.get("ifFalseActivities") or Node()
    arms = (Arm(test, lowering.level(then, depth + 1)), Arm(None, lowering.level(other, depth + 1)))
    return (If(arms, node.span()),)


def _switch(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    chosen = node.get("expression") or inputs.get("on")
    value = lowering.value(chosen) if chosen is not None else Text("", node.span())
    arms: list[Arm] = []
    cases = node.get("cases") or inputs.get("cases")
    for _, case in cases.items() if cases is not None else ():
        label = case.get("case") or case.get("value")
        right = lowering.value(label) if label is not None else Text("", case.span())
        level = case.get("actions") or case.get("activities") or Node()
        arms.append(Arm(Compare("==", value, right, case.span()), lowering.level(level, depth + 1)))
    rest = node.get("default", "actions") or inputs.get("defaultActivities") or Node()
    return (If((*arms, Arm(None, lowering.level(rest, depth + 1))), node.span()),)


def _for_each(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    source = node.get("foreach") or inputs.get("items")
    body = lowering.level(node.get("actions") or inputs.get("activities") or Node(), depth + 1)
    items = lowering.value(source) if source is not None else None
    return (Loop("for", body, node.span(), target=Name("item", node.span()), source=items),)


def _until(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    test = lowering.condition(node.get("expression") or inputs.get("expression"))
    body = lowering.level(node.get("actions") or inputs.get("activities") or Node(), depth + 1)
    return (Loop("until", body, node.span(), test=test),)


def _variable(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    """`InitializeVariable` with a list, `SetVariable` with one."""
    listed = action.inputs.get("variables")
    stmts: list[Stmt] = []
    for _, each in listed.items() if listed is not None else [("", action.inputs)]:
        name = each.text("name") or each.text("variableName")
        value = each.get("value") or each.get(name)
        if name and value is not None:
            target = Name("$" + name.casefold(), each.span())
            stmts.append(Assign((target,), lowering.value(value), value.span()))
    return tuple(stmts)


def _compose(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    source = action.inputs.get("content") if action.type.casefold() == "parsejson" else action.inputs
    if source is None or not (source.kids or source.entry):
        return ()
    target = Name(lowering.names.action(action.name), source.span())
    return (Assign((target,), lowering.value(source), source.span()),)


def _ended(lowering: Lowering, action: Action, depth: int) -> tuple[Stmt, ...]:
    """The end of a run: as a failure, which its history keeps with the answer, or as if all were well."""
    span = action.node.span()
    well = action.inputs.text("runStatus").casefold() == "succeeded"
    return (Return(None, span),) if well else (Raise(None, span),)


STRUCTURES = {
    "scope": _scope,
    "if": _if,
    "ifcondition": _if,
    "switch": _switch,
    "foreach": _for_each,
    "until": _until,
    "initializevariable": _variable,
    "setvariable": _variable,
    "compose": _compose,
    "parsejson": _compose,
    "terminate": _ended,
    "fail": _ended,
}
