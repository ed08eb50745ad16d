"""INI, `.cfg`, `.conf` and Java `.properties`: sections, `key = value`, `key: value`, continuation lines.

The path is (section, key), or (key) outside sections; blocks in braces, as HOCON has them, are sections. Comments begin
a line with `#`, `;` or `!`; one behind a value is part of the value, since passwords and connection strings hold these
characters."""

from __future__ import annotations

import re

from pcmfa_lint.frontend.settings.collector import Collector
from pcmfa_lint.limits import SETTINGS_DEPTH

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|\s*(?:\r\n|\r|\n)[ \t\f]*|.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_BLOCK = re.compile(r"[\s}]*([\w.\"-]+)(?:\s*[=:])?\s*\{")  # `name {`
_PROPERTY_KEY = re.compile(r"[ \t\f]*((?:[^\s=:\\]|\\.)+)[ \t\f]*[=:]?[ \t\f]*")


def read(out: Collector) -> None:
    """Reads INI and its kin. An indented line without a separator continues the value above it; any other line that
    is no entry is hidden."""
    section: tuple[str, ...] = ()
    blocks: list[str] = []
    pending: tuple[tuple[str, ...], tuple[int, int], int, int] | None = None
    for start, line in out.rows():
        body = line.strip()
        end = start + len(line.rstrip())
        cut = _separator(line)
        block = _BLOCK.fullmatch(body) if body.endswith("{") else None
        if pending is not None and body and line[0] in " \t" and cut < 0 and body[0] not in "#;[}" and not block:
            pending = (*pending[:3], end)
            continue
        if pending is not None:
            _add(out, *pending)
            pending = None
        if not body:
            continue
        first = start + line.index(body[0])
        if body[0] in "#;!":
            out.comment(first, end, (first + 1, end))
        elif body[0] == "[" and body.endswith("]"):
            section, blocks = (body[1:-1].strip(),), []
        elif block is not None or cut < 0:
            _turn(blocks, body, block)
            out.hide(first, end)
        else:
            name = line[:cut].strip()
            value = start + cut + 1 + len(line[cut + 1 :]) - len(line[cut + 1 :].lstrip())
            pending = ((*section, *blocks, name), (first, first + len(name)), min(value, end), end)
    if pending is not None:
        _add(out, *pending)


def _turn(blocks: list[str], body: str, block: re.Match[str] | None) -> None:
    """A line that closes blocks, or opens one."""
    del blocks[max(len(blocks) - (len(body) - len(body.lstrip("}"))), 0) :]
    if block is not None and len(blocks) < SETTINGS_DEPTH:
        blocks.append(block[1].strip('"'))


def _separator(line: str) -> int:
    """Where the first `=` or `:` stands that has a key before it, or -1."""
    numbers = [at for at in (line.find("="), line.find(":")) if at >= 0]
    cut = min(numbers, default=-1)
    return cut if cut > 0 and line[:cut].strip() else -1


def _add(out: Collector, path: tuple[str, ...], key: tuple[int, int], start: int, end: int) -> None:
    start = min(start, end)
    raw = out.text[start:end]
    if len(raw) >= 2 and raw[0] == raw[-1] and raw[0] in "\"'" and raw[0] not in raw[1:-1]:
        start, end = start + 1, end - 1
    out.add(path, key, (start, end))


def read_properties(out: Collector) -> None:
    """Reads Java properties: a backslash continues the line and escapes; `key value` is an entry too."""
    begin = -1  # where the entry began that goes on here
    for start, line in out.rows():
        body = line.lstrip()
        first, end = start + len(line) - len(body), start + len(line)
        if begin < 0 and body[:1] in ("#", "!"):
            out.comment(first, end, (first + 1, end))
        elif begin >= 0 or body:
            begin = first if begin < 0 else begin
            if not _continues(line):
                _property(out, begin, end)
                begin = -1
    if begin >= 0:
        _property(out, begin, len(out.text))


def _continues(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _property(out: Collector, start: int, end: int) -> None:
    key = _PROPERTY_KEY.match(out.text, start, end)
    if key is None:
        out.hide(start, end)
        return
    name = _ESCAPE.sub(_unescape, key[1])
    out.add((name,), key.span(1), (key.end(), end), _ESCAPE.sub(_unescape, out.text[key.end() : end]))


def _unescape(match: re.Match[str]) -> str:
    escaped = match[1]
    if len(escaped) == 5 and escaped[0] == "u":
        return chr(int(escaped[1:], 16))
    return _ESCAPED.get(escaped, escaped.strip())
