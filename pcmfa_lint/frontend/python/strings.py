"""The texts that Python's string literals mean, without evaluating anything."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(
    r"\\(\r\n|[\n\r\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\})"
)
_LINE_END = re.compile(r"\r\n?")
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def literal(token: str) -> tuple[str, bool]:
    """The value of a string token with prefix and quotes, and whether it is a bytes literal (decoded as latin-1)."""
    start = min(token.find(quote) for quote in "'\"" if quote in token)
    prefix = token[:start].lower()
    width = 3 if token[start : start + 3] in ("'''", '"""') else 1
    inner = token[start + width : len(token) - width]
    return unescape(inner, raw="r" in prefix, of_bytes="b" in prefix), "b" in prefix


def unescape(inner: str, raw: bool = False, of_bytes: bool = False) -> str:
    """The value of what stands between the quotes; line ends become LF, unknown escapes stay as they are."""
    if "\r" in inner:
        inner = _LINE_END.sub("\n", inner)
    if raw or "\\" not in inner:
        return inner
    return _ESCAPE.sub(_byte_escape if of_bytes else _escape, inner)


def _escape(match: re.Match[str]) -> str:
    code = match.group(1)
    head = code[0]
    if head in "xuU":
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    if head == "N":
        try:
            return unicodedata.lookup(code[2:-1])
        except KeyError:
            return match.group()
    if head in "01234567":
        return chr(int(code, 8))
    if head in "\r\n":
        return ""
    return _SIMPLE.get(head, head)


def _byte_escape(match: re.Match[str]) -> str:
    return match.group() if match.group(1)[0] in "uUN" else _escape(match)
