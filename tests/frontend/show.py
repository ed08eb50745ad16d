"""Units as compact s-expressions, so that a lowering table can say what source becomes which nodes.

Values: `"text"` (other kinds prefixed: `number:"3"`), `name` or `scope:name`, `(. base key)` for Member, `(+ …)` for
Template, `{(key value) **spread}`, `[item …]`, `(call callee arg name=arg *spread)` with `<|piped` and `!redirect`,
`(lambda (params) stmt …)`, `(choice item …)` or `(choice ?test item …)`, `(== a b)`, `(and …)`, `(block stmt …)`,
`(unknown "reason" part …)`. Statements are lists that begin with their kind; see `_STATEMENTS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from pcmfa_lint.ir import nodes as u


def show_unit(unit: u.Unit, spans: bool = False) -> str:
    """The whole unit: one line for its state, then one line each for imports, settings, statements, comments,
    problems. With `spans`, every node is followed by `@line:col-line:col`, and opaque and blind regions are listed."""
    show = _Shower(spans)
    rows = [f"unit {unit.language} {unit.read}"]
    rows += [show.import_(item) for item in unit.imports]
    rows += [show.setting(item) for item in unit.settings]
    rows += [show(stmt) for stmt in unit.body]
    rows += [f"# {json.dumps(item.text, ensure_ascii=False)}{show.at(item.span)}" for item in unit.comments]
    rows += [f"problem {item.line} {item.reason}" for item in unit.problems]
    if spans:
        rows += [f"opaque {_span(item)}" for item in unit.opaque]
        rows += [f"blind {_span(item)}" for item in unit.blind]
    return "\n".join(rows)


def show(node: u.Expression | u.Stmt, spans: bool = False) -> str:
    """One value or statement."""
    return _Shower(spans)(node)


def _span(span: u.Span) -> str:
    return f"{span.line}:{span.col}-{span.end_line}:{span.end_col}"


class _Shower:
    """Writes nodes; `spans` says whether each is followed by its place."""

    def __init__(self, spans: bool) -> None:
        self.spans = spans

    def __call__(self, node: Any) -> str:
        writer = _VALUES.get(type(node)) or _STATEMENTS[type(node)]
        return writer(self, node) + self.at(node.span)

    def at(self, span: u.Span) -> str:
        return f"@{_span(span)}" if self.spans else ""

    def form(self, *parts: str | Iterable[str]) -> str:
        flat: list[str] = []
        for part in parts:
            flat.extend([part] if isinstance(part, str) else part)
        return "(" + " ".join(part for part in flat if part) + ")"

    def all(self, nodes: Iterable[Any]) -> list[str]:
        return [self(node) for node in nodes]

    def maybe(self, node: Any, mark: str = "") -> str:
        return "" if node is None else mark + self(node)

    def body(self, word: str, stmts: tuple[u.Stmt, ...]) -> str:
        return self.form(word, self.all(stmts)) if stmts else ""

    def arg(self, arg: u.Arg) -> str:
        return ("*" if arg.spread else "") + (f"{arg.name}=" if arg.name is not None else "") + self(arg.value)

    def param(self, param: u.Param) -> str:
        mark = {"rest": "*", "keywords": "**", "switch": "!"}.get(param.kind, "")
        text = mark + param.name + (f":{param.type}" if param.type else "") + self.maybe(param.default, "=")
        text += "".join("@" + self(item) for item in param.decorators)
        return text + (f"|{','.join(param.aliases)}" if param.aliases else "") + self.at(param.span)

    def params(self, func: u.Func) -> str:
        return self.form([self.param(item) for item in func.params])

    def func(self, func: u.Func) -> str:
        decorators = ["@" + self(item) for item in func.decorators]
        name = f"{func.owner}.{func.name}" if func.owner else func.name
        word = "def-static" if func.static else "def"
        gives = f"->{func.type}" if func.type else ""
        return self.form(decorators, word, name, self.params(func), gives, self.all(func.body))

    def class_(self, what: u.Class) -> str:
        decorators = ["@" + self(item) for item in what.decorators]
        return self.form(decorators, "class", what.name, self.form(self.all(what.bases)), self.all(what.body))

    def handler(self, item: u.Handler) -> str:
        types = ",".join(item.types) or "*"
        name = f"as {item.name}" if item.name else ""
        return self.form("catch", types, name, self.maybe(item.test, "?"), self.all(item.body)) + self.at(item.span)

    def import_(self, item: u.Import) -> str:
        names = [name if name == local else f"{name}={local}" for name, local in item.names]
        word = "import" if item.kind == "module" else item.kind
        alias = f"as {item.alias}" if item.alias else ""
        return self.form(word, item.module, alias, names) + self.at(item.span)

    def setting(self, item: u.Setting) -> str:
        path = "/".join(item.path)
        value = json.dumps(item.value, ensure_ascii=False)
        return self.form("setting", path + self.at(item.key_span), value + self.at(item.span))


def _text(show: _Shower, node: u.Text) -> str:
    return ("" if node.kind == "plain" else node.kind + ":") + json.dumps(node.value, ensure_ascii=False)


def _mapping(show: _Shower, node: u.Mapping) -> str:
    entries = [show.form(show(item.key), show(item.value)) + show.at(item.span) for item in node.entries]
    return "{" + " ".join(entries + ["**" + show(item) for item in node.spreads]) + "}"


def _call(show: _Shower, node: u.Call) -> str:
    redirect = f"!{node.redirect}" if node.redirect else ""
    args = [show.arg(arg) for arg in node.args]
    return show.form(node.kind, show(node.callee), args, show.maybe(node.piped, "<|"), redirect)


def _if(show: _Shower, node: u.If) -> str:
    arms = [show.form("else" if arm.test is None else show(arm.test), show.all(arm.body)) for arm in node.arms]
    return show.form("if", arms)


def _loop(show: _Shower, node: u.Loop) -> str:
    head = [
        show.maybe(node.target),
        f":{node.type}" if node.type else "",
        show.maybe(node.source, "in "),
        show.maybe(node.test, "?"),
    ]
    return show.form(node.kind, head, show.all(node.body))


def _try(show: _Shower, node: u.Try) -> str:
    handlers = [show.handler(item) for item in node.handlers]
    rest = [show.body("else", node.otherwise), show.body("finally", node.final)]
    return show.form("try", show.all(node.body), handlers, rest)


def _with(show: _Shower, node: u.With) -> str:
    items = [show(value) + show.maybe(target, " as ") for value, target in node.items]
    return show.form("with", show.form(items), show.all(node.body))


def _assign(show: _Shower, node: u.Assign) -> str:
    """The declared type stands behind the targets, unless the value says it."""
    known = isinstance(node.value, u.Unknown) and node.value.reason == "declared"
    return show.form(
        node.op, show.all(node.targets), "" if known or not node.type else f":{node.type}", show(node.value)
    )


def _define(show: _Shower, node: u.Define) -> str:
    return show.func(node.what) if isinstance(node.what, u.Func) else show.class_(node.what)


_VALUES: dict[type, Callable[[_Shower, Any], str]] = {
    u.Text: _text,
    u.Concatenation: lambda show, node: show.form("+", show.all(node.parts)),
    u.Name: lambda show, node: f"{node.scope}:{node.id}" if node.scope else node.id,
    u.Member: lambda show, node: show.form(".", show(node.base), show(node.key)),
    u.Mapping: _mapping,
    u.Seq: lambda show, node: "[" + " ".join(show.all(node.items)) + "]",
    u.Call: _call,
    u.Lambda: lambda show, node: show.form("lambda", show.params(node.func), show.all(node.func.body)),
    u.Conditional: lambda show, node: show.form("choice", show.maybe(node.test, "?"), show.all(node.items)),
    u.Compare: lambda show, node: show.form(node.op, show(node.left), show(node.right)),
    u.BooleanOperation: lambda show, node: show.form(node.op, show.all(node.items)),
    u.Block: lambda show, node: show.form("block", show.all(node.body)),
    u.Unknown: lambda show, node: show.form("unknown", json.dumps(node.reason), show.all(node.parts)),
}

_STATEMENTS: dict[type, Callable[[_Shower, Any], str]] = {
    u.Assign: _assign,
    u.ExpressionStatement: lambda show, node: show.form("expr", show(node.value)),
    u.If: _if,
    u.Loop: _loop,
    u.Try: _try,
    u.With: _with,
    u.Return: lambda show, node: show.form("return", show.maybe(node.value)),
    u.Raise: lambda show, node: show.form("raise", show.maybe(node.value)),
    u.Jump: lambda show, node: show.form(node.kind, show.maybe(node.value)),
    u.Define: _define,
}
