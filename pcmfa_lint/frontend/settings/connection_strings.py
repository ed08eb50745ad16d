"""Connection strings (`Endpoint=https://…;User Id=…;Password=…`): what is in them are entries of their own. Those of
databases, which name a server or a file, stay whole."""

from __future__ import annotations

import re

from pcmfa_lint.frontend.settings.collector import Collector
from pcmfa_lint.ir.frozen import replace
from pcmfa_lint.ir.nodes import Setting
from pcmfa_lint.limits import CONNECTION_STRING_CHARS, SETTINGS_ENTRIES

_PIECE = re.compile(r"\s*([A-Za-z][\w .-]{0,60}?)\s*=\s*(\"[^\"]*\"|'[^']*'|[^;]*)(?:;|$)")
_DATABASE = re.compile(
    r"(?:server|host|data source|addr(?:ess)?|network address|database|initial catalog|dbq|driver)", re.IGNORECASE
)
_SECRET = re.compile(r"(?:^|;)\s*(?:\w+[ _]?)?(?:password|pwd|refresh_?token|client_?secret)\s*=", re.IGNORECASE)


def split(out: Collector) -> None:
    """Adds, behind all other entries, the parts of those values that are connection strings with a secret."""
    for entry in out.settings[:]:
        if ";" in entry.value and len(entry.value) <= CONNECTION_STRING_CHARS and _SECRET.search(entry.value):
            _split(out, entry)


def _split(out: Collector, entry: Setting) -> None:
    pieces: list[tuple[str, int, int]] = []
    at = 0
    while at < len(entry.value):
        match = _PIECE.match(entry.value, at)
        if match is None:
            return
        start, end = match.span(2)
        if end - start >= 2 and entry.value[start] in "\"'":
            start, end = start + 1, end - 1
        pieces.append((match[1], start, end))
        at = match.end()
    if "://" not in entry.value and any(_DATABASE.fullmatch(name) for name, _, _ in pieces):
        return
    first = out.index.offset(entry.span.line, entry.span.col)
    plain = out.text[first : first + len(entry.value)] == entry.value
    for name, start, end in pieces:
        if len(out.settings) < SETTINGS_ENTRIES:
            value = entry.value[start:end].rstrip()
            span = out.span(first + start, first + start + len(value)) if plain else entry.span
            out.settings.append(replace(entry, path=(*entry.path, name), value=value, span=span, key_span=span))
