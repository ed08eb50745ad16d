"""`.env` files: `KEY=value`, `export KEY='value'`, quoted values over several lines, comments. Nothing is expanded."""

from __future__ import annotations

import re

from pcmfa_lint.frontend.settings.collector import Collector

_ENTRY = re.compile(r"[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*")
_CLOSING = {
    '"': re.compile(r'[^"\\]*(?:\\[\s\S][^"\\]*)*"'),
    "'": re.compile(r"[^']*'"),
    "`": re.compile(r"[^`]*`"),
}
_ESCAPE = re.compile(r"\\([nrt\"\\$])")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_COMMENT = re.compile(r"[ \t]#|^#")


def read(out: Collector) -> None:
    """Reads a `.env` file; a line that is no entry is hidden."""
    position = 0  # everything before this offset is read
    for start, line in out.rows():
        if start < position or not line.strip():
            continue
        end = start + len(line)
        entry = _ENTRY.match(line)
        if line.lstrip().startswith("#"):
            at = start + line.index("#")
            out.comment(at, end, (at + 1, end))
        elif entry is None:
            out.hide(start, end)
        else:
            key = (start + entry.start(1), start + entry.end(1))
            position = _value(out, entry[1], key, start + entry.end(), end)


def _value(out: Collector, name: str, key: tuple[int, int], start: int, line_end: int) -> int:
    """Reads the value at `start`; returns the offset behind it."""
    text = out.text
    quote = text[start] if start < line_end else ""
    closing = _CLOSING[quote].match(text, start + 1) if quote in _CLOSING else None
    if closing is not None:
        inner = (start + 1, closing.end() - 1)
        raw = text[inner[0] : inner[1]]
        value = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), raw) if quote == '"' else raw
        out.add((name,), key, inner, value)
        _rest(out, closing.end(), out.line_end(closing.end()))
        return closing.end()
    raw = text[start:line_end]
    comment = _COMMENT.search(raw)
    value_end = start + len(raw[: comment.start()].rstrip() if comment else raw.rstrip())
    out.add((name,), key, (start, value_end))
    _rest(out, value_end, line_end)
    return line_end


def _rest(out: Collector, start: int, end: int) -> None:
    """What follows a value on its line: a comment, or something to hide."""
    rest = out.text[start:end]
    if rest.lstrip().startswith("#"):
        at = start + rest.index("#")
        out.comment(at, end, (at + 1, end))
    else:
        out.hide(start, end)
