"""Options of commands as named arguments: `-sSfX POST`, `--data=x`, `-uname`, and what an array of them holds.

Which options take a value is known of the programs that send requests, whose options may be written in one word; of
any other program what follows an option is taken for its value, and the catalog says which have none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from pcmfa_lint.frontend.curly_braces import constant
from pcmfa_lint.frontend.shell.script import script_of
from pcmfa_lint.frontend.shell.words import texts
from pcmfa_lint.frontend.treesitter import Reader, child, parts
from pcmfa_lint.ir.frozen import dataclass
from pcmfa_lint.ir.nodes import Arg, Concatenation, Expression, Name, Span, Text


@dataclass(frozen=True, slots=True)
class CommandOptions:
    """`short`: letters that take a value. `switches`: long options that take none. `long`: full names of letters."""

    short: str
    switches: frozenset[str]
    long: dict[str, str]


CURL = CommandOptions(
    "AbcCdDeEFHhKmoPQrtTuUwxXyYz",
    frozenset(
        [
            "fail",
            "fail-with-body",
            "silent",
            "show-error",
            "location",
            "insecure",
            "include",
            "head",
            "get",
            "globoff",
            "verbose",
            "compressed",
            "netrc",
            "json-off",
            "retry-all-errors",
            "retry-connrefused",
            "http1.1",
            "http2",
            "ipv4",
            "ipv6",
            "no-buffer",
            "remote-name",
            "basic",
            "tlsv1.2",
            "parallel",
        ]
    ),
    {
        "d": "data",
        "H": "header",
        "X": "request",
        "u": "user",
        "f": "fail",
        "w": "write-out",
        "o": "output",
        "F": "form",
        "K": "config",
        "G": "get",
        "n": "netrc",
        "I": "head",
        "L": "location",
        "s": "silent",
        "S": "show-error",
        "k": "insecure",
        "i": "include",
        "v": "verbose",
        "O": "remote-name",
        "m": "max-time",
    },
)
WGET = CommandOptions(
    "aoOTtUeiBPDlQRAX",
    frozenset(("quiet", "no-check-certificate", "content-on-error", "verbose", "no-verbose", "continue")),
    {"O": "output-document", "q": "quiet", "t": "tries", "T": "timeout", "S": "server-response"},
)
JQ = CommandOptions(
    "fL",
    frozenset(("raw-output", "null-input", "compact-output", "exit-status", "raw-input", "slurp", "join-output")),
    {"r": "raw-output", "n": "null-input", "c": "compact-output", "e": "exit-status", "R": "raw-input", "s": "slurp"},
)
HTTPIE = CommandOptions(
    "aAops",
    frozenset(
        (
            *(
                "json",
                "form",
                "multipart",
                "headers",
                "body",
                "meta",
                "verbose",
                "all",
                "stream",
                "download",
                "continue",
            ),
            *("quiet", "follow", "check-status", "ignore-stdin", "offline", "ignore-netrc", "debug", "compress"),
            *("path-as-is", "chunked", "traceback"),
        )
    ),
    {"a": "auth", "A": "auth-type", "o": "output", "I": "ignore-stdin", "F": "follow", "f": "form", "j": "json"},
)
KNOWN = {"curl": CURL, "wget": WGET, "jq": JQ, "xh": CURL, "http": HTTPIE, "https": HTTPIE}
NAME = 4  # letters of an option with one dash, of which nobody knows whether it has a value in the same word
_LONG = re.compile(r"--([A-Za-z][\w.-]*)(=)?")
_SHORT = re.compile(r"-([A-Za-z])")
_SPREAD = re.compile(r"[\"']?\$\{?(\w+|@|\*)(?:\[[@*]\])?\}?[\"']?")


def arguments(r: Reader, nodes: list[Node], options: CommandOptions | None) -> tuple[Arg, ...]:
    """The arguments of a command. `options`: of the program, if they are known."""
    return tuple(_Parsed(r, nodes, options).args())


def plain(r: Reader, nodes: list[Node]) -> tuple[Arg, ...]:
    """Arguments by their places only, as a function gets them."""
    return tuple(arg for node in _expanded(r, nodes) for arg in _placed(r, node))


def _expanded(r: Reader, nodes: list[Node]) -> Iterator[Node]:
    """The arguments, with the items of arrays in their places."""
    arrays = script_of(r).arrays
    for node in nodes:
        match = _SPREAD.fullmatch(r.text(node))
        if match is not None and match[1] in arrays:
            yield from arrays[match[1]]
        else:
            yield node


def _placed(r: Reader, node: Node) -> Iterator[Arg]:
    """One argument; all that the function was given, for `"$@"`."""
    span, match = r.span(node), _SPREAD.fullmatch(r.text(node))
    if match is None or match[1] not in ("@", "*"):
        yield Arg(r.value(node), span)
        return
    script = script_of(r)
    for number in range(script.shifted + 1, script.places + 1):
        yield Arg(Name(str(number), span), span)
    yield Arg(Name("@", span), span, spread=True)
    yield Arg(Name("@@", span), span, spread=True)


class _Parsed:
    def __init__(self, r: Reader, nodes: list[Node], options: CommandOptions | None) -> None:
        self.r, self.options = r, options
        self.nodes = list(_expanded(r, nodes))
        self.at = 0

    def args(self) -> Iterator[Arg]:
        while self.at < len(self.nodes):
            node = self.nodes[self.at]
            self.at += 1
            written = self.r.text(node)
            if node.type in ("word", "concatenation") and (option := _LONG.match(written)):
                yield self._long(node, option)
            elif node.type in ("word", "concatenation") and _SHORT.match(written):
                yield from self._short(node, written)
            else:
                yield from _placed(self.r, node)

    def _long(self, node: Node, match: re.Match[str]) -> Arg:
        name, span = match[1], self.r.span(node)
        if match[2]:
            return Arg(self._rest(node, len(match[0])), span, name)
        if self.options is not None and name in self.options.switches:
            return Arg(constant("True", span), span, name)
        return self._with_next(node, name)

    def _short(self, node: Node, written: str) -> Iterator[Arg]:
        """A cluster of letters, of which the last may have a value; with it in one word."""
        span = self.r.span(node)
        if self.options is None:
            name = written[1:].partition("=")[0]
            if len(name) > NAME or name != written[1:]:  # it may have its value in it
                self.r.opaque.append(self.r.range(node))
            yield self._with_next(node, name)
            return
        for number, letter in enumerate(written[1:], 2):
            name = self.options.long.get(letter, letter)
            if letter in self.options.short:
                yield (
                    Arg(self._rest(node, number), span, name) if number < len(written) else self._with_next(node, name)
                )
                return
            if not letter.isalpha():
                return
            yield Arg(constant("True", span), span, name)

    def _with_next(self, node: Node, name: str) -> Arg:
        """An option with the word that follows as its value; with none, it is a switch."""
        span = self.r.span(node)
        following = self.nodes[self.at] if self.at < len(self.nodes) else None
        guessed = self.options is None or name not in self.options.long.values()
        if following is None or (guessed and self.r.text(following).startswith("-") and following.type == "word"):
            return Arg(constant("True", span), span, name)
        self.at += 1
        end = self.r.span(following)
        return Arg(self.r.value(following), Span(span.line, span.col, end.end_line, end.end_col), name)

    def _rest(self, node: Node, length: int) -> Expression:
        """The value behind an option in the same word."""
        start, end = self.r.range(node)
        self.r.opaque.append((start + length, end))
        value = self.r.value(node)
        pieces = value.parts if isinstance(value, Concatenation) else (value,)
        left: list[Expression] = []
        for piece in pieces:
            if length and isinstance(piece, Text):
                cut = min(length, len(piece.value))
                length -= cut
                if len(piece.value) > cut:
                    left.append(Text(piece.value[cut:], piece.span, piece.kind))
            else:
                left.append(piece)
        if len(left) == 1:
            return left[0]
        return Concatenation(tuple(left), value.span) if left else Text("", value.span)


def named(args: tuple[Arg, ...], *names: str) -> list[Arg]:
    """The arguments of these names, in order."""
    return [arg for arg in args if arg.name in names]


def first_text(args: tuple[Arg, ...], *names: str) -> str:
    """The literal text in the first argument of these names."""
    return next(("".join(texts(arg.value)) for arg in named(args, *names)), "")


def words_of(node: Node) -> list[Node]:
    """The nodes of a command's arguments."""
    first = child(node, "command_name")
    other = ("variable_assignment", "file_redirect", "herestring_redirect")
    return [kid for kid in parts(node) if kid != first and kid.type not in other]
