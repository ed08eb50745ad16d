"""Workflow definitions in settings files: Logic Apps, flows of Power Automate, pipelines and linked services of Data
Factory. Each becomes a Unit of the language "workflow", whose places are those of its entries in the file.

An action is a command by the name of its type, or of the connector that it goes through, with its inputs as arguments;
what it gives is a variable. An action that runs only after the failure of another one is that one's handler; `runAfter`
and `dependsOn` say so. An authentication is a command by its type. Triggers are not lowered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pcmfa_lint.frontend.workflow.expressions import Names, combined, expression
from pcmfa_lint.frontend.workflow.failures import Plan, plan
from pcmfa_lint.frontend.workflow.tree import Node, tree
from pcmfa_lint.ir.nodes import (
    NOWHERE,
    Arg,
    Arm,
    Assign,
    Call,
    Compare,
    Entry,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Loop,
    Mapping,
    Name,
    Raise,
    Return,
    Seq,
    Setting,
    Span,
    Stmt,
    Text,
    Try,
    Unit,
    Unknown,
)
from pcmfa_lint.limits import WORKFLOW_ACTIONS, WORKFLOW_LEVELS, WORKFLOWS

_SCHEMA = "workflowdefinition"
_CONNECTOR = re.compile(
    r"\['([\w-]+)'\]\['connectionId'\]|/(?:apis|managedApis|serviceProviders)/([\w-]+)", re.IGNORECASE
)
_TYPED = ("expression", "securestring", "string")  # objects that only wrap their value
_PLACES = ("uri", "url", "path", "request/url", "relativeUrl", "secretName", "operationId", "method")


@dataclass(frozen=True, slots=True)
class _Action:
    """`inputs`: what it is given; `body`: the levels of actions that it holds."""

    name: str
    type: str
    node: Node
    inputs: Node


def workflows(settings: Sequence[Setting], path: str) -> list[Unit]:
    """The definitions among the entries of a file, as Units without lines."""
    if not any(entry.path and entry.path[-1].casefold() in ("type", "authenticationtype") for entry in settings):
        return []
    root = tree(settings)
    found: list[Unit] = []
    for above, node in _definitions(root):
        body = _Lowering(root, above, node).statements()
        if body:
            found.append(Unit(path, "workflow", (), body=body))
        if len(found) == WORKFLOWS:
            break
    return found


def _definitions(root: Node) -> Iterator[tuple[Node, Node]]:
    """The definitions in a tree, each with the object around it."""
    stack = [(root, root, "")]
    while stack:
        above, node, key = stack.pop()
        if _is_definition(node, key) or _is_linked_service(node):
            yield above, node
        else:
            stack.extend((node, kid, name) for name, kid in reversed(node.kids.items()) if kid.kids)


def _is_definition(node: Node, key: str) -> bool:
    actions, activities = node.get("actions"), node.get("activities")
    if actions is not None and not actions.is_list() and any(kid.text("type") for kid in actions.kids.values()):
        return (
            key.casefold() == "definition"
            or node.get("triggers") is not None
            or _SCHEMA in node.text("$schema").casefold()
        )
    return (
        activities is not None
        and activities.is_list()
        and any(kid.text("type") and kid.get("typeProperties") is not None for kid in activities.kids.values())
    )


def _is_linked_service(node: Node) -> bool:
    return bool(node.text("type") and node.text("typeProperties", "authenticationType"))


class _Lowering:
    """One definition. `above`: the object around it, in which a template fills its parameters in."""

    def __init__(self, root: Node, above: Node, node: Node) -> None:
        self.root, self.above, self.node = root, above, node
        self.names = Names()
        self.left = WORKFLOW_ACTIONS

    def statements(self) -> tuple[Stmt, ...]:
        """The parameters that have a value, then what the definition does."""
        given = list(self._given())
        if _is_linked_service(self.node):
            return (*given, ExpressionStatement(self._service(), self.node.span()))
        level = self.node.get("actions") or self.node.get("activities") or Node()
        self._number(level)
        return (*given, *self._level(level, 0))

    # --- names ---

    def _given(self) -> Iterator[Stmt]:
        """Assignments of the parameters and variables of the template and of the definition itself."""
        sources = (
            ("#", self.root.get("parameters"), ("defaultValue",)),
            ("#", self.root.get("variables"), ()),
            ("#", self.root.get("param"), ()),
            ("#", self.root.get("var"), ()),
            ("@", self.node.get("parameters"), ("defaultValue",)),
            ("@", self.above.get("parameters"), ("value",)),
        )
        for scope, declared, where in sources:
            for name, kid in declared.kids.items() if declared is not None else ():
                value = kid.get(*where) or kid.get(name)  # of an object with a name, the value goes by it
                if value is not None and (value.kids or (value.entry is not None and value.entry.value.strip())):
                    made = self._value(value)
                    self.names.given.add(scope + name.casefold())
                    yield Assign((Name(scope + name.casefold(), value.span()),), made, value.span())

    def _number(self, level: Node) -> None:
        """Numbers the actions of all levels, since an expression may name any of them."""
        for name, kid in level.items():
            self.names.actions.setdefault(name.replace(" ", "_").casefold(), len(self.names.actions) + 1)
            for inner in self._levels(kid):
                self._number(inner)

    def _levels(self, node: Node) -> list[Node]:
        """The levels of actions inside an action."""
        inner = node.get("typeProperties") or node
        found = [inner.get("actions"), inner.get("else", "actions"), inner.get("default", "actions")]
        found += [
            inner.get(key) for key in ("activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities")
        ]
        cases = inner.get("cases")
        for _, case in cases.items() if cases is not None else ():
            found += [case.get("actions"), case.get("activities")]
        return [each for each in found if each is not None]

    # --- actions ---

    def _level(self, level: Node, depth: int) -> tuple[Stmt, ...]:
        """The actions of one level, with the handlers of those that have any."""
        actions = {name: self._action(name, kid) for name, kid in level.items()}
        after = {name: _after(action.node) for name, action in actions.items()}
        steps = plan(after)
        return self._steps(list(steps.order), actions, steps, depth)

    def _action(self, name: str, node: Node) -> _Action:
        inputs = node.get("inputs") or node.get("typeProperties") or Node()
        return _Action(name, node.text("type"), node, inputs)

    def _steps(
        self, order: list[str], actions: dict[str, _Action], steps: Plan, depth: int, handling: bool = False
    ) -> tuple[Stmt, ...]:
        """Statements for these actions. What follows one with a handler of its own does not run after its failure,
        unless something waits for it in any case."""
        found: list[Stmt] = []
        for number, name in enumerate(order):
            own = self._statements(actions[name], depth)
            caught = name in steps.failed or name in steps.goes_on
            if not own or not caught or handling:
                found += own
                continue
            handlers = self._steps(list(steps.failed.get(name, ())), actions, steps, depth, handling=True)
            span = actions[name].node.span()
            handler = Handler((), "error", handlers, _span(handlers, span))
            if name in steps.goes_on or depth > WORKFLOW_LEVELS:
                found.append(Try(own, (handler,), span))
                continue
            rest = self._steps(order[number + 1 :], actions, steps, depth + 1)
            return (*found, Try(own, (handler,), span, otherwise=rest))
        return tuple(found)

    def _statements(self, action: _Action, depth: int) -> tuple[Stmt, ...]:
        self.left -= 1
        if self.left < 0:
            return ()
        lowered = _STRUCTURES.get(action.type.casefold())
        if lowered is not None:
            return lowered(self, action, depth)
        span = self._place(action.inputs) or action.node.span()
        call = Call(Name(self._called(action), span), tuple(self._arguments(action, span)), span, "command")
        variable = Name(self.names.action(action.name), span)
        return (Assign((variable,), call, span),)

    def _called(self, action: _Action) -> str:
        """The connector that an action goes through, or its type."""
        host = [*_leaves(action.inputs.get("host")), *_leaves(action.inputs.get("serviceProviderConfiguration"))]
        for entry in host:
            if match := _CONNECTOR.search(entry.value):
                return _connector(match[1] or match[2])
        named = action.inputs.text("host", "connection", "referenceName") or action.inputs.text(
            "host", "connectionName"
        )
        return _connector(named) if named else action.type

    def _arguments(self, action: _Action, span: Span) -> Iterator[Arg]:
        operation = action.inputs.text("host", "operationId")
        operation = operation or action.inputs.text("serviceProviderConfiguration", "operationId")
        if operation:
            yield Arg(Text(operation, span), span, "operationId")
        policy = action.node.get("policy", "retry")
        if policy is not None:
            yield Arg(self._value(policy), policy.span(), "retry")
        parameters = action.inputs.get("parameters")
        for name, kid in (*action.inputs.kids.items(), *(parameters.kids.items() if parameters is not None else ())):
            if name.casefold() not in ("host", "parameters", "serviceproviderconfiguration"):
                value = self._signed_in(kid) if name.casefold() == "authentication" else self._value(kid)
                yield Arg(value, kid.span(), name)

    def _place(self, inputs: Node) -> Span | None:
        """Where an action is shown: the text of its body, else where it goes to."""
        body = inputs.get("body")
        if body is not None and (wrapped := _wrapped(body) or body).entry is not None:
            return wrapped.span()
        for key in _PLACES:
            found = inputs.get(key) or inputs.get("parameters", key)
            if found is not None and found.leaves():
                return found.span()
        return None

    def _service(self) -> Expression:
        """A linked service: a request to its address, with its authentication."""
        properties = self.node.get("typeProperties") or Node()
        span = self._place(properties) or self.node.span()
        kind = properties.text("authenticationType")
        own = tuple(Arg(self._value(kid), kid.span(), name) for name, kid in properties.kids.items())
        signed_in = Call(Name(kind, span), own, span, "command")
        given = (*own, Arg(signed_in, span, "authentication"))
        return Call(Name(self.node.text("type"), span), given, span, "command")

    # --- values ---

    def _value(self, node: Node) -> Expression:
        if node.entry is not None:
            return expression(node.entry.value, node.entry.span, self.names)
        if (inner := _wrapped(node)) is not None:
            return self._value(inner)
        span = node.span()
        if node.is_list():
            return Seq(tuple(self._value(kid) for kid in node.kids.values()), span)
        if node.text("secretName") and node.text("type"):  # a secret of a store, by its name
            return self._signed_in(node)
        entries = tuple(
            Entry(Text(name, kid.span(), "bare"), self._value(kid), kid.span()) for name, kid in node.kids.items()
        )
        return Mapping(entries, (), span)

    def _signed_in(self, node: Node) -> Expression:
        """An object whose `type` says what it is: a call of that."""
        kind, span = node.text("type"), node.span()
        if not kind:
            return self._value(node)
        parts = [(name, kid) for name, kid in node.kids.items() if name.casefold() != "type"]
        return Call(
            Name(kind, span), tuple(Arg(self._value(kid), kid.span(), name) for name, kid in parts), span, "command"
        )

    def _condition(self, node: Node | None) -> Expression:
        """A condition: an expression, or an object of comparisons."""
        if node is None:
            return Unknown("no condition", (), NOWHERE)
        node = _wrapped(node) or node
        if len(node.kids) == 1:
            operator, operand = next(iter(node.kids.items()))
            operands = [self._condition(kid) for kid in operand.kids.values()] or [self._value(operand)]
            found = combined(operator, operands, node.span())
            if found is not None:
                return found
        return self._value(node)


# --- actions that the language itself has ---


def _scope(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    return lowering._level(action.node.get("actions") or Node(), depth + 1)


def _if(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    test = lowering._condition(node.get("expression") or inputs.get("expression"))
    then = node.get("actions") or inputs.get("ifTrueActivities") or Node()
    other = node.get("else", "actions") or inputs.get("ifFalseActivities") or Node()
    arms = (Arm(test, lowering._level(then, depth + 1)), Arm(None, lowering._level(other, depth + 1)))
    return (If(arms, node.span()),)


def _switch(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    chosen = node.get("expression") or inputs.get("on")
    value = lowering._value(chosen) if chosen is not None else Text("", node.span())
    arms: list[Arm] = []
    cases = node.get("cases") or inputs.get("cases")
    for _, case in cases.items() if cases is not None else ():
        wanted = case.get("case") or case.get("value")
        right = lowering._value(wanted) if wanted is not None else Text("", case.span())
        level = case.get("actions") or case.get("activities") or Node()
        arms.append(Arm(Compare("==", value, right, case.span()), lowering._level(level, depth + 1)))
    rest = node.get("default", "actions") or inputs.get("defaultActivities") or Node()
    return (If((*arms, Arm(None, lowering._level(rest, depth + 1))), node.span()),)


def _for_each(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    source = node.get("foreach") or inputs.get("items")
    body = lowering._level(node.get("actions") or inputs.get("activities") or Node(), depth + 1)
    items = lowering._value(source) if source is not None else None
    return (Loop("for", body, node.span(), target=Name("item", node.span()), source=items),)


def _until(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    node, inputs = action.node, action.inputs
    test = lowering._condition(node.get("expression") or inputs.get("expression"))
    body = lowering._level(node.get("actions") or inputs.get("activities") or Node(), depth + 1)
    return (Loop("until", body, node.span(), test=test),)


def _variable(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    """`InitializeVariable` with a list, `SetVariable` with one."""
    listed = action.inputs.get("variables")
    found: list[Stmt] = []
    for _, each in listed.items() if listed is not None else [("", action.inputs)]:
        name = each.text("name") or each.text("variableName")
        value = each.get("value") or each.get(name)
        if name and value is not None:
            target = Name("$" + name.casefold(), each.span())
            found.append(Assign((target,), lowering._value(value), value.span()))
    return tuple(found)


def _compose(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    source = action.inputs.get("content") if action.type.casefold() == "parsejson" else action.inputs
    if source is None or not (source.kids or source.entry):
        return ()
    target = Name(lowering.names.action(action.name), source.span())
    return (Assign((target,), lowering._value(source), source.span()),)


def _ended(lowering: _Lowering, action: _Action, depth: int) -> tuple[Stmt, ...]:
    """The end of a run: as a failure, which its history keeps with the answer, or as if all were well."""
    span = action.node.span()
    well = action.inputs.text("runStatus").casefold() == "succeeded"
    return (Return(None, span),) if well else (Raise(None, span),)


_STRUCTURES = {
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


# --- nodes ---


def _after(node: Node) -> dict[str, frozenset[str]]:
    """For which actions an action waits, and in which states they may be then."""
    waits = node.get("runAfter")
    if waits is not None:
        return {name: _states(kid) for name, kid in waits.kids.items()}
    depends = node.get("dependsOn")
    listed = depends.kids.values() if depends is not None else ()
    return {kid.text("activity"): _states(kid.get("dependencyConditions")) for kid in listed}


def _states(node: Node | None) -> frozenset[str]:
    return frozenset(entry.value.casefold() for entry in _leaves(node))


def _leaves(node: Node | None) -> list[Setting]:
    return list(node.leaves()) if node is not None else []


def _connector(name: str) -> str:
    """`shared_keyvault_1` is the connector `keyvault`."""
    return re.sub(r"[-_]\d+$", "", name).removeprefix("shared_").casefold()


def _wrapped(node: Node) -> Node | None:
    """The value in an object that says nothing but its type."""
    inner = node.get("value")
    return inner if inner is not None and node.text("type").casefold() in _TYPED and len(node.kids) == 2 else None


def _span(stmts: Sequence[Stmt], other: Span) -> Span:
    return stmts[0].span if stmts else other
