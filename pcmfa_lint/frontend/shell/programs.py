"""Programs that a shell script works with as other languages do with their libraries: what they are given, and what
they give back, in the nodes of every language.

curl collects its data and headers over several options; jq asks for a member; echo writes a text; grep and sed pick
something out of one."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from pcmfa_lint.frontend.shell.files import NOWHERE, content, written, written_to_file
from pcmfa_lint.frontend.shell.options import CURL, JQ, KNOWN, WGET, arguments, first_text, named, plain
from pcmfa_lint.frontend.shell.script import script_of
from pcmfa_lint.frontend.shell.words import joined, literal, texts
from pcmfa_lint.frontend.treesitter import Reader
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import (
    Arg,
    Assign,
    Block,
    Call,
    Concatenation,
    Expression,
    ExpressionStatement,
    Mapping,
    MappingEntry,
    Member,
    Name,
    Seq,
    Span,
    Text,
)

Program = Callable[[Reader, str, list[Node], Span, Expression | None], Expression]
_DATA = ("data", "data-raw", "data-binary", "data-urlencode", "data-ascii", "json", "form", "form-string")
_STATUS = re.compile(r"%\{(?:http_code|response_code)\}")
_PATH = re.compile(r"\.(?:\"([^\"]+)\"|\[\"([^\"]+)\"\]|([A-Za-z_]\w*))|\[\d*\]|\?")
_SET = re.compile(r"\.([A-Za-z_]\w*)\s*=\s*\$(\w+)")
_MADE = re.compile(r"[\"']?([A-Za-z_]\w*)[\"']?\s*:\s*(?:\$(\w+)|\"((?:[^\"\\]|\\.)*)\")")
_JSON_KEY = re.compile(r"(access_token|refresh_token|error_description|error|id_token|accessToken|refreshToken)\b")
_FORMAT = re.compile(r"%[-0-9.]*[sdq]|%%|\\n|\\t|\\r")


def command_call(r: Reader, name: str, args: tuple[Arg, ...], span: Span, piped: Expression | None) -> Call:
    """A call of a program by its name."""
    return Call(Name(name, span), args, span, "command", piped)


def curl(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """A request. Its value is the body, or the whole answer where the status is asked for behind it; where the body
    goes into a file, what is left is the status."""
    args = arguments(r, nodes, CURL)
    data = [part for arg in named(args, *_DATA) for part in _data(r, arg, piped)]
    headers = [arg.value for arg in named(args, "header")]
    rest = [arg for arg in args if arg.name not in (*_DATA, "header", "fail-with-body", "output")]
    if named(args, "fail-with-body"):
        rest.append(replace(named(args, "fail-with-body")[0], name="fail"))
    if headers:
        rest.append(Arg(Seq(tuple(headers), span), span, "header"))
    if data:
        between: list[Expression] = [one for part in data for one in (Text("&", span), part)][1:]
        rest.append(Arg(joined(between, span), span, "data"))
    call = command_call(r, name, tuple(rest), span, None)
    coded = _STATUS.search(first_text(args, "write-out")) is not None
    output = _output(r, nodes)
    if output is not None and r.text(output).strip("'\"") not in NOWHERE:
        stored_output = written_to_file(r, call, output, span)
        left = Member(content(r, output, span), Text("http_code", span), span) if coded else Text("", span)
        return Block((*stored_output, ExpressionStatement(left, span)), span)
    if coded and (output is not None or named(args, "head")):
        return Member(call, Text("http_code", span), span)
    return call if coded or named(args, "include") else Member(call, Text("body", span), span)


def _output(r: Reader, nodes: list[Node]) -> Node | None:
    for number, node in enumerate(nodes[:-1]):
        if node.type == "word" and re.fullmatch(r"-[a-zA-Z]*[oO]|--output|--output-document", r.text(node)):
            return nodes[number + 1]
    return None


def _data(r: Reader, arg: Arg, piped: Expression | None) -> list[Expression]:
    """One piece of a body: text, a file (`@path`), what comes in (`@-`)."""
    written = "".join(texts(arg.value))
    name, mark, path = written.partition("@")
    if not mark or (name and arg.name not in ("data-urlencode", "form")) or not re.fullmatch(r"[\w.]*=?", name):
        return [arg.value]
    if path == "-":
        return [piped] if piped is not None else []
    file = command_call(r, "cat", (Arg(_cut(arg.value, len(name) + 1), arg.span),), arg.span, None)
    field = name.rstrip("=")
    return [joined([Text(field + "=", arg.span), file], arg.span)] if field else [file]


def _cut(value: Expression, length: int) -> Expression:
    if isinstance(value, Text):
        return Text(value.value[length:], value.span)
    if isinstance(value, Concatenation) and isinstance(value.parts[0], Text):
        head = Text(value.parts[0].value[length:], value.parts[0].span)
        return joined([*([head] if head.value else []), *value.parts[1:]], value.span)
    return value


def wget(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """A request that fails where the status does; its value is the body if that goes nowhere else."""
    args = arguments(r, nodes, WGET)
    headers = [arg.value for arg in named(args, "header")]
    rest = [arg for arg in args if arg.name != "header"]
    if headers:
        rest.append(Arg(Seq(tuple(headers), span), span, "header"))
    call = command_call(r, name, tuple(rest), span, None)
    value = Member(call, Text("body", span), span)
    output = _output(r, nodes)
    if output is not None and r.text(output).strip("'\"") not in NOWHERE:
        return Block((*written_to_file(r, call, output, span), ExpressionStatement(Text("", span), span)), span)
    return value


# --- what is made of text -----------------------------------------------------------------------------------------


def jq(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """`jq -r .a.b file` asks for a member; `jq -n '{a: $x}'` makes a mapping."""
    variables, left = _variables(r, nodes)
    args = arguments(r, left, JQ)
    plain = [arg for arg in args if arg.name is None and not arg.spread]
    if not plain:
        return command_call(r, name, args, span, piped)
    program = literal(plain[0].value)
    entries = [
        MappingEntry(Text(key, span), variables[var], span) for key, var in _SET.findall(program) if var in variables
    ]
    if named(args, "null-input") or entries:
        assigned = [
            MappingEntry(Text(key, span), variables.get(var, Text("", span)) if var else Text(text, span), span)
            for key, var, text in _MADE.findall(program)
        ]
        return Mapping(tuple(entries or assigned), (), span)
    file = next((node for node in left[::-1] if r.text(node).strip("'\"") not in ("", program)), None)
    if piped is None and len(plain) > 1 and file is not None:
        piped = content(r, file, span)
    value = piped if piped is not None else Name("input", span)
    values = _members_of(program, value, span)
    if len(values) == 1:
        return values[0]
    input_name = Name("jq", span)  # once for all members
    members = Seq(tuple(_members_of(program, input_name, span)), span)
    return Block((Assign((input_name,), value, span), ExpressionStatement(members, span)), span)


def _variables(r: Reader, nodes: list[Node]) -> tuple[dict[str, Expression], list[Node]]:
    """What `--arg name value` hands in, and the other arguments."""
    by_name: dict[str, Expression] = {}
    left: list[Node] = []
    at = 0
    while at < len(nodes):
        if r.text(nodes[at]) in ("--arg", "--argjson", "--rawfile", "--slurpfile") and at + 2 < len(nodes):
            by_name[r.text(nodes[at + 1])] = r.value(nodes[at + 2])
            at += 3
        else:
            left.append(nodes[at])
            at += 1
    return by_name, left


def _members_of(filter_: str, value: Expression, span: Span) -> list[Expression]:
    """The members that the paths of a filter ask for; the value as it is, where it asks for none."""
    values: list[Expression] = []
    for piece in filter_.split(","):
        member = value
        for match in _PATH.finditer(re.sub(r"\"[^\"\\]*\\\(|\$\w+(?:\.\w+)*", "", piece.partition("//")[0])):
            key = match[1] or match[2] or match[3]
            member = Member(member, Text(key, span, "bare"), span) if key else member
        if member is not value:
            values.append(member)
    return values[:8] or [value]


def echo(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """A text, where somebody takes it; else it is shown."""
    args = plain(r, [node for node in nodes if not re.fullmatch(r"-[neE]+", r.text(node))])
    if not script_of(r).hands_out():
        return command_call(r, name, args, span, None)
    pieces = [one for arg in args for one in (Text(" ", span), arg.value)][1:]
    return joined(pieces, span)


def printf(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """A text with its gaps filled in."""
    args = plain(r, [node for node in nodes if r.text(node) != "--"])
    if not script_of(r).hands_out() or not args:
        return command_call(r, name, args, span, None)
    values = [arg.value for arg in args[1:]]
    operands: list[Expression] = []
    at, form = 0, literal(args[0].value)
    for match in _FORMAT.finditer(form):
        operands.append(Text(form[at : match.start()], args[0].span))
        if match[0][-1] in "sdq" and match[0] != "%%":
            operands.append(values.pop(0) if values else Text("", span))
        elif match[0] in ("\\n", "%%"):
            operands.append(Text("\n" if match[0] == "\\n" else "%", span))
        at = match.end()
    operands += [Text(form[at:], args[0].span), *values]
    visible = [one for one in operands if not (isinstance(one, Text) and not one.value.strip("\n"))]
    return joined(visible or [args[0].value], span)


def pick(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """grep, sed, awk, cut, python -c: a part of what comes in. Where the name of a part is written, that one."""
    if piped is None:
        piped = next((Name(file, span) for node in nodes if (file := written(r, node))), None)
    if piped is None:
        args = arguments(r, nodes, KNOWN.get(name))
        return command_call(r, name, args, span, None)
    command_line = " ".join(r.text(node) for node in nodes)
    if script_of(r).coded and _is_tail(name, command_line):
        return Member(piped, Text("http_code", span), span)
    match = _JSON_KEY.search(command_line)
    return Member(piped, Text(match[1], span), span) if match else piped


def _is_tail(name: str, command_line: str) -> bool:
    if name == "tail":
        return re.search(r"-n\s*1\b|-1\b|-c\s*-?[34]\b", command_line) is not None
    return name in ("sed", "awk", "grep") and re.search(r"\$p|END\s*\{|\.\.\.\$|\[0-9\]\S*\$", command_line) is not None


def same(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """tr, sort, base64, xargs echo: what comes in, in another shape."""
    if piped is not None:
        return piped
    return command_call(r, name, arguments(r, nodes, None), span, None)


def cat(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """The content of a file, or what comes in."""
    files = [node for node in nodes if not re.fullmatch(r"-[A-Za-z]*", r.text(node))]
    if not files:
        return piped if piped is not None else Name("input", span)
    return joined([content(r, node, span) for node in files], span)


def tee(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """Writes what comes in to a file, and hands it on."""
    files = [node for node in nodes if not r.text(node).startswith("-")]
    if piped is None or not files:
        return command_call(r, name, arguments(r, nodes, None), span, piped)
    stored_output = written_to_file(r, piped, files[0], span)
    return Block(
        (
            *stored_output[:1],
            *stored_output[1:],
            ExpressionStatement(Name("file:" + r.text(files[0]).strip("'\""), span), span),
        ),
        span,
    )


def move(r: Reader, name: str, nodes: list[Node], span: Span, piped: Expression | None) -> Expression:
    """A file that the script wrote goes where it stays."""
    files = [node for node in nodes if not re.fullmatch(r"-\w*|--[\w-]+(?:=.*)?", r.text(node))]
    if len(files) < 2 or not (source := written(r, files[-2])):
        return command_call(r, name, arguments(r, nodes, None), span, piped)
    return Block(written_to_file(r, Name(source, span), files[-1], span), span)


PROGRAMS: dict[str, Program] = {
    "curl": curl,
    "wget": wget,
    "jq": jq,
    "echo": echo,
    "printf": printf,
    "print": echo,
    "cat": cat,
    "tee": tee,
    **dict.fromkeys(("mv", "cp", "install"), move),
    **dict.fromkeys(
        ("grep", "egrep", "sed", "awk", "gawk", "cut", "head", "tail", "python", "python3", "perl", "node"), pick
    ),
    **dict.fromkeys(("tr", "sort", "uniq", "base64", "xargs", "iconv", "column", "fold", "rev"), same),
}
