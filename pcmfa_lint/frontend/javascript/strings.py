"""JavaScript's string literals: quotes off, escapes resolved."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\r": ""}


def cooked(written: str) -> str:
    """The text that the inside of quotes means."""
    return _ESCAPE.sub(_unescaped, written) if "\\" in written else written


def unquoted(written: str) -> str:
    """The text that a literal with its quotes means; a word without quotes stays."""
    if len(written) > 1 and written[0] in "\"'`" and written[-1] == written[0]:
        return cooked(written[1:-1])
    return written


def _unescaped(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits:
        code = int(digits, 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    return _PLAIN.get(match[4], match[4])
