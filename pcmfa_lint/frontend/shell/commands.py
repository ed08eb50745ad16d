"""Commands of a shell: builtins that are statements, programs, functions of the script; pipes and redirections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.shell.assignments import assignment, may_fail, scope
from pcmfa_lint.frontend.shell.files import given_files, written_to_file
from pcmfa_lint.frontend.shell.options import CURL, KNOWN, arguments, plain, words_of
from pcmfa_lint.frontend.shell.programs import PROGRAMS, command_call
from pcmfa_lint.frontend.shell.script import script_of
from pcmfa_lint.frontend.shell.words import WORDS, heredoc, read_file, texts
from pcmfa_lint.frontend.treesitter import Reader, child, children, parts
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    Call,
    Concatenation,
    Expression,
    ExpressionStatement,
    Handler,
    Import,
    Jump,
    Loop,
    Member,
    Name,
    Raise,
    Return,
    Seq,
    Span,
    Stmt,
    Text,
    Try,
    Unknown,
)

_PREFIXES = ("time", "sudo", "env", "exec", "nohup", "command", "builtin", "timeout", "nice", "eval", "doas")
_AROUND = frozenset(  # words before a command, with words of their own in between
    (
        *("xargs", "parallel", "watch", "flock", "ssh", "find", "retry", "proxychains", "proxychains4", "torsocks"),
        *(
            "gosu",
            "su-exec",
            "runuser",
            "systemd-run",
            "chronic",
            "setsid",
            "stdbuf",
            "ionice",
            "unbuffer",
            "systemd-cat",
        ),
    )
)
_SENDERS = frozenset(("curl", "wget", "http", "https", "xh"))
_VALUED = ("-u", "-g", "-k", "-n", "-s", "--user", "--group", "--signal")  # of these, with a value
_TELLS = re.compile(r">&2|/dev/stderr|\blogger\b|\b(?:log|err|error|warn|fatal)\w*\b")
_SETTINGS = (".env", ".conf", ".cfg", ".ini", ".properties")
Builtin = Callable[[Reader, list[Node], Span, "Expression | None"], "tuple[Stmt, ...]"]


def command(r: Reader, node: Node) -> Expression:
    """A command without what is piped into it."""
    return run(r, node, None)


def run(r: Reader, node: Node, piped: Expression | None) -> Expression:
    """The value of a command: what it writes. What is a statement rather than a value is a block."""
    first = tuple(stmt for kid in children(node, "variable_assignment") for stmt in assignment(r, kid))
    nodes = words_of(node)
    for kid in children(node, "herestring_redirect"):
        piped = r.value(parts(kid)[-1]) if parts(kid) else piped
    for kid in children(node, "file_redirect"):
        if kid.children[0].type == "<" or (len(kid.children) > 1 and kid.children[1].type == "<"):
            piped = read_file(r, kid, parts(kid)[-1])
    named = child(node, "command_name")
    span = r.span(node)
    name, nodes, own = _name(r, named, nodes)
    if name in _BUILTINS:
        return Block((*first, *_BUILTINS[name](r, nodes, span, piped)), span)
    value = _program(r, name, own, nodes, span, piped)
    return value if not first else Block((*first, *statements(r, value, span)), span)


def _name(r: Reader, named: Node | None, nodes: list[Node]) -> tuple[str, list[Node], Expression | None]:
    """What a command is called: behind words such as `sudo`, or as a variable holds it."""
    if named is None:
        return "", nodes, None
    name = r.text(named).strip("\"'").rpartition("/")[2]
    while name in _PREFIXES and nodes:
        while nodes and re.match(r"-|\d+[smh]?$|\w+=", r.text(nodes[0])):
            nodes = nodes[2 if r.text(nodes[0]) in _VALUED else 1 :]
        if not nodes:
            break
        name, nodes = _program_name(r, nodes[0]), nodes[1:]
    if name in _AROUND:
        at = next((number for number, kid in enumerate(nodes) if _program_name(r, kid) in _SENDERS), -1)
        name, nodes = (_program_name(r, nodes[at]), nodes[at + 1 :]) if at >= 0 else (name, nodes)
    if name.startswith("$"):
        literal = script_of(r).literals.get(name.strip("${}"), "")
        return literal.split(" ")[0].rpartition("/")[2], nodes, r.value(named)
    return name, nodes, None


def _program_name(r: Reader, node: Node) -> str:
    return r.text(node).strip("\"'").rpartition("/")[2]


def _program(
    r: Reader, name: str, own: Expression | None, nodes: list[Node], span: Span, piped: Expression | None
) -> Expression:
    script = script_of(r)
    if name in script.functions:
        function = script.functions[name]
        args = arguments(r, nodes, CURL) if _passes_on(r, function) else plain(r, nodes)
        return Call(Name(name, span), args, span, "command", piped)
    if name in PROGRAMS:
        return PROGRAMS[name](r, name, nodes, span, piped)
    if not name and own is not None:
        return Unknown("command", (own, *(r.value(kid) for kid in nodes)), span)
    args = arguments(r, nodes, KNOWN.get(name))
    return command_call(r, name, tuple(given_files(r, args, nodes)), span, piped)


def _passes_on(r: Reader, function: Node) -> bool:
    """Whether a function hands its arguments on to curl."""
    return re.search(r"\bcurl\b[^\n|;]*(\\\n[^\n|;]*)*\"?\$\{?@", r.text(function)) is not None


def statements(r: Reader, value: Expression, span: Span) -> tuple[Stmt, ...]:
    """A command as statements. What a function writes is what it gives back."""
    if isinstance(value, Block):
        return value.body
    script = script_of(r)
    if script.function and not script.captures and script.hands_out():
        return (ExpressionStatement(Unknown("yield", (value,), span), span),)
    if not script.captures and isinstance(value, (Member, Concatenation)):  # nobody takes it: it is shown
        value = command_call(r, "echo", (Arg(value, span),), span, None)
    return (ExpressionStatement(value, span),)


# --- builtins ---------------------------------------------------------------------------------------------------------


def _exit(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
    return (Jump("exit", span, r.value(nodes[0]) if nodes else None),)


def _return(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
    """`return 1` fails, `return 0` does not. What failed is only known where something is said of it before."""
    status = r.text(nodes[0]) if nodes else "0"
    if not status.isdigit() or status == "0":
        return (Return(None, span),)
    before = nodes[0].parent.prev_named_sibling if nodes[0].parent is not None else None
    reports = before is not None and _TELLS.search(r.text(before)) is not None
    return (Raise(None if reports else Text(status, span, "number"), span),)


def _set(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
    """`set -e`, `set +e`, `set -o errexit`: whether a command that fails ends the script."""
    words = [r.text(node) for node in nodes]
    on = any(re.match(r"-[a-z]*e", word) and word[1] != "-" for word in words) or "errexit" in words
    off = any(re.match(r"\+[a-z]*e", word) for word in words)
    if not on and not off:
        return ()
    return (Assign((Name("errexit", span, "global"),), Text("off" if off else "on", span), span),)


def _shift(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
    count = r.text(nodes[0]) if nodes else "1"
    script_of(r).shifted += int(count) if count.isdigit() and len(count) < 3 else 0
    return ()


def _source(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
    """`source ./lib.sh`, `. "$(dirname "$0")/lib.sh"`"""
    if nodes:
        pieces = list(texts(r.value(nodes[0])))
        tail = pieces[-1] if pieces else ""
        tail = tail.lstrip("/") if len(pieces) > 1 or "$" in r.text(nodes[0]) else tail
        if tail and not tail.endswith(_SETTINGS):
            r.imports.append(Import(tail.removeprefix("./"), span, kind="source"))
    return ()


def _read(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
    """`read -r x y`: from what comes in, else from whoever sits there."""
    targets = read_targets(r, nodes)
    prompts = [r.value(node) for node in nodes if node.type in ("string", "raw_string")]
    source = Call(Name("read", span), tuple(Arg(one, one.span, "p") for one in prompts), span, "command")
    value = piped if piped is not None else source
    return (Assign((target_of(targets, span),), value, span),)


def read_targets(r: Reader, nodes: list[Node]) -> list[Name]:
    """The variables that `read` fills."""
    targets: list[Name] = []
    skip = False
    for node in nodes:
        written = r.text(node)
        if skip or not re.fullmatch(r"[A-Za-z_]\w*", written):
            skip = re.fullmatch(r"-[a-z]*[adinNptu]", written) is not None and not skip
            continue
        targets.append(Name(written, r.span(node), scope(script_of(r), written)))
    return targets or [Name("REPLY", r.span(nodes[0]))] if nodes else []


def target_of(targets: list[Name], span: Span) -> Expression:
    """One variable, or several that share what is read."""
    if not targets:
        return Name("REPLY", span)
    return targets[0] if len(targets) == 1 else Seq(tuple(targets), span)


def _nothing(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
    return tuple(ExpressionStatement(r.value(node), span) for node in nodes if node.type in ("string", "expansion"))


def _jump(kind: str) -> Builtin:
    def build(r: Reader, nodes: list[Node], span: Span, piped: Expression | None) -> tuple[Stmt, ...]:
        return (Jump("break" if kind == "break" else "continue", span),)

    return build


_BUILTINS: dict[str, Builtin] = {
    "exit": _exit,
    "return": _return,
    "set": _set,
    "shift": _shift,
    "source": _source,
    ".": _source,
    "read": _read,
    "break": _jump("break"),
    "continue": _jump("continue"),
    **dict.fromkeys((":", "trap", "unset", "shopt", "cd", "wait", "umask", "ulimit", "hash", "setopt"), _nothing),
}


# --- pipes and redirections -------------------------------------------------------------------------------------------


def pipeline(r: Reader, node: Node) -> Expression:
    """`a | b | c`: what the left writes comes into the right. A failure of the left is lost, unless the script says
    otherwise."""
    script = script_of(r)
    steps = r.limited(node, parts(node))
    value: Expression | None = None
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        script.captures += not last
        try:
            value = piped_into(r, step, value)
        finally:
            script.captures -= not last
        if not last and not script.pipefail and _can_fail(r, value):
            lost = Try((ExpressionStatement(value, value.span),), (Handler((), "", (), value.span),), value.span)
            value = Block((lost,), value.span)
    return value if value is not None else r.unknown("pipeline", node)


def _can_fail(r: Reader, value: Expression) -> bool:
    own = isinstance(value, Call) and isinstance(value.callee, Name) and value.callee.id in script_of(r).functions
    return own or may_fail(value)


def piped_into(r: Reader, node: Node, piped: Expression | None) -> Expression:
    """One step of a pipe."""
    if node.type == "command":
        return run(r, node, piped)
    if node.type == "redirected_statement":
        return redirected(r, node, piped)
    if node.type in ("while_statement", "for_statement"):
        return Block(tuple(loop(r, node, piped)), r.span(node))
    if node.type in ("compound_statement", "subshell", "if_statement", "case_statement"):
        first: tuple[Stmt, ...] = ()
        if piped is not None:
            first = (Assign((Name("input", r.span(node)),), piped, r.span(node)),)
        return Block((*first, *r.block([node])), r.span(node))
    return r.value(node)


def loop(r: Reader, node: Node, piped: Expression | None = None) -> Iterator[Stmt]:
    """`while read -r x; do …; done` runs over what comes in."""
    from pcmfa_lint.frontend.shell.statements import while_

    tests = [kid for kid in node.children_by_field_name("condition") if kid.is_named]
    named = child(tests[-1], "command_name") if tests and tests[-1].type == "command" else None
    if node.type == "while_statement" and named is not None and r.text(named) == "read":
        span = r.span(node)
        target = target_of(read_targets(r, words_of(tests[-1])), span)
        body = node.child_by_field_name("body")
        stmts = r.block([body]) if body is not None else ()
        yield Loop("for", stmts, span, target=target, source=piped if piped is not None else Name("input", span))
    else:
        yield from while_(r, node)


def redirected(r: Reader, node: Node, piped: Expression | None = None) -> Expression:
    """A command with what it reads and where it writes."""
    body = node.child_by_field_name("body")
    outputs: list[tuple[Node, str]] = []
    extra: list[Node] = []
    after: list[Node] = []
    redirects = children(node, "file_redirect", "heredoc_redirect", "herestring_redirect")
    for kid in redirects:
        if kid.type == "herestring_redirect":
            piped = r.value(parts(kid)[-1]) if parts(kid) else piped
        elif kid.type == "heredoc_redirect":
            piped = heredoc(r, kid) or piped
            inner = parts(kid)
            extra += [one for one in inner if one.type in WORDS]
            after += [one for one in inner if one.type == "pipeline"]
            outputs += [output for one in children(kid, "file_redirect") for output in _output(r, one)]
        elif any(one.type == "<" for one in kid.children):
            piped = read_file(r, kid, parts(kid)[-1])
        else:
            outputs += _output(r, kid)
    span = r.span(node)
    script = script_of(r)
    to_file = [target for target, kind in outputs if kind == "file"]
    to_errors = any(kind == "errors" for _, kind in outputs)
    if body is None:
        return r.unknown("redirect", node, *parts(node)) if piped is None else piped
    function, captures = script.function, script.captures
    if to_errors:
        script.function, script.captures = "", 0
    script.captures += bool(to_file or after)
    value = _body(r, body, piped, extra)
    script.function, script.captures = function, captures
    for kid in after:
        value = _rest_of_pipe(r, kid, value)
    if to_file:
        return Block(written_to_file(r, value, to_file[0], span), span)
    return Block((ExpressionStatement(value, span),), span) if to_errors and not isinstance(value, Block) else value


def _rest_of_pipe(r: Reader, node: Node, value: Expression) -> Expression:
    for step in parts(node):
        value = piped_into(r, step, value)
    return value


def _body(r: Reader, node: Node, piped: Expression | None, extra: list[Node]) -> Expression:
    if node.type == "command" and extra:
        named = child(node, "command_name")
        name, nodes, own = _name(r, named, [*words_of(node), *extra])
        return _program(r, name, own, nodes, r.span(node), piped)
    if node.type == "pipeline":
        return pipeline(r, node)
    return piped_into(r, node, piped)


def _output(r: Reader, node: Node) -> Iterator[tuple[Node, str]]:
    """Where a redirection leads: `file`, or `errors`, where somebody may look."""
    stream = next((r.text(kid) for kid in children(node, "file_descriptor")), "1")
    operator = next((kid.type for kid in node.children if not kid.is_named), ">")
    target = node.child_by_field_name("destination")
    if target is None or stream == "2":
        return
    if operator == ">&" and r.text(target) in ("2", "1"):
        yield target, "errors" if r.text(target) == "2" else ""
    elif r.text(target) in ("/dev/stderr", "/dev/tty"):
        yield target, "errors"
    elif operator in (">", ">>", "&>", "&>>", ">|"):
        yield target, "file"
