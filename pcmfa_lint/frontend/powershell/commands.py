"""Lowering of PowerShell's commands: parameters, splats, pipelines, redirections, `New-Object` and what is imported."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend import dotnet_collections
from pcmfa_lint.frontend.curly_braces import constant
from pcmfa_lint.frontend.powershell.expressions import arguments, suffixed
from pcmfa_lint.frontend.treesitter import Reader, child, parts
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    BooleanOperation,
    Call,
    Concatenation,
    Expression,
    Import,
    Lambda,
    Mapping,
    Name,
    Seq,
    Span,
    Text,
    Unknown,
)

ALL = (("*", "*"),)
_RANGE = re.compile(r"-?\d+\.\.-?\d+")  # the grammar takes 1..9 for a command
_WITH_VALUE = re.compile(r"(?P<name>[^=\"']+)(?:=|(?=[\"']))(?P<quote>[\"']?)(?P<value>.*?)(?P=quote)", re.DOTALL)
_STREAMS = {"2": "errors", "*": "all"}


def pipeline(r: Reader, node: Node) -> Expression:
    """`a | b && c`: what comes before a `|` is piped into the call behind it."""
    kids = parts(node)
    if not kids:
        return r.unknown("pipeline", node)
    value, operator = r.value(kids[0]), ""
    for kid in r.limited(node, kids[1:]):
        if kid.type == "pipeline_chain_tail":
            operator = r.text(kid)
            continue
        right = r.value(kid)
        value = BooleanOperation("and" if operator == "&&" else "or", (value, right), r.span(node))
    return value


def chain(r: Reader, node: Node) -> Expression:
    """`a | b | c`"""
    head, *rest = parts(node)
    value = r.value(head)
    for kid in r.limited(node, rest):
        value = _redirected(r, value, kid) if kid.type == "redirections" else _piped(value, r.value(kid))
    return value


def _piped(value: Expression, into: Expression) -> Expression:
    span = Span(value.span.line, value.span.col, into.span.end_line, into.span.end_col)
    if not isinstance(into, Call):
        return Unknown("pipe", (value, into), span)
    if into.piped is not None:  # its output goes to a file: the call itself is what comes before
        value = _piped(value, into.piped)
    return replace(into, piped=value, span=span)


def command(r: Reader, node: Node) -> Expression:
    """One command."""
    invoked = child(node, "command_invocation_operator")
    sourced = invoked is not None and r.text(invoked) == "."
    name = child(node, "command_name", "command_name_expr")
    callee: Expression = Name("", r.span(node)) if name is None else _callee(r, name)
    args, redirect, outputs = _Arguments(r).read(child(node, "command_elements"))
    if isinstance(callee, Name) and _RANGE.fullmatch(callee.id):
        return Unknown("..", tuple(Text(end, callee.span, "number") for end in callee.id.split("..")), callee.span)
    call = Call(callee, args, r.span(node), "command", None, redirect)
    if sourced and not isinstance(callee, Lambda):
        _import_source(r, callee, call.span)
    elif isinstance(callee, Name):
        lowered = callee.id.lower()
        if lowered == "new-object":
            return _new_object(call)
        if lowered in ("import-module", "ipmo"):
            _import_modules(r, call)
    return _to_files(call, outputs, call.span)


def _callee(r: Reader, node: Node) -> Expression:
    kids = parts(node)
    if not kids:
        return Name(r.text(node), r.span(node))
    value = r.value(kids[0])
    return Name(value.value, value.span) if isinstance(value, Text) else value


def _is_glued_parameter(r: Reader, kid: Node) -> bool:
    parent = kid.parent
    return (
        parent is not None
        and parent.type == "concatenated_command_argument"
        and _begins_parameter(r, parent.named_children)
    )


def _begins_parameter(r: Reader, kids: list[Node]) -> bool:
    """Whether the second of two glued pieces is a parameter: `'text'-Name`."""
    return len(kids) == 2 and kids[0].type == "string_literal" and re.match(r"-[A-Za-z]+$", r.text(kids[1])) is not None


class _Arguments:
    """Reads the elements of one command. Whether a parameter is a switch is the catalog's to know: what stands behind
    a parameter is taken for its value."""

    def __init__(self, r: Reader) -> None:
        self.r = r
        self.args: list[Arg] = []
        self.redirect = ""
        self.outputs: list[Expression] = []  # files that the output goes to
        self.open: tuple[str, Node] | None = None  # a parameter that waits for its value
        self.last: Node | None = None

    def read(self, node: Node | None) -> tuple[tuple[Arg, ...], str, list[Expression]]:
        for kid in node.children if node is not None else ():
            if kid.type == "command_argument_sep" or (kid.is_extra and kid.type != "ERROR"):
                continue
            self._element(kid)
            self.last = kid
        self._close()
        return tuple(self.args), self.redirect, self.outputs

    def _element(self, kid: Node) -> None:
        r = self.r
        if kid.type == "command_parameter" or (kid.type == "generic_token" and _is_glued_parameter(r, kid)):
            self._close()
            self._parameter(kid)
        elif kid.type == "redirection":
            self._close()
            self._redirection(kid)
        elif kid.type == "redirections":
            for item in parts(kid):
                self._element(item)
        elif (
            kid.type == "argument_list" and self.last is not None and self.last.end_byte == kid.start_byte and self.args
        ):
            self._call_behind(kid)
        elif r.text(kid).startswith("@") and r.text(kid)[1:2] not in "({'\"":
            self._close()
            value = r.value(kid)
            self.args.append(Arg(value, r.span(kid), spread=True))
        elif kid.type == "argument_list":
            items = arguments(r, kid)
            value = items[0].value if len(items) == 1 else Seq(tuple(item.value for item in items), r.span(kid))
            self._give(value, kid)
        elif kid.type == "concatenated_command_argument" and _begins_parameter(r, kid.named_children):
            for part in kid.named_children:  # `'text'-Name value`: a quoted argument ends at its quote
                self._element(part)
        elif kid.is_named:
            self._give(r.value(kid), kid)

    def _parameter(self, kid: Node) -> None:
        """`-Name`, or `--name=value`, `-n"value"` of a native command."""
        start, end = self.r.range(kid)
        written = self.r.source[start:end]
        parted = _WITH_VALUE.fullmatch(written)
        if parted is None:
            self.open = (_bare_name(written), kid)
            return
        name, value = parted["name"], parted["value"]
        at = start + parted.start("value")
        self.r.opaque.append((at, end))
        text = Text(value, self.r.place(at, end), "bare")
        self.args.append(Arg(text, self.r.span(kid), _bare_name(name)))

    def _give(self, value: Expression, kid: Node) -> None:
        if self.open is None:
            self.args.append(Arg(value, self.r.span(kid)))
            return
        name, at = self.open
        self.open = None
        self.args.append(Arg(value, self.r.place(self.r.range(at)[0], self.r.range(kid)[1]), name))

    def _close(self) -> None:
        """The open parameter had no value: a switch."""
        if self.open is not None:
            name, at = self.open
            span = self.r.span(at)
            self.args.append(Arg(constant("True", span), span, name))
            self.open = None

    def _call_behind(self, kid: Node) -> None:
        """`$x.m(1)`, `Type($a)`: the parentheses belong to the argument before them."""
        last = self.args.pop()
        listed = last.value.items if isinstance(last.value, Seq) else ()
        callee = listed[-1] if listed else last.value
        span = Span(callee.span.line, callee.span.col, *_end(self.r.span(kid)))
        value = suffixed(self.r, Call(callee, arguments(self.r, kid), span), kid)
        if listed:
            value = Seq((*listed[:-1], value), Span(last.value.span.line, last.value.span.col, *_end(value.span)))
        self.args.append(replace(last, value=value, span=Span(last.span.line, last.span.col, *_end(span))))

    def _redirection(self, kid: Node) -> None:
        kids = parts(kid)
        operator = self.r.text(kids[0])
        if kids[0].type == "merging_redirection_operator":
            self.redirect = "errors-to-output" if operator[0] in _STREAMS else self.redirect
            return
        target = self.r.value(parts(kids[1])[-1]) if len(kids) > 1 else constant("None", self.r.span(kid))
        dropped = isinstance(target, Text) and target.kind == "constant"
        stream = _STREAMS.get(operator[0])
        if stream is not None:
            self.redirect = f"drop-{stream}" if dropped else "to-file"
        if not dropped and operator[0] in "*>":
            self.outputs.append(target)


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_col


def _bare_name(written: str) -> str:
    return written.lstrip("-\u2013\u2014\u2015").rstrip(":")


def _to_files(value: Expression, outputs: list[Expression], span: Span) -> Expression:
    """`a > file` is `a | Out-File file`."""
    for target in outputs:
        value = Call(Name("Out-File", target.span), (Arg(target, target.span, "FilePath"),), span, "command", value)
    return value


def _redirected(r: Reader, value: Expression, node: Node) -> Expression:
    """An expression whose output goes to a file."""
    return _to_files(value, _Arguments(r).read(node)[2], r.span(node))


def _parameter(call: Call, name: str, shortest: int) -> Arg | None:
    """A parameter that may be abbreviated, but not below `shortest` letters."""
    for arg in call.args:
        switch = (arg.name or "").lower()
        if len(switch) >= shortest and name.lower().startswith(switch):
            return arg
    return None


def _new_object(call: Call) -> Expression:
    """`New-Object X $a, $b`, `New-Object -TypeName X -ArgumentList $a, $b`, `New-Object X($a, $b)` construct an X; the
    entries of `-Property` are named arguments, spread."""
    type_arg, list_arg = _parameter(call, "TypeName", 1), _parameter(call, "ArgumentList", 1)
    members = _parameter(call, "Property", 1)
    positional = [arg for arg in call.args if arg.name is None and not arg.spread]
    if type_arg is None and _parameter(call, "ComObject", 3) is None and positional:
        type_arg = positional.pop(0)
    if list_arg is None and positional:
        list_arg = positional.pop(0)
    if type_arg is None:
        return call
    type_: Expression = type_arg.value
    args: tuple[Arg, ...] = ()
    if isinstance(type_, Call):
        args = type_.args
        type_ = type_.callee
    if list_arg is not None:
        items = list_arg.value.items if isinstance(list_arg.value, Seq) else (list_arg.value,)
        args = (*args, *(Arg(item, item.span) for item in items))
    rest = tuple(
        replace(arg, name=None, spread=True) if arg is members else arg
        for arg in call.args
        if arg is not type_arg and arg is not list_arg
    )
    if isinstance(type_, Text) and (made := dotnet_collections.made(type_.value, args, call.span)) is not None:
        return made
    callee = Name(type_.value, type_.span) if isinstance(type_, Text) else type_
    return replace(call, callee=callee, args=(*args, *rest), kind="new")


# --- imports ----------------------------------------------------------------------------------------------------------


def _import_source(r: Reader, path: Expression, span: Span) -> None:
    """Dot-sourcing."""
    tail = static_tail(path)
    if tail:
        r.imports.append(Import(tail, span, kind="source"))


def _import_modules(r: Reader, call: Call) -> None:
    named = _parameter(call, "Name", 1) or next((arg for arg in call.args if arg.name is None and not arg.spread), None)
    if named is None:
        return
    items = named.value.items if isinstance(named.value, Seq) else (named.value,)
    for item in items:
        tail = static_tail(item)
        if tail:
            r.imports.append(Import(tail, call.span, ALL))


def static_tail(path: Expression) -> str:
    """The known end of a path, with `/`: `"$PSScriptRoot\\lib.ps1"` → `lib.ps1`."""
    pieces, is_complete = _static(path)
    tail = "".join(pieces).replace("\\", "/")
    return tail if is_complete else tail.lstrip("/")


def _static(path: Expression) -> tuple[list[str], bool]:
    """The static texts at the end of a path, and whether they are all of it."""
    if isinstance(path, Text):
        return ([path.value], True) if path.kind in ("plain", "bare") else ([], False)
    if isinstance(path, Name) and re.search(r"[./\\]", path.id):
        return [path.id], True
    if isinstance(path, Concatenation):
        return _static_end(list(path.parts))
    if isinstance(path, Call) and isinstance(path.callee, Name) and path.callee.id.lower() == "join-path":
        args = [arg for arg in path.args if not arg.spread and not _is_switch(arg)]
        named = {(arg.name or "").lower(): arg.value for arg in args if arg.name}
        placed = [arg.value for arg in args if arg.name is None]
        base = next((value for name, value in named.items() if name and "path".startswith(name)), None)
        children_ = [value for name, value in named.items() if name and "childpath".startswith(name)]
        ends = [value for values in (([base] if base else []), placed, children_) for value in values]
        ends = [part for end in ends for part in (end.items if isinstance(end, Seq) else (end,))]
        slash = Text("/", path.span)
        return _static_end([part for end in ends for part in (slash, end)][1:])
    return [], False


def _is_switch(arg: Arg) -> bool:
    return isinstance(arg.value, Text) and arg.value.kind == "constant"


def _static_end(pieces: list[Expression]) -> tuple[list[str], bool]:
    names: list[str] = []
    for piece in reversed(pieces):
        texts, is_complete = _static(piece)
        names = texts + names
        if not is_complete:
            return names, False
    return names, True


def using(r: Reader, node: Node) -> tuple[()]:
    """`using module X`; other kinds of `using` say nothing of what runs."""
    if any(kid.type.lower() == "module" for kid in node.children):
        for kid in parts(node):
            name = _module_name(r, kid)
            if name:
                r.imports.append(Import(name, r.span(node), ALL))
    return ()


def requires(r: Reader, node: Node) -> tuple[()]:
    """`#requires -Modules A, B`"""
    names_modules = False
    for argument in (kid for group in parts(node) for kid in parts(group)):
        first = parts(argument)
        if first and first[0].type == "command_parameter":
            names_modules = "modules".startswith(_bare_name(r.text(first[0])).lower())
        elif names_modules and first:
            r.imports.append(Import(_module_name(r, first[0]), r.span(argument), ALL))
    return ()


def _module_name(r: Reader, node: Node) -> str:
    if node.type == "type_name":
        return r.text(node)
    value = r.value(node)
    if isinstance(value, Mapping):
        named = (
            entry.value
            for entry in value.entries
            if isinstance(entry.key, Text) and entry.key.value.lower() == "modulename"
        )
        value = next(named, value)
    return static_tail(value)
