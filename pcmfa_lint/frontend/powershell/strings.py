"""Lowering of PowerShell's strings: quoted and here-strings, verbatim and expandable."""

from __future__ import annotations

import re

from tree_sitter import Node

from pcmfa_lint.frontend.joined_text import joined
from pcmfa_lint.frontend.treesitter import Reader, parts
from pcmfa_lint.ir.nodes import Expression, Text

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_ESCAPE = re.compile(r"`(?:u\{([0-9A-Fa-f]{1,6})\}|(\r\n|.))", re.S)
_DOUBLED = re.compile('(["\u201c-\u201e])["\u201c-\u201e]')
_DOUBLED_SINGLE = re.compile("(['\u2018-\u201b])['\u2018-\u201b]")
_HERE = re.compile(r"@[^\S\r\n]*.[^\S\r\n]*(?:\r\n|\r|\n)", re.S)


def verbatim(r: Reader, node: Node) -> Text:
    """`'…'`; a `<placeholder>` that was rewritten for the grammar is a bare word."""
    if r.text(node).startswith("<"):
        return Text(r.text(node), r.span(node), "bare")
    return Text(_DOUBLED_SINGLE.sub(r"\1", r.text(node)[1:-1]), r.span(node))


def _here_body(written: str) -> tuple[int, int]:
    """Where the body of a here-string stands in it: between the first and the last line end."""
    head = _HERE.match(written)
    start = head.end() if head else 0
    end = len(written) - 2 if head else len(written)
    if head and written[start:end].endswith("\r\n"):
        end -= 2
    elif head and end > start and written[end - 1] in "\r\n":
        end -= 1
    return start, max(start, end)


def verbatim_here(r: Reader, node: Node) -> Text:
    """`@'…'@`"""
    written = r.text(node)
    start, end = _here_body(written)
    return Text(written[start:end], r.span(node))


def expandable(r: Reader, node: Node) -> Expression:
    """`"…"` and `@"…"@`: a Text if nothing in it is filled in, else a Template."""
    start, end = r.range(node)
    doubled = True
    if node.type == "expandable_here_string_literal":
        from_, to = _here_body(r.source[start:end])
        at, stop, doubled = start + from_, start + to, False
    else:
        at, stop = start + 1, end - 1
    pieces: list[Expression] = []
    for hole in (*parts(node), None):
        begin, after = (stop, stop) if hole is None else r.range(hole)
        if hole is not None and _escaped(r.source, at, begin):
            continue
        if at < begin:
            pieces.append(Text(_unescaped(r.source[at:begin], doubled), r.place(at, begin)))
        if hole is not None:
            pieces.append(r.value(hole))
        at = after
    return joined(pieces, r.span(node))


def _escaped(source: str, start: int, at: int) -> bool:
    """Whether a backtick stands before `at`; at the start of a line the grammar overlooks it."""
    before = source[start:at]
    return (len(before) - len(before.rstrip("`"))) % 2 == 1


def _unescaped(written: str, doubled: bool) -> str:
    def resolve(match: re.Match[str]) -> str:
        if match[1]:
            point = int(match[1], 16)
            return chr(point) if point <= 0x10FFFF else match[0]
        return _ESCAPES.get(match[2], match[2])

    pieces, at = [], 0
    for match in _ESCAPE.finditer(written):
        plain = written[at : match.start()]
        pieces += [_DOUBLED.sub(r"\1", plain) if doubled else plain, resolve(match)]
        at = match.end()
    rest = written[at:]
    return "".join(pieces) + (_DOUBLED.sub(r"\1", rest) if doubled else rest)
