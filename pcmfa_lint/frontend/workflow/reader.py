"""Workflow definitions in settings files: Logic Apps, flows of Power Automate, pipelines and linked services of Data
Factory. Each becomes a Unit of the language "workflow", whose places are those of its entries in the file.

An action is a command by the name of its type, or of the connector that it goes through, with its inputs as arguments;
what it gives is a variable. An action that runs only after the failure of another one is that one's handler; `runAfter`
and `dependsOn` say so. An authentication is a command by its type. Triggers are not lowered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pcmfa_lint.frontend.workflow.expressions import WorkflowNames, combined, expression
from pcmfa_lint.frontend.workflow.failures import ActionOrder, plan
from pcmfa_lint.frontend.workflow.structures import STRUCTURES, Action
from pcmfa_lint.frontend.workflow.tree import Node, tree
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    NOWHERE,
    Arg,
    Assign,
    Call,
    Expression,
    ExpressionStatement,
    Handler,
    Mapping,
    MappingEntry,
    Name,
    Problem,
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
_TOO_MANY = f"A workflow here has more than {WORKFLOW_ACTIONS} actions; the rest was not followed."
_TOO_MANY_WORKFLOWS = f"The file holds more than {WORKFLOWS} workflows; the rest was not followed."
_TYPED = ("expression", "securestring", "string")  # objects that only wrap their value
_PLACES = ("uri", "url", "path", "request/url", "relativeUrl", "secretName", "operationId", "method")


def workflows(settings: Sequence[Setting], path: str) -> list[Unit]:
    """The definitions among the entries of a file, as Units without lines."""
    if not any(entry.path and entry.path[-1].casefold() in ("type", "authenticationtype") for entry in settings):
        return []
    root = tree(settings)
    units: list[Unit] = []
    for above, node in _definitions(root):
        if len(units) == WORKFLOWS:
            problems = (*units[-1].problems, Problem(_TOO_MANY_WORKFLOWS, node.span().line))
            units[-1] = replace(units[-1], read="partly", problems=problems)
            break
        lowering = _Lowering(root, above, node)
        body = lowering.statements()
        if body:
            problems = (Problem(_TOO_MANY, node.span().line),) if lowering.cut else ()
            units.append(Unit(path, "workflow", (), "partly" if problems else "full", body, problems=problems))
    return units


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
        self.names = WorkflowNames()
        self.left = WORKFLOW_ACTIONS
        self.cut = False

    def statements(self) -> tuple[Stmt, ...]:
        """The parameters that have a value, then what the definition does."""
        parameters = list(self._assigned_parameters())
        if _is_linked_service(self.node):
            return (*parameters, ExpressionStatement(self._service(), self.node.span()))
        level = self.node.get("actions") or self.node.get("activities") or Node()
        self._number(level)
        return (*parameters, *self.level(level, 0))

    # --- names ---

    def _assigned_parameters(self) -> Iterator[Stmt]:
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
                    lowered = self.value(value)
                    self.names.values_in_sight.add(scope + name.casefold())
                    yield Assign((Name(scope + name.casefold(), value.span()),), lowered, value.span())

    def _number(self, level: Node) -> None:
        """Numbers the actions of all levels, since an expression may name any of them."""
        for name, kid in level.items():
            self.names.actions.setdefault(name.replace(" ", "_").casefold(), len(self.names.actions) + 1)
            for inner in self._levels(kid):
                self._number(inner)

    def _levels(self, node: Node) -> list[Node]:
        """The levels of actions inside an action."""
        inner = node.get("typeProperties") or node
        levels = [inner.get("actions"), inner.get("else", "actions"), inner.get("default", "actions")]
        levels += [
            inner.get(key) for key in ("activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities")
        ]
        cases = inner.get("cases")
        for _, case in cases.items() if cases is not None else ():
            levels += [case.get("actions"), case.get("activities")]
        return [each for each in levels if each is not None]

    # --- actions ---

    def level(self, level: Node, depth: int) -> tuple[Stmt, ...]:
        """The actions of one level, with the handlers of those that have any."""
        listed = level.items()
        self.cut |= len(listed) > WORKFLOW_ACTIONS
        actions = {name: self._action(name, kid) for name, kid in listed[:WORKFLOW_ACTIONS]}
        after = {name: _after(action.node) for name, action in actions.items()}
        steps = plan(after)
        return self._steps(list(steps.order), actions, steps, depth)

    def _action(self, name: str, node: Node) -> Action:
        inputs = node.get("inputs") or node.get("typeProperties") or Node()
        return Action(name, node.text("type"), node, inputs)

    def _steps(
        self, order: list[str], actions: dict[str, Action], steps: ActionOrder, depth: int, handling: bool = False
    ) -> tuple[Stmt, ...]:
        """Statements for these actions. What follows one with a handler of its own does not run after its failure,
        unless something waits for it in any case."""
        stmts: list[Stmt] = []
        for number, name in enumerate(order):
            own = self._statements(actions[name], depth)
            caught = name in steps.failed or name in steps.goes_on
            if not own or not caught or handling:
                stmts += own
                continue
            handlers = self._steps(list(steps.failed.get(name, ())), actions, steps, depth, handling=True)
            span = actions[name].node.span()
            handler = Handler((), "error", handlers, _span(handlers, span))
            if name in steps.goes_on or depth > WORKFLOW_LEVELS:
                stmts.append(Try(own, (handler,), span))
                continue
            rest = self._steps(order[number + 1 :], actions, steps, depth + 1)
            return (*stmts, Try(own, (handler,), span, otherwise=rest))
        return tuple(stmts)

    def _statements(self, action: Action, depth: int) -> tuple[Stmt, ...]:
        self.left -= 1
        if self.left < 0:
            self.cut = True
            return ()
        lowered = STRUCTURES.get(action.type.casefold())
        if lowered is not None:
            return lowered(self, action, depth)
        span = self._place(action.inputs) or action.node.span()
        call = Call(Name(self._called(action), span), tuple(self._arguments(action, span)), span, "command")
        variable = Name(self.names.action(action.name), span)
        return (Assign((variable,), call, span),)

    def _called(self, action: Action) -> str:
        """The connector that an action goes through, or its type."""
        host = [*_leaves(action.inputs.get("host")), *_leaves(action.inputs.get("serviceProviderConfiguration"))]
        for entry in host:
            if match := _CONNECTOR.search(entry.value):
                return _connector(match[1] or match[2])
        named = action.inputs.text("host", "connection", "referenceName") or action.inputs.text(
            "host", "connectionName"
        )
        return _connector(named) if named else action.type

    def _arguments(self, action: Action, span: Span) -> Iterator[Arg]:
        operation = action.inputs.text("host", "operationId")
        operation = operation or action.inputs.text("serviceProviderConfiguration", "operationId")
        if operation:
            yield Arg(Text(operation, span), span, "operationId")
        policy = action.node.get("policy", "retry")
        if policy is not None:
            yield Arg(self.value(policy), policy.span(), "retry")
        parameters = action.inputs.get("parameters")
        for name, kid in (*action.inputs.kids.items(), *(parameters.kids.items() if parameters is not None else ())):
            if name.casefold() not in ("host", "parameters", "serviceproviderconfiguration"):
                value = self._signed_in(kid) if name.casefold() == "authentication" else self.value(kid)
                yield Arg(value, kid.span(), name)

    def _place(self, inputs: Node) -> Span | None:
        """Where an action is shown: the text of its body, else where it goes to."""
        body = inputs.get("body")
        if body is not None and (wrapped := _wrapped(body) or body).entry is not None:
            return wrapped.span()
        for key in _PLACES:
            inner = inputs.get(key) or inputs.get("parameters", key)
            if inner is not None and inner.leaves():
                return inner.span()
        return None

    def _service(self) -> Expression:
        """A linked service: a request to its address, with its authentication."""
        properties = self.node.get("typeProperties") or Node()
        span = self._place(properties) or self.node.span()
        kind = properties.text("authenticationType")
        own = tuple(Arg(self.value(kid), kid.span(), name) for name, kid in properties.kids.items())
        signed_in = Call(Name(kind, span), own, span, "command")
        args = (*own, Arg(signed_in, span, "authentication"))
        return Call(Name(self.node.text("type"), span), args, span, "command")

    # --- values ---

    def value(self, node: Node) -> Expression:
        if node.entry is not None:
            return expression(node.entry.value, node.entry.span, self.names)
        if (inner := _wrapped(node)) is not None:
            return self.value(inner)
        span = node.span()
        if node.is_list():
            return Seq(tuple(self.value(kid) for kid in node.kids.values()), span)
        if node.text("secretName") and node.text("type"):  # a secret of a store, by its name
            return self._signed_in(node)
        entries = tuple(
            MappingEntry(Text(name, kid.span(), "bare"), self.value(kid), kid.span()) for name, kid in node.kids.items()
        )
        return Mapping(entries, (), span)

    def _signed_in(self, node: Node) -> Expression:
        """An object whose `type` says what it is: a call of that."""
        kind, span = node.text("type"), node.span()
        if not kind:
            return self.value(node)
        parts = [(name, kid) for name, kid in node.kids.items() if name.casefold() != "type"]
        return Call(
            Name(kind, span), tuple(Arg(self.value(kid), kid.span(), name) for name, kid in parts), span, "command"
        )

    def condition(self, node: Node | None) -> Expression:
        """A condition: an expression, or an object of comparisons."""
        if node is None:
            return Unknown("no condition", (), NOWHERE)
        node = _wrapped(node) or node
        if len(node.kids) == 1:
            operator, operand = next(iter(node.kids.items()))
            operands = [self.condition(kid) for kid in operand.kids.values()] or [self.value(operand)]
            test = combined(operator, operands, node.span())
            if test is not None:
                return test
        return self.value(node)


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
