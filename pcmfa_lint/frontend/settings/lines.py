"""The line reader: entries of a file whose format is unknown or broken (Helm, Jinja, half an edit).

It knows `key: value`, `key = value`, `"key": "value"` anywhere in a line, and `key="K" value="V"` of XML. Its entries
have one path part, the key; of `value: V` below `name: K`, as in a Kubernetes template, it is K. All patterns are
bounded, so a line costs time in proportion to its length."""

from __future__ import annotations

import re

from pcmfa_lint.frontend.settings.collector import Collector

_VALUE = r"\"((?:[^\"\\]|\\.){0,4000})\"|'([^']{0,4000})'"
_PAIR = re.compile(rf"[\"']([\w .:-]{{1,80}})[\"']\s{{0,8}}[:=]\s{{0,8}}(?:{_VALUE}|([\w.+-]{{1,80}}))")
_NAMED = re.compile(
    r"\b(?:key|name)\s{0,4}=\s{0,4}[\"']([^\"'<>]{1,120})[\"']\s{1,40}(?:value|connectionString)\s{0,4}="
    rf"\s{{0,4}}(?:{_VALUE})"
)
_LINE = re.compile(
    r"[ \t]{0,200}(?:-[ \t]{1,8})?(?:(?:export|param|set)[ \t]{1,8})?"
    r"[\"']?([\w.@-][\w.@:/-]{0,79}?)[\"']?[ \t]{0,8}[:=][ \t]{0,200}"
)
_COMMENT = re.compile(r"[ \t]*(?:#|;|//|<!--)")
_CLOSING = {'"': '"', "'": "'"}


_NAMES = ("name", "key")


def read(out: Collector) -> None:
    """Reads what can be told line by line; hides everything that is no key."""
    named: tuple[str, int] | None = None  # the name that the line above gives, and the column of its key
    for start, line in out.rows():
        end = start + len(line)
        comment = _COMMENT.match(line)
        if comment is not None:
            out.comment(start + comment.end() - len(comment[0].lstrip()), end, (start + comment.end(), end))
            continue
        out.hide(start, end)
        if not (_adds_match(out, _NAMED, start, end) | _adds_match(out, _PAIR, start, end)):
            named = _whole_line(out, line, start, named)


def _adds_match(out: Collector, pattern: re.Pattern[str], start: int, end: int) -> bool:
    changed = False
    for match in pattern.finditer(out.text, start, end):
        group = next(number for number in range(2, (match.lastindex or 2) + 1) if match[number] is not None)
        out.add((match[1],), match.span(1), match.span(group))
        changed = True
    return changed


def _whole_line(out: Collector, line: str, start: int, named: tuple[str, int] | None) -> tuple[str, int] | None:
    """Reads `key: value`; gives back the name of what is described, if this line says it."""
    match = _LINE.match(line)
    if match is None:
        return None
    path = (named[0],) if named is not None and (match[1], match.start(1)) == ("value", named[1]) else (match[1],)
    value = line[match.end() :].rstrip().rstrip(",").rstrip()
    at = start + match.end()
    closing = _CLOSING.get(value[:1])
    if closing and len(value) >= 2:
        stop = value.find(closing, 1)
        value, at = value[1 : max(stop, 1)], at + 1
    if value or closing:
        out.add(path, (start + match.start(1), start + match.end(1)), (at, at + len(value)))
    return (value, match.start(1)) if value and match[1] in _NAMES else None
